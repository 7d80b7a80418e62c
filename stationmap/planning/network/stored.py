"""A network kept in one file, to be loaded in a fraction of the time that building it takes.

The file is an uncompressed ``.npz`` of numpy: the arrays, and a head in JSON with the version, the mode, the notes and
the checksum of the extract. What is loaded is checked before it is used: every array against its CRC, every position
against the range it must lie in.
"""

import json
import os
import zipfile
import zlib
from dataclasses import fields
from pathlib import Path

import numpy as np

from stationmap.errors import Message, NotKept, UnusableInput, why
from stationmap.planning.network.graph import Arcs, Network

FORMAT = "stationmap network"
VERSION = 1

_HEAD = "head"
_TYPES = {
    **dict.fromkeys(("u", "v", "part", "arcs_start", "arcs_end", "arcs_edge"), np.dtype(np.int32)),
    **dict.fromkeys(("way_id", "node_id", "point_start"), np.dtype(np.int64)),
    **dict.fromkeys(("steps", "outline", "spans", "arcs_forward"), np.dtype(np.bool_)),
}
"""Types of the columns; all others are float64."""
_ZIP = b"PK\x03\x04"
_PER_EDGE = ("v", "way_id", "length_m", "forward_min", "backward_min", "steps", "outline", "spans")
_PLAIN = ("mode", "box", "sha256", "level", "notes")


def save(network: Network, path: Path) -> None:
    """Write a network into a file, whole or not at all.

    Raises
    ------
    NotKept
        When the folder is missing, full or may not be written.
    """
    columns = {name: getattr(network, name) for name in _columns()}
    columns |= {f"arcs_{each.name}": getattr(network.arcs, each.name) for each in fields(Arcs)}
    head = {
        "format": FORMAT,
        "version": VERSION,
        "mode": network.mode,
        "box": network.box,
        "sha256": network.sha256,
        "level": network.level,
        "notes": [{"text": note.text, "values": dict(note.values)} for note in network.notes],
    }
    columns[_HEAD] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **columns)
        beside.replace(path)
    except OSError as error:
        raise NotKept(
            "The network cannot be written to {path}: {reason}. Free space, or name another folder.",
            path=path,
            reason=why(error),
        ) from None
    finally:
        beside.unlink(missing_ok=True)


def load(path: Path) -> Network:
    """Return a network as it was saved.

    Raises
    ------
    UnusableInput
        When there is no such file, it is no network, of another version, or damaged.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            head = json.loads(stored[_HEAD].tobytes())
            if head["format"] == FORMAT and head["version"] != VERSION:
                raise UnusableInput(
                    "{path} is a network of version {found}; this program reads version {version}. Build it anew from"
                    " the extract.",
                    path=path,
                    found=str(head["version"]),
                    version=VERSION,
                )
            columns = {name: stored[name] for name in stored.files if name != _HEAD}
        network = _network(head, columns)
    except FileNotFoundError:
        raise UnusableInput("There is no file {path}. Check the spelling and the folder.", path=path) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError):
        raise _damaged(path) from None
    if not _sound(network):
        raise _damaged(path)
    return network


def is_stored(path: Path) -> bool:
    """Return whether a file is meant to be a stored network, damaged or not; an extract is not."""
    try:
        with zipfile.ZipFile(path) as stored:
            return f"{_HEAD}.npy" in stored.namelist()
    except zipfile.BadZipFile:
        with path.open("rb") as stream:
            return stream.read(len(_ZIP)) == _ZIP
    except OSError:
        return False


def _damaged(path: Path) -> UnusableInput:
    return UnusableInput(
        "{path} is no stored network, or it is damaged. Build it anew from the extract: stationmap network build",
        path=path,
    )


def _columns() -> list[str]:
    return [each.name for each in fields(Network) if each.name not in {*_PLAIN, "arcs"}]


def _network(head: dict[str, object], columns: dict[str, np.ndarray]) -> Network:
    arcs = Arcs(*(columns[f"arcs_{each.name}"] for each in fields(Arcs)))
    notes = tuple(
        Message(note["text"], {key: _value(each) for key, each in note["values"].items()})
        for note in head["notes"]  # type: ignore[attr-defined]
    )
    plain = {"mode": head["mode"], "sha256": head["sha256"], "level": head["level"]}
    box = tuple(map(float, head["box"]))  # type: ignore[call-overload]
    return Network(**plain, box=box, notes=notes, arcs=arcs, **{name: columns[name] for name in _columns()})  # type: ignore[arg-type]


def _value(stored: object) -> object:
    return tuple(stored) if isinstance(stored, list) else stored


def _sound(network: Network) -> bool:
    """Return whether no position leads out of its array: a search would crash on one that does."""
    nodes, edges, points = network.nodes, network.edges, len(network.point_lon)
    arcs = network.arcs
    lengths = [(nodes, ("lat", "node_id", "part")), (points, ("point_lat", "point_m"))]
    lengths.append((edges, _PER_EDGE))
    return (
        _typed(network)
        and all(len(getattr(network, name)) == count for count, names in lengths for name in names)
        and all(len(each) == 2 * edges for each in (arcs.end, arcs.edge, arcs.forward))
        and _within(nodes, network.u, network.v, arcs.end)
        and _within(edges, arcs.edge)
        and _within(max(nodes, 1), network.part)
        and _rows(network.point_start, edges, points)
        and _rows(arcs.start, nodes, 2 * edges)
        and network.mode in {"walk", "ride"}
        and len(network.box) == 4
    )


def _typed(network: Network) -> bool:
    columns = {name: getattr(network, name) for name in _columns()}
    columns |= {f"arcs_{each.name}": getattr(network.arcs, each.name) for each in fields(Arcs)}
    return all(column.ndim == 1 and column.dtype == _TYPES.get(name, np.float64) for name, column in columns.items())


def _within(count: int, *positions: np.ndarray) -> bool:
    return all(not len(each) or (int(each.min()) >= 0 and int(each.max()) < count) for each in positions)


def _rows(start: np.ndarray, rows: int, entries: int) -> bool:
    return (
        len(start) == rows + 1
        and int(start[0]) == 0
        and int(start[-1]) == entries
        and bool((np.diff(start) >= 0).all())
    )
