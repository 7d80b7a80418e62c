"""Many texts as one row of symbols, so that a search is a few array operations over all of them.

A symbol stands for one character; symbol 0 is the gap between two texts. Where each pair of neighbours occurs is
known: a search begins where its rarest pair stands and looks at the neighbours from there. Texts that are names of
something stand first, so that what is asked of names alone need not look at addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.places import runs

EXACT, PREFIX, START, INSIDE = range(4)
"""Where something was found: it is the whole text, begins it, begins or ends a word or a part of it, stands inside."""

_ENDS_A_PART = "省市区县旗盟镇乡村路街道巷弄号"

Symbols = NDArray[np.unsignedinteger[Any]]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hits:
    """Where something was found: the number of the text and the place in it (EXACT … INSIDE), one a hit."""

    text: NDArray[np.int32]
    place: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts laid out for search; immutable.

    Attributes
    ----------
    symbols : NDArray of unsigned integers
        One a character, a 0 before the first text and after each.
    text : NDArray[int32]
        One a symbol: the text it belongs to.
    beginning : NDArray[int8]
        One a symbol: PREFIX where a text begins, START at its end and where a word or a part of one begins (after a
        blank, between kinds of letters, after the character that ends an area, a street or a house number), else
        INSIDE.
    number : Mapping[str, int]
        The symbol of each character.
    digit : NDArray[bool]
        One a symbol: whether it is a digit.
    occurrences : NDArray[int32]
        All positions, by their symbol, those in names before others, then by the symbol that follows.
    first, named : NDArray[int64]
        One a symbol: where its occurrences begin, and how many of them are in names.
    pairs : Pairs
        The runs of equal neighbours among the occurrences.
    own : NDArray[uint16]
        One a symbol in the row: its reading there, a row of the syllables; 0 for none.
    """

    symbols: Symbols
    text: NDArray[np.int32]
    beginning: NDArray[np.int8]
    number: Mapping[str, int]
    digit: NDArray[np.bool_]
    occurrences: NDArray[np.int32]
    first: NDArray[np.int64]
    named: NDArray[np.int64]
    pairs: "Pairs"
    own: NDArray[np.uint16]
    readings: NDArray[np.uint16]

    @classmethod
    def of(cls, normals: Sequence[str], names: int, readings: "Readings", unusual: Mapping[int, str]) -> "Texts":
        """Lay texts out.

        Parameters
        ----------
        normals : sequence of str
            Normal texts (:func:`stationmap.finder.names.spelling.normal`).
        names : int
            How many of them, the first ones, are names.
        readings : Readings
            The readings of characters.
        unusual : Mapping[int, str]
            By number of a text: which of its characters, counted without blanks, words read otherwise than usual.
        """
        row = "\n" + "\n".join(normals) + "\n"
        codes = np.frombuffer(row.encode("utf-32-le"), np.uint32)
        if not normals:
            codes = codes[:1]
        blank = codes == ord(" ")
        after_blank = np.zeros(len(codes), bool)
        after_blank[1:] = blank[:-1]
        codes, after_blank = codes[~blank], after_blank[~blank]
        alphabet = np.flatnonzero(np.bincount(codes))
        symbol_of = np.zeros(int(alphabet[-1]) + 1, np.min_scalar_type(len(alphabet)))
        symbol_of[alphabet] = np.arange(len(alphabet))
        symbols: Symbols = symbol_of[codes]
        characters = [chr(code) for code in alphabet.tolist()]
        gap = symbols == 0
        text = np.cumsum(gap, dtype=np.int32) - 1
        first = np.append(0, np.cumsum(np.bincount(symbols, minlength=len(characters))))
        gaps = np.flatnonzero(gap)
        end_of_names = int(gaps[names])
        in_names = np.bincount(symbols[: end_of_names + 1], minlength=len(characters))
        occurrences = _ordered(symbols, end_of_names)
        table = readings.rows(characters)
        own = table[symbols, 0]
        for number, told in unusual.items():
            for each in told.split():
                place, _, syllable = each.partition(":")
                own[gaps[number] + 1 + int(place)] = readings.number[syllable]
        return cls(
            symbols,
            text,
            _beginnings(symbols, characters, after_blank),
            {character: number for number, character in enumerate(characters) if number},
            np.array([character.isdigit() for character in characters]),
            occurrences,
            first,
            in_names,
            Pairs.of(symbols, occurrences, end_of_names),
            own,
            table,
        )

    def of_character(self, characters: str) -> NDArray[np.int64]:
        """Return the symbols of some characters; those that occur in no text are left out."""
        return np.array([self.number[each] for each in characters if each in self.number], np.int64)

    def where(self, symbols: NDArray[np.int64], *, names_only: bool = False) -> Positions:
        """Return where any of some symbols occurs."""
        starts = self.first[symbols]
        ends = starts + self.named[symbols] if names_only else self.first[symbols + 1]
        if len(symbols) == 1:
            return self.occurrences[int(starts[0]) : int(ends[0])].astype(np.int64)
        rows, _ = runs(starts, ends)
        return self.occurrences[rows].astype(np.int64)

    def where_runs(self, pairs: NDArray[np.int64]) -> tuple[Positions, NDArray[np.int64]]:
        """Return the positions of some runs of pairs, and which run each is of."""
        rows, which = runs(self.pairs.begin[pairs], self.pairs.begin[pairs + 1])
        return self.occurrences[rows].astype(np.int64), which

    def hits(self, start: Positions, end: Positions) -> Hits:
        """Return the hits that begin and end (exclusive) at positions of the row."""
        place = self.beginning[start]
        first = np.flatnonzero(place == PREFIX)
        place[first[self.symbols[end[first]] == 0]] = EXACT
        inside = np.flatnonzero(place == INSIDE)
        ends_a_part = inside[self.beginning[end[inside]] != INSIDE]
        within_a_number = (
            self.digit[self.symbols[start[ends_a_part] - 1]] & self.digit[self.symbols[start[ends_a_part]]]
        )
        place[ends_a_part[~within_a_number]] = START
        return Hits(self.text[start], place)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Runs of occurrences with equal symbol, equal follower, and in names or not.

    Attributes
    ----------
    symbol, follower : NDArray of unsigned integers
        One a run.
    begin : NDArray[int64]
        Where each run begins in the occurrences; one more than there are runs.
    first, named : NDArray[int64]
        One a symbol: where its runs begin, and how many of them are in names.
    """

    symbol: Symbols
    follower: Symbols
    begin: NDArray[np.int64]
    first: NDArray[np.int64]
    named: NDArray[np.int64]

    @classmethod
    def of(cls, symbols: Symbols, occurrences: NDArray[np.int32], end_of_names: int) -> "Pairs":
        """Find the runs."""
        symbol = symbols[occurrences]
        follower = np.append(symbols, symbols[:1] * 0)[occurrences + 1]
        in_names = occurrences <= end_of_names
        new = np.ones(len(occurrences), bool)
        new[1:] = (np.diff(symbol) != 0) | (np.diff(follower) != 0) | (np.diff(in_names) != 0)
        begin = np.flatnonzero(new)
        symbol, follower, in_names = symbol[begin], follower[begin], in_names[begin]
        count = int(symbols.max()) + 1
        first = np.append(0, np.cumsum(np.bincount(symbol, minlength=count)))
        named = np.bincount(symbol[in_names], minlength=count)
        return cls(symbol, follower, np.append(begin, len(occurrences)), first, named)

    def of_symbols(self, symbols: NDArray[np.int64], *, names_only: bool) -> NDArray[np.int64]:
        """Return the runs of some symbols."""
        starts = self.first[symbols]
        return runs(starts, starts + self.named[symbols] if names_only else self.first[symbols + 1])[0]

    def of_neighbours(self, symbols: NDArray[np.int64], followers: NDArray[np.int64]) -> list[int]:
        """Return the runs in which any of some symbols is followed by any of some others."""
        found = []
        for symbol in symbols.tolist():
            start, end = int(self.first[symbol]), int(self.first[symbol + 1])
            middle = start + int(self.named[symbol])
            for low, high in ((start, middle), (middle, end)):
                for follower in followers.tolist():
                    run = low + int(np.searchsorted(self.follower[low:high], follower))
                    if run < high and self.follower[run] == follower:
                        found.append(run)
        return found


@dataclass(frozen=True, slots=True)
class Readings:
    """The syllables that occur, and the plausible readings of each character as rows of them.

    ``syllables[0]`` is "", no reading; ``number`` gives the row of a syllable.
    """

    syllables: tuple[str, ...]
    number: Mapping[str, int]
    of: Mapping[str, tuple[str, ...]]

    @classmethod
    def known(cls, of: Mapping[str, tuple[str, ...]]) -> "Readings":
        """Return the readings of characters, given as syllables, the usual one first."""
        syllables = ("", *sorted({syllable for each in of.values() for syllable in each}))
        return cls(syllables, {syllable: row for row, syllable in enumerate(syllables)}, of)

    def rows(self, characters: Sequence[str]) -> NDArray[np.uint16]:
        """Return for each character the rows of its readings, the usual one first, filled up with 0."""
        most = max((len(self.of.get(each, ())) for each in characters), default=0)
        table = np.zeros((len(characters), max(1, most)), np.uint16)
        for row, character in enumerate(characters):
            for column, syllable in enumerate(self.of.get(character, ())):
                table[row, column] = self.number[syllable]
        return table


def _ordered(symbols: Symbols, end_of_names: int) -> NDArray[np.int32]:
    """Return all positions by symbol, in names or not, follower, and place: three stable sorts, the last key first."""
    follower = np.append(symbols[1:], symbols[:1] * 0)
    order = np.argsort(follower, kind="stable").astype(np.int32)
    in_names = order <= end_of_names
    order = np.concatenate((order[in_names], order[~in_names]))
    return order[np.argsort(symbols[order], kind="stable")]


def _beginnings(symbols: Symbols, characters: Sequence[str], after_blank: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return what begins at each symbol: PREFIX, START or INSIDE."""
    kind = np.array([_kind(character) for character in characters], np.int8)[symbols]
    ends = np.array([character in _ENDS_A_PART for character in characters], bool)[symbols]
    begins = after_blank.copy()
    begins[1:] |= (kind[1:] != kind[:-1]) | ends[:-1]
    beginning = np.where(begins, np.int8(START), np.int8(INSIDE))
    beginning[1:][symbols[:-1] == 0] = PREFIX
    beginning[symbols == 0] = START
    return beginning


def _kind(character: str) -> int:
    if character == "\n":
        return 0
    if character.isdigit():
        return 1
    return 2 if ord(character) < 0x2E80 else 3
