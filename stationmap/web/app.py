"""The site: settings in, a Flask app out."""

import gzip
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, current_app, g, request

from stationmap.catalogue import label, tell
from stationmap.planning.network.graph import Network
from stationmap.register.database import default_database
from stationmap.web import addresses, delivery, health, language, pages, problems, theme, worker
from stationmap.web.api import (
    bundle,
    changes,
    clusters,
    docs,
    downloads,
    limits,
    nearest,
    notices,
    openapi,
    places,
    reports,
    sharing,
    stations,
    within,
)
from stationmap.web.api.limits import Limits
from stationmap.web.api.shelf import Shelf
from stationmap.web.assets import Assets, folder, takes_gzip
from stationmap.web.desk import door as desk_door
from stationmap.web.desk import pages as desk_pages
from stationmap.web.desk import runs as desk_runs
from stationmap.web.desk.door import Door
from stationmap.web.desk.stock import Stock
from stationmap.web.desk.worker import Worker
from stationmap.web.licence import Licence
from stationmap.web.live import Live
from stationmap.web.notices import on_page
from stationmap.web.ogc import routes as ogc
from stationmap.web.present import assets, now
from stationmap.web.stations import page as station_page
from stationmap.web.stations import photos, say, sign
from stationmap.web.tiles import Tiles

access_log = logging.getLogger("stationmap.web.access")
LEAST_ZIPPED_BYTES = 1024
_ZIPPED_TYPES = ("text/html", "application/json", "application/geo+json", "application/problem+json")
_ROOMS = (
    *(pages, station_page, say, sign, photos, worker),
    *(
        nearest,
        places,
        within,
        stations,
        reports,
        notices,
        bundle,
        changes,
        downloads,
        docs,
        openapi,
        clusters,
        ogc,
        delivery,
        health,
        desk_door,
        desk_pages,
        desk_runs,
    ),
)
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}


def _policy(image_hosts: Sequence[str]) -> str:
    """Return the Content-Security-Policy: everything from our own host, images from some others too."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            " ".join(("img-src 'self'", *image_hosts)),
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the site needs to know.

    Parameters
    ----------
    database : str, Path or None
        The ledger, as :meth:`Ledger.open` takes it; None for the default one.
    clock : Callable
        Gives the present instant, aware.
    public_url : str
        Where people reach the site, such as ``https://map.example.cn``: for QR codes, signs and canonical links. ""
        takes the address that each caller used.
    names_file : str, Path or None
        Where the index of names is kept; None for ``<ledger>.names.sqlite`` beside the ledger.
    basemap : Tiles or None
        Whose tiles the map shows; None for our own vector base, with which no other host is asked.
    limits : Limits
        How often one address may ask.
    licence : Licence
        Under which the register is given away; by default nothing is granted, and who asks is sent to the publisher.
    desk : Door
        Who may enter the planner's desk; by default there is none.
    network : Network or None
        Streets, for ways on foot or by e-bike at the desk.
    """

    database: str | Path | None = None
    clock: Callable[[], datetime] = _now
    public_url: str = ""
    names_file: str | Path | None = None
    basemap: Tiles | None = None
    limits: Limits = field(default_factory=Limits)
    licence: Licence = field(default_factory=Licence)
    desk: Door = field(default_factory=Door)
    network: Network | None = None


def create_app(settings: Settings | None = None) -> Flask:
    """Return the site. Nothing is read before the first request, so that this is quick.

    ``app.extensions["live"]`` is the :class:`Live` that watches the ledger: close it when the app is done with.
    """
    settings = settings or Settings()
    app = Flask("stationmap.web", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=problems.MAX_BODY_BYTES, MAX_FORM_PARTS=200)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    watched = Live(settings.database, names_file=settings.names_file)
    app.extensions.update(live=watched, assets=Assets(folder()), clock=settings.clock)
    app.extensions["basemap"] = settings.basemap
    app.extensions["desk_door"] = settings.desk
    app.extensions["desk_stock"] = desk_stock = Stock(watched, settings.network)
    app.extensions["desk_worker"] = Worker(watched, desk_stock)
    app.extensions["policy"] = _policy(settings.basemap.hosts if settings.basemap else ())
    app.extensions["public_url"] = addresses.site_of(settings.public_url)
    for room in _ROOMS:
        app.register_blueprint(room.blueprint)
    problems.install(app)
    app.extensions.update(licence=settings.licence, shelf=Shelf())
    app.extensions["database"] = str(settings.database or default_database())
    app.before_request(_begin)
    app.after_request(_finish)
    limits.install(app, settings.limits)
    sharing.install(app)
    app.context_processor(_words)
    return app


def _words() -> dict[str, object]:
    """Return what every template may say: words in the caller's language, labels, addresses of assets."""
    spoken, files = language.chosen(), assets()
    return {
        "tell": lambda sentence, **values: tell(sentence, spoken, **values),
        "label": lambda term: label(term, spoken),
        "asset": files.url,
        "beside": lambda script: [f"built/{name}" for name in files.parts_of(script).beside],
        "standing_notices": on_page,
        "language": spoken,
        "theme": theme.chosen(),
        "html_lang": "zh-CN" if spoken == "zh" else spoken,
    }


def _begin() -> None:
    g.begun = time.perf_counter()


def _finish(response: Response) -> Response:
    """Add what every answer carries, make it small, and log it: method, path and status, never what was asked."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", current_app.extensions["policy"])
    if response.status_code < 500:
        response.date = now()  # the clock by which phones set theirs
    if response.mimetype == "text/html":
        theme.remember(response)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    _zip(response)
    took_ms = (time.perf_counter() - g.begun) * 1000 if "begun" in g else 0.0
    access_log.info("%s %s %s %.0f ms", request.method, request.path, response.status_code, took_ms)
    return response


def _zip(response: Response) -> None:
    if response.mimetype not in _ZIPPED_TYPES or "Content-Encoding" in response.headers:
        return
    if response.is_streamed or response.direct_passthrough:
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= LEAST_ZIPPED_BYTES and takes_gzip():
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
