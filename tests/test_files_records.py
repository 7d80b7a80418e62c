"""Records in JSON and XML, and tables in disguise: web pages and XML spreadsheets."""

import json
from contextlib import suppress
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.read import layers, read
from stationmap.files.table import Table


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(table: Table) -> list[list[object]]:
    return table.cells.to_numpy().tolist()


def told(table: Table) -> str:
    return "\n".join(map(str, table.notes))


def test_a_list_of_objects(tmp_path: Path) -> None:
    text = '[{"name": " 甲 ", "lon": 113.5, "seats": 12}, {"name": "乙", "tags": ["a"], "at": {"x": 1, "y": null}}]'
    table = read(put(tmp_path, "list.json", text))
    assert table.columns == ("name", "lon", "seats", "tags", "at.x", "at.y")
    assert rows_of(table) == [["甲", 113.5, 12, None, None, None], ["乙", None, None, '["a"]', 1, None]]
    assert table.row_numbers.tolist() == [1, 2]
    assert table.geometry is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_json_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    table = read(put(tmp_path, "list.json", '[{"名称": "二七广场驿站"}]', encoding))
    assert (table.columns, table.encoding) == (("名称",), encoding)


def test_a_list_within_an_answer_of_a_service_is_found(tmp_path: Path) -> None:
    text = '{"status": "1", "result": {"total": 2, "records": [{"a": 1}, {"a": 2}]}}'
    table = read(put(tmp_path, "list.json", text))
    assert rows_of(table) == [[1], [2]]
    assert table.name == "records"
    assert "from result.records" in told(table)


def test_several_lists_are_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, "list.json", '{"stations": [{"a": 1}], "more": {"hosts": [{"b": 2}]}}')
    assert layers(path) == ["stations", "more.hosts"]
    with pytest.raises(InvalidValue, match=r"stations, more\.hosts"):
        read(path)
    assert rows_of(read(path, layer="more.hosts")) == [[2]]


@pytest.mark.parametrize("text", ['{"a": 1}\n{"a": 2}\n', '\x1e{"a": 1}\n\x1e{"a": 2}\n', '{"a":1}\r\n\r\n{"a":2}'])
def test_a_record_a_line(tmp_path: Path, text: str) -> None:
    assert rows_of(read(put(tmp_path, "list.jsonl", text))) == [[1], [2]]


def test_rows_in_json_have_a_header(tmp_path: Path) -> None:
    table = read(put(tmp_path, "list.json", '[["名称", "经度"], ["甲", 113.5], null, ["乙"]]'))
    assert (table.columns, rows_of(table)) == (("名称", "经度"), [["甲", 113.5], ["乙", None]])
    assert table.row_numbers.tolist() == [2, 4]


def test_one_record_alone(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path, "one.json", '{"name": "甲", "lon": 113.5}'))) == [["甲", 113.5]]


def test_long_ids_stay_exact(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path, "a.json", '[{"id": 410103199001011234567}]'))) == [[410103199001011234567]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1},\n {"a": }]', "line 2, column 8"),
        ('{"a": [1, 2]}', "without a list of records"),
        ('["a", "b"]', "without a list of records"),
        ("[]", "without a list of records"),
        ("{}", "without a list of records"),
        ("[" * 100_000, "nests its content too deep"),
        ('[{"a": ' + "9" * 5000 + "}]", "cannot be read as JSON"),
        ('{"a": 1}\n{"a": ', "well-formed"),
        ('[{"a": "', "well-formed"),
    ],
)
def test_bad_json_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        read(put(tmp_path, "list.json", text))


@pytest.mark.parametrize("depth", [100, 300, 900, 3000])
def test_nesting_of_any_depth_is_read_or_refused(tmp_path: Path, depth: int) -> None:
    for text in ('[{"a": ' * depth + "1" + "}]" * depth, '{"a":' * depth + "[{}]" + "}" * depth):
        with suppress(UnusableInput):
            assert len(read(put(tmp_path, "list.json", text)).cells) == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(values)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    try:
        table = read(path)
    except (UnusableInput, InvalidValue):
        return
    assert table.cells.shape == (len(table.row_numbers), len(table.columns))
    assert all(type(cell) in (str, int, float, bool, type(None)) for row in rows_of(table) for cell in row)


SOAP = """<?xml version="1.0" encoding="{encoding}"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><NewDataSet total="2">
<hotspot id="1"><NAME>江子翠站</NAME><LNG>121.47</LNG><AT><X>1</X></AT><TAG>a</TAG><TAG>b</TAG><NIL/></hotspot>
<hotspot id="2"><NAME><![CDATA[ 新埔<站> ]]></NAME><LNG unit="degree">121.46</LNG></hotspot>
</NewDataSet></soap:Body></soap:Envelope>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "GBK", "Big5"])
def test_repeated_elements_are_records(tmp_path: Path, encoding: str) -> None:
    table = read(put(tmp_path, "list.xml", SOAP.format(encoding=encoding), encoding))
    assert table.name == "hotspot"
    assert table.columns == ("id", "NAME", "LNG", "AT.X", "TAG", "TAG (2)", "NIL", "LNG.unit")
    assert rows_of(table) == [
        ["1", "江子翠站", "121.47", "1", "a", "b", None, None],
        ["2", "新埔<站>", "121.46", None, None, None, None, "degree"],
    ]


def test_one_element_alone_is_a_record(tmp_path: Path) -> None:
    assert rows_of(read(put(tmp_path, "a.xml", "<r><x><name>甲</name><lon>1</lon></x></r>"))) == [["甲", "1"]]


def test_elements_of_text_and_attributes(tmp_path: Path) -> None:
    text = "<r><p id='1'>甲</p><p id='2'>乙</p></r>"
    table = read(put(tmp_path, "a.xml", text))
    assert (table.columns, rows_of(table)) == (("id", "p"), [["1", "甲"], ["2", "乙"]])


def test_attributes_alone_are_records_as_in_gpx(tmp_path: Path) -> None:
    text = '<gpx><metadata/><wpt lat="34.7" lon="113.6"><name>甲</name></wpt><wpt lat="34.8" lon="113.7"/></gpx>'
    assert rows_of(read(put(tmp_path, "a.gpx", text))) == [["34.7", "113.6", "甲"], ["34.8", "113.7", None]]


def test_several_lists_of_elements_are_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, "a.xml", "<r><a><x>1</x></a><a><x>2</x></a><s><b y='1'/><b y='2'/></s></r>")
    assert layers(path) == ["a", "s.b"]
    with pytest.raises(InvalidValue, match=r"a, s\.b"):
        read(path)
    assert rows_of(read(path, layer="s.b")) == [["1"], ["2"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<r><x><a>1</a></x><x>", "not well-formed XML.*line 1, column"),
        ("<r>text</r>", "without a list"),
        ("<a>" * 300 + "</a>" * 300, "nests elements deeper than 200"),
        ('<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r><x><a>&b;</a></x></r>', "defines entities"),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r><x><a>&a;</a></x></r>', "defines entities"),
        ("<r><x><a>&unknown;</a></x></r>", "not well-formed XML"),
    ],
)
def test_bad_xml_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        read(put(tmp_path, "list.xml", text))


def test_a_document_type_elsewhere_is_never_fetched(tmp_path: Path) -> None:
    text = '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/none.dtd"><r><x><a>1</a></x><x><a>2</a></x></r>'
    assert rows_of(read(put(tmp_path, "a.xml", text))) == [["1"], ["2"]]


PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}"><style>td {{color: red}}</style>
</head><body><table><tr><td>layout</td></tr></table>
<table border=1><caption>一览</caption><tr><td colspan="3">驿站一览表</td></tr>
<tr><th>区<th>名称<th>说明</tr>
<tr><td rowspan=2>金水区</td><td>甲&amp;乙</td><td>一<br>二</td></tr>
<tr><td>丙</td><td>'=1+1</td></tr></table></body></html>"""


@pytest.mark.parametrize(("encoding", "codec"), [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("big5", "utf-8")])
def test_a_web_page_that_is_named_xls(tmp_path: Path, encoding: str, codec: str) -> None:
    table = read(put(tmp_path, "list.xls", PAGE.format(encoding=encoding), codec))
    assert table.columns == ("区", "名称", "说明")
    assert rows_of(table) == [["金水区", "甲&乙", "一\n二"], ["金水区", "丙", "=1+1"]]
    assert table.row_numbers.tolist() == [3, 4]
    assert "web page (HTML) whatever its name says" in told(table)


def test_several_tables_of_a_page_are_asked_for(tmp_path: Path) -> None:
    one = "<table><tr><td>a<td>b</tr><tr><td>{}<td>2</tr></table>"
    path = put(tmp_path, "list.html", "<html>" + one.format("x") + one.format("y"))
    assert layers(path) == ["1", "2"]
    with pytest.raises(InvalidValue, match="1, 2"):
        read(path)
    assert rows_of(read(path, layer="2")) == [["y", "2"]]


def test_a_table_within_a_cell_is_a_table_of_its_own(tmp_path: Path) -> None:
    text = "<table><tr><td><table><tr><td>名<td>值<tr><td>甲<td>1</table></td></tr></table>"
    assert rows_of(read(put(tmp_path, "list.html", text))) == [["甲", "1"]]


def test_a_page_of_a_log_in_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="without a table"):
        read(put(tmp_path, "list.xls", "<!DOCTYPE html><html><body><form>登录</form></body></html>"))


def test_spans_of_any_size_do_no_harm(tmp_path: Path) -> None:
    text = "<table><tr><td rowspan=999999999 colspan=5>a<td rowspan='x'>b</tr><tr><td>1<td>2</tr></table>"
    assert len(read(put(tmp_path, "list.html", text)).cells) <= 1


SPREADSHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="站点"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">驿站一览表</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">名称</Data></Cell><Cell><Data ss:Type="String">经度</Data></Cell>
<Cell><Data ss:Type="String">座位</Data></Cell><Cell><Data ss:Type="String">日期</Data></Cell>
<Cell><Data ss:Type="String">开门</Data></Cell></Row>
<Row><Cell ss:MergeDown="1"><Data ss:Type="String">甲</Data></Cell><Cell><Data ss:Type="Number">113.5</Data></Cell>
<Cell><Data ss:Type="Number">12</Data></Cell><Cell><Data ss:Type="DateTime">2026-10-01T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="DateTime">1899-12-31T08:30:00.000</Data></Cell></Row>
<Row><Cell ss:Index="3"><Data ss:Type="Error">#N/A</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
</Table></Worksheet><Worksheet ss:Name="空"><Table/></Worksheet></Workbook>"""


def test_an_xml_spreadsheet(tmp_path: Path) -> None:
    path = put(tmp_path, "list.xls", SPREADSHEET)
    table = read(path)
    assert table.columns == ("名称", "经度", "座位", "日期", "开门")
    assert rows_of(table) == [["甲", 113.5, 12, date(2026, 10, 1), time(8, 30)], ["甲", None, None, True, None]]
    assert table.row_numbers.tolist() == [4, 5]
    assert layers(path) == ["站点", "空"]


@pytest.mark.real
def test_taipeis_hotspots(real_data: Path) -> None:
    table = read(real_data / "taipei_opendata_2015" / "freeWifi.xml")
    assert len(table.cells) == 4_813
    assert table.columns[:6] == ("AP_ID", "HOTSPOT_NAME", "AREA", "ADDRESS", "HOTSPOT_TYPE", "LNG")
    assert rows_of(table)[0][1] == "江子翠站"


@pytest.mark.real
def test_zhengzhou_as_typed(real_data: Path) -> None:
    table = read(real_data / "zhengzhou_union_stations" / "raw_list_as_typed.json")
    assert len(table.cells) == 82
    assert table.cells["lat"].notna().sum() == 18
