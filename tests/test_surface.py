"""Areas of polygons and circles on the ellipsoid, against Karney's geodesics."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from stationmap.errors import InvalidValue
from stationmap.geo.earth import distance_m
from stationmap.geo.surface import area_m2, circles, round_plane, segments_for

GEOD = Geod(ellps="WGS84")
SURFACE_M2 = 510_065_621_724_088.4  # of the whole ellipsoid


def test_the_whole_earth_and_a_half() -> None:
    whole = shapely.segmentize(shapely.box(-180, -90, 180, 90), 1.0)
    north = shapely.segmentize(shapely.box(-180, 0, 180, 90), 1.0)
    assert area_m2([whole, north]).tolist() == pytest.approx([SURFACE_M2, SURFACE_M2 / 2], rel=1e-9)


def test_holes_parts_and_nothing() -> None:
    outer, hole = shapely.box(10, 50, 11, 51), shapely.box(10.2, 50.2, 10.4, 50.4)
    ring = outer - hole
    far = shapely.box(-70, -30, -69, -29)
    areas = area_m2(
        [outer, hole, ring, shapely.multipolygons([ring, far]), far, None, shapely.Polygon(), shapely.Point(1, 1)]
    )
    assert areas[2] == pytest.approx(areas[0] - areas[1], rel=1e-12)
    assert areas[3] == pytest.approx(areas[2] + areas[4], rel=1e-12)
    assert areas[5:].tolist() == [0, 0, 0]
    assert area_m2(np.empty(0, object)).shape == (0,)
    assert area_m2([shapely.reverse(ring)])[0] == pytest.approx(areas[2], rel=1e-12)


@given(st.floats(-170, 170), st.floats(-75, 75), st.sampled_from([100.0, 3_000.0, 50_000.0]))
def test_the_area_of_a_small_polygon_is_that_of_geodesics(lon: float, lat: float, size_m: float) -> None:
    circle = circles([lon], [lat], size_m, 90)[0]
    expected = abs(GEOD.geometry_area_perimeter(circle)[0])
    assert area_m2([circle])[0] == pytest.approx(expected, rel=1e-5)


@given(
    st.floats(-180, 180),
    st.floats(-80, 80),
    st.one_of(st.floats(1.0, 5_000.0), st.floats(5_000.0, 100_000.0)),
    st.floats(1e-4, 0.1),
)
def test_circles_are_inside_by_no_more_than_was_asked(lon: float, lat: float, radius_m: float, part: float) -> None:
    segments = segments_for(radius_m, part * radius_m)
    ring = shapely.get_coordinates(circles([lon], [lat], radius_m, segments))
    assert len(ring) == segments + 1
    corners = GEOD.inv(np.full(len(ring), lon), np.full(len(ring), lat), *ring.T)[2]
    assert np.abs(corners - radius_m).max() < 1e-4
    middles = (ring[1:] + ring[:-1]) / 2
    inside = radius_m - GEOD.inv(np.full(segments, lon), np.full(segments, lat), *middles.T)[2]
    # corners are evenly spaced on a round earth, to 0.7 % (twice that of the error); and what is straight in degrees bends on the ground
    bend = 0.014 + radius_m / 6.35e6 * (1 + math.tan(math.radians(abs(lat) + 1)))
    assert inside.min() > -1e-4
    assert inside.max() <= part * radius_m * (1 + bend) + 1e-4


def test_a_circle_over_the_180th_meridian_goes_on() -> None:
    west, _, east, _ = circles([179.999], [20.0], 500.0, 40)[0].bounds
    assert west < 179.999 < 180.0 < east


def test_circles_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(InvalidValue, match="not 0 m"):
        circles([0.0], [0.0], 0.0, 8)
    with pytest.raises(InvalidValue, match=r"not 1e\+09 m"):
        circles([0.0], [0.0], 1e9, 8)
    with pytest.raises(InvalidValue, match=r"latitude -87.9"):
        circles([0.0, 1.0], [60.0, -87.9], 50_000.0, 8)
    assert circles([], [], 10.0, 8).shape == (0,)


def test_corners_for_an_error() -> None:
    assert segments_for(500.0, 1.0) == 50
    assert segments_for(500.0, 400.0) == segments_for(500.0, 900.0) == 8


@given(st.floats(-180, 180), st.floats(-70, 70))
def test_circles_stay_circles_in_the_round_plane(lon: float, lat: float) -> None:
    """Points of a circle on the ground lie on one circle of the plane, wherever the plane has its middle."""
    ring = shapely.get_coordinates(circles([lon], [lat], 20_000.0, 24))[:-1]
    away = [lon + 30.0, lat / 2]
    x, y = round_plane(*np.concatenate([ring, [away]]).T)
    x, y = x[:-1], y[:-1]
    a, b, c = np.linalg.lstsq(np.column_stack([x, y, np.ones(24)]), x * x + y * y, rcond=None)[0]
    radius = math.sqrt(c + (a * a + b * b) / 4)
    assert np.hypot(x - a / 2, y - b / 2) == pytest.approx(radius, rel=1e-4)


def test_the_round_plane_is_in_metres_near_its_middle() -> None:
    lon, lat = np.array([113.6, 113.61]), np.array([34.7, 34.7])
    x, y = round_plane(lon, lat)
    assert math.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(float(distance_m(113.6, 34.7, 113.61, 34.7)), rel=5e-3)
