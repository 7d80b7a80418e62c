"""Demand out of a GeoTIFF: cells with people, read by windows, gathered to coarser blocks when asked."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.raster import BLOCK_CELLS, Block, Raster, blocks, describe, places, seeming_nodata
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import convert
from stationmap.planning.demand.datum import settle
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.intake import Intake
from stationmap.planning.demand.table import amounts, told_outside

PEOPLE = "people"

_BRIM = 255.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Cells with something in them: row and column of the block of cells, and where its weight lies (0.5: middle)."""

    row: Ints
    col: Ints
    middle_row: Floats
    middle_col: Floats
    value: Floats


@dataclass(slots=True)
class _Tally:
    """What was left out on the way."""

    seen: int = 0
    zero: int = 0
    nan: int = 0
    lacking: int = 0
    negative: int = 0
    brimful: int = 0
    lowest: float = 0.0
    where: tuple[int, int] = (0, 0)


def from_raster(
    path: Path | str,
    *,
    bands: Mapping[str, int] | None = None,
    datum: str | None = None,
    nodata: float | None = None,
    by: int = 1,
    areas: AreaTree | None = None,
    outlines: bool = False,
    block_cells: int = BLOCK_CELLS,
) -> Intake:
    """Return the demand of a raster: a row for each cell that holds anything.

    Parameters
    ----------
    path : Path or str
        A GeoTIFF with numbers of people (not people per square kilometre) in its cells.
    bands : Mapping[str, int], optional
        Name of a weight -> its band, counted from 1; without it the first band is :data:`PEOPLE`.
    datum : str, optional
        The system that its coordinates really are in; None for that of the file.
    nodata : float, optional
        The value of cells without data, besides the declared one. NaN: every number counts as it is.
    by : int
        Gather blocks of so many cells on a side; totals are kept, a block lies where its weights have their middle.
    areas : AreaTree, optional
        Boundaries: they give each cell its code, and are evidence on the datum.
    outlines : bool
        Whether to draw the cells as polygons (some 500 bytes each).
    block_cells : int
        How many cells are in memory at once while reading.

    Returns
    -------
    Intake
        Row by row of the raster; ids are ``r<row>c<column>`` of the (gathered) cell from 0. Cells without data or with
        0 are left out, cells below 0 do not count; the notes say how many.

    Raises
    ------
    UnusableInput
        When the raster cannot be read, does not say where it lies, or holds nothing.
    InvalidValue
        When a value in it looks like one for cells without data, or an option is none.
    """
    if by < 1:
        raise InvalidValue("Blocks of cells need a side of 1 cell or more, not {by}.", by=by)
    raster, named = describe(path), dict(bands or {PEOPLE: 1})
    tally = _Tally()
    parts = [
        _gathered(_counted(block, raster, nodata, tally), by)
        for block in blocks(path, bands=tuple(named.values()), nodata=nodata, cells=block_cells)
    ]
    cells = _joined(parts, by)
    if not len(cells.row):
        raise UnusableInput("{file} holds no cell with anything in it: there is no demand.", file=raster.name)
    x, y = places(raster, cells.middle_row, cells.middle_col)
    settled, notes = settle(x, y, stated=datum, declared=raster.crs, source=raster.name, areas=areas)
    lon, lat = convert(x, y, source=settled, target="wgs84")
    demand = _demand(raster, cells, (lon, lat), named, by, settled, areas, outlines)
    totals = MappingProxyType({name: demand.total(name) for name in named})
    told = (*notes, *_told(raster, tally, nodata, totals), *told_outside(demand, areas))
    return Intake(demand, told, (), tally.seen, totals, source=raster.name, sha256=raster.sha256)


def _counted(block: Block, raster: Raster, nodata: float | None, tally: _Tally) -> _Cells:
    """Return the cells of a block that hold something, and put down what was left out.

    Raises
    ------
    InvalidValue
        When a value looks like one for cells without data.
    """
    value = block.value
    seeming = None if nodata is not None and math.isnan(nodata) else seeming_nodata(value, raster.kind)
    if seeming is not None:
        raise InvalidValue(
            "{file} has cells of {value:g}, which looks like a value for cells without data, and does not declare it "
            "so. Say --nodata {value:g}; or, if every number counts as it is, --nodata nan.",
            file=raster.name,
            value=seeming,
        )
    tally.seen += len(value)
    tally.nan += block.nan
    below = np.flatnonzero((value < 0).any(axis=1))
    if len(below):
        lowest = np.nanmin(value[below], axis=1)
        least = int(below[np.argmin(lowest)])
        tally.negative += len(below)
        if float(lowest.min()) < tally.lowest:
            tally.lowest, tally.where = float(lowest.min()), (int(block.row[least]) + 1, int(block.col[least]) + 1)
    if raster.kind == "uint8" and raster.nodata is None:
        tally.brimful += int((value == _BRIM).any(axis=1).sum())
    tally.lacking += int(np.isnan(value).any(axis=1).sum())
    held = np.nan_to_num(value, nan=0.0)
    sound = (held >= 0).all(axis=1)
    some = sound & (held > 0).any(axis=1)
    tally.zero += int((sound & ~some).sum())
    row, col = block.row[some], block.col[some]
    return _Cells(row, col, row.astype(np.float64) + 0.5, col.astype(np.float64) + 0.5, held[some])


def _gathered(cells: _Cells, by: int) -> _Cells:
    """Return blocks of cells: sums, and where their weights have their middle."""
    return cells if by == 1 or not len(cells.row) else _summed(cells, cells.row // by, cells.col // by)


def _summed(cells: _Cells, row: Ints, col: Ints) -> _Cells:
    """Return cells of one row and column as one, in order of row and column."""
    mass = cells.value.sum(axis=1)
    frame = pd.DataFrame(
        {"row": row, "col": col, "r": cells.middle_row * mass, "c": cells.middle_col * mass, "mass": mass}
    )
    values = pd.DataFrame(cells.value, columns=[f"v{at}" for at in range(cells.value.shape[1])])
    sums = pd.concat([frame, values], axis=1).groupby(["row", "col"], sort=True).sum()
    keys = sums.index.to_frame()
    held = np.asarray(sums["mass"], dtype=np.float64)
    middle_row = np.asarray(sums["r"], dtype=np.float64) / held
    middle_col = np.asarray(sums["c"], dtype=np.float64) / held
    return _Cells(
        keys["row"].to_numpy(np.int64),
        keys["col"].to_numpy(np.int64),
        middle_row,
        middle_col,
        sums[list(values.columns)].to_numpy(np.float64),
    )


def _joined(parts: list[_Cells], by: int) -> _Cells:
    """Return the cells of all windows, row by row; a gathered cell that windows cut is put together."""
    row, col, middle_row, middle_col, value = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("row", "col", "middle_row", "middle_col", "value")
    )
    if by > 1 and len(row):
        return _summed(_Cells(row, col, middle_row, middle_col, value), row, col)
    order = np.lexsort((col, row))
    return _Cells(row[order], col[order], middle_row[order], middle_col[order], value[order])


def _demand(
    raster: Raster,
    cells: _Cells,
    place: tuple[Floats, Floats],
    named: Mapping[str, int],
    by: int,
    datum: str,
    areas: AreaTree | None,
    outlines: bool,
) -> Demand:
    lon, lat = place
    ids = [f"r{row}c{col}" for row, col in zip(cells.row.tolist(), cells.col.tolist(), strict=True)]
    return Demand(
        ids=np.array(ids, dtype=object),
        lon=lon,
        lat=lat,
        weights=MappingProxyType({name: cells.value[:, at].copy() for at, name in enumerate(named)}),
        adcode=np.full(len(lon), "", dtype=object) if areas is None else areas.locate(lon, lat).astype(object),
        cells=_outlines(raster, cells, by, datum) if outlines else None,
    )


def _outlines(raster: Raster, cells: _Cells, by: int, datum: str) -> NDArray[np.object_]:
    """Return each (gathered) cell as a polygon in WGS 84; the last ones end with the raster."""
    ring_row = np.minimum((cells.row[:, None] + np.array([0, 0, 1, 1])) * by, raster.height)
    ring_col = np.minimum((cells.col[:, None] + np.array([0, 1, 1, 0])) * by, raster.width)
    x, y = places(raster, ring_row.ravel(), ring_col.ravel())
    lon, lat = convert(x, y, source=datum, target="wgs84")
    corners = np.stack([lon, lat], axis=-1).reshape(-1, 4, 2)
    return np.asarray(shapely.polygons(corners), dtype=object)


def _told(raster: Raster, tally: _Tally, nodata: float | None, totals: Mapping[str, float]) -> Iterator[Message]:
    values: dict[str, object] = {
        "file": raster.name,
        "seen": tally.seen,
        "zero": tally.zero,
        "weights": amounts(totals),
    }
    yield Message("{file}: {seen} cells with data, {zero} of them 0 and left out; in all {weights}.", values)
    if raster.nodata is None and nodata is None:
        yield Message("{file} declares no value for cells without data; every number was taken as it is.", values)
    if tally.brimful:
        yield Message(
            "{count} cells hold 255, the most that one byte holds: if that stands for no data, say --nodata 255; if "
            "larger numbers were cut off, take the raster as it was before.",
            {"count": tally.brimful},
        )
    if tally.nan:
        yield Message("{count} cells are no number (NaN); they were taken as cells without data.", {"count": tally.nan})
    if tally.lacking:
        yield Message("{count} cells lack a number in one of the bands; it was counted as 0.", {"count": tally.lacking})
    if tally.negative:
        row, column = tally.where
        lowest = {"count": tally.negative, "value": tally.lowest, "row": row, "column": column}
        yield Message(
            "{count} cells are less than 0 and do not count; the lowest is {value:g} in row {row}, column {column}.",
            lowest,
        )
