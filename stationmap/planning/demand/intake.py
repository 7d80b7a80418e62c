"""What came in: the demand of a file, what was noticed, and every row that cannot count with what is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.planning.demand.demand import Demand
from stationmap.schema.vocabulary import fold

QUOTED_LENGTH = 80
"""A cell is quoted up to so many characters."""

MOST_NAMED = 12
"""So many names stand in a sentence; all of them stand in the result."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rejected:
    """One thing that is wrong with a row that does not count; a row may have several.

    ``row`` is its number in the file as a clerk counts, ``column`` where it is ("" for its place or the whole row),
    ``value`` what stands there, shortened.
    """

    row: int
    column: str
    value: str
    reason: Message


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """Demand as it came in.

    Attributes
    ----------
    demand : Demand
        The rows that count, in the order of the file.
    notes : tuple of Message
        Everything that a planner should know before he defends the numbers.
    rejected : tuple of Rejected
        Every fault of every row that does not count, by row.
    rows : int
        How many rows (or cells of a raster) were looked at.
    totals : Mapping[str, float]
        Sum of each weight over the rows that count.
    lost : Mapping[str, float]
        Sum of each weight over the rejected rows, as far as their cells are numbers of 0 or more.
    source, sha256 : str
        The file and its digest.
    """

    demand: Demand
    notes: tuple[Message, ...]
    rejected: tuple[Rejected, ...]
    rows: int
    totals: Mapping[str, float]
    lost: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    sha256: str = ""

    @property
    def rejected_rows(self) -> int:
        """Return how many rows do not count."""
        return len({fault.row for fault in self.rejected})


class Faults:
    """The faults of a table while it is read: which rows do not count, and why."""

    def __init__(self, row_numbers: NDArray[np.int64]) -> None:
        self._row_numbers = row_numbers
        self._found: list[tuple[int, Rejected]] = []
        self.sound = np.ones(len(row_numbers), dtype=np.bool_)

    def reject(self, rows: NDArray[np.int64], column: str, cells: Iterable[object], reason: Message) -> None:
        """Put down a fault of some rows.

        Parameters
        ----------
        rows : NDArray
            Positions in the table.
        column : str
            Where it is.
        cells : iterable
            What stands in the rows' cells, one for each.
        reason : Message
            Why they do not count; its field ``{value}``, if it has one, is filled with what stands there.
        """
        self.sound[rows] = False
        for row, cell in zip(rows.tolist(), cells, strict=True):
            value = quoted(cell)
            told = Message(reason.text, {**reason.values, "value": repr(value)})
            self._found.append((row, Rejected(int(self._row_numbers[row]), column, value, told)))

    def all(self) -> tuple[Rejected, ...]:
        """Return every fault, by row; of one row in the order in which they were found."""
        return tuple(fault for _, fault in sorted(self._found, key=lambda one: one[0]))


def quoted(cell: object) -> str:
    """Return a cell as text, short enough for a sentence; nothing as ""."""
    text = "" if cell is None or cell != cell else str(cell)
    return text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"


def some_of(names: Sequence[object]) -> tuple[str, ...]:
    """Return names for a sentence, cut after :data:`MOST_NAMED`."""
    return (*map(str, names[:MOST_NAMED]), "…") if len(names) > MOST_NAMED else tuple(map(str, names))


def column_named(columns: Sequence[str], wanted: str, source: str) -> str:
    """Return the column that a user named, however he spells it.

    Raises
    ------
    InvalidValue
        When there is none of that name; the message lists those that there are.
    """
    if wanted in columns:
        return wanted
    alike = [column for column in columns if fold(column) == fold(wanted)]
    if len(alike) == 1:
        return alike[0]
    raise InvalidValue(
        "{file} has no column {column}; it has: {columns}.", file=source, column=repr(wanted), columns=tuple(columns)
    )


def usual_column(columns: Sequence[str], names: str) -> str:
    """Return the first column that has one of some usual names (parted by blanks, the best first), "" if none."""
    folded = {fold(column): column for column in reversed(columns)}
    return next((folded[name] for name in map(fold, names.split()) if name in folded), "")
