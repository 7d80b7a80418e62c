"""Pairs: ONE sparse table of demand and stations within reach, with metres and minutes, computed once.

Whatever is asked later (coverage, gaps, catchments, siting) works on this table; it says nothing of hours, kinds or
weights, and so serves them all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from stationmap.errors import InvalidValue
from stationmap.geo.earth import NEAR_M, distance_m, geocentric, near_arc_m
from stationmap.planning.nearest import along_curve

MOST_PAIRS = 200_000_000
"""More do not fit into the memory of one run: 16 bytes each, and as much again while they are put in order."""

WALK_M_MIN = 75.0
"""4.5 km/h, as the finder walks."""
_SLACK_M = 1e-6
_ROWS = 200_000
_CACHED_PAIRS = 8192

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """All pairs of n demand places and m stations within reach, row by row.

    Attributes
    ----------
    start : NDArray[int64]
        Shape (n + 1,): the pairs of demand i are ``start[i]`` to ``start[i + 1]``.
    station : NDArray[int32]
        One a pair; within a row by distance, ties by position of the station.
    distance_m : NDArray[float64]
        One a pair: metres by air on the ellipsoid, or along the network from demand to station.
    minutes : NDArray[float64]
        One a pair: travel time.
    stations : int
        m; positions of stations run from 0 to m - 1.
    reach_m : float
        The reach asked for; every pair has ``distance_m <= reach_m``, the boundary included.
    way : str
        ``air``, ``walk`` or ``ride``.
    """

    start: NDArray[np.int64]
    station: NDArray[np.int32]
    distance_m: Floats
    minutes: Floats
    stations: int
    reach_m: float
    way: str

    @property
    def demand(self) -> int:
        """Return n, how many demand places there are."""
        return len(self.start) - 1

    def __len__(self) -> int:
        return len(self.station)

    def rows(self) -> NDArray[np.int64]:
        """Return the demand of each pair."""
        return np.repeat(np.arange(self.demand), np.diff(self.start))

    def first_m(self, kept: NDArray[np.bool_]) -> Floats:
        """Return the metres of the first kept pair of each demand, inf where there is none; ``kept`` is one a pair."""
        hits = np.flatnonzero(kept)
        first = np.searchsorted(hits, self.start[:-1])
        some = np.searchsorted(hits, self.start[1:]) > first
        metres = np.full(self.demand, np.inf)
        metres[some] = self.distance_m[hits[first[some]]]
        return metres

    def require_stations(self, count: int) -> None:
        """Pass when these are pairs of so many stations.

        Raises
        ------
        InvalidValue
            When they are of more or fewer.
        """
        if count != self.stations:
            raise InvalidValue(
                "The pairs are of {have} stations, not of {asked}. Make them anew.", have=self.stations, asked=count
            )

    def within(self, reach_m: float) -> "Pairs":
        """Return the pairs of a shorter reach, boundary included.

        Raises
        ------
        InvalidValue
            When it is longer than the reach of these pairs.
        """
        if not 0.0 <= reach_m <= self.reach_m:
            raise InvalidValue(
                "The pairs reach {have:g} m; {asked:g} m cannot be told from them. Make them anew.",
                have=self.reach_m,
                asked=reach_m,
            )
        kept = self.distance_m <= reach_m
        start = np.append(0, np.cumsum(kept))[self.start]
        return Pairs(
            start, self.station[kept], self.distance_m[kept], self.minutes[kept], self.stations, reach_m, self.way
        )


def by_air(
    lon: ArrayLike,
    lat: ArrayLike,
    station_lon: ArrayLike,
    station_lat: ArrayLike,
    reach_m: float,
    *,
    detour: float = 1.0,
    speed_m_min: float = WALK_M_MIN,
) -> Pairs:
    """Return all pairs by straight distance on the ellipsoid.

    Parameters
    ----------
    lon, lat : array_like of float
        Demand, shape (n,), WGS 84 degrees.
    station_lon, station_lat : array_like of float
        Stations, shape (m,), likewise.
    reach_m : float
        From 0 up; a pair at that very distance is in.
    detour : float
        Way over straight distance, for the minutes alone.
    speed_m_min : float
        Metres in a minute.

    Raises
    ------
    InvalidValue
        When the reach is negative or no number, or there would be more pairs than fit into memory.
    """
    reach = checked_reach(reach_m)
    ends = [np.atleast_1d(np.asarray(each, np.float64)) for each in (lon, lat, station_lon, station_lat)]
    place, target = geocentric(ends[0], ends[1]), geocentric(ends[2], ends[3])
    tree = cKDTree(target)
    blocks, found = [], 0
    for first in range(0, len(place) if len(target) else 0, _ROWS):
        rows = place[first : first + _ROWS]
        count = np.asarray(tree.query_ball_point(rows, reach + _SLACK_M, return_length=True, workers=-1), np.int64)
        found += int(count.sum())
        if found > MOST_PAIRS:
            raise too_many(reach)
        order = along_curve(ends[0][first : first + _ROWS], ends[1][first : first + _ROWS])
        blocks.append(_kept(*_near(rows, target, tree, count, order), count, reach, ends, first))
    counts = np.concatenate([np.empty(0, np.int64), *(block[0] for block in blocks)])
    start = np.zeros(len(place) + 1, np.int64)
    np.cumsum(counts, out=start[1 : len(counts) + 1])
    station = np.concatenate([np.empty(0, np.int32), *(block[1] for block in blocks)])
    metres = np.concatenate([np.empty(0), *(block[2] for block in blocks)])
    return Pairs(start, station, metres, metres * (detour / speed_m_min), len(target), reach, "air")


def merged(
    pairs: Pairs, position: NDArray[np.int64], fresh: Pairs, fresh_position: NDArray[np.int64], stations: int
) -> Pairs:
    """Return the pairs of a changed set of stations from those that stayed and those of new places.

    Parameters
    ----------
    pairs : Pairs
        Of the stations before.
    position : NDArray[int64]
        One a station before: its position now, -1 where its pairs no longer hold.
    fresh : Pairs
        Of the same demand and the new places, with the same reach and way.
    fresh_position : NDArray[int64]
        One a new place: its position now.
    stations : int
        How many stations there are now.

    Raises
    ------
    InvalidValue
        When the two tables do not belong together.
    """
    if (pairs.demand, pairs.reach_m, pairs.way) != (fresh.demand, fresh.reach_m, fresh.way):
        raise InvalidValue(
            "Two tables of pairs do not go together: {count} and {other_count} places, {reach_m:g} and"
            " {other_reach_m:g} m, or one by air and one along streets. Make both alike.",
            count=pairs.demand,
            other_count=fresh.demand,
            reach_m=pairs.reach_m,
            other_reach_m=fresh.reach_m,
        )
    stay = np.flatnonzero(position[pairs.station] >= 0)
    station = np.append(position[pairs.station[stay]], fresh_position[fresh.station]).astype(np.int32)
    metres = np.append(pairs.distance_m[stay], fresh.distance_m)
    row = np.append(pairs.rows()[stay], fresh.rows())
    order = np.lexsort((station, metres, row))
    start = np.zeros(pairs.demand + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=pairs.demand), out=start[1:])
    minutes = np.append(pairs.minutes[stay], fresh.minutes)
    return Pairs(start, station[order], metres[order], minutes[order], stations, pairs.reach_m, pairs.way)


def checked_reach(reach_m: float) -> float:
    """Return a reach in metres when it is one: a number from 0 up.

    Raises
    ------
    InvalidValue
        When it is negative or no number.
    """
    if not 0.0 <= reach_m < np.inf:
        raise InvalidValue("The reach must be a number of metres from 0 up, not {reach_m}.", reach_m=reach_m)
    return float(reach_m)


def too_many(reach_m: float) -> InvalidValue:
    """Return the fault of a reach that gives more pairs than fit into memory."""
    return InvalidValue(
        "A reach of {reach_m:g} m gives more than {most} pairs of demand and stations. Take a shorter reach, fewer"
        " stations or a part of the demand.",
        reach_m=reach_m,
        most=MOST_PAIRS,
    )


def _near(
    place: Floats, target: Floats, tree: cKDTree, count: NDArray[np.int64], order: NDArray[np.int64]
) -> tuple[NDArray[np.int32], Floats]:
    """Return the so many nearest stations of each place by chord, row by row, and the arcs to them.

    Rows with about as many are asked together, so that little is asked in vain.
    """
    offset = np.cumsum(count) - count
    station, metres = np.empty(count.sum(), np.int32), np.empty(count.sum())
    size = np.ceil(np.log2(np.maximum(count, 1))).astype(np.int64)
    for each in np.unique(size[count > 0]).tolist():
        alike = order[(size[order] == each) & (count[order] > 0)]
        most = int(count[alike].max())
        step = max(_CACHED_PAIRS * 32 // most, 1)
        for begin in range(0, len(alike), step):
            rows = alike[begin : begin + step]
            found = np.asarray(tree.query(place[rows], k=np.arange(1, most + 1), workers=-1)[1])
            filled = np.arange(most) < count[rows][:, None]
            at = (offset[rows][:, None] + np.arange(most))[filled]
            near, row = found[filled], np.repeat(rows, count[rows])
            station[at] = near
            for first in range(0, len(at), _CACHED_PAIRS):
                part = slice(first, first + _CACHED_PAIRS)
                metres[at[part]] = near_arc_m(place[row[part]], target[near[part]])
    return station, metres


def _kept(
    station: NDArray[np.int32],
    metres: Floats,
    count: NDArray[np.int64],
    reach_m: float,
    ends: list[Floats],
    first: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
    """Return how many pairs each row of a block keeps, and station and metres of each in order."""
    row = np.repeat(np.arange(len(count)), count)
    far = np.flatnonzero(metres > NEAR_M)
    if len(far):
        at, to = row[far] + first, station[far]
        metres[far] = distance_m(ends[0][at], ends[1][at], ends[2][to], ends[3][to])
    kept = metres <= reach_m
    if not kept.all():
        row, station, metres = row[kept], station[kept], metres[kept]
    _set_right(row, station, metres)
    return np.bincount(row, minlength=len(count)), station, metres


def _set_right(row: NDArray[np.int64], station: NDArray[np.int32], metres: Floats) -> None:
    """Put the few rows in order whose order by chord is not that by metres and position; the arrays are changed."""
    same = row[1:] == row[:-1]
    wrong = (metres[1:] < metres[:-1]) | ((metres[1:] == metres[:-1]) & (station[1:] < station[:-1]))
    wrong &= same
    if not wrong.any():
        return
    bad = np.zeros(int(row[-1]) + 1, bool)
    bad[row[1:][wrong]] = True
    at = np.flatnonzero(bad[row])
    order = at[np.lexsort((station[at], metres[at], row[at]))]
    station[at], metres[at] = station[order], metres[order]
