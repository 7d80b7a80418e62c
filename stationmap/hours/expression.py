"""Opening hours in the OSM grammar, read: :func:`parse` turns a text into an :class:`Expression`.

Read are years, dates and ranges of dates (also with the nth weekday of a month, Easter, and days before or after),
ISO weeks, weekdays (also the nth of the month), public holidays, spans (also past midnight and with an open end),
``open``, ``off``, ``unknown`` and comments, and the three ways to join rules: ``;`` ``,`` ``||``. Not evaluated, and
refused as :class:`UnsupportedHours`: school holidays, times that follow the sun, single points in time. Refused as
:class:`UnreadableHours`: all else, with the place and the remedy.
"""

from functools import lru_cache

from stationmap.errors import Message
from stationmap.hours.rules import (
    DAY_MIN,
    EASTER,
    LAST_YEAR,
    DatePoint,
    DateRange,
    DayItem,
    Expression,
    Holiday,
    NthWeekday,
    Rule,
    Span,
    WeekdayRange,
    WeekRange,
    YearRange,
)
from stationmap.hours.tokens import Token, UnreadableHours, UnsupportedHours, tokenize, unreadable, unsupported

__all__ = ["Expression", "UnreadableHours", "UnsupportedHours", "parse"]

_NOT_HERE = Message("this is not expected here")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=65536)
def parse(osm: str) -> Expression:
    """Read opening hours in the OSM grammar.

    Parameters
    ----------
    osm : str
        At most 4000 characters. Which other spellings are tolerated is said in :mod:`stationmap.hours.tokens`.

    Returns
    -------
    Expression
        Frozen and hashable; ``str()`` of it is the normal form, and reads as the same hours.

    Raises
    ------
    UnreadableHours
        When the text is not of the grammar; the place is quoted.
    UnsupportedHours
        When it is, but cannot be evaluated here.

    Examples
    --------
    >>> str(parse("mo-fr 9:00-11:30, 13:30-17:00 ; PH closed"))
    'Mo-Fr 09:00-11:30,13:30-17:00; PH off'
    """
    return _Parser(osm).expression()


_TIME_STARTS = ("time", "number")
_DAY_STARTS = ("weekday", "holiday", "week", "year", "month")
_STATES = ("open", "closed", "unknown")


class _Draft:
    """A rule while it is read."""

    def __init__(self) -> None:
        self.years: tuple[YearRange, ...] = ()
        self.dates: list[tuple[DateRange, ...]] = []
        self.weeks: tuple[WeekRange, ...] = ()
        self.days: list[tuple[DayItem, ...]] = []
        self.times: list[Span] = []
        self.modifier = ""
        self.comment = ""
        self.always = False

    @property
    def says(self) -> bool:
        return bool(self.times or self.modifier or self.comment or self.always)

    def rule(self, separator: str) -> Rule:
        """Return the rule; a comment alone says that it is not known."""
        modifier = self.modifier or ("unknown" if self.comment else "open")
        dates, days, times = tuple(self.dates), tuple(self.days), tuple(self.times)
        return Rule(separator, self.years, dates, self.weeks, days, times, modifier, self.comment)


class _Parser:
    """One pass over the tokens, top down; every method reads what its name says from where the last one stopped."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.kinds = [token.kind for token in self.tokens] + ["end", "end"]  # one may look two tokens ahead
        self.place = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def kind(self, ahead: int = 0) -> str:
        return self.kinds[self.place + ahead]

    def take(self) -> Token:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def expect(self, kind: str, problem: Message = _NOT_HERE) -> Token:
        if self.kind() != kind:
            raise self.fault(problem)
        return self.take()

    def fault(self, problem: Message, at: Token | None = None) -> UnreadableHours:
        return unreadable(self.text, (at or self.token).at, problem)

    def expression(self) -> Expression:
        rules: list[Rule] = []
        separator = ";"
        while True:
            if self.kind() not in (";", ",", "end"):
                rules.append(self.rule(separator))
                separator = ""
            elif separator == "||":
                raise self.fault(Message("a rule is missing after ||"))
            if self.kind() == "end":
                break
            if self.kind() not in (";", ",", "||"):
                raise self.fault(Message("a ; is missing before it"))
            separator = ";" if separator == ";" else self.kind()  # of several in a row, a ; holds
            self.take()
        if not rules:
            raise self.fault(Message("no hours are given"))
        return Expression(tuple(rules))

    def rule(self, separator: str) -> Rule:
        draft = _Draft()
        while self.said(draft) or self.selected(draft):
            if self.kind() == ":":
                self.take()
        if self.kind() == "," and not draft.says and self.kind(1) != "end":
            self.take()
            raise self.fault(Message("a list of days cannot go on with it"))
        rule = draft.rule(separator)
        if not (draft.says or rule.selects_days):
            raise self.fault(_NOT_HERE)
        return rule

    def said(self, draft: "_Draft") -> bool:
        """Read what the rule says of its days: times, state or comment, in any order."""
        kind = self.kind()
        if kind in _TIME_STARTS:
            draft.times += self.times()
        elif kind in _STATES and not draft.modifier:
            draft.modifier = self.take().kind
        elif kind == "comment" and not draft.comment:
            token = self.take()
            draft.comment = self.text[token.at + 1 : token.value - 1]
        elif kind == "always" and not draft.always:
            draft.always = bool(self.take())
        else:
            return False
        return True

    def selected(self, draft: "_Draft") -> bool:
        """Read one selector of days; there is none after the times."""
        kind = self.kind()
        if draft.times or kind not in _DAY_STARTS:
            return False
        if kind in ("weekday", "holiday"):
            draft.days.append(self.days())
        elif kind == "week" and not draft.weeks:
            draft.weeks = self.weeks()
        elif kind == "year" and self.kind(1) != "month" and not (draft.years or draft.dates):
            draft.years = self.years()
        elif kind in ("year", "month"):
            draft.dates.append(self.dates())
        else:
            raise self.fault(_NOT_HERE)
        return True

    # Days: years, dates, weeks, days of the week

    def goes_on(self, *kinds: str) -> bool:
        """Take a comma when an item of the same list follows it."""
        if self.kind() == "," and self.kind(1) in kinds:
            self.take()
            return True
        return False

    def step(self) -> int:
        if self.kind() != "/":
            return 1
        self.take()
        token = self.expect("number", Message("a number is missing after /"))
        if token.value < 1:
            raise self.fault(Message("a step must be 1 or more"), token)
        return token.value

    def years(self) -> tuple[YearRange, ...]:
        ranges = []
        while True:
            token = self.expect("year")
            first = last = token.value
            if self.kind() == "+":
                self.take()
                last = LAST_YEAR
            elif self.kind() == "-":
                self.take()
                last = self.expect("year", Message("a year is missing after -")).value
            elif self.kind() == "/":
                last = LAST_YEAR
            if last < first:
                raise self.fault(Message("the years run backwards"), token)
            ranges.append(YearRange(first, last, self.step()))
            if not self.goes_on("year"):
                return tuple(ranges)

    def weeks(self) -> tuple[WeekRange, ...]:
        self.expect("week")
        ranges = []
        while True:
            token = self.expect("number", Message("the number of a week is missing"))
            first = last = token.value
            if self.kind() == "-":
                self.take()
                last = self.expect("number", Message("the number of a week is missing")).value
            stepped = self.kind() == "/"
            step = self.step()
            if not 1 <= first <= last <= 53 or (stepped and not 2 <= step <= 26):
                raise self.fault(Message("weeks run from 01 to 53, steps from 2 to 26"), token)
            ranges.append(WeekRange(first, last, step))
            if self.kind() == "," and self.kind(1) == "week":
                self.take()
                self.take()
            elif not self.goes_on("number"):
                return tuple(ranges)

    def days(self) -> tuple[DayItem, ...]:
        items: list[DayItem] = []
        while True:
            if self.kind() == "holiday":
                self.take()
                items.append(Holiday(self.offset()))
            else:
                first = self.expect("weekday").value
                if self.kind() == "[":
                    nths = self.nths()
                    offset = self.offset()
                    items += [NthWeekday(first, nth, offset) for nth in nths]
                else:
                    last = first
                    if self.kind() == "-":
                        self.take()
                        last = self.expect("weekday", Message("a weekday is missing after -")).value
                    items.append(WeekdayRange(first, last))
            if not self.goes_on("weekday", "holiday"):
                return tuple(items)

    def nths(self) -> list[int]:
        self.expect("[")
        nths: list[int] = []
        while True:
            token = self.token
            sign = -1 if self.kind() == "-" and self.take() else 1
            first = last = self.expect("number", Message("a number is missing in [ ]")).value
            if self.kind() == "-" and sign > 0:
                self.take()
                last = self.expect("number", Message("a number is missing in [ ]")).value
            if not 1 <= first <= last <= 5:
                raise self.fault(Message("a month has weekdays 1 to 5, or -1 to -5 from its end"), token)
            nths += [sign * nth for nth in range(first, last + 1)]
            if not self.goes_on("number", "-"):
                self.expect("]", Message("a ] is missing"))
                return nths

    def offset(self) -> int:
        """Read ``+2 days``; nothing is 0."""
        if self.kind() not in ("+", "-") or self.kind(1) != "number" or self.kind(2) != "unit":
            return 0
        sign = 1 if self.take().kind == "+" else -1
        token = self.take()
        self.take()
        if token.value > 366:
            raise self.fault(Message("days may be moved by 366 at most"), token)
        return sign * token.value

    def dates(self) -> tuple[DateRange, ...]:
        ranges = self.date_ranges()
        while self.goes_on("year", "month"):
            ranges += self.date_ranges()
        return tuple(ranges)

    def date_ranges(self) -> list[DateRange]:
        """Read one range of dates, or several days of one month: ``Dec 24-26,31``."""
        start = self.token
        first = self.point(self.take().value if self.kind() == "year" else 0)
        if self.kind() == "+" and first.year:
            self.take()
            return [DateRange(first, DatePoint(LAST_YEAR, 12, 31))]
        if self.kind() == "+":
            raise unsupported(self.text, start.at, Message("an open range of dates needs its year"))
        ranges = [self.range_from(first, start)]
        plain = first.day and not first.offset and ranges[0].last.month == first.month
        while plain and self.kind() == "," and self.kind(1) == "number":
            self.take()
            start = self.token
            first = first._replace(day=self.day(first.month))
            ranges.append(self.range_from(first, start))
        return ranges

    def range_from(self, first: DatePoint, start: Token) -> DateRange:
        last = first
        if self.kind() == "-" and self.kind(1) == "number" and first.day and not first.offset:
            self.take()
            last = first._replace(day=self.day(first.month))
            if last.day < first.day:
                raise self.fault(Message("the days run backwards"), start)
        elif self.kind() == "-" and self.kind(1) in ("month", "year"):
            self.take()
            given = self.take().value if self.kind() == "year" else 0
            last = self.point(given or first.year, whole=not (first.day or first.nth or first.month == EASTER))
            if given and not first.year:
                raise self.fault(Message("the first date needs a year as well"), start)
            if first.year and not given and (last.month, last.day or 31) < (first.month, first.day):
                last = last._replace(year=first.year + 1)
            if last.year < first.year:
                raise self.fault(Message("the dates run backwards"), start)
        return DateRange(first, last, self.step())

    def point(self, year: int, *, whole: bool = False) -> DatePoint:
        """Read a date, or a whole month where none is given or, with ``whole``, none can be meant."""
        month = self.expect("month", Message("a month is missing")).value
        if month == EASTER:
            return DatePoint(year, EASTER, offset=self.offset())
        if self.kind() == "number" and not whole:
            return DatePoint(year, month, self.day(month), offset=self.offset())
        if self.kind() == "weekday" and self.kind(1) == "[" and not whole:
            return self.nth_point(year, month)
        return DatePoint(year, month)

    def nth_point(self, year: int, month: int) -> DatePoint:
        """Read ``Su[-1] -1 day`` as a date of its own; alone it is the weekday selector of a whole month."""
        place = self.place
        weekday = self.take().value
        nths, offset = self.nths(), self.offset()
        ranged = self.kind() == "-" or self.tokens[place - 2].kind == "-"
        if len(nths) == 1 and (offset or ranged):
            return DatePoint(year, month, 0, weekday, nths[0], offset)
        self.place = place
        return DatePoint(year, month)

    def day(self, month: int) -> int:
        token = self.expect("number", Message("a day of the month is missing"))
        if not 1 <= token.value <= _LONGEST_MONTH[month - 1]:
            raise self.fault(Message("the month has no day {day}", {"day": token.value}), token)
        return token.value

    # Times

    def times(self) -> list[Span]:
        spans = [self.span()]
        while self.kind() == "," and (self.kind(1) == "time" or (self.kind(1) == "number" and self.kind(2) == "-")):
            self.take()
            spans.append(self.span())
        return spans

    def span(self) -> Span:
        token = self.token
        start = self.clock()
        if start >= DAY_MIN:
            raise self.fault(Message("a span must begin before 24:00"), token)
        if self.kind() == "+" and token.kind == "time":
            self.take()
            return Span(start, start, open_end=True)
        if self.kind() != "-" and token.kind == "time":
            raise unsupported(self.text, token.at, Message("a single time says no span; write 09:00-17:00"))
        self.expect("-")
        if self.kind() not in _TIME_STARTS:
            raise self.fault(Message("the end of the span is missing"))
        end = self.clock()
        end += DAY_MIN if end <= start else 0
        if self.kind() == "/":
            raise unsupported(self.text, token.at, Message("times that recur every so many minutes are no span"))
        return Span(start, end, open_end=self.kind() == "+" and bool(self.take()))

    def clock(self) -> int:
        token = self.take()
        if token.kind == "time":
            return token.value
        if token.value > 48:
            raise self.fault(Message("{time} is no time of day", {"time": token.value}), token)
        return token.value * 60
