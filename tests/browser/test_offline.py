"""The finder with no line, in a real browser: what was kept answers as the server did, what was said is sent later, once."""

import io
import json
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from stationmap.register.ledger import Ledger
from stationmap.web.app import Settings
from stationmap.web.assets import Assets, folder
from stationmap.web.serve import Server
from tests.browser import town
from tests.browser.axe import violations
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
HERE = {"latitude": town.LAT, "longitude": town.LON}
KEPT = "caches.keys().then(names => names.some(name => name.startsWith('shell-')))"
CLAIMED = "() => navigator.serviceWorker.controller !== null"
STOCK = """async () => (await indexedDB.databases()).length && new Promise(found => {
  const asked = indexedDB.open("stationmap", 1);
  asked.onsuccess = () => {
    const read = asked.result.transaction("kept").objectStore("kept").get("bundle");
    read.onsuccess = () => { asked.result.close(); found(read.result !== undefined); };
  };
})"""


class Site:
    """A server that can be stopped and started again on its port, with what it was asked."""

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger
        self.port = 0
        self.begun = time.monotonic()
        self.start()

    def now(self) -> datetime:
        """Return noon and some seconds: the server's clock goes on as the phone's does."""
        return town.NOON + timedelta(seconds=10 + time.monotonic() - self.begun)

    def start(self) -> None:
        self.server = Server(Settings(database=self.ledger, clock=self.now), port=self.port)
        self.port = int(urlsplit(self.server.address).port or 0)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()

    def stop(self) -> None:
        self.server.stop()
        self.thread.join(timeout=20)
        assert not self.thread.is_alive()

    @property
    def address(self) -> str:
        return self.server.address


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """Return a site of the town of which each test may stop the server."""
    site = Site(town.build(tmp_path_factory.mktemp("offline") / "town.sqlite"))
    yield site
    site.stop()


@pytest.fixture
def context(chromium: Browser, running: Site) -> Iterator[BrowserContext]:
    """Return a phone that lets pages know where it is, as on a second visit."""
    made = chromium.new_context(viewport=PHONE, locale="zh-CN", geolocation=HERE, permissions=["geolocation"])  # type: ignore[arg-type]
    made.set_default_timeout(15_000)
    made.clock.install(time=running.now())
    yield made
    made.close()


def shown(page: Page) -> list[str]:
    page.wait_for_selector("body.located .answer:not([aria-busy])")
    return page.locator(".row:visible .row__name a").all_inner_texts()


def states(page: Page) -> list[str]:
    return page.locator(".row:visible .state").all_inner_texts()


def visit(context: BrowserContext, site: Site, path: str = "") -> Page:
    """Open the finder and wait until the phone has kept all that it keeps."""
    page = context.new_page()
    page.goto(site.address + path)
    shown(page)
    page.wait_for_function(CLAIMED, timeout=20_000)
    for _ in range(100):
        if page.evaluate(STOCK):
            return page
        page.wait_for_timeout(100)
    raise AssertionError("the phone has kept no stations")


def test_without_a_line_the_list_is_there_again_with_the_same_answers(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    online = shown(page), states(page)
    assert online[0]
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.set_offline(True)
    page.reload()
    assert (shown(page), states(page)) == online
    expect(page.locator("#stale")).to_be_visible()
    expect(page.locator("#stale")).to_contain_text("没有网络，这是刚才的数据。")
    page.get_by_text("卫生间", exact=True).first.click()
    expect(page.locator('[data-group="found"] .row:visible')).to_have_count(2)
    without = shown(page), states(page)
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#stale")).to_be_hidden()
    assert (shown(page), states(page)) == without
    assert {urlsplit(url).netloc for url in asked} <= {urlsplit(running.address).netloc}
    assert not [url for url in asked if str(town.LON) in url]


def test_filters_of_the_address_are_kept_without_a_line(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.goto(running.address + "?need=toilet&mode=ride")
    assert shown(page)[:2] == ["午后之家", "司机之家"]
    expect(page.get_by_label("卫生间").first).to_be_checked()
    expect(page.get_by_label("电动车", exact=True)).to_be_checked()


def test_only_a_coarse_place_is_told_for_what_is_kept(context: BrowserContext, running: Site) -> None:
    bodies: list[Any] = []
    context.on(
        "request", lambda each: bodies.append(json.loads(each.post_data or "")) if "bundle" in each.url else None
    )
    visit(context, running)
    assert bodies == [{"lon": 102.3, "lat": 40.3}]


def test_a_server_that_is_gone_in_the_middle_is_told_and_comes_back(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    online = shown(page)
    running.stop()
    try:
        page.get_by_text("热水", exact=True).first.click()
        expect(page.locator("#stale")).to_contain_text("没有网络")
        assert 0 < len(shown(page)) <= len(online)
        page.goto(running.address + "stations/centre")
        expect(page.locator("#kept h1")).to_have_text("中心驿站")
        expect(page.locator(".now .state")).to_have_text("开放至 20:00")
        expect(page.locator("#week tr.today td")).to_have_text("08:00–20:00")
    finally:
        running.start()
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator("#said")).to_be_visible()


def test_an_open_page_finds_by_itself_that_the_server_is_back_and_tells_nothing_twice(
    context: BrowserContext, running: Site
) -> None:
    page = visit(context, running)
    online = shown(page), states(page)
    page.evaluate("""() => {
      window.told = [];
      const note = ({id, className, textContent}) => /bar|notice--/.test(className) && window.told.push(textContent);
      new MutationObserver(all => all.forEach(({addedNodes}) => addedNodes.forEach(note)))
        .observe(document.body, {childList: true, subtree: true});
    }""")
    running.stop()
    try:
        page.get_by_text("热水", exact=True).first.click()
        expect(page.locator("#stale")).to_contain_text("没有网络")
        page.get_by_text("热水", exact=True).first.click()
        other = context.new_page()
        other.goto(running.address + "stations/centre")
        expect(other.locator("#kept h1")).to_have_text("中心驿站")
        page.evaluate(f"""() => new Promise(done => {{
          const asked = indexedDB.open("stationmap", 1);
          asked.onsuccess = () => {{
            const put = asked.result.transaction("outbox", "readwrite").objectStore("outbox")
              .put({{token: "fedcba9876543210", kind: "confirmation", station: "books", body: {{}}, madeMs: {int(running.now().timestamp() * 1000)}}});
            put.onsuccess = () => {{ asked.result.close(); done(); }};
          }};
        }})""")
        with Ledger.open(running.ledger) as ledger:
            notice = ledger.notices.put(
                "高温停电",
                starts_at=running.now(),
                ends_at=running.now() + timedelta(hours=2),
                actor="小王",
                reason="停电",
            )
        page.wait_for_timeout(4000)  # by then both pages have tried to send, in vain
    finally:
        running.start()
    try:
        expect(page.locator("#stale")).to_be_hidden(timeout=14_000)
        assert (shown(page), states(page)) == online
        expect(other.locator("#said")).to_be_visible()
        page.bring_to_front()
        page.evaluate("['online', 'fresher', 'online'].forEach(name => dispatchEvent(new Event(name)))")
        page.wait_for_timeout(3000)
        bars = [text for each in (page, other) for text in each.locator(".bar__text").all_inner_texts()]
        assert bars == ["您之前说的已经发出去了。"]
        assert page.locator(".notice").count() == 1
        assert len(page.evaluate("window.told")) == len(set(page.evaluate("window.told"))) <= 2
        assert waiting(page) == 0
    finally:
        with Ledger.open(running.ledger) as ledger:
            ledger.notices.withdraw(notice.id, actor="小王", reason="好了")


def test_what_is_being_written_is_not_lost_when_the_line_is_back(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.goto(running.address + "stations/drivers")
    page.get_by_role("button", name="有不对的地方").click()
    page.locator("#text").fill("还没写完")
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#stale")).to_contain_text("网络通了")
    expect(page.locator("#text")).to_have_value("还没写完")


def waiting(page: Page) -> int:
    count: int = page.evaluate("""() => new Promise(found => {
      const asked = indexedDB.open("stationmap", 1);
      asked.onsuccess = () => {
        const counted = asked.result.transaction("outbox").objectStore("outbox").count();
        counted.onsuccess = () => { asked.result.close(); found(counted.result); };
      };
    })""")
    return count


def test_what_is_said_without_a_line_is_sent_later_once(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.goto(running.address + "stations/drivers")
    page.get_by_role("button", name="有不对的地方").click()
    page.get_by_text("开放时间不对").click()
    page.locator("#text").fill("夜里关门")
    page.locator("#say button").click()
    expect(page.locator("#said-told")).to_have_text("已存在手机里，联网后自动发出。")
    assert waiting(page) == 1
    other = context.new_page()
    other.goto(running.address + "stations/centre")
    other.get_by_role("button", name="没变，都对").click()
    expect(other.locator("#said-told")).to_have_text("已存在手机里，联网后自动发出。")
    for each in (page, other):
        each.goto(running.address)  # the kept finder: the page of a lost line opens the real one by itself
    context.set_offline(False)
    page.wait_for_timeout(2500)
    assert page.locator(".bar").count() + other.locator(".bar").count() == 1
    assert waiting(page) == 0
    with Ledger.open(running.ledger) as ledger:
        assert [(each.station_id, each.text) for each in ledger.reports.listed()] == [("drivers", "夜里关门")]
        assert ledger.confirmations.of("centre").times_90_days == 1


def test_a_missing_service_said_without_a_line_is_named(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    page.goto(running.address + "stations/drivers/say")
    page.get_by_text("服务缺了或坏了", exact=True).click()
    asked = page.locator("#service option").all_inner_texts()
    groups = [group.get_attribute("label") for group in page.locator("#service optgroup").all()]
    page.goto(running.address)
    shown(page)
    context.set_offline(True)
    page.goto(running.address + "stations/drivers")
    page.get_by_role("button", name="有不对的地方").click()
    expect(page.locator("#service")).to_be_hidden()
    page.get_by_text("服务缺了或坏了", exact=True).click()
    expect(page.locator("#service")).to_be_visible()
    assert page.locator("#service option").all_inner_texts() == asked
    assert [group.get_attribute("label") for group in page.locator("#service optgroup").all()] == groups
    assert violations(page) == []
    page.locator("#say .send").click()
    assert waiting(page) == 0  # the browser asks for the service first
    page.locator("#service").select_option(label="淋浴")
    page.locator("#say .send").click()
    expect(page.locator("#said-told")).to_have_text("已存在手机里，联网后自动发出。")
    page.goto(running.address)
    context.set_offline(False)
    expect(page.locator(".bar")).to_be_visible()
    with Ledger.open(running.ledger) as ledger:
        said = [(str(report.kind), report.service) for report in ledger.reports.listed(station_id="drivers")]
        assert said.count(("service", "shower")) == 1


def test_a_photo_said_without_a_line_is_sent_later(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.goto(running.address + "stations/afternoon")
    page.get_by_role("button", name="有不对的地方").click()
    page.get_by_text("关了，或撤了").click()
    camera = io.BytesIO()
    Image.effect_noise((1800, 1200), 90).convert("RGB").save(camera, "JPEG", quality=95)
    page.locator("#photo").set_input_files({"name": "门.jpg", "mimeType": "image/jpeg", "buffer": camera.getvalue()})
    page.locator("#say .send").click()
    expect(page.locator("#said-told")).to_have_text("已存在手机里，联网后自动发出。")
    page.goto(running.address)
    context.set_offline(False)
    expect(page.locator(".bar")).to_be_visible()
    with Ledger.open(running.ledger) as ledger:
        (report,) = ledger.reports.listed(station_id="afternoon")
        assert report.has_photo


def test_a_kept_station_can_be_copied_and_read_in_the_sun(context: BrowserContext, running: Site) -> None:
    context.grant_permissions(["geolocation", "clipboard-read", "clipboard-write"])
    page = visit(context, running)
    page.goto(running.address + "stations/centre")
    wanted = [page.locator(f"#copy-{name}").inner_text() for name in ("address", "gcj02", "wgs84")]
    context.set_offline(True)
    page.reload()
    expect(page.locator("#kept h1")).to_have_text("中心驿站")
    for name, text in zip(("address", "gcj02", "wgs84"), wanted, strict=True):
        page.locator(f"[data-copies=copy-{name}]").click()
        expect(page.locator(f"[data-copies=copy-{name}]")).to_have_text("已复制")
        assert page.evaluate("navigator.clipboard.readText()") == text == page.locator(f"#copy-{name}").inner_text()
    assert page.locator(".fiction:visible, .badge:visible").count() == 0
    page.get_by_role("button", name="强光").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "sun"
    page.goto(running.address + "stations/drivers")
    expect(page.get_by_role("button", name="强光")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.dataset.theme") == "sun"
    assert violations(page) == []


def test_a_kept_station_of_the_sample_city_says_so(chromium: Browser, tmp_path: Path) -> None:
    sample = Site(town.build(tmp_path / "town.sqlite", fictional=True))
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", geolocation=HERE, permissions=["geolocation"])  # type: ignore[arg-type]
    context.clock.install(time=sample.now())
    try:
        page = visit(context, sample)
        context.set_offline(True)
        page.goto(sample.address + "stations/centre")
        expect(page.locator("#kept h1 .badge")).to_have_text("虚构")
        expect(page.locator(".fiction:visible")).to_have_text("本站点是虚构的，并不存在。")
    finally:
        context.close()
        sample.stop()


def test_what_the_server_refuses_for_good_is_told(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    page.evaluate("""() => new Promise(done => {
      const asked = indexedDB.open("stationmap", 1);
      asked.onsuccess = () => {
        const put = asked.result.transaction("outbox", "readwrite").objectStore("outbox")
          .put({token: "0123456789abcdef", kind: "report", station: "never", body: {kind: "closed"}, madeMs: 0});
        put.onsuccess = () => { asked.result.close(); done(); };
      };
    })""")
    page.reload()
    expect(page.locator(".bar")).to_contain_text("没能收下")
    assert waiting(page) == 0


def test_a_station_that_is_not_kept_says_so(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.goto(running.address + "stations/elsewhere")
    expect(page.locator("#stale")).to_contain_text("手机里没有存这个站点")
    page.get_by_role("link", name="去看站点列表").click()
    assert shown(page)


def test_a_phone_without_storage_works_as_before(chromium: Browser, running: Site) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", geolocation=HERE, permissions=["geolocation"])  # type: ignore[arg-type]
    context.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(running.address)
    assert shown(page)[:2] == ["中心驿站", "街角书屋"]
    page.wait_for_timeout(4000)
    context.set_offline(True)
    page.get_by_text("热水", exact=True).first.click()
    expect(page.get_by_role("status").first).to_contain_text("没有网络")
    assert faults == []
    context.close()


def test_a_phone_whose_clock_is_wrong_goes_by_the_server_s(chromium: Browser, running: Site) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", geolocation=HERE, permissions=["geolocation"])  # type: ignore[arg-type]
    context.clock.install(time=running.now() - timedelta(hours=9))
    page = visit(context, running)
    online = shown(page), states(page)
    assert "开放至 20:00" in online[1]
    context.set_offline(True)
    page.reload()
    assert (shown(page), states(page)) == online
    expect(page.locator("#stale")).to_contain_text("手机时间差了约 9 小时，这里按服务器的时间算。")
    context.close()


def test_how_old_the_data_is_and_a_clock_set_back_are_told(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    context.clock.set_system_time(running.now() + timedelta(days=3))
    page.reload()
    assert "司机之家" in shown(page)
    expect(page.locator("#stale")).to_contain_text("这是 3 天前的数据")
    context.clock.set_system_time(running.now() + timedelta(days=40))
    page.reload()
    shown(page)
    assert set(states(page)) == {"开放时间未知"}
    expect(page.locator(".row__reason").first).to_contain_text("手机里存的开放时间只到")
    context.clock.set_system_time(running.now() - timedelta(days=2))
    page.reload()
    shown(page)
    expect(page.locator("#stale")).to_contain_text("手机时间也不对")


def test_a_new_version_is_offered_and_takes_over(context: BrowserContext, running: Site, tmp_path: Path) -> None:
    page = visit(context, running)
    usual: Assets = running.server.app.extensions["assets"]
    shutil.copytree(folder(), tmp_path / "static", ignore=shutil.ignore_patterns("vendor"))
    with (tmp_path / "static" / "built" / "main.js").open("a", encoding="utf-8") as script:
        script.write("document.documentElement.dataset.anew = 'yes';\n")
    renewed = Assets(tmp_path / "static")
    running.server.app.extensions["assets"] = renewed
    try:
        page.wait_for_timeout(1500)  # by then the page has registered its worker and listens
        page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update())")
        page.get_by_role("button", name="刷新").click()
        page.wait_for_function("() => document.documentElement.dataset.anew === 'yes'")
        assert shown(page)
        assert page.evaluate("caches.keys()") == [f"shell-{renewed.version}"]
        context.set_offline(True)
        page.reload()
        assert shown(page)
        assert page.evaluate("document.documentElement.dataset.anew") == "yes"
    finally:
        running.server.app.extensions["assets"] = usual


def test_a_full_phone_works_online_as_before(context: BrowserContext, running: Site) -> None:
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    phone = context.new_cdp_session(page)
    phone.send("Storage.overrideQuotaForOrigin", {"origin": running.address.rstrip("/"), "quotaSize": 1000})
    page.goto(running.address)
    assert "司机之家" in shown(page)
    page.wait_for_timeout(4000)
    page.get_by_text("卫生间", exact=True).first.click()
    expect(page.locator('[data-group="found"] .row:visible')).to_have_count(2)
    assert faults == []


def test_on_a_line_that_crawls_what_is_kept_comes_first_and_the_server_s_answer_after(
    context: BrowserContext, running: Site
) -> None:
    page = visit(context, running)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    crawling = {"offline": False, "latency": 5000, "downloadThroughput": 1_000_000, "uploadThroughput": 1_000_000}
    line.send("Network.emulateNetworkConditions", crawling)
    page.get_by_text("卫生间", exact=True).first.click()
    expect(page.locator("#stale")).to_be_visible(timeout=4500)
    assert shown(page)[:2] == ["午后之家", "司机之家"]
    expect(page.locator("#stale")).to_be_hidden(timeout=9000)
    assert shown(page)[:2] == ["午后之家", "司机之家"]


def test_stations_are_found_by_initials_without_a_line(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.reload()
    shown(page)
    page.locator("#place").fill("sjzj")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("司机之家")
    option.click()
    expect(page.locator("#kept h1")).to_have_text("司机之家")
    expect(page.locator("#week tr")).to_have_count(7)


def test_streets_are_found_without_a_line(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.reload()
    shown(page)
    page.locator("#place").fill("人民路")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("人民路")
    option.click()
    expect(page.locator("#stale")).to_contain_text("没有网络")
    assert "中心驿站" in shown(page)


def test_axe_finds_nothing_on_a_kept_station(context: BrowserContext, running: Site) -> None:
    page = visit(context, running)
    context.set_offline(True)
    page.goto(running.address + "stations/centre")
    page.get_by_role("button", name="有不对的地方").click()
    page.evaluate("dispatchEvent(new Event('online'))")  # the phone found a net, but not the server
    expect(page.locator("#say")).to_be_visible()
    assert page.locator("h1:visible").count() == 1
    assert violations(page) == []
