"""The stations around a place, packed for a phone that will lose its line: ``POST /api/v1/bundle``.

The place is rounded to a tenth of a degree, by our own page before it is sent and here again. A bundle is the same for
all who ask on one day in one such cell of one revision; the last few are kept ready, compressed.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from stationmap.finder.bundle import MOST, REACH_M, cell, pack
from stationmap.finder.memo import Memo
from stationmap.finder.names.entries import Entry, entries
from stationmap.web.api.components import LIMIT_HEADERS, ref
from stationmap.web.assets import takes_gzip
from stationmap.web.live import Picture
from stationmap.web.present import live, now
from stationmap.web.values import known_only, optional, position, text, values_of

blueprint = Blueprint("bundle", __name__)
_KEPT = 8
_READY = Memo(_KEPT)
_NAMED = Memo(1)
_PARAMETERS = ("lon", "lat", "have", "lang")


@dataclass(frozen=True, slots=True)
class _Packed:
    """A bundle as it is sent: gzip, and the tag that names it."""

    zipped: bytes
    tag: str


@blueprint.post("/api/v1/bundle")
def bundle() -> Response:
    """Return the bundle around a place; nothing, with status 204, where the caller has it already."""
    values = values_of(request)
    known_only(values, _PARAMETERS)
    have = optional(values, "have", "", text)
    packed = _packed(live().picture(), cell(*position(values)), now())
    if have.strip('W/"') == packed.tag:
        response = Response(status=204)
    elif takes_gzip():
        response = Response(packed.zipped, mimetype="application/json")
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(gzip.decompress(packed.zipped), mimetype="application/json")
    response.set_etag(packed.tag, weak=True)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Encoding")
    return response


def _packed(picture: Picture, place: tuple[float, float], at: datetime) -> _Packed:
    day = at.astimezone(UTC).date()
    snapshot = picture.snapshot
    return _READY.get((picture.made_at, snapshot.revision, day, place), lambda: _pack(picture, place, at))


def _named(picture: Picture) -> list[Entry]:
    """Return the areas and streets that are found by name."""

    def gather() -> list[Entry]:
        nothing = picture.snapshot.stations.iloc[:0]
        streets = live().ask(lambda ledger: ledger.gazetteer.streets())
        return list(entries(nothing, nothing, picture.areas, streets))

    return _NAMED.get((picture.made_at, picture.snapshot.revision), gather)


def _pack(picture: Picture, place: tuple[float, float], at: datetime) -> _Packed:
    packed = pack(picture.snapshot, *place, at, _named(picture))
    body = json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()
    return _Packed(gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:16])


_DEGREES = {"lon": (-180, 180, 113.7), "lat": (-90, 90, 34.8)}
_BODY: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lon", "lat"],
    "properties": {
        **{
            name: {"type": "number", "minimum": least, "maximum": most, "description": "Rounded to 0.1 degree."}
            for name, (least, most, _) in _DEGREES.items()
        },
        "have": {"type": "string", "maxLength": 100, "description": "The ETag of the bundle that the caller has."},
        "lang": {"description": "Language of the sentences, zh or en; another one is left aside."},
    },
}
_COLUMNS = {
    "type": "object",
    "description": "One value a station, in the order of ids; `east` and `north` count 1e-9 degrees from the centre.",
}
_BUNDLE: Mapping[str, Any] = {
    "type": "object",
    "required": ["format", "revision", "base", "from_min", "until_min", "centre", "reach_m", "schedules", "stations"],
    "properties": {
        "format": {"type": "integer", "description": "Of this object: 1."},
        "revision": {"type": "integer"},
        "base": {"type": "string", "format": "date-time", "description": "Minutes count from here."},
        "from_min": {"type": "integer", "description": "Before it hours are not told."},
        "until_min": {"type": "integer", "description": "From it on hours are not told: at least 14 days ahead."},
        "centre": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "reach_m": {
            "type": ["number", "null"],
            "description": "Every station nearer to the centre is in; null: the whole register is.",
        },
        "zones": {"type": "array", "description": "A time zone: [minute from which it holds, minutes ahead of UTC], …"},
        "schedules": {
            "type": "array",
            "description": "A schedule: its zone, then gap and length in minutes by turns; a length below 0 is a time"
            " of which it is not known whether it is open.",
        },
        "why": {"type": "array", "description": "One a schedule: [minute, reason], … for the times not known."},
        "reasons": {"type": "object", "description": "Language -> sentences."},
        "services": {"type": "array", "items": {"type": "string"}},
        "offers": {
            "type": "array",
            "description": "[service, 0 no 1 yes 2 unknown, own schedule or -1, metres or null, last day of an outage]",
        },
        "stations": _COLUMNS,
        "names": {
            "type": "object",
            "description": "Areas and streets found by name, one value each; `east` and `north` count 1e-5 degrees from"
            " the centre.",
        },
        "readings": {"type": "object", "description": "Syllable of pinyin -> characters read so."},
    },
}
PATHS: Mapping[str, Any] = {
    "/api/v1/bundle": {
        "post": {
            "operationId": "bundle",
            "tags": ["Find"],
            "summary": "The stations around a place, to be kept for a lost line",
            "description": (
                f"At most {MOST} stations within {REACH_M / 1000:.0f} km, with their opening windows of 14 days: enough"
                " to answer like `nearest` without a line, and the areas and streets there by name."
                " The place is taken to a tenth of a degree and not kept."
            ),
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": _BODY,
                        "example": {name: example for name, (_, _, example) in _DEGREES.items()},
                    }
                },
            },
            "responses": {
                "200": {
                    "description": "The bundle.",
                    "headers": {"ETag": ref("headers", "ETag"), **LIMIT_HEADERS},
                    "content": {"application/json": {"schema": _BUNDLE}},
                },
                "204": {"description": "The caller has it already."},
            },
        }
    }
}
