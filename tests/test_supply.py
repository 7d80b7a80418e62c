"""The stations as arrays, and how each stands to a question: known answers of the town, then laws."""

from datetime import date

import numpy as np
import pytest

from stationmap.errors import InvalidValue, NotFound
from stationmap.hours.calendar import china
from stationmap.planning.moments import DayHour, WeekHour, day, normal_week
from stationmap.planning.question import Question, lasting, packed, standing, standings
from stationmap.planning.standing import Why
from stationmap.planning.supply import Had, Supply
from tests.finder_tables import tables
from tests.planning_town import town_supply, town_tables

S, U, C, L, K = Why.SERVES, Why.UNKNOWN, Why.CLOSED, Why.LACKS, Why.OTHER_KIND
REST = frozenset({"rest_station"})
MICROWAVE = frozenset({"microwave"})
HOT_WATER = frozenset({"hot_water"})
TUESDAY_10, TUESDAY_12, TUESDAY_11, SUNDAY_8 = WeekHour(34), WeekHour(36), WeekHour(35), WeekHour(152)


def why(question: Question) -> list[int]:
    return standing(town_supply(), question, china()).why.tolist()


def test_supply_of_the_town() -> None:
    supply = town_supply()
    assert supply.ids.tolist() == ["A", "B", "C", "D"]
    assert supply.unlocated == ("E",)
    assert [supply.schedules[i].osm for i in supply.schedule] == [
        "08:00-18:00", "", "Mo-Fr 09:00-12:00,13:30-17:00; PH off", "24/7",
    ]  # fmt: skip
    own = [
        (int(s), supply.schedules[i].osm)
        for s, i in zip(supply.offers.station, supply.offers.schedule, strict=True)
        if i >= 0
    ]
    assert own == [(2, "11:30-14:00")]
    assert [Had(a) for a in supply.offers.answer[supply.offers.of("microwave")]] == [
        Had.YES, Had.NO, Had.YES, Had.UNKNOWN,
    ]  # fmt: skip
    assert supply.position("C") == 2
    with pytest.raises(NotFound, match="'E'"):
        supply.position("E")


@pytest.mark.parametrize(
    ("question", "stands"),
    [
        (Question(), [S, S, S, S]),
        (Question(kinds=REST), [S, S, S, K]),
        (Question(needs=MICROWAVE), [S, L, S, U]),
        (Question(needs=HOT_WATER), [S, S, S, U]),
        (Question(time=TUESDAY_10), [S, U, S, S]),
        (Question(time=TUESDAY_12), [S, U, C, S]),  # C shuts from 12:00 to 13:30
        (Question(time=WeekHour(37)), [S, U, C, S]),  # 13:00-14:00: open from 13:30 only, not all through
        (Question(time=SUNDAY_8), [S, U, C, S]),
        (Question(time=WeekHour(42)), [C, U, C, S]),  # Tuesday 18:00: A has just shut
        (Question(needs=MICROWAVE, time=TUESDAY_10), [S, L, C, U]),  # C's microwave is on from 11:30
        (Question(needs=MICROWAVE, time=TUESDAY_11), [S, L, C, U]),
        (Question(kinds=REST, needs=MICROWAVE, time=TUESDAY_12), [S, L, C, K]),
        # Saturday 10 October 2026 is a make-up working day; B and D as ever
        (Question(time=DayHour(date(2026, 10, 10), 10)), [S, U, S, S]),
        (Question(time=DayHour(date(2026, 10, 3), 10)), [S, U, C, S]),
        (Question(needs=HOT_WATER, time=DayHour(date(2026, 10, 15), 10)), [S, U, L, U]),
        (Question(needs=HOT_WATER, time=DayHour(date(2026, 10, 16), 10)), [S, U, S, U]),
        (Question(needs=HOT_WATER, time=DayHour(date(2026, 10, 15), 10), outages=False), [S, U, S, U]),
        (Question(needs=HOT_WATER, time=WeekHour(34)), [S, U, S, U]),  # a normal week knows no outage
    ],
)
def test_how_the_town_stands(question: Question, stands: list[int]) -> None:
    assert why(question) == stands


def test_all_hours_at_once_say_what_each_hour_says() -> None:
    supply, question = town_supply(), Question(kinds=REST, needs=HOT_WATER)
    week = standings(supply, question, normal_week(supply.schedules))
    assert len(week) == 168
    for hour in (0, 8, 34, 36, 167):
        assert week.at(hour).why.tolist() == why(question.at(WeekHour(hour)))
    on = date(2026, 10, 15)
    dated = standings(supply, question, day(supply.schedules, on, china()))
    assert [dated.at(h).why.tolist() for h in range(24)] == [why(question.at(DayHour(on, h))) for h in range(24)]
    serves, may = week.serves_bits(), week.may_bits()
    assert serves.shape == (4, 3)
    assert not (serves & ~may).any()
    assert [bool(serves[0, h // 64] >> np.uint64(h % 64) & np.uint64(1)) for h in range(168)] == [
        8 <= h % 24 < 18 for h in range(168)
    ]


def test_packed_is_the_lowest_bit_first() -> None:
    flags = np.zeros((1, 168), bool)
    flags[0, [0, 63, 64, 167]] = True
    assert packed(flags).tolist() == [[1 | 1 << 63, 1, 1 << 39]]
    assert packed(np.zeros((0, 168), bool)).shape == (0, 3)
    assert packed(np.zeros((2, 0), bool)).shape == (2, 0)


def test_what_was_not_found_decides_nothing() -> None:
    supply = Supply.of(
        tables(
            [
                {"lon": 1, "lat": 1, "hours_osm": "24/7", "hours_basis": "inferred"},
                {"lon": 1, "lat": 1, "hours_osm": "24/7", "hours_uncertain": True},
            ],
            [
                {"station": 0, "service": "toilet", "basis": "generated"},
                {"station": 1, "service": "toilet", "answer": "no", "basis": "inferred"},
            ],
        )
    )
    assert supply.schedules == ((supply.schedules[0]),)
    assert supply.schedules[0].osm == ""
    assert standing(supply, Question(time=WeekHour(9)), china()).why.tolist() == [U, U]
    assert lasting(supply, Question(needs=frozenset({"toilet"}))).tolist() == [U, U]


def test_an_outage_of_what_may_be_there_is_a_lack() -> None:
    supply = Supply.of(
        tables(
            [{"lon": 1, "lat": 1, "hours_osm": "24/7"}],
            [{"station": 0, "service": "toilet", "answer": "unknown", "outage_until": "2026-10-15"}],
        )
    )
    question = Question(needs=frozenset({"toilet"}))
    assert lasting(supply, question, date(2026, 10, 15)).tolist() == [L]
    assert standing(supply, question.at(DayHour(date(2026, 10, 15), 1)), china()).why.tolist() == [L]
    assert standing(supply, question.at(DayHour(date(2026, 10, 16), 1)), china()).why.tolist() == [U]


def test_no_station_at_all() -> None:
    supply = Supply.of(tables([]))
    assert len(supply) == 0
    assert standings(supply, Question(needs=MICROWAVE), normal_week(supply.schedules)).why.shape == (0, 168)
    assert standing(supply, Question(time=DayHour(date(2026, 1, 1), 3)), china()).why.shape == (0,)


def test_some_of_the_stations() -> None:
    supply = town_supply()
    kept = supply.only(np.array([False, True, True, True]))
    for question in (Question(needs=MICROWAVE, time=TUESDAY_11), Question(kinds=REST, needs=HOT_WATER)):
        assert standing(kept, question, china()).why.tolist() == why(question)[1:]


def test_words_that_are_not_in_the_vocabulary_or_the_week() -> None:
    assert Question.asked(kinds=["职工书屋"]).kinds == {"book_corner"}
    with pytest.raises(InvalidValue, match="'sauna' is no service"):
        Question.asked(needs=["sauna"])
    with pytest.raises(InvalidValue, match="Hour 168"):
        WeekHour(168)
    with pytest.raises(InvalidValue, match="24"):
        DayHour(date(2026, 1, 1), 24)


def test_capacities() -> None:
    supply = Supply.of(town_tables(), capacity=[5, np.nan, 7, 8, 9])
    assert supply.capacity is not None
    assert supply.capacity.tolist()[2:] == [7, 8]
    with pytest.raises(InvalidValue, match="2 capacities for 5 stations"):
        Supply.of(town_tables(), capacity=[1, 2])
    with pytest.raises(InvalidValue, match="Row 2"):
        Supply.of(town_tables(), capacity=[1, -1, 2, 2, 2])
