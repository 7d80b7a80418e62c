"""Copies of a ledger that is in use: made whole, proved before they count, and put back without stopping the server.

SQLite copies in one read transaction while others read and write (https://www.sqlite.org/backup.html): what is copied
is one state of the ledger. A PostgreSQL server has tools of its own for this.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stationmap.errors import LedgerUnavailable, Message, UnusableInput, why
from stationmap.register.database import BUSY_TIMEOUT_S, Database, database_url, file_of
from stationmap.register.layout import LAYOUT_VERSION, VERSION_TABLE
from stationmap.register.unavailable import told

_QUERIES = {
    "revision": "SELECT revision FROM ledger",
    "stations": "SELECT count(*) FROM station WHERE NOT removed",
    "layout": f"SELECT version_num FROM {VERSION_TABLE}",  # noqa: S608 a name of our own
}
_FAULTS_OF_WRITING = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_DELETE,
    )
)
"""What only a file that is written can fail with: a ledger that is copied is opened for reading."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was proved sound: its file, its size, and what stands in it."""

    file: Path
    size_bytes: int
    revision: int
    stations: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and the copy of what stood there before; None where there was nothing."""

    copy: Copy
    before: Copy | None


def back_up(database: str | Path, target: Path, *, overwrite: bool = False) -> Copy:
    """Copy a ledger into one file, while others go on reading and writing.

    Parameters
    ----------
    database : str or Path
        The ledger, as :meth:`Ledger.open` takes it.
    target : Path
        The file to make; it appears only when it is whole and proved.
    overwrite : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    UnusableInput
        When the target is there already, cannot be written, or the ledger is on a server.
    LedgerUnavailable
        When there is no ledger, or it cannot be read.
    """
    source = _file_of(database)
    if not source.is_file():
        raise LedgerUnavailable("There is no ledger at {where} yet. Make one with: stationmap init", where=str(source))
    if target.exists() and (not overwrite or target.resolve() == source.resolve()):
        raise UnusableInput("{file} is there already. Give another name, or --force.", file=str(target))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.touch()
        reading_faults = told(str(source), source, BUSY_TIMEOUT_S)
        with reading_faults, _opened(source) as reading, _blamed(target), _made(part) as written:
            _copy(reading, written)
            written.execute("PRAGMA journal_mode = DELETE")
        proved = prove(part)
        _settle(part, target)
    except OSError as fault:
        raise _unwritable(target, why(fault)) from fault
    finally:
        for leftover in (part, part.with_name(f"{part.name}-journal")):
            leftover.unlink(missing_ok=True)
    return Copy(target, proved.size_bytes, proved.revision, proved.stations)


def prove(file: Path) -> Copy:
    """Return what stands in a copy, after every page of it was looked at.

    Raises
    ------
    UnusableInput
        When it is no ledger, is damaged, or was written by a newer stationmap.
    """
    if not file.is_file():
        raise UnusableInput("There is no file {file}. Check the path.", file=str(file))
    try:
        with _opened(file) as copy:
            sound = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
            facts = {name: copy.execute(query).fetchone()[0] for name, query in _QUERIES.items()}
    except (sqlite3.Error, TypeError) as fault:
        raise UnusableInput("{file} is no copy of a ledger, or it is damaged. Take another.", file=str(file)) from fault
    if sound != ["ok"]:
        raise UnusableInput("{file} is damaged. Take an older copy.", file=str(file))
    if str(facts["layout"]) > LAYOUT_VERSION:
        raise UnusableInput("{file} was written by a newer stationmap. Update stationmap first.", file=str(file))
    return Copy(file, file.stat().st_size, int(facts["revision"]), int(facts["stations"]))


def put_back(copy: Path, database: str | Path, *, force: bool = False) -> Restored:
    """Put a copy in the place of the ledger, in one step; a server that runs goes on and shows it within seconds.

    Parameters
    ----------
    copy : Path
        What :func:`back_up` made, of this or an older stationmap.
    database : str or Path
        The ledger, as :meth:`Ledger.open` takes it; it need not be there.
    force : bool
        Whether a ledger that is there may be replaced. It is copied beside itself first, with the date in its name.

    Raises
    ------
    UnusableInput
        When the copy is none, or a ledger is there and may not be replaced, or there is no room to copy it first.
    LedgerUnavailable
        When the ledger is busy or cannot be written; it stands as it was then.
    """
    target = _file_of(database)
    proved = prove(copy)
    there = target.is_file() and target.stat().st_size > 0
    if there and not force:
        raise UnusableInput(
            "There is a ledger at {where}. Say --force to replace it; a copy of it is kept beside it.",
            where=str(target),
        )
    before = back_up(target, _kept_name(target)) if there else None
    prepared = Database(database_url(database))
    prepared.prepare_file(create=True)
    prepared.close()
    with told(str(target), target, BUSY_TIMEOUT_S), _opened(copy) as reading, _made(target) as written:
        _copy(reading, written)
        written.execute("PRAGMA journal_mode = WAL")
    return Restored(Copy(target, proved.size_bytes, proved.revision, proved.stations), before)


def _file_of(database: str | Path) -> Path:
    url = database_url(database)
    if url.get_backend_name() != "sqlite":
        raise UnusableInput(
            "The ledger {where} is on a server. Copy it with the tools of that server: pg_dump and pg_restore.",
            where=url.render_as_string(hide_password=True),
        )
    return file_of(url)


def _kept_name(file: Path) -> Path:
    return file.with_name(f"{file.stem}.before-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}{file.suffix}")


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
        yield connection


@contextmanager
def _made(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_S)) as connection:
        yield connection


@contextmanager
def _blamed(target: Path) -> Iterator[None]:
    """Have what fails in writing told of the target; what fails in reading passes."""
    try:
        yield
    except sqlite3.Error as fault:
        if getattr(fault, "sqlite_errorcode", 0) not in _FAULTS_OF_WRITING:
            raise
        full = fault.sqlite_errorcode == sqlite3.SQLITE_FULL
        raise _unwritable(target, Message("the disk is full" if full else "the disk failed")) from fault


def _unwritable(target: Path, fault: Message | str) -> UnusableInput:
    return UnusableInput(
        "{file} cannot be written ({fault}). Choose a folder that you may write in, with room.",
        file=str(target),
        fault=fault,
    )


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy one database over another in one step; Python would wait for ever where another holds it."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S

    def watch(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            fault = sqlite3.OperationalError("database is locked")
            fault.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise fault

    source.backup(target, progress=watch, sleep=0.1)


def _settle(part: Path, target: Path) -> None:
    """Have a file on the disk for good, then under its name."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(target)
