"""List and map, filters, time and theme: in the address, back again, on paper, large, in the sun."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import town
from tests.browser.conftest import DESKTOP, Visit
from tests.browser.finding import ALLOWED, look_from, names

pytestmark = pytest.mark.browser


def query(page: Page) -> str:
    return urlsplit(page.url).query


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_filters_and_views_are_steps_that_back_undoes(visit: Visit) -> None:
    page = visit.open()
    names(page)
    page.get_by_text("卫生间", exact=True).first.click()
    expect(page.locator('[data-group="found"] .row')).to_have_count(2)
    page.get_by_role("link", name="地图", exact=True).click()
    assert query(page) == "need=toilet&view=map"
    page.wait_for_selector(".pin")
    expect(page.locator(".pane")).to_be_hidden()
    page.go_back()
    assert query(page) == "need=toilet"
    expect(page.locator(".pane")).to_be_visible()
    page.go_back()
    assert query(page) == ""
    expect(page.get_by_label("卫生间").first).not_to_be_checked()
    expect(page.locator('[data-group="found"] .row')).to_have_count(5)
    page.go_forward()
    expect(page.locator('[data-group="found"] .row')).to_have_count(2)
    assert "lon" not in page.url


@pytest.mark.parametrize("visit", [{**ALLOWED, "viewport": DESKTOP}], indirect=True)
def test_a_shared_address_brings_filters_time_and_view_but_no_place(visit: Visit) -> None:
    page = visit.open("?need=hot_water&open=any&at=2026-10-10T06:30&mode=ride&view=map")
    assert names(page)[0] == "早班站"
    expect(page.get_by_label("电动车", exact=True)).to_be_checked()
    expect(page.get_by_role("status")).to_contain_text("按当地时间 2026-10-10 06:30")
    expect(page.locator(".pane")).to_be_visible()  # wide: both at once
    expect(page.locator('[data-id="dawn"] .state')).to_have_text("开放至 10:00")
    page.get_by_role("button", name="回到现在").click()
    expect(page.locator('[data-id="dawn"] .state')).to_have_text("已关门，明天 06:00 开放")
    assert query(page) == "need=hot_water&open=any&mode=ride&view=map"


def test_another_time_is_asked_for_in_the_place_s_own(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    page.get_by_text("时间", exact=True).click()
    page.get_by_label("当地的日期和时间").fill("2026-10-10T06:30")
    expect(page.locator('[data-group="found"] .row__name').first).to_have_text("早班站")
    assert query(page) == "at=2026-10-10T06%3A30"
    expect(page.locator("#when")).to_have_text("10-10 06:30")


def test_open_now_on_arrival_and_all_differ(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    assert "午后之家" in names(page)
    page.get_by_text("现在能进", exact=True).click()
    expect(page.locator('[data-group="found"] [data-id="afternoon"]')).to_have_count(0)
    page.get_by_text("全部", exact=True).click()
    expect(page.locator('[data-group="found"] [data-id="dawn"]')).to_have_count(1)


def test_what_stands_in_the_way_is_a_button_that_drops_it(visit: Visit) -> None:
    page = visit.open("?need=microwave&need=shower")
    look_from(page, f"{town.LON},{town.LAT}")
    page.wait_for_selector("body.located")
    told = page.locator("#without button").all_inner_texts()
    assert told == ["不要“淋浴”：有 1 个，4 分钟", "不要“微波炉”：有 1 个，10 分钟"]
    page.get_by_role("button", name="不要“淋浴”").click()
    expect(page.locator("#without")).to_be_hidden()
    assert names(page) == ["中心驿站"]
    assert query(page) == "need=microwave"
    expect(page.locator("#answer")).to_be_focused()


@pytest.mark.parametrize(
    "need", ["need=shower&need=legal_aid", "need=haircut", "kind=startup_park", "need=aed&open=now"]
)
def test_there_is_never_an_empty_screen(visit: Visit, need: str) -> None:
    page = visit.open(f"?{need}")
    look_from(page, f"{town.LON},{town.LAT}")
    page.wait_for_selector("body.located")
    expect(page.get_by_role("status")).not_to_be_empty()
    ways = page.locator(".row:visible, #without button:visible, #districts button:visible")
    assert ways.count() > 0


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_the_map_view_shows_the_chosen_station_and_leads_back(visit: Visit) -> None:
    page = visit.open("?view=map")
    page.locator(".pin", has_text="1").first.click()
    card = page.locator("#card .row")
    expect(card).to_contain_text("中心驿站")
    expect(card.locator(".go")).to_be_in_viewport()
    card.locator(".go").click(trial=True)
    page.get_by_role("link", name="列表", exact=True).click()
    expect(page.locator('[data-id="centre"]')).to_be_in_viewport()
    expect(page.locator("#card .row")).to_have_count(0)
    expect(page.get_by_role("link", name="地图", exact=True)).to_be_focused()


def test_a_phone_fetches_no_map_before_it_is_wanted(visit: Visit) -> None:
    page = visit.open()
    look_from(page, f"{town.LON},{town.LAT}")
    names(page)
    assert not [url for url in visit.asked if "map.css" in url or "/map/" in url or "clusters" in url]


@pytest.mark.parametrize("visit", [{**ALLOWED, "color_scheme": "dark"}], indirect=True)
def test_the_sunlight_theme_is_larger_kept_and_given_back(visit: Visit) -> None:
    page = visit.open()
    names(page)
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    paint = "getComputedStyle(document.querySelector('.row')).backgroundColor"
    before = page.evaluate(size)
    page.get_by_role("button", name="强光").click()
    expect(page.get_by_role("button", name="强光")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(size) > before
    assert page.evaluate(paint) == "rgb(255, 255, 255)"
    assert names(page)[0] == "中心驿站"  # the list is where it was
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "sun")
    page.goto(visit.site + "stations/drivers")
    expect(page.locator("html")).to_have_attribute("data-theme", "sun")
    page.goto(visit.site)
    page.get_by_role("button", name="强光").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "auto")


@pytest.mark.parametrize("visit", [{**ALLOWED, "viewport": {"width": 320, "height": 640}}], indirect=True)
@pytest.mark.parametrize("path", ["", "?theme=sun", "?view=map", "?lang=en", "?need=microwave&need=shower"])
def test_text_at_200_percent_loses_nothing_on_the_smallest_phone(visit: Visit, path: str) -> None:
    page = visit.open(path)
    page.wait_for_selector("body.located", state="attached")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    cut = page.evaluate(
        """[...document.querySelectorAll(".row a, .row p, .status, .switch span, .button, .views a")]
        .filter((e) => e.offsetParent && !e.closest(".unseen") && e.scrollWidth > e.clientWidth + 1
          && getComputedStyle(e).overflow === "hidden").map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert cut == []


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_on_paper_there_is_the_list_with_addresses_and_nothing_to_press(visit: Visit) -> None:
    page = visit.open()
    names(page)
    expect(page.locator('[data-id="centre"] .row__address')).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator('[data-id="centre"] .row__address')).to_have_text("中山路2号")
    for hidden in (".ask", "#map", ".views", ".top", ".go >> nth=0", "#further", ".remember"):
        expect(page.locator(hidden)).to_be_hidden()


@pytest.mark.parametrize("visit", [{**ALLOWED, "forced_colors": "active"}], indirect=True)
def test_in_the_system_s_colours_what_is_chosen_is_seen(visit: Visit) -> None:
    page = visit.open("?need=toilet")
    names(page)
    paint = "(e) => getComputedStyle(e).backgroundColor"
    chosen, free = (
        page.locator(".chip input:checked + span").first,
        page.locator(".chip input:not(:checked) + span").first,
    )
    assert chosen.evaluate(paint) != free.evaluate(paint)


@pytest.mark.parametrize("visit", [{**ALLOWED, "reduced_motion": "reduce"}], indirect=True)
def test_nothing_turns_where_motion_is_not_wanted(visit: Visit) -> None:
    page = visit.open()
    names(page)
    page.evaluate("document.getElementById('locate').setAttribute('aria-busy', 'true')")
    assert page.evaluate("getComputedStyle(document.querySelector('.locate .icon')).animationName") == "none"


@pytest.mark.parametrize("visit", [ALLOWED], indirect=True)
def test_focus_goes_in_the_order_of_the_page(visit: Visit) -> None:
    page = visit.open()
    names(page)
    order = []
    for _ in range(24):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate(
                "(document.activeElement.id || document.activeElement.name || document.activeElement.className)"
            )
        )
    wanted = ["skip", "brand", "sun", "lang", "locate", "place", "look", "need"]
    assert [each for each in order if each in wanted][: len(wanted)] == wanted
    assert order.index("type") < order.index("open") < order.index("mode")
    expect(page.locator("ol.rows").first).to_have_js_property("tagName", "OL")


@pytest.mark.parametrize("visit", [{**ALLOWED, "viewport": {"width": 360, "height": 740}}], indirect=True)
def test_marks_grow_with_their_numbers_and_the_box_shows_all_it_says(visit: Visit) -> None:
    page = visit.open("?theme=sun")
    names(page)
    ratio = "(m) => m.querySelector('b').getBoundingClientRect().height / m.getBoundingClientRect().height"
    mark = page.locator('[data-id="afternoon"] .mark--soon')
    before = mark.evaluate(ratio)
    page.get_by_text("时间", exact=True).click()
    room = page.evaluate(
        """() => { const box = document.getElementById("place"), ink = document.createElement("canvas").getContext("2d");
        ink.font = getComputedStyle(box).font;
        return box.clientWidth - 2 * parseFloat(getComputedStyle(box).paddingLeft) - ink.measureText(box.placeholder).width; }"""
    )
    assert room > 0
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert abs(mark.evaluate(ratio) - before) < 0.05
    assert mark.evaluate(ratio) < 0.6
