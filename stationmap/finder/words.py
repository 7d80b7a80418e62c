"""The state of a station in one ready sentence: 开放至 20:00, 25 分钟后关闭, 13:30 开放, 开放时间未知.

Times are told as the place's own clock shows them. The vectors of ``tests/js/wording.json`` hold for this sentence and
for the one that the browser makes.
"""

import math
from datetime import datetime, timedelta

from stationmap.catalogue import tell

CLOSING_MIN = 30
"""A closing within so many minutes is told as a countdown."""

_WEEKDAYS = (
    "Monday {time}",
    "Tuesday {time}",
    "Wednesday {time}",
    "Thursday {time}",
    "Friday {time}",
    "Saturday {time}",
    "Sunday {time}",
)


def state_words(
    state: str, until: datetime | None, opens_at: datetime | None, on_arrival: str, at: datetime, language: str
) -> str:
    """Return the state as it is at an instant, in words.

    Parameters
    ----------
    state : str
        ``open``, ``closed`` or ``unknown`` at the instant.
    until, opens_at : datetime or None
        When the state ends, when it opens next; aware, in the zone of the place.
    on_arrival : str
        What an arrival meets, as :class:`stationmap.finder.search.Found` has it; "" for none.
    at : datetime
        The instant, aware.
    language : str
        ``zh`` or ``en``.
    """
    if state == "unknown":
        return tell("Hours unknown", language)
    if state == "open":
        return _open_words(until, at, language)
    if opens_at is None:
        return tell("Closed", language)
    time = clock(opens_at, at, language)
    if on_arrival in ("open", "opens_soon", "closing"):
        return tell("Opens {time}", language, time=time)
    return tell("Closed, opens {time}", language, time=time)


def _open_words(until: datetime | None, at: datetime, language: str) -> str:
    if until is None:
        return tell("Open round the clock", language)
    left = math.floor((until - at) / timedelta(minutes=1))
    if left <= CLOSING_MIN:
        return tell("Closes in {minutes} min", language, minutes=left)
    return tell("Open until {time}", language, time=clock(until, at, language, end=True))


def clock(instant: datetime, seen_from: datetime, language: str, *, end: bool = False) -> str:
    """Return an instant in words: 20:00, tomorrow 08:30, Monday 08:30, 10-08 08:30.

    Parameters
    ----------
    instant : datetime
        Aware, in the zone of the place.
    seen_from : datetime
        Aware; what counts is the day it is at the place.
    language : str
        ``zh`` or ``en``.
    end : bool
        The instant is an end: midnight is told as the 24:00 of the day before.
    """
    time, day = f"{instant:%H:%M}", instant.date()
    if end and time == "00:00":
        time, day = "24:00", day - timedelta(days=1)
    days = (day - seen_from.astimezone(instant.tzinfo).date()).days
    if days == 0:
        return time
    if days == 1:
        return tell("tomorrow {time}", language, time=time)
    if days < 7:
        return tell(_WEEKDAYS[day.weekday()], language, time=time)
    return tell("{month}-{day} {time}", language, month=f"{day:%m}", day=f"{day:%d}", time=time)
