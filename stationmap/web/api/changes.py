"""What changed since a revision: ``/api/v1/changes``; who follows it holds exactly the register.

How to keep a copy: ask with ``since=0``, take in each change (a Feature takes the place of what you have under its
id, a tombstone takes it away), follow ``next`` while there is one, then keep ``later`` and ask there when you come
back.

A register that is put back from an older copy counts its revisions on from there, so that a number may come again. The
mark in ``next`` and ``later`` therefore holds the instant of the revision too: who has a revision that is gone is told
to begin again, and never takes another for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from stationmap.errors import InvalidValue
from stationmap.register.changes import Head
from stationmap.register.handout import recorded
from stationmap.register.ledger import Ledger
from stationmap.web.api.components import LIMIT_HEADERS, parameter, ref, refs
from stationmap.web.api.conditional import kept
from stationmap.web.api.paging import next_address
from stationmap.web.api.parameters import MOST_CURSOR, cursor, limit, sealed, unsealed
from stationmap.web.present import live
from stationmap.web.values import Values, flat, known_only, optional, shown, whole

blueprint = Blueprint("changes", __name__)
PARAMETERS = ("since", "mark", "limit", "cursor", "lang")
MOST_REVISION = 2**53

PATHS: Mapping[str, Any] = {
    "/api/v1/changes": {
        "get": {
            "operationId": "changes",
            "tags": ["Read the register"],
            "summary": "What changed since a revision, for whoever keeps a copy",
            "description": (
                "The latest record of each station that changed, by (revision, id), those without a place too; a"
                " station that counts no more is told as `{id, removed: true}`. Ask with `since=0`, follow `next`"
                " while there is one, keep `later` and ask there when you come back: you hold exactly the register."
                " When the server was put back from an older copy and your revision is gone, the answer is 400 of type"
                " `urn:stationmap:problem:begin-again`: throw your copy away and ask with `since=0`. A bare `since`"
                " cannot tell a revision from another of the same number, the mark in `later` can."
            ),
            "parameters": [
                parameter(
                    "since",
                    {"type": "integer", "minimum": 0, "maximum": MOST_REVISION, "default": 0},
                    "The revision at which the copy stands; 0 for none. Left aside where a mark is given.",
                    example=0,
                ),
                parameter(
                    "mark",
                    {"type": "string", "maxLength": MOST_CURSOR},
                    "Where the copy stands, as `later` gave it.",
                ),
                *refs("limit cursor lang"),
            ],
            "responses": {
                "200": {
                    "description": "Changes.",
                    "headers": {"ETag": ref("headers", "ETag"), **LIMIT_HEADERS},
                    "content": {"application/json": {"schema": ref("schemas", "ChangeList")}},
                },
                "304": ref("responses", "NotModified"),
            },
        }
    }
}


@blueprint.get("/api/v1/changes")
def changes() -> Response:
    """Return what changed since a revision, with the records as they are now."""
    values = flat(request.args)
    known_only(values, PARAMETERS)
    start, most = _start(values), limit(values)
    picture = live().picture()
    head = live().ask(lambda ledger: ledger.open_data.head())
    return kept(
        picture,
        lambda: live().ask(lambda ledger: _told(ledger, start, most)),
        head,
        mimetype="application/json",
    )


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a page begins: behind a revision, within it behind an id; and where the ledger stood the last time."""

    revision: int
    after_id: str = ""
    known: Head | None = None


def _start(values: Values) -> _Start:
    page = cursor(values, (int, str, int, str))
    if page:
        revision, after_id, *known = page
        return _Start(revision, after_id, Head(*known))
    mark = optional(values, "mark", None, _mark)
    return _Start(mark.revision, known=mark) if mark else _Start(optional(values, "since", 0, _revision))


def _told(ledger: Ledger, start: _Start, most: int) -> Mapping[str, Any]:
    """Return a page of changes.

    A record is read after its change was found: what happened to it in between comes again as a later change, so that a
    copy which takes in the newer record is never behind.
    """
    found = ledger.changes_since(start.revision, most, after_id=start.after_id, known=start.known)
    records = ledger.open_data.some([change.id for change in found.changes if not change.removed])
    told = [
        recorded(records[change.id])
        if change.id in records
        else {"id": change.id, "removed": True, "revision": change.revision}
        for change in found.changes
    ]
    last = found.changes[-1] if found.changes else None
    more = None if found.complete or last is None else sealed(last.revision, last.id, *found.head)
    return {
        "revision": found.head.revision,
        "complete": found.complete,
        "changes": told,
        "next": next_address(more, without=("since", "mark")),
        "later": f"{request.path}?mark={sealed(*found.head)}" if found.complete else None,
    }


def _mark(name: str, value: object) -> Head:
    marks = unsealed(value, (int, str))
    if marks is None:
        raise InvalidValue(
            "{name} is {value}, which no answer gave. Take the address that stood under later, or begin with since=0.",
            name=name,
            value=shown(value),
        )
    return Head(*marks)


def _revision(name: str, value: object) -> int:
    return whole(name, value, least=0, most=MOST_REVISION)
