"""web.loops: a server answers at once, and goes over to compiled loops when these are ready."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stationmap.finder.compiled import AVAILABLE
from stationmap.finder.search import Query, find
from stationmap.web import loops
from stationmap.web.live import Live
from tests.browser import town

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="numba is not installed: nothing is compiled")


def test_the_first_answers_do_not_wait_and_the_later_ones_are_the_same(tmp_path: Path) -> None:
    live = Live(town.build(tmp_path / "town.sqlite"))
    try:
        first = live.snapshot()
        query = Query(*first.place(0), at=datetime(2026, 10, 9, 4, tzinfo=UTC), k=3, any_state=True)
        answer = find(first, query)
        deadline = time.monotonic() + 60
        while not live.snapshot().swift and time.monotonic() < deadline:
            time.sleep(0.1)
        assert loops.are_ready()
        assert live.snapshot().swift
        assert find(live.snapshot(), query) == answer
    finally:
        live.close()


def test_where_nothing_was_compiled_before_a_server_answers_meanwhile(tmp_path: Path) -> None:
    """A process with an empty cache: its first answer comes long before the loops are compiled."""
    file = town.build(tmp_path / "town.sqlite")
    code = (
        "import sys, time; from pathlib import Path; from stationmap.finder.search import Query, find\n"
        "from stationmap.web import loops; from stationmap.web.live import Live\n"
        "live = Live(Path(sys.argv[1])); snapshot = live.snapshot()\n"
        "assert find(snapshot, Query(*snapshot.place(0), any_state=True)).found\n"
        "assert not snapshot.swift and not loops.are_ready(); live.close()\n"
    )
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    (tmp_path / "cache" / "loops-of-other-sources").mkdir(parents=True)
    subprocess.run([sys.executable, "-c", code, str(file)], check=True, env={**os.environ, **cache})
    assert list((tmp_path / "cache").rglob("*.nbi")), "the process that ended waited for its compiler"
    (kept,) = (tmp_path / "cache").iterdir()
    assert kept.name != "loops-of-other-sources"
