"""Coordinate systems by EPSG code, through PROJ: from WGS 84 degrees and back, one operation both ways.

Left to itself PROJ picks an operation for every point by where it lies, and another one for the way back:
Beijing 1954 then comes back up to 85 m away. Here each code has one operation, the best by PROJ's order for
the code's own area of use, without grid files; and its inverse is iterated until it undoes it to 1e-6 m
(Helmert shifts and projections far outside their zone do not by themselves).

How good that operation is, is another matter: exact for projections of WGS 84 and CGCS2000; metres to tens
of metres for codes on older datums, and up to 100 m for Beijing 1954 and Xi'an 1980, whose parameters are
not public. Far from its own area a projection may give metres that mean nothing.
"""

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import CRS, Transformer

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

_CLOSE_DEG = 1e-12
_STRAY_M = 1e-3


@lru_cache(maxsize=256)
def is_plane(code: int) -> bool:
    """Tell whether an EPSG code exists and takes two coordinates (no heights, not geocentric)."""
    from pyproj.exceptions import CRSError

    try:
        return len(_crs(code).axis_info) == 2
    except CRSError:
        return False


def is_projected(code: int) -> bool:
    """Tell whether an EPSG code counts in metres (or feet) on a plane, not in degrees."""
    return bool(_crs(code).is_projected)


@lru_cache(maxsize=64)
def from_wgs84(code: int) -> Callable[[Floats, Floats], Pair]:
    """Return the function from WGS 84 degrees to a code's coordinates; NaN where the code has no such place."""
    transformer = _transformer(code)
    return lambda lon, lat: _finite(*transformer.transform(lon, lat))


@lru_cache(maxsize=64)
def to_wgs84(code: int) -> Callable[[Floats, Floats], Pair]:
    """Return the function from a code's coordinates to WGS 84 degrees, to 1e-6 m; NaN where there is no such place."""
    forward, projected = from_wgs84(code), is_projected(code)
    transformer = _transformer(code)

    def backward(x: Floats, y: Floats) -> Pair:
        return _finite(*transformer.transform(x, y, direction="INVERSE"))

    def inverse(x: Floats, y: Floats) -> Pair:
        first_lon, first_lat = backward(x, y)
        lon, lat = first_lon, first_lat
        for _ in range(5):
            back_lon, back_lat = backward(*forward(lon, lat))
            east, north = first_lon - back_lon, first_lat - back_lat
            if not (np.maximum(np.abs(east), np.abs(north)) > _CLOSE_DEG).any():
                break
            lon, lat = lon + east, lat + north
        if not projected:
            return lon, lat
        again_x, again_y = forward(lon, lat)
        stray = ~(np.hypot(again_x - x, again_y - y) <= _STRAY_M)
        return np.where(stray, np.nan, lon), np.where(stray, np.nan, lat)

    return inverse


@lru_cache(maxsize=256)
def _crs(code: int) -> "CRS":
    from pyproj import CRS  # slow to import, and most conversions do without

    return CRS.from_epsg(code)


@lru_cache(maxsize=64)
def _transformer(code: int) -> "Transformer":
    """Return the one operation from WGS 84 to a code; built anew from its text, which makes it safe under threads."""
    from pyproj import Transformer
    from pyproj.aoi import AreaOfInterest
    from pyproj.transformer import TransformerGroup

    area = _crs(code).area_of_use
    region = AreaOfInterest(*area.bounds) if area else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a better operation would need a grid file
        group = TransformerGroup(_crs(4326), _crs(code), always_xy=True, area_of_interest=region)  # type: ignore[arg-type]
    return Transformer.from_pipeline(group.transformers[0].definition)


def _finite(x: Floats, y: Floats) -> Pair:
    """Return coordinates with NaN in both where either is NaN or infinite."""
    lost = ~(np.isfinite(x) & np.isfinite(y))
    return np.where(lost, np.nan, x), np.where(lost, np.nan, y)
