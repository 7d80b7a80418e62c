"""Snapping: the nearest point on the network for every place, on its edges and not only at its nodes.

The way of a place begins with a straight line to that point (``access_m``, on the ellipsoid) and goes on along the
edge: both count as walking distance. A place farther than the limit from every edge is not snapped, and is told; where
it lies nearest to a tiny part of the network that nothing joins (a stray footway on a map), it goes to the nearest
larger part instead; when that is beyond the limit, it is not snapped. Bridges and tunnels are edges like others: what
lies under a bridge may be snapped to it.

Candidates come from an R-tree of straight pieces in scaled degrees; each is then measured in metres at the place
itself, and the nearest wins; of equal ones that of the lowest edge.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.geo.earth import distance_m
from stationmap.planning.network.graph import Network

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

LIMIT_M = 200.0
"""How far a place may lie from the network: the depth of a large block, beyond which the map lacks streets."""

LEAST_SHARE = 0.001
"""Parts with a smaller share of the network's nodes are tiny."""

_ROWS = 100_000
_CELL_M = 500.0
_AXIS_M = 6378137.0
_E2 = 0.00669437999014
_SLACK_M = 0.01
_NEARLY_M = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Where k places meet the network.

    Attributes
    ----------
    edge : NDArray[int32]
        Shape (k,): the edge, -1 where a place is not snapped.
    offset_m, rest_m : NDArray[float64]
        Shape (k,): metres along the edge to its u and to its v; together its length. NaN where not snapped.
    access_m : NDArray[float64]
        Shape (k,): metres straight from the place to the edge; NaN where not snapped.
    lon, lat : NDArray[float64]
        Shape (k,): the place itself.
    foot_lon, foot_lat : NDArray[float64]
        Shape (k,): the point on the edge; NaN where not snapped.
    moved : NDArray[bool]
        Shape (k,): the nearest edge lay in a tiny part and was passed over.
    limit_m : float
        The limit asked for; ``access_m`` never exceeds it, and reaches it.
    """

    edge: NDArray[np.int32]
    offset_m: Floats
    rest_m: Floats
    access_m: Floats
    lon: Floats
    lat: Floats
    foot_lon: Floats
    foot_lat: Floats
    moved: NDArray[np.bool_]
    limit_m: float

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def unsnapped(self) -> Longs:
        """Return the positions of places that lie beyond the limit."""
        return np.flatnonzero(self.edge < 0)

    @property
    def notes(self) -> tuple[Message, ...]:
        """Return how many places were not snapped, and how many were moved past tiny parts."""
        notes = []
        if len(self.unsnapped):
            notes.append(
                Message(
                    "{count} of {all} places lie more than {limit:g} m from every street and are not reached.",
                    {"count": len(self.unsnapped), "all": len(self), "limit": self.limit_m},
                )
            )
        if self.moved.any():
            notes.append(
                Message(
                    "{count} of {all} places lie nearest to a street that joins nothing; the next street was taken.",
                    {"count": int(self.moved.sum()), "all": len(self)},
                )
            )
        return tuple(notes)


def snap(
    network: Network,
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    limit_m: float = LIMIT_M,
    least_share: float = LEAST_SHARE,
) -> Snapped:
    """Return where places meet the network.

    Parameters
    ----------
    network : Network
        What they are snapped to.
    lon, lat : array_like of float
        Shape (k,), WGS 84 degrees.
    limit_m : float
        Metres from 0 up; a place at that very distance is snapped.
    least_share : float
        From 0 to 1: parts with a smaller share of the nodes are tiny; 0 takes every part.

    Raises
    ------
    InvalidValue
        When the limit or the share is out of range, or a place is none.
    """
    if not 0.0 <= limit_m < np.inf:
        raise InvalidValue("The limit of snapping must be a number of metres from 0 up, not {limit}.", limit=limit_m)
    if not 0.0 <= least_share <= 1.0:
        raise InvalidValue("The least share of a part must be from 0 to 1, not {share}.", share=least_share)
    places = np.stack([np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))], axis=1)
    wrong = np.flatnonzero(~((np.abs(places[:, 0]) <= 180.0) & (np.abs(places[:, 1]) <= 90.0)))
    if len(wrong):
        raise InvalidValue(
            "Place {row} lies at {lon}, {lat}, which is no place in degrees. Are columns swapped?",
            row=int(wrong[0]) + 1,
            lon=float(places[wrong[0], 0]),
            lat=float(places[wrong[0], 1]),
        )
    pieces = _Pieces.of(network)
    found = _Nearest.none(len(places))
    large = (network.parts >= least_share * network.nodes)[network.part[network.u]][pieces.edge]
    if len(pieces.edge) and len(places):
        pieces.search(places, limit_m, large, found)
    return _snapped(network, pieces, places, found, limit_m)


@dataclass(frozen=True, slots=True, eq=False)
class _Nearest:
    """What is found for each place, filled in block by block."""

    piece: Longs
    along: Floats
    access_m: Floats
    moved: NDArray[np.bool_]

    @classmethod
    def none(cls, count: int) -> "_Nearest":
        return cls(np.full(count, -1), np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, bool))


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """The straight pieces of all edges: from point ``at`` to the next one, in degrees."""

    edge: Longs
    at: Longs
    start: Floats
    end: Floats
    scale: Floats
    stretch: float

    @classmethod
    def of(cls, network: Network) -> "_Pieces":
        edge = np.repeat(np.arange(network.edges), np.diff(network.point_start) - 1)
        at = np.delete(np.arange(len(network.point_lon)), network.point_start[1:] - 1)
        degrees = np.stack([network.point_lon, network.point_lat], axis=1)
        cosine = np.maximum(np.cos(np.radians(network.lat)), 1e-6) if network.nodes else np.ones(1)
        wide = float(cosine.mean())
        scale = np.array([wide, 1.0]) * np.radians(_AXIS_M)
        # how much longer a way may be in the plane of the tree than on the ground, and a fiftieth more
        return cls(edge, at, degrees[at], degrees[at + 1], scale, 1.02 * max(wide / float(cosine.min()), 1.0))

    def search(self, places: Floats, limit_m: float, large: NDArray[np.bool_], found: _Nearest) -> None:
        """Fill in the nearest piece of each place within the limit, of large parts."""
        ends = np.stack([self.start * self.scale, self.end * self.scale], axis=1)
        tree = shapely.STRtree(np.asarray(shapely.linestrings(ends), dtype=object))
        cell = np.floor(places * self.scale / _CELL_M)
        order = np.lexsort((cell[:, 0], cell[:, 1]))  # places near one another ask for the same leaves of the tree
        for first in range(0, len(places), _ROWS):
            rows = order[first : first + _ROWS]
            points = np.asarray(shapely.points(places[rows] * self.scale), dtype=object)
            bound = limit_m * self.stretch + _SLACK_M
            place, piece = tree.query_nearest(points, max_distance=bound, all_matches=False)
            _, metres = self._measured(places[rows][place], piece)
            near = np.minimum(metres * self.stretch + _SLACK_M, bound)
            row, piece = tree.query(points[place], predicate="dwithin", distance=near)
            self._fill(places, rows[place[row]], piece, limit_m, found)
            moved = rows[found.piece[rows] >= 0]
            moved = moved[~large[found.piece[moved]]]
            if len(moved):
                found.moved[moved] = True
                found.piece[moved], found.along[moved], found.access_m[moved] = -1, np.nan, np.nan
                points = np.asarray(shapely.points(places[moved] * self.scale), dtype=object)
                row, piece = tree.query(points, predicate="dwithin", distance=bound)
                kept = large[piece]
                self._fill(places, moved[row[kept]], piece[kept], limit_m, found)

    def _fill(self, places: Floats, place: Longs, piece: Longs, limit_m: float, found: _Nearest) -> None:
        """Fill in the nearest of some pairs of place and piece."""
        along, metres = self._measured(places[place], piece)
        near = _first_within(place, metres, self.edge[piece], limit_m)
        at = place[near]
        found.piece[at], found.along[at], found.access_m[at] = piece[near], along[near], metres[near]

    def _measured(self, places: Floats, piece: Longs) -> tuple[Floats, Floats]:
        """Return for pairs of place and piece which part of the piece lies before the nearest point, and its metres."""
        sine2 = np.sin(np.radians(places[:, 1])) ** 2
        meridian = _AXIS_M * (1.0 - _E2) / (1.0 - _E2 * sine2) ** 1.5
        across = _AXIS_M / np.sqrt(1.0 - _E2 * sine2) * np.cos(np.radians(places[:, 1]))
        metres = np.radians(np.stack([across, meridian], axis=1))
        start, way = (self.start[piece] - places) * metres, (self.end[piece] - self.start[piece]) * metres
        square = np.einsum("ij,ij->i", way, way)
        along = np.clip(-np.einsum("ij,ij->i", start, way) / np.where(square > 0, square, 1.0), 0.0, 1.0)
        foot = self.start[piece] + along[:, None] * (self.end[piece] - self.start[piece])
        return along, distance_m(places[:, 0], places[:, 1], foot[:, 0], foot[:, 1])


def _first_within(place: Longs, metres: Floats, edge: Longs, limit_m: float) -> Longs:
    """Return the nearest pair of each place within the limit; of those within 1e-7 m of it, that of the lowest edge."""
    if not len(place):
        return place
    least = np.full(int(place.max()) + 1, np.inf)
    np.minimum.at(least, place, metres)
    near = np.flatnonzero((metres <= least[place] + _NEARLY_M) & (metres <= limit_m))
    order = near[np.lexsort((metres[near], edge[near], place[near]))]
    return order[np.append(True, np.diff(place[order]) > 0)] if len(order) else order


def _snapped(
    network: Network,
    pieces: _Pieces,
    places: Floats,
    found: _Nearest,
    limit_m: float,
) -> Snapped:
    rows = np.flatnonzero(found.piece >= 0)
    edge = np.full(len(places), -1, np.int32)
    columns = np.full((4, len(places)), np.nan)
    if len(rows):
        piece, along = found.piece[rows], found.along[rows]
        at = pieces.at[piece]
        edge[rows] = pieces.edge[piece]
        offset = network.point_m[at] + along * (network.point_m[at + 1] - network.point_m[at])
        foot = pieces.start[piece] + along[:, None] * (pieces.end[piece] - pieces.start[piece])
        columns[:, rows] = offset, network.length_m[edge[rows]] - offset, foot[:, 0], foot[:, 1]
    return Snapped(
        edge,
        columns[0],
        columns[1],
        found.access_m,
        places[:, 0],
        places[:, 1],
        columns[2],
        columns[3],
        found.moved,
        limit_m,
    )
