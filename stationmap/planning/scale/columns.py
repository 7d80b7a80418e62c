"""The columns of a partition of demand: where the places, weights and areas stand, and in which coordinate system."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from stationmap.errors import InvalidValue, Message
from stationmap.geo.datum import canonical

PLACES = ("lon", "lat")


@dataclass(frozen=True, slots=True)
class Columns:
    """What to read of each partition.

    Attributes
    ----------
    geometry : str
        The column of geometries; "" where lon and lat stand in columns of their own.
    datum : str
        A member of :data:`stationmap.geo.datum.DATUMS` or ``EPSG:n``: the system of the places.
    weights : tuple[str, ...]
        The columns of the weights; none when every row counts one.
    adcode : str
        The column of adcodes, "" when there is none.
    """

    geometry: str
    datum: str
    weights: tuple[str, ...]
    adcode: str

    @property
    def names(self) -> list[str]:
        """Return the columns to read, each once."""
        places = [self.geometry] if self.geometry else list(PLACES)
        return list(dict.fromkeys([*places, *self.weights, *([self.adcode] if self.adcode else [])]))


def found(
    schema: pa.Schema, *, weights: Sequence[str], adcode: str | None, datum: str | None
) -> tuple[Columns | None, list[Message]]:
    """Return which columns of a partition to read, or None and everything that is wrong with them.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the partition. Points are read from its geometry; of cells the columns lon and lat, where they are there
        and in degrees, else a point inside each.
    weights : sequence of str
        Columns of numbers.
    adcode : str, optional
        Column of adcodes that must be there; left out: ``adcode`` where there is one.
    datum : str, optional
        The system of the places; left out: the one that the partition declares.
    """
    faults = [fault for name in weights if (fault := _weight_fault(schema, name))]
    geo = _geo(schema)
    system, fault = (canonical(datum), None) if datum else _declared(geo)
    geometry = _geometry(schema, geo, degrees=system in ("wgs84", "cgcs2000"))
    if fault:
        faults.append(fault)
    if geometry is None:
        faults.append(Message("it has no geometry and no columns lon and lat", {}))
    area = adcode or ("adcode" if "adcode" in schema.names else "")
    if area and (area not in schema.names or not _is_code(schema.field(area).type)):
        faults.append(Message("it has no column {name} of codes", {"name": area}))
    if faults or geometry is None:
        return None, faults
    return Columns(geometry, system, tuple(weights), area), []


def _weight_fault(schema: pa.Schema, name: str) -> Message | None:
    if name not in schema.names:
        numbers = tuple(field.name for field in schema if _is_number(field.type) and field.name not in PLACES)
        return Message("it has no column {name}; columns of numbers: {known}", {"name": name, "known": numbers or "-"})
    if not _is_number(schema.field(name).type):
        kind = str(schema.field(name).type)
        return Message("its column {name} holds {kind}, no numbers", {"name": name, "kind": kind})
    return None


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_code(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_integer(inner) or pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _geo(schema: pa.Schema) -> Mapping[str, Any]:
    try:
        geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    except ValueError:
        return {}
    return geo if isinstance(geo, dict) else {}


def _primary(geo: Mapping[str, Any]) -> Mapping[str, Any]:
    columns = geo.get("columns")
    column = columns.get(geo.get("primary_column")) if isinstance(columns, dict) else None
    return column if isinstance(column, dict) else {}


def _geometry(schema: pa.Schema, geo: Mapping[str, Any], *, degrees: bool) -> str | None:
    """Return the column of geometries to read, "" for lon and lat, None when there is neither."""
    name = str(geo.get("primary_column", "geometry"))
    there = name in schema.names and _holds_geometry(schema.field(name).type)
    apart = all(axis in schema.names and _is_number(schema.field(axis).type) for axis in PLACES)
    kinds = set(_primary(geo).get("geometry_types") or ())
    points = bool(kinds) and kinds <= {"Point", "Point Z"}
    if there and (points or not apart or (geo and not degrees)):
        return name
    return "" if apart else None


def _holds_geometry(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return {"x", "y"} <= {field.name for field in kind}
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _declared(geo: Mapping[str, Any]) -> tuple[str, Message | None]:
    """Return the system that GeoParquet metadata declare (WGS 84 when they leave it out), or what is wrong."""
    column = _primary(geo)
    crs = column.get("crs", {"id": {"authority": "OGC", "code": "CRS84"}})
    if not column or crs is None:
        return "", Message("it declares no coordinate system: say which it is, such as wgs84", {})
    one = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(one, dict) and str(one.get("authority")) in ("OGC", "EPSG"):
        text = "OGC:CRS84" if one.get("code") == "CRS84" else f"EPSG:{one.get('code')}"
    else:
        from stationmap.files.layers import declared  # slow to import, and most files name a code

        text, _ = declared(crs if isinstance(crs, str) else json.dumps(crs))
    try:
        return canonical(text), None
    except InvalidValue:
        return "", Message("its coordinate system is none that is known: say which it is, such as wgs84", {})
