"""The folium map of the register: one file, opened with no network, drawn by a real Chromium."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from stationmap.register.ledger import Ledger
from stationmap.report.register_map import write_map
from tests.browser import town

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_opens_with_no_network(chromium: Browser, tmp_path: Path, lang: str) -> None:
    place = tmp_path / "map.html"
    with Ledger.open(town.build(tmp_path / "town.sqlite")) as ledger:
        tables = ledger.stations(unlocated=False)
        write_map(tables, ledger.gazetteer.areas(), place, lang=lang)
    context = chromium.new_context(offline=True, viewport={"width": 1000, "height": 700})
    page = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(place.as_uri())
    page.wait_for_selector("canvas")
    assert faults == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    drawn = page.evaluate("Object.values(window).find(v => v instanceof L.Map)._layers")
    assert drawn
    assert str(len(tables.stations)) in page.inner_text(".heading")
    assert "虚构" not in page.inner_text(".heading")
    assert "ictional" not in page.inner_text(".heading")
    context.close()


def test_a_map_of_both_says_how_many_are_fictional_and_marks_them(tmp_path: Path) -> None:
    place = tmp_path / "map.html"
    with Ledger.open(town.build(tmp_path / "town.sqlite", fictional=True)) as ledger:
        write_map(ledger.stations(), [], place, lang="zh")
        assert "示例城市：全部站点都是虚构的" in place.read_text(encoding="utf-8")
        ledger.put([replace(town.STATIONS[1], id="real", name="真驿站")], actor="小王", reason="登记")
        write_map(ledger.stations(), [], place, lang="en")
    said = place.read_text(encoding="utf-8")
    assert "Fictional: 8 of 9 stations. They are marked, and do not exist." in said
    assert said.count("[fictional]") == 8


def test_hostile_names_stay_text(chromium: Browser, tmp_path: Path) -> None:
    place = tmp_path / "map.html"
    with Ledger.open(town.build(tmp_path / "town.sqlite")) as ledger:
        tables = ledger.stations(unlocated=False)
    tables.stations.loc[0, "name"] = "</script><script>window.hurt=1</script><img src=x onerror='window.hurt=1'>"
    write_map(tables, [], place, lang="zh")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(place.as_uri())
    page.wait_for_selector("canvas")
    assert page.evaluate("window.hurt") is None
    context.close()
