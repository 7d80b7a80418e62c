"""What a fault of the database means to a user, and what he can do about it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from stationmap.errors import InvalidValue, LedgerUnavailable, Message

_BUSY = Message(
    "The ledger {where} is busy: {writer} has been writing in it for more than {seconds:g} s. Nothing was"
    " written. Try again when it has finished."
)
_READ_ONLY = Message(
    "The ledger {where} can only be read: the file, its folder or the disk is write-protected. Nothing was"
    " written. Allow writing there, or set STATIONMAP_DATABASE to a file in a folder of your own."
)
_FOLDER = Message(
    "The ledger {where} stands in a write-protected folder, where even reading needs a small file beside it. Copy it"
    " to a folder that you may write in, or only read it as sqlite:///file:{where}?mode=ro&immutable=1&uri=true"
)
_FULL = Message(
    "There is no room left for the ledger {where}: the disk or the quota is full. Nothing was written. Free"
    " some space and try again."
)
_DISK = Message(
    "The disk failed under the ledger {where} ({fault}). Nothing was written. Check the disk, then try again."
)
_CLOSED = Message(
    "The ledger {where} cannot be opened ({fault}). Check that its folder is there and that you may read and"
    " write in it; a write-ahead log needs room beside the file."
)
_NO_LEDGER = Message(
    "{where} is no ledger of stationmap. Name another file in STATIONMAP_DATABASE; this one was not touched."
)
_DAMAGED = Message(
    "The ledger {where} is damaged ({fault}). Nothing was written. Put back a copy of it, or save what can be"
    " read: sqlite3 {where} .recover"
)
_UNREACHED = Message("The database {where} cannot be used ({fault}). Check that it runs and that the URL is right.")

_OF_SQLITE = {
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,
    sqlite3.SQLITE_READONLY_DIRECTORY: _FOLDER,
    sqlite3.SQLITE_READONLY_CANTINIT: _FOLDER,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_AUTH: _CLOSED,
    sqlite3.SQLITE_NOTADB: _NO_LEDGER,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}
_OF_POSTGRESQL = {"55P03": _BUSY, "40P01": _BUSY, "40001": _BUSY, "25006": _READ_ONLY, "53100": _FULL}
_WRITE_LOCK_BYTE = "120"


def no_ledger(where: str) -> LedgerUnavailable:
    """Return the error for a database that holds something else."""
    return LedgerUnavailable(_NO_LEDGER.text, where=where)


@contextmanager
def told(
    where: str, file: Path | None, busy_timeout_s: float, driver_error: type[Exception] = sqlite3.Error
) -> Iterator[None]:
    """Turn the faults of a database that a user can mend into sentences; let the others pass.

    Parameters
    ----------
    where : str
        The ledger as users know it.
    file : Path or None
        The SQLite file, None for a server.
    busy_timeout_s : float
        How long was waited for another writer, seconds.
    driver_error : type
        What the driver of the database raises where SQLAlchemy is passed by.

    Raises
    ------
    InvalidValue
        When a text holds characters that cannot be written (half a surrogate pair).
    LedgerUnavailable
        Busy, read-only, full, out of reach, damaged, or no ledger.
    """
    try:
        yield
    except UnicodeEncodeError as fault:
        raise InvalidValue(
            "{value!r} holds characters that cannot be written. Type it anew.", value=fault.object[:80]
        ) from fault
    except PoolTimeoutError as fault:
        raise _busy(where, file, busy_timeout_s) from fault
    except (DBAPIError, driver_error) as fault:
        cause = fault.orig if isinstance(fault, DBAPIError) else fault
        sentence = _sentence(cause)
        if sentence is None:
            raise
        if sentence is _BUSY:
            raise _busy(where, file, busy_timeout_s) from fault
        raise LedgerUnavailable(sentence.text, where=where, fault=str(cause).strip()) from fault


def is_busy(fault: sqlite3.Error) -> bool:
    """Tell whether another connection held the lock."""
    return _sentence(fault) is _BUSY


def is_read_only(fault: sqlite3.Error) -> bool:
    """Tell whether the file could not be written."""
    return _sentence(fault) in (_READ_ONLY, _FOLDER)


def _sentence(cause: Any) -> Message | None:
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)
        if str(cause).startswith(("no such table", "no such column")):
            return _DAMAGED
        return _OF_SQLITE.get(code) or _OF_SQLITE.get(code & 0xFF)
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    if state in _OF_POSTGRESQL:
        return _OF_POSTGRESQL[state]
    return _UNREACHED if type(cause).__name__ in ("OperationalError", "InterfaceError") else None


def _busy(where: str, file: Path | None, busy_timeout_s: float) -> LedgerUnavailable:
    return LedgerUnavailable(_BUSY.text, where=where, writer=_writer(file), seconds=busy_timeout_s)


def _writer(file: Path | None) -> Message:
    """Return who holds the write lock of an SQLite file, where the system tells (Linux, ``/proc/locks``).

    A writer locks byte 120 of the ``-shm`` file (sqlite.org/walformat.html). The file is only looked up,
    never opened: to close it would drop the locks that this very process may hold on it.
    """
    unknown = Message("another program")
    if file is None:
        return unknown
    try:
        inode = str(Path(f"{file}-shm").stat().st_ino)
        locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        held = [lock for lock in locks if len(lock) == 8 and lock[3] == "WRITE" and lock[5].split(":")[-1] == inode]
        process = next(lock[4] for lock in held if lock[6] == lock[7] == _WRITE_LOCK_BYTE)
        name = Path(f"/proc/{process}/comm").read_text().strip()
    except (OSError, StopIteration):
        return unknown
    return Message("another program, {name} (process {process}),", {"name": name, "process": process})
