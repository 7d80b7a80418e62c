"""The whole open interface in one document: ``/api/v1/openapi.json``, OpenAPI 3.1, put together from the routes' own.

Every module of this room says what its routes take and give in ``PATHS``; what all of them share (errors, limits)
is added here, so that none can forget it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask import Blueprint, Response, request

import stationmap
from stationmap.web.api import bundle, changes, clusters, downloads, nearest, notices, places, reports, stations, within
from stationmap.web.api.components import HEADERS, PARAMETERS, RESPONSES, SCHEMAS, ref, refs
from stationmap.web.api.conditional import kept
from stationmap.web.api.examples import of, put_in
from stationmap.web.present import live
from stationmap.web.values import flat, known_only

blueprint = Blueprint("openapi", __name__)
MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.1"
_ROOMS: tuple[Any, ...] = (nearest, within, places, clusters, stations, changes, downloads, reports, notices, bundle)
_SHARED = {"400": "Problem", "406": "NotAcceptable", "414": "TooLong", "429": "TooMany", "503": "Unavailable"}
_POSTED = {"413": "TooLarge", "415": "NotJson"}

PATHS: Mapping[str, Any] = {
    "/api/v1/": {
        "get": {
            "operationId": "docs",
            "tags": ["About"],
            "summary": "This interface for people",
            "parameters": refs("lang"),
            "responses": {"200": {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}}},
        }
    },
    "/api/v1/openapi.json": {
        "get": {
            "operationId": "openapi",
            "tags": ["About"],
            "summary": "This document",
            "parameters": refs("lang"),
            "responses": {
                "200": {
                    "description": "OpenAPI 3.1.",
                    "headers": {"ETag": ref("headers", "ETag")},
                    "content": {"application/json": {"schema": {"type": "object", "required": ["openapi", "paths"]}}},
                },
                "304": ref("responses", "NotModified"),
            },
        }
    },
}
_ABOUT = (
    "The register of service stations for outdoor workers, for other programs: read the same data that the pages show."
    " Positions are WGS 84; other datums are converted on request. `unknown` is a value of its own and never means no."
    " A parameter that is empty counts as left out."
    " Within version 1 nothing that is documented here goes away or changes its meaning; what is added, a reader passes"
    " over. A version that will end says so in the headers Deprecation and Sunset a year before."
)


def document() -> Mapping[str, Any]:
    """Return the OpenAPI document."""
    return _document()


@cache
def _document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Stationmap", "version": stationmap.__version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": {path: _shared(path, item) for path, item in _paths()},
        "components": {"parameters": PARAMETERS, "schemas": SCHEMAS, "headers": HEADERS, "responses": RESPONSES},
    }


def _paths() -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from PATHS.items()
    for room in _ROOMS:
        yield from room.PATHS.items()


def _shared(path: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a path item whose operations name the errors that all of them can give."""
    return {
        method: _with_errors(path, method, operation) if method in ("get", "post", "put", "delete") else operation
        for method, operation in item.items()
    }


def _with_errors(path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    errors = _SHARED | (_POSTED if method == "post" else {})
    told = dict(operation["responses"])
    missing = {status: ref("responses", name) for status, name in errors.items() if status not in told}
    words = [word for word in path.split("/") if word.isalpha()][1:]
    name = method + "".join(word.capitalize() for word in words)
    return {"operationId": name, **operation, "responses": dict(sorted({**told, **missing}.items()))}


@blueprint.get("/api/v1/openapi.json")
def openapi() -> Response:
    """Return the OpenAPI document, with examples from the register that is served."""
    known_only(flat(request.args), ("lang",))
    picture = live().picture()
    return kept(picture, lambda: put_in(document(), of(picture.snapshot)), mimetype="application/json")
