"""Streets of an OpenStreetMap extract as flat arrays: what is mapped, with no rule of who may use it.

Read are all ways with a ``highway`` tag, and the outer ways of multipolygons with one (squares), which carry the tags
of their multipolygon. Nodes come with the ways that use them; those with a ``barrier`` keep their tags.
"""

import tempfile
from array import array
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import osmium
from numpy.typing import NDArray

from stationmap.files.osm.extract import check_size, faults_told, kind, sorted_copy
from stationmap.files.source import Source

Tags = Mapping[str, str]

STREET_KEY = "highway"
BARRIER_KEY = "barrier"
OUTLINE = "outline"
"""A tag that this reader adds, ``yes``, to a way that is the outline of a multipolygon."""

_NOWHERE = 2**31 - 1
_IN_ORDER = "Type_then_ID"
_PER_DEGREE = 1e7


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """w ways over n nodes.

    Attributes
    ----------
    name, sha256 : str
        What the user calls the extract, and the digest of its bytes.
    node_id : NDArray[int64]
        Shape (n,), ascending: the nodes of the ways that the extract holds.
    lon, lat : NDArray[float64]
        Shape (n,), WGS 84 degrees.
    way_id : NDArray[int64]
        Shape (w,), in the order of the extract; outlines of multipolygons come last.
    start : NDArray[int64]
        Shape (w + 1,): the nodes of way i are ``ref[start[i]:start[i + 1]]``.
    ref : NDArray[int64]
        Positions in ``node_id``; -1 where the extract lacks the node: the way is cut there.
    tagging : NDArray[int32]
        Shape (w,): position in ``taggings`` of the tags of each way.
    taggings : tuple of Mapping[str, str]
        The different sets of tags, of the keys asked for.
    barriers : Mapping[int, Mapping[str, str]]
        Tags, of the keys asked for, of nodes with a barrier, by position in ``node_id``.
    box : tuple of 4 float or None
        West, south, east, north of the extract, where it says so.
    """

    name: str
    sha256: str
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    way_id: NDArray[np.int64]
    start: NDArray[np.int64]
    ref: NDArray[np.int64]
    tagging: NDArray[np.int32]
    taggings: tuple[Tags, ...]
    barriers: Mapping[int, Tags]
    box: tuple[float, float, float, float] | None

    def __len__(self) -> int:
        return len(self.way_id)


def read(source: Source, *, way_keys: Collection[str], barrier_keys: Collection[str]) -> Ways:
    """Return the streets of an extract.

    Parameters
    ----------
    source : Source
        PBF, XML, or these packed.
    way_keys, barrier_keys : collection of str
        The keys of ways and of barriers to keep; other tags are dropped.

    Raises
    ------
    UnusableInput
        When the extract is damaged or too large.
    """
    check_size(source, f"w/{STREET_KEY}")
    with faults_told(source):
        found = _gathered(str(source.path), kind(source), way_keys, barrier_keys)
        if not found.in_order and found.x.count(_NOWHERE):  # ways may stand before their nodes
            with tempfile.TemporaryDirectory(prefix="stationmap-") as folder:
                box = found.box
                found = _gathered(sorted_copy(source, folder), "pbf", way_keys, barrier_keys)
                found.box = box  # the copy does not say
    return found.ways(source)


@dataclass(slots=True)
class _Found:
    """What is gathered while an extract runs by."""

    box: tuple[float, float, float, float] | None = None
    in_order: bool = False
    way_id: "array[int]" = field(default_factory=lambda: array("q"))
    count: "array[int]" = field(default_factory=lambda: array("q"))
    tagging: "array[int]" = field(default_factory=lambda: array("i"))
    node: "array[int]" = field(default_factory=lambda: array("q"))
    x: "array[int]" = field(default_factory=lambda: array("q"))
    y: "array[int]" = field(default_factory=lambda: array("q"))
    taggings: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    barriers: dict[int, Tags] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def add(self, way: osmium.osm.Way, tags: Tags) -> None:
        """Take a way, once."""
        if way.id in self.seen:
            return
        self.seen.add(way.id)
        key = tuple(sorted(tags.items()))
        nodes = [(node.ref, node.x, node.y) for node in way.nodes]
        self.way_id.append(way.id)
        self.count.append(len(nodes))
        self.tagging.append(self.taggings.setdefault(key, len(self.taggings)))
        self.node.extend([node[0] for node in nodes])
        self.x.extend([node[1] for node in nodes])
        self.y.extend([node[2] for node in nodes])

    def ways(self, source: Source) -> Ways:
        """Return all as arrays."""
        node, x, y = (np.frombuffer(column, np.int64) for column in (self.node, self.x, self.y))
        known = (x != _NOWHERE) & (y != _NOWHERE)
        node_id, first, position = np.unique(node[known], return_index=True, return_inverse=True)
        ref = np.full(len(node), -1, np.int64)
        ref[known] = position
        return Ways(
            name=source.name,
            sha256=source.sha256,
            node_id=node_id,
            lon=x[known][first] / _PER_DEGREE,
            lat=y[known][first] / _PER_DEGREE,
            way_id=np.array(self.way_id, np.int64),
            start=np.append(0, np.cumsum(self.count, dtype=np.int64)),
            ref=ref,
            tagging=np.array(self.tagging, np.int32),
            taggings=tuple(dict(key) for key in self.taggings),
            barriers=self._barriers(node_id),
            box=self.box,
        )

    def _barriers(self, node_id: NDArray[np.int64]) -> dict[int, Tags]:
        at = np.searchsorted(node_id, list(self.barriers))
        return {
            int(place): tags
            for place, (node, tags) in zip(at, self.barriers.items(), strict=True)
            if place < len(node_id) and node_id[place] == node
        }


def _gathered(path: str, written: str, way_keys: Collection[str], barrier_keys: Collection[str]) -> _Found:
    found = _Found()
    squares = _outlines(path, written, way_keys)
    streets = _processor(path, written, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    for item in streets.with_filter(osmium.filter.KeyFilter(STREET_KEY, BARRIER_KEY)):
        if isinstance(item, osmium.osm.Way):
            if STREET_KEY in item.tags:
                found.add(item, _tags(item, way_keys))
        elif isinstance(item, osmium.osm.Node) and BARRIER_KEY in item.tags:
            found.barriers[item.id] = _tags(item, barrier_keys)
    for way in _named(path, written, squares.keys() - found.seen):
        found.add(way, squares[way.id])
    found.in_order = streets.header.get("sorting", "") == _IN_ORDER
    box = streets.header.box()
    if box.valid():
        found.box = (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)
    return found


def _outlines(path: str, written: str, keys: Collection[str]) -> dict[int, Tags]:
    """Return the tags of multipolygons that are streets, by their outer ways."""
    squares: dict[int, Tags] = {}
    relations = _processor(path, written, osmium.osm.RELATION).with_filter(osmium.filter.KeyFilter(STREET_KEY))
    for item in relations:
        if isinstance(item, osmium.osm.Relation) and item.tags.get("type") == "multipolygon":
            tags = {**_tags(item, keys), OUTLINE: "yes"}
            squares.update(
                (member.ref, tags) for member in item.members if (member.type, member.role) == ("w", "outer")
            )
    return squares


def _named(path: str, written: str, ids: Collection[int]) -> Iterator[osmium.osm.Way]:
    if ids:
        ways = _processor(path, written, osmium.osm.NODE | osmium.osm.WAY).with_locations()
        for item in ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(
            osmium.filter.IdFilter(ids)
        ):
            if isinstance(item, osmium.osm.Way):
                yield item


def _tags(item: osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation, keys: Collection[str]) -> dict[str, str]:
    return {tag.k: tag.v for tag in item.tags if tag.k in keys}


def _processor(path: str, written: str, entities: osmium.osm.osm_entity_bits) -> osmium.FileProcessor:
    return osmium.FileProcessor(osmium.io.File(path, written), entities)
