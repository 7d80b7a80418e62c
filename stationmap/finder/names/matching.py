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

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names.spelling import digit_twins
from stationmap.finder.names.texts import Hits, Positions, Readings, Symbols, Texts

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
    """Return the positions where a word stands; the rarest of its pairs is looked up, the other characters compared."""
    symbols = [texts.of_character(spelled(word, at)) for at in range(len(word))]
    if not all(len(each) for each in symbols):
        return np.empty(0, np.int64)
    if len(word) == 1:
        return texts.where(symbols[0])
    neighbours = [texts.pairs.of_neighbours(*pair) for pair in pairwise(symbols)]
    begin = texts.pairs.begin
    counts = [sum(int(begin[run + 1] - begin[run]) for run in found) for found in neighbours]
    rarest = int(np.argmin(counts))
    if counts[rarest] == 0:
        return np.empty(0, np.int64)
    start = texts.where_runs(np.array(neighbours[rarest], np.int64))[0] - rarest
    start = start[(start > 0) & (start + len(word) < len(texts.symbols))]
    rest = (at for at in range(len(word)) if at not in (rarest, rarest + 1))
    for at in sorted(rest, key=lambda at: min(counts[max(0, at - 1) : at + 1])):
        start = start[same(texts.symbols[start + at], symbols[at])]
    return start


def same(found: Symbols, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
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
        Shape (offsets, symbols): of a symbol, by itself or by any reading of it.
    itself : NDArray[uint64]
        The same, of a symbol by itself alone.
    syllable : NDArray[uint64]
        Shape (offsets, syllables): of a syllable.
    """

    symbol: Bits
    itself: Bits
    syllable: Bits


def pinyin_steps(texts: Texts, readings: Readings, word: str) -> Steps:
    """Return the steps of a word read as pinyin."""
    return steps_of(texts, word, _whole_syllables(readings, word))


def initial_steps(texts: Texts, readings: Readings, word: str) -> Steps:
    """Return the steps of a word read as initials."""
    return steps_of(texts, word, _initials(readings, word))


def mixed_steps(texts: Texts, readings: Readings, word: str) -> Steps:
    """Return the steps of a word that may be read either way."""
    return steps_of(texts, word, _whole_syllables(readings, word) | _initials(readings, word))


def any_way(texts: Texts, steps: Steps, *, names_only: bool = False) -> tuple[Positions, Positions]:
    """Return where a word is found by its steps, by whatever reading: first positions and those after the last."""
    length = len(steps.symbol)
    done = np.uint64(1 << length)
    at_once = texts.where(np.flatnonzero(steps.symbol[0] & done), names_only=names_only)
    begin = np.flatnonzero(steps.symbol[0] & ~done)
    pairs = texts.pairs.of_symbols(begin, names_only=names_only)
    reached = steps.symbol[0][texts.pairs.symbol[pairs]] & ~done
    followers = texts.pairs.follower[pairs]
    reached = advanced(followers, reached, lambda symbols, offset: steps.symbol[offset][symbols], length)
    some = np.flatnonzero(reached)
    start, which = texts.where_runs(pairs[some])

    def taken(at: Positions, offset: int) -> Bits:
        return np.asarray(steps.symbol[offset][texts.symbols[at]])

    starts, ends = _walk(start, start + 1, reached[some[which]], taken, length)
    return np.concatenate((at_once, starts)), np.concatenate((at_once + 1, ends))


def own_way(texts: Texts, steps: Steps, start: Positions) -> tuple[Positions, Positions]:
    """Return at which of some positions a word is found by the readings that characters have in their words."""

    def taken(at: Positions, offset: int) -> Bits:
        return np.asarray(steps.syllable[offset][texts.own[at]] | steps.itself[offset][texts.symbols[at]])

    return _walk(start, start, taken(start, 0), taken, len(steps.symbol))


def _walk(
    start: Positions, at: Positions, reached: Bits, taken: Callable[[Positions, int], Bits], length: int
) -> tuple[Positions, Positions]:
    """Go on from each position, character by character, until the whole word is taken or nothing more is.

    ``reached`` are the offsets reached with the characters up to ``at`` of what begins at ``start``.
    """
    done = np.uint64(1 << length)
    found: list[tuple[Positions, Positions]] = []
    while len(at):
        over = np.flatnonzero((reached & done) != 0)
        found.append((start[over], at[over] + 1))
        going = np.flatnonzero((reached & ~done) != 0)
        start, at = start[going], at[going] + 1
        reached = advanced(at, reached[going], taken, length)
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    starts, ends = (np.concatenate(each) for each in zip(*found, strict=True))
    return starts, ends


def advanced(at: Any, reached: Bits, taken: Callable[[Any, int], Bits], length: int) -> Bits:
    """Return the offsets reached with the characters at some positions from those reached before them."""
    occurring = int(np.bitwise_or.reduce(reached)) if len(reached) else 0
    after = np.zeros(len(at), np.uint64)
    for offset in range(length):
        if occurring >> offset & 1:
            here = np.flatnonzero((reached & np.uint64(1 << offset)) != 0)
            if len(here) == len(at):
                after |= taken(at, offset)
            else:
                after[here] |= taken(at[here], offset)
    return after


def steps_of(texts: Texts, word: str, syllable: Bits) -> Steps:
    """Return the steps of a word of which syllables may take so much."""
    itself = np.zeros((len(word), len(texts.readings)), np.uint64)
    for at in range(len(word)):
        itself[at, texts.of_character(spelled(word, at))] = np.uint64(1 << (at + 1))
    return Steps(itself | by_readings(texts, syllable), itself, syllable)


def by_readings(texts: Texts, syllable: Bits) -> Bits:
    """Return what symbols may take by any of their readings from what syllables may; both (offsets, …)."""
    symbol = np.zeros((len(syllable), len(texts.readings)), np.uint64)
    for column in texts.readings.T:
        symbol |= syllable[:, column]
    return symbol


def _whole_syllables(readings: Readings, word: str) -> Bits:
    """Return the offsets reached from each offset by whole syllables, and by the beginning of one at the end."""
    bits = np.zeros((len(word), len(readings.syllables)), np.uint64)
    for at in range(len(word)):
        for end in range(at + 1, min(at + _LONGEST_SYLLABLE, len(word)) + 1):
            row = readings.number.get(word[at:end], 0)
            if row:
                bits[at, row] |= np.uint64(1 << end)
        rest = word[at:]
        if len(rest) < _LONGEST_SYLLABLE and rest.isascii():
            begun = [row for row, syllable in enumerate(readings.syllables) if row and syllable.startswith(rest)]
            bits[at, begun] |= np.uint64(1 << len(word))
    return bits


def _initials(readings: Readings, word: str) -> Bits:
    """Return the offsets reached from each offset by the initials of syllables."""
    bits = np.zeros((len(word), len(readings.syllables)), np.uint64)
    firsts = np.array([syllable[:1] for syllable in readings.syllables])
    pairs = np.array([syllable[:2] for syllable in readings.syllables])
    for at, letter in enumerate(word):
        bits[at, firsts == letter] |= np.uint64(1 << (at + 1))
        pair = word[at : at + 2]
        if pair in _DOUBLE_INITIALS:
            bits[at, pairs == pair] |= np.uint64(1 << (at + 2))
    return bits
