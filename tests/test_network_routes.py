"""Nearest stations and pairs along a network: by hand in the town, and against networkx on random networks."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.geo.earth import distance_m
from stationmap.planning.network.build import from_extract
from stationmap.planning.network.graph import Network, drawn
from stationmap.planning.network.nearest import nearest, nearest_of_nodes
from stationmap.planning.network.pairs import Reached, by_network
from stationmap.planning.network.snapping import Snapped, snap
from tests.street_town import place, town, write


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return from_extract(write(tmp_path_factory.mktemp("town"), *town()))


@pytest.fixture(scope="module")
def ride(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return from_extract(write(tmp_path_factory.mktemp("town"), *town()), "ride")


def at(network: Network, *places: tuple[float, float]) -> Snapped:
    lon, lat = np.array([place(*each) for each in places]).reshape(-1, 2).T
    return snap(network, lon, lat)


def path_m(*corners: tuple[float, float]) -> float:
    return sum(float(distance_m(*place(*a), *place(*b))) for a, b in pairwise(corners))


def one(network: Network, demand: tuple[float, float], station: tuple[float, float], direction: str = "to") -> float:
    found = nearest(network, at(network, demand), at(network, station), direction=direction)
    pairs = by_network(network, at(network, demand), at(network, station), reach_m=5000.0, direction=direction).pairs
    assert found.distance_m[0] == pytest.approx(float(pairs.distance_m[0]), abs=1e-9)
    return float(found.distance_m[0])


def test_round_two_corners(walk: Network) -> None:
    # from 3 tenths along row 0 over (0, 3) and (1, 3) to half of row 1; both places 11.1 m off the street
    expected = path_m((0.1, 2.3), (0, 2.3), (0, 3), (1, 3), (1, 3.5), (0.9, 3.5))
    assert one(walk, (0.1, 2.3), (0.9, 3.5)) == pytest.approx(expected, abs=0.001)


def test_along_one_edge(walk: Network) -> None:
    assert one(walk, (0.1, 2.3), (-0.1, 2.8)) == pytest.approx(
        path_m((0.1, 2.3), (0, 2.3), (0, 2.8), (-0.1, 2.8)), abs=0.001
    )


def test_a_private_gate_is_no_way_and_an_open_one_is(walk: Network) -> None:
    # by the north: a degree of longitude is 1 mm a block shorter there
    assert one(walk, (0, 0), (1, 1)) == pytest.approx(path_m((0, 0), (1, 0), (1, 1)), abs=0.0005)
    assert one(walk, (0, 1), (1, 2)) == pytest.approx(path_m((0, 1), (0.5, 1.5), (1, 2)), abs=0.001)


def test_one_way_for_walkers_holds_in_its_direction(walk: Network) -> None:
    there, round_about = path_m((3, 0), (4, 1)), path_m((4, 1), (4, 0), (3, 0))
    assert one(walk, (3, 0), (4, 1)) == pytest.approx(there, abs=0.001)
    assert one(walk, (4, 1), (3, 0)) == pytest.approx(round_about, abs=0.01)
    assert one(walk, (4, 1), (3, 0), "from") == pytest.approx(there, abs=0.001)
    found = by_network(walk, at(walk, (3, 0)), at(walk, (4, 1)), reach_m=5000.0, direction="both")
    assert found.pairs.distance_m[0] == pytest.approx((there + round_about) / 2.0, abs=0.01)
    assert "half of there and back" in str(found.notes[-1])
    assert not found.symmetric
    # from within the one-way path on: ahead to its end, never back
    middle = at(walk, (3.5, 0.5))
    assert walk.way_id[middle.edge[0]] == 32
    ahead = nearest(walk, middle, at(walk, (3, 0))).distance_m[0]
    assert ahead == pytest.approx(path_m((3.5, 0.5), (4, 1), (4, 0), (3, 0)), abs=0.01)


def test_a_street_one_way_for_vehicles_binds_riders_only(walk: Network, ride: Network) -> None:
    assert one(walk, (2, 3), (2, 2)) == pytest.approx(path_m((2, 3), (2, 2)), abs=0.001)
    detour = one(ride, (2, 3), (2, 2))
    assert detour == pytest.approx(path_m((2, 3), (3, 3), (3, 2), (2, 2)), abs=0.01)
    assert one(ride, (2, 2), (2, 3)) == pytest.approx(path_m((2, 2), (2, 3)), abs=0.001)


def test_riders_take_no_steps_and_push_on_footways(walk: Network, ride: Network) -> None:
    assert one(walk, (1, 4), (2, 4)) == pytest.approx(path_m((1, 4), (2, 4)), abs=0.001)
    assert one(ride, (1, 4), (2, 4)) == pytest.approx(path_m((1, 4), (1, 3), (2, 3), (2, 4)), abs=0.01)
    alley = path_m((0, 1), (0.5, 1.5), (1, 2))
    short = nearest(ride, at(ride, (0, 1)), at(ride, (1, 2)))
    assert (short.distance_m[0], short.minutes[0]) == pytest.approx((alley, alley / 75.0), abs=0.001)
    quick = nearest(ride, at(ride, (0, 1)), at(ride, (1, 2)), measure="min")
    street = path_m((0, 1), (1, 1), (1, 2))
    assert (quick.distance_m[0], quick.minutes[0]) == pytest.approx((street, street / 250.0), abs=0.001)
    pairs = by_network(ride, at(ride, (0, 1)), at(ride, (1, 2)), reach_min=5.0).pairs
    assert (pairs.distance_m[0], pairs.minutes[0]) == pytest.approx((street, street / 250.0), abs=0.001)
    assert (pairs.way, pairs.reach_m) == ("ride", pytest.approx(1250.0, rel=1e-12))


def test_whom_the_pairs_leave_out(walk: Network) -> None:
    demand = at(walk, (0, 0), (2.5, 8), (0, 20), (4, 4), (1, 0))
    found = by_network(walk, demand, at(walk, (0, 0.5), (30, 30)), reach_m=400.0)
    assert found.pairs.start.tolist() == [0, 1, 1, 1, 1, 2]
    assert (found.unsnapped.tolist(), found.unsnapped_stations.tolist()) == ([2], [1])
    assert (found.apart.tolist(), found.beyond.tolist()) == ([1], [3])
    told = [str(note) for note in found.notes]
    assert told == [
        "1 of 5 places lie more than 200 m from every street and are not reached.",
        "1 of 2 stations lie too far from every street and serve nobody on this network.",
        "1 of 5 places lie in parts of the network that have no station.",
        "1 of 5 places have no station within reach along the network.",
        "5 of 5 places lie so near to the border of the extract that stations and ways beyond it may be missing.",
        "Ways differ by direction: counted are those from demand to station.",
    ]
    lost = nearest(walk, demand, at(walk, (0, 0.5)))
    assert (lost.unsnapped.tolist(), lost.unreached.tolist()) == ([2], [1])
    assert lost.station.tolist() == [0, -1, -1, 0, 0]
    assert np.isinf(lost.minutes[[1, 2]]).all()
    assert "1 of 5 places reach no station along the network" in str(lost.notes[-1])


def test_stations_on_an_island_serve_the_island_alone(walk: Network) -> None:
    demand = at(walk, (0, 0), (2.5, 8), (3, 8))
    found = by_network(walk, demand, at(walk, (2, 8)), reach_m=10_000.0)
    assert found.pairs.rows().tolist() == [1, 2]
    assert found.apart.tolist() == [0]


def test_the_boundary_is_closed() -> None:
    line = drawn("walk", *_row(4), *_ends([(0, 1), (1, 2), (2, 3)]), np.array([100.0, 250.0, 150.0]))
    demand, station = _on(line, [(2, 150.0)]), _on(line, [(0, 0.0)])
    assert len(by_network(line, demand, station, reach_m=500.0).pairs) == 1
    assert len(by_network(line, demand, station, reach_m=np.nextafter(500.0, 0.0)).pairs) == 0
    assert nearest(line, demand, station, limit=500.0).station.tolist() == [0]
    assert nearest(line, demand, station, limit=np.nextafter(500.0, 0.0)).station.tolist() == [-1]
    assert nearest(line, demand, station, measure="min", limit=500.0 / 75.0).station.tolist() == [0]


def test_a_reach_of_nothing_and_of_everything(walk: Network) -> None:
    demand, stations = at(walk, (0, 0), (1, 1)), at(walk, (1, 1), (4, 4))
    nothing = by_network(walk, demand, stations, reach_m=0.0)
    assert (nothing.pairs.rows().tolist(), nothing.pairs.distance_m.tolist()) == ([1], [0.0])
    everything = by_network(walk, demand, stations, reach_m=1e9)
    assert len(everything.pairs) == 4
    assert everything.pairs.reach_m == 1e9
    near = everything.pairs.within(300.0)
    assert np.array_equal(near.station, by_network(walk, demand, stations, reach_m=300.0).pairs.station)


def test_too_many_pairs_are_refused_at_once(walk: Network) -> None:
    demand, stations = at(walk, *[(0, 0)] * 20_000), at(walk, *[(1, 1)] * 20_000)
    with pytest.raises(InvalidValue, match=r"A reach of 1e\+09 m gives more than 200000000 pairs"):
        by_network(_two_way(walk), demand, stations, reach_m=1e9)


def test_nobody_and_no_station(walk: Network) -> None:
    some, none = at(walk, (0, 0)), snap(walk, [], [])
    assert by_network(walk, some, none, reach_m=500.0).pairs.start.tolist() == [0, 0]
    assert by_network(walk, none, some, reach_m=500.0).pairs.start.tolist() == [0]
    assert nearest(walk, some, none).station.tolist() == [-1]
    assert len(nearest(walk, none, some).station) == 0
    far = at(walk, (30, 30))
    assert nearest(walk, some, far).station.tolist() == [-1]
    assert len(by_network(walk, some, far, reach_m=500.0).pairs) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Give a reach in metres or one in minutes"),
        ({"reach_m": 1.0, "reach_min": 1.0}, "Give a reach in metres or one in minutes"),
        ({"reach_m": -1.0}, "not -1.0"),
        ({"reach_m": np.inf}, "not inf"),
        ({"reach_min": -1.0}, "The reach must be a number of minutes from 0 up, not -1.0"),
        ({"reach_min": np.nan}, "not nan"),
        ({"reach_m": 1.0, "direction": "up"}, "“up” is no direction. Take to"),
    ],
)
def test_what_cannot_be_is_refused(walk: Network, options: dict[str, float], words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        by_network(walk, at(walk, (0, 0)), at(walk, (1, 1)), **options)  # type: ignore[arg-type]


def test_limits_of_nearest_are_checked(walk: Network) -> None:
    demand, station = at(walk, (0, 0)), at(walk, (1, 1))
    with pytest.raises(InvalidValue, match="a number from 0 up, not nan"):
        nearest(walk, demand, station, limit=np.nan)
    with pytest.raises(InvalidValue, match="There and back the nearest station needs a limit"):
        nearest(walk, demand, station, direction="both")


def _row(count: int) -> tuple[np.ndarray, np.ndarray]:
    return 113.6 + 0.001 * np.arange(count), np.full(count, 34.75)


def _ends(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    return ends[:, 0].copy(), ends[:, 1].copy()


def _on(network: Network, places: list[tuple[int, float]], access: float = 0.0) -> Snapped:
    edge = np.array([each[0] for each in places], np.int32)
    offset = np.array([each[1] for each in places], float)
    lon, lat = network.lon[network.u[edge]], network.lat[network.u[edge]]
    rest = network.length_m[edge] - offset
    no = np.zeros(len(edge), bool)
    return Snapped(edge, offset, rest, np.full(len(edge), access), lon, lat, lon, lat, no, 0.0)


def _two_way(network: Network) -> Network:
    return replace(network, backward_min=network.forward_min)


def _drawn_at_random(seed: int, *, level: bool, two_way: bool = False) -> tuple[Network, Snapped, Snapped]:
    """Return a small random network with loops, parallel, one-way and empty edges, and places on it."""
    random = np.random.default_rng(seed)
    nodes, edges = int(random.integers(1, 9)), int(random.integers(1, 15))
    u, v = random.integers(0, nodes, (2, edges)).astype(np.int32)
    length = random.uniform(0.0, 100.0, edges)
    length[random.random(edges) < 0.1] = 0.0
    oneway = (random.random(edges) < 0.3) & (length > 0) & (not two_way)
    network = drawn("walk", *_row(nodes), u, v, length, oneway=oneway)
    if not level:
        uphill = random.uniform(0.5, 2.0, (2, edges))
        network = replace(
            network,
            forward_min=network.forward_min * uphill[0],
            backward_min=network.backward_min * uphill[1],
            level=False,
        )
    places = []
    for count in random.integers(1, 7, 2):
        edge = random.integers(0, edges, count)
        share = np.where(random.random(count) < 0.3, random.integers(0, 2, count), random.random(count))
        snapped = _on(network, list(zip(edge.tolist(), (share * length[edge]).tolist(), strict=True)))
        snapped = replace(snapped, access_m=random.uniform(0.0, 20.0, count))
        places.append(snapped)
    return network, places[0], places[1]


def _as_networkx(network: Network, demand: Snapped, stations: Snapped) -> nx.MultiDiGraph:
    """Return the network with every place in it: edges are parted at places, and both ways lead to them."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.nodes))
    on: dict[int, set[float]] = {edge: {0.0, float(network.length_m[edge])} for edge in range(network.edges)}
    for snapped in (demand, stations):
        for edge, offset in zip(snapped.edge.tolist(), snapped.offset_m.tolist(), strict=True):
            on[edge].add(offset)
    for edge, offsets in on.items():
        line = sorted(offsets)
        u, v, length = int(network.u[edge]), int(network.v[edge]), float(network.length_m[edge])
        names = [(edge, offset) for offset in line]
        graph.add_edge(u, names[0], m=0.0, min=0.0)
        graph.add_edge(names[0], u, m=0.0, min=0.0)
        graph.add_edge(v, names[-1], m=0.0, min=0.0)
        graph.add_edge(names[-1], v, m=0.0, min=0.0)
        for one_name, two_name in pairwise(names):
            metres = two_name[1] - one_name[1]
            for minutes, start, end in (
                (network.forward_min[edge], one_name, two_name),
                (network.backward_min[edge], two_name, one_name),
            ):
                if np.isfinite(minutes):
                    graph.add_edge(start, end, m=metres, min=float(minutes) * metres / length)
    for kind, snapped in (("d", demand), ("s", stations)):
        columns = (snapped.edge.tolist(), snapped.offset_m.tolist(), snapped.access_m.tolist())
        for number, (edge, offset, access) in enumerate(zip(*columns, strict=True)):
            graph.add_edge((kind, number), (edge, offset), m=access, min=access / 75.0)
            graph.add_edge((edge, offset), (kind, number), m=access, min=access / 75.0)
    return graph


def _expected(graph: nx.MultiDiGraph, start: object, end: object, measure: str) -> tuple[float, float]:
    """Return the least of one measure, and the other along that way; infinite where there is none."""
    direct = nx.DiGraph()
    for a, b, data in graph.edges(data=True):
        if isinstance(b, tuple) and b[0] in {"d", "s"} and b != end:
            continue
        if not direct.has_edge(a, b) or data[measure] < direct[a][b][measure]:
            direct.add_edge(a, b, **data)
    try:
        path = nx.dijkstra_path(direct, start, end, weight=measure)
    except nx.NetworkXNoPath:
        return np.inf, np.inf
    sums = {name: sum(direct[a][b][name] for a, b in pairwise(path)) for name in ("m", "min")}
    return sums[measure], sums["min" if measure == "m" else "m"]


def _table(found: Reached, measure: str) -> dict[tuple[int, int], tuple[float, float]]:
    pairs = found.pairs
    first, second = (pairs.distance_m, pairs.minutes) if measure == "m" else (pairs.minutes, pairs.distance_m)
    keys = zip(pairs.rows().tolist(), pairs.station.tolist(), strict=True)
    return dict(zip(keys, zip(first.tolist(), second.tolist(), strict=True), strict=True))


@settings(deadline=None)
@given(st.integers(0, 2**32), st.booleans(), st.sampled_from(["m", "min"]), st.sampled_from(["to", "from"]))
def test_as_networkx_finds_them(seed: int, level: bool, measure: str, direction: str) -> None:
    network, demand, stations = _drawn_at_random(seed, level=level)
    graph = _as_networkx(network, demand, stations)
    reach = float(np.random.default_rng(seed + 1).uniform(0.0, 300.0 if measure == "m" else 6.0))
    option = {"reach_m" if measure == "m" else "reach_min": reach}
    found = _table(by_network(network, demand, stations, direction=direction, **option), measure)  # type: ignore[arg-type]
    best = nearest(network, demand, stations, measure=measure, direction=direction)  # type: ignore[arg-type]
    for row in range(len(demand)):
        costs = []
        for number in range(len(stations)):
            ends = (("d", row), ("s", number))
            cost, other = _expected(graph, *(ends if direction == "to" else ends[::-1]), measure)
            costs.append((cost, other))
            if abs(cost - reach) > 1e-6:
                assert ((row, number) in found) == (cost <= reach)
            if (row, number) in found:
                assert found[row, number] == pytest.approx((cost, other), abs=1e-6)
        cost, other = min(costs)
        told = (best.distance_m[row], best.minutes[row])
        assert told == pytest.approx((cost, other) if measure == "m" else (other, cost), abs=1e-6)
        assert (best.station[row] >= 0) == np.isfinite(cost)


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_there_and_back_is_the_mean_of_both(seed: int) -> None:
    network, demand, stations = _drawn_at_random(seed, level=False)
    ways = {
        direction: _table(by_network(network, demand, stations, reach_m=1e6, direction=direction), "m")
        for direction in ("to", "from", "both")
    }
    assert ways["both"].keys() == ways["to"].keys() & ways["from"].keys()
    for pair, (metres, minutes) in ways["both"].items():
        assert metres == pytest.approx((ways["to"][pair][0] + ways["from"][pair][0]) / 2.0)
        assert minutes == pytest.approx((ways["to"][pair][1] + ways["from"][pair][1]) / 2.0)
    best = nearest(network, demand, stations, direction="both", limit=1e6)
    for row in range(len(demand)):
        mine = [cost[0] for (other, _), cost in ways["both"].items() if other == row]
        assert best.distance_m[row] == pytest.approx(min(mine, default=np.inf))


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_laws_of_two_way_networks(seed: int) -> None:
    network, demand, stations = _drawn_at_random(seed, level=True, two_way=True)
    there = _table(by_network(network, demand, stations, reach_m=1e6), "m")
    back = _table(by_network(network, stations, demand, reach_m=1e6), "m")
    assert {(b, a): cost for (a, b), cost in back.items()}.keys() == there.keys()
    for (row, number), (metres, minutes) in there.items():
        assert back[number, row][0] == pytest.approx(metres)
        assert minutes == pytest.approx(metres / 75.0)
    every = _table(by_network(network, demand, demand, reach_m=1e6), "m")
    for (row, number), (metres, _) in there.items():
        for (start, middle), (first, _) in every.items():
            if start == row and (middle, number) in there:
                assert metres <= first + there[middle, number][0] + 1e-9


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_pairs_are_in_order_and_within(seed: int) -> None:
    network, demand, stations = _drawn_at_random(seed, level=False)
    pairs = by_network(network, demand, stations, reach_m=150.0).pairs
    assert (pairs.distance_m <= 150.0).all()
    for row in range(pairs.demand):
        part = slice(pairs.start[row], pairs.start[row + 1])
        order = list(zip(pairs.distance_m[part].tolist(), pairs.station[part].tolist(), strict=True))
        assert order == sorted(order)
        assert len(set(pairs.station[part].tolist())) == len(order)


def test_nodes_of_a_large_grid_as_networkx_finds_them() -> None:
    side, random = 40, np.random.default_rng(7)
    node = np.arange(side * side).reshape(side, side)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()]).astype(np.int32)
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()]).astype(np.int32)
    lon, lat = 113.6 + 0.001 * (node % side).ravel(), 34.75 + 0.001 * (node // side).ravel()
    network = drawn("walk", lon, lat, u, v, random.uniform(112.0, 160.0, len(u)))
    stations = _on(network, [(int(edge), 0.0) for edge in random.choice(len(u), 60, replace=False)])
    graph = nx.Graph()
    graph.add_weighted_edges_from(zip(u.tolist(), v.tolist(), network.length_m.tolist(), strict=True))
    expected = nx.multi_source_dijkstra_path_length(graph, set(u[stations.edge].tolist()))
    found = nearest_of_nodes(network, stations)
    assert found.distance_m == pytest.approx([expected[each] for each in range(side * side)])
    demand = _on(network, [(int(edge), float(network.length_m[edge])) for edge in range(len(u))])
    pairs = by_network(network, demand, stations, reach_m=700.0).pairs
    for number, at_node in enumerate(u[stations.edge].tolist()):
        near = nx.single_source_dijkstra_path_length(graph, at_node, cutoff=700.0)
        mine = pairs.station == number
        rows = pairs.rows()[mine]
        assert set(rows.tolist()) == {row for row in range(len(u)) if int(v[row]) in near}
        assert pairs.distance_m[mine] == pytest.approx([near[int(v[row])] for row in rows])


def test_blocks_do_not_change_the_pairs(monkeypatch: pytest.MonkeyPatch, walk: Network) -> None:
    random = np.random.default_rng(5)
    demand = at(walk, *random.uniform(-0.5, 4.5, (200, 2)).tolist())
    stations = at(walk, *random.uniform(-0.5, 4.5, (90, 2)).tolist())
    whole = by_network(walk, demand, stations, reach_m=400.0).pairs
    monkeypatch.setattr("stationmap.planning.network.pairs._MOST_CELLS", 100)
    parted = by_network(walk, demand, stations, reach_m=400.0).pairs
    assert np.array_equal(whole.start, parted.start)
    assert np.array_equal(whole.station, parted.station)
    assert whole.distance_m == pytest.approx(parted.distance_m, abs=1e-9)


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_no_way_is_shorter_than_the_air(walk: Network, seed: int) -> None:
    random = np.random.default_rng(seed)
    demand = at(walk, *random.uniform(-1.0, 5.0, (20, 2)).tolist())
    stations = at(walk, *random.uniform(-1.0, 5.0, (20, 2)).tolist())
    pairs = by_network(walk, demand, stations, reach_m=2000.0).pairs
    rows = pairs.rows()
    air = distance_m(demand.lon[rows], demand.lat[rows], stations.lon[pairs.station], stations.lat[pairs.station])
    assert (air <= pairs.distance_m + 1e-6).all()


def test_nothing_is_written_on(tmp_path: Path) -> None:
    """Nothing writes on its argument: a network whose arrays are sealed is searched, snapped and told."""
    network = from_extract(write(tmp_path, *town()))
    for name in ("lon", "lat", "u", "v", "length_m", "forward_min", "backward_min", "point_m", "part"):
        getattr(network, name).setflags(write=False)
    demand, stations = at(network, (0, 0.5), (3, 3)), at(network, (2, 2))
    for snapped in (demand, stations):
        for name in ("edge", "offset_m", "rest_m", "access_m"):
            getattr(snapped, name).setflags(write=False)
    assert len(by_network(network, demand, stations, reach_m=1000.0, direction="both").pairs) == 2
    assert (nearest(network, demand, stations).station == 0).all()
