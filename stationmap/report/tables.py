"""What the tables of a report hold: areas in the planner's order, hours, and every sentence that goes with them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.planning.coverage.areas import AreaTable
from stationmap.planning.coverage.shares import Total
from stationmap.report.charts.week import DAYS
from stationmap.report.facts import facts
from stationmap.report.phrases import LEVEL_WORDS, WAYS, metres, share
from stationmap.runs.carry import Carried
from stationmap.runs.loading import SAMPLE_NAME

PROFILE = "profile"
"""In the names of columns: the reach that differs by kind of area."""
_SHORT = 12
_HALF = 0.5


def ordered(carried: Carried, order: Sequence[str]) -> Carried:
    """Return a run whose table by area has the rows that a planner names, in his order; all by code without any.

    Raises
    ------
    InvalidValue
        When there are no areas, or a word names none or several.
    """
    table = carried.found.coverage.by_area
    if not order or table is None:
        return carried
    covered = replace(carried.found.coverage, by_area=table.ordered(order))
    return replace(carried, found=replace(carried.found, coverage=covered))


def is_fictional(carried: Carried) -> bool:
    """Return whether a run is of the sample city, which every paper must say."""
    return carried.spec.demand == SAMPLE_NAME


def facts_of(carried: Carried, lang: str, *, refused: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return a run as JSON values: those of :func:`stationmap.report.facts.facts`, notes and rows that do not count."""
    told = facts(carried.found, carried.inputs.demand, carried.told, lang)
    return {**told, "notes": notes(carried, lang), "rejected": list(refused), "run": carried.spec.values()}


def notes(carried: Carried, lang: str) -> list[str]:
    """Return what was noticed of inputs and ways, each sentence once."""
    return _once(tell(note, lang) for note in carried.notes)


def limits(carried: Carried, lang: str) -> list[str]:
    """Return what the numbers do not say, each sentence once, what weighs most first."""
    found = carried.found
    whole, patches = found.gaps.totals[found.asked.weight].upper, found.gaps.patches
    largest = patches[0].weights[found.asked.weight].upper if patches else 0.0
    told = [tell(limit, lang) for limit in found.limits]
    if whole > 0 and largest / whole > _HALF:
        words = Message(
            "The largest gap holds {share:.0%} of all who go without: stations are so few that most of the place is one"
            " gap. The table by area and the map say more.",
            {"share": largest / whole},
        )
        told.insert(0, tell(words, lang))
    return _once(told)


def said(carried: Carried, lang: str) -> list[str]:
    """Return limits and notes as they are read: what bears on the numbers first, how gaps are made last."""
    how = {tell(each, lang) for each in carried.found.gaps.method}
    told = limits(carried, lang)
    return _once([*(each for each in told if each not in how), *notes(carried, lang), *told])


def method(carried: Carried, lang: str) -> list[str]:
    """Return how the numbers were made, in plain words."""
    asked = carried.found.asked
    reaches = tuple(metres(reach, lang) for reach in asked.reaches_m)
    told = [
        Message(
            "Served within a reach means: the way from a place to a station is no longer than that ({reaches}, the"
            " boundary included), measured {way}.",
            {"reaches": reaches, "way": WAYS[carried.found.gaps.way]},
        ),
        Message("All people of a cell count at its middle; a share is that of all who are there at the time."),
        Message(
            "A station serves an hour when it is open in every minute of it and what is needed is to be had. Hours and"
            " services that nobody stated are neither yes nor no: the lower number leaves them out, the upper takes"
            " them in."
        ),
    ]
    return [tell(each, lang) for each in told]


def sources(carried: Carried, lang: str) -> list[str]:
    """Return what a run was worked out from: revision, files with the beginning of their checksums."""
    told, lines = carried.told, []
    if "revision" in told:
        lines.append(tell("Register: revision {revision}.", lang, revision=told["revision"]))
    if "demand" in told:
        digest = str(told.get("demand_sha256", ""))[:_SHORT]
        lines.append(
            tell("Demand: {name}, kept in the register (sha256 {digest}…).", lang, name=told["demand"], digest=digest)
        )
    for key, words in _FILES.items():
        lines += [
            tell("{what}: {file} (sha256 {digest}…).", lang, what=words, file=file, digest=str(digest)[:_SHORT])
            for file, digest in dict(told.get(key) or {}).items()
        ]
    return lines


def area_frame(carried: Carried, lang: str) -> pd.DataFrame:
    """Return the table by area: one row an area, one of what lies in none, one of all.

    Columns are ``adcode, name, level, demand`` and for each reach ``covered_R_lower, covered_R_upper, share_R_lower,
    share_R_upper`` with metres for ``R``; shares run from 0 to 1 and are empty where nobody is.
    """
    covered = carried.found.coverage
    rows = [
        {"adcode": area.adcode, "name": area.name, "level": _level(area.level, lang), **_columns(totals)}
        for area, totals in area_totals(covered.by_area)
    ]
    if covered.by_area is not None and covered.by_area.elsewhere[0].demand > 0:
        rows.append(
            {"adcode": "", "name": tell("in no area", lang), "level": "", **_columns(covered.by_area.elsewhere)}
        )
    rows.append({"adcode": "", "name": tell("all together", lang), "level": "", **_columns(covered.totals)})
    return pd.DataFrame(rows)


def area_totals(table: AreaTable | None) -> list[tuple[Any, tuple[Total, ...]]]:
    """Return the areas of a table with their totals at each reach, in its order."""
    if table is None:
        return []
    columns = range(len(table.reaches_m))
    return [(area, tuple(table.total(row, column) for column in columns)) for row, area in enumerate(table.areas)]


def brief_areas(table: AreaTable | None, most: int) -> list[tuple[Any, tuple[Total, ...]]]:
    """Return the areas for a page: those with demand, without the deepest levels while there are more than ``most``."""
    rows = [(area, totals) for area, totals in area_totals(table) if totals[0].demand > 0]
    depth = {"country": 0, "province": 1, "city": 2, "district": 3, "street": 4}
    while len(rows) > most:
        deepest = max(depth.get(area.level, 5) for area, _ in rows)
        fewer = [(area, totals) for area, totals in rows if depth.get(area.level, 5) < deepest]
        if not fewer:
            return rows[:most]
        rows = fewer
    return rows


def steps(carried: Carried) -> dict[str, Total]:
    """Return the steps from nominal to effective cover that are asked for: none without needs and an hour."""
    spec, ladder = carried.spec, carried.found.ladder
    asked = {"open": spec.time is not None, "has": bool(spec.needs)}
    if not any(asked.values()):
        return {}
    asked |= {"exists": True, "effective": all(asked.values())}
    return {name: total for name, total in ladder.items() if asked[name]}


def hour_frame(carried: Carried, lang: str) -> pd.DataFrame:
    """Return the 168 hours of the week: who is there, who is served, certain and possible."""
    week = carried.found.week
    hours = np.arange(len(week.demand))
    with np.errstate(invalid="ignore"):
        low, high = (np.where(week.demand > 0, each[0] / week.demand, np.nan) for each in (week.lower, week.upper))
    return pd.DataFrame({
        "day": [tell(DAYS[hour // 24], lang) for hour in hours.tolist()],
        "hour": [f"{hour % 24:02d}:00-{hour % 24 + 1:02d}:00" for hour in hours.tolist()],
        "demand": week.demand,
        "served_lower": week.lower[0],
        "served_upper": week.upper[0],
        "share_lower": low,
        "share_upper": high,
    })  # fmt: skip


def share_cells(totals: Sequence[Total]) -> list[str]:
    """Return the share of each total as it is read in a table."""
    return [share(total) for total in totals]


_FILES: Mapping[str, Message] = {
    "stations_file": Message("Stations"),
    "demand_file": Message("Demand"),
    "areas_files": Message("Boundaries"),
    "network_file": Message("Streets"),
    "slope_file": Message("Heights"),
}


def _level(level: str, lang: str) -> str:
    return tell(LEVEL_WORDS[level], lang) if level in LEVEL_WORDS else level


def _columns(totals: Sequence[Total]) -> dict[str, float | None]:
    told: dict[str, float | None] = {"demand": totals[0].demand}
    for total in totals:
        reach = PROFILE if total.reach_m is None else f"{total.reach_m:g}"
        low, high = total.share or (None, None)
        told |= {f"covered_{reach}_lower": total.lower, f"covered_{reach}_upper": total.upper}
        told |= {f"share_{reach}_lower": low, f"share_{reach}_upper": high}
    return told


def _once(sentences: Any) -> list[str]:
    return list(dict.fromkeys(sentences))
