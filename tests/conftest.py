"""What all tests share: the folder of real input, where it is there."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real input named by STATIONMAP_REAL_DATA; skip, and say so, where it is not set."""
    folder = os.environ.get("STATIONMAP_REAL_DATA")
    if not folder:
        pytest.skip("STATIONMAP_REAL_DATA is not set: the real input is not here")
    return Path(folder)
