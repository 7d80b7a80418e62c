"""One station with all its facts: ``/api/v1/stations/<id>``."""

from flask import Blueprint, Response, request

from stationmap.web import language
from stationmap.web.present import geojson_response, live, now
from stationmap.web.station import feature, standing

blueprint = Blueprint("stations", __name__)


@blueprint.get("/api/v1/stations/<id>")
def station(id: str) -> Response:  # noqa: A002 the name in the address
    """Return all facts of one station as a GeoJSON Feature."""
    picture = live().picture()
    known = standing(live().station(id))
    response = geojson_response(feature(known, now(), picture.calendar, language.chosen()), cache="no-cache")
    response.add_etag()
    response.make_conditional(request)
    return response
