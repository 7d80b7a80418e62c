"""The operator's notices that stand now: ``/api/v1/notices``. Small, and asked for every minute by every open page."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from stationmap.web import language
from stationmap.web.api.components import LIMIT_HEADERS, parameter, ref, refs
from stationmap.web.api.conditional import kept
from stationmap.web.notices import LEVELS, standing
from stationmap.web.present import live, now
from stationmap.web.values import flat, known_only, text

blueprint = Blueprint("notices", __name__)
PARAMETERS = ("station", "lang")
_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time"}
_NOTICE: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "level", "level_words", "text", "area", "station", "closes", "starts_at", "ends_at"],
    "properties": {
        "id": {"type": "integer"},
        "level": {"type": "string", "enum": list(LEVELS)},
        "level_words": _TEXT,
        "text": _TEXT,
        "area": {"type": "string", "description": "Name of the area it is for; empty for everywhere."},
        "station": {"type": "string", "description": "Id of the station it is for; empty for none."},
        "closes": {"type": "boolean", "description": "Whether it shuts that station."},
        "starts_at": _INSTANT,
        "ends_at": _INSTANT,
    },
}

PATHS: Mapping[str, Any] = {
    "/api/v1/notices": {
        "get": {
            "operationId": "notices",
            "tags": ["Read the register"],
            "summary": "The operator's notices that stand now",
            "description": "The most pressing first. Those for one station come only when its id is given.",
            "parameters": [
                parameter("station", {"type": "string", "maxLength": 100}, "A station whose own notices come too."),
                *refs("lang"),
            ],
            "responses": {
                "200": {
                    "description": "The notices.",
                    "headers": {"ETag": ref("headers", "ETag"), **LIMIT_HEADERS},
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["notices", "revision"],
                                "properties": {
                                    "revision": {"type": "integer", "description": "Of the register."},
                                    "notices": {"type": "array", "items": _NOTICE},
                                },
                            }
                        }
                    },
                },
                "304": ref("responses", "NotModified"),
            },
        }
    }
}


@blueprint.get("/api/v1/notices")
def notices() -> Response:
    """Return the notices that stand now, and the revision that is served."""
    values = flat(request.args)
    known_only(values, PARAMETERS)
    station_id = text("station", values.get("station", ""))
    picture = live().picture()
    told = standing(picture, now(), language.chosen(), station_id)
    body = {"notices": told, "revision": picture.snapshot.revision}
    return kept(picture, lambda: body, [one["id"] for one in told], mimetype="application/json")
