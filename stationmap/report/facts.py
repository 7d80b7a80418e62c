"""An assessment as plain facts: what ``--json`` prints, saved runs hold and every face shows."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from stationmap.catalogue import tell
from stationmap.planning.assessment import METHOD, Assessment
from stationmap.planning.coverage.areas import AreaTable
from stationmap.planning.coverage.shares import Total
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.patches import Bounds, Patch
from stationmap.planning.gaps.places import Near
from stationmap.planning.gaps.reasons import IN_WORDS, Reason
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.planning.question import Question
from stationmap.runs.streamed import Streamed

MOST_IDS = 1000
_REASON_CODES = {reason: reason.name.lower() for reason in Reason}


def facts(
    found: Assessment, demand: Demand, inputs: Mapping[str, Any], lang: str, *, most_gaps: int | None = None
) -> dict[str, Any]:
    """Return an assessment as values that JSON can hold.

    Parameters
    ----------
    found : Assessment
        What was found.
    demand : Demand
        Of which.
    inputs : Mapping
        What it was worked out from: names, revisions, checksums.
    lang : str
        ``zh`` or ``en``, of the sentences.
    most_gaps : int, optional
        Only so many of the largest gaps; all when left out.

    Returns
    -------
    dict
        ``question, totals, ladder, backup, on_arrival, by_area, elsewhere, by_hour, gaps, gaps_count, gaps_total,
        unreachable, equity, limits, inputs, method``. A number that may be more because something is not known has
        ``lower`` and ``upper``; a share of nobody is None.
    """
    covered, weight = found.coverage, found.asked.weight
    return {
        "question": {
            **question_facts(found.asked.question),
            "weight": weight,
            "reaches_m": list(found.asked.reaches_m),
            "way": found.gaps.way,
        },
        "totals": [_total(total) for total in covered.totals],
        "ladder": {name: _total(total) for name, total in found.ladder.items()},
        "backup": [_total(total) for total in found.backup],
        "on_arrival": [_total(total) for total in found.arrival],
        "by_area": _areas(covered.by_area) if covered.by_area is not None else None,
        "elsewhere": [_total(total) for total in covered.by_area.elsewhere] if covered.by_area is not None else None,
        "by_hour": _hours(found),
        "gaps_total": _bounds(found.gaps.totals[weight]),
        "gaps_count": len(found.gaps.patches),
        "gaps": [_gap(patch, demand, weight, lang) for patch in found.gaps.patches[:most_gaps]],
        "unreachable": {
            "count": len(covered.unreachable),
            "weight": covered.unreachable_weight,
            "reach_m": _finite(covered.reach.reach_m),
            "ids": demand.ids[covered.unreachable[:MOST_IDS]].tolist(),
        },
        "equity": {"gini": found.gini},
        "limits": [tell(limit, lang) for limit in found.limits],
        "inputs": dict(inputs),
        "method": METHOD,
    }


def streamed_facts(found: Streamed, lang: str) -> dict[str, Any]:
    """Return a streamed run as values that JSON can hold: ``question, totals, by_area, elsewhere, limits, inputs``."""
    asked = {"weight": found.weight, "reaches_m": [total.reach_m for total in found.totals], "way": "air"}
    return {
        "question": {**question_facts(found.question), **asked},
        "totals": [_total(total) for total in found.totals],
        "by_area": _areas(found.by_area) if found.by_area is not None else None,
        "elsewhere": [_total(total) for total in found.by_area.elsewhere] if found.by_area is not None else None,
        "limits": [tell(note, lang) for note in found.notes],
        "inputs": dict(found.told),
        "method": METHOD,
    }


def question_facts(question: Question) -> dict[str, Any]:
    """Return what was asked of the stations: kinds, needs, time."""
    time: dict[str, Any] | None = None
    if isinstance(question.time, WeekHour):
        time = {"week_hour": question.time.hour}
    elif isinstance(question.time, DayHour):
        time = {"date": question.time.day.isoformat(), "hour": question.time.hour}
    return {"kinds": sorted(question.kinds), "needs": sorted(question.needs), "time": time}


def _total(total: Total) -> dict[str, Any]:
    share = total.share
    return {
        "reach_m": total.reach_m,
        "covered": {"lower": total.lower, "upper": total.upper},
        "demand": total.demand,
        "share": None if share is None else {"lower": share[0], "upper": share[1]},
    }


def _bounds(bounds: Bounds) -> dict[str, float]:
    return {"lower": bounds.lower, "upper": bounds.upper}


def _areas(table: AreaTable) -> list[dict[str, Any]]:
    rows = []
    for row, (area, above) in enumerate(zip(table.areas, table.above, strict=True)):
        totals = [_total(table.total(row, column)) for column in range(len(table.reaches_m))]
        place = {"adcode": area.adcode, "name": area.name, "level": area.level, "above": above}
        rows.append({**place, "demand": float(table.demand[row]), "totals": totals})
    return rows


def _hours(found: Assessment) -> list[dict[str, float]]:
    week = found.week
    columns = zip(week.demand.tolist(), week.lower[0].tolist(), week.upper[0].tolist(), strict=True)
    return [
        {"hour": hour, "demand": demand, "lower": lower, "upper": upper}
        for hour, (demand, lower, upper) in enumerate(columns)
    ]


def _gap(patch: Patch, demand: Demand, weight: str, lang: str) -> dict[str, Any]:
    lon, lat = demand.lon[patch.rows], demand.lat[patch.rows]
    return {
        "rank": patch.rank,
        "people": _bounds(patch.weights[weight]),
        "places": len(patch.rows),
        "lon": patch.lon,
        "lat": patch.lat,
        "bounds": [float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())],
        "centre": patch.centre_id,
        "area": list(patch.path),
        "by_area": {code: value for code, value in patch.areas.items() if code},
        "reason": _REASON_CODES[patch.reason],
        "reason_words": tell(IN_WORDS[patch.reason], lang),
        "by_reason": {_REASON_CODES[reason]: value for reason, value in patch.reasons.items()},
        "hours": [tell(words, lang) for words in patch.hours.words()] if patch.hours is not None else [],
        "nearest_serving": _near(patch.serving),
        "nearest_station": _near(patch.standing),
        "nearest_host": _near(patch.host),
    }


def _near(near: Near | None) -> dict[str, Any] | None:
    return None if near is None else {"id": near.id, "name": near.name, "distance_m": near.metres}


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
