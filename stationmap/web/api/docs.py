"""The open interface for people: ``/api/v1/``, made from the OpenAPI document, with examples that can be copied."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, make_response, render_template

from stationmap.catalogue import fiction, tell
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web import language
from stationmap.web.addresses import site
from stationmap.web.api.downloads import download_url
from stationmap.web.api.examples import of
from stationmap.web.api.openapi import document
from stationmap.web.licence import NONE_NAMED, Licence
from stationmap.web.live import Picture
from stationmap.web.present import live

blueprint = Blueprint("docs", __name__)
_GROUPS = ("Find", "Search", "Map", "Read the register", "Take it with you", "Say something", "About")
_SAID, _FILES = "Say something", "Take it with you"
_SHOWN = {
    "nearest": ("need", "k", "datum"),
    "within": ("lon", "lat", "reach_m", "lang"),
    "stations": ("kind", "limit"),
    "changes": ("since", "limit"),
    "download": ("need",),
    "clusters": ("need",),
    "search": ("lang",),
}
_USUAL = {
    "zoom": 12,
    "q": "驿站",
    "format": "csv",
    "id": "a3h7yhp6sv",
    "lon": 113.665,
    "lat": 34.752,
    "need": ["hot_water"],
}


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter as the page tells it: its name, what may stand there, what it means, whether it must."""

    name: str
    takes: str
    meaning: str
    required: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as the page tells it; ``example`` is a command for a shell, "" for none."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    lines: tuple[Line, ...]
    answers: tuple[tuple[str, str], ...]
    example: str


@blueprint.get("/api/v1/")
def docs() -> Response:
    """Return the page about the open interface."""
    picture = live().picture()
    spoken = language.chosen()
    licence: Licence = current_app.extensions["licence"]
    page = render_template(
        "docs.html",
        languages=language.NAMES.items(),
        fiction=fiction(picture.fictional, len(picture.snapshot)),
        about=document()["info"]["description"],
        groups=_groups(picture),
        downloads=[(form, download_url({}, form)) for form in ("csv", "xlsx", "geojson", "gpkg", "parquet")],
        vocabularies=[
            (tell("Words of need", spoken), SERVICES.values()),
            (tell("Words of kind", spoken), KINDS.values()),
        ],
        licence=licence,
        unnamed=licence.text == NONE_NAMED,
        site=site(),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return language.remember(response)


def _groups(picture: Picture) -> list[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {name: [] for name in _GROUPS}
    values = {**_USUAL, **of(picture.snapshot)}
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            found[operation["tags"][0]].append(_entry(path, method, operation, values))
    return [(name, entries) for name, entries in found.items() if entries]


def _entry(path: str, method: str, operation: Mapping[str, Any], values: Mapping[str, Any]) -> Entry:
    parameters = [_resolved(each) for each in operation.get("parameters", ())]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    answers = [(status, _resolved(each)["description"]) for status, each in operation["responses"].items()]
    said = operation["tags"][0] == _SAID
    return Entry(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        (*map(_parameter, parameters), *_fields(body.get("schema", {}))),
        tuple(answers),
        "" if said else _example(path, method, operation, parameters, body, values),
    )


def _parameter(given: Mapping[str, Any]) -> Line:
    return Line(given["name"], _takes(given["schema"]), given["description"], given.get("required", False))


def _fields(schema: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the fields of a body."""
    for name, given in schema.get("properties", {}).items():
        field = _resolved(given)
        yield Line(name, _takes(field), field.get("description", ""), name in schema.get("required", ()))


def _resolved(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference names; anything else as it is."""
    if "$ref" not in thing:
        return thing
    found: Any = document()
    for step in thing["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    named: Mapping[str, Any] = found
    return named


def _takes(given: Mapping[str, Any]) -> str:
    """Return in a few words what a schema lets through."""
    schema = _resolved(given)
    if schema.get("type") == "array":
        return f"{_takes(schema.get('items', {}))} …"
    if "enum" in schema:
        words = schema["enum"]
        told = " | ".join(map(str, words[:6])) + (f" | … ({len(words)})" if len(words) > 6 else "")
    elif "maximum" in schema:
        told = f"{schema.get('minimum', 0):g} … {schema['maximum']:.17g}"
    else:
        kind = schema.get("type", "")
        told = "/".join(kind) if isinstance(kind, list) else str(kind)
    return f"{told} ({json.dumps(schema['default'])})" if "default" in schema else told


def _example(
    path: str,
    method: str,
    operation: Mapping[str, Any],
    parameters: list[Mapping[str, Any]],
    body: Mapping[str, Any],
    values: Mapping[str, Any],
) -> str:
    """Return a command that asks the question with values that fit the register, for any shell."""
    shown = _SHOWN.get(operation["operationId"], ())
    chosen = {
        each["name"]: values.get(each["name"], each.get("example"))
        for each in parameters
        if each["in"] == "query" and (each.get("required") or each["name"] in shown)
    }
    if chosen.get("datum"):
        chosen["datum"] = "wgs84"
    for name in ("format", "id"):
        path = path.replace(f"{{{name}}}", quote(values[name], safe=""))
    query = urlencode({name: value for name, value in chosen.items() if value is not None}, doseq=True)
    command = ["curl"]
    if method == "post":
        names = [*body.get("example", {}), *body["schema"].get("required", ())]
        asked = {name: values[name] for name in dict.fromkeys(names) if name in values}
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(asked, ensure_ascii=False)]
    if operation["tags"][0] == _FILES:
        command += ["-OJ"]
    return shlex.join([*command, f"{site()}{path}{'?' if query else ''}{query}"])
