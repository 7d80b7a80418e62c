"""Where a word occurs in texts with one mistake in it: a character wrong, missing, too many, or swapped with the next.

Of a word with one mistake one half is right (or the two characters where the halves meet are swapped): the halves are
looked up as they stand, and the other half is compared from there, all places at once. Pinyin may have one wrong,
missing or swapped letter within one syllable, or be spelt all through as many speak: z for zh, c for ch, s for sh, l
for n, n for ng, and the reverse. Words of less than 3 characters, and pinyin of less than 4 letters, are taken as they
are: with a mistake they would be anything.

Digits are never mistaken: 88号 is not 28号, 8号 or 188号; who is sent there stands before another door. A numeral may
stand for a character that is none (山里屯 for 三里屯), never for another numeral.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names.matching import (
    Bits,
    Steps,
    advanced,
    by_readings,
    pinyin_steps,
    positions_of,
    same,
    spelled,
    steps_of,
)
from stationmap.finder.names.numbers import NUMERALS, numerals_of, whole
from stationmap.finder.names.texts import Hits, Positions, Readings, Symbols, Texts

LEAST_WORD, LEAST_PINYIN = 3, 4
_LONGEST_SYLLABLE = 7
_ALIKE = {"zh": "z", "ch": "c", "sh": "s", "z": "zh", "c": "ch", "s": "sh", "n": "l", "l": "n"}
_ENDS_ALIKE = {"ng": "n", "n": "ng"}
_Ends = list[tuple[NDArray[np.int64], Positions]]


def near_literal(texts: Texts, word: str) -> Hits:
    """Return where a normal word stands in texts but for one mistake."""
    half = len(word) // 2
    left, right = word[:half], word[half:]
    none = np.empty(0, np.int64)
    found: list[tuple[Positions, Positions]] = [(none, none)]
    begin = positions_of(texts, left)
    for rows, end in _one_mistake(texts, begin + half, right, left[-1], 1):
        found.append((begin[rows], end))
    begin = positions_of(texts, right)
    for rows, end in _one_mistake(texts, begin - 1, left[::-1], right[0], -1):
        found.append((end + 1, begin[rows] + len(right)))
    if not _changes_a_number(left[-1], right[0]):
        begin = positions_of(texts, left[:-1] + right[0] + left[-1] + right[1:])
        found.append((begin, begin + len(word)))
    start, end = (np.concatenate(each) for each in zip(*found, strict=True))
    some = np.flatnonzero((start < end) & whole(texts, word, start, end))
    return texts.hits(start[some], end[some])


def _one_mistake(texts: Texts, at: Positions, word: str, before: str, way: int) -> _Ends:
    """Return which positions begin a word with one mistake, and the position after it.

    ``way`` is 1, or -1 for a word that is read backwards; ``before`` is the character that stood before it.
    """
    found: _Ends = []
    wanted = [texts.of_character(spelled(word, at)) for at in range(len(word))]
    numeral = numerals_of(texts)
    rows = np.arange(len(at))
    for place in range(len(wanted)):
        if not len(rows):
            break
        alike = same(_symbols(texts, at[rows] + way * place), wanted[place])
        off = rows[~alike]
        rows = rows[alike]
        there = at[off] + way * place
        within = _symbols(texts, there) != 0
        here = _symbols(texts, there)
        character, last = word[place], word[place - 1] if place else before
        ways = (
            (within & _may_stand_for(texts, numeral, character, here), there + way, wanted[place + 1 :]),
            (within & ~numeral[here] & (not {last, character} <= NUMERALS), there + way, wanted[place:]),
            (np.full(len(off), _may_be_missing(character, last, word[place + 1 :])), there, wanted[place + 1 :]),
        )
        for fits, resumes, rest in ways:
            _resume(texts, off[fits], resumes[fits], rest, way, found)
        if place + 1 < len(wanted) and not _changes_a_number(*word[place : place + 2]):
            swapped = same(_symbols(texts, there), wanted[place + 1])
            swapped &= same(_symbols(texts, there + way), wanted[place])
            _resume(texts, off[swapped], there[swapped] + 2 * way, wanted[place + 2 :], way, found)
    return found


def _resume(
    texts: Texts, rows: NDArray[np.int64], at: Positions, rest: list[NDArray[np.int64]], way: int, found: _Ends
) -> None:
    """Note the rows where the rest of a word stands from some positions on."""
    for place, wanted in enumerate(rest):
        alike = same(_symbols(texts, at + way * place), wanted)
        rows, at = rows[alike], at[alike]
    if len(rows):
        found.append((rows, at + way * len(rest)))


def _may_stand_for(texts: Texts, numeral: NDArray[np.bool_], character: str, symbols: Symbols) -> NDArray[np.bool_]:
    if character.isdigit():
        return np.zeros(len(symbols), bool)
    return ~(numeral if character in NUMERALS else texts.digit)[symbols]


def _changes_a_number(first: str, second: str) -> bool:
    """Tell whether two characters that change places make another number."""
    return first.isdigit() or second.isdigit() or {first, second} <= NUMERALS


def _may_be_missing(character: str, last: str, rest: str) -> bool:
    """Tell whether a text may lack a character of a word: not one of a number, nor one that parts two numbers."""
    return character not in NUMERALS and not (last in NUMERALS and rest[:1] in NUMERALS)


def _symbols(texts: Texts, at: Positions) -> Symbols:
    return texts.symbols[np.clip(at, 0, len(texts.symbols) - 1)]


def near_pinyin(texts: Texts, readings: Readings, word: str) -> Hits:
    """Return where a word is the pinyin of names but for one mistake within a syllable."""
    exact = pinyin_steps(texts, readings, word).symbol
    near = by_readings(texts, _near_syllables(readings, word))
    length, done = len(word), np.uint64(1 << len(word))
    pairs = texts.pairs.of_symbols(np.flatnonzero((exact[0] | near[0]) & ~done), names_only=True)
    first, second = texts.pairs.symbol[pairs], texts.pairs.follower[pairs]

    def onward(symbols: Symbols, right: Bits, wrong: Bits) -> tuple[Bits, Bits]:
        """Return the offsets reached without and with a mistake after one more character."""
        after = advanced(symbols, wrong, lambda some, offset: exact[offset][some], length)
        after |= advanced(symbols, right, lambda some, offset: near[offset][some], length)
        return advanced(symbols, right, lambda some, offset: exact[offset][some], length), after

    right, wrong = onward(second, exact[0][first] & ~done, near[0][first] & ~done)
    some = np.flatnonzero(right | wrong)
    start, which = texts.where_runs(pairs[some])
    at, right, wrong = start + 1, right[some[which]], wrong[some[which]]
    at_once = texts.where(np.flatnonzero(near[0] & done), names_only=True)
    found = [(at_once, at_once + 1)]
    while len(at):
        over = np.flatnonzero((wrong & done) != 0)
        found.append((start[over], at[over] + 1))
        going = np.flatnonzero(((right | wrong) & ~done) != 0)
        start, at = start[going], at[going] + 1
        right, wrong = onward(texts.symbols[at], right[going], wrong[going])
    starts, ends = (np.concatenate(each) for each in zip(*found, strict=True))
    return texts.hits(starts, ends)


def accented_steps(texts: Texts, readings: Readings, word: str) -> Steps:
    """Return the steps of a word that is pinyin as many speak it, in every syllable."""
    bits = np.zeros((len(word), len(readings.syllables)), np.uint64)
    spoken = _accented(readings.syllables)
    for at in range(len(word)):
        for end in range(at + 1, min(at + _LONGEST_SYLLABLE, len(word)) + 1):
            bits[at, spoken.get(word[at:end], [])] |= np.uint64(1 << end)
    return steps_of(texts, word, bits)


def _near_syllables(readings: Readings, word: str) -> Bits:
    """Return the offsets of a word reached from each offset by a syllable with one mistake: (offsets, syllables)."""
    bits = np.zeros((len(word), len(readings.syllables)), np.uint64)
    mistaken = _mistaken(readings.syllables)
    for at in range(len(word)):
        for end in range(at + 1, min(at + _LONGEST_SYLLABLE, len(word)) + 1):
            bits[at, mistaken.get(word[at:end], [])] |= np.uint64(1 << end)
    return bits


@lru_cache(maxsize=4)
def _accented(syllables: tuple[str, ...]) -> Mapping[str, list[int]]:
    """Return for each spelling the rows of the syllables that sound like it to many."""
    meant: dict[str, list[int]] = defaultdict(list)
    for row, syllable in enumerate(syllables[1:], 1):
        initial = next((each for each in _ALIKE if syllable.startswith(each)), "")
        rest = syllable.removeprefix(initial)
        final = "ng" if rest.endswith("ng") else "n" if rest.endswith("n") else ""
        stem = rest.removesuffix(final)
        for first in (initial, _ALIKE.get(initial, initial)):
            for last in dict.fromkeys((final, _ENDS_ALIKE.get(final, final))):
                meant[first + stem + last].append(row)
    return dict(meant)


@lru_cache(maxsize=4)
def _mistaken(syllables: tuple[str, ...]) -> Mapping[str, list[int]]:
    """Return for each wrong spelling of two letters or more the rows of the syllables that it may have been."""
    meant: dict[str, list[int]] = defaultdict(list)
    for row, syllable in enumerate(syllables):
        if len(syllable) > 1:
            for spelling in sorted(set(_misspelt(syllable)) - {syllable}):
                meant[spelling].append(row)
    return dict(meant)


def _misspelt(syllable: str) -> Iterator[str]:
    for at in range(len(syllable) + 1):
        before, after = syllable[:at], syllable[at:]
        yield from (before + letter + after for letter in ascii_lowercase)
        if after:
            yield from (before + letter + after[1:] for letter in ascii_lowercase)
        if after and len(syllable) > 2:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
