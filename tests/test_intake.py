"""Lists of stations on their way in: what is accepted, what is rejected and why, and that nothing is lost."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPoint, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue, RefusedImport, UnusableInput
from stationmap.files.read import read
from stationmap.files.table import Table
from stationmap.geo.areas import Area, AreaTree, areas_from_features
from stationmap.geo.datum import convert
from stationmap.register.identity import Identities, KnownRecord
from stationmap.register.intake import Intake, read_stations
from stationmap.register.lists.duplicates import Resemblance
from stationmap.schema.faults import Severity
from stationmap.schema.records import Answer, Basis, Makeup, Station

LON, LAT = "113.65", "34.75"


def table(
    columns: str,
    *rows: Sequence[object],
    shapes: Sequence[BaseGeometry | None] | None = None,
    crs: str = "",
    source: str = "名单.csv",
) -> Table:
    """Return a small table; ``columns`` separated by blanks, the headings on line 1."""
    names = tuple(columns.split())
    cells = pd.DataFrame([list(row) for row in rows], columns=list(names), dtype=object)
    geometry = None
    if shapes is not None:
        geometry = np.empty(len(rows), dtype=object)
        geometry[:] = shapes
    return Table(
        name="名单",
        columns=names,
        cells=cells,
        row_numbers=np.arange(2, len(rows) + 2, dtype=np.int64),
        geometry=geometry,
        crs=crs,
        notes=(),
        source=source,
        sha256="",
        encoding="utf-8",
    )


def intake(columns: str, *rows: Sequence[object], datum: str | None = "wgs84", **options: object) -> Intake:
    return read_stations(table(columns, *rows), datum=datum, **options)  # type: ignore[arg-type]


def one(columns: str, *cells: object, **options: object) -> Station:
    """Return the one station that a row of one cell a column becomes."""
    (station,) = intake(columns, cells, **options).stations  # type: ignore[arg-type]
    return station


def told(result: Intake, severity: Severity = Severity.ERROR) -> list[tuple[int | None, str, str]]:
    return [(f.row, f.column, str(f.message)) for f in result.faults if f.severity is severity]


@pytest.fixture(scope="module")
def quarters() -> AreaTree:
    """Return two quarters side by side: 二七区 in the west, 管城回族区 in the east."""
    return AreaTree(
        [
            Area("410103", "二七区", "district", "410100", box(113.60, 34.70, 113.66, 34.80)),
            Area("410104", "管城回族区", "district", "410100", box(113.66, 34.70, 113.72, 34.80)),
            Area("410100", "郑州市", "city", "410000", None),
        ]
    )


def test_a_row_becomes_a_station_with_everything_that_it_says() -> None:
    columns = (
        "编号 名称 地址 区县 经度 纬度 开放时间 调休 电话 服务 类型 楼层 进入方式 服务对象 托管单位 建设方式 面积 座位数 "
        "备注 更新时间 核实日期 核实人 数据来源 坐标来源"
    )
    cells = (
        *("ZZ-017", "二七广场工会驿站", "人民路1号", "二七区", LON, LAT, "08:00-20:00", "正常开放", "0371-1234567"),
        *(
            "热水、微波炉、无厕所",
            "工会驿站、职工书屋",
            "1楼",
            "扫码",
            "骑手、环卫工",
            "郑州银行人民路支行",
            "依托共建",
            "12㎡",
        ),
        *("20个", "门口有坡道", "2026-07-01", "2026-09-30", "王师傅", "市总工会", "地图POI"),
    )
    station = one(columns, *cells, datum="gcj02", list_name="市总名录")
    assert (station.list_name, station.list_key) == ("市总名录", "ZZ-017")
    assert (station.name, station.address, station.area_name) == ("二七广场工会驿站", "人民路1号", "二七区")
    assert station.location is not None
    assert (station.location.received_x, station.location.received_y) == (113.65, 34.75)
    assert station.location.received_datum == "gcj02"
    lon, lat = convert(113.65, 34.75, source="gcj02", target="wgs84")
    assert (station.location.lon, station.location.lat) == (pytest.approx(float(lon)), pytest.approx(float(lat)))
    assert station.location.provenance.source == "地图POI"
    assert (station.hours.text, station.hours.osm, station.hours.makeup) == ("08:00-20:00", "08:00-20:00", Makeup.WORK)
    assert station.hours.provenance.basis is Basis.FOUND
    assert {s.code: s.answer for s in station.services} == {
        "hot_water": Answer.YES,
        "microwave": Answer.YES,
        "toilet": Answer.NO,
        "seats": Answer.YES,
    }
    assert station.kinds == ("rest_station", "book_corner")
    assert (station.access, station.floor, station.serves) == (("qr_code",), "1楼", "骑手、环卫工")
    assert (station.host_name, station.host_type, station.build_mode) == ("郑州银行人民路支行", "bank", "hosted")
    assert (station.area_m2, station.seats, station.phone) == (12.0, 20, "0371-1234567")
    assert (station.confirmed_on, station.confirmed_by) == (dt.date(2026, 9, 30), "王师傅")
    assert station.provenance.asof == dt.date(2026, 7, 1)
    assert station.provenance.source == "名单.csv · 市总名录 · 市总工会"
    assert station.note == "门口有坡道"
    assert station.timezone == "Asia/Shanghai"


def test_all_faults_are_told_at_once_with_row_column_and_value() -> None:
    result = intake(
        "名称 经度 纬度 开放时间 座位数",
        ("", LON, LAT, "", ""),
        ("甲驿站", "abc", LAT, "8:00-25:00", "若干"),
        ("乙驿站", "34.75", "113.65", "", ""),
        ("丙驿站", "0", "0", "", ""),
        ("丁驿站", LON, "", "", ""),
        ("戊驿站", "nan", "inf", "", ""),
        ("己驿站", "190", LAT, "", ""),
        ("庚驿站", LON, LAT, "", ""),
    )
    assert told(result) == [
        (2, "名称", "The row has no name; give it one, or delete the row."),
        (3, "经度", "'abc' is no coordinate; give a number."),
        (4, "纬度", "Latitude 113.65 is outside -90..90; are the columns swapped?"),
        (5, "经度", "0 is no coordinate; give the true ones, or leave both cells empty."),
        (6, "纬度", "纬度 is missing beside the other coordinate; give both, or neither."),
        (7, "经度", "'nan' is no coordinate; give a number."),
        (7, "纬度", "'inf' is no coordinate; give a number."),
        (
            8,
            "经度",
            "Longitude 190 is outside -180..180; if these are metres, state their system with --datum.",
        ),
    ]
    assert {(row, column) for row, column, _ in told(result, Severity.WARNING)} == {(3, "开放时间"), (3, "座位数")}
    assert (result.rows, result.accepted, len(result.rejected)) == (8, 1, 7)
    assert result.rejected == tuple(range(7))


def test_every_fault_is_told_in_chinese_too() -> None:
    result = intake("名称 经度 纬度", ("甲驿站", "34.75", "113.65"))
    assert tell(result.faults[-1].message, "zh") == "纬度 113.65 超出 -90..90，经度和纬度两列是不是写反了？"


def test_a_whole_file_with_swapped_axes_is_told_once_with_the_remedy() -> None:
    result = intake("名称 经度 纬度", *[(f"驿站{n}", "34.75", f"113.{n}5") for n in range(1, 6)])
    (whole,) = [fault for fault in result.faults if fault.row is None]
    assert "--map lon=纬度 --map lat=经度" in str(whole.message)
    assert len(result.rejected) == 5
    mended = intake(
        "名称 经度 纬度",
        *[(f"驿站{n}", "34.75", f"113.{n}5") for n in range(1, 6)],
        column_map={"lon": "纬度", "lat": "经度"},
    )
    assert mended.accepted == 5


def test_axes_that_fit_the_globe_but_not_the_area_are_swapped_too() -> None:
    west = AreaTree([Area("540000", "西藏自治区", "province", "", box(78, 27, 99, 36.5))])
    result = intake("名称 省份 经度 纬度", ("阿里驿站", "西藏自治区", "32.5", "80.1"), areas=west)
    assert "axes changed" in told(result)[0][2]


def test_an_address_without_coordinates_is_accepted_unlocated() -> None:
    result = intake(
        "名称 地址 经度 纬度", ("甲驿站", "人民路1号", "", None), ("乙驿站", "人民路2号", "暂无", "-"), datum=None
    )
    assert (result.accepted, result.unlocated, result.datum) == (2, 2, "")
    assert all(station.location is None for station in result.stations)
    assert not told(result)


def test_a_row_without_any_place_is_kept_with_a_warning() -> None:
    result = intake("名称 电话", ("甲驿站", "110"), datum=None)
    assert result.unlocated == 1
    assert "neither coordinates nor an address" in told(result, Severity.WARNING)[0][2]


def test_empty_rows_and_rows_with_a_serial_number_only_are_not_counted() -> None:
    result = intake(
        "序号 名称 地址", (1, "甲驿站", "人民路1号"), (2, None, None), (None, None, None), (3, "　", ""), datum=None
    )
    assert (result.rows, result.accepted) == (1, 1)
    ((row, _, message),) = told(result, Severity.NOTE)
    assert row is None
    assert "no column for coordinates" in message


@pytest.mark.parametrize("cell", ["合计", "合 计", "总计：", "合计：82个", "小计", "Total"])
def test_totals_are_rejected_as_such(cell: str) -> None:
    result = intake("名称 地址 座位数", ("甲驿站", "人民路1号", 3), (cell, None, 3), datum=None)
    assert told(result) == [(3, "名称", "The row sums others up and is no place; delete it.")]


def test_a_station_named_like_a_sum_is_none() -> None:
    assert intake("名称 地址", ("合计路驿站", "合计路1号"), ("总计", "总计路1号"), datum=None).accepted == 2


def test_remarks_under_the_table_and_repeated_headings_are_rejected() -> None:
    result = intake(
        "名称 地址",
        ("甲驿站", "人民路1号"),
        ("名称", "地址"),
        ("注：以上名单截至六月", None),
        ("填表人：张三", None),
        datum=None,
    )
    assert [row for row, _, _ in told(result)] == [3, 4, 5]
    assert "headings" in told(result)[0][2]


def test_names_too_long_with_html_or_control_characters() -> None:
    html = '<script>alert("x")</script>驿站'
    result = intake("名称 地址", ("甲" * 201, "一"), (html, "二"), ("乙\x00\x07驿站", "三"), ("***", "四"), datum=None)
    assert [row for row, _, _ in told(result)] == [2, 5]
    assert [station.name for station in result.stations] == [html, "乙驿站"]
    assert told(result, Severity.WARNING)[0][0] == 3
    assert told(result, Severity.NOTE)[-1][0] == 4


def test_numbers_beyond_32_and_64_bits_break_nothing() -> None:
    result = intake(
        "编号 名称 地址 座位数 面积",
        (99999999999, "甲驿站", "一", 99999999999999999999, 1e300),
        (1e20, "乙驿站", "二", "3", "4"),
        datum=None,
        list_name="名录",
    )
    assert [station.list_key for station in result.stations] == ["99999999999", "100000000000000000000"]
    assert result.stations[0].seats is None
    assert "座位数：99999999999999999999" in result.stations[0].note
    assert not result.rejected


def test_what_cannot_be_read_is_told_and_kept_in_the_note() -> None:
    columns = "名称 地址 类型 服务 进入方式 建设方式 面积 核实日期 备注"
    cells = ("甲站", "一号", "棋院", "热水、彩票", "翻墙", "天降", "很大", "上周", "原有备注")
    result = intake(columns, cells, datum=None)
    (station,) = result.stations
    for word in (
        "原有备注",
        "类型：棋院",
        "服务：彩票",
        "进入方式：翻墙",
        "建设方式：天降",
        "面积：很大",
        "核实日期：上周",
    ):
        assert word in station.note
    assert station.kinds == ("other",)
    assert {fault.column for fault in result.faults if fault.row} == {
        "类型",
        "服务",
        "进入方式",
        "建设方式",
        "面积",
        "核实日期",
    }


def test_hours_that_cannot_be_read_stay_as_text_and_are_told() -> None:
    result = intake("名称 地址 开放时间", ("甲驿站", "一号", "8:00-25:00"), datum=None)
    assert result.stations[0].hours.text == "8:00-25:00"
    assert result.stations[0].hours.osm == "" or result.stations[0].hours.uncertain
    assert told(result, Severity.WARNING)[0][:2] == (2, "开放时间")


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        ("正常开放", Makeup.WORK),
        ("上班", Makeup.WORK),
        ("照常上班", Makeup.WORK),
        ("不休息", Makeup.WORK),
        ("work", Makeup.WORK),
        ("休息", Makeup.WEEKEND),
        ("不开放", Makeup.WEEKEND),
        ("看情况", Makeup.UNKNOWN),
    ],
)
def test_the_habit_on_make_up_working_days(text: str, habit: Makeup) -> None:
    assert one("名称 地址 调休日", "甲驿站", "一", text, datum=None).hours.makeup is habit


def test_kinds_come_from_the_column_then_the_name_then_the_default() -> None:
    assert one("名称 地址 类型", "某处", "一", "职工书屋", datum=None, default_kind="rest_station").kinds == (
        "book_corner",
    )
    assert one("名称 地址", "某某职工书屋", "一", datum=None, default_kind="rest_station").kinds == ("book_corner",)
    assert one("名称 地址", "某某大厅", "一", datum=None, default_kind="rest_station").kinds == ("rest_station",)
    assert one("名称 地址", "某某大厅", "一", datum=None).kinds == ("other",)


def test_services_in_a_list_and_in_columns_of_their_own_add_up() -> None:
    station = one("名称 地址 服务 微波炉 厕所 空调 备用", "甲驿站", "一", "热水", "√", "附近50米", "", "x", datum=None)
    told_services = {service.code: (service.answer, service.nearby_m) for service in station.services}
    assert told_services == {
        "hot_water": (Answer.YES, None),
        "microwave": (Answer.YES, None),
        "toilet": (Answer.YES, 50.0),
    }


def test_a_list_and_a_column_that_contradict_each_other_leave_it_unknown() -> None:
    result = intake("名称 地址 服务 微波炉", ("甲驿站", "一", "微波炉", "无"), datum=None)
    assert [(s.code, s.answer) for s in result.stations[0].services] == [("microwave", Answer.UNKNOWN)]
    assert "both yes and no" in told(result, Severity.WARNING)[0][2]


def test_a_column_named_like_a_service_that_answers_nothing_is_not_read_as_one() -> None:
    result = intake("名称 地址 活动", ("甲驿站", "一", "每周三读书会"), ("乙驿站", "二", "月度讲座"), datum=None)
    assert all(station.services == () for station in result.stations)
    assert "活动" in told(result, Severity.WARNING)[0][2]


def test_worked_out_facts_are_marked_and_found_ones_go_before() -> None:
    columns = "名称 地址 open_hours_source open_hours_inferred services facilities_inferred"
    found = one(columns, "甲驿站", "一", "09:00-18:00", "08:00-20:00", "热水", "热水|空调", datum=None)
    assert (found.hours.osm, found.hours.provenance.basis) == ("09:00-18:00", Basis.FOUND)
    assert {s.code: s.provenance.basis for s in found.services} == {
        "hot_water": Basis.FOUND,
        "air_conditioning": Basis.INFERRED,
    }
    guessed = one(columns, "甲驿站", "一", "", "08:00-20:00", "", "热水", datum=None)
    assert (guessed.hours.osm, guessed.hours.provenance.basis) == ("08:00-20:00", Basis.INFERRED)


def test_a_place_found_from_the_text_of_an_address_is_inferred() -> None:
    columns = "名称 经度 纬度 coord_method"
    result = intake(columns, ("甲驿站", LON, LAT, "高德地理编码"), ("乙驿站", LON, "34.76", "地图POI"))
    bases = [station.location.provenance.basis for station in result.stations if station.location]
    assert bases == [Basis.INFERRED, Basis.FOUND]


def test_generated_rows_are_marked_and_counted_and_can_be_left_out() -> None:
    rows = [("甲驿站", "一", "随机生成的示意点位"), ("乙驿站", "二", "实地核实")]
    result = intake("名称 地址 说明", *rows, datum=None)
    assert [station.provenance.basis for station in result.stations] == [Basis.GENERATED, Basis.FOUND]
    assert result.generated == 1
    without = intake("名称 地址 说明", *rows, datum=None, keep_generated=False)
    assert [station.name for station in without.stations] == ["乙驿站"]
    assert without.generated == 1


def test_words_in_a_column_that_nothing_reads_mark_a_row_as_generated_too() -> None:
    assert intake("名称 地址 审批意见", ("甲驿站", "一", "synthetic"), datum=None).generated == 1


def test_the_datum_is_stated_in_any_spelling() -> None:
    assert intake("名称 经度 纬度", ("甲驿站", LON, LAT), datum="GCJ-02").datum == "gcj02"
    with pytest.raises(InvalidValue):
        intake("名称 经度 纬度", ("甲驿站", LON, LAT), datum="mars2000")


def test_without_a_datum_the_import_is_refused_and_hints_are_shown() -> None:
    with pytest.raises(RefusedImport, match=r"columns speak of gcj02.*--datum"):
        intake("名称 lng_gcj02 lat_gcj02", ("甲驿站", LON, LAT), datum=None)


def test_the_refusal_shows_the_evidence(quarters: AreaTree) -> None:
    with pytest.raises(RefusedImport, match=r"wgs84 1/1 .*p = 1"):
        intake("名称 区县 经度 纬度", ("甲驿站", "二七区", "113.63", LAT), datum=None, areas=quarters)


def test_a_datum_that_the_areas_prove_is_taken_and_told(quarters: AreaTree) -> None:
    random = np.random.default_rng(7)
    lon, lat = 113.66 + random.normal(0, 0.004, 400), random.uniform(34.72, 34.78, 400)
    names = np.where(lon < 113.66, "二七区", "管城回族区")
    x, y = convert(lon, lat, source="wgs84", target="bd09")
    rows = [(f"驿站{n}", str(name), str(a), str(b)) for n, (name, a, b) in enumerate(zip(names, x, y, strict=True))]
    result = intake("名称 区县 经度 纬度", *rows, datum=None, areas=quarters)
    assert (result.datum, result.accepted) == ("bd09", 400)
    assert result.evidence is not None
    assert result.evidence.proved
    contradicted = intake("名称 区县 经度 纬度", *rows, datum="gcj02", areas=quarters)
    assert any(
        "boundaries speak against gcj02 and for bd09" in message
        for _, _, message in told(contradicted, Severity.WARNING)
    )


def test_a_statement_against_the_names_of_the_columns_is_told() -> None:
    result = intake("名称 lng_gcj02 lat_gcj02", ("甲驿站", LON, LAT), datum="wgs84")
    assert "speak of gcj02" in told(result, Severity.WARNING)[0][2]


@pytest.mark.parametrize(
    ("crs", "x", "y", "source", "taken"),
    [
        ("EPSG:4547", 465_000.0, 3_846_000.0, "站点.gpkg", "EPSG:4547"),
        ("EPSG:4490", 113.65, 34.75, "站点.shp", "cgcs2000"),
        ("EPSG:4326", -51.2, -30.0, "points.geojson", "wgs84"),
        ("EPSG:4326", 113.65, 34.75, "郑州.osm.pbf", "wgs84"),
        ("EPSG:4326", 113.65, 34.75, "站点.geojson", None),
        ("", 113.65, 34.75, "站点.shp", None),
        ("", -51.2, -30.0, "points.shp", None),
    ],
)
def test_what_a_layer_declares(crs: str, x: float, y: float, source: str, taken: str | None) -> None:
    layer = table("名称", ("甲驿站",), shapes=[Point(x, y)], crs=crs, source=source)
    if taken is None:
        with pytest.raises(RefusedImport):
            read_stations(layer, datum=None)
        return
    result = read_stations(layer, datum=None)
    assert result.datum == taken
    assert result.stations[0].location is not None


def test_shapes_become_points_inside_them_and_are_told() -> None:
    ring = Polygon(
        [(113.6, 34.7), (113.7, 34.7), (113.7, 34.8), (113.6, 34.8)],
        [[(113.61, 34.71), (113.69, 34.71), (113.69, 34.79), (113.61, 34.79)]],
    )
    layer = table(
        "名称",
        *[(name,) for name in ("甲", "乙", "丙", "丁", "戊")],
        shapes=[ring, MultiPoint([(113.6, 34.7), (113.6, 34.71)]), None, Polygon(), Point(np.nan, 1)],
    )
    result = read_stations(layer, datum="wgs84")
    places = [station.location for station in result.stations]
    assert ring.contains(Point(places[0].lon, places[0].lat))
    assert [place is None for place in places] == [False, False, True]
    assert told(result, Severity.NOTE)[0][2].startswith("2 shapes")
    assert [row for row, _, _ in told(result)] == [5, 6]


def test_degrees_under_a_metric_datum_are_rejected() -> None:
    result = intake("名称 x y", ("甲驿站", LON, LAT), datum="bd09mc")
    assert "looks like degrees" in told(result)[0][2]


def test_only_one_coordinate_column_is_no_usable_input() -> None:
    with pytest.raises(UnusableInput, match="--map lat=COLUMN"):
        intake("名称 经度 维度", ("甲驿站", LON, LAT))


def test_a_list_without_a_column_for_names_is_no_usable_input() -> None:
    with pytest.raises(UnusableInput, match=r"路名, 備註.*--map name=COLUMN"):
        intake("路名 備註", ("北安路", "嚴禁"))


def test_a_list_without_rows_is_no_usable_input() -> None:
    with pytest.raises(UnusableInput):
        intake("名称 地址")
    with pytest.raises(UnusableInput):
        intake("名称 地址", (None, ""))


def test_arguments_that_name_nothing_are_told() -> None:
    for options in ({"default_kind": "palace"}, {"timezone": "Mars/Base"}, {"column_map": {"name": "名字"}}):
        with pytest.raises(InvalidValue):
            intake("名称 地址", ("甲驿站", "一"), datum=None, **options)


def test_points_outside_the_area_that_they_name_are_told(quarters: AreaTree) -> None:
    rows = [
        ("甲驿站", "二七区", "113.63", LAT),
        ("乙驿站", "二七区", "113.69", LAT),
        ("丙驿站", "高新区", "113.68", LAT),
        ("丁驿站", "别处县", "113.67", LAT),
        ("戊驿站", "管城回族", "113.63", LAT),
        ("己驿站", "二七区", "113.90", LAT),
    ]
    result = intake("名称 区县 经度 纬度", *rows, areas=quarters)
    assert [row for row, _, _ in told(result, Severity.WARNING)] == [3, 6, 7]
    assert "lies in 郑州市 管城回族区, not in 二七区" in told(result, Severity.WARNING)[0][2]
    assert "no known area" in told(result, Severity.WARNING)[2][2]
    assert [station.adcode for station in result.stations] == ["410103", "410104", "410104", "410104", "410103", ""]


def test_one_point_for_many_addresses_is_told() -> None:
    rows = [(f"驿站{n}", f"路{n}号", LON, LAT) for n in range(4)]
    ((row, _, message),) = told(intake("名称 地址 经度 纬度", *rows), Severity.WARNING)
    assert row == 2
    assert "4 rows" in message
    assert "2, 3, 4, 5" in message
    one_building = [(f"公司{n}驿站", "路1号", LON, LAT) for n in range(4)]
    assert not told(intake("名称 地址 经度 纬度", *one_building), Severity.WARNING)


def test_an_exact_repeat_is_taken_once() -> None:
    row = ("甲驿站", "人民路1号", LON, LAT)
    result = intake("序号 名称 地址 经度 纬度", (1, *row), (2, *row), (3, *row))
    assert (result.rows, result.accepted, result.repeated) == (3, 1, (1, 2))
    assert [(d.row, d.other_row, d.resemblance) for d in result.duplicates] == [
        (3, 2, Resemblance.REPEAT),
        (4, 2, Resemblance.REPEAT),
    ]


def test_near_duplicates_in_the_list_are_told_and_stay_two() -> None:
    rows = [
        ("二七广场工会驿站", "人民路1号", "113.65000", LAT),
        ("工会驿站（二七广场）", "人民路甲1号", "113.65050", LAT),
        ("工会驿站（商城路206号）", "商城路206号", "113.66000", LAT),
        ("工会驿站（商城路220号）", "商城路220号", "113.66030", LAT),
        ("二七广场职工书屋", "人民路1号", "113.65000", LAT),
        ("二七广场工会驿站", "人民路１号", "", ""),
    ]
    result = intake("名称 地址 经度 纬度", *rows)
    assert [(d.row, d.other_row, d.resemblance) for d in result.duplicates] == [
        (3, 2, Resemblance.PLACE),
        (7, 2, Resemblance.ADDRESS),
    ]
    assert len({station.id for station in result.stations}) == 6


def test_a_near_duplicate_in_the_ledger_is_told_under_its_id() -> None:
    known = Identities([KnownRecord("aaaaaaaaaa", "二七广场工会驿站", "人民路1号", lon=113.65, lat=34.75)])
    result = intake("名称 地址 经度 纬度", ("工会驿站(二七广场店)", "解放路", "113.6503", LAT), known=known)
    ((duplicate),) = result.duplicates
    assert (duplicate.row, duplicate.other_row, duplicate.other_id) == (2, None, "aaaaaaaaaa")
    assert duplicate.distance_m == pytest.approx(27.5, abs=0.5)


def test_a_station_of_ours_is_known_by_its_id_and_only_once() -> None:
    known = Identities([KnownRecord("aaaaaaaaaa", "老名字驿站", "老地址")])
    result = intake(
        "id 名称 地址",
        ("AAAAAAAAAA", "新名字驿站", "新地址"),
        ("aaaaaaaaaa", "别的驿站", "三"),
        datum=None,
        known=known,
    )
    assert [station.id for station in result.stations] == ["aaaaaaaaaa"]
    assert result.stations[0].list_key == ""
    assert told(result)[0][:2] == (3, "id")


def test_a_number_that_stands_twice_in_a_named_list_is_told() -> None:
    rows = [("7", "甲驿站", "一"), ("7", "乙驿站", "二")]
    result = intake("编号 名称 地址", *rows, datum=None, list_name="名录")
    assert [station.list_key for station in result.stations] == ["7", ""]
    assert "编号：7" in result.stations[1].note
    assert told(result, Severity.WARNING)[0][0] == 3


def test_rejects_come_back_mended() -> None:
    first = table("名称 地址 经度 纬度", ("甲驿站", "一", LON, LAT), ("乙驿站", "二", LAT, LON), ("", "三", LON, LAT))
    result = read_stations(first, datum="wgs84")
    frame = result.rejects(first, "zh")
    assert list(frame.columns) == ["原文件行号", "拒收原因", "名称", "地址", "经度", "纬度"]
    assert frame["原文件行号"].tolist() == [3, 4]
    assert frame["拒收原因"].tolist()[0] == "纬度: 纬度 113.65 超出 -90..90，经度和纬度两列是不是写反了？"
    assert frame[["名称", "地址", "经度", "纬度"]].to_numpy().tolist() == [
        ["乙驿站", "二", LAT, LON],
        ["", "三", LON, LAT],
    ]
    frame.loc[0, ["经度", "纬度"]] = [LON, "34.7512"]
    again = _as_table(frame)
    mended = read_stations(again, datum="wgs84")
    assert [station.name for station in mended.stations] == ["乙驿站"]
    assert mended.stations[0].note == ""
    second = mended.rejects(again, "en")
    assert list(second.columns)[:2] == ["row in the list", "why it was rejected"]
    assert list(second.columns).count("拒收原因") + list(second.columns).count("row in the list") <= 2


def test_rejects_of_a_layer_keep_their_shapes() -> None:
    layer = table("名称", ("",), shapes=[Point(113.65, 34.75)], crs="EPSG:4326")
    frame = read_stations(layer, datum="wgs84").rejects(layer, "en")
    assert isinstance(frame, geopandas.GeoDataFrame)
    assert frame.geometry.iloc[0] == Point(113.65, 34.75)
    assert frame.crs.to_epsg() == 4326


def test_the_same_list_again_changes_nothing() -> None:
    rows = [("甲驿站", "一", LON, LAT), ("甲驿站", "一", LON, "34.76"), ("乙驿站", "", "", "")]
    first = intake("名称 地址 经度 纬度", *rows)
    again = intake("名称 地址 经度 纬度", *rows, known=_known(first))
    assert again.stations == first.stations


def test_a_later_list_with_coordinates_mends_an_unlocated_station() -> None:
    first = intake("名称 地址", ("甲驿站", "人民路1号"), datum=None)
    later = intake("名称 地址 经度 纬度", ("甲驿站", "人民路1号", LON, LAT), known=_known(first))
    assert later.stations[0].id == first.stations[0].id
    assert (first.unlocated, later.unlocated) == (1, 0)


def test_two_coordinates_in_one_cell() -> None:
    station = one("名称 坐标", "甲驿站", "113.65，34.75")
    assert station.location is not None
    assert (station.location.lon, station.location.lat) == (113.65, 34.75)
    assert "no pair" in told(intake("名称 坐标", ("甲驿站", "113.65")))[0][2]


def test_shapes_in_one_cell_as_well_known_text() -> None:
    rows = [
        ("甲驿站", "POINT (113.65 34.75)"),
        ("乙驿站", "POLYGON ((113 34, 114 34, 114 35, 113 35, 113 34))"),
        ("丙驿站", "POINT ("),
    ]
    result = intake("名称 geometry", *rows)
    places = [(station.location.lon, station.location.lat) for station in result.stations if station.location]
    assert places == [(113.65, 34.75), (113.5, 34.5)]
    assert [row for row, _, _ in told(result)] == [4]


def test_coordinates_in_a_column_that_might_be_an_address() -> None:
    result = intake("name location", ("甲驿站", "113.65,34.75"), ("乙驿站", "113.66,34.75"))
    assert result.unlocated == 0
    assert result.columns["point"] == "location"
    assert one("name location", "甲驿站", "人民路1号", datum=None).address == "人民路1号"


def test_osm_tags_say_services() -> None:
    layer = table(
        "osm_id name amenity opening_hours toilets",
        ("node/1", "Public toilet", "toilets", "24/7", None),
        ("node/2", "Library", "library", "Mo-Fr 09:00-17:00", "yes"),
        shapes=[Point(-51.2, -30.0), Point(-51.21, -30.01)],
        crs="EPSG:4326",
        source="poa.osm.pbf",
    )
    result = read_stations(layer, datum=None, timezone="America/Sao_Paulo")
    assert [{s.code for s in station.services} for station in result.stations] == [{"toilet"}, {"toilet", "books"}]
    assert [station.hours.osm for station in result.stations] == ["24/7", "Mo-Fr 09:00-17:00"]
    assert result.stations[0].timezone == "America/Sao_Paulo"


cells_of_any_kind = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.sampled_from(["113.6", "34.7", "0", "热水、无厕所", "8:00-17:00", "合计", "<b>x</b>", "有", "aaaaaaaaaa"]),
)
COLUMNS = "编号 名称 地址 区县 经度 纬度 开放时间 服务 微波炉 类型 座位数 核实日期 备注"


@given(st.lists(st.lists(cells_of_any_kind, min_size=13, max_size=13), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_cell_breaks_the_intake_and_every_row_is_accounted_for(quarters: AreaTree, rows: list[list[object]]) -> None:
    try:
        result = intake(COLUMNS, *rows, areas=quarters, list_name="名录")
    except UnusableInput:
        return
    assert result.rows == result.accepted + len(result.rejected) + len(result.repeated)
    assert len({station.id for station in result.stations}) == result.accepted
    errors = {fault.row for fault in result.faults if fault.severity is Severity.ERROR and fault.row is not None}
    assert errors == {position + 2 for position in result.rejected}
    for fault in result.faults:
        assert tell(fault.message, "zh")
        assert tell(fault.message, "en")
    again = intake(COLUMNS, *rows, areas=quarters, list_name="名录", known=_known(result))
    assert again.stations == result.stations


@pytest.mark.real
def test_the_82_listed_stations_go_in_and_are_refused_without_a_datum(real_data: Path) -> None:
    zhengzhou = _areas(real_data / "china_admin_datav" / "citys" / "410100.json")
    listed = read(real_data / "zhengzhou_union_stations" / "stations_82_listed.csv")
    with pytest.raises(RefusedImport, match=r"gcj02 66/70 .*gcj02 / bd09 3:0, p = 0\.25"):
        read_stations(listed, datum=None, areas=zhengzhou)
    result = read_stations(listed, datum="gcj02", areas=zhengzhou, default_kind="rest_station")
    assert (result.rows, result.accepted, result.rejected, result.generated) == (82, 82, (), 0)
    assert all(station.kinds == ("rest_station",) for station in result.stations)
    found = [
        station for station in result.stations if station.hours.provenance.basis is Basis.FOUND and station.hours.text
    ]
    assert len(found) == 22
    assert all(s.provenance.basis is Basis.INFERRED for station in result.stations for s in station.services)
    bases = [station.location.provenance.basis for station in result.stations if station.location]
    assert (bases.count(Basis.FOUND), bases.count(Basis.INFERRED)) == (18, 64)
    outside = [fault.row for fault in result.faults if "lies in" in fault.message.text]
    assert outside == [38, 62, 78, 80]
    again = read_stations(listed, datum="gcj02", areas=zhengzhou, default_kind="rest_station", known=_known(result))
    assert again.stations == result.stations


@pytest.mark.real
def test_the_82_as_typed_are_mended_by_the_listed_ones(real_data: Path) -> None:
    folder = real_data / "zhengzhou_union_stations"
    typed = read_stations(read(folder / "raw_list_as_typed.json"), datum="gcj02")
    assert (typed.accepted, typed.unlocated) == (82, 64)
    listed = read_stations(read(folder / "stations_82_listed.csv"), datum="gcj02", known=_known(typed))
    assert [station.id for station in listed.stations] == [station.id for station in typed.stations]
    assert listed.unlocated == 0


@pytest.mark.real
def test_the_557_generated_rows_are_recognised_by_their_own_words(real_data: Path) -> None:
    path = real_data / "zhengzhou_union_stations" / "SYNTHETIC_557_do_not_use_as_real.csv"
    result = read_stations(read(path), datum="gcj02")
    assert (result.rows, result.accepted, result.generated) == (557, 557, 557)
    for station in result.stations:
        assert station.provenance.basis is Basis.GENERATED
        assert station.hours.provenance.basis is Basis.GENERATED
        assert station.location is not None
        assert station.location.provenance.basis is Basis.GENERATED
        assert all(service.provenance.basis is Basis.GENERATED for service in station.services)


@pytest.mark.real
def test_a_list_in_traditional_characters_without_names_goes_in_with_a_column_by_hand(real_data: Path) -> None:
    bins = read(real_data / "taipei_opendata_2015" / "trash_can1.csv")
    with pytest.raises(UnusableInput, match="行政區"):
        read_stations(bins, datum="wgs84")
    result = read_stations(bins, datum="wgs84", timezone="Asia/Taipei", column_map={"name": "路名"})
    assert result.accepted + len(result.rejected) + len(result.repeated) == result.rows
    assert result.accepted > 0.9 * result.rows
    assert result.stations[0].area_name == "中山區"


def _areas(path: Path) -> AreaTree:
    return AreaTree(areas_from_features(geopandas.read_file(path), datum="gcj02"))


def _known(result: Intake) -> Identities:
    return Identities(
        KnownRecord(
            *(station.id, station.name, station.address, station.area_name, station.list_name, station.list_key),
            None if station.location is None else station.location.lon,
            None if station.location is None else station.location.lat,
            station.fictional,
            station.provenance.basis is Basis.GENERATED,
        )
        for station in result.stations
    )


def _as_table(frame: pd.DataFrame) -> Table:
    names = tuple(frame.columns)
    made = table("名称", *[("",)] * len(frame))
    return Table(
        **{
            **{name: getattr(made, name) for name in Table.__dataclass_fields__},
            "columns": names,
            "cells": frame.astype(object),
        }
    )
