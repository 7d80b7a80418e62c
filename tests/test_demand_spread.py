"""Totals spread over cells: a square town by hand, totals kept to the last bit, cells that tile and never overlap."""

import math
from types import MappingProxyType

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from stationmap.errors import InvalidValue
from stationmap.geo.earth import distance_m
from stationmap.geo.surface import area_m2
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.grid import MOST_CELLS, grid
from stationmap.planning.demand.spread import kept_exactly, kept_whole, spread, spread_by


def areas(*polygons: object, people: list[float], **more: list[float]) -> Demand:
    shapes = np.array(polygons, dtype=object)
    inner = shapely.point_on_surface(shapes)
    weights = {"people": np.array(people, dtype=float), **{name: np.array(value) for name, value in more.items()}}
    ids = np.array([f"A{n}" for n in range(len(shapes))], dtype=object)
    return Demand(ids, shapely.get_x(inner), shapely.get_y(inner), MappingProxyType(weights), ids.copy(), shapes)


def places(lon: list[float], lat: list[float], people: list[float]) -> Demand:
    ids = np.array([str(n) for n in range(len(lon))], dtype=object)
    return Demand(ids, np.array(lon), np.array(lat), {"people": np.array(people)}, np.full(len(lon), "", dtype=object))


EQUATOR = np.array([box(lon, -0.5, lon + 1, 0.5) for lon in range(4)], dtype=object)
"""Four cells of a degree along the equator: all of the same ground."""


def test_area_share_by_hand() -> None:
    # A0 covers cell 0 and half of cell 1; A1 half of cell 1 and cells 2 and 3
    found = spread(areas(box(0, -0.5, 1.5, 0.5), box(1.5, -0.5, 4, 0.5), people=[30.0, 50.0]), EQUATOR)
    assert found.demand.ids.tolist() == ["A0/0", "A0/1", "A1/1", "A1/2", "A1/3"]
    assert found.demand.weights["people"].tolist() == pytest.approx([20, 10, 10, 20, 20], rel=1e-9)
    assert found.area.tolist() == [0, 0, 1, 1, 1]
    assert found.demand.adcode.tolist() == ["A0", "A0", "A1", "A1", "A1"]
    assert found.demand.lon.tolist() == pytest.approx([0.5, 1.25, 1.75, 2.5, 3.5])
    assert (found.unmet, found.notes) == ((), ())


def test_dasymetric_by_hand() -> None:
    # of cell 1, half lies in A0: half of its 4; nothing in cells 2 and 3: ground there
    two = areas(box(0, -0.5, 1.5, 0.5), box(2, -0.5, 4, 0.5), people=[30.0, 50.0])
    found = spread(two, EQUATOR, covariate=np.array([3.0, 4.0, 0.0, 0.0]))
    assert found.demand.weights["people"].tolist() == pytest.approx([18, 12, 25, 25], rel=1e-9)
    assert [str(note) for note in found.notes] == [
        "In 1 areas what the totals were to follow is nowhere; they were spread by ground: A1."
    ]


def test_an_area_that_no_cell_meets_keeps_its_total_and_is_told() -> None:
    two = areas(box(0, -0.5, 1, 0.5), box(50, 10, 51, 11), people=[30.0, 50.0])
    found = spread(two, EQUATOR)
    assert found.unmet == ("A1",)
    assert found.demand.ids.tolist() == ["A0/0", "A1"]
    assert (found.demand.lon[1], found.demand.lat[1]) == (two.lon[1], two.lat[1])
    assert "their totals stand at a point inside each: A1." in str(found.notes[0])


def test_whole_people_by_largest_remainders() -> None:
    # 10 people over 3, 3 and 1 cells of ground: quotas 4.29, 4.29, 1.43
    parts = kept_whole(np.array([10.0]), np.array([3.0, 3.0, 1.0]), np.zeros(3, np.int64))
    assert parts.tolist() == [4.0, 4.0, 2.0]
    # of equal remainders the earlier gets more
    assert kept_whole(np.array([1.0]), np.ones(3), np.zeros(3, np.int64)).tolist() == [1.0, 0.0, 0.0]
    found = spread(areas(box(0, -0.5, 3, 0.5), people=[10.0]), EQUATOR, whole=True)
    assert found.demand.weights["people"].tolist() == [4.0, 3.0, 3.0]
    with pytest.raises(InvalidValue, match=r"10\.5 cannot be divided into whole people"):
        spread(areas(box(0, -0.5, 3, 0.5), people=[10.5]), EQUATOR, whole=True)


def test_spread_by_places_of_a_raster() -> None:
    two = areas(box(0, 0, 1, 1), box(1, 0, 2, 1), people=[90.0, 10.0], jobs=[9.0, 0.0])
    by = places([0.2, 0.8, 1.0, 5.0, 1.5], [0.5, 0.5, 0.5, 0.5, 0.5], [1.0, 2.0, 6.0, 9.0, 0.0])
    found = spread_by(two, by, "people")  # the place on the common boundary belongs to the first
    assert found.demand.ids.tolist() == ["A0/0", "A0/1", "A0/2", "A1"]
    assert found.demand.weights["people"].tolist() == [10.0, 20.0, 60.0, 10.0]
    assert found.demand.weights["jobs"].tolist() == [1.0, 2.0, 6.0, 0.0]
    assert found.unmet == ("A1",)


def test_what_cannot_be_spread() -> None:
    with pytest.raises(InvalidValue, match="Only areas with polygons"):
        spread(places([0.5], [0.5], [1.0]), EQUATOR)
    one = areas(box(0, -0.5, 1, 0.5), people=[1.0])
    for wrong in (np.ones(3), np.array([1.0, -1.0, 1.0, 1.0]), np.array([1.0, np.nan, 1.0, 1.0])):
        with pytest.raises(InvalidValue, match="a number of 0 or more for each of the 4 cells"):
            spread(one, EQUATOR, covariate=wrong)
    with pytest.raises(InvalidValue, match="no weight 'jobs'"):
        spread_by(one, places([0.5], [0.0], [1.0]), "jobs")


GROUPS = st.lists(
    st.tuples(
        st.floats(0, 1e9),
        st.lists(st.floats(0, 1e6) | st.just(0.1), min_size=1, max_size=30).filter(lambda m: max(m) > 1e-3),
    ),
    min_size=1,
    max_size=6,
)


@given(GROUPS)
@settings(max_examples=300, deadline=None)
def test_parts_sum_to_the_total_to_the_last_bit(groups: list[tuple[float, list[float]]]) -> None:
    total = np.array([each for each, _ in groups])
    measure = np.array([one for _, many in groups for one in many])
    group = np.repeat(np.arange(len(groups)), [len(many) for _, many in groups])
    parts = kept_exactly(total, measure, group)
    assert (parts >= 0).all()
    for number, (each, many) in enumerate(groups):
        own = parts[group == number]
        assert math.fsum(own) == each
        fair = each * np.array(many) / math.fsum(many)
        assert np.allclose(own, fair, rtol=1e-9, atol=1e-9 * max(each, 1e-300))


@given(GROUPS)
@settings(max_examples=300, deadline=None)
def test_whole_parts_are_whole_fair_and_complete(groups: list[tuple[float, list[float]]]) -> None:
    total = np.floor(np.array([each for each, _ in groups]))
    measure = np.array([one for _, many in groups for one in many])
    group = np.repeat(np.arange(len(groups)), [len(many) for _, many in groups])
    parts = kept_whole(total, measure, group)
    assert (parts == np.floor(parts)).all()
    assert (parts >= 0).all()
    for number, (_, many) in enumerate(groups):
        own, fair = parts[group == number], total[number] * np.array(many) / math.fsum(many)
        assert own.sum() == total[number]
        assert (np.abs(own - fair) < 1 + 1e-6 * np.maximum(fair, 1)).all()
        assert (own[np.array(many) == 0] == 0).all()


@given(
    corners=st.lists(
        st.tuples(st.floats(113.0, 113.1), st.floats(34.0, 34.1), st.floats(0.003, 0.03), st.floats(0.003, 0.03)),
        min_size=1,
        max_size=5,
    ),
    people=st.floats(0.5, 1e6),
    size=st.floats(300.0, 3000.0),
)
@settings(max_examples=40, deadline=None)
def test_every_area_keeps_its_total_in_cells_cut_to_it(
    corners: list[tuple[float, float, float, float]], people: float, size: float
) -> None:
    boxes = [box(west, south, west + wide, south + high) for west, south, wide, high in corners]
    given_areas = areas(*boxes, people=[people * (n + 1) for n in range(len(boxes))])
    cells = grid((113.0, 34.0, 113.05, 34.05), size)  # some areas lie outside, some in part
    found = spread(given_areas, cells)
    assert found.demand.cells is not None
    for number, shape in enumerate(boxes):
        own = found.area == number
        assert math.fsum(found.demand.weights["people"][own]) == given_areas.weights["people"][number]
        for cell, lon, lat in zip(found.demand.cells[own], found.demand.lon[own], found.demand.lat[own], strict=True):
            assert cell.intersects(Point(lon, lat))
            assert shape.buffer(1e-9).covers(cell)
    turned = areas(*boxes[::-1], people=given_areas.weights["people"][::-1].tolist())
    again = spread(turned, cells)
    assert sorted(again.demand.weights["people"]) == sorted(found.demand.weights["people"])


@given(
    west=st.floats(-180, 179),
    south=st.floats(-90, 89.9),
    wide=st.floats(0.001, 1.0),
    high=st.floats(0.001, 0.1),
    size=st.floats(200.0, 5000.0),
)
@settings(max_examples=60, deadline=None)
def test_cells_tile_the_bounds_and_are_no_larger_than_asked(
    west: float, south: float, wide: float, high: float, size: float
) -> None:
    bounds = (west, south, min(180.0, west + wide), min(90.0, south + high))
    cells = grid(bounds, size)
    assert area_m2(cells).sum() == pytest.approx(area_m2([box(*bounds)])[0], rel=1e-9)
    low = shapely.bounds(cells)
    assert (low[:, :2] < low[:, 2:]).all()
    middle = (low[:, 1] + low[:, 3]) / 2
    tall = distance_m(low[:, 0], low[:, 1], low[:, 0], low[:, 3])
    across = distance_m(low[:, 0], middle, low[:, 2], middle)
    assert tall.max() <= size * (1 + 1e-2)  # bands are equal in degrees, a degree of latitude changes by 1 %
    assert across.max() <= size * (1 + 1e-9)
    tree = shapely.STRtree(cells)
    one, other = tree.query(cells, predicate="overlaps")
    assert not len(one)
    assert not len(other)


def test_a_city_has_straight_columns_and_a_pole_few_cells() -> None:
    city = grid((113.5, 34.7, 113.7, 34.9), 500.0)
    assert len(np.unique(shapely.bounds(city)[:, 0])) == 37  # 18.33 km at the south edge
    bands = np.unique(shapely.bounds(grid((-180.0, 89.5, 180.0, 90.0), 20_000.0))[:, 1], return_counts=True)[1]
    # 55.8 km from the pole: three bands of 18.6 km, whose middle parallels are 292, 175 and 58 km long
    assert bands.tolist() == [15, 9, 3]


@pytest.mark.parametrize("bounds", [(1, 0, 1, 1), (0, 1, 1, 1), (170, 0, -170, 1), (0, 0, 1, 91), (0, 0, math.nan, 1)])
def test_bounds_that_enclose_nothing(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidValue, match="enclose nothing"):
        grid(bounds, 500.0)


def test_sizes_that_are_none_or_too_small() -> None:
    for size in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InvalidValue, match="must be a number of metres above 0"):
            grid((0, 0, 1, 1), size)
    for size in (1.0, 1e-9):
        with pytest.raises(InvalidValue, match=f"more than {MOST_CELLS}"):
            grid((0, 0, 1, 1), size)
