"""Who is served within reach: metres to the nearest station that serves, and what part of a weight that is.

All of coverage follows from one number a demand place: how far it has to the nearest station that serves for certain,
and how far to the nearest that serves or may (never farther). Covered within r means ``metres <= r``, the boundary
included. Lower bounds count what is certain, upper bounds also what is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

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

    def within(self, reach_m: float | Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return who is covered for certain, and who is or may be, within one reach or one of each place.

        Raises
        ------
        InvalidValue
            When a reach is negative or no number, or longer than was looked.
        """
        asked = np.asarray(reach_m, np.float64)
        longest = checked_reach(float(asked.max(initial=0.0)))
        checked_reach(float(asked.min(initial=longest)))
        if longest > self.reach_m:
            raise InvalidValue(
                "The pairs reach {have:g} m; {asked:g} m cannot be told from them. Make them anew.",
                have=self.reach_m,
                asked=longest,
            )
        return np.asarray(self.certain_m <= asked), np.asarray(self.possible_m <= asked)

    def unreachable(self) -> NDArray[np.int64]:
        """Return the demand that no station serves or may serve as far as was looked."""
        return np.flatnonzero(np.isinf(self.possible_m))


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
    return Reached(
        first_m(pairs, standing.serves), first_m(pairs, standing.may), pairs.reach_m, pairs.way
    )


def first_m(pairs: Pairs, stations: NDArray[np.bool_]) -> Floats:
    """Return the metres from each demand to its nearest of some stations, inf where none is within reach.

    Raises
    ------
    InvalidValue
        When the stations are not those of the pairs.
    """
    if len(stations) != pairs.stations:
        raise InvalidValue(
            "The pairs are of {have} stations, not of {asked}. Make them anew.", have=pairs.stations, asked=len(stations)
        )
    hits = np.flatnonzero(stations[pairs.station])
    first = np.searchsorted(hits, pairs.start[:-1])
    some = np.searchsorted(hits, pairs.start[1:]) > first
    metres = np.full(pairs.demand, np.inf)
    metres[some] = pairs.distance_m[hits[first[some]]]
    return metres


def reached_anywhere(demand: Demand, supply: Supply, standing: Standing) -> Reached:
    """Return how far each demand has by air to the nearest station that serves, however far that is."""
    ends = []
    for kept in (standing.serves, standing.may):
        ends.append(nearest(demand.lon, demand.lat, supply.lon[kept], supply.lat[kept]).distance_m)
    return Reached(ends[0], ends[1], np.inf, "air")


def totals(reach: Reached, weight: ArrayLike, reaches_m: Sequence[float]) -> tuple[Total, ...]:
    """Return how much of a weight is covered within each reach, in the order given.

    Parameters
    ----------
    reach : Reached
        The nearest of each place.
    weight : array_like of float
        One a place.
    reaches_m : sequence of float
        From 0 to the reach that was looked.
    """
    people = np.asarray(weight, np.float64)
    whole = float(people.sum())
    found = []
    for reach_m in reaches_m:
        certain, possible = reach.within(reach_m)
        found.append(Total(float(reach_m), float(people[certain].sum()), float(people[possible].sum()), whole))
    return tuple(found)
