r"""Theil's two measures, within and between groups, and Atkinson's.

With ``p_i`` the part of the people in row i and ``r_i = x_i / \mu`` what each has over the mean of all,

.. math:: T = \sum_i p_i r_i \ln r_i, \qquad L = \sum_i p_i \ln(1 / r_i)

(Theil 1967, Economics and Information Theory, North-Holland). 0 when all have the same. T counts ``0 ln 0`` as 0, so
that somebody with nothing leaves it finite; it is at most ``ln n`` for n people. L is infinite as soon as anybody has
nothing. Both split exactly into a part within the groups and a part between them (Shorrocks 1980, Econometrica 48,
613-625).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.equity.people import People, grouped, people

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One of Theil's measures over all people, and how much of it lies within and between g groups.

    Attributes
    ----------
    total : float
        ``within + between``, but for rounding: each is computed by itself.
    within, between : float
        What would be left if all groups had the same mean; if all within each group had the same.
    groups : NDArray[object]
        Shape (g,): labels of the groups with people in them, sorted.
    part : NDArray[float64]
        Shape (g,): part of the people.
    mean : NDArray[float64]
        Shape (g,): what each person of the group has on average.
    inside : NDArray[float64]
        Shape (g,): the measure within the group alone; NaN where nobody in it has anything, infinite as L is.
    """

    total: float
    within: float
    between: float
    groups: NDArray[np.object_]
    part: Floats
    mean: Floats
    inside: Floats


def theil_t(values: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Return Theil's T, which looks closest at those who have much.

    Parameters
    ----------
    values : array_like of float
        Shape (n,): 0 or more, finite.
    weights : array_like of float, optional
        Shape (n,): people, 0 or more; one each when left out.

    Returns
    -------
    float or None
        None where there are no people, or nobody has anything.

    Raises
    ------
    InvalidValue
        When a value or weight is negative, infinite or no number, or their lengths differ.

    Examples
    --------
    >>> round(theil_t([0, 2]), 6)  # ln 2
    0.693147
    """
    return theil_t_of(people(values, weights))


def theil_t_of(each: People) -> float | None:
    """Return Theil's T of people already checked; see :func:`theil_t`."""
    return _measure(each.value, each.weight, _t) if each.mean > 0.0 else None


def theil_l(values: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Return Theil's L (the mean log deviation), which looks closest at those who have little.

    Parameters
    ----------
    values, weights
        As for :func:`theil_t`.

    Returns
    -------
    float or None
        Infinite where somebody has nothing. None where there are no people, or nobody has anything.

    Raises
    ------
    InvalidValue
        As for :func:`theil_t`.
    """
    return theil_l_of(people(values, weights))


def theil_l_of(each: People) -> float | None:
    """Return Theil's L of people already checked; see :func:`theil_l`."""
    return _measure(each.value, each.weight, _l) if each.mean > 0.0 else None


def split_t(values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None) -> Split | None:
    r"""Return Theil's T within and between groups.

    .. math:: T = \sum_g s_g T_g + \sum_g s_g \ln(\mu_g / \mu), \qquad s_g = p_g \mu_g / \mu

    Parameters
    ----------
    values, weights
        As for :func:`theil_t`.
    groups : array_like
        Shape (n,): a label each.

    Returns
    -------
    Split or None
        None where there are no people, or nobody has anything.

    Raises
    ------
    InvalidValue
        As for :func:`theil_t`.
    """
    return _split(values, groups, weights, _t, by_share=True)


def split_l(values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None) -> Split | None:
    r"""Return Theil's L within and between groups.

    .. math:: L = \sum_g p_g L_g + \sum_g p_g \ln(\mu / \mu_g)

    Parameters
    ----------
    values, groups, weights
        As for :func:`split_t`.

    Returns
    -------
    Split or None
        The total is infinite where somebody has nothing: between the groups where all of one have nothing, within them
        where others of the group have something.

    Raises
    ------
    InvalidValue
        As for :func:`theil_t`.
    """
    return _split(values, groups, weights, _l, by_share=False)


def atkinson(values: ArrayLike, aversion: float, weights: ArrayLike | None = None) -> float | None:
    r"""Return Atkinson's index: which part of the whole could be given up, were the rest spread evenly, at no loss.

    .. math:: A = 1 - \Bigl(\sum_i p_i r_i^{1-e}\Bigr)^{1/(1-e)}, \qquad A = 1 - \exp \sum_i p_i \ln r_i \text{ for } e
    = 1

    (Atkinson 1970, Journal of Economic Theory 2, 244-263).

    Parameters
    ----------
    values, weights
        As for :func:`theil_t`.
    aversion : float
        e, over 0: how much the worst-off count.

    Returns
    -------
    float or None
        From 0 to 1; 1 where somebody has nothing and e is 1 or more. None where there are no people, or nobody has
        anything.

    Raises
    ------
    InvalidValue
        As for :func:`theil_t`, or when the aversion is not over 0.

    Examples
    --------
    >>> round(atkinson([1, 4], 1.0), 12)  # the geometric mean is 2, the mean 2.5
    0.2
    """
    if not 0.0 < aversion < math.inf:
        raise InvalidValue("Aversion to inequality must be a number over 0, not {value}.", value=aversion)
    each = people(values, weights)
    if each.mean <= 0.0:
        return None
    if aversion >= 1.0 and (each.value == 0.0).any():
        return 1.0
    part, over = each.weight / each.count, each.value / each.mean
    if aversion == 1.0:
        return max(0.0, 1.0 - math.exp(float(np.sum(part * np.log(over)))))
    level = float(np.sum(part * over ** (1.0 - aversion))) ** (1.0 / (1.0 - aversion))
    return float(max(0.0, 1.0 - level))


def _t(over: Floats) -> Floats:
    """Return r ln r - (r - 1): no term is below 0, and the terms r - 1 come to 0 over all people."""
    return over * np.log(np.where(over > 0.0, over, 1.0)) - (over - 1.0)


def _l(over: Floats) -> Floats:
    """Return (r - 1) - ln r, likewise; infinite at 0."""
    with np.errstate(divide="ignore"):
        return np.asarray((over - 1.0) - np.log(over))


def _measure(value: Floats, weight: Floats, term: Callable[[Floats], Floats]) -> float:
    part = weight / weight.sum()
    return max(0.0, float(np.sum(part * term(value / np.sum(part * value)))))


def _split(
    values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None, term: Callable[[Floats], Floats], *, by_share: bool
) -> Split | None:
    each = people(values, weights)
    every, labels = grouped(groups, np.size(values))
    if each.mean <= 0.0:
        return None
    present, index = np.unique(every[each.rows], return_inverse=True)
    count = np.bincount(index, weights=each.weight)
    mean = np.bincount(index, weights=each.weight * each.value) / count
    part, over = count / each.count, mean / each.mean
    own = np.divide(each.value, mean[index], out=np.ones_like(each.value), where=mean[index] > 0.0)
    inside = np.maximum(np.bincount(index, weights=each.weight * term(own)) / count, 0.0)
    return Split(
        total=_measure(each.value, each.weight, term),
        within=float(np.sum(part * (over if by_share else 1.0) * inside)),
        between=max(0.0, float(np.sum(part * term(over)))),
        groups=labels[present],
        part=part,
        mean=mean,
        inside=np.where(mean > 0.0, inside, np.nan),
    )
