"""Facts as a clerk types them: a field and its value, read into what a record holds."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from stationmap.errors import InvalidValue, Message
from stationmap.register.desk.plaintext import plain
from stationmap.register.lists import cells
from stationmap.schema.records import Answer, Makeup
from stationmap.schema.vocabulary import ACCESS_MODES, BUILD_MODES, HOST_TYPES, KINDS, Vocabulary, require

TEXTS = ("name", "address", "area_name", "floor", "serves", "host_name", "phone", "note")
MOST_CHARACTERS = 1_000
_MOST_SEATS, _MOST_M2 = 100_000, 10_000_000
_BETWEEN = re.compile(r"[|、,，;；]+")


def text_of(name: str, value: Any) -> str:
    """Return a value as a text of at most 1,000 characters; a name may not be empty."""
    text = plain(str(value), most=MOST_CHARACTERS, what=Message(name))
    if name == "name" and not text:
        raise InvalidValue("A station needs a name.")
    return text


def number_of(name: str, value: Any) -> float:
    """Return a value as a finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidValue("{field} {value!r} is no number.", field=name, value=value)
    return number


def _counted(most: int) -> Callable[[str, Any], float | None]:
    def read(_name: str, value: Any) -> float | None:
        if value == "":
            return None
        cell = cells.measure(str(value), most=most)
        if cell.problem is not None:
            raise InvalidValue(cell.problem.text, **cell.problem.values)
        return float(str(cell.value))

    return read


def _seats(name: str, value: Any) -> int | None:
    number = _counted(_MOST_SEATS)(name, value)
    return None if number is None else int(number)


def answer_of(name: str, value: Any) -> Answer:
    """Return a value as yes, no or unknown, in any of the words of lists (有, 无, 是, ×); "" is unknown."""
    answer = cells.answer(str(value)) if value != "" else Answer.UNKNOWN
    return Answer(_code(name, value, Answer)) if answer is None else answer


def makeup_of(name: str, value: Any) -> Makeup:
    """Return a value as the habit on make-up working days: work, weekend or unknown."""
    return Makeup(_code(name, value, Makeup))


def _code(name: str, value: Any, kind: type[Answer] | type[Makeup]) -> str:
    known = tuple(str(one) for one in kind)
    code = str(value).strip().casefold()
    if code not in known:
        raise InvalidValue("{field} {value!r} must be one of: {known}.", field=name, value=value, known=known)
    return code


def _words(vocabulary: Vocabulary, what: str) -> Callable[[str, Any], tuple[str, ...]]:
    def read(_name: str, value: Any) -> tuple[str, ...]:
        words = value if isinstance(value, tuple | list) else _BETWEEN.split(str(value))
        return tuple(dict.fromkeys(require(vocabulary, str(word), what).code for word in words if str(word).strip()))

    return read


def _word(vocabulary: Vocabulary, what: str) -> Callable[[str, Any], str]:
    return lambda _name, value: require(vocabulary, str(value), what).code if value else ""


SHARED: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys((*TEXTS, "parent_id"), text_of),
    "kinds": _words(KINDS, "kind"),
    "access": _words(ACCESS_MODES, "access mode"),
    "host_type": _word(HOST_TYPES, "host type"),
    "build_mode": _word(BUILD_MODES, "build mode"),
    "members_only": answer_of,
    "seats": _seats,
    "area_m2": _counted(_MOST_M2),
}
"""Fields that stand under the record's one provenance, and what reads a value of each."""
