"""The clerk's desk on the command line: reports, notices, events and photos; Chinese first, JSON, faults told."""

import io
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
import pytest
from PIL import Image

from stationmap.cli.main import main, stationmap
from stationmap.files.photo import reencode
from stationmap.geo.areas import Area
from stationmap.register.desk.reports import NewReport, ReportKind
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Hours, Location, Station
from stationmap.web.wording import metres_words, minutes_words

NOW = datetime.now(UTC)


class Said:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("STATIONMAP_DATABASE", str(tmp_path / "town.sqlite"))
    monkeypatch.delenv("STATIONMAP_LANG", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(int(left.value.code or 0), said.out, said.err)

    return call


def picture(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (120, 90), "teal").save(out, kind)
    return out.getvalue()


@pytest.fixture
def town(run):
    place = Location(113.64, 34.74, 113.64, 34.74, "wgs84")
    with Ledger.open() as ledger:
        stations = [Station(id="a", name="二七驿站", address="大学路1号", location=place), Station(id="b", name="书屋")]
        ledger.put(
            [*stations, Station(id="c", name="旧站", hours=Hours("8:00-17:00", "08:00-17:00"))],
            actor="李",
            reason="名单",
        )
    return run


def submit(kind, station_id="a", **facts):
    with Ledger.open() as ledger:
        return ledger.reports.submit(NewReport(station_id, kind, **facts), at=datetime.now(UTC)).id


def record(station_id="a"):
    with Ledger.open() as ledger:
        return ledger.station(station_id)


def commands(command, path=()):
    """Yield every command of the desk with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))


def test_every_command_of_the_desk_has_help_in_both_languages_and_examples(run):
    for name in ("reports", "notice", "events", "photo"):
        for path, command in commands(stationmap.commands[name], (name,)):
            chinese, english = run(*path, "--help").out, run("--lang", "en", *path, "--help").out
            assert "Usage" in english
            assert "用法" in chinese
            assert "例" in chinese
            assert command.examples, path


def test_reports_are_listed_in_chinese_first(town):
    submit(ReportKind.SERVICE, service="microwave", text="坏了三天", photo=reencode(picture()))
    submit(ReportKind.CLOSED, "b")
    said = town("reports")
    assert said.code == 0
    first, second, last = said.out.splitlines()
    assert first.split()[0] == "1"
    for word in ("待处理", "二七驿站", "(a)", "缺少服务: 微波炉", "[有照片]", "坏了三天"):
        assert word in first
    assert "已关闭或不在了" in second
    assert last == "有 2 条反馈待处理。"
    english = town("reports", "--lang", "en", "--station", "b").out
    assert "closed or gone" in english
    assert "坏了" not in english


def test_reports_as_json(town):
    submit(ReportKind.OTHER, text="门口改了", observed_at=NOW - timedelta(hours=1))
    (one,) = town("reports", "--json").json
    assert {key: one[key] for key in ("id", "station_id", "station_name", "kind", "service", "text", "state")} == {
        **{"id": 1, "station_id": "a", "station_name": "二七驿站", "kind": "other", "service": None},
        **{"text": "门口改了", "state": "new"},
    }
    assert datetime.fromisoformat(one["observed_at"]) == (NOW - timedelta(hours=1)).replace(microsecond=0)
    assert (one["has_photo"], one["steps"], one["seen_revision"]) == (False, [], 1)
    assert town("reports", "show", 1, "--json").json == one | {"station_revision": 1}
    assert town("reports", "accept", 1).code == 0
    assert town("reports", "--json").json == []
    assert [step["actor"] for step in town("reports", "--state", "all", "--json").json[0]["steps"]] == ["经办人"]
    assert town("reports", "--state", "turned_down").out.startswith("没有这样的反馈。")


def test_show_tells_what_a_clerk_needs(town, tmp_path):
    number = submit(
        ReportKind.HOURS, "c", text="中午不开", photo=reencode(picture()), observed_at=NOW - timedelta(hours=1)
    )
    submit(ReportKind.CLOSED, "c")
    with Ledger.open() as ledger:
        ledger.put([Station(id="c", name="旧站", phone="1")], actor="王", reason="电话")
    said = town("reports", "show", number, "--photo", "one.jpg")
    for words in ("中午不开", "看到的时间", "8:00-17:00", "第 2 版", "王：电话", "--seen 2", "还有 1 条反馈"):
        assert words in said.out
    with Image.open(tmp_path / "one.jpg") as written:
        assert written.size == (120, 90)
    again = town("reports", "show", number, "--photo", "one.jpg")
    assert (again.code, "已经存在" in again.err) == (2, True)
    assert "没有照片" in town("reports", "show", 2, "--photo", "two.jpg").err


def test_accepting_each_kind(town):
    closed = submit(ReportKind.CLOSED, "b")
    said = town("reports", "accept", closed, "--note", "电话核实", "--actor", "王")
    assert (said.code, record("b").removed) == (0, True)
    assert said.out == "书屋 已从台账撤下。\n反馈 1 已采纳，台账现为第 2 版。\n"
    hours = submit(ReportKind.HOURS)
    assert "请给出新的时间" in town("reports", "accept", hours).err
    assert (
        town("reports", "accept", hours, "--hours", "夏季 8:00-18:30").err.startswith("开放时间没有读懂")
        or record().hours.uncertain
    )
    moved = submit(ReportKind.MOVED)
    said = town("reports", "accept", moved, "--address", "新路3号")
    assert "地图上的位置没有变" in said.err
    moved = submit(ReportKind.MOVED)
    said = town("reports", "accept", moved, "--lon", 113.65, "--lat", 34.74, "--datum", "wgs84")
    assert "移动了 91" in said.out
    other = submit(ReportKind.OTHER, text="x")
    assert town("reports", "accept", other, "--set", "floor=2楼", "--set", "微波炉=无", "--set", "address=").code == 0
    station = record()
    assert (station.floor, station.address, [str(s.answer) for s in station.services]) == ("2楼", "", ["no"])
    nothing = submit(ReportKind.OTHER, text="x")
    assert "的记录没有变" in town("reports", "accept", nothing).out


def test_a_closure_with_an_end_and_a_published_photo(town):
    number = submit(ReportKind.CLOSED, photo=reencode(picture()))
    until = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=2)).date()
    said = town("reports", "accept", number, "--until", until, "--publish-photo")
    assert f"二七驿站 已用通知标为暂停开放，至 {until}。" in said.out
    assert not record().removed
    (notice,) = town("notice", "list", "--json").json
    assert (notice["station_id"], notice["closes"], str(until) in notice["text"]) == ("a", True, True)
    assert [one["source"] for one in town("photo", "list", "a", "--json").json] == ["workers' report 1"]


def test_turning_down(town):
    number = submit(ReportKind.CLOSED)
    assert town("reports", "turn-down", number).code == 2
    assert town("reports", "turn-down", number, "--note", "现场核实").out == "反馈 1 已退回。\n"
    assert "已退回" in town("reports", "show", number).out
    again = town("reports", "turn-down", number, "--note", "x")
    assert (again.code, "由 经办人 退回" in again.err) == (2, True)


def test_reports_of_one_kind_are_accepted_in_one_go(town):
    first, second = submit(ReportKind.CLOSED), submit(ReportKind.CLOSED, text="拆了", photo=reencode(picture()))
    others = submit(ReportKind.HOURS), submit(ReportKind.CLOSED, "b")
    assert "同一类别的还有：2。加上 --alike 可以一并处理。" in town("reports", "show", first).out
    said = town("reports", "accept", first, "--alike", "--note", "电话核实", "--actor", "王")
    assert said.code == 0
    done, head, told = said.out.splitlines()[-3:]
    assert done == "反馈 1 已采纳，台账现为第 2 版。"
    assert head == "一并采纳，各自留有记录："
    assert all(word in told for word in ("   2  已采纳", "二七驿站", "[有照片]", "拆了"))
    shown = town("reports", "show", second).out
    assert "已采纳  王  电话核实；随职工反馈 1 一并处理  第 2 版" in shown
    assert "together with workers' report 1" in town("reports", "show", second, "--lang", "en").out
    assert town("reports", "show", second, "--photo", "kept.jpg").code == 0
    assert [one["id"] for one in town("reports", "--json").json] == list(others)
    assert "“书屋”没有同一类别的其他待处理反馈。" in town("reports", "accept", others[1], "--alike").out


def test_without_alike_the_others_wait_and_are_named(town):
    for _ in range(3):
        submit(ReportKind.SERVICE, service="tv")
    submit(ReportKind.SERVICE, service="wifi")
    said = town("reports", "turn-down", 1, "--note", "有电视")
    assert said.err == "同一类别的反馈还有 2 条待处理：2、3。加上 --alike 可以一并处理。\n"
    assert town("reports", "accept", 4).err == ""
    assert [one["id"] for one in town("reports", "--json").json] == [2, 3]


def test_one_with_a_photo_is_not_turned_down_unseen(town):
    submit(ReportKind.CLOSED)
    submit(ReportKind.CLOSED, text="关门了")
    submit(ReportKind.CLOSED, photo=reencode(picture()))
    said = town("reports", "turn-down", 1, "--alike", "--note", "现场核实，开着")
    assert said.out.splitlines()[:2] == ["反馈 1 已退回。", "一并退回，各自留有记录："]
    assert "关门了" in said.out
    assert "反馈 3 仍待处理" in said.err
    assert "stationmap reports show 3 --photo 3.jpg" in said.err
    (left,) = town("reports", "--json").json
    assert (left["id"], left["has_photo"]) == (3, True)


def test_a_record_that_changed_since_is_told_and_seen(town):
    one, two = submit(ReportKind.SERVICE, service="tv"), submit(ReportKind.SERVICE, service="wifi")
    town("reports", "accept", one)
    said = town("reports", "accept", two)
    assert (said.code, "--seen 2" in said.err, len(record().services)) == (2, True, 1)
    assert town("reports", "accept", two, "--seen", 2).code == 0
    assert len(record().services) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("reports", "show", "7"), "没有编号为 7 的反馈"),
        (("reports", "show", "x"), "编号 'x' 必须是 1 到 999999"),
        (("reports", "--station", "nowhere"), "nowhere"),
        (("reports", "--state", "open"), "'open'"),
        (("reports", "--station", "\udcff"), "无法写入的字符"),
        (("notice", "add", "x", "--station", "\udcff"), "无法写入的字符"),
        (("reports", "--limit", "0"), "--limit"),
        (("reports", "accept", "1", "--set", "floor"), "--set 'floor'"),
        (("reports", "accept", "1", "--until", "soon"), "--until 'soon' 不是日期"),
        (("reports", "accept", "1", "--lon", "113"), "缺少"),
        (("reports", "reopen", "1"), "reopen"),
        (("notice", "add", "x", "--from", "soon"), "--from 'soon'"),
        (("notice", "add", "x", "--until", "2020-01-01"), "--until 2020-01-01 已经过去"),
        (
            ("notice", "add", "x", "--from", "2199-12-02", "--until", "2199-12-01"),
            "--until 2199-12-01 早于 --from 2199-12-02",
        ),
        (("notice", "add", "x", "--station", "nowhere"), "nowhere"),
        (("notice", "add", "x", "--shut"), "请指明站点"),
        (("notice", "add", "x", "--level", "fatal"), "'fatal'"),
        (("notice", "withdraw", "7"), "没有编号为 7 的通知"),
        (("events", "import", "nowhere.csv"), "nowhere.csv"),
        (("events", "list", "nowhere"), "nowhere"),
        (("events", "remove", "7"), "'7'"),
        (("photo", "add", "nowhere", "one.jpg"), "nowhere"),
        (("photo", "add", "a", "nowhere.jpg"), "nowhere.jpg"),
        (("photo", "add", "a", "one.svg"), "SVG"),
        (("photo", "add", "a", "one.svg", "--taken-on", "2199-01-01"), "--taken-on 2199-01-01 是将来"),
        (("photo", "remove", "7"), "没有编号为 7 的照片"),
    ],
)
def test_a_wrong_call_gets_one_sentence_and_changes_nothing(town, tmp_path, arguments, told):
    submit(ReportKind.OTHER, text="x")
    (tmp_path / "one.svg").write_text("<svg onload='alert(1)'/>")
    said = town(*arguments)
    assert said.code == 2
    assert said.err.startswith("出错了：")
    assert told in said.err
    with Ledger.open() as ledger:
        assert (ledger.revision(), ledger.reports.get(1).state) == (1, "new")


def test_without_a_ledger_nothing_is_made(run, tmp_path):
    for arguments in (("reports",), ("notice", "list"), ("events", "list"), ("photo", "list", "a")):
        said = run(*arguments)
        assert (said.code, "stationmap init" in said.err) == (1, True)
    assert not (tmp_path / "town.sqlite").exists()


def test_a_notice_stands_to_the_end_of_the_day_unless_said_otherwise(town):
    assert town("notice", "add", "高温红色预警", "--en", "Red heat alert", "--level", "danger").code == 0
    with Ledger.open() as ledger:
        ledger.gazetteer.put_areas([Area("350100", "福州市", "city", "", None)], actor="李", reason="边界")
    nowhere = town("notice", "add", "台风", "--area", "999999")
    assert (nowhere.code, "999999" in nowhere.err) == (2, True)
    town("notice", "add", "台风", "--area", "350100", "--from", "2199-08-01T06:00", "--until", "2199-08-03")
    town(
        "notice", "add", "停电", "--station", "b", "--shut", "--from", "2199-08-02", "--until", "2199-08-02T18:00+09:00"
    )
    today, storm, cut = town("notice", "list", "--json").json
    china = ZoneInfo("Asia/Shanghai")
    ends = datetime.fromisoformat(today["ends_at"]).astimezone(china)
    assert (ends.hour, ends.minute, ends.date()) == (0, 0, (datetime.now(china) + timedelta(days=1)).date())
    assert (today["text"], today["text_en"], today["level"], today["station_id"]) == (
        *("高温红色预警", "Red heat alert"),
        *("danger", None),
    )
    assert (storm["starts_at"], storm["ends_at"], storm["adcode"]) == (
        *("2199-07-31T22:00:00+00:00", "2199-08-03T16:00:00+00:00"),
        "350100",
    )
    assert (cut["starts_at"], cut["ends_at"], cut["closes"]) == (
        "2199-08-01T16:00:00+00:00",
        "2199-08-02T09:00:00+00:00",
        True,
    )
    lines = town("notice", "list").out.splitlines()
    assert ["危险" in lines[0], "350100" in lines[1], "暂停开放" in lines[2]] == [True] * 3
    assert town("notice", "withdraw", 1).out == "通知 1 已撤回。\n"
    assert len(town("notice", "list").out.splitlines()) == 2
    assert "已撤回" in town("notice", "list", "--all").out


def test_events_from_a_list(town, tmp_path):
    (tmp_path / "活动.csv").write_text("站点编号,活动,时间\na,读书会,每周三 14:00-16:00\nx,无站点,\n", encoding="utf-8")
    dry = town("events", "import", "活动.csv", "--dry-run")
    assert (dry.code, "没有站点 'x'" in dry.out, "第 3 行" in dry.out) == (3, True, True)
    assert town("events", "list", "--json").json == []
    facts = town("events", "import", "活动.csv", "--json").json
    assert (facts["rows"], facts["accepted"], facts["rejected"], facts["created"], facts["revision"]) == (2, 1, 1, 1, 2)
    assert [fault["row"] for fault in facts["faults"]] == [3]
    said = town("events", "list", "a").out
    assert said.split("  ")[1:] == ["二七驿站", "读书会", "每周三 14:00-16:00\n"]
    (event,) = town("events", "list", "--json").json
    assert (event["station_name"], event["hours_osm"]) == ("二七驿站", "We 14:00-16:00")
    assert town("events", "remove", event["id"]).out == "已删除 1 项活动。\n"
    assert "没有活动" in town("events", "list", "a").out


def test_photos_by_hand(town, tmp_path):
    (tmp_path / "门口.png").write_bytes(picture())
    said = town("photo", "add", "a", "门口.png", "--caption", "从东门进", "--taken-on", "2026年7月1日")
    assert said.out == "照片 1 已公开：120 × 90 像素。\n"
    assert town("photo", "list", "a").out == "1  120 x 90  2026-07-01  从东门进\n"
    assert town("photo", "remove", 1).out == "照片 1 已删除。\n"
    assert town("photo", "list", "a").out == "没有照片。\n"


def test_the_check_tells_what_waits_to_be_read(town):
    for kind in (ReportKind.CLOSED, ReportKind.HOURS):
        submit(kind, "b")
    submit(ReportKind.CLOSED)
    finding = town("check", "--json").json[0]
    assert (finding["code"], finding["count"]) == ("reports", 3)
    assert finding["examples"] == [{"id": "b", "name": "书屋"}, {"id": "a", "name": "二七驿站"}]
    assert "有 3 条职工反馈待处理" in town("check").out


@pytest.mark.real
def test_a_correction_of_a_real_list_stands_when_the_list_comes_in_again(run, real_data):
    path = real_data / "zhengzhou_union_stations" / "stations_82_listed.csv"
    assert run("import", path, "--datum", "gcj02").code == 0
    with Ledger.open() as ledger:
        before = {one.id: one for one in ledger.records()}
        timed = next(key for key, one in before.items() if one.hours.osm)
        moved, shut = [key for key in before if key != timed][:2]
        for kind, key in ((ReportKind.MOVED, moved), (ReportKind.HOURS, timed), (ReportKind.CLOSED, shut)):
            submit(kind, key)
    assert run("reports", "accept", 1, "--lon", 113.66, "--lat", 34.75, "--datum", "gcj02").code == 0
    assert run("reports", "accept", 2, "--hours", "周一至周五 9:00-17:00").code == 0
    assert run("reports", "accept", 3).code == 0
    with Ledger.open() as ledger:
        corrected = {one.id: one for one in ledger.records(removed=True)}
    assert run("import", path, "--datum", "gcj02").code == 0
    with Ledger.open() as ledger:
        after = {one.id: one for one in ledger.records(removed=True)}
        assert [change.id for change in ledger.changes_since(1, 100).changes][:3] == [moved, timed, shut]
    assert after == corrected
    assert {key for key in after if after[key] != before[key]} == {moved, timed, shut}
    assert after[shut].removed


def test_removing_and_bringing_back_name_the_stations(town):
    assert "已移出登记：二七驿站、书屋。" in town("remove", "a", "b").out
    assert "已恢复：二七驿站。" in town("remove", "a", "--restore").out


def test_a_way_is_told_as_the_page_tells_it(town):
    place = ("--lon", 113.6441, "--lat", 34.74, "--any")
    (facts,) = [one["properties"] for one in town("find", *place, "--json").json["features"]]
    way = f"({metres_words(facts['distance_m'], 'zh')}, {minutes_words(facts['minutes'], 'zh')})"
    assert way in town("find", *place).out
