"""The pages for workers: the finder and one station. Both work without JavaScript."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from stationmap.catalogue import label, tell
from stationmap.errors import InvalidValue
from stationmap.finder.geojson import feature_collection
from stationmap.finder.search import Query, find
from stationmap.schema.vocabulary import ACCESS_MODES, KINDS, SERVICES, Term
from stationmap.web import language, wording
from stationmap.web.answer import UNSURE, Place, grouped, near, summary
from stationmap.web.delivery import map_settings
from stationmap.web.live import Picture
from stationmap.web.present import assets, live, now
from stationmap.web.query import read

blueprint = Blueprint("pages", __name__)
SCRIPT = "main.js"
ROWS = 8
OTHERS = 20
EXAMPLE = "113.665,34.752"
DATUMS = (
    ("wgs84", "GPS, phone (WGS 84)"),
    ("gcj02", "Amap, Tencent, WeChat (GCJ-02)"),
    ("bd09", "Baidu (BD-09)"),
)
COMMON = tuple(SERVICES[code] for code in wording.COMMON_SERVICES[:6])
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


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form: as it came, whether or not it can be answered."""

    position: str
    datum: str
    needs: frozenset[str]
    kinds: frozenset[str]
    any_state: bool
    mode: str

    @property
    def rare(self) -> int:
        """How many chosen filters the folded part of the form holds."""
        return len(self.kinds) + len(self.needs - {term.code for term in COMMON})


@blueprint.route("/", methods=["GET", "POST"])
def start() -> Response:
    """Return the finder: the form alone, or with the answer to what was posted."""
    given = request.form if request.method == "POST" else request.args
    form = _form(given)
    picture = live().picture()
    answer: Sequence[tuple[str, str, str, list[dict[str, Any]]]] = _groups({})
    fault = told = ""
    status = 200
    asked = request.method == "POST" and (form.position or "lang" not in given)
    if asked:
        try:
            answer, told = _answer(picture, _query(form))
        except InvalidValue as invalid:
            fault, status = tell(invalid.message, language.chosen()), 400
    page = render_template(
        "find.html",
        form=form,
        fault=fault,
        summary=told,
        answer=answer,
        fictional=picture.fictional,
        settings=_settings(picture),
        languages=language.NAMES.items(),
        datums=[(value, tell(text, language.chosen())) for value, text in DATUMS],
        example=EXAMPLE,
        common=COMMON,
        groups=_service_groups(),
        kinds=tuple(KINDS.values()),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    return language.remember(response)


def _form(given: MultiDict[str, str]) -> Form:
    """Return the form as it was filled; a choice that is none is left out, coordinates stay as typed."""
    datum = given.get("datum", "")
    return Form(
        position=given.get("position", "").strip()[:80],
        datum=datum if datum in dict(DATUMS) else "wgs84",
        needs=frozenset(code for code in given.getlist("need") if code in SERVICES),
        kinds=frozenset(code for code in given.getlist("kind") if code in KINDS),
        any_state=given.get("any") == "1",
        mode="ride" if given.get("mode") == "ride" else "walk",
    )


def _query(form: Form) -> Query:
    if not form.position:
        raise InvalidValue("Type your longitude and latitude first, such as {example}.", example=EXAMPLE)
    parts = _SEPARATORS.sub(" ", form.position).split()
    if len(parts) != 2:
        raise InvalidValue("Write longitude and latitude with a comma between, such as {example}.", example=EXAMPLE)
    lon, lat = parts
    values = {"lon": lon, "lat": lat, "datum": form.datum, "mode": form.mode, "any": form.any_state, "k": ROWS}
    return read({**values, "need": sorted(form.needs), "kind": sorted(form.kinds)}, now())


Groups = list[tuple[str, str, str, list[dict[str, Any]]]]


def _answer(picture: Picture, query: Query) -> tuple[Groups, str]:
    """Return the groups of the answer and the sentence over them."""
    spoken = language.chosen()
    collection = feature_collection(picture.snapshot, find(picture.snapshot, query), spoken)
    found, maybe, together = (_places(collection[name]) for name in ("features", "maybe", "together"))
    others: list[Place] = []
    if not any(near(place) for place in found):
        wider = find(picture.snapshot, replace(query, any_state=True, k=OTHERS))
        others = _places(feature_collection(picture.snapshot, wider, spoken)["features"])
    groups = grouped(found, maybe, together, others)
    at = datetime.fromisoformat(collection["at"])
    return _groups(groups, at, sorted(query.needs)), summary(groups, any_state=query.any_state, language=spoken)


def _places(features: Sequence[Mapping[str, Any]]) -> list[Place]:
    return [feature["properties"] for feature in features]


def _groups(found: Mapping[str, list[Place]], at: datetime | None = None, needs: Sequence[str] = ()) -> Groups:
    spoken = language.chosen()
    number = 0
    groups: Groups = []
    for name, heading, note in _GROUPS:
        rows = []
        for place in found.get(name, ()):
            number += 1
            rows.append(wording.row(place, number, at or now(), needs, spoken, unsure=name in UNSURE))
        groups.append((name, tell(heading, spoken), tell(note, spoken) if note else "", rows))
    return groups


_SEPARATORS = re.compile(r"[\s,，、;；]+")
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
