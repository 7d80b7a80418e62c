"""Curves: what share is served within each distance, and how far one must go for a share; steps, not a fit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.coverage.shares import Reached

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A step function: within ``distance_m[i]`` (that distance included) ``covered[i]`` of the demand is served.

    Attributes
    ----------
    distance_m : NDArray[float64]
        Ascending, each once: the distances at which something is added. Who is not served within ``reach_m`` is in
        none of them.
    covered : NDArray[float64]
        The weight that is served within each, rising.
    demand : float
        All of the weight.
    reach_m : float
        How far was looked; beyond it the curve says nothing.
    """

    distance_m: Floats
    covered: Floats
    demand: float
    reach_m: float

    def within(self, distance_m: ArrayLike) -> Floats:
        """Return the weight that is served within distances.

        Raises
        ------
        InvalidValue
            When one is longer than was looked, or no number.
        """
        asked = np.asarray(distance_m, np.float64)
        if not (asked <= self.reach_m).all():
            raise InvalidValue(
                "The pairs reach {have:g} m; {asked:g} m cannot be told from them. Make them anew.",
                have=self.reach_m,
                asked=float(asked.max()),
            )
        covered: Floats = np.append(0.0, self.covered)[np.searchsorted(self.distance_m, asked, side="right")]
        return covered

    def share(self, distance_m: ArrayLike) -> Floats | None:
        """Return the share, 0 to 1, that is served within distances; None where there is no demand."""
        return self.within(distance_m) / self.demand if self.demand > 0 else None

    def distance_for(self, share: float) -> float:
        """Return the shortest distance within which a share is served; inf where it is not served as far as was looked.

        Raises
        ------
        InvalidValue
            When the share is not from 0 to 1.
        """
        if not 0.0 <= share <= 1.0:
            raise InvalidValue("A share is from 0 to 1, not {share}.", share=share)
        if share == 0.0 or self.demand == 0.0:
            return 0.0
        step = int(np.searchsorted(self.covered / self.demand, share, side="left"))
        return float(self.distance_m[step]) if step < len(self.distance_m) else float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """What is served for certain (``lower``), and what is or may be (``upper``), which is nowhere below."""

    lower: Curve
    upper: Curve


def curves(reach: Reached, weight: ArrayLike) -> Curves:
    """Return the distance curves of a weight.

    Parameters
    ----------
    reach : Reached
        The nearest of each place; from :func:`stationmap.planning.coverage.shares.reached_anywhere` the curves go on
        until all are served.
    weight : array_like of float
        One a place.
    """
    people = np.asarray(weight, np.float64)
    return Curves(_curve(reach.certain_m, people, reach.reach_m), _curve(reach.possible_m, people, reach.reach_m))


def _curve(metres: Floats, weight: Floats, reach_m: float) -> Curve:
    someone = weight > 0
    served = np.flatnonzero(np.isfinite(metres) & someone)
    whole = float(weight.sum())
    distance_m, which = np.unique(metres[served], return_inverse=True)
    covered = np.cumsum(np.bincount(which, weight[served], len(distance_m)).astype(np.float64, copy=False))
    if len(covered) and len(served) == int(someone.sum()):
        covered[-1] = whole  # whatever the rounding of the sum
    return Curve(distance_m, covered, whole, reach_m)
