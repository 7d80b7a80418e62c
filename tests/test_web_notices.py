"""Notices on pages and in the interface: who is told what, when, in which order; a shut station is closed everywhere."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stationmap.errors import NotFound
from stationmap.register.ledger import Ledger
from stationmap.web.app import Settings, create_app
from tests.browser import town

HOUR = timedelta(hours=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = town.NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    file = town.build(tmp_path_factory.mktemp("notices") / "town.sqlite")
    with Ledger.open(file) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(ledger: Ledger, clock: Clock) -> Iterator[Flask]:
    made = create_app(Settings(database=ledger.place, clock=clock))
    made.testing = False
    yield made
    made.extensions["live"].close()


@pytest.fixture
def put(ledger: Ledger) -> Iterator[Any]:
    """Put up a notice from now on for two hours; all are taken back at the end."""
    numbers = []

    def add(text: str, *, begins: timedelta = timedelta(0), lasts: timedelta = 2 * HOUR, **facts: Any) -> int:
        start = town.NOON + begins
        notice = ledger.notices.put(text, starts_at=start, ends_at=start + lasts, actor="王", **facts)
        numbers.append(notice.id)
        return notice.id

    yield add
    for number in numbers:
        ledger.notices.withdraw(number, actor="王")


def texts(client: FlaskClient, **asked: str) -> list[str]:
    response = client.get("/api/v1/notices", query_string={"lang": "zh", **asked})
    assert response.status_code == 200
    return [notice["text"] for notice in response.json["notices"]]


def test_notices_come_in_order_and_each_in_its_time(app: Flask, clock: Clock, put: Any) -> None:
    put("热", level="warning", text_en="Heat")
    put("水", begins=-HOUR, lasts=HOUR, level="info")
    put("台风", begins=HOUR, level="danger")
    put("茶", begins=-HOUR)
    client = app.test_client()
    assert texts(client) == ["热", "茶"]
    assert texts(client, lang="en") == ["Heat", "茶"]
    clock.now = town.NOON + HOUR
    assert texts(client) == ["台风", "热"]
    clock.now = town.NOON + 4 * HOUR
    assert texts(client) == []


def test_a_notice_of_a_station_stands_on_its_page_alone_and_that_of_an_area_names_it(app: Flask, put: Any) -> None:
    put("中心驿站停电", station_id="centre")
    put("西区停水", adcode="990101")
    with pytest.raises(NotFound, match="999999"):
        put("外区停水", adcode="999999")
    client = app.test_client()
    assert texts(client) == ["西区停水"]
    assert texts(client, station="centre") == ["中心驿站停电", "西区停水"]
    told = client.get("/api/v1/notices").json["notices"]
    assert [one["area"] for one in told] == ["西区"]
    assert "西区停水" in client.get("/").text
    assert "中心驿站停电" not in client.get("/").text
    assert "中心驿站停电" in client.get("/stations/centre").text
    assert "中心驿站停电" not in client.get("/stations/books").text


def test_a_hostile_notice_is_text(app: Flask, put: Any) -> None:
    put(town.HOSTILE)
    page = app.test_client().get("/").text
    assert "&lt;script&gt;document.title" in page
    assert town.HOSTILE not in page


def test_the_answer_is_small_and_kept_until_something_moves(app: Flask, clock: Clock, put: Any) -> None:
    put("热", lasts=HOUR)
    client = app.test_client()
    first = client.get("/api/v1/notices")
    assert len(first.data) < 1000
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/notices", headers=headers).status_code == 304
    clock.now = town.NOON + HOUR
    assert client.get("/api/v1/notices", headers=headers).json["notices"] == []


def test_a_strange_parameter_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/api/v1/notices?colour=red").status_code == 400
    assert client.get("/api/v1/notices", query_string={"station": "x" * 500}).status_code == 400
    assert texts(client, station="no such station") == []


def test_a_station_that_is_shut_is_closed_everywhere(app: Flask, put: Any) -> None:
    client = app.test_client()
    asked = f"/api/v1/nearest?lon={town.LON}&lat={town.LAT}&any=1&k=20"

    def state(id: str) -> str:  # noqa: A002
        (one,) = [f for f in client.get(asked).json["features"] if f["id"] == id]
        alone = client.get(f"/api/v1/stations/{id}").json["properties"]
        features = client.get(f"/ogc/collections/stations/items/{id}").json["properties"]
        assert one["properties"]["state"] == alone["state"] == features["state"]
        return str(one["properties"]["state"])

    assert [state("centre"), state("unsure"), state("drivers")] == ["open", "unknown", "open"]
    put("停电", station_id="centre", closes=True)
    put("装修", station_id="unsure", closes=True)
    put("搬迁", station_id="somewhere", closes=True)
    app.extensions["live"].close()
    shut = create_app(Settings(database=app.extensions["database"], clock=lambda: town.NOON))
    client = shut.test_client()
    assert [state("centre"), state("unsure"), state("drivers")] == ["closed", "closed", "open"]
    assert client.get("/api/v1/stations/somewhere").json["properties"]["state"] == "closed"  # it has no place
    shut.extensions["live"].close()


def test_pages_are_made_while_the_register_cannot_be_read(tmp_path: Path) -> None:
    lost = create_app(Settings(database=tmp_path / "none.sqlite"))
    lost.testing = False
    answer = lost.test_client().get("/")
    assert answer.status_code == 503
    assert 'id="notices"' in answer.text
    lost.extensions["live"].close()
