"""The map of a run in a real browser without a network: everything is drawn, and nothing is asked for."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from stationmap.report.coverage_map import coverage_map
from tests.report_town import town_run

pytestmark = pytest.mark.browser


def test_it_opens_with_no_network(chromium: Browser, tmp_path: Path) -> None:
    run = town_run()
    path = tmp_path / "map.html"
    path.write_text(coverage_map(run, "zh", title="小城"), encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1200, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector(".gap-number")
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert complaints == []
    numbers = page.locator(".gap-number").all_inner_texts()
    assert numbers == [str(patch.rank) for patch in run.found.gaps.patches]
    assert page.locator(".leaflet-control-layers-overlays label").all_inner_texts() == [" 需求", " 站点", " 缺口"]
    page.locator(".gap-number").first.dispatch_event("click")
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert "最近站点" in popup.inner_text()
    canvas = page.locator("canvas.leaflet-zoom-animated").first
    assert canvas.evaluate("c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)")
    context.close()


def test_on_a_phone_the_panel_leaves_most_of_the_map_free(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    path.write_text(coverage_map(town_run(), "en"), encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(path.as_uri())
    box = page.locator(".heading").bounding_box()
    assert box is not None
    assert box["height"] <= 0.38 * 844 + 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
