"""What changed since a revision: the latest change of each station, for whoever keeps a copy of the register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select

from stationmap.errors import InvalidValue
from stationmap.register.history import last_revision
from stationmap.register.layout import CHANGE, REVISION, STATION
from stationmap.schema.records import Basis

_AT_ONCE = 1_000


class BeginAgain(InvalidValue):
    """The ledger never was what the caller's copy was made from: only a copy made anew is true."""


class Head(NamedTuple):
    """Where a ledger stands: its revision, and the instant of it as the ledger writes it, "" before the first.

    A ledger that was put back from an older copy counts on from there: the instant tells its revisions from those of
    the same number that are gone.
    """

    revision: int
    at: str


class StationChange(NamedTuple):
    """The latest change of a station: its id, the revision of it, and whether the station counts no more."""

    id: str
    revision: int
    removed: bool


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """Changes by (revision, id).

    When ``complete``, a copy that takes them in stands at ``head``, the ledger's; otherwise there are more: ask again
    from the revision and the id of the last one.
    """

    head: Head
    complete: bool
    changes: list[StationChange]


def head_of(connection: Connection) -> Head:
    """Return where the ledger stands."""
    revision = last_revision(connection)
    return Head(revision, _at(connection, revision))


def changes_since(
    connection: Connection, revision: int, limit: int, after_id: str = "", *, known: Head | None = None
) -> ChangesSince:
    """Return the latest change of each station that changed after a revision.

    Parameters
    ----------
    connection : Connection
        That sees one state of the ledger.
    revision : int
        Where the copy stands; 0 for none.
    limit : int
        How many at most.
    after_id : str
        The last id of an answer that was not complete: go on behind it, within ``revision`` too.
    known : Head, optional
        Where the ledger stood when the caller was last answered. Without it a ledger that was put back from a copy
        and has that revision again is taken for the one that the caller knows.

    Raises
    ------
    BeginAgain
        When the ledger never had that revision, or had another of that number: it was put back from a copy.
    """
    now = head_of(connection)
    for number in (revision, known.revision if known else 0):
        if not 0 <= number <= now.revision:
            raise BeginAgain(
                "The ledger stands at revision {now}, {revision} is none that it had. Begin again from 0.",
                now=now.revision,
                revision=number,
            )
    if known and known.at != _at(connection, known.revision):
        raise BeginAgain(
            "The register was put back from an older copy: its revision {revision} is another than yours. Begin again"
            " with since=0.",
            revision=known.revision,
        )
    found: list[StationChange] = []
    for change in _changes(connection, revision, after_id):
        if len(found) == limit:
            return ChangesSince(now, complete=False, changes=found)
        found.append(change)
    return ChangesSince(now, complete=True, changes=found)


def _at(connection: Connection, revision: int) -> str:
    return connection.scalar(select(REVISION.c.at).where(REVISION.c.id == revision)) or ""


def _changes(connection: Connection, revision: int, after_id: str) -> Iterator[StationChange]:
    while True:
        rows = _page(connection, revision, after_id)
        unsure = [row["id"] for row in rows if row["basis"] in (None, Basis.GENERATED)]
        known = _ever_real(connection, unsure)
        for row in rows:
            gone = row["basis"] is None or row["basis"] == Basis.GENERATED or row["removed"]
            if row["id"] in known or row["id"] not in unsure:
                yield StationChange(row["id"], row["revision"], bool(gone))
        if len(rows) < _AT_ONCE:
            return
        revision, after_id = rows[-1]["revision"], rows[-1]["id"]


def _page(connection: Connection, revision: int, after_id: str) -> list[Mapping[str, Any]]:
    """Return the next latest changes with what the record is now: basis None when it was discarded."""
    later = CHANGE.alias("later")
    newest = ~(
        select(later.c.revision)
        .where(
            later.c.subject == CHANGE.c.subject,
            later.c.record_id == CHANGE.c.record_id,
            later.c.revision > CHANGE.c.revision,
        )
        .exists()
    )
    behind = CHANGE.c.revision > revision
    if after_id:
        behind = or_(behind, and_(CHANGE.c.revision == revision, CHANGE.c.record_id > after_id))
    query = (
        select(CHANGE.c.record_id.label("id"), CHANGE.c.revision, STATION.c.basis, STATION.c.removed)
        .join_from(CHANGE, STATION, STATION.c.id == CHANGE.c.record_id, isouter=True)
        .where(CHANGE.c.subject == "station", CHANGE.c.revision >= revision, behind, newest)
        .order_by(CHANGE.c.revision, CHANGE.c.record_id)
        .limit(_AT_ONCE)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _ever_real(connection: Connection, ids: list[str]) -> set[str]:
    """Return those of some stations that were once known otherwise than as generated: a copy may hold them."""
    real: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE // 2):
        some = ids[start : start + _AT_ONCE // 2]
        query = select(CHANGE.c.record_id, CHANGE.c.after).where(
            CHANGE.c.subject == "station", CHANGE.c.record_id.in_(some), CHANGE.c.after.is_not(None)
        )
        for record_id, after in connection.execute(query):
            if (after.get("provenance") or {}).get("basis", Basis.FOUND) != Basis.GENERATED:
                real.add(record_id)
    return real
