"""Districts to choose from where nobody knows yet where the worker is: each with a station in the middle of its own.

Pages offer one level of areas, the deepest at which no more than ``MOST`` have stations: the districts of a city, the
cities of a province, the provinces of a country.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stationmap.geo.areas import Area, AreaTree

MOST = 24


@dataclass(frozen=True, slots=True)
class District:
    """An area with stations.

    Attributes
    ----------
    name : str
        As its boundary file writes it.
    stations : int
        How many lie in it, at least 1.
    lon, lat : float
        Of the station nearest to the middle of them all, WGS 84 degrees.
    """

    name: str
    stations: int
    lon: float
    lat: float


def districts(areas: Sequence[Area], stations: pd.DataFrame) -> tuple[District, ...]:
    """Return the areas to choose from, by adcode; none where no station lies in a known area.

    Parameters
    ----------
    areas : sequence of Area
        All that are loaded.
    stations : pandas.DataFrame
        With ``adcode`` (deepest area, "" when not known), ``lon`` and ``lat``.

    Examples
    --------
    >>> import shapely
    >>> square = Area("990100", "小城", "city", "", shapely.box(0, 0, 1, 1))
    >>> districts([square], pd.DataFrame({"adcode": ["990100"], "lon": [0.5], "lat": [0.5]}))
    (District(name='小城', stations=1, lon=0.5, lat=0.5),)
    """
    if not areas or stations.empty:
        return ()
    tree = AreaTree(areas)
    codes, deepest = pd.factorize(_located(tree, stations))
    known = {area.adcode for area in tree.areas}
    paths = [tree.path(str(code)) if code in known else () for code in deepest]
    places = stations[["lon", "lat"]].to_numpy(float)
    best: dict[str, tuple[Area, list[int]]] = {}
    for depth in range(max(map(len, paths), default=0)):
        level: dict[str, tuple[Area, list[int]]] = {}
        for number, path in enumerate(paths):
            if path:
                area = path[min(depth, len(path) - 1)]
                level.setdefault(area.adcode, (area, []))[1].append(number)
        if len(level) > MOST:
            break
        best = level
    return tuple(_district(area, places[np.isin(codes, inside)]) for _, (area, inside) in sorted(best.items()))


def _located(tree: AreaTree, stations: pd.DataFrame) -> "pd.Series[str]":
    """Return the deepest area of each station: the one the register knows, else the one it lies in."""
    codes = stations["adcode"].astype(str).copy()
    missing = codes == ""
    if missing.any():
        codes[missing] = tree.locate(stations.loc[missing, "lon"], stations.loc[missing, "lat"])
    return codes


def _district(area: Area, places: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> District:
    away = np.abs(places - np.median(places, axis=0)).sum(axis=1)
    lon, lat = places[int(away.argmin())].tolist()
    return District(area.name, len(places), round(lon, 6), round(lat, 6))
