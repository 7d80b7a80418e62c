"""The stations around a place, packed for a phone that will lose its line: it answers from them as the server would.

One JSON object in columns, small after gzip because what repeats is said once. Minutes count from ``base``.

=============  =======================================================================================================
format         1; a phone that knows another leaves it aside
revision       of the ledger
base           ISO 8601, UTC: minute 0, the midnight before the day on which it is made
from_min       before it the hours are unknown to the phone
until_min      from it on they are unknown again
centre         longitude and latitude asked for, rounded to a tenth of a degree
reach_m        every station nearer to the centre is in here; null: every station of the register
zones          one a time zone: a list of [minute from which it holds, minutes local is ahead of UTC]
schedules      one a distinct schedule: its zone, then gap, length, gap, length, … in minutes, the first gap from
               ``from_min``, a negative length for a time of which it is not known whether it is open
reasons        why something is unknown: language -> list of sentences
why            one a schedule: [minute from which it holds, reason], … in order, for its unknown times
services       codes
offers         the distinct [service, 0 no 1 yes 2 unknown, its own schedule or -1, metres or null if on the spot, ISO
               date of the last day of an outage or ""]
stations       columns of equal length, in the order of ids: ``id``, ``name``, ``address``; ``east`` and ``north``, the
               place in 1e-9 degrees from the centre; ``schedule``; ``doubt``, the reason why its hours decide nothing,
               or -1; and ``kinds``, ``access``, ``floor``, ``members_only``, ``hours_text``, ``confirmed_on``,
               ``fictional``, ``offers``, each {"values": the distinct ones, "at": one number a station}
names          columns of the areas and streets found by name, in the order of kinds and ids: ``name``; ``kind`` and
               ``detail`` (where that is, in words), coded as above; ``east`` and ``north``, a place in it in 1e-5
               degrees from the centre
readings       syllable of pinyin -> the characters of names and addresses that may be read so
=============  =======================================================================================================

It holds the windows of at least 14 days after any instant of the day on which it is made: then every answer on the
phone equals that of :func:`stationmap.finder.search.find` on the same stations. ``static/js/offline`` reads it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stationmap.catalogue import LANGUAGES, tell
from stationmap.errors import Message
from stationmap.finder.arrival import Outlook
from stationmap.finder.names.entries import Entry
from stationmap.finder.names.pinyin import readings
from stationmap.finder.services import NO_OUTAGE, NO_SCHEDULE
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.earth import distance_m
from stationmap.hours.opening import HORIZON_DAYS, Opening, State
from stationmap.hours.zones import regimes

FORMAT = 1
REACH_M = 60_000.0
"""How far around the place, at most, stations are packed."""

MOST = 9_000
"""So many stations, at most, are packed: those of a whole city."""

MOST_NAMES = 6_000
"""So many areas and streets, at most, are packed: the nearest."""

DECIMALS = 1
"""To so many decimals of a degree a place is rounded, whoever asks: no more is needed."""

FROM_MIN, UNTIL_MIN = 0, (HORIZON_DAYS + 3) * 1440
_PER_DEGREE = 1e9
_NAMES_PER_DEGREE = 1e5
_UNKNOWN_NOW = Opening(State.UNKNOWN, None, None, None, None)
_DAY = timedelta(days=1)

Rows = NDArray[np.int64]
T = TypeVar("T", bound=Hashable)
_Told = tuple[str, ...]


class _Pool(Generic[T]):
    """Distinct values, numbered in the order in which they come."""

    def __init__(self, values: Iterable[T] = ()) -> None:
        self._numbers: dict[T, int] = {}
        self.at = [self.number(value) for value in values]

    def number(self, value: T) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[T]:
        return list(self._numbers)

    def coded(self) -> dict[str, list[Any]]:
        return {"values": self.values, "at": self.at}


def cell(lon: float, lat: float) -> tuple[float, float]:
    """Return a place rounded as a bundle has it.

    Examples
    --------
    >>> cell(113.6651, 34.752)
    (113.7, 34.8)
    """
    return round(lon, DECIMALS) + 0.0, round(lat, DECIMALS) + 0.0


def pack(snapshot: Snapshot, lon: float, lat: float, at: datetime, named: Sequence[Entry] = ()) -> dict[str, Any]:
    """Return the bundle around a place, ready for :func:`json.dumps`.

    Parameters
    ----------
    snapshot : Snapshot
        Where the stations are taken from.
    lon, lat : float
        WGS 84 degrees; rounded by :func:`cell`.
    at : datetime
        The present instant, aware: the day it is in UTC decides which windows are packed.
    named : sequence of Entry
        Areas and streets, of which those near are packed; one without a place is left out.
    """
    lon, lat = cell(lon, lat)
    positions, reach_m = _around(snapshot, lon, lat)
    base = datetime.combine(at.astimezone(UTC).date() - _DAY, time(), UTC)
    ahead = Outlook.of(snapshot.timetable, base, UNTIL_MIN)
    schedules, reasons, offers = _Pool[int](), _Pool[_Told](), _Pool[tuple[Any, ...]]()
    stations = _columns(snapshot, positions, (lon, lat), schedules, reasons)
    stations["offers"] = _Pool(_offers(snapshot, position, offers, schedules) for position in positions).coded()
    why = [_why(snapshot, ahead, each, reasons) for each in schedules.values]
    names = _names(named, (lon, lat))
    return {
        "format": FORMAT,
        "revision": snapshot.revision,
        "base": base.isoformat(),
        "from_min": FROM_MIN,
        "until_min": UNTIL_MIN,
        "centre": [lon, lat],
        "reach_m": reach_m,
        "zones": [_offsets(zone, base) for zone in snapshot.zones],
        "schedules": [[int(snapshot.schedule_zone[each]), *_windows(ahead, each)] for each in schedules.values],
        "why": why,
        "reasons": {language: [told[i] for told in reasons.values] for i, language in enumerate(LANGUAGES)},
        "services": list(snapshot.services.names),
        "offers": [list(each) for each in offers.values],
        "stations": stations,
        "names": names,
        "readings": _readings([*stations["name"], *stations["address"], *names["name"]]),
    }


def _around(snapshot: Snapshot, lon: float, lat: float) -> tuple[list[int], float | None]:
    """Return the stations to pack, in the order of ids, and how far around the place none is left out."""
    positions, metres = snapshot.index.within(lon, lat, REACH_M)
    reach_m: float | None = REACH_M
    if len(positions) > MOST:
        reach_m = float(metres[MOST])
        positions = positions[:MOST]
    if len(positions) == len(snapshot):
        reach_m = None
    return sorted(positions.tolist(), key=snapshot.ids.__getitem__), reach_m


def _names(named: Sequence[Entry], centre: tuple[float, float]) -> dict[str, Any]:
    placed = [(each, each.lon, each.lat) for each in named if each.lon is not None and each.lat is not None]
    metres = distance_m(*centre, [lon for _, lon, _ in placed], [lat for _, _, lat in placed])
    within = [row for row in np.argsort(metres, kind="stable")[:MOST_NAMES].tolist() if metres[row] <= REACH_M]
    near = sorted((placed[row] for row in within), key=lambda each: (each[0].kind, each[0].id))
    return {
        "name": [each.name for each, _, _ in near],
        "kind": _Pool(each.kind for each, _, _ in near).coded(),
        "detail": _Pool(each.detail for each, _, _ in near).coded(),
        "east": [round((lon - centre[0]) * _NAMES_PER_DEGREE) for _, lon, _ in near],
        "north": [round((lat - centre[1]) * _NAMES_PER_DEGREE) for _, _, lat in near],
    }


def _columns(
    snapshot: Snapshot,
    positions: Sequence[int],
    centre: tuple[float, float],
    schedules: _Pool[int],
    reasons: _Pool[_Told],
) -> dict[str, Any]:
    places = [snapshot.place(position) for position in positions]
    doubts = [snapshot.why_unknown(position, _UNKNOWN_NOW) for position in positions]
    columns: dict[str, Any] = {
        "id": [snapshot.ids[position] for position in positions],
        "name": [snapshot.names[position] for position in positions],
        "address": [snapshot.text("address", position) for position in positions],
        "east": [round((lon - centre[0]) * _PER_DEGREE) for lon, _ in places],
        "north": [round((lat - centre[1]) * _PER_DEGREE) for _, lat in places],
        "schedule": [schedules.number(int(snapshot.schedule[position])) for position in positions],
        "doubt": [-1 if doubt is None else reasons.number(_told(doubt)) for doubt in doubts],
        "fictional": _Pool(snapshot.fictional(position) for position in positions).coded(),
    }
    for name in ("kinds", "access"):
        columns[name] = _Pool(snapshot.text(name, position) for position in positions).coded()
        columns[name]["values"] = [each.split("|") if each else [] for each in columns[name]["values"]]
    for name in ("floor", "members_only", "hours_text", "confirmed_on"):
        columns[name] = _Pool(snapshot.text(name, position) for position in positions).coded()
    return columns


def _offers(
    snapshot: Snapshot, position: int, offers: _Pool[tuple[Any, ...]], schedules: _Pool[int]
) -> tuple[int, ...]:
    """Return the numbers of what a station offers, in the order of the snapshot."""
    services = snapshot.services
    numbers = []
    for row in range(services.starts[position], services.starts[position + 1]):
        own, until = int(services.schedule[row]), int(services.outage_until[row])
        nearby_m = float(services.nearby_m[row])
        offer = (
            int(services.key[row]) % len(services.names),
            int(services.had[row]),
            NO_SCHEDULE if own == NO_SCHEDULE else schedules.number(own),
            None if np.isnan(nearby_m) else round(nearby_m, 1),
            "" if until == NO_OUTAGE else datetime.fromordinal(until).date().isoformat(),
        )
        numbers.append(offers.number(offer))
    return tuple(numbers)


def _windows(ahead: Outlook, schedule: int) -> list[int]:
    """Return gaps and lengths by turns, in whole minutes from ``FROM_MIN`` on; a length below 0 is not known."""
    packed, last = [], FROM_MIN
    for row in range(ahead.indptr[schedule], ahead.indptr[schedule + 1]):
        start = max(int(ahead.start_min[row]), FROM_MIN)
        end = min(int(ahead.end_min[row]), UNTIL_MIN)
        if start < end:
            packed += [start - last, start - end if ahead.unknown[row] else end - start]
            last = end
    return packed


def _why(snapshot: Snapshot, ahead: Outlook, schedule: int, reasons: _Pool[_Told]) -> list[list[int]]:
    """Return from which minute on which reason holds for the unknown times of a schedule."""
    said: list[list[int]] = []
    for row in range(ahead.indptr[schedule], ahead.indptr[schedule + 1]):
        start = max(int(ahead.start_min[row]), FROM_MIN)
        end = min(int(ahead.end_min[row]), UNTIL_MIN)
        if not ahead.unknown[row] or start >= end:
            continue
        if not snapshot.timetable.schedules[schedule].osm:
            return [[FROM_MIN, reasons.number(_told(snapshot.timetable.why_unknown(schedule, ahead.base)))]]
        zone = snapshot.zones[int(snapshot.schedule_zone[schedule])]
        for first, last in _days(ahead.base, zone, start, end):
            _add_reasons(snapshot, schedule, ahead.base, (first, last), reasons, said)
    return said


def _add_reasons(
    snapshot: Snapshot,
    schedule: int,
    base: datetime,
    span: tuple[int, int],
    reasons: _Pool[_Told],
    said: list[list[int]],
) -> None:
    """Note the reasons of one unknown time within a day: halved until its ends agree."""

    def reason(minute: int) -> int:
        at = base + timedelta(minutes=minute)
        return reasons.number(_told(snapshot.timetable.why_unknown(schedule, at)))

    first, last = span
    begins, ends = reason(first), reason(last - 1)
    if not said or said[-1][1] != begins:
        said.append([first, begins])
    if begins == ends:
        return
    low, high = first, last - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if reason(middle) == begins else (low, middle)
    said.append([high, ends])


def _told(reason: Message) -> _Told:
    return tuple(tell(reason, language) for language in LANGUAGES)


def _days(base: datetime, zone: ZoneInfo, start: int, end: int) -> list[tuple[int, int]]:
    """Return a span of minutes cut at the midnights of a zone."""
    parts = []
    while start < end:
        local = (base + timedelta(minutes=start)).astimezone(zone)
        midnight = datetime.combine(local.date() + _DAY, time(), zone).astimezone(UTC)
        stop = min(end, max(start + 1, round((midnight - base) / timedelta(minutes=1))))
        parts.append((start, stop))
        start = stop
    return parts


def _offsets(zone: ZoneInfo, base: datetime) -> list[list[int]]:
    """Return from which minute on a zone is how many minutes ahead of UTC."""
    begin = round(base.timestamp())
    first = (base + timedelta(minutes=FROM_MIN) - _DAY).astimezone(zone).date()
    days = (UNTIL_MIN - FROM_MIN) // 1440 + 4
    return [[(each.begin - begin) // 60, each.offset // 60] for each in regimes(zone, first, days)]


def _readings(texts: Iterable[str]) -> dict[str, str]:
    """Return for each syllable the characters that may be read so."""
    found: dict[str, list[str]] = defaultdict(list)
    for character in sorted(set().union(*texts)):
        for syllable in readings(character):
            found[syllable].append(character)
    return {syllable: "".join(found[syllable]) for syllable in sorted(found)}
