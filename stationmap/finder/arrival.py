"""What a worker meets at the door: open for long enough, opening soon, closing, closed, or not known.

Opening windows of all schedules are laid out once for some hours (:class:`Outlook`) in minutes after a base instant;
then a whole batch of arrivals is judged in a few array operations, and which schedules may serve at all between two
instants is told at once, so that the search need not look at stations that cannot.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.memo import Recent
from stationmap.finder.places import runs
from stationmap.hours.opening import State, Timetable

Minutes = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Door(IntEnum):
    """What an arrival meets.

    ``OPEN``: open, and for the margin at least. ``OPENS_SOON``: opens within the patience of the worker, for the
    margin at least. ``CLOSING``: open, but not for the margin. ``UNKNOWN``: the hours do not say, or what they leave
    open comes within the margin or the patience. ``CLOSED``: none of these.
    """

    CLOSED = 0
    CLOSING = 1
    UNKNOWN = 2
    OPENS_SOON = 3
    OPEN = 4


# Plain numbers: members of an enumeration are slow to handle one by one.
_CLOSED, _CLOSING, _UNKNOWN, _OPENS_SOON, _OPEN = (int(door) for door in Door)


_MOMENTS_KEPT = 2
_MINUTE = timedelta(minutes=1)


class Standing(NamedTuple):
    """The state of a schedule at a minute: when it ends, and the next opening when it is not open (None: not ahead)."""

    state: State
    until_min: float
    opens_min: float | None


@dataclass(frozen=True, slots=True)
class _Plain:
    """The arrays of an outlook as plain lists: for a dozen stations Python is quicker than numpy."""

    indptr: list[int]
    start_min: list[float]
    end_min: list[float]
    unknown: list[bool]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The windows of n schedules from a base instant on.

    Attributes
    ----------
    base : datetime
        Aware; the windows count minutes from it.
    horizon_min : int
        Arrivals up to here can be judged.
    indptr : NDArray[int64]
        Shape (n + 1,): where each schedule's windows begin.
    schedule : NDArray[int64]
        One a window: its schedule.
    start_min, end_min : NDArray[float64]
        One a window, in order within a schedule: half-open intervals.
    unknown : NDArray[bool]
        One a window: whether it is not known to be open.
    told : dict
        What is told of each :meth:`stretch`, for those who tell it; no more than there are stretches.
    moments : Recent
        The minutes looked at last, for those who look.
    """

    base: datetime
    horizon_min: int
    indptr: NDArray[np.int64]
    schedule: NDArray[np.int64]
    start_min: Minutes
    end_min: Minutes
    unknown: Flags
    told: dict[int, Any]
    moments: Recent
    _plain: _Plain

    @classmethod
    def of(cls, timetable: Timetable, base: datetime, horizon_min: int) -> Self:
        """Lay out the windows of all schedules of a timetable."""
        windows = timetable.windows(base, horizon_min=horizon_min)
        indptr = windows.indptr.astype(np.int64)
        start_min, end_min = windows.start_min.astype(np.float64), windows.end_min.astype(np.float64)
        return cls(
            base,
            horizon_min,
            indptr,
            np.repeat(np.arange(len(indptr) - 1), np.diff(indptr)),
            start_min,
            end_min,
            windows.unknown,
            {},
            Recent(_MOMENTS_KEPT),
            _Plain(indptr.tolist(), start_min.tolist(), end_min.tolist(), windows.unknown.tolist()),
        )

    def minutes_to(self, instant: datetime) -> float:
        """Return the minutes from the base to an aware instant."""
        return (instant - self.base) / _MINUTE

    def stretch(self, schedule: int, minute: float) -> int:
        """Return a number that is the same for all minutes after the base at which a schedule stands the same.

        Within a window it is the window's row; before the next window, that window's row taken from -1; where none is
        ahead, a number below these that no other schedule has.
        """
        plain = self._plain
        row, end = plain.indptr[schedule], plain.indptr[schedule + 1]
        while row < end and plain.end_min[row] <= minute:
            row += 1
        if row == end:
            return -1 - len(plain.start_min) - schedule
        return row if plain.start_min[row] <= minute else -1 - row

    def standing(self, schedule: int, minute: float) -> Standing | None:
        """Return the state of a schedule at a minute after the base; None where the windows do not tell all of it.

        They do not tell why a state is unknown, nor what comes after their horizon.
        """
        plain = self._plain
        stretch = self.stretch(schedule, minute)
        if stretch >= 0:
            end = plain.end_min[stretch]
            told = not plain.unknown[stretch] and end < self.horizon_min
            return Standing(State.OPEN, end, None) if told else None
        ahead = range(-1 - stretch, plain.indptr[schedule + 1])
        opens = next((plain.start_min[row] for row in ahead if not plain.unknown[row]), None)
        return None if opens is None else Standing(State.CLOSED, plain.start_min[ahead[0]], opens)

    def met_one(self, schedule: int, arrival_min: float, margin_min: float, soon_min: float) -> tuple[int, float]:
        """Judge one arrival as :meth:`met` does: the :class:`Door` and the wait."""
        plain = self._plain
        door, patience_min = _CLOSED, soon_min
        for row in range(plain.indptr[schedule], plain.indptr[schedule + 1]):
            end = plain.end_min[row]
            if end <= arrival_min:
                continue
            wait_min = plain.start_min[row] - arrival_min
            if plain.unknown[row]:
                if plain.start_min[row] <= arrival_min + patience_min:
                    door = _UNKNOWN
            elif wait_min <= 0.0:
                if end - arrival_min >= margin_min:
                    return _OPEN, 0.0
                door, patience_min = _CLOSING, margin_min
            elif wait_min <= soon_min and end - plain.start_min[row] >= margin_min:
                return _OPENS_SOON, wait_min
            if wait_min > margin_min and wait_min > soon_min:
                break
        return door, 0.0

    def possible(
        self, first_min: Minutes, last_min: Minutes, margin_min: float, soon_min: float
    ) -> tuple[Flags, Flags]:
        """Return which schedules may be met open (or soon open), and which unknown, by any arrival between two minutes.

        The minutes are given one a schedule. None that is left out can be so met; one that is named may yet turn out
        otherwise at its own minute.
        """
        first_min, last_min = first_min[self.schedule], last_min[self.schedule]
        ahead = last_min + np.where(self.unknown, max(soon_min, margin_min), soon_min)
        reached = (self.start_min <= ahead) & (self.end_min > first_min)
        lasting = self.end_min - np.maximum(self.start_min, first_min) >= margin_min
        return self._any(reached & lasting & ~self.unknown), self._any(reached & self.unknown)

    def _any(self, windows: Flags) -> Flags:
        flags = np.zeros(len(self.indptr) - 1, bool)
        flags[self.schedule[windows]] = True
        return flags

    def met(
        self, schedules: NDArray[np.int64], arrival_min: Minutes, margin_min: float, soon_min: float
    ) -> tuple[NDArray[np.int8], Minutes]:
        """Judge arrivals.

        Parameters
        ----------
        schedules : NDArray[int64]
            The schedule of each arrival.
        arrival_min : NDArray[float64]
            Minutes after the base, at most ``horizon_min``.
        margin_min : float
            How long it must stay open from the arrival, or from its opening, to be of use.
        soon_min : float
            How long the worker waits for an opening.

        Returns
        -------
        door : NDArray[int8]
            A :class:`Door` for each arrival.
        wait_min : NDArray[float64]
            Minutes until the opening where it opens soon, 0 elsewhere.
        """
        rows, which = runs(self.indptr[schedules], self.indptr[schedules + 1])
        start, end, unknown, at = self.start_min[rows], self.end_min[rows], self.unknown[rows], arrival_min[which]
        count = len(schedules)
        now = (start <= at) & (at < end)
        open_until = np.full(count, -np.inf)
        open_until[which[now & ~unknown]] = end[now & ~unknown]
        is_open = np.isfinite(open_until)
        stays = is_open & (open_until - arrival_min >= margin_min)
        useful = ~unknown & (start > at) & (start - at <= soon_min) & (end - start >= margin_min)
        opens_at = _first(start, which, useful, count)
        doubtful = unknown & (start <= at + np.where(is_open[which], margin_min, soon_min)) & (end > at)
        doubted = np.zeros(count, bool)
        doubted[which[doubtful]] = True
        soon = np.isfinite(opens_at)
        door = np.where(doubted, np.int8(Door.UNKNOWN), np.where(is_open, np.int8(Door.CLOSING), np.int8(Door.CLOSED)))
        door[soon] = Door.OPENS_SOON
        door[stays] = Door.OPEN
        return door, np.where(stays | ~soon, 0.0, opens_at - arrival_min)


def _first(start: Minutes, which: NDArray[np.int64], chosen: Flags, count: int) -> Minutes:
    """Return the earliest chosen start of each arrival, infinity where there is none."""
    first = np.full(count, np.inf)
    np.minimum.at(first, which[chosen], start[chosen])
    return first
