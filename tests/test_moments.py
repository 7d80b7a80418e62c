"""Hours of the clock on the wall: known hours, odd minutes, zones and closures, and the state of every minute as judge."""

# ruff: noqa: DTZ001 - naive times are those of the place

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.hours.calendar import NO_CALENDAR, china
from stationmap.hours.opening import Schedule, State, Timetable
from stationmap.planning.moments import ANCHOR, Hours, WeekHour, day, hour, normal_week, on_the_wall, span
from tests.hours_expressions import expressions


def hours_of(flags: np.ndarray) -> list[int]:
    return np.flatnonzero(flags).tolist()


def test_a_normal_week() -> None:
    week = normal_week([Schedule("Mo-Fr 09:00-12:00,13:30-17:00; PH off"), Schedule(""), Schedule("24/7")])
    workday = [9, 10, 11, 14, 15, 16]  # 13:30-14:00 is half an hour
    assert hours_of(week.through[0]) == [24 * d + h for d in range(5) for h in workday]
    assert (week.may[0] == week.through[0]).all()
    assert not week.through[1].any()
    assert week.may[1].all()
    assert week.through[2].all()
    assert ANCHOR.weekday() == 0
    assert week.first == datetime(2026, 5, 18)
    assert not week.dated


@pytest.mark.parametrize(
    ("osm", "through"),
    [
        ("08:00-08:59", []),
        ("08:00-09:00", [8]),
        ("08:01-10:00", [9]),
        ("22:30-01:00", [0, 23]),
        ("08:00-08:30,08:30-09:00", [8]),
        ("00:00-24:00", list(range(24))),
    ],
)
def test_an_hour_counts_when_it_is_open_all_through(osm: str, through: list[int]) -> None:
    hours = day([Schedule(osm)], date(2026, 5, 20), NO_CALENDAR)
    assert hours_of(hours.through[0]) == through
    assert hours_of(hours.may[0]) == through


def test_open_then_unknown_may_serve() -> None:
    hours = day([Schedule("08:00-08:30 open, 08:30-09:00 unknown"), Schedule("08:00-08:30")], ANCHOR, NO_CALENDAR)
    assert not hours.through.any()
    assert hours_of(hours.may[0]) == [8]
    assert hours_of(hours.may[1]) == []


def test_summer_and_winter_hours_follow_the_season() -> None:
    schedule = [Schedule("May-Sep 06:00-22:00; Oct-Apr 08:00-18:00")]
    assert normal_week(schedule).through[0].sum() == 7 * 16
    winter = normal_week(schedule, season=date(2026, 1, 14))
    assert winter.through[0].sum() == 7 * 10
    assert winter.first == datetime(2026, 1, 12)


def test_spring_festival_and_a_make_up_day() -> None:
    """17 February 2026 is the first day of the year of the horse; Saturday the 14th makes up for a day off."""
    rules = [Schedule("Mo-Fr 09:00-17:00; PH off", "work"), Schedule("Mo-Fr 09:00-17:00"), Schedule("24/7")]
    festival = day(rules, date(2026, 2, 17), china())
    assert hours_of(festival.may[0]) == []
    assert hours_of(festival.through[1]) == []
    assert hours_of(festival.may[1]) == list(range(9, 17))  # it says nothing of holidays
    makeup = day(rules, date(2026, 2, 14), china())
    assert hours_of(makeup.through[0]) == list(range(9, 17))
    assert hours_of(makeup.through[1]) == []


def test_years_that_are_not_announced_are_not_known() -> None:
    hours = day([Schedule("Mo-Fr 09:00-17:00; PH off")], date(2040, 5, 16), china())
    assert hours_of(hours.through[0]) == []
    assert hours_of(hours.may[0]) == list(range(9, 17))


def test_every_place_keeps_its_own_clock() -> None:
    zones = ["Asia/Shanghai", "Asia/Urumqi", "Europe/Helsinki", "America/Sao_Paulo", "no/where"]
    week = normal_week([Schedule("Mo 08:00-10:00", timezone=zone) for zone in zones])
    assert [hours_of(each) for each in week.through] == [[8, 9]] * 4 + [[]]
    assert week.may[4].all()


def test_where_clocks_change_the_door_counts() -> None:
    """Helsinki skips 03:00 to 04:00 on 29 March 2026 and has it twice on 25 October."""
    open_then = [Schedule("03:00-04:00", timezone="Europe/Helsinki")]
    for on in (date(2026, 3, 29), date(2026, 10, 25)):
        assert hours_of(day(open_then, on, NO_CALENDAR).through[0]) == [3]


def test_closures_for_a_time() -> None:
    begin = int(datetime(2026, 5, 20, 2, 30, tzinfo=UTC).timestamp())  # 10:30 in Shanghai
    shut = Schedule("08:00-18:00", shut=((begin, begin + 3600),))
    assert hours_of(day([shut], date(2026, 5, 20), NO_CALENDAR).through[0]) == [8, 9, 12, 13, 14, 15, 16, 17]
    briefly = Schedule("08:00-18:00", shut=((begin, begin + 1),))
    assert hours_of(day([briefly], date(2026, 5, 20), NO_CALENDAR).may[0]) == [8, 9, 11, 12, 13, 14, 15, 16, 17]
    assert normal_week([shut]).through[0].sum() == 70


def test_any_span() -> None:
    schedules = [Schedule("Mo-Fr 09:00-17:00"), Schedule("22:00-06:00")]
    long = span(schedules, ANCHOR, 400, NO_CALENDAR)
    week = normal_week(schedules).through
    assert (long.through == np.tile(week, 3)[:, :400]).all()
    half = span(schedules, datetime(2026, 5, 18, 8, 30), 3, NO_CALENDAR)
    assert hours_of(half.through[0]) == [1, 2]  # from 09:30 on
    assert long.ordinals()[[0, 23, 24]].tolist() == [ANCHOR.toordinal()] * 2 + [ANCHOR.toordinal() + 1]
    assert len(span(schedules, ANCHOR, 0, NO_CALENDAR)) == 0
    assert span([], ANCHOR, 5, NO_CALENDAR).through.shape == (0, 5)
    with pytest.raises(InvalidValue, match="-1"):
        span(schedules, ANCHOR, -1, NO_CALENDAR)
    with pytest.raises(InvalidValue, match="1900 to 2999"):
        day(schedules, date(1800, 1, 1), NO_CALENDAR)


def by_minutes(schedule: Schedule, first: datetime, count: int) -> Hours:
    """Return the hours of one schedule from the state of each of their minutes."""
    table = Timetable([on_the_wall(schedule)], china())
    states = [table.states((first + timedelta(minutes=minute)).replace(tzinfo=UTC))[0] for minute in range(60 * count)]
    grid = np.array(states).reshape(count, 60)
    return Hours(first, (grid == State.OPEN).all(axis=1)[None], (grid != State.CLOSED).all(axis=1)[None], dated=True)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(expressions(), min_size=1, max_size=4),
    st.sampled_from(["work", "weekend", "unknown"]),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_hours_are_those_of_their_minutes(texts: list[str], makeup: str, on: date) -> None:
    schedules = [Schedule(str(text), makeup) for text in texts]
    hours = day(schedules, on, china())
    assert not (hours.through & ~hours.may).any()
    for number, schedule in enumerate(schedules):
        judge = by_minutes(schedule, hours.first, 24)
        assert hours_of(hours.through[number]) == hours_of(judge.through[0])
        assert hours_of(hours.may[number]) == hours_of(judge.may[0])


def test_a_week_is_worked_out_once_and_cannot_be_written_on() -> None:
    schedules = [Schedule("Mo-Fr 09:00-17:00"), Schedule("Sa 10:00-12:00", shut=((0, 1),))]
    week = normal_week(schedules)
    assert normal_week([schedules[0], schedules[1]._replace(shut=())]) is week
    assert normal_week(schedules, season=date(2026, 1, 14)) is not week
    assert normal_week(schedules[:1]).through.shape == (1, 168)
    with pytest.raises(ValueError, match="read-only"):
        week.through[0, 0] = True


@pytest.mark.parametrize("at", [0, 9, 60, 167])
def test_an_hour_is_the_same_whether_its_week_is_kept_or_not(at: int) -> None:
    schedules = [Schedule("Mo-Fr 09:00-17:00; PH off"), Schedule(f"Sa 10:00-{11 + at % 7}:00")]
    alone = hour(schedules, WeekHour(at), NO_CALENDAR)
    week = normal_week(schedules)
    kept = hour(schedules, WeekHour(at), NO_CALENDAR)
    for each in (alone, kept):
        assert (each.through[:, 0] == week.through[:, at]).all()
        assert (each.may[:, 0] == week.may[:, at]).all()
        assert (each.first, len(each), each.dated) == (week.first + timedelta(hours=at), 1, False)
