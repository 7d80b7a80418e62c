"""finder.stream and finder.pen: the compiled loops answer and write, number for number, what is judged of arrays."""

import dataclasses
import json
import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.finder import compiled, pen, stream, written
from stationmap.finder.clocks import steady
from stationmap.finder.geojson import feature_collection
from stationmap.finder.penned import penned
from stationmap.finder.search import Query, find, sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.swift import streamed
from stationmap.finder.told import Teller
from stationmap.finder.walk import MOST_NEEDS
from stationmap.hours.calendar import china
from stationmap.schema.vocabulary import SERVICES
from tests.finder_tables import tables
from tests.test_search import FRIDAY, HERE, east, queries, towns

pytestmark = pytest.mark.skipif(not compiled.AVAILABLE, reason="numba is not installed: nothing is compiled")


def built(stations, services=()):
    """Return a snapshot whose questions are answered by compiled loops."""
    return Snapshot.build(tables(stations, list(services)), china(), swift=True)


def slowly(snapshot, query):
    """Return the answer that is found without compiled loops."""
    return find(dataclasses.replace(snapshot, swift=False), query)


@settings(max_examples=150, deadline=None)
@given(town=towns(), query=queries)
def test_the_same_is_found_with_and_without_compiled_loops(town, query):
    snapshot = built(*town)
    assert find(snapshot, query) == slowly(snapshot, query)


def crowd(seed):
    """Return a city of some thousand stations: hours, services with hours and outages of their own, shared places."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(500, 6000))
    hours = ["24/7", "Mo-Su 08:00-20:00", "Mo-Fr 09:00-12:00,13:30-17:00", "Fr 11:50-12:20", "", "Mo-Su 12:05-12:30"]
    lon, lat = HERE[0] + rng.normal(0, 0.03, count), HERE[1] + rng.normal(0, 0.03, count)
    if seed % 2:
        lon, lat = lon.round(3), lat.round(3)
    stations = [
        {"id": f"{seed}-{number:05d}", "lon": x, "lat": y, "hours_osm": hours[rng.integers(len(hours))]}
        for number, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    ]
    services = [
        {
            "station": int(at),
            "service": name,
            "answer": str(rng.choice(["yes", "yes", "no", "unknown"])),
            "hours_osm": str(rng.choice(["", "", "Mo-Su 11:00-13:00"])),
            "outage_until": str(rng.choice(["", "", "", "2026-10-09", "2026-10-20"])),
            "nearby_m": float(rng.choice([math.nan, 12.25])),
        }
        for name in ("toilet", "microwave")
        for at in rng.choice(count, count // 2, replace=False)
    ]
    return built(stations, services), rng


@pytest.mark.parametrize("seed", range(4))
def test_in_a_city_the_same_is_found_and_written_either_way(seed):
    snapshot, rng = crowd(seed)
    for number in range(40):
        needs = [frozenset(), frozenset({"toilet"}), frozenset({"toilet", "microwave"})][number % 3]
        query = Query(
            HERE[0] + float(rng.normal(0, 0.04)),
            HERE[1] + float(rng.normal(0, 0.04)),
            at=FRIDAY + timedelta(minutes=float(rng.integers(0, 900)), seconds=int(rng.integers(0, 60))),
            k=int(rng.integers(1, 15)),
            needs=needs,
            any_state=number % 7 == 0,
            open_now=number % 7 == 1,
            mode="ride" if number % 5 == 0 else "walk",
        )
        answer = find(snapshot, query)
        assert answer == slowly(snapshot, query)
        told = feature_collection(snapshot, answer, "zh")
        for _ in range(2):  # the second time out of what was kept
            seen = sight(snapshot, query)
            assert json.loads(written.written(seen, query, "zh")) == told
            assert (
                json.loads(written.by_hand(seen, query.mode, Teller(seen, "zh"), b'"x":1}'))["maybe"] == told["maybe"]
            )


def test_the_walk_is_no_detour_of_the_general_way():
    snapshot, rng = crowd(2)
    full = 0
    for _ in range(100):
        query = Query(*(each + float(rng.normal(0, 0.02)) for each in HERE), at=FRIDAY, k=5)
        trip = sight(snapshot, query).trip
        walk, serving = streamed(trip, 30.0, 5, 30.0 * trip.speed_m_min)
        full += (serving, len(walk)) == (5, 10)
        assert walk.parts.tolist() == [list(each[:5]) for each in walk]
        assert list(walk) == [walk[at] for at in range(len(walk))] == [*walk[:serving], *walk[serving:]]
    assert full > 80


def test_loops_are_compiled_once_whatever_they_are_given():
    for town in ([], [east(0)], [east(0, hours_osm="24/7", name='a"b\\c')]):
        snapshot = built(town, [{"station": 0, "service": "toilet"}] if town else [])
        for needs in (frozenset(), frozenset({"toilet"})):
            for more in ({}, {"margin_min": 5, "soon_min": 0, "detour": 1, "reach_m": 900}):
                query = Query(*HERE, at=FRIDAY, needs=needs, **more)
                written.written(sight(snapshot, query), query, "zh")
    assert len(stream.stream.signatures) == len(pen.write.signatures) == 1


@given(st.floats(0.0, 1e7), st.integers(1, 6))
@settings(max_examples=500, deadline=None)
def test_numbers_are_spelled_as_python_does(value, places):
    out = np.zeros(40, np.uint8)
    for number in (value, round(value, places), round(value, places) + 0.5 * 10.0**-places, -value):
        size = pen._fixed(out, 0, number, places)
        assert bytes(out[:size]).decode() == f"{number:.{places}f}"


def test_ties_are_rounded_to_the_even_digit():
    out = np.zeros(40, np.uint8)
    for number, places in ((0.125, 2), (0.375, 2), (2.675, 2), (1.005, 2), (0.5, 1), (0.25, 1), (0.35, 1), (-0.0, 2)):
        assert bytes(out[: pen._fixed(out, 0, number, places)]).decode() == f"{number:.{places}f}"


def test_a_long_answer_finds_room():
    long = "很长" * 2000
    stations = [east(10 * n, hours_osm="24/7", address=f"{long}{n}", name=f"{n}{long}") for n in range(5)]
    snapshot, query = built(stations), Query(*HERE, at=FRIDAY)
    got = json.loads(written.written(sight(snapshot, query), query, "zh"))
    assert [feature["properties"]["address"] for feature in got["features"]] == [f"{long}{n}" for n in range(5)]


def test_where_clocks_are_changed_it_is_not_penned():
    assert steady(datetime(2026, 10, 9, tzinfo=UTC)).offset == "+00:00"
    stations = [east(10, hours_osm="24/7", timezone="Australia/Lord_Howe")]
    snapshot = built(stations)
    query = Query(*HERE, at=datetime(2026, 10, 3, 10, tzinfo=UTC), any_state=True)
    seen = sight(snapshot, query)
    assert penned(seen, "walk", Teller(seen, "zh"), b"}") is None
    assert json.loads(written.written(seen, query, "zh")) == feature_collection(snapshot, find(snapshot, query), "zh")


def test_more_needs_than_a_walk_has_room_for():
    needs = frozenset([*SERVICES][: MOST_NEEDS + 1])
    stations = [east(5 * n, hours_osm="24/7") for n in range(3)]
    snapshot = built(stations, [{"station": 1, "service": need} for need in needs])
    for asked in (needs, frozenset([*SERVICES][:MOST_NEEDS])):
        query = Query(*HERE, at=FRIDAY, needs=asked)
        assert find(snapshot, query) == slowly(snapshot, query)
        assert [found.position for found in find(snapshot, query).found] == [snapshot.roll.position("s1")]
        told = feature_collection(snapshot, find(snapshot, query), "zh")
        assert json.loads(written.written(sight(snapshot, query), query, "zh")) == told


def test_what_is_told_of_one_place_is_not_told_of_another_zone_or_of_one_too_far():
    """Whose hours, arrival and needs are alike share what is told, but not across zones, doubts and a day's way."""
    hours = {"hours_osm": "Mo-Su 08:00-23:50"}
    stations = [
        east(100, **hours),
        {**east(0), "lon": 13.4, "lat": 52.5, "timezone": "Europe/Berlin", **hours},
        east(300, hours_osm=""),
        east(400, hours_osm="24/7", hours_uncertain=True),
        east(500, hours_osm="24/7", hours_basis="inferred"),
        east(95_000, hours_osm=""),
    ]
    services = [{"station": n, "service": "toilet", "hours_osm": "Mo-Su 08:00-12:00"} for n in (0, 2)]
    snapshot = built(stations, services)
    for at in (*map(datetime.fromisoformat, ("2026-10-09T23:15", "2026-10-09T23:15:30", "2026-10-09T17:00+00:00")),):
        for here in (HERE, (13.4, 52.5), HERE):
            for needs in (frozenset(), frozenset({"toilet"})):
                for any_state in (False, True):
                    query = Query(*here, at=at, needs=needs, any_state=any_state, k=6)
                    told = feature_collection(snapshot, find(snapshot, query), "en")
                    for _ in range(2):
                        assert json.loads(written.written(sight(snapshot, query), query, "en")) == told


def test_what_is_kept_of_a_minute_does_not_grow_with_the_questions():
    snapshot = built([east(5 * n, hours_osm="24/7") for n in range(30)])
    names = [*SERVICES]
    for number in range(300):
        query = Query(*HERE, at=FRIDAY, needs=frozenset((names[number % 60], names[number // 60])))
        seen = sight(snapshot, query)
        written.written(seen, query, "zh")
    pages = seen.trip.moment.pages
    assert 0 < len(pages) + len(pages._old) < 60


def test_without_numba_all_answers_are_the_same():
    """A Python that cannot import numba: the example of a fresh, light installation."""
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'numba' else find(name, *rest)\n"
        "import json; from stationmap.finder import compiled; assert not compiled.AVAILABLE\n"
        "from stationmap.finder.search import Query, sight; from stationmap.finder.written import written\n"
        "from stationmap.finder.snapshot import Snapshot; from stationmap.hours.calendar import china\n"
        "from tests.finder_tables import tables; from tests.test_search import FRIDAY, HERE, east\n"
        "snapshot = Snapshot.build(tables([east(5, hours_osm='24/7')]), china(), swift=True); query = Query(*HERE, at=FRIDAY)\n"
        "sys.stdout.write(json.dumps(json.loads(written(sight(snapshot, query), query, 'zh'))))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    snapshot, query = Snapshot.build(tables([east(5, hours_osm="24/7")]), china()), Query(*HERE, at=FRIDAY)
    assert json.loads(told.stdout) == feature_collection(snapshot, find(snapshot, query), "zh")


def test_who_asks_a_single_question_does_not_wait_for_numba():
    code = (
        "import sys; from stationmap.finder.search import Query, find; from stationmap.finder.snapshot import Snapshot\n"
        "from stationmap.hours.calendar import china; from tests.finder_tables import tables\n"
        "from tests.test_search import east\n"
        "find(Snapshot.build(tables([east(0)]), china()), Query(113.0, 34.0)); sys.exit('numba' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
