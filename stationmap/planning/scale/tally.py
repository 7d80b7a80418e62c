"""Tally: who is covered, by area and reach, as exact sums that can be added in any order and any parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.scale.sums import LIMBS, Limbs, value

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What is covered in A areas: R reaches, 1 to K stations within, W weights.

    Attributes
    ----------
    areas : tuple[str, ...]
        Adcodes in order; "" for demand in no known area.
    reaches_m : tuple[float, ...]
        Metres, rising.
    times : int
        K: a place counts as covered k times when at least k stations are within reach, for k from 1 to K.
    weights : tuple[str, ...]
        Names.
    rows : NDArray[int64]
        Shape (A,): how many demand rows.
    demand : NDArray[int64]
        Shape (A, W, LIMBS): the weights, as exact sums (:mod:`stationmap.planning.scale.sums`).
    lower, upper : NDArray[int64]
        Shape (A, R, K, W, LIMBS): the weights covered by stations that serve, and by those that serve or may.
    """

    areas: tuple[str, ...]
    reaches_m: tuple[float, ...]
    times: int
    weights: tuple[str, ...]
    rows: NDArray[np.int64]
    demand: Limbs
    lower: Limbs
    upper: Limbs

    def __add__(self, other: "Tally") -> "Tally":
        """Return the tally of the demand of both: exact, whichever comes first.

        Raises
        ------
        ValueError
            When they are of different surveys.
        """
        alike = (self.reaches_m, self.times, self.weights) == (other.reaches_m, other.times, other.weights)
        if not alike:
            raise ValueError("tallies of different surveys cannot be added")
        areas = tuple(sorted({*self.areas, *other.areas}))
        both = self._spread(areas), other._spread(areas)
        rows, demand, lower, upper = (first + second for first, second in zip(*both, strict=True))
        return Tally(areas, self.reaches_m, self.times, self.weights, rows, demand, lower, upper)

    def total(self) -> "Tally":
        """Return the tally of all areas as one, whose code is ""."""
        parts = (part.sum(axis=0, keepdims=True) for part in (self.rows, self.demand, self.lower, self.upper))
        return Tally(("",), self.reaches_m, self.times, self.weights, *parts)

    def of(self, weight: str) -> Floats:
        """Return the whole of a weight by area, shape (A,): covered or not."""
        return value(self.demand[:, self.position(weight)])

    def covered(self, weight: str, *, reach_m: float, times: int = 1) -> tuple[Floats, Floats]:
        """Return how much of a weight is covered by area, each of shape (A,): for certain, and at most.

        Parameters
        ----------
        weight : str
            Its name.
        reach_m : float
            One of the reaches asked for.
        times : int
            By so many stations or more.

        Raises
        ------
        InvalidValue
            When the run did not ask for that weight, reach or number.
        """
        if reach_m not in self.reaches_m or not 1 <= times <= self.times:
            raise InvalidValue(
                "The run tells who is covered within {reaches} m by 1 to {most} stations, not within {reach_m:g} m by"
                " {times}. Run it again with these.",
                reaches=tuple(f"{reach:g}" for reach in self.reaches_m),
                most=self.times,
                reach_m=reach_m,
                times=times,
            )
        at = self.reaches_m.index(reach_m), times - 1, self.position(weight)
        return value(self.lower[:, *at]), value(self.upper[:, *at])

    def position(self, name: str) -> int:
        """Return where a weight stands among the weights.

        Raises
        ------
        InvalidValue
            When it is none of them.
        """
        if name not in self.weights:
            raise InvalidValue(
                "Demand has no weight {name}; it has {known}.", name=repr(name), known=tuple(self.weights)
            )
        return self.weights.index(name)

    def _spread(self, areas: tuple[str, ...]) -> list[NDArray[np.int64]]:
        """Return the arrays on more areas than there are."""
        if areas == self.areas:
            return [self.rows, self.demand, self.lower, self.upper]
        number = {code: place for place, code in enumerate(areas)}
        at = [number[code] for code in self.areas]
        spread = []
        for part in (self.rows, self.demand, self.lower, self.upper):
            wide = np.zeros((len(areas), *part.shape[1:]), np.int64)
            wide[at] = part
            spread.append(wide)
        return spread


def nothing(reaches_m: tuple[float, ...], times: int, weights: tuple[str, ...]) -> Tally:
    """Return the tally of no demand at all."""
    count = len(weights)
    return Tally(
        (),
        reaches_m,
        times,
        weights,
        np.zeros(0, np.int64),
        np.zeros((0, count, LIMBS), np.int64),
        np.zeros((0, len(reaches_m), times, count, LIMBS), np.int64),
        np.zeros((0, len(reaches_m), times, count, LIMBS), np.int64),
    )
