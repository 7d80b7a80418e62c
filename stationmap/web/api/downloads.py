"""The register as files: ``/api/v1/download/stations.<format>`` by filter, and the whole of it as ``/api/v1/dump``.

The stations of a download are those of ``/api/v1/stations`` with the same filters, at one revision. Texts that a
spreadsheet would take for formulas are made harmless in CSV and XLSX. Stations of the sample city are marked.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import Blueprint, Response, current_app, request, send_file
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, LedgerUnavailable, NotFound
from stationmap.finder.selection import select
from stationmap.register.handout import FORMATS, MOST_SHEET_ROWS, Order
from stationmap.web import language
from stationmap.web.api.components import LIMIT_HEADERS, ref, refs
from stationmap.web.api.conditional import NOT_CHANGED, minute, tag_of
from stationmap.web.api.parameters import FILTERS, at, filters
from stationmap.web.api.shelf import Shelf, written
from stationmap.web.assets import takes_gzip
from stationmap.web.licence import Licence
from stationmap.web.live import Picture
from stationmap.web.present import live, now
from stationmap.web.values import flat, known_only

blueprint = Blueprint("downloads", __name__)
PARAMETERS = (*FILTERS, "lang")
MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ZIPPED = ("csv", "geojson")
_CATCH_UP_S, _LOOK_S = 15.0, 0.25

_BYTES = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
_HEADERS = {"ETag": ref("headers", "ETag"), **LIMIT_HEADERS}
PATHS: Mapping[str, Any] = {
    "/api/v1/download/stations.{format}": {
        "get": {
            "operationId": "download",
            "tags": ["Take it with you"],
            "summary": "The stations meant by the filters, as a file",
            "description": (
                "The same stations as `/api/v1/stations` with the same filters: CSV (UTF-8 with byte order mark),"
                f" GeoJSON, GeoPackage, GeoParquet, or XLSX (at most {MOST_SHEET_ROWS} stations)."
            ),
            "parameters": [
                {
                    "name": "format",
                    "in": "path",
                    "required": True,
                    "description": "What kind of file.",
                    "schema": {"type": "string", "enum": list(FORMATS)},
                    "example": "csv",
                },
                *refs("need kind open_at at adcode area bbox lang"),
            ],
            "responses": {
                "200": {
                    "description": "The file.",
                    "headers": _HEADERS,
                    "content": {
                        kind: {"schema": {"type": "object"}} if name == "geojson" else _BYTES
                        for name, kind in MEDIA_TYPES.items()
                    },
                },
                "304": ref("responses", "NotModified"),
                "404": ref("responses", "NotFound"),
            },
        }
    },
    "/api/v1/dump": {
        "get": {
            "operationId": "dump",
            "tags": ["Take it with you"],
            "summary": "The whole register with its licence, as a ZIP file",
            "description": (
                "stations.geojson (every fact with its source), stations.csv, README.txt with date, revision and"
                " licence. Made once a revision, the same in every language."
            ),
            "parameters": refs("lang"),
            "responses": {
                "200": {"description": "The file.", "headers": _HEADERS, "content": {"application/zip": _BYTES}},
                "304": ref("responses", "NotModified"),
            },
        }
    },
}


def download_url(asked: Mapping[str, object], form: str = "csv") -> str:
    """Return the address of a download of the stations that filters mean.

    Parameters
    ----------
    asked : Mapping[str, object]
        Filters by the names of their parameters (need, kind, open, at, adcode, area, bbox), a word or a sequence of
        words each; what is None, "" or under another name, such as a position, is left out.
    form : str
        csv, geojson, gpkg, parquet or xlsx.

    Examples
    --------
    >>> download_url({"need": ["toilet"], "lon": 113.6}, "xlsx")
    '/api/v1/download/stations.xlsx?need=toilet'
    """
    kept = [(name, asked[name]) for name in PARAMETERS if asked.get(name) not in (None, "", [], ())]
    query = urlencode(kept, doseq=True)
    return f"/api/v1/download/stations.{form}{'?' if query else ''}{query}"


class _Moved(Exception):
    """The ledger was at another revision than the picture when a file was written."""


@blueprint.get("/api/v1/download/stations.<format>")
def download(format: str) -> Response:  # noqa: A002 the name in the address
    """Return the stations that the filters mean as a file."""
    if format not in FORMATS:
        raise NotFound("There is no file of that kind. Take one of: {known}.", known=", ".join(FORMATS))
    values = flat(request.args)
    known_only(values, PARAMETERS)
    wanted, instant = filters(values), at(values, now())
    zipped = format in _ZIPPED and takes_gzip()
    database, spoken = _database(), language.chosen()

    def of(picture: Picture) -> Response:
        tag = tag_of(picture, minute(instant) if wanted.open_at_once else "")

        def make(path: Path) -> None:  # in a thread that knows nothing of this request
            ids = _ids(picture, select(picture.snapshot, wanted, instant), format)
            _write(Order(database, str(path), spoken, ids), picture)

        return _sent(_Made(f"stations.{format}", MEDIA_TYPES[format], f"{tag}.{format}", zipped), tag, make)

    return _of_one_revision(of)


@blueprint.get("/api/v1/dump")
def dump() -> Response:
    """Return the whole register as a ZIP file."""
    known_only(flat(request.args), ("lang",))

    def of(picture: Picture) -> Response:
        tag = tag_of(picture)
        database = _database()
        licence: Licence = current_app.extensions["licence"]
        words = " ".join(filter(None, (licence.text, licence.url)))

        def make(path: Path) -> None:
            _write(Order(database, str(path), "zh", None, words), picture)

        return _sent(_Made("stations.zip", "application/zip", f"{tag}.zip", zipped=False), tag, make)

    return _of_one_revision(of)


@dataclass(frozen=True, slots=True)
class _Made:
    """A file as it is sent: its name for the caller, its type, what the shelf calls it, whether in gzip form."""

    name: str
    mimetype: str
    key: str
    zipped: bool


def _sent(made: _Made, tag: str, make: Callable[[Path], None]) -> Response:
    """Return a file; it is not made where the caller has it, or asks for the headers only."""
    if request.if_none_match.contains_weak(tag):
        response = Response(status=NOT_CHANGED)
    elif request.method == "HEAD":
        response = Response(iter(()), mimetype=made.mimetype)  # its length is not known before it is made
    else:
        shelf: Shelf = current_app.extensions["shelf"]
        file = shelf.zipped(made.key, make) if made.zipped else shelf.get(made.key, make)
        response = send_file(file, mimetype=made.mimetype, etag=False, conditional=False)
        response.content_length = os.fstat(file.fileno()).st_size
        if made.zipped:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response.vary.update(("Accept-Language", "Cookie", "Accept-Encoding"))
    return response


def _of_one_revision(answer: Callable[[Picture], Response]) -> Response:
    """Return an answer whose file and filters are of one revision: when the ledger has moved on, the next picture is.

    Raises
    ------
    LedgerUnavailable
        When the ledger moves faster than files are written.
    """
    deadline = time.monotonic() + _CATCH_UP_S
    while time.monotonic() < deadline:
        try:
            return answer(live().picture())
        except _Moved:
            time.sleep(_LOOK_S)
    raise LedgerUnavailable("The register is changing just now.")


def _ids(picture: Picture, meant: NDArray[np.bool_], form: str) -> list[str]:
    """Return the ids of the stations meant, ascending.

    Raises
    ------
    InvalidValue
        When they are too many for a workbook.
    """
    ids = [picture.snapshot.ids[position] for position in picture.snapshot.roll.chosen(meant).tolist()]
    if form == "xlsx" and len(ids) > MOST_SHEET_ROWS:
        raise InvalidValue(
            "{count} stations are too many for a workbook, which takes {most} here. Name a filter, or take csv.",
            count=len(ids),
            most=MOST_SHEET_ROWS,
        )
    return ids


def _write(order: Order, picture: Picture) -> None:
    if written(order) != picture.snapshot.revision:
        raise _Moved


def _database() -> str:
    name: str = current_app.extensions["database"]
    return name
