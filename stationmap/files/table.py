"""A table as it stands in a file: cells, where each row stood, and what was noticed while reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.cells import distinct, listed
from stationmap.files.limits import CELLS, COLUMNS
from stationmap.files.source import Source


@dataclass(frozen=True, eq=False)
class Table:
    """The content of one file, sheet or layer, without any meaning.

    Parameters
    ----------
    name : str
        The sheet or layer; the file name without suffix where the file names none.
    columns : tuple of str
        Column names, all different, in the order of the file.
    cells : pandas.DataFrame
        One column a name, a RangeIndex, dtype object. A cell is a str (never empty, no blanks around it), bool, int,
        float, date, datetime, time, or None.
    row_numbers : NDArray of int64, shape (rows,)
        As a clerk counts: the file's first line or the sheet's first row is 1, a row of several lines has the number
        of its first; records and features count from 1.
    geometry : NDArray of object, shape (rows,), or None
        shapely geometries as they are in the file, in ``crs``: None where it gives none, an empty point where it gives
        one that cannot be read. None for all when the file has no geometry.
    crs : str
        The declared coordinate system such as ``EPSG:4326``; "" when none is declared.
    notes : tuple of Message
        Evidence and things noticed: encoding, delimiter, header row, what was mended.
    source : str
        The file name.
    sha256 : str
        Of the whole file; for a shapefile, of its parts one after the other.
    encoding : str
        Of the text in it; "" when the format fixes it.
    """

    name: str
    columns: tuple[str, ...]
    cells: pd.DataFrame
    row_numbers: NDArray[np.int64]
    geometry: NDArray[np.object_] | None
    crs: str
    notes: tuple[Message, ...]
    source: str
    sha256: str
    encoding: str


def features(
    source: Source,
    names: Sequence[str | None],
    values: Sequence[Sequence[Any]],
    *,
    geometry: NDArray[np.object_] | None = None,
    rows: int | None = None,
    crs: str = "",
    name: str = "",
    notes: Sequence[Message] = (),
    encoding: str = "",
) -> Table:
    """Return a table from its columns, for files whose rows count from 1: layers and records.

    Parameters
    ----------
    source : Source
        The file.
    names, values : sequence
        A name and a sequence of cells for each column; names may repeat or be None.
    rows : int, optional
        Needed when there is no column.
    """
    count = rows if rows is not None else len(values[0]) if values else 0
    columns = distinct(names)
    return Table(
        name=name or source.stem,
        columns=columns,
        cells=frame(columns, values, count),
        row_numbers=np.arange(1, count + 1, dtype=np.int64),
        geometry=geometry,
        crs=crs,
        notes=tuple(notes),
        source=source.name,
        sha256=source.sha256,
        encoding=encoding,
    )


def frame(columns: Sequence[str], values: Sequence[Sequence[Any]], rows: int) -> pd.DataFrame:
    """Return columns of cells as a frame of dtype object with a RangeIndex."""
    block = np.empty((rows, len(columns)), dtype=object)
    for position, column in enumerate(values):
        block[:, position] = column
    return pd.DataFrame(block, columns=pd.Index(list(columns), dtype=object), dtype=object)


def bounded(rows: int, columns: int, name: str) -> None:
    """Refuse a table that does not fit into memory.

    Raises
    ------
    UnusableInput
        When it has too many columns, or too many cells.
    """
    if columns > COLUMNS or rows * columns > CELLS:
        raise UnusableInput(
            "{name} would be a table of {rows} rows and {columns} columns; at most {most} columns and {cells} cells "
            "are read. Split it, or leave out columns.",
            name=name,
            rows=rows,
            columns=columns,
            most=COLUMNS,
            cells=CELLS,
        )


def choose(found: Sequence[str], wanted: str | None, name: str) -> str:
    """Return the one sheet or layer to read.

    Raises
    ------
    InvalidValue
        When there are several and none is named, or the named one is not there; the message lists what is there.
    """
    if wanted is None:
        if len(found) == 1:
            return found[0]
        raise InvalidValue(
            "{name} has {count} sheets or layers: {layers}. Say which one with --layer.",
            name=name,
            count=len(found),
            layers=listed(found, most=40),
        )
    for candidate in found:
        if wanted.strip() == candidate.strip():
            return candidate
    raise InvalidValue(
        "{name} has no sheet or layer “{wanted}”; it has {layers}.",
        name=name,
        wanted=wanted,
        layers=listed(found, most=40),
    )
