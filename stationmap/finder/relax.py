"""Which single need to do without, when no near station has all of them.

For each need the same question is asked again without it, within an hour's way: exact, by the rules of
:mod:`stationmap.finder.search`. What is counted are stations that are *found*, none that only may do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stationmap.finder.search import SPEED_KMH, Found, Query, sight
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.trip import Seen

NEAR_MIN = 60.0
"""An hour's way: what lies farther is no help to one on his break."""
MOST_COUNTED = 10
MOST_NEEDS = 12
"""Who asks for more needs than these is not helped by leaving one out."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What there is without one of the needs.

    Attributes
    ----------
    need : str
        The code of the service left out.
    count : int
        Stations found within an hour's way, at most ``MOST_COUNTED``.
    minutes : float
        Travel time to the nearest of them.
    """

    need: str
    count: int
    minutes: float


def nothing_near(found: Sequence[Found] | Sequence[Seen]) -> bool:
    """Return whether none of the found stations, the nearest first, is within an hour's way."""
    return not found or found[0].minutes > NEAR_MIN


def without(
    snapshot: Snapshot, query: Query, found: Sequence[Found] | Sequence[Seen]
) -> list[dict[str, str | int | float]]:
    """Return the foreign member ``without`` of an answer as GeoJSON: need, count, minutes (to a tenth).

    Empty where something near was ``found``; see :func:`relaxed`.
    """
    if not nothing_near(found):
        return []
    return [
        {"need": way.need, "count": way.count, "minutes": round(way.minutes, 1)} for way in relaxed(snapshot, query)
    ]


def relaxed(snapshot: Snapshot, query: Query) -> list[Relaxed]:
    """Return what each single need stands in the way of, the nearest help first, ties by code.

    Parameters
    ----------
    snapshot : Snapshot
        The one that was searched.
    query : Query
        The question to which nothing near was found.

    Returns
    -------
    list of Relaxed
        One for each need without which a station is found within an hour's way; empty when there is none, when nothing
        or more than ``MOST_NEEDS`` services are asked for.
    """
    if len(query.needs) > MOST_NEEDS:
        return []
    hour_m = NEAR_MIN * SPEED_KMH[query.mode] * 1000 / 60 / query.detour
    reach_m = hour_m if query.reach_m is None else min(hour_m, query.reach_m)
    ways = []
    for need in sorted(query.needs):
        fewer = replace(query, needs=query.needs - {need}, k=MOST_COUNTED, reach_m=reach_m)
        found = sight(snapshot, fewer).found
        if found:
            ways.append(Relaxed(need, len(found), found[0].minutes))
    return sorted(ways, key=lambda way: (way.minutes, way.need))
