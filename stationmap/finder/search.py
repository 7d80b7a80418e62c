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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from stationmap.errors import InvalidValue, Message
from stationmap.finder.outward import nearest_of_any_state, nearest_of_each, nearest_together
from stationmap.finder.places import checked
from stationmap.finder.snapshot import Snapshot
from stationmap.finder.standing import DOORS, reason, standing
from stationmap.finder.trip import LONGEST_MIN, Seen, Trip, instants
from stationmap.finder.walk import Walk
from stationmap.schema.vocabulary import KINDS, SERVICES, require

SPEED_KMH: Mapping[str, float] = {"walk": 4.5, "ride": 15.0}
"""Speed by mode, km/h."""

_YEARS = range(1900, 2999)
_KIND_CODES, _SERVICE_CODES = frozenset(KINDS), frozenset(SERVICES)


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
        if not self.kinds <= _KIND_CODES:
            object.__setattr__(self, "kinds", frozenset([require(KINDS, word, "kind").code for word in self.kinds]))
        if not self.needs <= _SERVICE_CODES:
            object.__setattr__(
                self, "needs", frozenset([require(SERVICES, word, "service").code for word in self.needs])
            )


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


@dataclass(frozen=True, slots=True)
class Sight:
    """An answer not yet told: what the trip meets at each station of it; ``query_at`` as in :class:`Answer`.

    ``walk`` is all of it where one walk found it.
    """

    trip: Trip
    found: Sequence[Seen]
    maybe: Sequence[Seen]
    together: Sequence[Seen]
    query_at: datetime
    walk: Walk | None = None


def find(snapshot: Snapshot, query: Query) -> Answer:
    """Answer a query, exactly: see the module for what counts.

    Returns
    -------
    Answer
        ``found`` and ``maybe``: the k nearest each, ordered by (distance_m, id); ``together``: ordered likewise.
    """
    seen = sight(snapshot, query)
    found, maybe, together = (
        tuple(_told(seen.trip, each) for each in group) for group in (seen.found, seen.maybe, seen.together)
    )
    return Answer(found, maybe, together, seen.query_at, query.lon, query.lat, query.mode)


def sight(snapshot: Snapshot, query: Query) -> Sight:
    """Answer a query as :func:`find` does, without telling all of each station."""
    trip = trip_of(snapshot, query)
    limit_m = math.inf if query.reach_m is None else query.reach_m
    found: Sequence[Seen]
    maybe: Sequence[Seen] = ()
    together: Sequence[Seen] = ()
    if query.any_state:
        found, maybe, walk = nearest_of_any_state(trip, query.k, limit_m)
    else:
        found, maybe, walk = nearest_of_each(trip, query.k, limit_m)
        if not found and len(query.needs) > 1:
            together = nearest_together(trip, limit_m)
    nearest = next((each[0].position for each in (found, maybe, together) if each), None)
    query_at = trip.instants[0 if nearest is None else snapshot.zone_at[nearest]]
    return Sight(trip, found, maybe, together, query_at, None if together else walk)


def trip_of(snapshot: Snapshot, query: Query) -> Trip:
    """Return the trip of who asks."""
    at = instants(query.at, snapshot)
    first, ahead_min = at[0], LONGEST_MIN + query.soon_min + query.margin_min + 2
    if len(at) > 1:
        first = min(at)
        ahead_min += (max(at) - first) / timedelta(minutes=1)
    outlook = snapshot.outlook(first, ahead_min)
    starts_min = tuple([outlook.minutes_to(each) for each in at])
    return Trip(
        snapshot,
        query.lon,
        query.lat,
        at,
        outlook,
        starts_min,
        snapshot.moment(outlook, starts_min),
        SPEED_KMH[query.mode] * 1000 / 60 / query.detour,
        query.margin_min,
        query.soon_min,
        query.kinds,
        tuple(sorted(query.needs)),
        query.open_now,
    )


def _told(trip: Trip, seen: Seen) -> Found:
    """Tell all of one station."""
    snapshot, position = trip.snapshot, seen.position
    now, arrives_at = standing(trip, position), trip.arrives_at(position, seen.minutes)
    return Found(
        position=position,
        id=snapshot.ids[position],
        name=snapshot.names[position],
        distance_m=seen.metres,
        minutes=seen.minutes,
        arrives_at=arrives_at,
        state=now.state,
        until=now.until,
        opens_at=now.opens_at,
        on_arrival=DOORS[seen.door],
        wait_min=seen.wait_min,
        services=trip.said(seen)[0],
        missing=trip.missing(seen.had),
        reason=reason(trip, seen, now),
    )
