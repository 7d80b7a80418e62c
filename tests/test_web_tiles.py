"""The base map by setting: what each is, what a policy and a page are told of it, and the shift of China's web maps."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from stationmap.geo.datum import gcj02_to_wgs84, wgs84_to_gcj02

JS = Path(__file__).parent / "js"
CLOSE_DEG = 1e-7


def test_the_vectors_of_the_shift_are_what_the_server_answers() -> None:
    wgs84, gcj02 = np.moveaxis(np.array(json.loads((JS / "shift.json").read_text(encoding="utf-8"))), 0, 2)
    assert np.abs(np.array(wgs84_to_gcj02(*wgs84)) - gcj02).max() <= CLOSE_DEG
    assert np.abs(np.array(gcj02_to_wgs84(*gcj02)) - wgs84).max() <= CLOSE_DEG
    moved = np.abs(wgs84 - gcj02).max(axis=0)
    assert (moved > 0).sum() > 80
    assert (moved == 0).sum() > 20


def test_the_scripts_shift_as_the_server_does() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts' shift is not tested")
    done = subprocess.run([node, JS / "shift.test.mjs"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
