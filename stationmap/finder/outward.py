"""From where the worker is outward: the nearest stations of a trip that do, that may do, and that do together.

The masks of a trip know which stations can do at all within so many minutes, so that first the few nearest of these are
judged one by one. Only where that is not enough does the search go farther out in stages and judge ever larger batches.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.arrival import Door
from stationmap.finder.blocks import Mask
from stationmap.finder.eye import eye
from stationmap.finder.services import Had
from stationmap.finder.together import nearest_set
from stationmap.finder.trip import LONGEST_MIN, Seen, Trip, Verdict
from stationmap.finder.walk import MOST_ROWS, Walk, may_walk
from stationmap.hours.opening import State

_STAGES_MIN = (30.0, 120.0, 480.0, LONGEST_MIN)
_FIRST_BATCH, _LARGEST_BATCH = 4, 4096
STREAMED_MIN = _STAGES_MIN[:2]
"""The stages that a compiled walk looks through, in minutes."""

Flags = NDArray[np.bool_]
_NOBODY = Verdict(
    np.empty(0, np.int64),
    np.empty(0),
    np.empty(0),
    np.empty(0, np.int8),
    np.empty(0),
    np.empty((0, 0), np.int8),
    np.empty(0, np.int8),
)


class Outcome(NamedTuple):
    """The stations that serve, those that may, and both of them where one walk found them."""

    serving: Sequence[Seen]
    doubtful: Sequence[Seen]
    walk: Walk | None = None


def nearest_of_each(trip: Trip, k: int, limit_m: float) -> Outcome:
    """Return the k nearest stations that serve, and the k nearest that may, each ordered by (distance, id)."""
    outcome = _few_nearest(trip, k, limit_m)
    serving, doubtful, _ = outcome
    if len(serving) == len(doubtful) == k:
        return outcome
    if len(serving) < k:
        serving = _nearest_of(trip, trip.certain_mask, Verdict.serves, Seen.serves, k, limit_m)
    if len(doubtful) < k:
        doubtful = _nearest_of(trip, trip.doubtful_mask, Verdict.may_serve, Seen.may_serve, k, limit_m)
    return Outcome(serving, doubtful)


def nearest_of_any_state(trip: Trip, k: int, limit_m: float) -> Outcome:
    """Return the k nearest stations that were not found to lack a need, whatever their state."""
    if _walks(trip, k):
        outcome = _streamed(trip, None, k, limit_m)
        if len(outcome.serving) == k:
            return outcome
    see = eye(trip)
    positions, metres = trip.snapshot.index.nearest(trip.lon, trip.lat, k, mask=trip.possible_mask())
    inside = metres <= limit_m
    return Outcome(list(map(see, positions[inside].tolist(), metres[inside].tolist())), [])


def nearest_together(trip: Trip, limit_m: float) -> list[Seen]:
    """Return the nearest set of stations that have all needs together, empty when there is none."""
    limit_m = min(limit_m, LONGEST_MIN * trip.speed_m_min)
    bound_m = 0.0
    for need in trip.needs:
        single = trip._replace(needs=(need,))
        nearest = _nearest(single, single.certain_mask, Verdict.serves, 1, limit_m)
        if not len(nearest.positions):
            return []
        bound_m += float(nearest.metres[0])
    bound_m = min(bound_m, limit_m)
    mask = trip.any_need_mask(LONGEST_MIN)
    judged = trip.judge(*trip.snapshot.index.within(trip.lon, trip.lat, bound_m, mask=mask))
    judged = judged.of((judged.door >= Door.OPENS_SOON) & (judged.now == State.OPEN))
    rows = nearest_set(judged.metres, (judged.had == Had.YES).T)
    return judged.of(np.array(rows, np.int64)).rows()


def _walks(trip: Trip, k: int) -> bool:
    """Return whether a compiled walk may answer."""
    return trip.snapshot.swift and may_walk(k, trip.needs)


def _streamed(trip: Trip, within_min: float | None, k: int, stage_m: float) -> Outcome:
    from stationmap.finder.swift import streamed  # numba is slow to import, and single questions do without

    walk, serving = streamed(trip, within_min, k, stage_m)
    return Outcome(walk[:serving], walk[serving:], walk)


def _few_nearest(trip: Trip, k: int, limit_m: float) -> Outcome:
    """Return both lists as far as a compiled walk through the first stages fills them: of less than k none is sure."""
    outcome = Outcome([], [])
    if _walks(trip, k):
        for minutes in STREAMED_MIN:
            outcome = _streamed(trip, minutes, k, min(limit_m, minutes * trip.speed_m_min))
            if len(outcome.serving) == len(outcome.doubtful) == k:
                break
    return outcome


def _nearest_of(
    trip: Trip,
    mask_within: Callable[[float], Mask],
    keep: Callable[[Verdict], Flags],
    keep_one: Callable[[Seen], bool],
    k: int,
    limit_m: float,
) -> list[Seen]:
    """Return the k nearest stations that are kept: the few nearest singly, or where these do not do, by stages."""
    stage_m = min(limit_m, _STAGES_MIN[0] * trip.speed_m_min)
    if k <= MOST_ROWS:
        see, index = eye(trip), trip.snapshot.index
        positions, metres = index.nearest(trip.lon, trip.lat, k + k // 4 + 2, mask=mask_within(_STAGES_MIN[0]))
        inside = metres <= stage_m
        seen = map(see, positions[inside].tolist(), metres[inside].tolist())
        kept = list(islice(filter(keep_one, seen), k))
        if len(kept) == k:
            return kept
    return _nearest(trip, mask_within, keep, k, limit_m).rows()


def _nearest(
    trip: Trip, mask_within: Callable[[float], Mask], keep: Callable[[Verdict], Flags], k: int, limit_m: float
) -> Verdict:
    """Return the k nearest stations that are kept, by going farther out in stages and looking at ever more.

    ``mask_within`` gives for trips of so many minutes the stations that can be kept at all; within its stage none that
    is left out can, so the first k kept are truly the nearest.
    """
    verdict = _NOBODY
    for minutes in _STAGES_MIN:
        stage_m = min(limit_m, minutes * trip.speed_m_min)
        mask = mask_within(minutes)
        batch, whole = _FIRST_BATCH * k, mask.stations == 0
        while not whole:
            positions, metres = _candidates(trip, mask, batch, stage_m)
            whole = len(positions) != batch or bool(metres[-1] > stage_m)
            inside = metres <= stage_m
            judged = trip.judge(positions[inside], metres[inside])
            verdict = judged.of(np.flatnonzero(keep(judged))[:k])
            if len(verdict.positions) == k:
                return verdict
            batch *= 4
        if stage_m == limit_m:
            break
    return verdict


def _candidates(trip: Trip, mask: Mask, batch: int, reach_m: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the nearest ``batch`` stations of a mask, or all within a reach when these would be very many."""
    index = trip.snapshot.index
    if batch > _LARGEST_BATCH:
        return index.within(trip.lon, trip.lat, reach_m, mask=mask)
    return index.nearest(trip.lon, trip.lat, batch, mask=mask)
