"""Points in blocks of near neighbours: exact nearest under any filter, at a cost that no filter can drive up.

A tree answers "the ten nearest" in no time, but "the ten nearest that have a microwave and are open" may have to walk
through every point that has not. Here the points stand in k-d order, cut into blocks of 128, each with its bounding
box. A filter is turned once into a :class:`Mask` (one bit a point, and the list of blocks in which any bit is set);
a query measures its distance to the boxes of those blocks alone, opens the few nearest, and then opens exactly those
that may still hold something as near as the k-th found. How the matching points lie does not matter.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK = 128

# WGS 84: no normal section of the ellipsoid is curved less than a circle of _FLATTEST_M (at the poles: a²/b), none more
# than one of _ROUNDEST_M (the meridian at the equator: b²/a).
_A_M, _B_M = 6378137.0, 6356752.314245179
_FLATTEST_M = _A_M**2 / _B_M
_ROUNDEST_M = _B_M**2 / _A_M
_CHORD_SLACK_M = 1e-6
_FAR_CHORD_M = 1.2e7


@dataclass(frozen=True, slots=True)
class Mask:
    """A filter made ready: which places match, and which blocks hold any of them.

    Made by :meth:`stationmap.finder.index.StationIndex.mask`; immutable, so that threads may share it.

    Attributes
    ----------
    wanted : NDArray[bool]
        One a station, as given.
    bits : NDArray[bool]
        Shape (blocks, 128): one a place, in block order.
    blocks : NDArray[int64]
        Numbers of the blocks in which a bit is set.
    low, high : NDArray[float64]
        Shape (3, len(blocks)): the boxes of those blocks, geocentric metres.
    stations, places : int
        How many stations and places match.
    """

    wanted: NDArray[np.bool_]
    bits: NDArray[np.bool_]
    blocks: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    stations: int
    places: int


@dataclass(frozen=True, slots=True)
class Chances:
    """Two filters made ready to be walked through together, from the nearest station outward.

    Made by :meth:`stationmap.finder.index.StationIndex.chances`; immutable, so that threads may share it.

    Attributes
    ----------
    of_station : NDArray[uint8]
        One a station: 1 where the first filter matches, 2 where the second does, 3 where both do, 0 where neither.
    of_place : NDArray[uint8]
        One a place, in block order: the same of all its stations.
    """

    of_station: NDArray[np.uint8]
    of_place: NDArray[np.uint8]


def chord_reach_m(arc_m: float) -> float:
    """Return the longest chord that two points within a geodesic distance can have, in metres.

    A geodesic is never shorter than ``2R asin(c / 2R)`` for its chord c, with R the largest radius of curvature of
    the ellipsoid, a²/b: the ellipsoid rolls freely inside a ball of that radius (Blaschke), so it holds the lens that
    all such balls through both points have in common; the geodesic runs outside that lens, and on the lens the
    shortest way is the circular arc.
    """
    half = arc_m / (2 * _FLATTEST_M)
    return math.inf if half >= math.pi / 2 else 2 * _FLATTEST_M * math.sin(half) + _CHORD_SLACK_M


def ring_m(chord_m: float) -> float:
    """Return a chord beyond which every point is farther, on the ellipsoid, than any point at ``chord_m``.

    The geodesic of a chord is at most ``2R asin(c / 2R)`` with the smallest radius of curvature b²/a (Schur's
    comparison); beyond 12,000 km no ring is promised: infinity.
    """
    if chord_m > _FAR_CHORD_M:
        return math.inf
    return chord_reach_m(2 * _ROUNDEST_M * math.asin(chord_m / (2 * _ROUNDEST_M)))


def block_order(xyz: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order of points (n, 3) in which each run of 128, and within whole ones of 32, is a k-d tree's leaf."""
    order, axes = np.arange(len(xyz)), np.ascontiguousarray(xyz.T)
    pending = [(0, -(-len(xyz) // BLOCK))]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        here = slice(first * BLOCK, last * BLOCK)
        points = axes[:, here]
        axis = int(np.argmax(np.ptp(points, axis=1)))
        middle = (first + last) // 2
        halves = np.argpartition(points[axis], (middle - first) * BLOCK)
        points[:], order[here] = points[:, halves], order[here][halves]
        pending += [(first, middle), (middle, last)]
    for size in (BLOCK, BLOCK // 2):
        _halve_runs(order, axes, size)
    return order


def _halve_runs(order: NDArray[np.int64], axes: NDArray[np.float64], size: int) -> None:
    """Cut each whole run of so many points in half along its longest axis."""
    whole = len(order) // BLOCK * BLOCK
    runs = axes[:, :whole].reshape(3, -1, size)
    axis = np.argmax(np.ptp(runs, axis=2), axis=0)
    along = np.take_along_axis(runs, axis[None, :, None], axis=0)[0]
    halves = (np.argpartition(along, size // 2, axis=1) + np.arange(0, whole, size)[:, None]).reshape(-1)
    axes[:, :whole], order[:whole] = axes[:, halves], order[halves]


class Blocks:
    """Points in block order with the boxes of their blocks.

    Parameters
    ----------
    xyz : NDArray[float64]
        Shape (n, 3), geocentric metres, already in :func:`block_order`. A slot is a row of it.
    """

    def __init__(self, xyz: NDArray[np.float64]) -> None:
        self.count = len(xyz)
        blocks = -(-self.count // BLOCK)
        padded = np.full((blocks * BLOCK, 3), np.nan)
        padded[: self.count] = xyz
        self.xyz = np.ascontiguousarray(padded.reshape(blocks, BLOCK, 3).transpose(0, 2, 1))
        self.low = np.ascontiguousarray(np.fmin.reduce(self.xyz, axis=2).T)
        self.high = np.ascontiguousarray(np.fmax.reduce(self.xyz, axis=2).T)
        self._all = np.arange(blocks)

    def everything(self, stations: int) -> Mask:
        """Return the mask that every place passes."""
        bits = np.zeros(self.xyz.shape[::2], bool)
        bits.reshape(-1)[: self.count] = True
        return Mask(np.ones(stations, bool), bits, self._all, self.low, self.high, stations, self.count)

    def mask(self, wanted: NDArray[np.bool_], bits: NDArray[np.bool_]) -> Mask:
        """Return a mask from one bit a station and one bit a slot (padded to whole blocks)."""
        bits = bits.reshape(-1, BLOCK)
        blocks = np.flatnonzero(np.bitwise_or.reduce(bits.view(np.uint64), axis=1))
        if len(blocks) == len(self._all):
            low, high = self.low, self.high
        else:
            low, high = self.low[:, blocks], self.high[:, blocks]
        return Mask(wanted, bits, blocks, low, high, int(np.count_nonzero(wanted)), int(np.count_nonzero(bits)))

    def open(
        self, q: NDArray[np.float64], blocks: NDArray[np.int64], mask: Mask
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Return the matching slots of some blocks, the squares of their chords to ``q``, and which block each is of.

        ``q`` is one point (3,) or one for each of the blocks (n, 3); the order is that of the blocks.
        """
        inside = mask.bits[blocks].reshape(-1).nonzero()[0]
        which = inside // BLOCK
        return (blocks * BLOCK)[which] + inside % BLOCK, self.squares(q, blocks)[inside], which

    def squares(self, q: NDArray[np.float64], blocks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the squares of the chords from ``q`` to all slots of some blocks, one after another."""
        gap = self.xyz[blocks]
        gap -= q[..., None]
        gap *= gap
        square = gap[:, 0]
        square += gap[:, 1]
        square += gap[:, 2]
        return square.reshape(-1)

    def bounds(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the least and the greatest of one value a slot in each block."""
        starts = self._all * BLOCK
        return np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)

    def at(self, slots: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the points of slots, shape (len(slots), 3)."""
        return self.xyz[slots // BLOCK, :, slots % BLOCK]


def gap_square(q: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the square of the distance from a point to each of n boxes (3, n), in square metres."""
    at = q[:, None]
    gap = np.maximum(low - at, at - high)
    np.maximum(gap, 0.0, out=gap)
    gap *= gap
    return np.asarray(gap[0] + gap[1] + gap[2])
