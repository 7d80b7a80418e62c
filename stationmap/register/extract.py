"""The present state as columns: the tables of stations and services for the finder, of hosts, of the unlocated.

Two hundred thousand stations come out in seconds, because nothing is made of a row but a place in its
columns.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, select

from stationmap.register.layout import AREA, CALENDAR_DAY, HOST, SERVICE, STATION, STREET
from stationmap.schema.records import Basis
from stationmap.schema.tables import SERVICE_COLUMNS, STATION_COLUMNS, StationTables, check
from stationmap.schema.vocabulary import SERVICES

if TYPE_CHECKING:
    from stationmap.register.identity import KnownRecord

HOST_COLUMNS = (
    *("id", "name", "host_type", "type_text", "address", "area_name", "adcode", "lon", "lat", "phone"),
    *("hours_text", "hours_osm", "hours_basis", "hours_uncertain", "makeup", "list_name", "basis", "fictional"),
    "revision",
)
UNLOCATED_COLUMNS = (
    *("id", "name", "address", "area_name", "adcode", "kinds", "phone", "list_name", "list_key", "source"),
    *("basis", "fictional", "revision"),
)


def standing(table: Table, *, fictional: bool, generated: bool, removed: bool = False) -> list[ColumnElement[bool]]:
    """Return the conditions for records that count: no removed, generated or fictional ones unless asked for."""
    conditions: list[ColumnElement[bool]] = []
    if not removed:
        conditions.append(table.c.removed.is_(False))
    if not generated:
        conditions.append(table.c.basis != Basis.GENERATED.value)
    if not fictional:
        conditions.append(table.c.fictional.is_(False))
    return conditions


def station_tables(
    connection: Connection, revision: int, *, fictional: bool, generated: bool, unlocated: bool
) -> StationTables:
    """Return the stations that count and their services, schema-checked.

    Stations are ordered by id (by code point), services by station and then as the vocabulary orders them.

    Raises
    ------
    InvalidValue
        When what is stored does not keep the schema.
    """
    conditions = standing(STATION, fictional=fictional, generated=generated)
    if not unlocated:
        conditions.append(STATION.c.lon.is_not(None))
    stations = _frame(connection, select(*_columns(STATION, STATION_COLUMNS)).where(*conditions))
    services = _services(connection, stations["id"])
    return check(StationTables(revision, stations, services))


def hosts(connection: Connection, *, fictional: bool, generated: bool, unlocated: bool) -> pd.DataFrame:
    """Return the hosts that count, columns :data:`HOST_COLUMNS`, ordered by id."""
    conditions = standing(HOST, fictional=fictional, generated=generated)
    if not unlocated:
        conditions.append(HOST.c.lon.is_not(None))
    return _frame(connection, select(*_columns(HOST, HOST_COLUMNS)).where(*conditions))


def unlocated_stations(connection: Connection, *, fictional: bool, generated: bool) -> pd.DataFrame:
    """Return the stations without a place, columns :data:`UNLOCATED_COLUMNS`, ordered by id."""
    conditions = standing(STATION, fictional=fictional, generated=generated)
    query = select(*_columns(STATION, UNLOCATED_COLUMNS)).where(STATION.c.lon.is_(None), *conditions)
    return _frame(connection, query)


def known_records(connection: Connection, table: Table) -> Iterator["KnownRecord"]:
    """Yield what tells one station (or host) from another: of every record, removed ones too."""
    from stationmap.register.identity import KnownRecord

    names = ("id", "name", "address", "area_name", "list_name", "list_key", "lon", "lat", "fictional")
    for row in connection.execute(select(*_columns(table, names), table.c.basis)):
        yield KnownRecord(**dict(zip(names, row, strict=False)), generated=row.basis == Basis.GENERATED)


def counts(connection: Connection) -> dict[str, int]:
    """Return how many of what there is.

    ``stations`` and ``hosts`` are the real ones that count; ``unlocated`` those of the stations without a
    place; ``fictional_stations`` and ``fictional_hosts`` those of the sample city; ``generated`` and
    ``removed`` stations count in none of them. ``areas``, ``streets`` and ``calendar_days`` are all there
    are.
    """
    totals = {}
    for table, name in ((STATION, "stations"), (HOST, "hosts")):
        for word, fictional in ((name, False), (f"fictional_{name}", True)):
            standing_ones = standing(table, fictional=True, generated=False)
            totals[word] = _count(connection, table, table.c.fictional.is_(fictional), *standing_ones)
    real = standing(STATION, fictional=False, generated=False)
    totals["unlocated"] = _count(connection, STATION, STATION.c.lon.is_(None), *real)
    unreal = (STATION.c.basis == Basis.GENERATED.value, STATION.c.removed.is_(False))
    totals["generated"] = _count(connection, STATION, *unreal)
    totals["removed"] = _count(connection, STATION, STATION.c.removed)
    for table, name in ((AREA, "areas"), (STREET, "streets"), (CALENDAR_DAY, "calendar_days")):
        totals[name] = _count(connection, table)
    return totals


def _count(connection: Connection, table: Table, *which: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(*which)) or 0


def _services(connection: Connection, ids: pd.Series) -> pd.DataFrame:
    names = list(SERVICE_COLUMNS)
    position = {key: i for i, key in enumerate(ids)}
    columns = [SERVICE.c.station_id, SERVICE.c.code, *_columns(SERVICE, names[2:])]
    rows = connection.execute(select(*columns)).fetchall()
    owner, *rest = zip(*rows, strict=True) if rows else ((),) * len(names)
    station = np.fromiter((position.get(key, -1) for key in owner), dtype=np.int64, count=len(rows))
    rank = {code: i for i, code in enumerate(SERVICES)}
    ranks = np.array([rank.get(code, len(rank)) for code in rest[0]], dtype=np.int64)
    order = np.lexsort((ranks, station))
    order = order[station[order] >= 0]
    frame = pd.DataFrame(
        {name: _series(column, cells) for name, column, cells in zip(names[1:], columns[1:], rest, strict=True)}
    )
    frame = frame.take(order).reset_index(drop=True)
    frame.insert(0, "station", station[order])
    return frame


def _frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """Return the rows of a query whose first column is the id, ordered by it, one column of its type each."""
    columns = [column for column in query.selected_columns if isinstance(column, Column)]
    rows = sorted(connection.execute(query), key=lambda row: str(row[0]))
    values: Sequence[Iterable[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return pd.DataFrame({column.name: _series(column, cells) for column, cells in zip(columns, values, strict=True)})


def _series(column: Column[Any], cells: Iterable[Any]) -> pd.Series:
    """Return a column as its type has it: text ("" for none), number (NaN for none), flag or whole number."""
    kind = column.type.python_type
    if kind is str:
        return pd.Series([cell or "" for cell in cells] if column.nullable else list(cells), dtype=str)
    return pd.Series(np.array(list(cells), dtype=kind))


def _columns(table: Table, names: Iterable[str]) -> list[Column[Any]]:
    return [table.c[name] for name in names]
