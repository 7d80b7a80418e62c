"""How all schedules stand at one minute, worked out at once and shared by all who set out in it.

Opening windows begin and end on whole minutes, so within a minute nothing changes. Most of those who arrive do so well
before the state ends in which they set out: for them one comparison tells what they meet.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.arrival import Door, Outlook
from stationmap.finder.compiled import fixed
from stationmap.finder.memo import Pages, Recent
from stationmap.finder.posts import Stands, stands
from stationmap.finder.words import CLOSING_MIN

_DAYS_AHEAD = 3
_COUNTED_MIN = CLOSING_MIN + 1
"""From so long before its end on a state may be told with the minutes that are left, somewhen in the minute."""

_PAGES_KEPT, _MOST_TOLD = 32, 60_000

T = TypeVar("T")


class Hours(NamedTuple):
    """How n schedules stand, for compiled loops: their windows after the base of an outlook, and a moment of it.

    Attributes
    ----------
    indptr, start_min, end_min, unknown :
        See :class:`stationmap.finder.arrival.Outlook`.
    stands : NDArray[STAND]
        One a schedule.
    days : NDArray[int64]
        One row a zone: the ordinal of the day it is, and the microseconds after the base at which the next days begin.
    """

    indptr: NDArray[np.int64]
    start_min: NDArray[np.float64]
    end_min: NDArray[np.float64]
    unknown: NDArray[np.bool_]
    stands: Stands
    days: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of n schedules at a minute, as plain lists.

    Attributes
    ----------
    door : list of int
        ``OPEN``, ``UNKNOWN`` or ``CLOSED`` of :class:`~stationmap.finder.arrival.Door`: what one meets who is there.
    left_min : list of float
        Minutes until that may be otherwise; infinite where the outlook knows no end.
    alike : list of int
        A number of its own for each zone and :class:`~stationmap.finder.arrival.Standing`, where that is told as it is
        told now for the rest of the day; else one that no other schedule has, ``lasting`` or above.
    lasting : int
        What numbers of ``alike`` that hold for longer than the minute are less than.
    today : list of int
        One a zone: the ordinal of the day it is.
    pages : Recent
        What was made ready for all who set out in the minute, for those who did.
    told : Pages
        What is told at the minute, for those who tell it.
    hours : Hours
        The same and the windows as arrays.
    """

    door: list[int]
    left_min: list[float]
    alike: list[int]
    lasting: int
    today: list[int]
    pages: Recent
    told: Pages
    hours: Hours

    def paged(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under a key before for those who set out in this minute, or make it."""
        made: T | None = self.pages[key]
        return self.pages.keep(key, make()) if made is None else made

    @classmethod
    def of(
        cls, outlook: Outlook, minutes: Sequence[float], zones: Sequence[ZoneInfo], schedule_zone: NDArray[np.int64]
    ) -> "Moment":
        """Look at an outlook at whole minutes after its base, given one a zone; ``schedule_zone`` is one a schedule."""
        minute = np.array(minutes)[schedule_zone]
        over = outlook.end_min <= minute[outlook.schedule]
        row = outlook.indptr[:-1] + np.bincount(outlook.schedule[over], minlength=len(minute))
        ahead = row < outlook.indptr[1:]
        start, end, door = np.full(len(minute), np.inf), np.full(len(minute), np.inf), np.full(len(minute), Door.OPEN)
        start[ahead], end[ahead] = outlook.start_min[row[ahead]], outlook.end_min[row[ahead]]
        door[ahead] = np.where(outlook.unknown[row[ahead]], Door.UNKNOWN, Door.OPEN)
        inside = start <= minute
        door[~inside] = Door.CLOSED
        left_min = np.where(inside, end, start) - minute
        days = np.array([_days(outlook.base, each, zone) for each, zone in zip(minutes, zones, strict=True)], np.int64)
        known = ahead.copy()
        known[ahead] &= ~outlook.unknown[row[ahead]]
        known &= ~inside | (end < outlook.horizon_min) & (left_min > _COUNTED_MIN)
        span = int(outlook.horizon_min) + 1
        lasting = 2 * span * len(zones)
        alike = lasting + np.arange(len(minute))
        until_min = np.where(inside, end, start)[known].astype(np.int64)
        alike[known] = (2 * schedule_zone[known] + inside[known]) * span + until_min
        standing = stands(left_min, alike, door.astype(np.int8))
        hours = Hours(
            fixed(outlook.indptr),
            fixed(outlook.start_min),
            fixed(outlook.end_min),
            fixed(outlook.unknown),
            standing,
            fixed(days),
        )
        return cls(
            door.tolist(),
            left_min.tolist(),
            alike.tolist(),
            lasting,
            days[:, 0].tolist(),
            Recent(_PAGES_KEPT),
            Pages(_MOST_TOLD),
            hours,
        )


def _days(base: datetime, minute: float, zone: ZoneInfo) -> list[int]:
    """Return the ordinal of the day in a zone at a minute after a base, and when the next days begin."""
    day = (base + timedelta(minutes=minute)).astimezone(zone).date()
    begins = (_begin(day + timedelta(days=ahead), zone) for ahead in range(1, _DAYS_AHEAD + 1))
    return [day.toordinal(), *((each - base) // timedelta(microseconds=1) for each in begins)]


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant from which on it is a day in a zone, also where its midnight is left out or comes twice."""
    first, second = (datetime.combine(day, time(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return first if first.astimezone(zone).date() >= day else second
