"""One station in full: its state now, its week, its facts with their provenance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from stationmap.catalogue import tell
from stationmap.errors import Message, NotFound
from stationmap.finder.words import state_words
from stationmap.hours.calendar import Calendar
from stationmap.hours.opening import Schedule, Timetable
from stationmap.schema.records import Basis, Hours, Station
from stationmap.web.present import live
from stationmap.web.problems import Removed

Spans: TypeAlias = Sequence[tuple[int, int]]
LONGEST_ID = 200
_SHOWN_ID = 40


def known(id: str) -> Station:  # noqa: A002 the ledger's own word
    """Return one record, a removed one too; one that is made up is as good as none: nobody is sent there.

    Raises
    ------
    NotFound
        When there is no such station; an id out of a damaged or forged code is quoted short.
    """
    if len(id) > LONGEST_ID or not id.isprintable():
        raise unknown(id)
    try:
        found = live().station(id)
    except NotFound:
        raise unknown(id) from None
    if found.provenance.basis is Basis.GENERATED:
        raise unknown(id)
    return found


def unknown(id: str) -> NotFound:  # noqa: A002 the ledger's own word
    """Return what is said of an id under which there is no station."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in id[:_SHOWN_ID])
    return NotFound(
        "There is no station {id}. A scanned code may be damaged or old: look for a station on the start page.",
        id=shown if len(id) <= _SHOWN_ID else f"{shown}…",
    )


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
        raise unknown(station.id)
    return station


def timetable(station: Station, calendar: Calendar, *, shut: Spans = ()) -> Timetable:
    """Return the hours of one station, unknown where they were not found or not read without doubt.

    Within ``shut`` (start and end in seconds since 1970 UTC) it is closed whatever its hours say.
    """
    hours = station.hours
    decisive = hours.osm if _doubt(hours) is None else ""
    return Timetable([Schedule(decisive, str(hours.makeup), station.timezone, tuple(shut))], calendar)


def state_now(station: Station, at: datetime, calendar: Calendar, language: str, *, shut: Spans = ()) -> dict[str, Any]:
    """Return the state of a station as the finder's GeoJSON names it, for whoever stands at its door."""
    opening = timetable(station, calendar, shut=shut).opening(0, at)
    state = opening.state.name.lower()
    reason = (_doubt(station.hours) or opening.reason) if state == "unknown" else None
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
