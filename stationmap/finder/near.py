"""What stands around a point: for a crowd near by, a few blocks are opened, and what they surely hold whole is told.

Each block knows the blocks that lie around it, worked out when it is first asked for. A query goes to the block whose
middle is nearest, measures its distance to the boxes of those around it, and opens the few nearest. What lies nearer
than any block that was left shut is then known to the last point.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.blocks import BLOCK, Blocks, gap_square

_AROUND = 32

Slots = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Ring(NamedTuple):
    """The blocks around one, itself first: numbers, boxes, and how far from its own box any other block is at least."""

    blocks: NDArray[np.int64]
    low: Floats
    high: Floats
    beyond_m: float


class Vicinity:
    """The blocks of an index, and which lie around which. Safe under threads: two that work out one do the same.

    Parameters
    ----------
    blocks : Blocks
        The points.
    xyz : NDArray[float64]
        Shape (n, 3): the same point by point, geocentric metres.
    """

    def __init__(self, blocks: Blocks, xyz: Floats) -> None:
        self._blocks, self._xyz = blocks, xyz
        self._x, self._y, self._z = (np.ascontiguousarray(blocks.xyz[:, axis]) for axis in range(3))
        self._slots = np.arange(self._x.size).reshape(self._x.shape)
        middle = (blocks.low + blocks.high).T / 2
        self._twice, self._square = 2 * middle, np.einsum("ij,ij->i", middle, middle)
        self._rings: list[_Ring | None] = [None] * len(middle)

    def nearest(
        self, q: NDArray[np.float64], bits: NDArray[np.bool_], count: int, share: float
    ) -> tuple[Slots, Floats, float]:
        """Return some of the nearest matching slots, and the chord within which no matching slot is left out.

        Parameters
        ----------
        q : NDArray[float64]
            The query, geocentric metres.
        bits : NDArray[bool]
            Shape (blocks, 128): which slots match.
        count : int
            How many are wanted; there are fewer where the few blocks do not hold so many.
        share : float
            How many of all slots match, more than 0 to 1: the fewer, the more blocks are opened.

        Returns
        -------
        slots : NDArray[int64]
            In no order.
        way : NDArray[float64]
            Shape (len(slots), 3): geocentric metres from the query to each.
        whole_m : float
            All matching slots with a shorter chord are among them.
        """
        if not self._rings:
            return np.empty(0, np.int64), np.empty((0, 3)), math.inf
        ring = self._ring(int((self._square - self._twice @ q).argmin()))
        box = gap_square(q, ring.low, ring.high)
        whole = max(ring.beyond_m - math.sqrt(box[0]), 0.0) ** 2
        opened, few = ring.blocks, _touched(count / share / BLOCK)
        if len(box) > few:
            order = box.argpartition(few)
            whole = min(whole, float(box[order[few]]))
            opened = opened[order[:few]]
        x, y, z = q.tolist()
        square = _squared(self._x[opened], x)
        square += _squared(self._y[opened], y)
        square += _squared(self._z[opened], z)
        matching = bits[opened]
        square = square[matching]
        if len(square) > count:
            parted = square.copy()
            parted.partition(count)
            whole = min(whole, float(parted[count]))
        slots = self._slots[opened][matching][square < whole]
        return slots, self._xyz[slots] - q, math.sqrt(whole)

    def _ring(self, block: int) -> _Ring:
        ring = self._rings[block]
        if ring is None:
            ring = self._rings[block] = self._made(block)
        return ring

    def _made(self, block: int) -> _Ring:
        low, high = self._blocks.low, self._blocks.high
        gap = np.maximum(low - high[:, block, None], low[:, block, None] - high)
        square = (np.maximum(gap, 0.0) ** 2).sum(axis=0)
        square[block] = -1.0
        order = np.argsort(square, kind="stable")
        around = order[:_AROUND]
        beyond_m = math.sqrt(square[order[_AROUND]]) if len(order) > _AROUND else math.inf
        return _Ring(around, low[:, around], high[:, around], beyond_m)


def _touched(blocks: float) -> int:
    """Return how many square blocks a circle touches, about, that has the area of so many; one or two to spare."""
    return int(4 / math.pi * blocks + 4 * math.sqrt(blocks / math.pi) + 3)


def _squared(values: Floats, start: float) -> Floats:
    values -= start
    values *= values
    return values
