"""Entries laid out for search: their texts in one row, which text belongs to which entry, where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.names.ranking import ABSENT, CONTEXT, NAME, Levels, levels
from stationmap.finder.names.texts import Hits, Readings, Texts
from stationmap.finder.places import runs
from stationmap.geo.earth import geocentric

KINDS = ("station", "area", "street")


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

    def __getitem__(self, row: int) -> str:
        return self.joined[self.ends[row] : self.ends[row + 1]]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Entries ready to be searched; immutable, shared by threads.

    Attributes
    ----------
    number, kind, lon, lat
        As in :class:`Rows`.
    xyz : NDArray[float64]
        Shape (entries, 3), geocentric metres, NaN for none.
    length : NDArray[float64]
        Characters of the name.
    id, name, address, detail : Column
        What they say.
    texts : Texts
        All distinct texts.
    readings : Readings
        Of their characters.
    first, entry, field
        Where the entries of each text begin, the entries, and as what they have it.
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
    first: NDArray[np.int64]
    entry: NDArray[np.int64]
    field: NDArray[np.int8]

    @classmethod
    def of(cls, rows: Rows, readings: Readings) -> Self:
        """Lay entries out."""
        used = np.unique(rows.text)
        named = np.isin(used, rows.text[rows.field == NAME])
        order = np.concatenate((used[named], used[~named]))
        owner = np.argsort(order)[np.searchsorted(used, rows.text)] if len(used) else rows.text
        normals = [rows.normals[number] for number in order.tolist()]
        unusual = {place: rows.unusual[number] for place, number in enumerate(order.tolist()) if number in rows.unusual}
        by_text = np.argsort(owner, kind="stable")
        return cls(
            rows.number,
            rows.kind,
            rows.lon,
            rows.lat,
            geocentric(rows.lon, rows.lat).reshape(-1, 3),
            np.array([len(name) for name in rows.name], np.float64),
            Column.of(rows.id),
            Column.of(rows.name),
            Column.of(rows.address),
            Column.of(rows.detail),
            Texts.of(normals, int(named.sum()), readings, unusual),
            readings,
            np.append(0, np.cumsum(np.bincount(owner, minlength=len(order)))),
            rows.entry[by_text],
            rows.field[by_text],
        )

    def __len__(self) -> int:
        return len(self.number)

    def lower(self, found: Levels, hits: Hits, way: int, *, last_field: int = CONTEXT) -> None:
        """Lower the levels of entries (one each) to those of hits in their texts, where these are better.

        Hits in fields after ``last_field`` do not count.
        """
        if not len(hits.text):
            return
        pairs, which = runs(self.first[hits.text], self.first[hits.text + 1])
        fields, places = self.field[pairs], hits.place[which]
        if last_field < CONTEXT:
            some = np.flatnonzero(fields <= last_field)
            pairs, fields, places = pairs[some], fields[some], places[some]
        level = levels(way, fields, places)
        worst_first = np.argsort(-level, kind="stable")
        entry, level = self.entry[pairs[worst_first]], level[worst_first]
        fresh = nothing(len(self))
        fresh[entry] = level
        np.minimum(found, fresh, out=found)

    def chord_mm(self, rows: NDArray[np.int64], lon: float, lat: float) -> NDArray[np.float64]:
        """Return the chords from a point to some entries in whole millimetres, infinite for those without a place."""
        gap = self.xyz[rows] - geocentric(lon, lat).reshape(3)
        chord = np.rint(np.sqrt((gap * gap).sum(axis=1)) * 1000)
        return np.where(np.isnan(chord), np.inf, chord)


def nothing(count: int) -> Levels:
    """Return the levels of entries of which none is found."""
    return np.full(count, ABSENT, np.int8)
