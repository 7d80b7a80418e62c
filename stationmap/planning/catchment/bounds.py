"""Between which bounds access lies when it is not known which stations serve, or how much room they have.

The scores of :mod:`~stationmap.planning.catchment.fca` rest on what is known. Here every possible state is allowed for
at once: each station that may serve does or does not, each unknown capacity is anything from 0 to a most. Every one of
these states has its scores within the bounds. Where nothing is unknown, both are the score itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.catchment.decay import Decay
from stationmap.planning.catchment.fca import drawn_ratio, squared
from stationmap.planning.catchment.reach import Sharing, sharing
from stationmap.planning.pairs import Pairs
from stationmap.planning.standing import Standing

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Access of n demand places, at least and at most.

    Attributes
    ----------
    lower : NDArray[float64]
        Shape (n,): with the stations that serve for certain, unknown capacities counting 0.
    upper : NDArray[float64]
        Shape (n,): with those too that may serve; infinite where one of unknown capacity is in reach and no most was
        given.
    """

    lower: Floats
    upper: Floats


def two_step_bounds(
    pairs: Pairs,
    weight: ArrayLike,
    capacity: ArrayLike,
    standing: Standing,
    decay: Decay | None = None,
    *,
    most: float = np.inf,
) -> Bounds:
    """Return the bounds of :func:`~.fca.two_step`, whose score rises with every capacity: some state has each of them.

    Parameters
    ----------
    pairs, weight, capacity, decay
        As for :func:`~.fca.two_step`.
    standing : Standing
        Of the m stations: which serve for certain, and which may.
    most : float
        No unknown capacity is larger than this, 0 or more; infinity when none can be named.

    Raises
    ------
    InvalidValue
        As for :func:`~.fca.two_step`, or when the most is below 0.
    """
    shared = sharing(pairs, weight, capacity, decay, standing.may)
    low, high, endless = _capacities(shared, standing, most)
    drawn = shared.matrix.T @ shared.people
    lower = shared.matrix @ _ratio(low, drawn)
    upper = shared.matrix @ _ratio(high, drawn)
    return Bounds(lower, _unbounded(upper, shared, endless & (drawn > 0)))


def three_step_bounds(
    pairs: Pairs,
    weight: ArrayLike,
    capacity: ArrayLike,
    standing: Standing,
    decay: Decay,
    *,
    most: float = np.inf,
) -> Bounds:
    r"""Return bounds of :func:`~.fca.three_step`.

    There the choice of the demand depends on which stations serve, so that neither the certain nor the possible ones
    alone bound the score. With ``w_i = sum_k W_ik`` over the stations that serve for certain (c) and that may (p), a
    station that takes part is chosen with a share of at least ``W_ij / w_i^p`` and at most ``W_ij / (w_i^c + W_ij)``
    (without the second term where it is certain). The lower bound takes the least share of the place and the largest
    of all who compete, the upper one the reverse: valid for every state, but not always reached by one.

    Parameters
    ----------
    pairs, weight, capacity, decay
        As for :func:`~.fca.three_step`.
    standing, most
        As for :func:`two_step_bounds`.

    Raises
    ------
    InvalidValue
        As for :func:`~.fca.two_step`, or when the most is below 0.
    """
    shared = sharing(pairs, weight, capacity, decay, standing.may)
    low, high, endless = _capacities(shared, standing, most)
    matrix, rows = shared.matrix, np.diff(shared.matrix.indptr)
    certain, possible = (matrix @ which.astype(np.float64) for which in (standing.serves, standing.may))
    most_chosen = np.repeat(certain, rows) + np.where(standing.serves[matrix.indices], 0.0, matrix.data)
    square = squared(matrix)
    largest, least = square.copy(), _inverse(possible)
    largest.data *= _inverse(most_chosen)
    drawn_most, drawn_least = largest.T @ shared.people, square.T @ (shared.people * least)
    lower = (square @ _ratio(low, drawn_most)) * least
    upper = largest @ _ratio(high, drawn_least)
    return Bounds(lower, _unbounded(upper, shared, endless & (drawn_least > 0)))


def _capacities(shared: Sharing, standing: Standing, most: float) -> tuple[Floats, Floats, Bools]:
    """Return the least and the largest capacity of each station, and for which of them the largest has no end."""
    if not most >= 0.0:
        raise InvalidValue("No capacity can be at most {most}; give a number of 0 or more.", most=most)
    unknown = np.isnan(shared.capacity)
    low = np.where(standing.serves & ~unknown, shared.capacity, 0.0)
    endless = shared.asked & unknown & np.isinf(most)
    high = np.where(unknown, 0.0 if np.isinf(most) else most, shared.capacity)
    return low, np.where(shared.asked, high, 0.0), endless


def _unbounded(upper: Floats, shared: Sharing, endless: Bools) -> Floats:
    if not endless.any():
        return upper
    return np.where(shared.matrix @ endless.astype(np.float64) > 0, np.inf, upper)


def _ratio(supply: Floats, drawn: Floats) -> Floats:
    return np.nan_to_num(drawn_ratio(supply, drawn), nan=0.0)


def _inverse(values: Floats) -> Floats:
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)
