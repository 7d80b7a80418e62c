"""Sums and tallies: by hand first, then that neither order nor parts change a bit."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from stationmap.errors import InvalidValue
from stationmap.geo.areas import Area, AreaTree
from stationmap.geo.earth import distance_m
from stationmap.planning.coverage.areas import Parts, by_area
from stationmap.planning.coverage.shares import Reached
from stationmap.planning.demand.demand import Demand
from stationmap.planning.nearest import nearest
from stationmap.planning.scale.sums import summed, value
from stationmap.planning.scale.survey import Rows, Survey, asked, tallied
from stationmap.planning.scale.table import area_table, totals
from stationmap.planning.scale.tally import Tally, nothing
from stationmap.planning.standing import Standing
from tests.scale_town import REACHES, demand, plainly, same, station_places, survey, told

STEP = 111_319.49079327358 / 1000.0  # a thousandth of a degree along the equator, metres: 6378137 * pi / 180 / 1000


def rows_of(town: Demand, which: np.ndarray | slice = slice(None)) -> Rows:
    areas, area = np.unique(town.adcode[which].astype(np.str_), return_inverse=True)
    weights = tuple(weight[which] for weight in town.weights.values())
    return Rows(town.lon[which], town.lat[which], weights, area, tuple(areas.tolist()))


def street(reaches: tuple[float, ...], why: list[int], at: list[float], times: int = 1) -> Tally:
    """Five houses along the equator, a thousandth of a degree apart, of 1, 2, 4, 8 and 16 people."""
    lon = np.arange(5) / 1000.0
    houses = Rows(lon, np.zeros(5), (2.0 ** np.arange(5),), np.array([0, 0, 1, 1, 1]), ("east", "west"))
    ask = asked(
        np.array(at) / 1000.0,
        np.zeros(len(at)),
        Standing(np.array(why, np.int8)),
        reaches_m=reaches,
        weights=("people",),
        times=times,
    )
    return tallied(houses, ask)


def test_a_street_by_hand() -> None:
    # A station at house 0 serves, one at house 3 may: 112 m reach one house on.
    tally = street((112.0, 0.0), [0, 1], [0, 3])
    assert tally.reaches_m == (0.0, 112.0)
    assert tally.of("people").tolist() == [3.0, 28.0]
    assert [bound.tolist() for bound in tally.covered("people", reach_m=112.0)] == [[3.0, 0.0], [3.0, 28.0]]
    assert [bound.tolist() for bound in tally.covered("people", reach_m=0.0)] == [[1.0, 0.0], [1.0, 8.0]]
    assert tally.rows.tolist() == [2, 3]
    total = tally.total()
    assert total.areas == ("",)
    assert [bound.tolist() for bound in total.covered("people", reach_m=112.0)] == [[3.0], [31.0]]


def test_backup_by_hand() -> None:
    # Stations at houses 1, 1 and 3, the last unknown; 230 m reach two houses on.
    tally = street((230.0,), [0, 0, 1], [1, 1, 3], times=3).total()
    once, twice, thrice = (tally.covered("people", reach_m=230.0, times=times) for times in (1, 2, 3))
    assert (once[0][0], once[1][0]) == (15.0, 31.0)
    assert (twice[0][0], twice[1][0]) == (15.0, 15.0)
    assert (thrice[0][0], thrice[1][0]) == (0.0, 14.0)


def test_the_boundary_is_covered() -> None:
    exact = float(distance_m(0.0, 0.0, 0.001, 0.0))
    assert abs(exact - STEP) < 1e-6
    assert street((exact,), [0], [1]).covered("people", reach_m=exact)[0][0] == 3.0
    below = float(np.nextafter(exact, 0.0))
    assert street((below,), [0], [1]).covered("people", reach_m=below)[0][0] == 2.0


def test_stations_that_are_closed_or_lack_it_cover_nobody() -> None:
    tally = street((1e9,), [2, 3, 4], [0, 1, 2])
    assert [bound.tolist() for bound in tally.covered("people", reach_m=1e9)] == [[0.0, 0.0], [0.0, 0.0]]


def test_no_station_and_a_reach_around_the_earth() -> None:
    assert street((500.0,), [], []).total().covered("people", reach_m=500.0)[1].tolist() == [0.0]
    assert street((1e9,), [0], [0]).total().covered("people", reach_m=1e9)[0].tolist() == [31.0]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("reach_m", [*REACHES, 150_000.0])
def test_all_agrees_with_every_distance(reach_m: float, times: int) -> None:
    town, stations = demand(400), station_places(60)
    ask = asked(*stations, reaches_m=(*REACHES, 150_000.0), weights=("people", "jobs"), times=3)
    assert told(tallied(rows_of(town), ask), reach_m, times) == plainly(town, *stations, reach_m, times)


weights = st.floats(0.0, 2.0**60, allow_subnormal=False) | st.integers(0, 2**53).map(float) | st.floats(0.0, 1.0)


@given(st.lists(st.tuples(st.integers(0, 3), weights), max_size=60), st.randoms(use_true_random=False))
def test_sums_are_exact_in_any_order(terms: list[tuple[int, float]], random: object) -> None:
    place = np.array([term[0] for term in terms], np.intp)
    values = np.array([term[1] for term in terms])
    sums = summed(place, values, 4)
    order = np.arange(len(terms))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert np.array_equal(summed(place[order], values[order], 4), sums)
    least = Fraction(1, 2**96)
    for number, found in enumerate(value(sums).tolist()):
        exact = sum((Fraction(one) // least * least for one in values[place == number].tolist()), Fraction(0))
        assert found == float(exact)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.randoms(use_true_random=False))
def test_neither_parts_nor_order_change_a_bit(seed: int, parts: int, random: object) -> None:
    town, ask = demand(120, seed), survey(25, seed + 1)
    whole = tallied(rows_of(town), ask)
    part = np.random.default_rng(seed).integers(0, parts, 120)
    tallies = [tallied(rows_of(town, np.flatnonzero(part == number)), ask) for number in range(parts)]
    random.shuffle(tallies)  # type: ignore[attr-defined]
    middle = len(tallies) // 2
    left, right = nothing(ask.reaches_m, ask.times, ask.weights), nothing(ask.reaches_m, ask.times, ask.weights)
    for tally in tallies[:middle]:
        left = left + tally
    for tally in tallies[middle:]:
        right = tally + right
    assert same(left + right, whole)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.sampled_from([0.0, 120.0, 4000.0, 60_000.0, 130_000.0]))
def test_laws_of_bounds(seed: int, times: int, longer: float) -> None:
    ask = survey(15, seed, times=times, reaches=(100.0, 100.0 + longer, 2e7))
    tally = tallied(rows_of(demand(60, seed)), ask)
    everything = tally.of("people")
    last: tuple[np.ndarray, np.ndarray] | None = None
    for reach in ask.reaches_m:
        lower, upper = tally.covered("people", reach_m=reach)
        assert (lower <= upper).all()
        assert (upper <= everything).all()
        assert last is None or ((last[0] <= lower).all() and (last[1] <= upper).all())
        again = tally.covered("people", reach_m=reach, times=times)
        assert (again[0] <= lower).all()
        last = lower, upper


def nation() -> AreaTree:
    return AreaTree(
        [
            Area("410000", "河南省", "province", "", box(113, 34, 115, 36)),
            Area("410100", "郑州市", "city", "410000", box(113, 34, 114, 35)),
            Area("410102", "中原区", "district", "410100", box(113, 34, 113.6, 34.75)),
            Area("410103", "二七区", "district", "410100", box(113.6, 34, 114, 34.75)),
        ]
    )


def test_the_table_by_area_is_that_of_every_view() -> None:
    # 410105 is not in the tree and counts in the city above it; "" is elsewhere.
    town, (lon, lat, standing) = demand(300), station_places(40)
    tally = tallied(rows_of(town), survey(40))
    metres = [nearest(town.lon, town.lat, lon[who], lat[who]).distance_m for who in (standing.serves, standing.may)]
    near = Reached(*metres, np.inf, "air")
    parts = Parts.of(town.adcode, nation())
    for weight in tally.weights:
        direct = by_area([near.within(reach) for reach in REACHES], town.weights[weight], parts)
        table = area_table(tally, weight, nation())
        assert (table.areas, table.above, table.reaches_m) == (direct.areas, direct.above, direct.reaches_m)
        assert table.unmatched == direct.unmatched == ("410105",)
        for name in ("demand", "own", "lower", "upper"):
            assert getattr(table, name) == pytest.approx(getattr(direct, name), rel=1e-12)
        if weight == "people":
            assert np.array_equal(table.upper, direct.upper)
            assert table.elsewhere == direct.elsewhere
        tops = [row for row, above in enumerate(table.above) if not above]
        for column, total in enumerate(totals(tally, weight)):
            assert total.upper == pytest.approx(
                table.upper[tops, column].sum() + table.elsewhere[column].upper, rel=1e-15
            )
            assert total.demand == pytest.approx(town.total(weight), rel=1e-12)


def test_other_reaches_are_refused() -> None:
    tally = tallied(rows_of(demand(10)), survey(3))
    with pytest.raises(InvalidValue, match="within 300, 800, 2500 m by 1 to 2 stations, not within 500 m by 1"):
        tally.covered("people", reach_m=500.0)
    with pytest.raises(InvalidValue, match="by 3"):
        tally.covered("people", reach_m=300.0, times=3)
    with pytest.raises(InvalidValue, match="no weight 'workers'; it has people, jobs"):
        tally.of("workers")
    with pytest.raises(ValueError, match="different surveys"):
        _ = tally + tallied(rows_of(demand(10)), survey(3, times=1))


def ask_for(**changed: object) -> Survey:
    given_ = {"lon": [113.0], "lat": [34.0], "why": [0], "reaches_m": [500], "times": 1, **changed}
    standing = Standing(np.array(given_["why"], np.int8))
    return asked(
        given_["lon"],  # type: ignore[arg-type]
        given_["lat"],  # type: ignore[arg-type]
        standing,
        reaches_m=given_["reaches_m"],  # type: ignore[arg-type]
        times=given_["times"],  # type: ignore[arg-type]
        weights=("people",),
    )


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"reaches_m": [-1]}, "from 0 up, not -1"),
        ({"reaches_m": [float("nan")]}, "from 0 up, not nan"),
        ({"reaches_m": []}, "No reach is given"),
        ({"times": 0}, "from 1 to 100, not to 0"),
        ({"why": [0, 0]}, "1 longitudes and 1 latitudes of stations, but 2 standings"),
        ({"lon": [500000.0]}, "Station 1 lies at 500000.0, 34.0"),
        ({"lat": [float("nan")]}, "Station 1 lies at 113.0, nan"),
    ],
)
def test_bad_questions_are_told(changed: dict[str, object], fault: str) -> None:
    with pytest.raises(InvalidValue, match=fault):
        ask_for(**changed)
