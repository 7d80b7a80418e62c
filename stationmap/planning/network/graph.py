"""The network: junctions and the ways between them, as arrays that every search reads and none changes.

Its edges run from junction to junction; bends in between are geometry. Each edge may be passed forward (from u to v),
backward, or both; minutes are infinite where it may not. What is measured on the ground is measured by
:func:`stationmap.geo.earth.near_arc_m`, bend by bend.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from stationmap.errors import InvalidValue, Message
from stationmap.planning.network.rules import Mode, speed_m_min

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

BORDER_M = 100.0
"""A street that ends this near to the border of its extract, or beyond it, is taken as cut."""

_M_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Both directions of every edge, row by row of the node they leave: a compressed sparse matrix.

    Attributes
    ----------
    start : NDArray[int32]
        Shape (nodes + 1,).
    end : NDArray[int32]
        Shape (2 edges,): where each arc leads.
    edge : NDArray[int32]
        Shape (2 edges,): the edge it runs along.
    forward : NDArray[bool]
        Shape (2 edges,): from u to v.
    """

    start: Ints
    end: Ints
    edge: Ints
    forward: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """n nodes and e edges that one mode may use.

    Attributes
    ----------
    mode : str
        ``walk`` or ``ride``.
    lon, lat : NDArray[float64]
        Shape (n,), WGS 84 degrees.
    node_id : NDArray[int64]
        Shape (n,): the node of OpenStreetMap; the two sides of a barrier that stops have the same.
    u, v : NDArray[int32]
        Shape (e,): the nodes each edge runs from and to; the same twice for a loop.
    way_id : NDArray[int64]
        Shape (e,): the way of OpenStreetMap, or the way that outlines its multipolygon.
    length_m : NDArray[float64]
        Shape (e,).
    forward_min, backward_min : NDArray[float64]
        Shape (e,): minutes from u to v, and from v to u; infinite where it is not permitted.
    steps, outline, spans : NDArray[bool]
        Shape (e,): steps; the outline of an area; a bridge or tunnel.
    point_start : NDArray[int64]
        Shape (e + 1,): the points of edge i are ``point_start[i]`` to ``point_start[i + 1]``, both ends included.
    point_lon, point_lat, point_m : NDArray[float64]
        One a point: where, and metres from u along the edge.
    part : NDArray[int32]
        Shape (n,): which connected part each node lies in, whatever the direction; 0 is the largest, then by size.
    arcs : Arcs
        What searches run on.
    box : tuple of 4 float
        West, south, east, north of the extract, or of its streets where it does not say.
    sha256 : str
        Digest of the extract.
    level : bool
        True while minutes are metres by one pace in both directions, wherever permitted.
    notes : tuple of Message
        What a planner should know of it.
    """

    mode: Mode
    lon: Floats
    lat: Floats
    node_id: NDArray[np.int64]
    u: Ints
    v: Ints
    way_id: NDArray[np.int64]
    length_m: Floats
    forward_min: Floats
    backward_min: Floats
    steps: NDArray[np.bool_]
    outline: NDArray[np.bool_]
    spans: NDArray[np.bool_]
    point_start: NDArray[np.int64]
    point_lon: Floats
    point_lat: Floats
    point_m: Floats
    part: Ints
    arcs: Arcs
    box: tuple[float, float, float, float]
    sha256: str
    level: bool
    notes: tuple[Message, ...] = ()

    @property
    def nodes(self) -> int:
        """Return n."""
        return len(self.lon)

    @property
    def edges(self) -> int:
        """Return e."""
        return len(self.u)

    @property
    def parts(self) -> NDArray[np.int64]:
        """Return how many nodes each connected part has, largest first."""
        return np.bincount(self.part).astype(np.int64)

    @property
    def two_way(self) -> bool:
        """Return whether every edge takes the same minutes in both directions."""
        return bool(np.array_equal(self.forward_min, self.backward_min))

    @property
    def speed_m_min(self) -> float:
        """Return the pace of the mode on a level way; on foot from a door to the street it is a walker's."""
        return speed_m_min(self.mode)

    def costs(self, measure: str, *, inward: bool) -> Floats:
        """Return what each arc costs in metres or minutes; infinite where it is not permitted.

        Parameters
        ----------
        measure : str
            ``m`` or ``min``.
        inward : bool
            The arcs are run against their direction, as a search from stations does that asks for ways to them.
        """
        ahead, back = self.forward_min, self.backward_min
        if measure == "m":
            ahead, back = (np.where(np.isfinite(each), self.length_m, np.inf) for each in (ahead, back))
        if self.two_way:
            return ahead[self.arcs.edge]
        return np.where(self.arcs.forward != inward, ahead[self.arcs.edge], back[self.arcs.edge])

    def near_border(self, lon: Floats, lat: Floats, reach_m: float) -> NDArray[np.bool_]:
        """Return which places lie so near to the border of the extract that their reach may lead beyond it."""
        west, south, east, north = self.box
        high = reach_m / _M_PER_DEGREE
        wide = high / np.maximum(np.cos(np.radians(lat)), 0.01)
        return (lon - wide < west) | (lon + wide > east) | (lat - high < south) | (lat + high > north)


def connected(count: int, u: Ints, v: Ints) -> Ints:
    """Return the connected part of each of ``count`` nodes, 0 for the largest; of equal ones, the first goes first."""
    links = csr_array((np.ones(len(u), np.int8), (u, v)), shape=(count, count))
    _, label = connected_components(links, directed=False)
    size = np.bincount(label)
    rank = np.empty(len(size), np.int32)
    rank[np.argsort(-size, kind="stable")] = np.arange(len(size), dtype=np.int32)
    ranked: Ints = rank[label]
    return ranked


def arcs(count: int, u: Ints, v: Ints) -> Arcs:
    """Return both directions of edges, by the node they leave, then by edge."""
    edges = np.arange(len(u), dtype=np.int32)
    leave, end = np.concatenate([u, v]), np.concatenate([v, u])
    order = np.argsort(leave, kind="stable")
    start = np.append(0, np.cumsum(np.bincount(leave, minlength=count))).astype(np.int32)
    return Arcs(start, end[order].astype(np.int32), np.concatenate([edges, edges])[order], order < len(u))


def assembled(
    mode: Mode,
    *,
    node: tuple[Floats, Floats, NDArray[np.int64]],
    ends: tuple[Ints, Ints],
    way_id: NDArray[np.int64],
    points: tuple[NDArray[np.int64], Floats, Floats, Floats],
    minutes: tuple[Floats, Floats],
    sorts: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
    box: tuple[float, float, float, float],
    sha256: str,
    notes: tuple[Message, ...] = (),
) -> Network:
    """Return a network from its nodes and edges: parts and arcs follow from them.

    Parameters
    ----------
    mode : str
        ``walk`` or ``ride``.
    node : tuple
        ``lon``, ``lat``, ``node_id``.
    ends : tuple
        ``u``, ``v``.
    way_id : NDArray[int64]
        As in :class:`Network`.
    points : tuple
        ``point_start``, ``point_lon``, ``point_lat``, ``point_m``; the last metre of an edge is its length.
    minutes : tuple
        ``forward_min``, ``backward_min``.
    sorts : tuple
        ``steps``, ``outline``, ``spans``.
    box, sha256, notes
        As in :class:`Network`.
    """
    (lon, lat, node_id), (u, v) = node, ends
    length_m = points[3][points[0][1:] - 1]
    expected = length_m / speed_m_min(mode)
    level = all(np.array_equal(each[np.isfinite(each)], expected[np.isfinite(each)]) for each in minutes)
    return Network(
        mode=mode,
        lon=lon,
        lat=lat,
        node_id=node_id,
        u=u,
        v=v,
        way_id=way_id,
        length_m=length_m,
        forward_min=minutes[0],
        backward_min=minutes[1],
        steps=sorts[0],
        outline=sorts[1],
        spans=sorts[2],
        point_start=points[0],
        point_lon=points[1],
        point_lat=points[2],
        point_m=points[3],
        part=connected(len(lon), u, v),
        arcs=arcs(len(lon), u, v),
        box=box,
        sha256=sha256,
        level=level,
        notes=notes,
    )


def drawn(
    mode: Mode,
    lon: Floats,
    lat: Floats,
    u: Ints,
    v: Ints,
    length_m: Floats,
    *,
    oneway: NDArray[np.bool_] | None = None,
) -> Network:
    """Return a network that comes from no extract: nodes, straight edges between them and their lengths.

    Parameters
    ----------
    mode : str
        ``walk`` or ``ride``.
    lon, lat : NDArray[float64]
        Nodes, shape (n,).
    u, v : NDArray[int32]
        Ends of the edges, shape (e,), from 0 to n - 1.
    length_m : NDArray[float64]
        Shape (e,), from 0 up; it need not be that of the straight line.
    oneway : NDArray[bool], optional
        Shape (e,): passed from u to v only.

    Raises
    ------
    InvalidValue
        When an edge ends at no node, or a length is negative or no number.
    """
    count = len(lon)
    wrong = np.flatnonzero(~((u >= 0) & (u < count) & (v >= 0) & (v < count) & (length_m >= 0) & (length_m < np.inf)))
    if len(wrong):
        raise InvalidValue(
            "Edge {edge} runs from node {u} to node {v} of {count} with a length of {length} m. Correct it.",
            edge=int(wrong[0]),
            u=int(u[wrong[0]]),
            v=int(v[wrong[0]]),
            count=count,
            length=float(length_m[wrong[0]]),
        )
    edges, no = len(u), np.zeros(len(u), bool)
    ends = np.stack([u, v], axis=1).ravel()
    minutes = length_m / speed_m_min(mode)
    along = np.stack([np.zeros(edges), length_m], axis=1).ravel()
    box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())) if count else (0.0, 0.0, 0.0, 0.0)
    return assembled(
        mode,
        node=(lon, lat, np.arange(count, dtype=np.int64)),
        ends=(u.astype(np.int32), v.astype(np.int32)),
        way_id=np.arange(edges, dtype=np.int64),
        points=(np.arange(0, 2 * edges + 1, 2, dtype=np.int64), lon[ends], lat[ends], along),
        minutes=(minutes, minutes if oneway is None else np.where(oneway, np.inf, minutes)),
        sorts=(no, no, no),
        box=box,
        sha256="",
    )
