"""Which stations are neighbours, and what lies along the line between two places."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from stationmap.geo.earth import geocentric, geodetic
from stationmap.geo.surface import round_plane

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_FEW = 60
"""So few stations are all compared with all."""
_FAR = 50.0
_EDGE_M = 1e-6
_EDGE = 1e-9
_STEPS = 4
_AT_ONCE = 20_000


def neighbours(lon: Floats, lat: Floats) -> Rows:
    """Return the edges of the Gabriel graph: two stations with no third in the circle that has them as its diameter.

    Parameters
    ----------
    lon, lat : NDArray[float64]
        Shape (m,), WGS 84 degrees, all within one half of the globe. Stations of one square metre are one spot, and
        the first of them stands for it.

    Returns
    -------
    NDArray[int64]
        Shape (edges, 2), positions, the lower first, in order. A station on the very circle is in it, so that a square
        has its four sides and neither diagonal.

    Notes
    -----
    Gabriel and Sokal, A new statistical approach to geographic variation analysis, Systematic Zoology 18 (1969). The
    graph is a part of the Delaunay triangles, which are taken in a plane that keeps circles and then tried one by one.
    """
    spot, at = np.unique(np.round(geocentric(lon, lat)), axis=0, return_index=True)
    if len(spot) < 2:
        return np.empty((0, 2), np.int64)
    at = np.sort(at)
    pair = at[_candidates(lon[at], lat[at])]
    xyz = geocentric(lon, lat)
    half = np.linalg.norm(xyz[pair[:, 0]] - xyz[pair[:, 1]], axis=1) / 2.0
    middle = (xyz[pair[:, 0]] + xyz[pair[:, 1]]) / 2.0
    within = cKDTree(xyz[at]).query_ball_point(middle, half * (1.0 + _EDGE) + _EDGE_M, return_length=True)
    return np.asarray(pair[within <= 2], np.int64)


def along(lon: Floats, lat: Floats, metres: Floats, place: Floats, corridor_m: float) -> tuple[Rows, Rows]:
    """Return which places lie along which lines.

    Parameters
    ----------
    lon, lat : NDArray[float64]
        Shape (k, 2): the ends of each line, degrees.
    metres : NDArray[float64]
        Shape (k,): their lengths.
    place : NDArray[float64]
        Shape (n, 3), geocentric metres.
    corridor_m : float
        How far from the line a place lies along it, to a hundredth: looked at from points a quarter of it apart.

    Returns
    -------
    line, row : NDArray[int64]
        Each line and place that go together once, by line and then by place.
    """
    steps = np.ceil(metres * (_STEPS / corridor_m)).astype(np.int64) + 1
    line = np.repeat(np.arange(len(steps)), steps)
    part = (np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)) / np.maximum(steps - 1, 1)[line]
    first, second = geocentric(lon[:, 0], lat[:, 0]), geocentric(lon[:, 1], lat[:, 1])
    tree = cKDTree(place)
    found = [np.empty(0, np.int64)]
    for begin in range(0, len(line), _AT_ONCE):
        here = slice(begin, begin + _AT_ONCE)
        under = first[line[here]] + (second - first)[line[here]] * part[here, None]
        near = cKDTree(geocentric(*geodetic(under))).sparse_distance_matrix(tree, corridor_m, output_type="ndarray")
        found.append(np.unique(line[here][near["i"]] * max(len(place), 1) + near["j"]))
    return np.divmod(np.unique(np.concatenate(found)), max(len(place), 1))


def _candidates(lon: Floats, lat: Floats) -> Rows:
    """Return pairs among which all neighbours are: the sides of Delaunay triangles, or all pairs of a few."""
    count = len(lon)
    if count <= _FEW:
        return np.column_stack(np.triu_indices(count, 1)).astype(np.int64)
    plane = np.column_stack(round_plane(lon, lat))
    middle, wide = plane.mean(axis=0), float(np.ptp(plane, axis=0).max())
    # three points far outside, so that stations in one line make triangles too
    turn = np.array([0.3, 2.4, 4.5])
    outside = middle + _FAR * wide * np.column_stack([np.cos(turn), np.sin(turn)])
    corner = Delaunay(np.concatenate([plane, outside])).simplices
    sides = np.sort(np.concatenate([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [0, 2]]]), axis=1)
    return np.unique(sides[sides[:, 1] < count], axis=0).astype(np.int64)
