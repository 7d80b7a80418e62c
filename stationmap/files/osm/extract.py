"""An OpenStreetMap extract before anything is read of it: its format, its size, the order of its objects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import osmium

from stationmap.errors import UnusableInput
from stationmap.files.limits import EXTRACT_BYTES
from stationmap.files.source import Source

_FORMATS = ((b"\x1f\x8b", "osm.gz"), (b"BZh", "osm.bz2"), (b"<", "osm"), (b"\xef\xbb\xbf<", "osm"))


def kind(source: Source) -> str:
    """Return the format of an extract by its first bytes, as osmium names it; what is no other is PBF."""
    return next((name for magic, name in _FORMATS if source.head.startswith(magic)), "pbf")


def check_size(source: Source, wanted: str) -> None:
    """Refuse an extract that is too large; ``wanted`` is the tag filter that makes it smaller.

    Raises
    ------
    UnusableInput
        When it has more than :data:`~stationmap.files.limits.EXTRACT_BYTES`.
    """
    if source.size > EXTRACT_BYTES:
        raise UnusableInput(
            "{name} is {size} MB; at most {limit} MB of an OSM extract are read. Cut out the region or the tags first: "
            "osmium tags-filter {name} {wanted} -o part.osm.pbf",
            name=source.name,
            size=source.size // 1_000_000,
            limit=EXTRACT_BYTES // 1_000_000,
            wanted=wanted,
        )


def sorted_copy(source: Source, folder: str) -> str:
    """Write the extract, sorted by type and id as areas and streets need it, into a folder; return where."""
    reader = osmium.MergeInputReader()
    reader.add_buffer(source.data(EXTRACT_BYTES), kind(source))
    path = str(Path(folder, "sorted.osm.pbf"))
    writer = osmium.SimpleWriter(path)
    try:
        reader.apply(writer)
    finally:
        writer.close()
    return path


@contextmanager
def faults_told(source: Source) -> Iterator[None]:
    """Tell what osmium finds damaged.

    Raises
    ------
    UnusableInput
        When the extract is damaged or not complete.
    """
    try:
        yield
    except (RuntimeError, OSError, ValueError):
        raise UnusableInput(
            "{name} cannot be read as an OSM extract. It is damaged or not complete: download it again.",
            name=source.name,
        ) from None
