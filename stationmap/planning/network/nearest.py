"""The nearest station of every demand along the network, by one search from all stations at once.

Dijkstra (E. W. Dijkstra, A note on two problems in connexion with graphs, Numerische Mathematik 1, 1959) from many
sources: the search starts at every station with its own access, and the first to reach a node is the nearest there. A
demand then takes the better end of its edge, or a station on the edge itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from stationmap.errors import InvalidValue, Message
from stationmap.planning.network.graph import Network
from stationmap.planning.network.pairs import by_network
from stationmap.planning.network.search import (
    NOWHERE,
    Direction,
    Measure,
    along,
    checked_direction,
    direct,
    graph,
    legs,
    proportional,
    same_edge,
)
from stationmap.planning.network.snapping import Snapped
from stationmap.planning.pairs import WALK_M_MIN

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

_OVER = 1.0 + 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class NodeReach:
    """The nearest station of every node of a network.

    Attributes
    ----------
    station : NDArray[int64]
        Shape (n,): position of the station, -1 where none is reached.
    distance_m, minutes : NDArray[float64]
        Shape (n,): along the same way, the station's access included; infinite where none is reached.
    """

    station: Longs
    distance_m: Floats
    minutes: Floats

    def cost(self, measure: Measure) -> Floats:
        """Return one measure."""
        return self.distance_m if measure == "m" else self.minutes


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The nearest station of each of k demand places.

    Attributes
    ----------
    station : NDArray[int64]
        Shape (k,): position of the station, -1 where none is reached. Of stations equally near one is named, the
        same one for the same input.
    distance_m, minutes : NDArray[float64]
        Shape (k,): along one way, access at both ends included; infinite where none is reached.
    measure : str
        ``m`` or ``min``: which of them is the least.
    direction : str
        ``to`` (from demand to station), ``from``, or ``both`` (half of there and back).
    symmetric : bool
        Both directions cost the same everywhere, and the direction does not matter.
    unsnapped, unreached : NDArray[int64]
        Positions of demand that is not on the network, and of that which is but reaches no station.
    notes : tuple of Message
        How many these are.
    """

    station: Longs
    distance_m: Floats
    minutes: Floats
    measure: Measure
    direction: Direction
    symmetric: bool
    unsnapped: Longs
    unreached: Longs
    notes: tuple[Message, ...]


def nearest(
    network: Network,
    demand: Snapped,
    stations: Snapped,
    *,
    measure: Measure = "m",
    direction: str = "to",
    limit: float = np.inf,
) -> Nearest:
    """Return the nearest station of every demand.

    Parameters
    ----------
    network : Network
        What both were snapped to.
    demand, stations : Snapped
        The places.
    measure : str
        ``m`` for the shortest way, ``min`` for the quickest.
    direction : str
        ``to`` from demand to station, ``from`` back, ``both`` there and back.
    limit : float
        Metres or minutes, from 0 up; a station at that very distance is reached.

    Raises
    ------
    InvalidValue
        When the direction is none, the limit is negative or no number, or ``both`` is asked for without a limit on a
        network whose directions differ.
    """
    way = checked_direction(direction)
    if not limit >= 0.0:
        raise InvalidValue("The limit of a search must be a number from 0 up, not {limit}.", limit=limit)
    if way == "both" and not network.two_way:
        found = _first_pairs(network, demand, stations, measure, limit)
    else:
        found = _joined(network, demand, stations, measure, inward=way != "from", limit=limit)
    unreached = np.flatnonzero((found.station < 0) & (demand.edge >= 0))
    return Nearest(
        found.station,
        found.distance_m,
        found.minutes,
        measure,
        way,
        network.two_way,
        demand.unsnapped,
        unreached,
        (*demand.notes, *_told(unreached, len(demand))),
    )


def nearest_of_nodes(
    network: Network, stations: Snapped, *, measure: Measure = "m", inward: bool = True, limit: float = np.inf
) -> NodeReach:
    """Return the nearest station of every node.

    Parameters
    ----------
    network : Network
        What the stations were snapped to.
    stations : Snapped
        The stations.
    measure : str
        ``m`` or ``min``.
    inward : bool
        From node to station, else from station to node.
    limit : float
        Metres or minutes.
    """
    count, sources = network.nodes, legs(network, stations, leaving=not inward)
    known = np.flatnonzero(stations.edge >= 0)
    if not len(known):
        far = np.full(count, np.inf)
        return NodeReach(np.full(count, -1), far, far)
    matrix = graph(network, sources, measure, inward=inward)
    cost, before, source = dijkstra(
        matrix, indices=count + known, min_only=True, return_predecessors=True, limit=min(limit * _OVER, NOWHERE / 10.0)
    )
    reached = np.isfinite(cost[:count])
    station = np.where(reached, source[:count] - count, -1).astype(np.int64)
    other = cost[:count] / WALK_M_MIN if measure == "m" else cost[:count] * WALK_M_MIN
    if not proportional(network):
        second = graph(network, sources, "min" if measure == "m" else "m", inward=inward).data
        other = np.where(reached, along(matrix, second, before[None, :])[0, :count], np.inf)
    return NodeReach(station, cost[:count], other) if measure == "m" else NodeReach(station, other, cost[:count])


def _joined(
    network: Network, demand: Snapped, stations: Snapped, measure: Measure, *, inward: bool, limit: float
) -> NodeReach:
    """Return the nearest station of each demand: over either end of its edge, or on the edge."""
    nodes = nearest_of_nodes(network, stations, measure=measure, inward=inward, limit=limit)
    ends = legs(network, demand, leaving=inward)
    node = np.maximum(ends.node, 0)
    better = np.argmin(ends.cost(measure) + nodes.cost(measure)[node], axis=1)
    rows = np.arange(len(demand))
    at = node[rows, better]
    metres = ends.metres[rows, better] + nodes.distance_m[at]
    minutes = ends.minutes[rows, better] + nodes.minutes[at]
    station = nodes.station[at]
    pair = same_edge(demand, stations)
    straight = direct(network, demand, stations, pair, inward=inward)
    cost = straight[measure == "min"]
    order = np.lexsort((pair[1], cost, pair[0]))
    first = order[np.append(True, np.diff(pair[0][order]) > 0)] if len(order) else order
    now = metres if measure == "m" else minutes
    first = first[cost[first] < now[pair[0][first]]]
    row = pair[0][first]
    metres[row], minutes[row], station[row] = straight[0][first], straight[1][first], pair[1][first]
    lost = ~((metres if measure == "m" else minutes) <= limit) | ~np.isfinite(metres)
    metres[lost], minutes[lost], station[lost] = np.inf, np.inf, -1
    return NodeReach(station, metres, minutes)


def _first_pairs(network: Network, demand: Snapped, stations: Snapped, measure: Measure, limit: float) -> NodeReach:
    """Return the first pair of each demand there and back, which no single search can tell."""
    if not np.isfinite(limit):
        raise InvalidValue(
            "There and back the nearest station needs a limit where ways differ by direction. Give a limit of metres or"
            " minutes."
        )
    reach = {"reach_m": limit} if measure == "m" else {"reach_min": limit}
    pairs = by_network(network, demand, stations, direction="both", **reach).pairs
    count = len(demand)
    station, metres, minutes = np.full(count, -1), np.full(count, np.inf), np.full(count, np.inf)
    rows = pairs.rows()
    order = np.lexsort((pairs.distance_m if measure == "m" else pairs.minutes, rows))
    first = order[np.append(True, np.diff(rows[order]) > 0)] if len(order) else order
    station[rows[first]] = pairs.station[first]
    metres[rows[first]], minutes[rows[first]] = pairs.distance_m[first], pairs.minutes[first]
    return NodeReach(station, metres, minutes)


def _told(unreached: Longs, count: int) -> tuple[Message, ...]:
    if not len(unreached):
        return ()
    return (
        Message(
            "{count} of {all} places reach no station along the network: they lie in another part of it, or beyond the"
            " limit.",
            {"count": len(unreached), "all": count},
        ),
    )
