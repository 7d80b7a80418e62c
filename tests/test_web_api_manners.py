"""How the interface behaves to whoever asks: what he has is not sent again, any page may read it, nobody takes it all."""

import gzip
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from stationmap.register.ledger import Ledger
from stationmap.web.api import limits as limiting
from stationmap.web.api.limits import Buckets, Limits, Rate
from stationmap.web.app import Settings, create_app
from tests.browser import town

STRANGER = {"REMOTE_ADDR": "203.0.113.7"}
KEPT = [
    "/api/v1/stations",
    "/api/v1/stations?need=toilet&limit=2",
    "/api/v1/stations/centre",
    "/api/v1/within?lon=102.3&lat=40.3",
    "/api/v1/changes?since=0",
    "/api/v1/openapi.json",
]


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = town.NOON

    def __call__(self) -> Any:
        return self.now


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.build(tmp_path_factory.mktemp("manners") / "town.sqlite")


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def app(ledger: Path, clock: Clock) -> Iterator[Flask]:
    few = Limits(open=Rate(5, 60), heavy=Rate(2, 60), said=Rate(1, 60))
    made = create_app(Settings(database=ledger, clock=clock, limits=few))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", KEPT)
def test_what_the_caller_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert {"Accept-Language", "Accept-Encoding"} <= set(again.headers["Vary"].replace(" ", "").split(","))
    other = client.get(path, headers={"If-None-Match": '"another", W/"one"'})
    assert other.status_code == 200


def test_a_tag_changes_with_language_minute_and_question(client: FlaskClient, clock: Clock) -> None:
    path = "/api/v1/stations"
    first = client.get(path, headers={"Accept-Language": "zh"}).headers["ETag"]
    tags = {
        first,
        client.get(path, headers={"Accept-Language": "en"}).headers["ETag"],
        client.get(f"{path}?limit=3").headers["ETag"],
        client.get(f"{path}?limit=4").headers["ETag"],
    }
    try:
        clock.now = town.NOON + timedelta(seconds=59)
        assert client.get(path, headers={"Accept-Language": "zh"}).headers["ETag"] == first
        clock.now = town.NOON + timedelta(seconds=60)
        tags.add(client.get(path, headers={"Accept-Language": "zh"}).headers["ETag"])
    finally:
        clock.now = town.NOON
    assert len(tags) == 5


def test_another_ledger_of_as_many_revisions_is_another(ledger: Path, tmp_path: Path) -> None:
    tags = []
    for file in (ledger, town.build(tmp_path / "other.sqlite")):
        app = create_app(Settings(database=file, clock=lambda: town.NOON))
        tags.append(app.test_client().get("/api/v1/stations").headers["ETag"])
        app.extensions["live"].close()
    assert tags[0].split("-")[0] == tags[1].split("-")[0]
    assert tags[0] != tags[1]


@pytest.mark.parametrize("path", [*KEPT, "/api/v1/nearest?lon=102.3&lat=40.3"])
def test_answers_are_small_for_those_who_take_gzip_and_head_has_no_body(client: FlaskClient, path: str) -> None:
    plain = client.get(path).data
    zipped = client.get(path, headers={"Accept-Encoding": "gzip"})
    if len(plain) >= 1024:
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.data) == plain
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(plain)


OPEN = [
    ("GET", "/api/v1/stations"),
    ("HEAD", "/api/v1/stations/centre"),
    ("GET", "/api/v1/nearest?lon=102.3&lat=40.3"),
    ("GET", "/api/v1/nowhere"),
    ("GET", "/api/v1/stations?limit=0"),
    ("GET", "/ogc"),
]


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_any_page_may_read_what_is_open(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method, headers={"Origin": "https://city.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]


def test_any_page_may_post_a_question(client: FlaskClient) -> None:
    asked = {"Origin": "https://city.example", "Access-Control-Request-Method": "POST"}
    for name in ("nearest", "within"):
        leave = client.options(f"/api/v1/{name}", headers=asked)
        assert leave.status_code == 200
        assert "POST" in leave.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in leave.headers["Access-Control-Allow-Headers"]
        answer = client.post(f"/api/v1/{name}", json={"lon": 102.3, "lat": 40.3})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/api/v1/stations/centre/reports", "/api/v1/stations/centre/confirmations"])
def test_no_other_page_may_say_something(client: FlaskClient, path: str) -> None:
    for method in ("OPTIONS", "POST", "GET"):
        answer = client.open(path, method=method, headers={"Origin": "https://city.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def test_what_cannot_be_given_is_a_problem_with_its_status(client: FlaskClient) -> None:
    answers = [
        (client.get("/api/v1/stations", headers={"Accept": "text/csv"}), 406, "The answer is not made in that form"),
        (client.get("/api/v1/stations?area=" + "x" * 9000), 414, "The address is too long"),
        (client.delete("/api/v1/stations"), 405, "This address does not take that method"),
        (client.put("/api/v1/changes"), 405, "This address does not take that method"),
        (client.post("/api/v1/within", data="lon=1"), 415, "The request is not JSON"),
        (client.post("/api/v1/within", json={"area": "x" * 70_000}), 413, "The request is too large"),
    ]
    for _, status, title in answers:
        told = [answer for answer, expected, _ in answers if expected == status]
        assert all(answer.status_code == status and answer.mimetype == "application/problem+json" for answer in told)
        for answer in told:
            assert set(answer.json) == {"type", "title", "status", "detail", "instance"}
            assert answer.json["status"] == status
        assert title
    english = client.get("/api/v1/stations", headers={"Accept": "text/csv", "Accept-Language": "en"})
    assert english.json["title"] == "The answer is not made in that form"
    assert set(client.delete("/api/v1/stations").headers["Allow"].replace(" ", "").split(",")) == {
        "GET",
        "HEAD",
        "OPTIONS",
    }
    for accepted in ("application/geo+json", "application/*", "text/html, */*;q=0.1", ""):
        assert client.get("/api/v1/stations", headers={"Accept": accepted}).status_code == 200


def test_who_asks_too_much_is_told_when_to_come_back(client: FlaskClient) -> None:
    address = {"REMOTE_ADDR": "203.0.113.50"}
    left = []
    for _ in range(5):
        answer = client.get("/api/v1/stations?limit=1", environ_base=address)
        assert answer.status_code == 200
        assert answer.headers["RateLimit-Policy"] == '"open";q=5;w=60'
        left.append(answer.headers["RateLimit"].split(";")[1])
    assert left == ["r=4", "r=3", "r=2", "r=1", "r=0"]
    refused = client.get("/api/v1/stations?limit=1&lang=en", environ_base=address)
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 1 <= int(refused.headers["Retry-After"]) <= 12
    assert refused.json["type"] == "urn:stationmap:problem:too-fast"
    assert "/api/v1/dump" in refused.json["detail"]
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/api/v1/stations", environ_base={"REMOTE_ADDR": "203.0.113.51"}).status_code == 200


def test_heavy_files_have_a_bucket_of_their_own(client: FlaskClient) -> None:
    address = {"REMOTE_ADDR": "203.0.113.60"}
    statuses = [client.head("/api/v1/dump", environ_base=address).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.get("/api/v1/stations", environ_base=address).status_code == 200
    assert client.get("/", environ_base=address).status_code == 200


def test_a_carrier_of_ipv6_has_one_bucket_a_house_and_the_machine_itself_none(client: FlaskClient) -> None:
    for number in range(5):
        assert client.get("/api/v1/stations", environ_base={"REMOTE_ADDR": f"2001:db8::{number}"}).status_code == 200
    assert client.get("/api/v1/stations", environ_base={"REMOTE_ADDR": "2001:db8::ffff"}).status_code == 429
    assert client.get("/api/v1/stations", environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"}).status_code == 200
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", ""):
        answers = [client.get("/api/v1/stations", environ_base={"REMOTE_ADDR": address}) for _ in range(7)]
        assert {answer.status_code for answer in answers} == {200}
        assert "RateLimit" not in answers[0].headers


def test_no_limit_is_no_limit(ledger: Path) -> None:
    free = Settings(database=ledger, limits=replace(Limits(), open=Rate(0, 60)))
    app = create_app(free)
    try:
        client = app.test_client()
        answers = [client.get("/api/v1/stations", environ_base=STRANGER) for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200}
    finally:
        app.extensions["live"].close()


@given(st.integers(1, 20), st.lists(st.floats(0, 30), max_size=80))
def test_a_bucket_never_gives_more_than_its_quota_in_a_window(quota: int, waits: list[float]) -> None:
    now = 0.0
    buckets = Buckets(Rate(quota, 60), clock=lambda: now)
    taken: list[float] = []
    for wait in waits:
        now += wait
        left, wait_s = buckets.take(b"a")
        if wait_s == 0:
            taken.append(now)
            assert 0 <= left < quota
        else:
            assert 0 < wait_s <= 60 / quota + 1e-6
            now += wait_s
            assert buckets.take(b"a")[1] == 0
            taken.append(now)
    for end in taken:  # full at first, then one a step: never more than twice the quota in a window
        assert sum(end - 60 < moment <= end for moment in taken) <= 2 * quota


def test_buckets_are_bounded_and_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "MOST_CALLERS", 100)
    buckets = Buckets(Rate(10, 60))
    for number in range(1000):
        buckets.take(number.to_bytes(8))
    assert len(buckets) == 100
    begun = time.perf_counter()
    for _ in range(10_000):
        buckets.take(b"a")
    assert (time.perf_counter() - begun) / 10_000 < 50e-6


def test_no_query_stands_in_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.get("/api/v1/within?lon=102.34567&lat=40.3")
        client.get("/api/v1/within?lon=102.34567&lat=95")
        client.post("/api/v1/within", json={"lon": 102.34567, "lat": 40.3})
        client.get("/api/v1/nearest?lon=102.34567&lat=40.3", environ_base=STRANGER)
    assert "GET /api/v1/within 200" in caplog.text
    assert "102.34567" not in caplog.text
    assert "203.0.113.7" not in caplog.text


def test_a_posted_answer_is_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.post("/api/v1/within", json={"lon": 102.3, "lat": 40.3})
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/nearest?lon=1&lat=1").headers["Cache-Control"] == "no-store"


def test_the_register_that_moves_is_told_anew(tmp_path: Path) -> None:
    file = town.build(tmp_path / "town.sqlite")
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        client = app.test_client()
        tag = client.get("/api/v1/stations").headers["ETag"]
        with Ledger.open(file) as ledger:
            ledger.remove(["centre"], actor="小王", reason="拆")
        for _ in range(200):
            answer = client.get("/api/v1/stations", headers={"If-None-Match": tag})
            if answer.status_code == 200:
                break
            time.sleep(0.05)
        assert "centre" not in {feature["id"] for feature in answer.json["features"]}
    finally:
        app.extensions["live"].close()
