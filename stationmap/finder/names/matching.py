"""Where a word occurs in texts: as it stands, by pinyin, by initials, or by a mixture of them.

A word is matched from some position on, character by character of the text. What a character of the text may take of
the word:

- *as it stands*: itself (3 and 三 are one);
- *pinyin*: or a whole reading of a Chinese character; the last one may be begun only: ``zhengzh`` finds 郑州;
- *initials*: or the first letter of a reading (or its zh, ch, sh): ``zzly`` finds 郑州路驿站;
- *mixture*: any of these from character to character: ``zhengz`` finds 郑州, so does ``zheng州``.

The offsets of the word that can be reached at each position are the bits of one number, so that all positions where a
match may begin advance together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names.spelling import digit_twins
from stationmap.finder.names.texts import Hits, Positions, Readings, Texts

LONGEST_READ = 60
"""Longer words are not read as pinyin: their offsets fit no 64-bit number."""

_TWINS = digit_twins()
_LONGEST_SYLLABLE = 6
_DOUBLE_INITIALS = ("zh", "ch", "sh")
Bits = NDArray[np.uint64]


def spelled(word: str, at: int) -> str:
    """Return the characters of a text that stand for a character of a word."""
    return _TWINS.get(word[at], word[at])


def literal(texts: Texts, word: str) -> Hits:
    """Return where a normal word without blanks stands in texts."""
    start = positions_of(texts, word)
    return texts.hits(start, start + len(word))


def positions_of(texts: Texts, word: str) -> Positions:
    """Return the positions where a word stands; the rarest of its characters is looked up, the others compared."""
    symbols = [texts.of_character(spelled(word, at)) for at in range(len(word))]
    counts = [texts.count(each) if len(each) else 0 for each in symbols]
    rarest = int(np.argmin(counts))
    if counts[rarest] == 0:
        return np.empty(0, np.int64)
    start = texts.where(symbols[rarest]) - rarest
    start = start[(start > 0) & (start + len(word) < len(texts.symbols))]
    for at in sorted(range(len(word)), key=counts.__getitem__):
        if at != rarest and len(start):
            start = start[same(texts.symbols[start + at], symbols[at])]
    return start


def same(found: NDArray[np.uint16], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return where symbols are any of those wanted."""
    if not len(wanted):
        return np.zeros(len(found), bool)
    alike = found == wanted[0]
    for other in wanted[1:]:
        alike |= found == other
    return np.asarray(alike)


@dataclass(frozen=True, slots=True)
class Steps:
    """What characters may take of a word, as bits of the offsets reached.

    Attributes
    ----------
    symbol : NDArray[uint64]
        Shape (symbols, offsets): of a symbol, by itself or by any reading of it.
    itself : NDArray[uint64]
        The same, of a symbol by itself alone.
    syllable : NDArray[uint64]
        Shape (syllables, offsets): of a syllable.
    """

    symbol: Bits
    itself: Bits
    syllable: Bits


def pinyin_steps(texts: Texts, readings: Readings, word: str) -> Steps:
    """Return the steps of a word read as pinyin."""
    return _steps(texts, word, _whole_syllables(readings, word))


def initial_steps(texts: Texts, readings: Readings, word: str) -> Steps:
    """Return the steps of a word read as initials."""
    return _steps(texts, word, _initials(readings, word))


def mixed_steps(texts: Texts, readings: Readings, word: str) -> Steps:
    """Return the steps of a word that may be read either way."""
    return _steps(texts, word, _whole_syllables(readings, word) | _initials(readings, word))


def walk(texts: Texts, steps: Steps, *, names_only: bool = False) -> tuple[Hits, NDArray[np.bool_]]:
    """Return where a word is found by its steps, and whether by the readings that characters have in their words."""
    length = steps.symbol.shape[1]
    done = np.uint64(1 << length)
    begin = np.flatnonzero(steps.symbol[:, 0])
    start = texts.where(begin, names_only=names_only) if len(begin) else np.empty(0, np.int64)
    at = start
    any_way, own_way = steps.symbol[texts.symbols[at], 0], _own(texts, steps, at, 0)
    found: list[tuple[Positions, Positions, NDArray[np.bool_]]] = []
    while len(at):
        over = np.flatnonzero(any_way & done)
        if len(over):
            found.append((start[over], at[over] + 1, (own_way[over] & done) != 0))
        going = np.flatnonzero((any_way & ~done) != 0)
        start, at = start[going], at[going] + 1
        any_way, own_way = _advance(texts, steps, at, any_way[going], own_way[going])
    if not found:
        return Hits(np.empty(0, np.int64), np.empty(0, np.int8)), np.empty(0, bool)
    starts, ends, own = (np.concatenate(each) for each in zip(*found, strict=True))
    return texts.hits(starts, ends), own


def _advance(texts: Texts, steps: Steps, at: Positions, any_way: Bits, own_way: Bits) -> tuple[Bits, Bits]:
    """Return the offsets reached with the characters at some positions from those reached before them."""
    length = steps.symbol.shape[1]
    reached = int(np.bitwise_or.reduce(any_way)) if len(any_way) else 0
    symbols = texts.symbols[at]
    any_next, own_next = np.zeros(len(at), np.uint64), np.zeros(len(at), np.uint64)
    for offset in range(1, length):
        if reached >> offset & 1:
            bit = np.uint64(offset)
            here = np.flatnonzero((any_way >> bit) & np.uint64(1))
            any_next[here] |= steps.symbol[symbols[here], offset]
            own = here[((own_way[here] >> bit) & np.uint64(1)) != 0]
            own_next[own] |= _own(texts, steps, at[own], offset)
    return any_next, own_next


def _own(texts: Texts, steps: Steps, at: Positions, offset: int) -> Bits:
    return np.asarray(steps.syllable[texts.own[at], offset] | steps.itself[texts.symbols[at], offset])


def _steps(texts: Texts, word: str, syllable: Bits) -> Steps:
    itself = np.zeros((len(texts.readings), len(word)), np.uint64)
    for at in range(len(word)):
        itself[texts.of_character(spelled(word, at)), at] = np.uint64(1 << (at + 1))
    symbol = itself.copy()
    for column in texts.readings.T:
        symbol |= syllable[column]
    return Steps(symbol, itself, syllable)


def _whole_syllables(readings: Readings, word: str) -> Bits:
    """Return the offsets reached from each offset by whole syllables, and by the beginning of one at the end."""
    bits = np.zeros((len(readings.syllables), len(word)), np.uint64)
    for at in range(len(word)):
        for end in range(at + 1, min(at + _LONGEST_SYLLABLE, len(word)) + 1):
            row = readings.number.get(word[at:end], 0)
            if row:
                bits[row, at] |= np.uint64(1 << end)
        rest = word[at:]
        if len(rest) < _LONGEST_SYLLABLE and rest.isascii():
            begun = [row for row, syllable in enumerate(readings.syllables) if row and syllable.startswith(rest)]
            bits[begun, at] |= np.uint64(1 << len(word))
    return bits


def _initials(readings: Readings, word: str) -> Bits:
    """Return the offsets reached from each offset by the initials of syllables."""
    bits = np.zeros((len(readings.syllables), len(word)), np.uint64)
    firsts = np.array([syllable[:1] for syllable in readings.syllables])
    pairs = np.array([syllable[:2] for syllable in readings.syllables])
    for at, letter in enumerate(word):
        bits[firsts == letter, at] |= np.uint64(1 << (at + 1))
        pair = word[at : at + 2]
        if pair in _DOUBLE_INITIALS:
            bits[pairs == pair, at] |= np.uint64(1 << (at + 2))
    return bits
