"""The register at one revision, made ready for finding: located stations, index, schedules, services, masks.

A snapshot never changes; a running server swaps it whole when the ledger moves on. What may decide is kept apart from
what may not: hours count only when they were found in a source and read without doubt, services only when found;
whatever was inferred is unknown here.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.errors import Message
from stationmap.finder.arrival import Outlook
from stationmap.finder.compiled import AVAILABLE, fixed
from stationmap.finder.facts import Facts
from stationmap.finder.index import StationIndex
from stationmap.finder.memo import Memo, Recent
from stationmap.finder.moment import Moment
from stationmap.finder.posts import Posts, posts
from stationmap.finder.roll import Roll
from stationmap.finder.services import NO_SCHEDULE, Services
from stationmap.finder.sheet import Sheet
from stationmap.hours.calendar import Calendar
from stationmap.hours.opening import Opening, Schedule, Timetable
from stationmap.schema.tables import StationTables, check

_OUTLOOKS_KEPT, _OPENINGS_KEPT, _STANDINGS_KEPT, _PLANS_KEPT, _ASKED_KEPT = 4, 20_000, 10_000, 32, 16
_FEWEST_MASKS, _MOST_MASKS, _MASKS_BYTES = 64, 1024, 60_000_000
_STEP_MIN = 360

_INFERRED, _UNREAD = 1, 2
_DOUBTS = {
    _INFERRED: Message("The opening hours are inferred, not taken from a source: ask before you go."),
    _UNREAD: Message("A part of the listed hours could not be read: ask before you go."),
}

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]
Closures = Mapping[str, Sequence[tuple[int, int]]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All located stations at one revision; immutable, shared by threads.

    Attributes
    ----------
    revision : int
        The revision of the ledger.
    stations : pandas.DataFrame
        The located stations, columns of :data:`stationmap.schema.tables.STATION_COLUMNS`, near neighbours together; a
        position in it names a station everywhere in the finder.
    index : StationIndex
        Where they are.
    timetable : Timetable
        Their distinct schedules and those of services with hours of their own.
    schedule : NDArray[int64]
        One a station: its schedule in the timetable.
    services : Services
        What they offer.
    zones : tuple of ZoneInfo
        The time zones that occur.
    zone, schedule_zone : NDArray[int64]
        One a station, one a schedule: its zone.
    zone_at, schedule_at : memoryview
        ``zone`` and ``schedule`` for reading a single one.
    ids, names : list of str
        One a station.
    roll : Roll
        The stations in the order of their ids.
    facts : Facts
        What else is told of each.
    standings : Recent
        How schedules stand, for those who tell it.
    plans : Recent
        What is made ready for those who ask alike within a minute.
    asked : Recent
        What was asked lately, and in which language, without place and time: see
        :func:`stationmap.finder.answer.make_ready`.
    swift : bool
        Whether questions are answered by compiled loops.
    doubt_at : bytes
        One a station: which doubt there is of its hours, 0 for none.
    posts : NDArray[POST]
        One a station: what compiled loops ask of it.
    """

    revision: int
    stations: pd.DataFrame
    index: StationIndex
    timetable: Timetable
    schedule: Rows
    services: Services
    zones: tuple[ZoneInfo, ...]
    zone: Rows
    schedule_zone: Rows
    zone_at: memoryview
    schedule_at: memoryview
    ids: list[str]
    names: list[str]
    roll: Roll
    facts: Facts
    standings: Recent
    plans: Recent
    asked: Recent
    swift: bool
    doubt_at: bytes
    posts: Posts
    _kind_sets: tuple[frozenset[str], ...]
    _kind_set: Rows
    _columns: Mapping[str, Any]
    _masks: Memo
    _outlooks: Memo
    _openings: Memo
    _latest: list[Outlook | None]
    _sheet: Memo

    @classmethod
    def build(
        cls, tables: StationTables, calendar: Calendar, closures: Closures | None = None, *, swift: bool = False
    ) -> "Snapshot":
        """Make the tables of a ledger ready.

        Parameters
        ----------
        tables : StationTables
            All stations; those without coordinates are left out.
        calendar : Calendar
            Days off and make-up days.
        closures : Mapping, optional
            Id of a station to the times at which it is shut, as :class:`Schedule` has them; ids that are not there are
            left aside.
        swift : bool
            Whether many questions will be asked: then they are answered by compiled loops, where numba is installed.

        Raises
        ------
        InvalidValue
            When the tables do not keep the schema.
        """
        check(tables)
        located = np.flatnonzero(tables.stations["lon"].notna())
        lon, lat, unordered = (tables.stations[name].iloc[located] for name in ("lon", "lat", "id"))
        order, index = StationIndex(lon, lat, unordered.tolist()).by_place()
        located = located[order]
        stations = tables.stations.iloc[located].reset_index(drop=True)
        position = np.full(len(tables.stations), -1)
        position[located] = np.arange(len(located))
        service_station = position[tables.services["station"].to_numpy(np.int64)]
        services = tables.services[service_station >= 0]
        service_station = service_station[service_station >= 0]
        schedules, schedule, own = _schedules(stations, services, service_station)
        schedules, schedule = _shut(stations["id"], schedules, schedule, closures or {})
        zone, zone_names = pd.factorize(stations["timezone"])
        zones = tuple(_zone(str(name)) for name in zone_names) or (_zone("UTC"),)
        schedule_zone = pd.Index(zone_names).get_indexer([each.timezone for each in schedules])
        kind_set, kind_texts = pd.factorize(stations["kinds"])
        zone, schedule = (fixed(each.astype(np.int64)) for each in (zone, schedule))
        ids = stations["id"].tolist()
        offers = Services.of(services, service_station, own, len(stations))
        doubts = _doubts(stations)
        return cls(
            tables.revision,
            stations,
            index,
            Timetable(schedules, calendar),
            schedule,
            offers,
            zones,
            zone,
            schedule_zone.astype(np.int64),
            zone.data,
            schedule.data,
            ids,
            stations["name"].fillna("").tolist(),
            Roll.of(ids, index.rank),
            Facts.of(stations),
            Recent(_STANDINGS_KEPT),
            Recent(_PLANS_KEPT),
            Recent(_ASKED_KEPT),
            swift and AVAILABLE,
            doubts.tobytes(),
            posts(schedule, zone, doubts, offers.timed_at),
            tuple(frozenset(str(text).split("|")) for text in kind_texts),
            kind_set.astype(np.int64),
            {str(name): column.array for name, column in stations.items()},
            Memo(min(_MOST_MASKS, max(_FEWEST_MASKS, _MASKS_BYTES // (3 * len(stations) + 1)))),
            Memo(_OUTLOOKS_KEPT),
            Memo(_OPENINGS_KEPT),
            [None],
            Memo(1),
        )

    def __len__(self) -> int:
        return len(self.stations)

    def kind_mask(self, kinds: frozenset[str]) -> Flags:
        """Return which stations are of any of the kinds; all when none is named."""
        return self.remembered(("kinds", kinds), lambda: self._kind_mask(kinds))

    def _kind_mask(self, kinds: frozenset[str]) -> Flags:
        if not kinds:
            return np.ones(len(self), bool)
        return np.array([bool(kinds & each) for each in self._kind_sets], bool)[self._kind_set]

    def need_mask(self, needs: frozenset[str]) -> Flags:
        """Return which stations were found to have all the services, whatever the hours of these."""
        return self.remembered(("needs", needs), lambda: self._need_mask(needs))

    def _need_mask(self, needs: frozenset[str]) -> Flags:
        has = np.ones(len(self), bool)
        for need in needs:
            offer = self.services.offer(need)
            every = offer.yes.copy()
            every[self.services.station_of(offer.timed)] = True
            has &= every
        return has

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under a key before, or make it: the last used masks are kept, at least 64."""
        return self._masks.get(key, make)

    def outlook(self, at: datetime, ahead_min: float) -> Outlook:
        """Return the windows of all schedules around an aware instant and at least ``ahead_min`` minutes on.

        Outlooks begin every six hours, so that all queries in between share one.
        """
        latest = self._latest[0]
        if latest and 0.0 <= latest.minutes_to(at) < _STEP_MIN and latest.horizon_min >= ahead_min + _STEP_MIN:
            return latest
        base = at.astimezone(UTC)
        base -= timedelta(
            hours=base.hour % (_STEP_MIN // 60),
            minutes=base.minute,
            seconds=base.second,
            microseconds=base.microsecond,
        )
        horizon_min = _STEP_MIN * -int(-(ahead_min + _STEP_MIN) // _STEP_MIN)
        outlook = self._outlooks.get((base, horizon_min), lambda: Outlook.of(self.timetable, base, horizon_min))
        self._latest[0] = outlook
        return outlook

    def moment(self, outlook: Outlook, starts_min: tuple[float, ...]) -> Moment:
        """Return how all schedules stand at the minutes of an outlook, one a zone, in which these instants lie."""
        minutes = tuple([start_min // 1.0 for start_min in starts_min])
        kept: Moment | None = outlook.moments[minutes]
        if kept is None:
            made = Moment.of(outlook, minutes, self.zones, self.schedule_zone)
            kept = outlook.moments.keep(minutes, made)
        return kept

    def sheet(self) -> Sheet:
        """Return what is told of the stations, laid out for the compiled pen; made when it is first asked for."""
        return self._sheet.get("sheet", lambda: Sheet.of(self.stations, self.facts, self.services))

    def opening(self, position: int, at: datetime) -> Opening:
        """Return the state of a station at an aware instant and what comes next, to the minute."""
        schedule = int(self.schedule[position])
        minute = at.replace(second=0, microsecond=0)
        return self._openings.get((schedule, minute), lambda: self.timetable.opening(schedule, minute))

    def zone_of(self, position: int) -> ZoneInfo:
        """Return the time zone of a station."""
        return self.zones[int(self.zone[position])]

    def place(self, position: int) -> tuple[float, float]:
        """Return the longitude and latitude of a station, WGS 84 degrees."""
        return self.facts.place(position)

    def fictional(self, position: int) -> bool:
        """Return whether a station is one of the sample city."""
        return self.facts.fictional[position] != 0

    def text(self, column: str, position: int) -> str:
        """Return a cell of the station table as text, "" when it is empty."""
        facts = self.facts.columns.get(column)
        if facts is not None:
            return facts[position]
        value = self._columns[column][position]
        return "" if pd.isna(value) else str(value)

    def why_unknown(self, position: int, opening: Opening) -> Message | None:
        """Return why the hours of a station decide nothing, or what the opening says of it."""
        return _DOUBTS.get(self.doubt_at[position], opening.reason)


def _doubts(stations: pd.DataFrame) -> NDArray[np.uint8]:
    """Return for each station why its hours may not decide, 0 where they may or where there are none."""
    given = (stations["hours_osm"].fillna("") != "").to_numpy(bool)
    found = (stations["hours_basis"] == "found").to_numpy(bool)
    unread = stations["hours_uncertain"].to_numpy(bool)
    return np.where(given & ~found, _INFERRED, np.where(given & unread, _UNREAD, 0)).astype(np.uint8)


def _schedules(
    stations: pd.DataFrame, services: pd.DataFrame, service_station: Rows
) -> tuple[list[Schedule], Rows, Rows]:
    """Return the distinct schedules, that of each station, and that of each service row or -1.

    Hours that were not found, or read with doubt, are the unknown schedule "".
    """
    sure = (stations["hours_basis"] == "found").to_numpy(bool) & ~stations["hours_uncertain"].to_numpy(bool)
    given = (services["hours_osm"].fillna("") != "") & (services["basis"] == "found")
    own = np.flatnonzero(given.to_numpy(bool))
    owner = np.append(np.arange(len(stations)), service_station[own])
    hours = pd.concat([stations["hours_osm"].where(sure, ""), services["hours_osm"].iloc[own]], ignore_index=True)
    osm, texts = _coded(hours.fillna(""))
    makeup, ways = _coded(stations["makeup"], "unknown")
    timezone, zones = _coded(stations["timezone"])
    blank = np.array([not text for text in texts], bool)[osm]
    codes = np.where(blank, len(ways) - 1, makeup[owner]) + len(ways) * (timezone[owner] + len(zones) * osm)
    numbers, distinct = pd.factorize(codes)
    schedules = [
        Schedule(texts[code // (len(ways) * len(zones))], ways[code % len(ways)], zones[code // len(ways) % len(zones)])
        for code in distinct.tolist()
    ]
    of_service = np.full(len(services), NO_SCHEDULE)
    of_service[own] = numbers[len(stations) :]
    return schedules, numbers[: len(stations)], of_service


def _coded(column: "pd.Series[str]", *more: str) -> tuple[Rows, list[str]]:
    """Return the texts of a column as numbers, and the distinct texts, further ones behind."""
    codes, texts = pd.factorize(column)
    return codes.astype(np.int64), [*map(str, texts), *more]


def _shut(
    ids: "pd.Series[str]", schedules: list[Schedule], schedule: Rows, closures: Closures
) -> tuple[list[Schedule], Rows]:
    """Return schedules and that of each station, where each that is shut for a time has one of its own."""
    if not closures:
        return schedules, schedule
    rows = pd.Index(ids).get_indexer(pd.Index(list(closures), dtype=object))
    shut = [(row, tuple(spans)) for row, spans in zip(rows.tolist(), closures.values(), strict=True) if row >= 0]
    own = schedule.copy()
    own[np.array([row for row, _ in shut], np.int64)] = np.arange(len(shut)) + len(schedules)
    return [*schedules, *(schedules[schedule[row]]._replace(shut=spans) for row, spans in shut)], own


def _zone(name: str) -> ZoneInfo:
    """Return a time zone; UTC for a name that is none, whose schedules the timetable holds to be unknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
