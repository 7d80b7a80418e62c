"""GeoTIFF rasters by windows, through rasterio: never more than a block of cells in memory.

A raster must say where it lies: a coordinate system, and a transform from rows and columns to it (which may be turned
or sheared). Cells without data are left out: those of the declared nodata value, of a mask or alpha band, and NaN.
A raster that declares no nodata value often uses one all the same; what looks like one (:func:`seeming_nodata`) is
told before it is taken for people.
"""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.warp import transform as warp
from rasterio.windows import Window

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.kinds import is_tiff
from stationmap.files.source import Source, examine

BLOCK_CELLS = 1 << 20
"""So many cells are read at once, or one row of the file's own blocks where that is more."""

WGS84 = "EPSG:4326"
_USUAL_NODATA: tuple[float, ...] = (-9999.0, -99999.0, -999.0, -32768.0, -32767.0, -2147483648.0)
_HUGE = 1e30
_WIDEST_BLOCK = 1 << 26

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Raster:
    """What a raster is, without its cells.

    Attributes
    ----------
    name, sha256 : str
        The file and its digest.
    width, height, bands : int
        Columns, rows and bands.
    crs : str
        The system in which places are given: ``EPSG:n`` as declared, or ``EPSG:4326`` for one without such a number,
        whose places are converted.
    declared : str
        How the file itself calls its system.
    kind : str
        The type of the numbers of the first band, such as ``float32``.
    nodata : float or None
        The declared value of cells without data.
    transform : tuple of 6 float
        x = a col + b row + c, y = d col + e row + f of the corner of a cell, in the declared system.
    """

    name: str
    sha256: str
    width: int
    height: int
    bands: int
    crs: str
    declared: str
    kind: str
    nodata: float | None
    transform: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The cells of one window that hold data, row by row.

    Attributes
    ----------
    row, col : NDArray[int64]
        Shape (k,), in the raster.
    value : NDArray[float64]
        Shape (k, bands asked for), scale and offset of the band applied; NaN where one band has data and this has not.
    nan : int
        Cells that are NaN though no nodata value says so.
    """

    row: Ints
    col: Ints
    value: Floats
    nan: int


def describe(path: Path | str) -> Raster:
    """Return what a raster is.

    Raises
    ------
    UnusableInput
        When the file is no TIFF, is damaged, or does not say where it lies; the message names the remedy.
    """
    with _opened(Path(path)) as (source, dataset):
        return _described(source, dataset)


def blocks(
    path: Path | str, *, bands: Sequence[int] = (1,), nodata: float | None = None, cells: int = BLOCK_CELLS
) -> Iterator[Block]:
    """Yield the cells that hold data, window by window from the north-west of the file.

    Parameters
    ----------
    path : Path or str
        A GeoTIFF.
    bands : sequence of int
        Counted from 1. A cell is given when any of them has data there.
    nodata : float, optional
        The value of cells without data, besides the declared one; NaN is always none.
    cells : int
        How many are read at once.

    Raises
    ------
    UnusableInput
        As :func:`describe`.
    InvalidValue
        When there is no such band, or it holds no real numbers.
    """
    with _opened(Path(path)) as (source, dataset):
        _described(source, dataset)
        _check_bands(source, dataset, bands)
        for window in _windows(dataset, cells):
            yield _block(dataset, bands, window, nodata)


def places(
    raster: Raster, row: NDArray[np.float64 | np.int64], col: NDArray[np.float64 | np.int64]
) -> tuple[Floats, Floats]:
    """Return x and y of places in a raster, in its ``crs``; the middle of cell (r, c) is (r + 0.5, c + 0.5).

    Parameters
    ----------
    raster : Raster
        As described.
    row, col : ndarray, shape (k,)
        Counted from the corner of the first cell; fractions allowed.
    """
    a, b, c, d, e, f = raster.transform
    x, y = np.asarray(a * col + b * row + c, np.float64), np.asarray(d * col + e * row + f, np.float64)
    if raster.crs == WGS84 and raster.declared != WGS84 and len(x):
        with rasterio.Env():
            x, y = (np.asarray(axis, np.float64) for axis in warp(raster.declared, WGS84, x, y))
    return x, y


def seeming_nodata(values: NDArray[np.float64], kind: str = "float64") -> float | None:
    """Return a value that looks like one for cells without data, None when there is none.

    Parameters
    ----------
    values : ndarray
        Cells that are held to have data.
    kind : str
        The type of the numbers in the file.

    Returns
    -------
    float or None
        -9999 and its like, the ends of a type of whole numbers of 16 bits or more (65535), or a number that no count of
        anything reaches (beyond 1e30, the ends of the floating types).

    Examples
    --------
    >>> seeming_nodata(np.array([3.0, -9999.0, 5.0]))
    -9999.0
    >>> seeming_nodata(np.array([3.0, 65535.0]), "uint16")
    65535.0
    """
    ends = np.iinfo(kind) if np.dtype(kind).kind in "iu" and np.dtype(kind).itemsize > 1 else None
    usual: float
    for usual in (*_USUAL_NODATA, *((float(ends.max), float(ends.min) or -9999.0) if ends else ())):
        if (values == usual).any():
            return usual
    huge = values[np.abs(values) >= _HUGE]
    return float(huge[0]) if huge.size else None


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Source, DatasetReader]]:
    source = examine(path)
    if not is_tiff(source):
        raise UnusableInput(
            "{name} is no TIFF. Save the raster as GeoTIFF (for example with gdal_translate -of GTiff).",
            name=source.name,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # told as a refusal
            with rasterio.Env(GDAL_PAM_ENABLED="NO"), rasterio.open(source.path) as dataset:
                yield source, dataset
    except (RasterioError, OSError) as error:
        raise UnusableInput(
            "{name} cannot be read: {reason}. It is damaged or not complete: export or download it again.",
            name=source.name,
            reason=str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__,
        ) from None


def _described(source: Source, dataset: DatasetReader) -> Raster:
    if dataset.transform.is_identity or dataset.transform.is_degenerate:
        raise UnusableInput(
            "{name} does not say where its cells lie. Put the raster in its place first, for example with gdalwarp.",
            name=source.name,
        )
    if dataset.crs is None or not dataset.crs:
        raise UnusableInput(
            "{name} does not say in which coordinate system it is. Write it into the file, for example with gdal_edit "
            "-a_srs EPSG:4326, after asking whoever made it.",
            name=source.name,
        )
    number = dataset.crs.to_epsg(confidence_threshold=100)
    declared = f"EPSG:{number}" if number else dataset.crs.to_wkt()
    nodata = dataset.nodata
    return Raster(
        name=source.name,
        sha256=source.sha256,
        width=dataset.width,
        height=dataset.height,
        bands=dataset.count,
        crs=f"EPSG:{number}" if number else WGS84,
        declared=declared,
        kind=str(dataset.dtypes[0]),
        nodata=None if nodata is None else float(nodata),
        transform=tuple(dataset.transform)[:6],
    )


def _check_bands(source: Source, dataset: DatasetReader, bands: Sequence[int]) -> None:
    for band in bands:
        if not 1 <= band <= dataset.count:
            raise InvalidValue(
                "{name} has no band {band}; it has {count}, counted from 1.",
                name=source.name,
                band=band,
                count=dataset.count,
            )
        if np.dtype(dataset.dtypes[band - 1]).kind not in "iuf":
            raise InvalidValue(
                "Band {band} of {name} holds no plain numbers ({kind}).",
                name=source.name,
                band=band,
                kind=dataset.dtypes[band - 1],
            )


def _windows(dataset: DatasetReader, cells: int) -> Iterator[Window]:
    """Yield windows of whole blocks of the file, of at most so many cells where its blocks allow."""
    high, wide = dataset.block_shapes[0]
    if high * wide > _WIDEST_BLOCK:  # one strip holds all: GDAL reads it in lines of its own
        high, wide = 1, dataset.width
    columns = min(dataset.width, max(wide, cells // high // wide * wide))
    rows = min(dataset.height, max(high, cells // columns // high * high))
    for top in range(0, dataset.height, rows):
        for left in range(0, dataset.width, columns):
            yield Window(left, top, min(columns, dataset.width - left), min(rows, dataset.height - top))


def _block(dataset: DatasetReader, bands: Sequence[int], window: Window, nodata: float | None) -> Block:
    raw = dataset.read(list(bands), window=window)
    value = raw.astype(np.float64)
    held = dataset.read_masks(list(bands), window=window) != 0
    if nodata is not None and not math.isnan(nodata):
        held &= ~_is(raw, nodata)
    nan = int((np.isnan(value) & held).any(axis=0).sum())
    for at, band in enumerate(bands):
        scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
        if (scale, offset) != (1.0, 0.0):
            value[at] = value[at] * scale + offset
    value[~held] = np.nan
    row, col = np.nonzero(~np.isnan(value).all(axis=0))
    return Block(row + int(window.row_off), col + int(window.col_off), value[:, row, col].T, nan)


def _is(raw: NDArray[np.generic], nodata: float) -> NDArray[np.bool_]:
    if raw.dtype.kind == "f" and abs(nodata) >= _HUGE:  # -3.4e38 is typed with fewer digits than it has
        return np.asarray(np.isclose(raw.astype(np.float64), nodata, rtol=1e-2, atol=0.0))
    return np.asarray(raw.astype(np.float64) == nodata)
