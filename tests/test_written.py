"""finder.written: the bytes that a server sends are, read as JSON, what finder.geojson says."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.finder.geojson import feature_collection
from stationmap.finder.search import Query, find, sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.written import written
from stationmap.hours.calendar import china
from tests.finder_tables import tables
from tests.test_search import FRIDAY, HERE, east, queries, towns


def both(snapshot, query, lang="zh", more=None):
    """Return the same answer twice: as it is written, and as the GeoJSON of a told one."""
    return (
        json.loads(written(sight(snapshot, query), query, lang, more)),
        {**feature_collection(snapshot, find(snapshot, query), lang), **(more or {})},
    )


@settings(max_examples=100, deadline=None)
@given(town=towns(), query=queries, lang=st.sampled_from(["zh", "en"]), swift=st.booleans())
def test_what_is_written_is_what_is_told(town, query, lang, swift):
    snapshot = Snapshot.build(tables(*town), china(), swift=swift)
    for _ in range(2):  # the second time out of what was kept
        got, told = both(snapshot, query, lang)
        assert got == told


@given(
    name=st.text(st.characters(codec="utf-8"), max_size=70),
    text=st.text(st.characters(codec="utf-8"), max_size=20),
    mode=st.sampled_from(["walk", "ride"]),
    swift=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_whatever_a_station_is_called(name, text, mode, swift):
    named = dict.fromkeys(("name", "address", "floor", "hours_text"), text) | {"name": name, "access": "a|b"}
    services = [{"station": 0, "service": "toilet", "nearby_m": 55.66}]
    snapshot = Snapshot.build(tables([east(120, hours_osm="24/7", **named)], services), china(), swift=swift)
    got, told = both(snapshot, Query(*HERE, at=FRIDAY, mode=mode))
    assert got == told
    assert got["features"][0]["properties"]["nearby_m"] == {"toilet": 55.7}


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
def test_arrivals_on_the_days_on_which_clocks_are_changed(zone):
    stations = [east(metres, hours_osm="Mo-Su 00:00-24:00", timezone=zone) for metres in (10, 900, 9000, 40_000)]
    snapshot = Snapshot.build(tables(stations), china(), swift=True)
    for month, day in ((3, 8), (4, 4), (10, 4), (11, 1)):
        for hour in range(0, 24, 5):
            at = datetime(2026, month, day, hour, 40, 30, tzinfo=UTC)
            got, told = both(snapshot, Query(*HERE, at=at, any_state=True))
            assert got == told


@pytest.mark.parametrize("swift", [False, True])
def test_sentences_go_with_the_minute_and_the_day(swift):
    stations = [
        east(0, id="a", hours_osm="Mo-Su 08:00-20:00"),
        east(1, id="b", hours_osm="Mo-Su 20:10-24:00"),
        east(2, id="c", hours_osm="Fr 18:00-02:00"),
        east(3, id="d"),
    ]
    snapshot = Snapshot.build(tables(stations), china(), swift=swift)
    said = set()
    for minutes in range(0, 1500, 7):
        at = FRIDAY + timedelta(minutes=minutes, seconds=minutes % 60)
        got, told = both(snapshot, Query(*HERE, at=at, any_state=True))
        assert got == told
        said |= {feature["properties"]["state_words"] for feature in got["features"]}
    assert {"开放至 20:00", "25 分钟后关闭", "开放时间未知", "开放至 24:00"} <= said
    assert len(said) > 20


def test_further_members_stand_at_the_end():
    snapshot = Snapshot.build(tables([east(0, hours_osm="24/7")]), china())
    more = {"without": [{"need": "书", "count": 1, "minutes": 2.5}]}
    got, told = both(snapshot, Query(*HERE, at=FRIDAY), more=more)
    assert got == told
    assert got["without"] == more["without"]
