"""A question answered as the bytes of GeoJSON: at once where one compiled loop does, else step by step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from stationmap.catalogue import DEFAULT_LANGUAGE
from stationmap.finder.clocks import steady
from stationmap.finder.relax import without
from stationmap.finder.search import Query, sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.written import written

_LATER = timedelta(days=2)


def answered(snapshot: Snapshot, query: Query, lang: str) -> bytes:
    """Return the answer to a question as GeoJSON in UTF-8, with ``without`` where a single need stands in the way."""
    if snapshot.swift:
        at_once = _quick()(snapshot, query, lang)
        if at_once is not None:
            return at_once
    seen = sight(snapshot, query)
    ways = without(snapshot, query, seen.found)
    return written(seen, query, lang, {"without": ways} if ways else None)


@cache
def _quick() -> Callable[[Snapshot, Query, str], bytes | None]:
    from stationmap.finder.quick import quick  # numba is slow to import, and single questions do without

    return quick


def make_ready(snapshot: Snapshot, now: datetime | None = None, before: Snapshot | None = None) -> None:
    """Answer first questions, so that no caller waits while loops are compiled, sheets laid out, and filters applied.

    Where clocks are changed just ``now`` it is asked for another day, or one of the loops would not be needed. What
    was lately asked of the snapshot ``before`` is asked of this one as well, as of now.
    """
    if not snapshot.swift or not len(snapshot):
        return
    at = now or datetime.now(UTC)
    if not all(steady(at.astimezone(zone)) for zone in snapshot.zones):
        at += _LATER
    lon, lat = snapshot.place(0)
    query = Query(lon, lat, at=at)
    written(sight(snapshot, query), query, DEFAULT_LANGUAGE)
    answered(snapshot, query, DEFAULT_LANGUAGE)
    for question, lang in before.asked.all() if before else ():
        answered(snapshot, replace(question, lon=lon, lat=lat, at=at), lang)
