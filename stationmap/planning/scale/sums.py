"""Sums of weights that come out the same, to the bit, in whatever order and parts they are added.

A sum of floats depends on the order of its terms. Here each weight is cut into five whole numbers of 32 bits, and each
of them is summed as a whole number, which is exact and knows no order: the value of a sum is
``sum(limb[i] * 2 ** SHIFTS[i])``. Whole-number weights stay whole numbers; of others what is below 2**-96 (1.3e-29) is
cut off.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Limbs = NDArray[np.int64]

SHIFTS = (32, 0, -32, -64, -96)
"""The power of two that each limb counts."""

LIMBS = len(SHIFTS)

MOST_WEIGHT = 2.0**64
"""Weights are smaller than this."""

MOST_ROWS = 2**20
"""So many limbs of 32 bits fit into the 53 bits in which :func:`summed` adds them."""


def summed(place: NDArray[np.intp], values: Floats, length: int) -> Limbs:
    """Return the exact sums of values by place.

    Parameters
    ----------
    place : NDArray[intp]
        Shape (n,), n at most :data:`MOST_ROWS`: which sum each value goes to, 0 to ``length - 1``.
    values : NDArray[float64]
        Shape (n,), from 0 to below :data:`MOST_WEIGHT`.
    length : int
        How many sums.

    Returns
    -------
    NDArray[int64], shape (length, LIMBS)

    Examples
    --------
    >>> sums = summed(np.array([0, 0, 1]), np.array([0.1, 0.2, 7.0]), 2)
    >>> value(sums).tolist()
    [0.30000000000000004, 7.0]
    """
    sums = np.zeros((length, LIMBS), np.int64)
    rest = values
    for limb, shift in enumerate(SHIFTS):
        part = np.floor(np.ldexp(rest, -shift))
        if part.any():
            sums[:, limb] = np.bincount(place, part, minlength=length).astype(np.int64)
            rest = rest - np.ldexp(part, shift)
    return sums


def value(sums: Limbs) -> Floats:
    """Return exact sums as floats, each rounded once.

    Parameters
    ----------
    sums : NDArray[int64], shape (..., LIMBS)

    Returns
    -------
    NDArray[float64], shape (...)
    """
    whole = sums.reshape(-1, LIMBS)
    if not whole[:, [0, 2, 3, 4]].any() and np.abs(whole).max(initial=0) < 2**53:
        return whole[:, 1].astype(np.float64).reshape(sums.shape[:-1])
    least = 2 ** -SHIFTS[-1]
    found = [
        sum(limb << (shift - SHIFTS[-1]) for limb, shift in zip(row, SHIFTS, strict=True)) / least
        for row in whole.tolist()
    ]
    return np.asarray(found, np.float64).reshape(sums.shape[:-1])
