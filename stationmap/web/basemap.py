"""Our own base map: the areas and streets of the ledger as GeoJSON, as much of them as a phone can draw.

Each of the two has a budget of vertices. What lies near stations comes first, the large before the small; it is
simplified no more than the budget asks, and what lies elsewhere fills the rest, drawn more coarsely. Near is a cell of
a hundredth of a degree (about a kilometre) with a station, or one of its eight neighbours.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from stationmap.geo.areas import Area
from stationmap.web.assets import Asset

MAX_VERTICES = 60_000
FINEST_DEGREES = 0.00003
COARSEST_NEAR_DEGREES = 0.0002
COARSEST_DEGREES = 0.003
DECIMALS = 5
_CELL_DEGREES = 0.01
_PIECE_VERTICES = 32

Shapes = NDArray[np.object_]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Basemap:
    """Areas and streets as they are sent: GeoJSON in WGS 84, at most ``MAX_VERTICES`` vertices each."""

    areas: Asset
    streets: Asset


def draw(areas: Sequence[Area], streets: pd.DataFrame, stations: pd.DataFrame) -> Basemap:
    """Return the base map of a ledger.

    Parameters
    ----------
    areas : Sequence of Area
        WGS 84; those without a boundary are left out. Outer areas come first, each with its ``depth`` in the tree and
        a point ``at`` well inside it, for its name.
    streets : DataFrame
        Columns ``name`` and ``geometry`` (lines, WGS 84). Lines of one name become one feature.
    stations : DataFrame
        Columns ``lon``, ``lat``, WGS 84: where the map matters most.
    """
    near = _Near(stations[["lon", "lat"]].to_numpy(float))
    return Basemap(_areas(areas, near), _streets(streets, near))


class _Near:
    """Where stations are."""

    def __init__(self, places: NDArray[np.float64]) -> None:
        cells = np.unique(np.floor(places / _CELL_DEGREES).astype(np.int64), axis=0)
        low, high = (cells - 1) * _CELL_DEGREES, (cells + 2) * _CELL_DEGREES
        self._tree = shapely.STRtree(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))

    def of(self, shapes: Shapes) -> Flags:
        """Tell of each shape whether a part of it lies near a station."""
        near = np.zeros(len(shapes), bool)
        near[self._tree.query(shapes, predicate="intersects")[0]] = True
        return near


def _areas(areas: Sequence[Area], near: _Near) -> Asset:
    parents = {area.adcode: area.parent for area in areas}
    drawn = sorted(
        ((_depth(area.adcode, parents), area) for area in areas if area.geometry is not None),
        key=lambda pair: (pair[0], pair[1].adcode),
    )
    shapes = np.array([area.geometry for _, area in drawn], dtype=object)
    depths = np.array([depth for depth, _ in drawn])
    close = near.of(shapes)
    simple = _simplified(shapes, MAX_VERTICES, COARSEST_DEGREES)
    # Outermost first: an area without what it lies in would float in the sea.
    order = np.lexsort((np.arange(len(shapes)), depths, ~close & (depths > 0)))
    kept = np.sort(order[np.cumsum(shapely.get_num_coordinates(simple[order])) <= MAX_VERTICES])
    rows = []
    for i in kept:
        depth, area = drawn[i]
        rows.append(({"name": area.name, "depth": depth, "at": _inside(simple[i])}, simple[i]))
    return _collection(rows)


def _inside(shape: BaseGeometry) -> list[float]:
    """Return lon, lat of a point well inside an area, where its name can stand; nothing for an empty one."""
    point = shapely.point_on_surface(shape)
    return [] if point.is_empty else [round(point.x, DECIMALS), round(point.y, DECIMALS)]


def _depth(adcode: str, parents: dict[str, str]) -> int:
    seen = {adcode}
    while (adcode := parents.get(adcode, "")) in parents and adcode not in seen:
        seen.add(adcode)
    return len(seen) - 1


def _streets(streets: pd.DataFrame, near: _Near) -> Asset:
    """Return the streets, one feature a name: near stations first, of these the streets of the greatest length."""
    lines, owner = shapely.get_parts(streets["geometry"].to_numpy(object), return_index=True)
    number, names = pd.factorize(streets["name"].to_numpy(object)[owner], sort=True)
    pieces, name = _pieces(*_merged(lines, number))
    close = near.of(pieces)
    kept: list[Shapes] = []
    of: list[NDArray[np.int64]] = []
    left = MAX_VERTICES
    for wanted, coarsest in ((close, COARSEST_NEAR_DEGREES), (~close, COARSEST_DEGREES)):
        order = _greatest_first(pieces[wanted], name[wanted], names)[: left // 2]
        simple = _simplified(pieces[wanted][order], left, coarsest)
        fits = np.cumsum(shapely.get_num_coordinates(simple)) <= left
        kept.append(simple[fits])
        of.append(name[wanted][order][fits])
        left -= int(shapely.get_num_coordinates(kept[-1]).sum())
    merged, name = _merged(np.concatenate(kept), np.concatenate(of))
    order = np.argsort(-shapely.length(merged), kind="stable")
    return _collection([({"name": str(names[name[i]])}, merged[i]) for i in order])


def _merged(lines: Shapes, number: NDArray[np.int64]) -> tuple[Shapes, NDArray[np.int64]]:
    """Return the lines of each number joined end to end, and the numbers, ascending."""
    if not len(lines):
        return lines, number
    order = np.argsort(number, kind="stable")
    present, group = np.unique(number[order], return_inverse=True)
    return np.asarray(shapely.line_merge(shapely.multilinestrings(lines[order], indices=group))), present


def _pieces(lines: Shapes, number: NDArray[np.int64]) -> tuple[Shapes, NDArray[np.int64]]:
    """Return lines cut into pieces of a few dozen vertices, each with its line's number."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    places, part = shapely.get_coordinates(parts, return_index=True)
    if not len(places):
        return parts, number[owner]
    within = np.arange(len(part)) - np.searchsorted(part, part)
    starts = np.flatnonzero(part[1:] == part[:-1])  # a segment from each of these to the next
    first = starts[within[starts] % _PIECE_VERTICES == 0]
    piece = np.cumsum(within[starts] % _PIECE_VERTICES == 0) - 1
    where = np.concatenate([places[first], places[starts + 1]])
    of = np.concatenate([np.arange(len(first)), piece])
    order = np.argsort(of, kind="stable")
    return np.asarray(shapely.linestrings(where[order], indices=of[order])), number[owner][part[first]]


def _greatest_first(pieces: Shapes, name: NDArray[np.int64], names: Shapes) -> NDArray[np.int64]:
    """Return the order of pieces by the length of their whole street, by its name, and as they lie."""
    length = shapely.length(pieces)
    street = np.bincount(name, length, minlength=len(names))[name] if len(name) else length
    unnamed = np.array([not text for text in names], bool)[name] if len(name) else np.zeros(0, bool)
    return np.lexsort((name, -np.where(unnamed, length, street)))


def _simplified(shapes: Shapes, budget: int, coarsest: float) -> Shapes:
    """Return shapes with as few vertices as the budget asks, none coarser than needed nor than allowed.

    Areas stay valid; lines are simplified one by one (Douglas-Peucker).
    """
    valid = bool((shapely.get_dimensions(shapes) == 2).any())
    tolerance = FINEST_DEGREES
    simpler = shapely.simplify(shapes, tolerance, preserve_topology=valid)
    while shapely.get_num_coordinates(simpler).sum() > budget and tolerance < coarsest:
        tolerance = min(2 * tolerance, coarsest)
        simpler = shapely.simplify(simpler, tolerance, preserve_topology=valid)
    return np.asarray(shapely.transform(simpler, lambda lonlat: np.round(lonlat, DECIMALS)))


def _collection(rows: Sequence[tuple[dict[str, object], BaseGeometry]]) -> Asset:
    features = [
        {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
        for properties, shape in rows
        if not shape.is_empty
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    return Asset.of(body.encode(), "application/geo+json")
