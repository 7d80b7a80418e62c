"""One question hunted through one segment, way by way: first as it stands, then by pinyin … last with a mistake.

Each way is tried only when the ways before it did not find enough: whatever a later way adds ranks after all of them.
Of several words each must be found, in any order, each in any field of the entry; a question of several words is also
tried as one (``Wi-Fi``, ``xi'an``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names import ranking
from stationmap.finder.names.matching import (
    LONGEST_READ,
    any_way,
    initial_steps,
    literal,
    mixed_steps,
    own_way,
    pinyin_steps,
    positions_of,
)
from stationmap.finder.names.numbers import NUMERALS, begun_where, neighbours, whole_where
from stationmap.finder.names.ranking import (
    ABSENT,
    ADDRESS,
    BY_NUMBER,
    CONTEXT,
    IN_PARTS,
    INITIALS,
    LETTERS,
    LITERAL,
    MIXED,
    NAME,
    OTHER_READING,
    PINYIN,
    TYPO,
    Candidate,
    Levels,
)
from stationmap.finder.names.segment import KINDS, Column, Segment, nothing
from stationmap.finder.names.spelling import other_numbers, words_of
from stationmap.finder.names.typos import LEAST_PINYIN, LEAST_WORD, accented_steps, near_literal, near_pinyin

MOST_WORDS = 6
LEAST_IN_ADDRESSES = 3
"""Pinyin of fewer letters, initials and mixtures are looked for in names alone."""
STAGES = (LITERAL, PINYIN, INITIALS, MIXED, LETTERS, IN_PARTS, BY_NUMBER, TYPO)
GUESSES = (IN_PARTS, BY_NUMBER, TYPO)
"""What was meant is guessed only where next to nothing was found otherwise."""
_LEAST_IN_PARTS, _MOST_IN_PARTS, _LEAST_PART = 4, 24, 2
_SPARE = 4
_THE_STREET = -1.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: its words as they are compared, and the word that they make together.

    ``address`` tells whether hits by address count as places of their own; ``kinds`` are those of the entries.
    """

    words: tuple[str, ...]
    whole: str
    kinds: frozenset[str]
    near: tuple[float, float] | None

    @classmethod
    def of(cls, text: str, kinds: frozenset[str], near: tuple[float, float] | None) -> "Question":
        """Read a text; of more than six words the first six count."""
        words = words_of(text)[:MOST_WORDS]
        return cls(tuple(dict.fromkeys(words)), "".join(words), kinds, near)


class Hunt:
    """The hunt for one question in one segment.

    Parameters
    ----------
    segment : Segment
        Where.
    alive : NDArray[bool] or None
        Which entries still stand; None: all.
    question : Question
        What for.
    wanted : Callable, optional
        Given the ids of the segment, tells which entries are wanted at all.
    """

    def __init__(
        self,
        segment: Segment,
        alive: NDArray[np.bool_] | None,
        question: Question,
        wanted: Callable[[Column], NDArray[np.bool_]] | None = None,
    ) -> None:
        self._segment = segment
        self._question = question
        kinds = np.array([kind in question.kinds for kind in KINDS])
        if "address" in question.kinds:
            kinds[KINDS.index("station")] = True
        self._standing = kinds[segment.kind]
        if alive is not None:
            self._standing &= alive
        if wanted is not None:
            self._standing &= wanted(segment.id)
        several = len(question.words) > 1
        self._searched = (*question.words, question.whole) if several else (question.whole,)
        self._found = [nothing(len(segment)) for _ in self._searched]
        self._apart: NDArray[np.float64] | None = None

    def widen(self, stage: int) -> None:
        """Try one more way."""
        for word, found in zip(self._searched, self._found, strict=True):
            if stage == IN_PARTS and len(self._searched) > 1:
                continue
            for spelt in dict.fromkeys((word, other_numbers(word))):
                if stage == LITERAL and spelt[0].isdigit() and word != self._question.whole:
                    self._segment.lower(found, begun_where(self._segment.texts, spelt), LITERAL)
                elif stage != BY_NUMBER:
                    _WAYS[stage](self._segment, spelt, found)
                elif word == self._question.whole:
                    self._by_number(spelt, found)

    def _by_number(self, word: str, found: Levels) -> None:
        """Find the street of a house number, and its houses: noted is how far their numbers are from that one."""
        near = neighbours(self._segment.texts, word)
        if near is None:
            return
        segment = self._segment
        segment.lower(found, near.street, BY_NUMBER, last_field=NAME)
        segment.lower(found, near.houses, BY_NUMBER, last_field=ADDRESS)
        if self._apart is None:
            self._apart = np.full(len(segment), np.inf)
        entry, hit = segment.having(near.houses.text)
        np.minimum.at(self._apart, entry, near.apart[hit])
        entry, _ = segment.having(near.street.text)
        self._apart[entry] = _THE_STREET

    def candidates(self, count: int, segment: int) -> Iterator[Candidate]:
        """Yield the best ``count`` of each kind of hit so far, those at one address counted once."""
        rows, level, by_address = self._levels()
        for kind in ("station", "address", "area", "street"):
            if kind in self._question.kinds:
                some = np.flatnonzero(self._of_kind(kind, rows, by_address))
                yield from self._best(kind, rows[some], level[some], count, segment)

    def _levels(self) -> tuple[NDArray[np.int64], Levels, NDArray[np.bool_]]:
        """Return the entries found, their levels, and whether by their address and not by their name."""
        *words, whole = self._found
        found = whole != ABSENT
        if words:
            found |= np.maximum.reduce(words) != ABSENT
        found &= self._standing
        rows = np.flatnonzero(found)
        *words, whole = (levels[rows] for levels in self._found)
        by_address = ranking.fields_of(whole) == ADDRESS
        level = whole
        if words:
            worst = np.maximum.reduce(words)
            fields = [ranking.fields_of(word) for word in words]
            named = np.logical_or.reduce([field == NAME for field in fields])
            addressed = np.logical_or.reduce([field == ADDRESS for field in fields]) & ~named
            by_address = np.where(whole <= worst, by_address, addressed)
            level = np.minimum(whole, worst)
        return rows, level, by_address

    def _metric(self, rows: NDArray[np.int64], level: Levels) -> NDArray[np.float64]:
        near = self._question.near
        metric = self._segment.length[rows] if near is None else self._segment.chord_square(rows, *near)
        if self._apart is None:
            return metric
        return np.where(ranking.ways_of(level) == BY_NUMBER, self._apart[rows], metric)

    def _of_kind(self, kind: str, rows: NDArray[np.int64], by_address: NDArray[np.bool_]) -> NDArray[np.bool_]:
        if kind == "address":
            return by_address
        same = self._segment.kind[rows] == KINDS.index(kind)
        apart = kind == "station" and "address" in self._question.kinds
        return np.asarray(same & ~by_address) if apart else np.asarray(same)

    def _best(
        self,
        kind: str,
        rows: NDArray[np.int64],
        level: Levels,
        count: int,
        segment: int,
    ) -> Iterator[Candidate]:
        looked_at = count if kind != "address" else count * _SPARE
        while True:
            some, metric = ranking.best(level, lambda at: self._metric(rows[at], level[at]), looked_at)
            made = [
                self._candidate(kind, int(rows[at]), int(level[at]), apart, segment)
                for at, apart in zip(some.tolist(), metric.tolist(), strict=True)
            ]
            kept = ranking.one_an_address(made)
            if len(kept) >= count or looked_at >= len(rows):
                yield from kept[:count]
                return
            looked_at *= _SPARE

    def _candidate(self, kind: str, row: int, level: int, metric: float, segment: int) -> Candidate:
        address = "".join(words_of(self._segment.address[row])) if kind == "address" else ""
        return Candidate(level, metric, self._segment.id[row], kind, segment, row, address)


def _as_it_stands(segment: Segment, word: str, found: Levels) -> None:
    last_field = NAME if _is_letters(word) else CONTEXT
    segment.lower(found, literal(segment.texts, word), LITERAL, last_field=last_field)


def _as_letters(segment: Segment, word: str, found: Levels) -> None:
    if _is_letters(word):
        segment.lower(found, literal(segment.texts, word), LETTERS)


def _by_pinyin(segment: Segment, word: str, found: Levels) -> None:
    if _is_read(word):
        steps = pinyin_steps(segment.texts, segment.readings, word)
        short = len(word) < LEAST_IN_ADDRESSES
        start, end = any_way(segment.texts, steps, names_only=short)
        spelt_out = ~np.isin(start, positions_of(segment.texts, word))
        start, end = start[spelt_out], end[spelt_out]
        last_field = NAME if short else CONTEXT
        segment.lower(found, segment.texts.hits(start, end), OTHER_READING, last_field=last_field)
        own = segment.texts.hits(*own_way(segment.texts, steps, start))
        segment.lower(found, own, PINYIN, last_field=last_field)


def _by_initials(segment: Segment, word: str, found: Levels) -> None:
    if _is_read(word):
        steps = initial_steps(segment.texts, segment.readings, word)
        hits = segment.texts.hits(*any_way(segment.texts, steps, names_only=True))
        segment.lower(found, hits, INITIALS, last_field=NAME)


def _by_mixture(segment: Segment, word: str, found: Levels) -> None:
    if _is_read(word):
        steps = mixed_steps(segment.texts, segment.readings, word)
        hits = segment.texts.hits(*any_way(segment.texts, steps, names_only=True))
        segment.lower(found, hits, MIXED, last_field=NAME)


def _in_parts(segment: Segment, word: str, found: Levels) -> None:
    """Find a word of four to 24 characters in two parts of two or more, wherever in an entry these stand."""
    if not _LEAST_IN_PARTS <= len(word) <= _MOST_IN_PARTS or word.isascii():
        return
    for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
        front = literal(segment.texts, word[:cut])
        if not len(front.text):
            break
        if {word[cut - 1], word[cut]} <= NUMERALS:
            continue
        if not NUMERALS.isdisjoint((word[0], word[cut - 1])):
            front = whole_where(segment.texts, word[:cut])
        back = whole_where(segment.texts, word[cut:])
        if len(back.text):
            parts = nothing(len(segment)), nothing(len(segment))
            segment.lower(parts[0], front, IN_PARTS)
            segment.lower(parts[1], back, IN_PARTS)
            np.minimum(found, ranking.both(*parts), out=found)


def _with_a_mistake(segment: Segment, word: str, found: Levels) -> None:
    if len(word) >= LEAST_WORD:
        segment.lower(found, near_literal(segment.texts, word), TYPO, last_field=ADDRESS)
    if len(word) >= LEAST_PINYIN and _is_read(word):
        segment.lower(found, near_pinyin(segment.texts, segment.readings, word), TYPO, last_field=NAME)
        accented = accented_steps(segment.texts, segment.readings, word)
        spoken = segment.texts.hits(*any_way(segment.texts, accented, names_only=True))
        segment.lower(found, spoken, TYPO, last_field=NAME)


def _is_letters(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _is_read(word: str) -> bool:
    return len(word) <= LONGEST_READ and any("a" <= character <= "z" for character in word)


_WAYS: dict[int, Callable[[Segment, str, Levels], None]] = {
    LITERAL: _as_it_stands,
    PINYIN: _by_pinyin,
    INITIALS: _by_initials,
    MIXED: _by_mixture,
    LETTERS: _as_letters,
    IN_PARTS: _in_parts,
    TYPO: _with_a_mistake,
}
