"""Rows of cells, as a sheet or a delimited text has them, made into columns with names.

Lists that offices keep have a title above the header, often over merged cells, a line "filled in by ... on ...", a
header of two rows, blank rows, and rows that are longer or shorter than the header. Nothing of that is lost: what is
left aside or mended is told in a note.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.errors import Message, UnusableInput
from stationmap.files.cells import distinct, listed
from stationmap.files.limits import CELLS
from stationmap.files.source import Source
from stationmap.files.table import Table, bounded, frame

Row = list[Any]
Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of merged cells, counted from 0."""

_SEARCHED_ROWS = 30  # a header stands above them, or there is none
_SAMPLED_ROWS = 500
_LONGEST_LABEL = 40
_LONGEST_ASIDE = 500
_FILLED_IN = re.compile(r"\S：\s*\S")  # 填报单位：总工会
_DECIMAL = re.compile(r"[-+]?\d+\.\d+")


@dataclass(frozen=True, eq=False)
class Body:
    """What a grid holds: named columns of cells, and the number of each row as a clerk counts."""

    columns: tuple[str, ...]
    cells: pd.DataFrame
    row_numbers: NDArray[np.int64]
    notes: tuple[Message, ...]

    def table(self, source: Source, *, name: str, notes: Iterable[Message], encoding: str) -> Table:
        """Return it as the table of a file without places; its own notes come after those given."""
        return Table(
            name=name,
            columns=self.columns,
            cells=self.cells,
            row_numbers=self.row_numbers,
            geometry=None,
            crs="",
            notes=(*notes, *self.notes),
            source=source.name,
            sha256=source.sha256,
            encoding=encoding,
        )


def tabulate(rows: list[Row], numbers: Sequence[int], name: str, *, merges: Sequence[Merge] = ()) -> Body:
    """Return rows as a table: the header found, merged cells filled, every cell kept.

    Parameters
    ----------
    rows : list of list
        Cells as they may stand in a table, None for an empty one; rows may differ in length. Filled in place where
        cells are merged downwards.
    numbers : sequence of int
        The number of each row in the file.
    name : str
        What to call the file in messages.
    merges : sequence of Merge
        In positions of ``rows``.

    Raises
    ------
    UnusableInput
        When there is no cell at all, or too many.
    """
    notes: list[Message] = []
    header = header_position(rows)
    if header is None and all(cell is None for row in rows for cell in row):
        raise UnusableInput("{name} holds no cell with anything in it.", name=name)
    bounded(len(rows), max(map(_width, rows)), name)
    depth = min(_header_depth(header, merges), len(rows) - (header or 0))
    first = _first_data_row(rows, header, depth)
    filled = _fill_down(rows, merges, first)
    if filled:
        notes.append(_filled_note(filled))
    body = [
        (number, row)
        for number, row in zip(numbers[first:], rows[first:], strict=True)
        if any(cell is not None for cell in row)
    ]
    labels = _labels(rows, header, depth, merges)
    width = max([len(labels)] + [_width(row) for _, row in body])
    notes += _header_notes(rows, numbers, header, depth, first, labels)
    notes += _ragged_notes(body, len(labels), header is not None)
    return _assemble(body, labels + [None] * (width - len(labels)), notes)


def header_position(rows: Sequence[Row]) -> int | None:
    """Return the position of the header row; None when the first full row is already data.

    The header is the first row that fills at least half of the table's columns, unless the next row fills more and
    reads like labels: a title of a few cells, or a line filled in by hand (填报单位：…), stands above it then. The
    first full row is data, and there is no header, when it holds a decimal number, a date or a time.
    """
    filled = [sum(cell is not None for cell in row) for row in rows[:_SAMPLED_ROWS]]
    counts = sorted(count for count in filled if count)
    if not counts:
        return None
    full = counts[int(0.95 * (len(counts) - 1))]
    least = max(min(2, full), math.ceil(full / 2))
    for position, count in enumerate(filled[:_SEARCHED_ROWS]):
        if count < least:
            continue
        following = next((i for i in range(position + 1, len(filled)) if filled[i]), None)
        if (
            following is not None
            and filled[following] > count
            and (
                count < 0.67 * full or any(isinstance(cell, str) and _FILLED_IN.search(cell) for cell in rows[position])
            )
            and _reads_like_labels(rows[following])
        ):
            continue
        return None if any(map(_is_value, rows[position])) else position
    return None


def _reads_like_labels(row: Row) -> bool:
    cells = [cell for cell in row if cell is not None]
    return (
        all(isinstance(cell, str) and len(cell) <= _LONGEST_LABEL and not re.search(r"\d{3}", cell) for cell in cells)
        and len(set(cells)) == len(cells)
        and len(cells) > 1
    )


def _is_value(cell: Any) -> bool:
    if isinstance(cell, str):
        return _DECIMAL.fullmatch(cell) is not None
    return isinstance(cell, float | date | time)


def _header_depth(header: int | None, merges: Sequence[Merge]) -> int:
    if header is None:
        return 0
    deepest = max((bottom for (top, _), (bottom, _) in merges if top == header), default=header)
    return min(deepest - header + 1, 3)


def _first_data_row(rows: Sequence[Row], header: int | None, depth: int) -> int:
    if header is not None:
        return header + depth
    filled = [sum(cell is not None for cell in row) for row in rows[:_SAMPLED_ROWS]]
    counts = sorted(count for count in filled if count)
    full = counts[int(0.95 * (len(counts) - 1))] if counts else 0
    return next((i for i, count in enumerate(filled) if count >= max(1, math.ceil(full / 2))), 0)


def _fill_down(rows: list[Row], merges: Sequence[Merge], first: int) -> int:
    """Write the value of cells merged downwards into each row they cover; return how many cells were filled."""
    filled = 0
    for (top, column), (bottom, _) in merges:
        if top < first or bottom == top or top >= len(rows) or column >= len(rows[top]):
            continue
        value = rows[top][column]
        for row in rows[top + 1 : bottom + 1] if value is not None else ():
            if column < len(row) and row[column] is None and filled < CELLS:
                row[column] = value
                filled += 1
    return filled


def _labels(rows: Sequence[Row], header: int | None, depth: int, merges: Sequence[Merge]) -> list[str | None]:
    if header is None:
        return []
    block = [list(row) for row in rows[header : header + depth]]
    above = list(rows[header - 1]) if header and depth == 1 else []
    for (top, left), (_, right) in merges:
        target = above if above and top == header - 1 else block[top - header] if header <= top < header + depth else []
        for column in range(left + 1, min(right + 1, len(target))):
            target[column] = target[left]
    parents = block[0] if depth > 1 else above
    width = max(_width(row) for row in block)
    lowest = [_lowest(block, column) for column in range(width)]
    counts = Counter(lowest)
    apart = len({parent for parent in parents if parent is not None}) > 1
    return [
        f"{parents[column]}/{label}"
        if label is not None
        and counts[label] > 1
        and apart
        and column < len(parents)
        and parents[column] not in (None, label)
        else label
        for column, label in enumerate(lowest)
    ]


def _lowest(block: Sequence[Row], column: int) -> str | None:
    for row in reversed(block):
        if column < len(row) and row[column] is not None:
            return _one_line(row[column])
    return None


def _one_line(cell: Any) -> str:
    return re.sub(r"\s*\n\s*", "", str(cell))


def _width(row: Row) -> int:
    width = len(row)
    while width and row[width - 1] is None:
        width -= 1
    return width


def _assemble(body: list[tuple[int, Row]], labels: list[str | None], notes: list[Message]) -> Body:
    width = len(labels)
    values = list(zip_longest(*(row[:width] for _, row in body))) if body else []
    values += [()] * (width - len(values)) if not body else [(None,) * len(body)] * (width - len(values))
    kept = [
        position
        for position, label in enumerate(labels)
        if label is not None or any(cell is not None for cell in values[position])
    ]
    columns = distinct(labels)
    if repeated := [columns[i] for i in kept if labels[i] is not None and labels[i] != columns[i]]:
        notes.append(
            Message(
                "Column names that stand twice; the later ones are called {columns}.",
                {"columns": listed(repeated)},
            )
        )
    if unnamed := [columns[i] for i in kept if labels[i] is None]:
        notes.append(
            Message(
                "Columns without a name are called by their number: {columns}.",
                {"columns": listed(unnamed)},
            )
        )
    names = tuple(columns[i] for i in kept)
    return Body(
        columns=names,
        cells=frame(names, [values[i] for i in kept], len(body)),
        row_numbers=np.array([number for number, _ in body], dtype=np.int64),
        notes=tuple(notes),
    )


def _header_notes(
    rows: Sequence[Row], numbers: Sequence[int], header: int | None, depth: int, first: int, labels: list[str | None]
) -> list[Message]:
    notes = []
    if header is None:
        notes.append(Message("There is no header row: the columns are called by their number.", {}))
    elif depth > 1:
        last = numbers[header + depth - 1]
        notes.append(
            Message(
                "The header is rows {first} to {last}: {columns}.",
                {"first": numbers[header], "last": last, "columns": _named(labels)},
            )
        )
    else:
        notes.append(
            Message(
                "The header is row {row}: {columns}.",
                {"row": numbers[header], "columns": _named(labels)},
            )
        )
    named = "\n".join(label for label in labels if label is not None)
    above = [_one_line(cell) for row in rows[: first if header is None else header] for cell in row if cell is not None]
    block = rows[header : header + depth] if header is not None else []
    above += [_one_line(cell) for row in block for cell in row if cell is not None and _one_line(cell) not in named]
    if above:
        notes.append(Message("Left aside above the rows: {text}", {"text": " | ".join(above)[:_LONGEST_ASIDE]}))
    return notes


def _named(labels: list[str | None]) -> str:
    return listed([label for label in labels if label is not None], most=12)


def _ragged_notes(body: list[tuple[int, Row]], width: int, named: bool) -> list[Message]:
    if not named:
        return []
    notes = []
    if longer := [number for number, row in body if len(row) > width and _width(row) > width]:
        notes.append(
            Message(
                "Rows with more cells than the header: {count} (first: row {row}); the further cells are kept in "
                "columns of their own. Is a comma or a quotation mark missing there?",
                {"count": len(longer), "row": longer[0]},
            )
        )
    usual = max((len(row) for _, row in body), default=0)
    if shorter := [number for number, row in body if len(row) < min(width, usual)]:
        notes.append(
            Message(
                "Rows with fewer cells than the header: {count} (first: row {row}); the cells missing are empty.",
                {"count": len(shorter), "row": shorter[0]},
            )
        )
    return notes


def _filled_note(count: int) -> Message:
    return Message("Cells under merged cells, filled with the value of the merged cell: {count}.", {"count": count})
