"""A run that was carried out, with all that its page shows, as bytes for the ledger."""

from stationmap.catalogue import LANGUAGES
from stationmap.report.charts.points import points
from stationmap.report.facts import facts
from stationmap.runs.carry import Carried
from stationmap.runs.keeping import packed

MOST_GAPS = 200
"""Gaps that a kept run tells one by one; of the others it has their number and their people."""


def pack(carried: Carried) -> bytes:
    """Return a run with its facts in every language and the points of its charts.

    :func:`stationmap.runs.keeping.unpacked` reads it again.
    """
    demand = carried.inputs.demand
    told = {lang: facts(carried.found, demand, carried.told, lang, most_gaps=MOST_GAPS) for lang in LANGUAGES}
    return packed(carried, told, points(carried.found))
