"""The words of opening hours: text into tokens, and what is said when a text cannot be read.

Tolerated besides the specification's own spelling, because lists carry it and it can mean only one thing: any case,
full English names (``Monday``, ``January``), full-width signs and digits, every dash and ``~`` as ``-``, ``.``
between hour and minute, ``am`` and ``pm``, ``and`` / ``&`` for ``,`` and ``to`` / ``till`` / ``until`` for ``-``.
"""

import re
from typing import NamedTuple

from stationmap.errors import InvalidValue, Message

WORDS: dict[str, tuple[str, int]] = {
    **{
        name: ("weekday", day)
        for day, names in enumerate(
            (
                "mo mon monday",
                "tu tue tues tuesday",
                "we wed wednesday",
                "th thu thur thurs thursday",
                "fr fri friday",
                "sa sat saturday",
                "su sun sunday",
            )
        )
        for name in names.split()
    },
    **{
        name: ("month", month)
        for month, names in enumerate(
            (
                "jan january",
                "feb february",
                "mar march",
                "apr april",
                "may",
                "jun june",
                "jul july",
                "aug august",
                "sep sept september",
                "oct october",
                "nov november",
                "dec december",
                "easter",
            ),
            start=1,
        )
        for name in names.split()
    },
    "ph": ("holiday", 0),
    "week": ("week", 0),
    "day": ("unit", 0),
    "days": ("unit", 0),
    "open": ("open", 0),
    "off": ("closed", 0),
    "closed": ("closed", 0),
    "unknown": ("unknown", 0),
    "and": (",", 0),
    "to": ("-", 0),
    "till": ("-", 0),
    "until": ("-", 0),
}
"""Lower-case word -> (kind of token, its value)."""

SCHOOL_HOLIDAYS = Message("school holidays (SH) are not known here")
SUN = Message("times that follow the sun are not known here")
WITHOUT_MEANING: dict[str, Message] = {
    "sh": SCHOOL_HOLIDAYS,
    "sunrise": SUN,
    "sunset": SUN,
    "dawn": SUN,
    "dusk": SUN,
}
"""Words of the grammar that are not evaluated, and why."""

LONGEST = 4000
"""Characters. An OSM value has at most 255; a list of dated exceptions may be longer."""

_SPELLINGS = str.maketrans(
    {
        **dict(zip("０１２３４５６７８９", "0123456789", strict=True)),
        **dict.fromkeys("‐‑‒–—―−－ー～〜→至~", "-"),
        **dict.fromkeys("，、&", ","),
        **dict.fromkeys("“”„＂", '"'),
        "：": ":",
        "；": ";",
        "＋": "+",
        "／": "/",
        "｜": "|",
        "［": "[",
        "］": "]",
        "（": "(",
        "）": ")",
        "\u3000": " ",
    }
)
_TOKEN = re.compile(
    r"""[\s.]*(?:
        (?P<time>\d{1,2}[:.]\d\d(?!\d)(?!\s*[ap]\.?m\b))
      | (?P<sign>\|\||[-,;:+/\[\](])
      | (?P<word>[^\W\d_]+)
      | (?P<always>24/7(?!\d))
      | (?P<half>\d{1,2}(?:[:.]\d\d)?\s*[ap]\.?m\b)
      | (?P<number>\d+)
      | (?P<comment>"[^"]*")
      | (?P<end>$)
    )""",
    re.VERBOSE | re.IGNORECASE,
)


class Token(NamedTuple):
    """``kind`` says what it is, ``value`` which (a number, a weekday, minutes); ``at`` where it stands in the text."""

    kind: str
    value: int
    at: int


class UnreadableHours(InvalidValue):
    """The text is no expression of the OSM grammar of opening hours."""


class UnsupportedHours(InvalidValue):
    """The text is an expression of the OSM grammar that cannot be evaluated here."""


def unreadable(text: str, at: int, problem: Message) -> UnreadableHours:
    """Return the error that quotes the place where reading stopped."""
    if not text[at:].strip():
        return UnreadableHours("The opening hours “{text}” break off: {problem}.", text=text, problem=problem)
    return UnreadableHours(
        "The opening hours “{text}” cannot be read from “{place}” on: {problem}.",
        text=text,
        place=text[at:].strip()[:20],
        problem=problem,
    )


def unsupported(text: str, at: int, problem: Message) -> UnsupportedHours:
    """Return the error that quotes what cannot be evaluated."""
    return UnsupportedHours(
        "The opening hours “{text}” cannot be evaluated because of “{place}”: {problem}.",
        text=text,
        place=text[at:].strip()[:20],
        problem=problem,
    )


def tokenize(text: str) -> list[Token]:
    """Split a text into tokens, a token of kind ``end`` last.

    Raises
    ------
    UnreadableHours
        For a character or word that the grammar does not have, or a text longer than :data:`LONGEST`.
    UnsupportedHours
        For a word that is not evaluated (:data:`WITHOUT_MEANING`).
    """
    if len(text) > LONGEST:
        raise unreadable(text[:20], 0, Message("it is longer than {longest} characters", {"longest": LONGEST}))
    plain = text if text.isascii() and "~" not in text and "&" not in text else text.translate(_SPELLINGS)
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(plain):
        if match.start() != end:
            break
        kind = match.lastgroup or "end"
        at, end = match.span(kind)
        tokens.append(_token(text, kind, match[kind], at, end))
        if kind == "end":
            return tokens
    raise unreadable(text, end, Message("this sign is not of the grammar"))


def _token(text: str, kind: str, word: str, at: int, end: int) -> Token:
    if kind == "sign":
        return Token(word, 0, at)
    if kind == "time":
        return Token(kind, _minutes(text, at, word), at)
    if kind == "word":
        return _word(text, at, word)
    if kind == "number":
        return _number(text, at, word)
    if kind == "half":
        return Token("time", _half_day(text, at, word), at)
    return Token(kind, end, at)


def _word(text: str, at: int, word: str) -> Token:
    known = WORDS.get(word.lower())
    if known is None:
        if reason := WITHOUT_MEANING.get(word.lower()):
            raise unsupported(text, at, reason)
        raise unreadable(text, at, Message("the grammar has no word “{word}”", {"word": word}))
    return Token(*known, at)


def _number(text: str, at: int, word: str) -> Token:
    if len(word) < 4:
        return Token("number", int(word), at)
    if len(word) > 4 or not 1900 <= int(word) <= 2999:
        raise unreadable(text, at, Message("{number} is no year; write a time as 09:00", {"number": word[:12]}))
    return Token("year", int(word), at)


def _minutes(text: str, at: int, word: str) -> int:
    hour, minute = int(word[:-3]), int(word[-2:])
    if minute > 59 or hour * 60 + minute > 48 * 60:
        raise unreadable(text, at, Message("{time} is no time of day", {"time": word}))
    return hour * 60 + minute


def _half_day(text: str, at: int, word: str) -> int:
    digits = re.findall(r"\d+", word)
    hour, minute = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
    if not 1 <= hour <= 12 or minute > 59:
        raise unreadable(text, at, Message("{time} is no time of day", {"time": word.strip()}))
    return (hour % 12 + (12 if "p" in word.lower() else 0)) * 60 + minute
