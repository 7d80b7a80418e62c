"""Overlaps: stations so near one another that they serve the same people twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.spatial import cKDTree

from stationmap.errors import InvalidValue
from stationmap.geo.earth import distance_m, geocentric
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.places import Places, check_fit
from stationmap.planning.pairs import Pairs

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_AT_ONCE = 5_000
MOST_OVERLAPS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """Two stations nearer to one another than they should be.

    Attributes
    ----------
    first, second : str
        Their ids, the lower first.
    rows : tuple of int
        Their positions, in that order.
    metres : float
        By air.
    weights : Mapping[str, float]
        The demand that is within reach of both.
    shares : Mapping[str, float or None]
        Which part that is of the demand within reach of the one that reaches less: what would still be within reach
        of the other if it closed. None where it reaches nobody.
    """

    first: str
    second: str
    rows: tuple[int, int]
    metres: float
    weights: Mapping[str, float]
    shares: Mapping[str, float | None]


def overlaps(
    stations: Places,
    counts: NDArray[np.bool_],
    least_m: float,
    pairs: Pairs,
    demand: Demand,
    *,
    weight: str | None = None,
) -> tuple[Overlap, ...]:
    """Return the pairs of stations that are less than a distance apart; exactly that distance is far enough.

    Parameters
    ----------
    stations : Places
        m stations.
    counts : NDArray[bool]
        Shape (m,): which of them count.
    least_m : float
        How far they should be apart at least, by air.
    pairs : Pairs
        Of the demand and the stations, to the reach that is asked for.
    demand : Demand
        n places.
    weight : str, optional
        What to rank by; the first when left out.

    Returns
    -------
    tuple of Overlap
        By the share of the ranking weight, the greatest first; then the nearest, then by id.

    Raises
    ------
    InvalidValue
        When arrays do not fit, the distance is negative or no number, or there would be more than a million.
    """
    ranked_by = weight or next(iter(demand.weights))
    demand.weight(ranked_by)
    check_fit(pairs, demand, stations)
    pair, metres = _too_near(stations, stations.marked(counts), least_m)
    both, lesser = _common(pairs, demand, pair)
    found = [
        Overlap(
            str(stations.ids[one]),
            str(stations.ids[other]),
            (one, other),
            float(metres[at]),
            MappingProxyType({name: float(sums[at]) for name, sums in both.items()}),
            MappingProxyType(
                {
                    name: float(sums[at] / lesser[name][at]) if lesser[name][at] > 0 else None
                    for name, sums in both.items()
                }
            ),
        )
        for at, (one, other) in enumerate(pair.tolist())
    ]
    found.sort(key=lambda each: (-(each.shares[ranked_by] or 0.0), each.metres, each.first, each.second))
    return tuple(found)


def _too_near(stations: Places, kept: Rows, least_m: float) -> tuple[Rows, Floats]:
    """Return pairs of stations less than a distance apart, the lower id first, and their metres."""
    if not 0.0 <= least_m < np.inf:
        raise InvalidValue("The least distance must be a number of metres from 0 up, not {metres}.", metres=least_m)
    if not len(kept):
        return np.empty((0, 2), np.int64), np.empty(0)
    tree = cKDTree(geocentric(stations.lon[kept], stations.lat[kept]))
    if tree.count_neighbors(tree, least_m) > 2 * MOST_OVERLAPS + len(kept):
        raise InvalidValue(
            "More than {most} pairs of stations are less than {metres:g} m apart. Ask for a shorter distance.",
            most=MOST_OVERLAPS,
            metres=least_m,
        )
    pair = kept[tree.query_pairs(least_m, output_type="ndarray")]  # a chord is never longer than its geodesic
    lon, lat = stations.lon[pair], stations.lat[pair]
    metres = distance_m(lon[:, 0], lat[:, 0], lon[:, 1], lat[:, 1])
    near = np.flatnonzero(metres < least_m)
    return pair[near], metres[near]


def _common(pairs: Pairs, demand: Demand, pair: Rows) -> tuple[Mapping[str, Floats], Mapping[str, Floats]]:
    """Return the demand within reach of both stations of each pair, and within reach of the one that reaches less."""
    shape = (pairs.demand, pairs.stations)
    within = csc_matrix((np.ones(len(pairs), np.float64), (pairs.rows(), pairs.station)), shape=shape)
    weights = np.stack(list(demand.weights.values()))
    alone = np.asarray(weights @ within)
    both = np.empty((len(weights), len(pair)))
    for begin in range(0, len(pair), _AT_ONCE):
        here = slice(begin, begin + _AT_ONCE)
        served_by_both = csc_matrix(within[:, pair[here, 0]].multiply(within[:, pair[here, 1]]))
        both[:, here] = np.asarray(weights @ served_by_both)
    lesser = np.minimum(alone[:, pair[:, 0]], alone[:, pair[:, 1]])
    return dict(zip(demand.weights, both, strict=True)), dict(zip(demand.weights, lesser, strict=True))
