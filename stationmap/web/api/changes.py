"""What changed since a revision: ``/api/v1/changes``; who follows it holds exactly the register.

How to keep a copy: ask with ``since=0``, take in each change (a Feature takes the place of what you have under its
id, a tombstone takes it away), follow ``next`` while there is one, then keep ``later`` and ask there when you come
back.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from stationmap.register.handout import recorded
from stationmap.register.ledger import Ledger
from stationmap.web.api.components import LIMIT_HEADERS, parameter, ref, refs
from stationmap.web.api.conditional import kept
from stationmap.web.api.paging import next_address
from stationmap.web.api.parameters import cursor, limit, sealed
from stationmap.web.present import live
from stationmap.web.values import flat, known_only, optional, whole

blueprint = Blueprint("changes", __name__)
PARAMETERS = ("since", "limit", "cursor", "lang")
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
            ),
            "parameters": [
                parameter(
                    "since",
                    {"type": "integer", "minimum": 0, "maximum": MOST_REVISION, "default": 0},
                    "The revision at which the copy stands; 0 for none.",
                    example=0,
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
    mark = cursor(values, (int, str))
    since, after_id = mark or (optional(values, "since", 0, _revision), "")
    most = limit(values)
    picture = live().picture()
    revision = live().ask(lambda ledger: ledger.revision())
    return kept(
        picture,
        lambda: live().ask(lambda ledger: _told(ledger, since, most, after_id)),
        revision,
        mimetype="application/json",
    )


def _told(ledger: Ledger, since: int, most: int, after_id: str) -> Mapping[str, Any]:
    """Return a page of changes.

    A record is read after its change was found: what happened to it in between comes again as a later change, so that a
    copy which takes in the newer record is never behind.
    """
    found = ledger.changes_since(since, most, after_id=after_id)
    records = ledger.open_data.some([change.id for change in found.changes if not change.removed])
    told = [
        recorded(records[change.id])
        if change.id in records
        else {"id": change.id, "removed": True, "revision": change.revision}
        for change in found.changes
    ]
    last = found.changes[-1] if found.changes else None
    more = None if found.complete or last is None else sealed(last.revision, last.id)
    return {
        "revision": found.revision,
        "complete": found.complete,
        "changes": told,
        "next": next_address(more, without=("since",)),
        "later": f"{request.path}?since={found.revision}" if found.complete else None,
    }


def _revision(name: str, value: object) -> int:
    return whole(name, value, least=0, most=MOST_REVISION)
