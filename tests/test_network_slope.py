"""Slopes: Tobler's function by hand, on a plane, and over bridges and unknown ground."""

import math
from pathlib import Path

import numpy as np
import pytest

from stationmap.errors import InvalidValue
from stationmap.planning.network.build import from_extract
from stationmap.planning.network.graph import Network
from stationmap.planning.network.nearest import nearest
from stationmap.planning.network.pairs import by_network
from stationmap.planning.network.slope import factor, with_slopes
from stationmap.planning.network.snapping import snap
from tests.street_town import LAT, place, town, write

METRES_PER_DEGREE = 110_940.0


@pytest.fixture
def walk(tmp_path: Path) -> Network:
    return from_extract(write(tmp_path, *town()))


def plane(slope: float):  # type: ignore[no-untyped-def]
    """Return ground that rises northwards."""
    return lambda lon, lat: slope * (lat - LAT) * METRES_PER_DEGREE + 0.0 * lon


def test_the_function_at_slopes_known_by_hand() -> None:
    # 6 exp(-3.5 |S + 0.05|) km/h over 6 exp(-0.175) on the level: the best is 5 % down, S and -0.1 - S are alike
    assert factor(np.array([0.0, -0.05, -0.1])).tolist() == pytest.approx([1.0, math.exp(0.175), 1.0])
    assert 6.0 * math.exp(-0.175) * factor(np.array([0.1, -0.2])) == pytest.approx(
        [6.0 * math.exp(-0.525), 6.0 * math.exp(-0.525)]
    )


def test_up_and_down_a_plane(walk: Network) -> None:
    hill = with_slopes(walk, plane(0.1))
    column = np.flatnonzero(walk.way_id == 21)  # runs north, up
    level = walk.length_m[column] / 75.0
    assert hill.forward_min[column] / level == pytest.approx(math.exp(0.35), rel=1e-3)
    assert hill.backward_min[column] / level == pytest.approx(1.0, rel=1e-3)
    row = np.flatnonzero(walk.way_id == 11)  # runs east, level
    assert hill.forward_min[row] == pytest.approx(walk.forward_min[row], rel=1e-9)
    assert np.array_equal(np.isinf(hill.backward_min), np.isinf(walk.backward_min))
    assert np.array_equal(hill.length_m, walk.length_m)
    assert not hill.level
    assert not hill.two_way
    assert hill.notes == walk.notes


def test_ways_up_and_down_are_told_apart(walk: Network) -> None:
    hill = with_slopes(walk, plane(0.1))
    low, high = (snap(hill, *place(*each)) for each in ((0, 2), (1, 2)))
    up = nearest(hill, low, high)
    down = nearest(hill, low, high, direction="from")
    assert up.distance_m[0] == pytest.approx(down.distance_m[0])
    assert up.minutes[0] / down.minutes[0] == pytest.approx(math.exp(0.35), rel=1e-3)
    found = by_network(hill, low, high, reach_m=500.0, direction="both")
    assert found.pairs.minutes[0] == pytest.approx((up.minutes[0] + down.minutes[0]) / 2.0)
    assert "Ways differ by direction: counted is half of there and back." in map(str, found.notes)


def test_a_short_hill_within_an_edge_slows_both_ways(walk: Network) -> None:
    middle = place(0, 0.5)[0]
    ridge = lambda lon, lat: 10.0 - np.abs(lon - middle) * 20_000.0 + 0.0 * lat  # noqa: E731  10 m up, 10 m down
    hill = with_slopes(walk, ridge, step_m=5.0)
    first = np.flatnonzero(walk.way_id == 10)[0]
    run = 20_000.0 * 0.0005 / (walk.length_m[first] / 2.0)
    expected = (math.exp(3.5 * (run + 0.05)) + math.exp(3.5 * abs(0.05 - run))) / 2.0 / math.exp(0.175)
    level = walk.length_m[first] / 75.0
    assert hill.forward_min[first] / level == pytest.approx(expected, rel=0.02)
    assert hill.backward_min[first] == pytest.approx(hill.forward_min[first], rel=0.02)


def test_a_bridge_runs_straight_over_a_gorge(tmp_path: Path) -> None:
    nodes, streets = town()
    streets[11][1]["bridge"] = "yes"
    walk = from_extract(write(tmp_path, nodes, streets))
    gorge = lambda lon, lat: -30.0 * np.abs(np.sin(np.pi * (lon - place(0, 0)[0]) / 0.001)) + 0.0 * lat  # noqa: E731
    hill = with_slopes(walk, gorge)
    over, through = np.flatnonzero(walk.way_id == 11), np.flatnonzero(walk.way_id == 10)
    assert hill.forward_min[over] == pytest.approx(walk.forward_min[over], rel=1e-3)
    assert (hill.forward_min[through] > 1.5 * walk.forward_min[through]).all()


def test_unknown_ground_is_level_and_told(walk: Network) -> None:
    half = place(2, 0)[1] + 1e-9
    hill = with_slopes(walk, lambda lon, lat: np.where(lat > half, np.nan, plane(0.1)(lon, lat)))
    north = np.flatnonzero(walk.way_id == 21)[-1]
    assert hill.forward_min[north] == pytest.approx(walk.forward_min[north], rel=1e-9)
    assert str(hill.notes[-1]).startswith("No height is known along ")
    assert 0.3 < hill.notes[-1].values["share"] < 0.6  # type: ignore[operator]


def test_what_cannot_be_is_refused(tmp_path: Path, walk: Network) -> None:
    with pytest.raises(InvalidValue, match="Slopes are known for walkers only, not for mode ride"):
        with_slopes(from_extract(write(tmp_path, *town()), "ride"), plane(0.1))
    with pytest.raises(InvalidValue, match=r"a number of metres above 0, not 0\.0"):
        with_slopes(walk, plane(0.1), step_m=0.0)
    with pytest.raises(InvalidValue, match="1 heights came back for"):
        with_slopes(walk, lambda lon, lat: np.zeros(1))
