"""The walking network: nearest stations against networkx, pairs, snapping, and the building and loading of a city.

The network is drawn: a grid of a million junctions with a fifth of its streets taken out, 5,000 stations on its edges.
networkx's ``multi_source_dijkstra_path_length`` runs on the whole of it once, from the nodes nearest to the stations
(a search from 5,000 nodes instead of from 5,000 edges: the lighter task); with ``quick`` both run on a tenth. The time
to make the graph of networkx does not count. Every distance at a node is compared on a second run of ours from the
same nodes. The city is Porto Alegre, where the real input is there.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import networkx as nx
import numpy as np

from stationmap.planning.network.build import from_extract
from stationmap.planning.network.graph import Network, drawn
from stationmap.planning.network.nearest import nearest, nearest_of_nodes
from stationmap.planning.network.pairs import by_network
from stationmap.planning.network.snapping import Snapped, snap
from stationmap.planning.network.stored import load, save

NEAREST_S = 1.0
NEAREST_RATIO = 10.0
BUILD_S = 10.0
LOAD_S = 0.3
_STEP_DEGREES = 0.001
T = TypeVar("T")


def grid(side: int, random: np.random.Generator) -> Network:
    """Return a grid of streets about 110 m apart, a fifth of them taken out."""
    node = np.arange(side * side).reshape(side, side)
    lon = 113.0 + _STEP_DEGREES * (node % side).ravel()
    lat = 34.0 + _STEP_DEGREES * (node // side).ravel()
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()]).astype(np.int32)
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()]).astype(np.int32)
    kept = random.random(len(u)) < 0.8
    u, v = u[kept], v[kept]
    return drawn("walk", lon, lat, u, v, random.uniform(112.0, 160.0, len(u)))


def at_nodes(network: Network, node: np.ndarray) -> Snapped:
    """Return places that stand on nodes of the network, each on the first edge it has."""
    edge = network.arcs.edge[network.arcs.start[node]]
    offset = np.where(network.u[edge] == node, 0.0, network.length_m[edge])
    lon, lat = network.lon[node], network.lat[node]
    no = np.zeros(len(node), bool)
    return Snapped(edge, offset, network.length_m[edge] - offset, np.zeros(len(node)), lon, lat, lon, lat, no, 0.0)


def run(quick: bool = False) -> dict[str, object]:
    """Return the times of both sides, their ratio, and whether each bound was met; ``quick`` takes a tenth."""
    random = np.random.default_rng(20261130)
    side, stations, turns = (316, 500, 1) if quick else (1000, 5000, 3)
    network = grid(side, random)
    lon = random.uniform(network.box[0], network.box[2], stations)
    lat = random.uniform(network.box[1], network.box[3], stations)
    snap_s, snapped = _timed(lambda: snap(network, lon, lat))
    ours_s = min(_timed(lambda: nearest_of_nodes(network, snapped))[0] for _ in range(turns))
    result: dict[str, object] = {
        "nodes": network.nodes,
        "edges": network.edges,
        "stations": stations,
        "snap_stations_s": round(snap_s, 3),
        "nearest_of_nodes_s": round(ours_s, 3),
    }
    peer_s, wrong = _networkx(network, random.choice(_linked(network), stations, replace=False))
    met = {
        f"nearest for every node within {NEAREST_S:g} s": ours_s <= NEAREST_S,
        f"nearest at least {NEAREST_RATIO:g} times networkx": peer_s / ours_s >= NEAREST_RATIO,
        "the same distances as networkx": wrong == 0,
    }
    result |= {"networkx_s": round(peer_s, 2), "nearest_ratio": round(peer_s / ours_s, 1), "wrong": wrong}
    result |= _demand(network, snapped, random, 20_000 if quick else 200_000)
    city = _city(met)
    return result | city | {"met": met}


def _linked(network: Network) -> np.ndarray:
    return np.flatnonzero(np.diff(network.arcs.start) > 0)


def _networkx(network: Network, node: np.ndarray) -> tuple[float, int]:
    """Return the seconds of networkx from some nodes to all, and how many distances differ from ours."""
    graph = nx.Graph()
    graph.add_nodes_from(range(network.nodes))
    edges = zip(network.u.tolist(), network.v.tolist(), network.length_m.tolist(), strict=True)
    graph.add_weighted_edges_from(edges)
    seconds, theirs = _timed(lambda: nx.multi_source_dijkstra_path_length(graph, set(node.tolist())))
    ours = nearest_of_nodes(network, at_nodes(network, node)).distance_m
    expected = np.full(network.nodes, np.inf)
    expected[list(theirs)] = list(theirs.values())
    return seconds, int(np.count_nonzero(~np.isclose(ours, expected, rtol=0.0, atol=1e-6)))


def _demand(network: Network, stations: Snapped, random: np.random.Generator, count: int) -> dict[str, object]:
    lon = random.uniform(network.box[0], network.box[2], count)
    lat = random.uniform(network.box[1], network.box[3], count)
    snap_s, demand = _timed(lambda: snap(network, lon, lat))
    nearest_s, _ = _timed(lambda: nearest(network, demand, stations))
    pairs_s, reached = _timed(lambda: by_network(network, demand, stations, reach_m=2000.0))
    return {
        "demand": count,
        "snap_demand_s": round(snap_s, 2),
        "nearest_of_demand_s": round(nearest_s, 3),
        "pairs_within_2_km": len(reached.pairs),
        "pairs_s": round(pairs_s, 2),
    }


def _city(met: dict[str, bool]) -> dict[str, object]:
    """Return what building and loading Porto Alegre takes; nothing where the real input is not there."""
    folder = os.environ.get("STATIONMAP_REAL_DATA")
    if not folder:
        return {"city": "STATIONMAP_REAL_DATA is not set"}
    build_s, network = _timed(lambda: from_extract(Path(folder, "osm_population_r5r", "poa", "poa_osm.pbf")))
    with tempfile.TemporaryDirectory() as folder_of_net:
        path = Path(folder_of_net, "city.network")
        save(network, path)
        load_s = min(_timed(lambda: load(path))[0] for _ in range(3))
        size = path.stat().st_size
    met[f"a city built within {BUILD_S:g} s"] = build_s <= BUILD_S
    met[f"a city loaded within {LOAD_S:g} s"] = load_s <= LOAD_S
    return {"city_build_s": round(build_s, 2), "city_load_s": round(load_s, 4), "city_bytes": size}


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    done = work()
    return time.perf_counter() - start, done


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the nodes and stations")
    print(json.dumps(run(parser.parse_args().quick), indent=1))
