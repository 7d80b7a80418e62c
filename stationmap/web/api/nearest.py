"""The nearest stations that can be entered: ``/api/v1/nearest``."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from stationmap.finder.answer import answered
from stationmap.web import language
from stationmap.web.api.components import body_of, geojson, ref, refs
from stationmap.web.present import geojson_response, live, now
from stationmap.web.query import read
from stationmap.web.values import values_of

blueprint = Blueprint("nearest", __name__)
_TOLD = "lon lat datum need kind at open any k mode lang"
_OPERATION: Mapping[str, Any] = {
    "tags": ["Find"],
    "summary": "The nearest stations that one can enter on arrival, with what one needs",
    "description": (
        "`features` are open on arrival (or soon after) with all that is needed; `maybe` would do but for something"
        " unknown; `together` is the nearest set that has it all when no single one has; `without` says which single"
        " need to drop. Each by distance, ties by id. Post the question to keep the position out of addresses and logs."
    ),
    "responses": {"200": geojson("The answer; nobody keeps it.", ref("schemas", "NearestCollection"), kept=False)},
}
PATHS: Mapping[str, Any] = {
    "/api/v1/nearest": {
        "get": {**_OPERATION, "operationId": "nearest", "parameters": refs(_TOLD)},
        "post": {
            **_OPERATION,
            "operationId": "postNearest",
            "requestBody": body_of(_TOLD, required=("lon", "lat")),
        },
    }
}


@blueprint.route("/api/v1/nearest", methods=["GET", "POST"])
def nearest() -> Response:
    """Return the nearest stations as a GeoJSON FeatureCollection; what is asked is said at :func:`read`."""
    values = values_of(request)
    language.settle_from(values.get("lang"))
    query = read(values, now())
    return geojson_response(answered(live().snapshot(), query, language.chosen()), cache="no-store")
