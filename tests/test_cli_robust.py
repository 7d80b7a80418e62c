"""What must not hurt the ledger, by the command line in processes of their own: kills, locks, rivals, full disks."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "stationmap.cli.main"]
ROWS = 15_000


def run(ledger: Path, *arguments: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env={**os.environ, "STATIONMAP_DATABASE": str(ledger), "STATIONMAP_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def imported(ledger: Path, path: Path) -> dict[str, object]:
    done = run(ledger, "import", path, "--datum", "wgs84", "--json")
    assert done.returncode == 0, done.stderr
    facts: dict[str, object] = json.loads(done.stdout)
    return facts


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a short list and a long one that share no record."""
    folder = tmp_path_factory.mktemp("lists")
    draw = random.Random(7)
    for name, count in (("short", 50), ("long", ROWS)):
        rows = (
            f"{name}驿站{n},{name}路{n}号,{draw.uniform(100, 120):.6f},{draw.uniform(25, 40):.6f},8:00-20:00,热水"
            for n in range(count)
        )
        text = "\n".join(("名称,地址,经度,纬度,开放时间,服务", *rows))
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder / "short.csv", folder / "long.csv"


def test_a_killed_import_leaves_the_ledger_as_before(tmp_path: Path, lists: tuple[Path, Path]) -> None:
    short, long = lists
    ledger = tmp_path / "town.sqlite"
    before = imported(ledger, short)
    for _ in range(3):
        process = subprocess.Popen(
            [*COMMAND, "import", str(long), "--datum", "wgs84"],
            env={**os.environ, "STATIONMAP_DATABASE": str(ledger)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        log = ledger.with_name("town.sqlite-wal")
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if log.exists() and log.stat().st_size > 1_000_000:  # it is writing now
                break
            time.sleep(0.005)
        assert process.poll() is None, "the import ended before it could be killed"
        process.send_signal(signal.SIGKILL)
        process.wait()
        again = imported(ledger, short)
        assert (again["revision"], again["unchanged"]) == (before["revision"], 50)
    assert imported(ledger, long)["created"] == ROWS


def test_two_imports_at_once_both_go_in_whole(tmp_path: Path, lists: tuple[Path, Path]) -> None:
    ledger = tmp_path / "town.sqlite"
    run(ledger, "init")
    rivals = [
        subprocess.Popen(
            [*COMMAND, "import", str(path), "--datum", "wgs84"],
            env={**os.environ, "STATIONMAP_DATABASE": str(ledger), "STATIONMAP_LANG": "en"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for path in lists
    ]
    for rival in rivals:
        _, err = rival.communicate(timeout=120)
        assert rival.returncode in (0, 1), err
        assert "Traceback" not in err
        if rival.returncode == 1:
            assert "another" in err.lower()
    counts = {path: imported(ledger, path) for path in lists}
    assert all(facts["accepted"] == facts["created"] + facts["unchanged"] for facts in counts.values())  # type: ignore[operator]
    assert [counts[path]["updated"] for path in lists] == [0, 0]


def test_a_locked_database_is_told(tmp_path: Path, lists: tuple[Path, Path]) -> None:
    ledger = tmp_path / "town.sqlite"
    imported(ledger, lists[0])
    holder = sqlite3.connect(ledger, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    done = run(ledger, "import", lists[1], "--datum", "wgs84")
    holder.execute("ROLLBACK")
    holder.close()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(ledger) in done.stderr


@pytest.mark.parametrize("content", [b"this is no database, only a text\n" * 100, b"\x00" * 5000])
def test_a_file_that_is_no_ledger_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    ledger = tmp_path / "letter.txt"
    ledger.write_bytes(content)
    done = run(ledger, "find", "--lon", 1, "--lat", 1)
    assert done.returncode == 1
    assert "letter.txt" in done.stderr
    assert "Traceback" not in done.stderr
    assert ledger.read_bytes() == content


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    done = run(tmp_path, "init")
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr
