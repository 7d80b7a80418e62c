"""A place that is shut for a time is closed then, to the second, whatever its hours say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.hours.calendar import china
from stationmap.hours.opening import Schedule, State, Timetable

DAY = date(2026, 10, 9)  # an ordinary Friday


def second(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp())


def table(osm: str, *shut: tuple[str, str]) -> Timetable:
    spans = tuple((second(start), second(end)) for start, end in shut)
    return Timetable([Schedule("24/7"), Schedule(osm, shut=spans), Schedule("")], china())


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("osm", "now", "state", "until", "opens_at"),
    [
        ("08:00-20:00", "2026-10-09T13:59", State.OPEN, "2026-10-09T14:00", None),
        ("08:00-20:00", "2026-10-09T14:00", State.CLOSED, "2026-10-09T16:30", "2026-10-09T16:30"),
        ("08:00-20:00", "2026-10-09T16:30", State.OPEN, "2026-10-09T20:00", None),
        ("24/7", "2026-10-09T15:00", State.CLOSED, "2026-10-09T16:30", "2026-10-09T16:30"),
        ("15:00-16:00", "2026-10-09T13:00", State.CLOSED, "2026-10-10T15:00", "2026-10-10T15:00"),
        ("22:00-15:00", "2026-10-09T13:00", State.OPEN, "2026-10-09T14:00", None),
        ("", "2026-10-09T15:00", State.CLOSED, "2026-10-09T16:30", None),
        ("", "2026-10-09T17:00", State.UNKNOWN, None, None),
    ],
)
def test_a_shut_afternoon(osm: str, now: str, state: State, until: str | None, opens_at: str | None) -> None:
    shut = table(osm, ("2026-10-09T14:00", "2026-10-09T16:30"))
    opening = shut.opening(1, at(now))
    assert opening.state is state
    assert opening.until == (at(until) if until else None)
    assert opening.opens_at == (at(opens_at) if opens_at else None)
    assert shut.states(at(now)).tolist() == [State.OPEN, state, State.UNKNOWN]


def test_two_closings_leave_what_lies_between() -> None:
    shut = table("08:00-20:00", ("2026-10-09T09:00", "2026-10-09T10:00"), ("2026-10-09T18:00", "2026-10-10T09:00"))
    told = [(f"{span.start:%d %H:%M}", f"{span.end:%d %H:%M}") for span in shut.intervals(1, DAY, 2)]
    assert told == [("09 08:00", "09 09:00"), ("09 10:00", "09 18:00"), ("10 09:00", "10 20:00")]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["24/7", "", "Mo-Fr 09:00-17:00; PH off", "20:00-06:00", "08:00-12:00,13:30-18:00"]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 2000)), min_size=1, max_size=3),
    st.integers(0, 4 * 1440),
)
def test_every_question_gives_the_same_answer(osm: str, closings: list[tuple[int, int]], minute: int) -> None:
    start = at("2026-10-08T00:00")
    spans = tuple(
        (
            int((start + timedelta(minutes=first)).timestamp()),
            int((start + timedelta(minutes=first + long)).timestamp()),
        )
        for first, long in closings
    )
    plain, shut = Timetable([Schedule(osm)], china()), Timetable([Schedule(osm, shut=spans)], china())
    now = start + timedelta(minutes=minute)
    closed = any(first <= now.timestamp() < last for first, last in spans)
    expected = State.CLOSED if closed else State(int(plain.states(now)[0]))
    assert shut.states(now).tolist() == [expected]
    assert shut.opening(0, now).state is expected
    windows = shut.windows(now)
    around = [
        State.UNKNOWN if unknown else State.OPEN
        for first, last, unknown in zip(windows.start_min, windows.end_min, windows.unknown, strict=True)
        if first <= 0 < last
    ]
    assert (around or [State.CLOSED]) == [expected]
    told = [span.state for span in shut.intervals(0, now.date(), 1) if span.start <= now.astimezone(UTC) < span.end]
    assert (told or [State.CLOSED]) == [expected]
