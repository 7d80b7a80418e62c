"""Where the rows of a list are: coordinates as received, WGS 84, and the area they lie in.

Rows are rejected whose coordinates cannot be right: no numbers, 0, outside the globe, outside their datum,
one of two missing, axes changed. Points outside the area that they name, and points that many rows share,
are told.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from stationmap.errors import Message, UnusableInput
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import convert, is_metric, shift_applies
from stationmap.register.identity import normalised
from stationmap.register.lists import cells
from stationmap.register.lists.evidence import DatumEvidence, weigh
from stationmap.register.lists.proof import settle_datum
from stationmap.register.lists.sheet import Sheet
from stationmap.schema.faults import Severity

Floats = NDArray[np.float64]

MANY_ROWS = 3
_ROWS_TOLD = 10
_MAINLAND_DATUMS = ("gcj02", "bd09", "bd09mc")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where each row of a sheet is; NaN and "" where a row is unlocated.

    ``x``, ``y`` are as received in ``datum`` ("" when no row has coordinates); ``lon``, ``lat`` degrees WGS
    84; ``adcode`` is that of the deepest known area around each point.
    """

    x: Floats
    y: Floats
    lon: Floats
    lat: Floats
    datum: str
    evidence: DatumEvidence | None
    adcode: tuple[str, ...]


def place(sheet: Sheet, *, stated: str, areas: AreaTree | None) -> Places:
    """Return where the rows are; rows whose coordinates cannot be right are rejected with what to do.

    Parameters
    ----------
    sheet : Sheet
        The rows; faults are put down there.
    stated : str
        The datum that the user states, canonical, or "".
    areas : AreaTree, optional
        Boundaries; without them nothing is proved, and no adcode found.

    Raises
    ------
    RefusedImport
        When the datum is neither stated nor declared nor proved.
    """
    x, y = _received(sheet)
    _check_zeros(sheet, x, y)
    named = named_areas(sheet)
    evidence = weigh(x, y, named[0], areas) if areas is not None and np.isfinite(x).any() else None
    datum = settle_datum(sheet, stated, evidence, x, y) if np.isfinite(x).any() else ""
    if datum:
        _check_range(sheet, x, y, datum)
    lon, lat = convert(x, y, source=datum, target="wgs84") if datum else (x.copy(), y.copy())
    _check_conversion(sheet, x, y, lon, datum)
    _check_shift(sheet, x, y, lon, lat, datum)
    adcode: NDArray[np.str_] = np.full(len(sheet), "")
    if areas is not None and datum:
        adcode = areas.locate(lon, lat)
    places = Places(x, y, lon, lat, datum, evidence, tuple(adcode.tolist()))
    if areas is not None and datum:
        _check_areas(sheet, places, named, areas)
    _tell_shared_points(sheet, x, y)
    return places


def named_areas(sheet: Sheet) -> tuple[list[str], ...]:
    """Return the areas that each row names, the narrowest first: district or what stands for it, city, province."""
    levels = [sheet.texts(field) for field in ("area", "city", "province")]
    narrowest = [next(filter(None, row), "") for row in zip(*levels, strict=True)]
    return (narrowest, *levels[1:])


def _received(sheet: Sheet) -> tuple[Floats, Floats]:
    columns = sheet.columns
    if sheet.geometry is not None:
        return _of_geometry(sheet, sheet.geometry)
    if columns.of("lon") and columns.of("lat"):
        return _of_columns(sheet, columns.of("lon"), columns.of("lat"))
    if columns.of("point"):
        return _of_points(sheet, columns.of("point"))
    if columns.of("lon") or columns.of("lat"):
        raise UnusableInput(
            "{file} has a column for one coordinate, {column}, but none for the other. Its columns are {columns}. "
            "Say which it is with --map {missing}=COLUMN.",
            file=sheet.table.source,
            column=columns.of("lon") or columns.of("lat"),
            columns=", ".join(sheet.table.columns),
            missing="lat" if columns.of("lon") else "lon",
        )
    values = {"file": sheet.table.source}
    if sheet.table.geometry is None:
        message = Message("{file} has no column for coordinates; all its rows are unlocated.", values)
    else:
        message = Message("No feature of {file} has a place; all are unlocated.", values)
    sheet.fault(None, "", "", message, Severity.NOTE)
    return np.full(len(sheet), np.nan), np.full(len(sheet), np.nan)


def _of_geometry(sheet: Sheet, geometry: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return the place of each shape; a missing one has none, an empty or endless one cannot be read."""
    geometry = geometry.copy()
    _reject_broken(sheet, geometry)
    wide = shapely.get_type_id(geometry) > 0
    if wide.any():
        message = Message(
            "{count} shapes are no points; a point inside each stands for it.", {"count": int(wide.sum())}
        )
        sheet.fault(None, "", "", message, Severity.NOTE)
        geometry[wide] = shapely.point_on_surface(geometry[wide])
    return shapely.get_x(geometry), shapely.get_y(geometry)


def _reject_broken(sheet: Sheet, geometry: NDArray[np.object_]) -> None:
    """Reject the rows whose shape is empty or has a coordinate that is no number, and take the shape away."""
    corners, owner = shapely.get_coordinates(geometry, return_index=True)
    broken = np.asarray(shapely.is_empty(geometry))
    broken[owner[~np.isfinite(corners).all(axis=1)]] = True
    for i in np.nonzero(broken)[0].tolist():
        message = Message("The coordinates of the shape cannot be read; give two numbers, or null for no place.")
        sheet.fault(i, "", geometry[i].wkt, message)
    geometry[broken] = None


def _of_columns(sheet: Sheet, lon_column: str, lat_column: str) -> tuple[Floats, Floats]:
    values = []
    blank = []
    for column in (lon_column, lat_column):
        texts = sheet.column(column)
        numbers = pd.to_numeric(pd.Series(sheet.raw(column), dtype=object), errors="coerce").to_numpy(float, copy=True)
        blank.append(np.fromiter(map(cells.is_blank, texts), bool, len(texts)))
        for i in np.nonzero(~np.isfinite(numbers) & ~blank[-1])[0].tolist():
            number = cells.coordinate(texts[i])
            numbers[i] = np.nan if number is None else number
            if number is None:
                message = Message("{value!r} is no coordinate; give a number.", {"value": cells.quoted(texts[i])})
                sheet.fault(i, column, texts[i], message)
        values.append(np.where(blank[-1], np.nan, numbers))
    for missing, there in ((0, 1), (1, 0)):
        column = (lon_column, lat_column)[missing]
        for i in np.nonzero(blank[missing] & ~blank[there])[0].tolist():
            message = Message(
                "{column} is missing beside the other coordinate; give both, or neither.", {"column": column}
            )
            sheet.fault(i, column, "", message)
    broken = np.isnan(values[0]) | np.isnan(values[1])
    return np.where(broken, np.nan, values[0]), np.where(broken, np.nan, values[1])


def _of_points(sheet: Sheet, column: str) -> tuple[Floats, Floats]:
    texts = sheet.texts("point")
    points = cells.each(texts, _point_in)
    for i, point in enumerate(points):
        if point is None and texts[i]:
            message = Message(
                "{value!r} is no pair of coordinates; write them like 113.6,34.7.", {"value": cells.quoted(texts[i])}
            )
            sheet.fault(i, column, texts[i], message)
    pairs = np.array([point or (np.nan, np.nan) for point in points], dtype=float).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _point_in(text: str) -> tuple[float, float] | None:
    """Return the point that a cell holds, as two numbers or as well-known text; a point inside a wider shape."""
    numbers = cells.pair(text)
    if numbers is not None or "(" not in text:
        return numbers
    shape = shapely.from_wkt(text, on_invalid="ignore")
    inside = None if shape is None or shape.is_empty else shape.point_on_surface()
    return None if inside is None else (inside.x, inside.y)


def _check_zeros(sheet: Sheet, x: Floats, y: Floats) -> None:
    for i in np.nonzero((x == 0) | (y == 0))[0].tolist():
        message = Message("0 is no coordinate; give the true ones, or leave both cells empty.")
        sheet.fault(i, _place_column(sheet, latitude=x[i] != 0), _point(x[i], y[i]), message)
        x[i] = y[i] = np.nan


def _check_range(sheet: Sheet, x: Floats, y: Floats, datum: str) -> None:
    degrees = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    if is_metric(datum):
        for i in np.nonzero(degrees)[0].tolist():
            values = {"value": _point(x[i], y[i]), "datum": datum}
            message = Message(
                "{value} looks like degrees, but {datum} is in metres; state the datum that the file is in.", values
            )
            sheet.fault(i, _place_column(sheet), values["value"], message)
            x[i] = y[i] = np.nan
        return
    swapped = (np.abs(y) > 90) & (np.abs(y) <= 180) & (np.abs(x) <= 90)
    for i in np.nonzero(np.isfinite(x) & ~degrees)[0].tolist():
        _fault_out_of_range(sheet, i, float(x[i]), float(y[i]), bool(swapped[i]))
    _tell_swapped(sheet, int(swapped.sum()), int(np.isfinite(x).sum()))
    x[~degrees], y[~degrees] = np.nan, np.nan


def _fault_out_of_range(sheet: Sheet, row: int, x: float, y: float, swapped: bool) -> None:
    if swapped:
        message = Message("Latitude {value:.10g} is outside -90..90; are the columns swapped?", {"value": y})
    elif abs(y) > 90 and abs(x) <= 180:
        message = Message("Latitude {value:.10g} is outside -90..90.", {"value": y})
    else:
        message = Message(
            "Longitude {value:.10g} is outside -180..180; if these are metres, state their system with --datum.",
            {"value": x},
        )
    latitude = abs(x) <= 180
    sheet.fault(row, _place_column(sheet, latitude=latitude), y if latitude else x, message)


def _tell_swapped(sheet: Sheet, swapped: int, located: int) -> None:
    """Say once for the whole file that its axes are swapped, when they are in most rows."""
    lon, lat = sheet.columns.of("lon"), sheet.columns.of("lat")
    if swapped > 1 and swapped * 2 > located and lon and lat:
        message = Message(
            "In {count} rows longitude and latitude are swapped; import again with --map lon={lat} --map lat={lon}.",
            {"count": swapped, "lat": lat, "lon": lon},
        )
        sheet.fault(None, "", "", message)


def _check_conversion(sheet: Sheet, x: Floats, y: Floats, lon: Floats, datum: str) -> None:
    for i in np.nonzero(np.isfinite(x) & ~np.isfinite(lon))[0].tolist():
        values = {"value": _point(x[i], y[i]), "datum": datum}
        sheet.fault(
            i,
            _place_column(sheet),
            values["value"],
            Message("{value} lies outside the reach of {datum}; check the numbers and the datum.", values),
        )


def _check_shift(sheet: Sheet, x: Floats, y: Floats, lon: Floats, lat: Floats, datum: str) -> None:
    """Warn of points outside mainland China in a datum that is used there only; once, when most are."""
    if datum not in _MAINLAND_DATUMS:
        return
    outside = np.nonzero(np.isfinite(lon) & ~shift_applies(lon, lat))[0].tolist()
    if len(outside) > 1 and len(outside) * 2 > np.isfinite(lon).sum():
        values = {"count": len(outside), "datum": datum, "value": _point(x[outside[0]], y[outside[0]])}
        message = Message(
            "{count} rows lie outside mainland China (the first at {value}); does {datum} apply here? Check it, and "
            "whether signs were lost.",
            values,
        )
        sheet.warn(None, "", values["value"], message)
        return
    for i in outside:
        values = {"value": _point(x[i], y[i]), "datum": datum}
        message = Message(
            "{value} lies outside mainland China; does {datum} apply here? Check the numbers and their signs.", values
        )
        sheet.warn(i, _place_column(sheet), values["value"], message)


def _check_areas(sheet: Sheet, places: Places, named: tuple[list[str], ...], areas: AreaTree) -> None:
    """Warn of points outside the area that their row names; reject those that lie inside it when swapped."""
    verdict, names = _verdict(named, places.lon, places.lat, areas)
    outside = np.nonzero(verdict == 0)[0]
    turned = _turned(places, outside, names, areas)
    for i in outside.tolist():
        value = _point(places.x[i], places.y[i])
        if turned[i]:
            message = Message(
                "{value} lies in {area} only with the axes changed; are the columns swapped?",
                {"value": value, "area": names[i]},
            )
            sheet.fault(i, _place_column(sheet), value, message)
        else:
            message = Message(
                "The point lies in {found}, not in {area}; check the coordinates and the area.",
                {"found": _told_area(areas, places.adcode[i]), "area": names[i]},
            )
            sheet.warn(i, _place_column(sheet), value, message)
    _tell_swapped(sheet, int(turned.sum()), int(np.isfinite(places.x).sum()))


def _turned(
    places: Places, outside: NDArray[np.int64], names: NDArray[np.object_], areas: AreaTree
) -> NDArray[np.bool_]:
    """Tell which of the points outside their area lie inside it when longitude and latitude change places."""
    turned = np.zeros(len(places.x), bool)
    fits = (np.abs(places.y[outside]) <= 180) & (np.abs(places.x[outside]) <= 90)
    rows = outside[fits]
    if len(rows) and not is_metric(places.datum):
        lon, lat = convert(places.y[rows], places.x[rows], source=places.datum, target="wgs84")
        turned[rows] = areas.contains(names[rows].astype(str), lon, lat) == 1
    return turned


def _verdict(
    named: tuple[list[str], ...], lon: Floats, lat: Floats, areas: AreaTree
) -> tuple[NDArray[np.int8], NDArray[np.object_]]:
    """Return for each point whether it is inside (1) or outside (0) the narrowest known area named, -1 unknown."""
    verdict = np.full(len(lon), -1, np.int8)
    names = np.full(len(lon), "", dtype=object)
    for level in named:
        rest = np.nonzero((verdict < 0) & np.isfinite(lon))[0]
        if len(rest):
            asked = np.array(level, dtype=object)[rest]
            verdict[rest] = areas.contains(asked.astype(str), lon[rest], lat[rest])
            names[rest] = asked
    return verdict, names


def _told_area(areas: AreaTree, adcode: str) -> str | Message:
    if not adcode:
        return Message("no known area")
    return " ".join(area.name for area in areas.path(adcode))


def _tell_shared_points(sheet: Sheet, x: Floats, y: Floats) -> None:
    """Warn of a point that several addresses (or names, without one) share: a geocoder that knew only the area."""
    rows = np.nonzero(np.isfinite(x))[0]
    points, group, count = np.unique(
        np.column_stack([x[rows], y[rows]]), axis=0, return_inverse=True, return_counts=True
    )
    words = [a or n for a, n in zip(sheet.texts("address"), sheet.texts("name"), strict=True)]
    shared: dict[int, list[int]] = defaultdict(list)
    for i, g in zip(rows.tolist(), group.ravel().tolist(), strict=True):
        if count[g] >= MANY_ROWS:
            shared[g].append(i)
    for g, members in shared.items():
        if len({normalised(words[i]) for i in members}) >= MANY_ROWS:
            numbers = ", ".join(str(sheet.row_numbers[i]) for i in members[:_ROWS_TOLD])
            values = {"count": len(members), "rows": numbers + (" …" if len(members) > _ROWS_TOLD else "")}
            message = Message(
                "{count} rows have the same coordinates (rows {rows}); were they found from the name of an area only?",
                values,
            )
            sheet.warn(members[0], _place_column(sheet), _point(*points[g]), message)


def _place_column(sheet: Sheet, *, latitude: bool = False) -> str:
    """Return the column that a fault of a place is told under, "" for the geometry of a layer."""
    if sheet.geometry is not None:
        return ""
    return sheet.columns.of("lat" if latitude else "lon") or sheet.columns.of("point")


def _point(x: float, y: float) -> str:
    return f"{x:.10g}, {y:.10g}"
