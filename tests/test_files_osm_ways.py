"""Streets of an extract as arrays: what is read, in any format and order, and what is refused."""

from pathlib import Path

import numpy as np
import osmium
import pytest

from stationmap.errors import UnusableInput
from stationmap.files.osm.ways import Ways, read
from stationmap.files.source import examine
from tests.street_town import junction, place, town, write, xml

KEYS = frozenset(("highway", "area", "oneway", "outline"))


def ways_of(path: Path) -> Ways:
    return read(examine(path), way_keys=KEYS, barrier_keys=frozenset(("barrier", "access")))


def nodes_of(ways: Ways, way: int) -> list[int]:
    row = ways.way_id.tolist().index(way)
    ref = ways.ref[ways.start[row] : ways.start[row + 1]]
    return [int(ways.node_id[each]) if each >= 0 else -1 for each in ref]


def test_the_town_is_read_as_it_is_mapped(tmp_path: Path) -> None:
    ways = ways_of(write(tmp_path, *town()))
    assert ways.way_id.tolist() == [*range(10, 15), *range(20, 27), *range(30, 38)]
    assert len(ways.node_id) == 25 + 2 + 3 + 3
    assert nodes_of(ways, 30) == [junction(0, 0), 150, junction(1, 1)]
    assert ways.taggings[ways.tagging[2]] == {"highway": "residential", "oneway": "yes"}
    assert len(ways.taggings) == 8  # street, one-way, steps, footway, path and ferry, square, motorway, works
    gate = ways.node_id.tolist().index(150)
    assert ways.barriers[gate] == {"barrier": "gate", "access": "private"}
    assert (ways.lon[gate], ways.lat[gate]) == pytest.approx(place(0.5, 0.5), rel=0.0, abs=1e-9)
    assert ways.box is None
    assert ways.sha256 == examine(tmp_path / "town.osm").sha256


@pytest.mark.parametrize("suffix", ["osm.pbf", "osm.gz", "osm.bz2"])
def test_every_format_gives_the_same(tmp_path: Path, suffix: str) -> None:
    plain = write(tmp_path, *town(), box=(113.5, 34.7, 113.7, 34.8))
    reader = osmium.MergeInputReader()
    reader.add_file(str(plain))
    packed = tmp_path / f"town.{suffix}"
    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(113.5, 34.7, 113.7, 34.8))
    writer = osmium.SimpleWriter(str(packed), header=header)
    reader.apply(writer)
    writer.close()
    one, two = ways_of(plain), ways_of(packed)
    for name in ("node_id", "lon", "lat", "way_id", "start", "ref"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert one.barriers == two.barriers
    assert one.box == two.box == pytest.approx((113.5, 34.7, 113.7, 34.8), rel=0.0, abs=1e-9)


def test_ways_before_their_nodes_are_put_in_order(tmp_path: Path) -> None:
    straight = ways_of(write(tmp_path, *town()))
    turned = ways_of(write(tmp_path, *town(), ways_first=True))
    assert np.array_equal(straight.ref, turned.ref)
    assert np.array_equal(straight.lon, turned.lon)


def test_two_extracts_written_one_after_the_other_are_put_in_order(tmp_path: Path) -> None:
    nodes, streets = town()
    island = {each: nodes.pop(each) for each in (201, 202, 203)}
    del streets[35]
    first = xml(nodes, {way: street for way, street in streets.items() if way != 10})
    second = xml(island, {10: streets[10]})  # row 0 comes with nodes of the first, the island's nodes with the second
    joined = first.replace("</osm>", "") + second[second.index("<node") :]
    path = tmp_path / "joined.osm"
    path.write_text(joined, encoding="utf-8")
    ways = ways_of(path)
    assert nodes_of(ways, 34) == [201, 202, 203]
    assert nodes_of(ways, 10) == [junction(0, column) for column in range(5)]


def test_nodes_that_are_not_there_cut_a_way(tmp_path: Path) -> None:
    nodes, streets = town()
    del nodes[junction(2, 2)]
    ways = ways_of(write(tmp_path, nodes, streets))
    assert nodes_of(ways, 12) == [junction(2, 0), junction(2, 1), -1, junction(2, 3), junction(2, 4)]


def test_a_square_drawn_as_multipolygon_lends_its_tags_to_its_outline(tmp_path: Path) -> None:
    nodes, streets = town()
    streets[40] = ([301, 302, 303, 301], {})
    streets[41] = ([201, 202, 203, 201], {})
    members = '<member type="way" ref="40" role="outer"/><member type="way" ref="41" role="inner"/>'
    tags = '<tag k="type" v="multipolygon"/><tag k="highway" v="pedestrian"/>'
    relation = f'<relation id="1" version="1">{members}{tags}</relation>'
    route = relation.replace("multipolygon", "route").replace('id="1"', 'id="2"').replace("40", "41")
    ways = ways_of(write(tmp_path, nodes, streets, relations=relation + route))
    assert ways.way_id.tolist()[-1] == 40
    assert 41 not in ways.way_id
    assert ways.taggings[ways.tagging[-1]] == {"highway": "pedestrian", "outline": "yes"}


def test_an_extract_without_streets_is_read_as_none(tmp_path: Path) -> None:
    nodes, _ = town()
    ways = ways_of(write(tmp_path, nodes, {}))
    assert len(ways) == len(ways.node_id) == len(ways.ref) == 0


@pytest.mark.parametrize("cut", [0.3, 0.7])
def test_a_damaged_extract_is_refused(tmp_path: Path, cut: float) -> None:
    text = xml(*town()).encode()
    path = tmp_path / "cut.osm"
    path.write_bytes(text[: int(cut * len(text))])
    with pytest.raises(UnusableInput, match=r"cut\.osm cannot be read as an OSM extract\. .*download it again"):
        ways_of(path)


def test_noise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.osm.pbf"
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(UnusableInput, match="download it again"):
        ways_of(path)


@pytest.mark.real
def test_porto_alegre(real_data: Path) -> None:
    ways = ways_of(real_data / "osm_population_r5r" / "poa" / "poa_osm.pbf")
    assert len(ways) == 15_933
    assert np.count_nonzero(ways.ref < 0) == 0
    outlines = [number for number, tags in enumerate(ways.taggings) if "outline" in tags]
    assert np.count_nonzero(np.isin(ways.tagging, outlines)) == 47
