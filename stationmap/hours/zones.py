"""Wall clocks and instants: local minutes of a time zone into seconds since 1970 UTC, also where clocks are changed.

A local time that a change of clocks repeats counts both times it comes, one that is skipped never: hours hold by the
clock on the wall.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from stationmap.errors import InvalidValue
from stationmap.hours.layers import Layer
from stationmap.hours.rules import DAY_MIN

_EPOCH = date(1970, 1, 1).toordinal()
_DAY_S = 86400


class Regime(NamedTuple):
    """A time in which clocks stand at one offset: seconds since 1970 UTC, and local minus UTC in seconds."""

    begin: int
    end: int
    offset: int


def local_time(at: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant as local time of a zone; a naive one is taken as local time there.

    Raises
    ------
    InvalidValue
        When the year is not within 1900 to 2999.
    """
    if not 1900 <= at.year <= 2999:
        raise InvalidValue("The year of {at} is not within 1900 to 2999.", at=at.isoformat())
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone).astimezone(UTC)  # the way round mends times that the clocks skip
    return at.astimezone(zone)


@lru_cache(maxsize=256)
def regimes(zone: ZoneInfo, first: date, days: int) -> tuple[Regime, ...]:
    """Return the regimes of a zone that cover ``days`` local days from ``first`` on, in order."""
    begin = (first.toordinal() - _EPOCH - 1) * _DAY_S
    marks = range(begin, begin + (days + 2) * _DAY_S + 1, _DAY_S)
    changes = [_change(zone, a, b) for a, b in pairwise(marks) if _offset(zone, a) != _offset(zone, b)]
    bounds = [marks[0], *changes, marks[-1]]
    return tuple(Regime(a, b, _offset(zone, a)) for a, b in pairwise(bounds))


def instants(local: Layer, zone: ZoneInfo, first: date, days: int) -> Layer:
    """Return spans of local minutes as spans of seconds since 1970 UTC.

    Parameters
    ----------
    local : Layer
        Minutes count from the local midnight of ``first``; spans lie within its ``days`` days.
    zone : ZoneInfo
        The zone of the place.
    first, days : date, int
        The days that are covered.
    """
    midnight = (first.toordinal() - _EPOCH) * _DAY_S
    parts = []
    for begin, end, offset in regimes(zone, first, days):
        start = np.maximum(local.start * 60 + midnight - offset, begin)
        stop = np.minimum(local.end * 60 + midnight - offset, end)
        parts.append(local._replace(start=start, end=stop).where(start < stop))
    if len(parts) == 1:
        return parts[0]
    owner, start, stop, value = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((start, owner))
    return Layer(owner[order], start[order], stop[order], value[order])


def days_covering(local: datetime, minutes: float) -> int:
    """Return how many local days, the first being the one before ``local``, cover so many minutes after it."""
    change_of_clocks = 180
    ahead = local.hour * 60 + local.minute + minutes + change_of_clocks
    return 2 + int(ahead // DAY_MIN)


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset() or timedelta()
    return round(offset.total_seconds())


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first second at which the offset of ``after`` holds."""
    target = _offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == target:
            after = middle
        else:
            before = middle
    return after
