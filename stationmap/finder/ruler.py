"""Measuring from a point to the places of an index: geodesics to the micrometre, each by the quickest exact way.

To 3 km the ground is bent as it is where one stands, to 100 km as it is half way, and beyond it is Karney's geodesic:
see :mod:`stationmap.geo.earth`. One place always gets the same number, however many are measured with it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.places import checked
from stationmap.geo.earth import (
    CLOSE_M,
    NEAR_M,
    Bend,
    bend_at,
    close_arc_m,
    distance_m,
    geocentric_one,
    near_arc_m,
    near_arc_of,
)

_MOST_SINGLY = 40

Slots = NDArray[np.int64]
Distances = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """A query: degrees as given, geocentric metres, its ground, and whether all places are beyond :data:`NEAR_M`."""

    lon: float
    lat: float
    xyz: NDArray[np.float64]
    bend: Bend
    outside: bool


class Ruler:
    """Measures from a point to the places of an index.

    Parameters
    ----------
    lon, lat : NDArray[float64]
        Degrees of each place.
    xyz : NDArray[float64]
        Shape (n, 3): the same in geocentric metres.
    """

    def __init__(self, lon: NDArray[np.float64], lat: NDArray[np.float64], xyz: NDArray[np.float64]) -> None:
        self._lon, self._lat, self._xyz = lon, lat, xyz
        low, high = xyz.min(axis=0, initial=np.inf), xyz.max(axis=0, initial=-np.inf)
        self._box = list(zip((low - NEAR_M).tolist(), (high + NEAR_M).tolist(), strict=True))

    def point(self, lon: float, lat: float) -> Point:
        """Return a query.

        Raises
        ------
        InvalidValue
            When it is NaN, infinite or out of range.
        """
        if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
            checked([lon], [lat])
        xyz = geocentric_one(lon, lat)
        outside = any(not low <= at <= high for at, (low, high) in zip(xyz, self._box, strict=True))
        return Point(lon, lat, np.array(xyz), bend_at(xyz), outside)

    def chords(self, point: Point, slots: Slots) -> Distances:
        """Return the chords to places, in metres."""
        gap = self._xyz[slots] - point.xyz
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", gap, gap)))

    def metres(self, point: Point, slots: Slots) -> Distances:
        """Return the geodesics to places, to the micrometre."""
        if point.outside:
            metres = distance_m(point.lon, point.lat, self._lon[slots], self._lat[slots])
        else:
            metres = close_arc_m(point.bend, self._xyz[slots] - point.xyz)
            farther = (metres > CLOSE_M).nonzero()[0]
            if len(farther):
                metres[farther] = self._farther(point, slots[farther], self._xyz[slots[farther]])
        return np.asarray(metres.round(6))

    def _farther(self, point: Point, slots: Slots, there: NDArray[np.float64]) -> Distances:
        few = len(slots) <= _MOST_SINGLY
        if few:
            here = tuple(point.xyz.tolist())
            metres = np.array([near_arc_of(here, each) for each in there.tolist()])
        else:
            metres = near_arc_m(point.xyz, there)
        far = metres > NEAR_M
        if far.any():
            slots = slots[far]
            metres[far] = distance_m(point.lon, point.lat, self._lon[slots], self._lat[slots])
        return metres
