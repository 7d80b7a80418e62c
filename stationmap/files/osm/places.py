"""Places of an OpenStreetMap extract (PBF, XML, and these packed), by pyosmium.

A place is a node with tags, or an area with tags (a closed way, a multipolygon), which stands as its centroid, or as a
point inside it where the centroid falls outside. Tags become columns. ``layer`` filters by tag: ``amenity`` takes all
with that key, ``amenity=library,toilets;shop`` those with one of the values, or with a shop tag.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.cells import clean, plain
from stationmap.files.limits import CELLS
from stationmap.files.osm.extract import check_size, faults_told, kind, sorted_copy
from stationmap.files.source import Source
from stationmap.files.table import Table, features

Filter = Mapping[str, frozenset[str]]
"""Wanted values by key; an empty set takes any value."""

_Place = tuple[str, BaseGeometry | None, dict[str, str]]

MOST_TAG_COLUMNS = 300
OTHER_TAGS = "other_tags"
_PLACE_KEYS = frozenset(("amenity", "shop", "office", "tourism", "leisure", "healthcare", "craft", "emergency"))
_PLACE_KEYS |= {"public_transport", "railway", "aeroway", "historic", "club"}
_IDLE_KEYS = frozenset(("created_by", "source", "source:date", "note", "fixme", "FIXME", "import", "attribution"))
_MOST_TAGS = CELLS // 4


def read(source: Source, layer: str | None, encoding: str | None) -> Table:  # noqa: ARG001  OSM is always UTF-8
    """Return the places of an extract as a table of points, EPSG:4326; ``osm_id`` is such as ``node/240109189``.

    Raises
    ------
    InvalidValue
        When ``layer`` is no tag filter, or nothing has such a tag.
    UnusableInput
        When the extract is damaged or too large.
    """
    check_size(source, "amenity")
    wanted = tag_filter(layer) if layer not in (None, names(source)[0]) else {}
    found = _collected(source, wanted)
    if not found and wanted:
        raise InvalidValue("Nothing in {name} has a tag “{layer}”.", name=source.name, layer=layer)
    labels, values, notes = _columns(found)
    text = Message("Places: {count}, nodes with tags and the centres of areas with tags.", {"count": len(found)})
    geometry = np.empty(len(found), dtype=object)
    geometry[:] = [point for _, point, _ in found]
    return features(
        source,
        labels,
        values,
        geometry=geometry,
        rows=len(found),
        crs="EPSG:4326",
        name=names(source)[0],
        notes=(text, *notes),
        encoding="utf-8",
    )


def names(source: Source) -> list[str]:
    """Return the one layer of an extract; tags, not layers, divide it."""
    return [source.stem.removesuffix(".osm")]


def tag_filter(layer: str | None) -> Filter:
    """Return a filter such as ``amenity=library,toilets;shop`` as wanted values by key.

    Raises
    ------
    InvalidValue
        When a key is missing.

    Examples
    --------
    >>> sorted(tag_filter("amenity=toilets;shop"))
    ['amenity', 'shop']
    """
    wanted: dict[str, frozenset[str]] = {}
    for rule in (layer or "").split(";"):
        key, _, values = rule.partition("=")
        if not key.strip():
            raise InvalidValue(
                "“{layer}” is no tag filter. Write key, or key=value,value; several parted by a semicolon: "
                "amenity=library,toilets;shop",
                layer=layer,
            )
        wanted[key.strip()] = frozenset(value.strip() for value in values.split(",") if value.strip())
    return wanted


def _collected(source: Source, wanted: Filter) -> list[_Place]:
    with faults_told(source):
        try:
            return _bounded(_places(str(source.path), kind(source), wanted), source)
        except RuntimeError as error:
            if "out of order" not in str(error):
                raise
            with tempfile.TemporaryDirectory(prefix="stationmap-") as folder:
                return _bounded(_places(sorted_copy(source, folder), "pbf", wanted), source)


def _bounded(places: Iterator[_Place], source: Source) -> list[_Place]:
    found = []
    cells = 0
    for place in places:
        found.append(place)
        cells += len(place[2])
        if cells > _MOST_TAGS:
            raise UnusableInput(
                "{name} has too many places to read all. Say which tags are wanted: --layer amenity=library,toilets",
                name=source.name,
            )
    return found


def _places(path: str, written: str, wanted: Filter) -> Iterator[_Place]:
    processor = osmium.FileProcessor(osmium.io.File(path, written)).with_areas()
    processor = processor.with_filter(osmium.filter.KeyFilter(*wanted) if wanted else osmium.filter.EmptyTagFilter())
    for item in processor:
        if isinstance(item, osmium.osm.Node):
            tags = {tag.k: tag.v for tag in item.tags}
            if item.location.valid() and _is_place(tags, wanted, area=False):
                yield f"node/{item.id}", shapely.Point(item.lon, item.lat), tags
        elif isinstance(item, osmium.osm.Area):
            tags = {tag.k: tag.v for tag in item.tags}
            if _is_place(tags, wanted, area=True):
                yield f"{'way' if item.from_way() else 'relation'}/{item.orig_id()}", _centre(item), tags


def _is_place(tags: Mapping[str, str], wanted: Filter, *, area: bool) -> bool:
    if wanted:
        return any(key in tags and (not values or tags[key] in values) for key, values in wanted.items())
    if area:
        return not _PLACE_KEYS.isdisjoint(tags)
    return not _IDLE_KEYS.issuperset(tags)


def _centre(area: osmium.osm.Area) -> BaseGeometry | None:
    """Return the centroid, or a point inside where that lies outside; None when the outline is broken."""
    try:
        outline = shapely.from_wkb(osmium.geom.WKBFactory().create_multipolygon(area))
    except RuntimeError:
        return None
    centre = outline.centroid
    return centre if outline.contains(centre) else outline.point_on_surface()


def _columns(
    found: Sequence[_Place],
) -> tuple[list[str], list[list[Any]], list[Message]]:
    """Return a column for each of the commonest tags; what is rarer stands together in one, as JSON."""
    counts = Counter(key for _, _, tags in found for key in tags)
    ranked = sorted(counts, key=lambda key: (-counts[key], key))
    most = min(MOST_TAG_COLUMNS, max(1, CELLS // max(len(found), 1) - 2))
    common, rare = ranked[:most], frozenset(ranked[most:])
    labels = ["osm_id", *common]
    values: list[list[Any]] = [[identifier for identifier, _, _ in found]]
    values += [[clean(tags.get(key, "")) for _, _, tags in found] for key in common]
    if not rare:
        return labels, values, []
    others = [{key: tags[key] for key in tags if key in rare} for _, _, tags in found]
    values.append([plain(other) if other else None for other in others])
    note = Message(
        "The rarest tags ({count}) stand together in column {column}.",
        {"count": len(rare), "column": OTHER_TAGS},
    )
    return [*labels, OTHER_TAGS], values, [note]
