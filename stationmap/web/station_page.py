"""The page of one station; it works without JavaScript, and is kept when the station is no longer there."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request

from stationmap.finder.links import navigation
from stationmap.schema.records import Station
from stationmap.schema.vocabulary import ACCESS_MODES, HOST_TYPES, KINDS
from stationmap.web import language, station, wording
from stationmap.web.live import Picture
from stationmap.web.present import live, now

blueprint = Blueprint("station_page", __name__)


@blueprint.get("/stations/<id>")
def one(id: str) -> Response:  # noqa: A002 the name in the address
    """Return the page of one station; of a removed one with status 410."""
    spoken = language.chosen()
    picture = live().picture()
    known = live().station(id)
    gone = known.removed
    if not gone:
        station.standing(known)
    page = render_template("station.html", languages=language.NAMES.items(), **_page(known, picture, spoken))
    response = make_response(page, 410 if gone else 200)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return language.remember(response)


def _page(known: Station, picture: Picture, spoken: str) -> dict[str, Any]:
    """Return what the page of a station shows."""
    at = now()
    zone = ZoneInfo(known.timezone)
    state = station.state_now(known, at, picture.calendar, spoken)
    location = known.location
    return {
        "station": known,
        "fictional": known.fictional,
        "look": wording.look(state, at),
        "state": state,
        "kinds": station.terms(known.kinds, KINDS, spoken),
        "access": station.terms(known.access, ACCESS_MODES, spoken),
        "host": station.terms((known.host_type,), HOST_TYPES, spoken) if known.host_type else "",
        "week": station.week(known, at, picture.calendar, spoken),
        "services": station.service_lines(known, at.astimezone(zone).date(), spoken),
        "source": lambda provenance: station.source_words(provenance, known.provenance, spoken),
        "origin": station.source_words(known.provenance, None, spoken),
        "links": navigation(location.lon, location.lat, known.name) if location else {},
        "back": _back(request.referrer or ""),
    }


def _back(referrer: str) -> str:
    """Return the address of the list that the caller came from, with its filters, else of the bare finder."""
    try:
        came = urlsplit(referrer)
    except ValueError:  # an address that is none
        return "/"
    if came.netloc != request.host or came.path != "/":
        return "/"
    kept = [(name, value) for name, value in parse_qsl(came.query) if name in _FILTERS]
    return f"/?{urlencode(kept)}" if kept else "/"


_FILTERS = ("need", "kind", "any", "mode")
