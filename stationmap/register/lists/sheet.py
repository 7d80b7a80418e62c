"""A table read through its columns: clean texts by field, and every fault found on the way.

Rows that carry nothing (but perhaps a serial number) are left out and not counted. A row is *rejected* when
it has a fault of severity error. What a cell says and no field can hold is kept in the note of its row,
never dropped.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.errors import Message
from stationmap.files.table import Table
from stationmap.register.lists import cells
from stationmap.register.lists.columns import Columns
from stationmap.schema.faults import Fault, Severity

LONGEST_NAME = 200
LONGEST_TEXT = 2000


class Sheet:
    """The rows of a table that carry anything, by field; collects faults.

    Parameters
    ----------
    table : Table
        As it was read.
    columns : Columns
        Which column carries which field.
    """

    def __init__(self, table: Table, columns: Columns) -> None:
        self.table = table
        self.columns = columns
        texts = {name: [cells.text_of(value) for value in table.cells[name].tolist()] for name in table.columns}
        carried = _carried(table, [texts[name] for name in table.columns if name not in columns.serial])
        self.positions: NDArray[np.int64] = carried.nonzero()[0]
        self.row_numbers: list[int] = np.asarray(table.row_numbers)[self.positions].tolist()
        if not carried.all():
            texts = {name: [column[i] for i in self.positions] for name, column in texts.items()}
        self._texts = texts
        self.geometry = self._geometry()
        self._faults: list[Fault] = []
        self._kept: dict[int, list[str]] = defaultdict(list)
        self._void: set[int | None] = set()
        self.rejected: set[int] = set()

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults: those of the whole file first, then by row."""
        return tuple(sorted(self._faults, key=lambda fault: -1 if fault.row is None else fault.row))

    def column(self, name: str) -> list[str]:
        """Return the clean texts of one column of the file, nothing for "" ."""
        return self._texts[name] if name else [""] * len(self)

    def raw(self, name: str) -> NDArray[np.object_]:
        """Return the cells of one column as they were read."""
        return self.table.cells[name].to_numpy(dtype=object)[self.positions]

    def texts(self, field: str) -> list[str]:
        """Return the texts of a field; "" where the column is missing or the cell stands for nothing."""
        return cells.each(self.column(self.columns.of(field)), _filled)

    def several(self, field: str) -> list[list[str]]:
        """Return the texts of a field that may stand in several columns, by row, those that say something."""
        found: list[list[str]] = [[] for _ in range(len(self))]
        for name in self.columns.fields.get(field, ()):
            for row, text in zip(found, self.column(name), strict=True):
                if not cells.is_blank(text):
                    row.append(text)
        return found

    def read(self, field: str, reader: Callable[[str], cells.Cell]) -> list[object]:
        """Return the typed values of a field; a cell that cannot be read is told, and kept in the note."""
        name = self.columns.of(field)
        values: list[object] = [None] * len(self)
        if not name:
            return values
        texts = self.texts(field)
        for i, cell in enumerate(cells.each(texts, lambda text: reader(text) if text else cells.Cell(None))):
            values[i] = cell.value
            if cell.problem is not None:
                self.warn(i, name, texts[i], cell.problem)
                self.keep(i, name, texts[i])
        return values

    def fault(
        self,
        row: int | None,
        column: str,
        value: object,
        message: Message,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Put a fault down; an error rejects its row. Of a row that is no record nothing more is said."""
        if row in self._void:
            return
        number = None if row is None else self.row_numbers[row]
        self._faults.append(Fault(number, column, cells.quoted(value), message, severity))
        if severity is Severity.ERROR and row is not None:
            self.rejected.add(row)

    def warn(self, row: int | None, column: str, value: object, message: Message) -> None:
        """Put a warning down; the row is kept."""
        self.fault(row, column, value, message, Severity.WARNING)

    def keep(self, row: int, column: str, text: str) -> None:
        """Keep in the note of a row what no field can hold, under the name of its column."""
        self._kept[row].append(f"{column}：{text}" if column else text)

    def notes(self) -> list[str]:
        """Return the note of each row: what the file says there, then what was kept."""
        return [cells.joined((*said, *self._kept.get(i, ()))) for i, said in enumerate(self.several("note"))]

    def check_rows(self) -> None:
        """Reject what is no record (totals, remarks, repeated headings) and rows with an overlong cell."""
        fields = ("name", "id", "area", "address")
        checked = (*self.columns.serial, *self.table.columns[:1], *map(self.columns.of, fields))
        for column in filter(None, dict.fromkeys(checked)):
            for i, reason in enumerate(cells.each(self.column(column), _no_record)):
                if reason is not None and self._gives_no_place(i):
                    self._discard(i, column, reason)
        self._check_headings()
        for column in dict.fromkeys(name for names in self.columns.fields.values() for name in names):
            for i, text in enumerate(self.column(column)):
                if len(text) > LONGEST_TEXT:
                    values = {"length": len(text), "most": LONGEST_TEXT}
                    message = Message("{length} characters are too many for one cell; at most {most}.", values)
                    self.fault(i, column, text, message)

    def names(self) -> list[str]:
        """Return the name of each row; rows without a usable name are rejected."""
        column = self.columns.of("name")
        names = self.texts("name")
        for i, name in enumerate(names):
            if not any(map(str.isalnum, name)):
                self.fault(i, column, name, Message("The row has no name; give it one, or delete the row."))
            elif len(name) > LONGEST_NAME:
                values = {"length": len(name), "most": LONGEST_NAME}
                self.fault(i, column, name, Message("The name has {length} characters; at most {most}.", values))
            elif cells.holds_markup(name):
                self.warn(i, column, name, Message("The name holds HTML; it is kept as plain text."))
        self._tell_control_characters(column)
        return names

    def _geometry(self) -> NDArray[np.object_] | None:
        """Return the shapes that the rows stand for, None when places come from columns."""
        given_by_hand = self.columns.by_hand & {"lon", "lat", "point"}
        if self.table.geometry is None or given_by_hand or pd.isna(self.table.geometry).all():
            return None
        return self.table.geometry[self.positions]

    def _tell_control_characters(self, column: str) -> None:
        for i, value in enumerate(self.raw(column).tolist()):
            if isinstance(value, str) and not value.isprintable() and any(map(_is_control, value)):
                message = Message("Control characters in the name were left out.")
                self.fault(i, column, value, message, Severity.NOTE)

    def _discard(self, row: int, column: str, reason: Message) -> None:
        self.fault(row, column, self.column(column)[row], reason)
        self._void.add(row)

    def _gives_no_place(self, row: int) -> bool:
        """Tell whether a row gives no place, so that its words may be no record's."""
        located = self.geometry is not None and self.geometry[row] is not None
        place = (self.columns.of(field) for field in ("lon", "lat", "point", "address"))
        return not located and all(cells.is_blank(self.column(name)[row]) for name in place if name)

    def _check_headings(self) -> None:
        used = [columns[0] for columns in self.columns.fields.values()]
        name = self.columns.of("name")
        for i, text in enumerate(self.column(name)):
            if text == name and sum(self.column(column)[i] == column for column in used) * 2 > len(used):
                self._discard(i, name, Message("The row repeats the headings of the table; delete it."))


def _filled(text: str) -> str:
    return "" if cells.is_blank(text) else text


def _carried(table: Table, columns: Iterable[Sequence[str]]) -> NDArray[np.bool_]:
    carried = np.zeros(len(table.cells), bool)
    for column in columns:
        carried |= np.fromiter(map(bool, column), bool, len(carried))
    if table.geometry is not None:
        carried |= ~np.asarray(pd.isna(table.geometry), bool)
    return carried


def _is_control(character: str) -> bool:
    return unicodedata.category(character)[0] == "C" and not character.isspace()


def _no_record(text: str) -> Message | None:
    """Return why a text marks its row as no record, None when it does not."""
    if _pattern("total").fullmatch(text):
        return Message("The row sums others up and is no place; delete it.")
    if _pattern("remark").match(text):
        return Message("The row is a remark on the table and no place; delete it.")
    return None


@cache
def _pattern(key: str) -> re.Pattern[str]:
    """Return what a cell looks like that sums up, or that begins a remark; blanks may stand between letters."""
    words = "|".join(r"\s*".join(map(re.escape, word)) for word in cells.words("row")[key])
    behind = r"\s*[:：]?\s*[\d.,]*\s*[个家条处座所]?" if key == "total" else r"\s*\d*\s*[:：]"
    return re.compile(f"(?:{words}){behind}", re.IGNORECASE)
