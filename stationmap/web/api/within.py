"""What lies within a reach or a window: ``/api/v1/within``, nearest first, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.finder.selection import select, told
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.earth import distance_m
from stationmap.web import language
from stationmap.web.api.components import body_of, geojson, ref, refs
from stationmap.web.api.conditional import kept, minute, unkept
from stationmap.web.api.paging import collection
from stationmap.web.api.parameters import FILTERS, at, bbox, cursor, filters, limit, reach_m, sealed
from stationmap.web.api.stations import about
from stationmap.web.present import live, now
from stationmap.web.values import Values, datum, known_only, optional, position, values_of

blueprint = Blueprint("within", __name__)
PARAMETERS = ("lon", "lat", "datum", "reach_m", *FILTERS, "limit", "cursor", "lang")
_TOLD = "near_lon near_lat datum reach_m bbox need kind open_at at adcode area limit cursor lang"
_SUMMARY = "Stations within a reach of a position, or in a window, nearest first"
_DESCRIPTION = (
    "Give `lon` and `lat` (and `reach_m`, 1000 when left out), or `bbox`, or both. Ordered by `distance_m`, ties by id;"
    " for a bare window the distance is that from its middle."
)
_ANSWER = {"200": geojson("A page; each station with its distance_m.", ref("schemas", "StationCollection"))}

PATHS: Mapping[str, Any] = {
    "/api/v1/within": {
        "get": {
            "operationId": "within",
            "tags": ["Find"],
            "summary": _SUMMARY,
            "description": _DESCRIPTION + " In an address the position may be logged on its way: post it instead.",
            "parameters": refs(_TOLD),
            "responses": {**_ANSWER, "304": ref("responses", "NotModified")},
        },
        "post": {
            "operationId": "postWithin",
            "tags": ["Find"],
            "summary": _SUMMARY,
            "description": _DESCRIPTION,
            "requestBody": body_of(_TOLD),
            "responses": _ANSWER,
        },
    }
}


@dataclass(frozen=True, slots=True)
class _Area:
    """Where to look: from a point, as far as ``reach_m``; without a reach, as far as the window goes."""

    lon: float
    lat: float
    reach_m: float | None


@blueprint.route("/api/v1/within", methods=["GET", "POST"])
def within() -> Response:
    """Return what lies within a reach of a position, or in a window, by (distance, id)."""
    values = values_of(request)
    language.settle_from(values.get("lang"))
    known_only(values, PARAMETERS)
    instant = at(values, now())
    area, wanted, most, mark = _area(values), filters(values), limit(values), cursor(values, (float, str))
    picture = live().picture()

    def make() -> Mapping[str, Any]:
        snapshot = picture.snapshot
        positions, metres = _ordered(snapshot, area, select(snapshot, wanted, instant))
        begin = _behind(snapshot, positions, metres, mark) if mark else 0
        page = slice(begin, begin + most)
        last = begin + most - 1
        more = len(positions) > begin + most
        features = told(snapshot, positions[page], instant, language.chosen())
        for feature, distance in zip(features, metres[page].tolist(), strict=True):
            feature["properties"]["distance_m"] = round(distance, 2)
        return collection(
            features,
            len(positions),
            sealed(float(metres[last]), snapshot.ids[int(positions[last])]) if more else None,
            **about(picture, values),
        )

    return unkept(make()) if request.method == "POST" else kept(picture, make, minute(instant))


def _area(values: Values) -> _Area:
    window = optional(values, "bbox", None, bbox)
    pointed = any(values.get(name) not in (None, "") for name in ("lon", "lat"))
    if pointed:
        lon, lat = position(values)
        bounded = window is None or values.get("reach_m") not in (None, "")
        return _Area(lon, lat, reach_m(values) if bounded else None)
    datum(values)
    if window is None:
        raise InvalidValue("Say where: lon and lat, such as lon=113.665 and lat=34.752, or bbox=113.5,34.6,113.8,34.9.")
    west, south, east, north = window
    middle = west + ((east - west) % 360 if west > east else east - west) / 2
    return _Area(middle - 360 if middle > 180 else middle, (south + north) / 2, None)


def _ordered(
    snapshot: Snapshot, area: _Area, meant: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the stations meant that lie within the reach, and their distances, by (distance, id)."""
    if area.reach_m is not None:
        return snapshot.index.within(area.lon, area.lat, area.reach_m, mask=meant)
    positions = np.flatnonzero(meant)
    lon, lat = (snapshot.stations[name].to_numpy(float)[positions] for name in ("lon", "lat"))
    metres = np.round(distance_m(area.lon, area.lat, lon, lat), 6)
    order = np.lexsort((snapshot.roll.rank[positions], metres))
    return positions[order], metres[order]


def _behind(snapshot: Snapshot, positions: NDArray[np.int64], metres: NDArray[np.float64], mark: list[Any]) -> int:
    """Return where the stations begin that lie behind a mark, which may be gone meanwhile."""
    distance, id_ = mark
    begin = int(np.searchsorted(metres, distance, "left"))
    while begin < len(positions) and metres[begin] == distance and snapshot.ids[int(positions[begin])] <= id_:
        begin += 1
    return begin
