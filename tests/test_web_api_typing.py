"""No typing error passes for an answer: what is repeated, misspelt or half written is refused, and told how to mend."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stationmap.register.ledger import Ledger
from stationmap.web.api import examples
from stationmap.web.app import Settings, create_app
from tests.browser import town

AT = {"lon": town.LON, "lat": town.LAT}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    ledger = town.build(tmp_path_factory.mktemp("typing") / "town.sqlite")
    made = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def refused(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    detail = str(answer.json["detail"])
    assert "Known: ." not in detail
    return detail


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nearest?lon=1&lon=2&lat=1", "'lon' stands 2 times. Give it once."),
        ("stations?limit=1&limit=2", "'limit' stands 2 times. Give it once."),
        ("clusters?bbox=1,1,2,2&zoom=1&zoom=2", "'zoom' stands 2 times. Give it once."),
        ("nearest?lon=1_0&lat=1", "lon is '1_0', which is no finite number."),
        ("within?lon=10&lat=1&reach_m=1_000", "reach_m is '1_000'."),
        ("stations?bbox=1_0,1,12,2", "bbox is '1_0,1,12,2'."),
        ("places?q=", "q is missing."),
        ("places", "q is missing."),
        ("search?q=", "q is missing."),
        ("openapi.json?colour=red", "There is no parameter 'colour'. Known: lang."),
        ("dump?colour=red", "There is no parameter 'colour'. Known: lang."),
        ("stations/centre?colour=red", "There is no parameter 'colour'. Known: lang."),
        ("stations?at=2026-11-20", "'2026-11-20' names a day, but no time of day. Write 2026-11-20T12:00 for"),
        ("stations?at=20261120", "'20261120' names a day, but no time of day. Write 2026-11-20T12:00 for"),
        ("stations?at=1926-11-20", "'1926-11-20' is no time between 2000 and 2100."),
    ],
)
def test_a_typing_error_is_told(client: FlaskClient, address: str, said: str) -> None:
    assert refused(client.get(f"/api/v1/{address}", headers=ENGLISH)).startswith(said)


@pytest.mark.parametrize("name", ["nearest", "within", "places", "search", "bundle"])
def test_what_is_posted_has_no_parameters_in_its_address_but_the_language(client: FlaskClient, name: str) -> None:
    asked = {**AT, "q": "a"} if name in ("places", "search") else AT
    assert client.post(f"/api/v1/{name}?lang=en", json=asked).status_code == 200
    told = refused(client.post(f"/api/v1/{name}?k=3", json=asked, headers=ENGLISH))
    assert told == "There is no parameter 'k'. Known: lang."


@pytest.mark.parametrize("send", ["json", "data"])
def test_a_report_has_no_parameters_in_its_address_and_each_field_once(client: FlaskClient, send: str) -> None:
    form = {} if send == "json" else {"content_type": "multipart/form-data"}
    said = {"kind": "closed", "token": "token-0001"}
    path = "/api/v1/stations/centre/reports"
    assert "'k'" in refused(client.post(f"{path}?k=3", **{send: said}, **form, headers=ENGLISH))
    if send == "data":
        twice = client.post(path, data={**said, "text": ["a", "b"]}, **form, headers=ENGLISH)
        assert refused(twice) == "'text' stands 2 times. Give it once."


@pytest.mark.parametrize(
    "address",
    [
        f"nearest?lon={town.LON}&lat={town.LAT}",
        f"within?lon={town.LON}&lat={town.LAT}",
        "places?q=a",
        "search?q=a",
        "clusters?bbox=102,40,103,41&zoom=12",
        "stations?limit=1",
        "stations/centre?",
        "changes?limit=1",
        "notices?",
        "openapi.json?",
        "dump?",
        "download/stations.csv?",
    ],
)
def test_every_question_takes_a_language(client: FlaskClient, address: str) -> None:
    assert client.get(f"/api/v1/{address}&lang=en", buffered=True).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/api/v1/stations", 405),
        ("POST", "/api/v1/changes", 405),
        ("POST", "/api/v1/nowhere", 404),
    ],
)
def test_any_page_may_read_why_it_was_refused(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method, headers={"Origin": "https://city.example"})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_examples_are_of_the_register_that_is_served(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    shared = document["components"]["parameters"]
    values = {name: each["example"] for name, each in shared.items() if "example" in each}
    assert client.get(f"/api/v1/stations/{values['id']}").status_code == 200
    asked = {"lon": values["lon"], "lat": values["lat"], "need": values["need"], "open": "any"}
    assert document["paths"]["/api/v1/nearest"]["post"]["requestBody"]["content"]["application/json"]["example"] == {
        name: asked[name] for name in ("lon", "lat", "need")
    }
    found = client.post("/api/v1/nearest", json=asked).json["features"]
    assert found[0]["properties"]["id"] == values["id"]
    (q,) = [each["example"] for each in document["paths"]["/api/v1/places"]["get"]["parameters"] if "example" in each]
    assert client.get("/api/v1/stations", query_string={"bbox": values["bbox"]}).json["numberMatched"] > 0
    assert any(name == q for name in (each["properties"]["name"] for each in found))
    page = unescape(client.get("/api/v1/?lang=en").text)
    assert "113.665" not in page
    assert f'"lon": {values["lon"]}' in page
    assert f"lon={values['lon']}&lat={values['lat']}" in page


def test_a_register_without_stations_has_examples_too(tmp_path: Any) -> None:
    Ledger.open(tmp_path / "empty.sqlite").close()
    app = create_app(Settings(database=tmp_path / "empty.sqlite"))
    try:
        client = app.test_client()
        assert examples.of(app.extensions["live"].snapshot()) == {}
        assert client.get("/api/v1/openapi.json").json["components"]["parameters"]["lon"]["example"] == 113.665
        assert client.get("/api/v1/?lang=en").status_code == 200
    finally:
        app.extensions["live"].close()
