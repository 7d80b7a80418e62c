"""Tiles and halos find what all stations find; the nearest by chord is not always the nearest on the ellipsoid."""

import pickle

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.geo.earth import distance_m, geocentric
from stationmap.planning.scale.folder import morton
from stationmap.planning.scale.tiles import Stations, ball, nearest_m
from tests.scale_town import same, survey
from tests.test_scale_tally import demand, rows_of, tallied


def test_a_halo_by_hand() -> None:
    # On the equator, stations 0, 1, 2 and 3 km east (0.008983 degrees each); demand at 0 and 1 km.
    kilometre = 1000.0 / 111_319.49079327358
    stations = Stations.at(np.arange(4) * kilometre, np.zeros(4))
    centre, radius_m = ball(geocentric(np.array([0.0, kilometre]), np.zeros(2)))
    assert abs(radius_m - 500.0) < 0.01
    assert len(stations.halo(centre, radius_m, 999.0).lon) == 2
    assert len(stations.halo(centre, radius_m, 1000.1).lon) == 3
    assert stations.halo(centre, radius_m, 3000.0) is stations


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.floats(0.0, 400_000.0), st.booleans())
def test_a_halo_holds_all_that_matters(seed: int, times: int, reach_m: float, polar: bool) -> None:
    random = np.random.default_rng(seed)
    middle = (180.0, 89.0) if polar else (113.6, 34.7)
    lon, lat = (
        (middle[0] + random.normal(0, 2, 90) + 180) % 360 - 180,
        np.clip(middle[1] + random.normal(0, 1, 90), -90, 90),
    )
    stations = Stations.at(lon[:50], lat[:50])
    places = lon[50:], lat[50:], geocentric(lon[50:], lat[50:])
    halo = stations.halo(*ball(places[2]), reach_m)
    found = nearest_m(*places, halo, (reach_m / 2, reach_m), times)
    every = np.sort(distance_m(lon[50:, None], lat[50:, None], lon[:50], lat[:50]), axis=1)[:, :times]
    for reach in (reach_m / 2, reach_m):
        assert np.array_equal(found <= reach, every <= reach)


def test_the_nearest_by_chord_may_be_beyond_the_reach() -> None:
    # From the equator 50 km north bends more than 50 km east: the arc is 1.7 mm longer over the same chord.
    lon, lat, xyz = np.zeros(1), np.zeros(1), geocentric(np.zeros(1), np.zeros(1))
    north = 50_000.0 / 110_574.0
    chord = float(np.sqrt(np.square(geocentric(0.0, north) - xyz[0]).sum()))
    east = float(np.degrees(2.0 * np.arcsin((chord + 0.0005) / 2.0 / 6378137.0)))
    stations = Stations.at(np.array([0.0, east]), np.array([north, 0.0]))
    to_north, to_east = distance_m(0.0, 0.0, stations.lon, stations.lat)
    chords = np.sqrt(np.square(stations.xyz - xyz[0]).sum(axis=1))
    assert chords[0] < chords[1]
    assert to_east < to_north
    reach = float((to_east + to_north) / 2.0)
    assert nearest_m(lon, lat, xyz, stations, (reach,), 1).tolist() == [[to_east]]
    assert (nearest_m(lon, lat, xyz, stations, (reach,), 2) <= reach).tolist() == [[True, False]]


def test_a_question_arrives_whole_in_another_process() -> None:
    ask = survey(30)
    assert same(tallied(rows_of(demand(200)), pickle.loads(pickle.dumps(ask))), tallied(rows_of(demand(200)), ask))


def test_places_in_order_of_morton_lie_together() -> None:
    # Of a square of four by four steps, the first four codes are its south-western quarter.
    step = 180.0 / 2**21
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.arange(4) * 2 * step, np.arange(4) * step))
    order = np.argsort(morton(lon, lat), kind="stable")
    assert sorted(
        zip((lon[order[:4]] / step).round().tolist(), (lat[order[:4]] / step).round().tolist(), strict=True)
    ) == [
        (0.0, 0.0),
        (0.0, 1.0),
        (2.0, 0.0),
        (2.0, 1.0),
    ]
    assert morton(np.array([180.0]), np.array([90.0])).tolist() == [2**42 - 1]
