"""The one table of pairs: the town by hand, boundaries, bad reaches, and that parts merge to the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from stationmap.errors import InvalidValue
from stationmap.planning.pairs import Pairs, by_air, merged
from tests.planning_town import town_demand, town_supply

GEOD = Geod(ellps="WGS84")


def town_pairs(reach_m: float) -> Pairs:
    demand, supply = town_demand(), town_supply()
    return by_air(demand.lon, demand.lat, supply.lon, supply.lat, reach_m)


def test_the_town_at_310_m() -> None:
    """Each station has its own cell and the four beside it."""
    pairs = town_pairs(310)
    ids = town_demand().ids.tolist()
    got = {(ids[row], "ABCD"[station]) for row, station in zip(pairs.rows(), pairs.station, strict=True)}
    around = {"A": (1, 1), "B": (3, 1), "C": (1, 3), "D": (3, 3)}
    cross = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    assert got == {(f"c{x + dx}{y + dy}", name) for name, (x, y) in around.items() for dx, dy in cross}
    assert len(pairs) == 20
    # c21 lies between A and B, 300 m from both to a centimetre: the nearer first, and of equals the first
    row = ids.index("c21")
    metres = pairs.distance_m[pairs.start[row] : pairs.start[row + 1]]
    assert metres == pytest.approx([300, 300], abs=0.05)
    assert metres[0] <= metres[1]


def test_the_boundary_is_closed() -> None:
    pairs = town_pairs(310)
    exact = float(pairs.distance_m.max())
    assert len(town_pairs(exact)) == 20
    assert len(town_pairs(np.nextafter(exact, 0))) == 20 - int((pairs.distance_m == exact).sum())
    assert len(pairs.within(exact)) == 20
    assert len(pairs.within(np.nextafter(exact, 0))) < 20


def test_a_reach_of_nothing_and_of_all_the_earth() -> None:
    assert len(town_pairs(0)) == 4  # the stations stand exactly on their cells
    everything = town_pairs(1e9)
    assert len(everything) == 100
    far = by_air([0.0], [0.0], [179.5], [0.0], 1e9)
    assert far.distance_m.tolist() == pytest.approx([GEOD.inv(0, 0, 179.5, 0)[2]], abs=1e-6)


@pytest.mark.parametrize("reach_m", [-1.0, float("nan"), float("inf")])
def test_what_is_no_reach(reach_m: float) -> None:
    with pytest.raises(InvalidValue, match="reach must be a number of metres from 0 up"):
        town_pairs(reach_m)


def test_more_than_fits_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stationmap.planning.pairs.MOST_PAIRS", 99)
    monkeypatch.setattr("stationmap.planning.pairs._ROWS", 10)  # no block alone has so many
    with pytest.raises(InvalidValue, match="1e\\+09 m gives more than 99 pairs"):
        town_pairs(1e9)


def test_no_stations_and_no_demand() -> None:
    none = by_air([1.0, 2.0], [1.0, 2.0], [], [], 1000)
    assert (none.demand, none.stations, len(none)) == (2, 0, 0)
    nobody = by_air([], [], [1.0], [1.0], 1000)
    assert (nobody.demand, nobody.stations, len(nobody)) == (0, 1, 0)


def test_minutes_follow_the_detour() -> None:
    demand, supply = town_demand(), town_supply()
    pairs = by_air(demand.lon, demand.lat, supply.lon, supply.lat, 500, detour=1.4, speed_m_min=70)
    assert pairs.minutes.tolist() == pytest.approx((pairs.distance_m * 1.4 / 70).tolist(), rel=1e-12)


def test_a_shorter_reach_is_within_the_longer() -> None:
    long, short = town_pairs(700), town_pairs(310)
    part = long.within(310)
    for name in ("start", "station", "distance_m", "minutes"):
        assert getattr(part, name).tolist() == getattr(short, name).tolist()
    with pytest.raises(InvalidValue, match="reach 700 m; 701 m"):
        long.within(701)


def test_parts_that_do_not_go_together() -> None:
    with pytest.raises(InvalidValue, match="do not go together"):
        merged(town_pairs(500), np.arange(4), town_pairs(400), np.arange(4), 4)
    with pytest.raises(InvalidValue, match="4 stations, not of 3"):
        town_pairs(500).require_stations(3)


COORDINATES = st.tuples(st.floats(113.6, 113.63), st.floats(34.7, 34.72))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(COORDINATES, max_size=20),
    st.lists(COORDINATES, max_size=10),
    st.floats(0, 3000),
    st.integers(1, 7),
    st.integers(0, 10),
)
def test_pairs_are_those_of_the_plain_double_loop(
    demand: list[tuple[float, float]], stations: list[tuple[float, float]], reach_m: float, rows: int, cut: int
) -> None:
    x, y = np.array(demand, float).reshape(-1, 2).T
    u, v = np.array(stations, float).reshape(-1, 2).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stationmap.planning.pairs._ROWS", rows)
        pairs = by_air(x, y, u, v, reach_m)
    for row in range(len(x)):
        mine = slice(pairs.start[row], pairs.start[row + 1])
        metres = [GEOD.inv(x[row], y[row], u[j], v[j])[2] for j in range(len(u))]
        near = {j for j, m in enumerate(metres) if m <= reach_m - 1e-6}
        maybe = {j for j, m in enumerate(metres) if m <= reach_m + 1e-6}
        assert near <= set(pairs.station[mine].tolist()) <= maybe
        order = list(zip(pairs.distance_m[mine].tolist(), pairs.station[mine].tolist(), strict=True))
        assert order == sorted(order)
    # the table of all is that of some and that of the rest, put together
    first = np.arange(len(u)) < cut
    position = np.flatnonzero(first)
    one, other = (by_air(x, y, u[part], v[part], reach_m) for part in (first, ~first))
    whole = merged(one, position, other, np.flatnonzero(~first), len(u))
    for name in ("start", "station", "distance_m", "minutes"):
        assert getattr(whole, name).tolist() == getattr(pairs, name).tolist()
