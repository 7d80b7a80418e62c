"""A wide gap cut into parts of a station's size: around each core live the most people that none before it reached.

In a city with few stations nearly all that is uncovered hangs together; one patch of a thousand cells tells a planner
nothing. Its cores do: the place within some metres of which most of its people live, those people, and again among
the rest. Each part is what one station at its core would reach.
"""

from heapq import heapify, heappop, heappushpop

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from stationmap.errors import InvalidValue
from stationmap.geo.earth import near_arc_m
from stationmap.planning.gaps.linking import MOST_LINKS

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_SLACK_M = 1e-6


def cores(xyz: Floats, weight: Floats, label: Rows, core_m: float) -> tuple[Rows, Rows]:
    """Return the parts of gaps.

    Parameters
    ----------
    xyz : NDArray[float64]
        Shape (k, 3): uncovered places, geocentric metres.
    weight : NDArray[float64]
        Shape (k,): their people.
    label : NDArray[int64]
        Shape (k,): which of them hang together; no part reaches over.
    core_m : float
        How far from its core a part goes, the boundary included.

    Returns
    -------
    part, core : NDArray[int64]
        Shape (k,): the part of each place; and for each part the position of its core, one of its places. Parts come
        in the order in which they are found: the most people first, of equals the one whose core stands first.

    Raises
    ------
    InvalidValue
        When the distance is not above 0, or so long that nearly all places are within it of all.

    Notes
    -----
    The greedy rule for maximum covering, of which Nemhauser, Wolsey and Fisher (1978) prove that the first p parts
    hold at least 1 - 1/e of what any p would. What a core still gains only falls, so that old sums are upper bounds
    and most need not be taken again (Minoux, 1978).
    """
    near = _within(xyz, label, core_m)
    part = np.full(len(xyz), -1, np.int64)
    found: list[int] = []
    heap = list(zip((-np.asarray(near @ weight)).tolist(), range(len(xyz)), strict=True))
    heapify(heap)
    while heap:
        _, place = heappop(heap)
        while part[place] < 0:
            around = near.indices[near.indptr[place] : near.indptr[place + 1]]
            left = around[part[around] < 0]
            now = (-float(weight[left].sum()), place)
            if not heap or now <= heap[0]:
                part[left] = len(found)
                found.append(place)
                break
            _, place = heappushpop(heap, now)
    return part, np.array(found, np.int64)


def _within(xyz: Floats, label: Rows, core_m: float) -> csr_matrix:
    """Return which places of the same gap are up to a distance apart, themselves included."""
    if not 0.0 < core_m < np.inf:
        raise InvalidValue("The size of parts must be a number of metres above 0, not {metres}.", metres=core_m)
    if not len(xyz):
        return csr_matrix((0, 0))
    tree = cKDTree(xyz)
    chord = core_m + _SLACK_M
    if int(tree.query_ball_point(xyz, chord, return_length=True, workers=-1).sum()) > 2 * MOST_LINKS:
        raise InvalidValue(
            "Parts of {metres:g} m around each place hold nearly all places. Take smaller parts.", metres=core_m
        )
    found = tree.sparse_distance_matrix(tree, chord, output_type="ndarray")
    one, other = found["i"], found["j"]
    kept = (label[one] == label[other]) & (near_arc_m(xyz[one], xyz[other]) <= core_m)
    one, other = one[kept], other[kept]
    matrix = csr_matrix((np.ones(len(one)), (one, other)), shape=(len(xyz), len(xyz)))
    matrix.sort_indices()
    return matrix
