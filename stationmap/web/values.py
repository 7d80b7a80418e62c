"""What a caller gives: values of a form, an address or a JSON body, each checked by the reader of its kind."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from stationmap.errors import InvalidValue
from stationmap.geo.datum import canonical, convert, is_metric
from stationmap.schema.vocabulary import Vocabulary, named

MAX_LENGTH = 100
_SMALL_DIGITS = 4
_EXAMPLE = '{"lon": 113.665, "lat": 34.752}'
_LISTS = ("need", "kind")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}
_YEARS = range(2000, 2101)
_LOST_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:\d\d)$")

Values = Mapping[str, object]
_T = TypeVar("_T")


def _no_number(name: str) -> None:
    raise ValueError(name)


_JSON = json.JSONDecoder(parse_constant=_no_number)


def values_of(request: Request) -> Values:
    """Return the parameters of a request to the API: of the JSON body when it is a POST, else of the address.

    Raises
    ------
    InvalidValue
        When the body is no JSON object, or the address of what is posted names parameters of its own.
    """
    if request.method != "POST":
        return _folded(_named(request.environ.get("QUERY_STRING", "")))
    if request.environ.get("QUERY_STRING"):
        known_only(flat(request.args), ("lang",))
    if not posts_json(request):
        raise UnsupportedMediaType
    try:
        given = _body(request)
        body = _JSON.decode(given.decode(json.detect_encoding(given)))
    except (ValueError, RecursionError):
        raise InvalidValue("The body is not JSON. Send an object such as {example}.", example=_EXAMPLE) from None
    if not isinstance(body, dict):
        raise InvalidValue("The body is not a JSON object. Send one such as {example}.", example=_EXAMPLE)
    return body


def posts_json(request: Request) -> bool:
    """Return whether a request says that its body is JSON."""
    return request.environ.get("CONTENT_TYPE") == "application/json" or request.is_json


def _body(request: Request) -> bytes:
    """Return the body of a request; a small one is read at once, without the guards of large ones."""
    length = request.environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and len(length) <= _SMALL_DIGITS:
        return bytes(request.environ["wsgi.input"].read(int(length)))
    return request.get_data()


def flat(given: MultiDict[str, str]) -> Values:
    """Return the values of an address or a form: a list for those that may stand several times.

    Raises
    ------
    InvalidValue
        When another one stands several times.
    """
    return _folded(dict(given.lists()))


def _named(address: str) -> dict[str, list[str]]:
    """Return the values under each name in the query of an address, read as werkzeug reads it."""
    named: dict[str, list[str]] = {}
    for name, value in parse_qsl(
        address.encode("latin1").decode(), keep_blank_values=True, errors="werkzeug.url_quote"
    ):
        named.setdefault(name, []).append(value)
    return named


def _folded(named: Mapping[str, list[str]]) -> Values:
    folded: dict[str, object] = {}
    for name, values in named.items():
        if name in _LISTS:
            folded[name] = values
        elif len(values) == 1:
            folded[name] = values[0]
        else:
            raise InvalidValue("{name} stands {count} times. Give it once.", name=shown(name), count=len(values))
    return folded


def shown(value: object) -> str:
    """Return a value as it is quoted in a message: at most 40 characters, nothing unprintable."""
    quoted = repr(value[:100] if isinstance(value, str) else value)
    return quoted if len(quoted) <= 40 else f"{quoted[:40]}…"


def known_only(values: Values, parameters: Sequence[str]) -> None:
    """Refuse values under a name that is none of the parameters.

    Raises
    ------
    InvalidValue
        With the first such name, and those that there are.
    """
    unknown = [name for name in values if name not in parameters]
    if unknown:
        known = ", ".join(parameters)
        raise InvalidValue("There is no parameter {name}. Known: {known}.", name=shown(unknown[0]), known=known)


def optional(values: Values, name: str, default: _T, reader: Callable[[str, object], _T]) -> _T:
    """Return what a reader makes of a value, the default where it was left out or is empty."""
    value = values.get(name)
    return default if value is None or value == "" else reader(name, value)


def datum(values: Values) -> str:
    """Return the one name of the coordinate system that the values name; WGS 84 when they name none."""
    named = values.get("datum")
    return canonical(text("datum", named)) if named else "wgs84"


def position(values: Values) -> tuple[float, float]:
    """Return WGS 84 degrees; what is out of range is told in the datum it was given in."""
    x, y = _coordinate("lon", values.get("lon")), _coordinate("lat", values.get("lat"))
    system = datum(values)
    if system == "wgs84":
        _check_degrees(x, y)
        return x, y
    if not is_metric(system):
        _check_degrees(x, y)
    lon, lat = (float(value) for value in convert(x, y, source=system, target="wgs84"))
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise InvalidValue(
            "The position {x}, {y} lies outside what {datum} covers. Check the coordinates and their datum.",
            x=x,
            y=y,
            datum=system,
        )
    _check_degrees(lon, lat)
    return lon, lat


def _check_degrees(lon: float, lat: float) -> None:
    if not -90 <= lat <= 90:
        raise InvalidValue("Latitude {lat} is outside -90..90. Are longitude and latitude swapped?", lat=lat)
    if not -180 <= lon <= 180:
        raise InvalidValue("Longitude {lon} is outside -180..180. Check the coordinates and their datum.", lon=lon)


def _coordinate(name: str, value: object) -> float:
    if value is None or value == "":
        raise InvalidValue("{name} is missing. Give a position, such as lon=113.665 and lat=34.752.", name=name)
    number = finite(value)
    if number is None:
        raise InvalidValue(
            "{name} is {value}, which is no finite number. Write degrees such as 113.665.",
            name=name,
            value=shown(value),
        )
    return number


def finite(value: object) -> float | None:
    """Return a number, or a text that spells one, as a float; None for all that is no finite number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and "_" in value:  # Python's own way to write 1000
        return None
    try:
        number = float(value[: MAX_LENGTH + 1] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def text(name: str, value: object) -> str:
    """Return a text of at most 100 characters as it is, or refuse it."""
    if not isinstance(value, str) or len(value) > MAX_LENGTH:
        raise InvalidValue(
            "{name} is {value}. Write a text of at most {limit} characters.",
            name=name,
            value=shown(value),
            limit=MAX_LENGTH,
        )
    return value


def codes(values: Values, name: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the codes that a word or a list of words names in a vocabulary, however they are written."""
    given = values.get(name)
    words: Sequence[object] = given if isinstance(given, list) else [] if given in (None, "") else [given]
    if len(words) > MAX_LENGTH:
        raise InvalidValue(
            "{name} stands {count} times. Give at most {limit}.", name=name, count=len(words), limit=MAX_LENGTH
        )
    terms = [(word, named(vocabulary, text(name, word))) for word in words if word != ""]
    strange = [word for word, term in terms if term is None]
    if strange:
        raise InvalidValue(
            "{value} is not known as a value of {name}. Take one of: {known}.",
            value=shown(strange[0]),
            name=name,
            known=", ".join(vocabulary),
        )
    return frozenset(term.code for _, term in terms if term)


def instant(name: str, value: object) -> datetime:
    """Return a moment of the years 2000 to 2100 with a time of day; naive where no offset was given."""
    spelled = _LOST_PLUS.sub(r"\1+\2", text(name, value).strip())  # an unescaped + of an address arrives as a blank
    try:
        at = datetime.fromisoformat(spelled)
    except ValueError:
        at = None
    if at is not None and at.year in _YEARS and "T" not in spelled.upper().replace(" ", "T", 1):
        raise InvalidValue(
            "{value} names a day, but no time of day. Write {example} for the place's local time, or add an offset:"
            " {example}+08:00.",
            value=shown(value),
            example=f"{at.date()}T12:00",
        )
    if at is None or at.year not in _YEARS:
        raise InvalidValue(
            "{value} is no time between {first} and {last}. Write 2026-10-10T12:00 for the place's local time, or add"
            " an offset: 2026-10-10T12:00+08:00.",
            value=shown(value),
            first=_YEARS.start,
            last=_YEARS.stop - 1,
        )
    return at


def whole(name: str, value: object, *, least: int, most: int) -> int:
    """Return a whole number within bounds, written in ASCII digits."""
    if isinstance(value, float) and value.is_integer():  # JSON has one kind of number
        value = int(value)
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18 and least <= int(digits) <= most):
        raise InvalidValue(
            "{name} is {value}. Take a whole number from {least} to {most}.",
            name=name,
            value=shown(value),
            least=least,
            most=most,
        )
    return int(digits)


def flag(name: str, value: object) -> bool:
    """Return what a word such as true, 1, yes or no says."""
    word = str(value).lower() if isinstance(value, bool | int | str) else None
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise InvalidValue("{name} is {value}. Take true or false.", name=name, value=shown(value))
