"""How a station stands when the worker sets out, and why something of it is not known.

Whole cities keep the same few thousand hours, and each stands the same for hours: that is looked up once and shared by
all that stand alike.
"""

import json
import math
from datetime import datetime, timedelta

from stationmap.errors import Message
from stationmap.finder.arrival import Door
from stationmap.finder.arrival import Standing as Stands
from stationmap.finder.trip import LONGEST_MIN, Seen, Trip
from stationmap.finder.words import state_words
from stationmap.hours.opening import Opening, State

DOORS = ("closed", "closing", "unknown", "opens_soon", "open")
"""The word of each :class:`Door`."""

_STATES = {State.CLOSED: "closed", State.OPEN: "open", State.UNKNOWN: "unknown"}
_TOO_FAR = Message("More than a day's travel away: what you meet on arrival is not worked out.")
_TOO_LATE = Message("It closes too soon after you get there.")


class Standing:
    """The state of a schedule and what comes next; see :class:`stationmap.finder.search.Found` for the members.

    ``opening`` is the whole opening where it was looked up; ``known`` says whether the state is.
    """

    __slots__ = ("known", "opening", "opens_at", "state", "until")

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.state = _STATES[opening.state]
        self.until, self.opens_at = opening.until, opening.opens_at
        self.known = opening.state is not State.UNKNOWN

    def told_json(self, door: int, at: datetime, lang: str) -> str:
        """Return the members of a feature from ``state`` to ``on_arrival`` as JSON, without braces.

        Parameters
        ----------
        door : int
            The :class:`Door` that the arrival meets.
        at : datetime
            The instant asked for.
        lang : str
            ``zh`` or ``en``.
        """
        words = state_words(self.state, self.until, self.opens_at, DOORS[door], at, lang)
        return (
            f'"state":"{self.state}","state_words":{json.dumps(words, ensure_ascii=False)},'
            f'"until":{_iso_json(self.until)},"opens_at":{_iso_json(self.opens_at)},"on_arrival":"{DOORS[door]}"'
        )


def standing(trip: Trip, position: int) -> Standing:
    """Return how a station stands when he sets out, from the outlook where that tells all of it."""
    snapshot, outlook = trip.snapshot, trip.outlook
    schedule, zone = snapshot.schedule_at[position], snapshot.zone_at[position]
    start_min = trip.starts_min[zone]
    stretch = outlook.stretch(schedule, start_min)
    kept: Standing | None = outlook.told.get(stretch)
    if kept is not None:
        return kept
    told = outlook.standing(schedule, start_min)
    if told is not None:
        kept = outlook.told[stretch] = _shared(trip, zone, told)
        return kept
    minute = outlook.base, schedule, math.floor(start_min)
    kept = snapshot.standings[minute]
    if kept is None:
        kept = snapshot.standings.keep(minute, Standing(snapshot.opening(position, trip.instants[zone])))
    return kept


def _shared(trip: Trip, zone: int, told: Stands) -> Standing:
    """Return what is told of all schedules of a zone that stand alike."""
    snapshot, base = trip.snapshot, trip.outlook.base
    alike = base, zone, told
    kept: Standing | None = snapshot.standings[alike]
    if kept is None:
        until, opens_at = (
            None if minute is None else (base + timedelta(minutes=minute)).astimezone(snapshot.zones[zone])
            for minute in (told.until_min, told.opens_min)
        )
        kept = snapshot.standings.keep(alike, Standing(Opening(told.state, until, opens_at, None, None)))
    return kept


def reason(trip: Trip, seen: Seen, now: Standing) -> Message | None:
    """Return why something of a station is unknown, or why it is of no use; None where there is nothing to say."""
    if seen.minutes > LONGEST_MIN:
        return _TOO_FAR
    if now.opening.state is State.UNKNOWN:
        return trip.snapshot.why_unknown(seen.position, now.opening)
    if seen.door == Door.UNKNOWN:
        arrives_at = trip.arrives_at(seen.position, seen.minutes)
        return trip.snapshot.why_unknown(seen.position, trip.snapshot.opening(seen.position, arrives_at))
    return _TOO_LATE if seen.door == Door.CLOSING else None


def _iso_json(instant: datetime | None) -> str:
    return "null" if instant is None else f'"{instant.isoformat()}"'
