"""web.loops: a server answers at once, and goes over to compiled loops when these are ready."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stationmap.finder.answer import answered
from stationmap.finder.compiled import AVAILABLE
from stationmap.finder.search import Query, find
from stationmap.register.ledger import Ledger
from stationmap.web import loops
from stationmap.web.live import Live
from tests.browser import town

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="numba is not installed: nothing is compiled")


def soon(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; say whether it did within a minute."""
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def test_the_first_answers_do_not_wait_and_the_later_ones_are_the_same(tmp_path: Path) -> None:
    live = Live(town.build(tmp_path / "town.sqlite"))
    try:
        first = live.snapshot()
        query = Query(*first.place(0), at=datetime(2026, 10, 9, 4, tzinfo=UTC), k=3, any_state=True)
        answer = find(first, query)
        soon(lambda: live.snapshot().swift)
        assert loops.are_ready()
        assert live.snapshot().swift
        assert find(live.snapshot(), query) == answer
    finally:
        live.close()


def test_what_was_asked_of_a_register_is_made_ready_for_the_next_without_place_and_time(tmp_path: Path) -> None:
    file = town.build(tmp_path / "town.sqlite")
    live = Live(file)
    try:
        assert soon(lambda: live.snapshot().swift)
        first = live.snapshot()
        query = Query(*first.place(0), at=datetime(2026, 10, 9, 4, tzinfo=UTC), needs=frozenset({"toilet"}), k=3)
        answered(first, query, "en")
        assert (replace(query, lon=0.0, lat=0.0, at=None), "en") in first.asked.all()
        assert not any(question.lon or question.lat or question.at for question, _ in first.asked.all())
        with closing(Ledger.open(file)) as ledger:
            ledger.put([town.station("new", "新站", 3, "24/7")], actor="a", reason="b")
        assert soon(lambda: live.snapshot().revision > first.revision)
        assert set(first.asked.all()) <= set(live.snapshot().asked.all())
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
