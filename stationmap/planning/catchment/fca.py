r"""Floating catchments: each capacity shared by all in reach of it, then summed over the stations in reach of each.

With demand ``P_i``, capacity ``S_j`` and the weight ``W_ij = f(d_ij)`` of a pair within reach,

.. math:: R_j = S_j / \sum_i P_i W_{ij}, \qquad A_i = \sum_j W_{ij} R_j .

=========  ==========================================  ====================================================
method     decay                                       source
=========  ==========================================  ====================================================
2SFCA      none: 1 within reach                        Luo and Wang 2003, Environment and Planning B 30, 865-884
E2SFCA     :class:`~.decay.Zones`                      Luo and Qi 2009, Health & Place 15, 1100-1107
G2SFCA     :class:`~.decay.Gaussian`                   Dai 2010, Health & Place 16, 1038-1052
gravity    :class:`~.decay.InversePower`, ...          Joseph and Bantock 1982, Social Science & Medicine 16, 85-90
3SFCA      any, and a choice among the stations        Wan, Zou and Sternberg 2012, Int. J. GIS 26, 1073-1089
potential  any, nobody competes                        Hansen 1959, J. Am. Inst. Planners 25, 73-76
=========  ==========================================  ====================================================

All but the potential spread the supply exactly: ``sum(P_i A_i)`` is the capacity of the stations with demand in reach.
Everything is a product of the sparse matrix W with a vector, two for each; the matrix lies on the arrays of the pairs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from stationmap.planning.catchment.access import Access
from stationmap.planning.catchment.decay import Decay
from stationmap.planning.catchment.reach import Sharing, sharing
from stationmap.planning.pairs import Pairs

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Potential:
    """The supply within reach of n demand places, as if nobody else used it.

    Attributes
    ----------
    score : NDArray[float64]
        Shape (n,): capacity, each station's by its weight; 0 where no station of known capacity is in reach.
    reached : NDArray[bool]
        Shape (n,): some station that was asked for and has a known capacity is within reach.
    unknown : NDArray[bool]
        Shape (m,): asked for, but of unknown capacity: left out, so that the scores are lower bounds.
    """

    score: Floats
    reached: Bools
    unknown: Bools


def two_step(
    pairs: Pairs,
    weight: ArrayLike,
    capacity: ArrayLike,
    decay: Decay | None = None,
    *,
    asked: NDArray[np.bool_] | None = None,
) -> Access:
    """Return the access of each demand place by a two-step floating catchment: 2SFCA, E2SFCA, G2SFCA or gravity.

    Parameters
    ----------
    pairs : Pairs
        n places and m stations; its reach is the catchment where the decay has none of its own.
    weight : array_like of float
        Shape (n,): demand that competes, 0 or more, finite.
    capacity : array_like of float
        Shape (m,): 0 or more; NaN where it is not known.
    decay : Decay, optional
        How the pull fades; without one every pair weighs 1 (2SFCA). A decay in minutes over pairs that were cut by
        metres misses what lies beyond that reach, however fast one goes: make the pairs long enough.
    asked : NDArray[bool], optional
        Shape (m,): the stations that take part, ``Standing.serves`` or ``Standing.may``; all when left out.

    Raises
    ------
    InvalidValue
        When lengths do not agree, a number is negative or infinite, or the decay in metres reaches farther than the
        pairs.

    Examples
    --------
    Two blocks of 100 and 300 people; station 0 is near both, station 1 near the second only.

    >>> start, station = np.array([0, 1, 3]), np.array([0, 0, 1], np.int32)
    >>> metres = np.array([100.0, 200.0, 300.0])
    >>> town = Pairs(start, station, metres, metres / 75, 2, 500.0, "air")
    >>> two_step(town, [100, 300], [40, 30]).score.tolist()
    [0.1, 0.2]
    """
    shared = sharing(pairs, weight, capacity, decay, asked)
    return _account(shared, shared.matrix, None)


def three_step(
    pairs: Pairs,
    weight: ArrayLike,
    capacity: ArrayLike,
    decay: Decay,
    *,
    asked: NDArray[np.bool_] | None = None,
) -> Access:
    r"""Return the access of each demand place by the three-step floating catchment.

    Whoever has several stations asks less of each: the first step gives every pair a share of choice
    ``G_ij = W_ij / sum_k W_ik``, and both further steps use ``G_ij W_ij`` in place of ``W_ij``
    (Wan, Zou and Sternberg 2012).

    Parameters
    ----------
    pairs, weight, capacity, decay
        As for :func:`two_step`.
    asked : NDArray[bool], optional
        Shape (m,): the stations that take part, and are chosen among. One of unknown capacity is chosen among all the
        same.

    Notes
    -----
    Scores do not always rise with further stations: these draw demand away from others, but also supply towards places
    that are near them. Two standings (certain, possible) are therefore two states, not two bounds.

    Raises
    ------
    InvalidValue
        As for :func:`two_step`.
    """
    shared = sharing(pairs, weight, capacity, decay, asked)
    drawn = shared.matrix @ shared.asked.astype(np.float64)
    part = np.divide(1.0, drawn, out=np.zeros_like(drawn), where=drawn > 0)
    return _account(shared, squared(shared.matrix), part)


def potential(
    pairs: Pairs, capacity: ArrayLike, decay: Decay | None = None, *, asked: NDArray[np.bool_] | None = None
) -> Potential:
    """Return the capacity within reach, faded by the way to it: ``A_i = sum_j S_j W_ij`` (Hansen 1959).

    Parameters
    ----------
    pairs, capacity, decay, asked
        As for :func:`two_step`; without a decay it is the capacity within reach.

    Raises
    ------
    InvalidValue
        As for :func:`two_step`.
    """
    shared = sharing(pairs, np.ones(pairs.demand), capacity, decay, asked)
    known = shared.known
    score: Floats = shared.matrix @ np.where(known, shared.capacity, 0.0)
    return Potential(score, shared.touched(known), shared.asked & ~known)


def squared(matrix: csr_array) -> csr_array:
    """Return a matrix with each weight squared, on the same structure."""
    return csr_array((matrix.data**2, matrix.indices, matrix.indptr), shape=matrix.shape, copy=False)


def drawn_ratio(supply: Floats, drawn: Floats) -> Floats:
    """Return capacity for each unit of demand drawn; NaN where nobody is drawn, or so faintly that it is no number."""
    with np.errstate(over="ignore"):
        ratio = np.divide(supply, drawn, out=np.full(len(drawn), np.nan), where=drawn > 0)
    return np.where(np.isinf(ratio), np.nan, ratio)


def _account(shared: Sharing, matrix: csr_array, part: Floats | None) -> Access:
    """Return the access over a matrix; ``part`` scales its rows, the demand's share of choice."""
    known = shared.known
    supply = np.where(known, shared.capacity, 0.0)
    drawn = matrix.T @ (shared.people if part is None else shared.people * part)
    ratio = drawn_ratio(supply, drawn)
    idle = known & np.isnan(ratio)
    ratio[~known] = np.nan
    score = matrix @ np.nan_to_num(ratio, nan=0.0)
    return Access(
        score=score if part is None else score * part,
        ratio=ratio,
        reached=shared.touched(known),
        weight=shared.people,
        idle=idle,
        unknown=shared.asked & ~known,
        supply=float(supply.sum()),
        idle_supply=float(supply[idle].sum()),
    )
