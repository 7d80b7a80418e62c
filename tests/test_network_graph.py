"""The network of a small town, counted with a pencil: junctions, barriers, squares, parts, borders."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.geo.earth import distance_m
from stationmap.planning.network.build import from_extract
from stationmap.planning.network.graph import Network, drawn
from tests.street_town import Nodes, Streets, junction, place, town, write


@pytest.fixture
def walk(tmp_path: Path) -> Network:
    return from_extract(write(tmp_path, *town()))


def edges_of(network: Network, way: int) -> list[tuple[int, int]]:
    rows = np.flatnonzero(network.way_id == way)
    return [(int(network.node_id[network.u[row]]), int(network.node_id[network.v[row]])) for row in rows]


def test_walkers(walk: Network) -> None:
    # 40 sides of blocks, two halves of the alley with the private gate, the other alley, path, square and island
    assert walk.edges == 40 + 2 + 1 + 1 + 1 + 1
    # 25 junctions, both sides of the gate, both ends of the island; the open gate and bends are inside edges
    assert walk.nodes == 25 + 2 + 2
    assert edges_of(walk, 30) == [(junction(0, 0), 150), (150, junction(1, 1))]
    assert edges_of(walk, 31) == [(junction(0, 1), junction(1, 2))]
    assert edges_of(walk, 33) == [(junction(3, 3), junction(3, 3))]
    assert {35, 36, 37}.isdisjoint(walk.way_id.tolist())
    assert walk.parts.tolist() == [27, 2]
    assert np.flatnonzero(np.isinf(walk.backward_min)).tolist() == np.flatnonzero(walk.way_id == 32).tolist()
    assert np.isfinite(walk.forward_min).all()
    assert walk.way_id[walk.steps].tolist() == [25]
    assert walk.way_id[walk.outline].tolist() == [33]
    assert walk.level
    assert not walk.two_way


def test_riders(tmp_path: Path) -> None:
    ride = from_extract(write(tmp_path, *town()), "ride")
    assert ride.edges == 39 + 2 + 1 + 1 + 1 + 1
    assert ride.nodes == 29
    assert set(ride.way_id[np.isinf(ride.backward_min)].tolist()) == {12}
    pace = ride.length_m / ride.forward_min
    assert pace[ride.way_id == 11] == pytest.approx(250.0)
    assert pace[ride.way_id == 31] == pytest.approx(75.0)
    assert not ride.level


def test_lengths_run_along_bends(walk: Network) -> None:
    row = int(np.flatnonzero(walk.way_id == 33)[0])
    corners = [place(3, 3), place(3.2, 3.6), place(3.6, 3.6), place(3.6, 3.2), place(3, 3)]
    expected = sum(float(distance_m(*one, *two)) for one, two in pairwise(corners))
    assert walk.length_m[row] == pytest.approx(expected, abs=1e-6)
    points = slice(walk.point_start[row], walk.point_start[row + 1])
    assert np.stack([walk.point_lon[points], walk.point_lat[points]], axis=1) == pytest.approx(
        np.array(corners), rel=0.0, abs=1e-9
    )
    assert walk.point_m[points][0] == 0.0
    assert walk.point_m[points][-1] == walk.length_m[row]
    assert (walk.forward_min * 75.0) == pytest.approx(walk.length_m, rel=1e-12)


def test_arcs_are_both_directions_of_every_edge(walk: Network) -> None:
    arcs = walk.arcs
    leave = np.repeat(np.arange(walk.nodes), np.diff(arcs.start))
    assert np.array_equal(leave, np.where(arcs.forward, walk.u[arcs.edge], walk.v[arcs.edge]))
    assert np.array_equal(arcs.end, np.where(arcs.forward, walk.v[arcs.edge], walk.u[arcs.edge]))
    assert np.bincount(arcs.edge).tolist() == [2] * walk.edges
    out, back = walk.costs("m", inward=False), walk.costs("m", inward=True)
    only = arcs.edge == np.flatnonzero(walk.way_id == 32)[0]
    assert np.isinf(out[only & ~arcs.forward]).all()
    assert np.isinf(back[only & arcs.forward]).all()
    assert np.isfinite(out[~only]).all()


def test_parallel_ways_stay_apart(tmp_path: Path) -> None:
    nodes: Nodes = {1: (*place(0, 0), {}), 2: (*place(0, 1), {}), 3: (*place(0.5, 0.5), {})}
    streets: Streets = {1: ([1, 2], {"highway": "footway"}), 2: ([1, 3, 2], {"highway": "footway"})}
    network = from_extract(write(tmp_path, nodes, streets))
    assert (network.nodes, network.edges) == (2, 2)
    assert network.length_m[1] > network.length_m[0]


def test_a_wall_at_a_junction_parts_all_its_ways(tmp_path: Path) -> None:
    nodes, streets = town()
    nodes[junction(2, 2)] = (*place(2, 2), {"barrier": "wall"})
    network = from_extract(write(tmp_path, nodes, streets))
    assert np.count_nonzero(network.node_id == junction(2, 2)) == 4
    assert np.bincount(np.concatenate([network.u, network.v]))[network.node_id == junction(2, 2)].tolist() == [1] * 4


def test_parts_are_told(walk: Network) -> None:
    assert [str(note) for note in walk.notes] == [
        "The network falls into 2 parts that no way joins; the largest has 93.1% of the 29 nodes.",
        # both ends of the island, which lies farthest east; the gate's sides are near the border too, but not cut
        "2 streets end at the border of the extract: what lies beyond is not seen, and near the border ways may be longer"
        " than they are.",
    ]


def test_an_extract_cut_through_the_town_says_so(tmp_path: Path) -> None:
    nodes, streets = town()
    east = [node for node, (lon, _, _) in nodes.items() if lon > place(0, 2.5)[0]]
    for node in east:
        del nodes[node]
    del streets[22]  # the rows end without it
    box = (*place(-1, -2), *place(6, 2.5))
    network = from_extract(write(tmp_path, nodes, streets, box=box))
    assert network.box == pytest.approx(box, rel=0.0, abs=1e-9)
    told = [str(note) for note in network.notes]
    # rows 0, 2, 3 and 4; row 1 goes on by the open alley
    assert "4 streets end at the border of the extract" in " ".join(told)
    # rows 5 x 2, columns 5 + 2 + 2 + 3, square 5, island 3, ferry 2, motorway 1, construction 1
    assert "34 nodes of streets are not in the extract; the streets are cut there." in told
    near = network.near_border(*np.array([place(2, 2), place(2, 0)]).T, 50.0)
    assert near.tolist() == [True, False]


def test_classes_that_the_rules_do_not_know_are_told(tmp_path: Path) -> None:
    nodes, streets = town()
    streets[50] = ([junction(0, 0), junction(2, 1)], {"highway": "trail"})
    told = " ".join(map(str, from_extract(write(tmp_path, nodes, streets)).notes))
    assert "1 streets are of classes that the rules do not know (trail)" in told


@pytest.mark.parametrize(
    "streets",
    [
        {},
        {1: ([junction(0, 0), junction(4, 4)], {"highway": "motorway"})},
        {1: ([junction(0, 0)], {"highway": "path"})},
    ],
    ids=["none", "motorway only", "a way of one node"],
)
def test_an_extract_with_no_street_to_walk_is_refused(tmp_path: Path, streets: Streets) -> None:
    with pytest.raises(UnusableInput, match=r"town\.osm has no street for this mode \(walk\).*Take an extract"):
        from_extract(write(tmp_path, town()[0], streets))


def test_edges_that_end_nowhere_are_refused() -> None:
    lon, lat = np.array([0.0, 1.0]), np.zeros(2)
    end = np.array([1], np.int32)
    with pytest.raises(InvalidValue, match="Edge 0 runs from node 0 to node 2 of 2"):
        drawn("walk", lon, lat, np.array([0], np.int32), np.array([2], np.int32), np.ones(1))
    with pytest.raises(InvalidValue, match=r"with a length of -1\.0 m"):
        drawn("walk", lon, lat, end - 1, end, -np.ones(1))
    with pytest.raises(InvalidValue, match="with a length of nan m"):
        drawn("walk", lon, lat, end - 1, end, np.array([np.nan]))
