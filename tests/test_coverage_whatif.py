"""Changes of the supply: each by hand, and that the result is that of a whole computation anew."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, NotFound
from stationmap.hours.calendar import china
from stationmap.planning.coverage.shares import reached
from stationmap.planning.coverage.whatif import (
    Change,
    Close,
    Move,
    Open,
    OpenTill,
    SetHours,
    SetService,
    changed,
    open_till,
)
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.planning.pairs import Pairs, by_air
from stationmap.planning.question import Question, standing
from stationmap.planning.standing import Why
from stationmap.planning.supply import Had, Supply
from stationmap.schema.tables import StationTables
from tests.finder_tables import tables
from tests.planning_town import HOURS_C, place, town_demand, town_supply, town_tables

S, U, C, L = Why.SERVES, Why.UNKNOWN, Why.CLOSED, Why.LACKS
REACH_M = 310.0
MICROWAVE = frozenset({"microwave"})


def measure(lon: np.ndarray, lat: np.ndarray) -> Pairs:
    demand = town_demand()
    return by_air(demand.lon, demand.lat, lon, lat, REACH_M)


def town_pairs() -> Pairs:
    supply = town_supply()
    return measure(supply.lon, supply.lat)


def people(changes: list[Change], question: Question) -> tuple[float, float]:
    """Return who is covered in the town after changes."""
    after = changed(town_supply(), changes)
    stands = standing(after.supply, question, china())
    total = reached(after.pairs(town_pairs(), measure), stands).within(REACH_M).total(town_demand().weight("people"))
    return total.lower, total.upper


@pytest.mark.parametrize(
    ("changes", "question", "covered"),
    [
        ([], Question(time=WeekHour(44)), (95, 126)),  # Tuesday 20:00: D; B may
        ([OpenTill("A", "22:00")], Question(time=WeekHour(44)), (130, 153)),
        ([OpenTill("A", "21:59")], Question(time=WeekHour(45)), (95, 126)),
        ([SetHours("B", "24/7")], Question(time=WeekHour(44)), (126, 126)),
        ([SetService("B", "微波炉")], Question(needs=MICROWAVE), (145, 208)),
        ([SetService("A", "microwave", Had.NO)], Question(needs=MICROWAVE), (85, 162)),
        ([Close("A")], Question(), (208 - 35 + 8 + 12,) * 2),
        ([Close("A"), Close("B"), Close("C"), Close("D")], Question(), (0, 0)),
        # D moves to c44, whose neighbours are c34 and c43: 25 + 24 + 20; A, B and C cover 145 as before
        ([Move("D", *place(4, 4))], Question(), (145 + 69,) * 2),
        # a new one at c44 covers only c44 more: 25
        ([Open("F", *place(4, 4))], Question(), (208 + 25,) * 2),
        ([Open("F", *place(4, 4), services=MICROWAVE)], Question(needs=MICROWAVE), (108 + 69, 185 + 25)),
        ([Open("F", *place(4, 4)), Close("F")], Question(), (208, 208)),
    ],
)
def test_changes_of_the_town(changes: list[Change], question: Question, covered: tuple[float, float]) -> None:
    assert people(changes, question) == covered


def test_what_is_given_stays_as_it_is() -> None:
    supply, pairs = town_supply(), town_pairs()
    before = supply.lon.tolist(), supply.offers.answer.tolist(), pairs.station.tolist()
    after = changed(supply, [Move("D", *place(4, 4)), SetService("B", "microwave"), Close("A")])
    after.pairs(pairs, measure)
    assert (supply.lon.tolist(), supply.offers.answer.tolist(), pairs.station.tolist()) == before
    assert after.supply.ids.tolist() == ["B", "C", "D"]
    assert after.origin.tolist() == [1, 2, -1]


def test_hours_and_services_measure_nothing() -> None:
    def refuse(lon: np.ndarray, lat: np.ndarray) -> Pairs:
        raise AssertionError

    pairs = town_pairs()
    assert changed(town_supply(), [OpenTill("A", "22:00"), SetService("B", "tea")]).pairs(pairs, refuse) is pairs
    assert changed(town_supply(), [Close("A")]).pairs(pairs, refuse).stations == 3


@pytest.mark.parametrize(
    ("osm", "till", "longer"),
    [
        ("08:00-18:00", "22:00", "08:00-22:00"),
        ("08:00-18:00", "17:00", "08:00-18:00"),
        ("08:00-18:00", "02:00", "08:00-02:00"),
        ("08:00-18:00", "24:00", "08:00-24:00"),
        ("20:00-04:00", "02:00", "20:00-04:00"),
        (HOURS_C, "22:00", "Mo-Fr 09:00-12:00,13:30-22:00; PH off"),
        ("Mo-Fr 09:00-17:00; Sa 10:00-14:00", "20:00", "Mo-Fr 09:00-20:00; Sa 10:00-20:00"),
        ("Mo-Fr 09:00-12:00 open, Mo-Fr 14:00-17:00", "20:00", "Mo-Fr 09:00-12:00, Mo-Fr 14:00-20:00"),
        ("08:00-23:00+", "22:00", "08:00-23:00+"),
        ("24/7", "22:00", "24/7"),
        ("08:00-17:00+", "22:00", "08:00-22:00"),
    ],
)
def test_open_till(osm: str, till: str, longer: str) -> None:
    hour, minute = till.split(":")
    assert open_till(osm, int(hour) * 60 + int(minute)) == longer


def test_changes_that_cannot_be() -> None:
    faults: list[tuple[Change, type[Exception], str]] = [
        (Close("E"), NotFound, "no located station with the id 'E'"),
        (OpenTill("B", "22:00"), InvalidValue, "'B' are not known"),
        (OpenTill("A", "ten"), InvalidValue, "'ten' is no time of day"),
        (SetHours("A", "always"), InvalidValue, "always"),
        (SetService("A", "sauna"), InvalidValue, "'sauna' is no service"),
        (Move("A", 34.7, 113.6), InvalidValue, "no place in degrees"),
        (Open("A", 113.6, 34.7), InvalidValue, "'A' already"),
        (Open("E", 113.6, 34.7), InvalidValue, "'E' already"),
        (Open("F", float("nan"), 34.7), InvalidValue, "no place in degrees"),
        (Open("F", 113.6, 34.7, kinds=frozenset({"castle"})), InvalidValue, "'castle' is no kind"),
        (Open("F", 113.6, 34.7, osm="now and then"), InvalidValue, "now"),
    ]
    for change, fault, text in faults:
        with pytest.raises(fault, match=text):
            changed(town_supply(), [change])
    after = changed(town_supply(), [Close("A")])
    with pytest.raises(InvalidValue, match="4 stations, not of 3"):
        changed(after.supply, []).pairs(town_pairs(), measure)
    moved = changed(town_supply(), [Move("A", *place(0, 0))])
    with pytest.raises(InvalidValue, match="do not go together"):
        moved.pairs(town_pairs().within(300), measure)


def test_a_service_that_is_set_keeps_no_hours_and_no_outage() -> None:
    after = changed(town_supply(), [SetService("C", "hot_water"), SetService("C", "microwave")]).supply
    question = Question(needs=frozenset({"hot_water", "microwave"}), time=DayHour(date(2026, 10, 15), 10))
    assert standing(after, question, china()).why[2] == S


IDS = st.sampled_from("ABCD")
CELLS = st.tuples(st.integers(0, 4), st.integers(0, 4))
OSM = st.sampled_from(["24/7", "Mo-Fr 08:00-20:00", "", "22:00-06:00"])
CHANGES = st.lists(
    st.one_of(
        st.builds(Close, IDS),
        st.builds(SetHours, IDS, OSM, st.just("work")),
        st.builds(SetService, IDS, st.sampled_from(["microwave", "hot_water", "tea"]), st.sampled_from(list(Had))),
        st.builds(lambda name, cell: Move(name, *place(*cell)), IDS, CELLS),
        st.builds(
            lambda name, cell, osm, tea: Open(name, *place(*cell), osm=osm, services=frozenset({"tea"} if tea else ())),
            st.sampled_from("FGH"),
            CELLS,
            OSM,
            st.booleans(),
        ),
    ),
    max_size=6,
)


def rewritten(changes: list[Change]) -> StationTables | None:
    """Return the tables of the town as a clerk would have them after changes; None where a change cannot be."""
    town = town_tables()
    stations = {row["id"]: dict(row) for row in town.stations.to_dict("records")}
    ids = list(stations)
    services = {(ids[row["station"]], row["service"]): dict(row) for row in town.services.to_dict("records")}
    for change in changes:
        name = change.station
        if isinstance(change, Open) == (name in stations):
            return None
        if isinstance(change, Open):
            stations[name] = {"id": name, "lon": change.lon, "lat": change.lat, "hours_osm": change.osm}
            services |= {(name, code): {"service": code} for code in change.services}
        elif isinstance(change, Close):
            del stations[name]
            services = {key: row for key, row in services.items() if key[0] != name}
        elif isinstance(change, Move):
            stations[name] |= {"lon": change.lon, "lat": change.lat}
        elif isinstance(change, SetHours):
            stations[name] |= {"hours_osm": change.osm, "makeup": change.makeup}
        elif isinstance(change, SetService):
            answer = {Had.YES: "yes", Had.NO: "no", Had.UNKNOWN: "unknown"}[change.had]
            services[name, change.service] = {"service": change.service, "answer": answer}
    rows = [row | {"station": key[0]} for key, row in services.items()]
    return tables(list(stations.values()), rows)


@settings(max_examples=40, deadline=None)
@given(
    CHANGES,
    st.sampled_from([frozenset(), MICROWAVE, frozenset({"tea"}), frozenset({"hot_water", "microwave"})]),
    st.sampled_from([None, WeekHour(34), WeekHour(2), DayHour(date(2026, 10, 10), 10), DayHour(date(2026, 2, 17), 12)]),
)
def test_it_is_what_a_computation_anew_gives(
    changes: list[Change], needs: frozenset[str], time: WeekHour | DayHour | None
) -> None:
    wanted = rewritten(changes)
    if wanted is None:
        with pytest.raises((InvalidValue, NotFound)):
            changed(town_supply(), changes)
        return
    after, anew = changed(town_supply(), changes), Supply.of(wanted)
    assert after.supply.ids.tolist() == anew.ids.tolist()
    question = Question(needs=needs, time=time)
    assert standing(after.supply, question, china()).why.tolist() == standing(anew, question, china()).why.tolist()
    pairs, whole = after.pairs(town_pairs(), measure), measure(anew.lon, anew.lat)
    for name in ("start", "station", "distance_m", "minutes", "stations", "reach_m", "way"):
        assert np.array_equal(getattr(pairs, name), getattr(whole, name))
