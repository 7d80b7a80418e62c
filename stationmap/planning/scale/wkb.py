"""The geometry column of a Parquet file as coordinates: points from their bytes, other shapes by a point inside."""

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_POINT_BYTES = 21
"""Byte order, type (1: a point without height) and two doubles."""
_LITTLE_POINT = b"\x01\x01\x00\x00\x00"


def coordinates(column: pa.Array) -> tuple[Floats, Floats]:
    """Return x and y of each row of a geometry column.

    Parameters
    ----------
    column : pyarrow.Array
        WKB of any kind, or the native points of GeoParquet 1.1 (a struct of x and y). Of a shape that is no point:
        its centroid where that lies inside, else a point inside.

    Returns
    -------
    x, y : NDArray[float64]
        NaN where there is no geometry, or an empty one.

    Raises
    ------
    shapely.errors.GEOSException
        When the bytes are no geometry.
    """
    if pa.types.is_struct(column.type):
        x, y = (column.field(axis).to_numpy(zero_copy_only=False).astype(np.float64) for axis in ("x", "y"))
        gone = column.is_null().to_numpy(zero_copy_only=False)
        return np.where(gone, np.nan, x), np.where(gone, np.nan, y)
    points = _plain_points(column)
    return _of_shapes(column) if points is None else points


def _plain_points(column: pa.Array) -> tuple[Floats, Floats] | None:
    """Return the coordinates when every row is a little-endian point without height, else None."""
    wide = np.dtype(np.int64 if pa.types.is_large_binary(column.type) else np.int32)
    _, ends, data = column.buffers()
    if column.null_count or data is None or not len(column):
        return None
    offsets = np.frombuffer(ends, wide)[column.offset : column.offset + len(column) + 1]
    if not (np.diff(offsets) == _POINT_BYTES).all():
        return None
    rows = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]].reshape(-1, _POINT_BYTES)
    if not (rows[:, :5] == np.frombuffer(_LITTLE_POINT, np.uint8)).all():
        return None
    x, y = rows[:, 5:].copy().view("<f8").T.astype(np.float64)
    return x, y


def _of_shapes(column: pa.Array) -> tuple[Floats, Floats]:
    blobs = np.empty(len(column), dtype=object)
    blobs[:] = column.to_pylist()
    shapes = np.asarray(shapely.from_wkb(blobs), dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    points = shapely.centroid(shapes)
    outside = np.flatnonzero(~shapely.covers(shapes, points) & ~shapely.is_missing(shapes))
    points[outside] = shapely.point_on_surface(shapes[outside])
    return shapely.get_x(points), shapely.get_y(points)


def from_coordinates(x: Floats, y: Floats) -> pa.Array:
    """Return points as a column of WKB, as :func:`coordinates` reads them quickest.

    Parameters
    ----------
    x, y : NDArray[float64]
        Of one length, finite.
    """
    rows = np.empty((len(x), _POINT_BYTES), np.uint8)
    rows[:, :5] = np.frombuffer(_LITTLE_POINT, np.uint8)
    rows[:, 5:13] = np.ascontiguousarray(x, "<f8").view(np.uint8).reshape(-1, 8)
    rows[:, 13:] = np.ascontiguousarray(y, "<f8").view(np.uint8).reshape(-1, 8)
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(_POINT_BYTES), len(x), [None, pa.py_buffer(rows)])
    return fixed.cast(pa.binary())
