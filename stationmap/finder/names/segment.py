"""Entries laid out for search: their texts in one row, which text belongs to which entry, where they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names.ranking import ABSENT, CONTEXT, NAME, Levels, levels
from stationmap.finder.names.texts import EXACT, INSIDE, PREFIX, START, Hits, Readings, Texts
from stationmap.finder.places import runs
from stationmap.geo.earth import geocentric

KINDS = ("station", "area", "street")
_FEW = 16


@dataclass(frozen=True, slots=True)
class Rows:
    """Entries as the file of the index keeps them, ordered by id and kind.

    Attributes
    ----------
    number : NDArray[int64]
        Of each entry in the file.
    kind : NDArray[int8]
        A position in :data:`KINDS`.
    id, name, address, detail : sequence of str
        What they say.
    lon, lat : NDArray[float64]
        WGS 84 degrees, NaN for none.
    entry, text, field : NDArray[int64], NDArray[int64], NDArray[int8]
        Which texts belong to which entry (its position here), and as what: NAME, ADDRESS, CONTEXT.
    normals, unusual : Mapping
        The texts by their number, and the unusual readings of those that have any.
    """

    number: NDArray[np.int64]
    kind: NDArray[np.int8]
    id: Sequence[str]
    name: Sequence[str]
    address: Sequence[str]
    detail: Sequence[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    entry: NDArray[np.int64]
    text: NDArray[np.int64]
    field: NDArray[np.int8]
    normals: Mapping[int, str]
    unusual: Mapping[int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Many texts in one: a fifth of the memory of so many objects."""

    joined: str
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """Join texts."""
        return cls("".join(texts), np.cumsum([0, *map(len, texts)]))

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, row: int) -> str:
        return self.joined[self.ends[row] : self.ends[row + 1]]

    def __iter__(self) -> Iterator[str]:
        ends = self.ends.tolist()
        return (self.joined[start:end] for start, end in pairwise(ends))


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Entries ready to be searched; immutable, shared by threads.

    Attributes
    ----------
    number, kind, lon, lat
        As in :class:`Rows`.
    xyz : NDArray[float64]
        Shape (3, entries), geocentric metres, NaN for none.
    length : NDArray[float64]
        Characters of the name.
    id, name, address, detail : Column
        What they say.
    texts : Texts
        All distinct texts.
    readings : Readings
        Of their characters.
    entry, text, field
        Pairs of entry and text, by entry, and as what the entry has the text. An entry without any text has one pair
        with a text that is not there.
    pairs
        Where the pairs of each entry begin.
    by_text, first
        The pairs by text, and where those of each text begin.
    """

    number: NDArray[np.int64]
    kind: NDArray[np.int8]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    xyz: NDArray[np.float64]
    length: NDArray[np.float64]
    id: Column
    name: Column
    address: Column
    detail: Column
    texts: Texts
    readings: Readings
    entry: NDArray[np.int64]
    text: NDArray[np.int32]
    field: NDArray[np.int8]
    pairs: NDArray[np.int64]
    by_text: NDArray[np.int64]
    first: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Rows, readings: Readings) -> Self:
        """Lay entries out."""
        used = np.flatnonzero(np.bincount(rows.text))
        named = np.bincount(rows.text[rows.field == NAME], minlength=int(used[-1]) + 1 if len(used) else 0)[used] > 0
        order = np.concatenate((used[named], used[~named]))
        owner = np.argsort(order)[np.searchsorted(used, rows.text)] if len(used) else rows.text
        normals = [rows.normals[number] for number in order.tolist()]
        unusual = {place: rows.unusual[number] for place, number in enumerate(order.tolist()) if number in rows.unusual}
        bare = np.setdiff1d(np.arange(len(rows.number)), rows.entry)
        entry = np.concatenate((rows.entry, bare))
        text = np.concatenate((owner, np.full(len(bare), len(order)))).astype(np.int32)
        field = np.concatenate((rows.field, np.zeros(len(bare), np.int8)))
        if len(bare):
            by_entry = np.argsort(entry, kind="stable")
            entry, text, field = entry[by_entry], text[by_entry], field[by_entry]
        return cls(
            rows.number,
            rows.kind,
            rows.lon,
            rows.lat,
            np.ascontiguousarray(geocentric(rows.lon, rows.lat).reshape(-1, 3).T),
            np.array([len(name) for name in rows.name], np.float64),
            Column.of(rows.id),
            Column.of(rows.name),
            Column.of(rows.address),
            Column.of(rows.detail),
            Texts.of(normals, int(named.sum()), readings, unusual),
            readings,
            entry,
            text,
            field,
            np.searchsorted(entry, np.arange(len(rows.number))),
            np.argsort(text, kind="stable"),
            np.append(0, np.cumsum(np.bincount(text, minlength=len(order) + 1))),
        )

    def __len__(self) -> int:
        return len(self.number)

    def lower(self, found: Levels, hits: Hits, way: int, *, last_field: int = CONTEXT) -> None:
        """Lower the levels of entries (one each) to those of hits in their texts, where these are better.

        Hits in fields after ``last_field`` do not count.
        """
        place = np.full(self._texts + 1, ABSENT, np.int8)
        for each in (INSIDE, START, PREFIX, EXACT):
            place[hits.text[hits.place == each]] = each
        if len(hits.text) < self._texts // _FEW:
            touched = np.flatnonzero(place != ABSENT)
            pairs, _ = runs(self.first[touched], self.first[touched + 1])
            pairs = self.by_text[pairs]
            entry = self.entry[pairs]
            level = _levels(way, self.field[pairs], place[self.text[pairs]], last_field)
            worst_first = np.argsort(-level, kind="stable")
            better = nothing(len(self))
            better[entry[worst_first]] = level[worst_first]
        elif len(self):
            level = _levels(way, self.field, place[self.text], last_field)
            better = np.minimum.reduceat(level, self.pairs)
        else:
            return
        np.minimum(found, better, out=found)

    def having(self, texts: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the entries that have any of some texts, by name or otherwise, and which of the texts."""
        rows, which = runs(self.first[texts], self.first[texts + 1])
        return self.entry[self.by_text[rows]], which

    @property
    def _texts(self) -> int:
        return len(self.first) - 2

    def chord_square(self, rows: NDArray[np.int64], lon: float, lat: float) -> NDArray[np.float64]:
        """Return the squares of the chords from a point to some entries, infinite for those without a place."""
        square = np.zeros(len(rows))
        for axis, here in zip(self.xyz, geocentric(lon, lat).reshape(3), strict=True):
            gap = axis[rows]
            gap -= here
            gap *= gap
            square += gap
        square[np.isnan(square)] = np.inf
        return square


def _levels(way: int, fields: NDArray[np.int8], places: NDArray[np.int8], last_field: int) -> Levels:
    """Return the levels of texts found at some places (ABSENT: not at all) in some fields."""
    level = levels(way, fields, places)
    level[(places == ABSENT) | (fields > last_field)] = ABSENT
    return level


def nothing(count: int) -> Levels:
    """Return the levels of entries of which none is found."""
    return np.full(count, ABSENT, np.int8)
