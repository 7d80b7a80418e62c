"""Every route of the site, whatever it answers: a strict policy, no referrer, nothing in cookies, nothing in the log."""

import logging
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from stationmap.web.app import Settings, create_app
from tests.browser import town

FILLED = {"id": "centre", "feature_id": "centre", "version": "x", "path:name": "built/main.js", "path": "built/main.js"}
QUERIES = ("", "?lon=102.31415926&lat=40.27182818", "?lang=en&theme=sun&strange=1", "?f=html")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    ledger = town.build(tmp_path_factory.mktemp("headers") / "town.sqlite")
    made = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    made.testing = False
    yield made
    made.extensions["live"].close()


def addresses(app: Flask) -> list[tuple[str, str]]:
    filled = []
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:(\w+):)?(\w+)>", lambda part: FILLED.get(part[2], "1"), rule.rule)
        address = address.replace("/ogc/collections/centre", "/ogc/collections/stations")
        filled += [(method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return filled


def ask(client: FlaskClient, method: str, address: str) -> TestResponse:
    return client.open(
        address, method=method, json={"lon": 102.31415926, "lat": 40.27182818} if method == "POST" else None
    )


def test_every_answer_carries_the_same_strict_headers(app: Flask) -> None:
    client = app.test_client()
    seen = set()
    for method, address in [*addresses(app), ("GET", "/nowhere"), ("DELETE", "/")]:
        for query in QUERIES:
            answer = ask(client, method, address + query)
            seen.add(answer.status_code)
            told = (method, address, query, answer.status_code)
            assert answer.status_code != 500, told
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'"), told
            assert "unsafe" not in policy and "http" not in policy and "*" not in policy, told  # noqa: PT018
            assert answer.headers["Referrer-Policy"] == "no-referrer", told
            assert answer.headers["X-Content-Type-Options"] == "nosniff", told
            assert "Strict-Transport-Security" not in answer.headers, told
            for cookie in answer.headers.getlist("Set-Cookie"):
                assert re.match(r"(lang=(zh|en)|theme=(sun|auto));.*SameSite=Lax", cookie), told
            answer.close()
    assert {200, 400, 404, 405} <= seen


def test_over_tls_the_site_asks_to_be_reached_so_for_ever(app: Flask) -> None:
    answer = app.test_client().get("/", base_url="https://map.example.cn")
    assert int(re.findall(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])[0]) >= 31_536_000


def test_no_position_and_no_query_is_logged_by_anyone(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client = app.test_client()
    with caplog.at_level(logging.DEBUG):
        for method, address in addresses(app):
            ask(client, method, f"{address}?lon=102.31415926&lat=40.27182818&q=somewhere+secret").close()
    assert len(caplog.records) > 20
    logged = "\n".join(record.getMessage() for record in caplog.records)
    for word in ("102.3", "40.27", "secret", "?"):
        assert word not in logged


def test_inline_scripts_and_styles_are_on_no_page(app: Flask) -> None:
    client = app.test_client()
    for _, address in addresses(app):
        answer = client.get(address)
        if answer.mimetype == "text/html":
            scripts = re.findall(r"<script\b([^>]*)>", answer.text)
            data = ("application/json", "application/ld+json")
            assert all("src=" in script or any(kind in script for kind in data) for script in scripts), address
            assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=\"|javascript:", answer.text), address
        answer.close()
