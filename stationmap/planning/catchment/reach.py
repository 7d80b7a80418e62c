"""The weights of pairs as a sparse matrix, demand by stations, laid on the arrays of the pairs without a copy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from stationmap.errors import InvalidValue, Message
from stationmap.planning.catchment.decay import Decay
from stationmap.planning.pairs import Pairs

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_MOST_NARROW = 2**31
_BLOCK = 2**15  # pairs whose weights are made at once: they stay in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """Who takes part in sharing: demand, stations and the weight of each pair of them.

    Attributes
    ----------
    matrix : csr_array
        Shape (n, m): the weight of each pair within reach; 0 is kept where the decay ends in 0 at its very reach.
    people : NDArray[float64]
        Shape (n,): demand.
    capacity : NDArray[float64]
        Shape (m,): NaN where not known.
    asked : NDArray[bool]
        Shape (m,): the stations that take part.
    """

    matrix: csr_array
    people: Floats
    capacity: Floats
    asked: Bools

    @property
    def known(self) -> Bools:
        """Return which stations take part with a known capacity."""
        return self.asked & ~np.isnan(self.capacity)

    def touched(self, stations: Bools) -> Bools:
        """Return which places have any of some stations within reach, whatever it weighs."""
        start = self.matrix.indptr
        if stations.all():
            return np.diff(start) > 0
        count = np.append(0, np.cumsum(stations[self.matrix.indices]))[start]
        return np.diff(count) > 0


def sharing(
    pairs: Pairs, weight: ArrayLike, capacity: ArrayLike, decay: Decay | None, asked: Bools | None = None
) -> Sharing:
    """Return who shares what, checked.

    Parameters
    ----------
    pairs : Pairs
        n places and m stations.
    weight : array_like of float
        Shape (n,): 0 or more, finite.
    capacity : array_like of float
        Shape (m,): 0 or more, finite; NaN where it is not known.
    decay : Decay or None
        None weighs every pair 1.
    asked : NDArray[bool], optional
        Shape (m,): the stations that take part; all when left out.

    Raises
    ------
    InvalidValue
        When lengths do not agree, a number is negative or infinite, or the decay in metres reaches farther than the
        pairs.
    """
    people, room = np.asarray(weight, np.float64), np.asarray(capacity, np.float64)
    part = np.ones(pairs.stations, np.bool_) if asked is None else np.asarray(asked, np.bool_)
    _check_length(Message("weight"), people, pairs.demand)
    _check_length(Message("capacity"), room, pairs.stations)
    _check_length(Message("station asked for"), part, pairs.stations)
    _check_numbers(Message("weight"), people, np.isfinite(people) & (people >= 0))
    _check_numbers(Message("capacity"), room, np.isnan(room) | (np.isfinite(room) & (room >= 0)))
    return Sharing(weights(pairs, decay), people, room, part)


def weights(pairs: Pairs, decay: Decay | None) -> csr_array:
    """Return the matrix of weights of the pairs within the reach of a decay, its boundary included.

    Raises
    ------
    InvalidValue
        When the decay in metres reaches farther than the pairs.
    """
    start, station, way = pairs.start, pairs.station, pairs.distance_m
    if decay is None:
        return _laid(np.ones(len(station)), station, start, pairs.stations)
    if decay.unit == "min":
        way = pairs.minutes
    elif pairs.reach_m < decay.reach < np.inf:
        raise InvalidValue(
            "The pairs reach {have:g} m; {asked:g} m cannot be told from them. Make them anew.",
            have=pairs.reach_m,
            asked=decay.reach,
        )
    cut = decay.unit == "min" or decay.reach < pairs.reach_m
    if cut and len(way) and way.max() > decay.reach:
        kept = way <= decay.reach
        start, station, way = np.append(0, np.cumsum(kept))[start], station[kept], way[kept]
    weight = np.empty(len(way))
    for first in range(0, len(way), _BLOCK):
        weight[first : first + _BLOCK] = decay(way[first : first + _BLOCK])
    return _laid(weight, station, start, pairs.stations)


def _laid(weight: Floats, station: NDArray[np.int32], start: NDArray[np.int64], stations: int) -> csr_array:
    narrow = start.astype(np.int32 if len(station) < _MOST_NARROW else np.int64)  # one width, or scipy copies both
    return csr_array((weight, station, narrow), shape=(len(start) - 1, stations), copy=False)


def _check_length(name: Message, values: NDArray[np.generic], count: int) -> None:
    if values.shape != (count,):
        raise InvalidValue(
            "The pairs want {count} values of {name}, but {found} were given.",
            count=count,
            name=name,
            found=values.size,
        )


def _check_numbers(name: Message, values: Floats, fits: Bools) -> None:
    wrong = np.flatnonzero(~fits)
    if len(wrong):
        raise InvalidValue(
            "Row {row} (from 0) has {value} as {name}; it must be a number of 0 or more.",
            row=int(wrong[0]),
            value=float(values[wrong[0]]),
            name=name,
        )
