"""An answer as the bytes of its GeoJSON: what :mod:`stationmap.finder.geojson` says, written straight.

A server writes twenty features an answer, hundreds of answers a second. So what does not depend on the question is
written once a station and kept for those that are asked for often; the rest is put between. The bytes are those of
``json.dumps(feature_collection(…), ensure_ascii=False, separators=(",", ":"))``, to the last sign.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.finder.links import links_of
from stationmap.finder.search import Query, Sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.standing import DOORS, reason, standing
from stationmap.finder.trip import LONGEST_MIN, Seen, Trip

_DAY = timedelta(days=1)
Around = tuple[bytes, bytes]
"""What stands before and after that which depends on the question."""


def written(seen: Sight, query: Query, lang: str, more: Mapping[str, Any] | None = None) -> bytes:
    """Return an answer as GeoJSON in UTF-8.

    Parameters
    ----------
    seen : Sight
        What :func:`stationmap.finder.search.sight` returned.
    query : Query
        What it was asked.
    lang : str
        ``zh`` or ``en``, of the sentences.
    more : Mapping, optional
        Further foreign members, added at the end.
    """
    one = _writer(seen, query, lang)
    foreign = {
        "revision": seen.trip.snapshot.revision,
        "at": seen.query_at.isoformat(),
        "query": [query.lon, query.lat],
        **(more or {}),
    }
    return b"".join((
        b'{"type":"FeatureCollection","features":[',
        b",".join(map(one, seen.found)),
        b'],"maybe":[',
        b",".join(map(one, seen.maybe)),
        b'],"together":[',
        b",".join(map(one, seen.together)),
        b"],",
        _dumped(foreign)[1:].encode(),
    ))  # fmt: skip


def _writer(seen: Sight, query: Query, lang: str) -> Callable[[Seen], bytes]:
    """Return what writes one feature of an answer."""
    trip, at = seen.trip, seen.query_at
    snapshot, at_s, mode = trip.snapshot, at.timestamp(), query.mode
    kept, days = snapshot.facts.features, _Days(at, trip)

    def one(each: Seen) -> bytes:
        position = each.position
        around: Around | None = kept.get((position, mode))
        if around is None:
            around = kept.put((position, mode), _around(snapshot, position, mode))
        now, zone, on_arrival = standing(trip, position), snapshot.zone_at[position], DOORS[each.door]
        words, arrives_at = now.words_json(on_arrival, at, at_s, days.day(zone), lang), days.arrives_at(zone, each)
        missing, why = trip.missing(each), reason(trip, each, now)
        told = (
            f'{round(each.metres, 2)!r},"minutes":{round(each.minutes, 1)!r},"wait_min":{round(each.wait_min, 1)!r},'
            f'"arrives_at":"{arrives_at}","state":"{now.state}","state_words":{words},"until":{now.until_json},'
            f'"opens_at":{now.opens_json},"on_arrival":"{on_arrival}","services":{trip.said(each)[1]},'
            f'"missing":{_dumped(missing) if missing else "[]"},"reason":{_sentence(why, lang) if why else "null"}'
        )
        return around[0] + told.encode() + around[1]

    return one


class _Days:
    """The days and arrivals of one question, zone by zone."""

    def __init__(self, at: datetime, trip: Trip) -> None:
        self._at, self._trip = at, trip
        self._ordinals: dict[int, int] = {}
        self._starts: dict[int, datetime | None] = {}

    def day(self, zone: int) -> int:
        """Return the ordinal of the day it is in a zone."""
        day = self._ordinals.get(zone)
        if day is None:
            day = self._ordinals[zone] = self._at.astimezone(self._trip.snapshot.zones[zone]).toordinal()
        return day

    def arrives_at(self, zone: int, seen: Seen) -> str:
        """Return when he arrives, ISO 8601; a zone that keeps its offset for the day needs no looking up."""
        if zone not in self._starts:
            self._starts[zone] = _steady(self._trip.instants[zone])
        start = self._starts[zone]
        if start is None or seen.minutes > LONGEST_MIN:
            return self._trip.arrives_at(seen.position, seen.minutes).isoformat(timespec="seconds")
        return (start + timedelta(minutes=seen.minutes)).isoformat(timespec="seconds")


def _steady(at: datetime) -> datetime | None:
    """Return an instant at the fixed offset that its zone keeps for a day from it; None when it changes."""
    offset = at.utcoffset()
    if offset is None or (at.astimezone(timezone(offset)) + _DAY).astimezone(at.tzinfo).utcoffset() != offset:
        return None
    return at.replace(tzinfo=timezone(offset))


def _around(snapshot: Snapshot, position: int, mode: Any) -> Around:
    """Return what is written before and after the part of a feature that depends on the question."""
    facts = snapshot.facts
    columns, name, place = facts.columns, snapshot.names[position], facts.place(position)
    name_json, id_json = quoted(name), quoted(snapshot.ids[position])
    links = links_of(place, facts.shifted(position), name, mode)
    nearby = snapshot.services.nearby_at(position)
    before = (
        f'{{"type":"Feature","id":{id_json},"geometry":{{"type":"Point","coordinates":[{place[0]!r},{place[1]!r}]}},'
        f'"properties":{{"id":{id_json},"name":{name_json},"address":{quoted(columns["address"][position])},'
        f'"kinds":{_codes(columns["kinds"][position])},"access":{_codes(columns["access"][position])},'
        f'"floor":{quoted(columns["floor"][position])},"members_only":{quoted(columns["members_only"][position])},'
        f'"distance_m":'
    )
    after = (
        f',"nearby_m":{_dumped(nearby) if nearby else "{}"},"hours_text":{quoted(columns["hours_text"][position])},'
        f'"links":{_plain_object(links.items())},"confirmed_on":{quoted(columns["confirmed_on"][position])},'
        f'"fictional":{"true" if snapshot.fictional(position) else "false"}}}}}'
    )
    return before.encode(), after.encode()


def _plain_object(members: Iterable[tuple[str, str]]) -> str:
    """Return an object of texts in which nothing needs to be escaped, as it is in links."""
    return "{" + ",".join([f'"{name}":"{text}"' for name, text in members]) + "}"


@lru_cache(maxsize=1024)
def _codes(joined: str) -> str:
    return _dumped(joined.split("|") if joined else [])


def _sentence(message: Message, lang: str) -> str:
    return _dumped(tell(message, lang)) if message.values else _plain_sentence(message.text, lang)


@lru_cache(maxsize=256)
def _plain_sentence(text: str, lang: str) -> str:
    return _dumped(tell(text, lang))


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
