"""What of a register can be found by name: stations, areas, streets."""

from datetime import UTC, datetime

import pandas as pd
import pytest
import shapely

from stationmap import __version__
from stationmap.finder.names.entries import Entry, area_paths, entries, stamp
from stationmap.finder.names.index import NameIndex
from stationmap.geo.areas import Area

AREAS = (
    Area("100000", "中华人民共和国", "country", "", None),
    Area("410000", "河南省", "province", "100000", None),
    Area("410100", "郑州市", "city", "410000", None),
    Area("410103", "二七区", "district", "410100", shapely.box(113.0, 34.0, 114.0, 35.0)),
    Area("410105", "金水区", "district", "410100", shapely.box(114.0, 34.0, 115.0, 35.0)),
    Area("310106", "静安区", "district", "310000", shapely.Polygon()),
)
COLUMNS = ["id", "name", "address", "area_name", "adcode", "kinds"]
STATIONS = pd.DataFrame(
    [
        ["a", "郑州路驿站", "郑州路12号", "二七", "410103", "rest_station|driver_home", 113.5, 34.5],
        ["b", "暖心屋", "", "航空港区", "", "", 113.6, 34.6],
    ],
    columns=[*COLUMNS, "lon", "lat"],
)
UNLOCATED = pd.DataFrame([["c", "只有地址", "某路1号", "", "", "rest_station"]], columns=COLUMNS)
STREETS = pd.DataFrame(
    {
        "id": ["w2", "w1", "w3", "w4", "w5"],
        "name": ["人民路", "人民路", "人民路", " ", "环路"],
        "geometry": [
            shapely.LineString([(113.1, 34.5), (113.2, 34.5)]),
            shapely.LineString([(113.2, 34.5), (113.6, 34.5)]),
            shapely.LineString([(114.1, 34.5), (114.2, 34.5)]),
            shapely.LineString([(113.1, 34.5), (113.2, 34.5)]),
            shapely.MultiLineString([[(113.1, 34.1), (113.2, 34.1)], [(113.3, 34.1), (113.9, 34.1)]]),
        ],
    }
)


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Entry]:
    return {(entry.kind, entry.id): entry for entry in entries(STATIONS, UNLOCATED, AREAS, STREETS)}


def test_paths_name_what_an_area_lies_in_but_no_country() -> None:
    paths = area_paths(AREAS)
    assert paths["410103"] == "河南省 郑州市 二七区"
    assert paths["410000"] == "河南省"
    assert paths["310106"] == "静安区"


def test_a_ring_of_parents_is_cut() -> None:
    ring = [Area("甲", "甲县", "", "乙", None), Area("乙", "乙县", "", "甲", None)]
    assert area_paths(ring) == {"甲": "乙县 甲县", "乙": "甲县 乙县"}


def test_stations_have_their_area_and_kinds_about_them(found: dict[tuple[str, str], Entry]) -> None:
    station = found["station", "a"]
    assert (station.name, station.address, station.detail) == ("郑州路驿站", "郑州路12号", "河南省 郑州市 二七区")
    assert (station.lon, station.lat) == (113.5, 34.5)
    assert "司机之家" in station.context
    assert found["station", "b"].detail == "航空港区"
    assert (found["station", "c"].lon, found["station", "c"].lat) == (None, None)


def test_areas_have_a_point_within_and_their_former_names(found: dict[tuple[str, str], Entry]) -> None:
    area = found["area", "410103"]
    assert (area.detail, area.lon, area.lat) == ("河南省 郑州市", 113.5, 34.5)
    assert found["area", "410000"].lon is None
    assert found["area", "310106"].others == ("闸北区",)
    index = NameIndex(None)
    index.update(1, found.values())
    assert [(hit.id, hit.match) for hit in index.search("闸北")][:1] == [("310106", "prefix")]


def test_streets_of_one_name_in_one_area_are_one_with_a_point_on_the_longest(
    found: dict[tuple[str, str], Entry],
) -> None:
    streets = {key: entry for (kind, key), entry in found.items() if kind == "street"}
    assert set(streets) == {"w1", "w3", "w5"}
    assert (streets["w1"].detail, streets["w1"].lon, streets["w1"].lat) == ("河南省 郑州市 二七区", 113.4, 34.5)
    assert (streets["w3"].detail, streets["w3"].lon) == ("河南省 郑州市 金水区", 114.15)
    assert (streets["w5"].lon, streets["w5"].lat) == (113.6, 34.1), "on the longest of its lines"


def test_an_empty_register_has_no_entries() -> None:
    assert list(entries(STATIONS[:0], UNLOCATED[:0], (), STREETS[:0])) == []


def test_a_fingerprint_is_of_all_that_an_entry_says() -> None:
    entry = Entry("station", "a", "名", "市", "路", ("旧名",), "词", 1.0, 2.0)
    changed = [
        Entry("station", "a", "名2", "市", "路", ("旧名",), "词", 1.0, 2.0),
        Entry("station", "a", "名", "市2", "路", ("旧名",), "词", 1.0, 2.0),
        Entry("station", "a", "名", "市", "路2", ("旧名",), "词", 1.0, 2.0),
        Entry("station", "a", "名", "市", "路", (), "词", 1.0, 2.0),
        Entry("station", "a", "名", "市", "路", ("旧名",), "词2", 1.0, 2.0),
        Entry("station", "a", "名", "市", "路", ("旧名",), "词", 1.1, 2.0),
        Entry("station", "a", "名", "市", "路", ("旧名",), "词", 1.0, None),
    ]
    assert len({each.fingerprint() for each in (entry, *changed)}) == 8
    assert Entry("station", "b", "\ud800").fingerprint()


def test_the_stamp_tells_versions_and_ledgers_apart() -> None:
    assert stamp(None) == f"{__version__} -"
    assert stamp(datetime(2026, 10, 9, tzinfo=UTC)) == f"{__version__} 2026-10-09T00:00:00+00:00"
