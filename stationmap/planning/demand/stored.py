"""Demand as the bytes of one Parquet file, and back: the same to the last bit."""

import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from stationmap.errors import UnusableInput
from stationmap.planning.demand.demand import Demand

_FORM, _VERSION = b"stationmap.demand", 1
_FIXED = ("id", "lon", "lat", "adcode", "cell")
_WEIGHT = "weight:"


def to_parquet(demand: Demand) -> bytes:
    """Return demand as the bytes of a Parquet file."""
    columns: dict[str, object] = {
        "id": pa.array(demand.ids.tolist(), pa.string()),
        "lon": demand.lon,
        "lat": demand.lat,
        "adcode": pa.array(demand.adcode.tolist(), pa.string()).dictionary_encode(),
    }
    if demand.cells is not None:
        columns["cell"] = pa.array(shapely.to_wkb(demand.cells).tolist(), pa.binary())
    columns |= {_WEIGHT + name: weight for name, weight in demand.weights.items()}
    told = {"version": _VERSION, "hourly": {name: part.tolist() for name, part in demand.hourly.items()}}
    table = pa.table(columns).replace_schema_metadata({_FORM: json.dumps(told, ensure_ascii=False)})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def from_parquet(content: bytes) -> Demand:
    """Return the demand that :func:`to_parquet` wrote.

    Raises
    ------
    UnusableInput
        When the bytes are none of it, are damaged, or of a newer stationmap.
    """
    try:
        table = pq.read_table(io.BytesIO(content))
        told = json.loads((table.schema.metadata or {})[_FORM])
        version = int(told["version"])
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError) as fault:
        raise UnusableInput("The kept demand is damaged. Load it again: stationmap load demand FILE") from fault
    if version > _VERSION:
        raise UnusableInput("The kept demand was written by a newer stationmap. Install the newer one.")
    named = {name: table[name].combine_chunks() for name in table.column_names}
    cells = None
    if "cell" in named:
        cells = shapely.from_wkb(np.array(named["cell"].to_pylist(), dtype=object))
    return Demand(
        np.array(named["id"].to_pylist(), dtype=object),
        named["lon"].to_numpy(),
        named["lat"].to_numpy(),
        {name[len(_WEIGHT) :]: column.to_numpy() for name, column in named.items() if name not in _FIXED},
        np.array(named["adcode"].to_pylist(), dtype=object),
        cells,
        {name: np.array(part) for name, part in told["hourly"].items()},
    )
