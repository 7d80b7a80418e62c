"""What a compiled loop asks first of a station, and of a schedule: one small record each, read at one go."""

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.compiled import fixed

POST = np.dtype([("schedule", np.int32), ("zone", np.int16), ("marks", np.uint8)], align=True)
"""A station: its schedule, its zone, and its :data:`DOUBT` and :data:`MARKED_TIMED`."""

STAND = np.dtype([("left_min", np.float32), ("alike", np.int32), ("door", np.int8)], align=True)
"""A schedule at a moment: see :class:`stationmap.finder.moment.Moment`. Minutes are whole, so that none is rounded."""

DOUBT, MARKED_TIMED = 3, 4
"""Parts of the marks: the doubt there is of the hours; whether what is said of a service depends on the time."""

Posts = NDArray[np.void]
Stands = NDArray[np.void]


def posts(schedule: NDArray[np.int64], zone: NDArray[np.int64], doubt: NDArray[np.uint8], timed: bytes) -> Posts:
    """Return the record of each station; ``timed`` is one a station."""
    made = np.zeros(len(schedule), POST)
    made["schedule"], made["zone"] = schedule, zone
    made["marks"] = doubt + MARKED_TIMED * np.frombuffer(timed, np.uint8)
    return fixed(made)


def stands(left_min: NDArray[np.float64], alike: NDArray[np.int64], door: NDArray[np.int8]) -> Stands:
    """Return the record of each schedule."""
    made = np.zeros(len(door), STAND)
    made["left_min"], made["alike"], made["door"] = left_min, alike, door
    return fixed(made)
