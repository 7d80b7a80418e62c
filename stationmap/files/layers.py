"""Layers that GDAL reads: GeoPackages and shapefiles, by pyogrio.

GDAL hands over Arrow columns, so that integers with gaps stay integers. A shapefile says in a .cpg file, in a byte of
its .dbf, or not at all, which encoding its texts are in, and often says it wrongly: the texts are therefore taken as
bytes and decoded here (:mod:`stationmap.files.decoding`). Texts and column names that were cut in the middle of a
character, which the ten bytes of a column name do to Chinese, lose that half character and nothing else.
"""

import codecs
import hashlib
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.archive import SHAPEFILE_PARTS
from stationmap.files.cells import clean, plain
from stationmap.files.decoding import canonical, detect
from stationmap.files.source import Source
from stationmap.files.table import Table, bounded, choose, features

_STYLE_LAYERS = ("layer_styles", "qgis_projects")
_BYTES = "ISO-8859-1"  # every byte is a character of it: texts come through as they are
_LANGUAGE_BYTE = 29
_LANGUAGES: Mapping[int, str] = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
_CODECS: Mapping[str, str] = {"big5": "cp950"}


def read_geopackage(source: Source, layer: str | None, encoding: str | None) -> Table:  # noqa: ARG001  always UTF-8
    """Return a layer of a GeoPackage as a table; without ``layer`` the only one.

    Raises
    ------
    UnusableInput
        When it is damaged, or is another SQLite database.
    InvalidValue
        When there are several layers and none is named.
    """
    name = choose(_offered(source) if layer is None else geopackage_names(source), layer, source.name)
    return _read(source, name, None)


def geopackage_names(source: Source) -> list[str]:
    """Return the names of the layers and tables of a GeoPackage, styles left out."""
    return [name for name, _ in _geopackage_layers(source)]


def read_shapefile(source: Source, layer: str | None, encoding: str | None) -> Table:
    """Return a shapefile as a table.

    Raises
    ------
    UnusableInput
        When a part is missing or damaged.
    """
    whole = _with_parts(source)
    if layer is not None:
        choose([whole.stem], layer, whole.name)
    try:
        return _read(whole, whole.path.stem, encoding)
    except UnusableInput:
        if ".prj" not in _parts(whole.path):
            raise
    table = _read_without_projection(whole, encoding)
    note = Message("The .prj file of {name} cannot be read and was left aside.", {"name": whole.name})
    return replace(table, notes=(note, *table.notes))


def shapefile_names(source: Source) -> list[str]:
    """Return the one layer of a shapefile."""
    return [_with_parts(source).stem]


def _read_without_projection(source: Source, encoding: str | None) -> Table:
    """Read a shapefile as if it had no .prj: a damaged one keeps GDAL from the rest of it."""
    with tempfile.TemporaryDirectory(prefix="stationmap-") as folder:
        for suffix, part in _parts(source.path).items():
            if suffix != ".prj":
                shutil.copyfile(part, Path(folder, source.path.stem + suffix))
        return _read(replace(source, path=Path(folder, source.path.stem + ".shp")), source.path.stem, encoding)


def _read(source: Source, layer: str, encoding: str | None) -> Table:
    shapefile = source.path.suffix.lower() == ".shp"
    transport = _BYTES if shapefile else None
    with _gdal(source) as told:
        info = pyogrio.read_info(source.path, layer=layer, encoding=transport)
        bounded(info["features"], len(info["fields"]), source.name)
        _, table = pyogrio.raw.read_arrow(source.path, layer=layer, encoding=transport, read_geometry=False)
        geometry = None
        if info["geometry_type"] is not None:  # not as Arrow, which hands curves over as they are
            _, _, blobs, _ = pyogrio.raw.read(source.path, layer=layer, encoding=transport, columns=[])
            geometry = np.asarray(shapely.from_wkb(blobs), dtype=object)
        columns = [column.to_pylist() for column in table.columns]
    labels = table.column_names
    notes: list[Message] = []
    if shapefile:
        encoding, labels, columns, notes = _told_apart(source, labels, columns, encoding)
    crs, crs_notes = declared(info["crs"])
    if shapefile and crs:
        crs_notes = [Message("The .prj file declares the coordinate system {crs}.", {"crs": crs})]
    return features(
        source,
        [clean(label) for label in labels],
        [[plain(cell) for cell in column] for column in columns],
        geometry=geometry,
        rows=int(info["features"]) if geometry is None else len(geometry),
        crs=crs,
        name=layer if not shapefile else source.stem,
        notes=(*notes, *crs_notes, *told),
        encoding=encoding or "",
    )


def declared(crs: str | None) -> tuple[str, list[Message]]:
    """Return a coordinate system as ``EPSG:n``, or "" and a note when it has no such number."""
    if not crs:
        return "", [Message("No coordinate system is declared.", {})]
    if crs.upper().startswith("EPSG:"):
        return crs.upper(), []
    if crs.upper() == "OGC:CRS84":
        return "EPSG:4326", []
    import geopandas

    named = crs
    try:
        known = geopandas.GeoSeries([], crs=crs).crs
        if number := known.to_epsg():
            return f"EPSG:{number}", []
        named = known.name
    except RuntimeError:  # pyproj's faults: the text itself is all that can be told
        named = crs[:100]
    note = Message(
        "The declared coordinate system “{crs}” has no EPSG number and was left aside.",
        {"crs": named},
    )
    return "", [note]


@contextmanager
def _gdal(source: Source) -> Iterator[list[Message]]:
    """Turn what GDAL warns of into notes, and what it fails at into UnusableInput."""
    told: list[Message] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield told
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError):
        raise _unreadable(source) from None
    except (shapely.errors.GEOSException, RuntimeError, ValueError, OSError, MemoryError):
        raise _unreadable(source) from None
    except NameError:  # pyogrio 0.13 meets a damaged .prj with an unbound variable
        raise _unreadable(source) from None
    texts = dict.fromkeys(str(warning.message) for warning in caught)
    told.extend(Message("GDAL says: {text}", {"text": text}) for text in texts)


def _unreadable(source: Source) -> UnusableInput:
    return UnusableInput(
        "{name} cannot be read. It is damaged or not complete: export or download it again.", name=source.name
    )


def _geopackage_layers(source: Source) -> list[tuple[str, str | None]]:
    _refuse_other_database(source)
    with _gdal(source):
        found = [(str(name), kind) for name, kind in pyogrio.list_layers(source.path) if name not in _STYLE_LAYERS]
    if not found:
        raise UnusableInput("{name} has no layer in it.", name=source.name)
    return found


def _offered(source: Source) -> list[str]:
    found = _geopackage_layers(source)
    return [name for name, kind in found if kind is not None] or [name for name, _ in found]


def _refuse_other_database(source: Source) -> None:
    try:
        base = sqlite3.connect(source.path.absolute().as_uri() + "?mode=ro&immutable=1", uri=True)
        try:
            is_geopackage = base.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone()
        finally:
            base.close()
    except (sqlite3.Error, UnicodeDecodeError):
        raise _unreadable(source) from None
    if not is_geopackage:
        raise UnusableInput(
            "{name} is an SQLite database, but no GeoPackage. Save the layer as GeoPackage or GeoJSON.",
            name=source.name,
        )


def _with_parts(source: Source) -> Source:
    """Return the .shp of a shapefile, whichever part was given, with the digest of all parts.

    Raises
    ------
    UnusableInput
        When the .shp, the .shx or the .dbf is missing.
    """
    beside = _parts(source.path)
    missing = [part for part in (".shp", ".shx", ".dbf") if part not in beside]
    if missing:
        raise UnusableInput(
            "A shapefile is several files: {missing} is missing beside {name}. Put .shp, .shx, .dbf (and .prj, .cpg if "
            "there are) into one folder, or zip them together.",
            missing=", ".join(missing),
            name=source.name,
        )
    digest = hashlib.sha256()
    for part in SHAPEFILE_PARTS:
        if part in beside:
            digest.update(beside[part].read_bytes())
    path = beside[".shp"]
    return Source(path, Path(source.name).stem + path.suffix, path.stat().st_size, digest.hexdigest(), source.head)


def _parts(path: Path) -> dict[str, Path]:
    """Return the parts of a shapefile beside a file, by suffix; the suffix may be in capitals."""
    return {
        other.suffix.lower(): other
        for other in sorted(path.parent.iterdir())
        if other.stem == path.stem and other.suffix.lower() in SHAPEFILE_PARTS
    }


def _told_apart(
    source: Source, labels: Sequence[str], columns: Sequence[list[Any]], encoding: str | None
) -> tuple[str, list[str], list[list[Any]], list[Message]]:
    """Return the encoding of a shapefile's texts, its column names and columns decoded, and why."""
    names = [label.encode(_BYTES) for label in labels]
    texts = [value.encode(_BYTES) for column in columns for value in column if isinstance(value, str)]
    foreign = [text for text in (*names, *texts) if not text.isascii()]
    found, notes = _encoding(source, foreign, encoding)
    codec = _CODECS.get(found, found)
    decoded = [
        [_shortened(value.encode(_BYTES), codec) if isinstance(value, str) else value for value in column]
        for column in columns
    ]
    return found, [_shortened(name, codec) for name in names], decoded, notes


def _encoding(source: Source, foreign: Sequence[bytes], encoding: str | None) -> tuple[str, list[Message]]:
    if encoding:
        known = canonical(encoding)
        if not _fits(foreign, known):
            raise InvalidValue(
                "The texts of {name} are not {encoding}. Name another encoding with --encoding.",
                name=source.name,
                encoding=encoding,
            )
        return known, []
    said = _said(source.path)
    if _fits(foreign, "utf-8"):
        whole = b"\n".join(_shortened(text, "utf-8").encode() for text in foreign)
        found = detect(whole, source.name).encoding if whole else "utf-8"
        if found == "utf-8" or not _fits(foreign, found):
            return "utf-8", []
    if said and said != "utf-8" and _fits(foreign, said):
        return said, [Message("The texts are in {encoding}, as the shapefile says.", {"encoding": said})]
    verdict = detect(b"\n".join(foreign), source.name)
    if not _fits(foreign, verdict.encoding):
        raise UnusableInput(
            "The texts of {name} are neither UTF-8 nor {encoding}. Name their encoding with --encoding.",
            name=source.name,
            encoding=verdict.encoding,
        )
    note = Message(
        "The shapefile does not say rightly in which encoding its texts are; they were read as {encoding}. If "
        "they look wrong, name it with --encoding.",
        {"encoding": verdict.encoding},
    )
    return verdict.encoding, [note]


def _said(path: Path) -> str | None:
    parts = _parts(path)
    try:
        if ".cpg" in parts and (text := parts[".cpg"].read_text("ascii").strip()):
            return canonical(text)
        with parts[".dbf"].open("rb") as stream:
            return _LANGUAGES.get(stream.read(_LANGUAGE_BYTE + 1)[_LANGUAGE_BYTE])
    except (InvalidValue, UnicodeDecodeError, IndexError, OSError):
        return None


def _fits(texts: Sequence[bytes], encoding: str) -> bool:
    codec = _CODECS.get(encoding, encoding)
    try:
        for text in texts:
            _shortened(text, codec)
    except UnicodeDecodeError:
        return False
    return True


def _shortened(text: bytes, codec: str) -> str:
    """Decode a text; half a character at its end is left out."""
    return codecs.getincrementaldecoder(codec)("strict").decode(text, final=False)
