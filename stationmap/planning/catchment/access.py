"""Access: what share of the supply is left for each, and the account of where the supply went."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import Message

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """The supply that n demand places have of m stations when all around share it.

    Attributes
    ----------
    score : NDArray[float64]
        Shape (n,): supply for each unit of demand (visits a day for a person, say), in the units of capacity and
        weight. 0 where no station of known capacity is in reach. Never NaN, never infinite.
    ratio : NDArray[float64]
        Shape (m,): capacity of a station for each unit of demand drawn to it; NaN where there is no such ratio, because
        the station has nobody in reach (``idle``), its capacity is not known or it was not asked for.
    reached : NDArray[bool]
        Shape (n,): some station that was asked for and has a known capacity, 0 included, is within reach.
    weight : NDArray[float64]
        Shape (n,): the demand that shared it.
    idle : NDArray[bool]
        Shape (m,): asked for, of known capacity, and without any demand in reach: its supply goes to nobody. A place of
        weight 0 beside it has no part of it either.
    unknown : NDArray[bool]
        Shape (m,): asked for, but of unknown capacity: left out of score and supply, so that the scores are lower
        bounds (:mod:`~stationmap.planning.catchment.bounds` tells the upper ones).
    supply : float
        Known capacity of all stations asked for.
    idle_supply : float
        What of it nobody can reach.
    """

    score: Floats
    ratio: Floats
    reached: NDArray[np.bool_]
    weight: Floats
    idle: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    supply: float
    idle_supply: float

    @property
    def given(self) -> float:
        """Return what the demand has in all: the sum of weight times score.

        It is ``supply - idle_supply`` but for rounding (1e-12 of it): a catchment spreads the supply, it neither makes
        nor loses any.
        """
        return float(self.weight @ self.score)

    @property
    def demand(self) -> float:
        """Return the sum of the weights."""
        return float(self.weight.sum())

    @property
    def unreached_demand(self) -> float:
        """Return the demand that has no station of known capacity in reach."""
        return float(self.weight[~self.reached].sum())

    def notes(self) -> tuple[Message, ...]:
        """Return what a reader of the scores must be told, a sentence each; nothing when all is plain."""
        told = []
        if self.unreached_demand:
            told.append(
                Message(
                    "{part:g} of {all:g} have no station of known capacity in reach; their access is told as 0.",
                    {"part": self.unreached_demand, "all": self.demand},
                )
            )
        if self.idle.any():
            told.append(
                Message(
                    "{count} stations have nobody in reach; their capacity of {capacity:g} is used by no one.",
                    {"count": int(self.idle.sum()), "capacity": self.idle_supply},
                )
            )
        if self.unknown.any():
            told.append(
                Message(
                    "The capacity of {count} stations is not known; they are left out, and access is at least as told.",
                    {"count": int(self.unknown.sum())},
                )
            )
        return tuple(told)
