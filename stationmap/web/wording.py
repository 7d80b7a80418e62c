"""Facts of the finder's GeoJSON in words: state, way, services. ``static/js/words.js`` and ``rows.js`` say the same.

Both are held to the vectors of ``tests/js/wording.json``. Times are told as the place's own clock shows them.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from stationmap.catalogue import label, sentences, tell
from stationmap.schema.vocabulary import ACCESS_MODES, SERVICES

WEEKDAYS = (
    "Monday {time}",
    "Tuesday {time}",
    "Wednesday {time}",
    "Thursday {time}",
    "Friday {time}",
    "Saturday {time}",
    "Sunday {time}",
)
COMMON_SERVICES = (
    "hot_water",
    "microwave",
    "toilet",
    "phone_charging",
    "air_conditioning",
    "seats",
    "drinking_water",
    "ebike_charging",
    "rain_shelter",
    "first_aid",
)
CLOSING_MIN = 30
CHIPS_SHOWN = 6
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)+)"')


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a state looks (``open``, ``closing``, ``soon``, ``closed``, ``unknown``: shape and colour) and its words."""

    look: str
    text: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One service in a row: ``need`` (asked for and there), ``unknown``, ``no``, ``has`` or ``more``, and its words."""

    look: str
    text: str


def clock(instant: datetime, seen_from: datetime, language: str, *, end: bool = False) -> str:
    """Return an instant in words: 20:00, tomorrow 08:30, Monday 08:30, 10-08 08:30.

    Parameters
    ----------
    instant : datetime
        Aware, in the place's zone.
    seen_from : datetime
        Aware; what counts is the day it is at the place.
    language : str
        ``zh`` or ``en``.
    end : bool
        The instant is an end: midnight is told as the 24:00 of the day before.
    """
    time = f"{instant:%H:%M}"
    day = instant.date()
    if end and time == "00:00":
        time, day = "24:00", day - timedelta(days=1)
    days = (day - seen_from.astimezone(instant.tzinfo).date()).days
    if days == 0:
        return time
    if days == 1:
        return tell("tomorrow {time}", language, time=time)
    if days < 7:
        return tell(WEEKDAYS[day.weekday()], language, time=time)
    return tell("{month}-{day} {time}", language, month=f"{day:%m}", day=f"{day:%d}", time=time)


def state_words(place: Mapping[str, Any], at: datetime, language: str) -> StateWords:
    """Return the state of a place (GeoJSON properties of the finder) as it is at an instant."""
    if place["state"] == "open":
        return _open_words(place, at, language)
    if place["state"] == "unknown":
        return StateWords("unknown", tell("Hours unknown", language))
    if not place["opens_at"]:
        return StateWords("closed", tell("Closed", language))
    time = clock(datetime.fromisoformat(place["opens_at"]), at, language)
    if place["on_arrival"] in ("open", "opens_soon", "closing"):
        return StateWords("soon", tell("Opens {time}", language, time=time))
    return StateWords("closed", tell("Closed, opens {time}", language, time=time))


def _open_words(place: Mapping[str, Any], at: datetime, language: str) -> StateWords:
    if not place["until"]:
        return StateWords("open", tell("Open round the clock", language))
    until = datetime.fromisoformat(place["until"])
    left = math.floor((until - at).total_seconds() / 60)
    if left <= CLOSING_MIN:
        return StateWords("closing", tell("Closes in {minutes} min", language, minutes=left))
    text = tell("Open until {time}", language, time=clock(until, at, language, end=True))
    return StateWords("closing" if place["on_arrival"] == "closing" else "open", text)


def minutes_words(minutes: float, language: str) -> str:
    """Return a travelling time: whole minutes, whole hours from 100 minutes on."""
    whole = max(1, _rounded(minutes))
    if whole < 100:
        return tell("{minutes} min", language, minutes=whole)
    return tell("{hours} h", language, hours=_rounded(whole / 60))


def metres_words(metres: float, language: str) -> str:
    """Return a distance: tens of metres, then kilometres."""
    tens = _rounded(metres / 10) * 10
    if tens < 1000:
        return tell("{metres} m", language, metres=tens)
    kilometres = f"{_rounded(tens / 100) / 10:.1f}" if tens < 10000 else _rounded(tens / 1000)
    return tell("{kilometres} km", language, kilometres=kilometres)


def row(
    place: Mapping[str, Any], number: int, at: datetime, needs: Sequence[str], language: str
) -> dict[str, Any]:
    """Return the words of one row of the list, as ``templates/_row.html`` takes them."""
    state = state_words(place, at, language)
    return {
        "id": place["id"],
        "number": number,
        "name": place["name"],
        "page": f"/stations/{quote(place['id'], safe='')}",
        "fictional": tell("fictional", language) if place.get("fictional") else "",
        "look": state.look,
        "state": state.text,
        "reason": place.get("reason") or "",
        "chips": chips(place["services"], needs, language),
        "entry": entry(place, language),
        "minutes": minutes_words(place["minutes"], language),
        "metres": metres_words(place["distance_m"], language),
        "go": place["links"]["amap"],
    }


def chips(services: Mapping[str, str], needs: Sequence[str], language: str) -> list[Chip]:
    """Return the services of a row: those asked for with their answers, then the commonest that are there, then how many more."""
    asked = [code for code in ORDERED_SERVICES if code in needs]
    looks = {"yes": "need", "no": "no"}
    told = [_chip(code, looks.get(services.get(code, ""), "unknown"), language) for code in asked]
    rest = [code for code in ORDERED_SERVICES if services.get(code) == "yes" and code not in needs]
    room = max(0, CHIPS_SHOWN - len(told))
    told += [_chip(code, "has", language) for code in rest[:room]]
    if len(rest) > room:
        told.append(Chip("more", f"+{len(rest) - room}"))
    return told


ORDERED_SERVICES = (*COMMON_SERVICES, *(code for code in SERVICES if code not in COMMON_SERVICES))


def _chip(code: str, look: str, language: str) -> Chip:
    word = label(SERVICES[code], language)
    return Chip(look, tell("{service}?", language, service=word) if look == "unknown" else word)


def entry(place: Mapping[str, Any], language: str) -> str:
    """Return how one gets in: floor, access modes, members only."""
    ways = [label(ACCESS_MODES[code], language) for code in place.get("access", ()) if code in ACCESS_MODES]
    members = [tell("Members only", language)] if place.get("members_only") == "yes" else []
    return " · ".join(part for part in (place.get("floor", ""), *ways, *members) if part)


def shipped(sources: Sequence[str], language: str) -> dict[str, str]:
    """Return the part of the catalogue that scripts use: every sentence that stands in them as a string."""
    catalogue = sentences(language)
    used = {found.group(1) for source in sources for found in _STRING.finditer(source)}
    return {sentence: catalogue[sentence] for sentence in sorted(used) if sentence in catalogue}


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)
