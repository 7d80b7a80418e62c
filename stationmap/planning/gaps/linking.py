"""Which uncovered places hang together: cells that touch, or points a step from one another."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from stationmap.errors import InvalidValue, Message
from stationmap.geo.earth import arc_m, chord_m, geocentric
from stationmap.planning.demand.demand import Demand

TOUCH_M = 1.0
"""Cells this near one another touch: corners are rounded when they are written."""

STEP = 1.5
"""Points are linked up to so many times their usual distance. In a square grid that is the eight cells around
(diagonals are 1.41 away, the next but one 2), in a hexagonal one the six around (the next but one 1.73)."""

MOST_LINKS = 50_000_000
_DEGREE_M = 111_320.0

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Which places hang together.

    Attributes
    ----------
    label : NDArray[int64]
        One a place: a number from 0 up, the same for those that hang together.
    how : Message
        What counted as hanging together.
    """

    label: Rows
    how: Message


def linked(demand: Demand, rows: Rows, *, touch_m: float = TOUCH_M, link_m: float | None = None) -> Linked:
    """Return which of some places hang together, directly or over others of them.

    Cells hang together when they touch, at a corner too (queen contiguity); points when they are ``link_m`` or less
    apart.

    Parameters
    ----------
    demand : Demand
        All places.
    rows : NDArray[int64]
        Positions of those that are looked at.
    touch_m : float
        For cells: gaps up to this are rounding. Along the parallel it is shorter by the cosine of the latitude.
    link_m : float, optional
        For points, and for cells instead of touching. Left out, points are linked by :func:`usual_step_m`.

    Raises
    ------
    InvalidValue
        When a distance is negative or no number, or so long that nearly all places would be linked with all.
    """
    for metres in (touch_m, link_m or 0.0):
        if not 0.0 <= metres < np.inf:
            raise InvalidValue("A distance of places is a number of metres from 0 up, not {metres}.", metres=metres)
    if demand.cells is not None and link_m is None:
        cells = demand.cells[rows]
        first, second = shapely.STRtree(cells).query(cells, predicate="dwithin", distance=touch_m / _DEGREE_M)
        how = Message("Cells hang together when they touch, at a corner too (to {touch_m:g} m).", {"touch_m": touch_m})
    else:
        step_m = usual_step_m(demand) if link_m is None else link_m
        first, second = _close(geocentric(demand.lon[rows], demand.lat[rows]), step_m)
        how = Message("Places hang together when they are {link_m:.0f} m or less apart.", {"link_m": step_m})
    graph = coo_matrix((np.ones(len(first), bool), (first, second)), shape=(len(rows), len(rows)))
    return Linked(connected_components(graph, directed=False)[1].astype(np.int64), how)


def usual_step_m(demand: Demand) -> float:
    """Return :data:`STEP` times :func:`spacing_m`.

    Where the spacing differs much from part to part, give a distance instead.
    """
    return STEP * spacing_m(demand)


def spacing_m(demand: Demand) -> float:
    """Return the median distance of a place of the demand from the nearest other, 0 when there is only one.

    Places in the same spot count once.
    """
    spots = np.unique(geocentric(demand.lon, demand.lat), axis=0)
    if len(spots) < 2:
        return 0.0
    return float(np.median(arc_m(np.asarray(cKDTree(spots).query(spots, k=2)[0])[:, 1])))


def _close(spot: NDArray[np.float64], step_m: float) -> tuple[Rows, Rows]:
    """Return all pairs of places up to a distance apart, those in one spot as a chain."""
    spots, at = np.unique(spot, axis=0, return_inverse=True)
    at = at.reshape(-1)
    tree = cKDTree(spots)
    chord = float(chord_m(step_m)) * (1.0 + 1e-9)
    if len(spots) and int(tree.query_ball_point(spots, chord, return_length=True, workers=-1).sum()) > 2 * MOST_LINKS:
        raise InvalidValue(
            "A distance of {link_m:g} m links nearly all places with all. Take a shorter one.", link_m=step_m
        )
    pair = tree.query_pairs(chord, output_type="ndarray") if len(spots) else np.empty((0, 2), np.int64)
    one = np.zeros(len(spots), np.int64)
    one[at] = np.arange(len(at))
    return np.append(one[pair[:, 0]], np.arange(len(at))), np.append(one[pair[:, 1]], one[at])
