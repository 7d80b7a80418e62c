"""Events at stations: once or again and again, from any table, every fault told by its row."""

import dataclasses
from datetime import date

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue, NotFound, UnusableInput
from stationmap.files.read import read
from stationmap.register.desk.eventlist import read_events
from stationmap.register.desk.events import Event, sound
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Station

WHO = ("李", "test")
READING = Event("", "a", "读书会", hours_text="每周三 14:00-16:00")


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        names = {"a": "二七驿站", "b": "书屋", "c": "书屋", "gone": "旧站", "f": "样例"}
        stations = [Station(id=key, name=name, fictional=key == "f") for key, name in names.items()]
        ledger.put(stations, actor="李", reason="test")
        ledger.remove(["gone"], actor="李", reason="test")
        yield ledger


def listed(ledger, tmp_path, text, name="list.csv", encoding="utf-8"):
    (tmp_path / name).write_text(text, encoding=encoding)
    return read_events(read(tmp_path / name), ledger.events.places)


def told(result):
    return [(fault.row, fault.column, str(fault.severity), str(fault.message)) for fault in result.faults]


def test_an_event_comes_back_with_its_times_read_and_an_id_of_its_own(ledger):
    written = ledger.events.put([READING], *WHO)
    assert (written.revision, written.created) == (3, 1)
    (event,) = ledger.events.of("a")
    assert len(event.id) == 12
    assert event == dataclasses.replace(READING, id=event.id, hours_osm="We 14:00-16:00")
    assert ledger.events.of("b") == ledger.events.of("nowhere") == []


def test_the_same_again_changes_nothing_and_a_later_one_overrides(ledger):
    ledger.events.put([READING], *WHO)
    again = ledger.events.put([READING, READING], *WHO)
    assert (again.revision, again.created, again.updated, again.unchanged) == (3, 0, 0, 1)
    changed = ledger.events.put([dataclasses.replace(READING, text="带本书")], *WHO)
    assert (changed.revision, changed.updated) == (4, 1)
    assert ledger.events.of("a")[0].text == "带本书"


def test_events_come_by_first_day_title_and_id(ledger):
    events = [
        Event("3", "a", "乙", first=date(2026, 12, 1)),
        Event("2", "a", "甲", first=date(2026, 12, 1)),
        Event("9", "a", "甲"),
        Event("1", "a", "甲", first=date(2026, 12, 1)),
        Event("0", "b", "甲"),
    ]
    ledger.events.put(events, *WHO)
    assert [event.id for event in ledger.events.of("a")] == ["9", "3", "1", "2"]
    assert [event.id for event in ledger.events.all()] == ["9", "3", "1", "2", "0"]


@pytest.mark.parametrize(
    ("times", "osm", "day"),
    [
        ("每周三 14:00-16:00", "We 14:00-16:00", None),
        ("每月第一个周六 9:00-11:00", "Sa[1] 09:00-11:00", None),
        ("2026-12-05 14:00-16:00", "14:00-16:00", date(2026, 12, 5)),
        ("2026年12月5日（周六）14:00-16:00", "14:00-16:00", date(2026, 12, 5)),
        ("2026.12.5", "", date(2026, 12, 5)),
        ("2026-12-05至2026-12-08 9:00-17:00", "unknown; 2026 Dec 05-08 09:00-17:00", None),
        ("2026-02-30 14:00-16:00", "", None),
        ("每周二 19:00", "", None),
        ("随缘", "", None),
        ("", "", None),
    ],
)
def test_times_are_read_surely_or_left_as_text(times, osm, day):
    event = sound(Event("", "a", "x", hours_text=times))
    assert (event.hours_text, event.first, event.last) == (times, day, day)
    assert event.hours_osm == osm


def test_a_day_that_is_given_stands_before_one_in_the_times():
    event = sound(Event("", "a", "x", hours_text="2026-12-05 14:00-16:00", first=date(2026, 1, 1)))
    assert (event.first, event.last) == (date(2026, 1, 1), None)


@given(
    st.builds(
        Event,
        id=st.just(""),
        station_id=st.just("a"),
        title=st.text(max_size=30),
        text=st.text(max_size=30),
        hours_text=st.text(max_size=30),
    )
)
def test_what_is_kept_stays_the_same(event):
    try:
        kept = sound(event)
    except InvalidValue:
        return
    assert sound(kept) == kept
    assert kept.title


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Event("", "a", " \x00 "), "needs a title"),
        (Event("", "a", "字" * 101), "101 characters, at most 100"),
        (Event("", "a", "x", text="字" * 1001), "1001 characters"),
        (Event("", "a", "x", hours_text="字" * 501), "501 characters"),
        (
            Event("", "a", "x", first=date(2026, 2, 1), last=date(2026, 1, 1)),
            r"'x' ends \(2026-01-01\) before it begins",
        ),
    ],
)
def test_an_event_that_cannot_be_is_told_and_none_goes_in(ledger, event, message):
    with pytest.raises(InvalidValue, match=message):
        ledger.events.put([READING, event], *WHO)
    with pytest.raises(NotFound, match="'nowhere'"):
        ledger.events.put([READING, Event("", "nowhere", "x")], *WHO)
    assert (ledger.events.all(), ledger.revision()) == ([], 2)


def test_events_are_taken_out_all_or_none(ledger):
    ledger.events.put([Event("1", "a", "x"), Event("2", "a", "y")], *WHO)
    with pytest.raises(NotFound, match="'7'"):
        ledger.events.remove(["1", "7"], actor="李")
    assert len(ledger.events.all()) == 2
    assert ledger.events.remove(["1", "1"], actor="李").updated == 1
    assert [event.id for event in ledger.events.all()] == ["2"]


def test_a_thousand_events_go_in_at_once(ledger):
    events = [Event("", "a", f"活动{n}") for n in range(1200)]
    assert ledger.events.put(events, *WHO).created == 1200
    assert ledger.events.put(events, *WHO).unchanged == 1200


def test_events_outlive_removal_and_go_with_the_sample_city(ledger):
    ledger.events.put([READING, Event("", "f", "x")], *WHO)
    ledger.remove(["a"], actor="李", reason="x")
    ledger.discard_fictional(actor="李", reason="x")
    assert [event.station_id for event in ledger.events.all()] == ["a"]


CHINESE = (
    "站点编号,活动,时间,开始日期,结束日期,说明\n"
    "a,读书会,每周三 14:00-16:00,2026-12-01,2027-03-01,带本书\n"
    "二七驿站,义诊,2026-12-05 9:00-11:00,,,\n"
)


def test_a_list_in_chinese(ledger, tmp_path):
    result = listed(ledger, tmp_path, CHINESE)
    assert (result.rows, result.rejected, result.faults) == (2, 0, ())
    assert [dataclasses.replace(event, id="") for event in result.events] == [
        Event(
            "",
            "a",
            "读书会",
            "带本书",
            "每周三 14:00-16:00",
            "We 14:00-16:00",
            date(2026, 12, 1),
            date(2027, 3, 1),
            "list.csv",
        ),
        Event(
            "",
            "a",
            "义诊",
            "",
            "2026-12-05 9:00-11:00",
            "09:00-11:00",
            date(2026, 12, 5),
            date(2026, 12, 5),
            "list.csv",
        ),
    ]
    assert dict(result.columns) == {
        **{
            "station": "站点编号",
            "title": "活动",
            "when": "时间",
            "first": "开始日期",
            "last": "结束日期",
            "text": "说明",
        }
    }


def test_a_list_in_english_and_in_gbk(ledger, tmp_path):
    english = "ID,Title,When,Start date,End date,Description\na,Reading,Wed 14:00-16:00,2026-12-01,,bring a book\n"
    (event,) = listed(ledger, tmp_path, english).events
    assert (event.station_id, event.title, event.hours_osm, event.first, event.last) == (
        *("a", "Reading", "We 14:00-16:00"),
        *(date(2026, 12, 1), None),
    )
    assert len(listed(ledger, tmp_path, CHINESE, encoding="gbk").events) == 2


def test_a_workbook_with_real_dates(ledger, tmp_path):
    book = openpyxl.Workbook()
    for row in (("驿站名称", "活动名称", "日期", "活动时间"), ("二七驿站", "体检", date(2026, 12, 5), "9:00-11:00")):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    (event,) = read_events(read(tmp_path / "list.xlsx"), ledger.events.places, source="卫健委").events
    assert (event.first, event.last, event.hours_osm, event.source) == (
        *(date(2026, 12, 5), date(2026, 12, 5)),
        *("09:00-11:00", "卫健委"),
    )


def test_every_fault_is_told_by_its_row(ledger, tmp_path):
    text = (
        "编号,活动,时间,开始日期,结束日期\n"
        ",无站点,,,\n"
        "x9,没有这个站,,,\n"
        "书屋,两个书屋,,,\n"
        "gone,已撤下,,,\n"
        "a,,每周三 14:00-16:00,,\n"
        "a,坏日期,,下周,2026-13-01\n"
        "a,颠倒,,2026-12-02,2026-12-01\n"
        "a,读不懂,随缘,,\n"
        "a,好的,8:00-9:00,—,暂无\n"
        "a,好的,8:00-9:00,,\n"
        ",,,,\n"
    )
    result = listed(ledger, tmp_path, text)
    assert (result.rows, result.rejected) == (10, 7)
    assert [event.title for event in result.events] == ["读不懂", "好的"]
    assert told(result) == [
        (2, "编号", "error", "The row names no station. Give its id."),
        (3, "编号", "error", "There is no station 'x9'. Give its id, or its whole name."),
        (4, "编号", "error", "2 stations are called '书屋': b, c. Give the id."),
        (5, "编号", "error", "The station 'gone' is removed. Bring it back first, or leave the row out."),
        (6, "活动", "error", "An event needs a title. Say what takes place."),
        (7, "开始日期", "error", "'下周' is no date; write it like 2026-07-01."),
        (7, "结束日期", "error", "'2026-13-01' is no date; write it like 2026-07-01."),
        (8, "活动", "error", "The event '颠倒' ends (2026-12-01) before it begins (2026-12-02)."),
        (9, "时间", "warning", "The times '随缘' are not read surely; they are shown as they stand."),
        (11, "活动", "note", "This event stands in the list more than once; it was taken once."),
    ]
    assert all(tell(fault.message, "zh") != str(fault.message) for fault in result.faults)


def test_the_id_of_a_station_goes_before_the_name_of_another(ledger, tmp_path):
    ledger.put([Station(id="d", name="a")], actor="李", reason="x")
    assert listed(ledger, tmp_path, "id,title\na,x\n").events[0].station_id == "a"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("活动,时间\nx,8:00\n", "no column for the station; it has: 活动, 时间. Call one of them 站点编号"),
        ("编号,时间\na,8:00\n", "no column for the event; it has: 编号, 时间. Call one of them 活动"),
        ("编号,活动,别的\n,,x\n", "has no rows with events"),
    ],
)
def test_a_table_that_is_no_list_of_events_is_told(ledger, tmp_path, text, message):
    with pytest.raises(UnusableInput, match=message):
        listed(ledger, tmp_path, text)


def test_the_same_list_again_changes_nothing(ledger, tmp_path):
    for created in (2, 0):
        result = listed(ledger, tmp_path, CHINESE)
        assert ledger.events.put(result.events, *WHO).created == created
    assert np.unique([event.id for event in ledger.events.all()]).size == 2
