"""What is wrong with one row or cell of an input, said so that a clerk can mend it."""

from dataclasses import dataclass
from enum import StrEnum

from stationmap.errors import Message


class Severity(StrEnum):
    """An error rejects its row; a warning and a note are reported and the row is kept."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where, which value, what is wrong and how to mend it.

    ``row`` is the row number a clerk sees in his file (the first line of the file is 1), None for the whole file;
    ``column`` is the column name as it stands in the file, "" for the whole row.
    """

    row: int | None
    column: str
    value: str
    message: Message
    severity: Severity = Severity.ERROR
