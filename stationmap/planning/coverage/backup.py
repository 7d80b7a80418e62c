"""Backup: by how many stations each place is covered, so that one may shut without leaving it alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.coverage.shares import Total
from stationmap.planning.pairs import Pairs
from stationmap.planning.standing import Standing

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Backup:
    """How many stations cover each of n demand places.

    Attributes
    ----------
    reach_m : float
        The reach, boundary included.
    lower, upper : NDArray[int64]
        Shape (n,): stations that serve for certain, and that serve or may.
    """

    reach_m: float
    lower: Counts
    upper: Counts

    def at_least(self, count: int, weight: ArrayLike) -> Total:
        """Return how much of a weight is covered by so many stations or more.

        Raises
        ------
        InvalidValue
            When the count is negative.
        """
        if count < 0:
            raise InvalidValue("A count of stations is 0 or more, not {count}.", count=count)
        people = np.asarray(weight, np.float64)
        certain, possible = (float(people[each >= count].sum()) for each in (self.lower, self.upper))
        return Total(self.reach_m, certain, possible, float(people.sum()))

    def spread(self, weight: ArrayLike, most: int = 5) -> tuple[Total, ...]:
        """Return :meth:`at_least` for 1, 2 and so on to ``most`` stations."""
        return tuple(self.at_least(count, weight) for count in range(1, most + 1))


def backup(pairs: Pairs, standing: Standing, reach_m: float) -> Backup:
    """Return how many stations cover each place within a reach.

    Parameters
    ----------
    pairs : Pairs
        Of demand and stations.
    standing : Standing
        How the stations stand to the question.
    reach_m : float
        From 0 to the reach of the pairs.
    """
    pairs.require_stations(len(standing.why))
    near = pairs.within(reach_m)
    lower, upper = (_counted(near, stations) for stations in (standing.serves, standing.may))
    return Backup(float(reach_m), lower, upper)


def _counted(pairs: Pairs, stations: NDArray[np.bool_]) -> Counts:
    before = np.zeros(len(pairs) + 1, np.int64)
    np.cumsum(stations[pairs.station], out=before[1:])
    return before[pairs.start[1:]] - before[pairs.start[:-1]]
