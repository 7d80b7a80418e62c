"""Who may enter the planner's desk: everyone, who knows the token, or nobody. The visitor's address decides nothing."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound as NoSuchPage

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue
from stationmap.web import language
from stationmap.web.stations.said import refuse_strangers

OPEN, TOKEN, OFF = "open", "token", "off"
MODES = (OPEN, TOKEN, OFF)
LEAST_TOKEN = 12
COOKIE = "desk"
_DAY_S = 86_400

blueprint = Blueprint("desk_door", __name__)


@dataclass(frozen=True, slots=True)
class Door:
    """How the desk is kept.

    Parameters
    ----------
    mode : str
        ``open``: everyone who reaches the site may plan; ``token``: who knows the token; ``off``: there is no desk.
    token : str
        At least 12 characters, for ``token`` only.

    Raises
    ------
    InvalidValue
        When the mode is none of these, or the token is missing or short.
    """

    mode: str = OFF
    token: str = ""

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise InvalidValue(
                "STATIONMAP_DESK is {value!r}. Take one of: {known}.", value=self.mode, known=tuple(MODES)
            )
        if self.mode == TOKEN and len(self.token) < LEAST_TOKEN:
            raise InvalidValue(
                "The desk needs a token. Set STATIONMAP_DESK_TOKEN to {least} random characters or more.",
                least=LEAST_TOKEN,
            )

    @property
    def key(self) -> str:
        """Return what the cookie of who knows the token holds: nobody reads the token out of it."""
        return hashlib.blake2b(b"stationmap desk", key=self.token.encode()[:64], digest_size=24).hexdigest()

    def opens(self, key: str) -> bool:
        """Tell whether a cookie is that of one who knows the token."""
        return hmac.compare_digest(self.key.encode(), key.encode("utf-8", "replace"))


def guard() -> Response | None:
    """Let a request to the desk pass, or answer it: no such page where there is no desk, else the form for the token.

    Registered before every request of the desk's rooms. What changes something must come from a page of our own.
    """
    door: Door = current_app.extensions["desk_door"]
    if door.mode == OFF:
        raise NoSuchPage
    if door.mode == TOKEN and not door.opens(request.cookies.get(COOKIE, "")):
        if request.path.startswith("/desk/api/"):
            return _form(401)
        return cast(Response, redirect(url_for("desk_door.enter"), 303))
    if request.method != "GET":
        refuse_strangers()
    return None


@blueprint.route("/desk/enter", methods=["GET", "POST"])
def enter() -> Response:
    """Return the form for the token; the right one opens the desk for a day on this browser."""
    door: Door = current_app.extensions["desk_door"]
    if door.mode == OFF:
        raise NoSuchPage
    if door.mode == OPEN:
        return cast(Response, redirect("/desk", 303))
    if request.method == "GET":
        return _form(200)
    refuse_strangers()
    given = request.form.get("token", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), door.token.encode()):
        return _form(403, tell("That is not the token. Ask whoever runs this site.", language.chosen()))
    response = cast(Response, redirect("/desk", 303))
    options: dict[str, Any] = {"max_age": _DAY_S, "path": "/desk", "samesite": "Strict", "httponly": True}
    response.set_cookie(COOKIE, door.key, secure=request.is_secure, **options)
    return response


def _form(status: int, fault: str = "") -> Response:
    page = render_template("desk_door.html", fault=fault, languages=language.NAMES.items())
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return language.remember(response)
