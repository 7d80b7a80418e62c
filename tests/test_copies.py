"""Copies of a ledger in use: one state of it, proved, put back under a running server; nothing is lost on the way."""

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from stationmap.errors import LedgerUnavailable, UnusableInput
from stationmap.register.copies import back_up, prove, put_back
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Location, Station
from stationmap.web.live import Live


def station(i: int) -> Station:
    return Station(id=f"s{i}", name=f"驿站{i}", location=Location(113 + i / 1e4, 34.7, 113, 34.7, "wgs84"))


def put(ledger: Ledger, *numbers: int) -> int:
    return ledger.put([station(i) for i in numbers], actor="王", reason="建").revision


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    file = tmp_path / "stationmap.sqlite"
    with Ledger.open(file) as opened:
        put(opened, *range(20))
    return file


def names(file: Path) -> set[str]:
    with Ledger.open(file, create=False) as opened:
        return set(opened.stations().stations["id"])


def test_a_copy_is_the_whole_ledger_in_one_file(ledger: Path, tmp_path: Path) -> None:
    with Ledger.open(ledger) as opened:  # its write-ahead log is not yet folded into the file
        revision = put(opened, 99)
        made = back_up(ledger, tmp_path / "copy.sqlite")
    assert (made.revision, made.stations) == (revision, 21)
    assert made.size_bytes == made.file.stat().st_size
    assert sorted(each.name for each in tmp_path.glob("*copy*")) == ["copy.sqlite"]
    assert names(made.file) == names(ledger)


def test_a_copy_is_one_state_while_others_write(ledger: Path, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        with Ledger.open(ledger) as opened:
            for i in range(100, 10_000, 2):
                put(opened, i, i + 1)
                if ended.is_set():
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(ledger, tmp_path / f"copy{i}.sqlite") for i in range(8)]
    finally:
        ended.set()
        writer.join()
    for copy in copies:
        found = names(copy.file)
        assert len(found) == copy.stations == 20 + 2 * (copy.revision - copies[0].revision) + copies[0].stations - 20
        assert copy.stations % 2 == 0  # never half of a transaction


def test_what_is_put_back_is_what_was_copied_and_the_former_is_kept(ledger: Path, tmp_path: Path) -> None:
    copy = back_up(ledger, tmp_path / "copy.sqlite")
    with Ledger.open(ledger) as opened:
        opened.remove(["s1", "s2"], actor="王", reason="错")
    with pytest.raises(UnusableInput, match="--force"):
        put_back(copy.file, ledger)
    assert len(names(ledger)) == 18
    done = put_back(copy.file, ledger, force=True)
    assert done.before is not None
    assert (len(names(ledger)), len(names(done.before.file))) == (20, 18)
    with Ledger.open(ledger) as opened:
        assert put(opened, 500) == copy.revision + 1


def test_a_copy_can_be_put_where_there_was_none(ledger: Path, tmp_path: Path) -> None:
    copy = back_up(ledger, tmp_path / "copy.sqlite")
    elsewhere = tmp_path / "new.sqlite"
    assert put_back(copy.file, elsewhere).before is None
    assert names(elsewhere) == names(ledger)


def test_a_server_that_runs_shows_what_was_put_back(ledger: Path, tmp_path: Path) -> None:
    copy = back_up(ledger, tmp_path / "copy.sqlite")
    live = Live(ledger, look_every_s=0.05)
    try:
        with Ledger.open(ledger) as opened:
            put(opened, *range(200, 260))
        wait(lambda: len(live.snapshot()) == 80)
        put_back(copy.file, ledger, force=True)
        wait(lambda: len(live.snapshot()) == 20)
        assert live.status().readable
    finally:
        live.close()


def wait(done: "object") -> None:
    deadline = time.monotonic() + 20
    while not done():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_file_that_is_there_is_not_replaced_unasked(ledger: Path, tmp_path: Path) -> None:
    target = tmp_path / "diary.txt"
    target.write_text("dear diary")
    with pytest.raises(UnusableInput, match="is there already"):
        back_up(ledger, target)
    with pytest.raises(UnusableInput, match="is there already"):
        back_up(ledger, ledger, overwrite=True)
    assert target.read_text() == "dear diary"
    back_up(ledger, target, overwrite=True)
    assert names(target) == names(ledger)


def test_what_is_no_sound_copy_is_refused_and_the_ledger_stands(ledger: Path, tmp_path: Path) -> None:
    copy = back_up(ledger, tmp_path / "copy.sqlite")
    text, other, torn, newer = (tmp_path / name for name in ("a.txt", "other.sqlite", "torn.sqlite", "newer.sqlite"))
    text.write_text("no database at all " * 100)
    sqlite3.connect(other).execute("CREATE TABLE cat (name)").connection.close()
    whole = bytearray(copy.file.read_bytes())
    whole[8192:40960] = os.urandom(32768)
    torn.write_bytes(whole)
    newer.write_bytes(copy.file.read_bytes())
    with sqlite3.connect(newer) as connection:
        connection.execute("UPDATE stationmap_version SET version_num = '9999'")
    connection.close()
    before = names(ledger)
    for file in (text, other, torn, newer, tmp_path / "none", tmp_path):
        with pytest.raises(UnusableInput):
            put_back(file, ledger, force=True)
    assert names(ledger) == before
    assert prove(copy.file).revision == copy.revision


def test_a_busy_ledger_is_told_and_stands(ledger: Path, tmp_path: Path) -> None:
    copy = back_up(ledger, tmp_path / "copy.sqlite")
    holder = sqlite3.connect(ledger, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerUnavailable, match="busy"):
        put_back(copy.file, ledger, force=True)
    holder.execute("ROLLBACK")
    holder.close()
    assert len(names(ledger)) == 20


def test_no_ledger_and_no_folder(tmp_path: Path, ledger: Path) -> None:
    with pytest.raises(LedgerUnavailable, match="stationmap init"):
        back_up(tmp_path / "none.sqlite", tmp_path / "copy.sqlite")
    with pytest.raises((UnusableInput, LedgerUnavailable)):
        back_up(ledger, tmp_path / "no" / "folder" / "copy.sqlite")
    with pytest.raises(UnusableInput, match="pg_dump"):
        back_up("postgresql://me:secret@db.example/stations", tmp_path / "copy.sqlite")


def test_a_copy_without_room_names_the_copy(ledger: Path, small_disk: Path) -> None:
    with Ledger.open(ledger) as opened:
        put(opened, *range(1000, 13_000))
    target = small_disk / "copy.sqlite"
    with pytest.raises(UnusableInput, match=r"copy\.sqlite cannot be written .*full.*with room") as refused:
        back_up(ledger, target)
    assert str(ledger) not in str(refused.value)
    (small_disk / "rest").write_bytes(b"")
    filled_up(small_disk / "rest")
    with pytest.raises(UnusableInput, match=r"copy\.sqlite cannot be written"):
        back_up(ledger, target)
    assert [each.name for each in small_disk.iterdir()] == ["rest"]
    assert len(names(ledger)) == 12_020


def filled_up(file: Path) -> None:
    """Write until the disk is full."""
    with file.open("ab", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(b"x" * 4096)


def test_a_copy_beyond_the_quota_names_the_copy(ledger: Path, tmp_path: Path) -> None:
    with Ledger.open(ledger) as opened:
        put(opened, *range(1000, 3000))
    program = (
        "import resource, sys; from stationmap.cli.main import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); main()"
    )
    command = [sys.executable, "-c", program, "backup", str(tmp_path / "copy.sqlite")]
    environment = {**os.environ, "STATIONMAP_DATABASE": str(ledger), "STATIONMAP_LANG": "en"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert done.returncode == 2
    assert f"{tmp_path / 'copy.sqlite'} cannot be written" in done.stderr
    assert sorted(tmp_path.glob("*copy*")) == []


def test_a_ledger_that_cannot_be_read_is_blamed_itself(ledger: Path, tmp_path: Path) -> None:
    ledger.write_bytes(b"no database at all" * 1000)
    with pytest.raises(LedgerUnavailable, match=r"stationmap\.sqlite is no ledger"):
        back_up(ledger, tmp_path / "copy.sqlite")


def test_the_commands_tell_what_they_did(ledger: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "STATIONMAP_DATABASE": str(ledger), "STATIONMAP_LANG": "zh"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "stationmap.cli.main", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)

    copy = str(tmp_path / "copy.sqlite")
    made = run("backup", copy)
    assert (made.returncode, "20 个站点" in made.stdout) == (0, True), made.stderr
    again = run("backup", copy)
    assert (again.returncode, "已经存在" in again.stderr) == (2, True)
    assert run("restore", copy).returncode == 2
    done = run("restore", copy, "--force")
    assert (done.returncode, "原来的台账保存为" in done.stdout) == (0, True), done.stderr
    bad = run("restore", str(tmp_path / "none"), "--force")
    assert (bad.returncode, "Traceback" in bad.stderr) == (2, False)
