"""The finder for people: a form, and the list that answers it. It works without JavaScript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from stationmap.catalogue import fiction, label, tell
from stationmap.errors import InvalidValue
from stationmap.finder.geojson import feature_collection
from stationmap.finder.relax import without
from stationmap.finder.search import Query, find
from stationmap.schema.vocabulary import ACCESS_MODES, KINDS, SERVICES, Term
from stationmap.web import language, wording
from stationmap.web.answer import UNSURE, Place, grouped, near, summary
from stationmap.web.api.downloads import download_url
from stationmap.web.delivery import map_settings
from stationmap.web.form import COMMON, DATUMS, EXAMPLE, Form, Spot, asked, is_numbers
from stationmap.web.live import Picture
from stationmap.web.placed import Choice, named, others
from stationmap.web.present import assets, live, now

blueprint = Blueprint("pages", __name__)
SCRIPT = "main.js"
OTHERS = 20
SERVICE_GROUPS = {
    "drink": "Drinking",
    "food": "Eating",
    "climate": "Warm, cool, dry",
    "rest": "Resting",
    "wash": "Toilet and washing",
    "power": "Charging",
    "repair": "Repairs and tools",
    "health": "Health",
    "care": "Children and access",
    "culture": "Reading and leisure",
    "parking": "Parking",
    "work": "Work and orders",
    "union": "Union and advice",
}
Groups = list[tuple[str, str, str, list[dict[str, Any]]]]


@dataclass(frozen=True)
class Told:
    """An answer as the page shows it: a sentence, groups of rows, what to do without, places that may be meant.

    ``nowhere`` says that nothing within an hour's way was found; ``wants`` are services that the typed place may mean;
    ``certain``: the place has just the name that was typed, so that other places can be folded away.
    """

    summary: str = ""
    fault: str = ""
    groups: Groups = field(default_factory=list)
    without: list[tuple[str, str]] = field(default_factory=list)
    choices: Sequence[Choice] = ()
    wants: Sequence[tuple[str, str]] = ()
    nowhere: bool = False
    certain: bool = False


@blueprint.route("/", methods=["GET", "POST"])
def start() -> Response:
    """Return the finder: the form alone, or with the answer to what was posted.

    What was posted to an address of other filters is posted again to its own: Back and reload then ask the same.
    """
    given = request.form if request.method == "POST" else request.args
    form = Form.filled(given)
    if form.address != Form.filled(request.args).address:
        return cast(Response, redirect(form.address, 307, Response))
    picture = live().picture()
    told, status = Told(groups=_groups({})), 200
    if request.method == "POST" and not (form.blank and given.keys() & {"lang", "theme"}):
        try:
            form, told = _answered(picture, form)
        except InvalidValue as invalid:
            fault = tell(invalid.message, language.chosen())
            told, status = replace(told, fault=fault, wants=_wants(form)), 400
    response = make_response(_page(picture, form, told), status)
    response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return language.remember(response)


def _page(picture: Picture, form: Form, told: Told) -> str:
    return render_template(
        "find.html",
        form=form,
        told=told,
        districts=[(str(Spot(f"{d.lon},{d.lat}", d.name, area=True)), d) for d in picture.districts],
        fiction=fiction(picture.fictional, len(picture.snapshot)),
        settings=_settings(picture),
        languages=language.NAMES.items(),
        datums=[(value, tell(text, language.chosen())) for value, text in DATUMS],
        example=EXAMPLE,
        table=download_url({"need": sorted(form.needs), "kind": sorted(form.kinds)}, "xlsx"),
        common=COMMON,
        groups=_service_groups(),
        kinds=tuple(KINDS.values()),
    )


def _answered(picture: Picture, form: Form) -> tuple[Form, Told]:
    """Return the form with the position that its place stands for, and the answer around it."""
    if form.blank:
        raise InvalidValue("Say where you are first: a street, an address, a district, or longitude and latitude.")
    choices: list[Choice] = []
    certain = False
    if is_numbers(form.sought):
        form = replace(form, position=form.sought, place="", placed="")
    elif form.sought:
        choices = named(form.sought)
        if not choices:
            raise InvalidValue(
                "No place is called {name}. Write less of it, or choose a district below.", name=form.sought
            )
        spot = choices[0].spot
        certain = spot.name == form.sought and [each.spot.name for each in choices].count(spot.name) == 1
        form = replace(form, place=spot.name, placed=str(spot), position=spot.position, datum="wgs84")
    told = _answer(picture, asked(form, form.position, form.datum, now()), form.address[1:])
    parts = [_around(form), _when(form), told.summary]
    summed = " ".join(part for part in parts if part)
    return form, replace(told, summary=summed, choices=others(choices), certain=certain, wants=_wants(form))


def _wants(form: Form) -> list[tuple[str, str]]:
    """Return the services that a typed place may mean, each with the words of a button that asks for it."""
    spoken = language.chosen()
    return [
        (code, tell("Look for stations with {service}?", spoken, service=label(SERVICES[code], spoken)))
        for code in wording.meant(request.form.get("place", ""), spoken)
        if code not in form.needs
    ]


def _around(form: Form) -> str:
    spot = form.around
    if not spot:
        return ""
    sentence = "Around {place}, times count from its middle." if spot.area else "Around {place}."
    return tell(sentence, language.chosen(), place=spot.name)


def _when(form: Form) -> str:
    return tell("At {when} there.", language.chosen(), when=form.at.replace("T", " ")) if form.at else ""


def _answer(picture: Picture, query: Query, filters: str) -> Told:
    """Return the answer to a question; ``filters`` go along to the page of a station, for its way back."""
    spoken = language.chosen()
    answer = find(picture.snapshot, query)
    collection = feature_collection(picture.snapshot, answer, spoken)
    found, maybe, together = (_places(collection[name]) for name in ("features", "maybe", "together"))
    wider: list[Place] = []
    if not any(near(place) for place in found):
        anyhow = find(picture.snapshot, replace(query, any_state=True, open_now=False, k=OTHERS))
        wider = _places(feature_collection(picture.snapshot, anyhow, spoken)["features"])
    groups = grouped(found, maybe, together, wider)
    at = datetime.fromisoformat(collection["at"])
    return Told(
        nowhere=not any(near(place) for place in found),
        summary=summary(groups, any_state=query.any_state, language=spoken),
        groups=_groups(groups, at, sorted(query.needs), filters),
        without=[
            (str(way["need"]), wording.without(str(way["need"]), int(way["count"]), float(way["minutes"]), spoken))
            for way in without(picture.snapshot, query, answer.found)
        ],
    )


def _places(features: Sequence[Mapping[str, Any]]) -> list[Place]:
    return [feature["properties"] for feature in features]


def _groups(
    found: Mapping[str, list[Place]], at: datetime | None = None, needs: Sequence[str] = (), filters: str = ""
) -> Groups:
    spoken = language.chosen()
    number = 0
    groups: Groups = []
    for name, heading, note in _GROUPS:
        rows = []
        for place in found.get(name, ()):
            number += 1
            words = wording.row(place, number, at or now(), needs, spoken, unsure=name in UNSURE)
            rows.append(words | {"page": words["page"] + filters})
        groups.append((name, tell(heading, spoken), tell(note, spoken) if note else "", rows))
    return groups


_UNKNOWN = "Their hours or what they have is not known."
_GROUPS = (
    ("found", "Nearest first", ""),
    ("nearer", "Nearer, but not sure", _UNKNOWN),
    ("onward", "Sure, but farther", ""),
    ("together", "Together these have what you need", "Go to all of them: each has a part."),
    ("maybe", "Perhaps: ask first", _UNKNOWN),
    ("next", "These open next", ""),
    ("far", "More than an hour away", ""),
)


def _service_groups() -> list[tuple[str, tuple[Term, ...]]]:
    """Return the services that are not among the common ones, by group, each with its heading."""
    rest = [term for term in SERVICES.values() if term not in COMMON]
    return [
        (tell(heading, language.chosen()), tuple(term for term in rest if term.group == group))
        for group, heading in SERVICE_GROUPS.items()
    ]


def _settings(picture: Picture) -> dict[str, Any]:
    """Return what the scripts of the page need: their words, labels and addresses (``static/js/settings.js``)."""
    spoken = language.chosen()
    return {
        "language": spoken,
        "words": wording.shipped(assets().sources(SCRIPT), spoken),
        "labels": {
            "services": {code: label(term, spoken) for code, term in SERVICES.items()},
            "access": {code: label(term, spoken) for code, term in ACCESS_MODES.items()},
        },
        "common": wording.COMMON_SERVICES,
        "nearest": url_for("nearest.nearest"),
        "station": url_for("station_page.one", id=""),
        "map": map_settings(picture),
        "extent": picture.extent,
    }
