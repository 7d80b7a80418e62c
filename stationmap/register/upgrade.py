"""Bring the tables of a database up to the layout this code knows, by the migrations beside it."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from stationmap.errors import LedgerUnavailable
from stationmap.register.database import Database
from stationmap.register.layout import LAYOUT_VERSION, METADATA, VERSION_TABLE
from stationmap.register.unavailable import no_ledger

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
_ALEMBIC_IS_ONE_PER_PROCESS = Lock()


def bring_up_to_date(database: Database, *, migrations: Path = MIGRATIONS, target: str = LAYOUT_VERSION) -> None:
    """Make the tables, or bring older ones up to the present layout, in one transaction.

    One query when there is nothing to do. Two processes that come at once follow one another.

    Parameters
    ----------
    database : Database
        Where.
    migrations : Path
        The folder of the steps.
    target : str
        The layout to reach.

    Raises
    ------
    LedgerUnavailable
        When a newer stationmap wrote the ledger, when the database holds something else, and as every
        transaction may.
    """
    with database.reading() as connection:
        found = stored_version(connection, database)
    if found != target:
        if found is None and database.is_sqlite:
            database.keep_log_ahead()
        with _ALEMBIC_IS_ONE_PER_PROCESS, database.upgrading() as connection:
            found = stored_version(connection, database)
            if found != target:
                _upgrade(connection, database, found, _config(migrations), target)
    if database.is_sqlite:
        database.keep_log_ahead()


def stored_version(connection: Connection, database: Database) -> str | None:
    """Return the layout of a database; None for an empty one.

    Raises
    ------
    LedgerUnavailable
        When it holds tables of something else.
    """
    inspector = inspect(connection)
    if inspector.has_table(VERSION_TABLE):
        version = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
        if version is not None:
            return str(version)
    names = set(inspector.get_table_names())
    foreign = names if database.is_sqlite else names & set(METADATA.tables)
    if foreign:
        raise no_ledger(database.place)
    return None


def _upgrade(connection: Connection, database: Database, found: str | None, config: "Config", target: str) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        if found < target:
            raise LedgerUnavailable(
                "The ledger {where} has a layout that no stationmap ever wrote ({found}). Put back a copy of it.",
                where=database.place,
                found=found,
            )
        raise LedgerUnavailable(
            "The ledger {where} was written by a newer stationmap (layout {found}; this one knows layouts up"
            " to {known}). Install the newer one: pip install --upgrade stationmap",
            where=database.place,
            found=found,
            known=target,
        )
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _config(migrations: Path) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config
