"""What workers say is wrong: cases that a clerk accepts or turns down; nothing of them is published unread.

A report holds what is wrong at which station, and nothing of who says it: no name, phone, address or position.
It keeps its number and its steps for ever, and outlives the removal, the return and every re-import of its
station. An accepted one changes the record (:mod:`stationmap.register.acceptance`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from stationmap.errors import InvalidValue, Message, NotFound, TooMany
from stationmap.register import photos
from stationmap.register.database import Database, insert_numbered
from stationmap.register.history import Stamp, Written, changing, last_revision
from stationmap.register.holdings import STATIONS, not_found
from stationmap.register.layout import REPORT, REPORT_PHOTO, REPORT_STEP, STATION
from stationmap.register.plaintext import instant_text, plain
from stationmap.schema.vocabulary import SERVICES, require

MOST_OPEN_OF_A_STATION = 30
MOST_OPEN = 2_000
MOST_CHARACTERS = 1_000
MOST_NOTE = 1_000
_TOKEN = re.compile(r"[A-Za-z0-9._:-]{0,100}")
_OLDEST = timedelta(days=60)


class ReportKind(StrEnum):
    """What is wrong."""

    CLOSED = "closed"
    MOVED = "moved"
    SERVICE = "service"
    HOURS = "hours"
    OTHER = "other"


class ReportState(StrEnum):
    """How far a report is."""

    NEW = "new"
    ACCEPTED = "accepted"
    TURNED_DOWN = "turned_down"


KIND_WORDS: Mapping[ReportKind, Message] = {
    ReportKind.CLOSED: Message("closed or gone"),
    ReportKind.MOVED: Message("moved"),
    ReportKind.SERVICE: Message("service missing"),
    ReportKind.HOURS: Message("hours wrong"),
    ReportKind.OTHER: Message("something else"),
}
STATE_WORDS: Mapping[ReportState, Message] = {
    ReportState.NEW: Message("new"),
    ReportState.ACCEPTED: Message("accepted"),
    ReportState.TURNED_DOWN: Message("turned down"),
}


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report on its way in.

    Parameters
    ----------
    station_id : str
        Which station; a removed one too, since it may be there again.
    kind : ReportKind
        What is wrong.
    service : str
        Code of the service that is missing; needed for ``service``.
    text : str
        In the worker's words, at most 1,000 characters; needed for ``other`` without a photo.
    photo : bytes, optional
        As :func:`stationmap.files.photo.reencode` returns it.
    observed_at : datetime, optional
        When it was seen, aware; one that is later than the receipt, or 60 days before it, is taken as not known.
    token : str
        What the client made up for this report, at most 100 letters and digits; the same token again returns the
        stored report.
    """

    station_id: str
    kind: ReportKind
    service: str = ""
    text: str = ""
    photo: bytes | None = None
    observed_at: datetime | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What a clerk decided: when (aware, UTC), who, what then became of it, why, and the revision it made, if any."""

    at: datetime
    actor: str
    state: ReportState
    note: str
    revision: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is kept; times aware, UTC; steps the oldest first.

    ``seen_revision`` is the revision of the station's record when the report came in.
    """

    id: int
    station_id: str
    kind: ReportKind
    service: str
    text: str
    state: ReportState
    received_at: datetime
    observed_at: datetime | None
    has_photo: bool
    steps: tuple[Step, ...]
    seen_revision: int


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
        row = _row(new, at)
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
            return _read(connection, query.order_by(REPORT.c.id if queue else REPORT.c.id.desc()))

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
            :func:`stationmap.register.acceptance.changed`.
        publish_photo : bool
            Show its photo on the page of the station.
        seen : int, optional
            Revision of the station's record that the clerk saw; the one when the report came in when none.
        at : datetime, optional
            When it is; now when none.

        Raises
        ------
        NotFound
            When there is no report with that number.
        InvalidValue
            When it was accepted before, the record was changed or removed since, or ``change`` cannot be done.
            Nothing is changed then.
        TooMany
            When the station has as many photos as there may be.
        """
        from stationmap.register.acceptance import carry_out, publish

        now = at or datetime.now(UTC)
        source = source_of(id)
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
        return replace(written, revision=revision)

    def turn_down(self, id: int, *, actor: str, note: str, at: datetime | None = None) -> None:  # noqa: A002
        """Turn a report down; the record stays, no revision moves, and its photo is dropped.

        Raises
        ------
        NotFound
            When there is no report with that number.
        InvalidValue
            When it was decided before, or nobody or no reason is named.
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
            connection.execute(delete(REPORT_PHOTO).where(REPORT_PHOTO.c.report_id == id))


def source_of(report_id: int) -> str:
    """Return what a fact names as its source that comes from a report."""
    return f"workers' report {report_id}"


def _row(new: NewReport, at: datetime) -> dict[str, Any]:
    """Return a report as a row of the table, checked."""
    try:
        kind = ReportKind(new.kind)
    except ValueError:
        known = tuple(str(kind) for kind in ReportKind)
        raise InvalidValue(
            "A report cannot be of the kind {kind!r}. Take one of: {known}", kind=new.kind, known=known
        ) from None
    if kind is ReportKind.SERVICE and not new.service:
        raise InvalidValue("Say which service is missing.")
    text = plain(new.text, most=MOST_CHARACTERS, what=Message("the report"))
    if kind is ReportKind.OTHER and not text and new.photo is None:
        raise InvalidValue("Say in a few words what is wrong, or show it in a photo.")
    if not _TOKEN.fullmatch(new.token):
        raise InvalidValue("A token of a report holds at most 100 letters, digits and . _ : -")
    if new.photo is not None:
        photos.sound_jpeg(new.photo)
    return {
        "station_id": new.station_id,
        "kind": kind.value,
        "service": require(SERVICES, new.service, "service").code if new.service else "",
        "text": text,
        "received_at": instant_text(at, Message("The receipt")),
        "observed_at": _observed(new.observed_at, at),
        "state": ReportState.NEW.value,
        "token": new.token or None,
    }


def _observed(observed: datetime | None, at: datetime) -> str | None:
    """Return when it was seen; None where the clock of the phone cannot be right."""
    if observed is None or observed.tzinfo is None or not at - _OLDEST <= observed <= at:
        return None
    return instant_text(observed, Message("The observation"))


def _of_token(connection: Connection, new: NewReport) -> Report | None:
    if not new.token:
        return None
    known = _read(connection, select(REPORT).where(REPORT.c.token == new.token))
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


def _decide(connection: Connection, report: Report, step: Step) -> None:
    connection.execute(
        insert(REPORT_STEP).values(
            report_id=report.id,
            number=len(report.steps) + 1,
            at=instant_text(step.at, Message("The decision")),
            actor=step.actor,
            state=step.state.value,
            note=plain(step.note, most=MOST_NOTE, what=Message("the note")),
            revision=step.revision,
        )
    )
    connection.execute(update(REPORT).where(REPORT.c.id == report.id).values(state=step.state.value))


def _decided(report: Report) -> InvalidValue:
    last = report.steps[-1]
    values = {"report": report.id, "day": last.at.date(), "actor": last.actor}
    if report.state is ReportState.ACCEPTED:
        return InvalidValue("Report {report} was accepted before, on {day} by {actor}.", **values)
    return InvalidValue("Report {report} was turned down before, on {day} by {actor}.", **values)


def _one(connection: Connection, report_id: int) -> Report:
    found = _read(connection, select(REPORT).where(REPORT.c.id == report_id))
    if not found:
        raise NotFound("There is no report with the number {id}.", id=report_id)
    return found[0]


def _read(connection: Connection, query: Select[Any]) -> list[Report]:
    rows = connection.execute(query).mappings().all()
    ids = query.with_only_columns(REPORT.c.id)
    shown = set(connection.scalars(select(REPORT_PHOTO.c.report_id).where(REPORT_PHOTO.c.report_id.in_(ids))))
    steps = _steps(connection, ids)
    return [_report(row, row["id"] in shown, steps[row["id"]]) for row in rows]


def _steps(connection: Connection, ids: Select[Any]) -> Mapping[int, list[Step]]:
    steps: dict[int, list[Step]] = defaultdict(list)
    query = select(REPORT_STEP).where(REPORT_STEP.c.report_id.in_(ids)).order_by(REPORT_STEP.c.number)
    for row in connection.execute(query):
        decided = datetime.fromisoformat(row.at)
        steps[row.report_id].append(Step(decided, row.actor, ReportState(row.state), row.note, row.revision))
    return steps


def _report(row: Any, has_photo: bool, steps: Iterable[Step]) -> Report:
    observed = row["observed_at"]
    return Report(
        id=row["id"],
        station_id=row["station_id"],
        kind=ReportKind(row["kind"]),
        service=row["service"],
        text=row["text"],
        state=ReportState(row["state"]),
        received_at=datetime.fromisoformat(row["received_at"]),
        observed_at=None if observed is None else datetime.fromisoformat(observed),
        has_photo=has_photo,
        steps=tuple(steps),
        seen_revision=row["seen_revision"],
    )
