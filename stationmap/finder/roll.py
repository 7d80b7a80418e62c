"""The stations of a snapshot by id, in which order pages, cursors and downloads stand.

The numbers of stations follow the ground, so that near ones lie together in memory: this is the way between the two.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """n stations by id; a place in it is counted from 0.

    Attributes
    ----------
    ids : list of str
        Ascending.
    positions : NDArray[int64]
        The station of each id.
    rank : NDArray[int64]
        One a station: where its id stands.

    Examples
    --------
    >>> roll = Roll.of(["c", "a", "b"], np.array([2, 0, 1]))
    >>> roll.position("b"), roll.position("d"), roll.after("b")
    (2, None, 2)
    >>> roll.chosen(np.array([True, False, True])).tolist()
    [2, 0]
    """

    ids: list[str]
    positions: Positions
    rank: NDArray[np.int64]

    @classmethod
    def of(cls, ids: Sequence[str], rank: NDArray[np.int64]) -> "Roll":
        """Return the roll of stations, given the id of each and where it stands among all."""
        positions = np.empty(len(rank), np.int64)
        positions[rank] = np.arange(len(rank))
        return cls([ids[position] for position in positions.tolist()], positions, rank)

    def position(self, id: str) -> int | None:  # noqa: A002 the field's own word
        """Return the station of an id, None when there is none."""
        at = bisect_left(self.ids, id)
        return int(self.positions[at]) if at < len(self.ids) and self.ids[at] == id else None

    def after(self, id: str) -> int:  # noqa: A002
        """Return where the first id stands that comes after a given one, be that still there or not."""
        return bisect_right(self.ids, id)

    def flags(self, wanted: Flags) -> Flags:
        """Return flags, one a station, in the order of the ids."""
        return wanted[self.positions]

    def chosen(self, wanted: Flags, begin: int = 0) -> Positions:
        """Return the stations whose flag is set, in the order of their ids, from a place in it on."""
        ahead = self.positions[begin:]
        return ahead[wanted[ahead]]
