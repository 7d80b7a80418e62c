"""The facts of a station in words: labels, where each comes from, how old it is, what a service is like just now."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from stationmap.catalogue import label, tell
from stationmap.finder.words import state_words
from stationmap.hours.calendar import Calendar
from stationmap.hours.opening import Schedule, State, Timetable
from stationmap.register.desk.sources import spoken
from stationmap.schema.records import Answer, Basis, Provenance, Service, Station
from stationmap.schema.vocabulary import SERVICES, Term

_PHONE = re.compile(r"\+?[0-9][0-9 ()（）—–-]*|[(（][0-9 ]+[)）][0-9 -]+")
OLD_DAYS = 365
"""A check that is older than this is told with a warning."""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service on the page: its answer, its label, what is special, its state now, how it came to be known.

    ``now`` is "" where the service has no hours of its own, ``look`` then too; ``out`` says that it is out of order.
    """

    code: str
    answer: str
    name: str
    note: str
    out: str
    now: str
    look: str
    source: str


def service_lines(station: Station, at: datetime, today: date, calendar: Calendar, language: str) -> list[ServiceLine]:
    """Return the services of a station, those that are there first, each group in the order of the vocabulary."""
    order = {code: i for i, code in enumerate(SERVICES)}
    ranks = {Answer.YES: 0, Answer.UNKNOWN: 1, Answer.NO: 2}
    known = [service for service in station.services if service.code in SERVICES]
    lines = sorted(known, key=lambda service: (ranks[told_answer(service)], order[service.code]))
    return [_service_line(service, station, at, today, calendar, language) for service in lines]


def told_answer(service: Service) -> Answer:
    """Return the answer that counts: what was not found in a source is unknown."""
    return service.answer if service.provenance.basis is Basis.FOUND else Answer.UNKNOWN


def _service_line(
    service: Service, station: Station, at: datetime, today: date, calendar: Calendar, language: str
) -> ServiceLine:
    notes = [service.hours_text or service.hours_osm]
    if service.nearby_m is not None:
        notes.append(tell("nearby, {metres} m", language, metres=round(service.nearby_m)))
    out = ""
    if service.outage_until and service.outage_until >= today:
        out = tell("out of order until {date}", language, date=service.outage_until.isoformat())
    told = told_answer(service)
    now, look = ("", "")
    if told is Answer.YES and not out and service.hours_osm:
        now, look = _state_of(service, station, at, calendar, language)
    return ServiceLine(
        code=service.code,
        answer=str(told),
        name=label(SERVICES[service.code], language),
        note=" · ".join(filter(None, notes)),
        out=out,
        now=now,
        look=look,
        source=source_words(service.provenance, station.provenance, today, language),
    )


def _state_of(service: Service, station: Station, at: datetime, calendar: Calendar, language: str) -> tuple[str, str]:
    """Return the state of a service that has hours of its own, in words, and how it looks."""
    own = Schedule(service.hours_osm, str(station.hours.makeup), station.timezone)
    opening = Timetable([own], calendar).opening(0, at)
    state = opening.state.name.lower()
    words = state_words(state, opening.until, opening.opens_at, "", at, language)
    return words, {State.OPEN: "open", State.CLOSED: "closed", State.UNKNOWN: "unknown"}[opening.state]


def source_words(provenance: Provenance, usual: Provenance | None, today: date, language: str) -> str:
    """Return how a fact came to be known: a warning where it was not found, the source, its date and age.

    Nothing is said of what came from the ``usual`` source, that of the record itself.
    """
    if provenance == usual:
        return ""
    basis = {Basis.INFERRED: "inferred, not sure", Basis.GENERATED: "made up by a program"}.get(provenance.basis)
    asof = ""
    if provenance.asof:
        asof = tell("as of {date}", language, date=provenance.asof.isoformat())
        if provenance.asof <= today:
            asof = tell("{fact}, {age}", language, fact=asof, age=age_words(provenance.asof, today, language))
    parts = (tell(basis, language) if basis else "", spoken(provenance.source, language), asof)
    return " · ".join(part for part in parts if part)


def age_words(day: date, today: date, language: str) -> str:
    """Return how long ago a day was: days up to two months, months up to two years, then years; a day ahead as date."""
    days = (today - day).days
    if days < 0:
        return day.isoformat()
    if days == 0:
        return tell("today", language)
    if days == 1:
        return tell("yesterday", language)
    if days < 60:
        return tell("{days} days ago", language, days=days)
    if days < 730:
        return tell("{months} months ago", language, months=days // 30)
    return tell("{years} years ago", language, years=days // 365)


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a record may be trusted: the last check by a clerk and what workers say, each told apart.

    ``old`` says that no clerk has looked at it for a year.
    """

    checked: str
    old: bool
    workers: str


def trust(station: Station, last: date | None, times_90_days: int, today: date, language: str) -> Trust:
    """Return who confirmed a record last, and when.

    Parameters
    ----------
    station : Station
        The record; ``confirmed_on`` is the clerk's check. Who he is is not told.
    last, times_90_days : date or None, int
        The last confirmation by workers, and how many in 90 days.
    today : date
        The day it is at the station.
    """
    on = station.confirmed_on
    if on is None:
        checked = tell("No clerk has checked this record yet", language)
    else:
        age = age_words(on, today, language)
        checked = tell("Confirmed {age} by a clerk ({date})", language, age=age, date=on.isoformat())
    workers = ""
    if last is not None:
        age = age_words(last, today, language)
        workers = tell("Still right, said workers {age}", language, age=age)
        if times_90_days > 1:
            workers = tell("{fact} ({times} times in 90 days)", language, fact=workers, times=times_90_days)
    return Trust(checked, on is None or (today - on).days > OLD_DAYS, workers)


def dialled(phone: str) -> str:
    """Return a phone number as a phone dials it, "" for what is none: several numbers, or one whose digits are hidden.

    Examples
    --------
    >>> dialled("(0371) 6696-8888"), dialled("139****7169"), dialled("12351")
    ('037166968888', '', '12351')
    """
    if not _PHONE.fullmatch(phone):
        return ""
    bare = "".join(sign for sign in phone if sign in "+0123456789")
    return bare if 3 <= len(bare.lstrip("+")) <= 15 else ""


def terms(codes: tuple[str, ...], vocabulary: Mapping[str, Term], language: str) -> str:
    """Return codes as their labels in a row, those the vocabulary lacks as they are."""
    words = [label(vocabulary[code], language) if code in vocabulary else code for code in codes]
    return ("、" if language == "zh" else ", ").join(words)
