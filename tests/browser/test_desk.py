"""The desk in a real browser: it answers while one drags, map and list know of one another, runs are kept and compared."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from stationmap.web.app import Settings
from stationmap.web.desk.door import Door
from stationmap.web.serve import Server
from tests.browser import town
from tests.browser.axe import violations
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.desk_site import sample_ledger

pytestmark = pytest.mark.browser
ANSWERED = "body[data-answered]"
AT_NOON = "desk?need=microwave&hour=12"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the sample city with an open desk."""
    ledger = sample_ledger(tmp_path_factory.mktemp("desk"))
    server = Server(Settings(database=ledger, clock=lambda: town.NOON, desk=Door("open")), port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.address
    server.stop()
    thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.fixture
def visit(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Return a fresh visit of a planner at a desktop in English."""
    options: dict[str, Any] = {"viewport": DESKTOP, "locale": "en", **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    context.set_default_timeout(10_000)
    made = Visit(context, site)
    yield made
    made.check()
    context.close()


def opened(visit: Visit, path: str = AT_NOON) -> Page:
    page = visit.open(path)
    page.wait_for_selector(ANSWERED)
    return page


def slide(page: Page, field: str, value: int) -> None:
    """Move a slider as a hand does: an input event for each step on the way."""
    page.locator(field).evaluate(
        """(field, value) => {
          for (let at = Number(field.value); at !== value; at += Math.sign(value - at)) {
            field.value = String(at + Math.sign(value - at));
            field.dispatchEvent(new Event("input", {bubbles: true}));
          }
        }""",
        value,
    )


def share(page: Page) -> str:
    return page.locator(".share__told b").first.inner_text()


def test_dragging_the_hour_changes_answer_map_address_and_words(visit):
    page = opened(visit)
    noon, drawn = share(page), painted(page)
    slide(page, "#hour", 22)
    expect(page.locator("#hour-words")).to_have_text("Monday 22:00-23:00")
    expect(page.locator(".share__asked").first).to_contain_text("Monday 22:00-23:00")
    expect(page.locator(".share__told b").first).not_to_have_text(noon)
    assert "hour=22" in page.url
    assert painted(page) != drawn
    asked = [url for url in visit.asked if "/desk/api/answer" in url]
    assert "hour=22" in asked[-1]
    assert len(asked) < 11  # of ten steps those that came while an answer was on its way were left out


def painted(page: Page) -> str:
    """Return a sum over the pixels of the cells: another one for another picture."""
    return page.evaluate(
        """() => JSON.stringify([...document.querySelectorAll(".leaflet-cells-pane canvas")].map(each => {
          const copy = new OffscreenCanvas(each.width, each.height).getContext("2d", {willReadFrequently: true});
          copy.drawImage(each, 0, 0);
          const pixels = copy.getImageData(0, 0, each.width, each.height).data;
          let sum = 0;
          for (let at = 0; at < pixels.length; at += 4) sum += pixels[at] * 7 + pixels[at + 2];
          return sum;
        }))"""
    )


def test_an_hour_of_the_strip_is_asked_for_by_a_press(visit):
    page = opened(visit)
    page.locator('[data-hour="130"] text').first.click()
    expect(page.locator("#hour-words")).to_have_text("Saturday 10:00-11:00")
    expect(page.locator(".share__asked").first).to_contain_text("Saturday 10:00-11:00")
    assert page.locator("#hour").input_value() == "130"
    assert page.locator("#hour").get_attribute("aria-valuetext") == "Saturday 10:00-11:00"


def test_gap_list_and_map_know_of_one_another(visit):
    page = opened(visit)
    before = page.locator(".leaflet-control-scale-line").inner_text()
    page.locator('[data-gap="2"]').click()
    expect(page.locator(".leaflet-control-scale-line")).not_to_have_text(before)
    expect(page.locator(".leaflet-overlay-pane path")).to_have_count(1)
    mark = page.locator(".rank", has_text=re.compile("^2$"))
    expect(mark).to_be_visible()
    mark.click()
    expect(page.locator("#gap-2")).to_have_class("gap gap--chosen")
    expect(page.locator("#gap-2 button")).to_be_focused()
    expect(page.locator("#gap-2")).to_be_in_viewport()


def test_what_if_from_the_map_is_in_the_address_and_can_be_taken_out(visit):
    page = opened(visit)
    before = share(page)
    box = page.locator("#map").bounding_box()
    assert box
    page.mouse.click(box["x"] + 40, box["y"] + 60)
    page.get_by_role("button", name="Open day and night").click()
    expect(page.locator(".changes li")).to_have_count(1)
    expect(page.locator(".changes li")).to_contain_text("A new station, 24/7: microwave")
    assert "new-1" in page.url
    shared = page.url
    page.get_by_role("button", name=re.compile("Take out")).click()
    expect(page.locator(".changes li")).to_have_count(0)
    expect(page.locator(".share__told b").first).to_have_text(before)
    page.goto(shared)
    expect(page.locator(".changes li")).to_have_count(1)


def test_a_station_is_changed_from_its_popup(visit):
    page = opened(visit)
    page.wait_for_timeout(300)
    page.evaluate("document.querySelector('#map').scrollIntoView()")
    canvas = page.locator(".leaflet-dots-pane canvas")
    spot = canvas.evaluate(
        """canvas => {
          const {data, width, height} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const box = canvas.getBoundingClientRect(), map = document.getElementById("map").getBoundingClientRect();
          for (let y = 0; y < height; y += 2) for (let x = 0; x < width; x += 2) {
            const at = 4 * (y * width + x);
            const [left, top] = [box.left + x * box.width / width, box.top + y * box.height / height];
            if (data[at] === 8 && data[at + 1] === 59 && data[at + 3] === 255 && top > map.top + 230 && left > map.left + 250 && left < map.right - 300) return [left, top];
          }
        }"""
    )
    page.mouse.click(*spot)
    page.get_by_role("button", name="Close it").click()
    expect(page.locator(".changes li")).to_contain_text("closes for good")
    page.get_by_label("Without the changes").check()
    expect(page.locator(".share--side")).to_have_count(2)
    expect(page.locator("#legend-versus")).to_be_visible()
    expect(page.locator("#legend")).to_be_hidden()


def test_reach_by_slider_and_number(visit):
    page = opened(visit)
    slide_to = "field => { field.value = '1000'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
    page.locator("#reach").evaluate(slide_to)
    expect(page.locator(".share__asked")).to_contain_text("1.0 km")
    assert page.locator("#reach_m").input_value() == "1000"
    page.locator("#reach_m").fill("-3")
    expect(page.locator("#status")).to_contain_text("-3")
    assert "status--fault" in (page.locator("#status").get_attribute("class") or "")
    page.locator("#reach_m").fill("300")
    expect(page.locator(".share__asked")).to_contain_text("300 m")
    expect(page.locator("#status")).to_be_empty()
    visit.complaints = [each for each in visit.complaints if "400" not in each]  # the browser notes the refusal


def test_a_run_is_saved_shared_and_compared(visit):
    page = opened(visit)
    page.locator("#name").fill("Noon")
    page.get_by_role("button", name="Save this run").click()
    page.wait_for_url("**/desk/runs/*")
    page.wait_for_selector(ANSWERED)
    noon = page.url
    expect(page.locator("h1")).to_have_text("Noon")
    expect(page.locator("#answer")).to_contain_text("revision")
    page.get_by_role("link", name="Back to the desk").click()
    page.wait_for_selector(ANSWERED)
    assert page.locator("#hour").input_value() == "12"
    slide(page, "#hour", 14)
    page.locator("#name").fill("Two")
    page.get_by_role("button", name="Save this run").click()
    page.wait_for_url(lambda url: "/desk/runs/" in url and url != noon)
    page.get_by_label("Compare with").select_option(label="Noon")
    page.get_by_role("button", name="Why did the number change?").click()
    expect(page.locator("h1")).to_have_text("Why did the number change?")
    expect(page.locator("tbody tr:not(.nothing)")).to_have_count(1)
    expect(page.locator("tbody tr:not(.nothing)")).to_contain_text("the two runs do not ask the same")
    assert violations(page) == []
    page.goto(noon)
    page.wait_for_selector(ANSWERED)
    page.locator('[data-gap="1"]').click()
    expect(page.locator(".leaflet-overlay-pane path")).to_have_count(1)


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_the_form_sends_itself(visit):
    page = visit.open(AT_NOON)
    noon = share(page)
    page.locator("#hour").evaluate("field => field.value = '22'")
    page.get_by_role("button", name="Answer", exact=True).click()
    assert "hour=22" in page.url
    assert share(page) != noon
    expect(page.locator(".share__asked")).to_contain_text("Monday 22:00-23:00")
    expect(page.locator(".of-date")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    page.locator("#name").fill("Plain")
    page.get_by_role("button", name="Save this run").click()
    expect(page.locator("h1")).to_have_text("Plain")
    assert share(page) != noon


def test_by_keys_alone(visit):
    page = opened(visit)
    page.locator("#hour").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".share__asked").first).to_contain_text("Monday 13:00-14:00")
    page.locator("#reach_m").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert "theme" not in page.url
    page.locator('[data-gap="1"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-overlay-pane path")).to_have_count(1)
    page.get_by_role("button", name="Sunlight").focus()
    page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("data-theme") == "sun"


def test_lost_lines_are_told(visit):
    page = opened(visit)
    page.route("**/desk/api/answer*", lambda route: route.abort())
    slide(page, "#hour", 13)
    expect(page.locator("#status")).to_have_text("No connection. What you see may be old; try again.")
    page.unroute("**/desk/api/answer*")
    slide(page, "#hour", 14)
    expect(page.locator("#status")).to_be_empty()
    visit.complaints = [each for each in visit.complaints if "ERR_FAILED" not in each]


STATES = {
    "answer": AT_NOON,
    "two": f"{AT_NOON}&vs=moment&vs_hour=20",
    "runs": "desk/runs",
    "fault": "desk?reach_m=-1",
}


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(chromium, site, state, size, scheme):
    viewport = PHONE if size == "phone" else DESKTOP
    context = chromium.new_context(viewport=viewport, locale="zh-CN", color_scheme=scheme)
    page = context.new_page()
    page.goto(site + STATES[state])
    if state in ("answer", "two"):
        page.wait_for_selector(ANSWERED)
        page.wait_for_timeout(300)
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    context.close()


def test_targets_are_large_enough(visit):
    page = opened(visit)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, .question label span, input[type=range], input[type=number], .tools a")]
          .filter(each => !each.closest(".unseen") && !each.matches(".unseen") && each.offsetParent)
          .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect().height])
          .filter(([, high]) => high < 43.9)"""
    )
    assert small == []


def test_on_paper_there_is_the_answer_alone(visit):
    page = opened(visit)
    page.emulate_media(media="print")
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator("#question")).to_be_hidden()
    expect(page.locator(".on-paper")).to_be_visible()
    expect(page.locator(".strip svg")).to_be_visible()
    expect(page.locator(".chart svg").first).to_be_visible()
    page.emulate_media(media="screen")


def test_legend_and_map_have_the_same_colours(visit):
    """The colours of the map's script stand in the sheet too: they must not drift apart."""
    page = opened(visit)
    shown = page.evaluate(
        "[0, 1, 2, 3, 4, 5].map(each => getComputedStyle(document.querySelector(`.key--${each}`)).backgroundColor)"
    )
    import pathlib

    source = pathlib.Path("static/js/desk/cells.js").read_text(encoding="utf-8")
    found = re.search(r"COLOURS = \[(.*?)\]", source)
    assert found
    colours = re.findall(r"#([0-9a-f]{6})", found[1])
    assert [f"rgb({int(c[:2], 16)}, {int(c[2:4], 16)}, {int(c[4:], 16)})" for c in colours] == shown
    light = [luminance(colour) for colour in colours]
    assert light[0] > light[2] > light[5]
    assert min(abs(light[0] - each) for each in light[2:]) > 0.1


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
