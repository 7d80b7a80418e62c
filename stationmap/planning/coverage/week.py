"""Who is served in each hour: all hours of a week, and many questions, over one table of pairs.

A station's hours are bits of a few words; the hours in which a place is served are those of its stations, laid over
each other by "or". Hours in which all stations stand alike share one bit. Places with the same set of stations are
one row, where that makes them markedly fewer. Weights are summed bit by bit from 256 sums for each octet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.coverage.shares import Total
from stationmap.planning.pairs import Pairs
from stationmap.planning.question import Standings, packed
from stationmap.planning.standing import Why

_PAIRS = 250_000
_FEWER = 0.6
"""Rows are gathered when so much of them, or less, is left: the gathering costs as much as one question."""

_OCTETS = ((np.arange(256)[:, None] >> np.arange(8)) & 1).astype(np.float64)

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class ByHour:
    """How much of a weight is served in each of some hours, for each of q questions.

    Attributes
    ----------
    first : datetime
        Naive: when the first hour begins at every place.
    reach_m : float
        The reach, boundary included.
    questions : tuple of str
        What each question is called.
    demand : NDArray[float64]
        Shape (hours,): the weight that is there in each hour.
    lower, upper : NDArray[float64]
        Shape (q, hours): of it, served for certain, and certainly or possibly.
    """

    first: datetime
    reach_m: float
    questions: tuple[str, ...]
    demand: Floats
    lower: Floats
    upper: Floats

    def total(self, hour: int, question: int = 0) -> Total:
        """Return one hour; its share is None where nobody is there."""
        lower, upper = float(self.lower[question, hour]), float(self.upper[question, hour])
        return Total(self.reach_m, lower, upper, float(self.demand[hour]))

    def worst(self, question: int = 0) -> int:
        """Return the hour in which most of what is there is surely not served, the first of equals."""
        return int(np.argmax(self.demand - self.upper[question]))


def by_hour(pairs: Pairs, questions: Mapping[str, Standings], weight: Floats, presence: Floats | None = None) -> ByHour:
    """Return how much of a weight is served in each hour.

    Parameters
    ----------
    pairs : Pairs
        Of demand and stations, no farther than the reach that is meant.
    questions : Mapping[str, Standings]
        One or more, of the same hours.
    weight : NDArray[float64]
        One a demand place.
    presence : NDArray[float64], optional
        One an hour: which part of the weight is there; all of it where left out.

    Raises
    ------
    InvalidValue
        When there is no question, the questions are of different hours or stations, or the presence is not one an hour.
    """
    _check(pairs, questions, presence)
    hours = len(next(iter(questions.values())))
    there = np.ones(hours) if presence is None else presence
    rows = _gathered(pairs, weight)
    bounds = np.empty((2, len(questions), hours))
    for number, stands in enumerate(questions.values()):
        bounds[0, number] = rows.served(stands.why == Why.SERVES)
        bounds[1, number] = rows.served(stands.why <= Why.UNKNOWN)
    first = next(iter(questions.values())).first
    lower, upper = bounds * there
    return ByHour(first, pairs.reach_m, tuple(questions), float(weight.sum()) * there, lower, upper)


def _check(pairs: Pairs, questions: Mapping[str, Standings], presence: Floats | None) -> None:
    if not questions:
        raise InvalidValue("No question is asked. Ask at least one: a kind, a service, or neither.")
    first = next(iter(questions.values()))
    for name, stands in questions.items():
        if stands.first != first.first or len(stands) != len(first):
            raise InvalidValue(
                "Question {name} is of other hours than the first. Ask all of the same hours.", name=repr(name)
            )
        pairs.require_stations(len(stands.why))
    if presence is not None and presence.shape != (len(first),):
        raise InvalidValue(
            "There are {found} parts of a weight for {count} hours; give one for each.",
            found=presence.size,
            count=len(first),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows of stations, none of them empty, with the weight of each."""

    start: NDArray[np.int64]
    station: NDArray[np.int32]
    weight: Floats

    def served(self, flags: NDArray[np.bool_]) -> Floats:
        """Return the weight that is served in each hour, from flags of shape (stations, hours)."""
        if not len(self.weight) or not flags.shape[1]:
            return np.zeros(flags.shape[1])
        different, which = _different(flags)
        return self._sums(packed(different))[which]

    def _sums(self, words: Words) -> Floats:
        """Return the weight of the rows that have each bit, shape (64 times words,)."""
        sums = np.zeros((words.shape[1], 64))
        columns = np.ascontiguousarray(words.T)
        for first, last in self._blocks():
            begin, end = self.start[first], self.start[last]
            station, inner = self.station[begin:end], self.start[first:last] - begin
            for number, column in enumerate(columns):
                joined = np.bitwise_or.reduceat(column[station], inner)
                sums[number] += _weight_by_bit(joined, self.weight[first:last])
        return sums.ravel()

    def _blocks(self) -> list[tuple[int, int]]:
        """Return ranges of rows that hold about so many pairs that they keep to the cache."""
        marks = np.searchsorted(self.start, np.arange(0, self.start[-1], _PAIRS))
        bounds = np.unique(np.append(marks, len(self.weight)))
        return list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))


def _different(flags: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return the columns that differ, and which of them each column is."""
    octets = np.ascontiguousarray(np.packbits(flags, axis=0).T)
    seen: dict[bytes, int] = {}
    which = np.array([seen.setdefault(octet.tobytes(), len(seen)) for octet in octets], np.int64)
    first = np.unique(which, return_index=True)[1]
    return flags[:, first], which


def _weight_by_bit(words: Words, weight: Floats) -> Floats:
    """Return the sum of the weights of the words that have each of their 64 bits, lowest first."""
    octets = words.astype("<u8", copy=False).view(np.uint8).reshape(-1, 8)
    sums = np.stack([np.bincount(octets[:, place], weight, 256) for place in range(8)])
    by_bit: Floats = (sums @ _OCTETS).ravel()
    return by_bit


def _gathered(pairs: Pairs, weight: Floats) -> _Rows:
    """Return the rows that have stations and weight, those with the same set as one where it pays.

    Two random words for each station are added up over a row; rows that agree in both are taken to have the same set.
    That any two of 10 million different sets agree by chance has a probability below 1e-24.
    """
    count = np.diff(pairs.start)
    some = np.flatnonzero((count > 0) & (weight > 0))
    if not len(some):
        return _Rows(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0))
    marks = np.random.default_rng(20261010).integers(0, 2**64, (2, pairs.stations), np.uint64)
    filled = pairs.start[:-1][count > 0]
    kept = np.flatnonzero(weight[count > 0] > 0)
    one, other = (np.add.reduceat(mark[pairs.station], filled)[kept] for mark in marks)
    order = np.lexsort((other, one))
    new = np.append(True, (np.diff(one[order]) != 0) | (np.diff(other[order]) != 0))
    if new.sum() > _FEWER * len(some):
        return _rows_of(pairs, some, weight[some])
    group = np.empty(len(some), np.int64)
    group[order] = np.cumsum(new) - 1
    return _rows_of(pairs, some[order[new]], np.bincount(group, weight[some]).astype(np.float64, copy=False))


def _rows_of(pairs: Pairs, rows: NDArray[np.int64], weight: Floats) -> _Rows:
    """Return some rows of the pairs."""
    count = pairs.start[rows + 1] - pairs.start[rows]
    start = np.append(0, np.cumsum(count))
    if start[-1] == len(pairs.station) and (np.diff(rows) > 0).all():
        return _Rows(start, pairs.station, weight)
    at = np.arange(start[-1]) + np.repeat(pairs.start[rows] - start[:-1], count)
    return _Rows(start, pairs.station[at], weight)
