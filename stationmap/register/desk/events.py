"""What takes place at stations: dated once, or again and again; the times are texts of opening hours."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import starmap
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, insert, or_, select, update

from stationmap.errors import InvalidValue, Message, NotFound
from stationmap.register.database import Database
from stationmap.register.desk.plaintext import day_text, plain, read_day
from stationmap.register.history import ChangeSet, Stamp, Written, changing
from stationmap.register.holdings import STATIONS, not_found
from stationmap.register.layout import EVENT, STATION
from stationmap.register.soundness import json_text

MOST_TITLE, MOST_TEXT, MOST_TIMES = 100, 1_000, 500
_AT_ONCE = 500
_ID_LENGTH = 12
_LEADING_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*[日号]?"
    r"\s*(?:[(（][^()（）]{1,6}[)）])?(?!\s*[-~～至到])[\sT,，]*(?P<rest>.*)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event at a station, once or recurring, from ``first`` to ``last`` (both in it, None: open).

    ``hours_text`` says when on these days, as typed ("每周三 14:00-16:00"); ``hours_osm`` is what was surely read of
    it, "" when nothing was. ``id`` "" stands for one that is made of station, title, times and first day.
    """

    id: str
    station_id: str
    title: str
    text: str = ""
    hours_text: str = ""
    hours_osm: str = ""
    first: date | None = None
    last: date | None = None
    source: str = ""


class Place(NamedTuple):
    """A station as a list of events names it."""

    id: str
    name: str
    removed: bool


class Events:
    """The events at stations; of a ledger, see :attr:`stationmap.register.ledger.Ledger.events`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, events: Sequence[Event], actor: str, reason: str, *, source: str = "", sha256: str = "") -> Written:
        """Write events by their id: all of them or, when one cannot be kept, none. The revision moves.

        The same events again change nothing; of two with one id the later one counts.

        Raises
        ------
        InvalidValue
            When one has no title, ends before it begins, or holds a text that is too long.
        NotFound
            When the station of one is not there.
        """
        coming = {event.id: event for event in map(sound, events)}
        with changing(self._database, Stamp("events", actor, reason, source, sha256)) as changes:
            _check_stations(changes, coming.values())
            created = updated = 0
            for start in range(0, len(coming), _AT_ONCE):
                ids = list(coming)[start : start + _AT_ONCE]
                query = select(EVENT).where(EVENT.c.id.in_(ids))
                known = {row["id"]: _event(row) for row in changes.connection.execute(query).mappings()}
                for key in ids:
                    if known.get(key) != coming[key]:
                        created += key not in known
                        updated += key in known
                        _write(changes, coming[key], new=key not in known)
            return Written(changes.settle(), created, updated, len(coming) - created - updated)

    def remove(self, ids: Iterable[str], *, actor: str, reason: str = "event removed") -> Written:
        """Take events out; the note of them stays in the history. The revision moves.

        Raises
        ------
        NotFound
            When there is no event under one of the ids; then none is taken out.
        """
        with changing(self._database, Stamp("events", actor, reason)) as changes:
            gone = 0
            for key in dict.fromkeys(ids):
                if changes.connection.execute(delete(EVENT).where(EVENT.c.id == key)).rowcount == 0:
                    raise NotFound("There is no event with the id {id!r}.", id=key)
                changes.record("event", "discarded", [(key, None)])
                gone += 1
            return Written(changes.settle(), updated=gone)

    def of(self, station_id: str) -> list[Event]:
        """Return the events at a station, those over too: by first day (those without one first), title, id."""
        return self._read(select(EVENT).where(EVENT.c.station_id == station_id))

    def all(self) -> list[Event]:
        """Return every event: by station, first day (those without one first), title, id."""
        return self._read(select(EVENT))

    def places(self, words: Iterable[str]) -> dict[str, list["Place"]]:
        """Return the stations that each of some words names, as its id or as its whole name; by id.

        A word that is an id names that station alone.
        """
        wanted = list(dict.fromkeys(words))
        found: dict[str, list[Place]] = {word: [] for word in wanted}
        with self._database.reading() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                query = select(STATION.c.id, STATION.c.name, STATION.c.removed).where(
                    or_(STATION.c.id.in_(some), STATION.c.name.in_(some))
                )
                for place in starmap(Place, connection.execute(query.order_by(STATION.c.id))):
                    for word in {place.id, place.name} & found.keys():
                        found[word].append(place)
        return {word: [p for p in hits if p.id == word] or hits for word, hits in found.items()}

    def _read(self, query: Select[Any]) -> list[Event]:
        with self._database.reading() as connection:
            events = [_event(row) for row in connection.execute(query).mappings()]
        return sorted(events, key=lambda event: (event.station_id, event.first or date.min, event.title, event.id))


def sound(event: Event) -> Event:
    """Return an event as it is kept: texts made plain, times read where they are not yet, an id.

    Raises
    ------
    InvalidValue
        When it has no title, ends before it begins, or holds a text that is too long.
    """
    title = " ".join(plain(event.title, most=MOST_TITLE, what=Message("the title")).split())
    if not title:
        raise InvalidValue("An event needs a title. Say what takes place.")
    if event.first and event.last and event.last < event.first:
        raise InvalidValue(
            "The event {title!r} ends ({last}) before it begins ({first}).",
            title=title,
            first=event.first,
            last=event.last,
        )
    times = " ".join(plain(event.hours_text, most=MOST_TIMES, what=Message("the times")).split())
    text = plain(event.text, most=MOST_TEXT, what=Message("the text"))
    source = plain(event.source, most=MOST_TITLE * 2, what=Message("the source"))
    kept = replace(event, title=title, text=text, hours_text=times, source=source)
    if not kept.hours_osm:
        kept = _with_times(kept)
    return kept if kept.id else replace(kept, id=_new_id(kept))


def _with_times(event: Event) -> Event:
    """Return an event whose times are read; a date that leads them is its day where it has none."""
    from stationmap.hours.text import read

    times, first, last = event.hours_text, event.first, event.last
    led = _LEADING_DATE.fullmatch(times)
    if led is not None and first is None and last is None:
        try:
            first = last = date(*(int(part) for part in led.groups()[:3]))
        except ValueError:
            first = last = None
        else:
            times = led["rest"]
    reading = read(times)
    return replace(event, first=first, last=last, hours_osm="" if reading.uncertain else reading.osm)


def _new_id(event: Event) -> str:
    said = "\n".join((event.station_id, event.title, event.hours_text, str(event.first)))
    return hashlib.sha256(said.encode()).hexdigest()[:_ID_LENGTH]


def _check_stations(changes: ChangeSet, events: Iterable[Event]) -> None:
    wanted = list(dict.fromkeys(event.station_id for event in events))
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        there = set(changes.connection.scalars(select(STATION.c.id).where(STATION.c.id.in_(some))))
        missing = next((key for key in some if key not in there), None)
        if missing is not None:
            raise not_found(STATIONS, missing)


def _write(changes: ChangeSet, event: Event, *, new: bool) -> None:
    changes.begin()
    row = asdict(event) | {"first": day_text(event.first), "last": day_text(event.last), "revision": changes.revision}
    statement = insert(EVENT) if new else update(EVENT).where(EVENT.c.id == event.id)
    changes.connection.execute(statement.values(**row))
    changes.record("event", "created" if new else "updated", [(event.id, json_text(row))])


def _event(row: Any) -> Event:
    told = {name: row[name] for name in ("id", "station_id", "title", "text", "hours_text", "hours_osm", "source")}
    return Event(**told, first=read_day(row["first"]), last=read_day(row["last"]))
