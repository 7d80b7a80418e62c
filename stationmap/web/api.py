"""What other programs ask: the nearest stations, one station, the base map, and how the server is."""

from datetime import datetime

from flask import Blueprint, Response, current_app, json, jsonify, request
from werkzeug.exceptions import NotFound as NoSuchAddress

from stationmap.finder.geojson import feature_collection
from stationmap.finder.search import find
from stationmap.web import language
from stationmap.web.assets import Asset, Assets
from stationmap.web.live import Live
from stationmap.web.query import read, values_of
from stationmap.web.station import feature, standing

blueprint = Blueprint("api", __name__)
GEOJSON = "application/geo+json"


def live() -> Live:
    """Return the watched ledger of the present app."""
    watched: Live = current_app.extensions["live"]
    return watched


def now() -> datetime:
    """Return the present instant by the clock of the present app."""
    instant: datetime = current_app.extensions["clock"]()
    return instant


@blueprint.route("/api/v1/nearest", methods=["GET", "POST"])
def nearest() -> Response:
    """Return the nearest stations as a GeoJSON FeatureCollection; what is asked is said at :func:`read`."""
    values = values_of(request)
    language.settle_from(values.get("lang"))
    query = read(values, now())
    snapshot = live().snapshot()
    collection = feature_collection(snapshot, find(snapshot, query), language.chosen())
    return _geojson(collection, cache="no-store")


@blueprint.get("/api/v1/stations/<id>")
def station(id: str) -> Response:  # noqa: A002 the name in the address
    """Return all facts of one station as a GeoJSON Feature."""
    picture = live().picture()
    known = standing(live().station(id))
    response = _geojson(feature(known, now(), picture.calendar, language.chosen()), cache="no-cache")
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/map/areas.json")
def areas() -> Response:
    """Return the areas of the base map."""
    return _layer(live().picture().basemap.areas)


@blueprint.get("/map/streets.json")
def streets() -> Response:
    """Return the streets of the base map."""
    return _layer(live().picture().basemap.streets)


@blueprint.get("/map/stations.json")
def stations() -> Response:
    """Return where stations are, as dots: no state, no names."""
    return _layer(live().picture().basemap.stations)


@blueprint.get("/healthz")
def health() -> Response:
    """Return what is served and whether the ledger can be read: 200, else 503."""
    status = live().status()
    response = jsonify(
        status="ok" if status.readable else "unreadable",
        revision=status.revision,
        stations=status.stations,
        age_s=None if status.age_s is None else round(status.age_s, 1),
    )
    response.status_code = 200 if status.readable else 503
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/static/<version>/<path:name>")
def static(version: str, name: str) -> Response:
    """Return a file of the front-end; under its present version it may be kept for a year."""
    assets: Assets = current_app.extensions["assets"]
    asset = assets.get(name)
    if asset is None:
        raise NoSuchAddress
    return asset.response(lasting=version == assets.version)


def _layer(asset: Asset) -> Response:
    return asset.response(lasting=request.args.get("v") == asset.tag)


def _geojson(body: object, *, cache: str) -> Response:
    response = Response(json.dumps(body, separators=(",", ":")), mimetype=GEOJSON)
    response.headers["Cache-Control"] = cache
    response.vary.update(("Accept-Language", "Cookie"))
    return response
