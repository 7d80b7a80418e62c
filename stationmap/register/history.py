"""Who changed what, when, why and from which file: the revisions, and each record before and after."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from stationmap.errors import InvalidValue
from stationmap.register.database import Database, run_many
from stationmap.register.layout import CHANGE, LEDGER, REVISION


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every change carries: who, why, and from which file (its name and the SHA-256 of its bytes).

    Raises
    ------
    InvalidValue
        When nobody or no reason is named: a change that nobody answers for does not go in.
    """

    action: str
    actor: str
    reason: str
    source: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        if not self.actor.strip() or not self.reason.strip():
            raise InvalidValue(
                "A change of the ledger needs a name and a reason; given were the name {actor!r} and the"
                " reason {reason!r}. Say who changes it and why.",
                actor=self.actor,
                reason=self.reason,
            )


@dataclass(frozen=True, slots=True)
class Revision:
    """One change set of the ledger; ``at`` is aware, UTC; ``counts`` how many records of which action."""

    id: int
    at: datetime
    actor: str
    reason: str
    source: str
    sha256: str
    action: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Change:
    """What one revision did to one record.

    ``before`` and ``after`` are the record as JSON values, None where there was none; ``action`` is created,
    updated, removed, restored or discarded.
    """

    revision: int
    at: datetime
    actor: str
    reason: str
    source: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a change set did. When it changed nothing, ``revision`` is the one the ledger had and still has.

    ``still_removed`` are the ids that were given though the record was removed before: they stay removed.
    """

    revision: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    still_removed: tuple[str, ...] = ()


@dataclass(slots=True)
class ChangeSet:
    """One revision in the making, within one transaction: it takes its number when the first change comes.

    Parameters
    ----------
    connection : Connection
        In a write transaction that holds the ledger's lock.
    stamp : Stamp
        Who, why and from which file.
    before : int
        The revision of the ledger so far.
    """

    connection: Connection
    stamp: Stamp
    before: int
    begun: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def revision(self) -> int:
        """The number that this change set has, or would have."""
        return self.before + 1

    def record(self, subject: str, action: str, changes: Iterable[tuple[str, str | None]]) -> None:
        """Write the history of some records: the id of each, and what it is now as JSON text (None: no more)."""
        head = {"subject": subject, "revision": self.revision, "action": action}
        rows = [head | {"record_id": record_id, "after": after} for record_id, after in changes]
        if rows:
            self.begin()
            run_many(self.connection, insert(CHANGE), rows)
            self.counts[action] = self.counts.get(action, 0) + len(rows)

    def begin(self) -> None:
        """Write the head of the revision, which every changed row points to, unless it is there."""
        if not self.begun:
            self.begun = True
            head = {name: getattr(self.stamp, name) for name in ("action", "actor", "reason", "source", "sha256")}
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            self.connection.execute(insert(REVISION), [head | {"id": self.revision, "at": at, "counts": {}}])

    def settle(self) -> int:
        """Set the counts and move the ledger to this revision; return the revision the ledger has now."""
        if not self.begun:
            return self.before
        self.connection.execute(update(REVISION).where(REVISION.c.id == self.revision).values(counts=self.counts))
        self.connection.execute(update(LEDGER).values(revision=self.revision))
        return self.revision


@contextmanager
def changing(database: Database, stamp: Stamp) -> Iterator[ChangeSet]:
    """Give a change set in a transaction of its own, alone among all writers of the ledger."""
    with database.writing() as connection:
        yield ChangeSet(connection, stamp, last_revision(connection, lock=True))


def last_revision(connection: Connection, *, lock: bool = False) -> int:
    """Return the number of the last revision; with ``lock``, as the only writer until the transaction ends."""
    query = select(LEDGER.c.revision)
    return int(connection.scalars(query.with_for_update() if lock else query).one())


def history(connection: Connection, subject: str, record_id: str) -> list[Change]:
    """Return what happened to one record, the oldest first; empty when nothing ever stood under that id.

    What a record was before a change is what the change before it had left.
    """
    query = (
        select(
            REVISION.c.id.label("revision"),
            *(REVISION.c[name] for name in ("at", "actor", "reason", "source")),
            *(CHANGE.c[name] for name in ("action", "after")),
        )
        .join_from(CHANGE, REVISION)
        .where(CHANGE.c.subject == subject, CHANGE.c.record_id == record_id)
        .order_by(CHANGE.c.revision)
    )
    changes: list[Change] = []
    for row in connection.execute(query).mappings():
        before = changes[-1].after if changes else None
        changes.append(Change(**{**row, "at": datetime.fromisoformat(row["at"]), "before": before}))
    return changes


def log(connection: Connection, limit: int) -> list[Revision]:
    """Return the last revisions, the newest first."""
    query = select(REVISION).order_by(REVISION.c.id.desc()).limit(limit)
    return [
        Revision(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in connection.execute(query).mappings()
    ]
