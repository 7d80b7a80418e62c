"""What an intake says of numbers, datums and places that are suspicious, and that it says it rightly."""

import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from stationmap.catalogue import tell
from stationmap.errors import RefusedImport
from stationmap.geo.areas import Area, AreaTree
from stationmap.geo.datum import convert
from stationmap.register.identity import Identities, KnownRecord
from stationmap.register.intake import Intake, read_stations
from stationmap.register.lists.evidence import DatumEvidence
from stationmap.schema.faults import Severity
from tests.test_intake import LAT, LON, intake, table, told


@pytest.fixture(scope="module")
def quarters() -> AreaTree:
    return AreaTree(
        [
            Area("410103", "二七区", "district", "410100", box(113.60, 34.70, 113.66, 34.80)),
            Area("410104", "管城回族区", "district", "410100", box(113.66, 34.70, 113.72, 34.80)),
        ]
    )


def of_rows(result: Intake, severity: Severity) -> list[str]:
    return [message for row, _, message in told(result, severity) if row is not None]


def of_file(result: Intake, severity: Severity) -> list[str]:
    return [message for row, _, message in told(result, severity) if row is None]


@pytest.mark.parametrize("list_name", ["", "名录"])
def test_one_number_for_two_different_rows_is_always_a_warning(list_name: str) -> None:
    rows = [("A1", "甲驿站", "一"), ("A1", "乙驿站", "二"), ("A1", "甲驿站", "一")]
    result = intake("编号 名称 地址", *rows, datum=None, list_name=list_name)
    assert [(row, column) for row, column, _ in told(result, Severity.WARNING)] == [(3, "编号")]
    assert result.stations[1].note == "编号：A1"


def test_a_column_of_few_numbers_identifies_nothing_and_is_told_once() -> None:
    rows = [("410103", f"{n}号驿站", f"人民路{n}号") for n in range(20)]
    result = intake("代码 名称 地址", *rows, datum=None)
    assert [row for row, _, _ in told(result, Severity.WARNING)] == [None]


def test_numbers_of_a_list_without_a_name_are_told_to_need_one() -> None:
    rows = [("A1", "甲驿站", "一"), ("A2", "乙驿站", "二")]
    assert "--list NAME" in of_file(intake("编号 名称 地址", *rows, datum=None), Severity.NOTE)[-1]
    named = intake("编号 名称 地址", *rows, datum=None, list_name="名录")
    ours = Identities([KnownRecord("v4a4nssty4", "甲驿站", "一")])
    own = intake("编号 名称 地址", ("v4a4nssty4", "甲驿站", "一"), datum=None, known=ours)
    assert not [message for result in (named, own) for message in of_file(result, Severity.NOTE) if "--list" in message]


def test_a_lost_sign_or_a_datum_that_does_not_apply_is_told() -> None:
    rows = [("甲驿站", "-113.65", LAT), ("乙驿站", LON, LAT), ("丙驿站", LON, "34.76")]
    ((row, column, message),) = told(intake("名称 经度 纬度", *rows, datum="gcj02"), Severity.WARNING)
    assert (row, column) == (2, "经度")
    assert message.startswith("-113.65, 34.75 lies outside mainland China; does gcj02 apply here?")
    assert told(intake("名称 经度 纬度", *rows, datum="wgs84"), Severity.WARNING) == []


def test_a_whole_list_outside_the_mainland_is_told_once() -> None:
    rows = [(f"{n}站", str(121.5 + n / 100), "25.03") for n in range(9)]
    ((row, _, message),) = told(intake("名称 经度 纬度", *rows, datum="gcj02"), Severity.WARNING)
    assert row is None
    assert message.startswith("9 rows lie outside mainland China")


def test_shapes_that_cannot_be_read_are_rejected_and_missing_ones_are_unlocated() -> None:
    with np.errstate(invalid="ignore"):
        line = LineString([(113.6, 34.7), (np.nan, 34.8)])
    broken = [Point(np.nan, 34.7), Point(np.inf, 34.7), Point(), Polygon(), line]
    layer = table("名称", *[(f"{n}站",) for n in range(7)], shapes=[*broken, None, Point(113.65, 34.75)])
    result = read_stations(layer, datum="wgs84")
    assert [row for row, _, message in told(result) if "cannot be read" in message] == [2, 3, 4, 5, 6]
    assert (len(result.rejected), result.accepted, result.unlocated) == (5, 2, 1)


def test_a_layer_without_any_place_is_not_said_to_lack_columns() -> None:
    result = read_stations(table("名称 地址", ("甲驿站", "一"), shapes=[None], source="站点.geojson"), datum=None)
    assert of_file(result, Severity.NOTE) == ["No feature of 站点.geojson has a place; all are unlocated."]


def test_boundaries_against_a_stated_datum_are_told_strongly(quarters: AreaTree) -> None:
    random = np.random.default_rng(7)
    lon, lat = 113.66 + random.normal(0, 0.004, 400), random.uniform(34.72, 34.78, 400)
    names = np.where(lon < 113.66, "二七区", "管城回族区")
    x, y = convert(lon, lat, source="wgs84", target="gcj02")
    rows = [(f"驿站{n}", str(name), str(a), str(b)) for n, (name, a, b) in enumerate(zip(names, x, y, strict=True))]
    result = intake("名称 区县 经度 纬度", *rows, datum="wgs84", areas=quarters)
    assert result.accepted == 400
    (message,) = of_file(result, Severity.WARNING)
    assert message.startswith("The boundaries speak against wgs84 and for gcj02; stop and check")
    right = intake("名称 区县 经度 纬度", *rows, datum="gcj02", areas=quarters)
    assert of_file(right, Severity.WARNING) == []


def test_nothing_speaks_against_a_datum_without_evidence() -> None:
    assert not DatumEvidence((), (), "", proved=False).speaks_against("wgs84")


PLACED = "名称 经度 纬度 坐标系"


@pytest.mark.parametrize(("written", "datum"), [("WGS84", "wgs84"), ("GCJ-02", "gcj02"), ("百度坐标系", "bd09")])
def test_a_column_that_names_one_datum_is_a_statement(written: str, datum: str) -> None:
    result = intake(PLACED, ("甲驿站", LON, LAT, written), ("乙驿站", LON, "34.76", ""), datum=None)
    assert (result.datum, result.accepted) == (datum, 2)
    assert of_file(result, Severity.NOTE) == [f"The column 坐标系 says {datum} of all rows; it was taken."]


def test_a_layer_with_such_a_column_needs_no_datum_either() -> None:
    layer = table(
        "名称 坐标系", ("甲驿站", "WGS84"), shapes=[Point(113.65, 34.75)], crs="EPSG:4326", source="o.geojson"
    )
    assert read_stations(layer, datum=None).datum == "wgs84"
    projected = table("名称 坐标系", ("甲驿站", "WGS84"), shapes=[Point(465_000, 3_846_000)], crs="EPSG:4547")
    moved = read_stations(projected, datum=None)
    assert moved.datum == "EPSG:4547"
    assert "says wgs84, but EPSG:4547 was taken" in of_file(moved, Severity.WARNING)[0]


def test_a_column_that_names_several_datums_is_refused() -> None:
    with pytest.raises(RefusedImport, match=r"坐标系 of 名单.csv names several datums: wgs84, gcj02"):
        intake(PLACED, ("甲驿站", LON, LAT, "WGS84"), ("乙驿站", LON, LAT, "高德"), datum=None)
    stated = intake(PLACED, ("甲驿站", LON, LAT, "WGS84"), ("乙驿站", LON, "34.76", "高德"), datum="gcj02")
    assert of_file(stated, Severity.WARNING) == [
        "The column 坐标系 says wgs84, but gcj02 was taken; check which is right."
    ]


@pytest.mark.parametrize("written", ["手持机", "4326", "EPSG:4326"])
def test_a_column_that_states_no_datum_is_not_enough(written: str) -> None:
    with pytest.raises(RefusedImport):
        intake(PLACED, ("甲驿站", LON, LAT, written), datum=None)
    assert intake(PLACED, ("甲驿站", LON, LAT, written), datum="wgs84").accepted == 1


def test_the_bare_code_is_enough_where_nothing_is_shifted() -> None:
    assert intake("name lon lat srid", ("Hub", "-51.2", "-30", "4326"), datum=None).datum == "wgs84"


def test_a_refused_layer_is_told_why_its_declaration_is_not_enough() -> None:
    layer = table("名称", ("甲区",), shapes=[box(113.6, 34.7, 113.7, 34.8)], crs="EPSG:4326", source="区县界_area.shp")
    with pytest.raises(
        RefusedImport, match=r"区县界_area.shp declares WGS 84, but that is not enough.*GCJ-02"
    ) as caught:
        read_stations(layer, datum=None)
    assert "声明为 WGS 84" in tell(caught.value.message, "zh")


def test_only_words_that_name_no_service_are_told_as_such() -> None:
    columns = "名称 地址 服务"
    known = intake(columns, ("甲驿站", "一", "手机充电站、应急药箱"), datum=None)
    assert {service.code for service in known.stations[0].services} == {"phone_charging", "first_aid"}
    assert of_rows(known, Severity.NOTE) == []
    mixed = intake(columns, ("甲驿站", "一", "红色微波炉、香薰"), datum=None)
    assert of_rows(mixed, Severity.NOTE) == ["There is no service 香薰 here; it was kept in the note."]
    assert mixed.stations[0].note == "服务：红色微波炉、香薰"


def test_a_tag_is_not_cut_in_two() -> None:
    result = intake("名称 地址 服务 进入方式", ("甲驿站", "一", "热水/<i>x</i>/厕所", "扫码/<b>y</b>"), datum=None)
    assert {service.code for service in result.stations[0].services} == {"hot_water", "toilet"}
    assert [message.split(" here;")[0] for message in of_rows(result, Severity.NOTE)] == [
        "There is no service <i>x</i>",
        "There is no way to enter called <b>y</b>",
    ]


def test_a_record_of_the_ledger_is_named_with_its_number_in_chinese() -> None:
    known = Identities([KnownRecord("v4a4nssty4", "二七广场工会驿站", "一", lon=113.65, lat=34.75)])
    row = ("工会驿站(二七广场)", "二", "113.6501", "34.75")
    (found,) = intake("名称 地址 经度 纬度", row, known=known).duplicates
    assert tell(found.told(), "zh").startswith("第 2 行与台账中编号为 v4a4nssty4 的记录可能是同一处")
