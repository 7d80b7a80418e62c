"""The page of one station as it comes from the server: every fact with its age, exceptions ahead, what machines read."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stationmap.cli.main import main
from stationmap.hours.calendar import china
from stationmap.register.desk.events import Event
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Answer, Basis, Provenance
from stationmap.web.app import Settings, create_app
from stationmap.web.stations.facts import age_words, source_words, trust
from stationmap.web.stations.known import state_now, timetable
from stationmap.web.stations.programme import ahead
from stationmap.web.stations.structured import place
from stationmap.web.stations.week import Diary
from tests.browser import full_station, town

TODAY = date(2026, 10, 9)
HERE = town.NOON.astimezone(ZoneInfo("Asia/Shanghai"))
LONG = "很长的名字" * 100
RTL = "عربي\u202eabc站"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = full_station.build(tmp_path_factory.mktemp("station") / "town.sqlite")
    with Ledger.open(made) as ledger:
        ledger.put(
            [
                town.station("long", LONG, 11, "24/7"),
                town.station("rtl", RTL, 12, "24/7", note="</script><!--"),
                town.station("a/b c?#", "怪编号", 13, "24/7"),
            ],
            actor="小王",
            reason="怪名字",
        )
    return made


@pytest.fixture(scope="module")
def app(file: Path) -> Iterator[Flask]:
    made = create_app(Settings(database=file, clock=lambda: town.NOON, public_url="https://map.example.cn/"))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def text_of(page: str) -> str:
    bare = re.sub(r"<script.*?</script>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", bare))


def structured(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found.group(1))
    return told


def diary(osm: str, *, today: date = TODAY, shut: tuple[tuple[int, int], ...] = ()) -> Diary:
    return Diary(timetable(town.station("x", "站", 1, osm), china(), shut=shut), today, "en")


def whole(day: date) -> tuple[int, int]:
    """Return the seconds since 1970 between which a day lies in Shanghai."""
    midnight = datetime.combine(day, time.min, ZoneInfo("Asia/Shanghai"))
    return int(midnight.timestamp()), int((midnight + timedelta(days=1)).timestamp())


def test_every_fact_of_a_station_is_on_its_page(client: FlaskClient) -> None:
    told = text_of(client.get("/stations/full").text)
    for said in (
        "开放至 17:30",
        "3 天前有工友确认“没变” （90 天内 5 次）".replace(" （", "（"),
        "工作人员 12 天前核实过（2026-09-27）",
        "一楼临街",
        "推门即入、找工作人员",
        "任何人",
        "户外劳动者",
        "银行 · 工商银行中山路支行",
        "30 平方米",
        "门口可停电动车",
        "开放至 13:30",
        "11:00-13:30",
        "实地核实 · 2026-10-07 的情况，2 天前",
        "2026-10-20 前停用",
        "附近 120 米",
        "推断的，不确定",
        "门口 · 2026-09-27 拍摄 · 西区总工会",
        "10-19 周一 未开放 按通知关闭",
        "10-10 周六 08:30–17:30 国庆节 调休上班",
        "10月19日停电检修",
        "读书会 10-14 周三 14:00–16:00",
        "义诊 10-15 周四 上午",
        "台账编号",
    ):
        assert said in told, said
    assert "去年的活动" not in told
    assert "西区总工会12" not in told.replace(" ", "")  # who checked is a person, and is not told


def test_the_page_of_a_station_tells_hours_services_and_sources(client: FlaskClient) -> None:
    told = text_of(client.get("/stations/centre").text)
    for said in (
        "开放至 20:00",
        "08:00–20:00",
        "一楼",
        "推门即入",
        "微波炉",
        "工会名单",
        "2026-09-20",
        "102.300000,40.301800",
    ):
        assert said in told, said
    night = text_of(client.get("/stations/unsure").text)
    assert "开放时间未知" in night
    inferred = client.get("/stations/inferred?lang=en").text
    assert "inferred, not sure" in inferred
    assert "Open round the clock" not in inferred


def test_an_ordinary_week_has_no_exceptions_but_a_holiday_is_one() -> None:
    assert diary("24/7").exceptions() == []
    assert diary("").exceptions() == []
    told = [(day.name, day.text, day.note) for day in diary("Mo-Fr 09:00-17:00; PH off").exceptions()]
    assert told == [("10-10 Saturday", "09:00–17:00", "National Day make-up working day")]
    golden = diary("Mo-Su 09:00-17:00; PH off", today=date(2026, 9, 28)).exceptions()
    assert [(day.name, day.text) for day in golden] == [("10-01 Thursday to 10-07 Wednesday", "Closed")]


def test_a_season_that_changes_later_is_told_from_its_first_day() -> None:
    summer = diary("May-Oct 08:00-19:00; Nov-Apr 08:30-17:00", today=date(2026, 10, 20))
    assert summer.ordinary() == ["08:00–19:00"] * 7
    assert [(day.name, day.text) for day in summer.exceptions()] == [("from 11-01 Sunday on", "08:30–17:00")]
    winter = diary("May-Oct 08:00-19:00; Nov-Apr 08:30-17:00", today=date(2026, 11, 4))
    assert winter.ordinary() == ["08:30–17:00"] * 7
    assert winter.exceptions() == []


def test_a_closure_by_notice_shuts_the_day_whatever_the_hours_say() -> None:
    monday = date(2026, 10, 12)
    shut = (whole(monday),)
    told = [(day.name, day.text, day.note) for day in diary("09:00-17:00", shut=shut).exceptions()]
    assert told == [("10-12 Monday", "Closed", "closed by notice")]
    assert diary("09:00-17:00", shut=shut).ordinary() == ["09:00–17:00"] * 7
    morning = ((whole(monday)[0], whole(monday)[0] + 13 * 3600),)
    told = [(day.name, day.text, day.note) for day in diary("09:00-17:00", shut=morning).exceptions()]
    assert told == [("10-12 Monday", "13:00–17:00", "partly closed by notice")]
    on_the_day = datetime(2026, 10, 12, 2, tzinfo=UTC)
    for osm, before in (("20:00-06:00", "closed"), ("", "unknown"), ("24/7", "open")):
        station = town.station("x", "站", 1, osm)
        assert state_now(station, on_the_day, china(), "en", shut=shut)["state"] == "closed"
        assert state_now(station, on_the_day - timedelta(days=1), china(), "en", shut=shut)["state"] == before


def test_days_beyond_the_calendar_are_said_to_be_unknown() -> None:
    told = diary("Mo-Fr 09:00-17:00; PH off", today=date(2027, 12, 10)).exceptions()
    assert {day.note for day in told} <= {"calendar not announced"} or not told
    ahead_ = diary("Mo-Fr 09:00-17:00; PH off", today=date(2026, 12, 20)).exceptions()
    assert any(day.note == "calendar not announced" and day.look == "unknown" for day in ahead_)


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "today"), (1, "yesterday"), (2, "2 days ago"), (59, "59 days ago"), (60, "2 months ago"), (729, "24 months ago"),
     (730, "2 years ago"), (-3, "2026-10-12")],
)  # fmt: skip
def test_ages_are_told_in_words(days: int, said: str) -> None:
    assert age_words(TODAY - timedelta(days=days), TODAY, "en") == said


def test_what_is_not_known_of_a_record_is_said_and_who_checked_it_is_not() -> None:
    station = full_station.STATION
    assert trust(station, None, 0, TODAY, "en").checked == "Confirmed 12 days ago by a clerk (2026-09-27)"
    assert not trust(station, None, 0, TODAY, "en").old
    assert trust(station, TODAY, 1, TODAY, "en").workers == "Still right, said workers today"
    assert trust(station, None, 0, TODAY + timedelta(days=400), "en").old
    never = trust(town.station("x", "站", 1, ""), None, 0, TODAY, "en")
    assert (never.checked, never.old, never.workers) == ("No clerk has checked this record yet", True, "")


def test_the_usual_source_is_told_once_and_a_future_date_has_no_age() -> None:
    usual = Provenance(Basis.FOUND, "名单", date(2026, 9, 1))
    assert source_words(usual, usual, TODAY, "en") == ""
    assert source_words(usual, None, TODAY, "en") == "名单 · as of 2026-09-01, 38 days ago"
    later = Provenance(Basis.INFERRED, "", date(2026, 12, 1))
    assert source_words(later, usual, TODAY, "en") == "inferred, not sure · as of 2026-12-01"


def test_events_are_told_by_their_next_times() -> None:
    def told(**facts: Any) -> list[tuple[tuple[str, ...], int]]:
        event = Event("e", "full", "会", **facts)
        return [(one.times, one.more) for one in ahead([event], HERE, "Asia/Shanghai", china(), "en")]

    weekly = ("10-14 Wednesday 14:00–16:00", "10-21 Wednesday 14:00–16:00", "10-28 Wednesday 14:00–16:00",
              "11-04 Wednesday 14:00–16:00")  # fmt: skip
    assert told(hours_osm="We 14:00-16:00") == [(weekly, 0)]
    assert told(hours_osm="We 14:00-16:00", last=date(2026, 10, 20)) == [(weekly[:1], 0)]
    assert told(hours_osm="Fr 09:00-11:00", last=TODAY) == []  # over since eleven
    assert told(hours_osm="Mo-Su 19:00-20:00")[0][1] == 26
    assert told(first=date(2026, 10, 15), last=date(2026, 10, 15)) == [(("10-15 Thursday",), 0)]
    assert told(first=date(2026, 9, 1), last=date(2026, 10, 15)) == [(("until 10-15 Thursday",), 0)]
    assert told(first=date(2026, 12, 1)) == []
    assert told(last=date(2026, 10, 8)) == []


def test_machines_read_schema_org_with_the_hours_of_fourteen_days(client: FlaskClient) -> None:
    told = structured(client.get("/stations/full").text)
    assert told["@id"] == told["url"] == "https://map.example.cn/stations/full"
    assert told["name"] == "中山路户外劳动者驿站"
    assert told["geo"] == {"@type": "GeoCoordinates", "longitude": 102.3, "latitude": 40.3081}
    assert told["publicAccess"] is True
    assert "isAccessibleForFree" not in told
    days = {spec["validFrom"]: (spec["opens"], spec["closes"]) for spec in told["openingHoursSpecification"]}
    assert len(days) == 14
    assert days["2026-10-10"] == ("08:30", "17:30")  # worked though a Saturday
    assert days["2026-10-11"] == ("00:00", "00:00")
    assert days["2026-10-19"] == ("00:00", "00:00")  # by notice
    assert {f["name"]: f["value"] for f in told["amenityFeature"]} == {
        "热水": True, "微波炉": True, "手机充电": True, "空调": True, "淋浴": False,
    }  # fmt: skip


def test_unknown_stays_out_of_what_machines_read() -> None:
    station = town.station("x", "站", 1, "", kinds=(), address="")
    spans = timetable(station, china()).intervals(0, TODAY, 16)
    told = place(station, "https://x.example/stations/x", spans, TODAY, "en")
    assert set(told) == {"@context", "@type", "@id", "url", "name", "identifier", "geo"}
    night = town.station("x", "站", 1, "20:00-06:00")
    spans = timetable(night, china()).intervals(0, TODAY - timedelta(days=1), 17)
    specs = place(night, "", spans, TODAY, "en")["openingHoursSpecification"]
    assert [(spec["opens"], spec["closes"]) for spec in specs] == [("20:00", "06:00")] * 14
    assert place(town.station("x", "站", 1, "", members_only=Answer.YES), "", [], TODAY, "en")["publicAccess"] is False


def test_hostile_names_stay_text_everywhere(client: FlaskClient) -> None:
    for id_, name in (("hostile", town.HOSTILE), ("long", LONG), ("rtl", RTL)):
        page = client.get(f"/stations/{id_}").text
        assert structured(page)["name"] == name
        assert "<script>document" not in page
        assert page.count("<script") == 3  # the page's own, what machines read, settings
        assert "</script><!--" not in page
        Well(page)
    assert client.get("/stations/a%2Fb%20c%3F%23").status_code in (200, 404)


class Well(HTMLParser):
    """A page whose elements are all closed again."""

    _VOID = frozenset({"meta", "link", "input", "img", "br", "use", "path", "circle", "rect"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(page)
        assert self.open == [], self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("path", ["/stations/full", "/stations/full?from=sign", "/stations/gone", "/stations/full/say",
                                  "/stations/full/thanks?number=1", "/stations/full/sign", "/stations/somewhere"])  # fmt: skip
@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_pages_are_well_formed_in_both_languages(client: FlaskClient, path: str, spoken: str) -> None:
    page = client.get(path, headers={"Accept-Language": spoken}).text
    Well(page)
    if spoken == "en":
        chrome = re.sub(
            r"<bdi.*?</bdi>|<title>.*?</title>|<a class=\"language\".*?</a>|<article.*?</article>", "", page
        )
        assert "Is this right?" in page or "say" in path or "sign" in path or "gone" in path or "thanks" in path
        assert not re.findall(r"<h2>[^<]*[\u4e00-\u9fff]", chrome)


def test_a_removed_station_keeps_its_page_and_says_what_to_do(client: FlaskClient) -> None:
    response = client.get("/stations/gone")
    assert response.status_code == 410
    assert "旧站" in response.text
    assert "这个站点已经撤销" in response.text
    assert "uri.amap.com" not in response.text
    assert "ld+json" not in response.text
    assert "看附近的站点" in response.text
    assert 'name="position" value="102.300000,40.301800"' in response.text
    listed = client.post("/", data={"position": "102.300000,40.301800", "datum": "wgs84"})
    assert "中心驿站" in listed.text


@pytest.mark.parametrize("id_", ["none", "x" * 5000, "%00", "..%2f..%2fetc", "<script>", "%F0%9F%98%80" * 30, "madeup"])
def test_a_damaged_code_is_answered_kindly(client: FlaskClient, id_: str) -> None:
    for path in ("?from=sign", "/say", "/sign", "/qr.png", "/thanks"):
        response = client.get(f"/stations/{id_}{path}")
        assert response.status_code == 404
        assert "<script>" not in response.text.replace("<script type", "")
        assert 'href="/"' in response.text
        assert len(response.text) < 12_000
    assert "扫的二维码可能损坏或过期了" in client.get("/stations/none?from=sign").text


def test_the_sign_leads_to_the_question_first(client: FlaskClient) -> None:
    page = client.get("/stations/full?from=sign").text
    assert page.index("您就在这里：信息对吗？") < page.index("高德步行导航")
    assert "/stations/full/say?from=sign&amp;what=closed" in page
    plain = client.get("/stations/full").text
    assert plain.index("高德步行导航") < plain.index("这些信息对吗？")


def test_links_for_other_machines_are_absolute_and_each_datum_is_named(client: FlaskClient) -> None:
    page = client.get("/stations/full", headers={"Host": "evil.example"}).text
    assert '<link rel="canonical" href="https://map.example.cn/stations/full">' in page
    assert "evil.example" not in page
    assert '<meta property="og:title" content="中山路户外劳动者驿站">' in page
    told = text_of(page)
    assert "102.300000,40.308100" in told
    shifted = re.search(r"GCJ-02） ([\d.]+),([\d.]+)", told)
    assert shifted
    assert 0.0005 < abs(float(shifted.group(1)) - 102.3) < 0.01


def test_a_photo_is_served_from_our_host_and_only_under_its_station(client: FlaskClient) -> None:
    page = client.get("/stations/full").text
    found = re.search(
        r'<img src="(/stations/full/photos/\d+\.jpg)" width="640" height="480" loading="lazy" alt="门口">', page
    )
    assert found
    answer = client.get(found.group(1))
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert client.get(found.group(1), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(found.group(1).replace("full", "centre")).status_code == 404
    assert client.get("/stations/full/photos/999999999999999999999.jpg").status_code == 404


def test_a_branch_leads_to_its_head_station(client: FlaskClient) -> None:
    page = client.get("/stations/branch").text
    assert 'href="/stations/full"><bdi>中山路户外劳动者驿站' in page


def test_the_way_back_to_the_list_keeps_its_filters_and_nothing_else(client: FlaskClient) -> None:
    def back(came_from: str) -> str:
        page = client.get("/stations/drivers", headers={"Referer": came_from}).text
        found = re.search(r'class="back"><a href="([^"]*)"', page)
        assert found
        return found.group(1)

    assert back("http://localhost/?need=toilet&lang=en&need=tea&x=1") == "/?need=toilet&amp;need=tea"
    assert back("http://localhost/stations/x?need=toilet") == "/"
    assert back("http://elsewhere.example/?need=toilet") == "/"
    assert back("") == back("http://[") == "/"


def test_without_scripts_or_referrer_the_address_of_the_station_carries_the_filters(client: FlaskClient) -> None:
    def way_back(page: str) -> str:
        found = re.search(r'class="back"><a href="([^"]*)"', page)
        return unescape(found[1]) if found else ""

    shared = "/?need=hot_water&need=toilet&open=any&mode=ride"
    found = client.post(
        shared,
        data={"position": f"{town.LON},{town.LAT}", "need": ["hot_water", "toilet"], "open": "any", "mode": "ride"},
    )
    link = re.search(r'data-slot="name" href="(/stations/[^"]*)"', found.text)
    assert link
    assert str(town.LON) not in link[1]
    page = client.get(unescape(link[1]))
    assert page.status_code == 200
    assert way_back(page.text) == shared
    for other in re.findall(r'class="(?:language|sun)" href="([^"]*)"', page.text):
        assert way_back(client.get(urljoin(unescape(link[1]), unescape(other))).text) == shared
    assert way_back(client.get("/stations/drivers?need=toilet&x=1&lang=en&position=1,2").text) == "/?need=toilet"


@pytest.mark.real
def test_every_real_station_has_a_page_a_sign_and_a_code(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 82 real stations each page is well formed in both languages, and what it calls an exception differs."""
    monkeypatch.setenv("STATIONMAP_DATABASE", str(tmp_path / "real.sqlite"))
    listed = real_data / "zhengzhou_union_stations" / "stations_82_listed.csv"
    with pytest.raises(SystemExit) as left:
        main(["import", str(listed), "--datum", "gcj02"])
    assert not left.value.code
    made = create_app(Settings(database=tmp_path / "real.sqlite", clock=lambda: town.NOON))
    client = made.test_client()
    with Ledger.open(tmp_path / "real.sqlite") as ledger:
        stations = list(ledger.records())
    assert len(stations) == 82
    calendar = china()
    for station in stations:
        for spoken in ("zh", "en"):
            page = client.get(f"/stations/{station.id}?from=sign", headers={"Accept-Language": spoken})
            assert page.status_code == 200
            Well(page.text)
        assert structured(page.text)["name"] == station.name
        assert client.get(f"/stations/{station.id}/sign").status_code == 200
        shown = Diary(timetable(station, calendar), TODAY, "en")
        ordinary = shown.ordinary()
        assert all(day.text not in ordinary or day.note for day in shown.exceptions()), station.name
    made.extensions["live"].close()
