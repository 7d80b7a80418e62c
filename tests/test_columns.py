"""Which column carries which field: synonyms, marks in names, choices between columns, columns given by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.register.lists.columns import find, words
from stationmap.schema.records import Basis
from stationmap.schema.vocabulary import SERVICES


def fields(*names: str, **column_map: str) -> dict[str, str]:
    return find(names, column_map).told()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("名称", "name"),
        ("站点名称", "name"),
        ("驿站名称", "name"),
        ("名稱", "name"),
        ("Station Name", "name"),
        ("HOTSPOT_NAME", "name"),
        ("详细地址", "address"),
        ("addr:full", "address"),
        ("所属区", "area"),
        ("区县", "area"),
        ("行政區", "area"),
        ("adname", "area"),
        ("pname", "province"),
        ("开放时间", "hours"),
        ("营业时间", "hours"),
        ("营业时间（夏季）", "hours"),
        ("opening_hours", "hours"),
        ("联系电话", "phone"),
        ("contact_masked", "phone"),
        ("服务设施", "services"),
        ("facilities", "services"),
        ("站点类型", "kind"),
        ("楼层", "floor"),
        ("进入方式", "access"),
        ("服务对象", "serves"),
        ("托管单位", "host_name"),
        ("建设方式", "build_mode"),
        ("建筑面积(㎡)", "area_m2"),
        ("座位数（个）", "seat_count"),
        ("备注", "note"),
        ("備註", "note"),
        ("编号", "id"),
        ("更新时间", "updated"),
        ("核实日期", "confirmed_on"),
        ("数据来源", "source"),
        ("坐标", "point"),
        ("经纬度", "point"),
        ("amenity", "tags"),
    ],
)
def test_a_name_is_found_by_its_synonyms(name: str, field: str) -> None:
    assert fields(name) == {field: name}


@pytest.mark.parametrize(
    ("lon", "lat", "hint"),
    [
        ("经度", "纬度", ""),
        ("lng", "lat", ""),
        ("Longitude", "Latitude", ""),
        ("x", "y", ""),
        ("lng_gcj02", "lat_gcj02", "gcj02"),
        ("经度(GCJ-02)", "纬度(GCJ-02)", "gcj02"),
        ("高德经度", "高德纬度", "gcj02"),
        ("百度经度", "百度纬度", "bd09"),
        ("WGS84经度", "WGS84纬度", "wgs84"),
        ("bd09mc_x", "bd09mc_y", "bd09mc"),
    ],
)
def test_coordinates_and_the_datum_that_they_speak_of(lon: str, lat: str, hint: str) -> None:
    found = find([lat, lon], {})
    assert found.told() == {"lon": lon, "lat": lat}
    assert found.datum_hint == hint


def test_of_several_pairs_that_of_the_stated_datum_is_taken() -> None:
    names = ["高德经度", "高德纬度", "百度经度", "百度纬度"]
    found = find(names, {}, datum="bd09")
    assert (found.of("lon"), found.of("lat"), found.datum_hint) == ("百度经度", "百度纬度", "bd09")
    assert found.ignored == ("高德经度", "高德纬度")


def test_the_pair_without_a_datum_goes_before_others() -> None:
    assert find(["lng_gcj02", "lat_gcj02", "lng", "lat"], {}).told() == {"lon": "lng", "lat": "lat"}


def test_a_lone_x_is_no_coordinate() -> None:
    assert find(["名称", "x"], {}).ignored == ("x",)


def test_worked_out_columns_are_kept_apart_from_found_ones() -> None:
    found = find(["open_hours_source", "open_hours_inferred", "facilities_inferred", "开放时间（推断）"], {})
    assert found.fields == {"hours": ("open_hours_source",)}
    assert found.doubtful["hours"][1] is Basis.INFERRED
    assert found.doubtful["services"] == ("facilities_inferred", Basis.INFERRED)


def test_a_worked_out_column_given_by_hand_stays_worked_out() -> None:
    found = find(["h_inferred", "open_hours_inferred"], {"hours": "open_hours_inferred"})
    assert "hours" not in found.fields
    assert found.doubtful["hours"] == ("open_hours_inferred", Basis.INFERRED)


def test_services_with_columns_of_their_own() -> None:
    found = find(["有无热水", "微波炉", "WIFI", "是否提供空调", "手机充电"], {})
    assert found.services == {
        "hot_water": "有无热水",
        "microwave": "微波炉",
        "wifi": "WIFI",
        "air_conditioning": "是否提供空调",
        "phone_charging": "手机充电",
    }


def test_a_unit_is_the_host_where_there_is_a_name_and_else_the_name() -> None:
    assert fields("站点名称", "单位名称") == {"name": "站点名称", "host_name": "单位名称"}
    assert fields("单位名称") == {"name": "单位名称"}


def test_what_says_nothing_is_told_as_ignored() -> None:
    found = find(["序号", "名称", "联系人", "审批状态", "行数据"], {})
    assert found.ignored == ("序号", "联系人", "审批状态", "行数据")
    assert found.serial == ("序号",)


def test_notes_may_stand_in_several_columns() -> None:
    assert find(["备注", "description"], {}).fields["note"] == ("备注", "description")


def test_the_columns_of_a_rejects_file_are_ignored() -> None:
    names = ["原文件行号", "拒收原因", "row in the list", "why it was rejected", "名称"]
    assert find(names, {}).ignored == tuple(names[:4])


def test_by_hand_goes_before_names_and_names_services_too() -> None:
    assert fields("名称", "别名", "热不热", name="别名", hot_water="热不热") == {"name": "别名", "hot_water": "热不热"}
    assert fields("Name ", name="name") == {"name": "Name "}


def test_an_unknown_field_or_column_is_told_with_near_ones() -> None:
    with pytest.raises(InvalidValue, match=r"'nmae'.*name"):
        fields("名称", nmae="名称")
    with pytest.raises(InvalidValue, match=r"'开放时段'.*开放时间"):
        fields("名称", "开放时间", hours="开放时段")


@given(st.lists(st.text(max_size=8), unique=True, max_size=10))
@settings(max_examples=200, deadline=None)
def test_every_column_is_used_once_or_ignored(names: list[str]) -> None:
    found = find(names, {})
    used = [name for columns in found.fields.values() for name in columns]
    used += [name for name, _ in found.doubtful.values()] + list(found.services.values())
    assert sorted([*set(used), *found.ignored]) == sorted(names)


def test_no_synonym_of_a_field_is_lost() -> None:
    every = {name for spelled in words().fields.values() for name, _ in spelled}
    assert every == set(words().order)


def test_no_field_is_called_like_a_service() -> None:
    assert not set(words().order) & set(SERVICES)
