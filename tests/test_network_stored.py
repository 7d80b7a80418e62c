"""A network kept in a file: the same when it comes back, and never a damaged one."""

import json
import zipfile
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from stationmap.errors import NotKept, UnusableInput
from stationmap.planning.network.build import from_extract
from stationmap.planning.network.graph import Arcs, Network
from stationmap.planning.network.pairs import by_network
from stationmap.planning.network.snapping import snap
from stationmap.planning.network.stored import load, save
from tests.street_town import place, town, write


@pytest.fixture
def walk(tmp_path: Path) -> Network:
    nodes, streets = town()
    streets[50] = ([100, 111], {"highway": "trail"})  # its note names a list of classes
    return from_extract(write(tmp_path, nodes, streets))


def same(one: Network, two: Network) -> bool:
    plain = [each.name for each in fields(Network) if each.name != "arcs"]
    pairs = [(getattr(one, name), getattr(two, name)) for name in plain]
    pairs += [(getattr(one.arcs, each.name), getattr(two.arcs, each.name)) for each in fields(Arcs)]
    return all((a.dtype == b.dtype and np.array_equal(a, b)) if isinstance(a, np.ndarray) else a == b for a, b in pairs)


def test_it_comes_back_the_same(tmp_path: Path, walk: Network) -> None:
    save(walk, tmp_path / "town.network")
    back = load(tmp_path / "town.network")
    assert same(walk, back)
    assert [str(note) for note in back.notes] == [str(note) for note in walk.notes]
    assert len(walk.notes) == 3
    places = snap(back, *np.array([place(0, 0), place(2, 2)]).T)
    assert len(by_network(back, places, places, reach_m=1000.0).pairs) == 4
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_it_takes_the_place_of_an_older_one(tmp_path: Path, walk: Network) -> None:
    path = tmp_path / "town.network"
    path.write_bytes(b"old")
    save(walk, path)
    assert same(walk, load(path))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, walk: Network) -> None:
    with pytest.raises(NotKept, match=r"The network cannot be written to .*there is no such file or folder"):
        save(walk, tmp_path / "nowhere" / "town.network")


def test_a_full_disk_keeps_the_older_one(small_disk: Path, walk: Network) -> None:
    path = small_disk / "town.network"
    save(walk, path)
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))
    with pytest.raises(NotKept, match="the disk is full"):
        save(walk, path)
    assert same(walk, load(path))
    assert sorted(each.name for each in small_disk.iterdir()) == ["filler", "town.network"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"\x93NUMPY", b"something else", bytes(5000)])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.network"
    path.write_bytes(content)
    with pytest.raises(UnusableInput, match=r"is no stored network, or it is damaged\. Build it anew"):
        load(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="There is no file"):
        load(tmp_path / "a.network")
    with pytest.raises(UnusableInput, match="is no stored network"):
        load(tmp_path)


def test_any_byte_that_changed_is_noticed(tmp_path: Path, walk: Network) -> None:
    path = tmp_path / "town.network"
    save(walk, path)
    sound = path.read_bytes()
    random = np.random.default_rng(1)
    for at in random.integers(0, len(sound), 60).tolist():
        broken = bytearray(sound)
        broken[at] ^= 0x55
        path.write_bytes(bytes(broken))
        try:
            assert same(walk, load(path))  # names, dates and lengths that the reader does not rely on
        except UnusableInput as error:
            assert "damaged" in str(error)  # noqa: PT017
    for length in (10, len(sound) // 2, len(sound) - 1):
        path.write_bytes(sound[:length])
        with pytest.raises(UnusableInput, match="damaged"):
            load(path)


def rewritten(path: Path, **changes: np.ndarray) -> None:
    with np.load(path) as stored:
        columns = {name: stored[name] for name in stored.files} | changes
    with path.open("wb") as stream:
        np.savez(stream, **columns)


def test_positions_that_lead_out_are_refused(tmp_path: Path, walk: Network) -> None:
    path = tmp_path / "town.network"
    for name, value in (("u", 99), ("v", -1), ("arcs_end", 99), ("arcs_edge", 1000), ("arcs_start", 7), ("part", -2)):
        save(walk, path)
        column = np.load(path)[name]
        column[len(column) // 2] = value
        rewritten(path, **{name: column})
        with pytest.raises(UnusableInput, match="damaged"):
            load(path)
    save(walk, path)
    rewritten(path, length_m=walk.length_m[:-1])
    with pytest.raises(UnusableInput, match="damaged"):
        load(path)
    save(walk, path)
    rewritten(path, u=walk.u.astype(np.float64))
    with pytest.raises(UnusableInput, match="damaged"):
        load(path)


def test_another_version_is_told_as_such(tmp_path: Path, walk: Network) -> None:
    path = tmp_path / "town.network"
    save(walk, path)
    head = json.loads(np.load(path)["head"].tobytes()) | {"version": 99}
    rewritten(path, head=np.frombuffer(json.dumps(head).encode(), np.uint8))
    with pytest.raises(
        UnusableInput, match=r"is a network of version 99; this program reads version 1\. Build it anew"
    ):
        load(path)


def test_nothing_in_it_is_run(tmp_path: Path, walk: Network) -> None:
    path = tmp_path / "town.network"
    save(walk, path)
    with path.open("r+b") as stream, zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("extra.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")
    with pytest.raises(UnusableInput, match="damaged"):
        load(path)
