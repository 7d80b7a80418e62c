"""A notice put up on the command line reaches a page that is open within a minute; one put aside stays away."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from stationmap.web.app import Settings
from stationmap.web.serve import Server
from tests.browser import town
from tests.browser.conftest import PHONE, Visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.build(tmp_path_factory.mktemp("told") / "town.sqlite")


@pytest.fixture(scope="module")
def site(ledger: Path) -> Iterator[str]:
    server = Server(Settings(database=ledger, clock=lambda: datetime.now(UTC)), port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.address
    server.stop()
    thread.join(timeout=20)


def put(ledger: Path, *words: str) -> None:
    command = [sys.executable, "-m", "stationmap.cli.main", "notice", "add", *words]
    environment = {**os.environ, "STATIONMAP_DATABASE": str(ledger)}
    subprocess.run(command, check=True, capture_output=True, timeout=60, env=environment)


def test_a_notice_reaches_open_pages_within_a_minute(chromium: Browser, site: str, ledger: Path) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    finder, station = Visit(context, site), Visit(context, site)
    finder.open("/")
    station.open("/stations/centre")
    put(ledger, "高温红色预警：请就近休息 <b>", "--level", "danger")
    put(ledger, "今日检修", "--station", "centre")
    began = datetime.now(UTC)
    station.page.bring_to_front()
    expect(station.page.locator("#notices .notice--danger")).to_contain_text("请就近休息 <b>", timeout=60_000)
    expect(station.page.locator("#notices")).to_contain_text("今日检修", timeout=1000)
    finder.page.bring_to_front()
    expect(finder.page.locator("#notices .notice")).to_have_count(1, timeout=60_000)
    assert (datetime.now(UTC) - began).total_seconds() < 60
    finder.page.get_by_role("button", name="知道了").click()
    expect(finder.page.locator("#notices .notice")).to_have_count(0)
    finder.page.reload()
    expect(finder.page.locator("#notices .notice")).to_have_count(0)
    finder.check()
    station.check()
    context.close()


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_a_notice_stands_on_the_page(visit: Visit, ledger: Path) -> None:
    put(ledger, "台风蓝色预警", "--en", "Typhoon, blue alert")
    for _ in range(50):
        if "台风蓝色预警" in visit.open("/").content():
            break
        visit.page.wait_for_timeout(100)
    assert "台风蓝色预警" in visit.page.content()
    assert "Typhoon, blue alert" in visit.open("/?lang=en").content()
