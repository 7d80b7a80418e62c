"""Settled weeks written as OSM opening hours, in the order in which their rules hold.

In OSM a later rule that matches a day replaces the earlier ones for that day. So the rest of the year comes before its
parts, days of the week before days of the month, public holidays after both, and dates last.
"""

from collections.abc import Iterable, Sequence

from stationmap.hours.dates import Dates, Day
from stationmap.hours.days import WEEK
from stationmap.hours.rules import DAY_MIN, MONTHS, WEEKDAYS
from stationmap.hours.weeks import Hours, Settled, Week

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
    if not parts and not settled.nth and not settled.exceptions and _always(rest_of_year):
        return "24/7"
    last = bool(rest_of_year.holiday) and bool(parts or settled.nth)
    rules = [*_week_rules(rest_of_year, last)]
    for part in parts:
        rules.extend(_week_rules(part, last))
    for days, hours in settled.nth:
        rules.append(f"{_nth(days.nth)} {_times(hours)}")
    if last:
        rules.extend(f"{_prefix(week.dates)}PH {_times(hours)}" for week in settled.weeks for hours in week.holiday)
    for dates, weekdays, hours in settled.exceptions:
        limit = "" if weekdays == WEEK else _weekdays(weekdays) + " "
        rules.append(f"{_prefix(dates)}{limit}{_times(hours)}")
    return "; ".join(rules)


def _always(week: Week) -> bool:
    return (
        len(week.days) == len(WEEK) and set(week.days.values()) == {_WHOLE_DAY} and week.holiday in ([], [_WHOLE_DAY])
    )


def _week_rules(week: Week, holidays_later: bool) -> Iterable[str]:
    """Yield the rules of a week: alike days together, closed days after open ones, holidays where they belong."""
    groups: dict[Hours, list[int]] = {}
    for day in sorted(week.days):
        groups.setdefault(week.days[day], []).append(day)
    order = sorted(groups, key=lambda hours: hours == ())
    holiday = list(week.holiday) if not holidays_later else []
    joined: Hours | str = "none"
    if (
        week.usual
        and any(groups[hours] for hours in order if hours != ())
        and len(groups.get(order[0], ())) < len(WEEK)
    ):
        opened = [hours for hours in order if hours != ()]
        if len(opened) == 1 and () in groups:
            holiday = opened
        else:
            order, joined = [*[h for h in order if h == ()], *opened], opened[0]
    elif holiday and holiday[0] in groups and (holiday[0] == () or () not in groups):
        joined = holiday.pop()
        order = [*[hours for hours in order if hours != joined], joined]  # holidays beside days: the last word
    whole = len(week.days) == len(WEEK) and len(groups) == 1
    if whole and joined != "none":
        joined = "none"
    for hours in order:
        days = "" if whole else _weekdays(groups[hours]) + (",PH" if hours == joined else "") + " "
        yield f"{_prefix(week.dates)}{days}{_times(hours)}"
    for hours in holiday:
        yield f"{_prefix(week.dates)}PH {_times(hours)}"


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
