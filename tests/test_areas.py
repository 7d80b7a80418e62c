"""Administrative areas: a small country worked out by hand, laws against shapely, and the boundaries of DataV."""

import csv
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from stationmap.errors import InvalidValue, NotFound, UnusableInput
from stationmap.geo.adcodes import likely_level, likely_parent
from stationmap.geo.areas import Area, AreaTree, areas_from_features, is_functional_zone
from stationmap.geo.datum import convert

BOW = Polygon([(6, 0), (8, 2), (8, 0), (6, 2), (6, 0)])


def country() -> list[Area]:
    """Return a province 10 by 10: a city of two districts with a gap between, and a county under the province itself.

    A district of another city overlaps the county; one area has a name only.
    """
    return [
        Area("420000", "湖北省", "province", "100000", box(0, 0, 10, 10)),
        Area("420100", "武汉市", "city", "420000", box(0, 0, 5, 5)),
        Area("420102", "江岸区", "district", "420100", box(0, 0, 2, 5)),
        Area("420103", "江汉区", "district", "420100", box(3, 0, 5, 5)),
        Area("429005", "潜江市", "city", "420000", box(6, 6, 9, 9)),
        Area("429006", "天门市", "city", "420000", box(8, 8, 10, 10)),
        Area("422800", "恩施土家族苗族自治州", "city", "420000", None),
    ]


@pytest.fixture(scope="module")
def tree() -> AreaTree:
    return AreaTree(country())


# Where points are


@pytest.mark.parametrize(
    ("lon", "lat", "adcode", "why"),
    [
        (1, 1, "420102", "the deepest"),
        (2.5, 1, "420100", "a gap between the districts: the city is known, the district not"),
        (6.5, 6.5, "429005", "a county straight under the province"),
        (8.5, 8.5, "429005", "two overlap: the lower code"),
        (9.5, 9.5, "429006", "only in the other"),
        (7, 1, "420000", "no county there"),
        (11, 1, "", "outside"),
        (2, 3, "420102", "on a boundary is inside"),
        (10, 10, "429006", "on a corner is inside"),
        (np.nan, 1, "", "no place"),
        (1, np.inf, "", "no place"),
        (-np.inf, np.inf, "", "no place"),
        (1e308, 1e308, "", "no place of this earth"),
    ],
)
def test_where_a_point_is(tree, lon, lat, adcode, why):
    assert tree.locate(lon, lat) == adcode


def test_shapes_broadcast(tree):
    assert tree.locate([1.0, 4.0], [[1.0], [20.0]]).tolist() == [["420102", "420103"], ["", ""]]
    assert tree.locate([], []).shape == (0,)
    assert tree.contains("江岸区", [1.0, 4.0], 1.0).tolist() == [1, 0]
    assert tree.contains([], [], []).shape == (0,)


def test_a_tree_without_areas_knows_nothing():
    empty = AreaTree([])
    assert empty.locate([1.0, 2.0], [1.0, 2.0]).tolist() == ["", ""]
    assert empty.contains("武汉市", 1.0, 1.0) == -1
    assert empty.areas == ()
    assert empty.named("武汉市") == ()


def test_a_tree_of_names_alone():
    names = AreaTree([Area("420000", "湖北省", "province", "", None)])
    assert names.locate(1.0, 1.0) == ""
    assert names.contains("湖北省", 1.0, 1.0) == -1
    assert names.named("湖北")[0].adcode == "420000"


def test_in_an_area_by_name(tree):
    names = ["江岸区", "江岸区", "武汉市", "武汉", "潜江", "火星区", "", "高新区", "恩施州", "江岸区"]
    lon = [1, 4, 2.5, 2.5, 1, 1, 1, 1, 1, np.nan]
    assert tree.contains(names, lon, 1.0).tolist() == [1, 0, 1, 1, 0, -1, -1, -1, -1, -1]


def test_of_two_areas_of_a_name_either_will_do():
    twins = AreaTree(
        [
            Area("320106", "鼓楼区", "district", "", box(0, 0, 1, 1)),
            Area("350102", "鼓楼区", "district", "", box(5, 5, 6, 6)),
        ]
    )
    assert twins.contains("鼓楼区", [0.5, 5.5, 3.0], [0.5, 5.5, 3.0]).tolist() == [1, 1, 0]


points = st.lists(st.tuples(st.floats(-1.0, 11.0), st.floats(-1.0, 11.0)), min_size=1, max_size=40)


@settings(max_examples=100, deadline=None)
@given(points=points)
def test_locating_is_testing_every_area(points):
    tree = AreaTree(country())
    lon, lat = np.array(points).T
    for point, adcode in zip(points, tree.locate(lon, lat).tolist(), strict=True):
        holding = [area for area in tree.areas if area.geometry is not None and area.geometry.covers(Point(point))]
        holding.sort(key=lambda area: (-len(tree.path(area.adcode)), area.adcode))
        assert adcode == (holding[0].adcode if holding else "")


@settings(max_examples=50, deadline=None)
@given(points=points, order=st.permutations(range(7)))
def test_the_order_of_files_does_not_matter(points, order):
    lon, lat = np.array(points).T
    areas = country()
    shuffled = AreaTree([areas[place] for place in order])
    assert np.array_equal(shuffled.locate(lon, lat), AreaTree(areas).locate(lon, lat))
    assert shuffled.areas == AreaTree(areas).areas


def test_more_points_than_a_chunk():
    random = np.random.default_rng(4)
    lon, lat = random.uniform(0, 10, 250_000), random.uniform(0, 10, 250_000)
    found = AreaTree(country()).locate(lon, lat)
    assert ((found == "420102") == ((lon <= 2) & (lat <= 5))).all()
    assert ((found == "429006") == ((lon >= 8) & (lat >= 8) & ~((lon <= 9) & (lat <= 9)))).all()


THREADS = """
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from shapely import Point
from stationmap.geo.areas import Area, AreaTree

random = np.random.default_rng(4)
lon, lat = random.uniform(0, 10, 20_000), random.uniform(0, 10, 20_000)
for _ in range(12):
    circles = [Point(place % 8, place // 8).buffer(0.9, quad_segs=200) for place in range(64)]
    fresh = AreaTree([Area(f"4201{place:02}", f"{place}", "district", "", each) for place, each in enumerate(circles)])
    with ThreadPoolExecutor(4) as pool:
        done = [*pool.map(lambda _: fresh.locate(lon, lat), range(8))]
    assert all(np.array_equal(one, fresh.locate(lon, lat)) for one in done)
"""


def test_threads_that_ask_at_once_get_the_answer_and_do_no_harm():
    """In a process of its own: threads that share what is prepared end it. It must be their question that is first."""
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:500]


# The tree


def test_from_the_root_to_the_leaf(tree):
    assert [area.name for area in tree.path("420102")] == ["湖北省", "武汉市", "江岸区"]
    assert [area.name for area in tree.path("429005")] == ["湖北省", "潜江市"]
    assert [area.name for area in tree.path("420000")] == ["湖北省"]


def test_a_parent_that_is_not_loaded_is_skipped():
    districts = AreaTree([area for area in country() if area.adcode != "420100"])
    assert [area.name for area in districts.path("420102")] == ["湖北省", "江岸区"]


def test_parents_in_a_ring_end():
    ring = AreaTree([Area("a", "甲", "", "b", box(0, 0, 1, 1)), Area("b", "乙", "", "a", box(0, 0, 1, 1))])
    assert [area.name for area in ring.path("a")] == ["乙", "甲"]
    assert ring.locate(0.5, 0.5) in ("a", "b")


def test_an_unknown_code_is_named_with_the_remedy(tree):
    with pytest.raises(NotFound, match=r"'990000'.*load areas"):
        tree.path("990000")


def test_the_same_county_of_two_files_is_one():
    coarse, fine = box(0, 0, 1, 1), Point(0.5, 0.5).buffer(0.6)
    merged = AreaTree(
        [
            Area("451023", "平果县", "", "", None),
            Area("451023", "平果市", "district", "451000", coarse),
            Area("451023", "平果县", "district", "451000", fine),
        ]
    )
    assert len(merged.areas) == 1
    assert merged.areas[0] == Area("451023", "平果县", "district", "451000", fine)
    assert merged.named("平果市") == merged.named("平果县") == merged.areas


# Names


@pytest.fixture(scope="module")
def names() -> AreaTree:
    listed = {
        "110000": "北京市",
        "110105": "朝阳区",
        "110118": "密云区",
        "140302": "城区",
        "140303": "矿区",
        "150000": "内蒙古自治区",
        "150303": "海南区",
        "211300": "朝阳市",
        "220200": "吉林市",
        "310000": "上海市",
        "310106": "静安区",
        "310115": "浦东新区",
        "320100": "南京市",
        "320106": "鼓楼区",
        "320571": "苏州工业园区",
        "350100": "福州市",
        "350102": "鼓楼区",
        "410000": "河南省",
        "410100": "郑州市",
        "410105": "金水区",
        "421003": "荆州区",
        "532500": "红河哈尼族彝族自治州",
        "532532": "河口瑶族自治县",
        "632500": "海南藏族自治州",
        "650000": "新疆维吾尔自治区",
        "810000": "香港特别行政区",
        "429021": "神农架林区",
        "320000": "江苏省",
        "350000": "福建省",
    }
    return AreaTree([Area(code, name, likely_level(code), likely_parent(code), None) for code, name in listed.items()])


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("金水区", ["410105"]),
        ("金水", ["410105"]),
        (" 金 水 区 ", ["410105"]),
        ("410105", ["410105"]),
        ("郑州市金水区", ["410105"]),
        ("河南省郑州市金水区", ["410105"]),
        ("河南郑州金水", ["410105"]),
        ("河南省/郑州市/金水区", ["410105"]),
        ("郑州市-金水区", ["410105"]),
        ("河北省金水区", []),
        ("鼓楼区", ["320106", "350102"]),
        ("南京市鼓楼区", ["320106"]),
        ("福州鼓楼", ["350102"]),
        ("北京市市辖区朝阳区", ["110105"]),
        ("朝阳", ["110105", "211300"]),
        ("朝阳区", ["110105"]),
        ("朝阳市", ["211300"]),
        ("密云县", ["110118"]),
        ("密雲縣", []),
        ("密云縣", ["110118"]),
        ("闸北区", ["310106"]),
        ("浦东", ["310115"]),
        ("浦东新区", ["310115"]),
        ("上海浦东新区", ["310115"]),
        ("内蒙古", ["150000"]),
        ("新疆", ["650000"]),
        ("香港", ["810000"]),
        ("神农架", ["429021"]),
        ("河口县", ["532532"]),
        ("河口", ["532532"]),
        ("红河州", ["532500"]),
        ("红河", ["532500"]),
        ("海南省", []),
        ("海南州", ["632500"]),
        ("吉林省", []),
        ("吉林", ["220200"]),
        ("城区", ["140302"]),
        ("矿区", ["140303"]),
        ("城", []),
        ("区", []),
        ("", []),
        ("苏州工业园区", ["320571"]),
        ("郑东新区", []),
        ("郑州高新区", []),
        ("金水区某某街道", []),
    ],
)
def test_what_a_name_means(names, name, codes):
    assert [area.adcode for area in names.named(name)] == codes


@pytest.mark.parametrize(
    "name",
    [
        *(
            "高新区",
            "经开区",
            "郑东新区",
            "航空港区",
            "郑州航空港经济综合实验区",
            "郑州高新技术产业开发区",
            "城乡一体化示范区",
        ),
        *(
            "经济技术开发区",
            "综合保税区",
            "工业园区",
            "苏州工业园区",
            "两江新区",
            "雄安新区",
            "西咸新区",
            "横琴粤澳深度合作区",
        ),
        *(
            "嵩山风景名胜区",
            "东湖高新区",
            "高新",
            "高新区(管委会)",
            "高新区（枫杨街道）",
            "临空经济区",
            "空港",
            "天府新区",
        ),
        *("Zhengdong New Area", "High-tech Zone"),
    ],
)
def test_functional_zones_by_their_words(name):
    assert is_functional_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "金水区",
            "浦东新区",
            "上海浦东新区",
            "滨海新区",
            "沈北新区",
            "清新区",
            "海港区",
            "东港区",
            "黄石港区",
            "铁山港区",
            "矿区",
        ),
        *("神农架林区", "六枝特区", "梁园区", "绿园区", "谢家集区", "城区", "新城区", "新县", "", "香港特别行政区"),
    ],
)
def test_districts_that_only_sound_like_zones(name):
    assert not is_functional_zone(name)


@pytest.mark.parametrize(
    ("adcode", "level", "parent"),
    [
        ("100000", "country", ""),
        ("420000", "province", "100000"),
        ("420100", "city", "420000"),
        ("420102", "district", "420100"),
        ("429005", "district", "420000"),
        ("310101", "district", "310000"),
        ("500236", "district", "500000"),
        ("420102001", "street", "420102"),
        ("420102001003", "street", "420102001"),
        ("金水区", "", ""),
        ("12", "", ""),
    ],
)
def test_what_digits_alone_tell(adcode, level, parent):
    assert (likely_level(adcode), likely_parent(adcode)) == (level, parent)


# Layers


def layer(rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry="geometry")


def test_a_layer_as_datav_writes_it():
    parent, route = {"adcode": 420000}, np.array([100000, 420000], dtype=np.int32)
    rows = [
        {
            "adcode": 429005,
            "name": "潜江市",
            "level": "city",
            "parent": parent,
            "acroutes": route,
            "geometry": box(112, 30, 113, 31),
        },
        {
            "adcode": "100000",
            "name": "",
            "level": None,
            "parent": None,
            "acroutes": None,
            "geometry": box(110, 5, 111, 6),
        },
    ]
    (area,) = areas_from_features(layer(rows), datum="wgs84")
    assert area == Area("429005", "潜江市", "city", "420000", box(112, 30, 113, 31))


@pytest.mark.parametrize("parent", ['{"adcode": 420000}', "420000", 420000.0, "[100000, 420000]"])
def test_parents_as_files_carry_them(parent):
    rows = [{"adcode": 429005.0, "name": "潜江市", "parent": parent, "geometry": box(0, 0, 1, 1)}]
    (area,) = areas_from_features(layer(rows), datum="wgs84")
    assert (area.adcode, area.level, area.parent) == ("429005", "district", "420000")


@pytest.mark.parametrize(
    ("columns", "adcode"),
    [
        ({"行政区代码": "410105", "名称": "金水区"}, "410105"),
        ({"ADMINCODE": 410105, "NAME": "金水区"}, "410105"),
        ({"GB": "156410105", "name": "金水区"}, "410105"),
        ({"code": "410105000000", "name": "金水区"}, "410105"),
        ({"code": "410105001000", "name": "经八路街道"}, "410105001"),
        ({"qh": "金水区"}, "金水区"),
    ],
)
def test_columns_as_files_call_them(columns, adcode):
    (area,) = areas_from_features(layer([{**columns, "geometry": box(0, 0, 1, 1)}]), datum="wgs84")
    assert area.adcode == adcode
    assert area.name in columns.values()


def test_parts_of_an_area_are_joined_and_invalid_ones_repaired():
    rows = [
        {"adcode": 1, "name": "甲", "geometry": box(0, 0, 1, 1)},
        {"adcode": 1, "name": "甲", "geometry": box(3, 0, 4, 1)},
        {"adcode": 2, "name": "乙", "geometry": BOW},
        {"adcode": 3, "name": "丙", "geometry": Point(1, 1)},
        {"adcode": 4, "name": "丁", "geometry": None},
        {"adcode": 5, "name": "戊", "geometry": Polygon()},
    ]
    areas = areas_from_features(layer(rows), datum="wgs84")
    assert [area.name for area in areas] == ["甲", "乙", "丙", "丁", "戊"]
    assert areas[0].geometry.equals(MultiPolygon([box(0, 0, 1, 1), box(3, 0, 4, 1)]))
    assert areas[1].geometry.is_valid
    assert areas[1].geometry.area == pytest.approx(2.0)
    assert [area.geometry for area in areas[2:]] == [None, None, None]
    assert AreaTree(areas).locate([0.5, 3.5, 2.0, 6.1, 7.0], [0.5, 0.5, 0.5, 1.0, 0.1]).tolist() == [
        "1",
        "1",
        "",
        "2",
        "",
    ]


def test_boundaries_are_converted_and_flat():
    corners = np.array([(113.6, 34.7), (113.7, 34.7), (113.7, 34.8)])
    moved = np.column_stack(convert(*corners.T, source="wgs84", target="gcj02"))
    rows = [{"adcode": 410105, "name": "金水区", "geometry": shapely.force_3d(Polygon(moved), 80.0)}]
    (area,) = areas_from_features(layer(rows), datum="高德")
    assert not area.geometry.has_z
    assert area.geometry.normalize().equals_exact(Polygon(corners).normalize(), 1e-10)
    assert Polygon(moved) == shapely.force_2d(rows[0]["geometry"])


def test_a_layer_without_names_says_what_it_has():
    with pytest.raises(UnusableInput, match="wert, zahl"):
        areas_from_features(layer([{"wert": 1, "zahl": 2, "geometry": box(0, 0, 1, 1)}]), datum="wgs84")


def test_a_wrong_datum_is_told_with_the_area():
    rows = [{"adcode": 410105, "name": "金水区", "geometry": box(12650000, 4090000, 12660000, 4100000)}]
    with pytest.raises(InvalidValue, match=r"金水区.*gcj02"):
        areas_from_features(layer(rows), datum="gcj02")
    with pytest.raises(InvalidValue, match="火星九"):
        areas_from_features(layer(rows), datum="火星九")


def test_an_empty_layer():
    empty = gpd.GeoDataFrame({"name": pd.Series([], dtype=object)}, geometry=gpd.GeoSeries([]))
    assert areas_from_features(empty, datum="wgs84") == []


# Real input


@pytest.fixture(scope="module")
def china(real_data: Path) -> list[Area]:
    """Return every area of DataV: the country, the provinces' and cities' children, and single counties."""
    folder = real_data / "china_admin_datav"
    layers = [
        folder / "china.json",
        *(path for kind in ("province", "citys", "county") for path in (folder / kind).iterdir()),
    ]
    return [area for path in layers for area in areas_from_features(gpd.read_file(path), datum="gcj02")]


@pytest.fixture(scope="module")
def china_tree(china: list[Area]) -> AreaTree:
    return AreaTree(china)


@pytest.mark.real
def test_boundaries_of_china_form_a_tree(china, china_tree):
    def way(adcode: str) -> list[str]:
        return [area.name for area in china_tree.path(adcode)]

    assert len(china) > len(china_tree.areas) > 600
    assert all(area.geometry is None or area.geometry.is_valid for area in china_tree.areas)
    assert way("429005") == ["湖北省", "潜江市"]
    assert way("370811") == ["山东省", "济宁市", "任城区"]
    assert way("310101") == ["上海市", "黄浦区"]
    assert way("141130") == ["山西省", "吕梁市", "交口县"]
    children = {"110000": 16, "630000": 8, "451000": 12, "330400": 7, "320100": 11, "350100": 13}
    for parent, count in children.items():
        assert sum(area.parent == parent for area in china_tree.areas) == count


@pytest.mark.real
def test_invalid_boundaries_are_repaired_without_losing_land(real_data):
    raw = gpd.read_file(real_data / "china_admin_datav" / "province" / "420000.json")
    shapes = np.asarray(raw.geometry.array)
    assert (~shapely.is_valid(shapes)).sum() == 12
    areas = areas_from_features(raw, datum="wgs84")
    assert all(area.geometry.is_valid for area in areas)
    repaired = np.array([area.geometry.area for area in areas])
    assert repaired == pytest.approx(shapely.area(shapes), rel=1e-3)


@pytest.mark.real
def test_qianjiang_is_found(china_tree):
    lon, lat = convert(112.896866, 30.421215, source="gcj02", target="wgs84")
    assert china_tree.locate(lon, lat) == "429005"
    assert china_tree.contains("潜江", lon, lat) == 1


@pytest.fixture(scope="module")
def shanghai(real_data: Path):
    """Return district, longitude and latitude of the 48,030 places of Shanghai, WGS 84."""
    rows = []
    for path in sorted((real_data / "shanghai_amap_poi").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as source:
            rows += [(row["adname"], float(row["lon"]), float(row["lat"])) for row in csv.DictReader(source)]
    assert len(rows) == 48_030
    return [np.array(column) for column in zip(*rows, strict=True)]


@pytest.mark.real
def test_shanghais_places_lie_in_the_districts_they_name(china_tree, shanghai):
    names, lon, lat = shanghai
    share = {}
    for datum in ("wgs84", "gcj02", "bd09"):
        verdict = china_tree.contains(names, *convert(lon, lat, source=datum, target="wgs84"))
        assert (verdict >= 0).all()
        share[datum] = verdict.mean()
    assert share["wgs84"] > 0.998
    assert share["wgs84"] > share["gcj02"] + 0.03 > share["bd09"] + 0.1


@pytest.mark.real
def test_fifty_thousand_places_in_sixteen_districts_in_well_under_a_second(real_data, shanghai):
    path = real_data / "china_admin_datav" / "province" / "310000.json"
    tree = AreaTree(areas_from_features(gpd.read_file(path), datum="gcj02"))
    names, lon, lat = shanghai
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        tree.locate(lon, lat)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.7
    codes = {area.adcode: area.name for area in tree.areas}
    found = np.array([codes.get(code, "") for code in tree.locate(lon, lat)])
    assert (found == names).mean() > 0.998


@pytest.mark.real
@pytest.mark.parametrize(
    ("layer_path", "name", "adcode", "count"),
    [
        ("shanghai_shp/区县界_area.shp", "杨浦区", "310110", 17),
        ("chongqing_shp/区县界_area.shp", "奉节县", "500236", 38),
        ("sz.shp", "福田", "福田", 10),
    ],
)
def test_shapefiles_as_they_come(real_data, layer_path, name, adcode, count):
    frame = gpd.read_file(real_data / "shapefiles_gbk_noprj" / "pygeo" / layer_path)
    areas = areas_from_features(frame, datum="wgs84")
    assert len(areas) == count
    (area,) = AreaTree(areas).named(name)
    assert area.adcode == adcode


@pytest.mark.real
def test_zhengzhous_zones_are_no_districts_and_no_errors(real_data, china_tree):
    path = real_data / "zhengzhou_union_stations" / "stations_82_listed.csv"
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    names = np.array([row["district"] for row in rows])
    place = np.array([(float(row["lng_gcj02"]), float(row["lat_gcj02"])) for row in rows]).T
    verdict = china_tree.contains(names, *convert(*place, source="gcj02", target="wgs84"))
    zones = np.array([is_functional_zone(name) for name in names])
    assert zones.sum() == 12
    assert ((verdict == -1) == zones).all()
    assert (verdict == 0).sum() == 4
