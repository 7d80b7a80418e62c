"""axe finds nothing, on every page of the site, in each of its states, in every theme and language."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import town
from tests.browser.axe import violations
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.finding import ALLOWED, HERE

pytestmark = pytest.mark.browser
THEMES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "sun": {"color_scheme": "dark"},
}
LOCATED = "body.located .answer:not([aria-busy])"


def located(page: Page) -> None:
    page.wait_for_selector(LOCATED, state="attached")


def on_the_map(page: Page) -> None:
    located(page)
    page.locator(".pin").first.click()
    page.wait_for_timeout(300)


def choosing_a_place(page: Page) -> None:
    page.locator("#place").fill("路")
    page.wait_for_selector("#places:not([hidden]) [role=option]")
    page.keyboard.press("ArrowDown")


def unfolded(page: Page) -> None:
    located(page)
    for fold in (".more summary", ".time summary", "#type"):
        page.locator(fold).click()


def refused(page: Page) -> None:
    page.context.clear_permissions()
    page.locator("#locate").click()
    page.wait_for_selector(".status--fault")


def lost(page: Page) -> None:
    located(page)
    page.route("**/api/v1/nearest", lambda route: route.abort())
    page.locator(".chip span").first.click()
    page.wait_for_selector(".status--fault")


def changed(page: Page) -> None:
    located(page)
    page.locator('[data-id="centre"] .row__name a').focus()
    page.context.set_geolocation({"latitude": town.LAT + 0.0075, "longitude": town.LON})
    page.wait_for_selector("#renew:not([hidden])")


def at_rest(page: Page) -> None:
    page.wait_for_load_state()


STATES: dict[str, tuple[str, Callable[[Page], None], bool]] = {
    "start": ("", at_rest, False),
    "found": ("", located, True),
    "together": ("?need=microwave&need=shower", located, True),
    "doubtful": ("?need=toilet", located, True),
    "all": ("?open=any", located, True),
    "nothing": ("?need=haircut&kind=startup_park", located, True),
    "unfolded": ("?at=2026-10-10T06:30", unfolded, True),
    "map": ("?view=map", on_the_map, True),
    "places": ("", choosing_a_place, False),
    "refused": ("", refused, False),
    "lost": ("", lost, True),
    "changed": ("?open=any", changed, True),
}
PAGES = (
    "stations/full?from=sign",
    "stations/unsure",
    "stations/gone",
    "stations/drivers/say",
    "stations/drivers/thanks",
    "stations/drivers/sign",
    "stations/nobody",
    "nowhere",
    "offline",
    "api/v1/",
    "ogc/",
    "ogc/collections/stations/items",
)


def visit(chromium: Browser, site: str, theme: str, **options: Any) -> BrowserContext:
    context = chromium.new_context(**{"viewport": PHONE, "locale": "zh-CN", **THEMES[theme], **options})
    context.set_default_timeout(8_000)
    if theme == "sun":
        context.add_cookies([{"name": "theme", "value": "sun", "url": site}])
    return context


LIGHT_ONLY = ("all", "nothing", "unfolded", "changed")  # their parts are seen in other states, too


@pytest.mark.parametrize(
    ("state", "theme"),
    [(state, theme) for state in STATES for theme in THEMES if theme == "light" or state not in LIGHT_ONLY],
)
def test_the_finder_in_each_of_its_states(chromium: Browser, site: str, state: str, theme: str) -> None:
    path, reach, allowed = STATES[state]
    context = visit(chromium, site, theme, **(ALLOWED if allowed else {"geolocation": HERE}))
    page = context.new_page()
    page.goto(site + path)
    reach(page)
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("state", ["start", "found", "together"])
def test_the_finder_in_english_and_wide(chromium: Browser, site: str, state: str) -> None:
    path, reach, allowed = STATES[state]
    context = visit(chromium, site, "light", viewport=DESKTOP, locale="en", **(ALLOWED if allowed else {}))
    page = context.new_page()
    page.goto(site + path)
    reach(page)
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_the_finder_without_javascript(chromium: Browser, site: str, theme: str) -> None:
    """axe itself is a script, so the answered page is handed to a browser that runs it."""
    plain = visit(chromium, site, theme, java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{site}?need=microwave&need=shower")
    page.locator("#position").fill(f"{town.LON},{town.LAT}")
    with page.expect_navigation():
        page.locator("#position").press("Enter")
    html = page.content()
    plain.close()
    context = visit(chromium, site, theme)
    again = context.new_page()
    again.route("**/*.js", lambda route: route.abort())
    again.route(site, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    again.goto(site)
    assert again.locator("#without button").count() == 2
    assert violations(again) == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", PAGES)
def test_every_other_page(chromium: Browser, site: str, path: str, theme: str) -> None:
    context = visit(chromium, site, theme)
    page = context.new_page()
    for language in ("zh", "en") if theme == "light" else ("zh",):
        answer = page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer
        if "text/html" not in (answer.header_value("content-type") or ""):
            continue
        assert violations(page) == [], language
    context.close()
