"""Workbooks: XLSX, XLS and ODS, read by python-calamine in a process of its own (:mod:`stationmap.files.sheets`)."""

import pickle
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from stationmap.errors import Message, UnusableInput
from stationmap.files.cells import EXACT_INTEGER, duration, listed, typed, whole
from stationmap.files.grid import tabulate
from stationmap.files.limits import CELLS
from stationmap.files.source import Source
from stationmap.files.table import Table, choose

SECONDS = 120
_EXCEL_DIGITS = 10**15
_INTEGER_LIKE = 1e21
_UNSOLVED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_CHUNK = 1 << 20
_OVERLAP = 64


def read(source: Source, layer: str | None, encoding: str | None) -> Table:  # noqa: ARG001  a workbook fixes its encoding
    """Return one sheet of a workbook as a table; without ``layer``, the only visible sheet that is not empty.

    Raises
    ------
    UnusableInput
        When the workbook is damaged, protected by a password, or unfolds beyond the limits.
    InvalidValue
        When several sheets are filled and none is named, or there is no sheet of that name.
    """
    found = _look(source, layer)
    if "rows" not in found:
        name = choose(found["offered"] if layer is None else found["sheets"], layer, source.name)
        found = _look(source, name)
    name = found["name"]
    rows = [[_value(cell) for cell in row] for row in found["rows"]]
    body = tabulate(rows, range(1, len(rows) + 1), source.name, merges=found["merges"])
    others = [other for other in found["sheets"] if other != name]
    return body.table(source, name=name, notes=_notes(source, name, others, rows), encoding="")


def names(source: Source) -> list[str]:
    """Return the names of the sheets, hidden and empty ones included."""
    return list(_look(source, None)["sheets"])


def _look(source: Source, layer: str | None) -> dict[str, Any]:
    """Ask the other process; raise what it found wrong, or that it did not survive the file."""
    from stationmap.files import sheets

    command = [sys.executable, "-P", str(Path(sheets.__file__)), str(source.path.absolute())]
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and file
            command + ([] if layer is None else [layer]), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnusableInput(
            "{name} takes longer than {seconds} s to read. Copy the cells that matter into a new workbook, or save it "
            "as CSV.",
            name=source.name,
            seconds=SECONDS,
        ) from None
    if done.returncode:
        raise UnusableInput(
            "{name} cannot be read as a workbook: it is damaged, or a cell far away from the others makes it unfold "
            "beyond all memory. Copy the cells that matter into a new workbook, or save it as CSV.",
            name=source.name,
        )
    found: dict[str, Any] = pickle.loads(done.stdout)  # noqa: S301  written by sheets.py, just above
    if found.get("fault") == "password":
        raise UnusableInput(
            "{name} is protected by a password. Open it, take the protection off, and save it again.", name=source.name
        )
    if found.get("fault") == "cells":
        raise UnusableInput(
            "{name} unfolds to {extent} cells; at most {cells} are read. A cell far away from the others is usually to "
            "blame: copy the cells that matter into a new workbook.",
            name=source.name,
            extent=found["reason"],
            cells=CELLS,
        )
    if "fault" in found:
        raise _damaged(source)
    if not found["sheets"]:
        raise UnusableInput("{name} has no sheet with cells.", name=source.name)
    return found


def _damaged(source: Source) -> UnusableInput:
    return UnusableInput(
        "{name} cannot be read as a workbook. It is damaged, or was only renamed: open it in a spreadsheet program and"
        " save it as XLSX or CSV.",
        name=source.name,
    )


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return typed(cell) if cell else None
    if isinstance(cell, float):
        if cell.is_integer() and EXACT_INTEGER < abs(cell) < _INTEGER_LIKE:
            return int(cell)
        return whole(cell)
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell
    return duration(cell) if isinstance(cell, timedelta) else cell


def _notes(source: Source, name: str, others: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[Message]:
    if others:
        yield Message(
            "Read sheet {sheet}; there are also: {others}.",
            {"sheet": name, "others": listed(others, most=20)},
        )
    if unsolved := _unsolved(source):
        yield Message(
            "Formulas without a stored result, read as empty: {count}. Open the workbook, save it, and read it again.",
            {"count": unsolved},
        )
    if inexact := sum(isinstance(cell, int) and abs(cell) >= _EXCEL_DIGITS for row in rows for cell in row):
        yield Message(
            "Numbers of more than 15 digits: {count}; a spreadsheet keeps no more. Format such columns as text.",
            {"count": inexact},
        )


def _unsolved(source: Source) -> int:
    """Return how many formulas of an XLSX were never calculated; other formats do not tell."""
    if not zipfile.is_zipfile(source.path):
        return 0
    count = 0
    with zipfile.ZipFile(source.path) as archive:
        for member in archive.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]*\.xml", member):
                with archive.open(member) as stream:
                    tail = b""
                    while chunk := stream.read(_CHUNK):
                        text = tail + chunk
                        found = list(_UNSOLVED.finditer(text))
                        count += len(found)
                        tail = text[max(found[-1].end() if found else 0, len(text) - _OVERLAP) :]
    return count
