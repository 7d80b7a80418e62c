"""Statements settled into weeks: for each part of the year the hours of the seven days and of public holidays.

Where statements speak of the same day, the one of fewer days holds (每天9:00-17:00，周一闭馆); times for the same days
are put together where they do not overlap; what contradicts itself is not known. What no statement speaks of is closed
when the text gives an opening, and not known when it gives none (周一闭馆).

Hours are a tuple of (start, end) minutes, empty for closed; None for not known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from stationmap.hours.freetext.dates import MONTH_LENGTHS, Dates
from stationmap.hours.freetext.days import WEEK, Days
from stationmap.hours.freetext.daytime import NOON_MIN
from stationmap.hours.freetext.references import refer, without
from stationmap.hours.freetext.statements import Says, Statement
from stationmap.hours.rules import DAY_MIN

Hours = tuple[tuple[int, int], ...] | None

_MORNING = ("dawn", "morning", "am")
_DAYS_OF_YEAR = 366
_PUBLIC_FEAST = re.compile(
    r"(?:春节|国庆节?|元旦|清明节?|劳动节|五一(?:劳动节)?|十一|端午节?|中秋节?|除夕|大年(?:三十|初[一二三])|年三十|初[一二三]"
    r"|农历新?年|新年|黄金周|小长假|new year(?:'s day)?|spring festival|national day)(?:假期|长假)?(?:期间)?"
)
"""Feasts of which every day is a public holiday in China; 正月十五 and Christmas are none."""


@dataclass(slots=True)
class Week:
    """The hours of a part of the year; a weekday that is missing is closed for want of mention.

    Parameters
    ----------
    dates : Dates
        () for the rest of the year.
    days : dict
        Weekday (Monday = 0) -> hours.
    holiday : list of Hours
        The hours of public holidays; empty when nothing is said of them.
    usual : bool
        Public holidays are as their day of the week.
    """

    dates: Dates = ()
    days: dict[int, Hours] = field(default_factory=dict)
    holiday: list[Hours] = field(default_factory=list)
    usual: bool = False


@dataclass(slots=True)
class Settled:
    """All that a text says.

    Parameters
    ----------
    weeks : list of Week
        The rest of the year first, then its parts.
    nth : list of (Days, Hours)
        Weekdays of the month.
    exceptions : list of (Dates, weekdays, Hours)
        Dated; ``WEEK`` when they are not limited to weekdays.
    makeup : str
        What the text says of make-up working days: ``work``, ``weekend``, ``unknown``.
    """

    weeks: list[Week]
    nth: list[tuple[Days, Hours]]
    exceptions: list[tuple[Dates, frozenset[int], Hours]]
    makeup: str


@dataclass(frozen=True, slots=True)
class _Claim:
    week: frozenset[int]
    hours: Hours
    by: Statement


def settle(statements: Sequence[Statement]) -> Settled:
    """Settle statements; those that cannot hold are marked ``doubtful`` or ``foreign`` in place.

    Parameters
    ----------
    statements : sequence of Statement
        In the order of the text; seasons without dates are given those that the text gives them elsewhere.
    """
    refer(statements)
    lasting = [one for one in statements if not (one.days and one.days.makeup) and not one.dated]
    weeks = [Week(dates) for dates in dict.fromkeys(((), *(one.part for one in lasting)))]
    usual = _usual_hours(lasting)
    for week in weeks:
        week.days = _resolve(lasting, week.dates, usual)
        _pause(week, lasting)
    _fill(weeks, lasting)
    rest_of_year = weeks[0].days
    for week in weeks[1:]:
        own = {day for day, hours in week.days.items() if day not in rest_of_year or rest_of_year[day] != hours}
        week.days = {day: hours for day, hours in week.days.items() if day in own}
    _keep_holidays(weeks, lasting)
    settled = Settled(
        weeks=weeks,
        nth=[(one.days, _hours(one, usual)) for one in lasting if one.days is not None and one.days.nth],
        exceptions=[_exception(one, usual) for one in statements if one.dated],
        makeup=_makeup(statements),
    )
    _calm(settled, statements)
    return settled


# -- what a statement is


def _is_pause(one: Statement) -> bool:
    """Whether it takes time away from other statements: a break without times, half a day."""
    return (one.half is not None and one.says is Says.CLOSED) or (bool(one.breaks) and not one.spans)


def _opens(one: Statement) -> bool:
    """Whether it tells of an opening on days of the week, at known times or not."""
    if one.says in {Says.CLOSED, Says.ALWAYS, Says.OPPOSITE} or _is_pause(one):
        return False
    nth = one.days is not None and bool(one.days.nth)
    return (bool(one.week) or nth) and not (one.doubtful and one.days is None)


def _hours(one: Statement, usual: Hours) -> Hours:
    if one.doubtful or one.foreign:
        return None
    says = _contrary(one) if one.says is Says.OPPOSITE else one.says
    if says is Says.CLOSED:
        return ()
    if says is Says.USUAL:
        return usual
    return without(tuple(one.spans), one.breaks) if one.spans else None


def _contrary(one: Statement) -> Says:
    closed = one.beside is not None and one.beside.says is Says.CLOSED
    return Says.USUAL if closed else Says.CLOSED


# -- what a day's hours are


def _usual_hours(statements: Sequence[Statement]) -> Hours:
    """Return the hours of all openings when they are the same, else None."""
    known = {_hours(one, None) for one in statements if one.spans and _opens(one)}
    return known.pop() if len(known) == 1 else None


# -- days of the week


def _resolve(statements: Sequence[Statement], part: Dates, usual: Hours) -> dict[int, Hours]:
    claims = [
        _Claim(one.week, _hours(one, usual), one)
        for one in statements
        if one.week and not _is_pause(one) and one.says is not Says.ALWAYS and one.part in {(), part}
    ]
    found: dict[int, Hours] = {}
    for day in range(7):
        speaking = _speaking([claim for claim in claims if day in claim.week], part)
        if speaking:
            found[day] = _settle_day(speaking)
    return found


def _speaking(claims: Sequence[_Claim], part: Dates) -> list[_Claim]:
    """Leave out what has no say: other subjects, a bare 开放 beside times, the year's hours beside a season's."""
    claims = [claim for claim in claims if not claim.by.foreign] or list(claims)
    timed = [claim for claim in claims if claim.by.spans or claim.hours == ()]
    claims = [claim for claim in claims if claim.by.says is not Says.OPEN or not timed]
    own = [claim for claim in claims if claim.by.part == part]
    if not part or not own:
        return [claim for claim in claims if claim.by.part == ()] if part else list(claims)
    narrowest = min(len(claim.week) for claim in own)
    return [claim for claim in claims if claim in own or (claim.hours == () and len(claim.week) < narrowest)]


def _settle_day(claims: Sequence[_Claim]) -> Hours:
    narrowest = min(len(claim.week) for claim in claims)
    best = [claim for claim in claims if len(claim.week) == narrowest]
    wider = [claim for claim in claims if len(claim.week) > narrowest]
    agreed, hours = _together(best)
    crossing = [claim for claim in wider if not claim.week >= best[0].week and claim.hours != hours]
    adding = [claim for claim in wider if hours and claim.hours and not _overlap(hours, claim.hours)]
    if agreed and not crossing and not adding:
        return hours
    for claim in (*crossing, *adding, *best):
        claim.by.doubtful = True
    return None


def _together(claims: Sequence[_Claim]) -> tuple[bool, Hours]:
    """Return whether claims of the same rank agree, and on what: one for all, or times one after the other."""
    distinct = list(dict.fromkeys(claim.hours for claim in claims))
    if len(distinct) == 1:
        return True, distinct[0]
    spans: list[tuple[int, int]] = []
    for hours in distinct:
        if not hours or _overlap(tuple(spans), hours):
            return False, None
        spans.extend(hours)
    return True, tuple(sorted(spans))


def _overlap(some: tuple[tuple[int, int], ...], others: tuple[tuple[int, int], ...]) -> bool:
    return any(a < d and c < b for a, b in some for c, d in others)


def _pause(week: Week, statements: Sequence[Statement]) -> None:
    """Take breaks and closed half days out of the days that they are for."""
    for one in statements:
        if one.doubtful or one.part not in {(), week.dates}:
            continue
        days = WEEK if one.broad else one.week
        if one.half is not None and one.says is Says.CLOSED:
            touched = [day for day in days if one.days is not None or day in week.days]
            one.doubtful = not touched and not week.dates
            for day in touched:
                week.days[day] = _half(one, week.days.get(day))
        elif one.broad or _is_pause(one):
            touched = [day for day in days if week.days.get(day)]
            one.doubtful = not touched and not week.dates and not one.part
            for day in touched:
                week.days[day] = without(week.days[day] or (), one.breaks) or week.days[day]


def _half(one: Statement, hours: Hours) -> Hours:
    """Return hours without a closed morning, afternoon or evening, None where nothing parts it from the rest."""
    morning, evening = one.half in _MORNING, one.half in {"evening", "night"}
    start, end = (17 * 60, DAY_MIN) if evening else (0, NOON_MIN + 60) if morning else (NOON_MIN - 30, DAY_MIN)
    across = [span for span in hours or () if span[0] < start < span[1] - 60 or span[0] < end < span[1]]
    if not hours or across or one.half == "noon":
        one.doubtful = True
        return None
    return tuple(span for span in hours if not start <= (span[0] + span[1]) / 2 <= end)


def _fill(weeks: Sequence[Week], statements: Sequence[Statement]) -> None:
    """Settle the days that no statement speaks of."""
    rest_of_year, *parts = weeks
    if not any(_opens(one) for one in statements):
        for day in WEEK:
            rest_of_year.days.setdefault(day, None)
    seasons = any(one.scope is not None and one.scope.season and not one.scope.by_weather() for one in statements)
    if seasons and parts and _covered(parts) < _DAYS_OF_YEAR:
        for day in {day for part in parts for day, hours in part.days.items() if hours != ()}:
            rest_of_year.days.setdefault(day, None)


def _covered(parts: Sequence[Week]) -> int:
    """Return how many days of a year some part covers."""
    days: set[int] = set()
    for first, last in (pair for part in parts for pair in part.dates):
        start = first.month * 31 + (first.day or 1)
        end = last.month * 31 + (last.day or 31)
        days.update(range(start, end + 1) if start <= end else (*range(start, 404), *range(32, end + 1)))
    real = {month * 31 + day for month, length in enumerate(MONTH_LENGTHS, 1) for day in range(1, length + 1)}
    return len(days & real)


# -- public holidays, dates, make-up days


def _keep_holidays(weeks: Sequence[Week], statements: Sequence[Statement]) -> None:
    rest_of_year = weeks[0]
    for one in statements:
        if one.says is Says.ALWAYS:
            rest_of_year.usual = True
        elif one.days is not None and one.days.holiday and not _is_pause(one):
            _keep_holiday(weeks, one, any(other.spans for other in statements))
    if rest_of_year.holiday:
        rest_of_year.usual = False
    elif not rest_of_year.usual and any(one.days is not None and one.days.work for one in statements):
        weekend = [rest_of_year.days.get(day, ()) for day in (5, 6)]
        rest_of_year.holiday = [() if weekend == [(), ()] else None]
    for one in statements:
        if one.days is not None and one.days.named:
            _keep_feast(rest_of_year, one)
    for week in weeks[1:]:
        week.usual = rest_of_year.usual and not week.holiday


def _keep_holiday(weeks: Sequence[Week], one: Statement, timed: bool) -> None:
    says = _contrary(one) if one.says is Says.OPPOSITE else one.says
    if says is Says.USUAL or (says is Says.OPEN and timed and not one.bare):
        weeks[0].usual = True
        return
    week = next(week for week in weeks if week.dates == one.part)
    hours = _hours(one, None)
    if week.holiday and week.holiday != [hours]:
        one.doubtful, hours = True, None
    week.holiday = [hours]


def _keep_feast(week: Week, one: Statement) -> None:
    """Let what is said of one feast make public holidays unknown: which of them it is, OSM cannot say."""
    one.doubtful = not one.calm
    says = _contrary(one) if one.says is Says.OPPOSITE else one.says
    opens = says is Says.USUAL or (says is Says.OPEN and not one.bare)
    if (week.holiday == [()] and says is Says.CLOSED) or (week.usual and opens) or (opens and not week.holiday):
        return
    week.holiday, week.usual = [None], False


def _exception(one: Statement, usual: Hours) -> tuple[Dates, frozenset[int], Hours]:
    if one.half is not None or (one.breaks and not one.spans) or (one.says is Says.USUAL and usual is None):
        one.doubtful = True
    week = one.days.week if one.days is not None and one.days.week else WEEK
    return one.part, week, _hours(one, usual)


def _makeup(statements: Sequence[Statement]) -> str:
    said = set()
    for one in statements:
        if one.days and one.days.makeup and not one.doubtful:
            says = _contrary(one) if one.says is Says.OPPOSITE else one.says
            said.add("work" if says is Says.USUAL else "weekend")
    return said.pop() if len(said) == 1 else "unknown"


# -- what is left open, and where


def _calm(settled: Settled, statements: Sequence[Statement]) -> None:
    """Calm the doubtful statements whose days are settled as unknown: their words put no other day in doubt.

    Only where the hours of some other days are known; a text of which nothing is known stays doubtful as a whole.
    """
    if not any(hours for week in settled.weeks for hours in week.days.values()):
        return
    exceptions = any(one.dated for one in statements)
    for one in statements:
        if one.doubtful and not (one.foreign or one.quoted or one.broad):
            days = one.days or Days()
            holidays = not days.holiday or settled.weeks[0].holiday == [None]
            feasts = not days.named or (_feast_left_open(settled.weeks[0], one) and not exceptions)
            own = (days.holiday or days.named) and any(week.holiday for week in settled.weeks[1:])
            one.calm = one.calm or (holidays and feasts and not own and _days_left_open(settled.weeks, one))


def _days_left_open(weeks: Sequence[Week], one: Statement) -> bool:
    """Whether the days that a statement names are settled as unknown, as dates always are."""
    if one.dated:
        return True
    days = one.days or Days()
    if days.makeup or days.week == WEEK or not (days.week or days.nth or days.holiday or days.named):
        return False
    week = next(week for week in weeks if week.dates == one.part)
    return all(week.days.get(day, weeks[0].days.get(day, ())) is None for day in days.week)


def _feast_left_open(week: Week, one: Statement) -> bool:
    """Whether what is said of feasts touches public holidays alone, which are unknown, as it says, or not told."""
    if one.days is None or not all(map(_PUBLIC_FEAST.fullmatch, one.days.named.split("、"))):
        return False
    says = _contrary(one) if one.says is Says.OPPOSITE else one.says
    usual = says is Says.USUAL or (says is Says.OPEN and not one.bare)
    return week.holiday == [None] or (week.holiday == [()] and says is Says.CLOSED) or (not week.holiday and usual)
