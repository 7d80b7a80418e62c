"""A station of the finder's GeoJSON as a row of the list: shape, way, services, way in.

``static/js/words.js`` and ``rows.js`` do the same; both are held to the vectors of ``tests/js/wording.json``.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from stationmap.catalogue import label, sentences, tell
from stationmap.finder.relax import MOST_COUNTED
from stationmap.finder.words import CLOSING_MIN
from stationmap.schema.vocabulary import ACCESS_MODES, SERVICES
from stationmap.web.stations.facts import age_words

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
CHIPS_SHOWN = 6
MEANT = 3
FAR_M = 50_000.0
"""Beyond this a way is told in kilometres only: nobody walks or rides it."""
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Chip:
    """One service in a row: ``need`` (asked for and there), ``unknown``, ``no``, ``has`` or ``more``, and its words."""

    look: str
    text: str


def look(place: Mapping[str, Any], at: datetime) -> str:
    """Return how a state looks, as shape and colour: ``open``, ``closing``, ``soon``, ``closed`` or ``unknown``.

    Parameters
    ----------
    place : Mapping
        ``state``, ``until`` (ISO 8601 or None) and ``on_arrival`` as the finder's GeoJSON has them.
    at : datetime
        The instant, aware.
    """
    if place["state"] == "closed":
        return "soon" if place["on_arrival"] in ("open", "opens_soon", "closing") else "closed"
    if place["state"] == "unknown":
        return "unknown"
    soon = bool(place["until"]) and datetime.fromisoformat(place["until"]) - at < timedelta(minutes=CLOSING_MIN + 1)
    return "closing" if soon or place["on_arrival"] == "closing" else "open"


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
    place: Mapping[str, Any], number: int, at: datetime, needs: Sequence[str], language: str, *, unsure: bool = False
) -> dict[str, Any]:
    """Return the words of one row of the list, as ``templates/_row.html`` takes them.

    The mark of an ``unsure`` one, of which a need is not known, is that of the unknown, whatever its state.
    """
    way = metres_words(place["distance_m"], language)
    far = place["distance_m"] > FAR_M
    return {
        "id": place["id"],
        "number": number,
        "name": place["name"],
        "page": f"/stations/{quote(place['id'], safe='')}",
        "fictional": tell("fictional", language) if place.get("fictional") else "",
        "look": look(place, at),
        "mark": "unknown" if unsure else look(place, at),
        "state": place["state_words"],
        "wait": wait(place, language),
        "reason": place.get("reason") or "",
        "chips": chips(place["services"], needs, language),
        "entry": entry(place, language),
        "seen": seen(place, at, language),
        "address": place.get("address") or "",
        "minutes": way if far else minutes_words(place["minutes"], language),
        "metres": "" if far else way,
        "go": place["links"]["amap"],
    }


def wait(place: Mapping[str, Any], language: str) -> str:
    """Return how long one would stand before the door, in whole minutes begun; "" where it is open on arrival."""
    if not waits(place):
        return ""
    return tell("You would wait {minutes} min", language, minutes=max(1, math.ceil(place["wait_min"])))


def waits(place: Mapping[str, Any]) -> bool:
    """Return whether a place opens only a while after one would be there."""
    return bool(place.get("on_arrival") == "opens_soon")


def meant(text: str, language: str) -> list[str]:
    """Return the services that a text may mean, by their labels: a whole one, or four bytes or more of one."""
    sought = text.strip().lower()
    labels = {code: label(SERVICES[code], language).lower() for code in ORDERED_SERVICES}
    found = [code for code, word in labels.items() if sought == word or (len(sought.encode()) > 3 and sought in word)]
    return found[:MEANT]


def chips(services: Mapping[str, str], needs: Sequence[str], language: str) -> list[Chip]:
    """Return the services of a row: those asked for with their answers, the commonest, how many more.

    Where nothing is known of any, that is said.
    """
    asked = [code for code in ORDERED_SERVICES if code in needs]
    looks = {"yes": "need", "no": "no"}
    told = [_chip(code, looks.get(services.get(code, ""), "unknown"), language) for code in asked]
    rest = [code for code in ORDERED_SERVICES if services.get(code) == "yes" and code not in needs]
    room = max(0, CHIPS_SHOWN - len(told))
    told += [_chip(code, "has", language) for code in rest[:room]]
    if len(rest) > room:
        told.append(Chip("more", f"+{len(rest) - room}"))
    if not asked and not {"yes", "no"} & set(services.values()):
        told.append(Chip("unknown", tell("Services unknown", language)))
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


def seen(place: Mapping[str, Any], at: datetime, language: str) -> str:
    """Return when the station was last said to be as it is told, "" when nobody did: by workers, or by a clerk.

    The later of the two counts; of one day that of the workers, who stood before its door.

    Parameters
    ----------
    place : Mapping
        ``still_right_on`` (workers) and ``confirmed_on`` (a clerk): ISO dates, "" or missing when there is none.
    at : datetime
        The instant of the answer, in the place's zone.
    """
    told = [(place.get(name) or "", sentence) for name, sentence in _SEEN]
    day, sentence = max(told, key=lambda each: each[0])
    if not day or date.fromisoformat(day) > at.date():
        return ""
    return tell(sentence, language, age=age_words(date.fromisoformat(day), at.date(), language))


_SEEN = (("still_right_on", "Still right, say workers: {age}"), ("confirmed_on", "Checked {age}"))


def without(need: str, count: int, minutes: float, language: str) -> str:
    """Return what there is when one need is dropped, as a button says it."""
    several = "Without {service}: {count} stations, the nearest {way}"
    many = "Without {service}: {count} stations or more, the nearest {way}"
    sentence = "Without {service}: one station, {way}" if count == 1 else several if count < MOST_COUNTED else many
    return tell(
        sentence,
        language,
        service=label(SERVICES[need], language),
        count=count,
        way=minutes_words(minutes, language),
    )


def shipped(sources: Sequence[str], language: str) -> dict[str, str]:
    """Return the part of the catalogue that scripts use: every sentence that stands in them as a string."""
    catalogue = sentences(language)
    used = {found.group(1) for source in sources for found in _STRING.finditer(source)}
    return {sentence: catalogue[sentence] for sentence in sorted(used) if sentence in catalogue}


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)
