"""The box for a place: a combobox by keyboard, touch and mouse; districts; what this phone remembers."""

import json
import time
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import town
from tests.browser.conftest import PHONE, Visit
from tests.browser.finding import look_from, names

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True, scope="module")
def _read_names(site: str) -> None:
    """Wait until the site has read the names of places: a moment after its start."""
    for _ in range(100):
        with urlopen(f"{site}api/v1/places?q=x") as answer:
            if json.load(answer)["complete"]:
                return
        time.sleep(0.1)


def options(page: Page) -> list[str]:
    page.wait_for_selector("#places:not([hidden]) [role=option]")
    return page.locator("#places [role=option] b").all_inner_texts()


def stored(page: Page) -> dict[str, str]:
    kept: dict[str, str] = page.evaluate("({...localStorage})")
    return kept


def test_a_typed_place_is_found_by_keyboard_alone(visit: Visit) -> None:
    page = visit.open()
    box = page.get_by_role("combobox", name="或者输入地点")
    box.focus()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("zhongshan")
    assert "中山路" in options(page)
    expect(box).to_have_attribute("aria-expanded", "true")
    position = options(page).index("中山路")
    for _ in range(position + 1):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("中山路")
    assert box.get_attribute("aria-activedescendant") == f"place-{position}"
    page.keyboard.press("Enter")
    names(page)
    expect(page.get_by_role("status")).to_contain_text("“中山路”附近")
    expect(box).to_have_value("中山路")
    expect(page.locator("#places")).to_be_hidden()
    assert "中山" not in page.url


def test_escape_closes_the_list_and_arrows_go_round(visit: Visit) -> None:
    page = visit.open()
    page.locator("#place").fill("路")
    many = options(page)
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_contain_text(many[-1])
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text(many[0])
    page.keyboard.press("Escape")
    expect(page.locator("#places")).to_be_hidden()
    expect(page.locator("#place")).to_have_value("路")


@pytest.mark.parametrize("visit", [{"has_touch": True, "is_mobile": True}], indirect=True)
def test_a_typed_place_is_found_by_touch(visit: Visit) -> None:
    page = visit.open()
    page.locator("#place").tap()
    page.keyboard.type("人民路")
    assert options(page)[0] == "人民路"
    page.get_by_role("option").first.tap()
    names(page)
    expect(page.get_by_role("status")).to_contain_text("“人民路”附近")


def test_enter_takes_the_only_or_exact_name_and_offers_the_rest(visit: Visit) -> None:
    page = visit.open()
    page.locator("#place").fill("西区")
    page.keyboard.press("Enter")
    names(page)
    expect(page.get_by_role("status")).to_contain_text("“西区”附近")
    page.locator("#place").fill("路")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("请选一个")
    assert len(options(page)) > 1


def test_a_station_found_by_name_opens_its_page(visit: Visit) -> None:
    page = visit.open()
    page.locator("#place").fill("sjzj")
    assert options(page)[0] == "司机之家"
    page.get_by_role("option").first.click()
    page.wait_for_url("**/stations/drivers")


def test_coordinates_are_a_place_too(visit: Visit) -> None:
    page = visit.open()
    page.locator("#place").fill(f"{town.LON}，{town.LAT}")
    page.keyboard.press("Enter")
    assert names(page)[0] == "中心驿站"


@pytest.mark.parametrize("text", ["火星大街", "😀🚲🌧", "站" * 10_000, "<img src=x onerror=alert(1)>", "%00'\"\\"])
def test_what_is_no_place_is_said_and_nothing_is_lost(visit: Visit, text: str) -> None:
    page = visit.open("?need=toilet")
    look_from(page, f"{town.LON},{town.LAT}")
    before = names(page)
    page.locator("#place").fill(text)
    page.get_by_role("button", name="查这个地点").click()
    expect(page.get_by_role("status")).to_contain_text("没有找到")
    assert names(page) == before
    expect(page.get_by_label("卫生间").first).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_a_place_is_looked_up_and_others_offered(visit: Visit) -> None:
    page = visit.open()
    page.locator("#place").fill("人民路")
    page.locator("#place").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“人民路”附近")
    assert page.locator(".row").count() > 0
    page.locator("#place").fill("驿站")
    page.locator("#look").click()
    expect(page.get_by_role("heading", name="您找的是不是这里？")).to_be_visible()
    page.get_by_role("button", name="西区").click()
    expect(page.get_by_role("status")).to_contain_text("“西区”附近")
    assert page.url == visit.site


def test_a_chosen_place_keeps_its_name_in_another_language_and_after_back(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="西区").click()
    names(page)
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en] body.located")
    expect(page.get_by_role("status")).to_contain_text("Around 西区, times count from its middle.")
    page.locator('[data-id="drivers"] .row__name a').click()
    page.wait_for_url("**/stations/drivers")
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("Around 西区, times count from its middle.")


def test_a_place_is_remembered_only_where_he_agrees_and_forgotten_when_he_asks(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    assert stored(page) == {}
    page.get_by_label("在这部手机上记住我的位置").check()
    assert [json.loads(value)["lon"] for value in stored(page).values()] == [str(town.LON)]
    again = page.context.new_page()
    again.goto(visit.site)
    assert names(again)[0] == "中心驿站"
    expect(again.get_by_role("status")).to_contain_text("您上次的位置附近")
    again.get_by_label("在这部手机上记住我的位置").uncheck()
    assert stored(again) == {}
    expect(page.get_by_label("在这部手机上记住我的位置")).not_to_be_checked()
    third = page.context.new_page()
    third.goto(visit.site)
    expect(third.locator("body.located")).to_have_count(0)


@pytest.mark.parametrize(
    "visit",
    [{"geolocation": {"latitude": 40.300123, "longitude": 102.300456}, "permissions": ["geolocation"]}],
    indirect=True,
)
def test_his_position_stands_in_no_address_and_no_storage(visit: Visit) -> None:
    page = visit.open()
    names(page)
    page.get_by_text("卫生间", exact=True).first.click()
    page.get_by_role("link", name="地图", exact=True).click()
    page.wait_for_selector(".pin")
    assert not [url for url in [*visit.asked, page.url] if "300123" in url or "300456" in url]
    assert stored(page) == {}
    assert page.evaluate("Object.keys(sessionStorage)") == []
    assert "102" not in page.evaluate("document.cookie")


def test_a_place_not_found_leaves_the_list_labelled_with_the_one_before(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="西区").click()
    before = names(page)
    expect(page.get_by_role("status")).to_contain_text("从西区中心算起")
    expect(page.locator("#still")).to_be_hidden()
    for text, told in (("火星大街", "没有找到"), ("路", "请选一个")):
        page.locator("#place").fill(text)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(told)
        expect(page.locator("#still")).to_have_text("以下仍是“西区”附近的站点。")
        assert names(page) == before
    page.keyboard.press("Escape")
    page.locator("#place").fill("人民路")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“人民路”附近")
    expect(page.locator("#still")).to_be_hidden()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    page.locator("#place").fill("火星大街")
    page.locator("#look").click()
    expect(page.locator("#still")).to_have_text("以下仍是上一个位置附近的站点。")


def test_a_service_typed_as_a_place_is_one_tap_from_being_asked_for(visit: Visit) -> None:
    page = visit.open()
    page.locator("#place").fill("微波炉")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="要找有微波炉的站点？").click()
    expect(page.get_by_role("status")).to_contain_text("请先告诉我们您在哪里")
    expect(page.get_by_label("微波炉").first).to_be_checked()
    page.get_by_role("button", name="西区").click()
    assert names(page) == ["中心驿站"]
    page.locator("#place").fill("卫生间")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="要找有卫生间的站点？").click()
    page.wait_for_url("**/?need=microwave&need=toilet")
    expect(page.locator("#place")).to_have_value("西区")
    expect(page.locator("#still")).to_be_hidden()
    expect(page.locator("#wants")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False])
def test_another_language_keeps_filters_time_and_view_also_after_back(
    chromium: Browser, site: str, javascript: bool
) -> None:
    context = chromium.new_context(locale="zh-CN", java_script_enabled=javascript, viewport=PHONE)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(f"{site}?mode=ride")
    page.get_by_text("卫生间", exact=True).first.click()
    page.get_by_text("全部", exact=True).click()
    page.get_by_role("button", name="西区").click()
    expect(page.locator('[data-group="found"] [data-id="dawn"]')).to_have_count(1)
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en] body.located")
    assert page.url == f"{site}?need=toilet&open=any&mode=ride"
    before = page.locator(".row__name a").all_inner_texts()
    if javascript:  # without it the browser asks whether to send the form again
        page.locator('[data-id="drivers"] .row__name a').click()
        page.wait_for_url("**/stations/drivers?need=toilet&open=any&mode=ride")
        page.go_back()
        page.wait_for_selector("html[lang=en] body.located .answer:not([aria-busy]) .row")
        assert page.locator(".row__name a").all_inner_texts() == before
        page.get_by_role("link", name="Map", exact=True).click()
        page.get_by_role("button", name="中文").click()
        page.wait_for_selector("html[lang=zh-CN] body.view-map")
        assert page.url == f"{site}?need=toilet&open=any&mode=ride&view=map"
    context.close()
