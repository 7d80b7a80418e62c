"""finder.links: each map is given the place in the system it takes, and no name can change a link."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.finder.links import navigation
from stationmap.geo.datum import wgs84_to_gcj02

ERQI = (113.6590, 34.7533)


def fields(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, strict_parsing=True).items()}


def test_each_takes_its_own_system():
    links = navigation(*ERQI, "二七广场站")
    lon, lat = (float(part) for part in wgs84_to_gcj02(*ERQI))
    assert abs(lon - ERQI[0]) > 0.005
    amap, ebike, baidu, tencent, apple = (
        fields(links[name]) for name in ("amap", "amap_ebike", "baidu", "tencent", "apple")
    )
    assert links["amap"].startswith("https://uri.amap.com/navigation?")
    assert amap == {
        "to": f"{lon:.6f},{lat:.6f},二七广场站",
        "mode": "walk",
        "coordinate": "gaode",
        "callnative": "1",
        "src": "stationmap",
    }
    assert links["amap_ebike"].startswith("amapuri://openFeature?featureName=OnRideNavi&rideType=elebike&")
    assert (ebike["lat"], ebike["lon"], ebike["dev"]) == (f"{lat:.6f}", f"{lon:.6f}", "0")
    assert links["baidu"].startswith("https://api.map.baidu.com/direction?")
    assert baidu["destination"] == "latlng:34.753300,113.659000|name:二七广场站"
    assert (baidu["coord_type"], baidu["mode"], baidu["src"]) == ("wgs84", "walking", "stationmap")
    assert links["tencent"].startswith("https://apis.map.qq.com/uri/v1/routeplan?")
    assert (tencent["tocoord"], tencent["coord_type"]) == ("34.753300,113.659000", "1")
    assert (tencent["to"], tencent["type"], tencent["referer"]) == ("二七广场站", "walk", "stationmap")
    assert links["apple"].startswith("https://maps.apple.com/?")
    assert apple == {"daddr": f"{lat:.6f},{lon:.6f}", "dirflg": "w"}
    assert links["geo"] == "geo:34.753300,113.659000"


def test_outside_the_mainland_nothing_is_shifted():
    links = navigation(2.3522, 48.8566, "Paris")
    assert fields(links["apple"])["daddr"] == "48.856600,2.352200"
    assert fields(links["amap"])["to"] == "2.352200,48.856600,Paris"


def test_riding():
    links = navigation(*ERQI, "站", mode="ride")
    assert [fields(links[name])["mode"] for name in ("amap", "baidu")] == ["ride", "riding"]
    assert (fields(links["tencent"])["type"], fields(links["apple"])["dirflg"]) == ("bike", "c")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a&mode=car#x?y=1", "a&mode=car#x?y=1"),
        ("1,2|name:x", "1，2｜name:x"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        (" 两\n行\t名\u202e ", "两 行 名"),
        ("x" * 300, "x" * 60),
        ("", ""),
    ],
)
def test_hostile_names_stay_names(name, shown):
    links = navigation(*ERQI, name)
    assert links["amap"].count("?") == 1
    assert "<" not in links["amap"]
    assert parse_qs(urlsplit(links["tencent"]).query, keep_blank_values=True)["to"] == [shown]


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=80))
def test_no_name_adds_or_changes_a_field(name):
    plain, named = navigation(*ERQI, "站"), navigation(*ERQI, name)
    for link in ("amap", "baidu", "tencent"):
        assert named[link].isascii()
        assert not set(named[link]) & set(" \"'<>\\\n")
        mine, its = (parse_qs(urlsplit(each[link]).query, keep_blank_values=True) for each in (plain, named))
        assert mine.keys() == its.keys()
        changed = {field for field in mine if mine[field] != its[field]}
        assert changed <= {"amap": {"to"}, "baidu": {"destination"}, "tencent": {"to"}}[link]
    assert fields(named["amap"])["to"].count(",") == 2
    assert fields(named["baidu"])["destination"].count("|") == 1
    assert named["apple"] == plain["apple"]
