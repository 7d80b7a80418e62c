"""The line where China's shift applies: what lies on which side of it, and that nothing breaks upon it."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from stationmap.geo import mainland
from stationmap.geo.datum import convert, shift_applies
from stationmap.geo.earth import distance_m, geocentric
from stationmap.geo.mainland import BD09_BELT, GCJ02_BELT, GUARD_M, INSIDE, NEAR, OUTSIDE
from stationmap.geo.shift import BD09, GCJ02

LINE = shapely.Polygon(mainland.corners())
BELTS = ((GCJ02, "wgs84", "gcj02"), (BD09, "gcj02", "bd09"))


def places_near_the_line(count: int, reach_deg: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return places within some degrees of the line, all along it."""
    random = np.random.default_rng(seed)
    on_line = shapely.line_interpolate_point(LINE.exterior, random.random(count), normalized=True)
    lon, lat = (shapely.get_coordinates(on_line) + random.uniform(-reach_deg, reach_deg, (count, 2))).T
    return lon.copy(), lat.copy()


def metres_to_the_line(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return the distance of places to the line, to 1 % from 2 km on: to the nearest of places 550 m apart on it."""
    on_line = shapely.get_coordinates(shapely.segmentize(LINE.exterior, 0.005))
    return cKDTree(geocentric(*on_line.T)).query(geocentric(lon, lat))[0]


def test_the_line_is_a_simple_ring():
    assert LINE.is_valid
    assert LINE.exterior.is_ccw
    assert len(np.unique(mainland.corners(), axis=0)) == len(mainland.corners())


@pytest.mark.parametrize(
    ("name", "lon", "lat"),
    [
        ("漠河", 122.537, 52.972),
        ("抚远", 134.308, 48.365),
        ("珲春", 130.366, 42.863),
        ("丹东", 124.354, 40.000),
        ("舟山嵊泗", 122.451, 30.726),
        ("厦门", 118.089, 24.480),
        ("深圳罗湖口岸", 114.113, 22.532),
        ("珠海拱北口岸", 113.549, 22.217),
        ("香港", 114.158, 22.285),
        ("澳门", 113.543, 22.199),
        ("三亚", 109.512, 18.253),
        ("三沙永兴岛", 112.338, 16.834),
        ("东兴", 107.972, 21.547),
        ("河口", 103.939, 22.529),
        ("瑞丽", 97.855, 24.013),
        ("墨脱", 95.333, 29.325),
        ("亚东", 88.907, 27.485),
        ("普兰", 81.177, 30.287),
        ("塔什库尔干", 75.230, 37.773),
        ("霍尔果斯", 80.414, 44.213),
        ("二连浩特", 111.978, 43.653),
        ("满洲里", 117.378, 49.598),
    ],
)
def test_border_towns_of_china_lie_well_inside(name, lon, lat):
    assert shift_applies(lon, lat)
    assert distance_m(lon, lat, *convert(lon, lat, source="wgs84", target="gcj02")) > 200
    assert LINE.exterior.distance(shapely.Point(lon, lat)) > 0.05


def test_sides_are_those_of_the_polygon():
    random = np.random.default_rng(2)
    lon, lat = random.uniform(70.0, 138.0, 200_000), random.uniform(1.0, 56.0, 200_000)
    near_lon, near_lat = places_near_the_line(50_000, 0.05)
    lon, lat = np.concatenate([lon, near_lon]), np.concatenate([lat, near_lat])
    assert np.array_equal(shift_applies(lon, lat), shapely.contains_xy(LINE, lon, lat))


def test_depth_is_the_distance_to_the_line():
    """Held against the nearest of 4,000 places on the line thereabouts, 1 m apart."""
    lon, lat = places_near_the_line(80, 0.02)
    depth = mainland.depth_m(lon, lat)
    for place in range(lon.size):
        about = LINE.exterior.project(shapely.Point(lon[place], lat[place])) + np.arange(-0.02, 0.02, 1e-5)
        on_line = shapely.get_coordinates(shapely.line_interpolate_point(LINE.exterior, about % LINE.exterior.length))
        nearest = distance_m(lon[place], lat[place], *on_line.T).min()
        if nearest < GUARD_M:
            assert abs(depth[place]) == pytest.approx(nearest, rel=0.006, abs=1.0)
        else:
            assert abs(depth[place]) > 0.99 * GUARD_M


def test_zones_keep_their_promise():
    """Only cells near the line are NEAR, and all within GUARD_M of it."""
    lon, lat = places_near_the_line(40_000, 0.2)
    zones = mainland.zone(lon, lat)
    inside = shapely.contains_xy(LINE, lon, lat)
    assert inside[zones == INSIDE].all()
    assert not inside[zones == OUTSIDE].any()
    far = np.flatnonzero(zones != NEAR)
    assert metres_to_the_line(lon[far], lat[far]).min() > GUARD_M
    random = np.random.default_rng(0)
    everywhere = mainland.zone(random.uniform(73, 136, 100_000), random.uniform(3, 54, 100_000))
    assert (everywhere == NEAR).mean() < 0.02


def test_no_place_at_all_is_outside():
    nowhere = np.array([np.nan, 0.0, np.nan, 113.0, 1e300, -1e300])
    assert (mainland.zone(nowhere, nowhere[::-1]) == OUTSIDE).all()
    assert not mainland.inside(nowhere, nowhere[::-1]).any()


@pytest.mark.parametrize(("shift", "source", "target"), BELTS)
def test_there_and_back_on_and_about_the_line(shift, source, target):
    """Both ways round: every place comes back, and every place is arrived at."""
    lon, lat = places_near_the_line(30_000, 0.03)
    lon[:235], lat[:235] = mainland.corners().T
    for first, second in ((source, target), (target, source)):
        there = convert(lon, lat, source=first, target=second)
        back = convert(*there, source=second, target=first)
        assert distance_m(*back, lon, lat).max() < 1e-6


@settings(max_examples=150, deadline=None)
@given(share=st.floats(0.0, 1.0), east=st.floats(-0.03, 0.03), north=st.floats(-0.03, 0.03))
def test_there_and_back_near_the_line_by_single_places(share, east, north):
    on_line = LINE.exterior.interpolate(share, normalized=True)
    place = on_line.x + east, on_line.y + north
    for datum in ("gcj02", "bd09"):
        for first, second in (("wgs84", datum), (datum, "wgs84")):
            back = convert(*convert(*place, source=first, target=second), source=second, target=first)
            assert distance_m(*back, *place) < 1e-6


@pytest.mark.parametrize(("shift", "source", "target"), BELTS)
def test_the_shift_is_whole_within_its_belt_and_none_without(shift, source, target):
    lon, lat = places_near_the_line(30_000, 0.03)
    depth = mainland.depth_m(lon, lat)
    moved = np.array(convert(lon, lat, source=source, target=target)) - (lon, lat)
    whole = np.array(shift.formula(lon, lat))
    deep, out = depth >= shift.belt.whole_m, depth <= shift.belt.none_m
    assert np.abs(moved - whole)[:, deep].max() < 1e-12
    assert not moved[:, out].any()
    between = ~deep & ~out
    share = np.hypot(*moved[:, between]) / np.hypot(*whole[:, between])
    assert (share > 0).all()
    assert (share < 1).all()


@pytest.mark.parametrize(("shift", "belt", "most_m"), [(GCJ02, GCJ02_BELT, 700.0), (BD09, BD09_BELT, 1030.0)])
def test_no_shift_is_as_long_as_its_belt_is_wide(shift, belt, most_m):
    """That is what makes the shift one to one and its inverse converge."""
    lon, lat = places_near_the_line(100_000, 0.02)
    east, north = shift.formula(lon, lat)
    longest = (np.hypot(east * np.cos(np.radians(lat)), north) * mainland.METRES_PER_DEGREE).max()
    assert longest < most_m
    assert longest < 0.75 * (belt.whole_m - belt.none_m)
    assert longest + max(-belt.none_m, belt.whole_m) <= GUARD_M


def test_what_is_promised_700_m_from_the_line():
    """GCJ-02 is all or nothing there; BD-09 is whole there inside, and nothing from 1,400 m outside."""
    lon, lat = places_near_the_line(30_000, 0.03)
    depth = mainland.depth_m(lon, lat)
    gcj02 = convert(lon, lat, source="wgs84", target="gcj02")
    whole = lon + GCJ02.formula(lon, lat)[0], lat + GCJ02.formula(lon, lat)[1]
    inside, outside = depth >= 700.0, depth <= -700.0
    assert distance_m(*gcj02, *whole)[inside].max() < 1e-6
    assert not distance_m(*gcj02, lon, lat)[outside].any()
    bd09 = convert(lon, lat, source="wgs84", target="bd09")
    whole = whole[0] + BD09.formula(*whole)[0], whole[1] + BD09.formula(*whole)[1]
    assert distance_m(*bd09, *whole)[inside].max() < 1e-6
    assert not distance_m(*bd09, lon, lat)[depth <= -1400.0].any()


@pytest.fixture(scope="module")
def datav(real_data: Path) -> Path:
    return real_data / "china_admin_datav"


@pytest.mark.real
def test_every_seat_of_every_county_lies_inside_by_10_km(datav):
    centres = {}
    for entry in json.loads((datav / "location.json").read_text(encoding="utf-8")).values():
        for area in (entry, *(entry.get("children") or [])):
            if isinstance(area, dict) and area.get("level") in ("province", "city", "district") and area.get("center"):
                centre = area["center"].split(",") if isinstance(area["center"], str) else area["center"]
                centres[str(area["adcode"])] = [float(part) for part in centre]
    taiwan = np.array([code.startswith("71") for code in centres])
    lon, lat = convert(*np.array(list(centres.values())).T, source="gcj02", target="wgs84")
    assert len(centres) > 3200
    assert shift_applies(lon, lat)[~taiwan].all()
    assert not shift_applies(lon, lat)[taiwan].any()
    assert metres_to_the_line(lon, lat)[~taiwan].min() > 10_000


@pytest.mark.real
def test_every_corner_of_every_boundary_lies_inside_by_3_km(datav):
    """All counties and cities of the mainland with Hong Kong and Macau, their islands included."""
    layers = [path for path in sorted((datav / "province").glob("*.json")) if path.stem != "710000"]
    corners = [shapely.get_coordinates(shapely.from_geojson(path.read_text(encoding="utf-8"))) for path in layers]
    lon, lat = convert(*np.concatenate(corners).T, source="gcj02", target="wgs84")
    assert lon.size > 150_000
    assert shift_applies(lon, lat).all()
    shapely.prepare(LINE.exterior)
    close = shapely.dwithin(LINE.exterior, shapely.points(lon, lat), 0.2)
    assert close.any()
    assert metres_to_the_line(lon[close], lat[close]).min() > 3_000


@pytest.mark.real
def test_in_amaps_own_boundaries_hong_kong_is_shifted_like_shenzhen(datav):
    """They are flush in GCJ-02; were Hong Kong not shifted, its boundary would cut deep into Shenzhen."""

    def whole(name: str) -> shapely.Geometry:
        return shapely.union_all(
            shapely.make_valid(shapely.get_parts(shapely.from_geojson((datav / name).read_text(encoding="utf-8"))))
        )

    hong_kong, shenzhen = whole("province/810000.json"), whole("citys/440300.json")
    unshifted = shapely.transform(hong_kong, lambda at: np.column_stack(convert(*at.T, source="gcj02", target="wgs84")))
    assert shapely.area(unshifted & shenzhen) > 50 * shapely.area(hong_kong & shenzhen)
