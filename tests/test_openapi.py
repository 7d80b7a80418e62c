"""The description of the open interface: valid, whole, and true of every answer it is held against."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web.app import Settings, create_app
from tests.browser import town

METHODS = ("get", "post", "put", "delete", "patch")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    ledger = town.build(tmp_path_factory.mktemp("openapi") / "town.sqlite")
    made = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    return dict(response.json)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_is_described_and_every_description_has_its_route(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes


def test_every_operation_says_what_it_is_and_every_error_it_gives(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert operation["tags"], path
        given = set(operation["responses"])
        assert {"400", "406", "414", "429", "503"} <= given, (path, method)
        if method == "post":
            assert {"413", "415"} <= given, path


def resolved(document: dict[str, Any], thing: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in thing:
        found: Any = document
        for step in thing["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)
    return thing


def test_every_parameter_has_bounds_or_an_enumeration_and_says_what_it_means(document: dict[str, Any]) -> None:
    bounds = {"enum", "pattern", "maxLength", "maximum", "maxItems"}
    for path, method, operation in operations(document):
        for given in operation.get("parameters", []):
            parameter = resolved(document, given)
            where = f"{method} {path} {parameter['name']}"
            assert parameter.get("description"), where
            schema = resolved(document, parameter["schema"])
            assert bounds & schema.keys() or schema.get("type") == "boolean" or parameter["name"] == "lang", where


def test_the_words_of_the_vocabulary_are_those_of_the_register(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["Kind"]["enum"] == list(KINDS)
    assert schemas["Service"]["enum"] == list(SERVICES)


def test_every_error_is_a_problem(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, given in operation["responses"].items():
            if int(status) >= 400:
                response = resolved(document, given)
                assert list(response["content"]) == ["application/problem+json"], (path, method, status)


def test_the_document_is_kept_until_it_changes(client: FlaskClient) -> None:
    first = client.get("/api/v1/openapi.json")
    assert first.mimetype == "application/json"
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert json.loads(first.data)["info"]["title"]
