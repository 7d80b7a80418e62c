"""How an answer leaves: as JSON or as a page, whichever was asked for, with links to itself and to its twin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Response, json, make_response, render_template, request, url_for
from werkzeug.exceptions import NotAcceptable

from stationmap.catalogue import fiction, tell
from stationmap.errors import InvalidValue
from stationmap.web import language
from stationmap.web.present import live
from stationmap.web.values import shown

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
_JSON_TYPES = (JSON, GEOJSON, "application/vnd.oai.openapi+json")

Link = dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on the HTML twin of a document: heading, words, facts, a table whose first cells may be links."""

    title: str
    words: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    columns: Sequence[str] = ()
    rows: Sequence[tuple[str, Sequence[Any]]] = ()


def asks_for_html() -> bool:
    """Return whether the caller wants a page: by ``f``, else by what he accepts; JSON where he does not mind.

    Raises
    ------
    InvalidValue
        When ``f`` is neither json nor html.
    NotAcceptable
        When he accepts neither.
    """
    named = request.args.get("f")
    if named is not None:
        if named not in ("json", "html"):
            known = "json, html"
            raise InvalidValue(
                "{value} is not known as a value of {name}. Take one of: {known}.",
                value=shown(named),
                name="f",
                known=known,
            )
        return named == "html"
    accepted = request.accept_mimetypes
    if not accepted:
        return False
    best = accepted.best_match([*_JSON_TYPES, HTML])
    if best is None:
        raise NotAcceptable
    return best == HTML and accepted[HTML] > max(accepted[kind] for kind in _JSON_TYPES)


def link(rel: str, href: str, kind: str, title: str = "") -> Link:
    """Return a link with all that the standard asks of one."""
    return {"rel": rel, "href": href, "type": kind, **({"title": title} if title else {})}


def address(endpoint: str, **values: Any) -> str:
    """Return the absolute address of a route of this room."""
    return url_for(f"ogc.{endpoint}", _external=True, **values)


def own_links(kind: str, endpoint: str, **values: Any) -> list[Link]:
    """Return the links of a document to itself and to its twin, whichever of the two this is.

    ``kind`` is the media type of its JSON form.
    """
    html = asks_for_html()
    asked = {name: request.args.getlist(name) for name in request.args if name != "f"}
    here = {"json": kind, "html": HTML}
    mine, other = ("html", "json") if html else ("json", "html")
    spoken = language.chosen()
    itself, twin = tell("This document", spoken), tell("This document as {form}", spoken, form=other.upper())
    return [
        link("self", address(endpoint, **values, **asked, f=mine), here[mine], itself),
        link("alternate", address(endpoint, **values, **asked, f=other), here[other], twin),
    ]


def _again(**changed: str) -> str:
    """Return the address of this very page with some parameters changed."""
    kept = {name: request.args.getlist(name) for name in request.args}
    return f"?{urlencode({**kept, 'f': 'html', **changed}, doseq=True)}"


def description_type() -> str:
    """Return the media type of the OpenAPI description: its own, or plain JSON for readers of another version.

    GDAL 3.6 accepts version 3.0 by name, and else plain JSON; this description is 3.1.
    """
    accepted = request.accept_mimetypes
    return OPENAPI if not accepted or accepted.quality(OPENAPI) or not accepted.quality(JSON) else JSON


def answer(body: Mapping[str, Any], page: Page, kind: str = JSON, headers: Mapping[str, str] | None = None) -> Response:
    """Return a document as JSON of a media type, or as its page, whichever was asked for."""
    if asks_for_html():
        picture = live().picture()
        response = make_response(
            render_template(
                "ogc.html",
                page=page,
                links=body.get("links", ()),
                fiction=fiction(picture.fictional, len(picture.snapshot)),
                languages=language.NAMES.items(),
                again=_again,
            )
        )
    else:
        response = Response(json.dumps(body, separators=(",", ":")), content_type=kind)
    response.headers["Cache-Control"] = "no-cache"
    response.headers.extend(headers or {})
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    return response
