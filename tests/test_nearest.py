"""The nearest station of each place: known answers, ties, the geodesic as judge, and the pairs as witness."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from stationmap.planning.nearest import nearest
from stationmap.planning.pairs import by_air
from tests.planning_town import STATIONS, place, town_demand

GEOD = Geod(ellps="WGS84")


def test_in_the_town() -> None:
    demand = town_demand()
    lon, lat = zip(*(place(*cell) for cell in STATIONS.values()), strict=True)
    found = nearest(demand.lon, demand.lat, lon, lat)
    corner = {"c00": 0, "c40": 1, "c04": 2, "c44": 3, "c11": 0, "c01": 0, "c41": 1}
    at = {str(name): i for i, name in enumerate(demand.ids)}
    assert {name: int(found.station[at[name]]) for name in corner} == corner
    assert found.distance_m[at["c11"]] == 0.0
    assert found.distance_m[at["c10"]] == pytest.approx(300, abs=0.05)
    assert found.distance_m[at["c00"]] == pytest.approx(424.264, abs=0.05)


def test_of_equals_the_first() -> None:
    twice = nearest([10.0, 10.0], [0.0, 5.0], [11.0, 9.0, 11.0, 9.0], [0.0, 0.0, 0.0, 0.0])
    assert twice.station[0] in (0, 1)
    # east and west of a place on the equator at 0 degrees are mirror images, to the bit
    assert nearest([0.0], [0.0], [-1.0, 1.0], [0.0, 0.0]).station.tolist() == [0]
    assert nearest([0.0], [0.0], [1.0, -1.0], [0.0, 0.0]).station.tolist() == [0]
    assert nearest([0.0], [0.0], [1.0] * 5, [0.0] * 5).station.tolist() == [0]


def test_none_and_nobody() -> None:
    none = nearest([1.0, 2.0], [1.0, 2.0], [], [])
    assert none.station.tolist() == [-1, -1]
    assert np.isinf(none.distance_m).all()
    assert len(nearest([], [], [1.0], [1.0]).station) == 0
    assert nearest(1.0, 1.0, [5.0], [5.0]).station.tolist() == [0]


def test_far_away_chords_that_mislead() -> None:
    """From the equator a station to the north has the shorter chord for a longer way, and is not the nearest."""
    north = GEOD.fwd(100.0, 0.0, 0.0, 900_000.0)
    east = GEOD.fwd(100.0, 0.0, 90.0, 900_001.0)
    assert nearest([100.0], [0.0], [east[0], north[0]], [east[1], north[1]]).station.tolist() == [1]
    east = GEOD.fwd(100.0, 0.0, 90.0, 899_999.0)
    assert nearest([100.0], [0.0], [north[0], east[0]], [north[1], east[1]]).station.tolist() == [1]


PLACES = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(PLACES, PLACES)
@example([(0.0, 0.0)], [(180.0, 0.0), (0.0, 90.0), (-180.0, 0.0)])
@example([(30.0, 45.0)], [(30.0, 45.0), (30.0, 45.0)])
def test_it_is_the_first_of_the_pairs(demand: list[tuple[float, float]], stations: list[tuple[float, float]]) -> None:
    (x, y), (u, v) = zip(*demand, strict=True), zip(*stations, strict=True)
    found, pairs = nearest(x, y, u, v), by_air(x, y, u, v, 1e9)
    assert np.diff(pairs.start).tolist() == [len(stations)] * len(demand)
    assert found.distance_m.tolist() == pairs.distance_m[pairs.start[:-1]].tolist()
    assert found.station.tolist() == pairs.station[pairs.start[:-1]].tolist()


@pytest.mark.parametrize("spread", [1e-4, 0.01, 1.0, 30.0])
def test_no_nearest_is_wrong_by_the_geodesic(spread: float) -> None:
    random = np.random.default_rng(7)
    lon, lat = 113 + random.normal(0, spread, 400), 34 + random.normal(0, spread / 2, 400)
    to_lon, to_lat = 113 + random.normal(0, spread, 150), 34 + random.normal(0, spread / 2, 150)
    found = nearest(lon, lat, to_lon, to_lat)
    every = GEOD.inv(*(np.repeat(part, 150) for part in (lon, lat)), np.tile(to_lon, 400), np.tile(to_lat, 400))[2]
    metres = np.asarray(every).reshape(400, 150)
    assert np.abs(metres[np.arange(400), found.station] - metres.min(axis=1)).max() <= 1e-6
    assert np.abs(found.distance_m - metres.min(axis=1)).max() <= 1e-6


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(8)
    ends = random.uniform(0, 2, (2, 1000)), random.uniform(0, 2, (2, 60))
    whole = nearest(*ends[0], *ends[1])
    monkeypatch.setattr("stationmap.planning.nearest._ROWS", 37)
    parts = nearest(*ends[0], *ends[1])
    assert parts.station.tolist() == whole.station.tolist()
    assert parts.distance_m.tolist() == whole.distance_m.tolist()
