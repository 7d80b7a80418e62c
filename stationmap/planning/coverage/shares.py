"""Who is served within reach: metres to the nearest station that serves, and what part of a weight that is.

All of coverage follows from one number a demand place: how far it has to the nearest station that serves for certain,
and how far to the nearest that serves or may (never farther). Covered within r means ``metres <= r``, the boundary
included. Lower bounds count what is certain, upper bounds also what is not known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.demand.demand import Demand
from stationmap.planning.nearest import nearest
from stationmap.planning.pairs import Pairs, checked_reach
from stationmap.planning.standing import Standing
from stationmap.planning.supply import Supply

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """How far n demand places have to the nearest station that serves.

    Attributes
    ----------
    certain_m : NDArray[float64]
        Shape (n,): to the nearest that serves for certain; inf where there is none within ``reach_m``.
    possible_m : NDArray[float64]
        Shape (n,): to the nearest that serves or may; nowhere more than ``certain_m``.
    reach_m : float
        How far was looked; inf where all stations were.
    way : str
        ``air``, ``walk`` or ``ride``.
    """

    certain_m: Floats
    possible_m: Floats
    reach_m: float
    way: str

    def __len__(self) -> int:
        return len(self.certain_m)

    def within(self, reach_m: float) -> "Covered":
        """Return who is covered within a reach, boundary included.

        Raises
        ------
        InvalidValue
            When the reach is negative or no number, or longer than was looked.
        """
        asked = self._checked(reach_m)
        return Covered(asked, self.certain_m <= asked, self.possible_m <= asked)

    def within_each(self, least_m: Floats, most_m: Floats) -> "Covered":
        """Return who is covered where each place has a reach of its own, known only to lie between two.

        Parameters
        ----------
        least_m, most_m : NDArray[float64]
            Shape (n,); the same where the reach is known.

        Raises
        ------
        InvalidValue
            When a reach is negative or no number, or longer than was looked.
        """
        for edge in (least_m.min(initial=0.0), most_m.max(initial=0.0)):
            self._checked(float(edge))
        return Covered(None, self.certain_m <= least_m, self.possible_m <= most_m)

    def _checked(self, reach_m: float) -> float:
        asked = checked_reach(reach_m)
        if asked > self.reach_m:
            raise InvalidValue(
                "The pairs reach {have:g} m; {asked:g} m cannot be told from them. Make them anew.",
                have=self.reach_m,
                asked=asked,
            )
        return asked

    def unreachable(self) -> NDArray[np.int64]:
        """Return the demand that no station serves or may serve as far as was looked."""
        return np.flatnonzero(np.isinf(self.possible_m))


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """Which of n demand places are covered.

    Attributes
    ----------
    reach_m : float or None
        The reach; None where it differs from place to place.
    certain, possible : NDArray[bool]
        Shape (n,): covered for certain, and certainly or possibly; the second holds wherever the first does.
    """

    reach_m: float | None
    certain: NDArray[np.bool_]
    possible: NDArray[np.bool_]

    def total(self, weight: Floats) -> "Total":
        """Return how much of a weight is covered."""
        lower, upper = float(weight[self.certain].sum()), float(weight[self.possible].sum())
        return Total(self.reach_m, lower, upper, float(weight.sum()))


@dataclass(frozen=True, slots=True)
class Total:
    """How much of a weight is covered.

    Attributes
    ----------
    reach_m : float or None
        The reach; None where it differs from place to place.
    lower, upper : float
        Weight that is covered for certain, and that is or may be.
    demand : float
        All of the weight.
    """

    reach_m: float | None
    lower: float
    upper: float
    demand: float

    @property
    def share(self) -> tuple[float, float] | None:
        """Return the covered parts, 0 to 1, lower and upper; None where there is no demand to be covered."""
        return (self.lower / self.demand, self.upper / self.demand) if self.demand > 0 else None


def reached(pairs: Pairs, standing: Standing) -> Reached:
    """Return how far each demand has to the nearest station that serves, within the reach of the pairs."""
    pairs.require_stations(len(standing.why))
    certain_m, possible_m = (pairs.first_m(stations[pairs.station]) for stations in (standing.serves, standing.may))
    return Reached(certain_m, possible_m, pairs.reach_m, pairs.way)


def reached_anywhere(demand: Demand, supply: Supply, standing: Standing) -> Reached:
    """Return how far each demand has by air to the nearest station that serves, however far that is."""
    certain_m, possible_m = (
        nearest(demand.lon, demand.lat, supply.lon[kept], supply.lat[kept]).distance_m
        for kept in (standing.serves, standing.may)
    )
    return Reached(certain_m, possible_m, np.inf, "air")
