"""Totals of areas spread over cells or places within them, every total kept exactly.

By area share: a piece of an area (its part in one cell) has the part of the total that it has of the area's ground.
Dasymetric: the part that it has of a covariate, such as a raster of population or the floor space of buildings
(Eicher and Brewer, Dasymetric Mapping and Areal Interpolation, Cartography and Geographic Information Science, 2001).
What is kept is every area's total: the pieces sum to it to the last bit (:func:`math.fsum`), or, as whole people, by
largest remainders. An area that no cell or place meets keeps its total at a point inside itself, and is told.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.geo.surface import area_m2
from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.intake import some_of
from stationmap.planning.demand.places import inner_points

_DUST = 1e-9
"""Pieces that are a smaller part of their cell are rounding of the cut."""
_REMAINDER_DIGITS = 9
"""Remainders that agree so far are equal: what is left is rounding of the areas."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]
Divide = Callable[[Floats, Floats, Ints], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Demand of areas, spread.

    Attributes
    ----------
    demand : Demand
        Area by area in their order, within one by cell or place; ids are ``area/number of the cell``. Pieces without
        any weight are left out.
    area : NDArray[int64]
        Which row of the areas each row came from.
    unmet : tuple of str
        Ids of the areas that no cell or place met: they stand undivided at a point inside.
    notes : tuple of Message
        What is to be told of it.
    """

    demand: Demand
    area: Ints
    unmet: tuple[str, ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Pieces by area, then by cell: which area and cell, how much of the measure, where, and their polygons."""

    area: Ints
    cell: Ints
    measure: Floats
    place: Floats
    shapes: Shapes | None


def spread(areas: Demand, cells: Shapes, *, covariate: Floats | None = None, whole: bool = False) -> Spread:
    """Return the totals of areas spread over cells, which are cut where an area ends.

    Parameters
    ----------
    areas : Demand
        With polygons as ``cells``; they should not overlap.
    cells : ndarray of polygons, shape (m,)
        WGS 84 degrees, not overlapping (:func:`stationmap.planning.demand.grid.grid`).
    covariate : ndarray of float64, shape (m,), optional
        How much of something each cell holds, 0 or more: within an area its total follows it, evenly within a cell.
        Without it, and in areas where it is nowhere, the total follows the ground.
    whole : bool
        Whole people: each total must be a whole number and so is every piece.

    Raises
    ------
    InvalidValue
        When the areas have no polygons, the covariate does not fit the cells or is negative, or a total that should be
        whole is not.
    """
    polygons = _polygons_of(areas)
    if covariate is not None:
        _check_covariate(covariate, len(cells))
    cell_m2 = area_m2(cells)
    pieces = _cut(polygons, cells, cell_m2)
    notes: list[Message] = []
    if covariate is not None:
        ground = pieces.measure
        measure = ground * covariate[pieces.cell] / cell_m2[pieces.cell]
        held = np.bincount(pieces.area, weights=measure, minlength=len(areas))
        bare = (held <= 0) & (np.bincount(pieces.area, minlength=len(areas)) > 0)
        notes += _told_bare(areas, bare)
        pieces = _Pieces(
            pieces.area, pieces.cell, np.where(bare[pieces.area], ground, measure), pieces.place, pieces.shapes
        )
    return _spread(areas, pieces, whole, notes)


def spread_by(areas: Demand, by: Demand, weight: str, *, whole: bool = False) -> Spread:
    """Return the totals of areas spread over places within them, in proportion to a weight of the places.

    Parameters
    ----------
    areas : Demand
        With polygons as ``cells``.
    by : Demand
        The places, for example the cells of a raster of population; a place on the boundary of two areas belongs to
        the first.
    weight : str
        Which of its weights counts.
    whole : bool
        As in :func:`spread`.

    Raises
    ------
    InvalidValue
        When the areas have no polygons, there is no such weight, or a total that should be whole is not.
    """
    polygons = _polygons_of(areas)
    measure = by.weight(weight)
    some = np.flatnonzero(measure > 0)
    tree = shapely.STRtree(np.asarray(shapely.points(by.lon[some], by.lat[some]), dtype=object))
    area, place = tree.query(polygons, predicate="intersects")
    owner = np.full(len(some), len(areas))
    np.minimum.at(owner, place, area)
    inside = np.flatnonzero(owner < len(areas))
    order = inside[np.argsort(owner[inside], kind="stable")]
    at = some[order]
    shapes = None if by.cells is None else by.cells[at]
    pieces = _Pieces(owner[order], at, measure[at], np.column_stack([by.lon[at], by.lat[at]]), shapes)
    return _spread(areas, pieces, whole, [])


def kept_exactly(total: Floats, measure: Floats, group: Ints) -> Floats:
    """Return totals divided in proportion to a measure; the parts of each sum to it to the last bit.

    Parameters
    ----------
    total : ndarray of float64, shape (g,)
        0 or more.
    measure : ndarray of float64, shape (k,)
        0 or more, not all 0 in any group.
    group : ndarray of int, shape (k,)
        Which total each part is of, rising.

    Notes
    -----
    The largest part takes what rounding left over, until :func:`math.fsum` of the parts is the total.
    """
    parts = _shares(measure, group, len(total)) * total[group]
    ends = np.searchsorted(group, np.arange(len(total) + 1))
    for one in np.flatnonzero(np.diff(ends)).tolist():
        own = slice(ends[one], ends[one + 1])
        values = parts[own].tolist()
        for largest in sorted(range(len(values)), key=lambda at: (-values[at], at)):
            rest = math.fsum([total[one], *(-value for value in values)])
            if math.fsum(values) == total[one]:
                break
            values[largest] = max(0.0, values[largest] + rest)
        parts[own] = values
    return parts


def kept_whole(total: Floats, measure: Floats, group: Ints) -> Floats:
    """Return whole totals divided into whole parts by largest remainders; of equal ones the earlier part gets more.

    Parameters
    ----------
    total, measure, group
        As for :func:`kept_exactly`; totals whole.

    Raises
    ------
    InvalidValue
        When a total is not whole.
    """
    broken = np.flatnonzero(total != np.floor(total))
    if len(broken):
        raise InvalidValue(
            "{total} cannot be divided into whole people. Leave out whole, or round the totals.",
            total=float(total[broken[0]]),
        )
    quota = _shares(measure, group, len(total)) * total[group]
    parts = np.floor(quota)
    left = total - np.bincount(group, weights=parts, minlength=len(total))
    remainder = np.round(quota - parts, _REMAINDER_DIGITS)
    order = np.lexsort((np.arange(len(group)), -remainder, group))
    start = np.searchsorted(group, np.arange(len(total)))
    rank = np.arange(len(group)) - start[group[order]]
    more = order[(rank < left[group[order]]) & (measure[order] > 0)]
    parts[more] += 1.0
    return parts


def _shares(measure: Floats, group: Ints, groups: int) -> Floats:
    """Return which part of its group each measure is; sums are exact, so that no order of the parts matters."""
    ends = np.searchsorted(group, np.arange(groups + 1)).tolist()
    sums = np.array([math.fsum(measure[start:end]) for start, end in pairwise(ends)])
    share: Floats = measure / sums[group]
    return share


def _polygons_of(areas: Demand) -> Shapes:
    if areas.cells is None or shapely.is_missing(areas.cells).any():
        raise InvalidValue(
            "Only areas with polygons can be spread; these rows are points. Join them to their boundaries."
        )
    return areas.cells


def _check_covariate(covariate: Floats, cells: int) -> None:
    if covariate.shape != (cells,) or not (np.isfinite(covariate) & (covariate >= 0)).all():
        raise InvalidValue(
            "What the totals are to follow needs a number of 0 or more for each of the {cells} cells.", cells=cells
        )


def _cut(polygons: Shapes, cells: Shapes, cell_m2: Floats) -> _Pieces:
    """Return the pieces of polygons that cells cut out, measured by their ground in square metres."""
    shapely.prepare(polygons)
    area, cell = shapely.STRtree(cells).query(polygons, predicate="intersects")
    order = np.lexsort((cell, area))
    area, cell = area[order], cell[order]
    pieces = cells[cell]
    edge = np.flatnonzero(~shapely.covers(polygons[area], pieces))
    pieces[edge] = shapely.intersection(pieces[edge], polygons[area[edge]])
    mixed = edge[shapely.get_type_id(pieces[edge]) == shapely.GeometryType.GEOMETRYCOLLECTION]
    pieces[mixed] = [_areal(piece) for piece in pieces[mixed]]
    ground = cell_m2[cell]
    ground[edge] = area_m2(pieces[edge])
    kept = ground > _DUST * cell_m2[cell]
    return _Pieces(area[kept], cell[kept], ground[kept], inner_points(pieces[kept]), pieces[kept])


def _areal(collection: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(collection)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _spread(areas: Demand, pieces: _Pieces, whole: bool, notes: list[Message]) -> Spread:
    met = np.bincount(pieces.area, minlength=len(areas)) > 0
    unmet = np.flatnonzero(~met)
    divide: Divide = kept_whole if whole else kept_exactly
    parts = {name: divide(total, pieces.measure, pieces.area) for name, total in areas.weights.items()}
    area = np.concatenate([pieces.area, unmet])
    weights = {name: np.concatenate([part, areas.weights[name][unmet]]) for name, part in parts.items()}
    place = np.concatenate([pieces.place, np.column_stack([areas.lon[unmet], areas.lat[unmet]])])
    shapes = None if pieces.shapes is None else np.concatenate([pieces.shapes, _polygons_of(areas)[unmet]])
    ids = np.array(
        [*(f"{areas.ids[row]}/{cell}" for row, cell in zip(pieces.area, pieces.cell, strict=True)), *areas.ids[unmet]],
        dtype=object,
    )
    order = np.argsort(area, kind="stable")
    order = order[_any(weights)[order]]
    demand = Demand(
        ids=ids[order],
        lon=place[order, 0],
        lat=place[order, 1],
        weights=MappingProxyType({name: value[order] for name, value in weights.items()}),
        adcode=areas.adcode[area[order]],
        cells=None if shapes is None else shapes[order],
        hourly=areas.hourly,
    )
    alone = tuple(str(areas.ids[row]) for row in unmet)
    return Spread(demand, area[order], alone, (*notes, *_told_unmet(alone)))


def _any(weights: Mapping[str, Floats]) -> NDArray[np.bool_]:
    held = np.any([value > 0 for value in weights.values()], axis=0)
    return np.asarray(held)


def _told_unmet(unmet: tuple[str, ...]) -> list[Message]:
    if not unmet:
        return []
    return [
        Message(
            "{count} areas hold no cell or place to spread over; their totals stand at a point inside each: {areas}.",
            {"count": len(unmet), "areas": some_of(unmet)},
        )
    ]


def _told_bare(areas: Demand, bare: NDArray[np.bool_]) -> list[Message]:
    named = areas.ids[bare].tolist()
    if not named:
        return []
    return [
        Message(
            "In {count} areas what the totals were to follow is nowhere; they were spread by ground: {areas}.",
            {"count": len(named), "areas": some_of(named)},
        )
    ]
