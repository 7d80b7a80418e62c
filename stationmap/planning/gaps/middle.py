"""The middle of some places: the one of them from which all the others are nearest, weighted."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Floats = NDArray[np.float64]

EXACT = 1_000
"""Up to so many places the middle is the best of all; beyond, the best of those around the geometric median."""
_AROUND = 64
_TURNS = 100
_STILL_M = 0.01
_AT_ONCE = 1_000_000


def middle(xyz: Floats, weight: Floats) -> int:
    """Return the position of the weighted medoid: the place with the least sum of weight times distance to all.

    Parameters
    ----------
    xyz : NDArray[float64]
        Shape (k, 3), geocentric metres, at least one; distances are straight.
    weight : NDArray[float64]
        Shape (k,), not negative; when all are 0 every place counts alike.

    Returns
    -------
    int
        Of equals the first.

    Notes
    -----
    Beyond :data:`EXACT` places only the 64 nearest to the geometric median are tried, which is found by Weiszfeld's
    iteration (1937): the sum is convex, so it is low near its minimum.

    Examples
    --------
    >>> middle(np.array([[0.0, 0, 0], [1, 0, 0], [5, 0, 0]]), np.array([1.0, 1, 5]))
    2
    """
    heavy = weight if weight.any() else np.ones(len(xyz))
    tried = np.arange(len(xyz)) if len(xyz) <= EXACT else _around(xyz, heavy)
    step = max(1, _AT_ONCE // len(xyz))
    sums = np.concatenate([cdist(xyz[tried[at : at + step]], xyz) @ heavy for at in range(0, len(tried), step)])
    least = np.flatnonzero(sums <= sums.min() * (1.0 + 1e-12))
    return int(tried[least[0]])


def _around(xyz: Floats, weight: Floats) -> NDArray[np.int64]:
    """Return the places nearest to the geometric median, in their order."""
    here = np.average(xyz, axis=0, weights=weight)
    for _ in range(_TURNS):
        pull = weight / np.maximum(np.linalg.norm(xyz - here, axis=1), _STILL_M)
        before, here = here, pull @ xyz / pull.sum()
        if np.linalg.norm(here - before) < _STILL_M:
            break
    away = np.linalg.norm(xyz - here, axis=1)
    return np.sort(np.argsort(away, kind="stable")[:_AROUND])
