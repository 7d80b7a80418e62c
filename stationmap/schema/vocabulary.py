"""The vocabulary as data: kinds, services, access modes, host types and build modes, each with labels and aliases."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from stationmap.errors import InvalidValue, Message


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the vocabulary: a code that never changes, a Chinese and an English label, and what lists write.

    ``group`` puts services that belong together side by side; it is "" elsewhere.
    """

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    group: str = ""

    def __str__(self) -> str:
        return self.en


Vocabulary = Mapping[str, Term]


def _load() -> dict[str, dict[str, Term]]:
    text = files("stationmap.schema").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return {
        name: {row["code"]: Term(**{**row, "aliases": tuple(row["aliases"])}) for row in rows}
        for name, rows in tomllib.loads(text).items()
    }


_VOCABULARIES = _load()
KINDS: Vocabulary = _VOCABULARIES["kind"]
SERVICES: Vocabulary = _VOCABULARIES["service"]
ACCESS_MODES: Vocabulary = _VOCABULARIES["access"]
HOST_TYPES: Vocabulary = _VOCABULARIES["host"]
BUILD_MODES: Vocabulary = _VOCABULARIES["build_mode"]


def fold(word: str) -> str:
    """Return a word as it is compared: full-width to half-width, lower case, blanks, hyphens and dots left out.

    Examples
    --------
    >>> fold("Ｗi-Fi ")
    'wifi'
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    kept = "".join(c for c in folded if not c.isspace() and c not in "-_.·'’")
    return kept if kept == word else fold(kept)


def _spellings(vocabulary: Vocabulary) -> dict[str, Term]:
    spelled: dict[str, Term] = {}
    for term in vocabulary.values():
        for word in (term.code, term.zh, term.en, *term.aliases):
            spelled.setdefault(fold(word), term)
    return spelled


_SPELLINGS = {id(vocabulary): _spellings(vocabulary) for vocabulary in _VOCABULARIES.values()}


def named(vocabulary: Vocabulary, word: str) -> Term | None:
    """Return the term that a word names exactly (code, label or alias, however it is written); None when none.

    Examples
    --------
    >>> named(SERVICES, "开水").code
    'hot_water'
    """
    return vocabulary.get(word) or _SPELLINGS[id(vocabulary)].get(fold(word))


def mentioned(vocabulary: Vocabulary, text: str) -> tuple[Term, ...]:
    """Return the terms whose label or alias occurs in a text, in the order of the vocabulary.

    A Latin spelling counts only as a whole text, a Chinese one anywhere. A term that is mentioned only inside a longer
    spelling of another term is left out (工会驿站 is a rest station, its 工会 no host).
    """
    folded = fold(text)
    hits = [
        (folded.find(spelling), spelling, term)
        for spelling, term in _SPELLINGS[id(vocabulary)].items()
        if spelling and not spelling.isascii() and spelling in folded
    ]
    longest = [
        term for _, spelling, term in hits if not any(spelling != other and spelling in other for _, other, _ in hits)
    ]
    return tuple(term for term in vocabulary.values() if term in longest)


def require(vocabulary: Vocabulary, word: str, what: str) -> Term:
    """Return the term a user named, or say which words there are.

    Raises
    ------
    InvalidValue
        When the word names nothing; ``what`` says what was asked for (``service``, ``kind`` …).
    """
    term = named(vocabulary, word)
    if term is None:
        raise InvalidValue(
            "{word!r} is no {what} that stationmap knows. Take one of: {known}",
            word=word,
            what=Message(what),
            known=tuple(vocabulary.values()),
        )
    return term
