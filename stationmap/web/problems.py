"""What went wrong, told to the caller: one table from exception class to HTTP status, RFC 9457 or a page."""

import logging
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from stationmap.catalogue import tell
from stationmap.errors import (
    InvalidValue,
    LedgerUnavailable,
    Message,
    NotFound,
    NotKept,
    RefusedImport,
    StationmapError,
    TooMany,
    UnusableInput,
)
from stationmap.web import language

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 64 * 1024


class Removed(NotFound):
    """What stood under that id is no longer there; the record is kept and says so.

    ``known`` is what a program is told of it besides, under ``station``.
    """

    known: Mapping[str, object] | None = None


class Stranger(StationmapError):
    """A page of another site sent this, not one of ours."""


STATUSES: Mapping[type[StationmapError], int] = {
    InvalidValue: 400,
    UnusableInput: 400,
    Stranger: 403,
    Removed: 410,
    NotFound: 404,
    RefusedImport: 422,
    TooMany: 429,
    LedgerUnavailable: 503,
    StationmapError: 500,
}
TITLES: Mapping[int, str] = {
    400: "The request cannot be understood",
    403: "Not allowed",
    404: "Not found",
    405: "This address does not take that method",
    406: "The answer is not made in that form",
    410: "No longer here",
    413: "The request is too large",
    414: "The address is too long",
    415: "The request is not JSON",
    422: "The request cannot be carried out",
    429: "Too much at once",
    500: "Something went wrong in the server",
    503: "The register cannot be read just now",
}
_DETAILS: Mapping[int, Message] = {
    400: Message("The request is malformed. Look at the address and send it again."),
    404: Message("There is nothing at this address. Go back to the start page."),
    405: Message("Use one of the methods that the Allow header names."),
    406: Message("Accept one of the forms that the description of the interface names, or send no Accept header."),
    413: Message("Send at most {limit} bytes.", {"limit": MAX_BODY_BYTES}),
    414: Message("Name fewer filters, or post the question as JSON."),
    415: Message("Send the body as JSON, with the header Content-Type: application/json."),
    500: Message("The fault is ours and has been noted. Please try again in a minute."),
    503: Message("Please try again in a minute."),
}
_NOT_KEPT = (
    Message("It cannot be kept just now"),
    Message("The register can be read, but not be written. Send the same again in a minute: it counts only once."),
)
_WORD_BEGINS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WAIT_S = {429: 60, 503: 10}
_LONGEST_INSTANCE = 300
_MACHINE_PATHS = ("/api/", "/ogc", "/map/", "/healthz", "/desk/api/")


@dataclass(frozen=True)
class Problem:
    """One fault as the caller gets it: status, a short title, and a sentence that names the remedy."""

    status: int
    code: str
    title: str
    detail: str


def problem(fault: Exception) -> Problem:
    """Return a fault in the caller's language. What concerns the server's inside (paths, SQL) is not told."""
    status = _status(fault)
    usual = 500 if status >= 500 else 400
    detail = _DETAILS.get(status, _DETAILS[usual])
    if status == 413:
        detail = Message("Send at most {limit} bytes.", {"limit": request.max_content_length or MAX_BODY_BYTES})
    if isinstance(fault, StationmapError) and status < 500:
        detail = fault.message
    title: str | Message = TITLES.get(status, TITLES[usual])
    if isinstance(fault, NotKept):
        title, detail = _NOT_KEPT
    spoken = language.chosen()
    return Problem(status, _code(fault), tell(title, spoken), tell(detail, spoken))


def install(app: Flask) -> None:
    """Have every fault of the app answered: problem+json for machines, a page for people."""

    def answer(fault: Exception) -> Response:
        if not isinstance(fault, HTTPException | StationmapError):
            _note(fault)
            fault = InternalServerError(original_exception=fault)
        elif isinstance(fault, LedgerUnavailable):
            log.warning("%s %s: %s", request.method, request.path, fault)
        return respond(fault)

    app.register_error_handler(Exception, answer)


def respond(fault: Exception) -> Response:
    """Return the response that tells a fault, with the headers that HTTP asks of it."""
    told = problem(fault)
    if request.path.startswith(_MACHINE_PATHS):
        body: dict[str, object] = {"type": f"urn:stationmap:problem:{told.code}", "title": told.title}
        body |= {"status": told.status, "detail": told.detail, "instance": quote(request.path)[:_LONGEST_INSTANCE]}
        if isinstance(fault, Removed) and fault.known is not None:
            body["station"] = fault.known
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        response = make_response(render_template("problem.html", problem=told))
    response.status_code = told.status
    response.headers["Cache-Control"] = "no-store"
    wait_s = getattr(fault, "retry_after_s", _WAIT_S.get(told.status))
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    if isinstance(fault, HTTPException):
        for name, value in fault.get_headers():
            if name == "Allow":
                response.headers[name] = value
    return response


def _status(fault: Exception) -> int:
    if isinstance(fault, HTTPException):
        return fault.code or 500
    return next((STATUSES[kind] for kind in type(fault).__mro__ if kind in STATUSES), 500)


def _code(fault: Exception) -> str:
    name = type(fault).__name__
    return _WORD_BEGINS.sub("-", name).lower()


def _note(fault: Exception) -> None:
    """Log where an unforeseen fault arose, without its message: it might quote a worker's position."""
    frames = "".join(traceback.format_tb(fault.__traceback__))
    log.error("%s on %s %s\n%s", type(fault).__name__, request.method, request.path, frames)
