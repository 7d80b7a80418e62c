"""The open register as files to give away: a list of stations in any format, and the dump of all of it.

``python -m stationmap.register.handout`` takes an order as JSON from its standard input and prints the revision that
was written: so a server has great files made beside it, without a pause of its own.
"""

import itertools
import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from stationmap.errors import StationmapError
from stationmap.files.write import write
from stationmap.register.ledger import Ledger
from stationmap.register.opendata import Edition
from stationmap.register.outgoing import as_layer, open_frame
from stationmap.register.records import record_to_dict
from stationmap.schema.records import Station

FORMATS = ("csv", "geojson", "gpkg", "parquet", "xlsx")
MOST_SHEET_ROWS = 100_000
_LAYER = "stations"
_LAYERS = (".geojson", ".gpkg", ".parquet")
_TEXTS = (".csv", ".geojson")
_BEGINNING, _END = b'{"type": "FeatureCollection", "features": [', b"\n]}\n"
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be written.

    Parameters
    ----------
    database : str
        The ledger, as :meth:`Ledger.open` takes it.
    path : str
        The file: its suffix names the format; ``.zip`` is the dump.
    lang : str
        ``zh`` or ``en``: headings and vocabulary of lists.
    ids : list of str or None
        Which stations; None for all, those without a place too.
    licence : str
        What the dump says of its licence.
    """

    database: str
    path: str
    lang: str
    ids: list[str] | None = None
    licence: str = ""

    def text(self) -> str:
        """Return the order as JSON."""
        return json.dumps(asdict(self))


def carry_out(order: Order) -> int:
    """Write what is ordered, and return the revision that was written.

    Raises
    ------
    UnusableInput
        When the file cannot be written.
    LedgerUnavailable
        When the ledger cannot be read.
    """
    path = Path(order.path)
    with Ledger.open(order.database, create=False) as ledger, ledger.open_data.edition(order.ids) as edition:
        if path.suffix == ".zip":
            _write_dump(edition, path, order.licence)
        else:
            _write_list(edition.stations, path, order.lang)
        return edition.revision


def _write_list(stations: Iterator[Station], path: Path, lang: str) -> None:
    """Write a list; texts go out some thousand rows at a time, the other formats need them all at once."""
    import pandas as pd

    if path.suffix in _TEXTS:
        with path.open("wb") as out:
            out.writelines(_pieces(stations, path, lang))
        return
    frames = [open_frame(some, lang) for some in _batches(stations)]
    frame = pd.concat(frames, ignore_index=True) if frames else open_frame((), lang)
    frames.clear()
    write(as_layer(frame) if path.suffix in _LAYERS else frame, path, layer=_LAYER)


def _write_dump(edition: Edition, path: Path, licence: str) -> None:
    """Write the dump: every fact as GeoJSON, the list as CSV, and what it is; by pieces, whatever its size."""
    counts = {"stations": 0, "fictional": 0}
    part = path.with_suffix(".part.csv")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive, part.open("wb") as rows:
        try:
            with archive.open("stations.geojson", "w", force_zip64=True) as raw:
                out = TextIOWrapper(raw, encoding="utf-8", newline="\n", errors="replace")
                out.write('{"type": "FeatureCollection", "features": [')
                for some in _batches(edition.stations):
                    for station in some:
                        out.write(",\n" if counts["stations"] else "\n")
                        out.write(json.dumps(recorded(station), ensure_ascii=False))
                        counts["stations"] += 1
                        counts["fictional"] += station.fictional
                    rows.write(_piece(some, part, "zh", first=counts["stations"] == len(some)))
                out.write("\n]}\n")
                out.close()
            if not counts["stations"]:
                rows.write(_piece((), part, "zh", first=True))
            rows.flush()
            archive.write(part, "stations.csv")
            archive.writestr("README.txt", _readme(edition, counts, licence))
        finally:
            part.unlink(missing_ok=True)


def _pieces(stations: Iterator[Station], path: Path, lang: str) -> Iterator[bytes]:
    """Yield a list in one of the text formats, piece by piece."""
    first = True
    for some in _batches(stations):
        yield _piece(some, path, lang, first=first)
        first = False
    yield _piece((), path, lang, first=True) if first else b""
    yield _END if path.suffix == ".geojson" else b""


def _piece(stations: Sequence[Station], path: Path, lang: str, *, first: bool) -> bytes:
    """Return some rows as they stand in a file: its beginning before the first only, its end never."""
    scratch = path.with_name(f"some-{path.name}")
    frame = open_frame(stations, lang)
    try:
        write(as_layer(frame) if path.suffix == ".geojson" else frame, scratch)
        text = scratch.read_bytes()
    finally:
        scratch.unlink(missing_ok=True)
    if path.suffix == ".geojson":
        text = text.removesuffix(_END)
        return text if first else b"," + text.removeprefix(_BEGINNING)
    return text if first else text[text.index(b"\r\n") + 2 :]


def recorded(station: Station) -> dict[str, Any]:
    """Return the facts of a record as a GeoJSON Feature: nothing in it depends on time or language.

    What is not known is left out, as in :func:`record_to_dict`; the coordinates as received stand under ``received``.
    """
    facts = record_to_dict(station)
    facts |= {"fictional": station.fictional, "revision": station.revision}
    place = facts.pop("location", None)
    geometry = None
    if place is not None:
        geometry = {"type": "Point", "coordinates": [place.pop("lon"), place.pop("lat")]}
        facts["received"] = place
    return {"type": "Feature", "id": station.id, "geometry": geometry, "properties": facts}


def _readme(edition: Edition, counts: dict[str, int], licence: str) -> str:
    made = edition.at.isoformat(timespec="seconds") if edition.at else "-"
    lines = [
        "stationmap: open dump of a register of service stations for outdoor workers",
        "stationmap：户外劳动者服务站点台账公开数据",
        "",
        f"Revision 版本: {edition.revision}",
        f"Date 日期: {made}",
        f"Stations 站点: {counts['stations']}",
        f"Licence 许可: {licence}",
        "",
        "stations.geojson  every fact with its source, WGS 84, geometry null where only the address is known",
        "stations.csv      the same stations as a list, UTF-8 with byte order mark; a text that a spreadsheet would",
        "                  take for a formula has a ' before it",
        "Not in it: removed stations, records made up by a program, reports, photos, names of persons.",
    ]
    if counts["fictional"]:
        lines += [
            "",
            f"FICTIONAL: {counts['fictional']} of these stations are a sample city and do not exist.",
            f"虚构数据：其中 {counts['fictional']} 个站点属于示例城市，并不存在。",
        ]
    return "\n".join(lines) + "\n"


def _batches(stations: Iterator[Station]) -> Iterator[list[Station]]:
    while some := list(itertools.islice(stations, _AT_ONCE)):
        yield some


def main() -> int:
    """Carry out the order on standard input; print the revision written, or what is wrong."""
    order = Order(**json.load(sys.stdin))
    try:
        print(json.dumps({"revision": carry_out(order)}))
    except StationmapError as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
