"""The search for one worker: the nearest stations that he can enter when he gets there, with what he needs.

What counts
-----------
- Travel time is ``distance_m * detour / speed``: 4.5 km/h on foot (75 m/min), 15 km/h by e-bike (250 m/min), the
  straight (geodesic) distance times a detour factor of 1.3 unless another is given.
- A station is *found* when all needs are answered yes by facts that were found, and it is open on arrival and stays so
  for the margin, or opens within ``soon_min`` of the arrival and then stays open for the margin.
- A service with hours of its own must be on when he enters (on arrival, or at the opening he waits for) and for the
  margin; one out of order until a day is not there up to the end of that day.
- A station that would do but for something unknown (its hours, a service, the hours of a service) stands apart in
  *maybe*. Unknown never becomes yes or no.
- Order is by distance, ties by id, also among those that open soon: the wait is shown and left to the worker. The
  order is made over all that satisfy; nothing is cut off before it.
- A search reaches as far as ``reach_m``, and never farther than a day's travel: beyond it no arrival is judged.
- With ``open_now`` it also counts how a station is when he sets out: *found* are those that are open at that instant
  and would be found anyhow; one whose state at that instant is unknown stands in *maybe* when it would be found or
  stand there anyhow; one that is closed at that instant is left out, however soon it opens. Each station of *together*
  must be open at that instant.
- With ``any_state`` nothing that depends on the time excludes a station, neither hours nor outages, and a day's travel
  is no limit; only those found to lack a need are left out.
- When no station is found and several services are needed, *together* is the nearest set that has them all
  (:mod:`stationmap.finder.together`).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.finder.arrival import Door
from stationmap.finder.blocks import Mask
from stationmap.finder.places import checked, runs
from stationmap.finder.services import Had
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.together import nearest_set
from stationmap.finder.trip import LONGEST_MIN, Trip, Verdict, instants
from stationmap.hours.opening import Opening, State
from stationmap.schema.vocabulary import KINDS, SERVICES, require

SPEED_KMH: Mapping[str, float] = {"walk": 4.5, "ride": 15.0}
"""Speed by mode, km/h."""

_YEARS = range(1900, 2999)
_STAGES_MIN = (30.0, 120.0, 480.0, LONGEST_MIN)
_FIRST_BATCH, _LARGEST_BATCH = 4, 4096
_STATES = {State.CLOSED: "closed", State.OPEN: "open", State.UNKNOWN: "unknown"}
_DOORS = ("closed", "closing", "unknown", "opens_soon", "open")
_HAD = ("no", "yes", "unknown")

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


@dataclass(frozen=True, slots=True)
class Query:
    """What a worker asks.

    Parameters
    ----------
    lon, lat : float
        Where he is, WGS 84 degrees.
    at : datetime, optional
        When he sets out; a naive one is the local time of each place, None is now.
    k : int
        How many stations, at least 1.
    kinds : frozenset of str
        Kinds of which any will do; none named: all.
    needs : frozenset of str
        Services of which all are needed. Kinds and services may be codes, labels or aliases of the vocabulary.
    any_state : bool
        Take stations in any state, open or not, that have the needs or may have them.
    open_now : bool
        Take only stations that are open when he sets out as well; not together with ``any_state``.
    mode : str
        ``walk`` or ``ride`` (e-bike).
    detour : float
        Way over straight distance, at least 1.
    margin_min : float
        How long it must stay open after he enters.
    soon_min : float
        How long he would wait for it to open.
    reach_m : float, optional
        Straight metres he would go at most, boundary included; None: as far as a day's travel.

    Raises
    ------
    InvalidValue
        When a value cannot be; it says which.
    """

    lon: float
    lat: float
    at: datetime | None = None
    k: int = 5
    kinds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    any_state: bool = False
    open_now: bool = False
    mode: Literal["walk", "ride"] = "walk"
    detour: float = 1.3
    margin_min: float = 10.0
    soon_min: float = 30.0
    reach_m: float | None = None

    def __post_init__(self) -> None:
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            checked([self.lon], [self.lat])
        if self.k < 1:
            raise InvalidValue("k must be at least 1, not {k}.", k=self.k)
        if self.at is not None and self.at.year not in _YEARS:
            raise InvalidValue("The time must lie in the years 1900 to 2998, not in {year}.", year=self.at.year)
        if self.any_state and self.open_now:
            raise InvalidValue("Ask either for stations in any state or for those open now, not for both.")
        if self.mode not in SPEED_KMH:
            raise InvalidValue("The mode must be walk or ride, not {mode!r}.", mode=self.mode)
        if not 1.0 <= self.detour < math.inf:
            raise InvalidValue("The detour factor must be 1 or more, not {detour}.", detour=self.detour)
        for minutes in (self.margin_min, self.soon_min):
            if not 0.0 <= minutes <= LONGEST_MIN:
                raise InvalidValue("Margin and wait must be 0 to 1440 minutes, not {minutes}.", minutes=minutes)
        if self.reach_m is not None and not self.reach_m >= 0.0:
            raise InvalidValue("The reach must be 0 metres or more, not {reach_m}.", reach_m=self.reach_m)
        kinds = frozenset(require(KINDS, word, "kind").code for word in self.kinds)
        needs = frozenset(require(SERVICES, word, "service").code for word in self.needs)
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "needs", needs)


@dataclass(frozen=True, slots=True)
class Found:
    """One station of an answer.

    Attributes
    ----------
    position : int
        Its row in the snapshot.
    id, name : str
        Of the station.
    distance_m : float
        Straight (geodesic) metres.
    minutes : float
        Travel time.
    arrives_at : datetime
        In the zone of the place.
    state : str
        ``open``, ``closed`` or ``unknown`` when he sets out.
    until, opens_at : datetime or None
        When that state ends, and the next opening when it is not open; in the zone of the place; None when not within
        14 days.
    on_arrival : str
        ``open``, ``opens_soon``, ``closing``, ``closed`` or ``unknown``.
    wait_min : float
        Wait for the opening when it opens soon, else 0.
    services : Mapping[str, str]
        ``yes``, ``no`` or ``unknown`` on entry, of the services of which anything is said.
    missing : tuple of str
        Needs that it has not, or of which it is not known.
    reason : Message or None
        Why something is unknown, or why it is of no use.
    """

    position: int
    id: str
    name: str
    distance_m: float
    minutes: float
    arrives_at: datetime
    state: str
    until: datetime | None
    opens_at: datetime | None
    on_arrival: str
    wait_min: float
    services: Mapping[str, str]
    missing: tuple[str, ...]
    reason: Message | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, what may do, what does together, and what was asked.

    Attributes
    ----------
    found, maybe, together : tuple of Found
        See the module.
    query_at : datetime
        The instant asked for, aware, in the zone of the nearest of them.
    lon, lat : float
        Where it was asked for, WGS 84 degrees.
    mode : str
        ``walk`` or ``ride``.
    """

    found: tuple[Found, ...]
    maybe: tuple[Found, ...]
    together: tuple[Found, ...]
    query_at: datetime
    lon: float
    lat: float
    mode: Literal["walk", "ride"]


def find(snapshot: Snapshot, query: Query) -> Answer:
    """Answer a query, exactly: see the module for what counts.

    Returns
    -------
    Answer
        ``found`` and ``maybe``: the k nearest each, ordered by (distance_m, id); ``together``: ordered likewise.
    """
    trip = _trip(snapshot, query)
    limit_m = math.inf if query.reach_m is None else query.reach_m
    if query.any_state:
        verdicts = [_nearest_of_any_state(trip, query.k, limit_m)]
    else:
        verdicts = [
            _nearest(trip, trip.certain_mask, Verdict.serves, query.k, limit_m),
            _nearest(trip, trip.doubtful_mask, Verdict.may_serve, query.k, limit_m),
        ]
        if not len(verdicts[0].positions) and len(query.needs) > 1:
            verdicts.append(_together(trip, limit_m))
    found, maybe, together = (*(_told(trip, verdict) for verdict in verdicts), (), ())[:3]
    nearest = next((each[0].position for each in (found, maybe, together) if each), None)
    query_at = trip.instants[0 if nearest is None else int(snapshot.zone[nearest])]
    return Answer(found, maybe, together, query_at, query.lon, query.lat, query.mode)


def _trip(snapshot: Snapshot, query: Query) -> Trip:
    at = instants(query.at, snapshot)
    first, last = min(at), max(at)
    ahead_min = (last - first) / timedelta(minutes=1) + LONGEST_MIN + query.soon_min + query.margin_min + 2
    outlook = snapshot.outlook(first, ahead_min)
    return Trip(
        snapshot,
        query.lon,
        query.lat,
        at,
        outlook,
        np.array([outlook.minutes_to(each) for each in at]),
        SPEED_KMH[query.mode] * 1000 / 60 / query.detour,
        query.margin_min,
        query.soon_min,
        query.kinds,
        tuple(sorted(query.needs)),
        query.open_now,
    )


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


def _nearest_of_any_state(trip: Trip, k: int, limit_m: float) -> Verdict:
    """Return the k nearest stations that were not found to lack a need, whatever their state."""
    positions, metres = trip.snapshot.index.nearest(trip.lon, trip.lat, k, mask=trip.possible_mask())
    inside = metres <= limit_m
    return trip.judge(positions[inside], metres[inside])


def _together(trip: Trip, limit_m: float) -> Verdict:
    """Return the nearest set of stations that have all needs together, empty when there is none."""
    limit_m = min(limit_m, LONGEST_MIN * trip.speed_m_min)
    bound_m = 0.0
    for need in trip.needs:
        single = replace(trip, needs=(need,))
        nearest = _nearest(single, single.certain_mask, Verdict.serves, 1, limit_m)
        if not len(nearest.positions):
            return _NOBODY
        bound_m += float(nearest.metres[0])
    bound_m = min(bound_m, limit_m)
    mask = trip.any_need_mask(LONGEST_MIN)
    judged = trip.judge(*trip.snapshot.index.within(trip.lon, trip.lat, bound_m, mask=mask))
    judged = judged.of((judged.door >= Door.OPENS_SOON) & (judged.now == State.OPEN))
    rows = nearest_set(judged.metres, (judged.had == Had.YES).T)
    return judged.of(np.array(rows, np.int64))


def _told(trip: Trip, verdict: Verdict) -> tuple[Found, ...]:
    """Tell the verdicts in full."""
    entry_min = np.minimum(verdict.minutes, LONGEST_MIN) + verdict.wait_min
    offers = _services(trip, verdict.positions, entry_min)
    rows = zip(
        verdict.positions.tolist(),
        verdict.metres.tolist(),
        verdict.minutes.tolist(),
        verdict.door.tolist(),
        verdict.wait_min.tolist(),
        verdict.had.T.tolist(),
        offers,
        strict=True,
    )
    return tuple(_told_one(trip, *row) for row in rows)


def _told_one(
    trip: Trip,
    position: int,
    metres: float,
    minutes: float,
    door: int,
    wait_min: float,
    needed: list[int],
    services: Mapping[str, str],
) -> Found:
    snapshot = trip.snapshot
    sets_out = trip.instants[int(snapshot.zone[position])]
    arrives_at = (sets_out.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(sets_out.tzinfo)
    now = _now(trip, position, sets_out)
    return Found(
        position=position,
        id=snapshot.ids[position],
        name=snapshot.names[position],
        distance_m=metres,
        minutes=minutes,
        arrives_at=arrives_at,
        state=_STATES[now.state],
        until=now.until,
        opens_at=now.opens_at,
        on_arrival=_DOORS[door],
        wait_min=wait_min,
        services=services,
        missing=tuple(need for need, had in zip(trip.needs, needed, strict=True) if had != Had.YES),
        reason=_reason(snapshot, position, now, door, minutes, arrives_at),
    )


def _now(trip: Trip, position: int, sets_out: datetime) -> Opening:
    """Return the state of a station when he sets out, from the outlook where that tells all of it."""
    snapshot, outlook = trip.snapshot, trip.outlook
    start_min = float(trip.start_min[snapshot.zone[position]])
    standing = outlook.standing(int(snapshot.schedule[position]), start_min)
    if standing is None:
        return snapshot.opening(position, sets_out)
    until, opens_at = (
        None if minute is None else (outlook.base + timedelta(minutes=minute)).astimezone(sets_out.tzinfo)
        for minute in (standing.until_min, standing.opens_min)
    )
    return Opening(standing.state, until, opens_at, None, None)


def _services(trip: Trip, positions: NDArray[np.int64], entry_min: NDArray[np.float64]) -> list[dict[str, str]]:
    """Return for each station the services of which anything is said, as they are when he enters."""
    services = trip.snapshot.services
    rows, which = runs(services.starts[positions], services.starts[positions + 1])
    entries = (trip.start_min[trip.snapshot.zone[positions]] + entry_min)[which]
    had = trip.had(rows, positions[which], entries).tolist()
    offers: list[dict[str, str]] = [{} for _ in positions]
    for station, code, each in zip(which.tolist(), services.names_of(rows), had, strict=True):
        offers[station][code] = _HAD[each]
    return offers


def _reason(
    snapshot: Snapshot, position: int, now: Opening, door: int, minutes: float, arrives_at: datetime
) -> Message | None:
    if minutes > LONGEST_MIN:
        return Message("More than a day's travel away: what you meet on arrival is not worked out.")
    if now.state is State.UNKNOWN:
        return snapshot.why_unknown(position, now)
    if door == Door.UNKNOWN:
        return snapshot.why_unknown(position, snapshot.opening(position, arrives_at))
    if door == Door.CLOSING:
        return Message("It closes too soon after you get there.")
    return None
