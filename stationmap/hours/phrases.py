"""Tokens put together into phrases: a span of the clock, a set of days, a range of dates.

What a phrase means by itself is settled here; what belongs to what is the work of
:mod:`stationmap.hours.statements`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from stationmap.hours.daytime import PARTS, Clock, Part, clock, number
from stationmap.hours.lexicon import Kind, Token

WEEK = frozenset(range(7))
_DAY_SIGNS = {sign: day for day, sign in enumerate("一二三四五六日")} | {"天": 6}
_EN_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_WEEK_SIGN = re.compile(r"(?:每逢|每个|每|逢|例假)?(?:周|星期|礼拜)?\s?([一二三四五六日天末1-7]+)")
_DATE = re.compile(
    r"(?:(?P<year>\d{4}|\d{2}(?=年))[年\-/.]\s?)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})"
    r"(?:\s?(?:月份?的?|[-/.])\s?(?:(?P<day>\d{1,2}|[一二三四五六七八九十廿]{1,3})\s?[日号]?)?)?"
)
_EN_DATE = re.compile(
    r"(?:(?P<before>\d{1,2})(?:st|nd|rd|th)? )?(?P<month>[a-z]{3})[a-z]*\.?(?: (?P<after>\d{1,2})\D{0,3})?(?:,? ?(?P<year>20\d\d))?"
)
_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Days:
    """A set of days as a text names it.

    Parameters
    ----------
    week : frozenset of int
        Days of the week, Monday = 0.
    holiday : bool
        Public holidays belong to it.
    named : str
        A holiday called by its name (春节): some of the public holidays; "" where none is.
    work : bool
        It was said as *workdays*, which public holidays are not.
    rest : bool
        The days that nothing else in the text names (其余时间); ``week`` when nothing else names any (平日).
    makeup : bool
        Make-up working days (调休上班日).
    nth : tuple of (int, int)
        (weekday, n): the nth such weekday of each month, -1 the last.
    """

    week: frozenset[int] = frozenset()
    holiday: bool = False
    named: str = ""
    work: bool = False
    rest: bool = False
    makeup: bool = False
    nth: tuple[tuple[int, int], ...] = ()

    def __or__(self, other: "Days") -> "Days":
        return Days(
            self.week | other.week,
            self.holiday or other.holiday,
            self.named or other.named,
            self.work or other.work,
            self.rest or other.rest,
            self.makeup or other.makeup,
            self.nth + other.nth,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the calendar; ``year`` 0: every year, ``day`` 0: the whole month."""

    year: int
    month: int
    day: int

    def real(self) -> bool:
        """Whether there is such a date (29 February without a year is one)."""
        try:
            date(self.year or _LEAP_YEAR, self.month, self.day or 1)
        except ValueError:
            return False
        return True


Dates = tuple[tuple[Day, Day], ...]
"""Ranges of dates, first and last day included."""
Value = Days | Dates | tuple[Clock, Clock] | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens ``first`` to ``last`` (half open) of one kind; ``depth``: how many brackets are open around it."""

    kind: Kind
    first: int
    last: int
    text: str
    depth: int = 0
    value: Value = None


_DAY_KINDS = {
    Kind.DAILY, Kind.WEEKEND, Kind.WORKDAY, Kind.OFF_DAY, Kind.WEEKDAY, Kind.HOLIDAY, Kind.NAMED_HOLIDAY, Kind.NTH,
    Kind.REST, Kind.ORDINARY_DAY, Kind.MAKEUP,
}  # fmt: skip
_PLAIN_DAYS = {
    Kind.DAILY: Days(WEEK),
    Kind.WEEKEND: Days(frozenset({5, 6})),
    Kind.WORKDAY: Days(frozenset(range(5)), work=True),
    Kind.OFF_DAY: Days(frozenset({5, 6}), holiday=True),
    Kind.HOLIDAY: Days(holiday=True),
    Kind.REST: Days(rest=True),
    Kind.ORDINARY_DAY: Days(frozenset(range(5)), rest=True),
    Kind.MAKEUP: Days(makeup=True),
}


def phrases(tokens: Sequence[Token]) -> list[Phrase]:
    """Return the phrases of a row of tokens, in order; together they hold every token once."""
    return _Phraser(tokens).run()


class _Phraser:
    """One pass from left to right; each ``_x_at`` returns what begins at a token and where it ends, or None."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.dotted_dates = _dotted_dates(tokens)
        self.found: list[Phrase] = []

    def run(self) -> list[Phrase]:
        at = depth = 0
        while at < len(self.tokens):
            depth -= self.tokens[at].kind is Kind.CLOSING and depth > 0
            phrase = self._dates_at(at) or self._span_at(at) or self._days_at(at) or self._break_at(at)
            if phrase is None:
                token = self.tokens[at]
                phrase = Phrase(self._single(token), at, at + 1, token.text)
            self.found.append(replace(phrase, depth=depth))
            depth += self.tokens[at].kind is Kind.OPENING
            at = phrase.last
        return self.found

    @staticmethod
    def _single(token: Token) -> Kind:
        if token.kind in {Kind.NUMBER, Kind.DOTTED, Kind.DAY_OF_MONTH}:
            return Kind.OTHER
        return token.kind

    def _kind(self, at: int) -> Kind | None:
        return self.tokens[at].kind if at < len(self.tokens) else None

    def _past(self, at: int, *kinds: Kind) -> int:
        while at < len(self.tokens) and self.tokens[at].kind in kinds:
            at += 1
        return at

    def _phrase(self, kind: Kind, first: int, last: int, value: Value) -> Phrase:
        return Phrase(kind, first, last, "".join(token.text for token in self.tokens[first:last]), value=value)

    # -- spans of the clock

    def _span_at(self, at: int) -> Phrase | None:
        start = self._clock_at(at)
        if start is None:
            return None
        opened = self._past(start[1], Kind.SPACE, Kind.OPEN, Kind.USUAL) if self._opens(start[1]) else start[1]
        ranged = self._past(opened, Kind.SPACE, Kind.COMMA) if opened > start[1] else self._past(opened, Kind.SPACE)
        to = self._past(ranged, Kind.RANGE)
        end = self._clock_at(self._past(to, Kind.SPACE, Kind.FILLER))
        linked = to > ranged or opened > start[1] or (start[0].bare and start[0].part is not None)
        if end is None or not linked or not self._may_be_span(start[0], end[0], end[1]):
            return None if start[0].bare and not start[0].part else self._phrase(Kind.CLOCK, at, start[1], None)
        clocks, last = self._trailing(start[0], end[0], end[1])
        if opened > start[1]:
            closed = self._past(last, Kind.SPACE)
            if self._kind(closed) is Kind.CLOSED:
                last = closed + 1
            elif to == ranged:
                return self._phrase(Kind.CLOCK, at, start[1], None)
        return self._phrase(Kind.SPAN, at, last, clocks)

    def _opens(self, at: int) -> bool:
        return self._kind(at) is Kind.OPEN and self.tokens[at].text in {
            "开门",
            "开馆",
            "开园",
            "开放",
            "营业",
            "开业",
            "上班",
        }

    def _may_be_span(self, start: Clock, end: Clock, after: int) -> bool:
        """Whether bare numbers (9-17) stand where only times can: after days or a label, before nothing."""
        if (
            end.bare
            and not end.part
            and self._kind(after) in {Kind.OTHER, Kind.DAY_OF_MONTH, Kind.NUMBER, Kind.RANGE, Kind.COLON}
        ):
            return False
        if not (start.bare and end.bare) or start.part or end.part:
            return True
        before = next(
            (p for p in reversed(self.found) if p.kind not in {Kind.SPACE, Kind.COLON, Kind.OPENING, Kind.COMMA}), None
        )
        return before is not None and before.kind in {Kind.DAYS, Kind.LABEL, Kind.DATES, Kind.SPAN, Kind.SEASON}

    def _clock_at(self, at: int) -> tuple[Clock, int] | None:
        part: Part | None = None
        next_day = False
        while (kind := self._kind(at)) in {Kind.PART, Kind.NEXT_DAY, Kind.OPENING}:
            if kind is Kind.OPENING:
                if not (self._kind(at + 1) is Kind.NEXT_DAY and self._kind(at + 2) is Kind.CLOSING):
                    return None
                at, next_day = self._past(at + 3, Kind.SPACE), True
                continue
            if kind is Kind.PART:
                part = PARTS[self.tokens[at].text]
                at = self._past(at + 1, Kind.SPACE, Kind.COLON)
            else:
                at, next_day = self._past(at + 1, Kind.SPACE), True
        if self._kind(at) not in {Kind.CLOCK, Kind.NUMBER, Kind.DOTTED} or self._is_date(at):
            return None
        found = clock(self.tokens[at].text)
        return replace(
            found, part=part or found.part, trailing=part is None and found.trailing, next_day=next_day
        ), at + 1

    def _is_date(self, at: int) -> bool:
        return self._kind(at) is Kind.DOTTED and at in self.dotted_dates

    def _trailing(self, start: Clock, end: Clock, at: int) -> tuple[tuple[Clock, Clock], int]:
        """Take up what stands behind a span and belongs to it: （下午）, （次日）, 上午, 止."""
        inner = self._past(at, Kind.SPACE)
        bracket = self._kind(inner) is Kind.OPENING
        word = self._past(inner, Kind.OPENING, Kind.SPACE) if bracket else at
        kind, closed = self._kind(word), self._past(word + 1, Kind.SPACE)
        if bracket and self._kind(closed) is not Kind.CLOSING:
            return (start, end), at
        last = closed + 1 if bracket else word + 1
        if kind is Kind.NEXT_DAY and not end.next_day:
            return (start, replace(end, next_day=True)), last
        if kind is Kind.PART and start.part is None and end.part is None and (bracket or self._clock_at(word) is None):
            return (start, replace(end, part=PARTS[self.tokens[word].text], trailing=True)), last
        return (start, end), at

    # -- sets of days

    def _days_at(self, at: int) -> Phrase | None:
        if self._kind(at) not in _DAY_KINDS:
            return None
        days, last = _days(self.tokens[at]), at + 1
        alone = days.makeup or days.rest
        while not alone:
            step = self._more_days(last)
            if step is None:
                break
            joined, ranged, last = step
            days = self._through(days, joined) if ranged else days | joined
        return self._phrase(Kind.DAYS, at, last, days)

    def _more_days(self, at: int) -> tuple[Days, bool, int] | None:
        after = self._past(at, Kind.SPACE)
        link = self._kind(after)
        if link in {Kind.LISTING, Kind.RANGE}:
            after = self._past(after, Kind.SPACE, Kind.LISTING, Kind.RANGE)
        ranged = link is Kind.RANGE
        kind = self._kind(after)
        if kind not in _DAY_KINDS or kind in {Kind.REST, Kind.ORDINARY_DAY, Kind.MAKEUP}:
            return None
        if ranged and kind not in {Kind.WEEKDAY, Kind.WEEKEND}:
            return None
        days = Days() if kind is Kind.DAILY else _days(self.tokens[after])
        return days, ranged, after + 1

    def _through(self, first: Days, last: Days) -> Days:
        if not first.week or not last.week:
            return first | last
        return first | last | Days(frozenset(_run(max(first.week), min(last.week))))

    # -- dates

    def _dates_at(self, at: int) -> Phrase | None:
        first = self._day_at(at, None)
        if first is None:
            return None
        ranges, last = [], at
        step: tuple[Day, int] | None = first
        while step is not None:
            begin, after = step
            end, last = self._range_end(begin, after)
            ranges.append((begin, end))
            link = self._past(last, Kind.SPACE)
            if self._kind(link) not in {Kind.LISTING, Kind.COMMA}:
                break
            step = self._day_at(self._past(link + 1, Kind.SPACE), end)
        if not all(day.real() for pair in ranges for day in pair):
            return self._phrase(Kind.OTHER, at, last, None)
        return self._phrase(Kind.DATES, at, last, tuple(ranges))

    def _range_end(self, begin: Day, at: int) -> tuple[Day, int]:
        link = self._past(at, Kind.SPACE)
        if self._kind(link) is Kind.RANGE:
            after = self._past(link, Kind.RANGE, Kind.SPACE)
            later = self._kind(after) is Kind.NEXT_YEAR
            end = self._day_at(self._past(after, Kind.NEXT_YEAR, Kind.SPACE), begin)
            if end is not None:
                day = end[0]
                if begin.year and (later or not day.year):
                    day = replace(day, year=begin.year + (later or (day.month, day.day) < (begin.month, begin.day)))
                return day, end[1]
        return begin, at

    def _day_at(self, at: int, before: Day | None) -> tuple[Day, int] | None:
        kind = self._kind(at)
        if kind is Kind.DATE:
            found = _date(self.tokens[at].text)
        elif self._is_date(at):
            month, _, day = self.tokens[at].text.partition(".")
            found = Day(0, int(month), int(day))
        elif kind is Kind.DAY_OF_MONTH and before is not None:
            found = Day(before.year, before.month, number(self.tokens[at].text.rstrip("日号 ")))
        else:
            return None
        if before is not None and before.year and not found.year:
            found = replace(found, year=before.year)
        return found, self._past_apposition(at + 1)

    def _past_apposition(self, at: int) -> int:
        """Step over a bracket that only says which weekday or feast the date is: 1月1日（周四、元旦）."""
        if self._kind(at) is not Kind.OPENING:
            return at
        inner = self._past(at + 1, Kind.WEEKDAY, Kind.NAMED_HOLIDAY, Kind.LISTING, Kind.COMMA, Kind.SPACE)
        return inner + 1 if inner > at + 1 and self._kind(inner) is Kind.CLOSING else at

    # -- breaks

    def _break_at(self, at: int) -> Phrase | None:
        """中午休息 is a break at midday, not a day of rest."""
        if self._kind(at) is Kind.PART and PARTS[self.tokens[at].text] == "noon" and self._kind(at + 1) is Kind.CLOSED:
            return self._phrase(Kind.MIDDAY_BREAK, at, at + 2, None)
        return None


def _run(first: int, last: int) -> list[int]:
    return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]


def _days(token: Token) -> Days:
    if token.kind in _PLAIN_DAYS:
        return _PLAIN_DAYS[token.kind]
    if token.kind is Kind.NAMED_HOLIDAY:
        return Days(named=token.text)
    if token.text[0].isascii():
        return _english_days(token)
    if token.kind is Kind.NTH:
        weekday = _DAY_SIGNS[token.text[-1]]
        counts = (
            [-1]
            if re.search("最后|末|底", token.text)
            else [number(n) for n in re.findall("[一二三四五1-5]", token.text[:-1])]
        )
        return Days(nth=tuple((weekday, n) for n in counts))
    return Days(_weekdays(token.text))


def _english_days(token: Token) -> Days:
    if token.kind is Kind.NTH:
        words = token.text.removeprefix("the ").split()
        count = _ORDINALS.get(words[0]) or int(words[0][0])
        return Days(nth=((_EN_DAYS.index(words[1][:2]), count),))
    return Days(frozenset({_EN_DAYS.index(token.text[:2])}))


def _weekdays(text: str) -> frozenset[int]:
    """Read 周一至周五, 周一、三、五, 周六日, 周1-5: lists and ranges of weekdays in one word."""
    days: set[int] = set()
    previous, ranged = None, False
    for piece in re.split(r"([、,/&和及与]|-+|~+|至|到|(?<=[一二三四五六日])一(?=周|星期|礼拜))", text):
        sign = _WEEK_SIGN.search(piece)
        if not sign or piece == "一":
            ranged = ranged or (bool(piece.strip()) and piece[0] in "-~至到一")
            continue
        run = [_weekday(char) for char in sign[1]]
        days.update(_run(previous, 6 if sign[1] == "末" else run[0]) if ranged and previous is not None else (), run)
        previous, ranged = run[-1], False
    return frozenset(days)


def _weekday(sign: str) -> int:
    if sign == "末":
        return 6
    return int(sign) - 1 if sign.isascii() else _DAY_SIGNS[sign]


def _date(text: str) -> Day:
    found = _DATE.fullmatch(text)
    if found:
        year = found["year"] or "0"
        return Day(int(year) + (2000 if len(year) == 2 else 0), number(found["month"]), number(found["day"] or "0"))
    english = _EN_DATE.match(text)
    if english is None:
        raise ValueError(text)
    month = _EN_MONTHS.index(english["month"]) + 1
    return Day(int(english["year"] or 0), month, int(english["before"] or english["after"] or 0))


def _dotted_dates(tokens: Sequence[Token]) -> frozenset[int]:
    """Return which dotted numbers are dates (5.1-9.30) and not times (8.30-17.30).

    A pair of them is a date when one is no time (one digit behind the dot), a time when one is no date. A pair that
    may be both follows the rest of the text: times where other dotted times or no other times are, else dates.
    """
    spots = [at for at, token in enumerate(tokens) if token.kind is Kind.DOTTED]
    pairs: list[list[int]] = []
    for at in spots:
        between = tokens[pairs[-1][-1] + 1 : at] if pairs else ()
        if between and len(pairs[-1]) == 1 and all(t.kind in {Kind.SPACE, Kind.RANGE} for t in between):
            pairs[-1].append(at)
        else:
            pairs.append([at])
    kinds = [
        "date" if _after_date(tokens, pair[0]) else _dotted_kind([tokens[at].text for at in pair]) for pair in pairs
    ]
    dates_by_default = "time" not in kinds and any(token.kind is Kind.CLOCK for token in tokens)
    return frozenset(
        at
        for pair, kind in zip(pairs, kinds, strict=True)
        if kind == "date" or (kind == "both" and dates_by_default)
        for at in pair
    )


def _after_date(tokens: Sequence[Token], at: int) -> bool:
    before = [token.kind for token in tokens[max(0, at - 4) : at] if token.kind is not Kind.SPACE]
    return before[-2:] == [Kind.DATE, Kind.RANGE]


def _dotted_kind(texts: Sequence[str]) -> str:
    numbers = [tuple(int(piece) for piece in text.split(".")) for text in texts]
    may_be_dates = all(Day(0, *pair).real() and pair[1] for pair in numbers)
    may_be_times = all(
        len(text.partition(".")[2]) == 2 and pair[0] <= 24 and pair[1] < 60
        for text, pair in zip(texts, numbers, strict=True)
    )
    if may_be_dates and not may_be_times:
        return "date"
    return "both" if may_be_dates and may_be_times else "time"
