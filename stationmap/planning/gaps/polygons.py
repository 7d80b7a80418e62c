"""The uncovered part of an outline as polygons, by air; people are never counted from them, but from demand.

The reach of each station is drawn as a circle on the ellipsoid whose corners lie at the reach: it is inside the true
circle everywhere, by at most the arc error. So a polygon may hold a rim of that width that is covered, but never
leaves out what is not.

Circles are dissolved cluster by cluster. Circles that can overlap are found from their centres in a k-d tree; each
cluster is one union, and a cluster that lies within the outline becomes a hole of it as it is. Scattered stations
make thousands of small unions and no large one; a dense city is one cluster, and one union.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue, Message
from stationmap.geo.earth import MEAN_RADIUS_M, geocentric, near_arc_m
from stationmap.geo.surface import area_m2, circles, segments_for
from stationmap.planning.pairs import checked_reach
from stationmap.planning.standing import Standing

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

ARC_ERROR_M = 1.0
LEAST_M2 = 100.0
"""A gap smaller than 10 by 10 metres is a sliver between two circles."""

_CROWD = 40.0
"""With more circles than this in reach of a circle, the k-d tree looks at a thinned set of them."""
_SAMPLE = 500
_WIDEST_DEG = 180.0


@dataclass(frozen=True, slots=True, eq=False)
class GapArea:
    """The part of an outline that is farther than the reach from every station.

    Attributes
    ----------
    polygons : NDArray[object]
        Polygons in WGS 84 degrees, the largest first, of equals from the south-west.
    area_m2 : NDArray[float64]
        One a polygon: square metres on the ellipsoid.
    uncovered_m2 : float
        Their sum.
    outline_m2 : float
        The area of the outline.
    share : float or None
        Which part of the outline is uncovered; None where it has no area.
    reach_m : float
        The reach, by air.
    arc_error_m : float
        How far drawn circles are inside the true ones at most; 0 where none was drawn.
    segments : int
        Corners of a drawn circle; 0 where none was drawn.
    slivers, slivers_m2
        How many polygons were too small to be told, and their square metres.
    least_m2 : float
        Below this a polygon is too small.
    """

    polygons: Shapes
    area_m2: Floats
    uncovered_m2: float
    outline_m2: float
    share: float | None
    reach_m: float
    arc_error_m: float
    segments: int
    slivers: int
    slivers_m2: float
    least_m2: float

    def __len__(self) -> int:
        return len(self.polygons)

    def method(self) -> tuple[Message, ...]:
        """Return what was done, and the limits of it."""
        told = [
            Message(
                "Uncovered area: farther than {reach_m:g} m in a straight line from every station, drawn up to"
                " {arc_error_m:.2g} m too large along its edges. People are counted from demand, not from shapes.",
                {"reach_m": self.reach_m, "arc_error_m": self.arc_error_m},
            )
        ]
        if self.slivers:
            told.append(
                Message(
                    "{count} shapes of less than {least_m2:g} square metres each are left out, {total_m2:.0f} square"
                    " metres in all.",
                    {"count": self.slivers, "least_m2": self.least_m2, "total_m2": self.slivers_m2},
                )
            )
        return tuple(told)


class GapAreaBounds(NamedTuple):
    """The uncovered area where what is not known counts as serving, and where it does not."""

    lower: GapArea
    upper: GapArea


def gap_area_bounds(
    outline: BaseGeometry,
    lon: Floats,
    lat: Floats,
    stands: Standing,
    reach_m: float,
    *,
    arc_error_m: float = ARC_ERROR_M,
    least_m2: float = LEAST_M2,
) -> GapAreaBounds:
    """Return the uncovered area of a question, with and without the stations of which it is not known.

    Parameters and errors as :func:`gap_area`; ``stands`` tells how each of the m stations stands.
    """
    of_may, of_serves = (
        gap_area(outline, lon[kept], lat[kept], reach_m, arc_error_m=arc_error_m, least_m2=least_m2)
        for kept in (stands.may, stands.serves)
    )
    return GapAreaBounds(of_may, of_serves)


def gap_area(
    outline: BaseGeometry,
    lon: ArrayLike,
    lat: ArrayLike,
    reach_m: float,
    *,
    arc_error_m: float = ARC_ERROR_M,
    least_m2: float = LEAST_M2,
) -> GapArea:
    """Return the part of an outline that no station reaches.

    Parameters
    ----------
    outline : Polygon or MultiPolygon
        WGS 84 degrees, valid. One that lies on both sides of the 180th meridian is cut along it, as GeoJSON wants it,
        or goes on beyond 180; stations are found from either side.
    lon, lat : array_like of float
        Stations that serve, shape (m,), WGS 84 degrees.
    reach_m : float
        From 0 (nothing is covered) to 100 km, by air.
    arc_error_m : float
        How far drawn circles may be inside the true ones.
    least_m2 : float
        Polygons of less are left out and counted; 0 keeps all.

    Raises
    ------
    InvalidValue
        When the outline is no valid area, is empty or wider than half the globe; when the reach, the arc error or the
        least area is out of range; when a circle that is needed comes within 2 degrees of a pole.
    """
    reach = checked_reach(reach_m)
    _check(outline, arc_error_m, least_m2)
    x, y = _near(outline, np.asarray(lon, np.float64), np.asarray(lat, np.float64), reach)
    segments = _segments(y, reach, arc_error_m) if len(x) else 0
    nothing = np.empty(0, np.object_)
    covered = dissolved(circles(x, y, reach, segments), x, y, reach) if len(x) else Dissolved(nothing, nothing)
    left = without(outline, covered)
    square = area_m2(left)
    kept = np.flatnonzero(square >= least_m2)
    west, south, _, _ = shapely.bounds(left[kept]).reshape(-1, 4).T
    order = kept[np.lexsort((west, south, -square[kept]))]
    whole, uncovered = float(area_m2([outline])[0]), float(square[order].sum())
    return GapArea(
        left[order],
        square[order],
        uncovered,
        whole,
        uncovered / whole if whole > 0 else None,
        reach,
        drawn_error_m(y, reach, segments) if len(x) else 0.0,
        segments,
        len(left) - len(kept),
        float(square.sum()) - uncovered if len(kept) < len(left) else 0.0,
        least_m2,
    )


class Dissolved(NamedTuple):
    """Circles joined into polygons that do not overlap one another.

    Attributes
    ----------
    apart : NDArray[object]
        Polygons that touch no other.
    touching : NDArray[object]
        Those of clusters of which the drawn circles, a little too small, left several; they may touch at corners.
    """

    apart: Shapes
    touching: Shapes


def dissolved(drawn: Shapes, lon: Floats, lat: Floats, radius_m: float) -> Dissolved:
    """Return circles joined cluster by cluster.

    Parameters
    ----------
    drawn : NDArray[object]
        Shape (m,): circles as polygons.
    lon, lat : NDArray[float64]
        Their centres, degrees; beyond 180 where the circles are drawn there.
    radius_m : float
        Their radius.
    """
    order, start = _clusters(lon, lat, radius_m)
    row, size = drawn[order], np.diff(start)
    joined = [
        row[start[:-1][size == each]]
        if each == 1
        else shapely.union_all(row[start[:-1][size == each][:, None] + np.arange(each)], axis=1)
        for each in np.unique(size).tolist()
    ]
    whole = np.concatenate([np.empty(0, np.object_), *joined])
    many = shapely.get_num_geometries(whole) > 1
    return Dissolved(whole[~many], shapely.get_parts(whole[many]))


def drawn_error_m(lat: Floats, radius_m: float, segments: int) -> float:
    """Return how far circles drawn around latitudes are inside the true ones at most.

    It is greatest half way between two corners, and rises or falls with the latitude: the outermost are measured.
    """
    ends = np.array([lat.min(), lat.max()])
    ring = shapely.get_coordinates(circles(np.zeros(2), ends, radius_m, segments)).reshape(2, -1, 2)
    half = (ring[:, 1:] + ring[:, :-1]) / 2.0
    centre = np.repeat(geocentric(np.zeros(2), ends), segments, axis=0)
    metres = near_arc_m(centre, geocentric(half[..., 0], half[..., 1]).reshape(-1, 3))
    return float(radius_m - metres.min())


def _segments(lat: Floats, radius_m: float, error_m: float) -> int:
    """Return how many corners keep circles around latitudes within an error: on a round earth, then as measured."""
    segments = segments_for(radius_m, error_m)
    while drawn_error_m(lat, radius_m, segments) > error_m:
        segments += 1 + segments // 100
    return segments


def _check(outline: BaseGeometry, arc_error_m: float, least_m2: float) -> None:
    if outline.geom_type not in ("Polygon", "MultiPolygon") or outline.is_empty:
        raise InvalidValue("The outline is no area, but {kind}. Give a polygon.", kind=outline.geom_type)
    if not outline.is_valid:
        raise InvalidValue(
            "The outline crosses itself: {why}. Repair the boundary first.", why=shapely.is_valid_reason(outline)
        )
    west, _, east, _ = shapely.bounds(shapely.get_parts(outline)).T
    if (east - west).max() > _WIDEST_DEG:
        raise InvalidValue(
            "The outline is {wide:.0f} degrees wide. Cut it along the 180th meridian.", wide=float((east - west).max())
        )
    if not 0.0 < arc_error_m < np.inf:
        raise InvalidValue("The arc error must be a number of metres above 0, not {metres}.", metres=arc_error_m)
    if not 0.0 <= least_m2 < np.inf:
        raise InvalidValue("The least area must be a number of square metres from 0 up, not {least}.", least=least_m2)


def _near(outline: BaseGeometry, lon: Floats, lat: Floats, reach_m: float) -> tuple[Floats, Floats]:
    """Return the stations whose circles may meet an outline, on the side of the 180th meridian where it lies."""
    if reach_m == 0.0:
        return np.empty(0), np.empty(0)
    west, south, east, north = outline.bounds
    high = 1.01 * np.degrees(reach_m / MEAN_RADIUS_M)
    wide = high / np.cos(np.radians(np.minimum(np.abs(lat) + high, 89.0)))
    kept = []
    for turn in (-360.0, 0.0, 360.0):
        here = (lon + turn >= west - wide) & (lon + turn <= east + wide) & (lat >= south - high) & (lat <= north + high)
        kept.append((lon[here] + turn, lat[here]))
    return np.concatenate([x for x, _ in kept]), np.concatenate([y for _, y in kept])


def _clusters(lon: Floats, lat: Floats, radius_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return circles by cluster, and where each begins: circles that overlap are in one, perhaps others with them.

    In a crowd the pairs would be too many: then centres count as one for each box of half a radius, and boxes are in
    one cluster when any centres in them could be.
    """
    xyz = geocentric(lon, lat)
    apart = 2.0 * radius_m * (1.0 + 1e-6)
    sample = xyz[:: max(1, len(xyz) // _SAMPLE)]
    around = cKDTree(xyz).query_ball_point(sample, apart, return_length=True)
    box = np.arange(len(xyz))
    if around.mean() > _CROWD:
        step = radius_m / 2.0
        boxes, box = np.unique(np.floor(xyz / step), axis=0, return_inverse=True)
        xyz, apart, box = boxes * step, apart + step * np.sqrt(3.0), box.reshape(-1)
    pair = cKDTree(xyz).query_pairs(apart, output_type="ndarray")
    graph = coo_matrix((np.ones(len(pair), bool), pair.T), shape=(len(xyz), len(xyz)))
    label = connected_components(graph, directed=False)[1][box]
    order = np.argsort(label, kind="stable")
    return order, np.append(0, np.cumsum(np.bincount(label))).astype(np.int64)


def without(outline: BaseGeometry, covered: Dissolved) -> Shapes:
    """Return the parts of an outline that are not covered.

    Polygons that lie within it and touch no other become holes of it as they are; only those on its border, and those
    that may touch, are cut.
    """
    left = []
    shells = shapely.get_parts(outline)
    shapely.prepare(shells)
    for shell in shells:
        within = shapely.contains_properly(shell, covered.apart)
        others = np.concatenate([covered.apart[~within], covered.touching])
        others = others[shapely.intersects(shell, others)]
        rest = shapely.difference(shell, shapely.multipolygons(others)) if len(others) else shell
        left.append(_pierced(shapely.get_parts(rest), covered.apart[within]))
    return np.concatenate(left)


def _pierced(faces: Shapes, inside: Shapes) -> Shapes:
    """Return polygons with others, which lie in them and do not overlap, as holes; holes of those are left over.

    One that lies in a hole of another pierces what is left there: each pierces the smallest face it is in.
    """
    if not len(inside):
        return faces
    rings, owner = shapely.get_rings(inside, return_index=True)
    outer = np.append(True, owner[1:] != owner[:-1])
    faces = np.concatenate([faces, shapely.polygons(rings[~outer])])
    size = shapely.area(faces)
    face, one = shapely.STRtree(shapely.point_on_surface(inside)).query(faces, predicate="contains")
    order = np.lexsort((size[face], one))
    at = np.full(len(inside), -1)
    at[one[order][::-1]] = face[order][::-1]
    hole_of = np.argsort(at, kind="stable")
    ends = np.searchsorted(at[hole_of], np.arange(len(faces) + 1))
    made = faces.copy()
    for number in np.flatnonzero(np.diff(ends)).tolist():
        holes = rings[outer][hole_of[ends[number] : ends[number + 1]]]
        shell, *old = shapely.get_rings(faces[number])
        made[number] = shapely.polygons(shell, holes=[*old, *holes])
    return made
