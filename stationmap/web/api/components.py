"""What the descriptions of the routes share: parameters, schemas and responses of the OpenAPI document."""

from collections.abc import Mapping, Sequence
from typing import Any

from stationmap.schema.vocabulary import ACCESS_MODES, HOST_TYPES, KINDS, SERVICES, Vocabulary
from stationmap.web.api.limits import Limits
from stationmap.web.api.parameters import MOST_CURSOR, MOST_REACH_M, MOST_STATIONS, USUAL_REACH_M, USUAL_STATIONS
from stationmap.web.query import MAX_RESULTS, OPENED
from stationmap.web.values import MAX_LENGTH

Schema = Mapping[str, Any]
DEGREE_DATUMS = ("wgs84", "gcj02", "bd09", "cgcs2000")
_LONGITUDE = r"-?(180(\.0+)?|(1[0-7][0-9]|[0-9]{1,2})(\.[0-9]+)?)"
_LATITUDE = r"-?(90(\.0+)?|[0-8]?[0-9](\.[0-9]+)?)"
_TIME = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
    r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$"
)


def parameter(name: str, schema: Schema, description: str, **more: Any) -> dict[str, Any]:
    """Return a parameter of the address."""
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def ref(kind: str, name: str) -> Schema:
    """Return a reference to a component, such as ``ref("parameters", "lon")``."""
    return {"$ref": f"#/components/{kind}/{name}"}


def refs(names: str) -> list[Schema]:
    """Return references to parameters, their names in one text."""
    return [ref("parameters", name) for name in names.split()]


FILTER_NAMES = "need kind open_at at adcode area bbox"
"""The parameters that :func:`stationmap.web.api.parameters.filters` reads, as components."""


def fields_of(names: str) -> dict[str, Schema]:
    """Return the fields of a JSON body that say the same as parameters of the address; any language is taken."""
    given = [PARAMETERS[name] for name in names.split()]
    named: dict[str, Schema] = {each["name"]: {**each["schema"], "description": each["description"]} for each in given}
    return named | ({"lang": {"description": PARAMETERS["lang"]["description"]}} if "lang" in named else {})


def body_of(names: str, *, required: Sequence[str] = ()) -> Schema:
    """Return the JSON body that says the same as parameters of the address."""
    properties = fields_of(names)
    example = {name: PARAMETERS[name]["example"] for name in properties if name in ("lon", "lat", "need")}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    schema["dependentRequired"] = {"lon": ["lat"], "lat": ["lon"]}
    if required:
        schema["required"] = list(required)
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def geojson(description: str, schema: Schema, *, kept: bool = True) -> Schema:
    """Return a response of GeoJSON; ``kept`` says that it carries an ETag."""
    headers = {"ETag": ref("headers", "ETag")} if kept else {}
    return {
        "description": description,
        "headers": {**headers, **LIMIT_HEADERS},
        "content": {"application/geo+json": {"schema": schema}},
    }


def _codes(vocabulary: Vocabulary, what: str) -> Schema:
    words = "; ".join(f"`{term.code}` {term.en} ({term.zh})" for term in vocabulary.values())
    return {"type": "string", "enum": list(vocabulary), "description": f"{what}: {words}"}


def _several(schema: Schema) -> Schema:
    return {"type": "array", "items": schema, "maxItems": MAX_LENGTH}


_LON: Schema = {"type": "number", "minimum": -180, "maximum": 180}
_LAT: Schema = {"type": "number", "minimum": -90, "maximum": 90}
PARAMETERS: Mapping[str, Schema] = {
    "id": {
        **parameter("id", {"type": "string", "maxLength": 200}, "As lists and answers give it.", example="a3h7yhp6sv"),
        "in": "path",
        "required": True,
    },
    "lon": parameter(
        "lon",
        _LON,
        "Degrees east, in the datum named.",
        required=True,
        example=113.665,
    ),
    "lat": parameter(
        "lat",
        _LAT,
        "Degrees north, in the datum named.",
        required=True,
        example=34.752,
    ),
    "near_lon": parameter("lon", _LON, "Degrees east, in the datum named; together with lat.", example=113.665),
    "near_lat": parameter("lat", _LAT, "Degrees north, in the datum named; together with lon.", example=34.752),
    "datum": parameter(
        "datum",
        {"type": "string", "enum": list(DEGREE_DATUMS), "default": "wgs84"},
        "Datum of the position given: WGS 84 (GPS), GCJ-02 (Amap, Tencent, WeChat), BD-09 (Baidu), CGCS2000. Answers"
        " are always in WGS 84. (`bd09mc` and `EPSG:n` are understood too; their lon and lat may be metres.)",
        example="gcj02",
    ),
    "need": parameter(
        "need",
        _several(ref("schemas", "Service")),
        "A service that is needed; stands once for each. All of them are needed.",
        style="form",
        explode=True,
        example=["hot_water"],
    ),
    "kind": parameter(
        "kind",
        _several(ref("schemas", "Kind")),
        "A kind of station; stands once for each. Any of them will do.",
        style="form",
        explode=True,
        example=["rest_station"],
    ),
    "at": parameter(
        "at",
        {"type": "string", "pattern": _TIME},
        "The instant asked for, ISO 8601, of the years 2000 to 2099; without an offset it is the local time of each"
        " place. Now when left out.",
        example="2026-10-10T12:00+08:00",
    ),
    "open": parameter(
        "open",
        {"type": "string", "enum": list(OPENED), "default": "arrival"},
        "`arrival`: open when he gets there, or soon after; `now`: open when he sets out too; `any`: in any state.",
    ),
    "open_at": parameter(
        "open",
        {"type": "string", "enum": ["now", "any"], "default": "any"},
        "`now`: only stations that are open at the instant of `at`, with what is needed on at that instant.",
    ),
    "any": parameter(
        "any", {"type": "boolean", "default": False}, "Another word for `open=any`, kept for older callers."
    ),
    "k": parameter(
        "k",
        {"type": "integer", "minimum": 1, "maximum": MAX_RESULTS, "default": 5},
        "How many of each group.",
        example=3,
    ),
    "mode": parameter(
        "mode", {"type": "string", "enum": ["walk", "ride"], "default": "walk"}, "On foot (4.5 km/h) or by e-bike (15)."
    ),
    "lang": parameter(
        "lang",
        {"type": "string"},
        "Language of the sentences, `zh` or `en`; it goes before Accept-Language. Another one is left aside.",
        example="en",
    ),
    "bbox": parameter(
        "bbox",
        {"type": "string", "maxLength": MAX_LENGTH, "pattern": f"^{_LONGITUDE},{_LATITUDE},{_LONGITUDE},{_LATITUDE}$"},
        "A window: west,south,east,north, WGS 84 degrees, edges included. West greater than east crosses the"
        " antimeridian.",
        example="113.5,34.6,113.9,34.9",
    ),
    "adcode": parameter(
        "adcode",
        {"type": "string", "pattern": "^[0-9]{6}([0-9]{3}){0,2}$"},
        "Administrative code of an area (GB/T 2260): what lies in a part of it lies in it.",
        example="410100",
    ),
    "area": parameter(
        "area", {"type": "string", "maxLength": MAX_LENGTH}, "The area as the list wrote it, exactly.", example="中原区"
    ),
    "reach_m": parameter(
        "reach_m",
        {"type": "number", "minimum": 0, "maximum": MOST_REACH_M, "default": USUAL_REACH_M},
        "Straight metres from the position, boundary included.",
        example=1500,
    ),
    "limit": parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_STATIONS, "default": USUAL_STATIONS},
        "How many on a page.",
        example=100,
    ),
    "cursor": parameter(
        "cursor",
        {"type": "string", "maxLength": MOST_CURSOR},
        "Where the page begins: what the page before gave. It stays good while the register changes: no station that"
        " was there all the time is left out or told twice.",
    ),
}

_STATE: Mapping[str, Schema] = {
    "state": {"enum": ["open", "closed", "unknown"], "description": "At the instant. Unknown is neither yes nor no."},
    "state_words": {"type": "string", "description": "The state as a sentence."},
    "until": {"type": ["string", "null"], "description": "When that state ends; null when not within 14 days."},
    "opens_at": {"type": ["string", "null"], "description": "The next opening when it is not open."},
    "reason": {"type": ["string", "null"], "description": "Why something is unknown."},
}
_ANSWERS: Schema = {"type": "object", "additionalProperties": {"enum": ["yes", "no", "unknown"]}}
_LISTED: Mapping[str, Schema] = {
    "id": {"type": "string", "description": "Stays the same for as long as the station does."},
    "name": {"type": "string"},
    "address": {"type": "string"},
    "area_name": {"type": "string"},
    "adcode": {"type": "string"},
    "floor": {"type": "string"},
    "kinds": {"type": "array", "items": ref("schemas", "Kind")},
    "access": {"type": "array", "items": _codes(ACCESS_MODES, "How one gets in")},
    "host_type": {"type": "string", "description": _codes(HOST_TYPES, "Whose rooms")["description"]},
    "members_only": {"enum": ["yes", "no", "unknown"]},
    "hours_text": {"type": "string", "description": "Opening hours as they were listed."},
    "hours_basis": {"enum": ["found", "inferred", "generated"], "description": "Only found hours decide a state."},
    **_STATE,
    "services": {**_ANSWERS, "description": "By code, as they are at the instant; what nobody spoke of is left out."},
    "nearby_m": {
        "type": "object",
        "additionalProperties": {"type": "number"},
        "description": "By code, metres to services that are not on the spot.",
    },
    "confirmed_on": {"type": "string", "description": "ISO date of the last check; empty when there was none."},
    "fictional": {"type": "boolean", "description": "True for the sample city: such stations do not exist."},
    "revision": {"type": "integer", "description": "Of the last change of this record."},
    "distance_m": {"type": "number", "description": "Straight metres, only where a position was given."},
}
_POINT: Schema = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    },
}


def _feature(properties: Schema, required: Sequence[str], *, located: bool = True) -> Schema:
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": _POINT if located else {"oneOf": [_POINT, {"type": "null"}]},
            "properties": {"type": "object", "properties": properties, "required": list(required)},
        },
    }


_PAGE: Mapping[str, Schema] = {
    "type": {"const": "FeatureCollection"},
    "features": {"type": "array", "items": ref("schemas", "Station"), "maxItems": MOST_STATIONS},
    "numberMatched": {"type": "integer"},
    "numberReturned": {"type": "integer"},
    "cursor": {"type": ["string", "null"], "description": "Of the next page; null after the last one."},
    "next": {"type": ["string", "null"], "description": "Address of the next page, relative to this server."},
    "revision": {"type": "integer", "description": "Of the register that was read."},
    "at": {"type": "string", "description": "The instant of the states."},
    "fictional": {"type": "boolean", "description": "Whether any station of the register is of the sample city."},
}

SCHEMAS: Mapping[str, Schema] = {
    "Kind": _codes(KINDS, "Kind of station"),
    "Service": _codes(SERVICES, "Service"),
    "Station": _feature(_LISTED, [name for name in _LISTED if name != "distance_m"]),
    "StationCollection": {"type": "object", "required": list(_PAGE), "properties": _PAGE},
    "NearestCollection": {
        "type": "object",
        "required": ["type", "features", "maybe", "together", "revision", "at", "query"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "description": "Open on arrival or soon after, with all that is needed."},
            "maybe": {"type": "array", "description": "Would do, but for something unknown."},
            "together": {"type": "array", "description": "The nearest set that has it all, when no single one has."},
            "revision": {"type": "integer"},
            "at": {"type": "string"},
            "query": {"type": "array", "items": {"type": "number"}},
        },
    },
    "StationRecord": _feature(
        {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "hours": {"type": "object", "description": "text, osm (OSM opening_hours), makeup, provenance …"},
            "services": {"type": "array", "items": {"type": "object"}},
            "provenance": {"type": "object", "description": "source, asof, basis (found when left out)"},
            "received": {"type": "object", "description": "The coordinates as received, with their datum."},
            "fictional": {"type": "boolean"},
            "revision": {"type": "integer"},
        },
        ["id", "name", "fictional", "revision"],
        located=False,
    ),
    "Change": {
        "oneOf": [
            ref("schemas", "StationRecord"),
            {
                "type": "object",
                "required": ["id", "removed"],
                "properties": {"id": {"type": "string"}, "removed": {"const": True}, "revision": {"type": "integer"}},
            },
        ]
    },
    "ChangeList": {
        "type": "object",
        "required": ["revision", "complete", "changes", "next", "later"],
        "properties": {
            "revision": {"type": "integer", "description": "Where a copy stands when `complete` is true."},
            "complete": {"type": "boolean"},
            "changes": {"type": "array", "items": ref("schemas", "Change"), "maxItems": MOST_STATIONS},
            "next": {"type": ["string", "null"], "description": "There is more: ask here at once."},
            "later": {
                "type": ["string", "null"],
                "description": "That was all: ask here when you come back. Its `mark` says where your copy stands.",
            },
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "description": "urn:stationmap:problem:…; it never changes its meaning."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "Quotes what was wrong and says what would do."},
            "instance": {"type": "string", "description": "The path that was asked, without its query."},
        },
    },
}

HEADERS: Mapping[str, Schema] = {
    "ETag": {"description": "Send it as If-None-Match: 304 when nothing changed.", "schema": {"type": "string"}},
    "RateLimit": {"description": 'Left and seconds to more: `"open";r=599;t=1`.', "schema": {"type": "string"}},
    "RateLimit-Policy": {
        "description": f'Quota and window in seconds: `"open";{Limits().open.policy}`.',
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
}
LIMIT_HEADERS: Mapping[str, Schema] = {name: ref("headers", name) for name in ("RateLimit", "RateLimit-Policy")}


def _problem(description: str, *headers: str) -> Schema:
    return {
        "description": description,
        "headers": {name: ref("headers", name) for name in headers},
        "content": {"application/problem+json": {"schema": ref("schemas", "Problem")}},
    }


RESPONSES: Mapping[str, Schema] = {
    "Problem": _problem("A parameter is unknown, missing or out of bounds: quoted, with what would do."),
    "NotFound": _problem("There is nothing under that id or at that address."),
    "Removed": _problem("The station is no longer in the register; what is known of it stands under `station`."),
    "Stranger": _problem(
        "A page of another site sent it: what workers say comes from our own pages, or from programs."
    ),
    "Unsaid": _problem("The station is no longer in the register: nothing is taken in of it."),
    "NotAcceptable": _problem("None of the media types of the Accept header is made here."),
    "TooLarge": _problem("The body is too large."),
    "TooLong": _problem("The address is too long: post the question instead."),
    "NotJson": _problem("The body is not declared as JSON."),
    "TooMany": _problem("Too many requests from this address: wait.", "Retry-After", *LIMIT_HEADERS),
    "Unavailable": _problem("The register cannot be read just now, or the server is busy.", "Retry-After"),
    "NotModified": {"description": "The caller has it already.", "headers": {"ETag": ref("headers", "ETag")}},
}
