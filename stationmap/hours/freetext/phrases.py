"""Tokens put together into phrases: a span of the clock, a set of days, a range of dates.

What a phrase means by itself is settled here; what belongs to what is the work of
:mod:`stationmap.hours.freetext.attachment`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stationmap.hours.freetext.dates import Dates, Day, between, day_of, dotted_dates, in_year
from stationmap.hours.freetext.days import KINDS, Days, days_of, through
from stationmap.hours.freetext.daytime import PARTS, Clock, Part, clock, number
from stationmap.hours.freetext.lexicon import Kind, Token

Value = Days | Dates | tuple[Clock, Clock] | None
_OPENING_WORDS = ("开门", "开馆", "开园", "开放", "营业", "开业", "上班")
_COUNTED = {Kind.OTHER, Kind.DAY_OF_MONTH, Kind.NUMBER, Kind.RANGE, Kind.COLON}
_BEFORE_TIMES = {Kind.DAYS, Kind.LABEL, Kind.DATES, Kind.SPAN, Kind.SEASON}
_NUMBERS_ALONE = {
    Kind.SPACE, Kind.BREAK, Kind.COMMA, Kind.OPENING, Kind.CLOSING, Kind.NUMBER, Kind.RANGE, Kind.SUBJECT,
    Kind.DISCLAIMER, Kind.PHONE,
}  # fmt: skip
_LAST_MORNING_HOUR, _FIRST_EVENING_HOUR = 11, 16  # alone, 10-12 may be a date and 1-5 may be weekdays
_SIGNS = {Kind.SPACE, Kind.COLON, Kind.OPENING, Kind.COMMA}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens ``first`` to ``last`` (half open) of one kind; ``depth``: how many brackets are open around it."""

    kind: Kind
    first: int
    last: int
    text: str
    depth: int = 0
    value: Value = None


def phrases(tokens: Sequence[Token]) -> list[Phrase]:
    """Return the phrases of a row of tokens, in order; together they hold every token once."""
    return _Phraser(tokens).run()


class _Phraser:
    """One pass from left to right; each ``_x_at`` returns what begins at a token and where it ends, or None."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.dotted_dates = dotted_dates(tokens)
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

    def _span_at(self, at: int) -> Phrase | None:
        start = self._clock_at(at)
        if start is None:
            return None
        opened = self._past(start[1], Kind.SPACE, Kind.OPEN, Kind.USUAL) if self._opens(start[1]) else start[1]
        ranged = self._past(opened, Kind.SPACE, Kind.COMMA) if opened > start[1] else self._past(opened, Kind.SPACE)
        to = self._past(ranged, Kind.RANGE)
        end = self._clock_at(self._past(to, Kind.SPACE, Kind.FILLER))
        linked = to > ranged or opened > start[1] or self._says_from_to(at, start[1])
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

    def _says_from_to(self, at: int, after: int) -> bool:
        """早九晚五: two times that need no sign between them."""
        words = [self.tokens[place].text for place in (at, after) if self._kind(place) is Kind.PART]
        return len(words) == 2 and words[0] in {"早", "朝"} and words[1] == "晚"

    def _opens(self, at: int) -> bool:
        return self._kind(at) is Kind.OPEN and self.tokens[at].text in _OPENING_WORDS

    def _may_be_span(self, start: Clock, end: Clock, after: int) -> bool:
        """Whether bare numbers (9-17) stand where only times can: after days, after a label, or quite alone."""
        if end.bare and not end.part and self._kind(after) in _COUNTED:
            return False
        if not (start.bare and end.bare) or start.part or end.part:
            return True
        if all(token.kind in _NUMBERS_ALONE for token in self.tokens):
            return (
                start.hour <= _LAST_MORNING_HOUR and end.hour >= _FIRST_EVENING_HOUR
            )  # 9-17, and no other hours or days
        before = next((phrase.kind for phrase in reversed(self.found) if phrase.kind not in _SIGNS), None)
        return before in _BEFORE_TIMES

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
        trailing = part is None and found.trailing
        return replace(found, part=part or found.part, trailing=trailing, next_day=next_day), at + 1

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

    def _days_at(self, at: int) -> Phrase | None:
        if self._kind(at) not in KINDS:
            return None
        days, last = days_of(self.tokens[at]), at + 1
        alone = days.makeup or days.rest
        while not alone:
            step = self._more_days(last)
            if step is None:
                break
            more, ranged, last = step
            days = through(days, more) if ranged else days | more
        return self._phrase(Kind.DAYS, at, last, days)

    def _more_days(self, at: int) -> tuple[Days, bool, int] | None:
        after = self._past(at, Kind.SPACE)
        link = self._kind(after)
        if link in {Kind.LISTING, Kind.RANGE}:
            after = self._past(after, Kind.SPACE, Kind.LISTING, Kind.RANGE)
        kind = self._kind(after)
        if kind not in KINDS or kind in {Kind.REST, Kind.ORDINARY_DAY, Kind.MAKEUP}:
            return None
        if link is Kind.RANGE and kind not in {Kind.WEEKDAY, Kind.WEEKEND}:
            return None
        days = Days() if kind is Kind.DAILY else days_of(self.tokens[after])  # 周一至周五每天
        return days, link is Kind.RANGE, after + 1

    def _dates_at(self, at: int) -> Phrase | None:
        step = self._day_at(at, None)
        if step is None:
            return None
        ranges: list[tuple[Day, Day] | None] = []
        last, year = at, 0
        while step is not None:
            pair, last, end = self._range(*step)
            pair = pair and in_year(pair, year)
            year = pair[1].year if pair else year
            ranges.append(pair)
            link = self._past(last, Kind.SPACE)
            if self._kind(link) not in {Kind.LISTING, Kind.COMMA}:
                break
            step = self._day_at(self._past(link + 1, Kind.SPACE), end)
        found = tuple(pair for pair in ranges if pair is not None and pair[0].real() and pair[1].real())
        if len(found) < len(ranges):
            return self._phrase(Kind.OTHER, at, last, None)
        return self._phrase(Kind.DATES, at, last, found)

    def _range(self, begin: Day, at: int) -> tuple[tuple[Day, Day] | None, int, Day]:
        link = self._past(at, Kind.SPACE)
        if self._kind(link) is Kind.RANGE:
            after = self._past(link, Kind.RANGE, Kind.SPACE)
            end = self._day_at(self._past(after, Kind.NEXT_YEAR, Kind.SPACE), begin)
            if end is not None:
                return between(begin, end[0], next_year=self._kind(after) is Kind.NEXT_YEAR), end[1], end[0]
        return (begin, begin), at, begin

    def _day_at(self, at: int, before: Day | None) -> tuple[Day, int] | None:
        kind = self._kind(at)
        if kind is Kind.DATE:
            found = day_of(self.tokens[at].text)
        elif self._is_date(at):
            month, _, day = self.tokens[at].text.partition(".")
            found = Day(0, int(month), int(day))
        elif kind is Kind.DAY_OF_MONTH and before is not None:
            found = Day(0, before.month, number(self.tokens[at].text.rstrip("日号 ")))
        else:
            return None
        return found, self._past_apposition(at + 1)

    def _past_apposition(self, at: int) -> int:
        """Step over a bracket that only says which weekday or feast the date is: 1月1日（周四、元旦）."""
        if self._kind(at) is not Kind.OPENING:
            return at
        inner = self._past(at + 1, Kind.WEEKDAY, Kind.NAMED_HOLIDAY, Kind.LISTING, Kind.COMMA, Kind.SPACE)
        return inner + 1 if inner > at + 1 and self._kind(inner) is Kind.CLOSING else at

    def _break_at(self, at: int) -> Phrase | None:
        """中午休息 is a break at midday, not a day of rest."""
        if self._kind(at) is Kind.PART and PARTS[self.tokens[at].text] == "noon" and self._kind(at + 1) is Kind.CLOSED:
            return self._phrase(Kind.MIDDAY_BREAK, at, at + 2, None)
        return None
