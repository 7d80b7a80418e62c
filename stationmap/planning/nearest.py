"""The nearest station of each of many demand places, on the ellipsoid, exactly.

Neighbours are found by chord, the straight line through the ground, in a k-d tree of geocentric metres. The geodesic
over a chord c is bent like a circle whose radius lies between the least and the greatest radius of curvature of the
ellipsoid, so its length lies between ``2 R asin(c / 2R)`` of the two. Another station can be nearer than the one with
the shortest chord only if its own chord is within that span: 2e-11 m at 100 m, 2e-5 m at 10 km. Only demand whose
second chord is so close is looked at again, with the distances themselves. The others need no second look.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from stationmap.geo.earth import NEAR_M, distance_m, geocentric, near_arc_m

_FLATTEST_M = 6_399_594.0
_STEEPEST_M = 6_335_439.0
"""Greatest and least radius of curvature of WGS 84: at the poles, and along the meridian at the equator."""
_WIDEST = 1.02
"""No rival's chord is longer than so many times the shortest: the two radii differ by 1.01."""
_ROUNDING_M = 2e-8
_ROWS = 16_384
_GRID = 256

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest station of n demand places.

    Attributes
    ----------
    station : NDArray[int32]
        Shape (n,): its position; of equals the first. -1 where there is none.
    distance_m : NDArray[float64]
        Shape (n,): metres on the ellipsoid; inf where there is none.
    """

    station: NDArray[np.int32]
    distance_m: Floats


def nearest(lon: ArrayLike, lat: ArrayLike, station_lon: ArrayLike, station_lat: ArrayLike) -> Nearest:
    """Return the nearest station of each demand place.

    Parameters
    ----------
    lon, lat : array_like of float
        Demand, shape (n,), WGS 84 degrees, finite.
    station_lon, station_lat : array_like of float
        Stations, shape (m,), likewise; none at all is no fault.

    Returns
    -------
    Nearest
        Of stations at equal distance the one that stands first. Distances are those of
        :func:`stationmap.planning.pairs.by_air`, to the bit.

    Examples
    --------
    >>> found = nearest([113.62, 113.7], [34.75, 34.75], [113.63, 113.71, 113.63], [34.75, 34.75, 34.75])
    >>> found.station.tolist(), found.distance_m.round(3).tolist()
    ([0, 1], [915.649, 915.649])
    """
    x, y, to_x, to_y = (np.atleast_1d(np.asarray(each, np.float64)) for each in (lon, lat, station_lon, station_lat))
    station, metres = np.full(len(x), -1, np.int32), np.full(len(x), np.inf)
    if not len(to_x):
        return Nearest(station, metres)
    finder, order = _Finder(to_x, to_y), along_curve(x, y)

    def find(first: int) -> None:
        rows = order[first : first + _ROWS]
        station[rows], metres[rows] = finder.nearest(x[rows], y[rows])

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(find, range(0, len(x), _ROWS)))
    return Nearest(station, metres)


class _Finder:
    """The tree of the distinct places of stations; of stations at one place only the first can be the answer."""

    def __init__(self, lon: Floats, lat: Floats) -> None:
        xyz = geocentric(lon, lat)
        self._position = np.sort(np.unique(xyz, axis=0, return_index=True)[1])
        self._lon, self._lat = lon[self._position], lat[self._position]
        self._xyz = xyz[self._position]
        self._tree = cKDTree(self._xyz, leafsize=12, balanced_tree=False)

    def nearest(self, lon: Floats, lat: Floats) -> tuple[NDArray[np.int32], Floats]:
        """Return positions and metres of the nearest of a block of demand that lies close together."""
        place = geocentric(lon, lat)
        if len(self._xyz) == 1:
            found, close = np.zeros(len(lon), np.int64), np.empty(0, np.int64)
        else:
            chord, both = (np.asarray(each) for each in self._tree.query(place, k=2))
            close = np.flatnonzero(chord[:, 1] <= chord[:, 0] * _WIDEST + _ROUNDING_M)
            close = close[chord[close, 1] <= _rival_m(chord[close, 0])]
            found = np.ascontiguousarray(both[:, 0])
        metres = near_arc_m(place, self._xyz[found])
        far = np.flatnonzero(metres > NEAR_M)
        metres[far] = self._distance_m(lon[far], lat[far], found[far])
        if len(close):
            found[close], metres[close] = self._compared(lon[close], lat[close], place[close], found[close])
        return self._position[found].astype(np.int32), metres

    def _compared(self, lon: Floats, lat: Floats, place: Floats, found: Rows) -> tuple[Rows, Floats]:
        """Return the nearest by distance itself among all whose chords leave it open."""
        chord = np.sqrt(((place - self._xyz[found]) ** 2).sum(axis=1))
        rivals = self._tree.query_ball_point(place, _rival_m(chord))
        count = np.array([len(each) for each in rivals])
        row, rival = np.repeat(np.arange(len(place)), count), np.concatenate(rivals).astype(np.int64)
        metres = near_arc_m(place[row], self._xyz[rival])
        far = np.flatnonzero(metres > NEAR_M)
        metres[far] = self._distance_m(lon[row[far]], lat[row[far]], rival[far])
        order = np.lexsort((rival, metres, row))
        first = order[np.cumsum(count) - count]
        return rival[first], metres[first]

    def _distance_m(self, lon: Floats, lat: Floats, station: Rows) -> Floats:
        return distance_m(lon, lat, self._lon[station], self._lat[station])


def _rival_m(chord: Floats) -> Floats:
    """Return the longest chord whose geodesic may be no longer than that of a given chord."""
    longest = np.arcsin(np.minimum(chord / (2.0 * _STEEPEST_M), 1.0)) * _STEEPEST_M
    span: Floats = 2.0 * _FLATTEST_M * np.sin(np.minimum(longest / _FLATTEST_M, np.pi / 2.0))
    return span + _ROUNDING_M


def along_curve(lon: Floats, lat: Floats) -> Rows:
    """Return an order of places in which neighbours mostly follow one another: Morton's curve on a grid of 256.

    A tree that is asked in this order finds what it needs in the cache.
    """
    key = np.zeros(len(lon), np.uint16)
    if not len(key):
        return np.empty(0, np.int64)
    for shift, degrees in enumerate((lon, lat)):
        low, width = degrees.min(), np.ptp(degrees)
        scale = (_GRID - 1) / width if width > 0 else 0.0
        for first in range(0, len(key), _ROWS):
            part = slice(first, first + _ROWS)
            cell = ((degrees[part] - low) * scale).astype(np.uint16)
            for step, mask in ((4, 0x0F0F), (2, 0x3333), (1, 0x5555)):
                cell = (cell | cell << np.uint16(step)) & np.uint16(mask)
            key[part] |= cell << np.uint16(shift)
    return np.argsort(key, kind="stable")
