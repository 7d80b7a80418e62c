"""Cells of lists as typed values: known answers, and what is refused."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.register.lists import cells
from stationmap.register.lists.kinds import host_of_name, host_of_place, host_of_type, kinds_in, kinds_of_name
from stationmap.register.lists.origin import basis_of_place, says_generated
from stationmap.schema.records import Answer, Basis
from stationmap.schema.vocabulary import HOST_TYPES, KINDS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (12.0, "12"),
        (113.62, "113.62"),
        (99999999999999999999, "99999999999999999999"),
        (1e20, "100000000000000000000"),
        (13812345678.0, "13812345678"),
        (True, "True"),
        (dt.date(2026, 7, 1), "2026-07-01"),
        (dt.datetime.combine(dt.date(2026, 7, 1), dt.time()), "2026-07-01"),
        (dt.time(8, 30), "08:30"),
        ("  爱心　驿站\r\n二楼 ", "爱心 驿站 二楼"),
        ("爱心\x00\u200b\u202e驿站\ud800", "爱心驿站"),
    ],
)
def test_any_cell_as_text(value: object, text: str) -> None:
    assert cells.text_of(value) == text


@pytest.mark.parametrize("text", ["", "-", "—", "暂无", "N/A", "null", "无", "未知", "\\N"])
def test_what_stands_for_nothing(text: str) -> None:
    assert cells.is_blank(text)


@pytest.mark.parametrize("text", ["0", "无线网", "no 1", "北京"])
def test_what_does_not_stand_for_nothing(text: str) -> None:
    assert not cells.is_blank(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("113.62", 113.62),
        ("１１３．６２", 113.62),
        ("-51.2", -51.2),
        ("113.62°", 113.62),
        ("东经113.62", 113.62),
        ("113.62E", 113.62),
        ("51.5 W", -51.5),
        ("南纬30.5度", -30.5),
        ("113°30'36\"E", 113.51),
        ("113度30分36秒", 113.51),
        ("34°45.6′N", 34.76),
        ("1.1362e2", 113.62),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("9" * 400, None),
        ("abc", None),
        ("113,62", None),
        ("113°75'00\"", None),
    ],
)
def test_a_coordinate(text: str, number: float | None) -> None:
    read = cells.coordinate(text)
    assert read == (number if number is None else pytest.approx(number, abs=1e-12))


@pytest.mark.parametrize(
    "text",
    ["113.6,34.7", "113.6，34.7", "(113.6, 34.7)", "113.6 34.7", "POINT(113.6 34.7)", "[113.6,34.7]", "113.6;34.7"],
)
def test_a_point_in_one_cell(text: str) -> None:
    assert cells.pair(text) == (113.6, 34.7)


@pytest.mark.parametrize("text", ["郑州", "113.6", "113.6,34.7,12", "113.6,x"])
def test_no_point(text: str) -> None:
    assert cells.pair(text) is None


@pytest.mark.parametrize(
    "text",
    ["2026-07-01", "2026/7/1", "2026.7.1", "2026年7月1日", "20260701", "2026-07-01T08:00:00", "2026-07-01 08:00:00"],
)
def test_a_day(text: str) -> None:
    assert cells.day(text).value == dt.date(2026, 7, 1)


@pytest.mark.parametrize("text", ["2026-02-30", "2026年7月", "去年", "26-7-1"])
def test_no_day(text: str) -> None:
    read = cells.day(text)
    assert read.value is None
    assert text in str(read.problem)


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("约12㎡", 12), ("20个", 20), ("15.5平方米", 15.5), ("0", 0)])
def test_a_measure(text: str, value: float) -> None:
    assert cells.measure(text, most=1e6).value == value


@pytest.mark.parametrize("text", ["10-20", "若干", "99999999999999999999", "nan"])
def test_no_measure(text: str) -> None:
    read = cells.measure(text, most=1e6)
    assert read.value is None
    assert read.problem is not None


def test_yes_no_and_unknown() -> None:
    assert [cells.answer(text) for text in ("有", "√", "Y", "1", "True", "2台")] == [Answer.YES] * 6
    assert [cells.answer(text) for text in ("无", "×", "N", "0", "False", "0台", "不提供")] == [Answer.NO] * 7
    assert [cells.answer(text) for text in ("未知", "?", "待定")] == [Answer.UNKNOWN] * 3
    assert cells.answer("8:00-17:00") is None


@given(
    st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times())
)
@settings(max_examples=300, deadline=None)
def test_any_value_becomes_clean_text_once_and_for_all(value: object) -> None:
    text = cells.text_of(value)
    assert text == text.strip()
    assert cells.text_of(text) == text
    text.encode()


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_a_reader(text: str) -> None:
    number = cells.coordinate(text)
    assert number is None or isinstance(number, float)
    assert all(isinstance(cell, cells.Cell) for cell in (cells.day(text), cells.measure(text, most=10)))
    assert cells.pair(text) is None or len(cells.pair(text) or ()) == 2
    assert cells.answer(text) in (None, *Answer)
    assert says_generated(text) in (True, False)
    assert set(kinds_in(text)[0]) <= KINDS.keys()
    assert set(kinds_of_name(text)) <= KINDS.keys()
    assert host_of_type(text) in (None, "", *HOST_TYPES)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("工会驿站(郑州市职工之家)", ("rest_station",)),
        ("新郑市困难职工帮扶中心户外劳动者爱心驿站", ("rest_station",)),
        ("工会驿站暨职工书屋", ("rest_station", "book_corner")),
        ("职工之家（职工书屋）", ("worker_home", "book_corner")),
        ("二七区服务大厅（职工书屋）", ("book_corner",)),
        ("文化宫路书报亭", ()),
        ("某某公司", ()),
    ],
)
def test_kinds_that_a_name_speaks_of(name: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of_name(name) == kinds


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("郑州市郑州银行高新区小微支行工会驿站", "bank"),
        ("工会驿站(郑州市张仲景大药房互助路店)", "pharmacy"),
        ("工会驿站(河南工会·嵩山医院)", "hospital"),
        ("巩义市孝义街道火车站社区户外劳动者工会驿站", "community_hall"),
        ("巩义市工会户外劳动者爱心驿站", ""),
        ("大学路街道工心驿站", ""),
    ],
)
def test_the_host_that_a_name_speaks_of(name: str, host: str) -> None:
    assert host_of_name(name) == host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("餐饮服务;中餐厅;火锅店", "restaurant"),
        ("住宿服务;宾馆酒店;四星级宾馆|餐饮服务;糕饼店;糕饼店", "restaurant"),
        ("科教文化服务;学校;幼儿园", "school"),
        ("交通设施服务;公交车站;公交车站相关", "transport_station"),
        ("医疗保健服务;医药保健销售店;药房", "pharmacy"),
        ("amenity=fuel", "petrol_station"),
        ("shop=bakery", "shop"),
        ("银行", "bank"),
        ("bank", "bank"),
        ("风景名胜", ""),
    ],
)
def test_the_host_type_of_a_text_of_types(text: str, host: str) -> None:
    assert host_of_type(text) == host


def test_the_host_type_of_a_place_by_its_name() -> None:
    assert host_of_place("中国工商银行(人民路支行)") == "bank"
    assert host_of_place("郑州市总工会") == "union"


def test_kinds_in_a_cell_and_words_that_name_none() -> None:
    assert kinds_in("职工书屋；驿站") == (("book_corner", "rest_station"), ())
    assert kinds_in("棋院") == ((), ("棋院",))


@pytest.mark.parametrize(
    "text",
    [
        "示意点位",
        "按各区人口比例生成的示意点位，非逐条实地核实地址",
        "模拟数据",
        "虚拟点位，仅供演示",
        "测试数据",
        "随机生成",
        "由脚本自动生成",
        "非实地核实",
        "randomly generated points",
        "Synthetic",
        "dummy data",
        "test record",
    ],
)
def test_words_that_say_a_row_was_made_up(text: str) -> None:
    assert says_generated(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "虚拟现实体验馆",
        "非模拟数据",
        "实地核实",
        "二维码由站点生成",
        "photosynthetic",
        "not generated",
        "测试中心旁",
        "regenerated",
    ],
)
def test_words_that_do_not(text: str) -> None:
    assert not says_generated(text)


@pytest.mark.parametrize(
    ("source", "basis"),
    [
        ("地图POI", Basis.FOUND),
        ("高德地理编码", Basis.INFERRED),
        ("GPS 实测", Basis.FOUND),
        ("随机生成", Basis.GENERATED),
    ],
)
def test_how_a_place_was_found(source: str, basis: Basis) -> None:
    assert basis_of_place(source) is basis
