"""Delimited text: delimiters, headers, row numbers, unruly quotation marks; nothing lost."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.delimited import parse, sniff
from stationmap.files.read import layers, read
from stationmap.files.table import Table


def text_file(folder: Path, text: str, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(table: Table) -> list[list[object]]:
    return table.cells.to_numpy().tolist()


def told(table: Table) -> str:
    return "\n".join(map(str, table.notes))


def test_a_plain_table(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "编号,名称,经度\r\n007, 二七驿站　,113.665\r\n8,,\r\n"))
    assert table.name == "list"
    assert table.source == "list.csv"
    assert table.columns == ("编号", "名称", "经度")
    assert rows_of(table) == [["007", "二七驿站", "113.665"], ["8", None, None]]
    assert table.row_numbers.tolist() == [2, 3]
    assert (table.geometry, table.crs, table.encoding) == (None, "", "utf-8")
    assert len(table.sha256) == 64
    assert [dtype.kind for dtype in table.cells.dtypes] == ["O", "O", "O"]
    assert "row 1" in told(table)
    assert "comma" in told(table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_in_every_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [["名称", "地址", "经度"], ["二七驿站", "中原路18号", "113.6"], ["金水驿站", "花园路", "113.7"]]
    text = "\n".join(delimiter.join(line) for line in lines) + "\n"
    table = read(text_file(tmp_path, text, encoding=encoding))
    assert [list(table.columns), *rows_of(table)] == lines
    assert table.encoding == encoding


def test_big5_is_read(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "行政區,路名\n中山區,北安路\n", encoding="big5"))
    assert (table.columns, table.encoding) == (("行政區", "路名"), "big5")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("lon;lat\n113,66;34,75\n113,67;34,76\n", ";"),
        ("name,type\n甲,餐饮服务;中餐厅;中餐厅\n乙,餐饮服务;中餐厅;中餐厅\n", ","),
        ('a;b\n"x;y;z";1\n"x;y";2\n', ";"),
        ('name,note\n甲,"一\n二;三"\n乙,"四"\n', ","),
        ("name\n甲\n乙,丙\n丁\n", ","),
        ("a|b\n餐饮,小吃|1\n餐饮|2\n", "|"),
        ("市驿站一览表\na\tb\tc\n1\t2\t3\n1\t2\t3\n", "\t"),
        ("only\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(text: str, delimiter: str) -> None:
    assert sniff(text) == delimiter


def test_a_type_of_three_parts_in_every_row_is_no_delimiter_even_with_ragged_rows(tmp_path: Path) -> None:
    rows = [f"店{i},路{i}号,餐饮;中餐;中餐" for i in range(200)]
    rows[50] = "店50,路,50号,餐饮;中餐;中餐"
    table = read(text_file(tmp_path, "name,address,type\n" + "\n".join(rows)))
    assert table.columns == ("name", "address", "type", "#4")
    assert rows_of(table)[50] == ["店50", "路", "50号", "餐饮;中餐;中餐"]
    assert "more cells than the header: 1 (first: row 52)" in told(table)


def test_excels_own_hint_is_honoured_and_counted_as_a_line(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "sep=;\r\na;b\r\n1,5;2\r\n"))
    assert table.columns == ("a", "b")
    assert table.row_numbers.tolist() == [3]


def test_rows_are_numbered_as_an_editor_numbers_lines(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, '\n\n名称,说明\n甲,"一\n二\n三"\n\n乙,x\n"丙\r\n丁",y\n戊,z'))
    assert table.row_numbers.tolist() == [4, 8, 9, 11]
    assert rows_of(table)[0] == ["甲", "一\n二\n三"]
    assert rows_of(table)[2] == ["丙\r\n丁", "y"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end(tmp_path: Path, end: str) -> None:
    table = read(text_file(tmp_path, end.join(["a,b", "1,2", "", "3,4"])))
    assert rows_of(table) == [["1", "2"], ["3", "4"]]
    assert table.row_numbers.tolist() == [2, 4]


def test_titles_above_the_header_are_told(tmp_path: Path) -> None:
    text = "郑州市户外劳动者驿站一览表,,,\n填报单位：总工会,,填报日期：2026-10-01,\n,,,\n序号,名称,地址,经度\n1,甲,路1号,113.5\n"
    table = read(text_file(tmp_path, text))
    assert table.columns == ("序号", "名称", "地址", "经度")
    assert table.row_numbers.tolist() == [5]
    assert "The header is row 4" in told(table)
    assert "郑州市户外劳动者驿站一览表 | 填报单位：总工会" in told(table)


def test_a_table_without_header_keeps_its_first_row(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "甲,113.6,34.7\n乙,113.7,34.8\n"))
    assert table.columns == ("#1", "#2", "#3")
    assert rows_of(table)[0] == ["甲", "113.6", "34.7"]
    assert "no header row" in told(table)


def test_years_as_column_names_are_a_header(tmp_path: Path) -> None:
    assert read(text_file(tmp_path, "区,2024,2025\n金水区,12,13\n")).columns == ("区", "2024", "2025")


def test_repeated_and_missing_column_names(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "名称,名称,,空\n甲,乙,丙,\n"))
    assert table.columns == ("名称", "名称 (2)", "#3", "空")
    assert rows_of(table) == [["甲", "乙", "丙", None]]
    assert "名称 (2)" in told(table)
    assert "#3" in told(table)


def test_empty_columns_at_the_end_vanish(tmp_path: Path) -> None:
    assert read(text_file(tmp_path, "a,b,,\n1,2,,\n")).columns == ("a", "b")


def test_short_rows_are_filled_and_told(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "a,b,c\n1,2,3\n4\n5,6,7\n"))
    assert rows_of(table)[1] == ["4", None, None]
    assert "fewer cells than the header: 1 (first: row 3)" in told(table)


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "名称,地址\n"))
    assert (table.columns, len(table.cells)) == (("名称", "地址"), 0)
    assert table.row_numbers.shape == (0,)


def test_one_column(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "名称\n甲\n乙\n"))
    assert (table.columns, rows_of(table)) == (("名称",), [["甲"], ["乙"]])
    assert "one column" in told(table)


def test_guarded_formulas_are_freed(tmp_path: Path) -> None:
    table = read(text_file(tmp_path, "name,phone\n'=cmd,'+86 1\n''=x,-3\n"))
    assert rows_of(table) == [["=cmd", "+86 1"], ["'=x", "-3"]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n"二七"驿站,1\n金水,2\n', [['"二七"驿站', "1"], ["金水", "2"]]),
        ('a,b\n"never closed,1\n金水,2\n', [['"never closed', "1"], ["金水", "2"]]),
        ('a,b\n"He said \\"hi\\"",1\n', [['"He said \\"hi\\""', "1"]]),
        ('a,b\n"x","y"z\n"p","q,r"\n', [["x", '"y"z'], ["p", "q,r"]]),
        ('a,b\nx,"tail', [["x", '"tail']]),
    ],
)
def test_unruly_quotation_marks_lose_no_character_and_no_row(tmp_path: Path, text: str, rows: list[list[str]]) -> None:
    table = read(text_file(tmp_path, text))
    assert rows_of(table) == rows
    assert "quotation marks break the rules" in told(table)


def test_unruly_text_numbers_its_rows_rightly() -> None:
    parsed = parse('a,b\r\n"x\r\ny",1\r\n\r\n"bad"x,2\nlast,', ",")
    assert parsed.rows == [["a", "b"], ["x\r\ny", "1"], ['"bad"x', "2"], ["last", ""]]
    assert parsed.numbers == [1, 2, 5, 6]
    assert parsed.unruly == 5


def test_a_quotation_mark_that_swallows_many_lines_is_suspected(tmp_path: Path) -> None:
    lines = "\n".join(f"{i},x" for i in range(30))
    table = read(text_file(tmp_path, f'a,b\n1,"open\n{lines}\nclosed"\n2,y\n'))
    assert "A cell of row 2 runs over" in told(table)


def test_a_long_cell_such_as_an_outline_in_wkt_is_read(tmp_path: Path) -> None:
    outline = "POLYGON ((" + ", ".join(f"{i} {i}" for i in range(40_000)) + "))"
    table = read(text_file(tmp_path, f'名称,wkt\n甲,"{outline}"\n乙,x\n'))
    assert rows_of(table)[0] == ["甲", outline]
    assert "quotation" not in told(table)


def test_a_line_of_200_mb_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as out:
        out.write(b"name,lon\n")
        for _ in range(200):
            out.write(b"x" * 1_000_000)
    started = time.perf_counter()
    with pytest.raises(UnusableInput, match="a line of more than 10 MB"):
        read(path)
    assert time.perf_counter() - started < 5


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="20000 columns"):
        read(text_file(tmp_path, ",".join(f"c{i}" for i in range(20_000)) + "\n"))


def test_one_row_of_many_cells_does_not_blow_up_the_others(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="40000000 cells"):
        read(text_file(tmp_path, "a,b\n" + "," * 16_000 + "x\n" + "1,2\n" * 10_000))


@pytest.mark.parametrize("text", ["\n\n", " , ,\n,,\n", "\ufeff\n"])
def test_nothing_but_blanks_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableInput, match="no cell with anything in it"):
        read(text_file(tmp_path, text))


def test_a_text_has_one_layer(tmp_path: Path) -> None:
    path = text_file(tmp_path, "a,b\n1,2\n")
    assert layers(path) == ["list"]
    assert len(read(path, layer="list").cells) == 1
    with pytest.raises(InvalidValue, match="no sheet or layer “other”; it has list"):
        read(path, layer="other")


def test_the_encoding_can_be_given(tmp_path: Path) -> None:
    path = text_file(tmp_path, "名称,地址\n甲,乙\n", encoding="gb18030")
    assert read(path, encoding="gbk").columns == ("名称", "地址")
    with pytest.raises(UnusableInput, match="--encoding"):
        read(path, encoding="utf-8")
    with pytest.raises(InvalidValue, match="no encoding “klingon”"):
        read(path, encoding="klingon")


@given(st.text(st.sampled_from('ab",;\n\r\t| ')))
def test_parsing_keeps_every_character_but_quotation_marks_and_ends(text: str) -> None:
    parsed = parse(text, ",")
    kept = "".join(cell for row in parsed.rows for cell in row)
    for character in "ab;\t|":
        assert kept.count(character) == text.count(character)
    assert len(parsed.rows) == len(parsed.numbers)
    assert parsed.numbers == sorted(set(parsed.numbers))
    assert all(1 <= number <= 1 + text.count("\n") + text.count("\r") for number in parsed.numbers)


@pytest.mark.real
def test_shanghai_is_read_in_well_under_two_seconds(real_data: Path) -> None:
    started = time.process_time()
    tables = [read(path) for path in sorted((real_data / "shanghai_amap_poi").glob("*.csv"))]
    assert time.process_time() - started < 2
    assert sum(len(table.cells) for table in tables) == 48_030
    for table in tables:
        assert table.columns == ("name", "address", "adname", "pname", "type", "lat", "lon")
        assert len(table.notes) == 2
        assert not table.cells["lat"].isna().any()


@pytest.mark.real
def test_taipei_has_a_mark_and_2517_bins(real_data: Path) -> None:
    tables = [read(path) for path in (real_data / "taipei_opendata_2015").glob("trash_can*.csv")]
    assert sum(len(table.cells) for table in tables) == 2_517
    assert {table.encoding for table in tables} == {"utf-8-sig"}
    assert {table.columns[0] for table in tables} == {"行政區"}


@pytest.mark.real
def test_zhengzhou_keeps_every_cell(real_data: Path) -> None:
    table = read(real_data / "zhengzhou_union_stations" / "stations_82_listed.csv")
    assert len(table.cells) == 82
    assert table.cells["open_hours_source"].notna().sum() == 22
    assert table.cells["lng_gcj02"][0] == "113.564525"
