"""What stands in a window of the map: ``/api/v1/clusters``, clusters and single stations, never more than 2,000."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.finder.clusters import MAX_ZOOM, MOST, SINGLE_FROM_ZOOM, Window, feature_collection
from stationmap.finder.snapshot import Snapshot
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web.api.components import PARAMETERS as SHARED
from stationmap.web.present import GEOJSON, live, now
from stationmap.web.values import codes, finite, flat, known_only, shown, text, whole

blueprint = Blueprint("clusters", __name__)
PARAMETERS = ("bbox", "zoom", "kind", "need", "v", "lang")
KEPT_S = 60
"""States of single stations are those of a minute: so long may an answer be kept."""

PATHS: Mapping[str, Any] = {
    "/api/v1/clusters": {
        "get": {
            "operationId": "clusters",
            "tags": ["Map"],
            "summary": "Stations in a window of the map, near ones gathered",
            "description": (
                "Web Mercator is cut into cells of 64 pixels at the zoom asked for. A cell with one station gives that"
                " station (properties id, name, kinds and state: open, closed or unknown now), a cell with more gives a"
                " cluster (property count; bbox is the extent of its members, the point their mean). Cells that the"
                f" window touches count whole. From zoom {SINGLE_FROM_ZOOM} on all stations are single. Never more than"
                f" {MOST} features: where there would be more, the cells are those of an outer zoom."
            ),
            "parameters": [
                {**SHARED["bbox"], "required": True},
                {
                    "name": "zoom",
                    "in": "query",
                    "required": True,
                    "description": "Zoom of a map of tiles of 256 pixels.",
                    "schema": {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM},
                },
                {"$ref": "#/components/parameters/need"},
                {"$ref": "#/components/parameters/kind"},
                {
                    "name": "v",
                    "in": "query",
                    "description": "Not looked at: the revision that the caller knows, for caches.",
                    "schema": {"type": "string", "maxLength": 100},
                },
                {"$ref": "#/components/parameters/lang"},
            ],
            "responses": {
                "200": {
                    "description": (
                        "A FeatureCollection with stations (how many in all), cells (how many the map has to a side; 0"
                        " when all are single), revision and at."
                    ),
                    "content": {
                        GEOJSON: {
                            "schema": {
                                "type": "object",
                                "required": ["type", "features", "revision", "at", "stations", "cells"],
                                "properties": {
                                    "type": {"const": "FeatureCollection"},
                                    "features": {"type": "array", "maxItems": MOST, "items": {"type": "object"}},
                                    "revision": {"type": "integer"},
                                    "at": {"type": "string"},
                                    "stations": {"type": "integer"},
                                    "cells": {"type": "integer"},
                                },
                            }
                        }
                    },
                },
                "304": {"description": "Not changed since the ETag given."},
                "400": {"$ref": "#/components/responses/Problem"},
            },
        }
    }
}


@blueprint.get("/api/v1/clusters")
def clusters() -> Response:
    """Return what stands in a window as GeoJSON; the same for everyone, in every language."""
    values = flat(request.args)
    known_only(values, PARAMETERS)
    text("v", values.get("v", ""))
    window = _window(values.get("bbox"), whole("zoom", values.get("zoom"), least=0, most=MAX_ZOOM))
    needs, kinds = codes(values, "need", SERVICES), codes(values, "kind", KINDS)
    picture = live().picture()
    gathered = picture.clusters.gather(window, wanted=_wanted(picture.snapshot, needs, kinds))
    body = feature_collection(picture.snapshot, gathered, now())
    response = Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), mimetype=GEOJSON)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    response.add_etag()
    response.make_conditional(request)
    return response


def _window(given: object, zoom: int) -> Window:
    parts = [finite(part) for part in text("bbox", given or "").split(",")]
    edges = [part for part in parts if part is not None]
    if not len(parts) == len(edges) == 4:
        raise InvalidValue(
            "bbox is {value}. Give four numbers with commas between, such as 113.5,34.6,113.8,34.9.", value=shown(given)
        )
    west, south, east, north = edges
    return Window(west, south, east, north, zoom)


def _wanted(snapshot: Snapshot, needs: frozenset[str], kinds: frozenset[str]) -> NDArray[np.bool_] | None:
    """Return which stations count, None for all."""
    if not needs and not kinds:
        return None
    wanted: NDArray[np.bool_] = snapshot.need_mask(needs) & snapshot.kind_mask(kinds)
    return wanted
