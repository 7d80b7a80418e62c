"""Reports of workers: taken in, bounded, read by a clerk, accepted into the record or turned down."""

import dataclasses
import io
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from stationmap.errors import InvalidValue, LedgerUnavailable, NotFound, StationmapError, TooMany
from stationmap.files.photo import reencode
from stationmap.geo.areas import Area
from stationmap.geo.datum import convert
from stationmap.register.desk import reports as reports_module
from stationmap.register.desk.reports import NewReport, ReportKind, ReportState
from stationmap.register.desk.sources import spoken
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Answer, Basis, Hours, Location, Makeup, Provenance, Service, Station

WHO = {"actor": "李", "reason": "test"}
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
LIST = Provenance(Basis.FOUND, "名单.xlsx", date(2026, 3, 1))
STATION = Station(
    id="a",
    name="二七驿站",
    address="大学路1号",
    adcode="410103",
    kinds=("rest_station",),
    location=Location(113.64, 34.74, 113.6462, 34.7389, "gcj02", LIST),
    hours=Hours("8:30-17:00", "08:30-17:00", makeup=Makeup.WORK, provenance=LIST),
    services=(
        Service("microwave", Answer.YES, hours_text="11:00-13:00", hours_osm="11:00-13:00", provenance=LIST),
        Service("toilet", Answer.NO, provenance=LIST),
    ),
    phone="0371-1",
    provenance=LIST,
)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger.put([STATION, Station(id="b", name="书屋"), Station(id="c", name="样例", fictional=True)], **WHO)
        yield ledger


@pytest.fixture(scope="module")
def jpeg():
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "PNG")
    return reencode(out.getvalue())


def say(ledger, kind=ReportKind.OTHER, station_id="a", at=NOW, text="门口改了", **facts):
    return ledger.reports.submit(NewReport(station_id, kind, text=text, **facts), at=at)


def accept(ledger, report, **facts):
    return ledger.reports.accept(report.id, actor="王", at=NOW, **facts)


def test_a_report_comes_in_as_a_case_and_moves_no_revision(ledger, jpeg):
    report = say(ledger, ReportKind.SERVICE, service="microwave", photo=jpeg, observed_at=NOW - timedelta(hours=2))
    assert report.id == 1
    assert (report.station_id, report.kind, report.service, report.text) == ("a", "service", "microwave", "门口改了")
    assert (report.state, report.received_at, report.observed_at) == ("new", NOW, NOW - timedelta(hours=2))
    assert (report.has_photo, report.steps, report.seen_revision) == (True, (), 1)
    assert ledger.revision() == 1
    assert ledger.station("a").services == STATION.services
    assert ledger.photos.of("a") == []
    assert ledger.reports.get(1) == report
    assert ledger.reports.photo(1) == jpeg
    assert ledger.reports.photo(say(ledger).id) is None


def test_nothing_about_a_reporter_can_be_kept(ledger):
    say(ledger)
    columns = {
        c.name for t in reports_module.REPORT.metadata.tables.values() if t.name.startswith("report") for c in t.c
    }
    assert columns == {
        *("id", "station_id", "kind", "service", "text", "received_at", "observed_at", "state", "token"),
        *("seen_revision", "report_id", "jpeg", "number", "at", "actor", "note", "revision"),
    }


def test_the_same_token_again_is_the_same_report(ledger):
    first = say(ledger, token="t-1")
    assert say(ledger, token="t-1", text="anything else") == first
    assert say(ledger, token="t-2").id == 2
    assert [say(ledger).id, say(ledger).id] == [3, 4]
    with pytest.raises(InvalidValue, match="used for another one"):
        say(ledger, token="t-1", station_id="b")
    accept(ledger, first)
    assert say(ledger, token="t-1").state is ReportState.ACCEPTED


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (NewReport("a", "broken", text="x"), "cannot be of the kind 'broken'"),
        (NewReport("a", ReportKind.SERVICE), "Say which service"),
        (NewReport("a", ReportKind.SERVICE, service="飞机"), "no service that stationmap knows"),
        (NewReport("a", ReportKind.OTHER, text=" \x00\u200b\n"), "Say in a few words"),
        (NewReport("a", ReportKind.OTHER, text="字" * 1001), "1001 characters, at most 1000"),
        (NewReport("a", ReportKind.OTHER, text="x", token="'; DROP"), "token of a report"),
        (NewReport("a", ReportKind.OTHER, text="x", token="t" * 101), "token of a report"),
        (NewReport("a", ReportKind.OTHER, photo=b"<svg/>"), "only as re-encoded"),
        (NewReport("a", ReportKind.OTHER, photo=b"\xff\xd8\xff\xe1Exif"), "only as re-encoded"),
    ],
)
def test_a_report_that_cannot_be_kept_is_told(ledger, new, told):
    with pytest.raises(InvalidValue, match=told):
        ledger.reports.submit(new, at=NOW)
    assert ledger.reports.listed() == []


def test_a_station_that_is_not_there(ledger):
    with pytest.raises(NotFound, match="'nowhere'"):
        say(ledger, station_id="nowhere")
    for call in (ledger.reports.get, ledger.reports.photo):
        with pytest.raises(NotFound, match="number 7"):
            call(7)


def test_a_service_is_known_by_its_word_and_text_is_made_plain(ledger):
    report = say(ledger, ReportKind.SERVICE, service="微波炉", text=" 坏了\r\n\x07三天\u202e ")
    assert (report.service, report.text) == ("microwave", "坏了\n三天")


@pytest.mark.parametrize(
    "wrong",
    [
        NOW + timedelta(minutes=1),
        NOW - timedelta(days=61),
        NOW.replace(tzinfo=None) - timedelta(hours=1),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_a_phone_whose_clock_is_wrong_leaves_the_time_unknown(ledger, wrong):
    assert say(ledger, observed_at=wrong).observed_at is None


def test_thirty_of_a_station_and_two_thousand_in_all(ledger, monkeypatch):
    for _ in range(30):
        say(ledger)
    with pytest.raises(TooMany, match="30 reports of this station"):
        say(ledger)
    say(ledger, station_id="b")
    ledger.reports.turn_down(1, actor="王", note="twice")
    say(ledger)
    monkeypatch.setattr(reports_module, "MOST_OPEN", 31)
    with pytest.raises(TooMany, match="another day"):
        say(ledger, station_id="b")


def test_new_ones_are_a_queue_and_the_others_come_newest_first(ledger):
    for station_id in ("a", "b", "a", "a"):
        say(ledger, station_id=station_id)
    accept(ledger, ledger.reports.get(2))
    ledger.reports.turn_down(3, actor="王", note="no")
    listed = ledger.reports.listed
    assert [one.id for one in listed(ReportState.NEW)] == [1, 4]
    assert [one.id for one in listed()] == [4, 3, 2, 1]
    assert [one.id for one in listed("accepted")] == [2]
    assert [one.id for one in listed(station_id="a", limit=2)] == [4, 3]
    assert ledger.reports.open_by_station() == {"a": 2}
    assert listed(ReportState.TURNED_DOWN)[0].steps[0].note == "no"


def test_closed_takes_the_station_out_with_the_report_as_its_source(ledger):
    report = say(ledger, ReportKind.CLOSED)
    written = accept(ledger, report, note="电话核实")
    assert (written.revision, written.updated) == (2, 1)
    assert ledger.station("a") == dataclasses.replace(STATION, removed=True, revision=2)
    change = ledger.history("a")[-1]
    assert (change.action, change.actor, change.reason, change.source) == (
        "removed",
        "王",
        "电话核实",
        "workers' report 1",
    )
    step = ledger.reports.get(1).steps[0]
    assert (step.state, step.actor, step.note, step.revision, step.at) == ("accepted", "王", "电话核实", 2, NOW)
    assert ledger.log(1)[0].action == "report"


def test_closed_until_a_day_shuts_the_station_by_a_notice(ledger):
    report = say(ledger, ReportKind.CLOSED)
    assert accept(ledger, report, change={"until": date(2026, 11, 25)}).revision == 2
    assert ledger.station("a").removed is False
    (notice,) = ledger.notices.current(NOW)
    assert (notice.station_id, notice.closes, notice.level) == ("a", True, "warning")
    assert (notice.starts_at, notice.ends_at) == (NOW, datetime(2026, 11, 25, 16, 0, tzinfo=UTC))
    assert notice.text == "本站暂停开放，至 2026-11-25（含当日）。"
    assert notice.text_en == "This station is shut until 2026-11-25."


def test_a_missing_service_is_put_down_as_not_there(ledger):
    accept(ledger, say(ledger, ReportKind.SERVICE, service="microwave", observed_at=NOW - timedelta(days=1)))
    microwave, toilet = ledger.station("a").services
    assert microwave == Service(
        "microwave", Answer.NO, provenance=Provenance(Basis.FOUND, "workers' report 1", date(2026, 11, 19))
    )
    assert toilet == STATION.services[1]
    assert ledger.station("a").provenance == LIST


def test_a_service_that_nobody_listed_becomes_known_as_not_there(ledger):
    accept(ledger, say(ledger, ReportKind.SERVICE, service="shower"))
    assert [(s.code, s.answer) for s in ledger.station("a").services][1] == ("shower", Answer.NO)


def test_a_service_out_of_order_until_a_day_keeps_its_hours(ledger):
    accept(ledger, say(ledger, ReportKind.SERVICE, service="microwave"), change={"until": "2026年12月1日"})
    microwave = ledger.station("a").services[0]
    assert (microwave.answer, microwave.outage_until, microwave.hours_osm) == ("yes", date(2026, 12, 1), "11:00-13:00")
    assert ledger.notices.all() == []


def test_hours_are_read_and_keep_the_habit_of_makeup_days(ledger):
    accept(ledger, say(ledger, ReportKind.HOURS), change={"hours": " 周一至周五 8:30-11:30 "})
    hours = ledger.station("a").hours
    assert (hours.text, hours.osm, hours.makeup) == ("周一至周五 8:30-11:30", "Mo-Fr 08:30-11:30", Makeup.WORK)
    assert hours.provenance == Provenance(Basis.FOUND, "workers' report 1", TODAY)


def test_hours_that_cannot_be_read_decide_nothing(ledger):
    accept(ledger, say(ledger, ReportKind.HOURS), change={"hours": "夏季 8:00-18:30，冬季 8:30-17:30"})
    assert ledger.station("a").hours.uncertain


def test_hours_and_moved_need_the_new_facts(ledger):
    for kind, told in ((ReportKind.HOURS, "say the new ones"), (ReportKind.MOVED, "say where to")):
        report = say(ledger, kind)
        with pytest.raises(InvalidValue, match=told):
            accept(ledger, report)
        assert ledger.reports.get(report.id).state is ReportState.NEW
    assert ledger.revision() == 1


def test_a_new_place_keeps_what_was_received(ledger):
    ledger.gazetteer.put_areas([Area("410105", "金水区", "district", "", shapely.box(113.6, 34.7, 113.8, 34.9))], **WHO)
    report = say(ledger, ReportKind.MOVED)
    accept(ledger, report, change={"lon": "113.7", "lat": 34.8, "datum": "高德", "address": "花园路2号"})
    station = ledger.station("a")
    lon, lat = convert(113.7, 34.8, source="gcj02", target="wgs84")
    place = station.location
    assert (place.lon, place.lat) == pytest.approx((float(lon), float(lat)))
    assert (place.received_x, place.received_y, place.received_datum) == (113.7, 34.8, "gcj02")
    assert place.provenance.source == "workers' report 1"
    assert (station.address, station.adcode) == ("花园路2号", "410105")
    assert station.provenance == Provenance(Basis.FOUND, "名单.xlsx；workers' report 1", date(2026, 3, 1))


def test_a_new_address_alone_leaves_the_place(ledger):
    accept(ledger, say(ledger, ReportKind.MOVED), change={"address": "大学路9号"})
    assert ledger.station("a").address == "大学路9号"
    assert ledger.station("a").location == STATION.location


def test_the_source_names_the_last_report_only(ledger):
    for number in (1, 2):
        report = say(ledger)
        accept(ledger, report, change={"floor": f"{number}楼"})
        assert ledger.station("a").provenance.source == f"名单.xlsx；workers' report {number}"
    accept(ledger, say(ledger, station_id="b"), change={"floor": "3楼"})
    assert ledger.station("b").provenance.source == "workers' report 3"
    assert spoken(ledger.station("a").provenance.source, "zh") == "名单.xlsx；职工反馈 2"


def test_any_fact_can_be_named_and_what_is_named_is_done_instead(ledger):
    report = say(ledger, ReportKind.CLOSED)
    change = {
        "name": "二七广场驿站",
        "kinds": "户外劳动者服务站点|职工书屋",
        "access": ("ask_staff",),
        "host_type": "银行",
        "members_only": "否",
        "seats": "约12个",
        "area_m2": "30.5",
        "phone": "",
        "makeup": "weekend",
        "厕所": "有",
        "wifi": "unknown",
        "parent_id": "b",
        "floor": None,
    }
    accept(ledger, report, change=change)
    station = ledger.station("a")
    assert not station.removed
    assert (station.name, station.kinds, station.access) == (
        "二七广场驿站",
        ("rest_station", "book_corner"),
        ("ask_staff",),
    )
    assert (station.host_type, station.members_only, station.seats, station.area_m2) == ("bank", Answer.NO, 12, 30.5)
    assert (station.phone, station.hours.makeup, station.hours.osm) == ("", Makeup.WEEKEND, "08:30-17:00")
    assert {s.code: str(s.answer) for s in station.services} == {"microwave": "yes", "toilet": "yes", "wifi": "unknown"}
    assert station.parent_id == "b"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": "red"}, "'colour' is neither a service nor a field"),
        ({"removed": True}, "'removed' is neither"),
        ({"fictional": "1"}, "'fictional' is neither"),
        ({"name": " "}, "needs a name"),
        ({"name": "字" * 1001}, "1001 characters"),
        ({"kinds": "飞机场"}, "no kind that stationmap knows"),
        ({"host_type": "飞机场"}, "no host type"),
        ({"members_only": "maybe"}, "must be one of: yes, no, unknown"),
        ({"makeup": "maybe"}, "must be one of: work, weekend, unknown"),
        ({"微波炉": "maybe"}, "must be one of"),
        ({"seats": "many"}, "is no number"),
        ({"seats": "999999999"}, "more than can be"),
        ({"lon": 113.6}, "lat, datum is missing"),
        ({"lon": 113.6, "lat": 34.7}, "datum is missing"),
        ({"lon": 34.7, "lat": 113.6, "datum": "wgs84"}, "are the two swapped"),
        ({"lon": "x", "lat": 34.7, "datum": "wgs84"}, "'x' is no number"),
        ({"lon": float("nan"), "lat": 34.7, "datum": "wgs84"}, "is no number"),
        ({"lon": 1e9, "lat": 1e9, "datum": "bd09mc"}, "is no place in bd09mc"),
        ({"lon": 113.6, "lat": 34.7, "datum": "venus"}, "venus"),
        ({"parent_id": "nowhere"}, "'nowhere'"),
        ({"parent_id": "a"}, "'a'"),
        ({"until": "2026-12-01"}, "An end date goes with"),
    ],
)
def test_what_cannot_be_changed_is_told_and_nothing_is(ledger, change, told):
    report = say(ledger)
    with pytest.raises(StationmapError, match=told):
        accept(ledger, report, change=change)
    assert ledger.reports.get(report.id) == report
    assert (ledger.revision(), ledger.station("a")) == (1, dataclasses.replace(STATION, revision=1))


@pytest.mark.parametrize("until", ["2026-11-19", "2028-01-01", "soon"])
def test_an_end_date_must_be_ahead(ledger, until):
    for kind in (ReportKind.CLOSED, ReportKind.SERVICE):
        report = say(ledger, kind, service="microwave")
        with pytest.raises(InvalidValue):
            accept(ledger, report, change={"until": until})
    accept(ledger, report, change={"until": TODAY})


def test_a_report_that_asks_for_nothing_changes_nothing(ledger):
    written = accept(ledger, say(ledger))
    assert (written.revision, written.updated, written.unchanged) == (1, 0, 1)
    assert ledger.reports.get(1).steps[0].revision is None


def test_a_record_that_changed_since_is_not_overwritten(ledger):
    first, second = say(ledger, ReportKind.SERVICE, service="microwave"), say(ledger, ReportKind.SERVICE, service="tv")
    accept(ledger, first)
    with pytest.raises(InvalidValue, match=r"二七驿站 was changed since report 2 .*revision 2.*王.*--seen 2"):
        accept(ledger, second)
    assert ledger.reports.get(2).state is ReportState.NEW
    with pytest.raises(InvalidValue, match="--seen 2"):
        accept(ledger, second, seen=1)
    assert accept(ledger, second, seen=2).revision == 3
    assert {s.code for s in ledger.station("a").services} == {"microwave", "toilet", "tv"}


def test_a_station_removed_since_is_told_and_not_brought_back(ledger):
    closed, other = say(ledger, ReportKind.CLOSED), say(ledger, ReportKind.SERVICE, service="tv")
    ledger.remove(["a"], actor="赵", reason="撤站")
    for report in (closed, other):
        with pytest.raises(InvalidValue, match=r"removed since report .*赵: 撤站"):
            accept(ledger, report)
    with pytest.raises(InvalidValue, match="Bring it back first: stationmap remove a --restore"):
        accept(ledger, other, seen=2)
    assert accept(ledger, closed, seen=2).unchanged == 1
    assert ledger.revision() == 2
    back = say(ledger, text="又开了")
    ledger.restore(["a"], **WHO)
    accept(ledger, back, seen=3, change={"floor": "2楼"})
    assert ledger.station("a").floor == "2楼"


def test_a_decision_is_taken_once_but_turning_down_can_be_reconsidered(ledger):
    one, other = say(ledger), say(ledger, ReportKind.SERVICE, service="tv")
    accept(ledger, one)
    with pytest.raises(InvalidValue, match=r"accepted before, on 2026-11-20 by 王"):
        accept(ledger, one)
    with pytest.raises(InvalidValue, match="accepted before"):
        ledger.reports.turn_down(one.id, actor="王", note="x")
    ledger.reports.turn_down(other.id, actor="赵", note="查无此事", at=NOW)
    with pytest.raises(InvalidValue, match="turned down before, on 2026-11-20 by 赵"):
        ledger.reports.turn_down(other.id, actor="王", note="x")
    accept(ledger, other)
    assert [step.state for step in ledger.reports.get(other.id).steps] == ["turned_down", "accepted"]


def test_reports_of_one_kind_are_settled_together_or_not_at_all(ledger, jpeg):
    first, second, third = (say(ledger, ReportKind.SERVICE, service="tv", photo=jpeg) for _ in range(3))
    wifi, gone = say(ledger, ReportKind.SERVICE, service="wifi"), say(ledger)
    assert ledger.reports.alike(second) == [first, third]
    assert ledger.reports.alike(wifi) == ledger.reports.alike(gone) == []
    before = ledger.reports.listed()
    for others in ([third.id, wifi.id], [gone.id], [third.id, third.id], [first.id], [99]):
        with pytest.raises((InvalidValue, NotFound)):
            accept(ledger, first, others=others)
        with pytest.raises((InvalidValue, NotFound)):
            ledger.reports.turn_down(first.id, actor="王", note="x", others=others)
    assert (ledger.reports.listed(), ledger.revision()) == (before, 1)
    ledger.reports.turn_down(third.id, actor="赵", note="n" * 1000, at=NOW, others=[second.id])
    assert ledger.reports.photo(second.id) is None
    assert ledger.reports.get(second.id).steps[0].note == "n" * 1000 + "；together with workers' report 3"
    accept(ledger, first)
    assert [one.state for one in map(ledger.reports.get, (1, 2, 3, 4, 5))] == [
        "accepted", "turned_down", "turned_down", "new", "new"
    ]  # fmt: skip


def test_what_is_accepted_together_shares_its_revision(ledger):
    first, second = say(ledger, ReportKind.CLOSED), say(ledger, ReportKind.CLOSED)
    written = accept(ledger, second, others=[first.id])
    assert written.revision == 2
    (step,) = ledger.reports.get(first.id).steps
    assert (step.revision, step.actor, step.note) == (written.revision, "王", "together with workers' report 2")
    with pytest.raises(InvalidValue, match="accepted before"):
        accept(ledger, first)


def test_a_decision_needs_a_name_and_turning_down_a_reason(ledger):
    report = say(ledger)
    for who, why in ((" ", "x"), ("王", " ")):
        with pytest.raises(InvalidValue, match="needs a name and a reason"):
            ledger.reports.turn_down(report.id, actor=who, note=why)
    with pytest.raises(InvalidValue, match="To accept a report needs a name"):
        ledger.reports.accept(report.id, actor=" ")
    assert ledger.reports.get(report.id).state is ReportState.NEW


def test_a_photo_is_published_only_when_a_clerk_says_so_and_dropped_when_turned_down(ledger, jpeg):
    quiet, shown, down = (say(ledger, photo=jpeg) for _ in range(3))
    accept(ledger, quiet)
    assert ledger.photos.of("a") == []
    written = accept(ledger, shown, publish_photo=True)
    (photo,) = ledger.photos.of("a")
    assert (photo.width_px, photo.height_px, photo.taken_on, photo.source) == (64, 48, TODAY, "workers' report 2")
    assert ledger.photos.jpeg(photo.id) == jpeg
    assert ledger.revision() == written.revision == 2
    ledger.reports.turn_down(down.id, actor="王", note="人脸")
    assert ledger.reports.photo(down.id) is None
    assert not ledger.reports.get(down.id).has_photo
    assert ledger.reports.photo(quiet.id) == jpeg
    with pytest.raises(InvalidValue, match="has no photo to publish"):
        accept(ledger, say(ledger, ReportKind.SERVICE, service="tv"), publish_photo=True)
    assert {s.code for s in ledger.station("a").services} == {"microwave", "toilet"}


def test_reports_outlive_removal_return_and_reimport(ledger):
    report = say(ledger)
    ledger.remove(["a"], **WHO)
    ledger.restore(["a"], **WHO)
    ledger.put([dataclasses.replace(STATION, phone="0371-2")], **WHO)
    ledger.put([dataclasses.replace(STATION, phone="0371-3")], replace=True, **WHO)
    assert ledger.reports.get(report.id) == report


def test_the_old_list_again_does_not_undo_what_a_report_corrected(ledger):
    undated = [
        dataclasses.replace(
            STATION,
            location=dataclasses.replace(STATION.location, provenance=Provenance(source="名单.xlsx")),
            hours=dataclasses.replace(STATION.hours, provenance=Provenance(source="名单.xlsx")),
            services=(Service("microwave", Answer.YES), Service("toilet", Answer.NO), Service("tv", Answer.YES)),
            provenance=Provenance(source="名单.xlsx"),
        )
    ]
    change = {"hours": "9:00-12:00", "lon": 113.65, "lat": 34.75, "datum": "wgs84", "微波炉": "无", "floor": "2楼"}
    accept(ledger, say(ledger), change=change)
    after = ledger.station("a")
    ledger.put(undated, **WHO)
    kept = ledger.station("a")
    assert (kept.hours, kept.location, kept.services[0], kept.floor) == (
        *(after.hours, after.location),
        *(after.services[0], "2楼"),
    )
    assert [(s.code, s.answer) for s in kept.services] == [("microwave", "no"), ("toilet", "no"), ("tv", "yes")]
    assert ledger.put(undated, **WHO).updated == 0
    later = Provenance(Basis.FOUND, "名单.xlsx", TODAY + timedelta(1))
    ledger.put([dataclasses.replace(undated[0], services=(Service("microwave", Answer.YES, provenance=later),))], **WHO)
    assert ledger.station("a").services[0].answer is Answer.YES


def test_reports_of_the_sample_city_go_with_it_and_numbers_are_not_given_twice(ledger, jpeg):
    say(ledger)
    gone = say(ledger, station_id="c", photo=jpeg)
    accept(ledger, say(ledger, ReportKind.CLOSED, station_id="c"), change={"until": TODAY})
    accept(ledger, gone, seen=1, publish_photo=True)
    ledger.discard_fictional(**WHO)
    assert [one.id for one in ledger.reports.listed()] == [1]
    assert ledger.notices.all(withdrawn=True) == []
    assert ledger.photos.of("c") == []
    assert say(ledger).id == 4
    accept(ledger, ledger.reports.get(1))
    assert ledger.photos.add("a", jpeg, actor="王").id == 2


def test_an_acceptance_that_fails_at_its_end_changes_nothing(ledger, jpeg):
    for _ in range(12):
        ledger.photos.add("a", jpeg, actor="王")
    revision = ledger.revision()
    report = say(ledger, ReportKind.CLOSED, photo=jpeg)
    with pytest.raises(TooMany, match="12 photos already"):
        accept(ledger, report, change={"until": TODAY, "floor": "2楼"}, publish_photo=True)
    assert (ledger.revision(), ledger.station("a").floor, ledger.notices.all()) == (revision, "", [])
    assert ledger.reports.get(report.id) == report


def test_two_clerks_and_a_phone_that_sends_twice_at_once(ledger):
    report = say(ledger, ReportKind.SERVICE, service="tv")

    def decide(number):
        try:
            return accept(ledger, report, change={"floor": f"{number}楼"})
        except InvalidValue as fault:
            return str(fault)

    with ThreadPoolExecutor(6) as pool:
        sent = {one.id for one in pool.map(lambda _: say(ledger, token="same"), range(12))}
        decided = list(pool.map(decide, range(6)))
    assert len(sent) == 1
    assert sum(not isinstance(one, str) for one in decided) == 1
    assert len(ledger.reports.get(report.id).steps) == 1
    assert ledger.revision() == 2


def test_a_busy_or_write_protected_ledger_keeps_nothing_half(tmp_path, ledger):
    say(ledger, ReportKind.CLOSED)
    file = tmp_path / "ledger.sqlite"
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with Ledger.open(f"sqlite:///{file}?timeout=0.1") as other:
        for call in (
            lambda: say(other),
            lambda: other.reports.accept(1, actor="王"),
            lambda: other.reports.turn_down(1, actor="王", note="x"),
            lambda: other.confirmations.confirm("a", day=TODAY, token="t"),
        ):
            with pytest.raises(LedgerUnavailable, match="is busy"):
                call()
        writer.execute("ROLLBACK")
        writer.close()
        assert [one.state for one in other.reports.listed()] == ["new"]
    with Ledger.open(f"sqlite:///file:{file}?mode=ro&uri=true") as reader:
        assert reader.reports.get(1).kind is ReportKind.CLOSED
        with pytest.raises(LedgerUnavailable, match="can only be read"):
            reader.reports.accept(1, actor="王")


@given(
    kind=st.sampled_from(ReportKind) | st.text(max_size=8),
    service=st.sampled_from(["", "wifi", "微波炉", "x"]),
    text=st.text(max_size=60),
    token=st.text(max_size=5),
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_sent_is_kept_as_plain_text_or_told(tmp_path_factory, kind, service, text, token):
    file = tmp_path_factory.getbasetemp() / "any.sqlite"
    with Ledger.open(file) as ledger:
        ledger.put([Station(id="a", name="a")], **WHO)
        try:
            fresh = f"{token}.{len(ledger.reports.listed(limit=1000))}"
            report = ledger.reports.submit(NewReport("a", kind, service, text, token=fresh), at=NOW)
        except StationmapError:
            return
        assert ledger.reports.get(report.id) == report
        assert len(report.text) <= len(text)
        assert not any(ord(c) < 32 and c != "\n" for c in report.text)
        if report.state is ReportState.NEW:
            ledger.reports.turn_down(report.id, actor="王", note="x")
