"""The database of the ledger: where it is, how it is opened, and its transactions.

SQLite is the default: one file, write-ahead log (readers and the one writer do not wait for each other),
foreign keys on, and every writer takes the lock at the start of its transaction, so that two imports follow
one another. A server takes PostgreSQL by its URL. What differs between the two stands here and in
:mod:`stationmap.register.unavailable`, nowhere else.
"""

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, Insert, Table, Update, create_engine, event, insert, make_url
from sqlalchemy.exc import ArgumentError

from stationmap.errors import InvalidValue, LedgerUnavailable, why
from stationmap.register.soundness import json_text
from stationmap.register.unavailable import is_busy, is_read_only, told

DATABASE_VARIABLE = "STATIONMAP_DATABASE"
BUSY_TIMEOUT_S = 5.0
_CACHE_KB = 32_768
_LOG_KEPT_BYTES = 16 * 1024 * 1024
_UPGRADE_LOCK = 5_260_018
_WRITES = "stationmap_writes"


def default_database() -> str:
    """Return where the ledger is when nobody says: a path or an SQLAlchemy URL.

    ``STATIONMAP_DATABASE`` if it is set; else ``data/stationmap.sqlite`` in a checkout; else a file in the
    user's data directory.
    """
    named = os.environ.get(DATABASE_VARIABLE, "").strip()
    return named or str(_standard_file())


def _standard_file() -> Path:
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "setup.cfg").is_file() and (checkout / "stationmap").is_dir():
        return checkout / "data" / "stationmap.sqlite"
    from platformdirs import user_data_path

    return user_data_path("stationmap", appauthor=False) / "stationmap.sqlite"


def database_url(named: str | Path) -> URL:
    """Return the URL of a ledger that is named by a path (``~`` and relative ones too) or by a URL.

    Raises
    ------
    InvalidValue
        When it is a folder, a database in memory, no URL at all, or of a kind that keeps no ledger.
    """
    text = str(named)
    is_path = isinstance(named, Path) or "://" not in text
    url = URL.create("sqlite", database=text) if is_path else _read_url(text)
    if url.get_backend_name() == "postgresql":
        return url
    if url.database in (None, "", ":memory:") or url.query.get("mode") == "memory":
        raise InvalidValue("{named!r} names no file for the ledger. Give the path of a file.", named=text)
    if not str(url.database).startswith("file:"):
        if set(url.query) - {"timeout"}:
            raise InvalidValue(
                "{named!r} sets what only a file URI can set. Write sqlite:///file:/full/path.sqlite?mode=ro&uri=true",
                named=text,
            )
        url = url.set(database=str(Path(str(url.database)).expanduser().absolute()))
    if file_of(url).is_dir():
        raise InvalidValue(
            "{named!r} is a folder, not a ledger. Give the path of a file, such as {example}",
            named=text,
            example=str(file_of(url) / "stationmap.sqlite"),
        )
    return url


def _read_url(text: str) -> URL:
    try:
        url = make_url(text)
        float(str(url.query.get("timeout", 0)))
    except (ArgumentError, ValueError) as fault:
        raise _no_url(text) from fault
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise InvalidValue(
            "The ledger is kept in SQLite or PostgreSQL, not in {kind!r}. Write sqlite:////full/path.sqlite"
            " or postgresql://user:password@host/database",
            kind=url.get_backend_name(),
        )
    return url


def _no_url(named: str) -> InvalidValue:
    return InvalidValue(
        "{named!r} is no database URL. Write sqlite:////full/path.sqlite or postgresql://user:password@host/database",
        named=named,
    )


def file_of(url: URL) -> Path:
    """Return the file of an SQLite URL."""
    database = str(url.database)
    return Path(unquote(database.removeprefix("file:")) if database.startswith("file:") else database)


def run_many(connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or update many rows that give the same columns, as plain values of the driver (JSON as text).

    The statement is SQLAlchemy's, for whichever database; but the rows go straight to its driver, since what
    SQLAlchemy does to each of them takes longer than to write it.
    """
    if not rows:
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    order = compiled.positiontup
    if order is None:
        connection.exec_driver_sql(str(compiled), [dict(row) for row in rows])
    else:
        pick = itemgetter(*order)
        connection.exec_driver_sql(str(compiled), [pick(row) for row in rows])


def insert_numbered(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    """Insert one row into a table that numbers its rows, and return its number."""
    key = connection.execute(insert(table).values(**row)).inserted_primary_key
    return int(key[0]) if key is not None else 0


class Database:
    """An engine with its two kinds of transaction; may be used from several threads at once.

    Parameters
    ----------
    url : URL
        As :func:`database_url` returns it. An SQLite URL may carry ``timeout`` (seconds to wait for another
        writer; :data:`BUSY_TIMEOUT_S` otherwise) and, as ``file:`` URI, ``mode=ro`` or ``immutable=1``.

    Raises
    ------
    LedgerUnavailable
        When the driver of the database is not installed.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.busy_timeout_s = float(str(url.query.get("timeout", BUSY_TIMEOUT_S)))
        self._engine = _engine(url, self.busy_timeout_s)
        self._writers = self._engine.execution_options(**{_WRITES: True})
        steady = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._readers = self._engine.execution_options(**steady)

    @property
    def place(self) -> str:
        """The file or the URL without its password, as it is told to users."""
        return str(file_of(self.url)) if self.is_sqlite else self.url.render_as_string(hide_password=True)

    def prepare_file(self, *, create: bool) -> None:
        """See to it that a file can be made where there is none: the folder of the standard place is made.

        Raises
        ------
        LedgerUnavailable
            When there is no ledger and none shall be made, or no folder for it.
        """
        if not self.is_sqlite or (file := file_of(self.url)).exists():
            return
        if not create:
            raise LedgerUnavailable(
                "There is no ledger at {where} yet. Make one with: stationmap init", where=self.place
            )
        folder = file.parent
        try:
            if file == _standard_file():
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise LedgerUnavailable(
                "The folder {folder} for the ledger cannot be made ({fault}). Set STATIONMAP_DATABASE to a file"
                " in a folder that you may write in.",
                folder=str(folder),
                fault=why(fault),
            ) from fault
        if not folder.is_dir():
            raise LedgerUnavailable(
                "The folder {folder} for the ledger is not there. Make it, or set STATIONMAP_DATABASE to a file"
                " in another one.",
                folder=str(folder),
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the ledger until it is left, whoever writes meanwhile."""
        with self._faults_told(), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes go in together when it is left, and not at all after an error."""
        with self._faults_told(), self._writers.begin() as connection:
            yield connection

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """Give a connection as :meth:`writing` does, alone among all that would change the tables."""
        with self.writing() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
            yield connection

    def keep_log_ahead(self) -> None:
        """Switch an SQLite file to the write-ahead log, where it is not: a new one, or a copy that lost it.

        Two processes that switch at once get in each other's way whatever the timeout, so it is tried again.
        A file that can only be read stays as it is.
        """
        deadline = time.monotonic() + self.busy_timeout_s
        with self._faults_told():
            while not self._log_is_ahead():
                if time.monotonic() > deadline:
                    break
                time.sleep(0.02)

    def _log_is_ahead(self) -> bool:
        connection = self._engine.raw_connection()
        try:
            if connection.cursor().execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.cursor().execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if is_busy(fault):
                return False
            if not is_read_only(fault):
                raise
        finally:
            connection.close()
        return True

    def can_write(self) -> bool:
        """Tell whether a change would be kept now, by one that changes nothing but goes the whole way to the disk.

        Of a server it is told whether it takes changes. While another writes, it can be written.
        """
        if not self.is_sqlite:
            with self.reading() as connection:
                return str(connection.exec_driver_sql("SHOW transaction_read_only").scalar()) == "off"
        direct = self._engine.raw_connection()
        cursor = direct.cursor()
        try:
            cursor.execute("PRAGMA busy_timeout = 0")
            version = cursor.execute("PRAGMA user_version").fetchone()[0]
            cursor.execute(f"PRAGMA user_version = {version}")
        except sqlite3.Error as fault:
            return is_busy(fault)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {round(self.busy_timeout_s * 1000)}")
            direct.close()
        return True

    def close(self) -> None:
        """Close every connection; the last one to leave folds the write-ahead log into the file."""
        self._engine.dispose()

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        file = file_of(self.url) if self.is_sqlite else None
        with told(self.place, file, self.busy_timeout_s, self._engine.dialect.loaded_dbapi.Error):
            yield


def _engine(url: URL, busy_timeout_s: float) -> Engine:
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        arguments["connect_args"] = {"timeout": busy_timeout_s}
    try:
        engine = create_engine(url, json_serializer=json_text, **arguments)
    except ArgumentError as fault:
        raise _no_url(url.render_as_string(hide_password=True)) from fault
    except ModuleNotFoundError as fault:
        raise LedgerUnavailable(
            "The driver {driver} of the database is not installed. Install it: pip install {driver}",
            driver=fault.name or url.drivername,
        ) from fault
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        patience = f"SET LOCAL lock_timeout = '{busy_timeout_s:g}s'"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(patience))
    return engine


def _set_up(connection: Any, _record: object) -> None:
    """Take the control of transactions from the driver, which would begin none before the first change."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    cursor.execute(f"PRAGMA journal_size_limit = {_LOG_KEPT_BYTES}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
