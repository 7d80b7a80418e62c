"""The page of one station in a real browser, and the sign as it comes out of the printer."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser, expect

from stationmap.register.ledger import Ledger
from tests.browser import full_station, town
from tests.browser.axe import violations
from tests.browser.conftest import DESKTOP, PHONE, Visit, _serve

pytestmark = pytest.mark.browser
LONG = "很长的站名" * 100
RTL = "عربي\u202eabc站🙂"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
PAGES = ["stations/full", "stations/full?from=sign", "stations/gone", "stations/hostile", "stations/long"]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = full_station.build(tmp_path_factory.mktemp("station") / "town.sqlite")
    everything = " ".join(code for code in ("hot_water", "microwave", "seats", "toilet", "drinking_water", "books", "wifi",
                                            "tv", "air_conditioning", "heating", "fridge", "shower", "laundry"))  # fmt: skip
    with Ledger.open(file) as opened:
        full = town.station("long", LONG, 11, "Mo 08:00-09:00,10:00-11:00; Tu 09:00-10:00; We 10:00-11:00; Th 11:00-12:00; "
                            "Fr 12:00-13:00; Sa 13:00-14:00; Su 14:00-15:00", *town.services(everything))  # fmt: skip
        opened.put(
            [full, town.station("rtl", RTL, 12, "24/7", *town.services(everything))], actor="小王", reason="怪名字"
        )
    return file


@pytest.fixture(scope="module")
def site(ledger: Path) -> Iterator[str]:
    """Return the address of a site on which everything of one station is known; it takes the place of the town's."""
    yield from _serve(ledger)


def last_tap(ledger: Path, id_: str) -> int:
    with Ledger.open(ledger) as opened:
        return opened.confirmations.of(id_, today=town.NOON.date()).times_90_days


def test_one_tap_says_that_it_is_still_right(visit: Visit, ledger: Path) -> None:
    page = visit.open("stations/centre")
    page.get_by_role("button", name="没变，都对").click()
    told = page.locator("#said-told")
    expect(told).to_have_text("谢谢您，别的工友会看到有人确认过。")
    expect(told).to_be_focused()
    expect(page.get_by_role("button", name="没变，都对")).to_be_hidden()
    assert last_tap(ledger, "centre") == 1
    page.reload()
    expect(page.locator(".trust__workers")).to_have_text("今天有工友确认“没变”")


def test_a_tap_without_a_line_is_kept_and_sent_later(visit: Visit, ledger: Path) -> None:
    page = visit.open("stations/drivers")
    page.context.set_offline(True)
    page.get_by_role("button", name="没变，都对").click()
    expect(page.locator("#said-told")).to_contain_text("已存在手机里")
    assert last_tap(ledger, "drivers") == 0
    page.context.set_offline(False)
    expect(page.get_by_text("之前说的已经发出去了")).to_be_visible(timeout=15_000)
    assert last_tap(ledger, "drivers") == 1
    visit.complaints.clear()  # the browser's own word that it was offline


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_a_tap_is_a_form(visit: Visit, ledger: Path) -> None:
    page = visit.open("stations/books?from=sign")
    page.get_by_role("button", name="没变，都对").click()
    expect(page.get_by_text("谢谢您，别的工友会看到有人确认过。")).to_be_visible()
    assert page.url.endswith("stations/books?said=right&from=sign")
    assert last_tap(ledger, "books") == 1
    expect(page.locator(".copy__button").first).to_be_hidden()


def test_from_the_sign_the_report_is_one_tap_away_and_filled(visit: Visit) -> None:
    page = visit.open("stations/full?from=sign")
    heading = page.get_by_role("heading", name="您就在这里：信息对吗？").bounding_box()
    first_way = page.get_by_role("link", name="高德步行导航").bounding_box()
    assert heading
    assert first_way
    assert heading["y"] < first_way["y"]
    assert heading["y"] < PHONE["height"] / 2
    page.get_by_role("link", name="服务缺了或坏了", exact=True).click()
    expect(page.get_by_role("radio", name="服务缺了或坏了")).to_be_checked()
    page.go_back()
    page.get_by_role("link", name="没有？ 微波炉").click()
    expect(page.get_by_label("哪项服务")).to_have_value("microwave")


@pytest.mark.parametrize("visit", [CLIPBOARD], indirect=True)
def test_address_and_coordinates_are_copied(visit: Visit) -> None:
    page = visit.open("stations/full")
    page.get_by_role("button", name="复制 地址").click()
    expect(page.get_by_role("button", name="复制 地址")).to_have_text("已复制")
    held = page.evaluate("navigator.clipboard.readText()")
    assert held == "中山路户外劳动者驿站 小城西区中山路9号（工商银行旁）"
    page.get_by_role("button", name="复制 GPS").click()
    expect(page.get_by_role("button", name="复制 GPS")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "102.300000,40.308100"


def test_where_the_clipboard_is_refused_the_old_way_copies(visit: Visit) -> None:
    page = visit.open("stations/full")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="复制 地址").click()
    expect(page.get_by_role("button", name="复制 地址")).to_have_text("已复制")
    assert "中山路9号" in page.evaluate("String(getSelection())")


@pytest.mark.parametrize("id_", ["full", "hostile", "rtl", "long"])
def test_what_machines_read_passes_the_policy(visit: Visit, id_: str) -> None:
    page = visit.open(f"stations/{id_}")
    told = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert told["name"] == {"hostile": town.HOSTILE, "rtl": RTL, "long": LONG}.get(id_, full_station.STATION.name)
    assert "taken" not in page.title().split("title=")[0]
    assert page.evaluate("document.scripts.length") == 3


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_station_page_scrolls_sideways(visit: Visit, width: int, path: str) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    visit.open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if "gone" in path:
        visit.complaints.clear()  # the browser's own word of the 410


@pytest.mark.parametrize("visit", [{"locale": "en-US"}], indirect=True)
def test_twice_the_text_size_still_fits(visit: Visit) -> None:
    page = visit.open("stations/full?from=sign")
    page.evaluate("new CSSStyleSheet().replace('html {font-size: 200%}').then(s => document.adoptedStyleSheets = [s])")
    page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '32px'")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_everything_to_tap_is_large_enough_for_a_thumb(visit: Visit) -> None:
    page = visit.open("stations/full?from=sign")
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, main button")].filter((e) => e.getClientRects().length)
        .map((e) => [e.textContent.trim(), e.getBoundingClientRect()]).filter(([, r]) => r.height < 44 || r.width < 44)
        .map(([t]) => t)"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark", "sun"])
@pytest.mark.parametrize("path", ["stations/full?from=sign", "stations/gone", "stations/full/sign"])
def test_axe_finds_nothing(chromium: Browser, site: str, path: str, scheme: str) -> None:
    context = chromium.new_context(viewport=PHONE, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    joint = "&" if "?" in path else "?"
    page.goto(f"{site}{path}{joint}theme=sun" if scheme == "sun" else site + path)
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("visit", [{"viewport": DESKTOP}], indirect=True)
@pytest.mark.parametrize("id_", ["full", "hostile", "rtl", "long", "unsure"])
def test_the_sign_is_one_sheet_of_a5_whose_code_is_read(visit: Visit, id_: str, tmp_path: Path) -> None:
    page = visit.open(f"stations/{id_}/sign")
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    page.emulate_media(media="print")
    cut_off = page.evaluate("(s => s.scrollHeight - s.clientHeight)(document.querySelector('.sheet'))")
    assert cut_off <= 0
    page.pdf(path=tmp_path / "sign.pdf", prefer_css_page_size=True, print_background=True)
    pdf = pypdfium2.PdfDocument(tmp_path / "sign.pdf")
    assert len(pdf) == 1
    width_pt, height_pt = pdf[0].get_size()
    assert (round(width_pt / 72 * 25.4), round(height_pt / 72 * 25.4)) == (148, 210)
    said = pdf[0].get_textpage().get_text_range()
    assert "告诉我们" in said.replace("\n", "")
    picture = pdf[0].render(scale=2).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"{visit.site}stations/{quote(id_, safe='')}?from=sign"
    corners = code.position
    assert abs(corners.top_right.x - corners.top_left.x) / picture.width * 148 > 50  # wider than 5 cm
    pdf.close()


def test_a_phone_that_reads_the_sign_lands_on_the_question(visit: Visit) -> None:
    page = visit.open("stations/full?from=sign&utm=x")
    expect(page.get_by_role("heading", name="您就在这里：信息对吗？")).to_be_in_viewport()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="You are here: is this right?")).to_be_in_viewport()


def test_the_page_prints_its_facts_and_no_buttons(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("stations/full")
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="高德步行导航")).to_be_hidden()
    expect(page.get_by_role("heading", name="开放时间")).to_be_visible()
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    pdf = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    said = "".join(pdf[number].get_textpage().get_text_range() for number in range(len(pdf)))
    assert "工商银行中山路支行" in said
    pdf.close()


def test_stations_near_a_removed_one_are_one_tap_away(visit: Visit) -> None:
    page = visit.open("stations/gone")
    page.get_by_role("button", name="看附近的站点").click()
    expect(page.locator('[data-id="centre"]').first).to_be_visible()
    visit.complaints.clear()  # the browser's own word of the 410
