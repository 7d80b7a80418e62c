"""A list of events on its way in: columns found, stations known, dates and times read, every fault told by its row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.table import Table
from stationmap.register.desk.events import Event, Place, sound
from stationmap.register.lists import cells
from stationmap.schema.faults import Fault, Severity
from stationmap.schema.vocabulary import fold

Find = Callable[[Iterable[str]], Mapping[str, Sequence[Place]]]
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "station": (
        *(
            "站点编号",
            "编号",
            "站点id",
            "驿站编号",
            "id",
            "station_id",
            "station id",
            "站点名称",
            "站点",
            "驿站",
            "驿站名称",
        ),
        *("阵地", "阵地名称", "地点", "station", "station name", "venue"),
    ),
    "title": ("活动", "活动名称", "活动主题", "主题", "活动内容", "title", "event", "event name", "activity"),
    "when": ("时间", "活动时间", "开放时间", "举办时间", "when", "time", "times", "hours"),
    "day": ("日期", "活动日期", "举办日期", "date", "day"),
    "first": ("开始日期", "开始", "起始日期", "起始", "first", "from", "start", "start date", "first day"),
    "last": ("结束日期", "结束", "截止日期", "截止", "last", "until", "to", "end", "end date", "last day"),
    "text": ("说明", "备注", "简介", "内容", "详情", "text", "description", "note", "notes", "details"),
}
_NEEDED = ("station", "title")


@dataclass(frozen=True, slots=True)
class EventList:
    """What became of a list of events; nothing is written yet.

    ``rows`` counts those that say anything; ``events`` are in the order of the file, each once; ``rejected`` how
    many rows are not among them because of an error; ``columns`` which column each field was read from.
    """

    rows: int
    events: tuple[Event, ...]
    rejected: int
    faults: tuple[Fault, ...]
    columns: Mapping[str, str]


def read_events(table: Table, find: Find, *, source: str = "") -> EventList:
    """Read a list of events.

    Parameters
    ----------
    table : Table
        With a column for the station (its id, or its whole name where only one has it) and for the title; perhaps
        for the times, the day or the first and last day, and a description.
    find : callable
        Gives the stations that words name: :meth:`stationmap.register.desk.events.Events.places`.
    source : str
        Where the list is from, in words; the file name when empty.

    Raises
    ------
    UnusableInput
        When there are no rows, or no column for the station or the title.
    """
    columns = _columns(table)
    texts = {name: list(map(cells.text_of, table.cells[column])) for name, column in columns.items()}
    numbers = table.row_numbers.tolist()
    rows = [i for i in range(len(numbers)) if any(column[i] for column in texts.values())]
    if not rows:
        raise UnusableInput("{file} has no rows with events.", file=table.source)
    places = find(texts["station"][i] for i in rows if texts["station"][i])
    faults: list[Fault] = []
    events: dict[str, Event] = {}
    rejected = 0
    for i in rows:
        row = _Row(numbers[i], columns, {name: column[i] for name, column in texts.items()}, faults)
        event = row.event(places, source or table.source)
        if event is None:
            rejected += 1
        elif event.id in events:
            row.remark("title", Message("This event stands in the list more than once; it was taken once."))
        else:
            events[event.id] = event
    return EventList(len(rows), tuple(events.values()), rejected, tuple(faults), columns)


def _columns(table: Table) -> dict[str, str]:
    """Return field -> column; of several columns for one field the one whose word stands first in :data:`COLUMNS`."""
    there = {fold(column): column for column in reversed(table.columns)}
    found = {
        name: next(there[word] for word in map(fold, words) if word in there)
        for name, words in COLUMNS.items()
        if any(fold(word) in there for word in words)
    }
    missing = next((name for name in _NEEDED if name not in found), None)
    if missing is not None:
        raise UnusableInput(
            "{file} has no column for the {what}; it has: {columns}. Call one of them {word}.",
            file=table.source,
            what=Message("station") if missing == "station" else Message("event"),
            columns=", ".join(table.columns) or "-",
            word=COLUMNS[missing][0],
        )
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a list of events, and where its faults are put down."""

    number: int
    columns: Mapping[str, str]
    texts: Mapping[str, str]
    faults: list[Fault]

    def event(self, places: Mapping[str, Sequence[Place]], source: str) -> Event | None:
        """Return the event of the row; None when it cannot go in."""
        before = sum(fault.severity is Severity.ERROR for fault in self.faults)
        station_id = self._station(places)
        first, last = self._day("first"), self._day("last")
        day = self._day("day")
        if day is not None:
            first, last = first or day, last or (day if first is None else None)
        if sum(fault.severity is Severity.ERROR for fault in self.faults) > before:
            return None
        facts: dict[str, Any] = {
            "title": self._text("title"),
            "text": self._text("text"),
            "hours_text": self._text("when"),
        }
        try:
            event = sound(Event("", station_id, first=first, last=last, source=source, **facts))
        except InvalidValue as fault:
            self._fault("title", fault.message, Severity.ERROR)
            return None
        if event.hours_text and not event.hours_osm:
            message = Message(
                "The times {value!r} are not read surely; they are shown as they stand.", {"value": event.hours_text}
            )
            self._fault("when", message, Severity.WARNING)
        return event

    def remark(self, name: str, message: Message) -> None:
        """Put down a remark on a column of the row."""
        self._fault(name, message, Severity.NOTE)

    def _station(self, places: Mapping[str, Sequence[Place]]) -> str:
        word = self._text("station")
        hits = places.get(word, ())
        standing = [place for place in hits if not place.removed] or list(hits)
        if len(standing) == 1 and not standing[0].removed:
            return standing[0].id
        if not word:
            message = Message("The row names no station. Give its id.")
        elif not hits:
            message = Message("There is no station {word!r}. Give its id, or its whole name.", {"word": word})
        elif standing[0].removed:
            message = Message(
                "The station {word!r} is removed. Bring it back first, or leave the row out.", {"word": word}
            )
        else:
            ids = tuple(place.id for place in standing[:10])
            message = Message(
                "{count} stations are called {word!r}: {ids}. Give the id.",
                {"count": len(standing), "word": word, "ids": ids},
            )
        self._fault("station", message, Severity.ERROR)
        return ""

    def _day(self, name: str) -> date | None:
        text = self._text(name)
        if cells.is_blank(text):
            return None
        cell = cells.day(text)
        if cell.problem is not None:
            self._fault(name, cell.problem, Severity.ERROR)
        return cell.value if isinstance(cell.value, date) else None

    def _text(self, name: str) -> str:
        return self.texts.get(name, "")

    def _fault(self, name: str, message: Message, severity: Severity) -> None:
        self.faults.append(Fault(self.number, self.columns.get(name, ""), self._text(name), message, severity))
