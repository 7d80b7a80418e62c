"""The OpenAPI 3.1 description of ``/ogc``: every path, parameter, answer and schema that it has."""

from collections.abc import Mapping
from typing import Any

from stationmap import __version__
from stationmap.hours.opening import State
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web.ogc.answers import GEOJSON, HTML, JSON, OPENAPI
from stationmap.web.ogc.asked import ALWAYS, DEFAULT_LIMIT, ITEM, MOST_LIMIT, parameters_of
from stationmap.web.ogc.collections import AREA_PROPERTIES, STATION_PROPERTIES, Collection
from stationmap.web.ogc.crs import CRS84, HEIGHT84, SYSTEMS

Schema = dict[str, Any]
_PROBLEM = "application/problem+json"
_PROPERTIES = {"stations": {**STATION_PROPERTIES, "page": "string"}, "areas": AREA_PROPERTIES}


def describe(root: str, known: Mapping[str, Collection]) -> Schema:
    """Return the description for the collections that there are; ``root`` is the address of the landing page."""
    paths = {
        "/": _operation("landing", "The landing page", ALWAYS, _json("LandingPage")),
        "/conformance": _operation("conformance", "What it conforms to", ALWAYS, _json("ConformanceClasses")),
        "/api": _operation("api", "This description", ALWAYS, {OPENAPI: {"schema": {"type": "object"}}}),
        "/collections": _operation("collections", "The collections", ALWAYS, _json("Collections")),
    }
    for name, collection in known.items():
        at = f"/collections/{name}"
        title = str(collection.title)
        paths[at] = _operation(f"describe_{name}", f"{title}: the collection", ALWAYS, _json("Collection"))
        paths[f"{at}/items"] = _operation(
            f"items_{name}", f"{title}: features", parameters_of(name), _geojson(f"Features_{name}"), crs=True
        )
        one = _operation(f"item_{name}", f"{title}: one feature", ITEM, _geojson(f"Feature_{name}"), crs=True)
        one["get"]["parameters"].append({"$ref": "#/components/parameters/featureId"})
        one["get"]["responses"]["404"] = {"$ref": "#/components/responses/NotFound"}
        paths[f"{at}/items/{{featureId}}"] = one
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stationmap: OGC API - Features",
            "version": __version__,
            "description": "Service positions for workers as features. Read only; no key; WGS 84.",
            "license": {"name": "See the publisher of this register"},
        },
        "servers": [{"url": root}],
        "paths": paths,
        "components": {
            "parameters": _parameters(),
            "schemas": {**_SCHEMAS, **{name: schema for each in known for name, schema in _feature_schemas(each)}},
            "responses": _RESPONSES,
        },
    }


def _operation(
    identity: str, summary: str, parameters: tuple[str, ...], content: Schema, *, crs: bool = False
) -> Schema:
    good: Schema = {"description": summary, "content": {**content, HTML: {"schema": {"type": "string"}}}}
    if crs:
        uri = "The reference system of the coordinates, as a URI in angle brackets"
        good["headers"] = {"Content-Crs": {"description": uri, "schema": {"type": "string"}}}
    bad = {"400": "InvalidParameter", "406": "NotAcceptable", "429": "TooMany", "500": "Fault", "503": "Unreadable"}
    answers = {status: {"$ref": f"#/components/responses/{name}"} for status, name in bad.items()}
    if identity.startswith(("describe", "items", "item")):
        answers["404"] = {"$ref": "#/components/responses/NotFound"}
    return {
        "get": {
            "operationId": identity,
            "summary": summary,
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in parameters],
            "responses": {"200": good, **answers},
        }
    }


def _json(schema: str) -> Schema:
    return {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _geojson(schema: str) -> Schema:
    return {GEOJSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _parameters() -> Schema:
    text = {"type": "string", "maxLength": 200}
    systems = {"type": "string", "enum": list(SYSTEMS), "default": CRS84}
    number = {"type": "number"}
    corners = {"type": "array", "oneOf": [{"minItems": n, "maxItems": n} for n in (4, 6)], "items": number}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT, "default": DEFAULT_LIMIT}
    told: Mapping[str, tuple[Schema, str]] = {
        "f": ({"type": "string", "enum": ["json", "html"]}, "The form of the answer; else by the Accept header."),
        "lang": ({"type": "string", "enum": ["zh", "en"]}, "The language of titles and messages."),
        "theme": ({"type": "string", "enum": ["auto", "sun"]}, "The colours of a page; JSON is the same."),
        "crs": (systems, "The reference system of the coordinates of the answer."),
        "bbox": (corners, "A window; features that touch it. First west, south, then east, north (order of bbox-crs)."),
        "bbox-crs": ({"type": "string", "enum": [*SYSTEMS, HEIGHT84], "default": CRS84}, "What bbox is in."),
        "datetime": (text, "RFC 3339 instant or interval. No feature has a time of its own: all match."),
        "limit": (limit, "How many features a page holds at most; more than the maximum counts as the maximum."),
        "after": (text, "Go on after the feature of this id. The next link has it."),
        "kind": (_codes(KINDS), "Stations of any of these kinds."),
        "service": (_codes(SERVICES), "Stations that were found to have all of these services."),
        "adcode": ({"type": "string", "pattern": "^[0-9]+$", "maxLength": 200}, "What lies in this area, by its code."),
        "state": ({"type": "string", "enum": [state.name.lower() for state in State]}, "Stations in this state now."),
    }
    made = {name: _query(name, schema, words) for name, (schema, words) in told.items()}
    identity = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    return {**made, "featureId": {**identity, "description": "The id of a feature."}}


def _codes(vocabulary: Mapping[str, Any]) -> Schema:
    return {"type": "array", "items": {"type": "string", "enum": list(vocabulary)}}


def _query(name: str, schema: Schema, words: str) -> Schema:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": words,
        "schema": schema,
        "style": "form",
        "explode": False,
    }


def _feature_schemas(name: str) -> list[tuple[str, Schema]]:
    properties = {key: {"type": [kind, "null"]} for key, kind in _PROPERTIES[name].items()}
    kinds = ["Point"] if name == "stations" else ["Polygon", "MultiPolygon"]
    geometry = {"type": "object", "required": ["type", "coordinates"]}
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": {**geometry, "properties": {"type": {"enum": kinds}, "coordinates": {"type": "array"}}},
            "properties": {"type": "object", "properties": properties, "additionalProperties": False},
            "links": _LINKS,
        },
    }
    count = {"type": "integer", "minimum": 0}
    page = {
        "type": "object",
        "required": ["type", "features", "links", "timeStamp", "numberMatched", "numberReturned"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": {"$ref": f"#/components/schemas/Feature_{name}"}},
            "links": _LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": count,
            "numberReturned": count,
        },
    }
    return [(f"Feature_{name}", feature), (f"Features_{name}", page)]


_LINKS: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
_TEXT: Schema = {"type": "string"}
_SCHEMAS: Schema = {
    "Link": {
        "type": "object",
        "required": ["href", "rel", "type"],
        "properties": {"href": {"type": "string", "format": "uri"}, "rel": _TEXT, "type": _TEXT, "title": _TEXT},
    },
    "LandingPage": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": _TEXT, "description": _TEXT, "links": _LINKS},
    },
    "ConformanceClasses": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": _TEXT}, "links": _LINKS},
    },
    "Collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "crs": {"type": "array", "items": _TEXT},
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}},
        },
    },
    "Collection": {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            "id": _TEXT,
            "title": _TEXT,
            "description": _TEXT,
            "itemType": {"const": "feature"},
            "extent": {"type": "object"},
            "crs": {"type": "array", "items": _TEXT},
            "storageCrs": _TEXT,
            "links": _LINKS,
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT},
    },
}


def _problem(words: str) -> Schema:
    return {"description": words, "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


_RESPONSES: Schema = {
    "InvalidParameter": _problem(
        "A parameter is unknown or out of bounds; the detail quotes it and says what would do."
    ),
    "NotFound": _problem("There is no such collection or feature."),
    "NotAcceptable": _problem("Neither of the forms that the Accept header names is made."),
    "TooMany": _problem("Too many requests; the Retry-After header says when to come again."),
    "Fault": _problem("A fault of the server."),
    "Unreadable": _problem("The register cannot be read just now."),
}
