"""An answer as the bytes of its GeoJSON: what :mod:`stationmap.finder.geojson` says, written straight.

A server writes twenty features an answer, hundreds of answers a second. Where loops are compiled they are written by
:mod:`stationmap.finder.penned`; else what does not depend on the question is written once a station and kept for those
that are asked for often, and the rest is put between. Read as JSON the bytes are ``feature_collection``, member for
member.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring as quoted
from typing import Any, Literal

from stationmap.finder.clocks import Steady, steady
from stationmap.finder.facts import COMMON
from stationmap.finder.links import links_json
from stationmap.finder.search import Query, Sight
from stationmap.finder.sheet import dumped
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.told import Teller
from stationmap.finder.trip import LONGEST_MIN, Seen, Trip

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
    teller, told = Teller(seen, lang), foreign(seen.trip.snapshot, query, seen.query_at)
    end = (f"{told},{dumped(more)[1:]}" if more else f"{told}}}").encode()
    return _penned(seen, query.mode, teller, end) or by_hand(seen, query.mode, teller, end)


def foreign(snapshot: Snapshot, query: Query, at: datetime) -> str:
    """Return the foreign members of each answer as JSON, without braces: what was asked, and when."""
    return f'"revision":{snapshot.revision},"at":"{at.isoformat()}","query":[{query.lon!r},{query.lat!r}]'


def _penned(seen: Sight, mode: str, teller: Teller, end: bytes) -> bytes | None:
    if not seen.trip.snapshot.swift:
        return None
    from stationmap.finder.penned import penned  # numba is slow to import, and single questions do without

    return penned(seen, mode, teller, end)


def by_hand(seen: Sight, mode: Literal["walk", "ride"], teller: Teller, end: bytes) -> bytes:
    """Return an answer as GeoJSON in UTF-8, where it cannot be penned."""
    writer = _Writer(seen.trip, mode, teller)
    return b"".join((
        b'{"type":"FeatureCollection","features":[',
        *writer.features(seen.found),
        b'],"maybe":[',
        *writer.features(seen.maybe),
        b'],"together":[',
        *writer.features(seen.together),
        b"],",
        end,
    ))  # fmt: skip


class _Writer:
    """Writes the features of one answer."""

    def __init__(self, trip: Trip, mode: Literal["walk", "ride"], teller: Teller) -> None:
        self._trip, self._mode, self._teller = trip, mode, teller
        self._steady = [steady(at) for at in trip.instants]

    def features(self, group: Sequence[Seen]) -> list[bytes]:
        """Return the parts of features, with commas between."""
        trip, of, facts = self._trip, self._teller.of, self._trip.snapshot.facts
        kept, zone_at = facts.features[self._mode], trip.snapshot.zone_at
        parts: list[bytes] = []
        for each, told in zip(group, of(group), strict=True):
            position, metres, minutes, _, wait_min, _, _ = each
            before, services, after = kept[position] or self._around(position)
            time = self._steady[zone_at[position]]
            arrival = _counted(time, minutes) if time and minutes <= LONGEST_MIN else self._looked_up(each)
            numbers = f'{metres:.2f},"minutes":{minutes:.1f},"wait_min":{wait_min:.1f},"arrives_at":"{arrival}",'
            said = f',"services":{services}' if services else ""
            parts += before, numbers.encode(), told, said.encode(), after, b","
        return parts[:-1]

    def _around(self, position: int) -> _Around:
        snapshot = self._trip.snapshot
        return snapshot.facts.features[self._mode].keep(position, _around(snapshot, position, self._mode))

    def _looked_up(self, seen: Seen) -> str:
        return self._trip.arrives_at(seen.position, seen.minutes).isoformat(timespec="seconds")


def _counted(begun: Steady, minutes: float) -> str:
    """Return the time so many minutes after an instant."""
    second = (begun.begun_us + round(minutes * 60_000_000)) // 1_000_000
    hour, minute = second // 3600 % 24, second // 60 % 60
    return f"{begun.dates[second // 86_400]}{hour:02d}:{minute:02d}:{second % 60:02d}{begun.offset}"


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
        f',"nearby_m":{dumped(nearby) if nearby else "{}"},"hours_text":'
        f'{quoted(facts.columns["hours_text"][position])},"links":{links},{common[1]}}}}}'
    )
    return before.encode(), services.lasting_at(position), after.encode()


def _common(snapshot: Snapshot, position: int) -> tuple[str, str]:
    """Return what many stations share, as the two parts in which it is written."""
    columns = snapshot.facts.columns
    kinds, access, floor, members_only, confirmed_on = (columns[name][position] for name in COMMON)
    first = {"kinds": _codes(kinds), "access": _codes(access), "floor": floor, "members_only": members_only}
    last = {"confirmed_on": confirmed_on, "fictional": snapshot.fictional(position)}
    return f"{dumped(first)[1:-1]},", dumped(last)[1:-1]


def _codes(joined: str) -> list[str]:
    return joined.split("|") if joined else []
