"""The places of an index laid out for compiled loops: boxes in boxes, points, and who stands where."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.blocks import Blocks
from stationmap.finder.compiled import fixed
from stationmap.finder.places import Places

GROUP = 32
"""How many blocks a group holds: runs of a balanced k-d tree are branches of it."""


class Ground(NamedTuple):
    """The n places of an index in b blocks and g groups; metres are geocentric.

    Attributes
    ----------
    group_low, group_high : NDArray[float64]
        Shape (g, 3): boxes.
    low, high : NDArray[float64]
        Shape (b, 3): boxes.
    xyz : NDArray[float64]
        Shape (n, 3).
    starts, members : NDArray[int64]
        Shapes (n + 1,), (stations,): the stations of each place.
    rank : NDArray[int64]
        One a station: its place in the order of ids.
    """

    group_low: NDArray[np.float64]
    group_high: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    xyz: NDArray[np.float64]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    rank: NDArray[np.int64]

    @classmethod
    def of(cls, places: Places, blocks: Blocks, xyz: NDArray[np.float64]) -> Self:
        """Lay out the places of an index; ``xyz`` has one row a slot."""
        low, high = np.ascontiguousarray(blocks.low.T), np.ascontiguousarray(blocks.high.T)
        begins = np.arange(0, len(low), GROUP)
        return cls(
            fixed(np.minimum.reduceat(low, begins) if len(low) else low),
            fixed(np.maximum.reduceat(high, begins) if len(low) else high),
            fixed(low),
            fixed(high),
            fixed(xyz),
            fixed(places.starts),
            fixed(places.members),
            fixed(places.rank),
        )
