"""Geocentric metres and distances: against PROJ and Karney's geodesics, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from stationmap.geo.earth import (
    CLOSE_M,
    MEAN_RADIUS_M,
    NEAR_M,
    arc_m,
    bend_at,
    chord_m,
    close_arc_m,
    distance_m,
    geocentric,
    geocentric_one,
    geodetic,
    near_arc_m,
    near_arc_of,
)

GEOD = Geod(ellps="WGS84")
places = st.tuples(st.floats(-180.0, 180.0), st.floats(-90.0, 90.0))


def pairs(metres: float, count: int = 20_000):
    """Return pairs of places a geodesic apart, evenly over the globe, with both poles and the antimeridian."""
    random = np.random.default_rng(int(metres) + 1)
    lon = random.uniform(-180.0, 180.0, count)
    lat = np.degrees(np.arcsin(random.uniform(-1.0, 1.0, count)))
    lat[:100], lat[100:200] = 90.0, -90.0
    lat[200:300] = random.uniform(89.9999, 90.0, 100)
    lon[300:600:2], lon[301:600:2] = 180.0, -180.0
    lat[600:700] = 0.0
    lon2, lat2, _ = GEOD.fwd(lon, lat, random.uniform(-180.0, 180.0, count), np.full(count, metres))
    return lon, lat, lon2, lat2


def test_axes_of_geocentric_metres():
    places_ = geocentric([0.0, 90.0, 180.0, 0.0, 0.0], [0.0, 0.0, 0.0, 90.0, -90.0])
    a, b = 6378137.0, 6356752.314245179
    assert places_ == pytest.approx(np.array([[a, 0, 0], [0, a, 0], [-a, 0, 0], [0, 0, b], [0, 0, -b]]), abs=1e-8)


def test_geocentric_metres_are_those_of_proj():
    lon, lat, *_ = pairs(1.0)
    proj = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(lon, lat, np.zeros_like(lon))
    assert np.abs(geocentric(lon, lat) - np.stack(proj, axis=1)).max() < 1e-6


@given(places)
def test_one_place_is_to_the_bit_what_many_are(place):
    assert geocentric_one(*place) == tuple(geocentric(*place).tolist())


@pytest.mark.parametrize("metres", [0.0, 0.001, 1.0, 800.0, 20_000.0, 99_999.0])
def test_a_few_arcs_are_what_many_are(metres):
    first, second = geocentric(*pairs(metres, 1000)[:2]), geocentric(*pairs(metres, 1000)[2:])
    one_by_one = [near_arc_of(a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    assert np.abs(near_arc_m(first, second) - one_by_one).max() < 1e-9


@pytest.mark.parametrize("height_m", [-5e6, -100.0, 0.0, 8848.0, 4e5, 1e9])
def test_degrees_beneath_any_height(height_m):
    lon, lat, *_ = pairs(1.0)
    proj = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    back_lon, back_lat = geodetic(np.stack(proj.transform(lon, lat, np.full_like(lon, height_m)), axis=1))
    assert distance_m(back_lon, back_lat, lon, lat).max() < 1e-6


@pytest.mark.parametrize(
    ("metres", "distance_error_m", "arc_error_m"),
    [
        (0.0, 1e-8, 1e-8),
        (0.001, 1e-8, 1e-8),
        (1.0, 1e-8, 1e-8),
        (800.0, 1e-8, 1e-8),
        (5_000.0, 1e-8, 1.5e-6),
        (20_000.0, 1e-8, 9.4e-5),
        (99_999.0, 3e-7, 0.012),
        (100_001.0, 3e-7, 0.012),
        (1e6, 1e-6, 12.0),
        (1e7, 1e-6, np.inf),
        (1.99e7, 1e-6, np.inf),
    ],
)
def test_the_errors_that_the_docstring_tells(metres, distance_error_m, arc_error_m):
    ends = pairs(metres)
    chord = np.linalg.norm(geocentric(*ends[:2]) - geocentric(*ends[2:]), axis=1)
    assert np.abs(distance_m(*ends) - metres).max() <= distance_error_m
    assert np.abs(arc_m(chord) - metres).max() <= arc_error_m
    assert (chord <= metres + 5e-9).all()


def test_the_table_of_errors_is_not_kinder_than_the_truth():
    """At 20 km one radius is really 0.09 mm off somewhere, at 100 km 11 mm."""
    for metres, error_m in ((20_000.0, 9e-5), (99_999.0, 0.011)):
        ends = pairs(metres, 200_000)
        chord = np.linalg.norm(geocentric(*ends[:2]) - geocentric(*ends[2:]), axis=1)
        assert np.abs(arc_m(chord) - metres).max() > error_m


def test_a_known_distance():
    """Flinders Peak to Buninyong, the worked example of the Australian geodesists (there on GRS 80)."""
    flinders = 144 + 25 / 60 + 29.52440 / 3600, -(37 + 57 / 60 + 3.72030 / 3600)
    buninyong = 143 + 55 / 60 + 35.38390 / 3600, -(37 + 39 / 60 + 10.15610 / 3600)
    assert distance_m(*flinders, *buninyong) == pytest.approx(54972.271, abs=0.001)


def test_across_the_antimeridian_and_over_the_pole():
    assert distance_m(179.9999, 10.0, -179.9999, 10.0) == pytest.approx(21.928, abs=0.001)
    assert distance_m(0.0, 89.9999, 180.0, 89.9999) == pytest.approx(22.339, abs=0.001)
    assert distance_m(-180.0, -16.5, 180.0, -16.5) == pytest.approx(0.0, abs=1e-8)


@settings(max_examples=150, deadline=None)
@given(first=places, second=places)
def test_a_distance_is_the_geodesic_both_ways(first, second):
    there, back = distance_m(*first, *second), distance_m(*second, *first)
    assert there == pytest.approx(GEOD.inv(*first, *second)[2], abs=1e-6)
    assert there == pytest.approx(float(back), abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(place=places)
def test_geocentric_metres_there_and_back(place):
    assert distance_m(*geodetic(geocentric(*place)), *place) < 1e-6


@settings(max_examples=100, deadline=None)
@given(arc=st.floats(0.0, np.pi * MEAN_RADIUS_M))
def test_chord_and_arc_undo_one_another(arc):
    assert 0.0 <= chord_m(arc) <= arc + 1e-9
    assert arc_m(chord_m(arc)) == pytest.approx(arc, rel=1e-7, abs=1e-6)


def test_chord_and_arc_rise_together_and_stop_at_the_diameter():
    arcs = np.linspace(0.0, np.pi * MEAN_RADIUS_M, 10_001)
    assert (np.diff(chord_m(arcs)) > 0).all()
    assert (np.diff(arc_m(chord_m(arcs))) > 0).all()
    assert chord_m(1e9) == pytest.approx(2 * MEAN_RADIUS_M)
    assert arc_m(2 * 6378137.0) == pytest.approx(np.pi * MEAN_RADIUS_M)


def test_no_jump_where_the_arc_hands_over_to_the_geodesic():
    lon2, lat2, _ = GEOD.fwd(*[np.full(2001, part) for part in (113.62, 34.75, 57.0)], np.linspace(99e3, 102e3, 2001))
    steps = np.diff(distance_m(113.62, 34.75, lon2, lat2))
    assert np.abs(steps - 1.5).max() < 1e-6
    assert NEAR_M == 100_000.0


def test_shapes_broadcast():
    assert distance_m([[1.0], [2.0]], 3.0, [4.0, 5.0, 6.0], 7.0).shape == (2, 3)
    assert distance_m(1.0, 2.0, 3.0, 4.0).shape == ()
    assert distance_m([], [], [], []).shape == (0,)
    assert geocentric([1.0, 2.0], 3.0).shape == (2, 3)
    assert geocentric(1.0, 2.0).shape == (3,)
    assert geodetic(np.ones((4, 5, 3)))[0].shape == (4, 5)


def test_what_is_no_place_is_nan_and_spoils_no_other():
    bad = [np.nan, np.inf, -np.inf]
    assert np.isnan(geocentric([*bad, 1.0, 1.0], [1.0, 1.0, 1.0, 90.5, np.inf])).all()
    metres = distance_m([113.6, *bad], [34.7, 1.0, 1.0, 1.0], 113.6, 34.8)
    assert metres[0] == pytest.approx(11094, abs=1)
    assert np.isnan(metres[1:]).all()
    assert np.isnan(geodetic([[np.nan, 1.0, 1.0]])[0]).all()


def test_longitudes_may_wind():
    assert distance_m(113.6, 34.7, 473.6, 34.7) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("metres", [0.0, 0.001, 1.0, 300.0, 1500.0, CLOSE_M])
def test_close_arcs_are_near_ones(metres):
    lon, lat, lon2, lat2 = pairs(metres)
    first, second = geocentric(lon, lat), geocentric(lon2, lat2)
    close = [close_arc_m(bend_at(a), (b - a)[None])[0] for a, b in zip(first, second, strict=True)]
    assert np.abs(near_arc_m(first, second) - close).max() < 1e-9


def test_at_the_equator_the_ground_is_bent_more_along_the_meridian_than_across():
    a, b = 6378137.0, 6356752.314245179
    bend = bend_at((a, 0.0, 0.0))
    assert bend.northward == pytest.approx(a / b**2)
    assert bend.northward + bend.eastward == pytest.approx(1 / a)
    assert bend[2:] == (0.0, 1.0)
    pole = bend_at((0.0, 0.0, -b))
    assert pole.northward == pytest.approx(b / a**2)
    assert pole.eastward == pytest.approx(0.0, abs=1e-22)
