"""What a file is, by its first bytes; its suffix decides only where these do not."""

import re
from enum import StrEnum

from stationmap.errors import Message, UnusableInput
from stationmap.files.archive import is_zip_of
from stationmap.files.decoding import detect
from stationmap.files.source import Source

READABLE = "CSV, XLSX, XLS, ODS, GeoJSON, GeoPackage, Shapefile, KML, KMZ, Parquet, OSM, JSON, XML, ZIP"


class Kind(StrEnum):
    """A kind of file that is read, each by its own module."""

    TEXT = "delimited text"
    WORKBOOK = "workbook"
    HTML = "web page"
    XML_SHEETS = "XML spreadsheet"
    JSON = "JSON"
    XML = "XML"
    KML = "KML"
    GEOPACKAGE = "GeoPackage"
    SHAPEFILE = "shapefile"
    PARQUET = "Parquet"
    OSM = "OSM extract"
    ZIP = "ZIP"
    GZIP = "GZIP"


_MAGIC = (
    (b"SQLite format 3\0", Kind.GEOPACKAGE),
    (b"PAR1", Kind.PARQUET),
    (b"\x00\x00\x27\x0a", Kind.SHAPEFILE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.WORKBOOK),
    (b"BZh", Kind.OSM),
)
_SHAPEFILE_SUFFIXES = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix")
_WORKBOOK_ENTRIES = ("xl/workbook.xml", "content.xml")
_PICTURE = Message("a picture: ask for the table itself", {})
_OTHER = (
    (b"Rar!", Message("a RAR archive: unpack it, or pack it as ZIP", {})),
    (b"7z\xbc\xaf\x27\x1c", Message("a 7z archive: unpack it, or pack it as ZIP", {})),
    (b"%PDF", Message("a PDF: ask for the table that it was made from", {})),
    (b"MIME-Version:", Message("a web archive (MHTML): open it in a spreadsheet program and save it as XLSX", {})),
    (b"{\\rtf", Message("a text document: save its table as XLSX or CSV", {})),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
)
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # the last two are BigTIFF
_JSON_START = re.compile(r"\s*(\{\s*[\"}]|\[\s*([\[{\"\]]|-?\d)|\x1e)")
_HTML_START = re.compile(r"<!doctype html|<html|<head|<body|<table|<meta|<div|<style|<script", re.IGNORECASE)
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab")


def is_tiff(source: Source) -> bool:
    """Tell whether a file is a TIFF by its first bytes; a GeoTIFF is one that says where it lies."""
    return source.head.startswith(_TIFF)


def kind_of(source: Source) -> Kind:
    """Return what a file is.

    Raises
    ------
    UnusableInput
        When it is known to be something else than a table or layer: a PDF, a RAR archive, a picture, a raster, a
        document.
    """
    head = source.head
    for magic, what in _OTHER:
        if head.startswith(magic):
            raise _refused(source, what)
    if is_tiff(source):
        raise _refused(
            source, Message("a TIFF: a GeoTIFF can be demand or heights, but no list; ask for the table itself", {})
        )
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK"):
        return _zipped(source)
    if head.startswith(b"\x1f\x8b"):
        return Kind.OSM if source.name.lower().endswith((".osm.gz", ".osc.gz")) else Kind.GZIP
    if head[4:15] == b"\x0a\x09OSMHeader":
        return Kind.OSM
    if source.suffix in _SHAPEFILE_SUFFIXES:
        return Kind.SHAPEFILE
    if source.suffix == ".pbf":
        return Kind.OSM
    return _textual(source)


def _zipped(source: Source) -> Kind:
    if is_zip_of(source, *_WORKBOOK_ENTRIES):
        return Kind.WORKBOOK
    if is_zip_of(source, "word/document.xml", "ppt/presentation.xml"):
        raise _refused(source, Message("a document or a presentation: save its table as XLSX or CSV", {}))
    if is_zip_of(source, "xl/workbook.bin"):
        raise _refused(source, Message("a binary workbook (XLSB): save it as XLSX", {}))
    return Kind.ZIP


def _textual(source: Source) -> Kind:
    start = _start(source)
    if start.startswith("<"):
        return _markup(start)
    if source.suffix in (".json", ".geojson", ".geojsonl", ".jsonl", ".ndjson"):
        return Kind.JSON
    if _JSON_START.match(start) and not (source.suffix in _TEXT_SUFFIXES and start.startswith("[")):
        return Kind.JSON
    return Kind.TEXT


def _markup(start: str) -> Kind:
    body = re.sub(r"\A(\s*(<\?[^>]*>|<!--.*?-->))+\s*", "", start, flags=re.DOTALL)
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and re.match(r"<(\w+:)?Workbook\b", body):
        return Kind.XML_SHEETS
    if re.match(r"<osm\b", body):
        return Kind.OSM
    if re.match(r"<(\w+:)?kml\b", body):
        return Kind.KML
    return Kind.HTML if _HTML_START.match(body) else Kind.XML


def _start(source: Source) -> str:
    """Return the beginning as text, for telling kinds apart: what does not decode there does not matter."""
    encoding = "utf-8"
    if source.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in source.head[:400]:
        even = len(source.head) // 2 * 2
        try:
            encoding = detect(source.head[:even], source.name).encoding
        except UnusableInput as error:
            if source.suffix in _TEXT_SUFFIXES:
                raise
            raise UnusableInput(
                "{name} is no file that can be read. Known are: {readable}.", name=source.name, readable=READABLE
            ) from error
    return source.head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")


def _refused(source: Source, what: Message) -> UnusableInput:
    return UnusableInput("{name} is {what}.", name=source.name, what=what)
