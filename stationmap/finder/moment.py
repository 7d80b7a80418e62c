"""How all schedules stand at one minute, worked out at once and shared by all who set out in it.

Opening windows begin and end on whole minutes, so within a minute nothing changes. Most of those who arrive do so well
before the state ends in which they set out: for them one comparison tells what they meet.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.arrival import Door, Outlook


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of n schedules at a minute, as plain lists.

    Attributes
    ----------
    door : list of int
        ``OPEN``, ``UNKNOWN`` or ``CLOSED`` of :class:`~stationmap.finder.arrival.Door`: what one meets who is there.
    left_min : list of float
        Minutes until that may be otherwise; infinite where the outlook knows no end.
    told : list
        What is told of each schedule at the minute, for those who tell it; None where nothing was yet.
    """

    door: list[int]
    left_min: list[float]
    told: list[Any]

    @classmethod
    def of(cls, outlook: Outlook, minute: NDArray[np.float64]) -> "Moment":
        """Look at an outlook at a whole minute after its base, given one a schedule."""
        over = outlook.end_min <= minute[outlook.schedule]
        row = outlook.indptr[:-1] + np.bincount(outlook.schedule[over], minlength=len(minute))
        ahead = row < outlook.indptr[1:]
        start, end, door = np.full(len(minute), np.inf), np.full(len(minute), np.inf), np.full(len(minute), Door.OPEN)
        start[ahead], end[ahead] = outlook.start_min[row[ahead]], outlook.end_min[row[ahead]]
        door[ahead] = np.where(outlook.unknown[row[ahead]], Door.UNKNOWN, Door.OPEN)
        inside = start <= minute
        door[~inside] = Door.CLOSED
        left_min = np.where(inside, end, start) - minute
        return cls(door.tolist(), left_min.tolist(), [None] * len(minute))
