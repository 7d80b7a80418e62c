"""The nearest set of stations that together meet all needs, when no single one does.

Objective
---------
The sum of the straight distances from the worker to each station of the set is least; among equal sums the set of
fewer stations; among these the one whose stations come first by (distance, id). A sum asks for both at once, few
stations and near ones: a third station is taken only when it saves more way than it adds, and two stations at the end
of town never beat three next door.

Method
------
Only what a station has of the needs matters, so of all stations that have the same just the first counts, and one is
left out when a station before it has all that it has and more. Over the sets of needs already met (2^m for m needs)
the best way to each is found by dynamic programming; this is exact, since sums, numbers and orders of a set change
alike by whichever station is added.
"""

import numpy as np
from numpy.typing import NDArray

MOST_NEEDS = 12
"""No set is sought for more needs than these."""

_Best = tuple[int, int, tuple[int, ...]]


def nearest_set(metres: NDArray[np.float64], has: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the rows of the best set, in order; empty when all stations together lack something.

    Parameters
    ----------
    metres : NDArray[float64]
        Shape (n,): distances in metres, told to the micrometre; rows in the order of (distance, id).
    has : NDArray[bool]
        Shape (n, m): which of the m needs each station has.

    Examples
    --------
    >>> nearest_set(np.array([100.0, 200.0, 250.0]), np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1]], bool))
    (0, 2)
    """
    everything = (1 << has.shape[1]) - 1
    if has.shape[1] > MOST_NEEDS:
        return ()
    best: dict[int, _Best] = {0: (0, 0, ())}
    useful = _useful(has)
    for met in range(everything):
        if met not in best:
            continue
        lacking = ~met & everything
        lowest = lacking & -lacking
        total, count, rows = best[met]
        for row, signature in useful:
            if signature & lowest:
                way = (total + round(metres[row] * 1e6), count + 1, tuple(sorted((*rows, row))))
                now = met | signature
                if now not in best or way < best[now]:
                    best[now] = way
    return best[everything][2] if everything in best else ()


def _useful(has: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the rows that may stand in the best set with what they have as bits: none that one before it outdoes."""
    signatures = has @ (1 << np.arange(has.shape[1]))
    distinct, rows = np.unique(signatures, return_index=True)
    useful: list[tuple[int, int]] = []
    for row, signature in sorted(zip(rows.tolist(), distinct.tolist(), strict=True)):
        if signature and not any(signature | other == other for _, other in useful):
            useful.append((row, signature))
    return useful
