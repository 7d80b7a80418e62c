"""Which rules hold on a day: the rules of many expressions, flattened into arrays once and asked day by day.

Every rule is a row; its plain weekdays are seven bits of that row. Any other selector is a *list* (one of its items
must hold) with its items in small side tables by type, so that a day is answered with a few array operations
whatever the number of expressions. All arrays are in the order of the expressions and of their rules.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.hours.rules import (
    DAY_MIN,
    EASTER,
    LAST_YEAR,
    DayItem,
    Expression,
    NthWeekday,
    Rule,
    Span,
    WeekdayRange,
)

EVERY_DAY = 127
LAST_ORDINAL = date(LAST_YEAR, 12, 31).toordinal()

NONE, OPEN, UNKNOWN, CUT, ASK, OPEN_ELSE, UNKNOWN_ELSE = range(7)
"""What a rule says of a minute: nothing; open; not known; closed at this time; not known at this time (both by a rule
with times, which therefore also hold against the night before); open or not known where nothing else speaks."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Reading(NamedTuple):
    """One way to take a day: as which weekday (Monday 0), and as a public holiday or not.

    ``near`` takes the days around it of which the calendar does not know for holidays.
    """

    weekday: int
    holiday: bool = False
    near: bool = False


class DayRules:
    """The rules of a row of expressions, ready to be asked which of them hold on a day. Immutable once built.

    Parameters
    ----------
    expressions : Sequence[Expression]
        In the order by which ``owner`` counts.

    Attributes
    ----------
    size : int
        Number of expressions.
    owner : NDArray[int64]
        Expression of each rule; ascending.
    span_rule, span_start, span_end, span_code : NDArray
        Times of the rules in order: rule, first minute, minute after the last (up to 2880), what is said there; those
        of one rule are ordered and disjoint.
    holiday_offsets : tuple of int
        The days around a day whose holidays some rule asks for (``PH -1 day`` asks for the day after: -1).
    """

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self.size = len(expressions)
        columns = _Columns()
        for owner, expression in enumerate(expressions):
            for rule in expression.rules:
                columns.add(owner, rule)
        self.owner = _array(columns.owner)
        self._weekdays = np.array(columns.weekdays, dtype=np.uint8)
        self._clears = np.array(columns.clears, dtype=np.bool_)
        spans = _table(columns.spans, 4)
        self.span_rule, self.span_start, self.span_end = spans[0], spans[1], spans[2]
        self.span_code = spans[3].astype(np.uint8)
        self._list_rule = _array(columns.list_rule)
        self._years = _table(columns.years, 4)
        self._weeks = _table(columns.weeks, 4)
        self._masks = _table(columns.masks, 2)
        self._nths = _table(columns.nths, 4)
        self._holidays = _table(columns.holidays, 2)
        self._dates = _table(columns.dates, 14)
        self._dates_of_year = lru_cache(maxsize=8)(self._resolve_dates)
        self.holiday_offsets = tuple(int(offset) for offset in np.unique(self._holidays[1]))
        owned = np.bincount(self.owner, minlength=self.size) if self.size else np.zeros(0, np.int64)
        self._first_rule = np.cumsum(owned) - owned

    def holding(self, day: date, reading: Reading, is_holiday: Callable[[int], bool]) -> Bools:
        """Return which rules decide that day under that reading: they select it, and no later rule replaces them.

        Parameters
        ----------
        day : date
            The date as the calendar has it: dates, weeks and years are never read otherwise.
        reading : Reading
            The weekday to take it for, and whether it counts as a public holiday.
        is_holiday : callable
            Asked with an offset in days other than 0: whether the day so far from this one is a holiday.
        """
        holds: Bools = (self._weekdays >> reading.weekday & 1).astype(np.bool_)
        if self._list_rule.size:
            hit = np.zeros(self._list_rule.size, dtype=np.bool_)
            self._mark_dates(hit, day)
            self._mark_days(hit, day, reading, is_holiday)
            holds[self._list_rule[~hit]] = False
        place = np.arange(holds.size)
        last_clear = np.maximum.reduceat(np.where(holds & self._clears, place, -1), self._first_rule)
        return holds & (place >= last_clear[self.owner])

    def _mark_dates(self, hit: Bools, day: date) -> None:
        for table, value in ((self._years, day.year), (self._weeks, day.isocalendar().week)):
            _mark_stepped(hit, table, value)
        if self._dates.size:
            _mark_stepped(hit, self._dates_of_year(day.year), day.toordinal())

    def _mark_days(self, hit: Bools, day: date, reading: Reading, is_holiday: Callable[[int], bool]) -> None:
        where, mask = self._masks
        hit[where[(mask >> reading.weekday & 1).astype(np.bool_)]] = True
        where, weekday, nth, offset = self._nths
        for moved in np.unique(offset).tolist():
            counted_from = date.fromordinal(day.toordinal() - moved)
            index, index_from_end = _nth_of_month(counted_from)
            same = (offset == moved) & (weekday == (reading.weekday - moved) % 7)
            hit[where[same & ((nth == index) | (nth == index_from_end))]] = True
        where, offset = self._holidays
        for moved in self.holiday_offsets:
            if reading.holiday if moved == 0 else is_holiday(-moved):
                hit[where[offset == moved]] = True

    def _resolve_dates(self, year: int) -> Ints:
        """Return the ranges of dates that touch a year as rows of list, first and last ordinal, step."""
        before, within, after = (self._spans_from(start) for start in (year - 1, year, year + 1))
        new_year, year_end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        wraps = (within[2] > 0) & (within[2] < within[1]) & (self._dates[1] == 0) & ~self._is_single_day()
        until = within.copy()  # a range that wraps: from the year before until its end in this one, and
        until[1] = np.where(before[1] > 0, before[1], new_year)
        since = within.copy()  # from its start in this one on
        since[2] = year_end
        rows = np.concatenate((before, within, after, until[:, wraps], since[:, wraps]), axis=1)
        exists = (rows[1] > 0) & (rows[2] >= rows[1])
        return rows[:, exists & (rows[1] <= year_end) & (rows[2] >= new_year)]

    def _spans_from(self, year: int) -> Ints:
        """Return list, first and last ordinal and step of every range that starts in a year, the end maybe first."""
        where, step = self._dates[0], self._dates[13]
        first, last = self._dates[1:7], self._dates[7:13]
        yearly = first[0] == 0
        begin = _ordinals(first, np.where(yearly, year, first[0]), end=False)
        end = _ordinals(last, np.where(yearly, year, last[0]), end=True)
        end = np.where(last[0] == LAST_YEAR, LAST_ORDINAL, end)
        return np.stack((where, begin, end, step))

    def _is_single_day(self) -> Bools:
        """Return which ranges are one day of a month (which 29 February may lack)."""
        same: Bools = (self._dates[1:7] == self._dates[7:13]).all(axis=0) & (self._dates[3] > 0)
        return same


class _Columns:
    """The rows of :class:`DayRules` while they are collected."""

    def __init__(self) -> None:
        self.owner: list[int] = []
        self.weekdays: list[int] = []
        self.clears: list[bool] = []
        self.spans: list[tuple[int, ...]] = []
        self.list_rule: list[int] = []
        self.years: list[tuple[int, ...]] = []
        self.weeks: list[tuple[int, ...]] = []
        self.masks: list[tuple[int, ...]] = []
        self.nths: list[tuple[int, ...]] = []
        self.holidays: list[tuple[int, ...]] = []
        self.dates: list[tuple[int, ...]] = []

    def add(self, owner: int, rule: Rule) -> None:
        here = len(self.owner)
        self.owner.append(owner)
        self.clears.append(_clears(rule))
        self.spans += [(here, *span) for span in codes_of(rule.times, rule.modifier, rule.separator == "||")]
        if rule.years:
            where = self.new_list()
            self.years += [(where, *years) for years in rule.years]
        if rule.weeks:
            where = self.new_list()
            self.weeks += [(where, *weeks) for weeks in rule.weeks]
        for ranges in rule.dates:
            where = self.new_list()
            self.dates += [(where, *dates.first, *dates.last, dates.step) for dates in ranges]
        weekdays = EVERY_DAY
        for items in rule.days:
            plain = _plain_weekdays(items)
            if plain is None:
                self.add_days(items)
            else:
                weekdays &= plain
        self.weekdays.append(weekdays)

    def new_list(self) -> int:
        self.list_rule.append(len(self.owner) - 1)
        return len(self.list_rule) - 1

    def add_days(self, items: tuple[DayItem, ...]) -> None:
        where = self.new_list()
        for item in items:
            if isinstance(item, WeekdayRange):
                self.masks.append((where, item.mask))
            elif isinstance(item, NthWeekday):
                self.nths.append((where, *item))
            else:
                self.holidays.append((where, item.offset))


def _clears(rule: Rule) -> bool:
    """Return whether the rule replaces all rules before it on its days; one that closes whole days always does."""
    if rule.modifier == "closed":
        return not rule.times and rule.separator != "||"
    return rule.separator == ";"


@lru_cache(maxsize=4096)
def _plain_weekdays(items: tuple[DayItem, ...]) -> int | None:
    mask = 0
    for item in items:
        if not isinstance(item, WeekdayRange):
            return None
        mask |= item.mask
    return mask


@lru_cache(maxsize=65536)
def codes_of(times: tuple[Span, ...], modifier: str, fallback: bool) -> tuple[tuple[int, int, int], ...]:
    """Return the times of a rule as disjoint spans with what is said there: (start, end, code), ordered.

    An open end is a guess that is not known: until midnight, but 10 hours from 17:00 on and 8 hours from 22:00 on (as
    opening_hours.js has it), and not beyond the start of a later span of the same rule. Where spans of one rule
    overlap, the one written later holds.
    """
    if modifier == "closed" and (fallback or not times):
        return ()
    timed = {"open": OPEN, "unknown": ASK, "closed": CUT}[modifier]
    guess = UNKNOWN if modifier == "open" else timed
    if not times:
        times, timed = (Span(0, DAY_MIN),), OPEN if modifier == "open" else UNKNOWN
    if fallback:
        timed, guess = OPEN_ELSE if timed == OPEN else UNKNOWN_ELSE, UNKNOWN_ELSE
    drawn: list[tuple[int, int, int]] = []
    for span in times:
        if span.end > span.start:
            drawn.append((span.start, span.end, timed))
        if span.open_end:
            later = [other.start for other in times if other.start >= span.end and other is not span]
            drawn.append((span.end, min(later, default=_guessed_end(span.end)), guess))
    bounds = sorted({minute for start, end, _ in drawn for minute in (start, end)})
    spans: list[tuple[int, int, int]] = []
    for start, end in pairwise(bounds):
        code = next((code for a, b, code in reversed(drawn) if a <= start and end <= b), NONE)
        if code and spans and spans[-1][1] == start and spans[-1][2] == code:
            spans[-1] = (spans[-1][0], end, code)
        elif code:
            spans.append((start, end, code))
    return tuple(spans)


def _guessed_end(start: int) -> int:
    if start >= 22 * 60:
        return min(start + 8 * 60, 2 * DAY_MIN)
    return start + 10 * 60 if start >= 17 * 60 else DAY_MIN


def _mark_stepped(hit: Bools, table: Ints, value: int) -> None:
    where, first, last, step = table
    hit[where[(first <= value) & (value <= last) & ((value - first) % step == 0)]] = True


def _nth_of_month(day: date) -> tuple[int, int]:
    """Return the place of a day among those of its weekday in its month, from the start and from the end."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (day.day - 1) // 7 + 1, -(((following - day).days - 1) // 7) - 1


def _ordinals(points: Ints, years: Ints, *, end: bool) -> Ints:
    """Return the proleptic ordinals of date points in given years; 0 where the year has no such day.

    ``points`` has the fields of :class:`DatePoint` as rows. A whole month stands for its first day, or with ``end``
    for its last; 29 February of a common year for the day on this side of it.
    """
    _, month, day, weekday, nth, offset = points
    days_before = (years - 1) * 365 + (years - 1) // 4 - (years - 1) // 100 + (years - 1) // 400
    leap = ((years % 4 == 0) & (years % 100 != 0)) | (years % 400 == 0)
    calendar_month = np.where(month == EASTER, 1, month)
    table = _MONTH_STARTS[leap.astype(np.int64), calendar_month - 1] + days_before
    length = _MONTH_STARTS[leap.astype(np.int64), calendar_month] + days_before - table
    whole = length if end else np.ones_like(length)
    found = table + np.where(day > 0, day, whole)
    found = np.where((day == 29) & (length == 28), table + (28 if end else 29), found)
    from_start = table + 1 + (weekday - table) % 7 + 7 * (nth - 1)
    from_end = table + length - (table + length + 6 - weekday) % 7 + 7 * (nth + 1)
    counted = np.where(nth > 0, from_start, from_end)
    inside = (counted > table) & (counted <= table + length)
    found = np.where(nth != 0, np.where(inside, counted, 0), found)
    if (month == EASTER).any():
        easter = {year: _easter(year) for year in np.unique(years).tolist()}
        found = np.where(month == EASTER, [easter[year] for year in years.tolist()], found)
    return np.where(found > 0, found + offset, 0)


def _easter(year: int) -> int:
    """Return the ordinal of Easter Sunday (Gregorian; the anonymous algorithm of 1876, in Meeus' wording)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon + 15) % 30
    shift = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * shift) // 451
    month, day = divmod(epact + shift - 7 * late + 114, 31)
    return date(year, month, day + 1).toordinal()


def _array(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _table(rows: list[tuple[int, ...]], width: int) -> Ints:
    return np.ascontiguousarray(np.array(rows, dtype=np.int64).reshape(-1, width).T)


_COMMON = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_LEAP = _COMMON + (np.arange(13) > 1)
_MONTH_STARTS = np.stack((_COMMON, _LEAP))
