"""The stations that a compiled walk kept: columns of numbers, made rows of only where somebody looks at them."""

from collections.abc import Collection, Iterator, Sequence
from itertools import repeat
from typing import overload

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.trip import Seen

MOST_NEEDS = 32
"""How many needs :func:`code_of` has room for."""

MOST_ROWS = 50
"""How long a list may be that a walk is to fill."""

_FAR, _DOOR_BITS, _DOUBT_BITS, _STANDING_BITS = 8, 4, 2, 31


def code_of(alike: int, door: int, far: bool, doubt: int, lacks: int) -> int:
    """Return a number that stations share of which the same is told in one minute, their services left aside.

    Parameters
    ----------
    alike, door, doubt : int
        How its schedule stands (:attr:`stationmap.finder.moment.Moment.alike`), what
        :class:`~stationmap.finder.arrival.Door` is met on arrival, what doubt there is of its hours.
    far : bool
        Whether it is more than a day's travel away.
    lacks : int
        A bit for each need that is not had, the first the least.
    """
    return lacks << _STANDING_BITS | (alike << _DOOR_BITS | door | (_FAR if far else 0)) << _DOUBT_BITS | doubt


def may_walk(k: int, needs: Collection[str]) -> bool:
    """Return whether a compiled walk may look for so many stations that have these services."""
    return k <= MOST_ROWS and len(needs) <= MOST_NEEDS


class Walk(Sequence[Seen]):
    """n stations in order.

    Parameters
    ----------
    whole : NDArray[int64]
        Shape (n, 4 + needs): position, door, state when he sets out, what :attr:`codes` says, what is had of each need.
    parts : NDArray[float64]
        Shape (n, 5): the first five numbers of each :class:`Seen`.
    """

    __slots__ = ("_whole", "parts")

    def __init__(self, whole: NDArray[np.int64], parts: NDArray[np.float64]) -> None:
        self._whole, self.parts = whole, parts

    @property
    def codes(self) -> list[int]:
        """:func:`code_of` each; its complement, less than 0, where what is said of services depends on the time."""
        codes: list[int] = self._whole[:, 3].tolist()
        return codes

    def __len__(self) -> int:
        return len(self._whole)

    @overload
    def __getitem__(self, at: int) -> Seen: ...
    @overload
    def __getitem__(self, at: slice) -> "Walk": ...
    def __getitem__(self, at: int | slice) -> "Seen | Walk":
        if isinstance(at, slice):
            return Walk(self._whole[at], self.parts[at])
        position, door, now, _, *had = self._whole[at].tolist()
        _, metres, minutes, _, wait_min = self.parts[at].tolist()
        return Seen(position, metres, minutes, door, wait_min, tuple(had), now)

    def __iter__(self) -> Iterator[Seen]:
        position, door, now, _, *had = self._whole.T.tolist()
        _, metres, minutes, _, wait_min = self.parts.T.tolist()
        each_had = zip(*had, strict=True) if had else repeat(())
        return map(Seen._make, zip(position, metres, minutes, door, wait_min, each_had, now, strict=False))
