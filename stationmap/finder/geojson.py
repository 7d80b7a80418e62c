"""An answer as GeoJSON (RFC 7946): the JSON of ``stationmap find --json`` and of ``/api/v1/nearest``.

A FeatureCollection of points in WGS 84. Foreign members: ``maybe`` and ``together`` (lists of Features), ``revision``
(of the ledger), ``at`` (the instant asked for, with offset), ``query`` (longitude and latitude asked for).

Properties of a Feature
-----------------------
==================  ================================================================================================
id, name, address   texts
kinds, access       codes of the vocabulary
floor               text
members_only        yes, no or unknown
distance_m          straight metres, to the centimetre
minutes, wait_min   travel time and wait for an opening, to a tenth
arrives_at          ISO 8601 with offset
state               open, closed or unknown at the instant
state_words         the state in a sentence, in the language asked for
until, opens_at     ISO 8601 with offset, or null
on_arrival          open, opens_soon, closing, closed or unknown
services            code -> yes, no or unknown, as it is on entry; only those of which something is said
missing             codes of needs that it has not or of which it is not known
reason              why something is unknown or of no use, in a sentence, or null
nearby_m            code -> metres, of services that are not on the spot
hours_text          the hours as listed
links               see :mod:`stationmap.finder.links`
confirmed_on        ISO date of the last check, or ""
fictional           true for the sample city
==================  ================================================================================================
"""

import json
from datetime import datetime
from typing import Any

from stationmap.catalogue import tell
from stationmap.finder.links import links_json
from stationmap.finder.search import Answer, Found
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.words import state_words


def feature_collection(snapshot: Snapshot, answer: Answer, lang: str) -> dict[str, Any]:
    """Return an answer as GeoJSON, ready for :func:`json.dumps`.

    Parameters
    ----------
    snapshot : Snapshot
        The one that was searched.
    answer : Answer
        What :func:`stationmap.finder.search.find` returned.
    lang : str
        ``zh`` or ``en``, of the sentences.
    """
    return {
        "type": "FeatureCollection",
        "features": [_feature(snapshot, found, answer, lang) for found in answer.found],
        "maybe": [_feature(snapshot, found, answer, lang) for found in answer.maybe],
        "together": [_feature(snapshot, found, answer, lang) for found in answer.together],
        "revision": snapshot.revision,
        "at": answer.query_at.isoformat(),
        "query": [answer.lon, answer.lat],
    }


def _feature(snapshot: Snapshot, found: Found, answer: Answer, lang: str) -> dict[str, Any]:
    position = found.position
    place, shifted = snapshot.facts.place(position), snapshot.facts.shifted(position)
    text = snapshot.text
    return {
        "type": "Feature",
        "id": found.id,
        "geometry": {"type": "Point", "coordinates": list(place)},
        "properties": {
            "id": found.id,
            "name": found.name,
            "address": text("address", position),
            "kinds": _codes(text("kinds", position)),
            "access": _codes(text("access", position)),
            "floor": text("floor", position),
            "members_only": text("members_only", position),
            "distance_m": round(found.distance_m, 2),
            "minutes": round(found.minutes, 1),
            "wait_min": round(found.wait_min, 1),
            "arrives_at": found.arrives_at.isoformat(timespec="seconds"),
            "state": found.state,
            "state_words": state_words(
                found.state, found.until, found.opens_at, found.on_arrival, answer.query_at, lang
            ),
            "until": _iso(found.until),
            "opens_at": _iso(found.opens_at),
            "on_arrival": found.on_arrival,
            "services": dict(found.services),
            "missing": list(found.missing),
            "reason": tell(found.reason, lang) if found.reason else None,
            "nearby_m": snapshot.services.nearby_at(position),
            "hours_text": text("hours_text", position),
            "links": json.loads(links_json(*place, *shifted, found.name, answer.mode)),
            "confirmed_on": text("confirmed_on", position),
            "fictional": snapshot.fictional(position),
        },
    }


def _codes(joined: str) -> list[str]:
    return joined.split("|") if joined else []


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
