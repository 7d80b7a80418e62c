"""A run that was carried out, with all that its page shows, as bytes for the ledger."""

from stationmap.catalogue import LANGUAGES
from stationmap.report.charts.points import points
from stationmap.report.facts import facts
from stationmap.runs.carry import Carried
from stationmap.runs.keeping import packed


def pack(carried: Carried) -> bytes:
    """Return a run with its facts in every language and the points of its charts.

    :func:`stationmap.runs.keeping.unpacked` reads it again.
    """
    told = {lang: facts(carried.found, carried.inputs.demand, carried.told, lang) for lang in LANGUAGES}
    return packed(carried, told, points(carried.found))
