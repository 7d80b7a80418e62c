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
from stationmap.finder.arrival import Door
from stationmap.finder.facts import COMMON
from stationmap.finder.links import links_json
from stationmap.finder.search import Query, Sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.standing import Standing, reason, standing
from stationmap.finder.trip import LONGEST_MIN, Seen

_OPENS_SOON = int(Door.OPENS_SOON)
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
    foreign = (
        f'"revision":{seen.trip.snapshot.revision},"at":"{seen.query_at.isoformat()}",'
        f'"query":[{_dumped(query.lon)},{_dumped(query.lat)}]'
    )
    return b"".join((
        b'{"type":"FeatureCollection","features":[',
        *writer.features(seen.found),
        b'],"maybe":[',
        *writer.features(seen.maybe),
        b'],"together":[',
        *writer.features(seen.together),
        b"],",
        (f"{foreign},{_dumped(more)[1:]}" if more else f"{foreign}}}").encode(),
    ))  # fmt: skip


class _Writer:
    """Writes the features of one answer."""

    def __init__(self, seen: Sight, query: Query, lang: str) -> None:
        self._trip, self._at, self._lang, self._mode = seen.trip, seen.query_at, lang, query.mode
        self._at_s = seen.query_at.timestamp()
        self._lacking: dict[tuple[int, ...], str] = {(): "[]"}
        self._moment = seen.trip.moment()
        self._zones = [self._zone(zone) for zone in range(len(seen.trip.starts_min))]

    def features(self, group: Iterable[Seen]) -> list[bytes]:
        """Return the parts of features, with commas between."""
        trip, at, at_s, lang, mode, zones = self._trip, self._at, self._at_s, self._lang, self._mode, self._zones
        snapshot, lacking, stands = trip.snapshot, self._lacking, self._moment.told
        kept, zone_at, schedule_at = snapshot.facts.features[mode], snapshot.zone_at, snapshot.schedule_at
        several = len(zones) > 1
        parts: list[bytes] = []
        for each in group:
            position, metres, minutes, door, wait_min, had, _ = each
            before, services, after = kept[position] or self._around(position)
            day, arrival = zones[zone_at[position]] if several else zones[0]
            schedule = schedule_at[position]
            now = stands[schedule] or self._stands(schedule, position)
            told = now.told.get((lang, door, day)) if at_s <= now.plain_until_s else None
            plain = now.known and door >= _OPENS_SOON
            wait = f"{wait_min:.1f}" if wait_min else "0.0"
            told = (
                f'{metres:.2f},"minutes":{minutes:.1f},"wait_min":{wait},"arrives_at":"{arrival(position, minutes)}",'
                f"{told or now.told_json(door, at, at_s, day, lang)},"
                f'"missing":{lacking.get(had) or self._missing(had)},"reason":'
                f'{"null" if plain else self._reason(each, now)},"services":{services or trip.said(each)[1]}'
            )
            parts += before, told.encode(), after, b","
        return parts[:-1]

    def _around(self, position: int) -> _Around:
        snapshot = self._trip.snapshot
        return snapshot.facts.features[self._mode].keep(position, _around(snapshot, position, self._mode))

    def _stands(self, schedule: int, position: int) -> Standing:
        """Return how a schedule stands, and keep it for all who set out in the same minute."""
        now = self._moment.told[schedule] = standing(self._trip, position)
        return now

    def _reason(self, seen: Seen, now: Standing) -> str:
        """Return as JSON why something is unknown or of no use, null where there is nothing to say."""
        why = reason(self._trip, seen, now)
        return _sentence(why, self._lang) if why else "null"

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
        return day, _counted(trip.instants[zone], looked_up)


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
    facts, services = snapshot.facts, snapshot.services
    name, id_json, nearby = snapshot.names[position], quoted(snapshot.ids[position]), services.nearby_at(position)
    alike = facts.common[position]
    common: tuple[str, str] = facts.shared[alike] or facts.shared.keep(alike, _common(snapshot, position))
    lon, lat = facts.lon[position], facts.lat[position]
    links = links_json(lon, lat, facts.shifted_lon[position], facts.shifted_lat[position], name, mode)
    before = (
        f'{{"type":"Feature","id":{id_json},"geometry":{{"type":"Point","coordinates":[{lon!r},{lat!r}]}},"properties":'
        f'{{"id":{id_json},"name":{quoted(name)},"address":{quoted(facts.columns["address"][position])},{common[0]}'
        f'"distance_m":'
    )
    after = (
        f',"nearby_m":{_dumped(nearby) if nearby else "{}"},"hours_text":'
        f'{quoted(facts.columns["hours_text"][position])},"links":{links},{common[1]}}}}}'
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
