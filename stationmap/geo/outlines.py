"""Outlines of areas: which of many polygons hold which points, for any number of threads at once."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.intp]


class Outlines:
    """Polygons, to be asked which points they hold. They are closed: a point on an outline is held.

    Prepared geometries are quick to ask, but GEOS goes on preparing them while they are asked (its issue 825): two
    threads with the same one spoil each other's memory, and the process ends. So whoever asks is lent a set of copies
    that nobody else has meanwhile; there are as many sets as threads ever asked at once.

    Parameters
    ----------
    polygons : sequence of BaseGeometry
        Polygons and multipolygons in degrees, valid. They are left as they are.
    """

    def __init__(self, polygons: Sequence[BaseGeometry]) -> None:
        self._polygons = np.array(polygons, dtype=np.object_)
        self._index = shapely.STRtree(self._polygons)
        self._ready: deque[NDArray[np.object_]] = deque()

    def around(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Return which points are held by which polygons.

        Parameters
        ----------
        lon, lat : ndarray of float
            Shape (n,), degrees, none of them NaN.

        Returns
        -------
        point, number : ndarray of int
            Positions of points and of polygons, one pair for each point that a polygon holds, in no order.
        """
        point, number = self._index.query(shapely.points(lon, lat))
        held = self.hold(number, lon[point], lat[point])
        return point[held], number[held]

    def hold(self, number: int | Ints, lon: Floats, lat: Floats) -> Flags:
        """Return which points the polygons at their positions hold, or the one polygon at a position."""
        with self._lent() as polygons:
            held: Flags = shapely.intersects_xy(polygons[number], lon, lat)
            return held

    @contextmanager
    def _lent(self) -> Iterator[NDArray[np.object_]]:
        try:
            polygons = self._ready.pop()
        except IndexError:
            polygons = shapely.from_wkb(shapely.to_wkb(self._polygons))
            shapely.prepare(polygons)
        try:
            yield polygons
        finally:
            self._ready.append(polygons)
