"""Open, closed or unknown: known answers of the places that lists carry, the calendar's readings, and laws."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue
from stationmap.hours.calendar import NO_CALENDAR, CalendarDay, DayKind, china
from stationmap.hours.opening import Opening, Schedule, State, Timetable, opening
from tests.hours_expressions import expressions, spans, weekday_selector

CLOSED, OPEN, UNKNOWN = State.CLOSED, State.OPEN, State.UNKNOWN
SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
BANK = "Mo-Fr 08:30-11:30,13:30-17:00; PH off"
NIGHT = "20:00-06:00"
BEYOND = date(china().last.year + 1, 5, 10)  # no day of that year is announced
BEYOND_WEDNESDAY = BEYOND + timedelta(days=(2 - BEYOND.weekday()) % 7)


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def asked(osm: str, moment: str | datetime, makeup: str = "unknown") -> Opening:
    when = at(moment) if isinstance(moment, str) else moment
    return opening(osm, when, makeup=makeup, calendar=china())


@pytest.mark.parametrize(
    ("osm", "moment", "state", "until", "opens_at", "closes_at"),
    [
        # a bank with a lunch break, on a Wednesday
        (BANK, "2026-06-10T08:00", CLOSED, "2026-06-10T08:30", "2026-06-10T08:30", "2026-06-10T11:30"),
        (BANK, "2026-06-10T08:30", OPEN, "2026-06-10T11:30", None, "2026-06-10T11:30"),
        (BANK, "2026-06-10T11:29", OPEN, "2026-06-10T11:30", None, "2026-06-10T11:30"),
        (BANK, "2026-06-10T11:30", CLOSED, "2026-06-10T13:30", "2026-06-10T13:30", "2026-06-10T17:00"),
        (BANK, "2026-06-12T17:00", CLOSED, "2026-06-15T08:30", "2026-06-15T08:30", "2026-06-15T11:30"),
        # before and in the National Day holiday, 1 to 7 October
        (BANK, "2026-09-30T18:00", CLOSED, "2026-10-08T08:30", "2026-10-08T08:30", "2026-10-08T11:30"),
        (BANK, "2026-10-03T10:00", CLOSED, "2026-10-08T08:30", "2026-10-08T08:30", "2026-10-08T11:30"),
        # overnight
        (NIGHT, "2026-06-10T03:00", OPEN, "2026-06-10T06:00", None, "2026-06-10T06:00"),
        (NIGHT, "2026-06-10T12:00", CLOSED, "2026-06-10T20:00", "2026-06-10T20:00", "2026-06-11T06:00"),
        (NIGHT, "2026-06-10T23:59", OPEN, "2026-06-11T06:00", None, "2026-06-11T06:00"),
        # a museum that is closed on Mondays
        ("Tu-Su 09:00-17:00", "2026-06-08T10:00", CLOSED, "2026-06-09T09:00", "2026-06-09T09:00", "2026-06-09T17:00"),
        ("09:00-17:00; Mo off", "2026-06-07T17:00", CLOSED, "2026-06-09T09:00", "2026-06-09T09:00", "2026-06-09T17:00"),
        # a dated Spring Festival list holds whatever the calendar says
        (
            "09:00-17:00; 2026 Feb 16-2026 Feb 20 off",
            "2026-02-17T10:00",
            CLOSED,
            "2026-02-21T09:00",
            "2026-02-21T09:00",
            "2026-02-21T17:00",
        ),
        # hours of a service: legal advice on the first Tuesday of the month
        ("Tu[1] 14:00-16:30", "2026-06-02T15:00", OPEN, "2026-06-02T16:30", None, "2026-06-02T16:30"),
        ("Tu[1] 14:00-16:30", "2026-06-09T15:00", CLOSED, None, None, None),
        # always, and never within 14 days
        ("24/7", "2026-06-10T10:00", OPEN, None, None, None),
        ("off", "2026-06-10T10:00", CLOSED, None, None, None),
        ("2026 Jul 01 10:00-12:00", "2026-06-10T10:00", CLOSED, None, None, None),
        ("2026 Jun 24 10:00-12:00", "2026-06-10T10:00", CLOSED, "2026-06-24T10:00", "2026-06-24T10:00", None),
        # open end: sure until 14:00, a guess until midnight
        ("11:00-14:00+", "2026-06-10T13:00", OPEN, "2026-06-10T14:00", None, "2026-06-10T14:00"),
        ("11:00-14:00+", "2026-06-10T15:00", UNKNOWN, "2026-06-11T00:00", "2026-06-11T11:00", "2026-06-11T14:00"),
        # open on working days without clock times
        ("Mo-Fr unknown; PH off", "2026-06-12T10:00", UNKNOWN, "2026-06-13T00:00", None, None),
        ("Mo-Fr unknown; PH off", "2026-06-13T10:00", CLOSED, "2026-06-15T00:00", None, None),
        ("Mo-Fr unknown; PH off", "2026-10-01T10:00", CLOSED, "2026-10-08T00:00", None, None),
    ],
)
def test_known_answers(
    osm: str, moment: str, state: State, until: str | None, opens_at: str | None, closes_at: str | None
) -> None:
    answer = asked(osm, moment, "weekend")
    expected = tuple(time and at(time) for time in (until, opens_at, closes_at))
    assert (answer.state, answer.until, answer.opens_at, answer.closes_at) == (state, *expected)
    assert (answer.reason is not None) == (state is UNKNOWN)


def test_closing_within_so_many_minutes() -> None:
    answer = asked(BANK, "2026-06-10T11:10")
    assert answer.until is not None
    assert answer.until - at("2026-06-10T11:10") == timedelta(minutes=20)
    overnight = asked(NIGHT, "2026-06-10T23:30")
    assert overnight.until is not None
    assert overnight.until - at("2026-06-10T23:30") == timedelta(hours=6, minutes=30)


def test_times_are_in_the_zone_of_the_place() -> None:
    answer = opening(BANK, datetime(2026, 6, 10, 1, 0, tzinfo=UTC), calendar=china())
    assert answer.state is OPEN
    assert answer.until is not None
    assert answer.until.isoformat() == "2026-06-10T11:30:00+08:00"


class TestMakeupDays:
    """Saturday 2026-10-10 is worked, to make up for the National Day holiday."""

    @pytest.mark.parametrize(
        ("osm", "makeup", "state"),
        [
            (BANK, "work", OPEN),
            (BANK, "weekend", CLOSED),
            (BANK, "unknown", UNKNOWN),
            ("Mo-Su 09:00-17:00", "unknown", OPEN),
            ("24/7", "unknown", OPEN),
            ("Sa,Su off", "unknown", CLOSED),
            ("Mo-Fr 11:00-12:00", "unknown", CLOSED),
            # four of five working days open; three of five
            ("Tu-Fr 09:00-17:00", "work", OPEN),
            ("We-Fr 09:00-17:00", "work", UNKNOWN),
            ("Mo 09:00-17:00", "work", CLOSED),
            ("We-Sa 09:00-17:00", "weekend", OPEN),
            ("Tu-Sa 09:00-17:00", "unknown", OPEN),
            # the calendar does not move a dated rule, nor is the day a public holiday
            (BANK + "; 2026 Oct 10 off", "work", CLOSED),
            ("Mo-Fr off; PH 09:00-17:00", "work", CLOSED),
        ],
    )
    def test_state_at_ten(self, osm: str, makeup: str, state: State) -> None:
        assert asked(osm, "2026-10-10T10:00", makeup).state is state

    def test_the_reason_names_the_day(self) -> None:
        reason = asked(BANK, "2026-10-10T10:00").reason
        assert reason is not None
        assert "2026-10-10 is a make-up working day" in str(reason)
        assert "2026-10-10 是调休上班日" in tell(reason, "zh")
        alike = asked("We-Fr 09:00-17:00", "2026-10-10T10:00", "work").reason
        assert alike is not None
        assert "working days are not all alike" in str(alike)

    def test_outside_the_doubtful_hours_it_is_known(self) -> None:
        assert asked(BANK, "2026-10-10T12:00").state is CLOSED
        assert asked(BANK, "2026-10-10T20:00").state is CLOSED
        answer = asked(BANK, "2026-10-10T10:00")
        assert (answer.until, answer.opens_at) == (at("2026-10-10T11:30"), at("2026-10-12T08:30"))

    def test_a_working_night_runs_into_sunday(self) -> None:
        assert asked("Mo-Fr 20:00-06:00", "2026-10-11T03:00", "work").state is OPEN
        assert asked("Mo-Fr 20:00-06:00", "2026-10-11T03:00", "weekend").state is CLOSED
        doubtful = asked("Mo-Fr 20:00-06:00", "2026-10-11T03:00")
        assert doubtful.state is UNKNOWN
        assert doubtful.reason is not None
        assert "2026-10-10" in str(doubtful.reason), "the night began on the make-up day"


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_working_week_is_open_on_every_working_day_of_china(year: int) -> None:
    table = Timetable([Schedule("Mo-Fr 09:00-17:00; PH off", "work")], china())
    days = [date(year, 1, 1) + timedelta(days=ahead) for ahead in range(365)]
    opened = {interval.start.date() for interval in table.intervals(0, days[0], 365)}
    assert opened == {day for day in days if chinese_calendar.is_workday(day)}
    assert all(interval.state is OPEN for interval in table.intervals(0, days[0], 365))


class TestHolidays:
    """1 to 7 October 2026 are free; the 1st is a Thursday, the 3rd a Saturday."""

    @pytest.mark.parametrize(
        ("osm", "moment", "state"),
        [
            (BANK, "2026-10-01T10:00", CLOSED),
            ("Mo-Fr 09:00-17:00; PH 10:00-12:00", "2026-10-01T11:00", OPEN),
            ("Mo-Fr 09:00-17:00; PH 10:00-12:00", "2026-10-03T11:00", OPEN),
            ("PH,Sa,Su 10:00-16:00", "2026-10-02T11:00", OPEN),
            ("PH,Sa,Su 10:00-16:00", "2026-10-08T11:00", CLOSED),
            ("PH Mo-Fr 10:00-16:00", "2026-10-01T11:00", OPEN),
            ("PH Mo-Fr 10:00-16:00", "2026-10-03T11:00", CLOSED),
            ("Mo-Fr,PH 09:00-17:00", "2026-10-01T10:00", OPEN),
            # hours that do not mention holidays
            ("Mo-Fr 09:00-17:00", "2026-10-01T10:00", UNKNOWN),
            ("Mo-Fr 09:00-17:00", "2026-10-01T18:00", CLOSED),
            ("Mo-Fr 09:00-17:00", "2026-10-03T10:00", CLOSED),
            ("Mo-Su 09:00-17:00", "2026-10-01T10:00", OPEN),
            ("Mo-Fr 09:00-17:00; Sa,Su 10:00-12:00", "2026-10-01T11:00", OPEN),
            ("Mo-Fr 09:00-17:00; Sa,Su 10:00-12:00", "2026-10-01T14:00", UNKNOWN),
            ("Mo-Fr 09:00-17:00; 2026 Oct 01-2026 Oct 07 off", "2026-10-01T10:00", CLOSED),
            # the day before a holiday
            ("09:00-17:00; PH -1 day 09:00-12:00", "2026-09-30T14:00", CLOSED),
            ("09:00-17:00; PH -1 day 09:00-12:00", "2026-09-29T14:00", OPEN),
            # the night of the eve runs on, that of the last free day does not take place
            ("20:00-06:00; PH off", "2026-10-01T03:00", OPEN),
            ("20:00-06:00; PH off", "2026-10-08T03:00", CLOSED),
        ],
    )
    def test_state(self, osm: str, moment: str, state: State) -> None:
        assert asked(osm, moment).state is state

    def test_the_reason_names_the_holiday(self) -> None:
        reason = asked("Mo-Fr 09:00-17:00", "2026-10-01T10:00").reason
        assert reason is not None
        assert "2026-10-01" in str(reason)
        assert "国庆节" in tell(reason, "zh")


class TestBeyondTheCalendar:
    """No day of that year is announced: it may be ordinary, free, or made up."""

    @pytest.mark.parametrize(
        ("osm", "hour", "state"),
        [
            ("24/7", 10, OPEN),
            ("Mo-Su 08:00-20:00", 10, OPEN),
            ("Mo-Fr 09:00-17:00", 10, UNKNOWN),
            (BANK, 10, UNKNOWN),
            (BANK, 20, CLOSED),
            ("Mo-Fr,PH 09:00-17:00", 10, OPEN),
            ("Mo-Fr 09:00-17:00; PH 09:00-17:00", 10, OPEN),
            ("Mo-Fr off; PH off; Sa,Su 09:00-17:00", 10, CLOSED),
        ],
    )
    def test_state_on_a_weekday(self, osm: str, hour: int, state: State) -> None:
        assert asked(osm, datetime.combine(BEYOND_WEDNESDAY, time(hour))).state is state

    @pytest.mark.parametrize(("makeup", "state"), [("work", UNKNOWN), ("weekend", CLOSED), ("unknown", UNKNOWN)])
    def test_a_weekend_may_be_worked(self, makeup: str, state: State) -> None:
        saturday = BEYOND_WEDNESDAY + timedelta(days=3)
        assert asked(BANK, datetime.combine(saturday, time(10)), makeup).state is state

    def test_the_reason_says_how_far_the_calendar_goes(self) -> None:
        reason = asked(BANK, datetime.combine(BEYOND_WEDNESDAY, time(10))).reason
        assert reason is not None
        assert str(china().last) in str(reason)

    def test_before_the_calendar_likewise(self) -> None:
        answer = asked(BANK, "1999-06-09T10:00")
        assert answer.state is UNKNOWN
        assert answer.reason is not None
        assert str(china().first) in str(answer.reason)

    def test_a_day_that_depends_on_an_unknown_one(self) -> None:
        last = datetime.combine(china().last, time(14))
        answer = asked("09:00-17:00; PH -1 day 09:00-12:00", last)
        assert answer.state is UNKNOWN
        assert answer.reason is not None
        assert str(china().last) in str(answer.reason)

    def test_next_years_notice_settles_it(self) -> None:
        notice = [CalendarDay(date(BEYOND.year, 10, 1), True, "国庆节")]
        day = datetime.combine(BEYOND_WEDNESDAY, time(10))
        assert opening(BANK, day, calendar=china(notice)).state is OPEN
        holiday = datetime.combine(date(BEYOND.year, 10, 1), time(10))
        assert opening(BANK, holiday, calendar=china(notice)).state is CLOSED


class TestNights:
    """A night belongs to the day on which it began."""

    @pytest.mark.parametrize(
        ("osm", "moment", "state"),
        [
            # Tuesday 2026-06-09
            ("20:00-06:00; Tu off", "2026-06-09T03:00", OPEN),
            ("20:00-06:00; Tu off", "2026-06-09T21:00", CLOSED),
            ("20:00-06:00; Tu off", "2026-06-10T03:00", CLOSED),
            ("Mo 20:00-06:00; Tu 10:00-12:00", "2026-06-09T03:00", OPEN),
            ("Mo-Th 20:00-06:00; Fr-Su 20:00-08:00", "2026-06-12T03:00", OPEN),
            ("Mo-Th 20:00-06:00; Fr-Su 20:00-08:00", "2026-06-12T07:00", CLOSED),
            ("Mo-Th 20:00-06:00; Fr-Su 20:00-08:00", "2026-06-13T07:00", OPEN),
            ("20:00-06:00; We 20:00-24:00", "2026-06-11T03:00", CLOSED),
            # a rule with times holds against the night before
            ("22:00-06:00; 02:00-03:00 off", "2026-06-10T02:30", CLOSED),
            ("22:00-06:00; 02:00-03:00 off", "2026-06-10T03:30", OPEN),
            ("22:00-06:00 open, 05:00-06:00 unknown", "2026-06-10T05:30", UNKNOWN),
            ("24/7; Mo 22:00-26:00 off", "2026-06-09T01:00", CLOSED),
            # a guessed end makes no day unknown that is open by itself
            ("Mo 18:00+; Tu 00:00-24:00", "2026-06-09T01:00", OPEN),
            ("Mo 18:00+", "2026-06-09T01:00", UNKNOWN),
            # what is said only where nothing else speaks gives way to the night before
            ('Mo 19:00-05:00 || "by appointment"', "2026-06-09T01:00", OPEN),
            ('Mo 19:00-05:00 || "by appointment"', "2026-06-09T06:00", UNKNOWN),
            ("Mo 19:00+ || open", "2026-06-09T01:00", UNKNOWN),
            ("Tu 23:59-48:00", "2026-06-10T23:00", OPEN),
        ],
    )
    def test_state(self, osm: str, moment: str, state: State) -> None:
        assert asked(osm, moment, "weekend").state is state


class TestUnknownHours:
    """What is not known or cannot be read is unknown, and says why."""

    @pytest.mark.parametrize(
        ("schedule", "words"),
        [
            (Schedule(""), "hours are not known"),
            (Schedule("Mo-Fr 9 Uhr"), "cannot be read from “Uhr”"),
            (Schedule("sunrise-sunset"), "follow the sun"),
            (Schedule("24/7", timezone="Asia/Atlantis"), "no time zone “Asia/Atlantis”"),
            (Schedule("24/7", timezone="../etc/passwd"), "no time zone"),
            (Schedule("24/7", makeup="sometimes"), "“sometimes” is no habit"),
            (Schedule('Mo-Fr "by appointment"'), "do not say whether it is open then"),
        ],
    )
    def test_reason(self, schedule: Schedule, words: str) -> None:
        timetable = Timetable([Schedule("24/7"), schedule], china())
        moment = at("2026-06-10T10:00")
        answer = timetable.opening(1, moment)
        assert timetable.states(moment).tolist() == [OPEN, UNKNOWN]
        assert answer.state is UNKNOWN
        assert answer.reason is not None
        assert words in str(answer.reason)
        assert tell(answer.reason, "zh") != str(answer.reason)
        listed = schedule.osm.startswith('Mo-Fr "') or not schedule.osm
        assert timetable.faults.keys() == (set() if listed else {1})

    def test_it_is_unknown_at_all_times(self) -> None:
        timetable = Timetable([Schedule("")], china())
        assert [tuple(interval)[2] for interval in timetable.intervals(0, date(2026, 10, 1), 10)] == [UNKNOWN]
        windows = timetable.windows(at("2026-10-10T10:00"))
        assert windows.unknown.tolist() == [True]
        assert windows.start_min[0] <= -1440
        assert windows.end_min[0] == 2880

    def test_a_time_beyond_reason_is_refused(self) -> None:
        with pytest.raises(InvalidValue, match="1900 to 2999"):
            Timetable([Schedule("24/7")], china()).states(naive("0001-01-01"))

    def test_no_schedules_have_no_states(self) -> None:
        timetable = Timetable([], china())
        assert timetable.states(at("2026-06-10T10:00")).shape == (0,)
        assert timetable.windows(at("2026-06-10T10:00")).indptr.tolist() == [0]


class TestZones:
    """The clock on the wall counts, also where it is changed: in Berlin on 2026-03-29 and 2026-10-25."""

    def table(self, osm: str) -> Timetable:
        return Timetable([Schedule(osm, timezone="Europe/Berlin")], NO_CALENDAR)

    def test_a_night_of_seven_and_one_of_nine_hours(self) -> None:
        table = self.table("22:00-06:00")
        for day, hours in ((date(2026, 3, 28), 7), (date(2026, 6, 10), 8), (date(2026, 10, 24), 9)):
            night = table.intervals(0, day, 2)[1]
            assert night.start.isoformat().startswith(f"{day}T22:00:00")
            assert night.end.astimezone(UTC) - night.start.astimezone(UTC) == timedelta(hours=hours)

    def test_skipped_times_vanish_and_repeated_ones_count_twice(self) -> None:
        spring = self.table("02:15-03:30").intervals(0, date(2026, 3, 29), 1)
        assert [(i.start.isoformat(), i.end.isoformat()) for i in spring] == [
            ("2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00")
        ]
        assert self.table("02:15-02:45").intervals(0, date(2026, 3, 29), 1) == []
        autumn = self.table("02:15-02:45").intervals(0, date(2026, 10, 25), 1)
        assert [i.start.isoformat() for i in autumn] == ["2026-10-25T02:15:00+02:00", "2026-10-25T02:15:00+01:00"]

    @given(st.integers(0, 60 * 60), st.sampled_from((date(2026, 3, 28), date(2026, 10, 24))))
    @settings(max_examples=60)
    def test_states_and_intervals_agree_while_clocks_change(self, minute: int, first: date) -> None:
        table = self.table("22:30-02:20,02:40-03:10")
        moment = datetime.combine(first, time(), BERLIN).astimezone(UTC) + timedelta(minutes=minute)
        inside = any(i.start.astimezone(UTC) <= moment < i.end.astimezone(UTC) for i in table.intervals(0, first, 4))
        assert (table.states(moment)[0] == OPEN) == inside

    def test_windows_count_real_minutes(self) -> None:
        windows = self.table("22:00-06:00").windows(naive("2026-03-28T21:00"))
        assert windows.start_min.tolist() == [60, 1440]
        assert windows.end_min.tolist() == [480, 1920]

    def test_naive_is_the_local_time_of_each_place(self) -> None:
        schedules = [Schedule("Mo-Su 09:00-17:00", timezone=zone) for zone in ("Asia/Shanghai", "Europe/Berlin")]
        table = Timetable(schedules, NO_CALENDAR)
        assert table.states(naive("2026-06-10T10:00")).tolist() == [OPEN, OPEN]
        assert table.states(datetime(2026, 6, 10, 10, tzinfo=SHANGHAI)).tolist() == [OPEN, CLOSED]
        assert table.states(datetime(2026, 6, 10, 12, tzinfo=BERLIN)).tolist() == [CLOSED, OPEN]
        windows = table.windows(naive("2026-06-10T10:00"))
        assert windows.start_min.tolist() == [-60, 1380] * 2


SCHEDULES = st.builds(
    Schedule,
    st.one_of(
        expressions(longest=2880),
        st.builds("{}; PH off".format, expressions()),
        st.builds("{}; PH {}".format, expressions(), spans()),
        st.builds('{} || unknown "call"'.format, expressions()),
    ),
    st.sampled_from(("work", "weekend", "unknown")),
    st.just("Asia/Shanghai"),
    st.just(()),
)
MOMENTS = st.datetimes(naive("2026-01-01"), naive("2027-03-01")).map(lambda m: m.replace(second=0, microsecond=0))


@given(st.lists(SCHEDULES, min_size=1, max_size=6), MOMENTS)
@settings(max_examples=80, deadline=None)
def test_states_openings_intervals_and_windows_agree(schedules: list[Schedule], moment: datetime) -> None:
    table = Timetable(schedules, china())
    alone = Timetable(schedules, china())  # answers one by one, without the days of the others at hand
    states = table.states(moment)
    windows = table.windows(moment)
    aware = moment.replace(tzinfo=SHANGHAI)
    assert states.dtype == np.int8
    for i, schedule in enumerate(schedules):
        intervals = alone.intervals(i, moment.date() - timedelta(days=1), 5)
        inside = [interval.state for interval in intervals if interval.start <= aware < interval.end]
        assert states[i] == (inside or [CLOSED])[0]
        answer = alone.opening(i, moment)
        assert answer == table.opening(i, aware)
        assert answer.state == states[i]
        assert (answer.reason is not None) == (answer.state is UNKNOWN)
        assert answer == opening(schedule.osm, moment, makeup=schedule.makeup, calendar=china())
        expected = [
            (
                (interval.start - aware) / timedelta(minutes=1),
                min((interval.end - aware) / timedelta(minutes=1), 2880),
                interval.state is UNKNOWN,
            )
            for interval in intervals
            if interval.start - aware <= timedelta(days=1) and interval.end > aware
        ]
        rows = slice(windows.indptr[i], windows.indptr[i + 1])
        listed = zip(windows.start_min[rows], windows.end_min[rows], windows.unknown[rows], strict=True)
        assert list(listed) == expected


@given(SCHEDULES, MOMENTS)
@settings(max_examples=100, deadline=None)
def test_until_is_the_next_change(schedule: Schedule, moment: datetime) -> None:
    table = Timetable([schedule], china())
    answer = table.opening(0, moment)
    intervals = table.intervals(0, moment.date() - timedelta(days=1), 18)
    edges = sorted({edge for interval in intervals for edge in (interval.start, interval.end)})
    aware = moment.replace(tzinfo=SHANGHAI)
    horizon = aware + timedelta(days=14)
    following = next((edge for edge in edges if aware < edge <= horizon), None)
    assert answer.until == following
    entries = [interval for interval in intervals if interval.state is OPEN and interval.end > aware]
    if answer.state is OPEN:
        assert answer.opens_at is None
        assert answer.closes_at == (entries[0].end if entries[0].end <= horizon else None)
    else:
        start = entries[0].start if entries else None
        assert answer.opens_at == (start if start and start <= horizon else None)


WEEKLY = st.lists(
    st.builds("{} {}".format, weekday_selector.filter(lambda text: "[" not in text), spans()), min_size=1, max_size=4
).map("; ".join)


@given(WEEKLY, st.sampled_from(("work", "weekend", "unknown")), st.integers(0, 1439))
@settings(max_examples=150, deadline=None)
def test_the_readings_of_a_day_decide(weekly: str, habit: str, minute: int) -> None:
    """The rules of the calendar, said once more on plain weeks: what a weekday says is read off an ordinary week."""
    week = Timetable([Schedule(weekly)], NO_CALENDAR)
    says = [int(week.states(naive("2026-06-08") + timedelta(days=day, minutes=minute))[0]) for day in range(7)]
    worked = max(set(says[:5]), key=says[:5].count)
    worked = worked if says[:5].count(worked) >= 4 else UNKNOWN

    def agreed(*states: int) -> int:
        return states[0] if len(set(states)) == 1 else UNKNOWN

    def makeup(day: int) -> int:
        return {"work": worked, "weekend": says[day], "unknown": agreed(worked, says[day])}[habit]

    beyond = BEYOND_WEDNESDAY
    expected = {
        date(2026, 6, 10): says[2],
        date(2026, 10, 10): makeup(5),
        date(2026, 2, 14): makeup(5),
        date(2026, 10, 1): agreed(says[3], says[5], says[6]),
        date(2026, 10, 3): says[5],
        beyond: agreed(says[2], says[5], says[6]),
        beyond + timedelta(days=3): agreed(says[5], makeup(5)),
        beyond + timedelta(days=4): agreed(says[6], makeup(6)),
    }
    table = Timetable([Schedule(weekly, habit)], china())
    for day, state in expected.items():
        moment = datetime.combine(day, time()) + timedelta(minutes=minute)
        assert table.states(moment)[0] == state, (day, china().kind(day))


@given(WEEKLY, st.integers(0, 1439))
@settings(max_examples=80, deadline=None)
def test_hours_that_mention_holidays_hold_on_them_as_written(weekly: str, minute: int) -> None:
    table = Timetable([Schedule(f"{weekly}; PH off"), Schedule(f"{weekly}; PH 10:00-12:00")], china())
    for day in (date(2026, 10, 1), date(2026, 10, 3), date(2026, 2, 17)):
        assert china().kind(day) is DayKind.OFF
        moment = datetime.combine(day, time()) + timedelta(minutes=minute)
        assert table.states(moment).tolist() == [CLOSED, OPEN if 600 <= minute < 720 else CLOSED]


def test_eight_threads_get_the_answers_of_one() -> None:
    schedules = [Schedule(f"Mo-Fr {7 + i % 5:02}:00-1{i % 10}:30; Sa 10:00-12:00; PH off") for i in range(200)]
    moments = [at("2026-10-01T00:00") + timedelta(hours=7 * n) for n in range(60)]
    single = Timetable(schedules, china())
    expected = [single.states(moment).tolist() for moment in moments]
    shared = Timetable(schedules, china())
    wrong: list[datetime] = []

    def ask(offset: int) -> None:
        for n in range(len(moments)):
            number = (n + offset) % len(moments)
            if shared.states(moments[number]).tolist() != expected[number]:
                wrong.append(moments[number])
            if shared.opening(number, moments[number]).state != expected[number][number]:
                wrong.append(moments[number])

    threads = [threading.Thread(target=ask, args=(7 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
