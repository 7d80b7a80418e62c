"""Heights of places out of an elevation raster, for slopes."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.files.raster import WGS84, Raster, blocks, describe
from stationmap.geo.datum import convert
from stationmap.planning.network.slope import Heights

Floats = NDArray[np.float64]

MOST_CELLS = 100_000_000
"""Cells of a raster that are held at once: 10,000 times 10,000, or 400 MB."""


def heights(path: Path, *, band: int = 1) -> Heights:
    """Return a reader of heights between the cells of a GeoTIFF.

    Parameters
    ----------
    path : Path
        Metres of height, in any system with an EPSG number.
    band : int
        Counted from 1.

    Returns
    -------
    callable
        Takes longitudes and latitudes in WGS 84 degrees. A height is interpolated from the four cells whose middles lie
        around a place (bilinear); NaN outside the middles of the outermost cells, and where one of the four that counts
        has no data.

    Raises
    ------
    UnusableInput
        When the file is no GeoTIFF, or does not say where it lies.
    InvalidValue
        When it is too large, or its system has no EPSG number.
    """
    raster = describe(path)
    if raster.width * raster.height > MOST_CELLS:
        raise InvalidValue(
            "{name} has {cells} cells; at most {most} are read as heights. Cut out the city, for example with"
            " gdal_translate -projwin.",
            name=raster.name,
            cells=raster.width * raster.height,
            most=MOST_CELLS,
        )
    if raster.crs == WGS84 and raster.declared != WGS84:
        raise InvalidValue(
            "{name} is in a system without an EPSG number. Convert it first: gdalwarp -t_srs EPSG:4326 {name} out.tif",
            name=raster.name,
        )
    grid = np.full((raster.height, raster.width), np.nan, np.float32)
    for block in blocks(path, bands=(band,)):
        grid[block.row, block.col] = block.value[:, 0]

    def height(lon: Floats, lat: Floats) -> Floats:
        x, y = (lon, lat) if raster.crs == WGS84 else convert(lon, lat, source="wgs84", target=raster.crs)
        return _between(grid, *_cell(raster, x, y))

    return height


def _cell(raster: Raster, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return row and column of places, 0 in the middle of the first cell."""
    a, b, c, d, e, f = raster.transform
    size = a * e - b * d
    col, row = (e * (x - c) - b * (y - f)) / size, (a * (y - f) - d * (x - c)) / size
    return row - 0.5, col - 0.5


def _between(grid: NDArray[np.float32], row: Floats, col: Floats) -> Floats:
    """Return the bilinear mean of the four cells around each place."""
    high, wide = grid.shape
    inside = (row >= 0) & (row <= high - 1) & (col >= 0) & (col <= wide - 1)
    row, col = np.where(inside, row, 0.0), np.where(inside, col, 0.0)
    up, left = np.floor(row).astype(np.int64), np.floor(col).astype(np.int64)
    down, right = np.minimum(up + 1, high - 1), np.minimum(left + 1, wide - 1)
    south, east = row - up, col - left
    told = np.zeros(len(row))
    for part, cells in (
        ((1.0 - south) * (1.0 - east), grid[up, left]),
        ((1.0 - south) * east, grid[up, right]),
        (south * (1.0 - east), grid[down, left]),
        (south * east, grid[down, right]),
    ):
        told += np.where(part > 0, part * cells, 0.0)
    return np.where(inside, told, np.nan)
