"""Uncovered demand as ranked patches: the town by hand, laws, and Porto Alegre."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.files.read import read
from stationmap.geo.earth import distance_m, geocentric
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.cores import cores
from stationmap.planning.gaps.linking import linked, usual_step_m
from stationmap.planning.gaps.middle import EXACT, middle
from stationmap.planning.gaps.patches import Patches, patches
from stationmap.planning.gaps.places import Near, Places
from stationmap.planning.gaps.reasons import Reason
from stationmap.planning.pairs import by_air
from stationmap.planning.standing import Standing, Why
from tests import gaps_town as town


def town_patches(**options) -> Patches:
    return patches(town.demand(), town.pairs(), town.STANDS, town.stations(), **options)


def named(found: Patches) -> list[tuple[float, list[str]]]:
    return [(each.weights["people"].upper, town.demand().ids[each.rows].tolist()) for each in found.patches]


def test_patches_of_the_town() -> None:
    found = town_patches(areas=town.areas())
    first, second = found.patches
    assert (first.weights["people"], second.weights["people"]) == ((252, 289), (1, 1))
    assert found.totals == {"people": (253, 290), "workers": (40, 40)}
    assert first.reasons == {Reason.UNKNOWN: 37, Reason.CLOSED: 73, Reason.OTHER_KIND: 63, Reason.NO_STATION: 116}
    assert first.reason == Reason.NO_STATION
    assert second.reasons == {Reason.NO_STATION: 1}
    assert (second.centre_id, second.rows.tolist(), second.hours) == ("c01", [0], None)
    assert second.path == ("城", "西区")
    assert second.serving == second.standing
    assert second.serving is not None
    assert (second.serving.id, second.serving.name) == ("A", "甲站")
    assert second.serving.metres == pytest.approx(300 * 2**0.5, abs=0.1)
    assert first.areas == {"410103": 127, "410102": 87, "410104": 75}  # 135 - 8, 115 - 2 - 6 - 7 - 12 - 1, 75
    assert list(first.areas) == ["410103", "410102", "410104"]
    assert found.patch[[0, 1, 24]].tolist() == [2, 0, 1]


def test_without_those_that_may_be_served() -> None:
    found = town_patches(unknown_counts=False)
    assert [size for size, _ in named(found)] == [244, 5, 3, 1]
    assert [ids for _, ids in named(found)][1:] == [["c05"], ["c03"], ["c01"]]
    assert found.totals["people"] == (253, 253)


def test_ranked_by_another_weight_and_equals_by_the_smallest_id() -> None:
    found = town_patches(weight="workers", unknown_counts=False)
    assert [size for size, _ in named(found)] == [244, 1, 3, 5]
    assert [each.weights["workers"].upper for each in found.patches] == [40, 0, 0, 0]
    assert found.patches[3].reasons == {Reason.NO_STATION: 0}
    assert found.patches[0].centre_id == "c19"  # all workers are there
    with pytest.raises(InvalidValue, match="no weight 'jobs'"):
        town_patches(weight="jobs")


def test_at_an_hour_only_those_who_are_there_count() -> None:
    found = town_patches(weight="workers", hour=21)
    assert found.totals == {"people": (253, 290), "workers": (20, 20)}
    assert town_patches(weight="workers", hour=12).totals["workers"] == (0, 0)
    with pytest.raises(InvalidValue, match="not 168"):
        town_patches(hour=168)


def test_hours_of_a_patch() -> None:
    week = np.repeat(town.STANDS.why[:, None], 168, axis=1)
    week[0, 20:] = Why.CLOSED
    week[2, :20] = Why.SERVES
    hours = town_patches(week=week).patches[0].hours
    assert hours is not None
    # to Monday 20:00 C serves 16, 17, 18 and 22
    assert (hours.people[19], hours.people[20]) == (289 - 73, 289)
    assert (hours.surely[19], hours.surely[20]) == (289 - 73 - 37, 289 - 37)


def test_the_nearest_host_is_told() -> None:
    lon, lat = town.place(np.array([0.0, 4.0]), np.array([-1.0, 4.0]))
    hosts = Places(np.array(["h1", "h2"], object), np.array(["银行", "公厕"], object), lon, lat)
    second = town_patches(hosts=hosts).patches[1]
    assert second.host is not None
    assert (second.host.id, second.host.name) == ("h1", "银行")
    assert second.host.metres == pytest.approx(300, abs=0.1)
    assert town_patches().patches[1].host is None


def test_no_station_serves_and_none_is_there() -> None:
    shut = patches(town.demand(), town.pairs(), Standing(np.full(4, Why.CLOSED, np.int8)), town.stations())
    assert shut.patches[0].serving is None
    assert shut.patches[0].standing is not None
    nothing = np.empty(0)
    nowhere = Places(np.empty(0, object), np.empty(0, object), nothing, nothing)
    who = town.demand()
    alone = patches(who, by_air(who.lon, who.lat, [], [], 500), Standing(np.empty(0, np.int8)), nowhere)
    assert alone.totals["people"] == (325, 325)
    assert (alone.patches[0].standing, alone.patches[0].reason) == (None, Reason.NO_STATION)


def test_all_are_served_or_nobody_needs_anything() -> None:
    serves = patches(town.demand(), town.pairs(2000), Standing(np.zeros(4, np.int8)), town.stations())
    assert (len(serves), serves.totals["people"], serves.patch.any()) == (0, (0, 0), False)
    who = town.demand()
    empty = replace(who, weights={"people": np.zeros(25)}, hourly={})
    assert len(patches(empty, town.pairs(), town.STANDS, town.stations())) == 0


def test_pairs_of_others_are_refused() -> None:
    with pytest.raises(InvalidValue, match="25 places and 4 stations, but 25 and 2"):
        patches(town.demand(), town.pairs(), town.STANDS, Places(*(each[:2] for each in _columns(town.stations()))))


def _columns(places: Places):
    return places.ids, places.names, places.lon, places.lat


def test_points_are_linked_like_their_cells() -> None:
    points, cells = town.demand(cells=False), town.demand()
    assert usual_step_m(points) == pytest.approx(450, abs=0.2)
    by_points = patches(points, town.pairs(), town.STANDS, town.stations(), unknown_counts=False)
    assert named(by_points) == named(town_patches(unknown_counts=False))
    assert str(by_points.method[1]) == "Places hang together when they are 450 m or less apart."
    assert usual_step_m(_part(cells, [3])) == 0.0


def test_cells_that_touch_at_a_corner_or_nearly_hang_together() -> None:
    box = shapely.box(*np.array([[0, 0, 1, 1], [1, 1, 2, 2], [2.0000001, 1, 3, 2], [4, 1, 5, 2]]).T / 100.0)
    spots = shapely.get_coordinates(shapely.centroid(box)).T
    who = Demand(np.array(list("abcd"), object), *spots, {"n": np.ones(4)}, np.full(4, "", object), box)
    assert linked(who, np.arange(4)).label.tolist() == [0, 0, 0, 1]
    assert linked(who, np.array([0, 2, 3])).label.tolist() == [0, 1, 2]
    assert linked(who, np.arange(4), link_m=1200.0).label.tolist() == [0, 1, 1, 2]
    for wrong in ({"link_m": -1.0}, {"touch_m": float("nan")}):
        with pytest.raises(InvalidValue, match="A distance of places"):
            linked(who, np.arange(4), **wrong)


def test_points_in_one_spot_hang_together() -> None:
    who = Demand(
        np.array(list("abcde"), object), np.array([9.0, 9, 9, 9.01, 9.01]), np.full(5, 50.0), {"n": np.ones(5)},
        np.full(5, "", object),
    )  # fmt: skip
    assert linked(who, np.arange(5), link_m=0.0).label.tolist() == [0, 0, 0, 1, 1]


def test_the_middle_is_the_place_with_the_least_weighted_way() -> None:
    random = np.random.default_rng(5)
    for size in (1, 2, 7, 60):
        xyz, weight = geocentric(*random.uniform(30, 30.1, (2, size))), random.integers(0, 9, size).astype(float)
        heavy = weight if weight.any() else np.ones(size)
        sums = np.linalg.norm(xyz[:, None] - xyz, axis=2) @ heavy
        assert sums[middle(xyz, weight)] == pytest.approx(sums.min(), rel=1e-12)
    wide = geocentric(*random.uniform(30, 30.1, (2, EXACT + 200)))
    weight = random.integers(0, 9, len(wide)).astype(float)
    sums = np.array([weight @ np.linalg.norm(wide - each, axis=1) for each in wide])
    assert sums[middle(wide, weight)] == pytest.approx(sums.min(), rel=1e-12)
    assert middle(np.zeros((3, 3)), np.ones(3)) == 0


def test_cores_of_a_line() -> None:
    """Ten places 100 m apart with 1, 1, 1, 9, 1, 1, 1, 1, 1, 5 people, cut into parts of 150 m."""
    lon = 10.0 + np.arange(10) * 100.0 / distance_m(10.0, 0.0, 11.0, 0.0)
    people = np.array([1.0, 1, 1, 9, 1, 1, 1, 1, 1, 5])
    part, core = cores(geocentric(lon, np.zeros(10)), people, np.zeros(10, np.int64), 150.0)
    # 11 around places 2, 3 and 4: the first takes 1, 2, 3. Then 7 around place 8, then 3 around place 5, then 0 alone.
    assert part.tolist() == [3, 0, 0, 0, 2, 2, 2, 1, 1, 1]
    assert core.tolist() == [2, 8, 5, 0]


def test_patches_cut_into_parts_keep_every_total() -> None:
    whole, cut = town_patches(), town_patches(core_m=town.REACH_M)
    assert cut.totals == whole.totals
    assert {each.region for each in cut.patches} == {1, len(cut)}
    first = cut.patches[0]
    assert first.weights["people"] == (81, 95)  # 19 and around it 14 (not known), 18, 20, 24
    assert first.centre_id == "c19"
    with pytest.raises(InvalidValue, match="not 0"):
        town_patches(core_m=0.0)


@st.composite
def worlds(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    count, have = draw(st.integers(1, 60)), draw(st.integers(0, 8))
    lat = draw(st.sampled_from([-33.0, 0.0, 31.0, 64.0]))
    ids = np.array([f"d{each:03d}" for each in random.permutation(count)], object)
    weights = {"people": random.integers(0, 50, count).astype(float), "jobs": random.random(count)}
    spots = random.uniform(0, 0.03, (2, count)) + np.array([[106.0], [lat]])
    who = Demand(ids, *spots, weights, random.choice(["1", "2", ""], count).astype(object))
    lon, high = random.uniform(0, 0.03, (2, have)) + np.array([[106.0], [lat]])
    names = np.array([f"s{each}" for each in random.permutation(have)], object)
    stands = Standing(random.integers(0, 5, have).astype(np.int8))
    return who, Places(names, names, lon, high), stands, draw(st.sampled_from([None, 300.0]))


def _part(who: Demand, rows) -> Demand:
    rows = np.asarray(rows)
    weights = {name: each[rows] for name, each in who.weights.items()}
    cells = None if who.cells is None else who.cells[rows]
    return Demand(who.ids[rows], who.lon[rows], who.lat[rows], weights, who.adcode[rows], cells)


@settings(deadline=None)
@given(worlds(), st.booleans(), st.randoms(use_true_random=False))
def test_laws(world, unknown_counts: bool, shuffled) -> None:
    who, where, stands, core_m = world
    found = _found(who, where, stands, core_m, unknown_counts)
    served = _served(who, where, stands)
    rows = np.concatenate([np.empty(0, np.int64), *(each.rows for each in found.patches)])
    assert len(set(rows.tolist())) == len(rows)  # nobody is in two
    assert not served[rows].any()
    assert np.array_equal(np.sort(rows), np.flatnonzero(found.patch))
    for name in who.weights:
        for at in (0, 1):
            total = sum(each.weights[name][at] for each in found.patches)
            assert (
                total == found.totals[name][at]
                if name == "people"
                else total == pytest.approx(found.totals[name][at], rel=1e-12)
            )
    if unknown_counts:
        assert found.totals["people"].upper == who.weight("people")[~served].sum()
    for rank, each in enumerate(found.patches, 1):
        assert each.rank == rank
        assert (found.patch[each.rows] == rank).all()
        assert each.centre in each.rows
        assert sum(each.reasons.values()) == each.weights["people"].upper
        assert sum(each.areas.values()) == each.weights["people"].upper
        if core_m is not None:
            away = distance_m(who.lon[each.rows], who.lat[each.rows], each.lon, each.lat)
            assert away.max() <= core_m
    people = [each.weights["people"].upper for each in found.patches]
    assert people == sorted(people, reverse=True)
    order, station = list(range(len(who))), list(range(len(where)))
    shuffled.shuffle(order)
    shuffled.shuffle(station)
    other = Places(*(each[station] for each in _columns(where)))
    again = _found(_part(who, order), other, Standing(stands.why[station]), core_m, unknown_counts)
    assert _told(_part(who, order), again) == _told(who, found)


def _found(who, where, stands, core_m, unknown_counts) -> Patches:
    pairs = by_air(who.lon, who.lat, where.lon, where.lat, 400.0)
    return patches(who, pairs, stands, where, unknown_counts=unknown_counts, link_m=350.0, core_m=core_m)


def _served(who: Demand, where: Places, stands: Standing):
    metres = distance_m(who.lon[:, None], who.lat[:, None], where.lon[stands.serves], where.lat[stands.serves])
    return (metres <= 400.0).any(axis=1)


def _told(who: Demand, found: Patches):
    return [
        (who.ids[each.rows].tolist(), each.centre_id, each.serving, each.standing, each.reason, each.region)
        for each in found.patches
    ]


@given(st.integers(0, 2**32), st.sampled_from([0.0, 45.0, 80.0]), st.sampled_from([1e-3, 1.0, 40.0]))
def test_the_nearest_place_is_the_nearest_on_the_ellipsoid(seed: int, lat: float, spread: float) -> None:
    random = np.random.default_rng(seed)
    lon, high = random.uniform(-spread, spread, (2, 30))
    x, y = random.uniform(-spread, spread, (2, 5))
    high, y = np.clip(high + lat, -90, 90), np.clip(y + lat, -90, 90)
    ids = np.array([f"p{each}" for each in range(30)], object)
    kept = random.random(30) < 0.7
    metres = np.where(kept, distance_m(x[:, None], y[:, None], lon, high), np.inf)
    expected = [Near(ids[at], ids[at], float(row[at])) for row, at in zip(metres, metres.argmin(axis=1), strict=True)]
    assert list(Places(ids, ids, lon, high).nearest(x, y, kept)) == expected


def test_places_that_are_none_are_refused() -> None:
    names = np.array(["a", "b"], object)
    with pytest.raises(InvalidValue, match=r"'b' lies at 34\.7, 113\.6"):
        Places(names, names, np.array([9.0, 34.7]), np.array([50.0, 113.6]))
    with pytest.raises(InvalidValue, match="2 ids, 1 names"):
        Places(names, names[:1], np.zeros(2), np.zeros(2))


@pytest.mark.real
def test_porto_alegre(real_data: Path) -> None:
    folder = real_data / "osm_population_r5r" / "poa"
    water = read(folder / "poa_osm.pbf", layer="amenity=toilets,drinking_water")
    assert water.geometry is not None
    lon, lat = shapely.get_coordinates(shapely.centroid(water.geometry)).T
    ids = np.array([f"s{each:02d}" for each in range(len(lon))], object)
    where = Places(ids, ids, lon, lat)
    hexes = read(folder / "poa_hexgrid.csv").cells
    x, y, people = (hexes[name].astype(float).to_numpy() for name in ("lon", "lat", "population"))
    who = Demand(hexes["id"].to_numpy(object), x, y, {"people": people}, np.full(len(x), "", object))
    stands = Standing(np.zeros(len(lon), np.int8))
    pairs = by_air(x, y, lon, lat, 500.0)
    whole, cut = patches(who, pairs, stands, where), patches(who, pairs, stands, where, core_m=500.0)
    nearest = distance_m(x[:, None], y[:, None], lon, lat).min(axis=1)
    assert len(lon) == 20
    assert who.total("people") == 812_935
    assert whole.totals["people"] == (772_543, 772_543)
    assert people[nearest > 500.0].sum() == 772_543
    # nearly all of the city hangs together; islands in the river, cut off by cells without people, stand alone
    assert [len(each.rows) for each in whole.patches] == [1051, 5, 2, 1]
    assert sum(each.weights["people"].upper for each in cut.patches) == 772_543
    assert [len(each.rows) for each in cut.patches[:10]] == [7] * 10  # a hexagon and the six around it
    best = cut.patches[0]
    within = (distance_m(x, y, best.lon, best.lat) <= 500.0) & (nearest > 500.0)
    assert best.weights["people"].upper == people[within].sum() == 17_821
    assert best.serving is not None
    assert best.serving.metres == pytest.approx(nearest[best.centre], abs=1e-6)
