"""GeoJSON, by RFC 7946 and with its common faults forgiven.

Read here and not by GDAL, which turns ``"007"`` beside ``8`` into texts or numbers by its own lights, loses nested
properties and gives up a whole file for one bad feature. What is only bad style (a ring that is not closed, a type in
small letters, a fourth coordinate) is mended and told. A geometry that cannot be read is told with its feature's
number, and the feature is kept with an empty point: None stands only where the file itself gives no geometry.

Coordinates are longitude, latitude in WGS 84 (EPSG:4326) unless an old-style ``crs`` member declares another system.
Whether they are *really* WGS 84 is not for this module: much Chinese GeoJSON is GCJ-02 without saying so.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.cells import listed, plain
from stationmap.files.source import Source
from stationmap.files.table import Table, bounded, choose, features

DEFAULT_CRS = "EPSG:4326"
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
_TYPES = {name.lower(): name for name in (*_GEOMETRIES, "Feature", "FeatureCollection")}
_EPSG = re.compile(r"EPSG:+(?:[\d.]*:)?(\d+)$", re.IGNORECASE)
_CRS84 = re.compile(r"OGC:+(?:[\d.]*:)?CRS84h?$", re.IGNORECASE)
_DEEPEST = 20
_FARTHEST = 1e12
_MOST_NUMBERS = 10
_OPEN_RING = Message("a ring that is not closed was closed", {})
_FOURTH = Message("only the first three numbers of a position were kept", {})
_LETTERS = Message("a type written in wrong letters was understood", {})
_NO_FEATURE = Message("an object that does not call itself Feature was taken for one", {})
_DIMENSIONS = Message("heights were left out, as not every position has one", {})


class _Unreadable(InvalidValue):
    """One geometry cannot be read; never seen outside."""


def is_geojson(content: Any) -> bool:
    """Whether a JSON document claims to be GeoJSON: one of its types, or a list of features."""
    if isinstance(content, list):
        return bool(content) and all(_type(item) == "Feature" for item in content)
    return isinstance(content, dict) and (
        _type(content) in _TYPES.values() or (isinstance(content.get("features"), list) and "type" in content)
    )


def read(source: Source, content: Any, layer: str | None, encoding: str, notes: Sequence[Message]) -> Table:
    """Return the features of a GeoJSON document as a table.

    Raises
    ------
    UnusableInput
        When it is no GeoJSON, or no feature in it can be read.
    """
    if layer is not None:
        choose([source.stem], layer, source.name)
    items = _features(source, content)
    reader = _Reader()
    geometry = reader.geometries(items)
    properties = [_properties(item) for item in items]
    nothing = all(shape is None or number in reader.unread for number, shape in enumerate(geometry, start=1))
    if reader.unread and nothing and not any(properties):
        row, reason = next(iter(reader.unread.items()))
        raise UnusableInput(
            "Nothing in {name} can be read; feature {row}: {reason}.", name=source.name, row=row, reason=reason
        )
    labels, values = _columns(items, properties, source)
    crs, crs_notes = _crs(content, source)
    return features(
        source,
        labels,
        values,
        geometry=geometry,
        rows=len(items),
        crs=crs,
        notes=(*notes, *crs_notes, *reader.notes()),
        encoding=encoding,
    )


def _features(source: Source, content: Any) -> list[Any]:
    if isinstance(content, list):
        return content
    if not isinstance(content, dict):
        raise UnusableInput("{name} is not GeoJSON: it is {value}.", name=source.name, value=_short(content))
    kind = _type(content)
    if kind == "FeatureCollection" or (kind is None and isinstance(content.get("features"), list)):
        items = content.get("features")
        if not isinstance(items, list):
            raise UnusableInput(
                "{name} is a FeatureCollection without a list of features. Export it again.", name=source.name
            )
        return items
    return [content if kind == "Feature" else {"type": "Feature", "properties": None, "geometry": content}]


def _type(item: Any) -> str | None:
    kind = item.get("type") if isinstance(item, dict) else None
    return _TYPES.get(kind.lower()) if isinstance(kind, str) else None


def _properties(item: Any) -> Mapping[str, Any]:
    properties = item.get("properties") if isinstance(item, dict) else None
    return properties if isinstance(properties, dict) else {}


def _columns(
    items: Sequence[Any], properties: Sequence[Mapping[str, Any]], source: Source
) -> tuple[list[str], list[list[Any]]]:
    labels = list(dict.fromkeys(key for record in properties for key in record))
    bounded(len(items), len(labels) + 1, source.name)
    values = [[plain(record.get(key)) for record in properties] for key in labels]
    ids = [plain(item.get("id")) if isinstance(item, dict) else None for item in items]
    if any(identifier is not None for identifier in ids) and ("id" not in labels or values[labels.index("id")] != ids):
        labels.append("id")
        values.append(ids)
    return labels, values


def _crs(content: Any, source: Source) -> tuple[str, list[Message]]:
    member = content.get("crs") if isinstance(content, dict) else None
    if member is None:
        return DEFAULT_CRS, []
    declared = member.get("properties", {}) if isinstance(member, dict) else {}
    name = str(declared.get("name", "") if isinstance(declared, dict) else "")
    if _CRS84.search(name):
        return DEFAULT_CRS, []
    if found := _EPSG.search(name):
        crs = f"EPSG:{found[1]}"
        if crs == DEFAULT_CRS:
            return crs, []
        note = Message(
            "An old-style crs member declares {crs}; it is believed, though today's GeoJSON knows only WGS 84.",
            {"crs": crs},
        )
        return crs, [note]
    note = Message(
        "The crs member of {name} is not understood and was left aside: {crs}.",
        {"name": source.name, "crs": str(member)[:100]},
    )
    return DEFAULT_CRS, [note]


class _Reader:
    """Reads geometries and remembers what had to be mended, and what could not be read."""

    def __init__(self) -> None:
        self.unread: dict[int, Message] = {}
        self.mended: Counter[str] = Counter()
        self.mended_first: dict[str, tuple[int, Message]] = {}
        self.number = 0

    def geometries(self, items: Sequence[Any]) -> NDArray[np.object_]:
        """Return the geometry of each feature; plain points, most of what comes in, are made all at once."""
        found = np.empty(len(items), dtype=object)
        places: list[int] = []
        points: list[list[float]] = []
        for place, item in enumerate(items):
            if (point := _plain_point(item)) is not None:
                places.append(place)
                points.append(point)
            else:
                found[place] = self.geometry(item, place + 1)
        if points:
            found[places] = shapely.points(np.array(points, dtype=np.float64))
        return found

    def geometry(self, item: Any, number: int) -> BaseGeometry | None:
        """Return the geometry of a feature: None when it has none, an empty point when it cannot be read."""
        self.number = number
        try:
            self.check(item)
            geometry = item.get("geometry")
            return None if geometry is None else self.shape(geometry, 0)
        except _Unreadable as fault:
            self.fault(fault.message)
            return shapely.Point()

    def check(self, item: Any) -> None:
        if not isinstance(item, dict):
            raise _Unreadable("it is not an object but {value}", value=_short(item))
        if "geometry" not in item and "properties" not in item:
            raise _Unreadable("it has neither geometry nor properties")
        if item.get("type") != "Feature":
            self.mend(_NO_FEATURE if _type(item) is None else _LETTERS)
        properties = item.get("properties")
        if not isinstance(properties, dict | None):
            self.fault(Message("its properties are not an object but {value}", {"value": _short(properties)}))

    def fault(self, reason: Message) -> None:
        self.unread.setdefault(self.number, reason)

    def shape(self, geometry: Any, depth: int) -> BaseGeometry:
        kind = _type(geometry)
        if kind not in _GEOMETRIES or depth > _DEEPEST:
            raise _Unreadable("{value} is not a geometry", value=_short(geometry))
        if kind != geometry["type"]:
            self.mend(_LETTERS)
        if kind == "GeometryCollection":
            parts = geometry.get("geometries")
            if not isinstance(parts, list):
                raise _Unreadable("a GeometryCollection has no list of geometries")
            return shapely.GeometryCollection([self.shape(part, depth + 1) for part in parts])
        if "coordinates" not in geometry:
            raise _Unreadable("a {kind} has no coordinates", kind=kind)
        try:
            return self.build(kind, geometry["coordinates"])
        except (shapely.errors.GEOSException, ValueError, TypeError):
            raise _Unreadable("its geometry is impossible") from None

    def build(self, kind: str, coordinates: Any) -> BaseGeometry:
        if kind == "Point":
            return self.point(coordinates)
        if kind == "LineString":
            return shapely.LineString(self.positions(coordinates, 2))
        if kind == "Polygon":
            return self.polygon(coordinates)
        if kind == "MultiPoint":
            return shapely.MultiPoint(self.positions(coordinates, 1)) if coordinates else shapely.MultiPoint()
        if kind == "MultiLineString":
            return shapely.MultiLineString([self.positions(line, 2) for line in _list(coordinates)])
        return shapely.MultiPolygon([self.polygon(rings) for rings in _list(coordinates)])

    def point(self, position: Any) -> BaseGeometry:
        if position == []:
            return shapely.Point()
        return shapely.Point(self.positions([position], 1)[0])

    def polygon(self, rings: Any) -> shapely.Polygon:
        closed = [self.ring(ring) for ring in _list(rings)]
        return shapely.Polygon(closed[0], closed[1:]) if closed else shapely.Polygon()

    def ring(self, ring: Any) -> NDArray[np.float64]:
        points = self.positions(ring, 3)
        if not np.array_equal(points[0], points[-1]):
            self.mend(_OPEN_RING)
            points = np.vstack([points, points[:1]])
        if len(points) < 4:
            raise _Unreadable("a ring needs four positions, but {value} has fewer", value=_short(ring))
        return points

    def positions(self, positions: Any, least: int) -> NDArray[np.float64]:
        """Return positions as an array of shape (n, 2) or (n, 3).

        Positions of two and of three numbers side by side all become two.
        """
        listed = _list(positions)
        if len(listed) < least:
            raise _Unreadable("{value} has fewer than {least} positions", value=_short(positions), least=least)
        if len({len(position) for position in listed if isinstance(position, list)}) > 1:
            shortest = min(len(position) for position in listed if isinstance(position, list))
            self.mend(_DIMENSIONS)
            listed = [position[:shortest] if isinstance(position, list) else position for position in listed]
        try:
            array = np.array(listed)
        except ValueError:
            raise _Unreadable("{value} is not a list of positions", value=_short(positions)) from None
        if array.dtype.kind not in "iuf" or array.ndim != 2 or array.shape[1] < 2:
            raise _Unreadable("{value} is not a list of positions of two numbers", value=_short(positions))
        if not np.isfinite(array[:, :2]).all():
            raise _Unreadable("{value} is not finite", value=_short(positions))
        if array.shape[1] > 3:
            self.mend(_FOURTH)
        return np.asarray(array[:, :3], dtype=np.float64)

    def mend(self, what: Message) -> None:
        self.mended[what.text] += 1
        self.mended_first.setdefault(what.text, (self.number, what))

    def notes(self) -> list[Message]:
        """Return what was mended and what could not be read."""
        notes = [
            Message(
                "Mended: {what}. Count: {count}, first in feature {row}.",
                {"row": number, "what": what, "count": self.mended[key]},
            )
            for key, (number, what) in self.mended_first.items()
        ]
        if self.unread:
            rows = list(self.unread)
            numbers = listed(rows, most=_MOST_NUMBERS)
            notes.append(
                Message(
                    "Features that could not be read in full: {count}, with the numbers {rows} (feature {row}: "
                    "{reason}). What could be read of them is kept.",
                    {"count": len(rows), "rows": numbers, "row": rows[0], "reason": self.unread[rows[0]]},
                )
            )
        return notes


def _plain_point(item: Any) -> list[float] | None:
    """Return the position of a feature that is a faultless point in two dimensions."""
    if not isinstance(item, dict) or item.get("type") != "Feature" or not isinstance(item.get("properties"), dict):
        return None
    geometry = item.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    position = geometry.get("coordinates")
    if not isinstance(position, list) or len(position) != 2:
        return None
    return (
        position
        if all(type(number) in (int, float) and -_FARTHEST < number < _FARTHEST for number in position)
        else None
    )


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Unreadable("{value} is not a list of positions", value=_short(value))
    return value


def _short(value: Any) -> str:
    text = str(plain(value)) if isinstance(value, dict | list) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
