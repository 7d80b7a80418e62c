"""Spacing rules and overlaps: the town by hand, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, Message
from stationmap.geo.earth import distance_m, geocentric
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.neighbours import along, neighbours
from stationmap.planning.gaps.overlaps import overlaps
from stationmap.planning.gaps.places import Places
from stationmap.planning.gaps.spacing import SHANDONG_2022, SpacingRule, spacing
from stationmap.planning.pairs import by_air
from tests import gaps_town as town

ALL = np.ones(4, bool)
CLASSES = np.array(["dense", "dense", "built_up", "built_up", ""], object)[np.arange(25) % 5]


def rule(limit_m: float) -> SpacingRule:
    return SpacingRule({"any": limit_m}, Message("test"), Message("test"))


def test_stretches_of_the_town() -> None:
    """A, B, C, D stand in a square of 600 m. Columns 0 and 1 are dense: only A-C runs there (7 + 12 + 17 people)."""
    found = spacing(town.stations(), ALL, town.demand(), CLASSES, SHANDONG_2022)
    (stretch,) = found.stretches
    assert (stretch.first, stretch.second, stretch.rows, stretch.area_class) == ("A", "C", (0, 2), "dense")
    assert stretch.metres == pytest.approx(600, abs=0.1)
    assert (stretch.limit_m, stretch.weights) == (500, {"people": 36, "workers": 0})
    assert (found.kept, found.unjudged, found.beyond, found.corridor_m) == (3, 0, 0, 250)
    assert found.weights == {"people": 36, "workers": 0}
    assert str(found.method()[0]) == (
        "Shandong 2022: under 1 km apart in ordinary built-up areas, 0.5 km where dense"
        " (from the press, seen only on a mirror; not confirmed)."
    )


def test_all_dense() -> None:
    """Every side breaks the rule: C-D has 17 + 18 + 19 people, B-D 42, A-C 36, A-B 24; corners are counted once."""
    found = spacing(town.stations(), ALL, town.demand(), "dense", SHANDONG_2022)
    assert [(each.first + each.second, each.weights["people"]) for each in found.stretches] == [
        ("CD", 54), ("BD", 42), ("AC", 36), ("AB", 24),
    ]  # fmt: skip
    assert found.weights["people"] == 7 + 8 + 9 + 12 + 14 + 17 + 18 + 19
    assert found.isolated == ("A", "B", "C", "D")
    assert found.kept == 0


def test_a_wider_corridor_takes_more_people() -> None:
    found = spacing(town.stations(), ALL, town.demand(), "dense", SHANDONG_2022, corridor_m=310.0)
    side = next(each for each in found.stretches if each.first + each.second == "AB")
    assert side.weights["people"] == sum(range(2, 5)) + sum(range(6, 11)) + sum(range(12, 15))


def test_exactly_the_limit_keeps_the_rule() -> None:
    where = town.stations()
    metres = float(distance_m(where.lon[0], where.lat[0], where.lon[1], where.lat[1]))
    two = np.array([True, True, False, False])
    assert len(spacing(where, two, town.demand(), "any", rule(metres))) == 0
    assert len(spacing(where, two, town.demand(), "any", rule(np.nextafter(metres, 0)))) == 1


def test_where_nobody_lives_no_rule_is_broken() -> None:
    lon, lat = town.place(np.array([0.0, 4.0, 60.0, 600.0]), np.array([9.0, 9.0, 9.0, 9.0]))
    where = Places(np.array(list("abcd"), object), np.array(list("abcd"), object), lon, lat)
    found = spacing(where, ALL, town.demand(), "dense", SHANDONG_2022)
    assert (len(found), found.kept, found.unjudged, found.beyond) == (0, 0, 2, 1)
    assert found.weights == {"people": 0, "workers": 0}


def test_a_lonely_station_is_told() -> None:
    where = town.stations()
    three = Places(where.ids[:3], where.names[:3], where.lon[[0, 0, 2]] + np.array([0, 0.001, 0]), where.lat[[0, 0, 2]])
    found = spacing(three, np.ones(3, bool), town.demand(), "dense", SHANDONG_2022)
    assert found.isolated == ("C",)
    assert found.kept == 1


def test_one_station_or_none_has_no_neighbour() -> None:
    for count in (0, 1):
        found = spacing(town.stations(), np.arange(4) < count, town.demand(), "dense", SHANDONG_2022)
        assert (len(found), found.kept, found.isolated) == (0, 0, ())


def test_what_cannot_be_is_refused() -> None:
    where, who = town.stations(), town.demand()
    with pytest.raises(InvalidValue, match=r"3 marks .* 4 stations"):
        spacing(where, ALL[:3], who, "dense", SHANDONG_2022)
    with pytest.raises(InvalidValue, match="names: dense, built_up"):
        spacing(where, ALL, who, "urban", SHANDONG_2022)
    with pytest.raises(InvalidValue, match="24 classes of area for 25"):
        spacing(where, ALL, who, CLASSES[:24], SHANDONG_2022)
    with pytest.raises(InvalidValue, match=r"corridor .* not 0"):
        spacing(where, ALL, who, "dense", SHANDONG_2022, corridor_m=0)
    with pytest.raises(InvalidValue, match="'any' must be above 0"):
        rule(0.0)
    with pytest.raises(InvalidValue, match="at least one class"):
        SpacingRule({}, Message("test"), Message("test"))
    with pytest.raises(InvalidValue, match="least distance"):
        overlaps(where, ALL, -1.0, town.pairs(), who)
    with pytest.raises(InvalidValue, match="25 places and 4 stations"):
        overlaps(
            Places(*(each[:3] for each in (where.ids, where.names, where.lon, where.lat))), ALL, 1.0, town.pairs(), who
        )


def _gabriel(lon, lat, outside_m):
    """Return the edges by the definition, all triples: every third station is so far outside the circle."""
    xyz = geocentric(lon, lat)
    edges = []
    for one in range(len(xyz)):
        for other in range(one + 1, len(xyz)):
            middle, half = (xyz[one] + xyz[other]) / 2, np.linalg.norm(xyz[one] - xyz[other]) / 2
            away = np.linalg.norm(xyz - middle, axis=1)
            away[[one, other]] = np.inf
            if away.min() > half + outside_m:
                edges.append((one, other))
    return set(edges)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32),
    st.sampled_from([2, 3, 30, 61, 130]),
    st.sampled_from([-50.0, 0.0, 35.0, 68.0]),
    st.sampled_from([0.02, 3.0]),
)
def test_neighbours_are_those_of_the_definition(seed: int, count: int, lat: float, spread: float) -> None:
    random = np.random.default_rng(seed)
    lon, high = random.uniform(0, spread, (2, count)) + np.array([[179.0], [lat]])
    lon = np.where(lon > 180, lon - 360, lon)
    found = set(map(tuple, neighbours(lon, high).tolist()))
    assert _gabriel(lon, high, 1e-3) <= found <= _gabriel(lon, high, 1e-6)


def test_neighbours_on_a_grid_and_in_a_line() -> None:
    """A grid of 10 by 10 has its 180 sides and no diagonal; a line of 200 its 199 links; one spot is one station."""
    col, row = np.meshgrid(np.arange(10), np.arange(10))
    lon, lat = (each.ravel() for each in town.place(col, row))
    found = neighbours(lon, lat)
    metres = distance_m(lon[found[:, 0]], lat[found[:, 0]], lon[found[:, 1]], lat[found[:, 1]])
    assert (len(found), metres.max()) == (180, pytest.approx(300, abs=0.2))
    line = neighbours(np.full(200, 113.6), 34.7 + np.arange(200) * 0.001)
    assert line.tolist() == [[each, each + 1] for each in range(199)]
    assert neighbours(np.repeat(lon[:2], 3), np.repeat(lat[:2], 3)).tolist() == [[0, 3]]


def test_who_lies_along_a_line() -> None:
    lon, lat = town.place(np.array([[0.0, 4.0]]), np.array([[2.0, 2.0]]))
    who = town.demand()
    line, row = along(lon, lat, np.array([1200.0]), geocentric(who.lon, who.lat), 298.0)
    assert (line.tolist(), row.tolist()) == ([0] * 5, [10, 11, 12, 13, 14])
    assert len(along(lon, lat, np.array([1200.0]), geocentric(who.lon, who.lat), 304.0)[1]) == 15
    assert [len(each) for each in along(lon[:0], lat[:0], np.empty(0), geocentric(who.lon, who.lat), 9.0)] == [0, 0]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 25), st.sampled_from([200.0, 700.0]))
def test_spacing_and_overlaps_do_not_depend_on_the_order(seed: int, have: int, metres: float) -> None:
    random = np.random.default_rng(seed)
    who, ids = town.demand(), np.array([f"s{each:02d}" for each in random.permutation(have)], object)
    lon, lat = town.place(*random.uniform(-1, 6, (2, have)))
    kept, order = random.random(have) < 0.8, random.permutation(have)
    told = []
    for at in (np.arange(have), order):
        where = Places(ids[at], ids[at], lon[at], lat[at])
        stretches = spacing(where, kept[at], who, "any", rule(metres))
        near = overlaps(where, kept[at], metres, by_air(who.lon, who.lat, lon[at], lat[at], 400.0), who)
        told.append((
            [(each.first, each.second, each.weights, round(each.metres, 6)) for each in stretches.stretches],
            stretches.kept, stretches.isolated, stretches.weights,
            [(each.first, each.second, each.weights, each.shares, round(each.metres, 6)) for each in near],
        ))  # fmt: skip
    assert told[0] == told[1]
    away = distance_m(lon[:, None], lat[:, None], lon, lat) + np.diag(np.full(have, np.inf))
    near = np.triu((away < metres) & kept & kept[:, None])
    assert len(told[0][4]) == near.sum()


def test_overlaps_of_the_town() -> None:
    """Within 310 m A has 35 people, B 45, C 85, D 95; neighbours share the cell between them."""
    found = overlaps(town.stations(), ALL, 601.0, town.pairs(), town.demand())
    assert [(each.first + each.second, each.weights["people"]) for each in found] == [
        ("AC", 12), ("BD", 14), ("AB", 8), ("CD", 18),
    ]  # fmt: skip
    assert [each.shares["people"] for each in found] == [12 / 35, 14 / 45, 8 / 35, 18 / 85]
    assert [each.shares["workers"] for each in found] == [None, None, None, None]
    assert overlaps(town.stations(), ALL, 590.0, town.pairs(), town.demand()) == ()
    assert overlaps(town.stations(), ~ALL, 601.0, town.pairs(), town.demand()) == ()


def test_exactly_the_least_distance_is_far_enough() -> None:
    where, two = town.stations(), np.array([True, True, False, False])
    metres = float(distance_m(where.lon[0], where.lat[0], where.lon[1], where.lat[1]))
    assert overlaps(where, two, metres, town.pairs(), town.demand()) == ()
    assert len(overlaps(where, two, float(np.nextafter(metres, 1e9)), town.pairs(), town.demand())) == 1


def test_two_stations_in_one_spot_overlap_and_share_all() -> None:
    where = town.stations()
    twice = Places(where.ids[:2], where.names[:2], where.lon[[0, 0]], where.lat[[0, 0]])
    who = town.demand()
    (found,) = overlaps(twice, ALL[:2], 1.0, by_air(who.lon, who.lat, twice.lon, twice.lat, 310.0), who)
    assert (found.metres, found.weights["people"], found.shares["people"]) == (0.0, 35, 1.0)
    assert isinstance(who, Demand)
