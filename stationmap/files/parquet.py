"""Parquet and GeoParquet, by pyarrow and geopandas."""

import json
from collections.abc import Mapping
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from stationmap.errors import Message, UnusableInput
from stationmap.files.cells import plain
from stationmap.files.layers import declared
from stationmap.files.source import Source
from stationmap.files.table import Table, bounded, choose, features

_FAULTS = (
    *(pa.ArrowException, OSError, ValueError, KeyError, TypeError, MemoryError),
    *(shapely.errors.GEOSException, RuntimeError),  # pyproj's faults are RuntimeErrors
)


def read(source: Source, layer: str | None, encoding: str | None) -> Table:  # noqa: ARG001  Parquet fixes its encoding
    """Return a Parquet file as a table, its primary geometry as geometry when it is GeoParquet.

    Raises
    ------
    UnusableInput
        When it is damaged, not complete, or too large.
    """
    if layer is not None:
        choose([source.stem], layer, source.name)
    try:
        schema = pq.read_schema(source.path)
        metadata = pq.read_metadata(source.path)
        bounded(metadata.num_rows, len(schema.names), source.name)
        return _read(source, schema, metadata.num_rows)
    except _FAULTS:
        raise UnusableInput(
            "{name} cannot be read as Parquet. It is damaged or not complete: export or download it again.",
            name=source.name,
        ) from None


def names(source: Source) -> list[str]:
    """Return the one table of a Parquet file."""
    return [source.stem]


def _read(source: Source, schema: pa.Schema, rows: int) -> Table:
    geo = _geo(schema)
    primary = str(geo.get("primary_column", "")) or _wkb_column(source, schema)
    notes: list[Message] = []
    crs, geometry = "", None
    if geo:
        shapes = geopandas.read_parquet(source.path, columns=[primary])[primary]
        geometry = np.asarray(shapes.to_numpy(), dtype=object)
        crs, notes = declared(shapes.crs.to_string() if shapes.crs is not None else None)
    elif primary:
        geometry = _from_wkb(pq.read_table(source.path, columns=[primary]))
        notes = [Message("No coordinate system is declared.", {})]
    labels = [name for name in schema.names if name != primary and not _is_index(name)]
    table = pq.read_table(source.path, columns=labels) if labels else None
    values = [[plain(cell) for cell in column.to_pylist()] for column in table.columns] if table is not None else []
    return features(source, labels, values, geometry=geometry, rows=rows, crs=crs, notes=notes)


def _geo(schema: pa.Schema) -> Mapping[str, Any]:
    raw = (schema.metadata or {}).get(b"geo")
    found = json.loads(raw) if raw else {}
    return found if isinstance(found, dict) else {}


def _wkb_column(source: Source, schema: pa.Schema) -> str:
    """Return the binary column of a plain Parquet file that holds geometries, as GDAL writes it; "" if none."""
    for field in schema:
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            try:
                _from_wkb(pq.read_table(source.path, columns=[field.name]).slice(0, 100))
            except (shapely.errors.GEOSException, TypeError):
                continue
            return str(field.name)
    return ""


def _from_wkb(table: pa.Table) -> NDArray[np.object_]:
    blobs = np.empty(table.num_rows, dtype=object)
    blobs[:] = table.column(0).to_pylist()
    return np.asarray(shapely.from_wkb(blobs), dtype=object)


def _is_index(name: str) -> bool:
    return name.startswith("__index_level_")
