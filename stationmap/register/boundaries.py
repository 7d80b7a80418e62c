"""Boundaries and streets out of a file, in WGS 84: what ``load`` brings in and imports are held against."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from stationmap.errors import UnusableInput
from stationmap.files.read import read
from stationmap.geo.areas import Area, areas_from_features
from stationmap.geo.datum import canonical, convert
from stationmap.register.gazetteer import Street
from stationmap.schema.vocabulary import fold

if TYPE_CHECKING:
    import geopandas

    from stationmap.files.table import Table

STREET_NAMES = ("name", "名称", "路名", "道路名称", "街道名称", "道路", "name:zh", "streetname", "roadname", "fullname")
_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING, shapely.GeometryType.LINEARRING)


def read_areas(path: Path, *, datum: str) -> list[Area]:
    """Return the areas of a file of boundaries, converted to WGS 84 and repaired.

    Parameters
    ----------
    path : Path
        Any layer that :func:`stationmap.files.read.read` reads.
    datum : str
        The datum of its coordinates.

    Raises
    ------
    UnusableInput
        When the file has no boundaries; features that are no polygons (streets, points) are left out, and when
        all are, it is told what they are.
    """
    table = read(path)
    if table.geometry is None:
        raise UnusableInput(
            "{path} has no boundaries, only a table. Take a layer: GeoJSON, GeoPackage or a shapefile.", path=path
        )
    enclosing = np.isin(shapely.get_type_id(table.geometry), [int(kind) for kind in _AREAL])
    if not enclosing.any():
        raise UnusableInput(
            "{path} has no boundaries: its features are {kinds}, no polygons. Take the layer of the areas.",
            path=path,
            kinds=", ".join(_kinds_of(table.geometry)) or "-",
        )
    named_only = np.asarray(shapely.is_missing(table.geometry))
    frame = _frame(table)[enclosing | named_only].reset_index(drop=True)
    return areas_from_features(frame, datum=canonical(datum))


def read_streets(path: Path, *, datum: str) -> list[Street]:
    """Return the named streets of a file, converted to WGS 84; lines without a name are left out.

    Raises
    ------
    UnusableInput
        When the file has no lines, or no column of names.
    """
    table = read(path)
    if table.geometry is None or not len(table.cells):
        raise UnusableInput(
            "{path} has no lines, only a table. Take a layer: GeoJSON, GeoPackage or a shapefile.", path=path
        )
    folded = {fold(column): column for column in table.columns}
    column = next((folded[fold(name)] for name in STREET_NAMES if fold(name) in folded), None)
    if column is None:
        raise UnusableInput(
            "{path} has no column of street names; it has: {columns}. Call one of them name.",
            path=path,
            columns=", ".join(table.columns) or "-",
        )
    names = ["" if name is None else str(name).strip() for name in table.cells[column]]
    drawn = np.isin(shapely.get_type_id(table.geometry), [int(kind) for kind in _LINES])
    kept = drawn & np.array([bool(name) for name in names])
    if not kept.any():
        raise UnusableInput("{path} has no line with a name.", path=path)
    lines = _in_wgs84(table.geometry[kept], canonical(datum))
    return [
        Street(name, line) for name, line in zip([n for n, k in zip(names, kept, strict=True) if k], lines, strict=True)
    ]


def _frame(table: "Table") -> "geopandas.GeoDataFrame":
    import geopandas

    return geopandas.GeoDataFrame(table.cells, geometry=table.geometry)


def _kinds_of(geometries: NDArray[np.object_]) -> list[str]:
    """Return the names of the kinds of shapes that are there (Point, LineString …), the commonest first."""
    counted = Counter("-" if shape is None else shape.geom_type for shape in geometries)
    return [f"{kind} ({count})" for kind, count in counted.most_common()]


def _in_wgs84(geometries: NDArray[np.object_], datum: str) -> NDArray[np.object_]:
    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(convert(points[:, 0], points[:, 1], source=datum, target="wgs84"))

    converted: NDArray[np.object_] = shapely.transform(shapely.force_2d(geometries), moved)
    return converted
