"""finder.geojson and finder.words: the answer as GeoJSON, its state in a sentence."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from stationmap.catalogue import sentences
from stationmap.finder.geojson import feature_collection
from stationmap.finder.search import Query, find
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.words import clock, state_words
from stationmap.hours.calendar import china
from tests.finder_tables import tables

SHANGHAI = ZoneInfo("Asia/Shanghai")
HERE = (113.62, 34.75)
NAME = '<b>站</b> & "一"'
STATIONS = [
    {
        "id": "a",
        "name": NAME,
        "address": "中原路 1 号",
        "lon": 113.621,
        "lat": 34.75,
        "kinds": "rest_station|book_corner",
        "hours_osm": "Mo-Fr 08:00-20:00",
        "hours_text": "周一至周五 8:00-20:00",
        "access": "open_door|ask_staff",
        "floor": "一楼",
        "fictional": True,
        "confirmed_on": "2026-08-01",
    },
    {"id": "b", "lon": 113.622, "lat": 34.75},
    {"id": "c", "lon": 113.623, "lat": 34.75, "hours_osm": "Mo-Fr 13:30-18:00"},
]
SERVICES = [
    {"station": "a", "service": "microwave"},
    {"station": "a", "service": "toilet", "nearby_m": 50.0},
    {"station": "a", "service": "wifi", "answer": "no"},
    {"station": "b", "service": "books"},
    {"station": "c", "service": "books"},
]


def collection(lang="zh", hour=10, **asked):
    snapshot = Snapshot.build(tables(STATIONS, SERVICES, revision=7), china())
    query = Query(*HERE, at=datetime.fromisoformat(f"2026-09-11T{hour}:00"), **asked)
    return feature_collection(snapshot, find(snapshot, query), lang)


def test_a_feature_says_all_of_a_station():
    got = collection()
    assert json.loads(json.dumps(got)) == got
    assert (got["type"], got["revision"], got["at"]) == ("FeatureCollection", 7, "2026-09-11T10:00:00+08:00")
    assert got["query"] == list(HERE)
    feature = got["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [113.621, 34.75]}
    facts = feature["properties"]
    links = facts.pop("links")
    assert set(links) == {"amap", "amap_ebike", "baidu", "tencent", "apple", "geo"}
    minutes, distance_m = facts.pop("minutes"), facts.pop("distance_m")
    assert minutes == pytest.approx(distance_m * 1.3 / 75, abs=0.06)
    assert facts.pop("arrives_at").startswith("2026-09-11T10:01:")
    assert facts == {
        "id": "a",
        "name": NAME,
        "address": "中原路 1 号",
        "kinds": ["rest_station", "book_corner"],
        "access": ["open_door", "ask_staff"],
        "floor": "一楼",
        "members_only": "unknown",
        "wait_min": 0.0,
        "state": "open",
        "state_words": "开放至 20:00",
        "until": "2026-09-11T20:00:00+08:00",
        "opens_at": None,
        "on_arrival": "open",
        "services": {"microwave": "yes", "toilet": "yes", "wifi": "no"},
        "nearby_m": {"toilet": 50.0},
        "missing": [],
        "reason": None,
        "hours_text": "周一至周五 8:00-20:00",
        "confirmed_on": "2026-08-01",
        "fictional": True,
    }


def test_what_may_do_stands_apart_with_its_reason():
    for lang, words in (("zh", "开放时间未知"), ("en", "Hours unknown")):
        facts = collection(lang)["maybe"][0]["properties"]
        assert (facts["id"], facts["until"], facts["state_words"]) == ("b", None, words)
        assert facts["reason"]
    assert collection("zh")["maybe"][0]["properties"]["reason"] != collection("en")["maybe"][0]["properties"]["reason"]


def test_the_set_that_has_all_together():
    got = collection(hour=14, needs=frozenset({"books", "microwave"}))
    assert got["features"] == []
    assert [feature["id"] for feature in got["together"]] == ["a", "c"]
    assert [feature["properties"]["missing"] for feature in got["together"]] == [["books"], ["microwave"]]


def test_every_sentence_stands_in_the_catalogue():
    catalogue = sentences("zh")
    for text in (
        "It closes too soon after you get there.",
        "More than a day's travel away: what you meet on arrival is not worked out.",
        "The opening hours are inferred, not taken from a source: ask before you go.",
        "A part of the listed hours could not be read: ask before you go.",
    ):
        assert text in catalogue


VECTORS = json.loads((Path(__file__).parent / "js" / "wording.json").read_text(encoding="utf-8"))["states"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["zh"] + vector["look"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_state_in_words(vector, language):
    place = vector["place"]
    until, opens_at = (datetime.fromisoformat(place[key]) if place[key] else None for key in ("until", "opens_at"))
    at = datetime.fromisoformat(vector["at"])
    assert state_words(place["state"], until, opens_at, place["on_arrival"], at, language) == vector[language]


def test_a_clock_tells_the_day_only_where_it_is_another():
    at = datetime(2026, 9, 11, 23, 0, tzinfo=SHANGHAI)
    told = [clock(datetime(2026, 9, day, 8, 30, tzinfo=SHANGHAI), at, "en") for day in (11, 12, 13, 17, 18)]
    assert told == ["08:30", "tomorrow 08:30", "Sunday 08:30", "Thursday 08:30", "09-18 08:30"]
    assert clock(datetime(2026, 9, 12, 0, 0, tzinfo=SHANGHAI), at, "zh", end=True) == "24:00"
    assert clock(datetime(2026, 9, 12, 0, 0, tzinfo=SHANGHAI), at, "zh") == "明天 00:00"
