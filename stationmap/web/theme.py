"""The sunlight theme: larger and of the highest contrast, on every page once he asks for it, until he asks back.

It is kept in a cookie of the phone, so that a page has it before any script runs; nobody is told by it.
"""

from flask import Response, request
from werkzeug.exceptions import HTTPException

COOKIE = "theme"
SUN, AUTO = "sun", "auto"
_THEMES = (SUN, AUTO)
_YEAR_S = 31_536_000


def chosen() -> str:
    """Return ``sun``, or ``auto`` for the phone's own light or dark: as asked for now, else as kept."""
    word = _asked() or request.cookies.get(COOKIE, "")
    return SUN if word == SUN else AUTO


def remember(response: Response) -> Response:
    """Have the browser keep a theme that was asked for. Scripts set the same cookie."""
    word = _asked()
    if word:
        response.set_cookie(COOKIE, word, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure)
    return response


def _asked() -> str:
    try:
        word = request.args.get("theme") or request.form.get("theme") or ""
    except HTTPException:  # a form too large to be read asks for nothing
        word = ""
    return word if word in _THEMES else ""
