"""Writing demand as a folder of GeoParquet partitions whose rows lie near one another: the whole folder or nothing."""

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, UnusableInput, why
from stationmap.planning.demand.demand import Demand
from stationmap.planning.scale.columns import PLACES
from stationmap.planning.scale.partitions import BLOCK_ROWS, MANIFEST
from stationmap.planning.scale.wkb import from_coordinates

ROWS_PER_FILE = 1_000_000
_RESERVED = ("id", "adcode", "geometry", *PLACES)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_GRID = 2**21

Floats = NDArray[np.float64]


def morton(lon: Floats, lat: Floats) -> NDArray[np.uint64]:
    """Return the Morton code of places: what follows by code lies near, on a grid of 2**21 steps each way.

    Parameters
    ----------
    lon, lat : NDArray[float64]
        WGS 84 degrees.

    Notes
    -----
    The bits of both axes are interleaved (Morton, 1966).

    Examples
    --------
    >>> morton(np.array([-180.0, 0.0]), np.array([-90.0, -90.0])).tolist()
    [0, 1099511627776]
    """
    code = np.zeros(len(lon), np.uint64)
    for axis, (degrees, span) in enumerate(((lon + 180.0, 360.0), (lat + 90.0, 180.0))):
        step = np.minimum(degrees / span * _GRID, _GRID - 1).astype(np.uint64)
        for shift, mask in (
            (16, 0x0000FFFF0000FFFF),
            (8, 0x00FF00FF00FF00FF),
            (4, 0x0F0F0F0F0F0F0F0F),
            (2, 0x3333333333333333),
            (1, 0x5555555555555555),
        ):
            step = (step | (step << np.uint64(shift))) & np.uint64(mask)
        code |= step << np.uint64(axis)
    return code


def write_partitions(
    demand: Demand | Iterable[Demand], folder: Path | str, *, rows_per_file: int = ROWS_PER_FILE
) -> Path:
    """Write demand as a new folder of GeoParquet files and return it.

    Parameters
    ----------
    demand : Demand or iterable of Demand
        The whole, or parts of it, one in memory at a time; rows are put in order within a part.
    folder : Path or str
        Not there yet, or empty. Under another name beside it until all is written.
    rows_per_file : int
        At most; a part begins a file of its own.

    Returns
    -------
    Path
        The folder: ``part-00000.parquet`` and so on, in WGS 84, columns ``id``, ``adcode``, the weights, ``geometry``
        (points, or the cells with ``lon`` and ``lat`` beside them), with page checksums; and :data:`MANIFEST`.
        Hours of weights are not written: weigh by hour before.

    Raises
    ------
    InvalidValue
        When a weight has the name of one of the other columns, or parts differ in their weights.
    UnusableInput
        When it cannot be written there: not empty, no right, no room. Nothing is left of it.
    """
    target = Path(folder).resolve()
    if rows_per_file < 1:
        raise InvalidValue("A file has 1 row or more, not {rows}.", rows=rows_per_file)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UnusableInput("{path} is there already and not empty. Give the name of a new folder.", path=target)
        beside.mkdir()
        _write([demand] if isinstance(demand, Demand) else demand, beside, rows_per_file)
        beside.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target


def _write(parts: Iterable[Demand], folder: Path, rows_per_file: int) -> None:
    files: dict[str, dict[str, object]] = {}
    names: tuple[str, ...] | None = None
    for demand in parts:
        weights = tuple(demand.weights)
        if names not in (None, weights) or set(weights) & set(_RESERVED):
            raise InvalidValue(
                "Weights are {found}; they must be the same in all parts, and not be called {reserved}.",
                found=weights,
                reserved=_RESERVED,
            )
        names = weights
        order = np.argsort(morton(demand.lon, demand.lat), kind="stable")
        for first in range(0, max(len(order), 1), rows_per_file):
            path = folder / f"part-{len(files):05}.parquet"
            rows = order[first : first + rows_per_file]
            _write_file(_table(demand, rows), path)
            with path.open("rb") as data:
                checksum = hashlib.file_digest(data, "sha256").hexdigest()
            files[path.name] = {"rows": len(rows), "sha256": checksum}
    text = json.dumps({"files": files, "weights": names or ()}, indent=1, ensure_ascii=False)
    with (folder / MANIFEST).open("w", encoding="utf-8") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())


def _write_file(table: pa.Table, path: Path) -> None:
    pq.write_table(
        table,
        path,
        row_group_size=BLOCK_ROWS,
        compression="zstd",
        use_dictionary=["adcode"],
        write_page_checksum=True,
    )
    with path.open("rb+") as written:
        os.fsync(written.fileno())


def _table(demand: Demand, rows: NDArray[np.intp]) -> pa.Table:
    lon, lat = demand.lon[rows], demand.lat[rows]
    columns = {
        "id": pa.array(demand.ids[rows], pa.string()),
        "adcode": pa.array(demand.adcode[rows], pa.string()),
        **{name: pa.array(weight[rows]) for name, weight in demand.weights.items()},
    }
    if demand.cells is None:
        columns["geometry"] = from_coordinates(lon, lat)
        kinds = ["Point"]
    else:
        shapes = demand.cells[rows]
        columns |= {"lon": pa.array(lon), "lat": pa.array(lat)}
        columns["geometry"] = pa.array(shapely.to_wkb(shapes, flavor="iso"), pa.binary())
        kinds = sorted({str(shapely.GeometryType(kind).name).title() for kind in shapely.get_type_id(shapes)})
    return pa.table(columns).replace_schema_metadata({"geo": json.dumps(_geo(lon, lat, kinds))})


def _geo(lon: Floats, lat: Floats, kinds: list[str]) -> dict[str, object]:
    """Return the metadata of GeoParquet 1.1; a system that is left out is WGS 84, longitude first."""
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": kinds}
    if kinds == ["Point"] and len(lon):
        column["bbox"] = [float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())]
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def _unwritable(path: Path, error: OSError) -> UnusableInput:
    if error.errno in _NO_ROOM:
        return UnusableInput(
            "There is no room for {path}: the disk or the quota is full. Make room, or write elsewhere; what was there "
            "is as before.",
            path=path,
        )
    return UnusableInput(
        "{path} cannot be written: {reason}. Write to another folder.",
        path=path,
        reason=why(error),
    )
