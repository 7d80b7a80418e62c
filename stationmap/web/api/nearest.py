"""The nearest stations that can be entered: ``/api/v1/nearest``."""

from flask import Blueprint, Response, request

from stationmap.finder.geojson import feature_collection
from stationmap.finder.relax import without
from stationmap.finder.search import find
from stationmap.web import language
from stationmap.web.present import geojson_response, live, now
from stationmap.web.query import read
from stationmap.web.values import values_of

blueprint = Blueprint("nearest", __name__)


@blueprint.route("/api/v1/nearest", methods=["GET", "POST"])
def nearest() -> Response:
    """Return the nearest stations as a GeoJSON FeatureCollection; what is asked is said at :func:`read`."""
    values = values_of(request)
    language.settle_from(values.get("lang"))
    query = read(values, now())
    snapshot = live().snapshot()
    answer = find(snapshot, query)
    collection = feature_collection(snapshot, answer, language.chosen())
    ways = without(snapshot, query, answer.found)
    if ways:
        collection["without"] = ways
    return geojson_response(collection, cache="no-store")
