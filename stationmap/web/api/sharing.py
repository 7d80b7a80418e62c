"""Who may read the open data from a page of his own (CORS), and the bounds of every request to the interface.

Any page may read what is open, never with cookies. Reports and confirmations are said on our own pages only.
"""

from flask import Flask, Response, request
from werkzeug.exceptions import NotAcceptable, RequestURITooLarge

LONGEST_ADDRESS = 8192
_OPEN = ("/api/v1/", "/ogc")
_CLOSED = ("/reports", "/confirmations")
_JSON = ("application/json", "application/geo+json", "application/problem+json")
_EXPOSED = "ETag, Link, Content-Crs, RateLimit, RateLimit-Policy, Retry-After, Content-Disposition"


def install(app: Flask) -> None:
    """Have every request bounded before it is read, and the open answers readable from anywhere."""
    app.before_request(_bounded)
    app.after_request(_shared)


def is_open(path: str) -> bool:
    """Return whether any page may read the answers of an address, those that refuse a method too.

    Examples
    --------
    >>> is_open("/api/v1/stations"), is_open("/api/v1/stations/a/reports"), is_open("/")
    (True, False, False)
    """
    return path.startswith(_OPEN) and not path.endswith(_CLOSED)


def _bounded() -> None:
    """Refuse an address that is too long, and an Accept header that none of the forms made here satisfies.

    Raises
    ------
    RequestURITooLarge
        Past 8,192 characters.
    NotAcceptable
        Where JSON is all that is made, and the caller takes none.
    """
    if len(request.environ.get("QUERY_STRING", "")) + len(request.path) > LONGEST_ADDRESS:
        raise RequestURITooLarge
    accepted = request.environ.get("HTTP_ACCEPT")
    if not accepted or "*/*" in accepted or request.endpoint is None or not _speaks_json(request.path):
        return
    if request.accept_mimetypes.best_match(_JSON) is None:
        raise NotAcceptable


def _speaks_json(path: str) -> bool:
    others = path == "/api/v1/" or path.startswith(("/api/v1/download/", "/api/v1/dump"))
    return path.startswith("/api/v1/") and not others


def _shared(response: Response) -> Response:
    if not is_open(request.path):
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match, Accept-Language"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
