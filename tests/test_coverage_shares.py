"""Coverage of the town, worked out by hand, and the laws that hold everywhere.

At 310 m a station covers its own cell and the four beside it: A 35 people, B 45, C 85, D 95; A and B share c21 (8), A
and C c12 (12), B and D c32 (14), C and D c23 (18). So A+B+C cover 145 people, all four 208 of 325.
"""

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.geo.areas import Area, AreaTree
from stationmap.hours.calendar import china
from stationmap.planning.coverage.areas import Parts, by_area
from stationmap.planning.coverage.backup import backup
from stationmap.planning.coverage.curves import curves
from stationmap.planning.coverage.profile import Profile, kinds_of_areas, profiles
from stationmap.planning.coverage.result import Coverage, by_kind, by_service, compared, coverage, ladder
from stationmap.planning.coverage.shares import Total, reached, reached_anywhere
from stationmap.planning.demand.demand import Demand
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.planning.pairs import Pairs, by_air
from stationmap.planning.question import Question, standing
from stationmap.planning.standing import Standing, Why
from stationmap.planning.supply import Supply
from tests.finder_tables import tables
from tests.planning_town import town_areas, town_demand, town_supply

REST = frozenset({"rest_station"})
MICROWAVE = frozenset({"microwave"})
TUESDAY_10, TUESDAY_12 = WeekHour(34), WeekHour(36)


def town_pairs(reach_m: float = 1000) -> Pairs:
    demand, supply = town_demand(), town_supply()
    return by_air(demand.lon, demand.lat, supply.lon, supply.lat, reach_m)


def town_coverage(question: Question, **more: object) -> Coverage:
    settings = {"calendar": china(), "weight": "people", "reaches_m": (310,)} | more
    return coverage(town_demand(), town_supply(), town_pairs(), question, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "lower", "upper"),
    [
        (Question(), 208, 208),
        (Question(kinds=REST), 145, 145),
        (Question(needs=MICROWAVE), 108, 185),  # A and C have one, D may, B has none
        (Question(time=TUESDAY_10), 185, 208),  # B's hours are not known
        (Question(kinds=REST, time=TUESDAY_10), 108, 145),
        (Question(time=TUESDAY_12), 130, 153),  # C is shut at noon
        (Question(kinds=REST, needs=MICROWAVE, time=TUESDAY_12), 35, 35),
        (Question(kinds=frozenset({"book_corner"})), 95, 95),
        (Question(kinds=frozenset({"mother_room"})), 0, 0),
    ],
)
def test_people_within_310_m(question: Question, lower: float, upper: float) -> None:
    found = town_coverage(question)
    assert found.totals == (Total(310.0, lower, upper, 325.0),)
    assert found.totals[0].share == (lower / 325, upper / 325)


def test_several_reaches_and_the_boundary() -> None:
    found = town_coverage(Question(), reaches_m=(0, 310, 430, 1000))
    assert [total.lower for total in found.totals] == [52, 208, 325, 325]  # 52 stand on the stations
    exact = float(town_pairs(310).distance_m.max())
    below = np.nextafter(exact, 0)
    assert town_coverage(Question(), reaches_m=(exact,)).totals[0].lower == 208
    assert town_coverage(Question(), reaches_m=(below,)).totals[0].lower < 208
    with pytest.raises(InvalidValue, match="reach 1000 m; 1001 m"):
        town_coverage(Question(), reaches_m=(1001,))
    with pytest.raises(InvalidValue, match="from 0 up, not -1"):
        town_coverage(Question(), reaches_m=(-1,))


def test_who_cannot_be_reached() -> None:
    demand, supply = town_demand(), town_supply()
    near = by_air(demand.lon, demand.lat, supply.lon, supply.lat, 310)
    found = coverage(demand, supply, near, Question(kinds=REST), calendar=china(), weight="people", reaches_m=[310])
    assert found.unreachable_weight == 325 - 145
    assert len(found.unreachable) == 25 - 13
    assert demand.weight("people")[found.unreachable].sum() == 180


def test_by_area_every_level_adds_up() -> None:
    found = town_coverage(Question(kinds=REST, time=TUESDAY_10), areas=town_areas(), reaches_m=(310, 1000))
    table = found.by_area
    assert table is not None
    assert [area.name for area in table.areas] == ["城", "西区", "中区"]
    assert table.above == ("", "410100", "410100")
    assert table.demand.tolist() == [300, 115, 135]
    assert table.own.tolist() == [50, 115, 135]
    # A and C: c11 7, c01 6, c10 2, c12 12, c13 17, c03 16, c14 22 in the west, c21 8 and c23 18 in the middle;
    # B may add c31 9, c30 4 and c32 14 there, and c41 10 in the city alone
    assert table.lower[:, 0].tolist() == [108, 82, 26]
    assert table.upper[:, 0].tolist() == [145, 82, 53]
    assert table.elsewhere == (Total(310.0, 0, 0, 25), Total(1000.0, 25, 25, 25))
    for column, total in enumerate(found.totals):
        assert table.lower[0, column] + table.elsewhere[column].lower == total.lower
        assert table.upper[0, column] + table.elsewhere[column].upper == total.upper
    assert table.demand[0] + table.elsewhere[0].demand == found.totals[0].demand


def test_areas_in_the_planners_own_order() -> None:
    found = town_coverage(Question(), areas=town_areas(), order=["中区", "410100", "西区", "410103"])
    assert found.by_area is not None
    assert [area.adcode for area in found.by_area.areas] == ["410103", "410100", "410102", "410103"]
    assert found.by_area.demand.tolist() == [135, 300, 115, 135]
    assert [found.by_area.total(row).demand for row in range(4)] == [135, 300, 115, 135]
    assert found.by_area.of_level("district").demand.tolist() == [135, 115, 135]
    with pytest.raises(InvalidValue, match="No area is called '东区'"):
        town_coverage(Question(), areas=town_areas(), order=["东区"])


def test_names_that_several_areas_have() -> None:
    tree = AreaTree(
        [
            Area("110000", "甲", "province", "", None),
            Area("110101", "新区", "district", "110000", None),
            Area("110102", "新区", "district", "110000", None),
        ]
    )
    with pytest.raises(InvalidValue, match="'新区' names several areas: 110101, 110102"):
        town_coverage(Question(), areas=tree, order=["新区"])


def test_an_empty_area_and_codes_that_no_area_has() -> None:
    tree = AreaTree([*town_areas().areas, Area("410104", "空区", "district", "410100", None)])
    demand = town_demand()
    adcode = demand.adcode.copy()
    adcode[0], adcode[1] = "410199", "999999"  # the city is above the one, nothing above the other
    changed = Demand(demand.ids, demand.lon, demand.lat, demand.weights, adcode)
    found = coverage(
        changed, town_supply(), town_pairs(), Question(), calendar=china(), weight="people", reaches_m=[310], areas=tree
    )
    table = found.by_area
    assert table is not None
    assert table.total(3) == Total(310.0, 0, 0, 0)
    assert table.total(3).share is None
    assert table.unmatched == ("410199", "999999")
    assert table.own.tolist() == [51, 112, 135, 0]
    assert table.elsewhere[0].demand == 27
    assert any("2 area codes" in str(limit) for limit in found.limits)


def test_a_reach_for_each_kind_of_area() -> None:
    """West is dense and has a reach of 0, the middle is ordinary with 310 m; of column 4 nothing is said."""
    rule = Profile("try", "试", "try", "nobody", "example", {"ordinary": 310.0, "dense": 0.0})
    demand = town_demand()
    kind = kinds_of_areas(demand.adcode, {"410102": "dense", "410103": "ordinary"})
    assert kind.tolist()[:5] == ["dense", "dense", "ordinary", "ordinary", ""]
    found = town_coverage(Question(), profile=(rule, kind), areas=town_areas())
    # A 7 and C 17; in the middle 9 + 19 + 8 + 4 + 14 + 18 + 24; c41 and c43, 30 people, if they are ordinary
    assert found.totals[1] == Total(None, 24 + 96, 24 + 96 + 30, 325)
    assert found.by_area is not None
    assert found.by_area.lower[:, 1].tolist() == [120, 24, 96]
    assert found.by_area.upper[:, 1].tolist() == [150, 24, 96]
    assert town_coverage(Question(), profile=(rule, kind), reaches_m=()).totals == (found.totals[1],)
    with pytest.raises(InvalidValue, match="no reach for areas of the kind 'lake'"):
        rule.reaches(np.array(["lake"], object))
    with pytest.raises(InvalidValue, match="1 kinds of area for 25"):
        town_coverage(Question(), profile=(rule, np.array(["dense"], object)))
    assert kinds_of_areas(demand.adcode, {"410100": "dense"}).tolist() == ["dense"] * 24 + [""]


def test_profiles_as_data(tmp_path: Path) -> None:
    known = profiles()
    assert dict(known["shandong-2022-spacing"].reach_m) == {"ordinary": 1000.0, "dense": 500.0}
    assert known["shandong-2022-spacing"].trust == "press"
    mine = tmp_path / "mine.toml"
    mine.write_text('[town]\nsource = "us"\ntrust = "own"\nreach_m = {ordinary = 800}\n', encoding="utf-8")
    assert profiles(mine)["town"].zh == "town"
    faults = {
        '[town]\nsource = "us"\ntrust = "own"\n': "lacks reach_m",
        '[town]\nsource = "us"\ntrust = "sure"\nreach_m = {a = 1}\n': "'sure' is no mark of trust",
        '[town]\nsource = "us"\ntrust = "own"\nreach_m = {}\n': "no kind of area",
        '[town]\nsource = "us"\ntrust = "own"\nreach_m = {a = -5}\n': "not -5",
        '[town]\nsource = "us"\ntrust = "own"\nreach_m = {a = "near"}\n': "not 'near'",
        "town = 5\n": "lacks source, trust, reach_m",
    }
    for text, fault in faults.items():
        mine.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidValue, match=fault):
            profiles(mine)
    mine.write_text("[town", encoding="utf-8")
    with pytest.raises(UnusableInput, match="is no TOML"):
        profiles(mine)
    with pytest.raises(UnusableInput, match="cannot be read"):
        profiles(tmp_path / "none.toml")


def test_backup() -> None:
    pairs, people = town_pairs(), town_demand().weight("people")
    found = backup(pairs, Standing(np.zeros(4, np.int8)), 310)
    assert [total.lower for total in found.spread(people, 3)] == [208, 8 + 12 + 14 + 18, 0]
    assert found.at_least(0, people).lower == 325
    unsure = backup(pairs, standing(town_supply(), Question(time=TUESDAY_10), china()), 310)
    assert unsure.at_least(2, people) == Total(310, 12 + 18, 52, 325)  # what B shares is not certain
    with pytest.raises(InvalidValue, match="not -1"):
        found.at_least(-1, people)


def test_curves() -> None:
    demand, supply = town_demand(), town_supply()
    stands = Standing(np.zeros(4, np.int8))
    both = curves(reached_anywhere(demand, supply, stands), demand.weight("people"))
    curve = both.lower
    assert curve.within([0, 299, 310, 430, 1e6]).tolist() == [52, 52, 208, 325, 325]
    assert curve.share(310) == 208 / 325
    assert curve.distance_for(0.0) == 0.0
    assert curve.distance_for(52 / 325) == 0.0
    assert curve.distance_for(0.5) == pytest.approx(300, abs=0.05)
    assert curve.distance_for(1.0) == pytest.approx(424.26, abs=0.05)
    near = curves(reached(town_pairs(310), stands), demand.weight("people")).lower
    assert near.distance_for(0.64) == pytest.approx(300, abs=0.05)
    assert near.distance_for(0.65) == float("inf")  # 208 of 325 are 0.64
    with pytest.raises(InvalidValue, match="reach 310 m"):
        near.within(311)
    with pytest.raises(InvalidValue, match="not 65"):
        near.distance_for(65)
    nobody = curves(reached(town_pairs(), stands), np.zeros(25)).lower
    assert nobody.share(5) is None
    assert nobody.distance_for(0.5) == 0.0


def test_from_what_exists_to_what_is_of_use() -> None:
    question = Question(REST, MICROWAVE, TUESDAY_12)
    found = compared(
        town_demand(), town_supply(), town_pairs(), ladder(question), calendar=china(), weight="people", reach_m=310
    )
    assert {name: (total.lower, total.upper) for name, total in found.items()} == {
        "exists": (145, 145),
        "open": (35, 35 + 45 - 8),
        "has": (108, 108),
        "effective": (35, 35),
    }


def test_by_kind_and_by_service() -> None:
    kinds = by_kind(Question(time=TUESDAY_10))
    found = compared(town_demand(), town_supply(), town_pairs(), kinds, calendar=china(), weight="people", reach_m=310)
    assert (found["rest_station"].lower, found["rest_station"].upper) == (108, 145)
    assert (found["book_corner"].lower, found["mother_room"].upper) == (95, 0)
    services = by_service(Question(needs=frozenset({"hot_water", "microwave"})))
    assert set(services) == {"hot_water", "microwave"}
    found = compared(
        town_demand(), town_supply(), town_pairs(), services, calendar=china(), weight="people", reach_m=310
    )
    assert (found["hot_water"].lower, found["hot_water"].upper) == (145, 208)


def test_limits_are_told() -> None:
    told = [str(limit) for limit in town_coverage(Question(time=DayHour(date(2026, 2, 17), 9))).limits]
    assert told == [
        "1 stations without coordinates are left out.",
        "The hours of 1 of 4 stations are not known: they count in the upper bound alone.",
    ]


def test_no_station_and_nobody() -> None:
    demand, nobody = town_demand(), Supply.of(tables([]))
    none = by_air(demand.lon, demand.lat, [], [], 500)
    found = coverage(demand, nobody, none, Question(), calendar=china(), weight="people", reaches_m=[500])
    assert found.totals == (Total(500.0, 0, 0, 325),)
    assert len(found.unreachable) == 25
    assert str(found.limits[0]) == "There is no located station."
    empty = Demand(np.empty(0, object), np.empty(0), np.empty(0), {"people": np.empty(0)}, np.empty(0, object))
    supply = town_supply()
    pairs = by_air(empty.lon, empty.lat, supply.lon, supply.lat, 500)
    found = coverage(
        empty,
        supply,
        pairs,
        Question(),
        calendar=china(),
        weight="people",
        reaches_m=[500],
        areas=town_areas(),
        hours="week",
    )
    assert found.totals[0].share is None
    assert found.by_area is not None
    assert found.by_area.demand.tolist() == [0, 0, 0]
    assert found.by_hour[0].total(34).share is None
    assert any("no share of nothing" in str(limit) for limit in found.limits)


def test_what_does_not_belong_together() -> None:
    with pytest.raises(InvalidValue, match="No reach is given"):
        town_coverage(Question(), reaches_m=())
    with pytest.raises(InvalidValue, match="no weight 'jobs'"):
        town_coverage(Question(), weight="jobs")
    empty = Demand(np.empty(0, object), np.empty(0), np.empty(0), {"people": np.empty(0)}, np.empty(0, object))
    with pytest.raises(InvalidValue, match="25 demand places, not of 0"):
        coverage(empty, town_supply(), town_pairs(), Question(), calendar=china(), weight="people", reaches_m=[5])
    with pytest.raises(InvalidValue, match="4 stations, not of 3"):
        reached(town_pairs(), Standing(np.zeros(3, np.int8)))
    with pytest.raises(InvalidValue, match="neither a date nor"):
        town_coverage(Question(), hours="month")


@st.composite
def towns(draw: st.DrawFn) -> tuple[Demand, Pairs, Standing]:
    """Return a few places of people, stations that stand in every way, and all pairs within 3 km."""
    place = st.tuples(st.integers(0, 12), st.integers(0, 12))
    people = draw(
        st.lists(st.tuples(place, st.integers(0, 50), st.sampled_from(["", "410100", "410102", "410103"])), max_size=25)
    )
    stations = draw(st.lists(place, max_size=8))
    x, y = (np.array([each[0][i] for each in people], float) * 2e-3 + 113.6 * (1 - i) + 34.7 * i for i in range(2))
    u, v = np.array(stations, float).reshape(-1, 2).T * 2e-3
    ids = np.array([f"d{i}" for i in range(len(people))], object)
    weights = {"people": np.array([each[1] for each in people], float)}
    demand = Demand(ids, x, y, weights, np.array([each[2] for each in people] + [""], object)[:-1])
    why = draw(st.lists(st.sampled_from(list(Why)), min_size=len(stations), max_size=len(stations)))
    return demand, by_air(x, y, u + 113.6, v + 34.7, 3000), Standing(np.array(why, np.int8))


@settings(max_examples=80, deadline=None)
@given(towns(), st.lists(st.floats(0, 3000), min_size=2, max_size=4).map(sorted))
def test_laws(town: tuple[Demand, Pairs, Standing], reaches_m: list[float]) -> None:
    demand, pairs, stands = town
    people, reach = demand.weight("people"), reached(pairs, stands)
    covered = [reach.within(reach_m) for reach_m in reaches_m]
    totals = [each.total(people) for each in covered]
    curve = curves(reach, people)
    for reach_m, each, total in zip(reaches_m, covered, totals, strict=True):
        assert total.lower <= total.upper <= total.demand
        assert (each.possible | ~each.certain).all()
        assert curve.lower.within(reach_m) == total.lower
        assert curve.upper.within(reach_m) == total.upper
        assert backup(pairs, stands, reach_m).at_least(1, people) == total
        # the plain way: any pair of a station that serves
        near = {int(row) for row, station, metres in zip(pairs.rows(), pairs.station, pairs.distance_m, strict=True)
                if metres <= reach_m and stands.serves[station]}  # fmt: skip
        assert set(np.flatnonzero(each.certain).tolist()) == near
    assert all(a.lower <= b.lower and a.upper <= b.upper for a, b in pairwise(totals))
    table = by_area(covered, people, Parts.of(demand.adcode, town_areas()))
    for column, total in enumerate(totals):
        for name, values in (
            ("lower", table.lower[:, column]),
            ("upper", table.upper[:, column]),
            ("demand", table.demand),
        ):
            roots = sum(value for value, above in zip(values, table.above, strict=True) if not above)
            assert roots + getattr(table.elsewhere[column], name) == getattr(total, name)
            assert (values <= table.demand).all()
    parts = sum(value for value, above in zip(table.demand, table.above, strict=True) if above == "410100")
    assert table.own[0] + parts == table.demand[0]


@settings(max_examples=40, deadline=None)
@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_demand_and_stations_does_not_matter(town: tuple[Demand, Pairs, Standing], random: object) -> None:
    _, pairs, stands = town
    order = list(range(pairs.demand))
    random.shuffle(order)  # type: ignore[attr-defined]
    number = list(range(pairs.stations))
    random.shuffle(number)  # type: ignore[attr-defined]
    rows = [(pairs.station[a:b], pairs.distance_m[a:b]) for a, b in pairwise(pairs.start)]
    mixed = [sorted((float(m), number[s]) for s, m in zip(*rows[i], strict=True)) for i in order]
    flat = [pair for row in mixed for pair in row]
    start = np.cumsum([0, *(len(row) for row in mixed)])
    metres = np.array([m for m, _ in flat])
    other = Pairs(start, np.array([s for _, s in flat], np.int32), metres, metres / 75, pairs.stations, 3000, "air")
    why = np.empty_like(stands.why)
    why[number] = stands.why
    before, after = reached(pairs, stands), reached(other, Standing(why))
    assert before.certain_m[order].tolist() == after.certain_m.tolist()
    assert before.possible_m[order].tolist() == after.possible_m.tolist()


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 2**32 - 1))
def test_weights_that_are_no_whole_numbers_add_up_to_the_rounding(
    town: tuple[Demand, Pairs, Standing], seed: int
) -> None:
    demand, pairs, stands = town
    people = np.random.default_rng(seed).random(len(demand)) * 100
    covered = reached(pairs, stands).within(1500)
    table, total = by_area([covered], people, Parts.of(demand.adcode, town_areas())), covered.total(people)
    for name, values in (("lower", table.lower[:, 0]), ("upper", table.upper[:, 0]), ("demand", table.demand)):
        whole = values[0] + getattr(table.elsewhere[0], name)
        assert whole == pytest.approx(getattr(total, name), rel=1e-12, abs=1e-300)
