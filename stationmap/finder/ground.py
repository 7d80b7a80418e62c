"""The places of an index laid out for compiled loops: boxes in boxes, points, and who stands where."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.compiled import fixed
from stationmap.finder.places import Places

LEAF, GROUP = 32, 32
"""How many places a leaf holds, and how many leaves a group: runs of a balanced k-d tree are branches of it."""


class Ground(NamedTuple):
    """The n places of an index in b leaves and g groups; metres are geocentric.

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
    def of(cls, places: Places, xyz: NDArray[np.float64]) -> Self:
        """Lay out the places of an index; ``xyz`` has one row a slot."""
        leaves = np.arange(0, len(xyz), LEAF)
        low, high = (edge.reduceat(xyz, leaves) if len(xyz) else xyz for edge in (np.minimum, np.maximum))
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
