"""The sheet: a run on two A4 pages, as one HTML file that needs nothing else; what a planner hands to his director."""

import math
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import numpy as np

from stationmap import __version__
from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.planning.coverage.areas import AreaTable
from stationmap.planning.coverage.shares import Total
from stationmap.planning.gaps.patches import Patch
from stationmap.report.charts.curves import distance_curve
from stationmap.report.phrases import (
    STEPS,
    WAYS,
    amount,
    extremes,
    hours_words,
    interval,
    metres,
    near_words,
    parts_words,
    place_words,
    question_words,
    reach_words,
    reason_words,
    share,
    total_words,
    weight_words,
)
from stationmap.report.plan import plan
from stationmap.report.tables import brief_areas, is_fictional, method, said, sources, steps
from stationmap.report.weekly import strip
from stationmap.runs.carry import Carried

MOST_GAPS = 5
MOST_AREAS = 12
MOST_NUMBERS = 3
_LINES, _OF_TABLE, _OF_AREA, _OF_STRIP, _OF_SOURCE = 95, 8, 3, 24, 2
"""So many lines of limits fit on the second page, so many less for the table of areas, each row of it, the week, and
each source beyond the second."""
_LINE = 64
"""Letters on a line; a Chinese one counts two."""
_HIGH, _HIGHER = 440.0, 520.0
_FARTHEST = 3.0
_MOST_SOURCES = 8

_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_WORDS: Mapping[str, Message] = {
    "where": Message("where"),
    "why": Message("why, and when"),
    "nearest": Message("nearest station"),
    "host": Message("nearest candidate"),
    "by_area": Message("By area"),
    "area": Message("area"),
    "when": Message("When, and how far"),
    "method": Message("How it was measured"),
    "limits": Message("What the numbers do not say"),
    "sources": Message("Worked out from"),
}


def sheet(carried: Carried, lang: str, *, title: str = "", on: date | None = None) -> str:
    """Return a run as a sheet of two A4 pages: an HTML file with all its drawings in it.

    Parameters
    ----------
    carried : Carried
        The run; its table by area in the planner's order.
    lang : str
        ``zh`` or ``en``.
    title : str
        What the sheet is called; "" for that of its question.
    on : date, optional
        The day that stands on it; today when left out.
    """
    found = carried.found
    asked, ladder = question_words(found.asked.question, lang), _ladder(carried, lang)
    rows, hours = _areas(carried, lang), _hours(carried, lang)
    origins = sources(carried, lang)[:_MOST_SOURCES]
    room = _LINES - _OF_SOURCE * max(len(origins) - 2, 0) - (_OF_STRIP if len(hours) > 1 else 0)
    room -= _OF_TABLE + _OF_AREA * len(rows) if rows else 0
    return _template().render(
        lang=_LANGUAGES[lang],
        title=title or tell("Who is served by a station, and who is not", lang),
        asked=" · ".join([asked, _demand_words(carried, lang)]),
        fictional=tell("Sample city: everything here is fictional.", lang) if is_fictional(carried) else "",
        numbers=[_number(total, found.asked.weight, lang) for total in found.coverage.totals[:MOST_NUMBERS]],
        sentences=[total_words(found.coverage.totals[0], found.asked.weight, found.gaps.way, lang)],
        map=plan(carried, lang, height=_HIGH if ladder else _HIGHER),
        gaps=[_gap(patch, carried, lang) for patch in found.gaps.patches[:MOST_GAPS]],
        hosts=carried.inputs.hosts is not None,
        reaches=[_reach(total, lang) for total in found.coverage.totals[:MOST_NUMBERS]],
        areas=rows,
        ladder=ladder,
        week=strip(carried, lang) if len(hours) > 1 else "",
        hours=hours,
        curve=_curve(carried, lang),
        method=method(carried, lang),
        limits=_fitting(said(carried, lang), room, lang),
        sources=origins,
        words={name: tell(words, lang) for name, words in _WORDS.items()} | _counted(carried, lang),
        foot=_foot(on or datetime.now().astimezone().date(), lang),
    )


@cache
def _template() -> jinja2.Template:
    text = files("stationmap.report").joinpath("sheet.html").read_text(encoding="utf-8")
    loaded = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return loaded.from_string(text)


def _demand_words(carried: Carried, lang: str) -> str:
    found = carried.found
    return tell(
        "{who} of {demand}, {way}",
        lang,
        who=weight_words(found.asked.weight, lang),
        demand=carried.spec.demand,
        way=WAYS[found.gaps.way],
    )


def _number(total: Total, weight: str, lang: str) -> dict[str, str]:
    people = {"some": interval(total.lower, total.upper), "all": amount(total.demand)}
    return {
        "reach": tell("served within {reach}", lang, reach=reach_words(total.reach_m, lang)),
        "share": share(total),
        "people": tell("{some} of {all} {who}", lang, **people, who=weight_words(weight, lang)),
    }


def _gap(patch: Patch, carried: Carried, lang: str) -> dict[str, Any]:
    people = patch.weights[carried.found.asked.weight]
    return {
        "rank": patch.rank,
        "place": place_words(patch, lang),
        "parts": parts_words(patch, carried.inputs.areas, lang),
        "people": interval(people.lower, people.upper),
        "why": hours_words(patch, lang, most=1) or reason_words(patch, lang),
        "nearest": near_words(patch.standing, lang),
        "host": near_words(patch.host, lang),
    }


def _reach(total: Total, lang: str) -> dict[str, str]:
    reach = reach_words(total.reach_m, lang)
    return {"served": tell("served within {reach}", lang, reach=reach), "share": tell("share", lang)}


def _areas(carried: Carried, lang: str) -> list[dict[str, Any]]:
    covered = carried.found.coverage
    table = covered.by_area
    rows = [_area(area.name, totals) for area, totals in brief_areas(table, MOST_AREAS)]
    if not rows or table is None:
        return []
    if table.elsewhere[0].demand > 0:
        rows.append(_area(tell("in no area", lang), table.elsewhere))
    return [*rows, _area(tell("all together", lang), covered.totals) | {"all": True}]


def _area(name: str, totals: Sequence[Total]) -> dict[str, Any]:
    cells = [{"served": interval(total.lower, total.upper), "share": share(total)} for total in totals[:MOST_NUMBERS]]
    return {"name": name, "demand": amount(totals[0].demand), "cells": cells, "all": False}


def _ladder(carried: Carried, lang: str) -> list[dict[str, str]]:
    return [{"name": tell(STEPS[name], lang), "share": share(total)} for name, total in steps(carried).items()]


def _hours(carried: Carried, lang: str) -> tuple[str, ...]:
    week = carried.found.week
    told = extremes(week.lower[0].tolist(), week.upper[0].tolist(), week.demand.tolist(), lang)
    return tuple(each.replace(" %", "\u00a0%") for each in told)


def _curve(carried: Carried, lang: str) -> str:
    """Return the distance curve, as far as three times the longest reach."""
    found = carried.found
    lower, upper = found.curves.lower, found.curves.upper
    end = max(found.asked.reaches_m) * _FARTHEST
    steps = sorted({*lower.distance_m.tolist(), *upper.distance_m.tolist()})
    near = [step for step in steps if step <= min(end, lower.reach_m)] or [0.0]
    shares = [curve.share(near) for curve in (lower, upper)]
    low, high = (each if each is not None else lower.within(near) * 0.0 for each in shares)
    title = tell("Share with a station within a distance", lang)
    return distance_curve(np.array(near), low, high, lang, title=title, reaches_m=found.asked.reaches_m)


def _more_areas(table: AreaTable | None, lang: str) -> str:
    """Return how many areas with demand the page has no room for; "" when it has all."""
    left = len(brief_areas(table, sys.maxsize)) - len(brief_areas(table, MOST_AREAS))
    return tell("{count} more areas stand in the workbook.", lang, count=left) if left else ""


def _counted(carried: Carried, lang: str) -> dict[str, str]:
    found = carried.found
    reach, count = metres(found.asked.reach_m, lang), len(found.gaps.patches)
    least = found.gaps.totals[found.asked.weight]
    return {
        "people": weight_words(found.asked.weight, lang),
        "more_areas": _more_areas(found.coverage.by_area, lang),
        "gaps": tell("The largest gaps within {reach}", lang, reach=reach),
        "no_gap": tell("There is no gap: all are served within {reach}.", lang, reach=reach),
        "ladder": tell("Within {reach}, from what stands there to what serves:", lang, reach=reach).rstrip(":："),
        "gaps_more": tell(
            "{count} gaps in all, with {people} {who}. Their numbers stand on the map.",
            lang,
            count=count,
            people=interval(least.lower, least.upper),
            who=weight_words(found.asked.weight, lang),
        ),
    }


def _fitting(sentences: Sequence[str], room: int, lang: str) -> list[str]:
    """Return the sentences that fit on the page; how many more there are is said, and where they stand."""
    kept: list[str] = []
    for number, sentence in enumerate(sentences):
        lines = math.ceil(sum(2 if ord(letter) > 0x2E80 else 1 for letter in sentence) / _LINE)
        if lines > room - 1 and number < len(sentences) - 1:
            more = len(sentences) - number
            told = tell("{count} more remarks stand in the workbook, on the sheet of the method.", lang, count=more)
            return [*kept, told]
        room -= lines
        kept.append(sentence)
    return kept


def _foot(on: date, lang: str) -> str:
    return tell(
        "Made on {date} by stationmap {version}. The map shows no boundary as authoritative; before it is published,"
        " ask for its review.",
        lang,
        date=on.isoformat(),
        version=__version__,
    )
