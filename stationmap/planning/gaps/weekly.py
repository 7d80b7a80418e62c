"""In which hours a gap is open, and why: reasons hour by hour, and hours of the week in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.planning.demand.demand import WEEK_HOURS
from stationmap.planning.gaps.reasons import IN_WORDS, Reason, Reasons, reasons
from stationmap.planning.pairs import Pairs

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_DAY = 24
_DAYS = (
    Message("Monday"),
    Message("Tuesday"),
    Message("Wednesday"),
    Message("Thursday"),
    Message("Friday"),
    Message("Saturday"),
    Message("Sunday"),
)


@dataclass(frozen=True, slots=True, eq=False)
class WeekReasons:
    """The reasons of n demand places in each hour of a week; hours in which all stations stand alike share a row.

    Attributes
    ----------
    pattern : NDArray[int64]
        One an hour: the row of ``reason``.
    reason : NDArray[int8]
        Shape (patterns, n), values of :class:`Reason`.
    """

    pattern: NDArray[np.int64]
    reason: Reasons

    def __len__(self) -> int:
        return len(self.pattern)

    def at(self, hour: int) -> Reasons:
        """Return the reasons in an hour of the week, shape (n,)."""
        return np.asarray(self.reason[self.pattern[hour]])


def week_reasons(pairs: Pairs, why: NDArray[np.int8]) -> WeekReasons:
    """Return the reasons in every hour.

    Parameters
    ----------
    pairs : Pairs
        Demand and stations within reach.
    why : NDArray[int8]
        Shape (m, 168): how each station stands in each hour of a week, from Monday 00:00.

    Raises
    ------
    InvalidValue
        When there are not 168 hours, or the stations are not those of the pairs.
    """
    if why.ndim != 2 or why.shape[1] != WEEK_HOURS:
        raise InvalidValue(
            "Standings by the hour have the shape {shape}; they need a row a station and the 168 hours of a week.",
            shape=str(why.shape),
        )
    columns, pattern = np.unique(why.T, axis=0, return_inverse=True)
    found = np.stack([reasons(pairs, each) for each in columns])
    return WeekReasons(pattern.reshape(-1).astype(np.int64), found)


@dataclass(frozen=True, slots=True, eq=False)
class GapHours:
    """In which hours some demand places are not served.

    Attributes
    ----------
    people : NDArray[float64]
        One an hour: the weight not served for certain, of those who are there in that hour.
    surely : NDArray[float64]
        One an hour: the part of it that is not served whatever is unknown.
    reason : NDArray[int8]
        One an hour: the reason of most of that weight, of equals the lowest; ``SERVED`` where nobody is unserved.
    """

    people: Floats
    surely: Floats
    reason: Reasons

    def words(self) -> tuple[Message, ...]:
        """Return the hours of each reason in a sentence each, the reason of most hours first."""
        there = [each for each in Reason if each != Reason.SERVED and (self.reason == each).any()]
        there.sort(key=lambda each: -int((self.reason == each).sum()))
        return tuple(
            Message("{hours}: {reason}", {"hours": hours_in_words(self.reason == each), "reason": IN_WORDS[each]})
            for each in there
        )


def gap_hours(week: WeekReasons, start: NDArray[np.int64], weight: Floats, presence: Floats) -> list[GapHours]:
    """Return the hours in which the places of each gap are not served.

    Parameters
    ----------
    week : WeekReasons
        Reasons of n places, those of one gap after those of the other.
    start : NDArray[int64]
        Shape (gaps + 1,): the places of gap i are ``start[i]`` to ``start[i + 1]``, at least one.
    weight : NDArray[float64]
        Shape (n,).
    presence : NDArray[float64]
        One an hour: which part of the weight is there.
    """
    if len(start) == 1:
        return []
    parts = [np.add.reduceat(np.where(week.reason == each, weight, 0.0), start[:-1], axis=1) for each in Reason]
    parts[Reason.SERVED][:] = 0.0
    sums = np.stack(parts, axis=2)
    people, surely = (
        each.sum(axis=2)[week.pattern] * presence[:, None] for each in (sums, sums[:, :, Reason.UNKNOWN + 1 :])
    )
    main = np.where(people > 0, sums.argmax(axis=2)[week.pattern], Reason.SERVED).astype(np.int8)
    columns = (np.ascontiguousarray(each.T) for each in (people, surely, main))
    return [GapHours(*each) for each in zip(*columns, strict=True)]


def hours_in_words(flags: Flags) -> tuple[Message, ...]:
    """Return hours as ranges, days with the same ranges together: ``Monday to Friday 18:00-22:00``.

    Parameters
    ----------
    flags : NDArray[bool]
        Shape (168,), from Monday 00:00.

    Examples
    --------
    >>> flags = np.zeros(168, bool)
    >>> flags[[18, 19, 42, 43, 120]] = True
    >>> [str(each) for each in hours_in_words(flags)]
    ['Monday to Tuesday 18:00-20:00', 'Saturday 00:00-01:00']
    """
    if flags.all():
        return (Message("at every hour"),)
    told = [tuple(_spans(day)) for day in flags.reshape(-1, _DAY)]
    ranges, day = [], 0
    for spans, same in groupby(told):
        first, day = day, day + len(list(same))
        if spans:
            ranges.append(Message("{days} {spans}", {"days": _days(first, day - 1), "spans": spans}))
    return tuple(ranges)


def _days(first: int, last: int) -> Message:
    if (first, last) == (0, len(_DAYS) - 1):
        return Message("every day")
    if first == last:
        return _DAYS[first]
    return Message("{first} to {last}", {"first": _DAYS[first], "last": _DAYS[last]})


def _spans(day: Flags) -> Iterator[str]:
    """Return the hours of a day that are set, as ``18:00-22:00``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], day, [False]]).astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        yield f"{start:02d}:00-{end:02d}:00"
