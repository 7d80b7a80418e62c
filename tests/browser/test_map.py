"""The map in a real browser: clusters and dots of 200,000 stations, base maps by setting, the shift of GCJ-02."""

import io
import json
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from stationmap.geo.datum import gcj02_to_wgs84, wgs84_to_gcj02
from stationmap.web import tiles
from stationmap.web.app import Settings
from stationmap.web.serve import Server
from tests.browser import crowd, town
from tests.browser.conftest import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser
MOST = 2000
HERE = {"latitude": town.LAT, "longitude": town.LON}
ALLOWED: dict[str, Any] = {"geolocation": HERE, "permissions": ["geolocation"], "viewport": DESKTOP}


@cache
def picture() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (256, 256), (236, 232, 222)).save(body, "PNG")
    return body.getvalue()


@dataclass
class TileHost:
    """A host of tiles on this machine: what it was asked, whether it answers."""

    address: str
    answers: bool = True
    asked: list[str] = field(default_factory=list)
    referrers: set[str | None] = field(default_factory=set)


@pytest.fixture
def tile_host() -> Iterator[TileHost]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            host.referrers.add(self.headers.get("Referer"))
            self.send_response(200 if host.answers else 403)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            if host.answers:
                self.wfile.write(picture())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = TileHost(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield host
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def served(settings: Settings, *, crowded: bool = False) -> Iterator[str]:
    server = Server(settings, port=0)
    if crowded:
        server.app.extensions["live"].close()
        server.app.extensions["live"] = crowd.Still(settings.database)
    thread = threading.Thread(target=server.run)
    thread.start()
    server.app.extensions["live"].picture()
    yield server.address
    server.stop()
    thread.join(timeout=20)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.build(tmp_path_factory.mktemp("map") / "town.sqlite")


@pytest.fixture(scope="module")
def crowded_site(ledger: Path) -> Iterator[str]:
    with served(Settings(database=ledger, clock=lambda: town.NOON), crowded=True) as address:
        yield address


@contextmanager
def looked_at(browser: Browser, site: str, **options: Any) -> Iterator[Visit]:
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", **options})
    context.set_default_timeout(15_000)
    yield Visit(context, site)
    context.close()


def settled(page: Page) -> int:
    """Return how many objects are drawn, once that does not change any more."""
    page.wait_for_selector("#map[data-objects]")
    before = -1
    while (now := int(page.locator("#map").get_attribute("data-objects") or 0)) != before:
        before = now
        page.wait_for_timeout(500)
    return now


def to_map(page: Page) -> None:
    """On a phone the map is the second view."""
    if page.locator("#to-map").is_visible():
        page.locator("#to-map").click()


# 200,000 stations


@pytest.mark.parametrize("device", [{"viewport": DESKTOP}, {"viewport": PHONE, "is_mobile": True, "has_touch": True}])
def test_200_000_stations_are_a_map_of_few_objects_at_every_zoom(
    chromium: Browser, crowded_site: str, device: dict[str, Any]
) -> None:
    here = {"latitude": crowd.CENTRE[1], "longitude": crowd.CENTRE[0]}
    with looked_at(chromium, crowded_site, geolocation=here, permissions=["geolocation"], **device) as visit:
        page = visit.open()
        page.get_by_role("button", name="找我附近的站点").first.click()
        page.wait_for_selector("body.located")
        to_map(page)
        counts = [settled(page)]
        for _ in range(12):
            page.get_by_role("button", name="缩小").click()
            counts.append(settled(page))
        assert all(0 < count <= MOST for count in counts), counts
        assert counts[-1] < 150  # the whole country: its cities
        visit.check()


def test_a_cluster_opens_when_it_is_touched_and_a_dot_tells_of_its_station(
    chromium: Browser, crowded_site: str
) -> None:
    with looked_at(chromium, crowded_site) as visit:
        page = visit.open()
        settled(page)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for _ in range(16):
            place = max(shown(page, crowded_site), key=lambda each: each.count)
            if place.count == 1:
                break
            page.mouse.click(place.x, place.y)
            settled(page)
        assert place.count == 1
        zooms = [int(parse_qs(urlsplit(url).query)["zoom"][0]) for url in asked if "/clusters" in url]
        assert zooms == sorted(zooms)
        assert zooms[-1] > zooms[0]
        page.mouse.click(place.x, place.y)
        popup = page.locator(".place-popup")
        expect(popup.locator("a").first).to_contain_text("户外劳动者驿站")
        assert popup.locator(".place-popup__state").first.inner_text() in ("现在能进", "现在关着", "开放时间未知")
        assert popup.locator("a").first.get_attribute("href").startswith("/stations/s")
        expect(popup.locator("a").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(popup).to_have_count(0)
        visit.check()


def test_a_popup_leads_to_the_stations_around(chromium: Browser, site: str) -> None:
    with looked_at(chromium, site) as visit:
        page = visit.open("?need=shower")
        assert settled(page) == 1
        page = visit.open()
        settled(page)
        place = next(each for each in shown(page, site) if each.count == 1)
        page.mouse.click(place.x, place.y)
        page.get_by_role("button", name="找这附近的站点").click()
        page.wait_for_selector("body.located")
        expect(page.locator(".here")).to_be_visible()
        visit.check()


def test_panning_over_200_000_stations_stays_smooth(chromium: Browser, crowded_site: str) -> None:
    with looked_at(chromium, crowded_site) as visit:
        page = visit.open()
        settled(page)
        frames = pan(page)
        frames.sort()
        assert frames[len(frames) // 2] < 34, frames[
            -5:
        ]  # half of all frames at 30 a second or more, on a busy machine
        assert frames[int(len(frames) * 0.95)] < 150, frames[-5:]


def test_little_moves_ask_nothing_new_and_what_is_asked_ends_at_tiles(chromium: Browser, crowded_site: str) -> None:
    with looked_at(chromium, crowded_site) as visit:
        page = visit.open()
        settled(page)
        first = clusters_of(visit.asked)
        page.locator("#map").focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(800)
        assert len(clusters_of(visit.asked)) - len(first) <= 1
        (bbox,) = parse_qs(urlsplit(first[-1]).query)["bbox"]
        zoom = int(parse_qs(urlsplit(first[-1]).query)["zoom"][0])
        west, south, east, north = map(float, bbox.split(","))
        edges = [(lon + 180) / 360 * 2**zoom for lon in (west, east)] + [row(lat) * 2**zoom for lat in (south, north)]
        assert edges == pytest.approx([round(edge) for edge in edges], abs=1e-5)


# Base maps


def test_without_a_setting_no_other_host_is_asked_and_nothing_is_credited(chromium: Browser, site: str) -> None:
    with looked_at(chromium, site, **ALLOWED) as visit:
        page = visit.open()
        response = page.reload()
        assert response
        assert "img-src 'self';" in response.headers["content-security-policy"] + ";"
        settled(page)
        expect(page.locator("canvas.leaflet-tile").first).to_be_visible()
        expect(page.locator(".credit")).to_have_count(0)
        visit.check()


@pytest.fixture
def tiled(ledger: Path, tile_host: TileHost) -> Iterator[str]:
    base = tiles.choose(
        "tiles",
        url=f"{tile_host.address}/{{z}}/{{x}}/{{y}}.png",
        datum="GCJ-02",
        credit="© 某市测绘院<b>",
        approval="GS(2024)0650号",
    )
    with served(Settings(database=ledger, clock=lambda: town.NOON, basemap=base)) as address:
        yield address


def test_chosen_tiles_add_exactly_their_host_and_tell_whose_they_are(
    chromium: Browser, tiled: str, tile_host: TileHost
) -> None:
    with looked_at(chromium, tiled) as visit:
        page = visit.page
        response = page.goto(tiled)
        assert response
        policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
        assert policy["img-src"] == f"'self' {tile_host.address}"
        assert [name for name, value in policy.items() if tile_host.address in value] == ["img-src"]
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_visible()
        host = urlsplit(tile_host.address).netloc
        told = f"© 某市测绘院<b> · 审图号：GS(2024)0650号 · 底图来自 {host}，对方会知道您在看地图的哪一带。"
        expect(page.locator(".credit")).to_have_text(told)
        page.get_by_role("button", name="缩小").click()
        settled(page)
        assert visit.complaints == []
        assert {urlsplit(url).netloc for url in visit.asked} == {urlsplit(tiled).netloc, host}
        assert tile_host.referrers == {None}


def test_on_tiles_in_gcj_02_a_station_stands_where_they_show_it_and_a_click_is_shifted_back(
    chromium: Browser, tiled: str
) -> None:
    with looked_at(chromium, tiled, **ALLOWED) as visit:
        page = visit.open()
        posted: list[dict[str, Any]] = []

        def note(request: Request) -> None:
            if request.method == "POST" and request.post_data and "nearest" in request.url:
                posted.append(json.loads(request.post_data))

        page.on("request", note)
        page.get_by_role("button", name="找我附近的站点").first.click()
        page.wait_for_selector(".pin")
        settled(page)
        tile = page.evaluate(TILE)
        for lon, lat, selector in ((town.LON, town.LAT, ".here"), (town.LON, town.LAT + 0.0009 * 2, ".pin >> nth=0")):
            shown = page.locator(selector).bounding_box()
            assert shown
            gcj_lon, gcj_lat = (float(value) for value in wgs84_to_gcj02(lon, lat))
            x, y = pixel_of(gcj_lon, gcj_lat, tile)
            assert (shown["x"] + shown["width"] / 2, shown["y"] + shown["height"] / 2) == pytest.approx((x, y), abs=1.1)
            unshifted = pixel_of(lon, lat, tile)
            assert math.dist((x, y), unshifted) > 20
        posted.clear()
        x, y = tile["x"] + 100, tile["y"] + 40
        page.mouse.click(x, y)
        page.wait_for_function("() => document.querySelector('#answer:not([aria-busy])')")
        page.wait_for_timeout(1000)
        world = 256 * 2 ** tile["zoom"]
        clicked_x, clicked_y = tile["column"] * 256 + 100, tile["row"] * 256 + 40
        gcj_lon = clicked_x / world * 360 - 180
        gcj_lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * clicked_y / world))))
        lon, lat = (float(value) for value in gcj02_to_wgs84(gcj_lon, gcj_lat))
        assert (posted[0]["lon"], posted[0]["lat"]) == pytest.approx((lon, lat), abs=1e-6)
        assert posted[0]["datum"] == "wgs84"


def test_where_tiles_fail_a_word_is_said_and_our_own_map_shown(
    chromium: Browser, tiled: str, tile_host: TileHost
) -> None:
    tile_host.answers = False
    with looked_at(chromium, tiled) as visit:
        page = visit.open()
        expect(page.locator(".map-word")).to_have_text("底图现在加载不出来，先用自带的简图。")
        expect(page.locator("canvas.leaflet-tile").first).to_be_visible()
        tile_host.answers = True
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator(".map-word")).to_be_empty()
        expect(page.locator("canvas.leaflet-tile")).to_have_count(0)


# For everyone


def test_the_keyboard_moves_the_map_and_looks_around_its_middle(chromium: Browser, site: str) -> None:
    with looked_at(chromium, site) as visit:
        page = visit.open()
        settled(page)
        page.locator("#map").focus()
        expect(page.locator("#map")).to_have_attribute("role", "group")
        assert "方向键" in (page.locator("#map").get_attribute("aria-label") or "")
        page.keyboard.press("+")
        page.wait_for_timeout(600)
        page.keyboard.press("Enter")
        page.wait_for_selector("body.located")
        assert page.locator(".row").count() > 0
        visit.check()


# What the page is asked to tell of its map

TILE = """() => {
  const tile = document.querySelector('img.leaflet-tile-loaded');
  const [zoom, column, row] = new URL(tile.src).pathname.slice(1).split('.')[0].split('/').map(Number);
  const { left, top } = tile.getBoundingClientRect();
  return { zoom, column, row, x: left, y: top };
}"""
FRAMES = """(milliseconds) => new Promise((done) => {
  const [frames, begun] = [[], performance.now()];
  let last = begun;
  const tick = (now) => {
    frames.push(now - last);
    last = now;
    if (now - begun < milliseconds) requestAnimationFrame(tick);
    else done(frames.slice(1));
  };
  requestAnimationFrame(tick);
})"""


def pan(page: Page, milliseconds: int = 4000) -> list[float]:
    """Drag the map to and fro and return how long each frame took, in milliseconds."""
    page.evaluate(f"() => {{ window.frames_seen = ({FRAMES})({milliseconds}); }}")
    x, y = 850.0, 420.0
    for there in (-300, 300, -260, 280):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + there, y + there / 3, steps=25)
        page.mouse.up()
    frames: list[float] = page.evaluate("() => window.frames_seen")
    return frames


@dataclass(frozen=True)
class Shown:
    """A cluster or dot in sight: how many stations, and where on the screen."""

    count: int
    x: float
    y: float


def shown(page: Page, site: str) -> list[Shown]:
    """Return what the server has for the view of the map, well inside it."""
    lon, lat, zoom = map(float, (page.locator("#map").get_attribute("data-view") or "").split(","))
    box = page.locator("#map").bounding_box()
    assert box
    world = 256 * 2**zoom
    middle_x, middle_y = (lon + 180) / 360 * world, row(lat) * world
    half_x, half_y = box["width"] / 2 - 60, box["height"] / 2 - 60
    west, east = ((middle_x + half * side) / world * 360 - 180 for half, side in ((half_x, -1), (half_x, 1)))
    south, north = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (middle_y + half_y * side) / world)))) for side in (1, -1)
    )
    with urlopen(f"{site.rstrip('/')}/api/v1/clusters?bbox={west},{south},{east},{north}&zoom={int(zoom)}") as answer:
        features = json.load(answer)["features"]
    places = [
        Shown(
            feature["properties"].get("count", 1),
            box["x"] + box["width"] / 2 + (feature["geometry"]["coordinates"][0] + 180) / 360 * world - middle_x,
            box["y"] + box["height"] / 2 + row(feature["geometry"]["coordinates"][1]) * world - middle_y,
        )
        for feature in features
    ]
    near = [
        each
        for each in places
        if abs(each.x - box["x"] - box["width"] / 2) < half_x and abs(each.y - box["y"] - box["height"] / 2) < half_y
    ]
    return near or places


def pixel_of(lon: float, lat: float, tile: dict[str, float]) -> tuple[float, float]:
    """Return where on the screen a place of the tiles' datum stands, by the tile's own place."""
    world = 256 * 2 ** tile["zoom"]
    x = (lon + 180) / 360 * world - tile["column"] * 256 + tile["x"]
    return x, row(lat) * world - tile["row"] * 256 + tile["y"]


def row(lat: float) -> float:
    return 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


def clusters_of(urls: list[str]) -> list[str]:
    return [url for url in urls if "/api/v1/clusters" in url]
