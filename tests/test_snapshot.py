"""finder.snapshot: the tables of a revision made ready; what may decide kept apart from what may not."""

import gc
import weakref
from datetime import UTC, date, datetime, time, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from stationmap.errors import InvalidValue
from stationmap.finder.arrival import Door, Outlook
from stationmap.finder.memo import Memo, Recent
from stationmap.finder.moment import Moment
from stationmap.finder.search import Query, find, sight
from stationmap.finder.services import Had
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.written import written
from stationmap.hours.calendar import china
from stationmap.hours.opening import Schedule, State, Timetable
from stationmap.schema.tables import StationTables
from tests.finder_tables import tables

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAN = float("nan")


def built(stations, services=()):
    return Snapshot.build(tables(stations, services, revision=3), china())


def test_only_located_stations_stand_in_it_and_services_follow():
    snapshot = built(
        [{"lon": NAN, "lat": NAN}, {"lon": 113.0, "lat": 34.0}, {"lon": NAN, "lat": NAN}, {"lon": 114.0, "lat": 34.0}],
        [{"station": 0, "service": "books"}, {"station": 3, "service": "wifi"}, {"station": 1, "service": "books"}],
    )
    assert (snapshot.revision, len(snapshot), snapshot.ids) == (3, 2, ["s1", "s3"])
    assert snapshot.need_mask(frozenset({"books"})).tolist() == [True, False]
    assert snapshot.need_mask(frozenset({"wifi"})).tolist() == [False, True]
    assert snapshot.need_mask(frozenset({"books", "wifi"})).tolist() == [False, False]
    assert snapshot.need_mask(frozenset({"sewing_kit"})).tolist() == [False, False]
    assert snapshot.index.nearest(114, 34, 1)[0].tolist() == [1]


def test_equal_hours_share_a_schedule_and_doubtful_ones_none():
    place = {"lon": 113.0, "lat": 34.0, "hours_osm": "Mo-Fr 09:00-17:00"}
    snapshot = built([
        place,
        place,
        place | {"makeup": "work"},
        place | {"timezone": "Asia/Urumqi"},
        place | {"hours_basis": "inferred"},
        place | {"hours_uncertain": True},
        place | {"hours_osm": "", "makeup": "work"},
    ])  # fmt: skip
    assert snapshot.schedule[0] == snapshot.schedule[1]
    assert len(set(snapshot.schedule[[0, 2, 3, 4]].tolist())) == 4
    assert snapshot.schedule[4] == snapshot.schedule[5] == snapshot.schedule[6]
    assert snapshot.timetable.schedules[snapshot.schedule[4]] == Schedule("")
    assert snapshot.timetable.schedules[snapshot.schedule[2]] == Schedule("Mo-Fr 09:00-17:00", "work")
    assert snapshot.opening(4, datetime(2026, 9, 11, 10, tzinfo=SHANGHAI)).state is State.UNKNOWN


def test_kinds_any_of():
    snapshot = built([{"lon": 113.0, "lat": 34.0, "kinds": kinds} for kinds in ("a|b", "b", "", "ab")])
    assert snapshot.kind_mask(frozenset({"a"})).tolist() == [True, False, False, False]
    assert snapshot.kind_mask(frozenset({"a", "b"})).tolist() == [True, True, False, False]
    assert snapshot.kind_mask(frozenset()).tolist() == [True] * 4


def test_services_only_say_what_was_found():
    snapshot = built(
        [{"lon": 113.0, "lat": 34.0}, {"lon": 114.0, "lat": 34.0}],
        [
            {"station": 1, "service": "wifi", "answer": "no"},
            {"station": 0, "service": "wifi", "basis": "inferred", "hours_osm": "24/7"},
            {"station": 0, "service": "books", "hours_osm": "Mo-Su 10:00-12:00", "outage_until": "2026-10-01"},
            {"station": 0, "service": "books", "answer": "no"},
            {"station": 0, "service": "tea", "nearby_m": 40.0},
        ],
    )
    services = snapshot.services
    rows = services.rows_at(np.array([0, 1, 0, 1, 0, 1]), "wifi")
    assert services.had[rows].tolist() == [Had.UNKNOWN, Had.NO] * 3
    assert services.rows_at(np.array([0, 1]), "nothing").tolist() == [-1, -1]
    assert services.had[-1] == Had.UNKNOWN
    books = services.rows_at(np.array([0]), "books")
    assert services.had[books].tolist() == [Had.YES]
    assert snapshot.timetable.schedules[services.schedule[books][0]].osm == "Mo-Su 10:00-12:00"
    assert services.outage_until[books].tolist() == [date(2026, 10, 1).toordinal()]
    assert services.nearby_m[services.rows_at(np.array([0]), "tea")].tolist() == [40.0]
    assert services.offer("books").timed.tolist() == books.tolist()


def test_tables_that_keep_no_schema_are_refused():
    good = tables([{"lon": 113.0, "lat": 34.0}])
    with pytest.raises(InvalidValue, match="stations lacks column lon"):
        Snapshot.build(StationTables(1, good.stations.drop(columns="lon"), good.services), china())


def test_the_tables_stay_as_they_were():
    given = tables([{"lon": NAN, "lat": NAN}, {"lon": 113.0, "lat": 34.0}], [{"station": 1, "service": "books"}])
    stations, services = given.stations.copy(), given.services.copy()
    Snapshot.build(given, china())
    pd.testing.assert_frame_equal(given.stations, stations)
    pd.testing.assert_frame_equal(given.services, services)


def test_a_zone_that_is_none_leaves_the_hours_unknown():
    snapshot = built([{"lon": 113.0, "lat": 34.0, "timezone": "Mars/Base", "hours_osm": "24/7"}])
    assert snapshot.opening(0, datetime(2026, 9, 11, 10, tzinfo=UTC)).state is State.UNKNOWN


def test_an_outlook_is_shared_for_six_hours_and_reaches_far_enough():
    snapshot = built([{"lon": 113.0, "lat": 34.0, "hours_osm": "24/7"}])
    at = datetime(2026, 9, 11, 10, 7, 31, tzinfo=SHANGHAI)
    outlook = snapshot.outlook(at, 1480)
    assert outlook is snapshot.outlook(at + timedelta(hours=3), 1480)
    assert outlook is not snapshot.outlook(at + timedelta(hours=6), 1480)
    assert outlook.base == datetime(2026, 9, 11, 0, 0, tzinfo=UTC)
    assert outlook.minutes_to(at) == pytest.approx(127 + 31 / 60)
    assert outlook.horizon_min >= 360 + 1480


HOURS = (
    "", "24/7", "Mo-Su 09:00-12:00,13:00-18:00", "Mo-Su 20:00-06:00", "Mo-Fr 09:00-12:00 unknown", "off",
    "Mo-Su 09:00-12:00 unknown, Mo-Su 12:00-14:00,18:00-19:00",
)  # fmt: skip


def test_what_an_arrival_meets_is_what_the_timetable_says():
    timetable = Timetable([Schedule(osm) for osm in HOURS], china())
    base = datetime(2026, 9, 11, 0, 0, tzinfo=UTC)
    outlook = Outlook.of(timetable, base, 2000)
    states = {State.OPEN: Door.OPEN, State.UNKNOWN: Door.UNKNOWN, State.CLOSED: Door.CLOSED}
    numbers = np.arange(len(HOURS))
    for minute in range(0, 1900, 7):
        door, wait = outlook.met(numbers, np.full(len(HOURS), float(minute)), 0.0, 0.0)
        expected = timetable.states(base + timedelta(minutes=minute))
        assert door.tolist() == [states[State(state)] for state in expected]
        assert not wait.any()


def test_what_the_windows_tell_of_a_state_is_what_the_timetable_says():
    timetable = Timetable([Schedule(osm) for osm in HOURS], china())
    base = datetime(2026, 9, 11, 0, 0, tzinfo=UTC)
    outlook = Outlook.of(timetable, base, 2000)
    told = 0
    for number in range(len(HOURS)):
        for minute in range(0, 1900, 13):
            standing = outlook.standing(number, minute + 0.5)
            if standing is None:
                continue
            told += 1
            opening = timetable.opening(number, base + timedelta(minutes=minute, seconds=30))
            assert standing.state is opening.state is not State.UNKNOWN
            assert base + timedelta(minutes=standing.until_min) == opening.until
            opens_at = None if standing.opens_min is None else base + timedelta(minutes=standing.opens_min)
            assert opens_at == opening.opens_at
    assert told > 250


def test_no_schedule_that_an_arrival_can_meet_is_left_out():
    timetable = Timetable([Schedule(osm) for osm in HOURS], china())
    outlook = Outlook.of(timetable, datetime(2026, 9, 11, 0, 0, tzinfo=UTC), 2000)
    numbers = np.arange(len(HOURS))
    for first, length, margin, soon in [(0, 10, 0, 0), (100, 60, 10, 30), (55, 5, 200, 0), (600, 500, 45, 90)]:
        may_open, may_doubt = outlook.possible(
            np.full(len(HOURS), float(first)), np.full(len(HOURS), float(first + length)), margin, soon
        )
        doors = np.array([
            outlook.met(numbers, np.full(len(HOURS), first + step / 4), margin, soon)[0]
            for step in range(4 * length + 1)
        ])  # fmt: skip
        assert not ((doors >= Door.OPENS_SOON).any(axis=0) & ~may_open).any()
        assert not ((doors == Door.UNKNOWN).any(axis=0) & ~may_doubt).any()
        assert not may_open[[0, 4, 5]].any()


def test_one_arrival_is_judged_as_many_are():
    timetable = Timetable([Schedule(osm) for osm in HOURS], china())
    outlook = Outlook.of(timetable, datetime(2026, 9, 11, 0, 0, tzinfo=UTC), 2000)
    numbers = np.arange(len(HOURS))
    for margin, soon in [(0.0, 0.0), (10.0, 30.0), (90.0, 0.0), (200.0, 400.0)]:
        for step in range(0, 1900, 6):
            at = step + step % 5 / 4
            doors, waits = outlook.met(numbers, np.full(len(HOURS), at), margin, soon)
            singly = [outlook.met_one(number, at, margin, soon) for number in range(len(HOURS))]
            assert singly == list(zip(doors.tolist(), waits.tolist(), strict=True))


def test_a_moment_is_how_each_schedule_stands_and_for_how_long():
    timetable = Timetable([Schedule(osm) for osm in HOURS], china())
    outlook = Outlook.of(timetable, datetime(2026, 9, 11, 0, 0, tzinfo=UTC), 2000)
    for minute in range(0, 1900, 7):
        moment = Moment.of(outlook, [float(minute)], [SHANGHAI], np.zeros(len(HOURS), int))
        assert moment.today == [(outlook.base + timedelta(minutes=minute)).astimezone(SHANGHAI).toordinal()]
        standing = [outlook.standing(number, minute) or number for number in range(len(HOURS))]
        assert moment.alike == moment.hours.stands["alike"].tolist()
        assert len(set(zip(moment.alike, standing, strict=True))) == len(set(moment.alike)) == len(set(standing))
        for number in range(len(HOURS)):
            left_min = moment.left_min[number]
            assert left_min > 0
            for later in {0.0, 0.5, min(left_min, 1999.0 - minute) - 0.01}:
                assert outlook.met_one(number, minute + later, 0.0, 0.0) == (moment.door[number], 0.0)
            if left_min < np.inf:
                assert outlook.stretch(number, minute + left_min) != outlook.stretch(number, minute)


def test_a_moment_looks_at_each_zone_by_its_own_minute():
    outlook = Outlook.of(
        Timetable([Schedule("Mo-Su 08:00-20:00")] * 2, china()), datetime(2026, 9, 11, tzinfo=UTC), 2000
    )
    moment = Moment.of(outlook, [600.0, 720.0], [ZoneInfo("UTC"), SHANGHAI], np.array([0, 1]))
    assert moment.left_min == [120.0, 720.0]  # it closes at 12:00 UTC
    assert moment.door == [Door.OPEN, Door.CLOSED]
    assert moment.hours.days[:, 0].tolist() == moment.today == [date(2026, 9, 11).toordinal()] * 2
    assert (moment.hours.days[:, 1] / 60e6).tolist() == [1440.0, 960.0]


@pytest.mark.parametrize(
    "zone", ["America/Sao_Paulo", "Asia/Beirut", "Atlantic/Azores", "Africa/Cairo", "Asia/Shanghai"]
)
def test_days_begin_when_the_date_changes_also_where_midnight_is_left_out(zone):
    """Clocks were changed at midnight there: the midnight is no time of the day, or comes twice."""
    place, timetable = ZoneInfo(zone), Timetable([Schedule("")], china())
    for first in (date(2018, 11, 2), date(2022, 3, 25), date(2023, 4, 27), date(2023, 10, 25)):
        for hours in range(0, 72, 5):
            outlook = Outlook.of(timetable, datetime.combine(first, time(tzinfo=UTC)), 10_000)
            days = Moment.of(outlook, [60.0 * hours], [place], np.zeros(1, int)).hours.days[0].tolist()
            for ahead in range(1, 4):
                begin = outlook.base + timedelta(microseconds=days[ahead])
                assert begin.astimezone(place).toordinal() >= days[0] + ahead
                assert (begin - timedelta(seconds=1)).astimezone(place).toordinal() == days[0] + ahead - 1


def test_a_stretch_is_one_as_long_as_a_schedule_stands_the_same():
    outlook = Outlook.of(Timetable([Schedule(HOURS[2])], china()), datetime(2026, 9, 11, 0, 0, tzinfo=UTC), 2000)
    seen: dict[int, set[object]] = {}
    for minute in range(1600):
        seen.setdefault(outlook.stretch(0, minute + 0.25), set()).add(outlook.standing(0, minute + 0.25))
    assert len(seen) == 6  # before, morning, noon, afternoon, night, and the morning after
    assert all(len(standings) == 1 for standings in seen.values())


def test_a_snapshot_that_is_replaced_goes_without_the_garbage_collector():
    snapshot = built([{"lon": 113.0, "lat": 34.0, "hours_osm": osm, "name": "站"} for osm in HOURS])
    query = Query(113.0, 34.0, at=datetime(2026, 9, 11, 10, tzinfo=SHANGHAI), k=9, any_state=True)
    assert written(sight(snapshot, query), query, "zh")
    gone = [weakref.ref(part) for part in (snapshot.index, snapshot.timetable, snapshot.facts.features["walk"])]
    gc.collect()
    gc.disable()
    try:
        del snapshot
        assert [part() for part in gone] == [None, None, None]
    finally:
        gc.enable()


def test_what_was_used_lately_is_kept_by_generations():
    recent = Recent(3)
    assert [recent.keep(key, key.upper()) for key in "abc"] == ["A", "B", "C"]
    recent.keep("d", "D")
    assert [recent[key] for key in "abcd"] == ["A", "B", "C", "D"]
    for key in "efghij":
        recent.keep(key, key)
    assert (recent["a"], recent["j"]) == (None, "j")
    assert len(recent) <= 3


def test_a_memory_keeps_the_last_used_and_works_under_threads():
    memo = Memo(2)
    made = []

    def make(value):
        made.append(value)
        return value

    assert [memo.get(key, lambda key=key: make(key)) for key in ("a", "b", "a", "c", "a", "b")] == list("abacab")
    assert made == ["a", "b", "c", "b"]
    threads = [
        Thread(target=lambda n=n: [memo.get(i % 5, lambda i=i: i % 5) for i in range(500 + n)]) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memo.get(3, lambda: 3) == 3


def test_a_station_that_is_shut_is_closed_and_no_other() -> None:
    noon = datetime(2026, 10, 9, 4, tzinfo=UTC)
    hour = int(noon.timestamp())
    rows = [
        {"id": f"s{i}", "lon": 113.6, "lat": 34.7 + i / 1000, "hours_osm": osm}
        for i, osm in enumerate(("24/7", "24/7", ""))
    ]
    shut = Snapshot.build(
        tables(rows), china(), {"s1": [(hour, hour + 3600)], "s2": [(hour, hour + 60)], "gone": [(0, 1)]}
    )
    states = [shut.opening(i, noon).state for i in range(3)]
    assert states == [State.OPEN, State.CLOSED, State.CLOSED]
    assert shut.opening(1, noon).opens_at == noon + timedelta(hours=1)
    assert shut.opening(2, noon + timedelta(minutes=1)).state is State.UNKNOWN
    found = find(shut, Query(113.6, 34.7, noon, soon_min=0))
    assert [one.id for one in found.found] == ["s0"]
