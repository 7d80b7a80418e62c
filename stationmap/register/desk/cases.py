"""A report as a case: what it says, how far it is, and how it stands in the tables."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select

from stationmap.errors import InvalidValue, Message
from stationmap.register.desk import photos
from stationmap.register.desk.plaintext import instant_text, plain
from stationmap.register.layout import REPORT, REPORT_PHOTO, REPORT_STEP
from stationmap.schema.vocabulary import SERVICES, require

MOST_CHARACTERS = 1_000
_TOKEN = re.compile(r"[A-Za-z0-9._:-]{0,100}")
_OLDEST = timedelta(days=60)
_CHINA = ZoneInfo("Asia/Shanghai")


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


def clerks_day(instant: datetime) -> date:
    """Return the day of an instant where clerks work: in China."""
    return instant.astimezone(_CHINA).date()


def clerks_minute(instant: datetime) -> str:
    """Return an instant to the minute, as the clocks of clerks show it: in China."""
    return f"{instant.astimezone(_CHINA):%Y-%m-%d %H:%M}"


def row_of(new: NewReport, at: datetime) -> dict[str, Any]:
    """Return a report as a row of the table, checked.

    Raises
    ------
    InvalidValue
        When it says nothing, too much, or names what is not there; the message says which.
    """
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


def read(connection: Connection, query: Select[Any]) -> list[Report]:
    """Return the reports of a query of their table, in its order."""
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
