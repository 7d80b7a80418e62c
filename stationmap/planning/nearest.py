"""The nearest station of each of many demand places, on the ellipsoid, exactly.

Neighbours are found by chord, the straight line through the ground, in a k-d tree of geocentric metres. The geodesic
over a chord c is bent like a circle whose radius lies between the least and the greatest radius of curvature of the
ellipsoid, so its length lies between ``2 R asin(c / 2R)`` of the two. Another station can be nearer than the one with
the shortest chord only if its own chord is within that span: 2e-11 m at 100 m, 2e-5 m at 10 km. Only demand whose
second chord is so close is looked at again, with the distances themselves. The others need no second look.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from stationmap.geo.earth import NEAR_M, distance_m, geocentric, near_arc_m

Floats = NDArray[np.float64]


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
        Demand, shape (n,), WGS 84 degrees.
    station_lon, station_lat : array_like of float
        Stations, shape (m,), likewise.
    """
    raise NotImplementedError
