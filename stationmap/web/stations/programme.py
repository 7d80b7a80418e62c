"""What takes place at a station in the next days: events, dated once or again and again, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from stationmap.catalogue import tell
from stationmap.hours.calendar import Calendar
from stationmap.hours.opening import Schedule, State, Timetable
from stationmap.register.desk.events import Event
from stationmap.web.stations.week import span_words

DAYS_AHEAD = 30
_TIMES_SHOWN = 4
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event on the page: title, what it is, when next (words), how it was put down where that was not read."""

    title: str
    text: str
    times: tuple[str, ...]
    more: int
    as_put_down: str
    source: str


def ahead(events: Iterable[Event], at: datetime, timezone: str, calendar: Calendar, language: str) -> list[Entry]:
    """Return the events of the next 30 days, the next one first, ties by title.

    One whose times were read is told by its next dates; one whose times were not read, or that has none, by the days
    between which it takes place. What is over, or begins later, is left out.

    Parameters
    ----------
    events : iterable of Event
        Those of one station.
    at : datetime
        Aware, in the zone of the place.
    """
    today = at.date()
    entries = []
    for event in events:
        first = max(event.first or today, today)
        last = min(event.last or date.max, today + timedelta(days=DAYS_AHEAD - 1))
        if first > last:
            continue
        if event.hours_osm:
            days = _dates(event, first, last, at, timezone, calendar, language)
        else:
            days = [(first, _between(event, today, language))]
        if days:
            shown = tuple(words for _, words in days[:_TIMES_SHOWN])
            said = "" if event.hours_osm else event.hours_text
            entry = Entry(event.title, event.text, shown, len(days) - len(shown), said, event.source)
            entries.append((days[0][0], event.title, entry))
    return [entry for _, _, entry in sorted(entries, key=lambda one: one[:2])]


def _dates(
    event: Event, first: date, last: date, at: datetime, timezone: str, calendar: Calendar, language: str
) -> list[tuple[date, str]]:
    """Return the days on which it takes place and is not over yet, each with its times in words."""
    table = Timetable([Schedule(event.hours_osm, "unknown", timezone)], calendar)
    found: dict[date, list[str]] = {}
    for span in table.intervals(0, first, (last - first).days + 1):
        if span.end <= at:
            continue
        day = span.start.date()
        while day <= last and datetime.combine(day, time.min, span.end.tzinfo) < span.end:
            words = span_words(span, day, language)
            if words and (span.state is State.OPEN or day not in found):
                doubt = tell("not sure", language)
                found.setdefault(day, []).append(words if span.state is State.OPEN else f"{words} ({doubt})")
            day += timedelta(days=1)
    return [(day, f"{_day_name(day, language)} {', '.join(words)}") for day, words in sorted(found.items())]


def _between(event: Event, today: date, language: str) -> str:
    """Return between which days an event takes place."""
    if event.first and event.last and event.first == event.last:
        return _day_name(event.first, language)
    if event.first and event.first > today:
        name = _day_name(event.first, language)
        if event.last is None:
            return tell("from {first} on", language, first=name)
        return tell("{first} to {last}", language, first=name, last=_day_name(event.last, language))
    if event.last:
        return tell("until {day}", language, day=_day_name(event.last, language))
    return ""


def _day_name(day: date, language: str) -> str:
    return f"{day:%m-%d} {tell(_DAYS[day.weekday()], language)}"
