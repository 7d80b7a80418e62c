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
_PAGE = 20_000
_SIP = 500
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
    stations = _by_id(connection, STATION, STATION_COLUMNS, conditions)
    return check(StationTables(revision, stations, _services(connection, stations["id"].tolist())))


def hosts(connection: Connection, *, fictional: bool, generated: bool, unlocated: bool) -> pd.DataFrame:
    """Return the hosts that count, columns :data:`HOST_COLUMNS`, ordered by id."""
    conditions = standing(HOST, fictional=fictional, generated=generated)
    if not unlocated:
        conditions.append(HOST.c.lon.is_not(None))
    return _by_id(connection, HOST, HOST_COLUMNS, conditions)


def unlocated_stations(connection: Connection, *, fictional: bool, generated: bool) -> pd.DataFrame:
    """Return the stations without a place, columns :data:`UNLOCATED_COLUMNS`, ordered by id."""
    conditions = standing(STATION, fictional=fictional, generated=generated)
    return _by_id(connection, STATION, UNLOCATED_COLUMNS, [STATION.c.lon.is_(None), *conditions])


def known_records(connection: Connection, table: Table) -> Iterator["KnownRecord"]:
    """Yield what tells one station (or host) from another: of every record, removed ones too."""
    from stationmap.register.identity import KnownRecord

    names = ("id", "name", "address", "area_name", "list_name", "list_key", "lon", "lat", "fictional", "removed")
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


def _services(connection: Connection, ids: Sequence[str]) -> pd.DataFrame:
    """Return the services of some stations; ``station`` is the position of the id."""
    position = {key: i for i, key in enumerate(ids)}
    rank = {code: i for i, code in enumerate(SERVICES)}
    columns = [SERVICE.c.station_id, SERVICE.c.code, *_columns(SERVICE, list(SERVICE_COLUMNS)[2:])]
    owners, ranks, frames = [], [], []
    for owner, codes, *rest in _pages(connection, select(*columns)):
        owners.append(np.fromiter((position.get(key, -1) for key in owner), np.int64, len(owner)))
        ranks.append(np.fromiter((rank.get(code, len(rank)) for code in codes), np.int64, len(codes)))
        frames.append(_frame(columns[1:], (codes, *rest)))
    station = np.concatenate(owners)
    order = np.argsort(station * (len(rank) + 1) + np.concatenate(ranks), kind="stable")
    order = order[np.count_nonzero(station < 0) :]
    services = pd.concat(frames).take(order).reset_index(drop=True)
    services.columns = pd.Index(list(SERVICE_COLUMNS)[1:])
    services.insert(0, "station", station[order])
    return services


def _by_id(
    connection: Connection, table: Table, names: Iterable[str], which: list[ColumnElement[bool]]
) -> pd.DataFrame:
    """Return some columns, of which the first is the id, of the rows that fit; ordered by the id's code points."""
    columns = _columns(table, names)
    ids: list[str] = []
    frames = []
    for page in _pages(connection, select(*columns).where(*which)):
        ids += page[0]
        frames.append(_frame(columns, page))
    order = sorted(range(len(ids)), key=ids.__getitem__)
    return pd.concat(frames).take(order).reset_index(drop=True)


def _pages(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the answer of a query as columns of raw cells, some ten thousand rows at a time; one empty page for none.

    The cells come straight from the driver: to make an object of each row would take as long as all the rest.
    """
    sql = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    cursor = connection.connection.cursor()
    try:
        cursor.execute(str(sql))
        while True:
            page: list[list[Any]] = [[] for _ in query.selected_columns]
            while len(page[0]) < _PAGE and (rows := cursor.fetchmany(_SIP)):
                for column, cells in zip(page, zip(*rows, strict=True), strict=True):
                    column.extend(cells)
            yield page
            if len(page[0]) < _PAGE:
                return
    finally:
        cursor.close()


def _frame(columns: Sequence[Column[Any]], cells: Iterable[Sequence[Any]]) -> pd.DataFrame:
    return pd.DataFrame({column.name: _series(column, page) for column, page in zip(columns, cells, strict=True)})


def _series(column: Column[Any], cells: Sequence[Any]) -> pd.Series:
    """Return cells as the type of their column has them: NULL is "" in a text and NaN in a number."""
    kind = column.type.python_type
    if kind is not str:
        return pd.Series(np.array(cells, dtype=float if column.nullable else kind))
    return pd.Series([cell or "" for cell in cells] if column.nullable else cells, dtype=str)


def _columns(table: Table, names: Iterable[str]) -> list[Column[Any]]:
    return [table.c[name] for name in names]
