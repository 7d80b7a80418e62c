"""An answer as the page shows it: facts and points in, words and drawings out.

The same for a question just asked and for a run that was kept a year ago.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.report.charts.curves import distance_curve, lorenz_curve
from stationmap.report.charts.drawing import LOWER, UPPER, drawing, element
from stationmap.report.charts.points import arrays
from stationmap.report.charts.week import week_strip
from stationmap.web.desk import wording
from stationmap.web.wording import metres_words

MOST_GAPS = 20
MOST_AREAS = 300
MOST_PARTS = 6
_BAR_WIDE, _BAR_HIGH = 200.0, 16.0

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What the templates ``_desk_head.html`` and ``_desk_answer.html`` show of one answer.

    Attributes
    ----------
    question : str
        What was asked, in one line.
    share, told : str
        The share that is served, and the people of it in a sentence.
    nobody : bool
        Whether nobody is there at that time.
    ladder, gaps, areas : list of dict
        Rows of words and numbers.
    further : str
        How many gaps there are besides, "" where all are shown.
    unserved : str
        How many people are in gaps.
    week, distance, lorenz : str
        Drawings (SVG), "" where there is nothing to draw.
    gini : str
        "" where nobody has any access.
    limits : list of str
        What the numbers do not say.
    inputs : list of tuple
        What it was worked out from: names and versions.
    """

    question: str
    share: str
    told: str
    nobody: bool
    ladder: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    further: str
    unserved: str
    areas: list[dict[str, Any]]
    week: str
    distance: str
    lorenz: str
    gini: str
    limits: list[str]
    inputs: list[tuple[str, str]]


def view(facts: Facts, points: Mapping[str, Any], lang: str, notes: Sequence[Message] = ()) -> View:
    """Return an answer in words and drawings.

    Parameters
    ----------
    facts : Mapping
        Of :func:`stationmap.report.facts.facts`, in the language.
    points : Mapping
        Of :func:`stationmap.report.charts.points.points`.
    lang : str
        ``zh`` or ``en``.
    notes : sequence of Message
        What must be said of the inputs.
    """
    total, question = facts["totals"][0], facts["question"]
    gini = facts["equity"]["gini"]
    names = {row["adcode"]: row["name"] for row in facts["by_area"] or ()}
    return View(
        wording.question_words(question, lang),
        wording.shares(total["share"]),
        _told(total, question["weight"], lang),
        not total["demand"],
        _ladder(facts["ladder"], lang),
        [_gap(gap, names, lang) for gap in facts["gaps"][:MOST_GAPS]],
        _further(facts, lang),
        wording.several(facts["gaps_total"]),
        _areas(facts["by_area"] or ()),
        _week(facts["by_hour"], question["time"], lang),
        _distance(points["distance"], question["reaches_m"], lang),
        _lorenz(points["lorenz"], gini, lang),
        "" if gini is None else f"{gini:.3f}",
        [*(tell(note, lang) for note in notes), *facts["limits"]],
        _inputs(facts["inputs"], lang),
    )


def _told(total: Facts, weight: str, lang: str) -> str:
    if not total["demand"]:
        return tell("Nobody is there at that time.", lang)
    if total["covered"]["lower"] == total["covered"]["upper"]:
        return tell(
            "of {all} {who} are served: {certain}.",
            lang,
            all=wording.people(total["demand"]),
            who=wording.weight_words(weight, lang),
            certain=wording.people(total["covered"]["lower"]),
        )
    return tell(
        "of {all} {who} are served: {certain} for certain; with what is not known up to {possible}.",
        lang,
        all=wording.people(total["demand"]),
        who=wording.weight_words(weight, lang),
        certain=wording.people(total["covered"]["lower"]),
        possible=wording.people(total["covered"]["upper"]),
    )


def _ladder(ladder: Mapping[str, Facts], lang: str) -> list[dict[str, Any]]:
    return [
        {
            "words": tell(wording.LADDER[name], lang),
            "share": wording.shares(total["share"]),
            "people": wording.several(total["covered"]),
            "bar": bar(total["share"], tell(wording.LADDER[name], lang), wording.shares(total["share"])),
        }
        for name, total in ladder.items()
    ]


def bar(share: Mapping[str, float] | None, title: str, told: str) -> str:
    """Return a bar from 0 to 100 %: full to the certain share, striped to the possible one."""
    low, high = (share["lower"], share["upper"]) if share else (0.0, 0.0)
    width = _BAR_WIDE - 2
    parts = [element("rect", x=0.5, y=0.5, width=_BAR_WIDE - 1, height=_BAR_HIGH - 1, fill="none", stroke="#75828b")]
    parts.append(element("rect", x=1.0, y=1.0, width=low * width, height=_BAR_HIGH - 2, fill=LOWER))
    if high > low:
        left, wide = 1 + low * width, (high - low) * width
        parts.append(element("rect", x=left, y=4.0, width=wide, height=_BAR_HIGH - 8, fill=UPPER))
    return drawing(title, told, _BAR_WIDE, _BAR_HIGH, parts)


def _gap(gap: Facts, names: Mapping[str, str], lang: str) -> dict[str, Any]:
    serving, station, host = (gap[name] for name in ("nearest_serving", "nearest_station", "nearest_host"))
    area = " · ".join(gap["area"][-2:]) or tell("in no known area", lang)
    facts = [
        (Message("Nearest that serves"), serving),
        (Message("Nearest station"), station if station != serving else None),
        (Message("Nearest possible host"), host),
    ]
    return {
        "rank": gap["rank"],
        "area": area,
        "people": wording.several(gap["people"]),
        "reason": gap["reason_words"],
        "code": gap["reason"],
        "hours": gap["hours"],
        "parts": [
            (names.get(code, code), wording.people(count))
            for code, count in list(gap["by_area"].items())[:MOST_PARTS]
            if len(gap["by_area"]) > 1 and count
        ],
        "near": [
            (tell(words, lang), near["name"] or near["id"], metres_words(near["distance_m"], lang))
            for words, near in facts
            if near
        ],
    }


def _further(facts: Facts, lang: str) -> str:
    """Return how many gaps there are besides those that are shown, and the people in them."""
    shown = facts["gaps"][:MOST_GAPS]
    count = facts["gaps_count"] - len(shown)
    if not count:
        return ""
    rest = {name: facts["gaps_total"][name] - sum(gap["people"][name] for gap in shown) for name in ("lower", "upper")}
    return tell("And {count} smaller ones with {people} people.", lang, count=count, people=wording.several(rest))


def _areas(rows: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return the table by area, each area under the one above it."""
    below: dict[str, list[Facts]] = {}
    known = {row["adcode"] for row in rows}
    for row in rows:
        below.setdefault(row["above"] if row["above"] in known else "", []).append(row)
    told: list[dict[str, Any]] = []

    def down(above: str, depth: int) -> None:
        for row in below.get(above, ()):
            if row["adcode"] != above:
                told.append(_area(row, depth))
                down(row["adcode"], depth + 1)

    down("", 0)
    return told[:MOST_AREAS]


def _area(row: Facts, depth: int) -> dict[str, Any]:
    total = row["totals"][0]
    missing = {"lower": row["demand"] - total["covered"]["upper"], "upper": row["demand"] - total["covered"]["lower"]}
    return {
        "adcode": row["adcode"],
        "name": row["name"],
        "depth": min(depth, 4),
        "demand": wording.people(row["demand"]),
        "share": wording.shares(total["share"]),
        "missing": wording.several(missing),
        "bar": bar(total["share"], row["name"], wording.shares(total["share"])),
    }


def _week(hours: Sequence[Facts], time: Mapping[str, Any] | None, lang: str) -> str:
    demand, lower, upper = (np.array([hour[name] for hour in hours]) for name in ("demand", "lower", "upper"))
    there = np.where(demand > 0, demand, np.nan)
    chosen = (time or {}).get("week_hour")
    title = tell("Share served in each hour of a normal week", lang)
    return week_strip(lower / there, upper / there, lang, title=title, chosen=chosen)


def _distance(told: Mapping[str, Any] | None, reaches_m: Sequence[float], lang: str) -> str:
    if told is None:
        return ""
    curve = arrays(told)
    title = tell("Who has a station within which distance", lang)
    return distance_curve(curve["distance_m"], curve["lower"], curve["upper"], lang, title=title, reaches_m=reaches_m)


def _lorenz(told: Mapping[str, Any] | None, gini: float | None, lang: str) -> str:
    if told is None:
        return ""
    curve = arrays(told)
    return lorenz_curve(
        curve["people"], curve["access"], lang, title=tell("How evenly access is spread", lang), gini=gini
    )


def _inputs(inputs: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    told = [
        (
            Message("Register"),
            tell("revision {revision}, {count} stations", lang, revision=inputs["revision"], count=inputs["stations"]),
        ),
        (Message("Demand data"), f"{inputs['demand']} · {inputs['demand_sha256'][:12]}"),
    ]
    if "network_sha256" in inputs:
        told.append((Message("Streets"), f"{inputs['network_sha256'][:12]}"))
    if "method" in inputs:
        told.append((Message("Method"), str(inputs["method"])))
    return [(tell(words, lang), value) for words, value in told]
