"""Shapes on the ellipsoid: areas of polygons, circles as polygons, and a plane in which circles stay circles.

Lines between corners are straight in degrees, as layers draw them and GEOS cuts them.
"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue
from stationmap.geo.earth import MEAN_RADIUS_M, NEAR_M, geocentric, near_arc_m

Floats = NDArray[np.float64]

_AXIS_M = 6378137.0
_FLATTENING = 1.0 / 298.257223563
_E2 = _FLATTENING * (2.0 - _FLATTENING)
_E = math.sqrt(_E2)
_HIGHEST = 88.0
_TRUE_M = 1e-4
_MOST_TURNS = 12
_AT_ONCE = 200_000


def area_m2(shapes: Sequence[BaseGeometry | None] | NDArray[np.object_]) -> Floats:
    """Return the areas of polygons on the ellipsoid.

    Parameters
    ----------
    shapes : sequence of Polygon or MultiPolygon
        Shape (n,), WGS 84 degrees, valid; anything but polygons in them counts nothing, None likewise.

    Returns
    -------
    NDArray[float64]
        Shape (n,), square metres.

    Notes
    -----
    The zone between the equator and latitude p has the area ``A(p) = a**2 q(p) / 2`` for a radian of longitude, with
    the q of the authalic latitude (Snyder, Map Projections: A Working Manual, 1987, equation 3-12); a ring encloses
    the integral of A over the longitude along it. Simpson's rule on every edge is exact to 1e-6 of the area for edges
    of up to 10 degrees.

    Examples
    --------
    >>> area_m2([shapely.box(0.0, 0.0, 1.0, 1.0)]).round(-6).tolist()
    [12309000000.0]
    """
    flat = np.asarray(shapes, dtype=np.object_)
    parts, owner = shapely.get_parts(flat, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return np.zeros(len(flat))
    enclosed = _enclosed(rings)
    hole = np.append(False, of_part[1:] == of_part[:-1])
    signed: Floats = np.bincount(owner[of_part], np.where(hole, -enclosed, enclosed), len(flat)).astype(np.float64)
    return signed


def circles(lon: ArrayLike, lat: ArrayLike, radius_m: float, segments: int) -> NDArray[np.object_]:
    """Return circles on the ellipsoid as polygons: every corner lies at the radius from its centre, to 0.1 mm.

    Longitudes are not wrapped: a circle over the 180th meridian goes on beyond it.

    Parameters
    ----------
    lon, lat : array_like of float
        Centres, shape (n,), WGS 84 degrees.
    radius_m : float
        Above 0, up to 100 km.
    segments : int
        Corners of each, at least 3; see :func:`segments_for`.

    Raises
    ------
    InvalidValue
        When the radius is out of that range, or a circle comes within 2 degrees of a pole.
    """
    x, y = (np.atleast_1d(np.asarray(each, np.float64)) for each in (lon, lat))
    if not 0.0 < radius_m <= NEAR_M:
        raise InvalidValue(
            "Circles can be drawn with a radius above 0 and up to 100 km, not {radius_m:g} m.", radius_m=radius_m
        )
    if len(y) and np.abs(y).max() + math.degrees(radius_m / MEAN_RADIUS_M) > _HIGHEST:
        raise InvalidValue(
            "A circle around latitude {lat:g} comes too near a pole to be drawn in degrees. Leave that place out.",
            lat=float(y[np.abs(y).argmax()]),
        )
    rings = np.empty((len(x), segments + 1, 2))
    step = max(1, _AT_ONCE // segments)
    for first in range(0, len(x), step):
        part = slice(first, first + step)
        rings[part, :-1] = _corners(x[part], y[part], radius_m, segments)
    rings[:, -1] = rings[:, 0]
    return np.asarray(shapely.polygons(rings), np.object_)


def segments_for(radius_m: float, error_m: float) -> int:
    """Return how many corners keep a drawn circle within some metres of the true one: ``pi / acos(1 - error/radius)``.

    At least 8.

    Examples
    --------
    >>> segments_for(500.0, 1.0)
    50
    """
    return max(8, math.ceil(math.pi / math.acos(1.0 - error_m / radius_m))) if error_m < radius_m else 8


def round_plane(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return places in a plane in which circles on the ground stay circles; only who lies in which circle is kept.

    Metres near the middle of the places, more away from it. The antimeridian is no border.

    Parameters
    ----------
    lon, lat : array_like of float
        Shape (n,), WGS 84 degrees, all within one half of the globe.

    Notes
    -----
    Conformal latitude, then the oblique stereographic projection of the sphere (Snyder, Map Projections: A Working
    Manual, 1987, equations 3-1 and 21-2 to 21-4): it maps circles to circles, so that the Delaunay triangles of the
    plane are those of the sphere.
    """
    angle, high = np.radians(np.asarray(lon, np.float64)), np.radians(np.asarray(lat, np.float64))
    sine = np.sin(high)
    round_high = np.arcsin(np.tanh(np.arctanh(sine) - _E * np.arctanh(_E * sine)))
    on_sphere = np.stack(
        [np.cos(round_high) * np.cos(angle), np.cos(round_high) * np.sin(angle), np.sin(round_high)], axis=-1
    )
    middle = on_sphere.mean(axis=0)
    middle_high = math.atan2(middle[2], math.hypot(middle[0], middle[1]))
    turn = angle - math.atan2(middle[1], middle[0])
    cosine, upright = np.cos(round_high) * np.cos(turn), np.sin(round_high)
    scale = 2.0 * MEAN_RADIUS_M / (1.0 + math.sin(middle_high) * upright + math.cos(middle_high) * cosine)
    x = scale * np.cos(round_high) * np.sin(turn)
    y = scale * (math.cos(middle_high) * upright - math.sin(middle_high) * cosine)
    return x, y


def _enclosed(rings: NDArray[np.object_]) -> Floats:
    """Return the area that each ring encloses, whichever way it runs."""
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.searchsorted(ring, np.arange(len(rings)))
    ends = _zone_m2(np.radians(corners[:, 1]))
    ends -= ends[first][ring]
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    middles = _zone_m2(np.radians((corners[edge, 1] + corners[edge + 1, 1]) / 2.0))
    middles -= _zone_m2(np.radians(corners[first, 1]))[ring[edge]]
    wide = np.radians(corners[edge + 1, 0] - corners[edge, 0])
    swept = wide * (ends[edge] + 4.0 * middles + ends[edge + 1]) / 6.0
    return np.abs(np.bincount(ring[edge], swept, len(rings)))


def _zone_m2(high: Floats) -> Floats:
    """Return the area between the equator and latitudes, for a radian of longitude."""
    sine = np.sin(high)
    q = (1.0 - _E2) * (sine / (1.0 - _E2 * sine * sine) + np.arctanh(_E * sine) / _E)
    zone: Floats = _AXIS_M * _AXIS_M / 2.0 * q
    return zone


def _corners(lon: Floats, lat: Floats, radius_m: float, segments: int) -> Floats:
    """Return corners at the radius from their centres, shape (n, segments, 2): rays in degrees, cut to length."""
    turn = np.arange(segments) * (2.0 * np.pi / segments)
    reach = math.degrees(radius_m / MEAN_RADIUS_M)
    wide = reach * np.sin(turn) / np.cos(np.radians(lat))[:, None]
    high = np.broadcast_to(reach * np.cos(turn), wide.shape)
    centre = np.repeat(geocentric(lon, lat), segments, axis=0)
    for _ in range(_MOST_TURNS):
        corner = geocentric(lon[:, None] + wide, lat[:, None] + high).reshape(-1, 3)
        metres = near_arc_m(centre, corner).reshape(wide.shape)
        wide, high = wide * (radius_m / metres), high * (radius_m / metres)
        if np.abs(metres - radius_m).max(initial=0.0) < _TRUE_M:
            break
    return np.stack([lon[:, None] + wide, lat[:, None] + high], axis=-1)
