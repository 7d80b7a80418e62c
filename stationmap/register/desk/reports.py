"""What workers say is wrong: cases that a clerk accepts or turns down; nothing of them is published unread.

A report holds what is wrong at which station, and nothing of who says it: no name, phone, address or position.
It keeps its number and its steps for ever, and outlives the removal, the return and every re-import of its
station. An accepted one changes the record (:mod:`stationmap.register.desk.acceptance`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from stationmap.errors import InvalidValue, Message, NotFound, TooMany
from stationmap.register.database import Database, insert_numbered
from stationmap.register.desk.cases import (
    MOST_CHARACTERS,
    NewReport,
    Report,
    ReportKind,
    ReportState,
    Step,
    clerks_day,
    read,
    row_of,
)
from stationmap.register.desk.plaintext import instant_text, plain
from stationmap.register.desk.sources import of_report, with_report
from stationmap.register.history import Stamp, Written, changing, last_revision
from stationmap.register.holdings import STATIONS, not_found
from stationmap.register.layout import REPORT, REPORT_PHOTO, REPORT_STEP, STATION

__all__ = ["MOST_CHARACTERS", "NewReport", "Report", "ReportKind", "ReportState", "Reports", "Step"]

MOST_NOTE = 1_000
MOST_OPEN_OF_A_STATION = 30
MOST_OPEN = 2_000


class Reports:
    """The workers' reports; of a ledger, see :attr:`stationmap.register.ledger.Ledger.reports`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, new: NewReport, *, at: datetime) -> Report:
        """Take a report in as a new case; no revision moves.

        Parameters
        ----------
        new : NewReport
            The report.
        at : datetime
            The receipt by the server's clock, aware.

        Raises
        ------
        NotFound
            When there is no such station.
        InvalidValue
            When it says nothing, too much, or names what is not there; the message says which.
        TooMany
            When 30 reports of the station, or 2,000 in all, wait for a clerk.
        """
        row = row_of(new, at)
        with self._database.writing() as connection:
            last_revision(connection, lock=True)
            known = _of_token(connection, new)
            if known is not None:
                return known
            row["seen_revision"] = _revision_of(connection, new.station_id)
            _check_room(connection, new.station_id)
            number = insert_numbered(connection, REPORT, row)
            if new.photo is not None:
                connection.execute(insert(REPORT_PHOTO).values(report_id=number, jpeg=new.photo))
            return _one(connection, number)

    def listed(self, state: ReportState | None = None, station_id: str | None = None, limit: int = 100) -> list[Report]:
        """Return reports of a state, of a station, or all.

        New ones are a queue and come the oldest first; otherwise the newest come first (by number).
        """
        query = select(REPORT).limit(limit)
        if state is not None:
            query = query.where(REPORT.c.state == ReportState(state).value)
        if station_id is not None:
            query = query.where(REPORT.c.station_id == station_id)
        queue = state == ReportState.NEW
        with self._database.reading() as connection:
            return read(connection, query.order_by(REPORT.c.id if queue else REPORT.c.id.desc()))

    def open_by_station(self) -> dict[str, int]:
        """Return how many reports of each station wait for a clerk, by its id; only stations that have one."""
        waiting = select(REPORT.c.station_id, func.count()).where(REPORT.c.state == ReportState.NEW.value)
        query = waiting.group_by(REPORT.c.station_id).order_by(REPORT.c.station_id)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def get(self, id: int) -> Report:  # noqa: A002
        """Return one report.

        Raises
        ------
        NotFound
            When there is no report with that number.
        """
        with self._database.reading() as connection:
            return _one(connection, id)

    def alike(self, report: Report) -> list[Report]:
        """Return the other reports of the same kind about the same station that wait, the oldest first.

        Of a missing service they name the same service; their texts may differ.
        """
        waiting = self.listed(ReportState.NEW, report.station_id, MOST_OPEN)
        return [one for one in waiting if one.id != report.id and _same(one, report)]

    def photo(self, id: int) -> bytes | None:  # noqa: A002
        """Return the photo of a report, a JPEG; None when it has none, or none any more.

        Raises
        ------
        NotFound
            When there is no report with that number.
        """
        with self._database.reading() as connection:
            _one(connection, id)
            jpeg = connection.scalar(select(REPORT_PHOTO.c.jpeg).where(REPORT_PHOTO.c.report_id == id))
        return None if jpeg is None else bytes(jpeg)

    def accept(
        self,
        id: int,  # noqa: A002
        *,
        actor: str,
        note: str = "",
        change: Mapping[str, Any] | None = None,
        publish_photo: bool = False,
        seen: int | None = None,
        at: datetime | None = None,
        others: Sequence[int] = (),
    ) -> Written:
        """Accept a report and change the record by it, in one transaction, with its history and revision.

        What the clerk names in ``change`` is changed; where he names nothing, the kind says what is meant: the
        station is removed (``closed``), the service is not there (``service``), nothing (``other``). Of ``closed``,
        an end date alone shuts the station until then by a notice; of ``service``, it puts the service out of order
        until then. ``hours`` and ``moved`` need the new hours or the new place, since the report is only words.

        Parameters
        ----------
        id : int
            Number of a report that is new or was turned down.
        actor, note : str
            Who, and why, for the history.
        change : Mapping, optional
            Field of a station, code of a service, or ``lon``, ``lat``, ``datum``, ``until`` -> value; see
            :func:`stationmap.register.desk.acceptance.changed`.
        publish_photo : bool
            Show its photo on the page of the station.
        seen : int, optional
            Revision of the station's record that the clerk saw; the one when the report came in when none.
        at : datetime, optional
            When it is; now when none.
        others : sequence of int
            Numbers of further reports (:meth:`alike`): accepted with it, each with a step of its own; their photos are
            kept.

        Raises
        ------
        NotFound
            When there is no report with that number.
        InvalidValue
            When it was accepted before, the record was changed or removed since, ``change`` cannot be done, or one of
            ``others`` was decided before or is of another kind. Nothing is changed then.
        TooMany
            When the station has as many photos as there may be.
        """
        from stationmap.register.desk.acceptance import carry_out, publish

        if not actor.strip():
            raise InvalidValue("To accept a report needs a name; given was {actor!r}.", actor=actor)
        now = at or datetime.now(UTC)
        source = of_report(id)
        with changing(self._database, Stamp("report", actor, note.strip() or source, source)) as changes:
            report = _one(changes.connection, id)
            if report.state is ReportState.ACCEPTED:
                raise _decided(report)
            written = carry_out(changes, report, change or {}, seen=seen, now=now)
            if publish_photo:
                publish(changes, report)
            revision = changes.settle()
            decision = Step(now, actor, ReportState.ACCEPTED, note, revision if changes.begun else None)
            _decide(changes.connection, report, decision)
            _decide_alike(changes.connection, report, others, decision)
        return replace(written, revision=revision)

    def turn_down(
        self,
        id: int,  # noqa: A002
        *,
        actor: str,
        note: str,
        at: datetime | None = None,
        others: Sequence[int] = (),
    ) -> None:
        """Turn a report down; the record stays, no revision moves, and its photo is dropped.

        With it ``others``, the numbers of further reports (:meth:`alike`), each with a step of its own; their photos go
        too.

        Raises
        ------
        NotFound
            When there is no report with that number.
        InvalidValue
            When it was decided before, nobody or no reason is named, or one of ``others`` was decided before or is
            of another kind. Nothing is changed then.
        """
        if not actor.strip() or not note.strip():
            raise InvalidValue(
                "To turn a report down needs a name and a reason; given were the name {actor!r} and the reason"
                " {note!r}.",
                actor=actor,
                note=note,
            )
        with self._database.writing() as connection:
            last_revision(connection, lock=True)
            report = _one(connection, id)
            if report.state is not ReportState.NEW:
                raise _decided(report)
            decision = Step(at or datetime.now(UTC), actor, ReportState.TURNED_DOWN, note, None)
            _decide(connection, report, decision)
            _decide_alike(connection, report, others, decision)
            connection.execute(delete(REPORT_PHOTO).where(REPORT_PHOTO.c.report_id.in_([id, *others])))


def _of_token(connection: Connection, new: NewReport) -> Report | None:
    if not new.token:
        return None
    known = read(connection, select(REPORT).where(REPORT.c.token == new.token))
    if known and known[0].station_id != new.station_id:
        raise InvalidValue("The token of this report was used for another one. Send it with a token of its own.")
    return known[0] if known else None


def _revision_of(connection: Connection, station_id: str) -> int:
    revision = connection.scalar(select(STATION.c.revision).where(STATION.c.id == station_id))
    if revision is None:
        raise not_found(STATIONS, station_id)
    return int(revision)


def _check_room(connection: Connection, station_id: str) -> None:
    waiting = select(func.count()).where(REPORT.c.state == ReportState.NEW.value)
    of_station = connection.scalar(waiting.where(REPORT.c.station_id == station_id)) or 0
    if of_station >= MOST_OPEN_OF_A_STATION:
        raise TooMany("{count} reports of this station are waiting to be read already. Thank you.", count=of_station)
    if (connection.scalar(waiting) or 0) >= MOST_OPEN:
        raise TooMany("Too many reports are waiting to be read at present. Try again another day.")


def _same(one: Report, other: Report) -> bool:
    return (one.station_id, one.kind, one.service) == (other.station_id, other.kind, other.service)


def _decide_alike(connection: Connection, report: Report, others: Sequence[int], step: Step) -> None:
    """Decide further reports as one was, each in its own history."""
    for number in others:
        other = _one(connection, number)
        if not _same(other, report):
            raise InvalidValue(
                "Report {other} is not of the same kind about the same station as report {report}. Settle it by"
                " itself.",
                other=number,
                report=report.id,
            )
        if other.state is not ReportState.NEW:
            raise _decided(other)
        _decide(connection, other, step, beside=report.id)


def _decide(connection: Connection, report: Report, step: Step, *, beside: int | None = None) -> None:
    note = plain(step.note, most=MOST_NOTE, what=Message("the note"))
    connection.execute(
        insert(REPORT_STEP).values(
            report_id=report.id,
            number=len(report.steps) + 1,
            at=instant_text(step.at, Message("The decision")),
            actor=plain(step.actor, most=MOST_NOTE, what=Message("the name")),
            state=step.state.value,
            note=note if beside is None else with_report(note, beside),
            revision=step.revision,
        )
    )
    connection.execute(update(REPORT).where(REPORT.c.id == report.id).values(state=step.state.value))


def _decided(report: Report) -> InvalidValue:
    last = report.steps[-1]
    values = {"report": report.id, "day": clerks_day(last.at), "actor": last.actor}
    if report.state is ReportState.ACCEPTED:
        return InvalidValue("Report {report} was accepted before, on {day} by {actor}.", **values)
    return InvalidValue("Report {report} was turned down before, on {day} by {actor}.", **values)


def _one(connection: Connection, report_id: int) -> Report:
    found = read(connection, select(REPORT).where(REPORT.c.id == report_id))
    if not found:
        raise NotFound("There is no report with the number {id}.", id=report_id)
    return found[0]
