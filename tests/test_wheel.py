"""A wheel built from what is committed holds the pages, built, and all that the site and the command line read."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_a_wheel_of_a_clean_checkout_has_its_pages(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: what a clean one builds was not tried")
    clean = tmp_path / "clean"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        target = clean / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    assert not (clean / "static" / "built").exists()
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(tmp_path), str(clean)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for name in (
        *(f"static/built/{page}" for page in ("main.js", "station.js", "say.js", "worker.js", "find.css", "map.css")),
        *("static/built/parts.json", "static/icons/app-192.png", "static/vendor/leaflet/leaflet.js"),
        *("locale/zh/LC_MESSAGES/stationmap.po", "schema/vocabulary.toml", "web/templates/find.html"),
        *("static/built/desk.js", "report/sheet.html", "planning/coverage/profiles.toml", "runs/carry.py"),
        *("web/stations/page.py", "register/desk/reports.py", "web/ogc/routes.py", "data/stations.csv"),
    ):
        assert f"stationmap/{name}" in names, name
