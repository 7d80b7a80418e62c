"""The file of the index: what the entries say, their texts spelt and read; written in one transaction, or not at all.

It is derived: it may be deleted at any time and is made again. A step counts the updates; entries and deletions carry
the step that made them, so that a reader who knows an older step takes in the difference alone. The journal is a
rollback journal, not a write-ahead log: the file can then be read where it cannot be written.

=============  ========================================================================
``meta``       layout, birth, step, revision and stamp of the ledger, the step before which ``gone`` was forgotten
``entry``      one row an entry: what it says, the hash of it, its texts as pairs of int32
``text``       each distinct text once: normal spelling, unusual readings, how many use it
``reading``    the plausible readings of each character that occurs
``gone``       numbers of entries that are no more
=============  ========================================================================
"""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names.entries import Entry
from stationmap.finder.names.ranking import ADDRESS, CONTEXT, NAME
from stationmap.finder.names.segment import KINDS, Rows
from stationmap.finder.names.spelling import normal

LAYOUT = "1"
BUSY_TIMEOUT_S = 10.0
_CACHE_KB = 65_536
_MOST_GONE = 20_000
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    address TEXT NOT NULL, detail TEXT NOT NULL, lon REAL, lat REAL, hash BLOB NOT NULL, texts BLOB NOT NULL,
    step INTEGER NOT NULL, UNIQUE (kind, id)
);
CREATE INDEX entry_step ON entry (step);
CREATE TABLE text (
    number INTEGER PRIMARY KEY, normal TEXT NOT NULL UNIQUE, unusual TEXT NOT NULL, uses INTEGER NOT NULL
);
CREATE TABLE reading (character TEXT PRIMARY KEY, syllables TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE gone (number INTEGER PRIMARY KEY, step INTEGER NOT NULL);
CREATE INDEX gone_step ON gone (step);
"""


@dataclass(frozen=True, slots=True)
class State:
    """What the file holds: revision and stamp of the ledger (-1 and "" before the first update), and by which step.

    ``birth`` tells files apart: a file that was made again counts its steps and entries anew.
    """

    birth: str
    step: int
    revision: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: how many entries were written, taken out and left as they were, and new texts read."""

    written: int
    removed: int
    unchanged: int
    texts: int


def beside(ledger: Path | None, place: str) -> Path:
    """Return where the index of a ledger is kept.

    Parameters
    ----------
    ledger : Path or None
        The file of the ledger; None when it is a server's.
    place : str
        The ledger in words; tells the indexes of several ledgers apart in the cache folder.

    Returns
    -------
    Path
        ``<ledger>.names.sqlite`` beside the file where that folder can be written, else a file in the user's cache
        folder.
    """
    if ledger is not None:
        beside_it = ledger.with_name(f"{ledger.name}.names.sqlite")
        if _writable(ledger.parent):
            return beside_it
    from platformdirs import user_cache_path

    name = hashlib.blake2b(place.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return user_cache_path("stationmap", appauthor=False) / f"names-{name}.sqlite"


def _writable(folder: Path) -> bool:
    import os

    return os.access(folder, os.W_OK | os.X_OK)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that sees one state of the file, whoever writes meanwhile."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection whose changes go in together, alone among all writers; makes the file where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        connection.execute("PRAGMA cache_spill = OFF")
        connection.execute("BEGIN IMMEDIATE")
        try:
            prepare(connection)
            yield connection
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def state(connection: sqlite3.Connection) -> State:
    """Return what the file holds.

    Raises
    ------
    sqlite3.DatabaseError
        When it is no index of this layout.
    """
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    if meta.get("layout") != LAYOUT:
        raise sqlite3.DatabaseError("not an index of this layout")
    return State(meta["birth"], int(meta["step"]), int(meta["revision"]), meta["stamp"])


def update(connection: sqlite3.Connection, revision: int, stamp: str, entries: Iterable[Entry]) -> Updated:
    """Make the file hold exactly some entries; only those that differ from what it holds are written.

    Of two entries of one kind and id the later one counts.
    """
    step = state(connection).step + 1
    query = "SELECT kind, id, number, hash FROM entry"
    known = {(kind, key): (number, digest) for kind, key, number, digest in connection.execute(query)}
    coming: dict[tuple[str, str], tuple[Entry, bytes]] = {}
    unchanged = set()
    for entry in entries:
        key, digest = (entry.kind, entry.id), entry.fingerprint()
        coming.pop(key, None)
        if key in known and known[key][1] == digest:
            unchanged.add(key)
        else:
            unchanged.discard(key)
            coming[key] = (entry, digest)
    stale = [number for key, (number, _) in known.items() if key not in unchanged]
    removed = sum(key not in unchanged and key not in coming for key in known)
    _take_out(connection, stale, step)
    texts = _put_in(connection, list(coming.values()), step) if coming else 0
    connection.execute("DELETE FROM text WHERE uses <= 0")
    for name, value in (("step", step), ("revision", revision), ("stamp", stamp)):
        connection.execute("UPDATE meta SET value = ? WHERE key = ?", (str(value), name))
    return Updated(len(coming), removed, len(unchanged), texts)


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables where there are none."""
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    first = {"layout": LAYOUT, "birth": uuid4().hex, "step": "0", "revision": "-1", "stamp": "", "forgotten": "0"}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", list(first.items()))


def _take_out(connection: sqlite3.Connection, numbers: Sequence[int], step: int) -> None:
    """Delete entries, and texts that nothing uses any more; remember the numbers for readers of older steps."""
    uses: Counter[int] = Counter()
    listed = (json.dumps(numbers),)
    query = "SELECT texts FROM entry WHERE number IN (SELECT value FROM json_each(?))"
    for (blob,) in connection.execute(query, listed):
        uses.update(np.frombuffer(blob, np.int32)[::2].tolist())
    connection.execute("DELETE FROM entry WHERE number IN (SELECT value FROM json_each(?))", listed)
    connection.executemany("INSERT INTO gone VALUES (?, ?)", [(number, step) for number in numbers])
    connection.executemany("UPDATE text SET uses = uses - ? WHERE number = ?", [(n, text) for text, n in uses.items()])
    if numbers and connection.execute("SELECT count(*) FROM gone").fetchone()[0] > _MOST_GONE:
        connection.execute("DELETE FROM gone")
        connection.execute("UPDATE meta SET value = ? WHERE key = 'forgotten'", (str(step),))


def _put_in(connection: sqlite3.Connection, coming: Sequence[tuple[Entry, bytes]], step: int) -> int:
    """Insert entries and the texts that are new; return how many of these there are."""
    spelt = [_texts_of(entry) for entry, _ in coming]
    uses = Counter(text for texts in spelt for text, _ in texts)
    numbers, new = _numbered(connection, uses)
    rows = []
    for (entry, digest), texts in zip(coming, spelt, strict=True):
        pairs = np.array([(numbers[text], field) for text, field in texts], np.int32)
        said = (entry.kind, entry.id, entry.name, entry.address, entry.detail)
        rows.append((*map(_sound, said), entry.lon, entry.lat, digest, pairs.tobytes(), step))
    connection.executemany(
        "INSERT INTO entry (kind, id, name, address, detail, lon, lat, hash, texts, step)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return new


def _texts_of(entry: Entry) -> list[tuple[str, int]]:
    texts = dict.fromkeys((normal(name), NAME) for name in (entry.name, *entry.others))
    texts |= dict.fromkeys([(normal(entry.address), ADDRESS), (normal(entry.context), CONTEXT)])
    return [(text, field) for text, field in texts if text]


def _numbered(connection: sqlite3.Connection, uses: Counter[str]) -> tuple[dict[str, int], int]:
    """Return the numbers of texts, all uses counted; those that are new are read (pinyin) and inserted."""
    from stationmap.finder.names.pinyin import unusual_readings

    query = "SELECT normal, number FROM text WHERE normal IN (SELECT value FROM json_each(?))"
    numbers: dict[str, int] = dict(connection.execute(query, (json.dumps(list(uses)),)))
    more = [(uses[text], number) for text, number in numbers.items()]
    connection.executemany("UPDATE text SET uses = uses + ? WHERE number = ?", more)
    new = sorted(text for text in uses if text not in numbers)
    last = connection.execute("SELECT coalesce(max(number), 0) FROM text").fetchone()[0]
    rows = []
    for number, text in enumerate(new, last + 1):
        unusual = unusual_readings(text.replace(" ", ""))
        rows.append((number, text, " ".join(f"{at}:{syllable}" for at, syllable in unusual.items()), uses[text]))
        numbers[text] = number
    connection.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", rows)
    _read_characters(connection, {character for text in new for character in text})
    return numbers, len(new)


def _read_characters(connection: sqlite3.Connection, characters: set[str]) -> None:
    from stationmap.finder.names.pinyin import readings

    known = {character for (character,) in connection.execute("SELECT character FROM reading")}
    rows = [(each, " ".join(readings(each))) for each in sorted(characters - known) if readings(each)]
    connection.executemany("INSERT INTO reading VALUES (?, ?)", rows)


def _sound(text: str) -> str:
    """Return a text that can be stored: lone surrogates replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def readings_of(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return the plausible readings of all characters."""
    rows = connection.execute("SELECT character, syllables FROM reading")
    return {character: tuple(syllables.split(" ")) for character, syllables in rows}


def rows_since(connection: sqlite3.Connection, step: int) -> Rows:
    """Return the entries written after a step (-1: all), ordered by id and kind."""
    query = (
        "SELECT number, kind, id, name, address, detail, lon, lat, texts FROM entry WHERE step > ? ORDER BY id, kind"
    )
    found = connection.execute(query, (step,)).fetchall()
    number, kind, key, name, address, detail, lon, lat, texts = zip(*found, strict=True) if found else ((),) * 9
    pairs = np.frombuffer(b"".join(texts), np.int32).reshape(-1, 2)
    counts = np.array([len(blob) // 8 for blob in texts], np.int64)
    normals, unusual = _texts_in(connection, pairs[:, 0], everything=step < 0)
    return Rows(
        np.array(number, np.int64),
        np.array([KINDS.index(each) for each in kind], np.int8),
        key,
        name,
        address,
        detail,
        np.array([np.nan if each is None else each for each in lon], np.float64),
        np.array([np.nan if each is None else each for each in lat], np.float64),
        np.repeat(np.arange(len(counts)), counts),
        pairs[:, 0].astype(np.int64),
        pairs[:, 1].astype(np.int8),
        normals,
        unusual,
    )


def gone_since(connection: sqlite3.Connection, step: int) -> NDArray[np.int64] | None:
    """Return the numbers of the entries that went after a step, ascending; None when that is no longer known."""
    forgotten = connection.execute("SELECT value FROM meta WHERE key = 'forgotten'").fetchone()
    if int(forgotten[0]) > step:
        return None
    rows = connection.execute("SELECT number FROM gone WHERE step > ? ORDER BY number", (step,))
    return np.array([number for (number,) in rows], np.int64)


def _texts_in(
    connection: sqlite3.Connection, numbers: NDArray[np.int32], *, everything: bool
) -> tuple[dict[int, str], dict[int, str]]:
    if everything:
        found = connection.execute("SELECT number, normal, unusual FROM text").fetchall()
    else:
        query = "SELECT number, normal, unusual FROM text WHERE number IN (SELECT value FROM json_each(?))"
        found = connection.execute(query, (json.dumps(sorted(set(numbers.tolist()))),)).fetchall()
    return {number: text for number, text, _ in found}, {number: told for number, _, told in found if told}
