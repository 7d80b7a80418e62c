"""Archives: ZIP (also as KMZ) and GZIP, unpacked into a temporary folder, never further than the limits.

Names of members are used only to tell what is inside: what is unpacked lies under names of our own making, so that no
member can be written elsewhere. Names that a Chinese Windows packed are in GBK without saying so.
"""

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stationmap.errors import UnusableInput
from stationmap.files.cells import listed
from stationmap.files.decoding import score_big5, score_gb18030
from stationmap.files.delimited import may_be_table
from stationmap.files.limits import UNPACKED_BYTES
from stationmap.files.source import HEAD_BYTES, Source, examine

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_TABLES = frozenset((".csv", ".tsv", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".geojson", ".geojsonl"))
_TABLES |= {".gpkg", ".kml", ".parquet", ".geoparquet", ".osm", ".pbf", ".gz"}
_DOCUMENTS = frozenset((".txt", ".xml", ".html", ".htm"))  # often only a read-me: taken when there is nothing else
_MEMBERS = 100_000
_CHUNK = 1 << 20
_BLANK_BYTES = b"\xef\xbb\xbf\xff\xfe \t\r\n\0\x1e"
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One table or layer in an archive: its name, and the entries that it consists of (several for a shapefile)."""

    name: str
    entries: tuple[zipfile.ZipInfo, ...]


def members(source: Source) -> list[Member]:
    """Return the tables and layers in a ZIP, in its order.

    Raises
    ------
    UnusableInput
        When the archive is damaged, unpacks beyond the limits, or holds no table or layer.
    """
    with _opened(source) as archive:
        entries = [entry for entry in archive.infolist() if not _ignored(entry)]
        found = _shapefiles(entries)
        taken = {entry.filename for member in found for entry in member.entries}
        loose = [e for e in entries if _suffix(e) in _TABLES and e.filename not in taken]
        if not found and not loose:
            loose = [e for e in entries if _suffix(e) in _DOCUMENTS and not _is_prose(archive, e)]
    found += [Member(_name(entry), (entry,)) for entry in loose]
    if not found:
        raise UnusableInput(
            "{name} holds no table or layer that can be read; inside are: {inside}. Pack a CSV, a workbook, a "
            "GeoJSON, a GeoPackage or all parts of a shapefile.",
            name=source.name,
            inside=listed([_name(entry) for entry in entries]) or "–",
        )
    return found


@contextmanager
def unpacked(source: Source, member: Member) -> Iterator[Source]:
    """Unpack one member into a temporary folder for as long as the context lasts.

    Raises
    ------
    UnusableInput
        When it is protected by a password, damaged, or packed in a way that cannot be unpacked.
    """
    with tempfile.TemporaryDirectory(prefix="stationmap-") as folder, _opened(source) as archive:
        stem = _plain(PurePosixPath(member.name).stem)
        first = None
        for entry in member.entries:
            target = Path(folder, stem + _suffix(entry))
            _unpack(archive, entry, target, source)
            first = first or target
        assert first is not None
        yield examine(first, name=PurePosixPath(member.name).name)


@contextmanager
def inflated(source: Source) -> Iterator[Source]:
    """Unpack a GZIP file into a temporary folder for as long as the context lasts.

    Raises
    ------
    UnusableInput
        When it is damaged or unpacks beyond the limits.
    """
    with tempfile.TemporaryDirectory(prefix="stationmap-") as folder:
        inner = source.stem if source.suffix == ".gz" else source.name
        target = Path(folder, _plain(inner))
        written = 0
        try:
            with gzip.open(source.path) as packed, target.open("wb") as out:
                while chunk := packed.read(_CHUNK):
                    written += len(chunk)
                    if written > UNPACKED_BYTES:
                        raise _too_large(source)
                    out.write(chunk)
        except (OSError, EOFError, zlib.error):
            raise _damaged(source) from None
        yield examine(target, name=inner)


def is_zip_of(source: Source, *entries: str) -> bool:
    """Whether a ZIP has one of these entries: what a workbook is known by."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            there = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return not there.isdisjoint(entries)


def check_size(source: Source) -> None:
    """Refuse a ZIP that unpacks beyond the limits, by what its directory declares.

    Raises
    ------
    UnusableInput
        When it does, or is damaged.
    """
    with _opened(source):
        pass


@contextmanager
def _opened(source: Source) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source.path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _damaged(source) from None
    with archive:
        entries = archive.infolist()
        if len(entries) > _MEMBERS or sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
            raise _too_large(source)
        yield archive


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, source: Source) -> None:
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise UnusableInput(
            "{name} is protected by a password. Unpack it yourself and give the file inside.", name=source.name
        )
    written = 0
    try:
        with archive.open(entry) as packed, target.open("wb") as out:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > UNPACKED_BYTES:
                    raise _too_large(source)
                out.write(chunk)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError, NotImplementedError):
        raise _damaged(source) from None


def _is_prose(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a text to be read by people; what is wrong with a damaged one is told when it is read."""
    if _suffix(entry) != ".txt":
        return False
    try:
        with archive.open(entry) as packed:
            head = packed.read(HEAD_BYTES)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, RuntimeError, NotImplementedError):
        return False
    if head.lstrip(_BLANK_BYTES).startswith((b"{", b"<")):
        return False
    return not may_be_table(head, _name(entry), least_rows=2)


def _shapefiles(entries: Sequence[zipfile.ZipInfo]) -> list[Member]:
    """Return a member for each .shp with the parts beside it; a lone .dbf or .shx is one too, to be told what lacks."""
    parts: dict[str, list[zipfile.ZipInfo]] = {}
    for entry in entries:
        if _suffix(entry) in SHAPEFILE_PARTS:
            parts.setdefault(str(PurePosixPath(_name(entry)).with_suffix("")).lower(), []).append(entry)
    found = []
    for group in parts.values():
        ordered = sorted(group, key=lambda entry: SHAPEFILE_PARTS.index(_suffix(entry)))
        if _suffix(ordered[0]) in (".shp", ".shx", ".dbf"):
            found.append(Member(_name(ordered[0]), tuple(ordered)))
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & _UTF8_FLAG or entry.filename.isascii():
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    big5 = score_big5(raw) > score_gb18030(raw)
    for encoding in ("utf-8", "cp950" if big5 else "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _ignored(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    return (
        not entry.filename
        or entry.is_dir()
        or "__MACOSX" in path.parts
        or path.name.startswith(".")
        or path.name == "Thumbs.db"
    )


def _suffix(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.lower()


def _plain(name: str) -> str:
    """Return a name that is safe as a file name: no path, no control characters, at most 60 characters."""
    kept = "".join(character for character in name if character.isalnum() or character in "-_. ()（）").strip(". ")
    return kept[-60:] or "member"


def _too_large(source: Source) -> UnusableInput:
    return UnusableInput(
        "{name} unpacks to more than {limit} MB. Unpack it yourself and give the one file that is needed.",
        name=source.name,
        limit=UNPACKED_BYTES // 1_000_000,
    )


def _damaged(source: Source) -> UnusableInput:
    return UnusableInput(
        "{name} cannot be unpacked. It is damaged or not complete: download or pack it again.", name=source.name
    )
