"""What all searches on a network share: the cost of every leg, stations as sources, and a second measure along a way.

A search minimises one measure, metres or minutes, and the other one is told along that same way: metres and minutes
of an answer belong to one walk. Searches run from the stations outwards, against the direction of travel when ways *to*
a station are asked for.

A station is a node of its own that reaches the ends of its edge; demand is joined to the ends of its edge afterwards,
and to stations on the very same edge directly. Minutes along a part of an edge are in proportion to its metres; the
straight access is walked in either mode.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from stationmap.errors import InvalidValue
from stationmap.planning.network.graph import Network
from stationmap.planning.network.snapping import Snapped
from stationmap.planning.pairs import WALK_M_MIN

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Measure = Literal["m", "min"]
Direction = Literal["to", "from", "both"]

NOWHERE = 1e15
"""More metres or minutes than any way has: what is dearer is not permitted."""

AT_NODE_M = 1e-6
"""A place this near to a node stands on it, and may leave it whichever way the edge is permitted."""

_DIRECTIONS = ("to", "from", "both")


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """The two ends of the edge of each of k places: node and cost in both measures, access included.

    Attributes
    ----------
    node : NDArray[int64]
        Shape (k, 2): u and v of its edge; -1 where it is not snapped.
    metres, minutes : NDArray[float64]
        Shape (k, 2); infinite where not permitted or not snapped.
    """

    node: Longs
    metres: Floats
    minutes: Floats

    def cost(self, measure: Measure) -> Floats:
        """Return one measure."""
        return self.metres if measure == "m" else self.minutes


def checked_direction(direction: str) -> Direction:
    """Return a direction when it is one.

    Raises
    ------
    InvalidValue
        When it is neither ``to`` nor ``from`` nor ``both``.
    """
    for known in _DIRECTIONS:
        if direction == known:
            return known  # type: ignore[return-value]
    raise InvalidValue(
        "“{direction}” is no direction. Take to (from demand to station), from, or both (there and back).",
        direction=direction,
    )


def proportional(network: Network) -> bool:
    """Return whether minutes are metres by one pace, access included."""
    return network.level and network.speed_m_min == WALK_M_MIN


def legs(network: Network, places: Snapped, *, leaving: bool) -> Legs:
    """Return what it costs places to get onto the network, or to be got at from it.

    Parameters
    ----------
    network : Network
        What they were snapped to.
    places : Snapped
        Demand or stations.
    leaving : bool
        True from the place to the nodes, False from the nodes to the place.
    """
    snapped = places.edge >= 0
    edge = np.where(snapped, places.edge, 0)
    node = np.stack([network.u[edge], network.v[edge]], axis=1).astype(np.int64)
    node[~snapped] = -1
    along = np.stack([places.offset_m, places.rest_m], axis=1)
    whole = np.stack([network.backward_min[edge], network.forward_min[edge]], axis=1)
    minutes = part_min(
        along, network.length_m[edge][:, None], whole if leaving else whole[:, ::-1], network.speed_m_min
    )
    open_way = np.isfinite(minutes) & snapped[:, None]
    metres = np.where(open_way, along + places.access_m[:, None], np.inf)
    minutes = np.where(open_way, minutes + places.access_m[:, None] / WALK_M_MIN, np.inf)
    return Legs(node, metres, minutes)


def part_min(along_m: Floats, length_m: Floats, whole_min: Floats, speed_m_min: float) -> Floats:
    """Return the minutes for a part of an edge; next to nothing is permitted where the edge is not."""
    share = np.divide(along_m, length_m, out=np.zeros(np.shape(along_m)), where=length_m > 0)
    with np.errstate(invalid="ignore"):
        minutes = share * whole_min
    return np.where(along_m <= AT_NODE_M, np.where(np.isfinite(whole_min), minutes, along_m / speed_m_min), minutes)


def graph(network: Network, stations: Legs, measure: Measure, *, inward: bool) -> csr_array:
    """Return the matrix that a search runs on: the arcs of the network, and below them a row for each station."""
    arcs = network.arcs
    cost = stations.cost(measure)
    open_leg = np.isfinite(cost)
    start = arcs.start[-1] + np.cumsum(open_leg.sum(axis=1))
    data = np.concatenate([network.costs(measure, inward=inward), cost[open_leg]])
    return csr_array(
        (
            np.minimum(data, NOWHERE),
            np.concatenate([arcs.end, stations.node[open_leg]]).astype(np.int32),
            np.concatenate([arcs.start, start]).astype(np.int32),
        ),
        shape=(network.nodes + len(cost),) * 2,
    )


def along(matrix: csr_array, other: Floats, before: NDArray[np.int32]) -> Floats:
    """Return another measure along the ways that searches found.

    Parameters
    ----------
    matrix : csr_array
        What the searches ran on, n nodes.
    other : NDArray[float64]
        The other measure of each of its entries.
    before : NDArray[int32]
        Shape (k, n): the node before each node on its way, negative at its beginning and where none leads.

    Returns
    -------
    NDArray[float64]
        Shape (k, n); 0 at a beginning and where no way leads.
    """
    rows, count = before.shape
    leave = np.repeat(np.arange(count), np.diff(matrix.indptr))
    search, arc = np.nonzero(before[:, matrix.indices] == leave)
    flat = search * count + matrix.indices[arc]
    order = np.lexsort((matrix.data[arc], flat))
    first = order[np.append(True, np.diff(flat[order]) > 0)] if len(order) else order
    told = np.zeros(rows * count)
    told[flat[first]] = other[arc[first]]
    base = (np.arange(rows) * count)[:, None]
    ahead = np.where(before >= 0, base + before, base + np.arange(count)).ravel()
    while True:  # each round doubles how far back every node has looked
        further = ahead[ahead]
        if np.array_equal(further, ahead):
            break
        told += told[ahead]
        ahead = further
    return told.reshape(rows, count)


def direct(
    network: Network, demand: Snapped, stations: Snapped, pair: tuple[Longs, Longs], *, inward: bool
) -> tuple[Floats, Floats]:
    """Return metres and minutes between demand and stations on the same edge, straight along it; infinite if shut.

    Parameters
    ----------
    network : Network
        What both were snapped to.
    demand, stations : Snapped
        The places.
    pair : tuple of two NDArray[int64]
        Positions of demand and of stations, of one length.
    inward : bool
        From demand to station, else from station to demand.
    """
    row, station = pair
    edge = demand.edge[row]
    ahead = stations.offset_m[station] - demand.offset_m[row]
    metres = np.abs(ahead)
    along_edge = (ahead >= 0) == inward
    whole = np.where(along_edge, network.forward_min[edge], network.backward_min[edge])
    minutes = part_min(metres, network.length_m[edge], whole, network.speed_m_min)
    access = demand.access_m[row] + stations.access_m[station]
    shut = ~np.isfinite(minutes)
    return np.where(shut, np.inf, metres + access), np.where(shut, np.inf, minutes + access / WALK_M_MIN)


def same_edge(demand: Snapped, stations: Snapped) -> tuple[Longs, Longs]:
    """Return all pairs of demand and stations on one edge, as positions."""
    order = np.argsort(stations.edge, kind="stable")
    first = np.searchsorted(stations.edge[order], demand.edge, side="left")
    count = np.searchsorted(stations.edge[order], demand.edge, side="right") - first
    count[demand.edge < 0] = 0
    row = np.repeat(np.arange(len(demand)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    return row, order[place]
