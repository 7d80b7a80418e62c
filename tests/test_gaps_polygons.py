"""The uncovered part of an outline as polygons."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.geo.earth import distance_m
from stationmap.geo.surface import area_m2, circles
from stationmap.planning.gaps.polygons import (
    Dissolved,
    GapArea,
    dissolved,
    drawn_error_m,
    gap_area,
    gap_area_bounds,
    without,
)
from tests import gaps_town as town


def town_outline() -> shapely.Polygon:
    return shapely.box(*town.place(-0.5, -0.5), *town.place(4.5, 4.5))


def test_one_station_in_the_middle_of_the_town() -> None:
    """1,500 m by 1,500 m less a circle of 500 m: 2,250,000 - 785,398 square metres."""
    lon, lat = town.place(2, 2)
    found = gap_area(town_outline(), [lon], [lat], 500.0)
    assert (len(found), found.segments, found.slivers) == (1, 50, 0)
    assert found.outline_m2 == pytest.approx(2_250_000, rel=1e-4)
    drawn = 785_398 * (1 - 2 / 3 * (np.pi / 50) ** 2)  # a polygon of 50 corners
    assert found.uncovered_m2 == pytest.approx(2_250_000 - drawn, rel=1e-4)
    assert found.share == found.uncovered_m2 / found.outline_m2
    assert 0.98 < found.arc_error_m < 1.0
    assert shapely.get_num_interior_rings(found.polygons[0]) == 1
    assert "500 m" in str(found.method()[0])


def test_no_station_and_no_reach_leave_the_outline_as_it_is() -> None:
    outline = town_outline()
    lon, lat = town.place(2, 2)
    for found in (
        gap_area(outline, [], [], 500.0),
        gap_area(outline, [lon], [lat], 0.0),
        gap_area(outline, [0.0], [0.0], 500.0),
    ):
        assert found.polygons.tolist() == [outline]
        assert (found.share, found.arc_error_m, found.segments) == (1.0, 0.0, 0)


def test_all_is_covered() -> None:
    found = gap_area(town_outline(), *[[each] for each in town.place(2, 2)], 2_000.0)
    assert (len(found), found.share, found.uncovered_m2) == (0, 0.0, 0.0)
    assert found.arc_error_m > 0


def test_what_is_not_known_makes_an_interval() -> None:
    where = town.stations()
    lower, upper = gap_area_bounds(town_outline(), where.lon, where.lat, town.STANDS, 300.0)
    circle = area_m2(circles(where.lon[:1], where.lat[:1], 300.0, upper.segments))[0]
    # A alone; A and B, whose circles touch in the middle of c08
    assert upper.uncovered_m2 == pytest.approx(upper.outline_m2 - circle, abs=1.0)
    assert lower.uncovered_m2 == pytest.approx(upper.uncovered_m2 - circle, abs=20.0)


def test_rings_of_circles_and_what_lies_in_them() -> None:
    """Twelve circles of 500 m in a ring, one in its middle: outside, ring, inside, middle."""
    turn = np.arange(12) * np.pi / 6
    lon = np.append(113.6 + 1500 * np.sin(turn) / 91_614.14, 113.6)
    lat = np.append(34.7 + 1500 * np.cos(turn) / 110_935.2, 34.7)
    outline = shapely.box(113.56, 34.66, 113.64, 34.74)
    found = gap_area(outline, lon, lat, 500.0)
    outer, inner = found.polygons
    assert [shapely.get_num_interior_rings(each) for each in found.polygons] == [1, 1]
    assert shapely.Polygon(outer.interiors[0]).contains(inner)
    assert inner.distance(shapely.Point(113.6, 34.7)) * 100_000 > 450


def test_touching_circles_all_round_something() -> None:
    """Four squares that touch at their corners enclose a fifth: as holes they would cut the outline in two."""
    squares = np.array([shapely.box(x, y, x + 1, y + 1) for x, y in ((1, 2), (2, 1), (3, 2), (2, 3))], object)
    left = without(shapely.box(0, 0, 5, 5), Dissolved(squares[:0], squares))
    assert shapely.is_valid(left).all()
    assert sorted(shapely.area(left)) == [1, 20]


def test_slivers_are_left_out_and_told() -> None:
    """Four circles of 420 m around (+-300, +-300) leave a star around the middle, 6.06 m to its tips: 73 sq m."""
    where = town.stations()
    whole = gap_area(town_outline(), where.lon, where.lat, 420.0, least_m2=0.0, arc_error_m=0.01)
    cut = gap_area(town_outline(), where.lon, where.lat, 420.0, arc_error_m=0.01)
    assert whole.area_m2[1:].tolist() == pytest.approx([73.0], abs=1.5)
    assert (len(whole), len(cut), cut.slivers) == (2, 1, 1)
    assert cut.uncovered_m2 + cut.slivers_m2 == pytest.approx(whole.uncovered_m2, rel=1e-12)
    assert str(cut.method()[1]).startswith(f"{cut.slivers} shapes of less than")
    assert len(whole.method()) == 1


def test_on_both_sides_of_the_180th_meridian() -> None:
    """An outline cut along the meridian, and one that goes on beyond it, as the same outline elsewhere."""
    plain = gap_area(shapely.box(9.9, 0, 10.1, 0.1), [10.001, 9.95], [0.05, 0.02], 3_000.0)
    cut = shapely.multipolygons([shapely.box(179.9, 0, 180, 0.1), shapely.box(-180, 0, -179.9, 0.1)])
    for outline in (cut, shapely.box(179.9, 0, 180.1, 0.1), shapely.box(-180.1, 0, -179.9, 0.1)):
        found = gap_area(outline, [-179.999, 179.95], [0.05, 0.02], 3_000.0)
        assert found.uncovered_m2 == pytest.approx(plain.uncovered_m2, rel=1e-9)


def test_what_cannot_be_is_refused() -> None:
    town_box = town_outline()
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    for outline, options, told in (
        (shapely.Point(0, 0), {}, "no area, but Point"),
        (shapely.Polygon(), {}, "no area"),
        (bow, {}, "crosses itself"),
        (shapely.box(-179, 0, 179, 1), {}, "358 degrees wide"),
        (town_box, {"arc_error_m": 0.0}, "arc error"),
        (town_box, {"least_m2": -1.0}, "least area"),
        (shapely.box(0, 89, 1, 90), {}, "too near a pole"),
    ):
        with pytest.raises(InvalidValue, match=told):
            gap_area(outline, [0.5], [89.5], 500.0, **options)
    for reach_m in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InvalidValue, match="The reach"):
            gap_area(town_box, [], [], reach_m)
    with pytest.raises(InvalidValue, match=r"not 1e\+09 m"):
        gap_area(town_box, [town.LON], [town.LAT], 1e9)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32),
    st.integers(0, 40),
    st.sampled_from([-62.0, 0.0, 34.0, 71.0]),
    st.sampled_from([80.0, 400.0, 2_500.0]),
    st.sampled_from([0.2, 1.0, 20.0]),
)
def test_a_point_is_in_a_gap_just_when_no_station_reaches_it(
    seed: int, have: int, lat: float, reach_m: float, arc_error_m: float
) -> None:
    random = np.random.default_rng(seed)
    lon, high = random.uniform(0, 0.05, (2, have)) + np.array([[104.0], [lat]])
    outline = shapely.Polygon([(104.0, lat), (104.05, lat + 0.01), (104.04, lat + 0.05), (104.0, lat + 0.03)])
    found = gap_area(outline, lon, high, reach_m, arc_error_m=arc_error_m, least_m2=0.0)
    x, y = random.uniform(0, 0.05, (2, 400)) + np.array([[104.0], [lat]])
    nearest = distance_m(x[:, None], y[:, None], lon, high).min(axis=1, initial=np.inf)
    inside = shapely.intersects_xy(outline, x, y)
    gap = shapely.intersects_xy(shapely.multipolygons(found.polygons), x, y)
    assert not gap[~inside].any()
    assert gap[inside & (nearest > reach_m)].all()
    assert not gap[nearest < reach_m - found.arc_error_m - 1e-4].any()
    assert found.arc_error_m <= arc_error_m
    assert found.area_m2.tolist() == sorted(found.area_m2, reverse=True)
    assert 0 <= found.uncovered_m2 <= found.outline_m2 * (1 + 1e-12)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from([30, 400]), st.sampled_from([0.002, 0.05, 0.5]))
def test_dissolved_circles_are_their_union(seed: int, have: int, spread: float) -> None:
    """At 0.002 degrees hundreds overlap each and centres are thinned; at 0.5 most stand alone."""
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(0, spread, (2, have)) + np.array([[104.0], [31.0]])
    drawn = circles(lon, lat, 500.0, 16)
    parts = dissolved(drawn, lon, lat, 500.0)
    union = shapely.union_all(drawn)
    whole = shapely.multipolygons(np.concatenate(parts))
    assert whole.is_valid
    assert whole.area == pytest.approx(union.area, rel=1e-12)
    assert shapely.symmetric_difference(whole, union).area < 1e-12 * union.area
    outline = shapely.box(104.1 * 0.999, 31.0, 104.0 + spread * 0.8, 31.0 + spread)
    left = without(outline, parts)
    assert shapely.is_valid(left).all()
    assert shapely.area(left).sum() == pytest.approx(outline.difference(union).area, rel=1e-9, abs=1e-15)


def test_the_order_of_stations_does_not_matter() -> None:
    def told(found: GapArea):
        return shapely.to_wkt(shapely.normalize(found.polygons), rounding_precision=9).tolist()

    where, order = town.stations(), [3, 1, 0, 2]
    first = gap_area(town_outline(), where.lon, where.lat, 350.0)
    assert told(gap_area(town_outline(), where.lon[order], where.lat[order], 350.0)) == told(first)


def test_the_drawn_error_is_measured_at_the_outermost_latitudes() -> None:
    assert drawn_error_m(np.array([0.0]), 500.0, 50) < 500.0 * (1 - np.cos(np.pi / 50)) * 1.014
    assert drawn_error_m(np.array([0.0, 80.0]), 100_000.0, 50) > drawn_error_m(np.array([0.0]), 100_000.0, 50)
