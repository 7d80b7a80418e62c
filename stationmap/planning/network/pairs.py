"""All pairs of demand and stations within reach along the network, by bounded searches from a few stations at a time.

Stations that lie near one another are searched from together: one search with all of them as sources finds the nodes
within reach of any, and on this small part of the network each has a search of its own. Memory holds the table of one
block: stations of the block times nodes of its part.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from stationmap.errors import InvalidValue, Message
from stationmap.geo.earth import geocentric
from stationmap.planning.network.graph import Network
from stationmap.planning.network.search import (
    NOWHERE,
    Direction,
    Legs,
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
from stationmap.planning.pairs import MOST_PAIRS, WALK_M_MIN, Pairs, checked_reach, too_many

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Table = tuple[Longs, Longs, Floats, Floats]
"""Demand, station, metres and minutes of pairs."""

_SOURCES = 32
_MOST_CELLS = 4_000_000
_NOTHING: Table = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))
_SLACK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """Pairs along a network, and whom they leave out.

    Attributes
    ----------
    pairs : Pairs
        ``way`` is ``walk`` or ``ride``; metres and minutes belong to one way, access at both ends included. When
        minutes were asked for, the pairs are all within these minutes, and ``reach_m`` is the farthest that these go.
    measure : str
        ``m`` or ``min``: what was kept short, and to what the reach applied.
    direction : str
        ``to`` (from demand to station), ``from``, or ``both`` (half of there and back).
    symmetric : bool
        Both directions cost the same everywhere, and the direction does not matter.
    unsnapped, unsnapped_stations : NDArray[int64]
        Positions of what is not on the network.
    apart : NDArray[int64]
        Positions of demand in parts of the network that have no station.
    beyond : NDArray[int64]
        Positions of all other demand that reaches no station.
    notes : tuple of Message
        How many all these are, which direction was used, and how far the border of the extract may matter.
    """

    pairs: Pairs
    measure: Measure
    direction: Direction
    symmetric: bool
    unsnapped: Longs
    unsnapped_stations: Longs
    apart: Longs
    beyond: Longs
    notes: tuple[Message, ...]


def by_network(
    network: Network,
    demand: Snapped,
    stations: Snapped,
    *,
    reach_m: float | None = None,
    reach_min: float | None = None,
    direction: str = "to",
) -> Reached:
    """Return all pairs within a reach along the network.

    Parameters
    ----------
    network : Network
        What both were snapped to.
    demand, stations : Snapped
        The places.
    reach_m, reach_min : float, optional
        One of them, from 0 up; a pair at that very distance is in.
    direction : str
        ``to`` from demand to station, ``from`` back, ``both`` there and back: the mean of the two ways counts.

    Raises
    ------
    InvalidValue
        When not one reach is given, it is negative or no number, the direction is none, or there would be more pairs
        than fit into memory.
    """
    if (reach_m is None) == (reach_min is None):
        raise InvalidValue("Give a reach in metres or one in minutes, not both and not none.")
    measure: Measure = "m" if reach_m is not None else "min"
    reach = checked_reach(reach_m) if reach_m is not None else _checked_minutes(reach_min or 0.0)
    way, same = checked_direction(direction), network.two_way
    search = _Search(network, demand, stations, measure, reach)
    if way == "both" and not same:
        table = _mean(search.table(inward=True, times=2.0), search.table(inward=False, times=2.0), len(stations))
    else:
        table = search.table(inward=way != "from", times=1.0)
    pairs = _pairs(table, search, network)
    apart, beyond = _lost(network, demand, stations, pairs)
    notes = _notes(network, demand, stations, pairs, (apart, beyond), same, way)
    return Reached(pairs, measure, way, same, demand.unsnapped, stations.unsnapped, apart, beyond, notes)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """What is asked: pairs of these, within this reach of one measure."""

    network: Network
    demand: Snapped
    stations: Snapped
    measure: Measure
    reach: float

    def table(self, *, inward: bool, times: float) -> Table:
        """Return all pairs within some times the reach, in one direction."""
        self._check_all(times * self.reach)
        found = [_NOTHING]
        total = 0
        for block in self._blocks(inward=inward, bound=times * self.reach):
            found.append(block)
            total += len(block[0])
            if total > MOST_PAIRS:
                raise self._too_many()
        row, station, metres, minutes = (np.concatenate(column) for column in zip(*found, strict=True))
        return row, station, metres, minutes

    def _too_many(self) -> InvalidValue:
        return too_many(self.reach if self.measure == "m" else self.reach * self.network.speed_m_min)

    def _check_all(self, bound: float) -> None:
        """Refuse a reach that leads through the whole network when all that it joins is too much."""
        costs = self.network.costs(self.measure, inward=True)
        if not self.network.two_way or bound < costs[np.isfinite(costs)].sum():
            return
        parts, (demand, stations) = len(self.network.parts), (self.demand.edge, self.stations.edge)
        counts = [
            np.bincount(self.network.part[self.network.u[edge[edge >= 0]]], minlength=parts)
            for edge in (demand, stations)
        ]
        if int((counts[0] * counts[1]).sum()) > MOST_PAIRS:
            raise self._too_many()

    def _blocks(self, *, inward: bool, bound: float) -> Iterator[Table]:
        """Return the pairs of some stations at a time."""
        sources = legs(self.network, self.stations, leaving=not inward)
        whole = graph(self.network, sources, self.measure, inward=inward)
        other = graph(self.network, sources, "min" if self.measure == "m" else "m", inward=inward).data
        ends = _Ends.of(self, inward=inward)
        limit = min(bound * (1.0 + _SLACK) + _SLACK, NOWHERE / 10.0)
        order = _by_place(self.stations)
        first = 0
        while first < len(order):
            together = order[first : first + _SOURCES]
            cost = dijkstra(whole, indices=self.network.nodes + together, min_only=True, limit=limit)
            inside = np.flatnonzero(np.isfinite(cost))
            near = ends.near(inside[: np.searchsorted(inside, self.network.nodes)], together)
            together = together[: max(1, _MOST_CELLS // max(len(inside), len(near)))]
            first += len(together)
            part, entries = _part(whole, inside)
            found = self._searched(part, other[entries], inside, together, limit)
            yield ends.joined(near, together, inside, found, bound)

    def _searched(
        self, part: csr_array, other: Floats, inside: Longs, together: Longs, limit: float
    ) -> tuple[Floats, Floats]:
        """Return what each station of a block costs at each node inside, and the other measure."""
        source = np.searchsorted(inside, self.network.nodes + together)
        if proportional(self.network):
            cost = dijkstra(part, indices=source, limit=limit)
            return cost, cost / WALK_M_MIN if self.measure == "m" else cost * WALK_M_MIN
        cost, before = dijkstra(part, indices=source, limit=limit, return_predecessors=True)
        return cost, along(part, other, before)


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Demand by the nodes at the ends of its edges, and by the stations on its edges."""

    search: _Search
    legs: Legs
    start: Longs
    demand: Longs
    on_edge: tuple[Longs, Longs]
    direct: tuple[Floats, Floats]

    @classmethod
    def of(cls, search: _Search, *, inward: bool) -> "_Ends":
        """Put the demand of a search in order."""
        ends = legs(search.network, search.demand, leaving=inward)
        row, side = np.nonzero(np.isfinite(ends.metres))
        node = ends.node[row, side]
        start = np.append(0, np.cumsum(np.bincount(node, minlength=search.network.nodes)))
        demand, station = same_edge(search.demand, search.stations)
        order = np.argsort(station, kind="stable")
        pair = demand[order], station[order]
        straight = direct(search.network, search.demand, search.stations, pair, inward=inward)
        return cls(search, ends, start, row[np.argsort(node, kind="stable")], pair, straight)

    def near(self, nodes: Longs, stations: Longs) -> Longs:
        """Return the demand at some nodes and on the edges of some stations."""
        rows = _expanded(self.start[nodes], self.start[nodes + 1])
        return np.unique(np.concatenate([self.demand[rows], self.on_edge[0][self._straight(stations)[1]]]))

    def joined(self, near: Longs, together: Longs, inside: Longs, found: tuple[Floats, Floats], bound: float) -> Table:
        """Return the pairs of a block: over the better end of the edge, or straight along it."""
        cost, other = (np.pad(each, ((0, 0), (0, 1)), constant_values=np.inf) for each in found)
        measures = (self.legs.metres, self.legs.minutes)
        main, second = measures if self.search.measure == "m" else measures[::-1]
        straight = self.direct if self.search.measure == "m" else self.direct[::-1]
        place = np.searchsorted(inside, self.legs.node[near])
        place[inside[np.minimum(place, len(inside) - 1)] != self.legs.node[near]] = len(inside)
        over = [cost[:, place[:, side]] + main[near, side] for side in (0, 1)]
        better = (over[1] < over[0]).astype(np.int8)
        best = np.minimum(over[0], over[1])
        which, pair = self._straight(together)
        column = np.searchsorted(near, self.on_edge[0][pair])
        wins = straight[0][pair] < best[which, column]
        best[which[wins], column[wins]] = straight[0][pair][wins]
        better[which[wins], column[wins]] = -1
        station, demand = np.nonzero(best <= bound)
        side = np.maximum(better[station, demand], 0)
        beside = other[station, place[demand, side]] + second[near[demand], side]
        direct_pair = np.full(best.shape, -1)
        direct_pair[which, column] = pair
        chosen = np.flatnonzero(better[station, demand] < 0)
        beside[chosen] = straight[1][direct_pair[station[chosen], demand[chosen]]]
        columns = (best[station, demand], beside)
        metres, minutes = columns if self.search.measure == "m" else columns[::-1]
        return near[demand], together[station], metres, minutes

    def _straight(self, stations: Longs) -> tuple[Longs, Longs]:
        """Return the pairs on one edge of some stations: which of these it is, and the position of the pair."""
        first = np.searchsorted(self.on_edge[1], stations, side="left")
        last = np.searchsorted(self.on_edge[1], stations, side="right")
        return np.repeat(np.arange(len(stations)), last - first), _expanded(first, last)


def _expanded(first: Longs, last: Longs) -> Longs:
    """Return all positions of some stretches, one stretch after the other."""
    count = last - first
    every: Longs = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count - first, count)
    return every


def _key(table: Table, stations: int) -> Longs:
    return table[0].astype(np.int64) * max(stations, 1) + table[1]


def _mean(there: Table, back: Table, stations: int) -> Table:
    """Return the pairs that have a way there and one back, with the mean of both."""
    _, one, two = np.intersect1d(_key(there, stations), _key(back, stations), assume_unique=True, return_indices=True)
    return there[0][one], there[1][one], (there[2][one] + back[2][two]) / 2.0, (there[3][one] + back[3][two]) / 2.0


def _pairs(table: Table, search: _Search, network: Network) -> Pairs:
    row, station, metres, minutes = table
    kept = np.flatnonzero((metres if search.measure == "m" else minutes) <= search.reach)
    order = kept[np.lexsort((station[kept], metres[kept], row[kept]))]
    count = np.bincount(row[order], minlength=len(search.demand))
    reach_m = search.reach
    if search.measure == "min":
        reach_m = max(search.reach * _top_speed(network), float(metres[order].max(initial=0.0)))
    start = np.append(np.zeros(1, np.int64), np.cumsum(count))
    stations = len(search.stations)
    return Pairs(start, station[order].astype(np.int32), metres[order], minutes[order], stations, reach_m, network.mode)


def _top_speed(network: Network) -> float:
    """Return the most metres a minute that any edge allows, and at least a walker's pace."""
    quickest = np.minimum(network.forward_min, network.backward_min)
    speed = np.divide(network.length_m, quickest, out=np.zeros(network.edges), where=quickest > 0)
    return float(max(speed.max(initial=0.0), WALK_M_MIN))


def _checked_minutes(reach_min: float) -> float:
    if not 0.0 <= reach_min < np.inf:
        raise InvalidValue("The reach must be a number of minutes from 0 up, not {reach_min}.", reach_min=reach_min)
    return float(reach_min)


def _by_place(stations: Snapped) -> Longs:
    """Return the snapped stations, those near one another near in order: along a curve through the cells of a grid."""
    known = np.flatnonzero(stations.edge >= 0)
    if not len(known):
        return known
    place = geocentric(stations.foot_lon[known], stations.foot_lat[known])
    fine = ((place - place.min(axis=0)) / 50.0).astype(np.int64)
    code = np.zeros(len(known), np.int64)
    for bit in range(20):
        for axis in range(3):
            code |= ((fine[:, axis] >> bit) & 1) << (3 * bit + axis)
    return known[np.argsort(code, kind="stable")]


def _part(whole: csr_array, inside: Longs) -> tuple[csr_array, Longs]:
    """Return the part of a matrix among some nodes, ascending, and which of its entries are in it."""
    first, last = whole.indptr[inside].astype(np.int64), whole.indptr[inside + 1].astype(np.int64)
    entry, count = _expanded(first, last), last - first
    to = whole.indices[entry]
    place = np.minimum(np.searchsorted(inside, to), len(inside) - 1)
    kept = inside[place] == to
    row = np.repeat(np.arange(len(inside)), count)[kept]
    start = np.append(0, np.cumsum(np.bincount(row, minlength=len(inside)))).astype(np.int32)
    shape = (len(inside), len(inside))
    return csr_array((whole.data[entry[kept]], place[kept].astype(np.int32), start), shape=shape), entry[kept]


def _lost(network: Network, demand: Snapped, stations: Snapped, pairs: Pairs) -> tuple[Longs, Longs]:
    """Return the demand on the network without a pair: in parts that have no station, and elsewhere."""
    lost = np.flatnonzero((np.diff(pairs.start) == 0) & (demand.edge >= 0))
    served = np.zeros(len(network.parts), bool)
    served[network.part[network.u[stations.edge[stations.edge >= 0]]]] = True
    near = served[network.part[network.u[demand.edge[lost]]]]
    return lost[~near], lost[near]


def _notes(
    network: Network,
    demand: Snapped,
    stations: Snapped,
    pairs: Pairs,
    lost: tuple[Longs, Longs],
    same: bool,
    way: Direction,
) -> tuple[Message, ...]:
    border = int(np.count_nonzero(network.near_border(demand.lon, demand.lat, pairs.reach_m)))
    away, apart, beyond = len(stations.unsnapped), len(lost[0]), len(lost[1])
    every = {"all": len(demand)}
    told = (
        Message(
            "{count} of {all} stations lie too far from every street and serve nobody on this network.",
            {"count": away, "all": len(stations)},
        ),
        Message("{count} of {all} places lie in parts of the network that have no station.", {"count": apart, **every}),
        Message("{count} of {all} places have no station within reach along the network.", {"count": beyond, **every}),
        Message(
            "{count} of {all} places lie so near to the border of the extract that stations and ways beyond it may be"
            " missing.",
            {"count": border, **every},
        ),
    )
    notes = [*demand.notes, *(message for message in told if message.values["count"])]
    if not same:
        notes.append(_directions()[way])
    return tuple(notes)


def _directions() -> dict[Direction, Message]:
    return {
        "to": Message("Ways differ by direction: counted are those from demand to station."),
        "from": Message("Ways differ by direction: counted are those from station to demand."),
        "both": Message("Ways differ by direction: counted is half of there and back."),
    }
