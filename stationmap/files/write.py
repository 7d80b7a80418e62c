"""The one door out: a frame to a file of the format that its suffix names, whole or not at all.

A file is written beside its place under another name, flushed to the disk and only then moved into place: who reads
it sees the old content or the new, and a full disk loses nothing. Texts that a spreadsheet would take for formulas get
a ``'`` before them in CSV and XLSX, and :mod:`stationmap.files.read` takes exactly that away again.
"""

import errno
import json
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd

from stationmap.errors import InvalidValue, UnusableInput, why
from stationmap.files.cells import distinct, guard, plain

SUFFIXES = (".csv", ".xlsx", ".geojson", ".gpkg", ".parquet")
DECIMALS = 8  # of degrees: 1.1 mm
_QUOTED = re.compile(r'[",;\t|\r\n]|^\s|\s$')
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)


def write(frame: pd.DataFrame, path: Path | str, *, layer: str | None = None) -> None:
    """Write a frame, or a GeoDataFrame, to a file; one that is there is replaced.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Its index is not written.
    path : Path or str
        ``.csv`` (UTF-8 with byte order mark, as Excel wants it), ``.xlsx`` (texts stay texts), ``.geojson`` (RFC 7946:
        WGS 84, 8 decimals, outer rings counter-clockwise), ``.gpkg`` or ``.parquet``. Geometry stands as WKT in CSV
        and XLSX; GeoJSON needs one.
    layer : str, optional
        Name of the sheet or layer in XLSX and GeoPackage; that of the file when left out.

    Raises
    ------
    InvalidValue
        When the suffix is none of these, or the format cannot hold the frame.
    UnusableInput
        When the file cannot be written there: no such folder, no right, no room. What was there is as before.
    """
    path = Path(path)
    writers: Mapping[str, Callable[[pd.DataFrame, Path, str], None]] = {
        ".csv": _write_csv,
        ".xlsx": _write_xlsx,
        ".geojson": _write_geojson,
        ".gpkg": _write_geopackage,
        ".parquet": _write_parquet,
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InvalidValue(
            "“{name}” ends in no format that can be written. Use one of {suffixes}.",
            name=path.name,
            suffixes=", ".join(SUFFIXES),
        )
    with _replacing(path) as temporary:
        writer(frame, temporary, path.stem if layer is None else layer)


def write_layers(layers: Mapping[str, pd.DataFrame], path: Path | str) -> None:
    """Write frames as the layers of one GeoPackage, whole or not at all; those without geometry become tables.

    Parameters
    ----------
    layers : Mapping[str, DataFrame or GeoDataFrame]
        By name of the layer, one or more.
    path : Path or str
        Ends in ``.gpkg``.

    Raises
    ------
    UnusableInput
        As :func:`write` says.
    """
    with _replacing(Path(path)) as temporary:
        for name, frame in layers.items():
            _write_geopackage(frame, temporary, name)


def write_bytes(content: bytes, path: Path | str) -> None:
    """Write a file that is made already, whole or not at all.

    Raises
    ------
    UnusableInput
        As :func:`write` says.
    """
    with _replacing(Path(path)) as temporary:
        temporary.write_bytes(content)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to beside the one meant; move it there when all went well, remove it when not."""
    temporary = path
    try:
        target = path.resolve()
        if target.is_dir() or (target.exists() and not stat.S_ISREG(target.stat().st_mode)):
            raise UnusableInput("{path} is not a file that can be replaced. Give another name.", path=path)
        temporary = target.with_name(f".{secrets.token_hex(6)}{target.suffix.lower()}")
        try:
            temporary.touch(exist_ok=False)  # here the system says what is wrong, not a library in its own words
            temporary.unlink()
            yield temporary
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> UnusableInput:
    """Return why a file or folder cannot be written, in words, with the remedy."""
    if error.errno in _NO_ROOM:
        return UnusableInput(
            "There is no room for {path}: the disk or the quota is full. Make room, or write elsewhere; what was there "
            "is as before.",
            path=path,
        )
    if error.errno in _NO_RIGHT:
        return UnusableInput("{path} may not be written. Write to another folder, or ask for the right to.", path=path)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        folder = Path(os.path.realpath(path)).parent
        if folder.is_dir():
            return UnusableInput(
                "Nothing can be written in {folder}, though it is there: the system makes no files in it. Write to "
                "another folder.",
                folder=folder,
            )
        return UnusableInput("There is no folder for {path}. Make it first, or write elsewhere.", path=path)
    return UnusableInput("{path} cannot be written: {reason}. Write to another folder.", path=path, reason=why(error))


def _write_csv(frame: pd.DataFrame, path: Path, _: str) -> None:
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as out:
        out.write(",".join(_csv_cell(str(name)) for name in frame.columns) + "\r\n")
        for row in _rows(frame):
            out.write(",".join(map(_csv_cell, row)) + "\r\n")


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return _spelled(value)
    text = guard(value).replace("\0", "\ufffd")
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        value.isoformat(sep=" ")
        if isinstance(value, datetime)
        else (value.isoformat() if isinstance(value, date | time) else str(value))
    )


def _rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Yield the rows as plain values, geometry as WKT."""
    columns = [list(map(plain, _column(frame, position))) for position in range(frame.shape[1])]
    return zip(*columns, strict=True) if columns else iter(())


def _column(frame: pd.DataFrame, position: int) -> list[Any]:
    import shapely

    column = frame.iloc[:, position]
    values: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    if any(isinstance(value, shapely.Geometry) for value in values):
        return [
            shapely.to_wkt(value, rounding_precision=DECIMALS) if isinstance(value, shapely.Geometry) else value
            for value in values
        ]
    return values


def _write_xlsx(frame: pd.DataFrame, path: Path, stem: str) -> None:
    from stationmap.files.spreadsheet import write_sheet

    write_sheet([str(name) for name in frame.columns], list(_rows(frame)), path, stem)


def _write_geojson(frame: pd.DataFrame, path: Path, _: str) -> None:
    import geopandas
    import shapely

    if not isinstance(frame, geopandas.GeoDataFrame):
        raise InvalidValue("GeoJSON needs a place for each row, and there is none. Write CSV or XLSX.")
    if frame.crs is None:
        raise InvalidValue("GeoJSON is WGS 84, but the coordinate system of the rows is not declared.")
    shapes = shapely.orient_polygons(frame.to_crs(4326).geometry.to_numpy())
    properties = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    names = distinct(str(name) for name in properties.columns)
    rows = _rows(properties) if names else iter([()] * len(frame))
    with path.open("w", encoding="utf-8", newline="\n", errors="replace") as out:
        out.write('{"type": "FeatureCollection", "features": [')
        for number, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
            feature = {
                "type": "Feature",
                "properties": {name: _json_value(value) for name, value in zip(names, row, strict=True)},
                "geometry": None if shape is None else _rounded(shapely.geometry.mapping(shape)),
            }
            out.write((",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
        out.write("\n]}\n")


def _json_value(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    return value if value is None or isinstance(value, str | bool | int) else _spelled(value).replace(" ", "T")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def _write_geopackage(frame: pd.DataFrame, path: Path, stem: str) -> None:
    import geopandas
    import pyogrio

    data = _uniform(frame, _without_case(frame))
    for name in data.columns:  # a GeoPackage knows no moment without a time zone: it would make it UTC
        if data[name].dtype.kind == "M" and getattr(data[name].dtype, "tz", None) is None:
            data[name] = _texts(data[name].astype(object).where(data[name].notna(), None).tolist())
    taken = {str(name).lower() for name in data.columns}
    fid = next(name for name in ("fid", "ogc_fid", "feature_id", "stationmap_fid") if name not in taken)
    shape = next(name for name in ("geom", "shape", "geometry_", "stationmap_geom") if name not in taken)
    options = {"FID": fid} | ({"GEOMETRY_NAME": shape} if isinstance(frame, geopandas.GeoDataFrame) else {})
    try:
        pyogrio.write_dataframe(data, path, layer=stem, driver="GPKG", layer_options=options)
        written = pyogrio.read_info(path, layer=stem, force_feature_count=True)["features"]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError, pyogrio.errors.GeometryError) as error:
        full = "disk is full" in str(error) or "disk I/O error" in str(error)
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from None
    if written != len(frame):
        raise OSError(errno.ENOSPC, "not all rows were written")


def _write_parquet(frame: pd.DataFrame, path: Path, _: str) -> None:
    _uniform(frame, distinct(str(name) for name in frame.columns)).to_parquet(path, index=False)


def _uniform(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return a copy whose object columns each hold one type: a mixed one becomes text."""
    import geopandas

    shape = str(frame.geometry.name) if isinstance(frame, geopandas.GeoDataFrame) else None
    columns: dict[str, Any] = {}
    for position, name in enumerate(names):
        column = frame.iloc[:, position].reset_index(drop=True)
        is_text = column.dtype == object or isinstance(column.dtype, pd.StringDtype)
        columns[name] = _one_type([plain(value) for value in _column(frame, position)]) if is_text else column
    data = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))
    if shape is None:
        return data
    position = list(map(str, frame.columns)).index(shape)
    located: pd.DataFrame = geopandas.GeoDataFrame(data, geometry=names[position], crs=frame.crs)
    return located


def _one_type(values: list[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    dtypes: Mapping[frozenset[type], str] = {
        frozenset((bool,)): "boolean",
        frozenset((int,)): "Int64",
        frozenset((float,)): "Float64",
        frozenset((int, float)): "Float64",
        frozenset((datetime,)): "datetime64[ms]",
    }
    dtype: Any = dtypes.get(frozenset(kinds))
    if dtype is not None:
        with suppress(OverflowError, ValueError, TypeError):
            return pd.Series(values, dtype=dtype)
    return _texts(values)


def _texts(values: list[Any]) -> Any:
    texts = [value if value is None or isinstance(value, str) else _spelled(value) for value in values]
    return pd.Series(texts, dtype=object)


def _without_case(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return column names that differ in more than their case, as SQLite needs them."""
    lowered: set[str] = set()
    names = []
    for name in distinct(str(name) for name in frame.columns):
        fresh, count = name, 1
        while fresh.lower() in lowered:
            count += 1
            fresh = f"{name} ({count})"
        lowered.add(fresh.lower())
        names.append(fresh)
    return tuple(names)
