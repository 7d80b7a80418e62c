"""Numbers in names and addresses: what is one, and which house numbers of a street stand nearest to one.

A number is a run of digits or numerals. Who types a number means it: where the house is not known, its street and the
houses nearest to it by number are offered, not one whose number looks alike.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names.matching import positions_of
from stationmap.finder.names.spelling import digit_twins
from stationmap.finder.names.texts import EXACT, Hits, Positions, Texts

NUMERALS = frozenset((*digit_twins(), *"十百"))
"""Digits and numerals."""
_HOUSE = re.compile(r"(\D*[^a-z0-9])([0-9]{1,5})(?:号(?!线)|弄|$)")
_LEAST_STREET, _MOST_DIGITS = 2, 5


def numerals_of(texts: Texts) -> NDArray[np.bool_]:
    """Return which symbols are digits or numerals, one a symbol of the alphabet."""
    numeral = texts.digit.copy()
    numeral[texts.of_character("".join(NUMERALS))] = True
    return numeral


def whole(texts: Texts, word: str, start: Positions, end: Positions) -> NDArray[np.bool_]:
    """Tell where the numbers at the ends of a word are whole: no more digits stand before or after them."""
    kept = np.ones(len(start), bool)
    numeral = numerals_of(texts)
    if word[0] in NUMERALS:
        kept &= ~numeral[texts.symbols[start - 1]]
    if word[-1] in NUMERALS:
        kept &= ~numeral[texts.symbols[np.minimum(end, len(texts.symbols) - 1)]]
    return kept


def whole_where(texts: Texts, word: str) -> Hits:
    """Return where a word stands, and the numbers at its ends are whole."""
    start = positions_of(texts, word)
    start = start[whole(texts, word, start, start + len(word))]
    return texts.hits(start, start + len(word))


def begun_where(texts: Texts, word: str) -> Hits:
    """Return where a word that begins with a number stands, and not within a longer number."""
    start = positions_of(texts, word)
    start = start[~texts.digit[texts.symbols[start - 1]]]
    return texts.hits(start, start + len(word))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a street stands by its name alone, and where with a house number and how far that is from one.

    ``apart`` is the difference of the numbers, one a hit of ``houses``.
    """

    street: Hits
    houses: Hits
    apart: NDArray[np.int64]


def neighbours(texts: Texts, word: str) -> Neighbours | None:
    """Return the street and the house numbers of a word like 杏坛大道88号; None for a word that names no house."""
    asked = _HOUSE.match(word)
    if asked is None or len(asked[1]) < _LEAST_STREET:
        return None
    start = positions_of(texts, asked[1])
    end = start + len(asked[1])
    alone = texts.hits(start, end)
    street = np.flatnonzero(alone.place == EXACT)
    number, after = _numbers_at(texts, end)
    houses = np.flatnonzero((number >= 0) & _ends_a_house(texts, after))
    return Neighbours(
        Hits(alone.text[street], alone.place[street]),
        Hits(texts.text[start[houses]], np.full(len(houses), EXACT, np.int8)),
        np.abs(number[houses] - int(asked[2])),
    )


def _numbers_at(texts: Texts, at: Positions) -> tuple[NDArray[np.int64], Positions]:
    """Return the number that begins at each position (-1: none), and the position after it."""
    value = np.full(len(texts.digit), -1, np.int64)
    for character in "0123456789":
        value[texts.of_character(character)] = int(character)
    number, after = np.full(len(at), -1, np.int64), at.copy()
    going = np.arange(len(at))
    for _ in range(_MOST_DIGITS):
        digit = value[texts.symbols[np.minimum(after[going], len(texts.symbols) - 1)]]
        going, digit = going[digit >= 0], digit[digit >= 0]
        number[going] = np.maximum(number[going], 0) * 10 + digit
        after[going] += 1
    return number, after


def _ends_a_house(texts: Texts, at: Positions) -> NDArray[np.bool_]:
    """Tell where what follows a number makes it one of a house: 号 (not 号线), 弄, or the end of the text."""
    last = len(texts.symbols) - 1
    sign, following = texts.symbols[np.minimum(at, last)], texts.symbols[np.minimum(at + 1, last)]
    house = (sign == 0) | np.isin(sign, texts.of_character("弄"))
    return np.asarray(house | (np.isin(sign, texts.of_character("号")) & ~np.isin(following, texts.of_character("线"))))
