"""KML placemarks, read from the XML itself.

GDAL's KML drivers differ from build to build, make a layer of every folder and rename what is in ExtendedData. Here all
placemarks of a file are one table: name, folder, the plain elements, the ExtendedData under their own names. KML is
always WGS 84 longitude, latitude by its standard (OGC 12-007r2).
"""

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.cells import clean, listed
from stationmap.files.markup import children, parse, text_of
from stationmap.files.source import Source
from stationmap.files.table import Table, bounded, choose, features

_PLAIN = ("name", "address", "phoneNumber", "description", "Snippet", "snippet")
_FOLDERS = ("Folder", "Document", "kml")
_MOST_NUMBERS = 10
_COLLECTIONS = ("MultiGeometry", "MultiTrack")
_GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "Track", "Model", *_COLLECTIONS)


class _Unreadable(InvalidValue):
    """One geometry cannot be read; never seen outside."""


def read(source: Source, layer: str | None, encoding: str | None) -> Table:
    """Return the placemarks of a KML file as a table.

    Raises
    ------
    UnusableInput
        When it is not well-formed or has no placemark.
    """
    if layer is not None:
        choose([source.stem], layer, source.name)
    document = parse(source, encoding)
    placemarks = list(_placemarks(document.root, ()))
    linked = sum(1 for _ in document.root.iter("NetworkLink"))
    if not placemarks:
        if linked:
            raise UnusableInput(
                "{name} only links to places elsewhere (NetworkLink). Open it where it came from and save the places "
                "themselves.",
                name=source.name,
            )
        raise UnusableInput("{name} has no placemark.", name=source.name)
    records = [_record(placemark, folders) for placemark, folders in placemarks]
    labels = list(dict.fromkeys(key for record in records for key in record))
    bounded(len(records), len(labels), source.name)
    geometry, notes = _geometries([placemark for placemark, _ in placemarks])
    if linked:
        notes.append(
            Message(
                "Links to places elsewhere (NetworkLink) that were not followed: {count}.",
                {"count": linked},
            )
        )
    return features(
        source,
        labels,
        [[record.get(label) for record in records] for label in labels],
        geometry=geometry,
        rows=len(records),
        crs="EPSG:4326",
        notes=(*document.notes, *notes),
        encoding=document.encoding,
    )


def names(source: Source) -> list[str]:
    """Return the one table of a KML file."""
    return [source.stem]


def _placemarks(element: Element, folders: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    for child in element:
        if child.tag == "Placemark":
            yield child, folders
        elif child.tag in _FOLDERS:
            name = text_of(child.find("name"))
            yield from _placemarks(child, (*folders, name) if name and child.tag == "Folder" else folders)


def _record(placemark: Element, folders: Sequence[str]) -> dict[str, str | None]:
    record: dict[str, str | None] = {}
    for element in placemark:
        if element.tag in _PLAIN:
            record.setdefault(element.tag, text_of(element))
        elif element.tag == "ExtendedData":
            for name, value in _extended(element):
                record[_fresh(name, record)] = value
    if folders:
        record[_fresh("folder", record)] = "/".join(folders)
    if (identifier := clean(placemark.get("id", ""))) is not None:
        record[_fresh("id", record)] = identifier
    return record


def _extended(element: Element) -> Iterator[tuple[str, str | None]]:
    for item in element.iter():
        if item.tag == "Data":
            yield clean(item.get("name", "")) or "Data", text_of(item.find("value"))
        elif item.tag in ("SimpleData", "SimpleArrayData"):
            yield clean(item.get("name", "")) or item.tag, text_of(item)


def _fresh(name: str, record: dict[str, str | None]) -> str:
    fresh, count = name, 1
    while fresh in record:
        count += 1
        fresh = f"{name} ({count})"
    return fresh


def _geometries(placemarks: Sequence[Element]) -> tuple[np.ndarray, list[Message]]:
    """Return the geometry of each placemark: None when it has none, an empty point when it cannot be read."""
    geometry = np.empty(len(placemarks), dtype=object)
    unread: dict[int, Message] = {}
    for position, placemark in enumerate(placemarks):
        try:
            found = [_shape(child) for child in placemark if child.tag in _GEOMETRIES]
        except _Unreadable as fault:
            unread[position + 1] = fault.message
        except (ValueError, shapely.errors.GEOSException):
            unread[position + 1] = Message("its geometry is impossible")
        else:
            geometry[position] = found[0] if found else None
    if not unread:
        return geometry, []
    rows = list(unread)
    geometry[np.array(rows) - 1] = shapely.Point()
    numbers = listed(rows, most=_MOST_NUMBERS)
    note = Message(
        "Placemarks whose place cannot be read: {count}, with the numbers {rows} (placemark {row}: {reason}).",
        {"count": len(rows), "rows": numbers, "row": rows[0], "reason": unread[rows[0]]},
    )
    return geometry, [note]


def _shape(element: Element) -> BaseGeometry:
    if element.tag in _COLLECTIONS:
        return _collected([_shape(child) for child in element if child.tag in _GEOMETRIES])
    if element.tag == "Polygon":
        outer = [_positions(ring) for side in children(element, "outerBoundaryIs") for ring in side]
        inner = [_positions(ring) for side in children(element, "innerBoundaryIs") for ring in side]
        if not outer:
            raise _Unreadable("a Polygon has no outerBoundaryIs")
        return shapely.Polygon(outer[0], inner)
    if element.tag == "Track":
        positions = _rows([coord.text or "" for coord in children(element, "coord")], None)
        return shapely.LineString(positions) if len(positions) > 1 else shapely.Point(positions[0])
    if element.tag == "Model":
        place = element.find("Location")
        values = [text_of(place.find(tag)) if place is not None else None for tag in ("longitude", "latitude")]
        return shapely.Point(_rows([" ".join(value or "" for value in values)], None)[0])
    positions = _positions(element)
    return shapely.Point(positions[0]) if element.tag == "Point" else shapely.LineString(positions)


def _collected(parts: list[BaseGeometry]) -> BaseGeometry:
    points = [part for part in parts if isinstance(part, shapely.Point)]
    lines = [part for part in parts if isinstance(part, shapely.LineString)]
    polygons = [part for part in parts if isinstance(part, shapely.Polygon)]
    if parts and len(points) == len(parts):
        return shapely.MultiPoint(points)
    if parts and len(lines) == len(parts):
        return shapely.MultiLineString(lines)
    if parts and len(polygons) == len(parts):
        return shapely.MultiPolygon(polygons)
    return shapely.GeometryCollection(parts)


def _positions(element: Element) -> np.ndarray:
    text = text_of(element.find("coordinates")) or ""
    return _rows(re.sub(r"\s*,\s*", ",", text).split(), ",")


def _rows(rows: Sequence[str], separator: str | None) -> np.ndarray:
    """Return positions, shape (n, 2) or (n, 3); the height is kept when every one has it."""
    if not rows:
        raise _Unreadable("coordinates are missing")
    try:
        numbers = [[float(number) for number in row.split(separator) if number][:3] for row in rows]
    except ValueError:
        raise _Unreadable("{value} is not a list of positions", value=_short(rows)) from None
    width = min(map(len, numbers))
    array = np.array([row[:width] for row in numbers])
    if width < 2 or not np.isfinite(array[:, :2]).all():
        raise _Unreadable("{value} is not a list of positions", value=_short(rows))
    return array


def _short(rows: Sequence[str]) -> str:
    text = " ".join(rows)
    return text if len(text) <= 60 else text[:57] + "..."
