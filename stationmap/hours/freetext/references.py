"""Statements that refer to others given their meaning: seasons, subjects, 其余时间, the days of the year's hours.

After :func:`refer` each statement stands for itself; one whose reference leads nowhere is marked doubtful.
"""

from collections.abc import Iterable, Sequence

from stationmap.hours.freetext.days import WEEK, Days
from stationmap.hours.freetext.statements import Says, Scope, Statement
from stationmap.hours.rules import DAY_MIN

_YEARLY_FEASTS = ("国庆", "元旦", "劳动", "五一", "十一", "圣诞", "christmas", "new year", "national")
_OPPOSITE = {"夏": "冬", "冬": "夏", "旺": "淡", "淡": "旺", "s": "w", "w": "s"}  # by the first sign; summer, winter


def refer(statements: Sequence[Statement]) -> None:
    """Resolve in place what statements say by way of others, and check that the times of each can be true."""
    _date_seasons(statements)
    _mark_foreign(statements)
    _name_rest(statements)
    _take_days_of_the_year(statements)
    for one in statements:
        _check_times(one)


def without(spans: tuple[tuple[int, int], ...], breaks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return spans with breaks cut out of them."""
    for start, end in breaks:
        pieces = [piece for a, b in spans for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]]
        spans = tuple(dict.fromkeys(pieces))
    return spans


def _date_seasons(statements: Sequence[Statement]) -> None:
    """Give each season its dates where the text tells them; one that is told no dates is doubtful."""
    scopes = list({id(one.scope): one.scope for one in statements if one.scope is not None}.values())
    told = {scope.season[0]: scope.dates for scope in scopes if scope.season and scope.dates}
    named = {scope.season[0] for scope in scopes if scope.season}
    for one in statements:
        scope = one.scope
        if scope is None or scope.dates:
            continue
        first = scope.season[0]
        if first in told:
            one.scope = Scope(scope.season, told[first])
        else:
            rest_of_year = named == {first, _OPPOSITE.get(first, "")} and _OPPOSITE[first] in told
            one.scope, one.doubtful = None, one.doubtful or not rest_of_year
    for one in statements:
        if one.days == Days() and one.scope is not None:  # it only tells the dates of a season
            one.doubtful = not any(other.part == one.scope.dates for other in statements if other is not one)


def _mark_foreign(statements: Sequence[Statement]) -> None:
    """Mark what is of another subject: once a text tells the hours of several things, none is taken for the place."""
    subjects = list(dict.fromkeys(one.subject for one in statements))
    if len(subjects) > 1:
        for one in statements:
            one.foreign = bool(one.subject)


def _name_rest(statements: Sequence[Statement]) -> None:
    """Say which days 其余时间 and 平日 are: those of the week that no other statement names, else of the year."""
    others = [one for one in statements if one.days is not None and not one.days.rest]
    spoken = frozenset[int]().union(*(one.days.week for one in others if one.days is not None))
    elsewhere = any(one.scope is not None for one in statements) or any(
        one.days.holiday or one.days.named for one in others if one.days
    )
    for one in statements:
        if one.days is None or not one.days.rest:
            continue
        if spoken:
            one.days = Days(WEEK - spoken)
        elif one.says is Says.CLOSED:
            one.days = Days()
        elif elsewhere or not one.days.week:
            one.days, one.doubtful = None, one.doubtful or not elsewhere
        else:
            one.days = Days(one.days.week)


def _take_days_of_the_year(statements: Sequence[Statement]) -> None:
    """Let a season without days hold for the days of the year's hours: 工作日9:00-17:00，夏季(5-9月)9:00-18:00."""
    weeks = {one.week for one in statements if one.scope is None and one.spans and not one.foreign}
    spoken = frozenset[int]().union(*weeks)
    for one in statements:
        if one.scope is not None and one.scope.long() and one.days is None and weeks:
            one.days = Days(spoken) if len(weeks) == 1 else None
            one.doubtful = one.doubtful or (len(weeks) > 1 and spoken != WEEK)


def _check_times(one: Statement) -> None:
    one.spans.sort()
    following = [*one.spans[1:], *((start + DAY_MIN, end + DAY_MIN) for start, end in one.spans[:1])]
    if any(after[0] < before[1] for before, after in zip(one.spans, following, strict=True)):
        one.doubtful = True
    if one.spans and one.breaks and not without(tuple(one.spans), one.breaks):
        one.doubtful = True
    feast = one.scope.feast if one.scope is not None else ""
    yearly = any(name in feast for name in _YEARLY_FEASTS)
    if one.scope is not None and (one.scope.weekday or (feast and not yearly)):
        one.quoted = not all(first.year for first, _ in one.scope.dates)  # which year is not told
