"""The usual question answered at once: one compiled loop, and what all share who ask alike within the same minute.

What :mod:`stationmap.finder.search` finds and :mod:`stationmap.finder.written` writes, byte for byte, where both lists
are full of near stations; all else goes the general way.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.outward import STREAMED_MIN
from stationmap.finder.pen import Clock
from stationmap.finder.penned import FEATURE_BYTES, SPARE_BYTES, clock_of
from stationmap.finder.phrases import Phrases
from stationmap.finder.relax import NEAR_MIN
from stationmap.finder.reply import TOO_FEW, UNTOLD, Script, reply, script_in_a_box
from stationmap.finder.scene import Scene, Sought
from stationmap.finder.search import Query, Sight, trip_of
from stationmap.finder.sheet import Texts, link_pieces
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.swift import scene_of, sought_of
from stationmap.finder.told import Teller
from stationmap.finder.walk import Walk, may_walk
from stationmap.finder.written import foreign
from stationmap.geo.earth import bend_at, geocentric_one

_MOST_PHRASES = 4000
_MINUTE_US = 60_000_000
_NOTHING, _MINUTE = timedelta(0), timedelta(minutes=1)
_SECOND = len("2026-10-09T12:34:")


class _Plan(NamedTuple):
    """What all share who ask alike within a minute; what is one a zone stands in the order of the snapshot's zones.

    Attributes
    ----------
    scene, sought, script :
        Of :func:`stationmap.finder.reply.reply`.
    phrases, lasting : Phrases
        What is told of stations in this minute; that of it which is so told all day.
    begun_us : int
        Microseconds from the base of the outlook to the minute.
    clock : Clock
        As if one set out when the minute begins.
    tails : tuple of tuple of str
        What stands behind the features before and after the second.
    room : int
        Bytes of an answer, at most.
    """

    scene: Scene
    sought: Sought
    script: Script
    phrases: Phrases
    lasting: Phrases
    begun_us: int
    clock: Clock
    tails: tuple[tuple[str, str], ...]
    room: int


def quick(snapshot: Snapshot, query: Query, lang: str) -> bytes | None:
    """Return an answer as GeoJSON in UTF-8; None where it must be found the general way.

    That is so where the lists are not filled by what is within two hours, where the nearest is more than an hour away,
    where clocks are changed, and where the time asked for is another instant in each zone.

    Parameters
    ----------
    snapshot : Snapshot
        The stations.
    query : Query
        The question.
    lang : str
        ``zh`` or ``en``, of the sentences.
    """
    at = query.at or datetime.now(UTC)
    if at.tzinfo is None:
        if len(snapshot.zones) > 1:
            return None
        at = at.replace(tzinfo=snapshot.zones[0])
    at = at.astimezone(UTC)
    for within_min in (None,) if query.any_state else STREAMED_MIN:
        plan = _plan(snapshot, query, at, lang, within_min)
        if plan is None:
            return None
        size, answer = _answered(plan, snapshot, query, at, lang)
        if size != TOO_FEW:
            return answer
    return None


def _answered(plan: _Plan, snapshot: Snapshot, query: Query, at: datetime, lang: str) -> tuple[int, bytes | None]:
    """Return the size of an answer, or why there is none, and the answer."""
    past_us = at.second * 1_000_000 + at.microsecond
    starts_min = np.array(((plan.begun_us + past_us) / _MINUTE_US,) * len(plan.tails))
    clock = Clock(plan.clock.begun_us + past_us, plan.clock.dates, plan.clock.offsets)
    place, tails = geocentric_one(query.lon, query.lat), _tails(plan, query, at)
    bend = bend_at(place)
    for first in (True, False):
        out, table = np.empty(plan.room, np.uint8), plan.phrases.table
        size, whole, parts, serving = reply(
            place, bend, plan.scene, starts_min, plan.sought, plan.script, clock, table, tails, out
        )
        if size != UNTOLD or not first:
            break
        if not _add(plan, snapshot, replace(query, at=at), lang, whole, parts, serving):
            break
    if size < 0 or parts[0, 2] > NEAR_MIN:
        return size, None
    return size, bytes(out.data[:size])  # numpy would let other threads in for a copy of this size


def _plan(snapshot: Snapshot, query: Query, at: datetime, lang: str, within_min: float | None) -> _Plan | None:
    """Return what is made ready for a question; None where it must go the general way."""
    exact = at.second == at.microsecond == 0
    asked = query.k, query.kinds, query.needs, query.open_now, query.mode
    bounds = within_min, query.detour, query.margin_min, query.soon_min, query.reach_m
    key = lang, exact, at.toordinal(), at.hour, at.minute, asked, bounds
    kept: tuple[_Plan | None] | None = snapshot.plans[key]
    if kept is None:
        made = _planned(snapshot, replace(query, at=at), (lang, exact), within_min)
        kept = snapshot.plans.keep(key, (made,))
        alike = replace(query, lon=0.0, lat=0.0, at=None), lang
        snapshot.asked.keep(alike, alike)
    return kept[0]


def _planned(snapshot: Snapshot, query: Query, told: tuple[str, bool], within_min: float | None) -> _Plan | None:
    trip = trip_of(snapshot, query)
    minutes = [at.replace(second=0, microsecond=0) for at in trip.instants]
    clock = clock_of(trip.moment, minutes)
    whole = all((at.utcoffset() or _NOTHING) % _MINUTE == _NOTHING for at in minutes)
    if clock is None or not whole or not may_walk(query.k, query.needs):
        return None
    stage_m = np.inf if query.reach_m is None else query.reach_m
    if within_min is not None:
        stage_m = min(stage_m, within_min * trip.speed_m_min)
    day = trip.outlook.base, trip.outlook.horizon_min, *trip.moment.today
    lasting = snapshot.remembered(("phrases", told[0], trip.needs, *day), lambda: Phrases(_MOST_PHRASES))
    return _Plan(
        scene_of(trip, within_min),
        sought_of(trip, within_min, query.k, stage_m),
        script_in_a_box(Script(snapshot.sheet(), *link_pieces(query.mode))),
        trip.moment.paged(("phrases", *told, trip.needs), lambda: Phrases.after(lasting)),
        lasting,
        (minutes[0] - trip.outlook.base) // timedelta(microseconds=1),
        clock,
        tuple(_around_the_second(foreign(snapshot, query, at), at) for at in minutes),
        2 * query.k * FEATURE_BYTES + SPARE_BYTES,
    )


def _around_the_second(told: str, at: datetime) -> tuple[str, str]:
    """Return what stands in the foreign members of a whole minute before and after its second, up to the position."""
    written = at.isoformat()
    head, _, rest = told.partition(written)
    return f"{head}{written[:_SECOND]}", f"{written[_SECOND + 2 :]}{rest[: rest.index('[') + 1]}"


def _tails(plan: _Plan, query: Query, at: datetime) -> Texts:
    """Return what stands behind the features, one a zone."""
    second = f"{at.second:02d}.{at.microsecond:06d}" if at.microsecond else f"{at.second:02d}"
    here = f"{query.lon!r},{query.lat!r}]}}"
    tails = [f"{head}{second}{rest}{here}".encode() for head, rest in plan.tails]
    return Texts(np.frombuffer(b"".join(tails), np.uint8), np.array([0, *accumulate(map(len, tails))]))


def _add(
    plan: _Plan,
    snapshot: Snapshot,
    query: Query,
    lang: str,
    whole: NDArray[np.int64],
    parts: NDArray[np.float64],
    serving: int,
) -> bool:
    """Add what is told of the stations of a walk; return False where it does not hold for a minute."""
    trip, walk = trip_of(snapshot, query), Walk(whole, parts)
    at = trip.instants[snapshot.zone_at[walk[0].position]]
    teller = Teller(Sight(trip, walk[:serving], walk[serving:], (), at, walk), lang)
    for seen, code in zip(walk, walk.codes, strict=True):
        plain = code if code >= 0 else ~code
        told = teller.shared(seen, plain)
        if told is None:
            return False
        plan.phrases.add(plain, told)
        if trip.moment.alike[snapshot.schedule_at[seen.position]] < trip.moment.lasting:
            plan.lasting.add(plain, told)
    return True
