"""How records of one kind, stations or hosts, are kept: fetched, compared and written, with their history.

A :class:`Holding` knows its tables and how a record becomes their rows; the rest is the same for every kind.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, insert, select, update

from stationmap.errors import NotFound
from stationmap.register.database import run_many
from stationmap.register.history import ChangeSet, Written
from stationmap.register.layout import HOST, SERVICE, STATION
from stationmap.register.merge import merge, merge_services
from stationmap.register.records import record_to_dict
from stationmap.register.rows import Row, host_from_row, host_row, service_rows, station_from_row, station_row
from stationmap.register.soundness import sound_text
from stationmap.schema.records import Host, Station

R = TypeVar("R", Station, Host)
T = TypeVar("T")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Holding(Generic[R]):
    """One kind of record: what the history calls it, its table, the table of its parts, and how it is written.

    ``part`` is None for a kind without parts; its rows point to a record by the column ``<subject>_id``.
    ``normal`` returns the one form of a record that is kept, so that equal records are equal.
    """

    subject: str
    table: Table
    part: Table | None
    row: Callable[[R], dict[str, Any]]
    part_rows: Callable[[R], list[dict[str, Any]]]
    record: Callable[[Row, Iterable[Row]], R]
    normal: Callable[[R], R]


def _normal_station(station: Station) -> Station:
    """Return a station with its services in the order of their codes, and no code twice."""
    services = [service.code for service in station.services]
    if all(len(codes) == len(set(codes)) for codes in (services, station.kinds, station.access)) and (
        services == sorted(services)
    ):
        return station
    return replace(
        station,
        kinds=tuple(dict.fromkeys(station.kinds)),
        access=tuple(dict.fromkeys(station.access)),
        services=tuple(sorted(merge_services((), station.services), key=lambda service: service.code)),
    )


STATIONS: Holding[Station] = Holding(
    "station", STATION, SERVICE, station_row, service_rows, station_from_row, _normal_station
)
HOSTS: Holding[Host] = Holding(
    "host", HOST, None, host_row, lambda _: [], lambda row, _: host_from_row(row), lambda host: host
)


def put(holding: Holding[R], changes: ChangeSet, records: Sequence[R], *, whole: bool) -> Written:
    """Write what is new or changed in some records, with the history of it, and settle the revision.

    Parameters
    ----------
    holding : Holding
        The kind of the records.
    changes : ChangeSet
        The revision they belong to.
    records : sequence
        What came in; of two with one id the second comes after the first.
    whole : bool
        Put each in the place of what is known, instead of merging it in.

    Raises
    ------
    InvalidValue
        When a record cannot be kept; the transaction is to be left then.
    """
    coming: dict[str, list[R]] = defaultdict(list)
    for record in records:
        coming[record.id].append(record)
    counts = {"created": 0, "updated": 0}
    still_removed: list[str] = []
    for ids in _chunks(list(coming)):
        known = fetch(holding, changes.connection, ids)
        pairs = [(known.get(key), _after(holding, known.get(key), coming[key], whole)) for key in ids]
        still_removed += [new.id for old, new in pairs if old and old.removed and new.removed]
        created = [(old, new) for old, new in pairs if old is None]
        updated = [(old, new) for old, new in pairs if old is not None and old != new]
        for action, changed in (("created", created), ("updated", updated)):
            write(holding, changes, changed, action)
            counts[action] += len(changed)
    unchanged = len(coming) - sum(counts.values())
    return Written(changes.settle(), **counts, unchanged=unchanged, still_removed=tuple(still_removed))


def mark(holding: Holding[R], changes: ChangeSet, ids: Iterable[str], *, removed: bool) -> Written:
    """Remove some records, or restore removed ones, and settle the revision; they keep their place and history.

    Raises
    ------
    NotFound
        When nothing stands under one of the ids; the transaction is to be left then.
    """
    wanted = list(dict.fromkeys(ids))
    updated = 0
    for chunk in _chunks(wanted):
        known = fetch(holding, changes.connection, chunk)
        missing = [key for key in chunk if key not in known]
        if missing:
            raise not_found(holding, missing[0])
        changed = [(old, replace(old, removed=removed)) for old in known.values() if old.removed != removed]
        write(holding, changes, changed, "removed" if removed else "restored")
        updated += len(changed)
    return Written(changes.settle(), updated=updated, unchanged=len(wanted) - updated)


def discard(holding: Holding[R], changes: ChangeSet, which: ColumnElement[bool]) -> int:
    """Take records out of the ledger altogether, all but their history; return how many.

    The revision is not settled yet.
    """
    ids = list(changes.connection.scalars(select(holding.table.c.id).where(which)))
    for chunk in _chunks(ids):
        changes.record(holding.subject, "discarded", [(key, None) for key in chunk])
        changes.connection.execute(delete(holding.table).where(holding.table.c.id.in_(chunk)))
    return len(ids)


def fetch(holding: Holding[R], connection: Connection, ids: Sequence[str]) -> dict[str, R]:
    """Return the records that stand under some ids, removed ones too, in the order of the ids; at most 500."""
    parts: dict[str, list[Row]] = defaultdict(list)
    if holding.part is not None:
        owner = _owner(holding)
        for row in _rows(connection, select(holding.part).where(owner.in_(ids))):
            parts[row[owner.name]].append(row)
    query = select(holding.table).where(holding.table.c.id.in_(ids))
    found = {row["id"]: holding.record(row, parts[row["id"]]) for row in _rows(connection, query)}
    return {key: found[key] for key in ids if key in found}


def stream(holding: Holding[R], connection: Connection, *which: ColumnElement[bool]) -> Iterator[R]:
    """Yield the records that fit, in the order of their ids, a few hundred in memory at a time."""
    key = holding.table.c.id
    last = None
    while True:
        query = select(key).where(*which).order_by(key).limit(_AT_ONCE)
        ids = list(connection.scalars(query if last is None else query.where(key > last)))
        yield from fetch(holding, connection, ids).values()
        if len(ids) < _AT_ONCE:
            return
        last = ids[-1]


def not_found(holding: Holding[Any], record_id: str) -> NotFound:
    """Return the error for an id that nothing stands under."""
    if holding is HOSTS:
        return NotFound("The ledger has no host with the id {id!r}.", id=record_id)
    return NotFound("The ledger has no station with the id {id!r}.", id=record_id)


def write(holding: Holding[R], changes: ChangeSet, pairs: Sequence[tuple[R | None, R]], action: str) -> None:
    """Write some records, each given as it was (None: a new one) and as it is now, and their history.

    Raises
    ------
    InvalidValue
        When a record cannot be kept.
    """
    if not pairs:
        return
    changes.begin()
    history = []
    new: list[dict[str, Any]] = []
    known: list[dict[str, Any]] = []
    for old, record in pairs:
        values = record_to_dict(record) | {"revision": changes.revision}
        history.append((record.id, sound_text(record, values)))
        (new if old is None else known).append(holding.row(record) | {"revision": changes.revision})
    _write_rows(holding, changes.connection, new, known)
    _write_parts(holding, changes.connection, pairs)
    changes.record(holding.subject, action, history)


def _write_rows(
    holding: Holding[R], connection: Connection, new: list[dict[str, Any]], known: list[dict[str, Any]]
) -> None:
    run_many(connection, insert(holding.table), new)
    query = update(holding.table).where(holding.table.c.id == bindparam("known_id"))
    run_many(connection, query, [{"known_id" if name == "id" else name: row[name] for name in row} for row in known])


def _write_parts(holding: Holding[R], connection: Connection, pairs: Sequence[tuple[R | None, R]]) -> None:
    if holding.part is None:
        return
    stale, fresh = [], []
    for old, record in pairs:
        rows = holding.part_rows(record)
        if old is None:
            fresh += rows
        elif rows != holding.part_rows(old):
            stale.append(old.id)
            fresh += rows
    if stale:
        connection.execute(delete(holding.part).where(_owner(holding).in_(stale)))
    run_many(connection, insert(holding.part), fresh)


def _owner(holding: Holding[R]) -> ColumnElement[str]:
    assert holding.part is not None
    return holding.part.c[f"{holding.subject}_id"]


def _after(holding: Holding[R], known: R | None, coming: Sequence[R], whole: bool) -> R:
    """Return what a record becomes; its revision is still the old one, so that the two can be compared.

    Two of one id are one before they meet what is known: so the same list again changes nothing.
    """
    after = coming[-1] if whole else reduce(merge, coming)
    if known is not None and not whole:
        after = merge(known, after)
    revision = known.revision if known else 0
    return holding.normal(after if after.revision == revision else replace(after, revision=revision))


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    result = connection.execute(query)
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]


def _chunks(items: list[T]) -> Iterator[list[T]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
