"""What workers say of a station: ``POST /api/v1/stations/<id>/reports`` and ``…/confirmations``; nothing is served."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from stationmap.register.desk.reports import MOST_CHARACTERS, ReportKind
from stationmap.schema.vocabulary import SERVICES
from stationmap.web import language
from stationmap.web.api.components import ref, refs
from stationmap.web.stations import said
from stationmap.web.stations.said import Said
from stationmap.web.values import flat, known_only, values_of

blueprint = Blueprint("reports", __name__)
blueprint.teardown_request(said.let_photos_go)
PARAMETERS = ("kind", "service", "text", "token", "observed_at", "lang")
_MULTIPART = "multipart/form-data"


@blueprint.post("/api/v1/stations/<id>/reports")
def reports(id: str) -> Response:  # noqa: A002 the name in the address
    """Take in a report: JSON, or a form with a photo. It becomes a case for a clerk."""
    said.refuse_strangers()
    kept = said.report(id, _said())
    response = jsonify(id=kept.id, state=str(kept.state), received_at=kept.received_at.isoformat())
    return _answer(response)


@blueprint.post("/api/v1/stations/<id>/confirmations")
def confirmations(id: str) -> Response:  # noqa: A002 the name in the address
    """Count one "still right" and say how often workers said so."""
    said.refuse_strangers()
    values = values_of(request)
    known_only(values, ("token", "observed_at", "lang"))
    language.settle_from(values.get("lang"))
    told = said.from_values(values)
    confirmed = said.confirm(id, told.token, told.observed_at)
    last = confirmed.last.isoformat() if confirmed.last else None
    return _answer(jsonify(last=last, times_90_days=confirmed.times_90_days))


def _said() -> Said:
    """Return what the body says: a form with a photo may be large, JSON is not."""
    if request.mimetype == _MULTIPART:
        request.max_content_length = said.MAX_BODY_BYTES
        known_only(flat(request.args), ("lang",))
        known_only(flat(request.form), PARAMETERS)
        language.settle_from(request.form.get("lang"))
        return said.from_form()
    if not request.is_json:
        raise UnsupportedMediaType
    values = values_of(request)
    known_only(values, PARAMETERS)
    language.settle_from(values.get("lang"))
    return said.from_values(values)


def _answer(response: Response) -> Response:
    response.status_code = 201
    response.headers["Cache-Control"] = "no-store"
    return response


_TOKEN = {
    "type": "string",
    "pattern": "^[A-Za-z0-9._:-]{8,64}$",
    "description": "Made up by the client for this one; sent again, it is not counted again.",
}
_OBSERVED_AT = {
    "type": "string",
    "format": "date-time",
    "description": "When it was seen, for what was kept while there was no line. One that lies ahead, or more than 60"
    " days back, is left aside.",
}
_WORDS = {"required": ["text"], "properties": {"text": {"pattern": "[A-Za-z0-9\u4e00-\u9fff]"}}}
_REPORT: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "token"],
    "properties": {
        "kind": {
            "type": "string",
            "enum": [str(kind) for kind in ReportKind],
            "description": "What is wrong: `closed` it is closed or gone, `moved` it has moved, `service` a service is"
            " missing or broken, `hours` the opening hours are wrong, `other` something else (see the text or photo).",
        },
        "service": {
            "type": "string",
            "enum": list(SERVICES),
            "description": "Code of the missing service; with the kind service only.",
        },
        "text": {"type": "string", "maxLength": MOST_CHARACTERS, "description": "In the worker's own words."},
        "token": _TOKEN,
        "observed_at": _OBSERVED_AT,
        "lang": {"description": "Language of the sentences, zh or en; another one is left aside."},
    },
    "allOf": [
        {"if": {"properties": {"kind": {"const": "service"}}}, "then": {"required": ["service"]}},
        {"if": {"properties": {"kind": {"const": "other"}}}, "then": {"anyOf": [_WORDS, {"required": ["photo"]}]}},
    ],
}
_PHOTO = {
    "type": "string",
    "format": "binary",
    "description": "JPEG, PNG or WebP, at most 15 MB. It is encoded anew: nothing of place, time or camera is kept.",
}
_CONFIRMATION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["token"],
    "properties": {name: _REPORT["properties"][name] for name in ("token", "observed_at", "lang")},
}


def _path(name: str, summary: str, what: str, content: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "post": {
            "operationId": name,
            "tags": ["Say something"],
            "summary": summary,
            "description": what,
            "parameters": refs("id"),
            "requestBody": {"required": True, "content": content},
            "responses": {
                "201": {"description": "Kept.", "content": {"application/json": {"schema": answer}}},
                "403": ref("responses", "Stranger"),
                "404": ref("responses", "NotFound"),
                "410": ref("responses", "Unsaid"),
            },
        }
    }


PATHS: Mapping[str, Any] = {
    "/api/v1/stations/{id}/reports": _path(
        "report",
        "Say what is wrong",
        "The station is closed or moved, a service is missing, the hours are wrong, or something else. No account; a"
        " clerk reads it before anything changes. Of who says it nothing is asked and nothing kept.",
        {
            "application/json": {"schema": _REPORT},
            _MULTIPART: {"schema": {**_REPORT, "properties": {**_REPORT["properties"], "photo": _PHOTO}}},
        },
        {
            "type": "object",
            "required": ["id", "state", "received_at"],
            "properties": {
                "id": {"type": "integer", "description": "Number of the report."},
                "state": {"type": "string", "enum": ["new", "accepted", "turned_down"]},
                "received_at": {"type": "string", "format": "date-time"},
            },
        },
    ),
    "/api/v1/stations/{id}/confirmations": _path(
        "confirm",
        "Say that it is still right",
        "One tap, dated by the day; shown apart from a clerk's check. It changes no record and moves no revision.",
        {"application/json": {"schema": _CONFIRMATION}},
        {
            "type": "object",
            "required": ["last", "times_90_days"],
            "properties": {
                "last": {"type": ["string", "null"], "format": "date"},
                "times_90_days": {"type": "integer"},
            },
        },
    ),
}
