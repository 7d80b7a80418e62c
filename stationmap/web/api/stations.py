"""The stations of the register: ``/api/v1/stations`` a page at a time, ``/api/v1/stations/<id>`` with all facts."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from stationmap.finder.links import navigation
from stationmap.finder.selection import select, state_told, told
from stationmap.register.handout import recorded
from stationmap.register.opendata import public
from stationmap.schema.records import Station
from stationmap.web import language
from stationmap.web.api.components import geojson, ref, refs
from stationmap.web.api.conditional import kept, minute
from stationmap.web.api.paging import collection
from stationmap.web.api.parameters import FILTERS, at, cursor, filters, limit, sealed
from stationmap.web.live import Picture
from stationmap.web.notices import closings
from stationmap.web.present import live, now
from stationmap.web.problems import Removed
from stationmap.web.stations.known import known, state_now
from stationmap.web.values import Values, flat, known_only

blueprint = Blueprint("stations", __name__)
PARAMETERS = (*FILTERS, "limit", "cursor", "lang")

PATHS: Mapping[str, Any] = {
    "/api/v1/stations": {
        "get": {
            "operationId": "stations",
            "tags": ["Read the register"],
            "summary": "Stations that have a place, ordered by id",
            "description": (
                "A page of the stations that are meant by all of the filters, with their state at the instant."
                " Follow `next` for the rest. Stations without a place stand in `/api/v1/changes` and"
                " `/api/v1/dump` only."
            ),
            "parameters": refs("need kind open_at at adcode area bbox limit cursor lang"),
            "responses": {
                "200": geojson("A page.", ref("schemas", "StationCollection")),
                "304": ref("responses", "NotModified"),
            },
        }
    },
    "/api/v1/stations/{id}": {
        "get": {
            "operationId": "station",
            "tags": ["Read the register"],
            "summary": "One station with all facts and where each comes from",
            "parameters": refs("id lang"),
            "responses": {
                "200": geojson(
                    "All facts; what is not known is left out. geometry is null when only the address is known.",
                    ref("schemas", "StationRecord"),
                ),
                "304": ref("responses", "NotModified"),
                "404": ref("responses", "NotFound"),
                "410": ref("responses", "Removed"),
            },
        }
    },
}


@blueprint.get("/api/v1/stations")
def listed() -> Response:
    """Return a page of the stations that the filters mean, ordered by id."""
    values = flat(request.args)
    known_only(values, PARAMETERS)
    instant = at(values, now())
    page = (filters(values), limit(values), cursor(values, (str,)))
    picture = live().picture()

    def make() -> Mapping[str, Any]:
        wanted, most, mark = page
        snapshot = picture.snapshot
        meant = select(snapshot, wanted, instant)
        ahead = snapshot.roll.chosen(meant, snapshot.roll.after(mark[0]) if mark else 0)
        more = sealed(snapshot.ids[int(ahead[most - 1])]) if len(ahead) > most else None
        features = told(snapshot, ahead[:most], instant, language.chosen())
        return collection(features, int(meant.sum()), more, **about(picture, values))

    return kept(picture, make, minute(instant))


def about(picture: Picture, values: Values) -> dict[str, Any]:
    """Return what a page says of the register it was read from."""
    instant = at(values, now())
    return {"revision": picture.snapshot.revision, "at": instant.isoformat(), "fictional": picture.fictional > 0}


@blueprint.get("/api/v1/stations/<id>")
def station(id: str) -> Response:  # noqa: A002 the name in the address
    """Return all facts of one station as a GeoJSON Feature."""
    known_only(flat(request.args), ("lang",))
    picture, instant = live().picture(), now()
    record = public(known(id))
    if record.removed:
        raise _removed(record)

    def make() -> Mapping[str, Any]:
        feature = recorded(record)
        spoken = language.chosen()
        position = picture.snapshot.roll.position(id)
        feature["properties"] |= (
            state_told(picture.snapshot, position, instant, spoken)
            if position is not None
            else state_now(record, instant, picture.calendar, spoken, shut=closings(picture, id))
        )
        if record.location is not None:
            place = record.location
            feature["properties"]["links"] = navigation(place.lon, place.lat, record.name)
        return feature

    return kept(picture, make, minute(instant), record.revision)


def _removed(record: Station) -> Removed:
    gone = Removed("The station {name} is no longer in the register. Look for another nearby.", name=record.name)
    removed_at = live().ask(lambda ledger: ledger.open_data.removed_at(record.id))
    feature = recorded(record)
    feature["properties"]["removed_on"] = removed_at.date().isoformat() if removed_at else None
    gone.known = feature
    return gone
