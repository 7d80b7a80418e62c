"""Tiles: some demand at a time, with its halo: every station that can be within reach of any of it.

A tile is a ball around its demand in geocentric metres. A station within reach of a place is, by the straight line
through the ground, no farther from it than the reach; so it lies in the ball that is wider by the reach. What is found
with the halo alone is therefore what is found with all stations, whatever way the demand is cut into tiles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from stationmap.geo.earth import NEAR_M, distance_m, geocentric, near_arc_m

Floats = NDArray[np.float64]

SLACK_M = 1e-6
"""More than rounding makes of a chord."""

_DOUBTFUL = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Stations:
    """m stations, ready to be asked which are near.

    Attributes
    ----------
    lon, lat : NDArray[float64]
        Shape (m,), WGS 84 degrees.
    xyz : NDArray[float64]
        Shape (m, 3), geocentric metres.
    tree : cKDTree
        Of ``xyz``.
    """

    lon: Floats
    lat: Floats
    xyz: Floats
    tree: cKDTree

    @classmethod
    def at(cls, lon: Floats, lat: Floats) -> "Stations":
        """Return the stations at some places."""
        xyz = geocentric(lon, lat)
        return cls(lon, lat, xyz, cKDTree(xyz, balanced_tree=False, compact_nodes=False))

    def halo(self, centre: Floats, radius_m: float, reach_m: float) -> "Stations":
        """Return those that can be within reach of a place in a ball, in the same order.

        Parameters
        ----------
        centre : NDArray[float64], shape (3,)
            Of the ball, geocentric metres.
        radius_m : float
            Of the ball.
        reach_m : float
            Metres on the ellipsoid.
        """
        if not len(self.lon):
            return self
        near = np.sort(np.asarray(self.tree.query_ball_point(centre, radius_m + reach_m + SLACK_M), np.intp))
        return self if len(near) == len(self.lon) else Stations.at(self.lon[near], self.lat[near])


def ball(xyz: Floats) -> tuple[Floats, float]:
    """Return centre and radius of a ball around geocentric places: around their bounding box's middle.

    Parameters
    ----------
    xyz : NDArray[float64], shape (n, 3)
        n of 1 or more.
    """
    centre = (xyz.min(axis=0) + xyz.max(axis=0)) / 2.0
    return centre, float(np.sqrt(np.square(xyz - centre).sum(axis=1).max()))


def nearest_m(
    lon: Floats, lat: Floats, xyz: Floats, stations: Stations, reaches_m: tuple[float, ...], times: int
) -> Floats:
    """Return how far the nearest stations of each place are, as far as it matters to the reaches.

    Parameters
    ----------
    lon, lat, xyz : NDArray[float64]
        n places in WGS 84 degrees and geocentric metres.
    stations : Stations
        All, or a halo of the longest reach.
    reaches_m : tuple of float
        Rising.
    times : int
        How many of the nearest.

    Returns
    -------
    NDArray[float64], shape (n, times)
        Rising metres; infinite beyond the longest reach. The k-th is within a reach exactly when k stations or more
        are (``distance_m <= reach_m``); between two reaches it may be that of another station than the k-th.
    """
    count = len(lon)
    if not len(stations.lon):
        return np.full((count, times), np.inf)
    most = reaches_m[-1] + SLACK_M
    nearest = stations.tree.query(xyz, k=list(range(1, times + 1)), distance_upper_bound=np.nextafter(most, np.inf))
    chord, which = np.asarray(nearest[0]), np.asarray(nearest[1])
    metres = np.full((count, times), np.inf)
    row, column = np.nonzero(np.isfinite(chord))
    metres[row, column] = _between(lon, lat, xyz, row, stations, which[row, column], chord[row, column])
    metres.sort(axis=1)
    for reach_m in reaches_m:
        # The nearest by chord may be beyond the reach by a hair, and one that is farther by chord within it.
        doubtful = (chord[:, -1] <= reach_m + SLACK_M) & (metres[:, -1] > reach_m)
        for rows in _pieces(np.flatnonzero(doubtful)):
            metres[rows] = np.minimum(metres[rows], _all_within(lon, lat, xyz, rows, stations, reach_m, times))
    return metres


def _between(
    lon: Floats,
    lat: Floats,
    xyz: Floats,
    row: NDArray[np.intp],
    stations: Stations,
    station: NDArray[np.intp],
    chord: Floats,
) -> Floats:
    """Return the metres on the ellipsoid of pairs of a place and a station."""
    metres = near_arc_m(xyz[row], stations.xyz[station])
    far = np.flatnonzero(chord > NEAR_M)
    if len(far):
        at, to = row[far], station[far]
        metres[far] = distance_m(lon[at], lat[at], stations.lon[to], stations.lat[to])
    return metres


def _all_within(
    lon: Floats, lat: Floats, xyz: Floats, rows: NDArray[np.intp], stations: Stations, reach_m: float, times: int
) -> Floats:
    """Return the nearest metres of some rows among all stations whose chord is within a reach, shape (rows, times)."""
    near = cKDTree(xyz[rows]).sparse_distance_matrix(stations.tree, reach_m + SLACK_M, output_type="ndarray")
    metres = _between(lon, lat, xyz, rows[near["i"]], stations, near["j"], near["v"])
    order = np.lexsort((metres, near["i"]))
    row, metres = near["i"][order], metres[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    kept = rank < times
    found = np.full((len(rows), times), np.inf)
    found[row[kept], rank[kept]] = metres[kept]
    return found


def _pieces(rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [rows[first : first + _DOUBTFUL] for first in range(0, len(rows), _DOUBTFUL)]
