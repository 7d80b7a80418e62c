"""Stations that a list says are there no more, or shut for a time, and records that a list has no more."""

from pathlib import Path

import pytest

from stationmap.catalogue import tell
from stationmap.register.hosts import read_hosts
from stationmap.register.identity import Identities, KnownRecord
from stationmap.register.ledger import Ledger
from stationmap.register.lists.standing import Standing, standing_in
from stationmap.schema.faults import Severity
from tests.test_intake import LAT, LON, intake, one, table, told


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        *((text, Standing.REMOVED) for text in ("停用", "已停用", "撤销", "已撤销", "关闭", "注销", "已拆除", "取消")),
        *(
            (text, Standing.REMOVED)
            for text in ("closed", "Permanently closed", "removed", "已撤销（2026-03）", "停止使用。")
        ),
        *((text, Standing.PAUSED) for text in ("暂停", "暂停开放", "装修中", "维修", "停业整顿", "Temporarily closed")),
        *((text, Standing.PAUSED) for text in ("装修中，预计十月恢复", "目前维修中", "临时关闭")),
        *(
            (text, Standing.WORKING)
            for text in ("正常", "启用", "在用", "开放", "open", "使用中", "正常使用", "已启用")
        ),
        *(
            (text, None)
            for text in ("待定", "装修完成", "未撤销", "停用（预计十月恢复）", "不关闭", "临时站点", "优秀")
        ),
    ],
)
def test_what_a_status_says(text: str, standing: Standing | None) -> None:
    assert standing_in(text) is standing


@pytest.mark.parametrize("column", ["状态", "使用状态", "运营状态", "站点状态", "status", "Status"])
def test_a_closed_station_comes_in_as_removed_and_is_told(column: str) -> None:
    result = intake(f"名称 经度 纬度 {column}", ("甲驿站", LON, LAT, "已撤销"), ("乙驿站", LON, LAT, "正常"))
    assert [station.removed for station in result.stations] == [True, False]
    assert [station.note for station in result.stations] == [f"{column}：已撤销", ""]
    assert (result.accepted, result.removed) == (2, 1)
    assert told(result, Severity.NOTE) == [
        (2, column, "已撤销: taken as removed. It keeps its page and is shown nowhere else.")
    ]
    assert told(result, Severity.WARNING) == []


@pytest.mark.parametrize("words", ["暂停", "装修", "维修中", "停业整顿", "temporarily closed"])
def test_a_station_that_is_shut_for_a_time_has_hours_off_and_loses_none(words: str) -> None:
    result = intake("名称 地址 开放时间 状态", ("甲驿站", "人民路1号", "08:00-20:00", words), datum=None)
    (station,) = result.stations
    assert (station.hours.osm, station.hours.text, station.removed) == ("off", words, False)
    assert station.note == f"状态：{words}；开放时间：08:00-20:00"
    ((row, column, message),) = told(result, Severity.WARNING)
    assert (row, column) == (2, "状态")
    assert message.startswith(f"{words}: taken as closed")


def test_words_that_are_not_known_are_told_and_kept_and_change_nothing() -> None:
    result = intake("名称 地址 开放时间 状态", ("甲驿站", "一", "08:00-20:00", "三星"), datum=None)
    (station,) = result.stations
    assert (station.hours.osm, station.removed, station.note) == ("08:00-20:00", False, "状态：三星")
    assert "'三星' does not say" in told(result, Severity.WARNING)[0][2]


def test_a_column_that_is_about_something_else_is_told_once() -> None:
    rows = [(f"{n}号驿站", f"人民路{n}号", f"第{n}批") for n in range(20)]
    result = intake("名称 地址 状态", *rows, ("末驿站", "末路", "已撤销"), datum=None)
    assert [row for row, _, _ in told(result, Severity.WARNING)] == [None]
    assert result.stations[3].note == "状态：第3批"
    assert result.removed == 1


@pytest.mark.parametrize("remark", ["已停用", "已撤销", "已撤销。"])
def test_a_remark_that_says_nothing_else_closes_too(remark: str) -> None:
    station = one("名称 地址 备注", "甲驿站", "一", remark, datum=None)
    assert (station.removed, station.note) == (True, remark)


@pytest.mark.parametrize("remark", ["维修工具齐全", "原站点已撤销，迁至此处", "临时停车方便", "微波炉已停用"])
def test_a_remark_that_says_more_closes_nothing(remark: str) -> None:
    station = one("名称 地址 备注", "甲驿站", "一", remark, datum=None)
    assert (station.removed, station.hours.osm, station.note) == (False, "", remark)


def test_hosts_close_likewise() -> None:
    result = read_hosts(table("名称 地址 状态", ("甲银行", "一", "已关闭"), ("乙银行", "二", "暂停营业")), datum=None)
    assert [(host.removed, host.hours.osm) for host in result.hosts] == [(True, ""), (False, "off")]


def test_a_closed_row_takes_its_record_off_the_map_and_leaves_its_page(tmp_path: Path) -> None:
    columns = "编号 名称 经度 纬度 状态"
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        first = intake(
            columns, ("A1", "甲驿站", LON, LAT, "正常"), ("A2", "乙驿站", LON, LAT, "停用"), list_name="名录"
        )
        ledger.put(first.stations, actor="test", reason="first")
        assert ledger.counts()["removed"] == 1
        closed = intake(columns, ("A1", "甲驿站", LON, LAT, "已撤销"), list_name="名录", known=ledger.matcher())
        ledger.put(closed.stations, actor="test", reason="second")
        assert ledger.counts()["removed"] == 2
        assert len(ledger.stations().stations) == 0
        assert ledger.station(closed.stations[0].id).removed
        again = intake(columns, ("A3", "丙驿站", "113.7", LAT, ""), list_name="名录", known=ledger.matcher())
        assert not [message for _, _, message in told(again, Severity.NOTE) if "not in this file" in message]


def test_records_that_a_named_list_has_no_more_are_told() -> None:
    known = Identities(
        [
            *(
                KnownRecord(f"a{n}", f"{n}号驿站", list_name="名录", list_key=f"A{n}", lon=113.0, lat=34.0)
                for n in range(9)
            ),
            KnownRecord("b1", "别的驿站", list_name="别的名录", list_key="A1"),
            KnownRecord("c1", "已撤驿站", list_name="名录", list_key="C1", removed=True),
        ]
    )
    rows = [("A0", "0号驿站", "113", "34"), ("A1", "1号驿站", "0", "34")]
    result = intake("编号 名称 经度 纬度", *rows, list_name="名录", known=known)
    assert result.rejected == (1,)
    absent = [fault for fault in result.faults if "not in this file" in str(fault.message)]
    assert [(fault.row, fault.severity) for fault in absent] == [(None, Severity.NOTE)]
    assert str(absent[0].message) == (
        "7 records of the list 名录 are not in this file: 2号驿站 (a2)、3号驿站 (a3)、4号驿站 (a4)、5号驿站 (a5)、"
        "6号驿站 (a6) …. If they are closed, take them out: stationmap remove ID"
    )
    assert "stationmap remove" in tell(absent[0].message, "zh")
    unnamed = intake("编号 名称 经度 纬度", *rows, known=known)
    assert not [fault for fault in unnamed.faults if "not in this file" in str(fault.message)]
