"""Our own base map: the areas and streets of the ledger as GeoJSON, simplified until a phone can draw it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from stationmap.geo.areas import Area
from stationmap.web.assets import Asset

MAX_VERTICES = 60_000
FINEST_DEGREES = 0.00003
COARSEST_DEGREES = 0.003
DECIMALS = 5
MAX_DOTS = 5000


@dataclass(frozen=True, slots=True)
class Basemap:
    """Areas, streets and stations as they are sent: GeoJSON in WGS 84.

    Areas and streets have at most ``MAX_VERTICES`` vertices each; of stations at most ``MAX_DOTS`` are dots, in one
    feature: more than that are gathered into the cells of a grid.
    """

    areas: Asset
    streets: Asset
    stations: Asset


def draw(areas: Sequence[Area], streets: pd.DataFrame, stations: pd.DataFrame) -> Basemap:
    """Return the base map of a ledger.

    Parameters
    ----------
    areas : Sequence of Area
        WGS 84; those without a boundary are left out. Outer areas come first, each with its ``depth`` in the tree.
    streets : DataFrame
        Columns ``name`` and ``geometry`` (lines, WGS 84). Lines of one name become one feature; where there are too
        many, the longest stay.
    stations : DataFrame
        Columns ``lon``, ``lat``, WGS 84.
    """
    return Basemap(_areas(areas), _streets(streets), _dots(stations[["lon", "lat"]].to_numpy(float)))


def _areas(areas: Sequence[Area]) -> Asset:
    parents = {area.adcode: area.parent for area in areas}
    drawn = sorted(
        ((_depth(area.adcode, parents), area) for area in areas if area.geometry is not None),
        key=lambda pair: (pair[0], pair[1].adcode),
    )
    shapes = _simplified(np.array([area.geometry for _, area in drawn], dtype=object))
    kept = int((np.cumsum(shapely.get_num_coordinates(shapes)) <= MAX_VERTICES).sum())
    return _collection(
        [
            ({"name": area.name, "depth": depth, "at": _inside(shape)}, shape)
            for (depth, area), shape in zip(drawn[:kept], shapes[:kept], strict=True)
        ]
    )


def _inside(shape: BaseGeometry) -> list[float]:
    """Return lon, lat of a point well inside an area, where its name can stand; nothing for an empty one."""
    point = shapely.point_on_surface(shape)
    return [] if point.is_empty else [round(point.x, DECIMALS), round(point.y, DECIMALS)]


def _depth(adcode: str, parents: dict[str, str]) -> int:
    seen = {adcode}
    while (adcode := parents.get(adcode, "")) in parents and adcode not in seen:
        seen.add(adcode)
    return len(seen) - 1


def _streets(streets: pd.DataFrame) -> Asset:
    named = gpd.GeoSeries(streets["geometry"].to_numpy(), index=streets["name"].to_numpy())
    merged = named.groupby(level=0).agg(lambda lines: shapely.line_merge(shapely.union_all(lines.to_numpy())))
    shapes = _simplified(merged.to_numpy(dtype=object))
    longest = np.argsort(-shapely.length(shapes), kind="stable")
    kept = longest[np.cumsum(shapely.get_num_coordinates(shapes[longest])) <= MAX_VERTICES]
    return _collection([({"name": str(merged.index[i])}, shapes[i]) for i in kept])


def _dots(places: NDArray[np.float64]) -> Asset:
    decimals = DECIMALS
    dots = np.unique(np.round(places, decimals), axis=0)
    while len(dots) > MAX_DOTS:
        decimals -= 1
        dots = np.unique(np.round(places, decimals), axis=0)
    return _collection([({}, shapely.MultiPoint(dots))])


def _simplified(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes with as few vertices as the budget asks, none coarser than needed."""
    tolerance = FINEST_DEGREES
    simpler = shapely.simplify(shapes, tolerance)
    while shapely.get_num_coordinates(simpler).sum() > MAX_VERTICES and tolerance < COARSEST_DEGREES:
        tolerance *= 2
        simpler = shapely.simplify(shapes, tolerance)
    return np.asarray(shapely.transform(simpler, lambda lonlat: np.round(lonlat, DECIMALS)))


def _collection(rows: Sequence[tuple[dict[str, object], BaseGeometry]]) -> Asset:
    features = [
        {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
        for properties, shape in rows
        if not shape.is_empty
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    return Asset.of(body.encode(), "application/geo+json")
