"""The door of the planner's desk: off, open, or by token; never by the visitor's address, never from another site."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stationmap.errors import InvalidValue
from stationmap.web.app import Settings, create_app
from stationmap.web.desk.door import COOKIE, Door, guard
from tests.browser import town

WORD = "correct horse battery"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.build(tmp_path_factory.mktemp("desk") / "town.sqlite")


@pytest.fixture
def visit(file: Path) -> Iterator[Callable[[Door], FlaskClient]]:
    made = []

    def client(door: Door) -> FlaskClient:
        app = create_app(Settings(database=file, clock=lambda: town.NOON, desk=door))

        @app.route("/desk/room", methods=["GET", "POST"])
        def room() -> str:
            return "inside"

        app.before_request(lambda: guard() if _asked() == "/desk/room" else None)
        made.append(app)
        return app.test_client()

    yield client
    for app in made:
        app.extensions["live"].close()


def _asked() -> str:
    from flask import request

    return request.path


def test_by_default_there_is_no_desk(visit):
    client = visit(Door())
    assert client.get("/desk/enter").status_code == 404
    assert client.get("/desk/room").status_code == 404
    assert client.post("/desk/enter", data={"token": ""}).status_code == 404


def test_an_open_desk_lets_everyone_in_but_no_other_site(visit):
    client = visit(Door("open"))
    assert client.get("/desk/room").text == "inside"
    assert client.post("/desk/room", headers={"Sec-Fetch-Site": "same-origin"}).text == "inside"
    refused = client.post("/desk/room", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert client.get("/desk/enter").headers["Location"] == "/desk"


def test_a_token_opens_the_desk_on_this_browser_alone(visit):
    door = Door("token", WORD)
    client = visit(door)
    turned = client.get("/desk/room")
    assert (turned.status_code, turned.headers["Location"]) == (303, "/desk/enter")
    assert "口令" in client.get("/desk/enter").text
    wrong = client.post("/desk/enter", data={"token": "wrong"})
    assert wrong.status_code == 403
    assert "口令不对" in wrong.text
    right = client.post("/desk/enter", data={"token": WORD})
    assert (right.status_code, right.headers["Location"]) == (303, "/desk")
    cookie = right.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/desk", f"{COOKIE}={door.key}"))
    assert WORD not in cookie
    assert client.get("/desk/room").text == "inside"
    other = visit(Door("token", WORD))
    other.set_cookie(COOKIE, "0" * 48, path="/desk")
    assert other.get("/desk/room").status_code == 303


def test_the_form_speaks_english_and_is_not_kept(visit):
    page = visit(Door("token", WORD)).get("/desk/enter?lang=en")
    assert "Give the token" in page.text
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("mode", "token", "told"),
    [("ajar", "", "'ajar'"), ("token", "", "12 random characters"), ("token", "short", "STATIONMAP_DESK_TOKEN")],
)
def test_a_door_that_cannot_be_is_refused(mode, token, told):
    with pytest.raises(InvalidValue, match=told):
        Door(mode, token)
