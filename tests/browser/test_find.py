"""The finder in a real browser: position in, list and map out, on phone and desktop, with and without JavaScript."""

import json
import re
from urllib.parse import urlsplit

import pandas
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import town
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.finding import ALLOWED, HERE, look_from, names

pytestmark = pytest.mark.browser
IN_REACH = ["中心驿站", "街角书屋", "午后之家", "司机之家", town.HOSTILE]


def test_typed_coordinates_give_the_stations_he_can_enter_nearest_first(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    assert names(page) == IN_REACH
    first = page.locator('[data-id="centre"]')
    expect(first.locator(".state")).to_have_text("开放至 20:00")
    expect(first.locator(".row__way b")).to_have_text("4 分钟")
    expect(first.locator(".row__way span").first).to_have_text("200 米")
    expect(first.locator(".row__entry")).to_have_text("一楼 · 推门即入")
    assert first.locator(".has li").all_inner_texts() == ["热水", "微波炉", "座椅"]
    expect(page.locator('[data-id="afternoon"] .state')).to_have_text("12:20 开放")
    expect(page.locator('[data-id="afternoon"] .row__wait')).to_have_text("到了要等 12 分钟")
    expect(page.locator(".row__wait:visible")).to_have_count(1)
    expect(page.locator('[data-id="drivers"] .state')).to_have_text("24 小时开放")
    expect(page.get_by_role("status")).to_have_text("最近的 4 个能进的站点。 另有 1 个到了要等开门。")
    assert page.title() == "离您最近、现在能进的站点 · 驿站地图"


@pytest.mark.parametrize("visit", [{"geolocation": HERE}], indirect=True)
def test_one_tap_takes_the_position_of_the_browser_and_tells_it_to_nobody_else(visit: Visit) -> None:
    page = visit.open()
    page.context.grant_permissions(["geolocation"])
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or "") if request.method == "POST" else None)
    page.get_by_role("button", name="找我附近的站点").click()
    assert names(page) == IN_REACH
    assert [json.loads(body)["lon"] for body in bodies] == [town.LON]
    assert not [url for url in [*visit.asked, page.url] if str(town.LON) in url or str(town.LAT) in url]
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []


@pytest.mark.parametrize(
    ("visit", "where"),
    [
        ({"permissions": []}, "浏览器设置"),
        ({"permissions": [], "user_agent": "Mozilla/5.0 (Linux; Android 9) MicroMessenger/8.0"}, "在浏览器打开"),
    ],
    indirect=["visit"],
)
def test_a_refused_position_says_what_to_do_instead(visit: Visit, where: str) -> None:
    page = visit.open()
    page.get_by_role("button", name="找我附近的站点").click()
    expect(page.get_by_role("status")).to_contain_text("地图上点一下您的位置")
    expect(page.get_by_role("button", name="找我附近的站点")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("status")).to_contain_text(where)
    page.get_by_role("button", name="西区").click()
    assert set(names(page)) <= set(IN_REACH)


@pytest.mark.parametrize("visit", [{"viewport": DESKTOP}], indirect=True)
def test_a_tap_on_the_map_sets_the_position(visit: Visit) -> None:
    page = visit.open()
    page.locator(".leaflet-container").click(position={"x": 400, "y": 300})
    assert set(names(page)) <= set(IN_REACH)
    expect(page.locator(".here")).to_be_visible()
    numbers = page.locator(".pin b").all_inner_texts()
    assert numbers == page.locator('.row [data-slot="number"]').all_inner_texts()
    expect(page.locator(".pin .mark--soon")).to_have_count(1)


@pytest.mark.parametrize("visit", [{"viewport": DESKTOP, **ALLOWED}], indirect=True)
def test_list_and_map_point_at_each_other(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="找我附近的站点").click()
    names(page)
    page.wait_for_selector(".pin")
    page.locator('[data-id="drivers"]').hover()
    expect(page.locator(".pin.chosen b")).to_have_text("4")
    page.locator(".pin", has_text="1").click()
    expect(page.locator('[data-id="centre"]')).to_have_class(re.compile("chosen"))


def test_chips_and_switches_ask_again_and_live_in_the_address(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    page.get_by_text("卫生间", exact=True).first.click()
    expect(page.locator('[data-group="found"] .row')).to_have_count(2)
    assert names(page) == ["午后之家", "司机之家"]
    expect(page.locator('[data-id="drivers"] .has__need')).to_have_text("卫生间")
    assert names(page, "maybe") == ["街角书屋", "无名小站", "推测小站"]
    expect(page.locator('[data-id="books"] .has__unknown')).to_have_text("卫生间？")
    page.get_by_text("全部", exact=True).click()
    expect(page.locator('[data-group="found"] .row__name').first).to_have_text("早班站")
    expect(page.locator('[data-id="dawn"] .state')).to_have_text("已关门，明天 06:00 开放")
    page.get_by_text("电动车", exact=True).click()
    expect(page.locator('[data-id="drivers"] .row__way b')).to_have_text("3 分钟")
    assert urlsplit(page.url).query == "need=toilet&open=any&mode=ride"
    page.reload()
    expect(page.get_by_label("卫生间")).to_be_checked()
    expect(page.get_by_label("电动车", exact=True)).to_be_checked()


def test_when_no_single_station_will_do_the_nearest_set_is_shown(visit: Visit) -> None:
    page = visit.open("?need=microwave&need=shower")
    look_from(page, f"{town.LON},{town.LAT}")
    page.wait_for_selector("body.located")
    assert names(page) == []
    assert names(page, "together") == ["中心驿站", "司机之家"]
    expect(page.get_by_role("status")).to_contain_text("合起来就有")


def test_when_nothing_can_be_entered_what_opens_next_is_shown(visit: Visit) -> None:
    page = visit.open("?kind=rest_station&need=hot_water&need=toilet")
    look_from(page, f"{town.LON},{town.LAT}")
    assert names(page) == []
    assert "早班站" in names(page, "next") + names(page, "together")
    assert page.locator(".row").count() > 0


def go_through(page: Page, how: str) -> None:
    """Leave the list for a station and come back, or have the page loaded anew."""
    if how == "reload":
        page.reload()
        return
    page.locator('[data-id="drivers"] .row__name a').click()
    page.wait_for_url("**/stations/drivers")
    if how == "back":
        page.go_back()
    else:
        page.get_by_role("link", name="返回列表").click()
    page.wait_for_url(re.compile(r"/\?need=toilet$"))


@pytest.mark.parametrize("how", ["back", "link", "reload"])
@pytest.mark.parametrize("visit", [{**ALLOWED, "viewport": {"width": 390, "height": 500}}], indirect=True)
def test_the_list_is_there_again_after(visit: Visit, how: str) -> None:
    page = visit.open("?need=toilet")
    page.get_by_role("button", name="找我附近的站点").click()
    assert names(page) == ["午后之家", "司机之家"]
    go_through(page, how)
    assert names(page) == ["午后之家", "司机之家"]
    expect(page.get_by_label("卫生间").first).to_be_checked()
    if how != "reload":
        expect(page.locator('[data-id="drivers"]')).to_be_in_viewport()
    assert not [url for url in [*visit.asked, page.url] if str(town.LON) in url]
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    page.context.clear_permissions()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("body.located")).to_have_count(0)


def test_the_way_back_from_a_shared_link_is_the_bare_finder(visit: Visit) -> None:
    page = visit.open("stations/drivers")
    page.get_by_role("link", name="返回列表").click()
    page.wait_for_url(visit.site)
    expect(page.get_by_role("button", name="找我附近的站点")).to_be_visible()


def test_what_is_more_than_an_hour_away_is_folded_and_not_on_the_map_first(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT - 0.027}")  # the corner lies 3 km off, 52 minutes on foot
    assert names(page)[0] == "中心驿站"
    assert len(names(page, "far")) > 0
    expect(page.locator('[data-group="far"] .row').first).to_be_hidden()
    page.get_by_text("路上要一小时以上的").click()
    expect(page.locator('[data-group="far"] .row').first).to_be_visible()
    assert all(
        "小时" in way or int(way.split()[0]) >= 60
        for way in page.locator('[data-group="far"] b[data-slot="minutes"]').all_inner_texts()
    )


def test_another_city_is_told_in_kilometres(visit: Visit) -> None:
    page = visit.open()
    look_from(page, "116.4,39.9")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^离最近的站点还有 1\d{3} 公里。如果您不在这里，"))
    assert names(page, "far")
    assert re.search(r"\d 小时\s", page.locator(".answer").inner_text()) is None


def test_the_start_map_shows_the_town_in_sight(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="找我附近的站点").click()  # refused: a fresh context allows nothing
    expect(page.get_by_role("status")).to_contain_text("地图上点一下您的位置")
    page.get_by_role("link", name="在地图上点您的位置").click()
    page.wait_for_url("**/?view=map")
    box = page.locator("#map").bounding_box()
    assert box
    assert box["y"] + box["height"] <= PHONE["height"] + 1
    expect(page.locator(".label").first).to_be_in_viewport()


def test_filters_end_with_a_button_to_the_results_and_nothing_covers_them(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    expect(page.locator(".views")).to_be_visible()
    page.get_by_text("更多需要和类型").click()
    expect(page.locator(".views")).to_be_hidden()
    page.get_by_text("淋浴", exact=True).first.click()
    page.get_by_role("button", name="查看结果").click()
    expect(page.locator(".more")).not_to_have_attribute("open", "")
    assert names(page) == ["司机之家"]
    expect(page.get_by_role("status")).to_be_in_viewport()
    expect(page.get_by_role("status")).to_have_text("附近有 1 个能进的站点。")


def test_the_end_of_the_list_is_not_covered(visit: Visit) -> None:
    page = visit.open("?open=any")
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    last = page.locator(".row .go").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    last.click(trial=True)  # fails where another element would take the tap


def test_another_language_keeps_position_and_filters(visit: Visit) -> None:
    page = visit.open("?need=toilet")
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en] body.located")
    assert names(page) == ["午后之家", "司机之家"]
    expect(page.locator('[data-id="afternoon"] .state')).to_have_text("Opens 12:20")
    expect(page.get_by_label("toilet").first).to_be_checked()
    page.goto(visit.site + "?mode=ride")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert re.search("[\u4e00-\u9fff]", page.locator(".pane").inner_text().replace("西区", "")) is None


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_it_is_a_form_and_a_list(visit: Visit) -> None:
    page = visit.open()
    expect(page.get_by_role("button", name="找我附近的站点")).to_be_hidden()
    page.get_by_label("经度，纬度").fill(f"{town.LON},{town.LAT}")
    page.get_by_text("卫生间", exact=True).first.click()
    page.get_by_label("经度，纬度").press("Enter")
    assert page.locator('[data-group="found"] .row__name a').all_inner_texts() == ["午后之家", "司机之家"]
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert urlsplit(page.url).query == "need=toilet"  # the filters, never the position
    page.get_by_role("button", name="English").click()
    expect(page.locator('[data-id="afternoon"] .state')).to_have_text("Opens 12:20")
    page.locator('[data-id="drivers"] .row__name a').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("司机之家")


def test_keyboard_alone_finds_a_station_and_opens_it(visit: Visit) -> None:
    page = visit.open()
    page.keyboard.press("Tab")
    expect(page.get_by_text("跳到正文")).to_be_focused()
    page.get_by_text("输入坐标", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(f"{town.LON},{town.LAT}")
    page.keyboard.press("Enter")
    assert names(page) == IN_REACH
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.row') !== null"):
            break
    expect(page.locator('[data-id="centre"] .row__name a')).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/stations/centre")


def test_a_hostile_name_is_text(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    assert town.HOSTILE in names(page)
    page.get_by_role("link", name="地图", exact=True).click()
    page.wait_for_selector(".pin")
    page.get_by_role("link", name="列表", exact=True).click()
    page.locator('[data-id="hostile"] .row__name a').click()
    expect(page.get_by_role("heading", level=1)).to_have_text(town.HOSTILE)
    assert "taken" not in page.title().split("·")[1]


@pytest.mark.parametrize("width", [320, PHONE["width"], 768, DESKTOP["width"]])
@pytest.mark.parametrize("path", ["", "stations/drivers", "stations/gone", "nowhere"])
def test_no_page_scrolls_sideways(chromium: Browser, site: str, width: int, path: str) -> None:
    for locale in ("zh-CN", "en"):
        context = chromium.new_context(viewport={"width": width, "height": 800}, locale=locale)
        page = context.new_page()
        page.goto(site + path)
        if not path:
            page.locator(".fold").click()
            page.locator("#position").fill(f"{town.LON},{town.LAT}")
            page.keyboard.press("Enter")
            names(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()


def test_text_at_200_percent_still_fits(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    lines = page.evaluate("Math.round(document.querySelector('.row .state').getBoundingClientRect().height)")
    assert lines < 110


def test_buttons_and_chips_are_large_enough_for_a_thumb(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    small = page.evaluate(
        """[...document.querySelectorAll("button:not(.unseen), .chip span, .switch span, summary, .go, .views a, .pick, .remember, #place, #look, #locate, select, input[name=position]")]
        .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 44)
        .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_fictional_stations_are_said_to_be_fictional(chromium: Browser, sample_site: str) -> None:
    page = chromium.new_page(locale="zh-CN")
    page.goto(sample_site)
    expect(page.get_by_text("示例城市：全部站点都是虚构的，并不存在。")).to_be_visible()
    look_from(page, f"{town.LON},{town.LAT}")
    assert len(names(page)) > 0
    assert page.locator(".row").count() == page.locator(".row .badge--fiction").count()
    page.goto(sample_site + "stations/drivers")
    expect(page.get_by_text("本站点是虚构的，并不存在。")).to_be_visible()
    page.close()


def test_a_real_town_is_not_called_fictional(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    assert page.locator(".badge--fiction").count() == page.get_by_text("虚构").count() == 0


def test_the_station_page_leads_into_map_apps_and_tells_its_sources(visit: Visit) -> None:
    page = visit.open("stations/drivers")
    expect(page.locator(".now .state")).to_have_text("24 小时开放")
    ways = {link.inner_text(): link.get_attribute("href") or "" for link in page.locator(".ways a").all()}
    assert set(ways) >= {"高德步行导航", "高德电动车导航", "百度地图", "腾讯地图"}
    assert ways["高德步行导航"].startswith("https://uri.amap.com/navigation?")
    expect(page.get_by_text("2026-12-31 前停用")).to_be_visible()
    assert "工会名单" in page.locator("main").inner_text()
    expect(page.locator(".week .today td")).to_have_text("24 小时")


def test_a_lost_connection_is_said_and_the_list_stays(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    before = names(page)
    page.route("**/api/v1/nearest", lambda route: route.abort())
    page.get_by_text("热水", exact=True).first.click()
    expect(page.get_by_role("status")).to_contain_text("没有网络")
    assert names(page) == before
    visit.complaints.clear()  # Chromium itself notes the failed request


@pytest.mark.parametrize("visit", [{"accept_downloads": True}], indirect=True)
def test_the_table_that_is_offered_is_of_what_is_asked_for(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    page.locator("label.chip", has_text="卫生间").first.click()
    with page.expect_download() as offered:
        page.get_by_role("link", name="存为表格").click()
    assert urlsplit(offered.value.url).path == "/api/v1/download/stations.xlsx"
    assert urlsplit(offered.value.url).query == "need=toilet"
    table = pandas.read_excel(offered.value.path(), engine="openpyxl")
    assert {"早班站", "司机之家"} <= set(table.astype(str).to_numpy().ravel())
    assert "中心驿站" not in set(table.astype(str).to_numpy().ravel())
