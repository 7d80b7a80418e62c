"""Which language the caller reads: what he chose, else what his browser asks for, else Chinese."""

from functools import lru_cache

from flask import Request, Response, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from stationmap.catalogue import DEFAULT_LANGUAGE, LANGUAGES
from stationmap.web.values import posts_json

COOKIE = "lang"
NAMES = {"zh": "中文", "en": "English"}
_YEAR_S = 31_536_000


def chosen() -> str:
    """Return the language of the present request, ``zh`` or ``en``.

    In order: ``lang`` of the JSON body (set by :func:`settle_from`), of the form or of the query; the cookie;
    ``Accept-Language``; Chinese.
    """
    spoken: str | None = g.get("language")
    if spoken is None:
        environ = request.environ
        spoken = named(request) or ("HTTP_COOKIE" in environ and request.cookies.get(COOKIE)) or ""
        if spoken not in LANGUAGES:
            spoken = _best(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        g.language = spoken
    return spoken


def named(asked: Request) -> str:
    """Return the language that a request names itself, "" when it names none that we have."""
    try:
        written = asked.environ.get("QUERY_STRING", "")
        word = (("lang" in written or "%" in written) and asked.args.get("lang")) or ""
        if not word and asked.method == "POST" and not posts_json(asked):
            word = asked.form.get("lang", "")
    except HTTPException:  # a form too large to be read names no language
        word = ""
    return word if word in LANGUAGES else ""


def settle_from(word: object) -> None:
    """Take the language that a body names; one that we do not have is left aside, as in an address."""
    if word in LANGUAGES:
        g.language = word


def remember(response: Response) -> Response:
    """Have the browser keep a language that the caller chose himself."""
    word = named(request)
    if word:
        response.set_cookie(COOKIE, word, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@lru_cache(maxsize=1024)
def _best(accepted: str) -> str:
    """Return the language that stands first in an Accept-Language header; browsers send the same few."""
    for value, _ in parse_accept_header(accepted, LanguageAccept):  # best first
        tag = value.split("-")[0].lower()
        if tag in LANGUAGES:
            return tag
    return DEFAULT_LANGUAGE
