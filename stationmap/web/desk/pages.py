"""The desk's page, and what its map asks for. Without scripts the form sends itself and the same page comes back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from flask import Blueprint, Response, current_app, json, jsonify, make_response, render_template, request, url_for

from stationmap.catalogue import fiction, label, tell
from stationmap.errors import InvalidValue, NotFound
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.linking import spacing_m
from stationmap.runs.inputs import in_area
from stationmap.runs.keeping import rings
from stationmap.schema.vocabulary import KINDS, SERVICES
from stationmap.web import language, wording
from stationmap.web.assets import Asset
from stationmap.web.delivery import map_settings
from stationmap.web.desk import wording as words
from stationmap.web.desk.answering import Answer, answer, rendered
from stationmap.web.desk.door import guard
from stationmap.web.desk.form import Form
from stationmap.web.desk.stock import MOST_LOADED, MOST_PLACES, Stock, TooLong, Working
from stationmap.web.present import assets, live

SCRIPT = "desk.js"
NO_PLACES: Mapping[str, Any] = {"lon": [], "lat": [], "rings": None, "weight": [], "side_m": 0}
_MILLIONTH = 1e6
_DEEP = 3

blueprint = Blueprint("desk", __name__)
blueprint.before_request(guard)


def stock() -> Stock:
    """Return what the desk keeps at hand."""
    found: Stock = current_app.extensions["desk_stock"]
    return found


def settled() -> Form:
    """Return the form of the present request, with demand that there is.

    Raises
    ------
    InvalidValue, NotFound
        When a value cannot be, or there is no such demand.
    """
    form = Form.filled(request.values)
    known = stock().demand(form.demand)
    return form.of_demand(known.name, tuple(known.weights))


@blueprint.get("/desk")
def desk() -> Response:
    """Return the desk: the form, and the answer to what stands in it."""
    spoken = language.chosen()
    if not stock().demands():
        return _sent(render_template("desk_empty.html", languages=language.NAMES.items()))
    form, found, fault, waits, status = _usual(), None, "", False, 200
    try:
        form = settled()
        found = answer(stock(), form, spoken)
    except (Working, TooLong) as later:
        fault, waits = tell(later.message, spoken), isinstance(later, TooLong)
    except (InvalidValue, NotFound) as wrong:
        fault, status = tell(wrong.message, spoken), 404 if isinstance(wrong, NotFound) else 400
    return _sent(_page(form, found, fault, waits=waits), status)


@blueprint.get("/desk/api/answer")
def api_answer() -> Response:
    """Return the answer to a question: parts of the page, and what the map shows."""
    spoken = language.chosen()
    form = settled()
    try:
        found = answer(stock(), form, spoken)
    except (Working, TooLong) as later:
        body = {"later": tell(later.message, spoken), "wait": isinstance(later, Working)}
        return _uncached(make_response(jsonify(body), 202))
    parts: dict[str, Any] = {**rendered(found, form, spoken), **found.shown, **_links(form)}
    parts["changes"] = render_template("_desk_changes.html", form=form, changes=_changes(form))
    return _uncached(jsonify(parts))


@blueprint.get("/desk/api/places")
def api_places() -> Response:
    """Return where the demand is, in millionths of a degree, cells with their corners; nothing where it is too much."""
    form = settled()

    def make() -> Asset:
        demand = in_area(stock().inputs(form.demand), form.area).demand
        alone = replace(demand, weights={form.weight: demand.weight(form.weight)}, hourly={})
        return _asset(places(alone, None if demand.cells is None else rings(demand.cells)))

    made = stock().answer(("places", form.demand, form.weight, form.area), make)
    return _private(made.response(lasting=False))


@blueprint.get("/desk/api/stations")
def api_stations() -> Response:
    """Return the stations that take part, in the order of the answers' digits."""
    form = settled()
    supply = stock().inputs(form.demand).supply
    told = {
        "id": supply.ids.tolist(),
        "name": supply.names.tolist(),
        "lon": supply.lon.tolist(),
        "lat": supply.lat.tolist(),
    }
    return _private(stock().answer(("stations",), lambda: _asset(told)).response(lasting=False))


def places(demand: Demand, corners: list[list[int]] | None) -> dict[str, Any]:
    """Return the places of demand as the map draws them: nothing where they are too many."""
    if len(demand) > MOST_PLACES:
        return dict(NO_PLACES)
    flat = {name: np.rint(getattr(demand, name) * _MILLIONTH).astype(np.int64).tolist() for name in ("lon", "lat")}
    weight = next(iter(demand.weights.values())).round(2).tolist()
    return {**flat, "rings": corners, "weight": weight, "side_m": 0 if corners else round(spacing_m(demand))}


def settings(script: str, **more: Any) -> dict[str, Any]:
    """Return what the scripts of a desk page need: words, labels, addresses."""
    spoken, picture = language.chosen(), live().picture()
    return {
        "language": spoken,
        "words": wording.shipped(assets().sources(script), spoken),
        "labels": {"services": {code: label(term, spoken) for code, term in SERVICES.items()}, "access": {}},
        "common": wording.COMMON_SERVICES,
        "station": url_for("station_page.one", id=""),
        "map": map_settings(picture),
        "extent": picture.extent,
        **more,
    }


def _page(form: Form, found: Answer | None, fault: str, *, waits: bool) -> str:
    spoken, picture = language.chosen(), live().picture()
    shown = rendered(found, form, spoken) if found is not None else {"head": "", "html": "", "title": ""}
    return render_template(
        "desk.html",
        form=form,
        **choices(form),
        shown=shown,
        fault=fault,
        waits=waits,
        legend=[(reason.value, words.LEGEND[reason]) for reason in words.LEGEND],
        versus_legend=list(enumerate(words.VERSUS_LEGEND)),
        changes=_changes(form),
        settings=settings(SCRIPT),
        languages=[(code, name) for code, name in language.NAMES.items()],
        fiction=fiction(picture.fictional, len(picture.snapshot)),
    )


def choices(form: Form) -> dict[str, Any]:
    """Return what may be chosen in the form."""
    spoken = language.chosen()
    known = stock().demand(form.demand)
    network = stock().network
    return {
        "demands": [(each.name, each.name) for each in stock().demands()],
        "weights": [(name, words.weight_words(name, spoken)) for name in known.weights],
        "areas": stock().answer(("areas", form.demand), lambda: _areas(form.demand, known.rows)),
        "kinds": list(KINDS.values()),
        "common": [SERVICES[code] for code in wording.COMMON_SERVICES],
        "others": [term for code, term in SERVICES.items() if code not in wording.COMMON_SERVICES],
        "ways": [
            ("air", tell("In a straight line", spoken), True),
            ("walk", tell("On foot along streets", spoken), network is not None and network.mode == "walk"),
            ("ride", tell("By e-bike along streets", spoken), network is not None and network.mode == "ride"),
        ],
        "streets": network is not None,
        "hour_words": _hour_words(form.hour),
        "vs_hour_words": _hour_words(form.vs_hour),
    }


def _hour_words(hour: str) -> str:
    return (
        words.hour_words(int(hour), language.chosen())
        if hour.isascii() and hour.isdecimal() and int(hour) < 168
        else ""
    )


def _areas(demand: str, rows: int) -> list[tuple[str, str]]:
    """Return the areas that have any demand, each indented under the one above it, three levels at most."""
    inputs = stock().inputs(demand) if rows <= MOST_LOADED else None
    if inputs is None or inputs.areas is None:
        return []
    paths = {}
    for adcode in np.unique(inputs.demand.adcode.astype(np.str_)).tolist():
        try:
            path = inputs.areas.path(adcode) if adcode else ()
        except NotFound:
            continue
        for depth, area in enumerate(path[:_DEEP]):
            paths[tuple(up.adcode for up in path[: depth + 1])] = area
    return [
        (area.adcode, "\u3000" * (len(path) - 1) + area.name)
        for path, area in sorted(paths.items(), key=lambda each: each[0])
    ]


def _changes(form: Form) -> list[str]:
    changes = form.changed
    if not changes:
        return []
    supply = stock().inputs(form.demand).supply
    names = dict(zip(supply.ids.tolist(), supply.names.tolist(), strict=True))
    return words.changes_words(changes, names, language.chosen())


def _links(form: Form) -> dict[str, str]:
    """Return where the map finds places and stations."""
    return {
        "places_at": url_for("desk.api_places", demand=form.demand, weight=form.weight, area=form.area or None),
        "stations_at": url_for("desk.api_stations", demand=form.demand),
    }


def _usual() -> Form:
    known = stock().demand("")
    return Form().of_demand(known.name, tuple(known.weights))


def _asset(told: Mapping[str, Any]) -> Asset:
    return Asset.of(json.dumps(told, separators=(",", ":")).encode(), "application/json")


def _sent(page: str, status: int = 200) -> Response:
    return language.remember(_uncached(make_response(page, status)))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    return response
