"""Rows into an XLSX workbook, by openpyxl: texts stay texts, the header is bold and stays in sight."""

import io
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from stationmap.errors import InvalidValue
from stationmap.files.cells import guard

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 32_767
EXACT_DIGITS = 10**15
_NARROWEST, _WIDEST = 8, 60
_MEASURED_ROWS = 500
_UNSAID = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NUMBER_LIKE = re.compile(r"[\s'#=@+\-＝＠＋－.\d]|true$|false$", re.IGNORECASE)
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")


def write_sheet(names: Sequence[str], rows: Sequence[Sequence[Any]], path: Path, title: str) -> None:
    """Write one sheet.

    Parameters
    ----------
    names : sequence of str
        The header.
    rows : sequence
        Cells as a table holds them. Whole numbers of more than 15 digits and moments with a time zone, which a
        spreadsheet cannot keep, are written as text.

    Raises
    ------
    InvalidValue
        When there are more rows, columns or characters than a sheet can hold.
    """
    _check_size(names, rows)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_FORBIDDEN_IN_NAME.sub(" ", title)[:31].strip() or "Sheet1")
    sheet.freeze_panes = "A2"
    for position, width in enumerate(_widths(names, rows), start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    content = io.BytesIO()
    try:
        sheet.append(_header(sheet, names))
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
        book.save(content)
    except OSError:  # no room for openpyxl's temporary file: it would complain again when it is collected
        with suppress(OSError, ValueError):
            sheet.close()
        raise
    path.write_bytes(content.getbuffer())


def escaped(text: str) -> str:
    r"""Return a text as a workbook spells it: what XML cannot say, and ``_x000B_`` itself, as ``_xHHHH_``.

    The rule is that of ECMA-376 part 1, 22.9.2.19 (ST_Xstring).

    Examples
    --------
    >>> escaped("a\x0bb"), escaped("_x000B_")
    ('a_x000B_b', '_x005F_x000B_')
    """
    return _UNSAID.sub(lambda found: f"_x{ord(found[0]):04X}_", text.encode("utf-8", "replace").decode())


def _header(sheet: Any, names: Sequence[str]) -> list[Any]:
    cells = [_text_cell(sheet, name) for name in names]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, str):
        return _text_cell(sheet, value) if _NUMBER_LIKE.match(value) else escaped(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= EXACT_DIGITS:
        return _text_cell(sheet, str(value))
    if isinstance(value, float) and value - value != 0:
        return _text_cell(sheet, str(value))
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _text_cell(sheet, value.isoformat(sep=" "))
    return value


def _text_cell(sheet: Any, text: str) -> Any:
    """Return a cell that is text and stays so when it is edited, as an id such as 007 must."""
    cell = WriteOnlyCell(sheet, value=escaped(guard(text)))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _check_size(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if len(rows) >= MOST_ROWS or len(names) > MOST_COLUMNS:
        raise InvalidValue(
            "A sheet holds {most_rows} rows and {most_columns} columns; these are {rows} and {columns}. Write CSV.",
            most_rows=MOST_ROWS - 1,
            most_columns=MOST_COLUMNS,
            rows=len(rows),
            columns=len(names),
        )
    for number, row in enumerate(rows, start=2):
        for name, value in zip(names, row, strict=True):
            if isinstance(value, str) and len(value) >= MOST_CHARACTERS:
                raise InvalidValue(
                    "The text in row {row}, column {column}, has {length} characters; a cell of a workbook holds "
                    "{most}. Write CSV.",
                    row=number,
                    column=name,
                    length=len(value),
                    most=MOST_CHARACTERS,
                )


def _widths(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    measured = [list(names), *rows[:_MEASURED_ROWS]]
    longest = [max(_breadth(row[position]) for row in measured) for position in range(len(names))]
    return [min(max(width + 2, _NARROWEST), _WIDEST) for width in longest]


def _breadth(value: Any) -> int:
    """Return how broad a cell shows: a Chinese character is as broad as two Latin ones."""
    text = "" if value is None else str(value)
    return max(
        (sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line) for line in text.split("\n")),
        default=0,
    )
