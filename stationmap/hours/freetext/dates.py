"""Dates as a text writes them: 2026年2月16日, 5月, 2026-02-16, 4.1, 1 May; and ranges of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from stationmap.hours.freetext.daytime import number
from stationmap.hours.freetext.lexicon import Kind, Token

MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EN_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"(?:(?P<year>\d{4}|\d{2}(?=年))[年\-/.]\s?)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})"
    r"(?:\s?(?:月份?的?|[-/.])\s?(?:(?P<day>\d{1,2}|[一二三四五六七八九十廿]{1,3})\s?[日号]?)?)?"
)
_EN_DATE = re.compile(
    r"(?:(?P<before>\d{1,2})(?:st|nd|rd|th)? )?(?P<month>[a-z]{3})[a-z]*\.?"
    r"(?: (?P<after>\d{1,2})\D{0,3})?(?:,? ?(?P<year>20\d\d))?"
)
_LEAP_YEAR = 2024


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
"""Ranges of dates, first and last day included; without years, a range may run over the end of the year."""


def day_of(text: str) -> Day:
    """Return the date of a token of :attr:`Kind.DATE`, real or not."""
    found = _DATE.fullmatch(text)
    if found:
        year = found["year"] or "0"
        return Day(int(year) + (2000 if len(year) == 2 else 0), number(found["month"]), number(found["day"] or "0"))
    english = _EN_DATE.match(text)
    if english is None:
        raise ValueError(text)
    month = _EN_MONTHS.index(english["month"]) + 1
    return Day(int(english["year"] or 0), month, int(english["before"] or english["after"] or 0))


def between(first: Day, last: Day, *, next_year: bool = False) -> tuple[Day, Day] | None:
    """Return a range with years and days filled in from its other end, None where it runs backwards.

    Parameters
    ----------
    first, last : Day
        As written; ``last`` has no year when none is written.
    next_year : bool
        次年 stands before the last day.
    """
    if bool(first.day) != bool(last.day):
        first = replace(first, day=first.day or 1)
        last = replace(last, day=last.day or MONTH_LENGTHS[last.month - 1])
    over = (last.month, last.day) < (first.month, first.day)
    if first.year and not last.year:
        last = replace(last, year=first.year + (over or next_year))
    elif last.year and not first.year:
        first = replace(first, year=last.year - over)
    backwards = (last.year, last.month, last.day) < (first.year, first.month, first.day)
    return None if last.year and backwards else (first, last)


def in_year(pair: tuple[Day, Day], year: int) -> tuple[Day, Day]:
    """Return a range that has no year as one that begins in a year; 0 leaves it as it is."""
    first, last = pair
    if not year or first.year:
        return pair
    return between(replace(first, year=year), last) or pair


def dotted_dates(tokens: Sequence[Token]) -> frozenset[int]:
    """Return which dotted numbers are dates (5.1-9.30) and not times (8.30-17.30).

    A pair of them is a date when one is no time (one digit behind the dot), a time when one is no date. A pair that
    may be both follows the rest of the text: times where other dotted times or no other times are, else dates.
    """
    spots = [at for at, token in enumerate(tokens) if token.kind is Kind.DOTTED]
    pairs: list[list[int]] = []
    for at in spots:
        gap = tokens[pairs[-1][-1] + 1 : at] if pairs else ()
        if gap and len(pairs[-1]) == 1 and all(token.kind in {Kind.SPACE, Kind.RANGE} for token in gap):
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
