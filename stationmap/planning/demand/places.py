"""Where the rows of a table lie: coordinates in columns, or the points and polygons of a layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.table import Table
from stationmap.geo.datum import convert
from stationmap.planning.demand.intake import Faults, column_named, usual_column
from stationmap.planning.demand.numbers import Read, numbers
from stationmap.schema.vocabulary import fold

NAMES = (
    *(("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"), ("经度", "纬度"), ("long", "lat")),
    *(("x", "y"), ("东经", "北纬"), ("xcoord", "ycoord")),
)
"""What columns of coordinates are called, pair by pair; a datum may stand behind (``lng_gcj02``) or before."""

_HINTS = {"wgs84": ("wgs84", "gps"), "gcj02": ("gcj02", "gcj", "amap", "高德"), "bd09": ("bd09", "baidu", "百度")}
_MARKS = {
    key: [mark for word in words for mark in ((f"{word}_", ""), ("", f"_{word}"))] for key, words in _HINTS.items()
}

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where rows lie, as received.

    Attributes
    ----------
    x, y : NDArray[float64]
        Shape (n,): of a polygon the middle of its bounds; NaN where a row has no place.
    shapes : NDArray[object] or None
        Shape (n,): the polygons, None where a row is a point; None when all are.
    columns : str
        What to call their columns in messages, "" for the geometry of a layer.
    hint : str
        The datum that the names of the columns speak of, "" when they name none.
    """

    x: Floats
    y: Floats
    shapes: Shapes | None
    columns: str
    hint: str = ""


def found(table: Table, faults: Faults, *, lon: str = "", lat: str = "", datum: str = "") -> Places:
    """Return where the rows of a table lie; rows without a place are rejected.

    Parameters
    ----------
    table : Table
        As it was read.
    faults : Faults
        Takes what is wrong.
    lon, lat : str
        Columns named by the user; without them the geometry counts, and columns of usual names where there is none.
    datum : str
        What the user states, canonical, or "": of several pairs of columns the one that names it is taken.

    Raises
    ------
    InvalidValue
        When a named column is not there, or only one of the two is named.
    UnusableInput
        When the table has neither coordinates nor points and polygons.
    """
    if bool(lon) != bool(lat):
        raise InvalidValue(
            "Coordinates need two columns, but only {column} is named. Name the other one too.", column=repr(lon or lat)
        )
    if table.geometry is not None and not lon and not shapely.is_missing(table.geometry).all():
        return _of_geometry(table, table.geometry, faults)
    pair = (
        (column_named(table.columns, lon, table.source), column_named(table.columns, lat, table.source))
        if lon
        else _usual_pair(table.columns, datum)
    )
    if pair is None:
        raise UnusableInput(
            "{file} says nowhere where its rows lie: it has no points or polygons and no columns such as lon and lat "
            "(经度, 纬度). It has: {columns}. Name the two columns, or join it to areas by their codes.",
            file=table.source,
            columns=table.columns,
        )
    return _of_columns(table, pair, faults)


def in_wgs84(places: Places, datum: str, faults: Faults) -> tuple[Floats, Floats, Shapes | None]:
    """Return the places in WGS 84 degrees: points, or for polygons a point inside each, and the polygons, repaired.

    Parameters
    ----------
    places : Places
        As received.
    datum : str
        In which system they are, canonical.
    faults : Faults
        Takes the rows that are no place in it.

    Returns
    -------
    lon, lat : ndarray of float64
        The centroid of a polygon where it lies inside, else a point that does; NaN for rows that were rejected.
    shapes : ndarray of object or None
        As in ``places``, without heights.
    """
    lon, lat = convert(places.x, places.y, source=datum, target="wgs84")
    shapes = None
    if places.shapes is not None:
        shapes, inner, flat = _polygons(places.shapes, datum)
        drawn = ~shapely.is_missing(places.shapes)
        faults.reject(flat, "", [""] * len(flat), Message("Its polygon encloses nothing."))
        lon, lat = np.where(drawn, inner[:, 0], lon), np.where(drawn, inner[:, 1], lat)
    _reject_nowhere(places, lon, lat, datum, faults)
    return lon, lat, shapes


def inner_points(polygons: Shapes) -> Floats:
    """Return a point inside each polygon, shape (n, 2): its centroid where that is inside, else one on its surface."""
    centre = shapely.centroid(polygons)
    outside = ~shapely.intersects(centre, polygons)
    centre[outside] = shapely.point_on_surface(polygons[outside])
    return np.column_stack([shapely.get_x(centre), shapely.get_y(centre)])


def repaired(polygons: Shapes) -> Shapes:
    """Return polygons that are valid, None for those that enclose nothing."""
    whole = polygons.copy()
    broken = ~shapely.is_valid(whole) & ~shapely.is_missing(whole)
    whole[broken] = shapely.make_valid(whole[broken], method="structure", keep_collapsed=False)
    empty = ~np.isin(shapely.get_type_id(whole), _POLYGONS) | shapely.is_empty(whole)
    whole[empty] = None
    return whole


def _usual_pair(columns: Sequence[str], datum: str) -> tuple[str, str] | None:
    """Return two columns by their names: those that name the stated datum, those that name none, then any."""
    stated = _MARKS.get("wgs84" if datum == "cgcs2000" else datum, [])
    for before, behind in (*stated, ("", ""), *(mark for marks in _MARKS.values() for mark in marks)):
        for lon, lat in NAMES:
            pair = usual_column(columns, before + lon + behind), usual_column(columns, before + lat + behind)
            if all(pair):
                return pair
    return None


def _hint(pair: tuple[str, str]) -> str:
    return next((key for key, words in _HINTS.items() if any(word in fold(pair[0]) for word in words)), "")


def _of_columns(table: Table, pair: tuple[str, str], faults: Faults) -> Places:
    x, y = (numbers(table.cells[column].tolist()) for column in pair)
    for axis, column in zip((x, y), pair, strict=True):
        cells = table.cells[column].to_numpy()
        missing = np.flatnonzero(axis.read == Read.MISSING)
        faults.reject(missing, column, cells[missing], Message("It has no coordinate."))
        strange = np.flatnonzero(axis.read == Read.NO_NUMBER)
        faults.reject(strange, column, cells[strange], Message("{value} is no coordinate in degrees or metres."))
    nowhere = np.isnan(x.value) | np.isnan(y.value)
    empty = np.flatnonzero(~nowhere & (x.value == 0.0) & (y.value == 0.0))
    faults.reject(
        empty, ", ".join(pair), ["0, 0"] * len(empty), Message("0, 0 stands for coordinates that are not known.")
    )
    return Places(
        np.where(nowhere, np.nan, x.value), np.where(nowhere, np.nan, y.value), None, ", ".join(pair), _hint(pair)
    )


def _of_geometry(table: Table, geometry: Shapes, faults: Faults) -> Places:
    flat = shapely.force_2d(geometry)
    kind = shapely.get_type_id(flat)
    absent = shapely.is_missing(flat) | shapely.is_empty(flat)
    point, polygon = np.isin(kind, _POINTS) & ~absent, np.isin(kind, _POLYGONS) & ~absent
    _refuse_lines(table, point | polygon, absent)
    gone = np.flatnonzero(absent)
    faults.reject(gone, "", [""] * len(gone), Message("It has no place: its geometry is empty."))
    lines = np.flatnonzero(~(point | polygon | absent))
    reason = Message("A line is no place of demand; take points or polygons.")
    faults.reject(lines, "", [flat[row].geom_type for row in lines], reason)
    several = np.flatnonzero(
        (kind == shapely.GeometryType.MULTIPOINT) & ~absent & (shapely.get_num_geometries(flat) > 1)
    )
    faults.reject(
        several, "", ["MultiPoint"] * len(several), Message("It has several points; give each a row of its own.")
    )
    bounds = shapely.bounds(_only(flat, point | polygon))
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2.0, (bounds[:, 1] + bounds[:, 3]) / 2.0
    return Places(x, y, _only(flat, polygon) if polygon.any() else None, "")


def _only(shapes: Shapes, kept: NDArray[np.bool_]) -> Shapes:
    some = shapes.copy()
    some[~kept] = None
    return some


def _refuse_lines(table: Table, fit: NDArray[np.bool_], absent: NDArray[np.bool_]) -> None:
    if not fit.any() and not absent.all():
        first = table.geometry[np.flatnonzero(~absent)[0]] if table.geometry is not None else None
        raise UnusableInput(
            "{file} holds no points or polygons but {kind}. Demand lies at points or in polygons: take another layer.",
            file=table.source,
            kind=getattr(first, "geom_type", "-"),
        )


def _polygons(shapes: Shapes, datum: str) -> tuple[Shapes, Floats, NDArray[np.int64]]:
    """Return polygons in WGS 84, repaired, a point inside each, and which rows enclose nothing.

    None and NaN where a row is no polygon, or one that has a corner nowhere or encloses nothing.
    """
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    converted = np.column_stack(convert(corners[:, 0], corners[:, 1], source=datum, target="wgs84"))
    lost = np.unique(owner[np.isnan(converted).any(axis=1)])
    moved = shapely.set_coordinates(shapes.copy(), np.nan_to_num(converted))
    moved[lost] = None
    whole = repaired(np.asarray(moved, dtype=object))
    inner = np.full((len(whole), 2), np.nan)
    drawn = ~shapely.is_missing(whole)
    inner[drawn] = inner_points(whole[drawn])
    return whole, inner, np.flatnonzero(~drawn & ~shapely.is_missing(moved))


def _reject_nowhere(places: Places, lon: Floats, lat: Floats, datum: str, faults: Faults) -> None:
    rows = np.flatnonzero(faults.sound & (np.isnan(lon) | np.isnan(lat)))
    told = [f"{places.x[row]:g}, {places.y[row]:g}" for row in rows]
    beyond = (np.abs(places.y[rows]) > 90.0) & (np.abs(places.x[rows]) <= 90.0)
    if 2 * int(beyond.sum()) > len(lon):
        raise InvalidValue(
            "Places such as {value} lie beyond 90 degrees of latitude. Are the columns {columns} swapped?",
            value=told[0],
            columns=places.columns or "x, y",
        )
    faults.reject(rows, places.columns, told, Message("{value} is no place in {datum}.", {"datum": datum}))
