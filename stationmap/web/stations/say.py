"""The pages on which a worker says something of a station: "still right" in one tap, or what is wrong, with a photo.

They work without JavaScript; with it the same is sent in the background, and kept on the phone while there is no line.
Whatever goes wrong, the words stand in the form again.
"""

import secrets
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from stationmap.catalogue import label, tell
from stationmap.errors import LedgerUnavailable, StationmapError
from stationmap.register.desk.reports import MOST_CHARACTERS, ReportKind
from stationmap.schema.records import Answer, Station
from stationmap.schema.vocabulary import SERVICES
from stationmap.web import language, wording
from stationmap.web.addresses import FROM_SIGN
from stationmap.web.api.limits import TooFast
from stationmap.web.present import assets, live
from stationmap.web.problems import problem, respond
from stationmap.web.stations import said
from stationmap.web.stations.facts import dialled, told_answer
from stationmap.web.stations.known import known
from stationmap.web.stations.said import Said

blueprint = Blueprint("say", __name__)
blueprint.teardown_request(said.let_photos_go)
SCRIPT = "say.js"
TRAP = "website"
"""A field that no person sees: whoever fills it is a program, and is thanked."""

KINDS = {
    ReportKind.CLOSED: "It is closed or gone",
    ReportKind.MOVED: "It has moved",
    ReportKind.SERVICE: "A service is missing or broken",
    ReportKind.HOURS: "The opening hours are wrong",
    ReportKind.OTHER: "Something else",
}


@blueprint.get("/stations/<id>/say")
def form(id: str) -> Response:  # noqa: A002 the name in the address
    """Return the form, filled with what the address says: ``what``, ``service``."""
    station = known(id)
    what, service = request.args.get("what", ""), request.args.get("service", "")
    if service in SERVICES and not what:
        what = str(ReportKind.SERVICE)
    filled = Said(
        kind=what if what in tuple(ReportKind) else str(ReportKind.OTHER) if station.removed else "",
        service=service if service in SERVICES else "",
        token=_new_token(),
    )
    return _page(station, filled)


@blueprint.post("/stations/<id>/say")
def send(id: str) -> Response:  # noqa: A002 the name in the address
    """Keep a report and go on to the thanks; at a fault the form again, as it was filled."""
    request.max_content_length = said.MAX_BODY_BYTES
    words = Said()
    try:
        words = _words()
        said.refuse_strangers()
        if request.form.get(TRAP):
            return redirect(url_for("say.thanks", id=id), 303)  # type: ignore[return-value]
        kept = said.report(id, said.token_of_content(said.from_form()))
    except (RequestEntityTooLarge, StationmapError) as fault:
        return _page(_named(id), replace(words, token=_new_token()), _told(fault), problem(fault).status)
    return redirect(url_for("say.thanks", id=id, number=kept.id), 303)  # type: ignore[return-value]


def _words() -> Said:
    """Return the words of the form, whatever becomes of its photo."""
    given = request.form
    return Said(kind=given.get("kind", ""), service=given.get("service", ""), text=given.get("text", ""))


@blueprint.errorhandler(TooFast)
def too_fast(fault: TooFast) -> Response:
    """Answer whoever sends too often: the form again, with what was written in it."""
    if request.endpoint != "say.send":
        return respond(fault)
    request.max_content_length = said.MAX_BODY_BYTES
    seconds, spoken = fault.retry_after_s, language.chosen()
    told = tell("Much was sent from your address. Your words stand below: send again in {s} s.", spoken, s=seconds)
    response = _page(_named(str((request.view_args or {})["id"])), replace(_words(), token=_new_token()), told, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.post("/stations/<id>/right")
def right(id: str) -> Response:  # noqa: A002 the name in the address
    """Count one "still right" and go back to the page of the station, which says thank you."""
    said.refuse_strangers()
    said.confirm(id, request.form.get("token", ""))
    came: dict[str, Any] = {"from": FROM_SIGN} if request.form.get("from") == FROM_SIGN else {}
    return redirect(url_for("station_page.one", id=id, said="right", **came), 303)  # type: ignore[return-value]


@blueprint.get("/stations/<id>/thanks")
def thanks(id: str) -> Response:  # noqa: A002 the name in the address
    """Return the page that says what happens next, with the number of the report."""
    number = request.args.get("number", "")
    shown = number if number.isascii() and number.isdecimal() and len(number) <= 10 else ""
    station = known(id)
    page = render_template(
        "thanks.html",
        station=station,
        number=shown,
        dials=dialled(station.phone),
        languages=language.NAMES.items(),
    )
    return _answer(page, 200)


def _told(fault: RequestEntityTooLarge | StationmapError) -> str:
    """Return what went wrong and that nothing is lost; of the server's inside nothing is told."""
    spoken = language.chosen()
    if isinstance(fault, RequestEntityTooLarge):
        limit = said.MAX_PHOTO_BYTES // 10**6
        return tell("The photo is larger than {limit} MB. Go back: your words are still there.", spoken, limit=limit)
    if isinstance(fault, LedgerUnavailable):
        return tell("It could not be kept just now. Your words stand below: send them again in a minute.", spoken)
    return problem(fault).detail


def _named(id: str) -> Station:  # noqa: A002 the name in the address
    """Return a station for the heading of the form, by its last known name where the ledger cannot be read."""
    try:
        return known(id)
    except LedgerUnavailable:
        return Station(id=id, name=_name_served(id))


def _name_served(id: str) -> str:  # noqa: A002 the name in the address
    """Return the name that the picture served has of a station, its id where it has none."""
    stations = live().snapshot().stations
    rows = stations.index[stations["id"] == id]
    return str(stations.at[rows[0], "name"]) if len(rows) else id[:60]


def _page(station: Station, filled: Said, fault: str = "", status: int = 200) -> Response:
    spoken = language.chosen()
    kinds = [ReportKind.OTHER] if station.removed else list(ReportKind)
    page = render_template(
        "say.html",
        station=station,
        fictional=station.fictional,
        filled=filled,
        fault=fault,
        kinds=[(str(kind), tell(KINDS[kind], spoken)) for kind in kinds],
        services=_services(station, spoken),
        longest=MOST_CHARACTERS,
        trap=TRAP,
        languages=language.NAMES.items(),
        settings=settings(SCRIPT),
    )
    return _answer(page, status)


def settings(script: str) -> dict[str, Any]:
    """Return what a script of these pages needs: its words in the caller's language."""
    spoken = language.chosen()
    return {"language": spoken, "words": wording.shipped(assets().sources(script), spoken)}


def _services(station: Station, spoken: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the services to choose from, the commonest first: what the register says is there, then all others."""
    there = {service.code for service in station.services if told_answer(service) is Answer.YES}
    listed = [code for code in wording.ORDERED_SERVICES if code in there]
    others = [code for code in wording.ORDERED_SERVICES if code not in listed]
    groups = (("Listed for this station", listed), ("Others", others))
    return [
        (tell(heading, spoken), [(code, label(SERVICES[code], spoken)) for code in codes])
        for heading, codes in groups
        if codes
    ]


def _answer(page: str, status: int) -> Response:
    """Return a page that no one keeps: each form has a token of its own."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Accept-Language", "Cookie"))
    if status == 503:
        response.headers["Retry-After"] = "10"
    return language.remember(response)


def _new_token() -> str:
    return secrets.token_urlsafe(12)
