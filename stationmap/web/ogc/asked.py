"""What is asked of a collection: every parameter checked, a strange one refused, as the standard demands."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from werkzeug.datastructures import MultiDict

from stationmap.errors import InvalidValue
from stationmap.finder.snapshot import Snapshot
from stationmap.hours.opening import State
from stationmap.schema.vocabulary import KINDS, SERVICES, Vocabulary
from stationmap.web.ogc.collections import Collection
from stationmap.web.ogc.crs import CRS84, HEIGHT84, Box, Crs, box, named
from stationmap.web.values import codes, shown

DEFAULT_LIMIT, MOST_LIMIT = 100, 2000
ALWAYS = ("f", "lang", "theme")
ITEM = (*ALWAYS, "crs")
ITEMS = (*ITEM, "bbox", "bbox-crs", "datetime", "limit", "after")
STATION_FILTERS = ("kind", "service", "adcode", "state")
_SEVERAL = ("kind", "service")
_LONGEST = 200
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?")
_OPEN_ENDS = ("", "..")

Given = MultiDict[str, str]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """One page of a collection: which features (a mask in the order of ids), from where, how many, in which system."""

    matched: Flags
    start: int
    limit: int
    crs: Crs


def parameters_of(collection_id: str) -> tuple[str, ...]:
    """Return the parameters that the items of a collection take."""
    return (*ITEMS, *STATION_FILTERS) if collection_id == "stations" else ITEMS


def refuse_strange(given: Given, known: tuple[str, ...]) -> None:
    """Refuse parameters that are not known, and those that stand twice though they take one value.

    Raises
    ------
    InvalidValue
        Naming the first of them, and what is known.
    """
    for name in given:
        count = len(given.getlist(name))
        if name not in known:
            listed = ", ".join(known)
            raise InvalidValue("There is no parameter {name}. Known: {known}.", name=shown(name), known=listed)
        if count > 1 and name not in _SEVERAL:
            raise InvalidValue("{name} stands {count} times. Give it once.", name=name, count=count)


def crs_of(given: Given) -> Crs:
    """Return the reference system that the answer shall be in."""
    return named("crs", given.get("crs", CRS84))


def read(given: Given, collection: Collection, snapshot: Snapshot, now: datetime) -> Asked:
    """Return what is asked of the items of a collection.

    Raises
    ------
    InvalidValue
        For a parameter that is unknown or out of bounds: quoted, with what would do.
    """
    refuse_strange(given, parameters_of(collection.id))
    matched = np.ones(len(collection), bool)
    window = _window(given)
    if window is not None:
        matched &= collection.within(window)
    if "datetime" in given:
        _check_datetime(given["datetime"])  # no feature has a time of its own, and such features match every time
    if collection.id == "stations":
        matched &= _station_mask(given, snapshot, now)
    start = collection.after(_short("after", given["after"])) if "after" in given else 0
    return Asked(matched, start, _limit(given), crs_of(given))


def _limit(given: Given) -> int:
    text = given.get("limit", str(DEFAULT_LIMIT)).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    if number < 1:
        raise InvalidValue(
            "limit is {value}. Give a whole number from 1 to {most}.", value=shown(text), most=MOST_LIMIT
        )
    return min(number, MOST_LIMIT)


def _window(given: Given) -> Box | None:
    system = given.get("bbox-crs", CRS84)
    crs = named("bbox-crs", CRS84 if system == HEIGHT84 else system)
    if "bbox" not in given:
        return None
    parts = given["bbox"][:_LONGEST].split(",")
    numbers = [_number(part) for part in parts]
    if len(numbers) not in (4, 6) or not all(math.isfinite(number) for number in numbers):
        raise InvalidValue(
            "bbox is {value}. Give four numbers with commas between, such as 113.5,34.6,113.8,34.9.",
            value=shown(given["bbox"]),
        )
    if len(numbers) == 6:
        del numbers[5], numbers[2]
    return box(numbers, crs)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _check_datetime(text: str) -> None:
    """Refuse what is neither an instant nor an interval of RFC 3339, at most one end of it open."""
    ends = _short("datetime", text).split("/")
    instants = [_instant(end) for end in ends]
    open_ended = len(ends) == 2
    told = all(instant or (open_ended and end in _OPEN_ENDS) for instant, end in zip(instants, ends, strict=True))
    if not (told and any(instants) and len(ends) <= 2):
        raise InvalidValue(
            "datetime is {value}. Give an instant such as 2026-10-10T12:00:00Z, or two with a / between; .. stands for"
            " an open end.",
            value=shown(text),
        )
    first, last = instants[0], instants[-1]
    if first and last and first > last:
        raise InvalidValue("datetime is {value}: it ends before it begins. Swap the two.", value=shown(text))


def _instant(text: str) -> str:
    """Return an RFC 3339 date or time as a text that sorts by time, "" when it is none."""
    if not _INSTANT.fullmatch(text):
        return ""
    try:
        at = datetime.fromisoformat(text)
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _short(name: str, text: str) -> str:
    if len(text) > _LONGEST:
        told = "{name} is {value}. Write a text of at most {limit} characters."
        raise InvalidValue(told, name=name, value=shown(text), limit=_LONGEST)
    return text


def _station_mask(given: Given, snapshot: Snapshot, now: datetime) -> Flags:
    masks: Mapping[str, Callable[[], Flags]] = {
        "kind": lambda: snapshot.kind_mask(_codes(given, "kind", KINDS)),
        "service": lambda: snapshot.need_mask(_codes(given, "service", SERVICES)),
        "adcode": lambda: _adcode_mask(given, snapshot),
        "state": lambda: _state_mask(given, snapshot, now),
    }
    matched = np.ones(len(snapshot), bool)
    for name, mask in masks.items():
        if name in given:
            matched &= mask()
    return snapshot.roll.flags(matched)


def _codes(given: Given, name: str, vocabulary: Vocabulary) -> frozenset[str]:
    words = [word for value in given.getlist(name) for word in _short(name, value).split(",")]
    return codes({name: words}, name, vocabulary)


def _adcode_mask(given: Given, snapshot: Snapshot) -> Flags:
    code = _short("adcode", given["adcode"]).strip()
    if not (code.isascii() and code.isdigit()):
        raise InvalidValue(
            "adcode is {value}. Give the digits of a code such as 410100; what lies under it belongs to it.",
            value=shown(given["adcode"]),
        )
    above = code[:6].rstrip("0") if len(code) == 6 else code
    above += "0" * (len(above) % 2)
    mask: Flags = snapshot.stations["adcode"].fillna("").astype(str).str.startswith(above).to_numpy(bool)
    return mask


def _state_mask(given: Given, snapshot: Snapshot, now: datetime) -> Flags:
    names = {state.name.lower(): state for state in State}
    word = given["state"]
    if word not in names:
        raise InvalidValue(
            "{value} is not known as a value of {name}. Take one of: {known}.",
            value=shown(word),
            name="state",
            known=", ".join(names),
        )
    states = snapshot.timetable.states(now)[snapshot.schedule]
    mask: Flags = states == names[word]
    return mask
