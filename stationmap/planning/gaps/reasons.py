"""Why each demand place is not served: the first thing in the way of whatever is nearest to serving it."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.planning.pairs import Pairs

Reasons = NDArray[np.int8]


class Reason(IntEnum):
    """Why a place is not served. As in :class:`~stationmap.planning.standing.Why`, the nearest to serving is lowest.

    A place with one station that is closed and another that lacks the service counts as ``CLOSED``: longer hours
    there would be enough.
    """

    SERVED = 0
    UNKNOWN = 1
    """It may be served: the hours or a service of a station within reach are not known."""
    CLOSED = 2
    LACKS = 3
    OTHER_KIND = 4
    NO_STATION = 5


IN_WORDS: Mapping[Reason, Message] = MappingProxyType({
    Reason.SERVED: Message("served"),
    Reason.UNKNOWN: Message("hours or a service of the stations within reach are not known"),
    Reason.CLOSED: Message("the stations within reach are closed then"),
    Reason.LACKS: Message("the stations within reach lack what is needed"),
    Reason.OTHER_KIND: Message("only stations of other kinds are within reach"),
    Reason.NO_STATION: Message("no station is within reach"),
})  # fmt: skip


def reasons(pairs: Pairs, why: NDArray[np.int8]) -> Reasons:
    """Return the reason of each demand place.

    Parameters
    ----------
    pairs : Pairs
        Demand and stations within reach.
    why : NDArray[int8]
        Shape (m,): how each station stands, values of :class:`~stationmap.planning.standing.Why`.

    Returns
    -------
    NDArray[int8]
        Shape (n,), values of :class:`Reason`: the lowest of the row's stations, ``NO_STATION`` for an empty row.

    Raises
    ------
    InvalidValue
        When the standings are not one a station of the pairs.
    """
    if len(why) != pairs.stations:
        raise InvalidValue(
            "There are standings of {found} stations, but the pairs are of {have}. Take both of the same register.",
            found=len(why),
            have=pairs.stations,
        )
    lowest = np.full(pairs.demand, Reason.NO_STATION, np.int8)
    some = np.flatnonzero(np.diff(pairs.start))
    if len(some):
        lowest[some] = np.minimum.reduceat(why[pairs.station], pairs.start[some])
    return lowest


def of_rows(pairs: Pairs, rows: NDArray[np.int64]) -> Pairs:
    """Return the pairs of some demand places alone, in the order of ``rows``."""
    count = pairs.start[rows + 1] - pairs.start[rows]
    start = np.append(0, np.cumsum(count))
    at = np.arange(start[-1]) + np.repeat(pairs.start[rows] - start[:-1], count)
    return Pairs(
        start,
        pairs.station[at],
        pairs.distance_m[at],
        pairs.minutes[at],
        pairs.stations,
        pairs.reach_m,
        pairs.way,
    )


def by_reason(reason: Reasons, weight: NDArray[np.float64]) -> Mapping[Reason, float]:
    """Return the sum of a weight for each reason that any place has, the lowest reason first."""
    sums = np.bincount(reason, weight, len(Reason))
    there = np.unique(reason).tolist()
    return MappingProxyType({Reason(each): float(sums[each]) for each in there})
