"""Parameters of the questions that read the register: filters, windows, pages; each checked and quoted when refused."""

import base64
import binascii
import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stationmap.errors import InvalidValue
from stationmap.finder.selection import Filters
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web.values import Values, codes, finite, instant, optional, shown, text, whole

FILTERS = ("need", "kind", "open", "at", "adcode", "area", "bbox")
MOST_STATIONS = 1000
USUAL_STATIONS = 100
MOST_REACH_M = 50_000.0
USUAL_REACH_M = 1000.0
_ADCODE_LENGTHS = (6, 9, 12)
MOST_CURSOR = 400


def filters(values: Values) -> Filters:
    """Return which stations the values mean.

    Raises
    ------
    InvalidValue
        For a value that cannot be: quoted, with what would do.
    """
    return Filters(
        kinds=codes(values, "kind", KINDS),
        needs=codes(values, "need", SERVICES),
        adcode=optional(values, "adcode", "", _adcode),
        area=optional(values, "area", "", text),
        bbox=optional(values, "bbox", None, bbox),
        open_at_once=optional(values, "open", False, _open),
    )


def at(values: Values, now: datetime) -> datetime:
    """Return the instant asked for, to the minute; ``now`` (aware) when none is named."""
    return optional(values, "at", now, instant).replace(second=0, microsecond=0)


def limit(values: Values) -> int:
    """Return how many stations stand on a page: 1 to 1000, 100 when nothing is said."""
    return optional(values, "limit", USUAL_STATIONS, _page_size)


def reach_m(values: Values) -> float:
    """Return the reach in straight metres, 0 to 50,000; 1000 when nothing is said."""
    return optional(values, "reach_m", USUAL_REACH_M, _reach)


def bbox(name: str, value: object) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a window: four numbers with commas between, or a list of four.

    West greater than east crosses the antimeridian.
    """
    parts: Sequence[Any] = value if isinstance(value, list) else text(name, value).split(",")
    numbers = [finite(part) for part in parts[:5]]
    edges = [number for number in numbers if number is not None]
    if len(numbers) != 4 or len(edges) != 4:
        raise InvalidValue(
            "{name} is {value}. Write west,south,east,north in degrees, such as 113.5,34.6,113.8,34.9.",
            name=name,
            value=shown(value),
        )
    west, south, east, north = edges
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90 or south > north:
        raise InvalidValue(
            "{name} is {value}: longitudes lie within -180..180, latitudes within -90..90, south before north.",
            name=name,
            value=shown(value),
        )
    return west, south, east, north


def cursor(values: Values, kinds: tuple[type, ...]) -> list[Any] | None:
    """Return the marks at which a page ended, one of each kind; None when it is the first page.

    Raises
    ------
    InvalidValue
        When it is no cursor that this question gave.
    """
    given = values.get("cursor")
    if given in (None, ""):
        return None
    marks = unsealed(given, kinds)
    if marks is None:
        raise InvalidValue(
            "cursor is {value}, which is no place in this list. Take the one that the last page gave, or leave it out.",
            value=shown(given),
        )
    return marks


def sealed(*marks: str | float) -> str:
    """Return a cursor for the marks at which a page ends."""
    return base64.urlsafe_b64encode(json.dumps(marks, ensure_ascii=False).encode()).decode().rstrip("=")


def unsealed(given: object, kinds: tuple[type, ...]) -> list[Any] | None:
    """Return the marks that :func:`sealed` put into a text, one of each kind; None when they are not in it."""
    if not isinstance(given, str) or not given.isascii() or len(given) > MOST_CURSOR:
        return None
    try:
        marks = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(marks, list) or len(marks) != len(kinds):
        return None
    fits = all(type(mark) is kind and _finite_mark(mark) for mark, kind in zip(marks, kinds, strict=True))
    return marks if fits else None


def _finite_mark(mark: object) -> bool:
    return not isinstance(mark, float) or math.isfinite(mark)


def _open(name: str, value: object) -> bool:
    if value in ("now", "any"):
        return value == "now"
    raise InvalidValue(
        "{name} is {value}. Take now (open at the time asked for) or any.", name=name, value=shown(value)
    )


def _adcode(name: str, value: object) -> str:
    digits = str(value) if isinstance(value, str | int) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) in _ADCODE_LENGTHS):
        raise InvalidValue(
            "{name} is {value}. Write the six digits of an area, such as 410105.", name=name, value=shown(value)
        )
    return digits


def _reach(name: str, value: object) -> float:
    metres = finite(value)
    if metres is None or not 0 <= metres <= MOST_REACH_M:
        raise InvalidValue(
            "{name} is {value}. Write metres from 0 to {most}.", name=name, value=shown(value), most=int(MOST_REACH_M)
        )
    return metres


def _page_size(name: str, value: object) -> int:
    return whole(name, value, least=1, most=MOST_STATIONS)
