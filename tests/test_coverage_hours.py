"""Coverage by the hour and on arrival: the town by hand, then the plain loop as judge."""

# ruff: noqa: DTZ001 - naive times are those of the place

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.hours.calendar import china
from stationmap.hours.opening import Timetable
from stationmap.planning.coverage import week as week_module
from stationmap.planning.coverage.arrival import reached_open
from stationmap.planning.coverage.result import coverage
from stationmap.planning.coverage.shares import Total, reached
from stationmap.planning.coverage.week import by_hour
from stationmap.planning.moments import DayHour, WeekHour, day, normal_week
from stationmap.planning.pairs import Pairs, by_air
from stationmap.planning.question import Question, Standings, standing, standings
from stationmap.planning.standing import Why
from stationmap.planning.supply import Supply
from tests.finder_tables import tables
from tests.hours_expressions import expressions
from tests.planning_town import place, town_demand, town_supply

REST = frozenset({"rest_station"})
MICROWAVE = frozenset({"microwave"})
TUESDAY = datetime(2026, 5, 19)


def town_pairs(reach_m: float = 310) -> Pairs:
    demand, supply = town_demand(), town_supply()
    return by_air(demand.lon, demand.lat, supply.lon, supply.lat, reach_m)


def test_the_week_of_the_town() -> None:
    supply, people = town_supply(), town_demand().weight("people")
    hours = normal_week(supply.schedules)
    asked = {"any": Question(), "rest": Question(kinds=REST), "microwave": Question(needs=MICROWAVE)}
    stands = {name: standings(supply, question, hours) for name, question in asked.items()}
    found = by_hour(town_pairs(), stands, people)
    assert found.questions == ("any", "rest", "microwave")
    # in the town's words: D alone at night (B may); A from 8, C from 9 to 12 and from 14 to 17
    tuesday = slice(24, 48)
    night = 95
    any_lower = [night] * 8 + [130] + [185] * 3 + [130] * 2 + [185] * 3 + [130] + [night] * 6
    assert found.lower[0, tuesday].tolist() == any_lower
    assert found.upper[0, tuesday].tolist() == [95 + 45 - 14] * 8 + [153] + [208] * 3 + [153] * 2 + [208] * 3 + [
        153
    ] + [126] * 6  # fmt: skip
    assert found.lower[1, tuesday].tolist() == [0] * 8 + [35] + [108] * 3 + [35] * 2 + [108] * 3 + [35] + [0] * 6
    # a microwave: A's by day, C's own hours 11:30-14:00 meet its opening in no whole hour; D's is not known
    assert found.lower[2, tuesday].tolist() == [0] * 8 + [35] * 10 + [0] * 6
    assert found.upper[2, tuesday].tolist() == [95] * 8 + [130] * 10 + [95] * 6
    assert found.total(34) == Total(310.0, 185, 208, 325)
    assert found.worst(0) == 0


def test_who_is_there_in_the_hour() -> None:
    """Two workers in each cell, there from 8 to 18: at night nobody needs a station."""
    found = coverage(
        town_demand(),
        town_supply(),
        town_pairs(),
        Question(kinds=REST),
        calendar=china(),
        weight="workers",
        reaches_m=[310, 0],
        hours="week",
    )
    week = found.by_hour[0]
    assert week.demand[:24].tolist() == [0] * 8 + [50] * 10 + [0] * 6
    assert week.lower[0, 34] == 2 * 9  # nine cells round A and C, which share one
    assert week.total(3).share is None
    assert found.by_hour[1].lower[0, 34] == 4
    festival = coverage(
        town_demand(),
        town_supply(),
        town_pairs(),
        Question(),
        calendar=china(),
        weight="workers",
        reaches_m=[310],
        hours=date(2026, 2, 17),
    )
    assert festival.by_hour[0].demand.tolist() == week.demand[:24].tolist()
    assert festival.by_hour[0].lower[0, 10] == 2 * (5 + 5)  # A and D; C is shut on holidays
    assert festival.by_hour[0].first == datetime(2026, 2, 17)


def test_each_hour_says_what_the_question_says() -> None:
    supply, pairs, people = town_supply(), town_pairs(), town_demand().weight("people")
    question = Question(needs=frozenset({"hot_water"}))
    on = date(2026, 10, 15)
    dated = by_hour(pairs, {"": standings(supply, question, day(supply.schedules, on, china()))}, people)
    for hour in range(24):
        stands = standing(supply, question.at(DayHour(on, hour)), china())
        assert reached(pairs, stands).within(310).total(people) == dated.total(hour)
    week = by_hour(pairs, {"": standings(supply, question, normal_week(supply.schedules))}, people)
    for hour in range(0, 168, 7):
        stands = standing(supply, question.at(WeekHour(hour)), china())
        assert reached(pairs, stands).within(310).total(people) == week.total(hour)


def test_what_does_not_belong_together() -> None:
    pairs, people = town_pairs(), town_demand().weight("people")
    some = Standings(TUESDAY, np.zeros((4, 3), np.int8))
    with pytest.raises(InvalidValue, match="No question is asked"):
        by_hour(pairs, {}, people)
    with pytest.raises(InvalidValue, match="'b' is of other hours"):
        by_hour(pairs, {"a": some, "b": Standings(TUESDAY, np.zeros((4, 2), np.int8))}, people)
    with pytest.raises(InvalidValue, match="4 stations, not of 3"):
        by_hour(pairs, {"a": Standings(TUESDAY, np.zeros((3, 3), np.int8))}, people)
    with pytest.raises(InvalidValue, match="2 parts of a weight for 3 hours"):
        by_hour(pairs, {"a": some}, people, np.ones(2))
    assert by_hour(pairs, {"a": Standings(TUESDAY, np.zeros((4, 0), np.int8))}, people).lower.shape == (1, 0)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Pairs, dict[str, Standings], np.ndarray]:
    """Return rows of stations, many of them alike, in which stations stand as they like, and whole weights."""
    stations, hours = draw(st.integers(0, 6)), draw(st.sampled_from([1, 24, 64, 65, 168]))
    sets = draw(st.lists(st.sets(st.integers(0, stations - 1)) if stations else st.just(set()), max_size=30))
    start = np.cumsum([0, *map(len, sets)])
    station = np.array([each for one in sets for each in sorted(one)], np.int32)
    metres = np.zeros(len(station))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    names = draw(st.sampled_from([("a",), ("a", "b")]))
    questions = {name: Standings(TUESDAY, random.integers(0, 5, (stations, hours)).astype(np.int8)) for name in names}
    weight = random.integers(0, 9, len(sets)).astype(float)
    return Pairs(start, station, metres, metres, stations, 100.0, "air"), questions, weight


@settings(max_examples=60, deadline=None)
@given(weeks(), st.sampled_from([0.0, 0.6, 1.0]), st.sampled_from([1, 3, 250_000]))
def test_the_week_of_bits_is_the_plain_loop(
    given_week: tuple[Pairs, dict[str, Standings], np.ndarray], fewer: float, block: int
) -> None:
    pairs, questions, weight = given_week
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(week_module, "_FEWER", fewer)
        patch.setattr(week_module, "_PAIRS", block)
        found = by_hour(pairs, questions, weight)
    assert (found.lower <= found.upper).all()
    assert (found.upper <= found.demand).all()
    for number, stands in enumerate(questions.values()):
        for hour in range(len(stands)):
            for bounds, worst in ((found.lower, Why.SERVES), (found.upper, Why.UNKNOWN)):
                served = sum(
                    weight[row]
                    for row in range(pairs.demand)
                    if any(stands.why[s, hour] <= worst for s in pairs.station[pairs.start[row] : pairs.start[row + 1]])
                )
                assert bounds[number, hour] == served


def arrived(
    sets_out: datetime, question: Question, margin_min: float = 0.0, reach_m: float = 310
) -> tuple[float, float]:
    people = town_demand().weight("people")
    reach = reached_open(town_pairs(reach_m), town_supply(), question, sets_out, china(), margin_min=margin_min)
    total = reach.within(reach_m).total(people)
    return total.lower, total.upper


def test_open_on_arrival() -> None:
    """300 m take 4 minutes at 75 m a minute."""
    rest = Question(kinds=REST)
    noon = TUESDAY.replace(hour=11, minute=50)
    assert arrived(noon, rest) == (108, 145)
    assert arrived(noon, rest, 10) == (35 + 17, 35 + 45 - 8 + 17)  # only who stands at C has ten minutes there
    assert arrived(noon, rest, 10.5) == (35, 35 + 45 - 8)
    assert arrived(TUESDAY.replace(hour=11, minute=57), rest) == (35 + 17, 35 + 45 - 8 + 17)  # 4 minutes too late for C
    # before A opens at 8: who has 4 minutes to go finds it open, who stands there does not
    early = TUESDAY.replace(hour=7, minute=57)
    assert arrived(early, rest) == (28, 28 + 45 - 8)
    assert arrived(TUESDAY.replace(hour=17, minute=55), rest, 3) == (7, 7 + 45)


def test_services_on_arrival() -> None:
    microwave = Question(needs=MICROWAVE)
    # C's microwave is on from 11:30; who sets out at 11:27 from its own cell is too early, the others are not
    assert arrived(TUESDAY.replace(hour=11, minute=27), microwave)[0] == 108 - 17
    assert arrived(TUESDAY.replace(hour=11, minute=31), microwave)[0] == 108
    hot = Question(needs=frozenset({"hot_water"}))
    # C's hot water is out of order to the end of 15 October; on that Thursday at 10:00 and on the Friday
    assert arrived(datetime(2026, 10, 15, 10), hot)[0] == 35
    assert arrived(datetime(2026, 10, 16, 10), hot)[0] == 108
    assert arrived(datetime(2026, 10, 15, 10), Question(needs=frozenset({"hot_water"}), outages=False))[0] == 108


def test_arrivals_after_midnight_are_of_the_next_day() -> None:
    lon, lat = place(0, 0)
    supply = Supply.of(
        tables(
            [{"lon": lon, "lat": lat, "hours_osm": "24/7"}],
            [{"station": 0, "service": "toilet", "outage_until": "2026-10-15"}],
        )
    )
    at = place(np.array([0.0, 4.0]), np.array([0.0, 0.0]))
    pairs = by_air(*at, supply.lon, supply.lat, 2000)  # 16 minutes for the second
    question = Question(needs=frozenset({"toilet"}))
    reach = reached_open(pairs, supply, question, datetime(2026, 10, 15, 23, 50), china())
    assert np.isinf(reach.certain_m).tolist() == [True, False]


def test_margins_and_ways_that_cannot_be() -> None:
    with pytest.raises(InvalidValue, match="0 to 1440 minutes, not -1"):
        arrived(TUESDAY, Question(), -1)
    slow = by_air([0.0], [0.0], [1.0], [0.0], 200_000)
    supply = Supply.of(tables([{"lon": 1.0, "lat": 0.0}]))
    with pytest.raises(InvalidValue, match="A way takes 1484 minutes"):
        reached_open(slow, supply, Question(), TUESDAY, china())
    with pytest.raises(InvalidValue, match="4 stations, not of 1"):
        reached_open(town_pairs(), supply, Question(), TUESDAY, china())


@settings(max_examples=30, deadline=None)
@given(
    st.lists(expressions(), min_size=1, max_size=4),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30)),
    st.lists(st.integers(0, 600), min_size=1, max_size=6),
    st.integers(0, 120),
)
def test_arrivals_are_those_of_the_minutes(texts: list[str], sets_out: datetime, ways: list[int], margin: int) -> None:
    """One place, and for each way a station of each schedule so far off: open in all minutes of the stay."""
    sets_out = sets_out.replace(second=0, microsecond=0)
    supply = Supply.of(tables([{"lon": 1.0, "lat": 1.0, "hours_osm": text, "makeup": "work"} for text in texts]))
    minutes = np.sort(np.array(ways, float))
    for number in range(len(texts)):
        station = np.full(len(ways), number, np.int32)
        pairs = Pairs(np.arange(len(ways) + 1), station, minutes * 75, minutes, len(texts), 1e6, "air")
        reach = reached_open(pairs, supply, Question(), sets_out, china(), margin_min=float(margin))
        for row, way in enumerate(minutes.tolist()):
            begin = sets_out + timedelta(minutes=way)
            stay = max(margin, 1)
            table = _minutes(supply, number, begin, stay)
            assert np.isfinite(reach.certain_m[row]) == (table == 1).all()
            assert np.isfinite(reach.possible_m[row]) == (table != 0).all()


def _minutes(supply: Supply, number: int, begin: datetime, count: int) -> np.ndarray:
    table = Timetable([supply.schedules[supply.schedule[number]]], china())
    return np.array([table.states(begin + timedelta(minutes=minute))[0] for minute in range(count)])
