"""The list while he moves, reads, or loses the line: up to date, and nothing jumps."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import town
from tests.browser.conftest import PHONE, Visit
from tests.browser.finding import ALLOWED, look_from, names, north

pytestmark = pytest.mark.browser
MINUTES = '[data-id="drivers"] [data-slot="minutes"]'
SHORT = {**ALLOWED, "viewport": {"width": 390, "height": 500}}


def shown(page: Page) -> list[str]:
    rows: list[str] = page.evaluate("[...document.querySelectorAll('.answer .row')].map((row) => row.dataset.id)")
    return rows


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_with_permission_the_list_is_there_at_once_and_follows_him(visit: Visit) -> None:
    page = visit.open()
    names(page)
    expect(page.locator(MINUTES)).to_have_text("10 分钟")
    page.evaluate("window.kept = document.querySelector('[data-id=\"drivers\"]')")
    page.context.set_geolocation(north(200))
    expect(page.locator(MINUTES)).to_have_text("7 分钟")
    assert page.evaluate("window.kept.isConnected")  # the very same row, brought up to date
    assert str(town.LON) not in page.url


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_a_few_steps_ask_nothing(visit: Visit) -> None:
    page = visit.open()
    names(page)
    asked = len([url for url in visit.asked if "nearest" in url])
    page.context.set_geolocation(north(15))
    page.wait_for_timeout(800)
    assert len([url for url in visit.asked if "nearest" in url]) == asked
    page.context.set_geolocation(north(60))
    expect(page.locator(MINUTES)).to_have_text("9 分钟")


@pytest.mark.parametrize("visit", [SHORT], indirect=True)
def test_rows_do_not_change_places_while_he_reads_and_do_when_he_asks(visit: Visit) -> None:
    page = visit.open("?open=any")
    names(page)
    before = shown(page)
    page.mouse.move(190, 300)
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(200)
    row = page.locator('[data-id="unsure"]')
    top = row.bounding_box()
    page.context.set_geolocation(north(820))  # now the order is the other way round
    expect(page.get_by_role("button", name="列表有变化")).to_be_visible()
    assert shown(page) == before
    assert row.bounding_box() == top
    page.get_by_role("button", name="列表有变化").click()
    expect(page.get_by_role("button", name="列表有变化")).to_be_hidden()
    assert shown(page) == before[::-1]
    numbers = page.locator('.answer .row [data-slot="number"]').all_inner_texts()
    assert numbers == [str(i + 1) for i in range(len(before))]


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_the_new_order_comes_by_itself_when_he_does_not_touch_the_list(visit: Visit) -> None:
    page = visit.open("?open=any")
    names(page)
    before = shown(page)
    page.context.set_geolocation(north(820))
    page.wait_for_function("(first) => document.querySelector('.answer .row').dataset.id === first", arg=before[-1])
    assert shown(page) == before[::-1]


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_the_focus_stays_on_the_row_it_is_on(visit: Visit) -> None:
    page = visit.open("?open=any")
    names(page)
    page.locator('[data-id="centre"] .row__name a').focus()
    page.context.set_geolocation(north(820))
    expect(page.get_by_role("button", name="列表有变化")).to_be_visible()
    expect(page.locator('[data-id="centre"] [data-slot="minutes"]')).to_have_text("11 分钟")
    expect(page.locator('[data-id="centre"] .row__name a')).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator('[data-id="centre"] .go')).to_be_focused()


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_the_summary_is_said_once_and_not_at_each_step(visit: Visit) -> None:
    page = visit.open()
    names(page)
    page.evaluate(
        """() => { window.said = [];
        new MutationObserver(() => window.said.push(document.getElementById("status").textContent))
          .observe(document.getElementById("status"), {childList: true, characterData: true, subtree: true}); }"""
    )
    for metres in (40, 80, 120):
        page.context.set_geolocation(north(metres))
        page.wait_for_timeout(400)
    assert page.evaluate("window.said") == []


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_a_place_that_he_chooses_ends_the_following(visit: Visit) -> None:
    page = visit.open()
    names(page)
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    page.context.set_geolocation(north(300))
    page.wait_for_timeout(700)
    expect(page.locator(MINUTES)).to_have_text("10 分钟")


@pytest.mark.parametrize(
    "visit", [{"geolocation": {**north(0), "accuracy": 2000}, "permissions": ["geolocation"]}], indirect=True
)
def test_a_rough_position_says_so_draws_its_circle_and_asks_for_a_tap(visit: Visit) -> None:
    page = visit.open()
    names(page)
    expect(page.get_by_role("status")).to_contain_text("只精确到 2.0 公里")
    page.get_by_role("link", name="在地图上点您的位置").click()
    expect(page.locator("path.vague")).to_have_count(1)
    page.locator(".leaflet-container").click(position={"x": 60, "y": 480})
    expect(page.locator("path.vague")).to_have_count(0)


def test_another_place_in_the_sea_or_abroad_leaves_districts_to_choose(visit: Visit) -> None:
    page = visit.open()
    look_from(page, "139.76,35.68")
    expect(page.get_by_role("status")).to_have_text(re.compile("^离最近的站点还有 .* 公里。如果您不在这里，"))
    page.get_by_role("button", name="西区").click()
    expect(page.get_by_role("status")).to_contain_text("“西区”附近")
    assert "中心驿站" in names(page)


def test_a_lost_line_keeps_the_list_and_a_second_try_brings_the_answer(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    before = names(page)
    page.route("**/api/v1/nearest", lambda route: route.abort())
    page.get_by_text("卫生间", exact=True).first.click()
    expect(page.get_by_role("status")).to_contain_text("没有网络")
    assert names(page) == before
    page.unroute("**/api/v1/nearest")
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator('[data-group="found"] .row')).to_have_count(2)
    expect(page.get_by_role("button", name="再试一次")).to_be_hidden()
    visit.complaints.clear()  # Chromium itself notes the failed request


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_the_phone_s_clock_does_not_count(visit: Visit) -> None:
    visit.page.clock.install(time="1999-01-01T00:00:00")
    page = visit.open()
    names(page)
    expect(page.locator('[data-id="centre"] .state')).to_have_text("开放至 20:00")
    expect(page.locator('[data-id="centre"] .row__seen')).to_have_text("19 天前核对过")
    expect(page.locator('[data-id="books"] .mark')).to_have_class("mark mark--closing")


def test_two_tabs_have_places_of_their_own(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    other = page.context.new_page()
    other.goto(visit.site)
    look_from(other, f"{town.LON},{town.LAT + 0.0063}")
    assert names(other)[0] != names(page)[0]
    page.get_by_text("热水", exact=True).first.click()
    assert names(page)[0] == "中心驿站"
    assert PHONE["width"] >= page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("visit", [SHORT], indirect=True)
def test_a_list_that_is_scrolled_waits_for_a_tap_or_for_its_top_however_long_he_rests(visit: Visit) -> None:
    visit.page.clock.install()
    page = visit.open("?open=any")
    names(page)
    before = shown(page)
    page.mouse.move(190, 300)
    page.mouse.wheel(0, 500)
    page.wait_for_function("() => window.scrollY > 100")
    page.context.set_geolocation(north(820))
    renew = page.get_by_role("button", name="列表有变化")
    expect(renew).to_be_visible()
    for _ in range(3):
        page.clock.run_for(20_000)
        page.context.set_geolocation(north(820 + 40))
        page.wait_for_timeout(200)
        assert shown(page) == before
        expect(renew).to_be_visible()
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_function("() => window.scrollY === 0")
    page.wait_for_timeout(200)
    page.clock.run_for(20_000)
    expect(renew).to_be_hidden()
    assert shown(page) == before[::-1]
