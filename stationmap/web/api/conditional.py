"""Answers that a caller may keep: an ETag known before the work is done, so that what he has costs next to nothing."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Response, json, request

import stationmap
from stationmap.web import language
from stationmap.web.live import Picture
from stationmap.web.present import GEOJSON

NOT_CHANGED = 304


def tag_of(picture: Picture, *parts: object) -> str:
    """Return what names an answer: the ledger's revision and when it was made, the address, the language, and parts.

    Two ledgers with the same number of revisions have other instants, so that none passes for the other.
    """
    query = sorted(request.args.items(multi=True))
    named = (stationmap.__version__, picture.made_at, request.path, query, language.chosen(), parts)
    digest = hashlib.blake2b(repr(named).encode("utf-8", "backslashreplace"), digest_size=9).hexdigest()
    return f"{picture.snapshot.revision}-{digest}"


def kept(picture: Picture, make: Callable[[], Mapping[str, Any]], *parts: object, mimetype: str = GEOJSON) -> Response:
    """Return JSON that may be kept and asked for again: 304, and ``make`` is not called, where the caller has it.

    Parameters
    ----------
    picture : Picture
        What is served now.
    make : Callable
        Gives the body.
    *parts : object
        What the answer depends on besides revision, address and language: the minute, where states are told.
    mimetype : str
        Of the body.
    """
    tag = tag_of(picture, *parts)
    known = request.if_none_match.contains_weak(tag)
    response = Response(status=NOT_CHANGED) if known else json_response(make(), mimetype)
    response.set_etag(tag, weak=True)  # weak: gzip changes the bytes, not what they say
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie", "Accept-Encoding"))
    return response


def unkept(body: Mapping[str, Any]) -> Response:
    """Return the answer to a question that was posted: nobody keeps it, for a position may stand in it."""
    response = json_response(body, GEOJSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def json_response(body: Mapping[str, Any], mimetype: str) -> Response:
    """Return a body as JSON of a media type."""
    return Response(json.dumps(body, separators=(",", ":")), mimetype=mimetype)


def minute(at: datetime) -> str:
    """Return an instant as a part of a tag: states are told to the minute."""
    return at.replace(second=0, microsecond=0).isoformat()
