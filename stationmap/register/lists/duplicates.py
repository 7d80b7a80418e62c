"""Rows that may be one place: told, never merged, since only somebody who knows the place can say.

Two records resemble each other when they share a kind (where both have one) and

- name and address are the same, as :func:`stationmap.register.identity.normalised` writes them; or
- they lie within 100 m and their names are alike: of the pairs of letters of the shorter name at least four in
  five stand in the other one too, and both hold the same figures and words that tell neighbours apart (东 西 一 二
  …), so that 第一小学 and 第二小学, or 商城路206号 and 商城路220号, are two.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from stationmap.errors import Message
from stationmap.geo.earth import geocentric
from stationmap.register.identity import Identities, KnownRecord, normalised
from stationmap.register.lists.kinds import without_kinds

REACH_M = 100.0
ALIKE = 0.8
_SHORTEST = 2
_MOST_PAIRS = 5_000_000
_CHUNK = 200_000
_TELLING = frozenset("0123456789零一二三四五六七八九十百甲乙丙丁东南西北前后左右上下内外大小新老男女abcdefgh")

Pairs = NDArray[np.int64]


class Resemblance(StrEnum):
    """In what two records resemble each other."""

    REPEAT = "repeat"
    ADDRESS = "same_name_and_address"
    PLACE = "near_and_alike"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that may be the same place as another row, or as a record of the ledger.

    ``other_row`` is None for a record of the ledger, ``other_id`` "" for a row of the same file;
    ``distance_m`` is None when one of them is unlocated. A *repeat* is the same row again: it was taken
    once.
    """

    row: int
    name: str
    other_row: int | None
    other_id: str
    other_name: str
    resemblance: Resemblance
    distance_m: float | None = None

    def told(self) -> Message:
        """Return it as a sentence."""
        in_ledger = Message("the record {id} of the ledger", {"id": self.other_id})
        values = {
            "row": self.row,
            "name": self.name,
            "other": in_ledger if self.other_row is None else Message("row {row}", {"row": self.other_row}),
            "other_name": self.other_name,
            "metres": 0.0 if self.distance_m is None else self.distance_m,
        }
        if self.resemblance is Resemblance.REPEAT:
            return Message("Row {row} repeats {other}; it was taken once.", values)
        if self.resemblance is Resemblance.ADDRESS:
            return Message("Row {row} has the name and address of {other}: {name}.", values)
        return Message(
            "Row {row} may be the same place as {other}, {metres:.0f} m away: {name} / {other_name}.", values
        )


@dataclass(frozen=True, slots=True)
class _Records:
    """The rows of a file, then the records of the ledger, as they are compared."""

    records: Sequence[KnownRecord]
    kinds: Sequence[tuple[str, ...]]
    cores: Sequence[str]
    xyz: NDArray[np.float64]


def find(
    rows: Sequence[KnownRecord],
    kinds: Sequence[tuple[str, ...]],
    row_numbers: Sequence[int],
    known: Identities,
) -> list[Duplicate]:
    """Return which rows resemble an earlier row or a record of the ledger; each row once, by row.

    Parameters
    ----------
    rows : sequence of KnownRecord
        The rows of a file, with the ids that they were given.
    kinds : sequence of tuple of str
        The kinds of each row; empty for hosts.
    row_numbers : sequence of int
        As a clerk counts.
    known : Identities
        The records of the ledger; those that rows were recognised as are left out.
    """
    if not rows:
        return []
    every = _gathered(rows, kinds, known)
    found: dict[int, Duplicate] = {}
    for pairs, resemblance in ((_by_address(every), Resemblance.ADDRESS), (_by_place(every), Resemblance.PLACE)):
        for i, j in pairs:
            row, other = (j, i) if j < len(rows) else (i, j)
            if row < len(rows) and row not in found and _may_be_one(every, i, j):
                found[row] = _duplicate(every, row, other, row_numbers, resemblance)
    return [found[row] for row in sorted(found)]


def _gathered(rows: Sequence[KnownRecord], kinds: Sequence[tuple[str, ...]], known: Identities) -> _Records:
    """Return the rows, and behind them the records that any of them could resemble."""
    given = {row.id for row in rows}
    xyz = _places(rows)
    beside = {k for row in rows for k in known.of_address(row.name, row.address)}
    beside |= _within_reach(xyz, known)
    others = [known.records[k] for k in sorted(beside) if known.records[k].id not in given]
    records = [*rows, *others]
    return _Records(
        records=records,
        kinds=[*kinds, *(() for _ in others)],
        cores=[_core(record.name) for record in records],
        xyz=np.concatenate([xyz, _places(others)]) if others else xyz,
    )


def _within_reach(xyz: NDArray[np.float64], known: Identities) -> set[int]:
    """Return the positions of the known records within reach of any row."""
    located = np.nonzero(np.isfinite(known.places[:, 0]))[0]
    rows = xyz[np.isfinite(xyz[:, 0])]
    if not len(located) or not len(rows):
        return set()
    apart_m, _ = cKDTree(rows).query(known.places[located], distance_upper_bound=REACH_M)
    return set(located[np.isfinite(apart_m)].tolist())


def _duplicate(
    every: _Records, row: int, other: int, row_numbers: Sequence[int], resemblance: Resemblance
) -> Duplicate:
    apart_m = float(np.linalg.norm(every.xyz[row] - every.xyz[other]))
    in_file = other < len(row_numbers)
    return Duplicate(
        row=row_numbers[row],
        name=every.records[row].name,
        other_row=row_numbers[other] if in_file else None,
        other_id="" if in_file else every.records[other].id,
        other_name=every.records[other].name,
        resemblance=resemblance,
        distance_m=None if np.isnan(apart_m) else round(apart_m, 1),
    )


def _may_be_one(every: _Records, i: int, j: int) -> bool:
    one, other = every.records[i], every.records[j]
    if (one.fictional, one.generated) != (other.fictional, other.generated):
        return False
    return not every.kinds[i] or not every.kinds[j] or bool(set(every.kinds[i]) & set(every.kinds[j]))


def _by_address(every: _Records) -> Iterator[tuple[int, int]]:
    """Yield the first record of each name and address with each later one."""
    first: dict[tuple[str, str], int] = {}
    for j, record in enumerate(every.records):
        address = normalised(record.address)
        if address:
            i = first.setdefault((normalised(record.name), address), j)
            if i != j:
                yield i, j


def _by_place(every: _Records) -> Iterator[tuple[int, int]]:
    """Yield pairs within reach whose names are alike, in the order of the second, then the first."""
    rows = np.nonzero(np.isfinite(every.xyz[:, 0]))[0]
    if len(rows) < 2:
        return
    tree = cKDTree(every.xyz[rows])
    if tree.count_neighbors(tree, REACH_M) > 2 * _MOST_PAIRS:
        yield from _crowded(every, rows)
        return
    pairs = rows[tree.query_pairs(REACH_M, output_type="ndarray")].reshape(-1, 2)
    pairs = _alike(every, np.sort(pairs, axis=1))
    yield from pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))].tolist()


def _crowded(every: _Records, rows: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield pairs of the very same name in one cube of 100 m: what is feasible where too many crowd together."""
    first: dict[tuple[object, ...], int] = {}
    cubes = (every.xyz[rows] // REACH_M).astype(np.int64).tolist()
    for j, cube in zip(rows.tolist(), cubes, strict=True):
        i = first.setdefault((every.cores[j], *cube), j)
        if i != j:
            yield i, j


def _alike(every: _Records, pairs: Pairs) -> Pairs:
    """Return the pairs whose names are alike."""
    telling = [tuple(sorted(Counter(c for c in core if c in _TELLING).items())) for core in every.cores]
    code = {key: n for n, key in enumerate(dict.fromkeys(telling))}
    codes = np.array([code[key] for key in telling])
    pairs = pairs[codes[pairs[:, 0]] == codes[pairs[:, 1]]]
    grams, sizes = _bigrams(every.cores)
    hosts = np.array([not kinds for kinds in every.kinds])
    kept = []
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        one, other = sizes[part[:, 0]], sizes[part[:, 1]]
        measure = np.where(hosts[part[:, 0]], np.maximum(one, other), np.minimum(one, other))
        common = np.asarray(grams[part[:, 0]].multiply(grams[part[:, 1]]).sum(axis=1)).ravel()
        kept.append(part[(common >= ALIKE * measure) & (measure >= _SHORTEST)])
    return np.concatenate(kept) if kept else pairs


def _bigrams(cores: Sequence[str]) -> tuple[csr_array, NDArray[np.int64]]:
    """Return which pairs of letters each name holds, one row a name, and how many."""
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    rows = [sorted({numbers[a + b] for a, b in pairwise(core)}) for core in cores]
    sizes = np.array([len(row) for row in rows], dtype=np.int64)
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    indices = np.fromiter((n for row in rows for n in row), np.int64, int(sizes.sum()))
    shape = (len(cores), max(len(numbers), 1))
    return csr_array((np.ones(len(indices), np.int32), indices, indptr), shape=shape), sizes


def _core(name: str) -> str:
    """Return what of a name is its own: without the words that all rest stations share."""
    return normalised(without_kinds(name)) or normalised(name)


def _places(records: Sequence[KnownRecord]) -> NDArray[np.float64]:
    lon = np.array([np.nan if record.lon is None else record.lon for record in records])
    lat = np.array([np.nan if record.lat is None else record.lat for record in records])
    return geocentric(lon, lat)
