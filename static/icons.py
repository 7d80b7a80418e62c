"""Draws the icons of the app from ``icons/stationmap.svg``: ``python static/icons.py``, once when the drawing changes.

The pictures are kept in the repository, so that nobody needs a browser to build the site. Drawn by Chromium on PATH.
"""

import os
import re
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent / "icons"
PIN, HOUSE = "#0a4d8c", "#fff"
PICTURES = (("app-192.png", 192, 0.0), ("app-512.png", 512, 0.0), ("maskable-512.png", 512, 0.14))
"""File, pixels, and the margin around the drawing: a maskable icon is cut to a circle of four fifths, so that it is
drawn white on its ground, with room around."""


def _turned(drawing: str) -> str:
    """Return a drawing with its two colours exchanged."""
    return re.sub(f"{PIN}|{HOUSE}", lambda colour: HOUSE if colour[0] == PIN else PIN, drawing)


def draw() -> None:
    """Write every picture."""
    drawing = (FOLDER / "stationmap.svg").read_text(encoding="utf-8")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=sandbox)
        for name, pixels, margin in PICTURES:
            page = browser.new_page(viewport={"width": pixels, "height": pixels})
            inner = round(pixels * (1 - 2 * margin))
            ground = PIN if margin else "transparent"
            shown = _turned(drawing) if margin else drawing
            page.set_content(
                f"<style>body{{margin:0;display:grid;place-items:center;height:100vh;background:{ground}}}"
                f"svg{{width:{inner}px;height:{inner}px}}</style>{shown}"
            )
            page.screenshot(path=FOLDER / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    draw()
