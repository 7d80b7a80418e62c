"""Snapping to edges: by hand in the town, against every piece of every edge, and at the limit."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from stationmap.errors import InvalidValue
from stationmap.geo.earth import distance_m, geocentric
from stationmap.planning.network.build import from_extract
from stationmap.planning.network.graph import Network
from stationmap.planning.network.snapping import Snapped, snap
from tests.street_town import junction, place, town, write


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return from_extract(write(tmp_path_factory.mktemp("town"), *town()))


def at(network: Network, *places: tuple[float, float], **options: float) -> Snapped:
    lon, lat = np.array([place(*each) for each in places]).T
    return snap(network, lon, lat, **options)


def test_the_middle_of_a_block_side(walk: Network) -> None:
    # 0.0001 degrees, 11.1 m, north of row 0, three tenths of the way from (0, 2) to (0, 3)
    found = at(walk, (0.1, 2.3))
    edge = int(found.edge[0])
    assert (walk.node_id[walk.u[edge]], walk.node_id[walk.v[edge]]) == (junction(0, 2), junction(0, 3))
    side = float(distance_m(*place(0, 2), *place(0, 3)))
    assert found.offset_m[0] == pytest.approx(0.3 * side, abs=0.001)
    assert found.offset_m[0] + found.rest_m[0] == pytest.approx(walk.length_m[edge], abs=1e-9)
    assert found.access_m[0] == pytest.approx(float(distance_m(*place(0.1, 2.3), *place(0, 2.3))), abs=1e-6)
    assert (found.foot_lon[0], found.foot_lat[0]) == pytest.approx(place(0, 2.3), rel=0.0, abs=1e-9)
    assert not found.notes


def test_a_bend_inside_an_edge_is_met(walk: Network) -> None:
    found = at(walk, (3.7, 3.7))  # beyond the corner (3.6, 3.6) of the square
    assert walk.way_id[found.edge[0]] == 33
    corner = float(distance_m(*place(3, 3), *place(3.2, 3.6)) + distance_m(*place(3.2, 3.6), *place(3.6, 3.6)))
    assert found.offset_m[0] == pytest.approx(corner, abs=0.001)


def test_of_equally_near_edges_the_first_is_taken(walk: Network) -> None:
    found = at(walk, (2, 2))
    assert found.access_m[0] == 0.0
    touching = np.flatnonzero((walk.u == walk.u[found.edge[0]]) | (walk.v == walk.u[found.edge[0]]))
    met = np.flatnonzero((walk.node_id[walk.u] == junction(2, 2)) | (walk.node_id[walk.v] == junction(2, 2)))
    assert found.edge[0] == met.min()
    assert len(touching) > 1


def test_the_limit_is_closed(walk: Network) -> None:
    access = float(at(walk, (-0.5, 2.3)).access_m[0])
    assert 50.0 < access < 60.0
    assert at(walk, (-0.5, 2.3), limit_m=access).edge[0] >= 0
    short = at(walk, (-0.5, 2.3), (0, 0), limit_m=np.nextafter(access, 0.0))
    assert short.edge.tolist()[0] == -1
    assert np.isnan([short.offset_m[0], short.rest_m[0], short.access_m[0], short.foot_lon[0]]).all()
    assert short.unsnapped.tolist() == [0]
    assert "1 of 2 places lie more than" in str(short.notes[0])
    assert at(walk, (0, 0.5), (0.01, 0.5), limit_m=0.0).edge[0] >= 0
    assert at(walk, (0.01, 0.5), limit_m=0.0).edge.tolist() == [-1]


def test_tiny_parts_are_passed_over_and_told(walk: Network) -> None:
    near_island = (2.5, 7.9)
    assert walk.way_id[at(walk, near_island).edge[0]] == 34  # 2 of 29 nodes are no tiny part
    found = at(walk, near_island, (0, 0), least_share=0.1, limit_m=400.0)
    assert walk.way_id[found.edge].tolist() == [26, 10]
    assert found.moved.tolist() == [True, False]
    assert "1 of 2 places lie nearest to a street that joins nothing" in str(found.notes[0])
    lost = at(walk, near_island, least_share=0.1)
    assert (lost.edge.tolist(), lost.moved.tolist()) == ([-1], [True])
    assert np.isnan(lost.access_m[0])


@given(st.lists(st.tuples(st.floats(-3.0, 7.0), st.floats(-3.0, 10.0)), min_size=1, max_size=20), st.floats(0.0, 500.0))
def test_no_piece_of_any_edge_is_nearer(walk: Network, places: list[tuple[float, float]], limit_m: float) -> None:
    found = at(walk, *places, limit_m=limit_m)
    inner = np.delete(np.arange(len(walk.point_lon)), walk.point_start[1:] - 1)
    share = np.linspace(0.0, 1.0, 201)[:, None]
    lon = walk.point_lon[inner] + share * (walk.point_lon[inner + 1] - walk.point_lon[inner])
    lat = walk.point_lat[inner] + share * (walk.point_lat[inner + 1] - walk.point_lat[inner])
    for row in range(len(places)):
        sampled = float(distance_m(found.lon[row], found.lat[row], lon, lat).min())
        if found.edge[row] < 0:
            assert sampled > limit_m
        else:
            assert found.access_m[row] <= limit_m
            assert found.access_m[row] <= sampled + 1e-6
            foot = distance_m(found.lon[row], found.lat[row], found.foot_lon[row], found.foot_lat[row])
            assert found.access_m[row] == pytest.approx(float(foot), abs=1e-9)


def test_nothing_to_snap(walk: Network) -> None:
    assert len(snap(walk, [], [])) == 0


@pytest.mark.parametrize(
    ("lon", "lat", "options", "words"),
    [
        (34.75, 113.6, {}, "Place 1 lies at 34.75, 113.6, which is no place in degrees"),
        (np.nan, 34.75, {}, "Place 1 lies at nan, 34.75"),
        (113.6, 34.75, {"limit_m": -1.0}, "The limit of snapping must be a number of metres from 0 up, not -1.0"),
        (113.6, 34.75, {"limit_m": np.inf}, "not inf"),
        (113.6, 34.75, {"least_share": 1.5}, "The least share of a part must be from 0 to 1, not 1.5"),
    ],
)
def test_what_cannot_be_is_refused(
    walk: Network, lon: float, lat: float, options: dict[str, float], words: str
) -> None:
    with pytest.raises(InvalidValue, match=words):
        snap(walk, lon, lat, **options)


@pytest.mark.real
def test_porto_alegre_against_points_all_along_its_streets(real_data: Path) -> None:
    network = from_extract(real_data / "osm_population_r5r" / "poa" / "poa_osm.pbf")
    random = np.random.default_rng(3)
    west, south, east, north = network.box
    lon, lat = random.uniform(west, east, 5_000), random.uniform(south, north, 5_000)
    found = snap(network, lon, lat, least_share=0.0)
    inner = np.delete(np.arange(len(network.point_lon)), network.point_start[1:] - 1)
    count = np.ceil((network.point_m[inner + 1] - network.point_m[inner]) / 2.0).astype(int) + 1  # no 2 m apart
    piece = np.repeat(inner, count)
    share = (np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)) / np.repeat(count - 1, count)
    along = [each[piece] + share * (each[piece + 1] - each[piece]) for each in (network.point_lon, network.point_lat)]
    sampled, _ = cKDTree(geocentric(*along)).query(geocentric(lon, lat))
    snapped = found.edge >= 0
    assert 3_000 < np.count_nonzero(snapped) < 4_000
    assert (found.access_m[snapped] <= sampled[snapped] + 1e-5).all()
    assert (found.access_m[snapped] >= sampled[snapped] - 1.0).all()
    assert (sampled[~snapped] > 200.0).all()
