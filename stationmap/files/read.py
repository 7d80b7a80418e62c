"""The one door in: any file to a table, whatever its suffix says.

What was found out on the way (encoding, delimiter, header row, sheet) stands in the notes of the table. The libraries
behind are imported only for the kinds that need them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from stationmap.errors import Message, UnusableInput
from stationmap.files import archive
from stationmap.files.kinds import Kind, kind_of
from stationmap.files.source import Source, examine
from stationmap.files.table import Table, choose

_PROMISED = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), Message("workbook", {})),
    **dict.fromkeys((".zip", ".kmz"), Message("ZIP archive", {})),
    ".gz": Message("GZIP archive", {}),
    ".gpkg": Message("GeoPackage", {}),
    ".parquet": Message("Parquet file", {}),
    ".geoparquet": Message("Parquet file", {}),
    ".kml": Message("KML file", {}),
}
"""What a suffix promises that a text does not keep; a delimited text is read all the same."""


class _Format(NamedTuple):
    read: Callable[[Source, str | None, str | None], Table]
    names: Callable[[Source], list[str]]


def read(path: Path | str, *, layer: str | None = None, encoding: str | None = None) -> Table:
    """Return the content of a file as a table.

    Parameters
    ----------
    path : Path or str
        CSV and other delimited text, XLSX, XLS, ODS, GeoJSON, GeoPackage, shapefile (any of its parts), KML, KMZ,
        Parquet, OSM extract, JSON or XML records, an HTML table, or a ZIP or GZIP of one of these. The first bytes
        decide what it is, then the suffix.
    layer : str, optional
        The sheet, layer, member of an archive (``member`` or ``member/layer``), or OSM tag filter
        (``amenity=library,toilets``). Needed when there are several.
    encoding : str, optional
        Of the text, instead of the one found out.

    Raises
    ------
    UnusableInput
        When it cannot be read; the message names the remedy.
    InvalidValue
        When the layer is not there or not named, or the encoding is unknown.
    """
    source = examine(Path(path))
    with _bounded(source):
        return _read(source, layer, encoding, nested=False)


def layers(path: Path | str) -> list[str]:
    """Return what may be asked for as ``layer``: sheets, layers, members; one name where there is but one table.

    Raises
    ------
    UnusableInput
        When the file cannot be read.
    """
    source = examine(Path(path))
    with _bounded(source):
        kind = kind_of(source)
        if kind is Kind.ZIP:
            return [member.name for member in archive.members(source)]
        if kind is Kind.GZIP:
            with archive.inflated(source) as inner:
                return _format(kind_of(inner), inner).names(inner)
        _refuse_prose(kind, source, None)
        return _format(kind, source).names(source)


@contextmanager
def _bounded(source: Source) -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise UnusableInput("{name} nests its content too deep to be a list of places.", name=source.name) from None
    except MemoryError:
        raise UnusableInput("{name} does not fit into memory. Split it.", name=source.name) from None


def _read(source: Source, layer: str | None, encoding: str | None, *, nested: bool) -> Table:
    kind = kind_of(source)
    if kind in (Kind.ZIP, Kind.GZIP) and nested:
        raise UnusableInput("{name} is an archive within an archive. Unpack it first.", name=source.name)
    if kind is Kind.ZIP:
        return _read_member(source, layer, encoding)
    if kind is Kind.GZIP:
        with archive.inflated(source) as inner:
            return _of(source, _read(inner, layer, encoding, nested=True))
    _refuse_prose(kind, source, encoding)
    table = _format(kind, source).read(source, layer, encoding)
    if kind is Kind.TEXT and source.suffix in _PROMISED:
        note = Message(
            "{name} is a text file whatever its name says.",
            {"name": source.name},
        )
        return replace(table, notes=(note, *table.notes))
    return table


def _refuse_prose(kind: Kind, source: Source, encoding: str | None) -> None:
    """Refuse a text that is neither a table nor what its suffix says, such as the saved message of a server."""
    if kind is not Kind.TEXT or source.suffix not in _PROMISED:
        return
    from stationmap.files.delimited import may_be_table

    if not may_be_table(source.head, source.name, least_rows=1, encoding=encoding):
        raise UnusableInput(
            "{name} is named {suffix} but is no {what} (it is text). Open it in a text editor to see what was saved, "
            "and download or export the list again; a list in one column is to be named .csv.",
            name=source.name,
            suffix=source.suffix,
            what=_PROMISED[source.suffix],
        )


def _read_member(source: Source, layer: str | None, encoding: str | None) -> Table:
    found = archive.members(source)
    if source.suffix == ".kmz" and layer is None:
        found = [member for member in found if member.name.lower() == "doc.kml"] or found
    inner_layer = None
    name = layer
    for member in found:
        if layer is not None and layer.startswith(member.name + "/"):
            name, inner_layer = member.name, layer[len(member.name) + 1 :]
    chosen = choose([member.name for member in found], name, source.name)
    member = next(member for member in found if member.name == chosen)
    with archive.unpacked(source, member) as inner:
        table = _of(source, _read(inner, inner_layer, encoding, nested=True))
    note = Message(
        "Read {member} out of the archive.",
        {"member": member.name},
    )
    return replace(table, notes=(note, *table.notes))


def _of(source: Source, table: Table) -> Table:
    return replace(table, source=source.name, sha256=source.sha256)


def _format(kind: Kind, source: Source) -> _Format:
    if kind is Kind.WORKBOOK:
        from stationmap.files import workbook

        if source.head.startswith(b"PK"):
            archive.check_size(source)
        return _Format(workbook.read, workbook.names)
    if kind is Kind.HTML:
        from stationmap.files import disguised

        return _Format(disguised.read_html, disguised.html_names)
    if kind is Kind.XML_SHEETS:
        from stationmap.files import disguised

        return _Format(disguised.read_xml_sheets, disguised.xml_sheet_names)
    if kind is Kind.XML:
        from stationmap.files import records

        return _Format(records.read_xml, records.xml_names)
    if kind is Kind.JSON:
        return _Format(_read_json, _json_names)
    if kind is Kind.KML:
        from stationmap.files import kml

        return _Format(kml.read, kml.names)
    if kind is Kind.GEOPACKAGE:
        from stationmap.files import layers as gdal

        return _Format(gdal.read_geopackage, gdal.geopackage_names)
    if kind is Kind.SHAPEFILE:
        from stationmap.files import layers as gdal

        return _Format(gdal.read_shapefile, gdal.shapefile_names)
    if kind is Kind.PARQUET:
        from stationmap.files import parquet

        return _Format(parquet.read, parquet.names)
    if kind is Kind.OSM:
        from stationmap.files.osm import places

        return _Format(places.read, places.names)
    from stationmap.files import delimited

    return _Format(delimited.read, delimited.names)


def _read_json(source: Source, layer: str | None, encoding: str | None) -> Table:
    from stationmap.files import geojson, records

    content, found, notes = records.document(source, encoding)
    if geojson.is_geojson(content) or source.suffix == ".geojson":
        return geojson.read(source, content, layer, found, notes)
    return records.read_json(source, content, layer, found, notes)


def _json_names(source: Source) -> list[str]:
    from stationmap.files import geojson, records

    content, _, _ = records.document(source, None)
    return [source.stem] if geojson.is_geojson(content) else records.json_names(source, content)
