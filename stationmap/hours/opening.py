"""Open, closed or unknown: at an instant, until when, and in bulk for many schedules at once.

What counts is the clock on the wall of the place, its calendar, and what its hours say:

- A day is decided by the rules that select it. A night belongs to the day on which it began: ``20:00-06:00; Tu off``
  is open on Tuesday until 06:00 and closed from Tuesday evening to Wednesday morning, and ``Fr 20:00-06:00; Sa
  10:00-12:00`` is open on Saturday before 06:00. (opening_hours.js and opening-hours-rs let a rule of Saturday cut
  off the night of Friday, and let a night run on whose evening a later rule had taken away.)
- A rule with times that says ``off`` or ``unknown`` also holds against the night before: ``22:00-06:00; 02:00-03:00
  off`` closes every night from two to three.
- Make-up working days, public holidays and days beyond the calendar are read as :mod:`stationmap.hours.readings`
  says, in plain words: where the list does not say what happens on such a day, the state is unknown.

Unknown is never turned into open or closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.hours.calendar import Calendar
from stationmap.hours.cohorts import Alike, Cohort, Place, Recent
from stationmap.hours.expression import Expression, parse
from stationmap.hours.layers import Layer, joined
from stationmap.hours.readings import HABITS
from stationmap.hours.rules import DAY_MIN
from stationmap.hours.zones import days_covering, instants, local_time

HORIZON_DAYS = 14
"""How far ahead :meth:`Timetable.opening` looks for a change."""


class Schedule(NamedTuple):
    """Hours of a place in the OSM grammar ("": not known), its habit on make-up days, and its time zone.

    ``shut`` are the times at which it is closed whatever its hours say, known or not: start and end (excluded) in
    seconds since 1970 UTC.
    """

    osm: str
    makeup: str = "unknown"
    timezone: str = "Asia/Shanghai"
    shut: tuple[tuple[int, int], ...] = ()


class State(IntEnum):
    """Whether a place can be entered."""

    CLOSED = 0
    OPEN = 1
    UNKNOWN = 2


class Interval(NamedTuple):
    """A time in which the state is the same, ``end`` excluded; aware datetimes in the zone of the place."""

    start: datetime
    end: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Opening:
    """The state at an instant and what comes next; aware datetimes in the zone of the place.

    ``until`` is when this state ends, ``opens_at`` the next start of an opening when it is not open, ``closes_at``
    the end of that opening, or of the present one; each None when it is not within 14 days. ``reason`` says why a
    state is unknown.
    """

    state: State
    until: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    reason: Message | None


@dataclass(frozen=True, slots=True)
class Windows:
    """When many schedules are open or unknown around an instant, in compressed rows.

    Those of schedule ``i`` are ``indptr[i]`` to ``indptr[i + 1]``, in order of time; ``start_min`` and ``end_min``
    count minutes from the instant; ``unknown`` is True where it is not known whether it is open.
    """

    indptr: NDArray[np.int32]
    start_min: NDArray[np.float32]
    end_min: NDArray[np.float32]
    unknown: NDArray[np.bool_]


class Timetable:
    """Many schedules, compiled for asking: immutable, and safe to ask from many threads.

    Parameters
    ----------
    schedules : Sequence[Schedule]
        Best distinct ones; the stations that share one look up its row.
    calendar : Calendar
        What is known of days off and make-up days; ``NO_CALENDAR`` for plain OSM semantics.

    Attributes
    ----------
    faults : dict[int, Message]
        Schedules whose hours cannot be read or evaluated, or whose zone or habit does not exist, with the reason:
        they are always unknown. Hours that are not given ("") are always unknown too, and no fault.

    Examples
    --------
    >>> from stationmap.hours.calendar import china
    >>> table = Timetable([Schedule("Mo-Fr 09:00-17:00; PH off"), Schedule("")], china())
    >>> table.states(datetime(2026, 10, 9, 10)).tolist()
    [1, 2]
    """

    def __init__(self, schedules: Sequence[Schedule], calendar: Calendar) -> None:
        self.schedules = tuple(schedules)
        self.calendar = calendar
        self.faults: dict[int, Message] = {}
        self._expressions: list[Expression] = []
        self._zones: list[str] = []
        members: dict[str, dict[Alike, list[int]]] = {}
        for number, schedule in enumerate(self.schedules):
            expression, zone = self._read(number, schedule)
            self._expressions.append(expression)
            self._zones.append(zone)
            members.setdefault(zone, {}).setdefault(self._alike(number), []).append(number)
        self._places = {
            zone: Place(ZoneInfo(zone), alike, self._expressions, calendar) for zone, alike in members.items()
        }
        self._singles: Recent[int, Cohort] = Recent(1024, self._single)
        self._shut = [number for number, schedule in enumerate(self.schedules) if schedule.shut]

    def __len__(self) -> int:
        return len(self.schedules)

    def states(self, at: datetime) -> NDArray[np.int8]:
        """Return the state of every schedule at an instant as :class:`State` values, shape (n,).

        Parameters
        ----------
        at : datetime
            Aware; a naive one is the local time of each place.

        Raises
        ------
        InvalidValue
            When the year is not within 1900 to 2999.
        """
        states = np.zeros(len(self.schedules), dtype=np.int8)
        for place in self._places.values():
            local = local_time(at, place.zone)
            day, minute = place.days[local.date()], local.hour * 60 + local.minute
            now = (day.start <= minute) & (minute < day.end)
            states[day.owner[now]] = day.value[now]
        for i in self._shut:
            second = local_time(at, self._places[self._zones[i]].zone).timestamp()
            if any(start <= second < end for start, end in self.schedules[i].shut):
                states[i] = State.CLOSED
        return states

    def opening(self, i: int, at: datetime) -> Opening:
        """Return the state of schedule ``i`` at an instant (naive: local time there) and what comes next."""
        zone = self._places[self._zones[i]].zone
        local = local_time(at, zone)
        now = local.timestamp()
        for days in (2, 5, HORIZON_DAYS + 2):
            runs = self._runs(i, local.date(), days)
            end = datetime.combine(local.date() + timedelta(days=days), datetime.min.time(), zone).timestamp()
            state, *seconds = _change(runs, now, min(end - 1, now + HORIZON_DAYS * 86400))
            if None not in (seconds[0], seconds[2]):
                break
        until, opens_at, closes_at = (
            None if second is None else datetime.fromtimestamp(second, zone) for second in seconds
        )
        reason = self._why_unknown(i, local) if state is State.UNKNOWN else None
        return Opening(state, until, opens_at, closes_at, reason)

    def intervals(self, i: int, first: date, days: int) -> list[Interval]:
        """Return when schedule ``i`` is open or unknown on ``days`` days from ``first`` on, clipped to them."""
        zone = self._places[self._zones[i]].zone
        return [
            Interval(datetime.fromtimestamp(start, zone), datetime.fromtimestamp(end, zone), state)
            for start, end, state in self._runs(i, first, days)
        ]

    def windows(self, at: datetime, *, horizon_min: int = DAY_MIN) -> Windows:
        """Return when every schedule is open or unknown around an instant.

        Parameters
        ----------
        at : datetime
            Aware; a naive one is the local time of each place.
        horizon_min : int
            Returned is what overlaps the time from ``at`` to so many minutes later, each interval whole: one that
            began earlier has a negative start (followed back to the midnight before the day of ``at``), one that
            goes on is followed for a day beyond the horizon.

        Raises
        ------
        InvalidValue
            When the year is not within 1900 to 2999.
        """
        owners, starts, ends, unknown = [], [], [], []
        for place in self._places.values():
            local = local_time(at, place.zone)
            first, days = local.date() - timedelta(days=1), days_covering(local, horizon_min + DAY_MIN)
            spans = self._unshut(joined(instants(place.several(first, days), place.zone, first, days)))
            start, end = ((seconds - local.timestamp()) / 60 for seconds in (spans.start, spans.end))
            near = (start <= horizon_min) & (end > 0)
            owners.append(spans.owner[near])
            starts.append(start[near].astype(np.float32))
            ends.append(np.minimum(end[near], horizon_min + DAY_MIN).astype(np.float32))
            unknown.append(spans.value[near] == State.UNKNOWN)
        owner = np.concatenate([*owners, np.zeros(0, dtype=np.int64)])
        order = np.argsort(owner, kind="stable")
        indptr = np.zeros(len(self.schedules) + 1, dtype=np.int32)
        np.cumsum(np.bincount(owner, minlength=len(self.schedules)), out=indptr[1:])
        if not owners:
            return Windows(indptr, np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0, np.bool_))
        start_min, end_min, is_unknown = (np.concatenate(parts)[order] for parts in (starts, ends, unknown))
        return Windows(indptr, start_min, end_min, is_unknown)

    def why_unknown(self, i: int, at: datetime) -> Message:
        """Return why schedule ``i`` is unknown at an instant (naive: local time there) at which it is."""
        return self._why_unknown(i, local_time(at, self._places[self._zones[i]].zone))

    def _read(self, number: int, schedule: Schedule) -> tuple[Expression, str]:
        """Return the expression and zone to evaluate; what cannot be is noted as a fault and always unknown."""
        try:
            ZoneInfo(schedule.timezone)
            expression = parse(schedule.osm or "unknown")
        except InvalidValue as error:
            self.faults[number] = error.message
        except (KeyError, ValueError, OSError):
            self.faults[number] = Message(
                "There is no time zone “{timezone}”; write it like Asia/Shanghai.",
                {"timezone": schedule.timezone},
            )
        else:
            if schedule.makeup in HABITS:
                return expression, schedule.timezone
            self.faults[number] = Message(
                "“{makeup}” is no habit on make-up days; use work, weekend or unknown.",
                {"makeup": schedule.makeup},
            )
        return parse("unknown"), "UTC"

    def _alike(self, number: int) -> Alike:
        habit = "unknown" if number in self.faults else self.schedules[number].makeup
        return Alike(str(habit), self._expressions[number].mentions_holidays)

    def _single(self, i: int) -> Cohort:
        return Cohort([self._expressions[i]], *self._alike(i), self.calendar)

    def _runs(self, i: int, first: date, days: int) -> list[tuple[int, int, State]]:
        """Return the spans of one schedule over some days, as seconds since 1970 UTC.

        Days that were made for all schedules are looked up; others are evaluated for this one alone.
        """
        place = self._places[self._zones[i]]
        layers = []
        for ahead in range(days):
            day = first + timedelta(days=ahead)
            states = place.of(i, day) if day in place.days else self._singles[i].states(day)
            layers.append(states._replace(start=states.start + ahead * DAY_MIN, end=states.end + ahead * DAY_MIN))
        owner, start, end, value = (np.concatenate(columns) for columns in zip(*layers, strict=True))
        local = Layer(np.zeros_like(owner), start, end, value)
        runs = joined(instants(local, place.zone, first, days))
        spans = [
            (start, end, State(value))
            for start, end, value in zip(runs.start.tolist(), runs.end.tolist(), runs.value.tolist(), strict=True)
        ]
        return _cut(spans, self.schedules[i].shut)

    def _unshut(self, spans: Layer) -> Layer:
        """Return the spans of a place, in seconds since 1970 UTC, without the times at which schedules are shut."""
        shut = [i for i in self._shut if i in spans.owner]
        if not shut:
            return spans
        kept = spans.where(~np.isin(spans.owner, shut))
        columns: list[tuple[int, int, int, int]] = []
        for i in shut:
            own = spans.where(spans.owner == i)
            runs = zip(own.start.tolist(), own.end.tolist(), map(State, own.value.tolist()), strict=True)
            columns += [(i, start, end, state) for start, end, state in _cut(list(runs), self.schedules[i].shut)]
        owner, start, end, value = np.array(columns, dtype=np.int64).reshape(-1, 4).T
        return Layer(
            np.append(kept.owner, owner),
            np.append(kept.start, start),
            np.append(kept.end, end),
            np.append(kept.value, value.astype(kept.value.dtype)),
        )

    def _why_unknown(self, i: int, local: datetime) -> Message:
        if i in self.faults:
            return self.faults[i]
        if not self.schedules[i].osm:
            return Message("Its hours are not known.")
        return self._singles[i].why_unknown(local)


def opening(
    osm: str,
    at: datetime,
    *,
    makeup: str = "unknown",
    timezone: str = "Asia/Shanghai",
    calendar: Calendar,
) -> Opening:
    """Return the state of one place at an instant and what comes next; hours that cannot be read are unknown.

    Parameters
    ----------
    osm : str
        Hours in the OSM grammar.
    at : datetime
        Aware; a naive one is local time there.
    makeup : str
        What the place does on make-up working days: work, weekend or unknown.
    timezone : str
        Zone of the place.
    calendar : Calendar
        What is known of days off and make-up days.

    Examples
    --------
    >>> from stationmap.hours.calendar import china
    >>> str(opening("Mo-Fr 09:00-17:00", datetime(2026, 10, 9, 16, 30), calendar=china()).until)
    '2026-10-09 17:00:00+08:00'
    """
    return Timetable([Schedule(osm, makeup, timezone)], calendar).opening(0, at)


def _cut(runs: list[tuple[int, int, State]], shut: Sequence[tuple[int, int]]) -> list[tuple[int, int, State]]:
    """Return spans without what is shut, in order; both in seconds."""
    for closing, reopening in shut:
        left = [(start, min(end, closing), state) for start, end, state in runs if start < closing]
        right = [(max(start, reopening), end, state) for start, end, state in runs if end > reopening]
        runs = sorted(left + right)
    return runs


def _change(
    runs: Sequence[tuple[int, int, State]], now: float, last: float
) -> tuple[State, int | None, int | None, int | None]:
    """Return the state now, its end, the next opening and the end of the opening; None for what is after ``last``."""
    present = next((run for run in runs if run[0] <= now < run[1]), None)
    later = [run for run in runs if run[0] > now]
    state = present[2] if present else State.CLOSED
    until = present[1] if present else later[0][0] if later else None
    entry = present if state is State.OPEN else next((run for run in later if run[2] is State.OPEN), None)
    opens_at = entry[0] if entry and entry is not present else None
    closes_at = entry[1] if entry else None
    until, opens_at, closes_at = (
        second if second is not None and second <= last else None for second in (until, opens_at, closes_at)
    )
    return state, until, opens_at, closes_at
