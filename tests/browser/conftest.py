"""A real server on the town's ledger, and Debian's Chromium to look at it."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from stationmap.web.app import Settings
from stationmap.web.serve import Server
from tests.browser import town

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return Debian's Chromium; without a sandbox only where root could not have one."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("chromium is not on PATH: the browser tests did not run. Install it: apt install chromium")
    subprocess.run([sys.executable, "static/set_up.py", "node", "static/build.mjs"], check=True, timeout=60)
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*sandbox, *QUIET])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the town's site: noon of an ordinary Friday."""
    yield from _serve(town.build(tmp_path_factory.mktemp("town") / "town.sqlite"))


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site whose town is fictional."""
    yield from _serve(town.build(tmp_path_factory.mktemp("sample") / "town.sqlite", fictional=True))


def _serve(ledger: Path) -> Iterator[str]:
    server = Server(Settings(database=ledger, clock=lambda: town.NOON), port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.address
    server.stop()
    thread.join(timeout=20)
    assert not thread.is_alive()


class Visit:
    """A page, and all that went wrong or abroad while it was looked at."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.page: Page = context.new_page()
        self.site = site
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def open(self, path: str = "") -> Page:
        """Go to a page of the site."""
        self.page.goto(self.site + path)
        return self.page

    def check(self) -> None:
        """Demand that nothing was complained of (the policy included) and no other host was asked."""
        assert self.complaints == []
        ours = urlsplit(self.site).netloc
        assert {urlsplit(url).netloc for url in self.asked} == {ours}


@pytest.fixture
def visit(chromium: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Return a fresh visit, by default on a phone in Chinese; ``@pytest.mark.parametrize("visit", [...], indirect=True)``
    takes other options of a browser context. At its end nothing may have gone wrong or abroad.
    """
    options: dict[str, Any] = {"viewport": PHONE, "locale": "zh-CN", **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    context.set_default_timeout(10_000)
    made = Visit(context, site)
    yield made
    made.check()
    context.close()
