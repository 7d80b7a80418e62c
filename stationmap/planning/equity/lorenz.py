r"""How evenly something is spread over people: the Lorenz curve, Gini, Palma and the concentration index.

Rows are places with some value for each person there (access, or a distance) and a weight of people; every measure
counts people, not rows, so that a row of weight 3 is three rows of weight 1, and one of weight 0 is none. Nothing is
sampled or binned. Values are 0 or more. Whoever is not served has access 0 and counts as that; an endless distance has
no share of a sum, and is refused here (:mod:`~stationmap.planning.equity.shortfall` takes it).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.planning.equity.people import People, people, ranked

Floats = NDArray[np.float64]

RICHEST = 0.1
POOREST = 0.4
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A Lorenz or concentration curve: straight from corner to corner.

    Attributes
    ----------
    people : NDArray[float64]
        Shape (k + 1,): part of the people, from 0 to 1, strictly rising; one corner for each of k different ranks.
    share : NDArray[float64]
        Shape (k + 1,): what part of the whole they have, from 0 to 1.
    """

    people: Floats
    share: Floats

    def at(self, part: ArrayLike) -> Floats:
        """Return the share of the first ``part`` of the people; who stands on a corner's side is divided as needed."""
        return np.asarray(np.interp(np.asarray(part, np.float64), self.people, self.share))

    def sampled(self, points: int = 101) -> "Curve":
        """Return the curve at evenly spaced parts of the people, as a chart needs it; the corners are lost."""
        part = np.linspace(0.0, 1.0, points)
        return Curve(part, self.at(part))


def lorenz(values: ArrayLike, weights: ArrayLike | None = None) -> Curve | None:
    """Return the Lorenz curve: the share of the whole that the p worst-off people have.

    Parameters
    ----------
    values : array_like of float
        Shape (n,): 0 or more, finite.
    weights : array_like of float, optional
        Shape (n,): people, 0 or more; one each when left out.

    Returns
    -------
    Curve or None
        Convex, from (0, 0) to (1, 1). None where there are no people, or nobody has anything.

    Raises
    ------
    InvalidValue
        When a value or weight is negative, infinite or no number, or their lengths differ.

    Examples
    --------
    >>> curve = lorenz([1, 3])
    >>> curve.people.tolist(), curve.share.tolist()
    ([0.0, 0.5, 1.0], [0.0, 0.25, 1.0])
    """
    each = people(values, weights)
    return _curve(each, each.value)


def concentration_curve(values: ArrayLike, rank: ArrayLike, weights: ArrayLike | None = None) -> Curve | None:
    """Return the share of the whole that the p people of lowest rank have; above the diagonal when they have more.

    Parameters
    ----------
    values, weights
        As for :func:`lorenz`.
    rank : array_like of float
        Shape (n,): what orders the people (income, or distance to the centre), finite; people of equal rank share
        alike.

    Raises
    ------
    InvalidValue
        As for :func:`lorenz`.
    """
    each = people(values, weights, rank=rank)
    return _curve(each, each.rank)


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    r"""Return the Gini index: twice the area between the Lorenz curve and the diagonal.

    .. math:: G = \frac{2}{\mu} \sum_i p_i (x_i - \mu)(F_i - 1/2)

    with ``p_i`` the part of the people, ``F_i`` the mean rank of those of equal value (Lerman and Yitzhaki 1989,
    Journal of Econometrics 42, 43-47). For n people of equal weight it lies from 0 to ``1 - 1/n``; no correction for
    small n is made: these are all the people, not a sample.

    Parameters
    ----------
    values, weights
        As for :func:`lorenz`.

    Returns
    -------
    float or None
        0 when all have the same. None where there are no people, or nobody has anything.

    Raises
    ------
    InvalidValue
        As for :func:`lorenz`.

    Examples
    --------
    >>> gini([1, 3]), gini([0, 0, 0, 8])
    (0.25, 0.75)
    """
    return gini_of(people(values, weights))


def gini_of(each: People) -> float | None:
    """Return the Gini index of people already checked; see :func:`gini`."""
    index = _covariance(each, each.value)
    return None if index is None else max(index, 0.0)


def concentration(values: ArrayLike, rank: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    r"""Return the concentration index: as Gini, but with people in order of another thing than the value.

    .. math:: C = \frac{2}{\mu} \sum_i p_i (x_i - \mu)(R_i - 1/2)

    with ``R_i`` the fractional rank, at the middle of each (Kakwani, Wagstaff and van Doorslaer 1997, Journal of
    Econometrics 77, 87-103); people of equal rank all have the mean of theirs, so that the order of rows is of no
    account (Chen and Roy 2009, Journal of Health Economics 28, 169-175).

    Parameters
    ----------
    values, rank, weights
        As for :func:`concentration_curve`.

    Returns
    -------
    float or None
        From -1 to 1: over 0 when those of high rank have more, below 0 when those of low rank have. None where there
        are no people, or nobody has anything.

    Raises
    ------
    InvalidValue
        As for :func:`lorenz`.

    Examples
    --------
    >>> concentration([3, 1], rank=[10, 20])
    -0.25
    """
    each = people(values, weights, rank=rank)
    return _covariance(each, each.rank)


def palma(values: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Return the Palma ratio: what the best-off tenth have, over what the worst-off four tenths have.

    After Palma 2011, Development and Change 42, 87-153. Where a limit falls within a row, so many of its people count
    as are needed. With equal values it is 1/4.

    Parameters
    ----------
    values, weights
        As for :func:`lorenz`.

    Returns
    -------
    float or None
        Infinite where the worst-off four tenths have nothing. None where there are no people, or nobody has anything.

    Raises
    ------
    InvalidValue
        As for :func:`lorenz`.

    Examples
    --------
    >>> round(palma([1, 1, 1, 1, 2, 2, 2, 2, 2, 6]), 12)
    1.5
    """
    return palma_of(people(values, weights))


def palma_of(each: People) -> float | None:
    """Return the Palma ratio of people already checked; see :func:`palma`."""
    curve = _curve(each, each.value)
    if curve is None:
        return None
    bare = float(each.weight[each.value == 0.0].sum()) / each.count
    if bare >= POOREST * (1.0 - _ROUNDING):
        return math.inf
    return float((1.0 - curve.at(1.0 - RICHEST)) / curve.at(POOREST))


def _curve(each: People, order: Floats) -> Curve | None:
    if each.mean <= 0.0:
        return None
    _, group = np.unique(order, return_inverse=True)
    count = np.cumsum(np.bincount(group, weights=each.weight))
    have = np.cumsum(np.bincount(group, weights=each.weight * each.value))
    return Curve(np.append(0.0, count / count[-1]), np.append(0.0, have / have[-1]))


def _covariance(each: People, order: Floats) -> float | None:
    if each.mean <= 0.0:
        return None
    part, mean = each.weight / each.count, each.mean
    return float(2.0 * np.sum(part * (each.value / mean - 1.0) * (ranked(order, each.weight) - 0.5)))
