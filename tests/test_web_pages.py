"""The pages as they come from the server, before any script runs; the files and the base map they ask for."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from stationmap.register.ledger import Ledger
from stationmap.web.app import Settings, create_app
from stationmap.web.assets import Assets, folder
from tests.browser import town

POSITION = f"{town.LON}, {town.LAT}"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = create_app(
        Settings(database=town.build(tmp_path_factory.mktemp("pages") / "town.sqlite"), clock=lambda: town.NOON)
    )
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


_DATA = ("application/json", "application/ld+json")


class Page(HTMLParser):
    """What a test reads from a page: names in the list, checked choices, addresses asked for, inline code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.checked: set[tuple[str, str]] = set()
        self.addresses: set[str] = set()
        self.inline: list[str] = []
        self.labels: list[str] = []
        self._in_name = self._in_template = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_template = self._in_template or tag == "template"
        self._in_name = given.get("data-slot") == "name" and not self._in_template
        if "checked" in given:
            self.checked.add((given["name"] or "", given["value"] or ""))
        if tag in ("script", "link", "img"):
            self.addresses.add(given.get("src") or given.get("href") or "")
        if "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(tag)
        if tag == "script" and "src" not in given and given.get("type") not in _DATA:
            self.inline.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._in_template = self._in_template and tag != "template"

    def handle_data(self, data: str) -> None:
        if self._in_name:
            self.names.append(data)
            self._in_name = False


def ask(client: FlaskClient, data: dict[str, Any]) -> TestResponse:
    """Send the form, and follow as a browser does where its filters are not those of the address."""
    sent = client.post("/", data=data)
    return client.post(sent.location, data=data) if sent.status_code == 307 else sent


def test_a_form_goes_to_the_address_of_its_filters_and_takes_its_place_along_in_the_body(client: FlaskClient) -> None:
    data = {"position": POSITION, "need": ["tea", "toilet"], "kind": "driver_home", "open": "now", "mode": "ride"}
    sent = client.post("/", data={**data, "at": "2026-10-10T06:30", "view": "map", "lang": "zh"})
    assert sent.status_code == 307
    there = "/?need=tea&need=toilet&kind=driver_home&open=now&at=2026-10-10T06%3A30&mode=ride&view=map"
    assert sent.location == there
    assert client.post(there, data={**data, "at": "2026-10-10T06:30", "view": "map"}).status_code == 200
    page = ask(client, data)
    assert page.status_code == 200
    assert {("need", "toilet"), ("need", "tea"), ("open", "now")} <= Page(page.text).checked
    assert 'action="/?need=tea&amp;need=toilet&amp;kind=driver_home&amp;open=now&amp;mode=ride"' in page.text
    assert client.post("/?need=toilet", data={"position": POSITION}).location == "/"
    assert client.post("/", data={"position": POSITION, "open": "arrival", "need": "sauna"}).status_code == 200


def test_a_service_typed_as_a_place_is_offered_as_a_need(client: FlaskClient) -> None:
    before = {"position": POSITION, "placed": f"{town.LON},{town.LAT} 街角", "place": "微波炉"}
    page = ask(client, before)
    assert page.status_code == 400
    assert 'name="want" value="microwave">要找有微波炉的站点？</button>' in page.text
    found = ask(client, {**before, "want": "microwave"})
    assert Page(found.text).names[0] == "中心驿站"
    assert ("need", "microwave") in Page(found.text).checked
    assert "“街角”附近" in found.text
    nowhere = ask(client, {"place": "微波炉", "want": "microwave"})
    assert "请先告诉我们您在哪里" in nowhere.text
    assert ("need", "microwave") in Page(nowhere.text).checked
    assert 'name="want"' not in nowhere.text


def test_minutes_from_a_district_are_said_to_count_from_its_middle(client: FlaskClient) -> None:
    said = "“西区”附近，从西区中心算起。"
    page = ask(client, {"place": "西区"})
    assert said in page.text
    kept = re.search(r'name="placed" value="([^"]*)"', page.text)
    assert kept
    assert said in ask(client, {"place": "西区", "placed": kept[1], "position": kept[1].split(",area")[0]}).text
    assert "从人民路中心算起" not in ask(client, {"place": "人民路"}).text


def test_other_places_are_folded_away_where_the_typed_name_is_just_the_one_found(client: FlaskClient) -> None:
    assert '<details class="choices"><summary>您找的是不是这里？</summary>' in ask(client, {"place": "中山路"}).text
    assert '<div class="choices"><h2>您找的是不是这里？</h2>' in ask(client, {"place": "驿站"}).text


def test_stations_that_open_after_a_wait_say_so(client: FlaskClient) -> None:
    page = ask(client, {"position": POSITION}).text
    assert "最近的 4 个能进的站点。 另有 1 个到了要等开门。" in page
    row = page[page.index('data-id="afternoon"') :]
    assert row.index("到了要等 12 分钟") < row.index("</li>\n\n")


@pytest.mark.parametrize(
    ("real", "zh", "en"),
    [
        (0, "示例城市：全部站点都是虚构的，并不存在。", "Sample city: all stations are fictional. They do not exist."),
        (
            2,
            "10 个站点中有 8 个是虚构的，已标明，并不存在。",
            "Fictional: 8 of 10 stations. They are marked, and do not exist.",
        ),
        (8, "", ""),
    ],
)
def test_every_page_says_truly_how_many_stations_are_fictional(tmp_path: Path, real: int, zh: str, en: str) -> None:
    ledger = town.build(tmp_path / "town.sqlite", fictional=real < 8)
    if real == 2:
        known = [replace(one, id=f"real-{one.id}") for one in town.STATIONS[:2]]
        with Ledger.open(ledger) as opened:
            opened.put(known, actor="小王", reason="登记", source="town.csv")
    app = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    places = ("/", "/api/v1/", "/ogc?f=html", "/ogc/collections/stations/items?f=html")
    pages = {(place, lang): _fiction(app.test_client(), place, lang) for place in places for lang in ("zh", "en")}
    app.extensions["live"].close()
    assert pages == {(place, lang): zh if lang == "zh" else en for place, lang in pages}


def _fiction(client: FlaskClient, place: str, lang: str) -> str:
    page = client.get(place, headers={"Accept-Language": lang})
    assert page.status_code == 200
    said = re.search(r'<p class="fiction" role="note">([^<]*)</p>', page.text)
    return said[1] if said else ""


def test_the_page_of_a_station_speaks_of_that_station_alone(tmp_path: Path) -> None:
    ledger = town.build(tmp_path / "town.sqlite", fictional=True)
    with Ledger.open(ledger) as opened:
        opened.put([replace(town.STATIONS[1], id="real")], actor="小王", reason="登记", source="town.csv")
    app = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    client = app.test_client()
    told = {key: _fiction(client, f"/stations/{key}", "zh") for key in ("centre", "centre/say", "real", "real/say")}
    app.extensions["live"].close()
    this = "本站点是虚构的，并不存在。"
    assert told == {"centre": this, "centre/say": this, "real": "", "real/say": ""}


def test_a_posted_position_gives_the_same_list_as_the_api(client: FlaskClient) -> None:
    page = ask(client, {"position": POSITION, "need": ["toilet"], "any": "1"})
    asked = {"lon": town.LON, "lat": town.LAT, "need": "toilet", "any": True, "k": 8}
    features = client.post("/api/v1/nearest", json=asked).json["features"]
    assert Page(page.text).names == [feature["properties"]["name"] for feature in features]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("text", ["102.3,40.3", "102.3，40.3", " 102.3 40.3 ", "102.3;40.3", "１０２.3、40.3"])
def test_coordinates_are_taken_however_they_are_written(client: FlaskClient, text: str) -> None:
    assert Page(ask(client, {"position": text}).text).names[0] == "中心驿站"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"position": ""}, "请先告诉我们您在哪里"),
        ({"position": "102.3"}, "请写经度和纬度"),
        ({"position": "40.3,102.3"}, "经度和纬度是不是写反了"),
        ({"position": "here,there"}, "不是有限的数"),
        ({"position": "nan,nan"}, "不是有限的数"),
    ],
)
def test_a_position_that_cannot_be_is_told_and_the_form_kept(
    client: FlaskClient, given: dict[str, str], said: str
) -> None:
    response = ask(client, {**given, "need": "toilet"})
    assert response.status_code == 400
    assert said in response.text
    assert ("need", "toilet") in Page(response.text).checked
    assert f'value="{given["position"]}"' in response.text


def test_only_an_answer_to_a_position_is_kept_by_nobody(client: FlaskClient) -> None:
    """A page that a browser may keep comes back whole on Back."""
    assert client.get("/?need=toilet").headers["Cache-Control"] == "no-cache"
    assert client.get("/stations/drivers").headers["Cache-Control"] == "no-cache"
    assert ask(client, {"position": "x"}).headers["Cache-Control"] == "no-store"


def test_a_doubtful_row_has_the_mark_of_the_unknown_though_it_is_open(client: FlaskClient) -> None:
    page = ask(client, {"position": POSITION, "need": ["toilet"]}).text
    row = page[page.index('data-id="books"') :]
    assert row.index("mark--unknown") < row.index("state--closing") < row.index("</li>")


def test_gcj_coordinates_of_the_form_are_shifted(client: FlaskClient) -> None:
    assert "200 米" in ask(client, {"position": POSITION}).text
    assert "200 米" not in ask(client, {"position": POSITION, "datum": "gcj02"}).text


def test_when_nothing_can_be_entered_the_next_to_open_are_listed(client: FlaskClient) -> None:
    page = ask(client, {"position": POSITION, "need": ["hot_water", "toilet"], "kind": "rest_station"})
    names = Page(page.text).names
    assert names
    assert "早班站" in names
    assert "06:00 开放" in page.text


def test_filters_of_the_address_are_chosen_and_strange_ones_left_out(client: FlaskClient) -> None:
    page = Page(client.get("/?need=toilet&need=sauna&kind=driver_home&any=1&mode=ride&datum=x&utm=1").text)
    assert page.checked == {("need", "toilet"), ("kind", "driver_home"), ("open", "any"), ("mode", "ride")}
    page = Page(client.get("/?open=now&at=2026-10-10T12:00&view=map").text)
    assert page.checked == {("open", "now"), ("mode", "walk")}
    text = client.get("/?open=now&at=2026-10-10T12:00&view=map").text
    assert 'value="2026-10-10T12:00"' in text
    assert 'class="find view-map"' in text
    assert Page(client.get("/?open=never&at=noon&view=moon").text).checked == {("open", "arrival"), ("mode", "walk")}


def test_a_typed_place_is_looked_up_and_others_are_offered(client: FlaskClient) -> None:
    page = ask(client, {"place": "西区"})
    assert page.status_code == 200
    assert "“西区”附近" in page.text
    assert Page(page.text).names[0] == "中心驿站"
    assert Page(ask(client, {"place": POSITION}).text).names[0] == "中心驿站"
    stations = ask(client, {"place": "驿站"}).text
    assert 'class="pick" href="/stations/centre"' in stations


@pytest.mark.parametrize("place", ["火星", "😀🚲", "站" * 3_000, "<script>alert(1)</script>", "\x00\n火星"])
def test_a_place_that_is_none_is_told_and_the_form_kept(client: FlaskClient, place: str) -> None:
    page = ask(client, {"place": place, "need": "toilet"})
    assert page.status_code == 400
    assert "没有找到" in page.text
    assert ("need", "toilet") in Page(page.text).checked
    assert "西区" in page.text
    assert "<script>alert" not in page.text
    assert len(page.text) < 60_000


def test_a_district_is_an_answer_without_a_position_in_the_address(client: FlaskClient) -> None:
    start = client.get("/").text
    value = re.search(r'name="around" value="([^"]*)"', start)
    assert value
    assert value.group(1).endswith("西区") or value.group(1).endswith("小城")
    page = ask(client, {"around": value.group(1)})
    assert Page(page.text).names
    assert "附近。" in page.text
    assert ask(client, {"around": "nonsense"}).status_code == 400


def test_a_position_keeps_the_name_it_was_chosen_by_until_it_is_changed(client: FlaskClient) -> None:
    chosen = {"place": "街角", "placed": f"{town.LON},{town.LAT} 街角", "position": f"{town.LON},{town.LAT}"}
    assert "“街角”附近" in ask(client, chosen).text
    assert "“街角”附近" not in ask(client, {**chosen, "position": f"{town.LON},40.31"}).text
    assert ask(client, {**chosen, "place": "火星"}).status_code == 400


def test_open_now_leaves_out_what_opens_on_arrival(client: FlaskClient) -> None:
    assert "午后之家" in Page(ask(client, {"position": POSITION}).text).names
    assert "午后之家" not in Page(ask(client, {"position": POSITION, "open": "now"}).text).names


def test_another_time_is_that_of_the_place_and_leads_back_to_now(client: FlaskClient) -> None:
    data = {"position": POSITION, "at": "2026-10-10T06:30"}
    page = ask(client, data)
    assert Page(page.text).names[0] == "早班站"
    assert "按当地时间 2026-10-10 06:30" in page.text
    assert Page(ask(client, {**data, "now": "1"}).text).names[0] == "中心驿站"


def test_what_to_do_without_is_a_button_that_drops_it(client: FlaskClient) -> None:
    data = {"position": POSITION, "need": ["microwave", "shower"]}
    page = ask(client, data)
    told = re.findall(r'name="drop" value="(\w+)">([^<]*)<', page.text)
    assert told == [("shower", "不要“淋浴”：有 1 个，4 分钟"), ("microwave", "不要“微波炉”：有 1 个，10 分钟")]
    dropped = ask(client, {**data, "drop": "shower"})
    assert Page(dropped.text).names[0] == "中心驿站"
    assert ("need", "shower") not in Page(dropped.text).checked
    assert 'name="drop"' not in dropped.text


def test_the_sunlight_theme_is_kept_and_given_back(client: FlaskClient) -> None:
    assert 'data-theme="auto"' in client.get("/").text
    chosen = client.get("/stations/drivers?theme=sun")
    assert 'data-theme="sun"' in chosen.text
    assert "theme=sun" in chosen.headers["Set-Cookie"]
    assert 'data-theme="sun"' in client.get("/").text
    assert 'data-theme="auto"' in ask(client, {"theme": "auto"}).text
    assert 'data-theme="auto"' in client.get("/?theme=<script>").text
    assert "Set-Cookie" not in client.post("/api/v1/nearest?theme=sun", json={"lon": 1, "lat": 1}).headers


def test_a_row_says_when_it_was_checked_and_carries_its_address_for_paper(client: FlaskClient) -> None:
    page = ask(client, {"position": POSITION}).text
    row = page[page.index('data-id="centre"') :]
    row = row[: row.index("</li>\n\n")] if "</li>\n\n" in row else row[:3000]
    assert "19 天前核对过" in row
    assert "中山路2号" in row


def test_a_chosen_language_is_kept(client: FlaskClient) -> None:
    assert '<html lang="zh-CN"' in client.get("/").text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "fr, en;q=0.3"}).text
    chosen = client.get("/?lang=en")
    assert "SameSite=Lax" in chosen.headers["Set-Cookie"]
    assert '<html lang="en"' in client.get("/").text
    assert '<html lang="zh-CN"' in ask(client, {"lang": "zh"}).text
    assert '<html lang="zh-CN"' in client.get("/?lang=tlh").text


def test_no_page_carries_code_or_styles_of_its_own_or_asks_another_host(client: FlaskClient) -> None:
    for path in ("/", "/stations/drivers", "/stations/gone", "/nowhere"):
        page = Page(client.get(path).text)
        assert page.inline == []
        ours = ("/", "http://localhost/")
        assert all(address.startswith(ours) or not address for address in page.addresses), page.addresses


def test_everything_a_page_asks_for_is_there_for_a_year(client: FlaskClient) -> None:
    addresses = {a for path in ("/", "/stations/drivers") for a in Page(client.get(path).text).addresses if a}
    addresses = {address for address in addresses if address.startswith("/static/")}
    assert len(addresses) >= 6
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "immutable" in response.headers["Cache-Control"]
        assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "name",
    [
        "../setup.cfg",
        "built/../../setup.cfg",
        "js/main.js",
        "built/parts.json",
        "vendor.mjs",
        "%2e%2e/setup.cfg",
        "js",
        "",
    ],
)
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code in (404, 308)


def test_another_version_is_served_but_not_kept(client: FlaskClient) -> None:
    assert client.get("/static/old/built/main.js").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/old/built/main.js").mimetype == "text/javascript"


def test_a_new_content_is_a_new_version(tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "main.js").write_text("1")
    before = Assets(tmp_path).version
    (tmp_path / "built" / "main.js").write_text("2")
    assert Assets(tmp_path).version != before
    assert not Assets(tmp_path).parts


def test_scripts_and_styles_stay_within_what_phones_of_2018_know() -> None:
    """Chrome 80: what came later and would break the page, looked for by name."""
    place = folder()
    scripts = "\n".join(path.read_text() for path in (place / "js").glob("*.js"))
    styles = "\n".join(path.read_text() for path in (place / "css").glob("*.css"))
    styles = re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)
    late_script = (
        r"\?\?=|\|\|=|&&=|\.replaceChildren|\.replaceAll|\.at\(|Object\.hasOwn|structuredClone|^await |#\w+\(\)"
    )
    assert re.findall(late_script, scripts, re.MULTILINE) == []
    late_style = r"(?<![-\w])(?:row-|column-)?gap:|:is\(|:where\(|(?<![-\w])inset:|aspect-ratio|\ddvh|:has\(|@layer"
    assert re.findall(late_style, styles) == []


def test_a_large_form_is_refused_with_a_page(client: FlaskClient) -> None:
    response = ask(client, {"position": "1" * 100_000})
    assert response.status_code == 413
    assert "请求太大" in response.text


def test_a_hostile_name_stays_text(client: FlaskClient) -> None:
    for response in (ask(client, {"position": POSITION}), client.get("/stations/hostile")):
        assert "<script>document" not in response.text
        assert "&lt;script&gt;document" in response.text
    settings = re.search(r'<script type="application/json" id="settings">(.*?)</script>', client.get("/").text)
    assert settings
    assert json.loads(settings.group(1))["nearest"] == "/api/v1/nearest"
