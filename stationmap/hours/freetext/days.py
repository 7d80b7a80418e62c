"""Sets of days as a text names them: weekdays and their lists and ranges, workdays, holidays, days of the month."""

import re
from dataclasses import dataclass

from stationmap.hours.freetext.daytime import number
from stationmap.hours.freetext.lexicon import Kind, Token

WEEK = frozenset(range(7))
_DAY_SIGNS = {sign: day for day, sign in enumerate("一二三四五六日")} | {"天": 6}
_EN_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_WEEK_SIGN = re.compile(r"(?:每逢|每个|每|逢|例假)?(?:周|星期|礼拜)?\s?([一二三四五六日天末1-7]+)")
_LINK = re.compile(r"([、,/&和及与]|-+|~+|至|到|(?<=[一二三四五六日])一(?=周|星期|礼拜))")


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
        Holidays called by their names (春节), joined by 、: some of the public holidays; "" where none is.
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
            "、".join(name for name in (self.named, other.named) if name),
            self.work or other.work,
            self.rest or other.rest,
            self.makeup or other.makeup,
            self.nth + other.nth,
        )


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


KINDS = {*_PLAIN_DAYS, Kind.WEEKDAY, Kind.NAMED_HOLIDAY, Kind.NTH}


def days_of(token: Token) -> Days:
    """Return the days that a token of one of :data:`KINDS` names."""
    if token.kind in _PLAIN_DAYS:
        return _PLAIN_DAYS[token.kind]
    if token.kind is Kind.NAMED_HOLIDAY:
        return Days(named=token.text)
    if token.kind is Kind.NTH:
        return Days(nth=_nth(token.text))
    if token.text[0].isascii():
        return Days(frozenset({_EN_DAYS.index(token.text[:2])}))
    return Days(_weekdays(token.text))


def through(first: Days, last: Days) -> Days:
    """Return both sets and, where both are weekdays, what lies between: Mon to Fri, 周五至周一."""
    if not first.week or not last.week:
        return first | last
    return first | last | Days(frozenset(_run(max(first.week), min(last.week))))


def _run(first: int, last: int) -> list[int]:
    return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]


def _nth(text: str) -> tuple[tuple[int, int], ...]:
    if text[0].isascii():
        words = text.removeprefix("the ").split()
        return ((_EN_DAYS.index(words[1][:2]), _ORDINALS.get(words[0]) or int(words[0][0])),)
    weekday = _DAY_SIGNS[text[-1]]
    if re.search("最后|末|底", text):
        return ((weekday, -1),)
    return tuple((weekday, number(count)) for count in re.findall("[一二三四五1-5]", text[:-1]))


def _weekdays(text: str) -> frozenset[int]:
    """Read 周一至周五, 周一、三、五, 周六日, 周1-5: lists and ranges of weekdays in one word."""
    days: set[int] = set()
    previous, ranged = -1, False
    for piece in _LINK.split(text):
        sign = _WEEK_SIGN.search(piece)
        if not sign or piece == "一":
            ranged = ranged or (bool(piece.strip()) and piece[0] in "-~至到一")
            continue
        run = [_weekday(char) for char in sign[1]]
        if ranged and previous >= 0:
            days.update(_run(previous, run[0]))
        days.update(run)
        previous, ranged = run[-1], False
    return frozenset(days)


def _weekday(sign: str) -> int:
    if sign == "末":
        return 6
    return int(sign) - 1 if sign.isascii() else _DAY_SIGNS[sign]
