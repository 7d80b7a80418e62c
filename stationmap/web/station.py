"""One station in full: its state now, its week, its facts with their provenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stationmap.catalogue import label, tell
from stationmap.errors import Message, NotFound
from stationmap.finder.links import navigation
from stationmap.finder.words import state_words
from stationmap.hours.calendar import Calendar, DayKind
from stationmap.hours.opening import Interval, Schedule, State, Timetable
from stationmap.register.records import record_to_dict
from stationmap.schema.records import Answer, Basis, Hours, Provenance, Service, Station
from stationmap.schema.vocabulary import SERVICES, Term
from stationmap.web.problems import Removed

DAYS_AHEAD = 7


def standing(station: Station) -> Station:
    """Return a station that counts as one.

    Raises
    ------
    Removed
        When it was taken from the register; its record is kept.
    NotFound
        When the record is a made-up one: nobody is sent there.
    """
    if station.removed:
        raise Removed("The station {name} is no longer in the register. Look for another nearby.", name=station.name)
    if station.provenance.basis is Basis.GENERATED:
        raise NotFound("There is no station {id}. Look for one on the start page.", id=station.id)
    return station


def feature(station: Station, at: datetime, calendar: Calendar, language: str) -> dict[str, Any]:
    """Return a station as a GeoJSON Feature: every fact with its provenance, the state now, navigation links.

    What is not known is left out, as in :func:`record_to_dict`; the coordinates as received stand under ``received``.
    """
    facts = record_to_dict(station)
    location = facts.pop("location", None)
    properties = {**facts, **state_now(station, at, calendar, language)}
    geometry = None
    if location is not None:
        lon, lat = location.pop("lon"), location.pop("lat")
        geometry = {"type": "Point", "coordinates": [lon, lat]}
        properties["received"] = location
        properties["links"] = navigation(lon, lat, station.name)
    return {"type": "Feature", "id": station.id, "geometry": geometry, "properties": properties}


def timetable(station: Station, calendar: Calendar) -> Timetable:
    """Return the hours of one station, unknown where they were not found or not read without doubt."""
    hours = station.hours
    decisive = hours.osm if _doubt(hours) is None else ""
    return Timetable([Schedule(decisive, str(hours.makeup), station.timezone)], calendar)


def state_now(station: Station, at: datetime, calendar: Calendar, language: str) -> dict[str, Any]:
    """Return the state of a station as the finder's GeoJSON names it, for whoever stands at its door."""
    opening = timetable(station, calendar).opening(0, at)
    state = opening.state.name.lower()
    reason = _doubt(station.hours) or opening.reason
    return {
        "state": state,
        "state_words": state_words(state, opening.until, opening.opens_at, "", at, language),
        "until": opening.until.isoformat() if opening.until else None,
        "opens_at": opening.opens_at.isoformat() if opening.opens_at else None,
        "on_arrival": state,
        "reason": tell(reason, language) if reason else None,
    }


def _doubt(hours: Hours) -> Message | None:
    """Return why hours decide nothing though they are there, as :meth:`Snapshot.why_unknown` does."""
    if hours.osm and hours.provenance.basis is not Basis.FOUND:
        return Message("The opening hours are inferred, not taken from a source: ask before you go.")
    if hours.osm and hours.uncertain:
        return Message("A part of the listed hours could not be read: ask before you go.")
    return None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week ahead: its date in words, its openings in words, what kind of day it is."""

    name: str
    text: str
    note: str
    today: bool


def week(station: Station, at: datetime, calendar: Calendar, language: str) -> list[Day]:
    """Return the openings of the days ahead, today first."""
    today = at.astimezone(ZoneInfo(station.timezone)).date()
    spans = timetable(station, calendar).intervals(0, today, DAYS_AHEAD)
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return [_day(day, spans, calendar, language, today=day == today) for day in days]


_NIGHT_ENDS_HOUR = 12
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_NOTES = {DayKind.OFF: "holiday", DayKind.MAKEUP: "make-up working day", DayKind.UNKNOWN: "calendar not announced"}


def _day(day: date, spans: list[Interval], calendar: Calendar, language: str, *, today: bool) -> Day:
    told = [(span.state, words) for span in spans if (words := _span_words(span, day, language))]
    opened = [words for state, words in told if state is State.OPEN]
    unknown = tell("Hours unknown", language) if any(state is State.UNKNOWN for state, _ in told) else ""
    text = ", ".join(opened) or unknown or tell("Closed", language)
    kind = calendar.kind(day)
    note = f"{calendar.name(day)} {tell(_DAY_NOTES[kind], language)}".strip() if kind in _DAY_NOTES else ""
    return Day(f"{day:%m-%d} {tell(_DAYS[day.weekday()], language)}", text, note, today)


def _span_words(span: Interval, day: date, language: str) -> str:
    """Return the part of a span that is told under a day, "" for none; a night is told whole where it begins."""
    midnight = datetime.combine(day, datetime.min.time(), span.start.tzinfo)
    next_midnight = midnight + timedelta(days=1)
    night = span.end.date() == span.start.date() + timedelta(days=1) and span.end.hour < _NIGHT_ENDS_HOUR
    if span.end <= midnight or span.start >= next_midnight or (night and span.start < midnight):
        return ""
    start = max(span.start, midnight)
    end = span.end if night else min(span.end, next_midnight)
    if start == midnight and end == next_midnight:
        return tell("Round the clock", language)
    return f"{start:%H:%M}–{'24:00' if end == next_midnight else f'{end:%H:%M}'}"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service on the page: its answer, its label, what is special, how it came to be known."""

    answer: str
    name: str
    note: str
    source: str


def service_lines(station: Station, today: date, language: str) -> list[ServiceLine]:
    """Return the services of a station, those that are there first, each group in the order of the vocabulary."""
    order = {code: i for i, code in enumerate(SERVICES)}
    ranks = {Answer.YES: 0, Answer.UNKNOWN: 1, Answer.NO: 2}
    known = [service for service in station.services if service.code in SERVICES]
    lines = sorted(known, key=lambda service: (ranks[_told(service)], order[service.code]))
    return [_service_line(service, station.provenance, today, language) for service in lines]


def _told(service: Service) -> Answer:
    """Return the answer that counts: what was not found in a source is unknown."""
    return service.answer if service.provenance.basis is Basis.FOUND else Answer.UNKNOWN


def _service_line(service: Service, usual: Provenance, today: date, language: str) -> ServiceLine:
    notes = [service.hours_text or service.hours_osm]
    if service.nearby_m is not None:
        notes.append(tell("nearby, {metres} m", language, metres=round(service.nearby_m)))
    if service.outage_until and service.outage_until >= today:
        notes.append(tell("out of order until {date}", language, date=service.outage_until.isoformat()))
    name = label(SERVICES[service.code], language)
    return ServiceLine(
        str(_told(service)), name, " · ".join(filter(None, notes)), source_words(service.provenance, usual, language)
    )


def source_words(provenance: Provenance, usual: Provenance | None, language: str) -> str:
    """Return how a fact came to be known: a warning where it was not found, the source, its date.

    Nothing is said of what came from the ``usual`` source, that of the record itself.
    """
    if provenance == usual:
        return ""
    basis = {Basis.INFERRED: "inferred, not sure", Basis.GENERATED: "made up by a program"}.get(provenance.basis)
    asof = tell("as of {date}", language, date=provenance.asof.isoformat()) if provenance.asof else ""
    parts = (tell(basis, language) if basis else "", provenance.source, asof)
    return " · ".join(part for part in parts if part)


def terms(codes: tuple[str, ...], vocabulary: Mapping[str, Term], language: str) -> str:
    """Return codes as their labels in a row, those the vocabulary lacks as they are."""
    words = [label(vocabulary[code], language) if code in vocabulary else code for code in codes]
    return ("、" if language == "zh" else ", ").join(words)
