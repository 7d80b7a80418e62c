"""China's days off and make-up days: known answers, how notices extend the calendar, and every announced day."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.hours.calendar import CORRECTIONS, NO_CALENDAR, Calendar, CalendarDay, DayKind, china

NEXT_YEAR = china().last.year + 1
TO_2026 = Calendar(frozenset({2025, 2026}))  # 2027 is not announced in it, whatever the package may hold by now


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-10-10", DayKind.MAKEUP),
        ("2026-10-03", DayKind.OFF),
        ("2026-10-04", DayKind.OFF),
        ("2026-10-08", DayKind.ORDINARY),
        ("2026-10-11", DayKind.ORDINARY),
        ("2026-02-14", DayKind.MAKEUP),
        ("2026-02-28", DayKind.MAKEUP),
        ("2025-01-26", DayKind.MAKEUP),
        ("2019-04-06", DayKind.OFF),
        ("2020-02-03", DayKind.ORDINARY),
        (f"{NEXT_YEAR}-05-03", DayKind.UNKNOWN),
        ("2003-10-01", DayKind.UNKNOWN),
    ],
)
def test_known_days(day: str, kind: DayKind) -> None:
    assert china().kind(date.fromisoformat(day)) is kind


def test_names_are_the_holidays_own() -> None:
    assert china().name(date(2026, 10, 10)) == "国庆节"
    assert china().name(date(2026, 6, 10)) == ""


def test_the_calendar_knows_whole_years() -> None:
    assert china().first == date(2004, 1, 1)
    assert (china().last.month, china().last.day) == (12, 31)
    assert china().last.year >= 2026
    assert china().known_through(china().first) == china().last


def test_a_notice_makes_its_year_known_and_overrides() -> None:
    notice = [
        CalendarDay(date(NEXT_YEAR, 1, 1), True, "元旦"),
        CalendarDay(date(NEXT_YEAR, 10, 1), True, "国庆节"),
        CalendarDay(date(2026, 10, 8), True, "国庆节"),
    ]
    calendar = china(notice)
    assert calendar.knows_year(NEXT_YEAR)
    assert not china().knows_year(NEXT_YEAR)
    assert calendar.kind(date(NEXT_YEAR, 1, 1)) is DayKind.OFF
    assert calendar.kind(date(NEXT_YEAR, 7, 7)) is DayKind.ORDINARY
    assert calendar.kind(date(2026, 10, 8)) is DayKind.OFF
    assert calendar.last == date(NEXT_YEAR, 12, 31)
    assert china().kind(date(NEXT_YEAR, 1, 1)) is DayKind.UNKNOWN
    assert china().kind(date(2026, 10, 8)) is DayKind.ORDINARY


def test_a_day_taken_back_is_ordinary_again() -> None:
    worked = CalendarDay(date(2026, 10, 1), False, "国庆节")
    assert china([worked]).kind(worked.day) is DayKind.ORDINARY
    makeup = CalendarDay(date(2026, 10, 11), False, "国庆节")
    assert china([makeup]).kind(makeup.day) is DayKind.MAKEUP


def test_the_end_of_december_comes_with_next_years_notice() -> None:
    notice = [
        CalendarDay(date(NEXT_YEAR, 12, 31), True, "元旦"),
        CalendarDay(date(NEXT_YEAR + 1, 1, 1), True, "元旦"),
        CalendarDay(date(NEXT_YEAR + 1, 10, 1), True, "国庆节"),
    ]
    calendar = china(notice)
    assert calendar.kind(date(NEXT_YEAR, 12, 31)) is DayKind.OFF
    assert calendar.kind(date(NEXT_YEAR, 10, 1)) is DayKind.UNKNOWN, "its own notice has not come"
    assert calendar.kind(date(NEXT_YEAR + 1, 3, 3)) is DayKind.ORDINARY
    assert calendar.known_until(date(NEXT_YEAR, 10, 1)) == china().last
    assert calendar.last == date(NEXT_YEAR + 1, 12, 31)
    assert calendar.known_through(date(2026, 3, 3)) == china().last, "the year between is missing"
    assert calendar.known_through(date(NEXT_YEAR, 12, 31)) is None


def test_a_part_of_a_notice_makes_only_its_own_days_known() -> None:
    calendar = TO_2026.extended(
        [CalendarDay(date(2027, 1, 1), True, "元旦"), CalendarDay(date(2027, 1, 2), False, "元旦")]
    )
    assert calendar.kind(date(2027, 1, 1)) is DayKind.OFF
    assert calendar.kind(date(2027, 1, 2)) is DayKind.MAKEUP
    assert calendar.kind(date(2027, 2, 6)) is DayKind.UNKNOWN, "Spring Festival 2027 is not announced"
    assert calendar.kind(date(2027, 1, 4)) is DayKind.UNKNOWN
    assert calendar.last == calendar.known_until(date(2027, 2, 6)) == date(2026, 12, 31)
    assert [calendar.knows_year(year) for year in (2024, 2026, 2027)] == [False, True, False]


def test_a_notice_in_two_parts_makes_its_year_known() -> None:
    calendar = TO_2026.extended([CalendarDay(date(2027, 1, 1), True, "元旦")])
    calendar = calendar.extended([CalendarDay(date(2027, 10, 1), True, "国庆节")])
    assert calendar.knows_year(2027)
    assert calendar.last == calendar.known_through(date(2026, 3, 3)) == date(2027, 12, 31)
    assert (calendar.kind(date(2027, 1, 1)), calendar.kind(date(2027, 1, 4))) == (DayKind.OFF, DayKind.ORDINARY)


def test_days_alone_are_a_calendar_of_these_days() -> None:
    calendar = NO_CALENDAR.extended([CalendarDay(date(2027, 5, 1), True, "劳动节")])
    assert calendar.kind(date(2027, 5, 1)) is DayKind.OFF
    assert calendar.kind(date(2027, 5, 2)) is DayKind.UNKNOWN
    assert calendar.first == calendar.last == date(2027, 5, 1)


def test_without_a_calendar_every_day_is_ordinary() -> None:
    assert NO_CALENDAR.kind(date(2026, 10, 1)) is DayKind.ORDINARY
    assert NO_CALENDAR.kind(date(1999, 1, 1)) is DayKind.ORDINARY
    assert (NO_CALENDAR.first, NO_CALENDAR.last) == (date.min, date.max)
    assert NO_CALENDAR.knows_year(1999)
    assert NO_CALENDAR.known_through(date(1999, 1, 1)) == date.max


@given(st.dates(date(2003, 1, 1), date(2028, 12, 31)), st.integers(0, 500))
def test_kinds_are_the_kind_of_each_day(first: date, n: int) -> None:
    kinds = china().kinds(first, n)
    assert kinds.dtype == np.int8
    assert kinds.tolist() == [china().kind(first + timedelta(days=ahead)) for ahead in range(n)]


@given(st.lists(st.builds(CalendarDay, st.dates(date(2027, 1, 1), date(2028, 12, 31)), st.booleans(), st.just("x"))))
def test_what_was_added_last_holds(days: list[CalendarDay]) -> None:
    calendar = Calendar(frozenset({2026})).extended(days)
    for day in {day.day: day for day in days}.values():
        kind = calendar.kind(day.day)
        assert kind is (DayKind.OFF if day.off else DayKind.MAKEUP if day.day.weekday() >= 5 else DayKind.ORDINARY)


@pytest.mark.real
def test_every_announced_day_from_2007_agrees(real_data: Path) -> None:
    calendar = china()
    compared = 0
    ordinary_mondays = []
    for path in sorted((real_data / "holidays_cn").glob("2???.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["days"]:
            day = date.fromisoformat(entry["date"])
            compared += 1
            if entry["isOffDay"]:
                assert calendar.kind(day) is DayKind.OFF, entry
            elif day.weekday() >= 5:
                assert calendar.kind(day) is DayKind.MAKEUP, entry
            else:
                assert calendar.kind(day) is DayKind.ORDINARY, entry
                ordinary_mondays.append(day)
    assert compared == 678
    # the first working day after the Spring Festival that was prolonged in 2020: an ordinary Monday
    assert ordinary_mondays == [date(2020, 2, 3)]


@pytest.mark.real
def test_days_that_only_the_calendar_has_adjoin_a_holiday(real_data: Path) -> None:
    announced = {
        date.fromisoformat(entry["date"])
        for path in (real_data / "holidays_cn").glob("2???.json")
        for entry in json.loads(path.read_text(encoding="utf-8"))["days"]
    }
    calendar = china()
    days = [date(2007, 1, 1) + timedelta(days=ahead) for ahead in range(20 * 365 + 5)]
    extra = [day for day in days if calendar.kind(day) is not DayKind.ORDINARY and day not in announced]
    assert {day.year for day in extra} == {2014, 2019, 2023}
    assert len(extra) == 9
    for day in extra:
        near = {day + timedelta(days=step) for step in (-2, -1, 1, 2)}
        assert day.weekday() >= 5
        assert calendar.kind(day) is DayKind.OFF
        assert near & announced


@pytest.mark.real
def test_each_correction_stands_in_the_notice_it_names(real_data: Path) -> None:
    for notice, days in CORRECTIONS.items():
        for correction in days:
            listed = json.loads((real_data / "holidays_cn" / f"{correction.day.year}.json").read_text(encoding="utf-8"))
            assert notice in listed["papers"]
            entry = next(e for e in listed["days"] if e["date"] == correction.day.isoformat())
            assert entry["isOffDay"] is correction.off
