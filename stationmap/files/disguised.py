"""Tables in disguise: web pages (HTML) and "XML spreadsheets" that many office systems export and name .xls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element

from stationmap.errors import Message, UnusableInput
from stationmap.files.cells import EXACT_INTEGER, typed, whole
from stationmap.files.decoding import decode
from stationmap.files.grid import Merge, tabulate
from stationmap.files.limits import COLUMNS, MEGABYTE
from stationmap.files.markup import children, parse, text_of
from stationmap.files.source import Source
from stationmap.files.table import Table, bounded, choose

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9._-]+)", re.IGNORECASE)
_HTML_BYTES = 50 * MEGABYTE
_MOST_ROWS = 2_000_000
_MOST_SPAN = 10_000
_EXCEL_EPOCH = date(1899, 12, 31)


@dataclass
class Sheet:
    """One table: rows of cells, and merged cells in positions of the rows."""

    name: str
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def put(self, row: int, column: int, value: Any, height: int = 1, width: int = 1) -> None:
        """Write a cell; rows and columns before it that are not there yet are empty."""
        self.rows.extend([] for _ in range(len(self.rows), row + 1))
        cells = self.rows[row]
        cells.extend([None] * (column + width - len(cells)))
        cells[column] = value
        if height > 1 or width > 1:
            self.merges.append(((row, column), (row + height - 1, column + width - 1)))


def read_html(source: Source, layer: str | None, encoding: str | None) -> Table:
    """Return a table of a web page; without ``layer`` (its number) the only one of more than one row and column.

    Raises
    ------
    UnusableInput
        When the page has no table.
    InvalidValue
        When it has several and none is named.
    """
    sheets, found, notes = _html_sheets(source, encoding)
    text = Message("{name} is a web page (HTML) whatever its name says; its table was read.", {"name": source.name})
    return _table(source, sheets, layer, (text, *notes), found)


def html_names(source: Source) -> list[str]:
    """Return the numbers of the tables in a web page."""
    return [sheet.name for sheet in _html_sheets(source, None)[0]]


def read_xml_sheets(source: Source, layer: str | None, encoding: str | None) -> Table:
    """Return a sheet of an "XML spreadsheet 2003"; without ``layer`` the only one that is not empty.

    Raises
    ------
    UnusableInput
        When it is not well-formed.
    InvalidValue
        When several sheets are filled and none is named.
    """
    document = parse(source, encoding)
    sheets = [_xml_sheet(element) for element in children(document.root, "Worksheet")]
    text = Message("{name} is an XML spreadsheet whatever its name says.", {"name": source.name})
    return _table(source, [s for s in sheets if s.rows] or sheets, layer, (text, *document.notes), document.encoding)


def xml_sheet_names(source: Source) -> list[str]:
    """Return the names of the sheets in an "XML spreadsheet 2003"."""
    return [element.get("Name", "") for element in children(parse(source, None).root, "Worksheet")]


def _table(
    source: Source, sheets: Sequence[Sheet], layer: str | None, notes: Sequence[Message], encoding: str
) -> Table:
    name = choose([sheet.name for sheet in sheets], layer, source.name)
    sheet = next(sheet for sheet in sheets if sheet.name == name)
    body = tabulate(sheet.rows, range(1, len(sheet.rows) + 1), source.name, merges=sheet.merges)
    return body.table(source, name=sheet.name if len(sheets) > 1 else source.stem, notes=notes, encoding=encoding)


def _html_sheets(source: Source, encoding: str | None) -> tuple[list[Sheet], str, tuple[Message, ...]]:
    data = source.data(_HTML_BYTES)
    charset = _CHARSET.search(data[:4096])
    decoded = decode(data, source.name, encoding=encoding, declared=charset[1].decode() if charset else None)
    page = _Page()
    page.feed(decoded.text)
    page.close()
    sheets = [sheet for sheet in page.sheets if len(sheet.rows) > 1 and max(map(len, sheet.rows)) > 1]
    sheets = sheets or [sheet for sheet in page.sheets if sheet.rows]
    if not sheets:
        raise UnusableInput(
            "{name} is a web page (HTML) without a table: perhaps the page of a log-in or an error was saved. Download "
            "the list itself.",
            name=source.name,
        )
    for number, sheet in enumerate(sheets, start=1):
        sheet.name = str(number)
    return sheets, decoded.encoding, decoded.notes


class _Page(HTMLParser):
    """Collects the tables of a page; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets: list[Sheet] = []
        self.open: list[_OpenTable] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.sheets.append(Sheet(""))
            self.open.append(_OpenTable(self.sheets[-1]))
        elif self.open:
            table = self.open[-1]
            if tag == "tr":
                table.end_cell()
                table.row += 1
                table.column = 0
            elif tag in ("td", "th"):
                table.end_cell()
                table.start_cell(dict(attrs))
            elif tag in ("br", "p", "div") and table.text:
                table.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.open and tag in ("td", "th", "tr", "table"):
            self.open[-1].end_cell()
            if tag == "table":
                self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].text is not None:
            self.open[-1].text.append(re.sub(r"[ \t\r\n]+", " ", data))


class _OpenTable:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.row, self.column = -1, 0
        self.text: list[str] | None = None
        self.height = self.width = 1
        self.covered: dict[int, int] = {}  # column -> last row that a cell above reaches down to

    def start_cell(self, attributes: dict[str, str | None]) -> None:
        self.row = max(self.row, 0)
        while self.covered.get(self.column, -1) >= self.row:
            self.column += 1
        self.height = _span(attributes.get("rowspan"))
        self.width = _span(attributes.get("colspan"))
        self.text = []

    def end_cell(self) -> None:
        if self.text is None or self.column + self.width > COLUMNS:
            self.text = None
            return
        lines = (line.strip() for line in "".join(self.text).split("\n"))
        value = typed("\n".join(line for line in lines if line))
        self.sheet.put(self.row, self.column, value, self.height, self.width)
        if self.height > 1:
            for column in range(self.column, self.column + self.width):
                self.covered[column] = self.row + self.height - 1
        self.column += self.width
        self.text = None


def _span(text: str | None) -> int:
    return max(_count(text), 1)


def _count(text: str | None) -> int:
    return min(int(text), _MOST_SPAN) if text and text.isdecimal() and len(text) < 9 else 0


def _xml_sheet(worksheet: Element) -> Sheet:
    sheet = Sheet(worksheet.get("Name", ""))
    row = -1
    for element in worksheet.iter("Row"):
        row = _index(element, row)
        if row > _MOST_ROWS:
            bounded(row, COLUMNS, sheet.name)
        column = -1
        for cell in children(element, "Cell"):
            column = _index(cell, column)
            width, height = 1 + _count(cell.get("MergeAcross")), 1 + _count(cell.get("MergeDown"))
            bounded(1, column + width, sheet.name)
            sheet.put(row, column, _xml_value(cell.find("Data")), height, width)
            column += width - 1
    return sheet


def _index(element: Element, previous: int) -> int:
    given = element.get("Index", "")
    return int(given) - 1 if given.isdecimal() and len(given) < 9 and int(given) > previous + 1 else previous + 1


def _xml_value(data: Element | None) -> Any:
    text = text_of(data)
    if data is None or text is None:
        return None
    kind = data.get("Type")
    try:
        if kind == "Number":
            return int(text) if text.lstrip("-").isdecimal() and abs(int(text)) <= EXACT_INTEGER else whole(float(text))
        if kind == "DateTime":
            moment = datetime.fromisoformat(text)
            if moment.date() <= _EXCEL_EPOCH:
                return moment.time()
            return moment.date() if moment.time() == time() else moment
    except ValueError:
        return text
    if kind == "Boolean":
        return text == "1"
    return None if kind == "Error" else typed(text)
