"""One cell of a list as a typed value: text, number, coordinate, day, yes or no.

A cell that cannot be read gives None and a message that says why; nothing is guessed.
"""

import datetime as dt
import math
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeVar

import pandas as pd

from stationmap.errors import Message
from stationmap.schema.records import Answer

T = TypeVar("T")

QUOTED_LENGTH = 80
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_HEMISPHERE = {"e": 1, "n": 1, "东经": 1, "北纬": 1, "w": -1, "s": -1, "西经": -1, "南纬": -1}
_SEXAGESIMAL = re.compile(
    r"(?P<sign>-?)(?P<d>\d{1,3})\s*[°度]\s*(?:(?P<m>\d{1,2}(?:\.\d+)?)\s*['′’分]\s*)?"
    r"(?:(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:[\"″”秒]|''|′′)\s*)?"
)
_MEASURED = re.compile(r"(?:约|大约|共|有|近)?\s*(\d+(?:\.\d+)?)\s*(?:m2|[^\d\s.~～至到\-—–]{0,6})")
_DAY = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*[日号]?(?:[T\s].*)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>")


@cache
def words(part: str) -> Mapping[str, tuple[str, ...]]:
    """Return a part of ``words.toml``, what the cells of lists say: key -> words."""
    text = files("stationmap.register.lists").joinpath("words.toml").read_text(encoding="utf-8")
    return {key: tuple(listed) for key, listed in tomllib.loads(text)[part].items()}


@cache
def _meanings() -> Mapping[str, Answer]:
    return {word: answer for answer in Answer for word in words("cell")[answer]}


@cache
def _blanks() -> frozenset[str]:
    return frozenset(words("cell")["blank"])


class Cell(NamedTuple):
    """What a cell says: its value, or None and why it could not be read."""

    value: object
    problem: Message | None = None


def text_of(value: object) -> str:
    r"""Return a cell as text: nothing as "", numbers without exponent, days as ISO, no control characters.

    Runs of blanks and line ends become one blank. Invisible characters (zero width, direction marks,
    surrogates) are left out.

    Examples
    --------
    >>> text_of(12345678901.0), text_of("  爱心\u200b 驿站\n")
    ('12345678901', '爱心 驿站')
    """
    if isinstance(value, str):
        if value.isprintable() and "  " not in value:
            return value.strip()
        kept = (" " if c.isspace() else c for c in value if c.isspace() or unicodedata.category(c)[0] != "C")
        return " ".join("".join(kept).split())
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, float):
        return format(value, ".0f") if value.is_integer() and math.isfinite(value) else str(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return text_of(str(value))


def is_blank(text: str) -> bool:
    """Tell whether a text stands for nothing: empty, a dash, 暂无, N/A and the like.

    Examples
    --------
    >>> is_blank("—"), is_blank("无线网")
    (True, False)
    """
    return not text or text.casefold() in _blanks()


def quoted(value: object) -> str:
    """Return a value short enough to be quoted in a sentence."""
    text = text_of(value)
    return text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"


def holds_markup(text: str) -> bool:
    """Tell whether a text holds HTML tags."""
    return "<" in text and _MARKUP.search(text) is not None


def cut(text: str, separators: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield each separator and what stands behind it, "" before the first; an HTML tag is never cut in two.

    Examples
    --------
    >>> list(cut("热水/<i>x</i>", re.compile("/")))
    [('', '热水'), ('/', '<i>x</i>')]
    """
    tags = [match.span() for match in _MARKUP.finditer(text)] if "<" in text else []
    separator, start = "", 0
    for match in separators.finditer(text):
        if not any(opening <= match.start() < closing for opening, closing in tags):
            yield separator, text[start : match.start()]
            separator, start = match[0], match.end()
    yield separator, text[start:]


def each(texts: Sequence[str], reader: Callable[[str], T]) -> list[T]:
    """Return what a reader makes of each text, reading each distinct text once."""
    read = {text: reader(text) for text in dict.fromkeys(texts)}
    return [read[text] for text in texts]


def coordinate(text: str) -> float | None:
    r"""Return a coordinate as a number, None when it is none; degrees, minutes, seconds become degrees.

    Examples
    --------
    >>> coordinate("113°30'36\"E"), coordinate("东经113.62"), coordinate("abc")
    (113.51, 113.62, None)
    """
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    sign = 1
    for mark, side in _HEMISPHERE.items():
        if folded.startswith(mark) or folded.endswith(mark):
            folded, sign = folded.removeprefix(mark).removesuffix(mark).strip(" :"), side
            break
    plain = _NUMBER.fullmatch(folded.rstrip("°度 "))
    if plain:
        value = sign * float(plain[0])
        return value if math.isfinite(value) else None
    match = _SEXAGESIMAL.fullmatch(folded)
    if not match or float(match["m"] or 0) >= 60 or float(match["s"] or 0) >= 60:
        return None
    degrees = float(match["d"]) + float(match["m"] or 0) / 60 + float(match["s"] or 0) / 3600
    return sign * (-degrees if match["sign"] else degrees)


def pair(text: str) -> tuple[float, float] | None:
    """Return the two numbers of a cell that holds a point ("113.6,34.7", "POINT(113.6 34.7)"); else None.

    Examples
    --------
    >>> pair("113.6，34.7"), pair("(113.6 34.7)"), pair("郑州")
    ((113.6, 34.7), (113.6, 34.7), None)
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    folded = re.sub(r"^(?:POINT|点)?\s*[(\[]\s*|\s*[)\]]$", "", folded, flags=re.IGNORECASE)
    parts = [part for part in re.split(r"[,;、|/\s]+", folded) if part]
    numbers = [coordinate(part) for part in parts]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return None
    return numbers[0], numbers[1]


def measure(text: str, *, most: float) -> Cell:
    """Return a count or measure as a float ("约12㎡", "20个"), None and why when it is none or too much.

    Examples
    --------
    >>> measure("约12㎡", most=1e6).value, measure("10-20", most=1e6).value
    (12.0, None)
    """
    match = _MEASURED.fullmatch(unicodedata.normalize("NFKC", text))
    value = float(match[1]) if match else math.nan
    if value <= most:
        return Cell(value)
    if match:
        return Cell(
            None, Message("{value} is more than can be; at most {most}.", {"value": quoted(text), "most": int(most)})
        )
    return Cell(None, Message("{value!r} is no number; give one, or leave the cell empty.", {"value": quoted(text)}))


def day(text: str) -> Cell:
    """Return a day ("2026-07-01", "2026年7月1日", "20260701"), None and why when the text is none.

    Examples
    --------
    >>> day("2026年7月1日").value
    datetime.date(2026, 7, 1)
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _DAY.fullmatch(folded) or _COMPACT_DAY.fullmatch(folded)
    try:
        return Cell(dt.date(*(int(part) for part in match.groups()))) if match else Cell(None, _no_day(text))
    except ValueError:
        return Cell(None, _no_day(text))


def answer(text: str) -> Answer | None:
    """Return what a cell answers (有 无 是 否 √ × 1 0 Y N …, a count); None when it is no answer.

    Examples
    --------
    >>> answer("√"), answer("0"), answer("2台"), answer("开水")
    (<Answer.YES: 'yes'>, <Answer.NO: 'no'>, <Answer.YES: 'yes'>, None)
    """
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    if folded in _meanings():
        return _meanings()[folded]
    count = re.fullmatch(r"(\d{1,4})(?:\.0)?\s*[台个张把间套组处只部座]?", folded)
    if count:
        return Answer.YES if int(count[1]) else Answer.NO
    return None


def joined(parts: Iterable[str]) -> str:
    """Return texts as one note, none twice, empty ones left out."""
    return "；".join(dict.fromkeys(part for part in parts if part))


def _no_day(text: str) -> Message:
    return Message("{value!r} is no date; write it like 2026-07-01.", {"value": quoted(text)})
