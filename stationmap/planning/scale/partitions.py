"""Demand that does not fit into memory: one GeoParquet file or a folder of them, checked up front, read by blocks."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from stationmap.errors import Message, StationmapError, UnusableInput
from stationmap.geo.adcodes import cell_code
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import convert
from stationmap.planning.demand.demand import ONE
from stationmap.planning.scale.columns import PLACES, Columns, found
from stationmap.planning.scale.sums import MOST_WEIGHT
from stationmap.planning.scale.survey import Rows
from stationmap.planning.scale.wkb import coordinates

MANIFEST = "manifest.json"
"""Lists the files of a folder, so that one that is missing is missed."""

BLOCK_ROWS = 262_144
"""So many rows are held at a time, and a row group that we write has."""

_FAULTS = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, shapely.errors.GEOSException)
_TOLD = 5
_TAIL = 8

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Partition:
    """One file.

    Attributes
    ----------
    path : str
        Absolute: workers on other machines must find it under the same path.
    rows : int
        All of them.
    groups : tuple[int, ...]
        Rows of each row group.
    footer : str
        SHA-256 of its footer, which changes when anything in the file does.
    columns : Columns
        What to read.
    """

    path: str
    rows: int
    groups: tuple[int, ...]
    footer: str
    columns: Columns

    @property
    def name(self) -> str:
        """Return the file's name."""
        return Path(self.path).name


@dataclass(frozen=True, slots=True)
class Block:
    """One row group of a partition, the least that is counted at once or not at all."""

    partition: Partition
    group: int

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return self.partition.groups[self.group]


@dataclass(frozen=True, slots=True)
class Partitions:
    """The files of some demand, in the order of their names.

    Attributes
    ----------
    files : tuple[Partition, ...]
        One or more.
    weights : tuple[str, ...]
        Names of the weights; ``count`` when every row counts one.
    """

    files: tuple[Partition, ...]
    weights: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Return how many rows all have."""
        return sum(file.rows for file in self.files)

    @property
    def empty(self) -> tuple[str, ...]:
        """Return the names of the files without rows."""
        return tuple(file.name for file in self.files if not file.rows)

    def blocks(self) -> list[Block]:
        """Return all blocks that have rows."""
        return [Block(file, group) for file in self.files for group, rows in enumerate(file.groups) if rows]


def opened(
    source: Path | str, *, weights: Sequence[str] = (), adcode: str | None = None, datum: str | None = None
) -> Partitions:
    """Return the partitions of some demand; every one is looked at before anything is counted.

    Parameters
    ----------
    source : Path or str
        A Parquet file, or a folder whose ``*.parquet`` are all meant, in those below it too.
    weights : sequence of str
        Columns of numbers; none: every row counts one.
    adcode : str, optional
        Column of adcodes; left out: ``adcode`` where there is one.
    datum : str, optional
        Coordinate system of the places; left out: the one that the files declare.

    Raises
    ------
    UnusableInput
        When there is none, or some are damaged, missing or lack a column: all are told, the first five by name.
    InvalidValue
        When the datum is not known.
    """
    root = Path(source).resolve()
    paths = sorted(root.rglob("*.parquet")) if root.is_dir() else [root]
    paths = [path for path in paths if not any(part.startswith((".", "_")) for part in path.relative_to(root).parts)]
    listed = _listed(root)
    if not paths or not paths[0].exists():
        raise UnusableInput("There is no Parquet file at {path}. Give a file, or a folder of partitions.", path=root)
    faults = [Message("{name} is missing", {"name": name}) for name in listed if not (root / name).is_file()]
    files = []
    for path in paths:
        name = str(path.relative_to(root)) if path != root else path.name
        if listed and name not in listed:
            faults.append(Message("{name} is not one of those that were written", {"name": name}))
            continue
        file, wrong = _looked_at(path, weights, adcode, datum)
        if file is not None and listed and file.rows != listed[name].get("rows"):
            wrong = [*wrong, Message("it has {rows} rows, not as many as were written", {"rows": file.rows})]
        faults += [Message("{name}: {fault}", {"name": name, "fault": fault}) for fault in wrong]
        files += [file] if file is not None else []
    if faults:
        raise UnusableInput(
            "{count} partitions of {of} cannot be used: {faults}. Mend or export them again; nothing was counted.",
            count=len({str(fault.values["name"]) for fault in faults}),
            of=len({*map(str, paths), *(str(root / name) for name in listed)}),
            faults=tuple(faults[:_TOLD]),
        )
    return Partitions(tuple(files), tuple(weights) or (ONE,))


def checksums(partitions: Partitions) -> dict[str, str]:
    """Return the SHA-256 of each file by its path.

    Raises
    ------
    UnusableInput
        When one cannot be read any more.
    """
    sums = {}
    for file in partitions.files:
        try:
            with Path(file.path).open("rb") as data:
                sums[file.path] = hashlib.file_digest(data, "sha256").hexdigest()
        except OSError as error:
            raise _broken(file, error) from None
    return sums


def read(block: Block, places: AreaTree | None = None) -> Iterator[Rows]:
    """Yield the rows of a block, at most :data:`BLOCK_ROWS` at a time.

    Parameters
    ----------
    block : Block
        What to read.
    places : AreaTree, optional
        Where the area of each place is looked up when the partition names none.

    Raises
    ------
    UnusableInput
        When the file is gone, was changed, or is damaged.
    InvalidValue
        When a row has no place, or a weight is missing, negative or no number.
    """
    partition, columns = block.partition, block.partition.columns
    first = sum(partition.groups[: block.group])
    try:
        if _footer(Path(partition.path)) != partition.footer:
            raise UnusableInput(
                "The partition {name} was changed while the run was on. Run it again.", name=partition.path
            )
        with pq.ParquetFile(
            partition.path,
            read_dictionary=[columns.adcode] if columns.adcode else None,
            buffer_size=1 << 20,
            page_checksum_verification=True,
        ) as file:
            parts = file.iter_batches(BLOCK_ROWS, row_groups=[block.group], columns=columns.names, use_threads=False)
            for part in parts:
                yield _rows(part, partition, first, places)
                first += part.num_rows
    except StationmapError:
        raise
    except _FAULTS as error:
        raise _broken(partition, error) from None


def _listed(root: Path) -> Mapping[str, Any]:
    """Return the manifest of a folder: name of a file -> what it should be; empty where there is none."""
    path = root / MANIFEST
    if not path.is_file():
        return {}
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {str(name): dict(told) for name, told in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnusableInput("{path} is damaged. Write the partitions again.", path=path) from None


def _looked_at(
    path: Path, weights: Sequence[str], adcode: str | None, datum: str | None
) -> tuple[Partition | None, list[Message]]:
    try:
        footer, metadata = _footer(path), pq.read_metadata(path)
        columns, faults = found(metadata.schema.to_arrow_schema(), weights=weights, adcode=adcode, datum=datum)
    except (pa.ArrowException, OSError, KeyError) as error:
        return None, [Message("it is damaged or not complete ({reason})", {"reason": _reason(error)})]
    if columns is None:
        return None, faults
    groups = tuple(metadata.row_group(group).num_rows for group in range(metadata.num_row_groups))
    return Partition(str(path), metadata.num_rows, groups, footer, columns), []


def _footer(path: Path) -> str:
    """Return the SHA-256 of the footer of a Parquet file: its schema, and place, size and statistics of every page."""
    with path.open("rb") as data:
        size = data.seek(0, 2)
        data.seek(max(0, size - _TAIL))
        length = int.from_bytes(data.read(_TAIL)[:4], "little")
        data.seek(max(0, size - _TAIL - length))
        return hashlib.sha256(data.read(length + _TAIL)).hexdigest()


def _rows(part: pa.RecordBatch, partition: Partition, first: int, places: AreaTree | None) -> Rows:
    columns = partition.columns
    if columns.geometry:
        x, y = coordinates(part.column(columns.geometry))
    else:
        x, y = (_numbers(part.column(axis)) for axis in PLACES)
    lon, lat = (x, y) if columns.datum in ("wgs84", "cgcs2000") else convert(x, y, source=columns.datum, target="wgs84")
    wrong = np.flatnonzero(~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)))
    if len(wrong):
        row = int(wrong[0])
        raise UnusableInput(
            "Row {row} of {name} lies at {x}, {y}, which is no place in {datum}. Are columns swapped, or is the"
            " coordinate system another?",
            row=first + row + 1,
            name=partition.path,
            x=float(x[row]),
            y=float(y[row]),
            datum=columns.datum,
        )
    weights = tuple(_weight(part.column(name), name, partition, first) for name in columns.weights)
    area, areas = _areas(part, columns, lon, lat, places)
    return Rows(lon, lat, weights or (np.ones(len(lon)),), area, areas)


def _numbers(column: pa.Array) -> Floats:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)


def _weight(column: pa.Array, name: str, partition: Partition, first: int) -> Floats:
    weight = _numbers(column)
    wrong = np.flatnonzero(~((weight >= 0.0) & (weight < MOST_WEIGHT)))
    if len(wrong):
        row = int(wrong[0])
        raise UnusableInput(
            "Row {row} of {name} has {value} as {weight}; a weight is a number of 0 or more.",
            row=first + row + 1,
            name=partition.path,
            value=column[row].as_py(),
            weight=name,
        )
    return weight


def _areas(
    part: pa.RecordBatch, columns: Columns, lon: Floats, lat: Floats, places: AreaTree | None
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Return the area of each row as a position, and the adcodes of the areas, in order."""
    if columns.adcode:
        column = part.column(columns.adcode)
        coded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
        given = [cell_code(value) for value in coded.dictionary.to_pylist()]
        number = coded.indices.fill_null(len(given)).to_numpy(zero_copy_only=False).astype(np.intp)
        codes = np.array([*given, ""], dtype=np.str_)
    elif places is not None:
        codes, number = np.unique(places.locate(lon, lat), return_inverse=True)
    else:
        return np.zeros(len(lon), np.intp), ("",)
    used = np.flatnonzero(np.bincount(number, minlength=len(codes)))
    areas, position = np.unique(codes[used], return_inverse=True)
    at = np.zeros(len(codes), np.intp)
    at[used] = position
    return at[number], tuple(areas.tolist())


def _broken(partition: Partition, error: Exception) -> UnusableInput:
    if isinstance(error, FileNotFoundError):
        return UnusableInput(
            "The partition {name} is not there. Put it back, or give workers a path that they all see; then run again.",
            name=partition.path,
        )
    return UnusableInput(
        "The partition {name} is damaged ({reason}). Copy or export it again.",
        name=partition.path,
        reason=_reason(error),
    )


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
