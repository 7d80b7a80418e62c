"""How a day may be taken: the readings of a date that the calendar leaves open, all of which must agree.

A schedule speaks of weekdays and public holidays; China's calendar moves both. So a day has one or more *readings*,
and only what holds under all of them is known:

- an ordinary day is read as written;
- on a make-up working day (a Saturday or Sunday that is worked) a station that keeps its weekend is read as written;
  one that works is read as each of Monday to Friday, and what at least four of the five agree on holds; one whose
  habit is not known is read both ways;
- on a public holiday hours that mention ``PH`` are read as written; hours that do not are read, on a weekday, as
  that weekday, as Saturday and as Sunday (a list that gives Monday to Friday says nothing of holidays), and on a
  Saturday or Sunday as written;
- a day beyond the calendar may be ordinary, a holiday, or on a weekend a make-up day: it is read in all these ways.

Dates, weeks and years are always read as they are, so a rule for dated days holds whatever the calendar says.
"""

from functools import lru_cache

from stationmap.hours.calendar import DayKind
from stationmap.hours.selectors import Reading

HABITS = ("work", "weekend", "unknown")
"""What a station does on a make-up working day."""


@lru_cache
def alternatives(kind: DayKind, weekday: int, habit: str, says_holidays: bool) -> tuple[tuple[Reading, ...], ...]:
    """Return the ways in which a day may be taken, all of which must agree for its hours to be known.

    Parameters
    ----------
    kind : DayKind
        What the calendar says of the day.
    weekday : int
        Its real weekday, Monday 0.
    habit : str
        One of :data:`HABITS`.
    says_holidays : bool
        Whether the hours mention public holidays.

    Returns
    -------
    tuple of tuple of Reading
        Each holds one reading, or the five working days, of which at least four must say the same.
    """
    written = (Reading(weekday),)
    if kind is DayKind.ORDINARY:
        return (written,)
    if says_holidays:
        holiday: tuple[tuple[Reading, ...], ...] = ((Reading(weekday, holiday=True),),)
    else:
        holiday = (written,) if weekday >= 5 else (written, (Reading(5),), (Reading(6),))
    if kind is DayKind.OFF:
        return holiday
    worked = tuple(Reading(day) for day in range(5))
    makeup = {"work": (worked,), "weekend": (written,), "unknown": (written, worked)}[habit]
    if kind is DayKind.MAKEUP:
        return makeup
    return tuple(dict.fromkeys((written, *holiday, *(makeup if weekday >= 5 else ()))))
