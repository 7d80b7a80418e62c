"""Workbooks: real XLSX, XLS and ODS files made here and read back."""

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdsTable
from odf.table import TableCell, TableRow
from odf.text import P
from openpyxl.styles import PatternFill
from xlwt.CompoundDoc import XlsDoc

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files import sheets
from stationmap.files.read import layers, read
from stationmap.files.table import Table

MOMENT = datetime.fromisoformat("2026-10-10T08:30")
ROWS: list[list[Any]] = [
    ["编号", "名称", "经度", "座位", "登记", "时刻", "开门"],
    ["007", "二七驿站", 113.665, 12, date(2026, 10, 1), MOMENT, time(8, 30)],
    ["410103199001011234", "　金水 ", 113.7, 3, None, None, None],
]
CELLS = [
    ["007", "二七驿站", 113.665, 12, date(2026, 10, 1), MOMENT, time(8, 30)],
    ["410103199001011234", "金水", 113.7, 3, None, None, None],
]


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def xls(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    book = xlwt.Workbook()
    formats = {datetime: "YYYY-MM-DD HH:MM", date: "YYYY-MM-DD", time: "HH:MM"}
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                style = xlwt.easyxf(num_format_str=formats[type(value)]) if type(value) in formats else None
                if value is not None:
                    sheet.write(i, j, value, *([style] if style else []))
    book.save(str(path))
    return path


def ods_cell(value: Any) -> TableCell:
    if value is None:
        return TableCell()
    if isinstance(value, datetime | date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, time):
        cell = TableCell(valuetype="time", timevalue=value.strftime("PT%HH%MM%SS"))
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=value)
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def ods(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = OdsTable(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(ods_cell(value))
            table.addElement(line)
        blank = TableRow(numberrowsrepeated=1_048_000)
        blank.addElement(TableCell(numbercolumnsrepeated=1024))
        table.addElement(blank)
        book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


WRITERS = pytest.mark.parametrize(("suffix", "make"), [("xlsx", xlsx), ("xls", xls), ("ods", ods)])


def rows_of(table: Table) -> list[list[object]]:
    return table.cells.to_numpy().tolist()


def told(table: Table) -> str:
    return "\n".join(map(str, table.notes))


@WRITERS
def test_values_keep_their_types(tmp_path: Path, suffix: str, make: Any) -> None:
    table = read(make(tmp_path / f"list.{suffix}", {"站点": ROWS}))
    assert table.name == "站点"
    assert table.columns == tuple(ROWS[0])
    assert rows_of(table) == CELLS
    assert [type(cell) for cell in rows_of(table)[0]] == [type(cell) for cell in CELLS[0]]
    assert table.row_numbers.tolist() == [2, 3]
    assert (table.crs, table.encoding) == ("", "")


@WRITERS
def test_several_filled_sheets_are_asked_for(tmp_path: Path, suffix: str, make: Any) -> None:
    path = make(tmp_path / f"list.{suffix}", {"驿站": ROWS, "书屋": [["名称", "区"], ["甲", "乙"]], "空": []})
    assert layers(path) == ["驿站", "书屋", "空"]
    with pytest.raises(InvalidValue, match="2 sheets or layers: 驿站, 书屋"):
        read(path)
    assert read(path, layer=" 驿站 ").name == "驿站"
    table = read(path, layer="书屋")
    assert (table.name, rows_of(table)) == ("书屋", [["甲", "乙"]])
    assert "there are also: 驿站, 空" in told(table)
    with pytest.raises(InvalidValue, match="no sheet or layer “书店”; it has 驿站, 书屋, 空"):
        read(path, layer="书店")


@WRITERS
def test_empty_sheets_beside_the_filled_one_do_not_matter(tmp_path: Path, suffix: str, make: Any) -> None:
    table = read(make(tmp_path / f"list.{suffix}", {"Sheet1": ROWS, "Sheet2": [], "Sheet3": []}))
    assert table.name == "Sheet1"
    assert "there are also: Sheet2, Sheet3" in told(table)


@WRITERS
def test_a_workbook_without_any_cell_is_refused(tmp_path: Path, suffix: str, make: Any) -> None:
    with pytest.raises(UnusableInput, match="no cell with anything in it"):
        read(make(tmp_path / f"list.{suffix}", {"Sheet1": []}))


@WRITERS
def test_a_wrong_suffix_does_not_matter(tmp_path: Path, suffix: str, make: Any) -> None:
    other = {"xlsx": "xls", "xls": "csv", "ods": "xlsx"}[suffix]
    assert rows_of(read(make(tmp_path / f"list.{suffix}", {"a": ROWS}).rename(tmp_path / f"x.{other}"))) == CELLS


def test_hidden_sheets_are_not_asked_for(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "list.xlsx", {"驿站": ROWS, "选项": [["是"], ["否"]]})
    book = openpyxl.load_workbook(path)
    book["选项"].sheet_state = "hidden"
    book.save(path)
    assert read(path).name == "驿站"
    assert read(path, layer="选项").columns == ("是",)


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_a_merged_title_and_blank_rows_above_the_header(tmp_path: Path, suffix: str) -> None:
    rows: list[list[Any]] = [["郑州市驿站一览表"], [], ["填报单位：总工会"], *ROWS, [None], ["9", "丙"]]
    path = tmp_path / f"list.{suffix}"
    if suffix == "xlsx":
        xlsx(path, {"a": rows})
        book = openpyxl.load_workbook(path)
        book["a"].merge_cells("A1:G1")
        book.save(path)
    else:
        book = xlwt.Workbook()
        sheet = book.add_sheet("a")
        sheet.write_merge(0, 0, 0, 6, rows[0][0])
        for i, row in enumerate(rows[1:], start=1):
            for j, value in enumerate(row):
                sheet.write(i, j, value if isinstance(value, str | float | int) else None)
        book.save(str(path))
    table = read(path)
    assert table.columns == tuple(ROWS[0])
    assert table.row_numbers.tolist() == [5, 6, 8]
    assert "郑州市驿站一览表 | 填报单位：总工会" in told(table)


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_a_district_merged_over_its_rows_holds_for_each(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"list.{suffix}"
    if suffix == "xlsx":
        xlsx(path, {"a": [["区", "名称"], ["金水区", "甲"], [None, "乙"], ["二七区", "丙"]]})
        book = openpyxl.load_workbook(path)
        book["a"].merge_cells("A2:A3")
        book.save(path)
    else:
        book = xlwt.Workbook()
        sheet = book.add_sheet("a")
        for i, row in enumerate([["区", "名称"], [None, "甲"], [None, "乙"], ["二七区", "丙"]]):
            for j, value in enumerate(row):
                if value:
                    sheet.write(i, j, value)
        sheet.write_merge(1, 2, 0, 0, "金水区")
        book.save(str(path))
    assert read(path).cells["区"].tolist() == ["金水区", "金水区", "二七区"]


def test_rows_are_numbered_as_the_sheet_shows_them_when_it_begins_further_down(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for column, (name, value) in enumerate([("名称", "甲"), ("地址", "路")], start=3):
        book.active.cell(5, column, name)
        book.active.cell(8, column, value)
    book.save(tmp_path / "list.xlsx")
    table = read(tmp_path / "list.xlsx")
    assert (table.columns, table.row_numbers.tolist()) == (("名称", "地址"), [8])


def test_errors_are_empty_and_unsolved_formulas_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["名称", "值", "时长", "真"])
    sheet.append(["甲", "#N/A", timedelta(hours=26), True])
    sheet["B2"].data_type = "e"
    sheet.append(["乙", "=SUM(1,2)", None, False])
    book.save(tmp_path / "list.xlsx")
    table = read(tmp_path / "list.xlsx")
    assert rows_of(table) == [["甲", None, "26:00:00", True], ["乙", None, None, False]]
    assert "without a stored result, read as empty: 1" in told(table)


def test_numbers_beyond_what_a_spreadsheet_keeps_are_told(tmp_path: Path) -> None:
    table = read(xlsx(tmp_path / "list.xlsx", {"a": [["编号", "名"], [410103199001011234, "甲"], ["1", "乙"]]}))
    assert isinstance(rows_of(table)[0][0], int)
    assert "more than 15 digits: 1" in told(table)


def test_cells_that_are_only_coloured_do_not_count(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "list.xlsx", {"a": ROWS})
    book = openpyxl.load_workbook(path)
    book["a"]["XFD1048576"].fill = PatternFill("solid", fgColor="FF0000")
    book.save(path)
    assert rows_of(read(path)) == CELLS


def test_a_cell_in_the_furthest_corner_is_refused_and_does_no_harm(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "far.xlsx", {"a": ROWS})
    book = openpyxl.load_workbook(path)
    book["a"]["XFD1048576"] = "z"
    book.save(path)
    with pytest.raises(UnusableInput, match="far away from the others"):
        read(path)


def test_a_sheet_of_too_many_cells_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "far.xlsx", {"a": ROWS})
    book = openpyxl.load_workbook(path)
    book["a"]["BZ600000"] = "z"
    book.save(path)
    with pytest.raises(UnusableInput, match="unfolds to 600000 x 78 cells"):
        read(path)


def test_a_forged_dimension_is_not_believed(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "list.xlsx", {"a": ROWS})
    forged = tmp_path / "forged.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/"):
                data = data.replace(b'<dimension ref="A1:G3"', b'<dimension ref="A1:XFD1048576"')
                assert b"XFD1048576" in data
            new.writestr(name, data)
    assert rows_of(read(forged)) == CELLS


def encrypted_xlsx() -> bytes:
    """An OLE file with the one stream that an encrypted XLSX is known by."""
    out = io.BytesIO()
    XlsDoc().save(out, b"x" * 5000)
    data = bytearray(out.getvalue())
    place, name = data.find("Workbook".encode("utf-16-le")), "EncryptedPackage".encode("utf-16-le")
    data[place : place + len(name)] = name
    data[place + 64 : place + 66] = struct.pack("<H", len(name) + 2)
    return bytes(data)


def encrypted_xls(folder: Path) -> bytes:
    """An XLS whose stream begins with the FILEPASS record that announces encryption."""
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    stream = book.get_biff_data()
    begin = 4 + struct.unpack("<H", stream[2:4])[0]
    out = io.BytesIO()
    XlsDoc().save(out, stream[:begin] + struct.pack("<HHH", 0x2F, 54, 1) + b"\1\0\1\0" + b"\0" * 48 + stream[begin:])
    return out.getvalue()


def encrypted_ods(folder: Path) -> bytes:
    path = ods(folder / "plain.ods", {"a": ROWS})
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name == "content.xml":
                new.writestr(name, b"\x8f\x01 not to be read")
            elif name == "META-INF/manifest.xml":
                new.writestr(
                    name,
                    old.read(name).replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>"),
                )
            else:
                new.writestr(name, old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_password_is_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"secret.{suffix}"
    path.write_bytes(
        {"xlsx": encrypted_xlsx, "xls": lambda: encrypted_xls(tmp_path), "ods": lambda: encrypted_ods(tmp_path)}[
            suffix
        ]()
    )
    with pytest.raises(UnusableInput, match="protected by a password"):
        read(path)


@WRITERS
def test_a_truncated_workbook_is_refused(tmp_path: Path, suffix: str, make: Any) -> None:
    path = make(tmp_path / f"list.{suffix}", {"a": ROWS})
    data = path.read_bytes()
    for share in (0.2, 0.5, 0.9):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(UnusableInput):
            read(path)


def test_a_workbook_that_aborts_the_library_does_not_abort_us(tmp_path: Path) -> None:
    path = xls(tmp_path / "list.xls", {"a": ROWS})
    data = bytearray(path.read_bytes())
    dimensions = data.index(b"\x00\x02\x0e\x00") + 4  # MS-XLS 2.4.90: first row, last row + 1
    data[dimensions + 4 : dimensions + 8] = b"\xff\xff\xff\x7f"
    path.write_bytes(bytes(data))
    alone = subprocess.run([sys.executable, "-P", str(sheets.__file__), str(path)], capture_output=True, check=False)
    assert alone.returncode != 0
    with pytest.raises(UnusableInput, match="far away from the others"):
        read(path)


def test_a_chinese_path_with_blanks_and_an_option_like_sheet(tmp_path: Path) -> None:
    folder = tmp_path / "驿站 名单"
    folder.mkdir()
    path = xlsx(folder / "-x 表.xlsx", {"--help": ROWS, "乙": ROWS})
    assert rows_of(read(path, layer="--help")) == CELLS
