"""An answer as the bytes of its GeoJSON: what :mod:`stationmap.finder.geojson` says, written straight.

A server writes twenty features an answer, hundreds of answers a second. So what does not depend on the question is
written once a station and kept for those that are asked for often; the rest is put between. Read as JSON the bytes are
``feature_collection``, member for member.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any, Literal

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.finder.facts import COMMON
from stationmap.finder.links import links_of
from stationmap.finder.search import Query, Sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.standing import DOORS, reason, standing
from stationmap.finder.trip import LONGEST_MIN, Seen

_DAY = timedelta(days=1)
_MINUTES = [f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440)]
_Around = tuple[bytes, str, bytes]
"""What stands before and after that which depends on the question; between them the services, "" where these do too."""


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
    writer = _Writer(seen, query, lang)
    foreign = {
        "revision": seen.trip.snapshot.revision,
        "at": seen.query_at.isoformat(),
        "query": [query.lon, query.lat],
        **(more or {}),
    }
    return b"".join((
        b'{"type":"FeatureCollection","features":[',
        writer.features(seen.found),
        b'],"maybe":[',
        writer.features(seen.maybe),
        b'],"together":[',
        writer.features(seen.together),
        b"],",
        _dumped(foreign)[1:].encode(),
    ))  # fmt: skip


class _Writer:
    """Writes the features of one answer."""

    def __init__(self, seen: Sight, query: Query, lang: str) -> None:
        self._trip, self._at, self._lang, self._mode = seen.trip, seen.query_at, lang, query.mode
        self._at_s = seen.query_at.timestamp()
        self._lacking: dict[tuple[int, ...], str] = {(): "[]"}
        self._zones: dict[int, tuple[int, Callable[[int, float], str]]] = {}

    def features(self, group: Iterable[Seen]) -> bytes:
        """Return features with commas between."""
        trip, at, at_s, lang, mode, zones = self._trip, self._at, self._at_s, self._lang, self._mode, self._zones
        snapshot, kept, lacking = trip.snapshot, trip.snapshot.facts.features, self._lacking
        parts: list[bytes] = []
        for each in group:
            position, metres, minutes, door, wait_min, had, _ = each
            key = position, mode
            before, services, after = kept[key] or kept.keep(key, _around(snapshot, position, mode))
            zone = snapshot.zone_at[position]
            day, arrival = zones.get(zone) or self._zone(zone)
            now, on_arrival = standing(trip, position), DOORS[door]
            why = reason(trip, each, now)
            wait = f"{wait_min:.1f}" if wait_min else "0.0"
            told = (
                f'{metres:.2f},"minutes":{minutes:.1f},"wait_min":{wait},"arrives_at":"{arrival(position, minutes)}",'
                f"{now.told_json(on_arrival, at, at_s, day, lang)},"
                f'"missing":{lacking.get(had) or self._missing(had)},"reason":'
                f'{_sentence(why, lang) if why else "null"},"services":{services or trip.said(each)[1]}'
            )
            parts += before, told.encode(), after, b","
        return b"".join(parts[:-1])

    def _missing(self, had: tuple[int, ...]) -> str:
        """Return the missing needs as JSON, by what is had of each."""
        told = self._lacking[had] = _dumped(self._trip.missing(had))
        return told

    def _zone(self, zone: int) -> tuple[int, Callable[[int, float], str]]:
        """Return the ordinal of the day it is in a zone, and what tells when he arrives at a station of it."""
        trip = self._trip

        def looked_up(position: int, minutes: float) -> str:
            return trip.arrives_at(position, minutes).isoformat(timespec="seconds")

        day = self._at.astimezone(trip.snapshot.zones[zone]).toordinal()
        told = self._zones[zone] = day, _counted(trip.instants[zone], looked_up)
        return told


def _counted(at: datetime, looked_up: Callable[[int, float], str]) -> Callable[[int, float], str]:
    """Return what tells the time so many minutes after an instant: by counting where the zone keeps its offset."""
    offset = at.utcoffset()
    if offset is None or (at.astimezone(timezone(offset)) + _DAY).astimezone(at.tzinfo).utcoffset() != offset:
        return looked_up
    begun_us = ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond
    dates, end = _days(at.date(), offset)

    def counted(position: int, minutes: float) -> str:
        if minutes > LONGEST_MIN:
            return looked_up(position, minutes)
        second = (begun_us + round(minutes * 60_000_000)) // 1_000_000
        return f"{dates[second // 86_400]}{_MINUTES[second // 60 % 1440]}{second % 60:02d}{end}"

    return counted


@lru_cache(maxsize=64)
def _days(first: date, offset: timedelta) -> tuple[list[str], str]:
    """Return three days on end as an instant begins with them, and the offset with which it ends."""
    midnight = datetime.combine(first, time(tzinfo=timezone(offset)))
    return [f"{midnight + days * _DAY:%Y-%m-%dT}" for days in range(3)], midnight.isoformat()[19:]


def _around(snapshot: Snapshot, position: int, mode: Literal["walk", "ride"]) -> _Around:
    """Return what is written before and after the part of a feature that depends on the question."""
    facts, services, columns = snapshot.facts, snapshot.services, snapshot.facts.columns
    name, id_json, nearby = snapshot.names[position], quoted(snapshot.ids[position]), services.nearby_at(position)
    alike = facts.common[position]
    common: tuple[str, str] = facts.shared[alike] or facts.shared.keep(alike, _common(snapshot, position))
    lon, lat = facts.lon[position], facts.lat[position]
    shifted_lon, shifted_lat = facts.shifted_lon[position], facts.shifted_lat[position]
    amap, amap_ebike, baidu, tencent, apple, geo = links_of(lon, lat, shifted_lon, shifted_lat, name, mode)
    before = (
        f'{{"type":"Feature","id":{id_json},"geometry":{{"type":"Point","coordinates":[{lon!r},{lat!r}]}},"properties":'
        f'{{"id":{id_json},"name":{quoted(name)},"address":{quoted(columns["address"][position])},{common[0]}'
        f'"distance_m":'
    )
    after = (
        f',"nearby_m":{_dumped(nearby) if nearby else "{}"},"hours_text":{quoted(columns["hours_text"][position])},'
        f'"links":{{"amap":"{amap}","amap_ebike":"{amap_ebike}","baidu":"{baidu}","tencent":"{tencent}",'
        f'"apple":"{apple}","geo":"{geo}"}},{common[1]}}}}}'
    )
    return before.encode(), services.lasting_at(position), after.encode()


def _common(snapshot: Snapshot, position: int) -> tuple[str, str]:
    """Return what many stations share, as the two parts in which it is written."""
    columns = snapshot.facts.columns
    kinds, access, floor, members_only, confirmed_on = (columns[name][position] for name in COMMON)
    first = {"kinds": _codes(kinds), "access": _codes(access), "floor": floor, "members_only": members_only}
    last = {"confirmed_on": confirmed_on, "fictional": snapshot.fictional(position)}
    return f"{_dumped(first)[1:-1]},", _dumped(last)[1:-1]


def _codes(joined: str) -> list[str]:
    return joined.split("|") if joined else []


def _sentence(message: Message, lang: str) -> str:
    return _dumped(tell(message, lang)) if message.values else _plain_sentence(message.text, lang)


@lru_cache(maxsize=256)
def _plain_sentence(text: str, lang: str) -> str:
    return _dumped(tell(text, lang))


_dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
