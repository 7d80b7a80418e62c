"""Delimited text: CSV and its kin, with comma, semicolon, tab or bar.

The rules are those of RFC 4180. A text that keeps them is read by the ``csv`` module in strict mode. One that breaks
them (a quotation mark inside a cell that is not doubled, one that is never closed) is read by rules that lose no
character: a cell that begins with a quotation mark but does not end with one stands as it is written.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from stationmap.errors import Message, StationmapError, UnusableInput
from stationmap.files.cells import typed
from stationmap.files.decoding import decode
from stationmap.files.grid import tabulate
from stationmap.files.limits import CELL_CHARACTERS, LINE_BYTES, TEXT_BYTES
from stationmap.files.source import HEAD_BYTES, Source
from stationmap.files.table import Table, choose

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS = 300_000
_SAMPLE_ROWS = 2_000
_LONG_CELL_LINES = 20
_CHUNK = 1 << 20
_NAMES = {
    ",": Message("comma", {}),
    ";": Message("semicolon", {}),
    "\t": Message("tab", {}),
    "|": Message("vertical bar", {}),
}


@dataclass(frozen=True, slots=True)
class _Parsed:
    rows: list[list[str]]
    numbers: list[int]
    unruly: int | None  # the first line whose quotation marks break the rules


def read(source: Source, layer: str | None, encoding: str | None) -> Table:
    """Return a delimited text as a table.

    Raises
    ------
    UnusableInput
        When it is no text, in no known encoding, or has a line that is too long.
    """
    if layer is not None:
        choose([source.stem], layer, source.name)
    _refuse_long_lines(source)
    decoded = decode(source.data(TEXT_BYTES), source.name, encoding=encoding)
    delimiter, text, skipped = _delimiter(decoded.text)
    parsed = parse(text, delimiter, first=1 + skipped)
    if parsed.rows and max(map(len, parsed.rows)) == 1:
        delimiter = ""
    rows = [[typed(cell) for cell in row] for row in parsed.rows]
    body = tabulate(rows, parsed.numbers, source.name)
    body = replace(body, notes=(*body.notes, *_doubts(parsed)))
    notes = (*decoded.notes, _layout(decoded.encoding, delimiter))
    return body.table(source, name=source.stem, notes=notes, encoding=decoded.encoding)


def names(source: Source) -> list[str]:
    """Return the one table of a text file."""
    return [source.stem]


def sniff(text: str) -> str:
    """Return the delimiter of a text: the one that cuts most rows into the same number of cells.

    Each candidate is judged by the share of rows with its commonest number of cells, times the logarithm of that
    number, doubled when the first row has it too; quotation marks are honoured. On a tie the earlier of
    ``, ; tab |`` wins, as when there is none at all.
    """
    scores = {delimiter: _consistency(text[:_SAMPLE_CHARACTERS], delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def may_be_table(head: bytes, name: str, *, least_rows: int, encoding: str | None = None) -> bool:
    """Whether the first bytes of a text look like a table: a delimiter cuts most rows, or cuts them alike.

    Parameters
    ----------
    head : bytes
        At most the first :data:`stationmap.files.source.HEAD_BYTES`; when there are so many, the last line counts not.
    name : str
        What to call the text in messages.
    least_rows : int
        How many rows of two or more cells there must be, the header included.
    encoding : str, optional
        What the user says it is.

    Returns
    -------
    bool
        True also for what cannot be decoded: what is wrong with it is told when it is read.
    """
    if len(head) == HEAD_BYTES and b"\0" not in head:
        head = head[: head.rfind(b"\n") + 1] or head
    try:
        delimiter, text, _ = _delimiter(decode(head, name, encoding=encoding).text)
    except StationmapError:
        return True
    counts = list(_cell_counts(text, delimiter))
    wide = sum(count > 1 for count in counts)
    return wide >= least_rows and (2 * wide > len(counts) or _consistency(text, delimiter) > 0)


def parse(text: str, delimiter: str, *, first: int = 1) -> _Parsed:
    """Return the rows of a text, blank lines left out, and the line on which each begins, counted from ``first``."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first
    try:
        for row in reader:
            if row:
                rows.append(row)
                numbers.append(line)
            line = first + reader.line_num
    except csv.Error:
        return _parse_unruly(text, delimiter, first)
    return _Parsed(rows, numbers, None)


def _consistency(text: str, delimiter: str) -> float:
    counts = list(_cell_counts(text, delimiter))
    if len(text) == _SAMPLE_CHARACTERS and len(counts) > 1:
        counts.pop()
    several = Counter(count for count in counts if count > 1)
    if not several:
        return 0.0
    width, agreeing = max(several.items(), key=lambda item: (item[1], item[0]))
    score = agreeing / len(counts) * math.log2(width)
    if counts[0] == width:
        return 2 * score
    return score if agreeing > 0.5 * len(counts) else 0.0


def _cell_counts(text: str, delimiter: str) -> Iterator[int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for _ in range(_SAMPLE_ROWS):
        try:
            row = next(reader, None)
        except csv.Error:
            yield 0
            continue
        if row is None:
            return
        if any(row):
            yield len(row)


def _delimiter(text: str) -> tuple[str, str, int]:
    """Return the delimiter, the text to parse, and how many lines were skipped: Excel's ``sep=;`` says it itself."""
    hint = re.match(r"sep=([,;\t|])(\r\n|\r|\n)", text, re.IGNORECASE)
    if hint:
        return hint[1], text[hint.end() :], 1
    return sniff(text), text, 0


def _parse_unruly(text: str, delimiter: str, first: int) -> _Parsed:
    bare = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    rows: list[list[str]] = []
    numbers: list[int] = []
    row: list[str] = []
    unruly = None
    line = start = first
    position, end = 0, len(text)
    while position < end:
        cell, position, lines, sound = _cell(text, position, delimiter, bare)
        if not sound and unruly is None:
            unruly = line
        row.append(cell)
        line += lines
        if text[position : position + 1] == delimiter:
            position += 1
            if position < end:
                continue
            row.append("")
        if row != [""]:
            rows.append(row)
            numbers.append(start)
        position += 2 if text.startswith("\r\n", position) else 1
        line += 1
        row, start = [], line
    return _Parsed(rows, numbers, unruly)


_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')


def _cell(text: str, position: int, delimiter: str, bare: re.Pattern[str]) -> tuple[str, int, int, bool]:
    """Return one cell, where it ends, how many line ends are in it, and whether it keeps the rules."""
    quoted = text.startswith('"', position)
    if quoted:
        found = _QUOTED.match(text, position, min(len(text), position + CELL_CHARACTERS))
        if found and text[found.end() : found.end() + 1] in ("", delimiter, "\r", "\n"):
            cell = found[1].replace('""', '"')
            return cell, found.end(), len(re.findall(r"\r\n|\r|\n", found[1])), True
    found = bare.match(text, position)
    assert found is not None
    return found[0], found.end(), 0, not quoted


def _refuse_long_lines(source: Source) -> None:
    """Refuse a line that no list of places has, before any of it is held in memory."""
    run = 0
    with source.path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            run = run + len(chunk) if end < 0 else len(chunk) - end - 1
            if run > LINE_BYTES:
                raise UnusableInput(
                    "{name} has a line of more than {limit} MB: it is not a table with a line for each row. Export it "
                    "again as CSV or XLSX.",
                    name=source.name,
                    limit=LINE_BYTES // 1_000_000,
                )


def _layout(encoding: str, delimiter: str) -> Message:
    if not delimiter:
        return Message("Text in {encoding}, one column.", {"encoding": encoding})
    return Message(
        "Text in {encoding}, cells parted by {delimiter}.", {"encoding": encoding, "delimiter": _NAMES[delimiter]}
    )


def _doubts(parsed: _Parsed) -> Iterable[Message]:
    if parsed.unruly is not None:
        yield Message(
            "From line {line} on, quotation marks break the rules of CSV; those cells are kept as they are written.",
            {"line": parsed.unruly},
        )
    for row, number, following in zip(parsed.rows, parsed.numbers, parsed.numbers[1:], strict=False):
        if following - number > _LONG_CELL_LINES and any(cell.count("\n") > _LONG_CELL_LINES for cell in row):
            yield Message(
                "A cell of row {row} runs over {lines} lines. Is a quotation mark missing?",
                {"row": number, "lines": following - number},
            )
            return
