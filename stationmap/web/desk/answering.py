"""One answer of the desk, whole: for the page, and for the map as values that scripts read."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import render_template

from stationmap.catalogue import tell
from stationmap.planning.supply import Supply
from stationmap.report.charts.points import points
from stationmap.report.facts import facts
from stationmap.runs.carry import Carried
from stationmap.runs.keeping import digits
from stationmap.web.desk import wording
from stationmap.web.desk.form import Form
from stationmap.web.desk.stock import Stock, spec_key
from stationmap.web.desk.view import MOST_GAPS, View, view

GONE = "5"
"""The digit of a station that the changes close or move."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question gives: a view for people, and what the map shows.

    ``second`` is what it is compared with, None for nothing; ``compared`` are words on how the two differ.
    """

    first: View
    second: View | None
    compared: str
    shown: Mapping[str, Any]


def answer(stock: Stock, form: Form, lang: str) -> Answer:
    """Return the answer to the form; raises as :meth:`Stock.carried` and :meth:`Form.spec` do."""
    spec, versus = form.spec(), form.versus()
    key = (spec_key(spec), spec_key(versus), lang)
    return stock.answer(key, lambda: _answer(stock, form, lang))


def _answer(stock: Stock, form: Form, lang: str) -> Answer:
    begun = time.perf_counter()
    versus = form.versus()
    one = stock.carried(form.spec())
    two = stock.carried(versus) if versus is not None else None
    before = stock.inputs(form.demand).supply
    told = facts(one.found, one.inputs.demand, one.told, lang, most_gaps=MOST_GAPS)
    second_told = facts(two.found, two.inputs.demand, two.told, lang, most_gaps=0) if two is not None else None
    shown: dict[str, Any] = {
        **on_map(one, before),
        "gaps": gaps_on_map(told["gaps"]),
        "vs": digits(two.found.reasons) if two is not None else None,
        "revision": one.told["revision"],
        "demand": one.told["demand_sha256"],
        "took_ms": round((time.perf_counter() - begun) * 1000),
    }
    return Answer(
        view(told, points(one.found), lang, one.notes),
        view(second_told, points(two.found), lang, two.notes) if two is not None and second_told is not None else None,
        "" if second_told is None else difference_words(told, second_told, lang),
        shown,
    )


def on_map(carried: Carried, before: Supply) -> dict[str, Any]:
    """Return how places and stations stand: stations in the order of the register, those that are changed besides."""
    supply, why = carried.inputs.supply, digits(carried.found.standing.why)
    if np.array_equal(supply.ids, before.ids) and _same_places(supply, before):
        return {"reasons": digits(carried.found.reasons), "stations": why, "extra": []}
    at = {station: place for place, station in enumerate(supply.ids.tolist())}
    places = [at.get(station, -1) for station in before.ids.tolist()]
    stays = [
        place >= 0 and (supply.lon[place], supply.lat[place]) == (before.lon[old], before.lat[old])
        for old, place in enumerate(places)
    ]
    standing = "".join(why[place] if stay else GONE for place, stay in zip(places, stays, strict=True))
    unchanged = {place for place, stay in zip(places, stays, strict=True) if stay}
    extra = [
        {
            "id": supply.ids[p],
            "name": supply.names[p],
            "lon": float(supply.lon[p]),
            "lat": float(supply.lat[p]),
            "stands": int(why[p]),
        }
        for p in range(len(supply))
        if p not in unchanged
    ]
    return {"reasons": digits(carried.found.reasons), "stations": standing, "extra": extra}


def _same_places(one: Supply, other: Supply) -> bool:
    return bool((one.lon == other.lon).all() and (one.lat == other.lat).all())


def gaps_on_map(gaps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return where gaps are."""
    return [{name: gap[name] for name in ("rank", "lon", "lat", "bounds")} for gap in gaps]


def difference_words(one: Mapping[str, Any], other: Mapping[str, Any], lang: str) -> str:
    """Return how the second of two answers differs from the first, in a sentence."""
    first, second = one["totals"][0], other["totals"][0]
    if first["share"] is None or second["share"] is None:
        return ""
    points_, heads = (
        [wording.signed(factor * (second[what][end] - first[what][end]), places) for end in ("lower", "upper")]
        for what, factor, places in (("share", 100, 1), ("covered", 1, 0))
    )
    return tell(
        "The second against the first: {points} points, {people} people for certain (possibly {most_points} points,"
        " {most_people} people).",
        lang,
        points=points_[0],
        people=heads[0],
        most_points=points_[1],
        most_people=heads[1],
    )


def rendered(found: Answer, form: Form, lang: str) -> dict[str, str]:
    """Return the parts of the page that change with each answer, as HTML, and its title."""
    words = {"answer": found, "heads": _heads(form, lang)}
    return {
        "head": render_template("_desk_head.html", **words),
        "html": render_template("_desk_answer.html", **words),
        "title": " · ".join((found.first.share, tell("Planner's desk", lang))),
    }


def _heads(form: Form, lang: str) -> tuple[str, str]:
    """Return what the two sides of a comparison are called."""
    if form.vs == "before":
        return tell("With the changes", lang), tell("As it is today", lang)
    return tell("First", lang), tell("Second", lang)
