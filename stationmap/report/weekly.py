"""The week of a run as a strip: which share of those who are there is served, hour by hour."""

import numpy as np

from stationmap.catalogue import tell
from stationmap.report.charts.week import week_strip
from stationmap.report.phrases import metres
from stationmap.runs.carry import Carried


def strip(carried: Carried, lang: str) -> str:
    """Return the week strip of a run as SVG."""
    week = carried.found.week
    with np.errstate(invalid="ignore"):
        low, high = (np.where(week.demand > 0, each[0] / week.demand, np.nan) for each in (week.lower, week.upper))
    title = tell("Share served within {reach}, hour by hour of a normal week", lang, reach=metres(week.reach_m, lang))
    return week_strip(low, high, lang, title=title)
