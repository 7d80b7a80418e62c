"""What the operator says to everyone for a while: heat, storm, a station that is shut today."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast, get_args

from sqlalchemy import Select, case, select, update

from stationmap.errors import InvalidValue, Message, NotFound
from stationmap.register.database import Database, insert_numbered
from stationmap.register.desk.cases import clerks_minute
from stationmap.register.desk.plaintext import instant_text, plain
from stationmap.register.history import ChangeSet, Stamp, Written, changing
from stationmap.register.holdings import STATIONS, fetch, not_found
from stationmap.register.layout import AREA, NOTICE
from stationmap.register.soundness import json_text

Level = Literal["info", "warning", "danger"]
LEVELS: tuple[Level, ...] = get_args(Level)
MOST_CHARACTERS = 500
MOST_DAYS = 400
_ADCODE = re.compile(r"\d{2,12}")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; ``starts_at`` (inclusive) and ``ends_at`` (exclusive) are aware, UTC.

    It is for everyone, or for the area ``adcode``, or for one station. With ``closes`` it shuts that station on
    the local days it spans.
    """

    id: int
    text: str
    starts_at: datetime
    ends_at: datetime
    text_en: str = ""
    level: Level = "info"
    adcode: str = ""
    station_id: str = ""
    closes: bool = False
    withdrawn: bool = False


class Notices:
    """The operator's notices; of a ledger, see :attr:`stationmap.register.ledger.Ledger.notices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        text: str,
        *,
        starts_at: datetime,
        ends_at: datetime,
        actor: str,
        reason: str = "notice",
        text_en: str = "",
        level: str = "info",
        adcode: str = "",
        station_id: str = "",
        closes: bool = False,
    ) -> Notice:
        """Publish a notice; the ledger's revision moves.

        Parameters
        ----------
        text, text_en : str
            What it says, at most 500 characters; the English one may be missing.
        starts_at, ends_at : datetime
            When it stands, aware; the end is not in it. At most 400 days.
        actor, reason : str
            Who, and why.
        level : str
            ``info``, ``warning`` or ``danger``.
        adcode : str
            The area it is for; "" for everyone.
        station_id : str
            The station it is for; "" for everyone.
        closes : bool
            Whether it shuts the station on the local days it spans.

        Raises
        ------
        InvalidValue
            When a value cannot be what it should be; the message names it.
        NotFound
            When there is no such station, or no such area.
        """
        with changing(self._database, Stamp("notice", actor, reason)) as changes:
            values = {"text": text, "text_en": text_en, "level": level, "adcode": adcode, "station_id": station_id}
            notice = write(changes, values | {"closes": closes, "starts_at": starts_at, "ends_at": ends_at})
            changes.settle()
        return notice

    def withdraw(self, id: int, *, actor: str, reason: str = "withdrawn") -> Written:  # noqa: A002
        """Take a notice back; it keeps its number and history. The ledger's revision moves.

        Raises
        ------
        NotFound
            When there is no such notice.
        """
        with changing(self._database, Stamp("notice", actor, reason)) as changes:
            row = changes.connection.execute(select(NOTICE).where(NOTICE.c.id == id)).mappings().first()
            if row is None:
                raise NotFound("There is no notice with the number {id}.", id=id)
            if row["withdrawn"]:
                return Written(changes.settle(), unchanged=1)
            changes.begin()
            values = {"withdrawn": True, "revision": changes.revision}
            changes.connection.execute(update(NOTICE).where(NOTICE.c.id == id).values(**values))
            changes.record("notice", "removed", [(str(id), json_text(dict(row) | values))])
            return Written(changes.settle(), updated=1)

    def current(self, at: datetime, ahead: timedelta = timedelta(0)) -> list[Notice]:
        """Return the notices that stand at an instant, or begin within ``ahead`` of it.

        The most pressing first (danger, warning, info), then by their beginning, then by number.
        """
        now = at.astimezone(UTC)
        rank = case({level: rank for rank, level in enumerate(reversed(LEVELS))}, value=NOTICE.c.level)
        query = select(NOTICE).where(
            NOTICE.c.withdrawn.is_(False),
            NOTICE.c.starts_at <= (now + ahead).isoformat(timespec="seconds"),
            NOTICE.c.ends_at > now.isoformat(timespec="seconds"),
        )
        return self._read(query.order_by(rank, NOTICE.c.starts_at, NOTICE.c.id))

    def all(self, *, withdrawn: bool = False) -> list[Notice]:
        """Return every notice, over ones too, by number; those that were withdrawn only when asked for."""
        query = select(NOTICE).order_by(NOTICE.c.id)
        return self._read(query if withdrawn else query.where(NOTICE.c.withdrawn.is_(False)))

    def closures(self) -> dict[str, list[tuple[int, int]]]:
        """Return the id of each station that a notice shuts, with the times: start and end, seconds since 1970 UTC."""
        shut: dict[str, list[tuple[int, int]]] = {}
        for one in self.all():
            if one.closes and one.station_id:
                spans = shut.setdefault(one.station_id, [])
                spans.append((int(one.starts_at.timestamp()), int(one.ends_at.timestamp())))
        return shut

    def _read(self, query: Select[Any]) -> list[Notice]:
        with self._database.reading() as connection:
            return [_notice(row) for row in connection.execute(query).mappings()]


def write(changes: ChangeSet, values: Mapping[str, Any]) -> Notice:
    """Write one notice as a part of a change set, which is not settled yet; raises as :meth:`Notices.put`."""
    row = _row(values)
    station_id = row["station_id"]
    if station_id and station_id not in fetch(STATIONS, changes.connection, [station_id]):
        raise not_found(STATIONS, station_id)
    known = select(AREA.c.adcode).where(AREA.c.adcode == row["adcode"])
    if row["adcode"] and changes.connection.execute(known).first() is None:
        raise NotFound(
            "The ledger holds no area {adcode}. Check the code, or load its boundary first: stationmap load",
            adcode=row["adcode"],
        )
    changes.begin()
    row["revision"] = changes.revision
    row["id"] = insert_numbered(changes.connection, NOTICE, row)
    changes.record("notice", "created", [(str(row["id"]), json_text(row))])
    return _notice(row)


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as a row of the table, checked."""
    text = plain(values["text"], most=MOST_CHARACTERS, what=Message("the notice"))
    if not text:
        raise InvalidValue("A notice needs a text. Say what is the matter.")
    if values["level"] not in LEVELS:
        raise InvalidValue("The level {level!r} is none of: {known}.", level=values["level"], known=LEVELS)
    if values["adcode"] and not _ADCODE.fullmatch(values["adcode"]):
        raise InvalidValue("{adcode!r} is no code of an area. Write it like 410103.", adcode=values["adcode"])
    if values["closes"] and not values["station_id"]:
        raise InvalidValue("Only a notice for one station can shut it. Say which station.")
    starts_at, ends_at = values["starts_at"], values["ends_at"]
    times = {
        "starts_at": instant_text(starts_at, Message("The beginning")),
        "ends_at": instant_text(ends_at, Message("The end")),
    }
    if times["ends_at"] <= times["starts_at"]:
        span = {"start": clerks_minute(starts_at), "end": clerks_minute(ends_at)}
        raise InvalidValue("The notice ends ({end}) before it begins ({start}).", **span)
    if ends_at - starts_at > timedelta(MOST_DAYS):
        raise InvalidValue(
            "The notice would stand for {days} days; at most {most} are allowed. Change the record instead.",
            days=(ends_at - starts_at).days,
            most=MOST_DAYS,
        )
    text_en = plain(values["text_en"], most=MOST_CHARACTERS, what=Message("the notice"))
    told = {"text": text, "text_en": text_en, "level": values["level"], "adcode": values["adcode"]}
    place = {"station_id": values["station_id"] or None, "closes": bool(values["closes"]), "withdrawn": False}
    return told | times | place


def _notice(row: Any) -> Notice:
    return Notice(
        id=row["id"],
        text=row["text"],
        starts_at=datetime.fromisoformat(row["starts_at"]),
        ends_at=datetime.fromisoformat(row["ends_at"]),
        text_en=row["text_en"],
        level=cast(Level, row["level"]),
        adcode=row["adcode"],
        station_id=row["station_id"] or "",
        closes=row["closes"],
        withdrawn=row["withdrawn"],
    )
