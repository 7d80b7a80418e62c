"""Two well-kept readers of OSM hours as judges of ours: opening-hours-rs on random hours, opening_hours.js on its cases.

Every case of opening_hours.js that is a literal text is run. It agrees, or it stands under a reason in
:data:`APART`, whose counts are asserted exactly; ``tests/README.md`` tells the same table in words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from dateutil.easter import easter
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.hours.calendar import NO_CALENDAR, Calendar, CalendarDay
from stationmap.hours.expression import UnreadableHours, UnsupportedHours, parse
from stationmap.hours.opening import Schedule, State, Timetable
from tests.hours_expressions import expressions, rules

Spans = list[tuple[datetime, datetime, bool]]

AGREES = 374
APART = {
    "words of other languages and loose wording": 98,
    "a ; left out between rules": 1,
    "other countries' public holidays": 91,
    "times that follow the sun": 40,
    "school holidays": 30,
    "points in time": 14,
    "a night belongs to the day on which it began": 6,
    "a range of dates includes the Easter day at its end": 5,
    "a guessed end leaves a day open that is open by itself": 2,
    "no literal expectation in the case": 4,
}
DEVIATIONS = {
    421: "a night belongs to the day on which it began",
    3950: "a night belongs to the day on which it began",
    4181: "a night belongs to the day on which it began",
    4647: "a night belongs to the day on which it began",
    4073: "a range of dates includes the Easter day at its end",
    4700: "a range of dates includes the Easter day at its end",
    4719: "a range of dates includes the Easter day at its end",
    4622: "a guessed end leaves a day open that is open by itself",
}
"""Line of the case in test.js -> why ours answers otherwise, on purpose."""
UNSUPPORTED = {
    "times that follow the sun are not known here": "times that follow the sun",
    "school holidays (SH) are not known here": "school holidays",
    "a single time says no span; write 09:00-17:00": "points in time",
    "times that recur every so many minutes are no span": "points in time",
}


def baden_wuerttemberg(first: int, last: int) -> Calendar:
    """Return the public holidays of the place where the cases play unless they name another."""
    days = []
    for year in range(first, last + 1):
        days += [date(year, *day) for day in ((1, 1), (1, 6), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))]
        days += [easter(year) + timedelta(days=after) for after in (-2, 1, 39, 50, 60)]
    return Calendar(frozenset(range(first, last + 1)), {day: CalendarDay(day, True, "") for day in days})


HOLIDAYS = baden_wuerttemberg(2010, 2027)
AT_HOME = (None, {}, {"$var": "nominatim_default"})


def moment(text: str) -> datetime:
    year, month, day, hour, minute = map(int, re.findall(r"\d+", text)[:5])
    return datetime.combine(date(year, month, 1), time(hour, minute)) + timedelta(days=day - 1)


def joined(spans: Spans) -> Spans:
    """Return spans with those that touch and say the same made one (the cases also part them by comment)."""
    result: Spans = []
    for start, end, unknown in spans:
        if result and result[-1][1] == start and result[-1][2] == unknown:
            start = result.pop()[0]
        result.append((start, end, unknown))
    return result


def clipped(spans: Spans, start: datetime, end: datetime) -> Spans:
    inside = [(max(a, start), min(b, end), unknown) for a, b, unknown in spans]
    return [span for span in inside if span[0] < span[1]]


def ours(text: str, calendar: Calendar, start: datetime, end: datetime) -> Spans:
    table = Timetable([Schedule(text, timezone="UTC")], calendar)
    found = table.intervals(0, start.date(), (end.date() - start.date()).days + 1)
    bare = [(i.start.replace(tzinfo=None), i.end.replace(tzinfo=None), i.state is State.UNKNOWN) for i in found]
    return clipped(bare, start, end)


def periods(expected: Spans, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Return what to compare: all of it, or of more than three years the days about every change and one in 29."""
    if end - start < timedelta(days=1100):
        yield start, end
        return
    days = {start.date() + timedelta(days=step) for step in range(0, (end - start).days, 29)}
    days |= {edge.date() + timedelta(days=near) for a, b, _ in expected for edge in (a, b) for near in (-1, 0, 1)}
    for day in sorted(days):
        midnight = datetime.combine(day, time())
        if start <= midnight and midnight + timedelta(days=1) <= end:
            yield midnight, midnight + timedelta(days=1)


def verdict(case: dict[str, Any], text: str) -> str:
    """Return how ours and the case stand to each other."""
    listed = case["expected_intervals"]
    if not isinstance(case["from"], str) or not isinstance(listed, list):
        return "no literal expectation in the case"
    try:
        expression = parse(text)
    except UnsupportedHours as refusal:
        return UNSUPPORTED[str(refusal.message.values["problem"])]
    except UnreadableHours as refusal:
        if "a ; is missing" in str(refusal):
            return "a ; left out between rules"
        return "words of other languages and loose wording"
    says_holidays = "PH" in str(expression)
    if says_holidays and (case["rest"][1:] or [{}])[0] not in AT_HOME:
        return "other countries' public holidays"
    start, end = moment(case["from"]), moment(case["to"])
    expected = joined([(moment(row[0]), moment(row[1]), row[2:3] == [True]) for row in listed])
    calendar = HOLIDAYS if says_holidays else NO_CALENDAR
    same = all(ours(text, calendar, *part) == clipped(expected, *part) for part in periods(expected, start, end))
    return "agrees" if same else DEVIATIONS.get(case["line"], f"differs: line {case['line']}")


@pytest.mark.real
def test_cases_of_opening_hours_js_agree_or_are_listed_with_their_reason(real_data: Path) -> None:
    cases = json.loads((real_data / "opening_hours_js" / "addTest_cases.json").read_text(encoding="utf-8"))
    verdicts = Counter(verdict(case, text) for case in cases for text in case["values"] if isinstance(text, str))
    assert verdicts.pop("agrees") == AGREES
    assert dict(verdicts) == APART


def test_the_table_of_reasons_is_told_in_words() -> None:
    told = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+?) \| +(\d+) \|", told, flags=re.MULTILINE))
    assert {reason: int(count) for reason, count in rows.items()} == {"agrees": AGREES, **APART}


@pytest.mark.real
def test_what_opening_hours_js_refuses_is_refused(real_data: Path) -> None:
    calls = json.loads((real_data / "opening_hours_js" / "other_cases.json").read_text(encoding="utf-8"))
    grammar = (4636, 4662, 5199, 5203, 5614)  # the calls that test the grammar, not a mode, a place or an argument
    texts = [
        text
        for call in calls
        if call["fn"] == "addShouldFail" and call["line"] in grammar
        for text in call["args"][1]
        if isinstance(text, str)
    ]
    assert len(texts) == 24
    for text in texts:
        with pytest.raises((UnreadableHours, UnsupportedHours)):
            parse(text)


@given(
    st.one_of(expressions(), rules(longest=2880)),
    st.dates(date(2024, 1, 1), date(2027, 12, 1)),
)
@settings(max_examples=250, deadline=None)
def test_opening_hours_rs_agrees_where_both_mean_the_same(text: str, first: date) -> None:
    """Rules of daytime, or one rule alone: over nights that another rule touches the two differ on purpose."""
    judge = pytest.importorskip("opening_hours")
    start = datetime.combine(first, time())
    end = start + timedelta(days=40)
    codes = {judge.State.OPEN: False, judge.State.UNKNOWN: True}
    theirs = [
        (begin, stop, codes[state])
        for begin, stop, state, _ in judge.OpeningHours(str(parse(text))).intervals(start, end)
        if state in codes
    ]
    assert ours(text, NO_CALENDAR, start, end) == joined(theirs)
