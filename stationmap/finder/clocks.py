"""Telling the time some minutes after an instant by counting, where the zone keeps its offset for a day."""

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

_DAY = timedelta(days=1)


class Steady(NamedTuple):
    """A time of day in a zone that keeps its offset for a day.

    ``begun_us`` are the microseconds since midnight; ``dates`` three days on end, such as ``2026-10-09T``; ``offset``
    is such as ``+08:00``.
    """

    begun_us: int
    dates: tuple[str, str, str]
    offset: str


def steady(at: datetime) -> Steady | None:
    """Return an aware instant as a steady time; None where clocks are changed within a day of it."""
    offset = at.utcoffset()
    if offset is None or (at.astimezone(timezone(offset)) + _DAY).astimezone(at.tzinfo).utcoffset() != offset:
        return None
    return Steady(since_midnight_us(at), *_days(at.date(), offset))


def since_midnight_us(at: datetime) -> int:
    """Return the time of day in microseconds."""
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


@lru_cache(maxsize=64)
def _days(first: date, offset: timedelta) -> tuple[tuple[str, str, str], str]:
    midnight = datetime.combine(first, time(tzinfo=timezone(offset)))
    one, two, three = (f"{midnight + days * _DAY:%Y-%m-%dT}" for days in range(3))
    return (one, two, three), midnight.isoformat()[19:]
