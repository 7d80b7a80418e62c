"""From the streets of an extract to a network: rules applied, ways split where they meet, parts and borders told.

- Ways are split at nodes that they share, with another way or with themselves, and at their ends; a way that lacks a
  node in the extract is cut there, since nobody knows how it runs.
- A node with a barrier that stops is parted: every way ends there on its own side.
- Areas (``area=yes``, outlines of multipolygons) are walked along their outlines, not across: a way over a square comes
  out longer than it is, by at most the factor of half the outline to the diameter.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import Message, UnusableInput
from stationmap.files.osm.ways import Ways, read
from stationmap.files.source import examine
from stationmap.geo.earth import distance_m
from stationmap.planning.network.graph import BORDER_M, Network, assembled
from stationmap.planning.network.rules import BARRIER_KEYS, WAY_KEYS, Mode, Passage, passage, stops, unknown_class

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

_MOST_CLASSES = 5
_WAYS = ("forward", "backward")
_SORTS = ("steps", "outline", "spans")


def from_extract(path: Path, mode: Mode = "walk") -> Network:
    """Return the network of an OpenStreetMap extract (PBF, XML, and these packed).

    Parameters
    ----------
    path : Path
        The extract.
    mode : str
        ``walk`` or ``ride``.

    Raises
    ------
    UnusableInput
        When the extract is damaged, too large, or has no street for the mode.
    """
    return from_ways(read(examine(path), way_keys=WAY_KEYS, barrier_keys=BARRIER_KEYS), mode)


def from_ways(ways: Ways, mode: Mode = "walk") -> Network:
    """Return the network of the streets of an extract.

    Raises
    ------
    UnusableInput
        When there is no street for the mode.
    """
    passages = [passage(tags, mode) for tags in ways.taggings]
    first = _segments(ways, np.array([not each.shut for each in passages], bool))
    if not len(first):
        raise UnusableInput(
            "{name} has no street for this mode ({mode}): none of its {ways} streets may be used, or their nodes are"
            " missing. Take an extract with streets, whole ways included.",
            name=ways.name,
            mode=mode,
            ways=len(ways),
        )
    stopping = np.zeros(len(ways.node_id), bool)
    stopping[[node for node, tags in ways.barriers.items() if stops(tags, mode)]] = True
    at, start = _edges(first, ways.ref, _splits(first, ways.ref, stopping))
    end_ref = ways.ref[np.stack([at[start[:-1]], at[start[1:] - 1]])]
    node, ends = _nodes(end_ref, stopping)
    ref = ways.ref[at]
    point_m = _along_m(ways.lon[ref], ways.lat[ref], start)
    way = np.searchsorted(ways.start, at[start[:-1]], side="right") - 1
    tagging = ways.tagging[way]
    net = assembled(
        mode,
        node=(ways.lon[node], ways.lat[node], ways.node_id[node]),
        ends=(ends[0], ends[1]),
        way_id=ways.way_id[way],
        points=(start, ways.lon[ref], ways.lat[ref], point_m),
        minutes=_minutes(passages, tagging, point_m[start[1:] - 1]),
        sorts=_sorts(passages, tagging),
        box=ways.box or _box(ways.lon[ref], ways.lat[ref]),
        sha256=ways.sha256,
    )
    return replace(net, notes=(*_told(net), *_told_of_tags(ways)))


def _segments(ways: Ways, usable: Flags) -> Longs:
    """Return where in ``ways.ref`` each straight piece of a usable way starts; it ends at the next position."""
    if not len(ways):
        return np.empty(0, np.int64)
    way = np.repeat(np.arange(len(ways)), np.diff(ways.start))
    kept = usable[ways.tagging][way] & (ways.ref >= 0)
    return np.flatnonzero(kept[:-1] & kept[1:] & (way[:-1] == way[1:]) & (ways.ref[:-1] != ways.ref[1:]))


def _splits(first: Longs, ref: Longs, stopping: Flags) -> Flags:
    """Return which nodes part what runs through them: all but those that one way passes once; barriers too."""
    count = len(stopping)
    met = np.bincount(ref[first], minlength=count) + np.bincount(ref[first + 1], minlength=count)
    through = first[1:][np.diff(first) == 1]
    inner = np.bincount(ref[through], minlength=count)
    splits: Flags = ~((met == 2) & (inner == 1)) | stopping
    return splits


def _edges(first: Longs, ref: Longs, splits: Flags) -> tuple[Longs, Longs]:
    """Return the points of all edges as positions in ``ref``, and where each edge starts among them."""
    begins = np.append(True, np.diff(first) != 1) | splits[ref[first]]
    begin = np.flatnonzero(begins)
    segments = np.diff(np.append(begin, len(first)))
    start = np.append(0, np.cumsum(segments + 1))
    at = np.empty(start[-1], np.int64)
    at[np.arange(len(first)) + np.cumsum(begins) - 1] = first
    at[start[1:] - 1] = first[begin + segments - 1] + 1
    return at, start


def _nodes(end_ref: Longs, stopping: Flags) -> tuple[Longs, NDArray[np.int32]]:
    """Return which nodes the ends of edges are, and each end as one of them; at barriers that stop, each its own."""
    key = end_ref.copy()
    parted = stopping[end_ref]
    key[parted] = len(stopping) + np.arange(np.count_nonzero(parted))
    _, where, position = np.unique(key, return_index=True, return_inverse=True)
    return end_ref.ravel()[where], position.reshape(end_ref.shape).astype(np.int32)


def _along_m(lon: Floats, lat: Floats, start: Longs) -> Floats:
    """Return the metres of each point along its edge."""
    metres = np.append(0.0, distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:]))
    metres[start[:-1]] = 0.0
    along = np.cumsum(metres)
    from_u: Floats = along - np.repeat(along[start[:-1]], np.diff(start))
    return from_u


def _minutes(passages: list[Passage], tagging: NDArray[np.int32], length_m: Floats) -> tuple[Floats, Floats]:
    speed = np.array([each.speed_m_min for each in passages])[tagging]
    forward, backward = (np.array([getattr(each, way) for each in passages], bool)[tagging] for way in _WAYS)
    minutes = length_m / speed
    return np.where(forward, minutes, np.inf), np.where(backward, minutes, np.inf)


def _sorts(passages: list[Passage], tagging: NDArray[np.int32]) -> tuple[Flags, Flags, Flags]:
    steps, outline, spans = (np.array([getattr(each, sort) for each in passages], bool)[tagging] for sort in _SORTS)
    return steps, outline, spans


def _box(lon: Floats, lat: Floats) -> tuple[float, float, float, float]:
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _told(net: Network) -> list[Message]:
    notes = []
    parts = net.parts
    if len(parts) > 1:
        notes.append(
            Message(
                "The network falls into {parts} parts that no way joins; the largest has {share:.1%} of the {nodes}"
                " nodes.",
                {"parts": len(parts), "share": float(parts[0] / net.nodes), "nodes": net.nodes},
            )
        )
    met = np.bincount(np.concatenate([net.u, net.v]), minlength=net.nodes)
    _, one, sides = np.unique(net.node_id, return_inverse=True, return_counts=True)
    ends = (met == 1) & (sides[one] == 1)  # a way that ends at a barrier is not cut
    cut = int(np.count_nonzero(ends & net.near_border(net.lon, net.lat, BORDER_M)))
    if cut:
        notes.append(
            Message(
                "{count} streets end at the border of the extract: what lies beyond is not seen, and near the border"
                " ways may be longer than they are.",
                {"count": cut},
            )
        )
    return notes


def _told_of_tags(ways: Ways) -> list[Message]:
    notes = []
    missing = int(np.count_nonzero(ways.ref < 0))
    if missing:
        notes.append(
            Message("{count} nodes of streets are not in the extract; the streets are cut there.", {"count": missing})
        )
    unknown: Counter[str] = Counter()
    for tags, count in zip(ways.taggings, np.bincount(ways.tagging).tolist(), strict=True):
        unknown[unknown_class(tags)] += count
    del unknown[""]
    if unknown:
        classes = tuple(kind for kind, _ in unknown.most_common(_MOST_CLASSES))
        notes.append(
            Message(
                "{count} streets are of classes that the rules do not know ({classes}); they are left out unless they"
                " say who may use them.",
                {"count": unknown.total(), "classes": classes},
            )
        )
    return notes
