"""The ledger as a running server sees it: changes by others, replaced and lost files, many threads."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from stationmap.errors import LedgerUnavailable
from stationmap.register.ledger import Ledger
from stationmap.web.live import Live
from tests.browser import town

WITHIN_S = 5.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return town.build(tmp_path / "town.sqlite")


@pytest.fixture
def live(file: Path) -> Iterator[Live]:
    watched = Live(file)
    yield watched
    watched.close()


def soon(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; say whether it did in time."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def names(live: Live) -> set[str]:
    return set(live.snapshot().stations["name"])


def test_making_one_reads_nothing(tmp_path: Path) -> None:
    Live(tmp_path / "not there.sqlite").close()
    assert list(tmp_path.iterdir()) == []


def test_a_change_by_another_process_is_served_within_two_seconds(live: Live, file: Path) -> None:
    before = live.snapshot()
    program = (
        "from pathlib import Path; import sys; from stationmap.register.ledger import Ledger;"
        "from tests.browser.town import station;"
        "l = Ledger.open(Path(sys.argv[1]));"
        "l.put([station('new', '新站', 3, '24/7')], actor='a', reason='b'); l.close()"
    )
    subprocess.run([sys.executable, "-c", program, str(file)], check=True, cwd=Path(__file__).parents[1])
    written = time.monotonic()
    assert soon(lambda: "新站" in names(live))
    assert time.monotonic() - written < 2.5
    assert live.snapshot().revision > before.revision
    assert "新站" not in set(before.stations["name"])


def test_an_unchanged_ledger_is_not_read_again(live: Live) -> None:
    before = live.picture()
    time.sleep(2.2)
    assert live.picture() is before


def test_while_the_file_is_away_the_last_picture_serves_and_the_status_says_so(live: Live, file: Path) -> None:
    before = live.picture()
    away = file.with_name("away.sqlite")
    for end in ("", "-wal", "-shm"):
        if Path(f"{file}{end}").exists():
            Path(f"{file}{end}").replace(f"{away}{end}")
    assert soon(lambda: not live.status().readable)
    assert live.picture() is before
    assert live.status().revision == before.snapshot.revision
    with pytest.raises(LedgerUnavailable):
        live.station("centre")
    assert not file.exists()
    away.replace(file)
    assert soon(lambda: live.status().readable)
    assert live.station("centre").name == "中心驿站"


def test_the_ledger_that_is_gone_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATIONMAP_DATABASE", str(file))
    live = Live()
    try:
        assert live.station("centre").name == "中心驿站"
        file.rename(file.with_name("away.sqlite"))
        assert soon(lambda: not live.status().readable)
        assert str(file) in str(live.status().fault)
        with pytest.raises(LedgerUnavailable, match=f"cannot be read: {file}"):
            live.station("centre")
        with pytest.raises(LedgerUnavailable, match=f"cannot be read: {file}"):
            live.keep(lambda ledger: ledger.revision())
    finally:
        live.close()


def test_whether_it_can_be_written_is_tried_before_anybody_asks(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = Live(file)
    assert before.status().writable
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Ledger.open(file) as ledger:
            assert ledger.can_write()  # another one writes: there is room
    before.close()
    monkeypatch.setattr("stationmap.web.live.TRY_WRITING_EVERY_S", 0.1)
    protected = Live(f"sqlite:///file:{file}?mode=ro&uri=true", look_every_s=0.05)
    try:
        status = protected.status()
        assert (status.readable, status.writable) == (True, False)
        time.sleep(0.5)
        assert caplog.text.count("cannot be written") == 1
    finally:
        protected.close()


def test_another_file_in_its_place_is_another_ledger(live: Live, file: Path, tmp_path: Path) -> None:
    assert "中心驿站" in names(live)
    other = tmp_path / "other.sqlite"
    with Ledger.open(other) as ledger:
        ledger.put([town.station("x", "别城站", 1, "24/7")], actor="a", reason="b")
    other.replace(file)
    assert soon(lambda: names(live) == {"别城站"})


def test_a_file_that_is_no_ledger_is_outlived(live: Live, file: Path, tmp_path: Path) -> None:
    before = live.picture()
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"this is no database" * 1000)
    rubbish.replace(file)
    assert soon(lambda: not live.status().readable)
    assert live.picture() is before


def test_announced_days_off_count(live: Live, file: Path) -> None:
    from datetime import date

    from stationmap.hours.calendar import CalendarDay, DayKind

    assert live.picture().calendar.kind(date(2031, 10, 1)) is DayKind.UNKNOWN
    with Ledger.open(file) as ledger:
        ledger.gazetteer.put_calendar([CalendarDay(date(2031, 10, 1), True, "国庆节")], actor="a", reason="b")
    assert soon(lambda: live.picture().calendar.kind(date(2031, 10, 1)) is DayKind.OFF)


def test_threads_see_whole_pictures_while_they_are_swapped(live: Live, file: Path) -> None:
    faults: list[str] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            snapshot = live.snapshot()
            if len(snapshot.stations) != 8 + snapshot.revision - first:
                faults.append(f"{len(snapshot.stations)} stations at revision {snapshot.revision}")
            time.sleep(0.001)

    first = live.snapshot().revision
    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    with Ledger.open(file) as ledger:
        for number in range(3):
            ledger.put([town.station(f"n{number}", f"新{number}", 1, "24/7")], actor="a", reason="b")
            time.sleep(1.1)
    assert soon(lambda: live.snapshot().revision == first + 3)
    ended.set()
    for thread in threads:
        thread.join()
    assert len(live.snapshot().stations) == 11
    assert faults == []


def test_closing_ends_the_watch(file: Path) -> None:
    before = set(threading.enumerate())
    live = Live(file)
    live.snapshot()
    assert set(threading.enumerate()) - before
    live.close()
    assert not set(threading.enumerate()) - before


def test_a_lasting_fault_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "text.sqlite").write_text("no ledger at all")
    live = Live(tmp_path / "text.sqlite", look_every_s=0.01)
    live.start()
    time.sleep(0.5)
    (tmp_path / "text.sqlite").unlink()
    assert soon(lambda: len(caplog.records) > 1)
    time.sleep(0.3)
    live.close()
    assert len(caplog.records) == 2
