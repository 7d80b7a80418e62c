"""A ledger in trouble: killed, locked, full, write-protected, written by several at once. Nothing is ever lost."""

import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stationmap.errors import InvalidValue, LedgerUnavailable
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Answer, Host, Location, Service, Station

WHO = {"actor": "李", "reason": "test"}
PROGRAM = """
import os, resource, sys, time
from stationmap.errors import LedgerUnavailable
from stationmap.register.ledger import Ledger
from tests.test_ledger_trouble import WHO, many
"""


def many(n, *, start=0, **facts):
    """Return n stations with a place and two services, large enough that a transaction outgrows the page cache."""
    return [
        Station(
            id=f"s{i:06}",
            name=f"驿站{i}",
            note="字" * 300,
            location=Location(113 + i * 1e-5, 34, 113, 34, "wgs84"),
            services=(Service("toilet", Answer.YES), Service("wifi", Answer.NO)),
            **facts,
        )
        for i in range(start, start + n)
    ]


def run(code, *arguments, **options):
    """Start Python on some code, its standard output and errors in pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM + code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        **options,
    )


def content(file):
    """Return revision and records of a ledger, after SQLite has found it whole."""
    plain = sqlite3.connect(file)
    assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    plain.close()
    with Ledger.open(file) as ledger:
        return ledger.revision(), list(ledger.records())


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def kept(file):
    """Return what a ledger of 100 stations holds."""
    with Ledger.open(file) as ledger:
        ledger.put(many(100), **WHO)
    return content(file)


def test_a_killed_import_leaves_the_ledger_as_before(file, kept):
    code = (
        "stations = many(20_000, phone='12351')\n"
        "with Ledger.open(sys.argv[1]) as ledger:\n"
        "    print('ready', flush=True)\n"
        "    ledger.put(stations, **WHO)\n"
        "    print('done', flush=True)\n"
        "    time.sleep(60)\n"
    )
    dice = random.Random(7)
    in_the_middle = 0
    for _ in range(3):
        process = run(code, file)
        assert process.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.05, 0.7))
        process.send_signal(signal.SIGKILL)
        said, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL
        if said == "":
            in_the_middle += 1
            assert content(file) == kept
        else:
            assert content(file)[0] == kept[0] + 1
            break
    assert in_the_middle >= 2


def test_a_ledger_killed_while_it_is_made_is_made_by_the_next(tmp_path):
    code = "print('ready', flush=True)\nLedger.open(sys.argv[1])\ntime.sleep(60)\n"
    dice = random.Random(8)
    for k in range(3):
        process = run(code, tmp_path / f"{k}.sqlite")
        assert process.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.0, 0.6))
        process.kill()
        process.communicate()
        with Ledger.open(tmp_path / f"{k}.sqlite") as ledger:
            assert ledger.put(many(1), **WHO).revision == 1


def test_another_writer_is_waited_for_and_then_told(file, kept):
    holder = run(
        "import sqlite3\n"
        "held = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "held.execute('BEGIN IMMEDIATE')\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
        "held.execute('ROLLBACK')\n",
        file,
    )
    assert holder.stdout.readline() == "held\n"
    with Ledger.open(f"sqlite:///{file}?timeout=0.3") as ledger:
        start = time.monotonic()
        with pytest.raises(LedgerUnavailable, match=r"is busy: .* more than 0.3 s\. Nothing was written\.") as error:
            ledger.put(many(1, start=500), **WHO)
        assert 0.25 < time.monotonic() - start < 3
        if Path("/proc/locks").exists():
            assert f"(process {holder.pid})" in str(error.value)
        assert ledger.revision() == kept[0]
        assert list(ledger.records()) == kept[1]
        holder.communicate("go\n", timeout=30)
        assert ledger.put(many(1, start=500), **WHO).created == 1


def test_a_short_wait_for_another_writer_is_no_trouble(file, kept):
    holder = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, holder.rollback)
    release.start()
    with Ledger.open(file) as ledger:
        assert ledger.put(many(1, start=500), **WHO).revision == kept[0] + 1
    release.join()
    holder.close()


def test_two_imports_at_once_go_in_one_after_the_other(file):
    code = (
        "stations = many(3000, start=int(sys.argv[2]), phone=sys.argv[2])\n"
        "with Ledger.open(sys.argv[1]) as ledger:\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    ledger.put(stations, actor=sys.argv[2], reason='test')\n"
    )
    imports = [run(code, file, start) for start in (0, 1500)]
    assert [process.stdout.readline() for process in imports] == ["ready\n"] * 2
    for process in imports:
        process.stdin.write("go\n")
        process.stdin.flush()
    faults = [process.communicate(timeout=120)[1] for process in imports]
    assert faults == ["", ""]
    revision, stations = content(file)
    assert (revision, len(stations)) == (2, 4500)
    with Ledger.open(file) as ledger:
        last, first = ledger.log()
        later = last.actor
    assert (first.counts, last.counts) == ({"created": 3000}, {"created": 1500, "updated": 1500})
    assert {station.phone for station in stations[1500:3000]} == {later}
    assert {station.revision for station in stations[1500:3000]} == {2}


def test_a_server_sees_what_another_process_writes(file, kept):
    with Ledger.open(file) as watching:
        assert watching.revision() == kept[0]
        writer = run("with Ledger.open(sys.argv[1]) as ledger:\n    ledger.put(many(1, start=500), **WHO)\n", file)
        assert writer.communicate(timeout=60)[1] == ""
        assert watching.revision() == kept[0] + 1
        assert len(watching.stations().stations) == 101


def test_threads_share_a_ledger(file):
    with Ledger.open(file) as ledger:

        def work(k):
            for i in range(5):
                ledger.put(many(20, start=1000 * k + 20 * i), **WHO)
                assert len(ledger.stations().stations) >= 20 * (i + 1)
                ledger.revision()

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(work, range(8)))
        assert ledger.revision() == 40
        assert ledger.counts()["stations"] == 800


def test_a_ledger_that_is_opened_for_reading_only(file, kept):
    with Ledger.open(f"sqlite:///file:{file}?mode=ro&uri=true") as ledger:
        assert list(ledger.records()) == kept[1]
        with pytest.raises(LedgerUnavailable, match=r"can only be read.*Nothing was written\..*STATIONMAP_DATABASE"):
            ledger.put(many(1, start=500), **WHO)
    assert content(file) == kept


def as_nobody(code, file):
    """Return what a program prints that has given up the rights of root, after it has loaded all it needs."""
    drop = (
        "if os.geteuid() == 0:\n"
        "    Ledger.open(sys.argv[2]).put(many(1), **WHO)\n"
        "    os.setegid(65534); os.seteuid(65534)\n"
        "try:\n"
        "    with Ledger.open(sys.argv[1]) as ledger:\n"
        "        print(len(list(ledger.records())))\n"
        "        ledger.put(many(1, start=500), **WHO)\n"
        "except LedgerUnavailable as fault:\n"
        "    print(fault)\n"
    )
    with tempfile.TemporaryDirectory() as other:
        said, fault = run(code + drop, file, f"{other}/warm.sqlite").communicate(timeout=60)
    assert fault == ""
    return said


@pytest.fixture
def open_folder():
    """Return a folder that other users can reach, as the folders of pytest cannot be."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits")
@pytest.mark.parametrize(
    ("of_file", "of_folder", "told"),
    [
        (0o444, 0o777, r"100\nThe ledger .* can only be read"),
        (0o444, 0o555, r"stands in a write-protected folder.*immutable=1"),
        (0o000, 0o777, r"cannot be opened \(unable to open database file\)"),
    ],
)
def test_write_protected_files_and_folders(open_folder, of_file, of_folder, told):
    file = open_folder / "ledger.sqlite"
    with Ledger.open(file) as ledger:
        ledger.put(many(100), **WHO)
    file.chmod(of_file)
    open_folder.chmod(of_folder)
    assert re.search(told, as_nobody("", file))
    open_folder.chmod(0o755)
    file.chmod(0o644)
    assert len(content(file)[1]) == 100


def test_a_ledger_on_a_read_only_disk_can_be_read_as_the_message_says(file, kept):
    with Ledger.open(f"sqlite:///file:{file}?mode=ro&immutable=1&uri=true") as ledger:
        assert list(ledger.records()) == kept[1]
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_quota_that_is_used_up(file, kept):
    code = (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "try:\n"
        "    with Ledger.open(sys.argv[1]) as ledger:\n"
        "        ledger.put(many(20_000, start=500), **WHO)\n"
        "except LedgerUnavailable as fault:\n"
        "    print(fault)\n"
    )
    said, fault = run(code, file).communicate(timeout=60)
    assert fault == ""
    assert re.search(r"(The disk failed under|There is no room left for) the ledger .*Nothing was written", said)
    assert content(file) == kept


def test_a_full_disk(small_disk):
    file = small_disk / "ledger.sqlite"
    with Ledger.open(file) as ledger:
        ledger.put(many(100), **WHO)
        before = list(ledger.records())
        with pytest.raises(LedgerUnavailable, match=r"no room left .*Nothing was written\. Free some space"):
            ledger.put(many(5000), **WHO)
        with pytest.raises(LedgerUnavailable, match="no room left"):
            ledger.put_hosts([Host(id=f"h{i}", name="字" * 400) for i in range(5000)], **WHO)
        assert list(ledger.records()) == before
        assert ledger.put(many(1, start=200), **WHO).created == 1
    assert content(file)[0] == 2


def test_a_full_disk_before_there_is_a_ledger(small_disk):
    (small_disk / "full").write_bytes(b"x" * (3 * 1024 * 1024 - 8192))
    with pytest.raises(LedgerUnavailable, match=r"no room left|The disk failed"):
        Ledger.open(small_disk / "ledger.sqlite")
    (small_disk / "full").unlink()
    with Ledger.open(small_disk / "ledger.sqlite") as ledger:
        assert ledger.put(many(1), **WHO).revision == 1


def test_one_bad_record_far_down_a_long_list_keeps_all_of_it_out(file, kept):
    bad = Station(id="bad", name="a", seats=-1)
    with Ledger.open(file) as ledger, pytest.raises(InvalidValue, match="'bad'"):
        ledger.put([*many(1500, start=50, phone="1"), bad], **WHO)
    assert content(file) == kept
