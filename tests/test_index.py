"""finder.index: exact nearest on the ellipsoid, whatever the filter and wherever the query."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from stationmap.errors import InvalidValue
from stationmap.finder.blocks import Blocks, block_order, chord_reach_m, ring_m
from stationmap.finder.far import corrected
from stationmap.finder.index import StationIndex
from stationmap.geo.earth import geocentric

GEOD = Geod(ellps="WGS84")
RNG = np.random.default_rng(20261010)


def geodesic_m(lon, lat, lons, lats):
    lons, lats = np.asarray(lons, float), np.asarray(lats, float)
    return np.asarray(GEOD.inv(np.full(len(lons), lon), np.full(len(lons), lat), lons, lats)[2])


def on_the_globe(n, rng=RNG):
    return rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))


def assert_nearest(true_m, k, positions, metres, wanted=None):
    """The answer is the brute-force one: same distances; same stations, but for those equal to 10 mm."""
    rows = np.arange(len(true_m)) if wanted is None else np.flatnonzero(wanted)
    assert len(positions) == len(set(positions.tolist())) == min(k, len(rows))
    assert set(positions.tolist()) <= set(rows.tolist())
    np.testing.assert_allclose(metres, np.sort(true_m[rows])[:k], atol=0.01, rtol=0)
    np.testing.assert_allclose(metres, true_m[positions], atol=0.01, rtol=0)
    assert (np.diff(metres) >= 0).all()


@pytest.fixture(scope="module")
def country():
    lon, lat = RNG.uniform(73, 135, 20_000), RNG.uniform(18, 53, 20_000)
    return lon, lat, StationIndex(lon, lat)


@pytest.fixture(scope="module")
def city():
    lon, lat = 113.6 + RNG.normal(0, 0.1, 20_000), 34.7 + RNG.normal(0, 0.1, 20_000)
    return lon, lat, StationIndex(lon, lat)


# ---- known answers


def test_orders_by_distance_and_gives_metres():
    index = StationIndex([113.0, 113.1, 113.2], [34.0, 34.0, 34.0])
    positions, metres = index.nearest(113.09, 34.0, 2)
    assert positions.tolist() == [1, 0]
    assert metres == pytest.approx(geodesic_m(113.09, 34.0, [113.1, 113.0], [34.0, 34.0]), abs=1e-4)


def test_ties_at_one_spot_stand_in_the_order_of_ids():
    index = StationIndex([113.0] * 5, [34.0] * 5, ["e", "b", "d", "a", "c"])
    positions, metres = index.nearest(113.001, 34.0, 3)
    assert positions.tolist() == [3, 1, 4]
    assert len(set(metres.tolist())) == 1
    positions, _ = index.nearest(113.001, 34.0, 2, mask=np.array([True, False, True, False, True]))
    assert positions.tolist() == [4, 2]


def test_ties_of_different_spots_stand_in_the_order_of_ids():
    east_west = StationIndex([113.001, 112.999], [34.0, 34.0], ["b", "a"])
    positions, metres = east_west.nearest(113.0, 34.0, 1)
    assert positions.tolist() == [1]
    assert metres == pytest.approx(geodesic_m(113, 34, [113.001], [34]), abs=1e-4)


def test_a_query_on_a_station_is_at_zero_metres():
    index = StationIndex([113.62471, 113.7], [34.75123, 34.8])
    positions, metres = index.nearest(113.62471, 34.75123, 1)
    assert positions.tolist() == [0]
    assert metres.tolist() == [0.0]


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude():
    """In degrees the first is nearer, on the ground the second."""
    index = StationIndex([113.0, 113.11], [34.1, 34.0])
    assert index.nearest(113.0, 34.0, 1)[0].tolist() == [1]


def test_neighbours_across_the_antimeridian_and_the_pole():
    index = StationIndex([179.99, -179.99, 0.0, 180.0], [0.0, 0.0, 89.99, 89.98])
    assert index.nearest(-179.999, 0.0, 2)[0].tolist() == [1, 0]
    assert index.nearest(180.0, 89.99, 2)[0].tolist() == [3, 2]
    assert index.nearest(45.0, 90.0, 1)[0].tolist() == [2]


def test_the_boundary_of_a_reach_is_closed(city):
    _, _, index = city
    positions, metres = index.nearest(113.6, 34.7, 50)
    for k in (0, 10, 49):
        inside, inside_m = index.within(113.6, 34.7, float(metres[k]))
        assert inside.tolist() == positions[: k + 1].tolist()
        assert inside_m.tolist() == metres[: k + 1].tolist()


def test_within_no_reach_is_only_the_spot_itself():
    index = StationIndex([113.0, 113.0, 113.1], [34.0, 34.0, 34.0], ["b", "a", "c"])
    assert index.within(113.0, 34.0, 0.0)[0].tolist() == [1, 0]
    assert index.within(113.0, 34.0, np.inf)[0].tolist() == [1, 0, 2]


def test_an_index_may_be_empty():
    index = StationIndex([], [])
    assert len(index) == 0
    assert index.nearest(113, 34, 5)[0].tolist() == []
    assert index.within(113, 34, 1000)[0].tolist() == []
    assert index.window(-180, -90, 180, 90).tolist() == []
    assert index.nearest(113, 34, 5, mask=np.zeros(0, bool))[0].tolist() == []


def test_more_than_there_are():
    index = StationIndex([1.0, 2.0], [0.0, 0.0])
    assert index.nearest(0, 0, 10)[0].tolist() == [0, 1]
    assert index.nearest(0, 0, 10**30)[0].tolist() == [0, 1]
    assert index.nearest(0, 0, 10, mask=np.array([False, True]))[0].tolist() == [1]
    assert index.nearest(0, 0, 10, mask=np.array([False, False]))[0].tolist() == []


def test_windows():
    lon = [-180.0, 180.0, 179.0, -179.0, 0.0, 33.0, 113.0]
    lat = [10.0, 10.0, 10.0, 10.0, 0.0, 90.0, 34.0]
    index = StationIndex(lon, lat)
    assert index.window(112, 33, 114, 35).tolist() == [6]
    assert index.window(113, 34, 113, 34).tolist() == [6]
    assert index.window(178, 0, -178, 20).tolist() == [0, 1, 2, 3]
    assert index.window(179, 0, 180, 20).tolist() == [0, 1, 2]
    assert index.window(-180, 0, -179, 20).tolist() == [0, 1, 3]
    assert index.window(-170, 0, 170, 20).tolist() == [4]
    assert index.window(-180, -90, 180, 90).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert index.window(100, 80, 110, 90).tolist() == [5]


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        (np.nan, 34.0, "no place on earth"),
        (113.0, np.nan, "no place on earth"),
        (np.inf, 34.0, "no place on earth"),
        (181.0, 34.0, "no place on earth"),
        (34.75, 113.62, "Latitude 113.62 is outside -90..90; are longitude and latitude swapped?"),
    ],
)
def test_no_place_on_earth_is_refused(lon, lat, words):
    index = StationIndex([113.0], [34.0])
    for ask in (
        lambda: StationIndex([113.0, lon], [34.0, lat]),
        lambda: index.nearest(lon, lat, 1),
        lambda: index.within(lon, lat, 1.0),
        lambda: index.window(lon, lat, lon, lat),
    ):
        with pytest.raises(InvalidValue, match=words.replace("?", r"\?")):
            ask()


def test_other_bad_arguments_are_refused():
    index = StationIndex([113.0], [34.0])
    with pytest.raises(InvalidValue, match="k must be at least 1, not 0"):
        index.nearest(113, 34, 0)
    for reach in (-1.0, np.nan):
        with pytest.raises(InvalidValue, match="The reach must be 0 metres or more"):
            index.within(113, 34, reach)
    with pytest.raises(InvalidValue, match="lies north of"):
        index.window(0, 10, 1, 9)
    with pytest.raises(InvalidValue, match="one bool for each of the 1 stations"):
        index.nearest(113, 34, 1, mask=np.ones(2, bool))
    with pytest.raises(InvalidValue, match="one bool for each of the 1 stations"):
        index.mask(np.array([1]))
    with pytest.raises(InvalidValue, match="two lists of one length"):
        StationIndex([1.0, 2.0], [1.0])
    with pytest.raises(InvalidValue, match="There are 2 ids for 1 stations"):
        StationIndex([1.0], [1.0], ["a", "b"])


def test_the_index_keeps_no_hold_on_its_arguments():
    lon, lat = np.array([113.0, 114.0]), np.array([34.0, 34.0])
    index = StationIndex(lon, lat)
    lon[0] = 0.0
    assert index.nearest(113.0, 34.0, 1)[0].tolist() == [0]
    assert index.window(112, 33, 113.5, 35).tolist() == [0]


# ---- laws


def test_blocks_are_leaves_of_a_balanced_tree():
    xyz = RNG.normal(size=(1000, 3))
    order = block_order(xyz)
    assert sorted(order.tolist()) == list(range(1000))
    blocks = Blocks(xyz[order])
    assert (blocks.high - blocks.low).max(axis=0).mean() < 0.75 * np.ptp(xyz, axis=0).max()
    assert blocks.everything(1000).places == 1000


def test_the_bounds_between_chord_and_geodesic_hold():
    n = 200_000
    lon1, lat1 = on_the_globe(n)
    lon2, lat2 = on_the_globe(n)
    near = slice(0, n // 2)
    azimuth, length = RNG.uniform(0, 360, n // 2), 10 ** RNG.uniform(0, 7, n // 2)
    lon2[near], lat2[near], _ = GEOD.fwd(lon1[near], lat1[near], azimuth, length)
    arc = np.asarray(GEOD.inv(lon1, lat1, lon2, lat2)[2])
    chord = np.linalg.norm(geocentric(lon1, lat1) - geocentric(lon2, lat2), axis=1)
    assert (chord <= np.array([chord_reach_m(a) for a in arc])).all()
    assert (chord <= np.array([ring_m(c) for c in chord])).all()
    nearer = chord < 1.1e7
    longest = np.array([ring_m(c) for c in chord[nearer]])
    assert (np.array([chord_reach_m(a) for a in arc[nearer]]) <= longest + 1e-5).all()


def test_corrected_chords_are_wrong_by_no_more_than_they_say():
    n = 200_000
    lon1, lat1 = on_the_globe(n)
    lon2, lat2 = on_the_globe(n)
    lon3, lat3, _ = GEOD.fwd(lon2, lat2, RNG.uniform(0, 360, n), 10 ** RNG.uniform(1, 6, n))
    query, anchor, point = geocentric(lon1, lat1), geocentric(lon2, lat2), geocentric(lon3, lat3)
    anchor_m = np.asarray(GEOD.inv(lon1, lat1, lon2, lat2)[2])
    point_m = np.asarray(GEOD.inv(lon1, lat1, lon3, lat3)[2])
    apart_m = np.asarray(GEOD.inv(lon2, lat2, lon3, lat3)[2])
    guess, error = corrected(
        np.linalg.norm(query - point, axis=1), np.linalg.norm(query - anchor, axis=1), anchor_m, apart_m
    )
    assert (np.abs(guess - point_m) <= error + 1e-3).all()


@pytest.mark.parametrize("place", ["country", "city"])
def test_nearest_is_brute_force_from_anywhere(place, request):
    lon, lat, index = request.getfixturevalue(place)
    near = RNG.integers(0, len(lon), 60)
    away_lon, away_lat = on_the_globe(120)
    queries = [
        *zip(np.clip(lon[near] + RNG.normal(0, 0.05, 60), -180, 180), lat[near] + RNG.normal(0, 0.05, 60), strict=True),
        *zip(away_lon, away_lat, strict=True),
        (0.0, 90.0), (77.0, -90.0), (180.0, 0.0), (-180.0, 35.0),
        *[(-66.4 + dx, -34.7 + dy) for dx in (-3, 0, 1) for dy in (-8, 0, 0.5)],
    ]  # fmt: skip
    for x, y in queries:
        true_m = geodesic_m(x, y, lon, lat)
        for k in (1, 10, 300):
            assert_nearest(true_m, k, *index.nearest(float(x), float(y), k))


@pytest.mark.parametrize("place", ["country", "city"])
@pytest.mark.parametrize("share", [0.5, 0.01, 0.0005])
def test_nearest_through_a_mask_is_brute_force(place, share, request):
    lon, lat, index = request.getfixturevalue(place)
    wanted = RNG.random(len(lon)) < share
    ready = index.mask(wanted)
    assert ready.stations == wanted.sum()
    lons, lats = on_the_globe(40)
    near = RNG.integers(0, len(lon), 40)
    for x, y in [*zip(lon[near], lat[near], strict=True), *zip(lons, lats, strict=True)]:
        answer = index.nearest(x, y, 10, mask=wanted)
        assert_nearest(geodesic_m(x, y, lon, lat), 10, *answer, wanted)
        again = index.nearest(x, y, 10, mask=ready)
        assert again[0].tolist() == answer[0].tolist()
        assert again[1].tolist() == answer[1].tolist()


def test_a_mask_that_matches_only_far_away(country):
    lon, lat, index = country
    wanted = lon > 104
    for y in (20.0, 35.0, 50.0):
        assert_nearest(geodesic_m(73.5, y, lon, lat), 10, *index.nearest(73.5, y, 10, mask=wanted), wanted)


def test_many_stations_at_one_spot():
    n = 30_000
    ids = [f"s{i:05d}" for i in RNG.permutation(n)]
    wanted = RNG.random(n) < 0.001
    lon, lat = np.full(n, 113.6), np.full(n, 34.7)
    lon[:3] = 113.7
    index = StationIndex(lon, lat, ids)
    for x in (113.6, 113.4, -60.0):
        for mask in (None, wanted):
            rows = np.arange(n) if mask is None else np.flatnonzero(mask)
            distance = np.round(geodesic_m(x, 34.7, lon[rows], lat[rows]), 3)
            expected = rows[np.lexsort((np.array(ids)[rows], distance))]
            assert index.nearest(x, 34.7, 5, mask=mask)[0].tolist() == expected[:5].tolist()
            assert index.nearest(x, 34.7, n, mask=mask)[0].tolist() == expected.tolist()
            assert index.within(x, 34.7, np.inf, mask=mask)[0].tolist() == expected.tolist()


def test_within_is_brute_force(country):
    lon, lat, index = country
    wanted = RNG.random(len(lon)) < 0.3
    for x, y, reach in [(100.0, 30.0, 50_000.0), (73.0, 18.0, 2e6), (-60.0, -30.0, 1.8e7), (100.0, 30.0, 5.0)]:
        true_m = geodesic_m(x, y, lon, lat)
        clear = np.abs(true_m - reach) > 0.01
        for mask in (None, wanted):
            positions, metres = index.within(x, y, reach, mask=mask)
            found = np.zeros(len(lon), bool)
            found[positions] = True
            inside = true_m <= reach if mask is None else (true_m <= reach) & mask
            assert (found == inside)[clear].all()
            np.testing.assert_allclose(metres, true_m[positions], atol=0.01, rtol=0)
            assert (np.diff(metres) >= 0).all()


degrees = st.tuples(
    st.one_of(st.sampled_from([-180.0, -179.5, 0.0, 179.5, 180.0]), st.floats(-180, 180)),
    st.one_of(st.sampled_from([-90.0, -89.9, 0.0, 89.9, 90.0]), st.floats(-90, 90)),
)


@settings(max_examples=150, deadline=None)
@given(stations=st.lists(degrees, min_size=1, max_size=30), query=degrees, k=st.integers(1, 12), data=st.data())
def test_small_worlds_are_brute_force(stations, query, k, data):
    lon, lat = np.array(stations).T
    index = StationIndex(lon, lat)
    true_m = geodesic_m(*query, lon, lat)
    assert_nearest(true_m, k, *index.nearest(*query, k))
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(lon), max_size=len(lon))))
    if wanted.any():
        assert_nearest(true_m, k, *index.nearest(*query, k, mask=wanted), wanted)


@settings(max_examples=150, deadline=None)
@given(stations=st.lists(degrees, min_size=1, max_size=30), a=degrees, b=degrees)
def test_small_windows_are_brute_force(stations, a, b):
    lon, lat = np.array(stations).T
    west, east, south, north = a[0], b[0], min(a[1], b[1]), max(a[1], b[1])

    def spans(x):
        return west <= x <= east if west <= east else x >= west or x <= east

    expected = [
        i
        for i, (x, y) in enumerate(stations)
        if south <= y <= north and (abs(y) == 90 or spans(x) or (abs(x) == 180 and (spans(180.0) or spans(-180.0))))
    ]
    assert StationIndex(lon, lat).window(west, south, east, north).tolist() == expected


def test_eight_threads_get_the_answers_of_one(country):
    lon, _, index = country
    ready = index.mask(RNG.random(len(lon)) < 0.2)
    queries = [(float(x), float(y)) for x, y in zip(RNG.uniform(73, 135, 400), RNG.uniform(18, 53, 400), strict=True)]

    def answers(_):
        return [
            (
                index.nearest(x, y, 10)[0].tolist(),
                index.nearest(x, y, 10, mask=ready)[0].tolist(),
                index.within(x, y, 30_000.0)[0].tolist(),
                index.window(x - 0.2, y - 0.2, x + 0.2, y + 0.2).tolist(),
            )
            for x, y in queries
        ]

    alone = answers(0)
    with ThreadPoolExecutor(8) as pool:
        for together in pool.map(answers, range(8)):
            assert together == alone
