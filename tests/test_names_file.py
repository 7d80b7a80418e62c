"""The file of the index of names: kept up, deleted, damaged, locked, full, read by others while it is written."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from stationmap.finder.names import store
from stationmap.finder.names.entries import Entry
from stationmap.finder.names.index import NameIndex

TOWN = [Entry("station", f"s{n}", f"郑州路{n}号驿站", address=f"郑州路{n}号", lon=113.6, lat=34.7) for n in range(30)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite.names.sqlite"


def filled(file: Path, revision: int = 1) -> NameIndex:
    index = NameIndex.open(file)
    index.update(revision, TOWN, stamp="a")
    return index


def finds(index: NameIndex, typed: str = "zhengzhoulu7hao") -> list[str]:
    return [hit.id for hit in index.search(typed, kinds=frozenset(("station",)))]


def test_what_was_written_is_there_after_opening(file: Path) -> None:
    assert NameIndex.open(file).revision == -1
    filled(file)
    index = NameIndex.open(file)
    assert (index.revision, index.stamp, len(index), index.fault) == (1, "a", 30, None)
    assert finds(index) == ["s7"]


def test_an_update_touches_only_what_changed(file: Path) -> None:
    index = filled(file)
    steps = "SELECT step, count(*) FROM entry GROUP BY step ORDER BY step"
    assert sqlite3.connect(file).execute(steps).fetchall() == [(1, 30)]
    changed = [replace(TOWN[0], name="二七驿站"), replace(TOWN[1], name=TOWN[2].name), *TOWN[3:]]
    done = index.update(2, changed)
    assert (done.written, done.removed, done.unchanged, done.texts) == (2, 1, 27, 1)
    assert sqlite3.connect(file).execute(steps).fetchall() == [(1, 27), (2, 2)]
    assert finds(index, "erqi") == ["s0"]
    assert finds(index, "郑州路2号驿站") == ["s1"]
    again = index.update(3, changed)
    assert (again.written, again.removed, again.unchanged, again.texts) == (0, 0, 29, 0)
    assert index.revision == 3


def test_texts_that_nobody_has_any_more_go(file: Path) -> None:
    index = filled(file)
    index.update(2, TOWN[:1])
    texts = {text for (text,) in sqlite3.connect(file).execute("SELECT normal FROM text")}
    assert texts == {"郑州路0号驿站", "郑州路0号"}


def test_of_two_entries_with_one_id_the_later_counts(file: Path) -> None:
    index = NameIndex.open(file)
    assert index.update(1, [TOWN[0], replace(TOWN[0], name="后来的名字")]).written == 1
    assert finds(index, "houlai") == ["s0"]
    assert index.update(2, [TOWN[0], replace(TOWN[0], name="后来的名字")]).unchanged == 1


def test_a_deleted_file_is_made_again(file: Path) -> None:
    index = filled(file)
    file.unlink()
    assert finds(index) == ["s7"], "what is in memory goes on serving"
    index.refresh()
    assert finds(index) == ["s7"]
    index.update(2, TOWN[:9])
    assert finds(index) == ["s7"]
    assert finds(NameIndex.open(file)) == ["s7"]


@pytest.mark.parametrize("damage", ["garbage", "empty", "cut", "overwritten", "stranger", "layout", "half"])
def test_a_damaged_or_strange_file_is_made_again(file: Path, damage: str) -> None:
    filled(file)
    content = file.read_bytes()
    if damage == "garbage":
        file.write_bytes(b"this is no database at all" * 1000)
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "overwritten":
        file.write_bytes(content[:8192] + os.urandom(len(content) - 8192))
    elif damage == "stranger":
        file.unlink()
        sqlite3.connect(file).execute("CREATE TABLE station (id TEXT)")
    else:
        with sqlite3.connect(file) as connection:
            statement = "UPDATE meta SET value = 'ancient' WHERE key = 'layout'"
            connection.execute(statement if damage == "layout" else "DROP TABLE text")
    index = NameIndex.open(file)
    assert index.search("驿站") == [] or damage in ("cut", "overwritten")
    index.update(2, TOWN)
    assert (finds(index), index.fault) == (["s7"], None)
    assert finds(NameIndex.open(file)) == ["s7"]


def test_processes_that_start_at_once_on_no_file_all_serve_from_it(file: Path) -> None:
    program = textwrap.dedent(
        """
        import logging, sys, time
        from pathlib import Path
        from stationmap.finder.names import pinyin
        from stationmap.finder.names.index import NameIndex
        from tests.test_names_file import TOWN, finds
        logging.basicConfig()
        for line in sys.stdin:
            path, at = line.split()
            time.sleep(max(0, float(at) - time.time()))
            index = NameIndex.open(Path(path))
            index.refresh()
            if (index.revision, index.stamp) != (1, "a"):
                index.update(1, TOWN, stamp="a")
            print(index.revision, index.fault, *finds(index), flush=True)
        """
    )
    command = [sys.executable, "-c", program]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    both = [subprocess.Popen(command, text=True, cwd=Path(__file__).parents[1], **pipes) for _ in range(3)]
    told: list[str] = []
    for run in range(25):
        start = time.time() + (3 if run == 0 else 0.05)
        for process in both:
            process.stdin.write(f"{file}.{run} {start}\n")
            process.stdin.flush()
        told += [process.stdout.readline() for process in both]
    logs = [process.communicate(timeout=20)[1] for process in both]
    assert told == ["1 None s7\n"] * 75
    assert logs == ["", "", ""]
    assert finds(NameIndex.open(Path(f"{file}.0"))) == ["s7"]


def test_a_locked_file_leaves_the_search_in_memory(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.1)
    index = filled(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    index.update(2, [*TOWN, Entry("station", "new", "长沙书屋")])
    assert finds(index, "changsha") == ["new"]
    assert index.revision == 2
    assert index.fault is not None
    assert "is being written by another program" in str(index.fault)
    assert str(file) in str(index.fault)
    other.execute("ROLLBACK")
    other.close()
    index.update(3, [*TOWN, Entry("station", "new", "长沙书屋")])
    assert (index.fault, finds(index, "changsha")) == (None, ["new"])
    assert finds(NameIndex.open(file), "changsha") == ["new"]


def test_no_place_for_the_file_leaves_the_search_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = NameIndex.open(tmp_path / "file" / "names.sqlite")
    index.update(1, TOWN)
    assert finds(index) == ["s7"]
    assert index.fault is not None
    folder = NameIndex.open(tmp_path)
    folder.update(1, TOWN)
    assert finds(folder) == ["s7"]
    assert folder.fault is not None


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


TOWN_SCRIPT = """
    import sys, os, signal, resource
    from pathlib import Path
    from dataclasses import replace
    from stationmap.finder.names import store
    from stationmap.finder.names.index import NameIndex
    from tests.test_names_file import TOWN, finds
    file = Path(sys.argv[1])
"""


def test_a_full_disk_leaves_the_search_in_memory_and_the_file_whole(file: Path) -> None:
    filled(file)
    done = run(
        TOWN_SCRIPT
        + """
    index = NameIndex.open(file)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, resource.RLIM_INFINITY))
    index.update(2, [replace(each, id=f"{each.id}-{n}") for each in TOWN for n in range(500)])
    print(len(index), index.fault is not None, finds(index)[:2])
    """,
        str(file),
    )
    assert done.stdout == "15000 True ['s7-0', 's7-1']\n", done.stderr
    assert finds(NameIndex.open(file)) == ["s7"]


def test_a_writer_killed_in_the_middle_leaves_the_file_as_it_was(file: Path) -> None:
    filled(file)
    done = run(
        TOWN_SCRIPT
        + """
    with store.writing(file) as connection:
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("PRAGMA cache_size = 10")
        store.update(connection, 2, "", [replace(each, id=f"{each.id}-{n}") for each in TOWN for n in range(500)])
        os.kill(os.getpid(), signal.SIGKILL)
    """,
        str(file),
    )
    assert done.returncode == -signal.SIGKILL
    index = NameIndex.open(file)
    if index.fault is None:
        assert (index.revision, finds(index)) == (1, ["s7"])
    index.update(3, TOWN)
    assert (index.fault, finds(index), len(NameIndex.open(file))) == (None, ["s7"], 30)


def test_a_second_process_writes_and_the_first_takes_it_in(file: Path) -> None:
    index = filled(file)
    done = run(TOWN_SCRIPT + "\n    NameIndex.open(file).update(2, TOWN[:5], stamp='b')\n", str(file))
    assert done.returncode == 0, done.stderr
    assert (index.revision, len(index)) == (1, 30)
    index.refresh()
    assert (index.revision, index.stamp, len(index), "s7" in finds(index)) == (2, "b", 5, False)


def test_eight_threads_read_while_one_writes(file: Path) -> None:
    odd = [replace(entry, name=f"长沙路{entry.id}驿站") for entry in TOWN]
    index, second = filled(file), NameIndex.open(file)
    faults: list[object] = []
    over = threading.Event()

    def read(reader: NameIndex) -> None:
        while not over.is_set():
            reader.refresh()
            names = {hit.name[:3] for hit in reader.search("驿站", limit=50, kinds=frozenset(("station",)))}
            if names not in ({"郑州路"}, {"长沙路"}):
                faults.append(names)

    threads = [threading.Thread(target=read, args=((index, second)[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for revision in range(2, 22):
        index.update(revision, odd if revision % 2 else TOWN)
    over.set()
    for thread in threads:
        thread.join()
    assert not faults
    second.refresh()
    assert second.revision == index.revision == 21
    assert index.fault is None
    assert second.fault is None


def test_the_small_part_is_joined_when_it_outgrows(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stationmap.finder.names.index._LEAST_JOINED", 4)
    index = filled(file)
    for revision in range(2, 12):
        index.update(
            revision, [replace(entry, name=f"{entry.name}{revision}") for entry in TOWN[:revision]] + TOWN[revision:]
        )
        assert len(index) == 30
        assert finds(index) == ["s7"]


def test_what_went_long_ago_is_forgotten_and_read_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_MOST_GONE", 5)
    reader = filled(file)
    writer = NameIndex.open(file)
    for revision in range(2, 9):
        writer.update(revision, TOWN[revision:])
    reader.refresh()
    assert len(reader) == len(writer) == 22
    assert "s2" not in finds(reader, "郑州路2号")


def test_the_file_is_kept_beside_the_ledger_or_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = tmp_path / "stationmap.sqlite"
    assert store.beside(ledger, str(ledger)) == tmp_path / "stationmap.sqlite.names.sqlite"
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    elsewhere = store.beside(ledger, str(ledger))
    assert elsewhere.parent == tmp_path / "cache" / "stationmap"
    assert elsewhere != store.beside(None, "postgresql://host/other")
    assert store.beside(None, "postgresql://host/other") == store.beside(None, "postgresql://host/other")
    index = NameIndex.open(elsewhere)
    index.update(1, TOWN)
    assert index.fault is None
