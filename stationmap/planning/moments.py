"""Hours of the clock on the wall: which schedules are open all through each, and which may be.

A planner's hour is one of the clock at the place, as the hours on its door are: 08:00 to 09:00 in Kashgar and in
Shanghai is one column, whatever the zones. A station counts in an hour when it is open in every minute of it. Where
clocks are changed, the hour that is skipped or comes twice is judged by what the door says of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.hours.calendar import NO_CALENDAR, Calendar
from stationmap.hours.opening import Schedule, Timetable

WEEK_HOURS = 168
ANCHOR = date(2026, 5, 18)
"""A Monday: the week that stands for a normal one where no season is asked for."""

_HOUR_MIN = 60.0
_SECOND_MIN = 0.005  # below a third of a second, above the rounding of float32 minutes within a week
_AT_ONCE = 168
_WEEKS_KEPT = 16
_MOST_KEPT = 20_000
"""Schedules of a week that is kept: 7 MB."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WeekHour:
    """One hour of a normal week, without holidays and make-up days.

    Attributes
    ----------
    hour : int
        0 is Monday 00:00 to 01:00, 167 Sunday 23:00 to 24:00.
    season : date, optional
        A day of the week that is meant, for summer and winter hours; else that of :data:`ANCHOR`.
    """

    hour: int
    season: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.hour < WEEK_HOURS:
            raise InvalidValue(
                "Hour {hour} is not in a week: give 0 (Monday 00:00) to 167 (Sunday 23:00).", hour=repr(self.hour)
            )


@dataclass(frozen=True, slots=True)
class DayHour:
    """One hour of a date, 0 to 23, with the holidays and make-up days of that date."""

    day: date
    hour: int

    def __post_init__(self) -> None:
        if not 0 <= self.hour < 24:
            raise InvalidValue("Hour {hour} is not in a day: give 0 to 23.", hour=repr(self.hour))


_Week = tuple[tuple[Schedule, ...], datetime]


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """Which of s schedules are open in hours of the clock on the wall.

    Attributes
    ----------
    first : datetime
        Naive: when the first hour begins at every place.
    through : NDArray[bool]
        Shape (s, hours): known to be open in every minute of the hour.
    may : NDArray[bool]
        Shape (s, hours): in no minute of it known to be closed; holds wherever ``through`` does.
    dated : bool
        Whether these are hours of dates, so that outages count, or of a normal week.
    """

    first: datetime
    through: Flags
    may: Flags
    dated: bool

    def __len__(self) -> int:
        return int(self.through.shape[1])

    def ordinals(self) -> NDArray[np.int64]:
        """Return the ordinal of the day of each hour."""
        return self.first.toordinal() + (self.first.hour + np.arange(len(self))) // 24


_weeks: dict[_Week, Hours] = {}
"""The last weeks, by their schedules and their Monday."""


def normal_week(schedules: Sequence[Schedule], *, season: date | None = None) -> Hours:
    """Return the 168 hours of a week without holidays, from Monday 00:00.

    Parameters
    ----------
    schedules : Sequence[Schedule]
        What is asked; their closures for a time (``shut``) do not count.
    season : date, optional
        A day of the week that is meant; else that of :data:`ANCHOR`.

    Notes
    -----
    The last few weeks are kept, since one assessment asks for the same week many times; so the arrays are read-only.
    """
    key = _unshut(schedules), _monday(season)
    found = _weeks.get(key)
    if found is None:
        found = _ordinary(*key, WEEK_HOURS)
        if len(schedules) <= _MOST_KEPT:
            _weeks[key] = found
            for old in list(_weeks)[:-_WEEKS_KEPT]:
                _weeks.pop(old, None)
    return found


def hour(schedules: Sequence[Schedule], time: WeekHour | DayHour, calendar: Calendar) -> Hours:
    """Return one hour, of a normal week (whatever the calendar) or of a date, at a small part of a week's cost."""
    if isinstance(time, DayHour):
        return span(
            schedules, datetime.combine(time.day, datetime.min.time()) + timedelta(hours=time.hour), 1, calendar
        )
    key = _unshut(schedules), _monday(time.season)
    first = key[1] + timedelta(hours=time.hour)
    week = _weeks.get(key)
    if week is None:
        return _ordinary(key[0], first, 1)
    part = slice(time.hour, time.hour + 1)
    return Hours(first, week.through[:, part], week.may[:, part], dated=False)


def _monday(season: date | None) -> datetime:
    day = season or ANCHOR
    return datetime.combine(day - timedelta(days=day.weekday()), datetime.min.time())


def _unshut(schedules: Sequence[Schedule]) -> tuple[Schedule, ...]:
    return tuple(schedule._replace(shut=()) if schedule.shut else schedule for schedule in schedules)


def _ordinary(schedules: tuple[Schedule, ...], first: datetime, count: int) -> Hours:
    """Return hours of a week without holidays."""
    hours = span(schedules, first, count, NO_CALENDAR)
    hours.through.flags.writeable = hours.may.flags.writeable = False
    return Hours(hours.first, hours.through, hours.may, dated=False)


def day(schedules: Sequence[Schedule], on: date, calendar: Calendar) -> Hours:
    """Return the 24 hours of a date, as its calendar has it (Spring Festival, make-up days)."""
    return span(schedules, on, 24, calendar)


def span(schedules: Sequence[Schedule], first: date | datetime, count: int, calendar: Calendar) -> Hours:
    """Return any number of hours on end.

    Parameters
    ----------
    schedules : Sequence[Schedule]
        What is asked.
    first : date or naive datetime
        When the first hour begins on the clock of each place; it need not begin at a full hour.
    count : int
        How many hours, 0 or more.
    calendar : Calendar
        What is known of days off and make-up days.

    Raises
    ------
    InvalidValue
        When the count is negative, or a year is not within 1900 to 2999.
    """
    if count < 0:
        raise InvalidValue("A count of hours is 0 or more, not {count}.", count=count)
    begin = first if isinstance(first, datetime) else datetime.combine(first, datetime.min.time())
    begin = begin.replace(tzinfo=None)
    table = Timetable([on_the_wall(schedule) for schedule in schedules], calendar)
    through, may = np.zeros((2, len(schedules), count), bool)
    for done in range(0, count, _AT_ONCE):
        part = slice(done, min(done + _AT_ONCE, count))
        at = (begin + timedelta(hours=done)).replace(tzinfo=UTC)
        through[:, part], may[:, part] = _open(table, at, part.stop - part.start)
    return Hours(begin, through, may, dated=True)


def on_the_wall(schedule: Schedule) -> Schedule:
    """Return a schedule whose instants are those of the clock on the wall: as if its place kept UTC.

    A zone that does not exist stays, so that the timetable holds the schedule to be unknown.
    """
    try:
        zone = ZoneInfo(schedule.timezone)
    except (KeyError, ValueError, OSError):
        return schedule
    shut = tuple((_wall_s(start, zone), _wall_s(end, zone)) for start, end in schedule.shut)
    return Schedule(schedule.osm, schedule.makeup, "UTC", shut)


def _wall_s(second: int, zone: ZoneInfo) -> int:
    return int(datetime.fromtimestamp(second, zone).replace(tzinfo=UTC).timestamp())


def _open(table: Timetable, at: datetime, count: int) -> tuple[Flags, Flags]:
    """Return where all minutes of an hour are open, and where all are open or unknown."""
    windows = table.windows(at, horizon_min=count * 60)
    owner = np.repeat(np.arange(len(table)), np.diff(windows.indptr))
    limit = count * _HOUR_MIN
    start = np.clip(windows.start_min.astype(np.float64), 0.0, limit)
    end = np.clip(windows.end_min.astype(np.float64), 0.0, limit)
    known = ~windows.unknown
    opened = _minutes(owner[known], start[known], end[known], len(table), count)
    doubtful = _minutes(owner[~known], start[~known], end[~known], len(table), count)
    enough = _HOUR_MIN - _SECOND_MIN
    return opened >= enough, opened + doubtful >= enough


def _minutes(
    owner: NDArray[np.int64], start: NDArray[np.float64], end: NDArray[np.float64], owners: int, count: int
) -> NDArray[np.float64]:
    """Return how many minutes of each hour spans cover, shape (owners, count).

    The minutes covered before the end of hour h are a sum over the spans of ``clip(60 (h + 1) - x, 0, ...)`` at their
    starts less the same at their ends: each end adds its part of its own hour and 60 to each hour after it.
    """
    width = count + 1
    own, after = np.zeros((2, owners * width))
    for edge, sign in ((start, 1.0), (end, -1.0)):
        hour = np.floor(edge / _HOUR_MIN).astype(np.int64)
        cell = owner * width + hour
        own += sign * np.bincount(cell, _HOUR_MIN * (hour + 1) - edge, owners * width)
        after += sign * np.bincount(cell, minlength=owners * width)
    after = np.cumsum(after.reshape(owners, width), axis=1) - after.reshape(owners, width)
    minutes: NDArray[np.float64] = (own.reshape(owners, width) + _HOUR_MIN * after)[:, :count]
    return minutes
