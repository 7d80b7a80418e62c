"""What every route needs of the present app: the watched ledger, the clock, the front-end's files."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response, current_app, json

from stationmap.web.assets import Assets
from stationmap.web.live import Live

GEOJSON = "application/geo+json"


def live() -> Live:
    """Return the watched ledger of the present app."""
    watched: Live = current_app.extensions["live"]
    return watched


def now() -> datetime:
    """Return the present instant by the clock of the present app, aware."""
    instant: datetime = current_app.extensions["clock"]()
    return instant


def assets() -> Assets:
    """Return the front-end's files."""
    found: Assets = current_app.extensions["assets"]
    return found


def geojson_response(body: Mapping[str, object] | bytes, *, cache: str) -> Response:
    """Return GeoJSON, written already or not, in the caller's language; ``cache`` is its Cache-Control."""
    written = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":"))
    response = Response(written, mimetype=GEOJSON)
    response.headers["Cache-Control"] = cache
    response.vary.update(("Accept-Language", "Cookie"))
    return response
