"""The page of one station; it works without JavaScript, and is kept when the station is no longer there."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request

from stationmap.errors import NotFound
from stationmap.finder.links import navigation
from stationmap.geo.datum import wgs84_to_gcj02
from stationmap.register.desk.confirmations import Confirmed
from stationmap.register.desk.events import Event
from stationmap.register.desk.notices import Notice
from stationmap.register.desk.photos import Photo
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Basis, Station
from stationmap.schema.vocabulary import ACCESS_MODES, BUILD_MODES, HOST_TYPES, KINDS
from stationmap.web import language, wording
from stationmap.web.addresses import FROM_SIGN, station_address
from stationmap.web.live import Picture
from stationmap.web.notices import closings
from stationmap.web.present import live, now
from stationmap.web.stations import facts, programme, say, structured
from stationmap.web.stations import known as station
from stationmap.web.stations.week import EXCEPTIONS_AHEAD, Diary

blueprint = Blueprint("station_page", __name__)
SCRIPT = "station.js"
_SOON = timedelta(days=EXCEPTIONS_AHEAD)


@dataclass(frozen=True, slots=True)
class Around:
    """What the ledger holds beside the record: what workers confirm, events, photos, the head station."""

    confirmed: Confirmed
    events: Sequence[Event]
    photos: Sequence[Photo]
    parent: Station | None


@blueprint.get("/stations/<id>")
def one(id: str) -> Response:  # noqa: A002 the name in the address
    """Return the page of one station; of a removed one with status 410."""
    spoken = language.chosen()
    picture = live().picture()
    known = station.known(id)
    at = now().astimezone(ZoneInfo(known.timezone))
    around = live().ask(lambda ledger: _around(ledger, known, at.date()))
    page = render_template(
        "station.html",
        languages=language.NAMES.items(),
        settings=say.settings(SCRIPT),
        **_page(known, around, picture, at, spoken),
        **_ways(known),
        **_asked(),
    )
    response = make_response(page, 410 if known.removed else 200)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return language.remember(response)


def _around(ledger: Ledger, known: Station, today: date) -> Around:
    return Around(
        confirmed=ledger.confirmations.of(known.id, today=today),
        events=ledger.events.of(known.id),
        photos=ledger.photos.of(known.id),
        parent=_parent(ledger, known),
    )


def _parent(ledger: Ledger, known: Station) -> Station | None:
    """Return the head station of a branch; None where there is none, or none that has a page."""
    if not known.parent_id or known.parent_id == known.id:
        return None
    try:
        found = ledger.station(known.parent_id)
    except NotFound:
        return None
    return None if found.provenance.basis is Basis.GENERATED else found


def _page(known: Station, around: Around, picture: Picture, at: datetime, spoken: str) -> dict[str, Any]:
    """Return what the page says of a station."""
    calendar, today = picture.calendar, at.date()
    notices = [notice for notice in picture.notices if notice.station_id == known.id and notice.ends_at > at]
    shut = closings(picture, known.id)
    state = station.state_now(known, at, calendar, spoken, shut=shut)
    diary = Diary(station.timetable(known, calendar, shut=shut), today, spoken)
    confirmed = around.confirmed
    return {
        "station": known,
        "fictional": known.fictional,
        "state": state,
        "look": wording.look(state, at),
        "station_of_page": known.id,
        "coming": [_words(notice, spoken) for notice in notices if at < notice.starts_at <= at + _SOON],
        "trust": facts.trust(known, confirmed.last, confirmed.times_90_days, today, spoken),
        "kinds": facts.terms(known.kinds, KINDS, spoken),
        "dials": facts.dialled(known.phone),
        "access": facts.terms(known.access, ACCESS_MODES, spoken),
        "host": facts.terms((known.host_type,), HOST_TYPES, spoken) if known.host_type else "",
        "build": facts.terms((known.build_mode,), BUILD_MODES, spoken) if known.build_mode else "",
        "week": diary.week(),
        "exceptions": diary.exceptions(),
        "services": facts.service_lines(known, at, today, calendar, spoken),
        "events": programme.ahead(around.events, at, known.timezone, calendar, spoken),
        "photos": around.photos,
        "parent": around.parent,
        "source": lambda provenance: facts.source_words(provenance, known.provenance, today, spoken),
        "origin": facts.source_words(known.provenance, None, today, spoken),
        "structured": None if known.removed else _structured(known, diary, spoken),
    }


def _structured(known: Station, diary: Diary, spoken: str) -> dict[str, Any]:
    return structured.place(known, station_address(known.id), diary.spans, diary.today, spoken)


def _words(notice: Notice, spoken: str) -> str:
    return notice.text_en if spoken == "en" and notice.text_en else notice.text


def _ways(known: Station) -> dict[str, Any]:
    """Return what leads to a station: links into map apps, and what is copied where none works, each in its datum."""
    place = known.location
    if place is None:
        return {"links": {}, "copies": {}, "position": ""}
    shifted_lon, shifted_lat = (float(part) for part in wgs84_to_gcj02(place.lon, place.lat))
    copies = {"gcj02": f"{shifted_lon:.6f},{shifted_lat:.6f}", "wgs84": f"{place.lon:.6f},{place.lat:.6f}"}
    return {
        "links": navigation(place.lon, place.lat, known.name),
        "copies": copies,
        "position": f"{place.lon:.6f},{place.lat:.6f}",
    }


def _asked() -> dict[str, Any]:
    """Return what the caller's way here means for the page: from the sign, from the list, after a tap."""
    filters = _filters(request.args.items(multi=True)) or _came_with(request.referrer or "")
    return {
        "canonical": station_address(str((request.view_args or {})["id"])),
        "from_sign": request.args.get("from") == FROM_SIGN,
        "thanked": request.args.get("said") == "right",
        "token": secrets.token_urlsafe(12),
        "back": f"/?{filters}" if filters else "/",
        "kept": _filters(request.args.items(multi=True)),
    }


def _filters(query: Iterable[tuple[str, str]]) -> str:
    """Return the finder's filters among the parameters of an address, as a query."""
    return urlencode([(name, value) for name, value in query if name in _FILTERS])


def _came_with(referrer: str) -> str:
    """Return the filters of the list that the caller came from, where his browser tells it; "" when it was none."""
    try:
        came = urlsplit(referrer)
    except ValueError:  # an address that is none
        return ""
    return _filters(parse_qsl(came.query)) if came.netloc == request.host and came.path == "/" else ""


_FILTERS = ("need", "kind", "any", "open", "at", "mode", "view")
