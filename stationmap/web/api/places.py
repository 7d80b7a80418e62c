"""Places by name: ``/api/v1/places`` (stations, addresses, areas, streets) and ``/api/v1/search`` (stations, filtered).

A position may come in the address; our own page sends it in the body only, so that it stands in no log and no history.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.finder.links import navigation
from stationmap.finder.names.geojson import feature
from stationmap.finder.names.segment import Column
from stationmap.finder.selection import select, told
from stationmap.finder.snapshot import Snapshot
from stationmap.web import language
from stationmap.web.api.components import FILTER_NAMES, fields_of, refs
from stationmap.web.api.parameters import FILTERS, at, filters
from stationmap.web.present import GEOJSON, geojson_response, live, now
from stationmap.web.values import Values, datum, known_only, optional, position, text, values_of, whole

blueprint = Blueprint("places", __name__)
Flags = NDArray[np.bool_]
USUAL_HITS, MOST_SHOWN = 10, 50
_POSITION = ("lon", "lat", "datum")
_PLACES_PARAMETERS = ("q", *_POSITION, "limit", "lang")
_SEARCH_PARAMETERS = (*_PLACES_PARAMETERS, *FILTERS)


@blueprint.route("/api/v1/places", methods=["GET", "POST"])
def places() -> Response:
    """Return the places that a text may mean, the best first."""
    values = values_of(request)
    language.settle_from(values.get("lang"))
    known_only(values, _PLACES_PARAMETERS)
    asked, near, limit = _asked(values), _near(values), _limit(values)
    revision = live().snapshot().revision
    index = live().names.index()
    hits = index.search(asked, near=near, limit=limit) if index else []
    complete = index is not None and index.revision == revision
    body = {"type": "FeatureCollection", "features": [feature(hit) for hit in hits], "complete": complete}
    return _response(body, complete=complete)


@blueprint.route("/api/v1/search", methods=["GET", "POST"])
def search() -> Response:
    """Return the stations whose names or addresses match a text and that pass the filters, the best first."""
    values = values_of(request)
    language.settle_from(values.get("lang"))
    known_only(values, _SEARCH_PARAMETERS)
    asked, near, limit = _asked(values), _near(values), _limit(values)
    snapshot, instant = live().snapshot(), at(values, now())
    meant = select(snapshot, filters(values), instant)
    index = live().names.index()
    stations, wanted = frozenset(("station",)), _wanted(snapshot, meant)
    hits = index.search(asked, near=near, limit=limit, kinds=stations, wanted=wanted) if index else []
    found = [(hit, row) for hit in hits if (row := snapshot.roll.position(hit.id)) is not None]
    features = told(snapshot, np.array([row for _, row in found], np.int64), instant, language.chosen())
    for each, (hit, row) in zip(features, found, strict=True):
        each["properties"] |= {"match": hit.match, "links": navigation(*snapshot.place(row), hit.name)}
        if hit.distance_m is not None:
            each["properties"]["distance_m"] = round(hit.distance_m, 2)
    complete = index is not None and index.revision == snapshot.revision
    body = {
        "type": "FeatureCollection",
        "features": features,
        "complete": complete,
        "revision": snapshot.revision,
        "at": instant.isoformat(),
    }
    return _response(body, complete=complete)


def _wanted(snapshot: Snapshot, meant: Flags) -> Callable[[Column], Flags]:
    """Return what tells of ids whether they are of stations in a snapshot that are meant, one flag a station."""

    def rows_of(ids: Column) -> NDArray[np.int64]:
        row = {each: number for number, each in enumerate(snapshot.ids)}
        return np.fromiter((row.get(each, -1) for each in ids), np.int64, len(ids))

    def wanted(ids: Column) -> Flags:
        rows = snapshot.remembered(("names", ids), lambda: rows_of(ids))
        return np.append(meant, False)[rows]

    return wanted


def _asked(values: Values) -> str:
    given = values.get("q")
    if given in (None, ""):
        raise InvalidValue("q is missing. Write what you look for, such as q=zzly or q=二七 驿站.")
    return text("q", given)


def _near(values: Values) -> tuple[float, float] | None:
    """Return the position that came along, None when none did; half a position is refused."""
    if values.get("lon") in (None, "") and values.get("lat") in (None, ""):
        datum(values)
        return None
    return position(values)


def _limit(values: Values) -> int:
    return optional(values, "limit", USUAL_HITS, lambda name, value: whole(name, value, least=1, most=MOST_SHOWN))


def _response(body: Mapping[str, Any], *, complete: bool) -> Response:
    """Return an answer; one that is not complete says when to ask again."""
    response = geojson_response(body, cache="no-store")
    if not complete:
        response.headers["Retry-After"] = "2"
    return response


_Q: Mapping[str, Any] = {
    "name": "q",
    "in": "query",
    "required": True,
    "description": (
        "What is looked for: Chinese, pinyin (zhengzhou), initials (zzly), a mixture (zheng州), several words in any"
        " order (二七 驿站), house numbers. Full width, traditional characters, case and one mistake do no harm;"
        " nothing in it has a meaning of its own."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
    "example": "二七 驿站",
}
_LIMIT: Mapping[str, Any] = {
    "name": "limit",
    "in": "query",
    "description": "How many at most.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST_SHOWN, "default": USUAL_HITS},
}
_COMPLETE = {
    "type": "boolean",
    "description": "False while the index is still being brought up to the revision that is served: ask again.",
}
_MATCHES = ("exact", "prefix", "word", "inside", "context", "pinyin", "initials", "mixed", "parts", "typo")
_HIT = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "geometry": {
            "type": ["object", "null"],
            "description": "A point in WGS 84; null for what has no place.",
        },
        "properties": {
            "type": "object",
            "required": ["kind", "id", "name", "detail", "match"],
            "properties": {
                "kind": {"enum": ["station", "address", "area", "street"]},
                "id": {
                    "type": "string",
                    "description": "Of the station (of an address: of a station there), the area (adcode), the street.",
                },
                "name": {"type": "string"},
                "detail": {
                    "type": "string",
                    "description": "Province, city, district; of an address the name of a station there.",
                },
                "match": {"enum": list(_MATCHES)},
                "distance_m": {"type": "number", "description": "Where a position was given and there is a place."},
            },
        },
    },
}


def _described(summary: str, description: str, operation: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "operationId": operation,
        "tags": ["Search"],
        "summary": summary,
        "description": description,
        "responses": {
            "200": {"description": "The hits, the best first.", "content": {GEOJSON: {"schema": schema}}},
            "400": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Problem"},
        },
    }


def _collection(feature: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "features", "complete", *more],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "maxItems": MOST_SHOWN, "items": feature},
            "complete": _COMPLETE,
            **more,
        },
    }


_PLACES = _described(
    "Places by name",
    (
        "Stations, addresses of stations, areas and streets. Order: as written before pinyin, initials, mixtures and"
        " mistakes; the whole name before its beginning, the beginning of a word and the inside; then the nearer where"
        " a position is given, else the shorter name; then the id. No kind hides another."
    ),
    "places",
    _collection(_HIT),
)
_SEARCH = _described(
    "Stations by name or address, filtered",
    (
        "The located stations whose names, addresses, areas or kinds match and that pass the filters, with their state"
        " at the instant, in the order of places. With a position each has distance_m."
    ),
    "search",
    _collection({"type": "object"}, revision={"type": "integer"}, at={"type": "string"}),
)
_BODY_FIELDS: Mapping[str, Any] = {
    "q": {**_Q["schema"], "description": _Q["description"]},
    **fields_of("lon lat datum lang"),
    "limit": {**_LIMIT["schema"], "description": _LIMIT["description"]},
}
_FILTER_FIELDS: Mapping[str, Any] = fields_of(FILTER_NAMES)


def _posted(operation: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["q"],
        "properties": {**_BODY_FIELDS, **fields},
        "additionalProperties": False,
        "dependentRequired": {"lon": ["lat"], "lat": ["lon"]},
    }
    return {
        **operation,
        "operationId": f"{operation['operationId']}Posted",
        "description": f"{operation['description']} The position stands in the body, and so in no log.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
    }


PATHS: Mapping[str, Any] = {
    "/api/v1/places": {
        "get": {**_PLACES, "parameters": [_Q, *refs("near_lon near_lat datum"), _LIMIT, *refs("lang")]},
        "post": _posted(_PLACES),
    },
    "/api/v1/search": {
        "get": {
            **_SEARCH,
            "parameters": [_Q, *refs("near_lon near_lat datum"), _LIMIT, *refs(f"{FILTER_NAMES} lang")],
        },
        "post": _posted(_SEARCH, **_FILTER_FIELDS),
    },
}
