"""Shared vectors of the answers without a line: ``python -m tests.offline_vectors`` writes ``tests/js/offline.json``.

A bundle of a made-up town, and what the finder itself answers to questions at many instants; the scripts are held to it by
``tests/js/offline.test.mjs``, the server by ``tests/test_offline_answers.py``.
"""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stationmap.finder.bundle import pack
from stationmap.finder.names.entries import AREA, STREET, Entry
from stationmap.finder.snapshot import Snapshot
from tests.test_offline_answers import bare, question, served, town

FILE = Path(__file__).parent / "js" / "offline.json"
TOWN, BUILT = 20, datetime(2026, 10, 9, 4, 0, tzinfo=UTC)
QUESTIONS = 60
NAMED = (
    Entry(AREA, "410103", "二七区", "河南省 郑州市", lon=113.64, lat=34.72),
    Entry(STREET, "a", "枫溪巷", "河南省 郑州市 二七区", lon=113.66, lat=34.751),
    Entry(STREET, "b", "郑州路", "河南省 郑州市 二七区", lon=113.65, lat=34.74),
)
TOLD = ("id", "distance_m", "minutes", "wait_min", "state_words", "on_arrival", "services", "missing", "reason")


def vectors() -> dict[str, Any]:
    """Return the bundle, and for each question what is asked, when, and what is told of each station."""
    snapshot = town(TOWN)
    some = random.Random(20)
    return {
        "bundle": pack(snapshot, 113.651, 34.751, BUILT, NAMED),
        "answers": [_answer(snapshot, some) for _ in range(QUESTIONS)],
    }


def _answer(snapshot: Snapshot, some: random.Random) -> dict[str, Any]:
    asked, now, query = question(some, BUILT)
    told = bare(served(snapshot, query, "en"))
    short = {
        name: [{each: station["properties"][each] for each in TOLD} for station in told[name][:8]]
        for name in ("features", "maybe", "together")
    }
    return {"question": asked, "now": now.isoformat(), **short, "without": told["without"]}


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
