"""Cells of about so many metres, without a projection: bands of latitude, each cut into equal steps of longitude.

Bands are equally high in degrees of latitude and on average at most ``size_m`` along the meridian (a degree of it
varies by 1 % between equator and pole, within a city by nothing); the cells of a band are as
wide as its middle parallel allows and never wider than ``size_m`` there. The number of cells of a band follows the
parallel: it is kept from band to band while cells stay within 5 % of the width asked for, so that the grid of a city
has straight columns, and changes where they would not, up to the pole, where a band has one cell or a few. Cells tile
the bounds without gap or overlap.
"""

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.geo.earth import distance_m, geocentric

MOST_CELLS = 5_000_000
"""More are not made: a raster serves better then."""

_KEPT = 0.05

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


def grid(bounds: tuple[float, float, float, float], size_m: float) -> Shapes:
    """Return cells that tile some bounds, from the south-west, row by row.

    Parameters
    ----------
    bounds : tuple of 4 float
        West, south, east, north in WGS 84 degrees; west before east (bounds over the antimeridian: two grids).
    size_m : float
        The longest that a side of a cell may be, in metres; its width is that at the middle parallel of its band.

    Returns
    -------
    ndarray of object
        Polygons.

    Raises
    ------
    InvalidValue
        When the bounds enclose nothing, the size is none, or there would be more than :data:`MOST_CELLS`.

    Examples
    --------
    >>> len(grid((113.60, 34.70, 113.61, 34.71), 500.0))
    6
    """
    west, south, east, north = bounds
    if not (-180.0 <= west < east <= 180.0 and -90.0 <= south < north <= 90.0):
        raise InvalidValue(
            "The bounds {bounds} enclose nothing; give west, south, east and north in degrees.", bounds=bounds
        )
    if not 0.0 < size_m < math.inf:
        raise InvalidValue("The side of a cell must be a number of metres above 0, not {size}.", size=size_m)
    bands = max(1, math.ceil(_meridian_m(south, north) / size_m - 1e-9))
    if bands > MOST_CELLS:
        raise _too_many(size_m)
    edges = np.linspace(south, north, bands + 1)
    counts = _counts(west, east, (edges[:-1] + edges[1:]) / 2.0, size_m)
    if sum(counts) > MOST_CELLS:
        raise _too_many(size_m)
    lines = {count: np.linspace(west, east, count + 1) for count in set(counts)}
    rows = [
        shapely.box(lines[count][:-1], low, lines[count][1:], high)
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True)
    ]
    return np.concatenate(rows)


def _meridian_m(south: float, north: float) -> float:
    """Return the length of a meridian between two latitudes, in pieces of a degree at most."""
    stops = np.linspace(south, north, max(2, math.ceil(north - south) + 1))
    return float(distance_m(0.0, stops[:-1], 0.0, stops[1:]).sum())


def _counts(west: float, east: float, middle: Floats, size_m: float) -> list[int]:
    """Return how many cells each band has; that of the band before is kept while it fits."""
    place = geocentric(0.0, middle)
    parallel_m = np.hypot(place[:, 0], place[:, 1]) * math.radians(east - west)
    counts: list[int] = []
    for length_m in parallel_m.tolist():
        least = max(1, math.ceil(length_m / size_m - 1e-9))
        kept = counts[-1] if counts else 0
        counts.append(kept if least <= kept and length_m / kept >= (1.0 - _KEPT) * length_m / least else least)
    return counts


def _too_many(size_m: float) -> InvalidValue:
    return InvalidValue(
        "Cells of {size:g} m would be more than {most}. Take larger cells, or a smaller part of the map.",
        size=size_m,
        most=MOST_CELLS,
    )
