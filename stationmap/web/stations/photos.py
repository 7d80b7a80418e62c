"""The published photos of stations: ``/stations/<id>/photos/<number>.jpg``, from our own host, never enlarged."""

from flask import Blueprint, Response, request

from stationmap.errors import NotFound
from stationmap.web.present import live
from stationmap.web.stations.known import known

blueprint = Blueprint("photos", __name__)
_KEPT_S = 3600


@blueprint.get("/stations/<id>/photos/<int:number>.jpg")
def photo(id: str, number: int) -> Response:  # noqa: A002 the name in the address
    """Return one photo of a station; one that was taken down is gone from phones within an hour."""
    station = known(id)
    if not any(one.id == number for one in live().ask(lambda ledger: ledger.photos.of(station.id))):
        raise NotFound("There is no photo with the number {id}.", id=number)
    response = Response(live().ask(lambda ledger: ledger.photos.jpeg(number)), mimetype="image/jpeg")
    response.headers["Cache-Control"] = f"public, max-age={_KEPT_S}"
    response.add_etag()
    response.make_conditional(request)
    return response
