"""The first view of the finder over slow 3G, and the second one without a line, in a real Chromium.

The line is Chromium's own emulation: 400 kbit/s each way, 400 ms before each answer. The position may be told without
asking, as on a phone that was here before; the phone's cache is empty. *Readable* is when the first row of the list is on
the page, counted from the start of the navigation by the page's own clock. What was transferred before it is the sum of
encoded bytes of all that was received until then. The same with a processor four times slower is told and bounds nothing.
The scripts and styles in all are those of the worker's app; what only the planners' desk loads is told beside.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, sync_playwright

from stationmap.register.ledger import Ledger
from stationmap.register.sample import load_sample
from stationmap.web.app import Settings
from stationmap.web.assets import Assets, folder
from stationmap.web.serve import Server

PHONE = {"width": 390, "height": 844}
HERE = {"longitude": 102.3, "latitude": 40.3}
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
MOST_FIRST_S, MOST_BEFORE_KB, MOST_CODE_KB, MOST_OFFLINE_S = 3.0, 75.0, 170.0, 1.0
READABLE = """() => new Promise(found => {
  const look = () => document.querySelector("body.located .row .row__name a[href*=stations]")
    ? found(performance.now()) : setTimeout(look, 10);
  look();
})"""
STOCKED = """async () => (await caches.keys()).length > 0 && navigator.serviceWorker.controller !== null
  && (await indexedDB.databases()).length > 0"""


def run(rounds: int = 5) -> dict[str, object]:
    """Return seconds and kilobytes of the first view, the code in all, the second view offline, and bounds met."""
    subprocess.run([sys.executable, "static/set_up.py", "node", "static/build.mjs"], check=True)
    with tempfile.TemporaryDirectory() as place:
        ledger = Path(place) / "sample.sqlite"
        with Ledger.open(ledger) as opened:
            load_sample(opened)
        server = Server(Settings(database=ledger), port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            measured = _measured(server.address, rounds)
        finally:
            server.stop()
            thread.join()
    code_kb, desk_kb = _code_kb()
    first, offline = measured["first_view"], measured["second_view_offline_s"]
    return {
        "line": "400 kbit/s, 400 ms",
        **measured,
        "code_gzip_kb": code_kb,
        "desk_gzip_kb": desk_kb,
        "met": {
            f"first view readable <= {MOST_FIRST_S} s": first["readable_s"] <= MOST_FIRST_S,
            f"transferred before it <= {MOST_BEFORE_KB:.0f} kB": first["transferred_kb"] <= MOST_BEFORE_KB,
            f"JS and CSS in all <= {MOST_CODE_KB:.0f} kB": code_kb <= MOST_CODE_KB,
            f"second view offline <= {MOST_OFFLINE_S} s": offline <= MOST_OFFLINE_S,
        },
    }


def _measured(address: str, rounds: int) -> dict[str, Any]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*sandbox, "--disable-gpu", "--disable-quic"]
        )
        _first_view(browser, address, 1)  # the server's own first answer is another matter
        plain = [_first_view(browser, address, 1) for _ in range(rounds)]
        slow = [_first_view(browser, address, 4) for _ in range(rounds)]
        offline = [_second_view(browser, address) for _ in range(rounds)]
        browser.close()
    return {
        "first_view": _median(plain),
        "first_view_processor_four_times_slower": _median(slow),
        "second_view_offline_s": round(statistics.median(offline), 2),
    }


def _median(views: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(view[name] for view in views), 2) for name in views[0]}


def _phone(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport=PHONE, locale="zh-CN", geolocation=HERE, permissions=["geolocation"])  # type: ignore[arg-type]


def _first_view(browser: Browser, address: str, slower: int) -> dict[str, float]:
    context = _phone(browser)
    page = context.new_page()
    line: CDPSession = context.new_cdp_session(page)
    received: list[float] = []
    line.on("Network.dataReceived", lambda each: received.append(each["encodedDataLength"]))
    line.on("Network.responseReceived", lambda each: received.append(each["response"]["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address, wait_until="commit")
    readable_ms = page.evaluate(READABLE)
    transferred = sum(received)
    context.close()
    return {"readable_s": readable_ms / 1000, "transferred_kb": transferred / 1000}


def _second_view(browser: Browser, address: str) -> float:
    context = _phone(browser)
    page = context.new_page()
    page.goto(address)
    page.evaluate(READABLE)
    while not page.evaluate(STOCKED):
        page.wait_for_timeout(200)
    page.wait_for_timeout(1500)
    page.close()
    context.set_offline(True)
    again = context.new_page()
    again.goto(address, wait_until="commit")
    seconds = float(again.evaluate(READABLE)) / 1000
    context.close()
    return seconds


def _code_kb() -> tuple[float, float]:
    """Return the gzip size of all scripts and styles of the worker's app, and of those that only the desk loads."""
    assets = Assets(folder())
    loaded = {script: {f"built/{name}" for name in parts.all} for script, parts in assets.parts.items()}
    others = set[str]().union(*(names for script, names in loaded.items() if not script.startswith("desk")))
    desk = set[str]().union(*loaded.values()) - others | {"built/desk.css"}
    sizes = [0.0, 0.0]
    for name in assets.names:
        asset = assets.get(name) if name.endswith((".js", ".css")) else None
        if asset:
            sizes[name in desk] += len(asset.gzipped or asset.body) / 1000
    return round(sizes[0], 1), round(sizes[1], 1)


if __name__ == "__main__":
    import json

    print(json.dumps(run(3), indent=1))
