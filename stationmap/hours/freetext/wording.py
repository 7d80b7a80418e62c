"""Settled weeks written as OSM opening hours, in the order in which their rules hold.

In OSM a later rule that matches a day replaces the earlier ones for that day. So the rest of the year comes before its
parts, days of the week before days of the month, public holidays after both, and dates last.
"""

from collections.abc import Iterable, Sequence

from stationmap.hours.freetext.dates import Dates, Day
from stationmap.hours.freetext.days import WEEK
from stationmap.hours.freetext.weeks import Hours, Settled, Week
from stationmap.hours.rules import DAY_MIN, MONTHS, WEEKDAYS

_WHOLE_DAY = ((0, DAY_MIN),)


def osm(settled: Settled) -> str:
    """Return settled weeks as an OSM expression in its normal form, "" where they say nothing.

    Examples
    --------
    >>> week = Week(days={day: ((540, 1020),) for day in range(5)}, holiday=[()])
    >>> osm(Settled([week], [], [], "unknown"))
    'Mo-Fr 09:00-17:00; PH off'
    """
    rest_of_year, *parts = settled.weeks
    if _always(rest_of_year) and not (parts or settled.nth or settled.exceptions):
        return "24/7"
    last = bool(rest_of_year.holiday) and bool(parts or settled.nth)
    rules = [rule for week in settled.weeks for rule in _week_rules(week, holidays_later=last)]
    for days, hours in settled.nth:
        rules.append(f"{_nth(days.nth)} {_times(hours)}")
    if last:
        rules.extend(f"{_prefix(week.dates)}PH {_times(hours)}" for week in settled.weeks for hours in week.holiday)
    for dates, weekdays, hours in settled.exceptions:
        limit = "" if weekdays == WEEK else _weekdays(weekdays) + " "
        rules.append(f"{_prefix(dates)}{limit}{_times(hours)}")
    return "; ".join(rules)


def _always(week: Week) -> bool:
    every_day = len(week.days) == len(WEEK) and set(week.days.values()) == {_WHOLE_DAY}
    return every_day and week.holiday in ([], [_WHOLE_DAY])


def _week_rules(week: Week, *, holidays_later: bool) -> Iterable[str]:
    """Yield the rules of a week: alike days together, closed days after open ones, holidays where they belong."""
    groups: dict[Hours, list[int]] = {}
    for day in sorted(week.days):
        groups.setdefault(week.days[day], []).append(day)
    prefix = _prefix(week.dates)
    holiday = [] if holidays_later else week.holiday
    if len(groups) == 1 and len(week.days) == len(WEEK):
        yield from (f"{prefix}{_times(hours)}" for hours in groups)
        yield from (f"{prefix}PH {_times(hours)}" for hours in holiday if hours not in groups)
        return
    order, with_holidays, alone = _place_holidays(week, list(groups), holiday)
    for hours in order:
        yield f"{prefix}{_weekdays(groups[hours])}{',PH' if hours in with_holidays else ''} {_times(hours)}"
    yield from (f"{prefix}PH {_times(hours)}" for hours in alone)


def _place_holidays(
    week: Week, groups: Sequence[Hours], holiday: Sequence[Hours]
) -> tuple[Sequence[Hours], Sequence[Hours], Sequence[Hours]]:
    """Return the order of rules, the hours whose rule names holidays too, and the hours of holidays alone.

    Holidays that are as their weekday stand with the first open days, so that the other rules, which come later, hold
    for the holidays on their days; holidays with hours of their own come last, so that they hold on every weekday.
    """
    opened = [hours for hours in groups if hours != ()]
    closed = [hours for hours in groups if hours == ()]
    order = [*opened, *closed]
    if week.usual and opened:
        return (order, [], opened) if len(opened) == 1 and closed else ([*closed, *opened], opened[:1], [])
    if holiday and holiday[0] in groups and (holiday[0] == () or not closed):
        return [*(hours for hours in order if hours != holiday[0]), holiday[0]], holiday, []
    return order, [], holiday


def _times(hours: Hours) -> str:
    if hours is None:
        return "unknown"
    return ",".join(f"{_clock(start)}-{_end(end)}" for start, end in hours) or "off"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _end(end: int) -> str:
    """Write an end on the next day as the clock shows it then."""
    return _clock(end - DAY_MIN if end > DAY_MIN else end)


def _weekdays(days: Iterable[int]) -> str:
    """Write weekdays as OSM does: three and more in a row as a range (``Mo-Fr``), others by comma (``Sa,Su``)."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(_run(run) for run in runs)


def _run(run: Sequence[int]) -> str:
    return f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" if len(run) > 2 else ",".join(WEEKDAYS[day] for day in run)


def _nth(nth: Iterable[tuple[int, int]]) -> str:
    return ",".join(f"{WEEKDAYS[day]}[{n}]" for day, n in dict.fromkeys(nth))


def _prefix(dates: Dates) -> str:
    return ",".join(_range(first, last) for first, last in dates) + " " if dates else ""


def _range(first: Day, last: Day) -> str:
    if first == last:
        return _day(first)
    if first.day and (first.year, first.month) == (last.year, last.month):
        return f"{_day(first)}-{last.day:02}"
    if not first.day and first.year == last.year:
        return f"{_day(first)}-{MONTHS[last.month - 1]}"
    return f"{_day(first)}-{_day(last)}"


def _day(day: Day) -> str:
    year = f"{day.year} " if day.year else ""
    return f"{year}{MONTHS[day.month - 1]}" + (f" {day.day:02}" if day.day else "")
