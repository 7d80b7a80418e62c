"""China's days off and make-up working days (调休), day by day, for the years that are announced.

The days come from the package ``chinesecalendar``; where it leaves out a day that the State Council's notice names,
the day stands in :data:`CORRECTIONS` with its notice. Next year's notice goes in by :meth:`Calendar.extended`. What
is not announced is not known: beyond its years a calendar answers :attr:`DayKind.UNKNOWN`, never "ordinary".

A year is known as a whole, so that its other days are ordinary, once 1 October is among its announced days: the yearly
notice holds National Day and goes up to it. Of a year of which less is announced (New Year's Day alone, or the first
days of January that came with the notice of the year before) only the announced days are known.

Two kinds of day that lists of holidays carry are taken for what they are:

- a working day from Monday to Friday (2020-02-03, the first one after that year's prolonged Spring Festival) is an
  ordinary day, no make-up day: whoever works on Mondays works on it;
- a Saturday or Sunday that merely adjoins a holiday (notices of 2014, 2019 and 2023: "与周末连休") is a day off with
  the holiday where the package says so, although lists that quote only the notice's dates leave it out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray


class DayKind(IntEnum):
    """What a date is by announcement, whatever its weekday.

    ``ORDINARY``: as its weekday says, so also a free Saturday or Sunday. ``OFF``: announced as free, weekends within
    a holiday included. ``MAKEUP``: a Saturday or Sunday on which work is made up. ``UNKNOWN``: not announced yet.
    """

    ORDINARY = 0
    OFF = 1
    MAKEUP = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a notice: free (``off``) or worked, and the name of its holiday."""

    day: date
    off: bool
    name: str


_NOTICES = "http://www.gov.cn/zhengce/zhengceku/"
CORRECTIONS: Mapping[str, tuple[CalendarDay, ...]] = {
    _NOTICES + "2010-12/10/content_1423.htm": (CalendarDay(date(2011, 6, 5), True, "端午"),),
    _NOTICES + "2011-12/06/content_1411.htm": (CalendarDay(date(2012, 6, 23), True, "端午"),),
    _NOTICES + "2015-05/13/content_9742.htm": (
        CalendarDay(date(2015, 9, 5), True, "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"),
    ),
}
"""Days that a notice (the key) names and the package leaves out."""

_NATIONAL_DAY = (10, 1)
"""Month and day that every yearly notice announces: with it a year is known as a whole."""


@dataclass(frozen=True)
class Calendar:
    """The announced days of some years.

    Parameters
    ----------
    years : frozenset of int
        The years that are known as a whole: their days that are not announced are ordinary.
    days : Mapping[date, CalendarDay]
        The announced days, those of other years too. Without years and days it is a calendar without holidays, to
        which every day is ordinary.

    Notes
    -----
    The notice of the year after may still declare the last days of December; it overrides when it is loaded.
    """

    years: frozenset[int] = frozenset()
    days: Mapping[date, CalendarDay] = field(default_factory=dict, repr=False, hash=False)

    @property
    def first(self) -> date:
        """First day of the first year known as a whole; without one the first announced day, if any, else of all."""
        return date(min(self.years), 1, 1) if self.years else min(self.days, default=date.min)

    @property
    def last(self) -> date:
        """Last day of the last year known as a whole; without one the last announced day, if any, else of all.

        Single announced days beyond it do not move it. Where a year before it is missing, :meth:`known_through` tells
        how far the days are known without a gap.
        """
        return date(max(self.years), 12, 31) if self.years else max(self.days, default=date.max)

    def knows_year(self, year: int) -> bool:
        """Return whether a year is known as a whole, so that each of its days is off, made up or ordinary."""
        return year in self.years or not (self.years or self.days)

    def known_through(self, day: date) -> date | None:
        """Return the last day up to which every day from ``day`` on is known; None when the year of ``day`` is not.

        By whole years; the last of all days for a calendar without holidays.
        """
        if not self.knows_year(day.year):
            return None
        year = day.year
        while year + 1 in self.years:
            year += 1
        return date(year, 12, 31) if self.years else date.max

    def kind(self, day: date) -> DayKind:
        """Return what a date is; UNKNOWN where neither the day nor its whole year is announced."""
        announced = self.days.get(day)
        if announced is None:
            return DayKind.ORDINARY if self.knows_year(day.year) else DayKind.UNKNOWN
        if announced.off:
            return DayKind.OFF
        return DayKind.MAKEUP if day.weekday() >= 5 else DayKind.ORDINARY

    def name(self, day: date) -> str:
        """Return the name of the holiday to which a day off or a make-up day belongs, else ""."""
        announced = self.days.get(day)
        return announced.name if announced else ""

    def kinds(self, first: date, n: int) -> NDArray[np.int8]:
        """Return the kinds of ``n`` days from ``first`` on as :class:`DayKind` values, shape (n,)."""
        return np.array([self.kind(first + timedelta(days=ahead)) for ahead in range(n)], dtype=np.int8)

    def extended(self, days: Iterable[CalendarDay]) -> "Calendar":
        """Return the calendar with the days of a notice added; a day given again overrides.

        A year becomes known as a whole when its announced days, those given before included, hold 1 October: the yearly
        notice always holds National Day. Until then its announced days alone are known, and all its other days are
        UNKNOWN, so that a table of New Year's Day alone does not make the Spring Festival an ordinary week.
        """
        announced = {**self.days, **{day.day: day for day in days}}
        whole = {day.year for day in announced if (day.month, day.day) == _NATIONAL_DAY}
        return Calendar(self.years | whole, announced)

    def known_until(self, day: date) -> date | None:
        """Return the last known day before a day of an unknown year, None when there is none before it."""
        before = [year for year in self.years if year < day.year]
        return date(max(before), 12, 31) if before else None


NO_CALENDAR = Calendar()
"""Plain OSM semantics: no holidays, no make-up days, every day as its weekday says."""


def china(extra: Iterable[CalendarDay] = ()) -> Calendar:
    """Return China's calendar, with further announced days over it.

    Parameters
    ----------
    extra : Iterable[CalendarDay]
        Days of notices that the package does not hold yet.

    Examples
    --------
    >>> china().kind(date(2026, 10, 10)).name
    'MAKEUP'
    """
    added = tuple(extra)
    return _china().extended(added) if added else _china()


@cache
def _china() -> Calendar:
    from chinese_calendar.constants import Holiday, holidays, workdays  # only where it is needed

    announced = [(day, name, True) for day, name in holidays.items()]
    announced += [(day, name, False) for day, name in workdays.items()]
    days = {day: CalendarDay(day, off, Holiday(name).chinese) for day, name, off in announced}
    corrections = {day.day: day for days_of in CORRECTIONS.values() for day in days_of}
    return Calendar(frozenset(day.year for day in holidays), {**days, **corrections})
