"""Runs of planners: what was asked, of which inputs, how far it is, and what came out. They move no revision.

A run waits until a worker claims it. Who works on it gives a sign of life; when none came for :data:`STALE_S`, the
worker is taken to be gone (a server that was stopped, a machine that fell) and the next one claims it anew: a run
survives a restart. Cancelling is asked for here and heard by the worker at its next sign of life.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from stationmap.errors import InvalidValue, Message, NotFound, TooMany
from stationmap.register.database import Database
from stationmap.register.desk.plaintext import plain
from stationmap.register.layout import RUN

STALE_S = 60.0
MOST_KEPT = 2000
MOST_WAITING = 50
MOST_BYTES = 50_000_000
MOST_ATTEMPTS = 3
MOST_NAME = 100
_TOLD = [column for column in RUN.c if column.name != "result"]


class RunState(StrEnum):
    """How a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes
    ----------
    id : str
        Hard to guess: who has the link may see it.
    name : str
        As its planner calls it, "" when he did not.
    asked : Mapping
        The question, as JSON values.
    inputs : Mapping
        What it was worked out from: the revision of the ledger, checksums of demand and network, the version of the
        method; as JSON values, filled in when the run is done.
    state : RunState
        How it stands.
    done, of : int
        Steps done, and of how many; 0 of 0 when that is not known.
    fault : Message or None
        Why it failed.
    created_at, ended_at : datetime or None
        Aware, UTC.
    attempts : int
        How many workers claimed it so far.
    """

    id: str
    name: str
    asked: Mapping[str, Any]
    inputs: Mapping[str, Any]
    state: RunState
    done: int
    of: int
    fault: Message | None
    created_at: datetime
    ended_at: datetime | None
    attempts: int


def _now() -> datetime:
    return datetime.now(UTC)


class Runs:
    """The runs of a ledger; see :attr:`stationmap.register.ledger.Ledger.runs`."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = _now) -> None:
        self._database = database
        self._clock = clock

    def add(self, asked: Mapping[str, Any], *, name: str = "") -> Run:
        """Put a run in the queue.

        Raises
        ------
        TooMany
            When 50 wait already, or 2,000 are kept.
        """
        row = _row(asked, name) | {"state": RunState.WAITING, "created_at": self._text()}
        with self._database.writing() as connection:
            waiting = select(func.count()).select_from(RUN).where(RUN.c.state == RunState.WAITING)
            if (connection.scalar(waiting) or 0) >= MOST_WAITING:
                raise TooMany("{count} runs wait already. Try again when some are done.", count=MOST_WAITING)
            _make_room(connection)
            connection.execute(insert(RUN).values(row))
        return self.one(row["id"])

    def keep(self, asked: Mapping[str, Any], inputs: Mapping[str, Any], result: bytes, *, name: str = "") -> Run:
        """Keep a run that is done already; raises as :meth:`add` and :meth:`finish`."""
        _check_result(result)
        at = self._text()
        ended = {"state": RunState.DONE, "created_at": at, "ended_at": at, "inputs": dict(inputs), "result": result}
        row = _row(asked, name) | ended
        with self._database.writing() as connection:
            _make_room(connection)
            connection.execute(insert(RUN).values(row))
        return self.one(row["id"])

    def claim(self, worker: str) -> Run | None:
        """Take the run that waits longest, or one whose worker is gone; None when there is none.

        A run that lost three workers is not given to a fourth: it has failed.
        """
        stale = (RUN.c.state == RunState.RUNNING) & (RUN.c.beat_at < self._text(-STALE_S))
        with self._database.writing() as connection:
            lost = stale & (RUN.c.attempts >= MOST_ATTEMPTS)
            fault = _fault_text(
                Message("Its worker stopped {count} times without an answer.", {"count": MOST_ATTEMPTS})
            )
            connection.execute(
                update(RUN).where(lost).values(state=RunState.FAILED, fault=fault, ended_at=self._text())
            )
            free = or_(RUN.c.state == RunState.WAITING, stale)
            query = select(RUN.c.id).where(free).order_by(RUN.c.created_at, RUN.c.id).limit(1)
            found = connection.scalar(query.with_for_update(skip_locked=True))
            if found is None:
                return None
            taken = {"state": RunState.RUNNING, "worker": worker, "beat_at": self._text()}
            connection.execute(update(RUN).where(RUN.c.id == found).values(**taken, attempts=RUN.c.attempts + 1))
        return self.one(found)

    def beat(self, id: str, worker: str, done: int, of: int) -> bool:  # noqa: A002
        """Say how far a run is; return False when it shall stop: it was cancelled, removed or taken by another."""
        values = {"done": done, "of": of, "beat_at": self._text()}
        return self._change(_held(id, worker), values) == 1

    def finish(self, id: str, worker: str, inputs: Mapping[str, Any], result: bytes) -> bool:  # noqa: A002
        """Keep the result of a run; return False when it was cancelled, removed or taken by another meanwhile.

        Raises
        ------
        InvalidValue
            When the result takes more than 50 MB.
        """
        _check_result(result)
        ended = {"state": RunState.DONE, "ended_at": self._text(), "inputs": dict(inputs), "result": result}
        return self._change(_held(id, worker), ended) == 1

    def fail(self, id: str, worker: str, fault: Message) -> bool:  # noqa: A002
        """Say that a run cannot be done, and why; return as :meth:`finish`."""
        ended = {"state": RunState.FAILED, "ended_at": self._text(), "fault": _fault_text(fault)}
        return self._change(_held(id, worker), ended) == 1

    def cancel(self, id: str) -> Run:  # noqa: A002
        """Stop a run that waits or is worked on; one that ended stays as it is. Raises as :meth:`one`."""
        which = (RUN.c.id == id) & RUN.c.state.in_((RunState.WAITING, RunState.RUNNING))
        self._change(which, {"state": RunState.CANCELLED, "ended_at": self._text()})
        return self.one(id)

    def rename(self, id: str, name: str) -> Run:  # noqa: A002
        """Give a run another name; raises as :meth:`one`, and InvalidValue when the name is too long."""
        self._change(RUN.c.id == id, {"name": _name(name)})
        return self.one(id)

    def discard(self, id: str) -> None:  # noqa: A002
        """Take a run out, result and all; raises as :meth:`one`."""
        with self._database.writing() as connection:
            gone = connection.execute(delete(RUN).where(RUN.c.id == id)).rowcount
        if not gone:
            raise _no_run(id)

    def one(self, id: str) -> Run:  # noqa: A002
        """Return one run.

        Raises
        ------
        NotFound
            When there is none with that id.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(*_TOLD).where(RUN.c.id == id)).mappings().first()
        if row is None:
            raise _no_run(id)
        return _run(row)

    def result(self, id: str) -> bytes | None:  # noqa: A002
        """Return the result of a run, None while it has none; raises as :meth:`one`."""
        with self._database.reading() as connection:
            found = connection.execute(select(RUN.c.result).where(RUN.c.id == id)).first()
        if found is None:
            raise _no_run(id)
        return None if found.result is None else bytes(found.result)

    def all(self, limit: int = 200) -> list[Run]:
        """Return the runs, the newest first."""
        query = select(*_TOLD).order_by(RUN.c.created_at.desc(), RUN.c.id).limit(limit)
        with self._database.reading() as connection:
            return [_run(row) for row in connection.execute(query).mappings()]

    def _change(self, which: ColumnElement[bool], values: Mapping[str, Any]) -> int:
        with self._database.writing() as connection:
            return connection.execute(update(RUN).where(which).values(**values)).rowcount

    def _text(self, later_s: float = 0.0) -> str:
        return (self._clock().astimezone(UTC) + timedelta(seconds=later_s)).isoformat(timespec="milliseconds")


def _row(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    empty = {"inputs": {}, "done": 0, "of": 0, "fault": "", "worker": "", "beat_at": "", "attempts": 0}
    return {"id": secrets.token_urlsafe(12), "name": _name(name), "asked": dict(asked), **empty}


def _name(name: str) -> str:
    return plain(name.replace("\n", " "), most=MOST_NAME, what=Message("the name of the run"))


def _held(run_id: str, worker: str) -> ColumnElement[bool]:
    return (RUN.c.id == run_id) & (RUN.c.worker == worker) & (RUN.c.state == RunState.RUNNING)


def _make_room(connection: Any) -> None:
    """Refuse a run when too many are kept: a planner's run is never thrown away unasked."""
    if (connection.scalar(select(func.count()).select_from(RUN)) or 0) >= MOST_KEPT:
        raise TooMany("The ledger keeps {count} runs already. Remove some first.", count=MOST_KEPT)


def _check_result(result: bytes) -> None:
    if len(result) > MOST_BYTES:
        raise InvalidValue(
            "The result takes {size} MB; at most {most} MB are kept. Ask for a smaller area or coarser cells.",
            size=round(len(result) / 1e6),
            most=MOST_BYTES // 1_000_000,
        )


def _fault_text(fault: Message) -> str:
    values = {name: value if isinstance(value, int | float) else str(value) for name, value in fault.values.items()}
    return json.dumps([fault.text, values], ensure_ascii=False)


def _run(row: Any) -> Run:
    read = {name: json.loads(row[name]) if isinstance(row[name], str) else row[name] for name in ("asked", "inputs")}
    told = {name: row[name] for name in ("id", "name", "done", "of", "attempts")}
    return Run(
        **told,
        **read,
        state=RunState(row["state"]),
        fault=Message(*json.loads(row["fault"])) if row["fault"] else None,
        created_at=datetime.fromisoformat(row["created_at"]),
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
    )


def _no_run(run_id: str) -> NotFound:
    return NotFound("There is no run {id}. It was removed, or the link is not whole.", id=repr(run_id[:40]))
