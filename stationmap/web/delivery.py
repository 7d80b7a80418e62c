"""Files and layers as they are sent: ``/static/<version>/…`` and the base map under ``/map``."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound as NoSuchAddress

from stationmap.web.assets import Asset
from stationmap.web.present import assets, live

blueprint = Blueprint("delivery", __name__)


@blueprint.get("/static/<version>/<path:name>")
def static(version: str, name: str) -> Response:
    """Return a file of the front-end; under its present version it may be kept for a year."""
    asset = assets().get(name)
    if asset is None:
        raise NoSuchAddress
    return asset.response(lasting=version == assets().version)


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


def _layer(asset: Asset) -> Response:
    return asset.response(lasting=request.args.get("v") == asset.tag)
