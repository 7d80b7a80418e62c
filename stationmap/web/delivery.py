"""Files and layers as they are sent: ``/static/<version>/…`` and the base map under ``/map``."""

from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import NotFound as NoSuchAddress

from stationmap.web import language
from stationmap.web.assets import Asset
from stationmap.web.live import Picture
from stationmap.web.present import assets, live
from stationmap.web.tiles import Tiles

blueprint = Blueprint("delivery", __name__)
STYLES = "built/map.css"


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


def map_settings(picture: Picture) -> dict[str, Any]:
    """Return what the map's scripts need: addresses of the base map and of the clusters, and the chosen tiles."""
    chosen: Tiles | None = current_app.extensions["basemap"]
    return {
        "areas": url_for("delivery.areas", v=picture.basemap.areas.tag),
        "streets": url_for("delivery.streets", v=picture.basemap.streets.tag),
        "clusters": url_for("clusters.clusters"),
        "revision": picture.snapshot.revision,
        "tiles": chosen.settings(language.chosen()) if chosen else None,
        "styles": [assets().url(STYLES)],
    }


def _layer(asset: Asset) -> Response:
    return asset.response(lasting=request.args.get("v") == asset.tag)
