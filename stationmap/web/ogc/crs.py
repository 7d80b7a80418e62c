"""Coordinate reference systems by reference (OGC API - Features, Part 2), each with the order of its axes.

Inside everything is WGS 84 longitude, latitude (CRS84). EPSG:4326 and EPSG:4490 (CGCS2000, the same numbers for this
purpose) are written latitude first, as their definitions say. GCJ-02 and BD-09 have no identifier of this kind: they
are no reference systems but secret shifts, and are offered by ``/api/v1`` alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue
from stationmap.geo.datum import convert

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_MERCATOR_LAT = 85.06
"""Web Mercator's square ends at 85.0511 degrees."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crs:
    """One reference system: its URI, its name among our datums, whether it is written latitude first."""

    uri: str
    datum: str
    latitude_first: bool
    metric: bool = False

    def written(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return WGS 84 degrees as the first and second coordinates of this system."""
        x, y = convert(lon, lat, source="wgs84", target=self.datum)
        return (y, x) if self.latitude_first else (x, y)

    def read(self, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """Return the WGS 84 degrees of first and second coordinates of this system; NaN where it has no such place."""
        x, y = (second, first) if self.latitude_first else (first, second)
        lon, lat = convert(x, y, source=self.datum, target="wgs84")
        return lon, lat

    @property
    def transform(self) -> Callable[[BaseGeometry], BaseGeometry]:
        """The function from a geometry in WGS 84 degrees to one in this system."""
        if self.uri == CRS84:
            return lambda geometry: geometry
        return lambda geometry: shapely.transform(geometry, self._points)

    def _points(self, points: Floats) -> Floats:
        return np.column_stack(self.written(points[:, 0], points[:, 1]))


_ALL = (
    Crs(CRS84, "wgs84", latitude_first=False),
    Crs("http://www.opengis.net/def/crs/EPSG/0/4326", "wgs84", latitude_first=True),
    Crs("http://www.opengis.net/def/crs/EPSG/0/4490", "cgcs2000", latitude_first=True),
    Crs("http://www.opengis.net/def/crs/EPSG/0/3857", "EPSG:3857", latitude_first=False, metric=True),
)
SYSTEMS = {crs.uri: crs for crs in _ALL}
HEIGHT84 = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
"""Longitude, latitude and height: what a bbox of six numbers is in. Its heights select nothing here."""


def named(name: str, uri: str) -> Crs:
    """Return a reference system by its URI; ``name`` is the parameter that asks for it.

    Raises
    ------
    InvalidValue
        When the URI is none of :data:`SYSTEMS`.
    """
    if uri not in SYSTEMS:
        raise InvalidValue(
            "{value} is not known as a value of {name}. Take one of: {known}.",
            value=repr(uri[:100]),
            name=name,
            known=", ".join(SYSTEMS),
        )
    return SYSTEMS[uri]


@dataclass(frozen=True, slots=True)
class Box:
    """A window in WGS 84 degrees; it crosses the antimeridian where west is greater than east."""

    west: float
    south: float
    east: float
    north: float

    @property
    def halves(self) -> list[tuple[float, float, float, float]]:
        """The window as one rectangle, or two where it crosses the antimeridian: west, south, east, north."""
        if self.west <= self.east:
            return [(self.west, self.south, self.east, self.north)]
        return [(self.west, self.south, 180.0, self.north), (-180.0, self.south, self.east, self.north)]


def box(numbers: list[float], crs: Crs) -> Box:
    """Return the window that the four numbers of a ``bbox`` mean in a reference system.

    What lies beyond the edge of the world is cut off. A window whose first longitude is greater than its second crosses
    the antimeridian.

    Raises
    ------
    InvalidValue
        When south is north of north, or the system has no such window.
    """
    x, y = np.array(numbers[0::2]), np.array(numbers[1::2])
    if crs.metric:
        edge_x, edge_y = crs.written(np.array([180.0]), np.array([_MERCATOR_LAT]))
        x, y = np.clip(x, -edge_x, edge_x), np.clip(y, -edge_y, edge_y)
    lon, lat = (x, y) if crs.uri == CRS84 else crs.read(x, y)
    (west, east), (south, north) = np.clip(lon, -180.0, 180.0).tolist(), np.clip(lat, -90.0, 90.0).tolist()
    if not np.isfinite([west, south, east, north]).all() or south > north:
        raise InvalidValue(
            "bbox is {value}: its south edge must not lie north of its north edge. Mind the order of the axes of"
            " {crs}.",
            value=",".join(f"{number:g}" for number in numbers),
            crs=crs.uri,
        )
    return Box(west, south, east, north)
