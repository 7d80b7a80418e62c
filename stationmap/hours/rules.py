"""What an expression of opening hours says, as plain data: rules, the days they select, their times; and its text.

The terms are those of the OSM specification (``Key:opening_hours/specification``, version 0.7): an expression is a
row of rules; a rule selects days by year, date, week and day of the week, gives times of those days, and says
whether the place is then open, closed or not known. Weekdays count from Monday = 0, minutes from midnight; a span
that runs past midnight ends after minute 1440 and belongs to the day on which it starts.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

DAY_MIN = 1440
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EASTER = 13
"""The "month" of a date point that stands at Easter Sunday."""
LAST_YEAR = 9999


class Span(NamedTuple):
    """Times of a day in minutes; ``open_end``: the end of the opening is not known (``17:00+``).

    ``end`` is after ``start`` and at most 2880; it equals ``start`` only in a span that has nothing but an open end.
    """

    start: int
    end: int
    open_end: bool = False


class YearRange(NamedTuple):
    """Years ``first`` to ``last`` inclusive, every ``step``-th of them."""

    first: int
    last: int
    step: int = 1


class WeekRange(NamedTuple):
    """ISO weeks ``first`` to ``last`` inclusive, every ``step``-th of them."""

    first: int
    last: int
    step: int = 1


class DatePoint(NamedTuple):
    """One end of a range of dates.

    ``year`` 0 means every year; ``month`` 1-12 or :data:`EASTER`; ``day`` 0 with ``nth`` 0 means the whole month;
    ``nth`` counts the ``weekday`` within the month, negative from its end; ``offset`` moves the day found.
    """

    year: int
    month: int
    day: int = 0
    weekday: int = 0
    nth: int = 0
    offset: int = 0


class DateRange(NamedTuple):
    """Dates ``first`` to ``last`` inclusive, every ``step``-th of them."""

    first: DatePoint
    last: DatePoint
    step: int = 1


class WeekdayRange(NamedTuple):
    """Days of the week, inclusive; ``first`` after ``last`` wraps round the end of the week."""

    first: int
    last: int

    @property
    def mask(self) -> int:
        """Seven bits, Monday the lowest."""
        days = range(self.first, self.last + 1 + (7 if self.last < self.first else 0))
        return sum(1 << day % 7 for day in days)


class NthWeekday(NamedTuple):
    """The ``nth`` ``weekday`` of every month (negative: from the end), moved by ``offset`` days."""

    weekday: int
    nth: int
    offset: int = 0


class Holiday(NamedTuple):
    """A public holiday, or the day ``offset`` days after one."""

    offset: int = 0


DayItem = WeekdayRange | NthWeekday | Holiday


class Rule(NamedTuple):
    """One rule. All selectors given must hold; within one selector any item may.

    ``separator`` says how the rule joins those before it: ``;`` replaces them on its days, ``,`` adds to them, ``||``
    speaks where they say nothing. ``dates`` and ``days`` are selectors of several lists, all of which must hold.
    """

    separator: str = ";"
    years: tuple[YearRange, ...] = ()
    dates: tuple[tuple[DateRange, ...], ...] = ()
    weeks: tuple[WeekRange, ...] = ()
    days: tuple[tuple[DayItem, ...], ...] = ()
    times: tuple[Span, ...] = ()
    modifier: str = "open"
    comment: str = ""

    @property
    def selects_days(self) -> bool:
        """Whether the rule is for some days only."""
        return bool(self.years or self.dates or self.weeks or self.days)


@dataclass(frozen=True)
class Expression:
    """Opening hours that were read: a row of rules. ``str()`` gives them back in the normal form of the grammar."""

    rules: tuple[Rule, ...]

    @cached_property
    def mentions_holidays(self) -> bool:
        """Whether any rule speaks of public holidays themselves (``PH -1 day`` alone does not)."""
        return any(Holiday(0) in items for rule in self.rules for items in rule.days)

    def __str__(self) -> str:
        text = ""
        for rule, following in zip(self.rules, (*self.rules[1:], None), strict=True):
            if text:
                text += {";": "; ", ",": ", ", "||": " || "}[rule.separator]
            text += _rule_text(rule, following)
        return text


def _rule_text(rule: Rule, following: Rule | None) -> str:
    parts = [_years_text(rule)] if rule.years else []
    parts += [",".join(map(_date_range_text, items)) for items in rule.dates]
    if rule.weeks:
        parts.append("week " + ",".join(_stepped(f"{w.first:02}", f"{w.last:02}", w.step) for w in rule.weeks))
    if parts and rule.days and isinstance(rule.days[0][0], NthWeekday):
        parts[-1] += ":"  # `Aug Su[1] +1 day` is one date, `Aug: Su[1] +1 day` a weekday of a month
    parts += [",".join(map(_day_text, items)) for items in rule.days]
    if rule.times:
        parts.append(",".join(map(_span_text, rule.times)))
    if rule.modifier != "open":
        parts.append("off" if rule.modifier == "closed" else rule.modifier)
    elif not parts and not rule.comment:
        parts.append("24/7")
    elif rule.comment or (
        # without the word, the added rule would read as the rest of a list
        following and following.separator == "," and not (rule.times and following.selects_days)
    ):
        parts.append("open")
    if rule.comment:
        parts.append(f'"{rule.comment}"')
    return " ".join(parts)


def _years_text(rule: Rule) -> str:
    text = ",".join(_year_text(years) for years in rule.years)
    alone = len(rule.years) == 1 and text.isdigit()
    return text + ":" if alone and rule.dates else text


def _year_text(years: YearRange) -> str:
    if years.last == LAST_YEAR:
        return f"{years.first}+" if years.step == 1 else f"{years.first}/{years.step}"
    return _stepped(str(years.first), str(years.last), years.step)


def _stepped(first: str, last: str, step: int) -> str:
    text = first if first == last else f"{first}-{last}"
    return text if step == 1 else f"{text}/{step}"


def _date_range_text(dates: DateRange) -> str:
    first, last = dates.first, dates.last
    text = _point_text(first)
    if last.year == LAST_YEAR:
        return text + "+"
    within_month = first.day and first.day <= last.day and last == first._replace(day=last.day)
    if within_month and not first.offset:
        text = _stepped(text, f"{last.day:02}", 1) if last.day > first.day else text
        return text if dates.step == 1 else f"{text}/{dates.step}"
    if first != last:
        text += "-" + _point_text(last._replace(year=0) if last.year == first.year and not first.day else last)
    return text if dates.step == 1 else f"{text}/{dates.step}"


def _point_text(point: DatePoint) -> str:
    text = f"{point.year} " if point.year else ""
    text += "easter" if point.month == EASTER else MONTHS[point.month - 1]
    if point.day:
        text += f" {point.day:02}"
    elif point.nth:
        text += f" {WEEKDAYS[point.weekday]}[{point.nth}]"
    return text + _offset_text(point.offset)


def _offset_text(days: int) -> str:
    return f" {days:+d} day{'s' if abs(days) > 1 else ''}" if days else ""


def _day_text(item: DayItem) -> str:
    if isinstance(item, Holiday):
        return "PH" + _offset_text(item.offset)
    if isinstance(item, NthWeekday):
        return f"{WEEKDAYS[item.weekday]}[{item.nth}]{_offset_text(item.offset)}"
    return _stepped(WEEKDAYS[item.first], WEEKDAYS[item.last], 1)


def _span_text(span: Span) -> str:
    text = f"{span.start // 60:02}:{span.start % 60:02}"
    if span.end > span.start:
        end = span.end - DAY_MIN if DAY_MIN < span.end <= span.start + DAY_MIN else span.end
        text += f"-{end // 60:02}:{end % 60:02}"
    return text + "+" if span.open_end else text
