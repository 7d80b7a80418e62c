"""One worker's trip at one instant: when he arrives at each station, and what he then meets.

Travel time is the straight distance times a detour factor, at 4.5 km/h on foot or 15 km/h by e-bike. The trip judges
batches of stations exactly, and knows in advance which stations may serve at all within so many minutes, so that the
search looks at no others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.arrival import Door, Outlook
from stationmap.finder.blocks import Chances, Mask
from stationmap.finder.moment import Moment
from stationmap.finder.services import NO_OUTAGE, NO_SCHEDULE, Had
from stationmap.finder.snapshot import Snapshot
from stationmap.hours.opening import State

LONGEST_MIN = 1440.0
"""The longest trip, in minutes, for which an arrival is judged: a day."""

SERVES, MAY_SERVE = 1, 2
"""Numbers of :meth:`Trip.chances`."""

BLOCK_MIN = 10.0
"""Masks are made for all who set out within so many minutes."""

# Plain numbers: members of an enumeration are slow to compare one by one.
_UNKNOWN, _OPENS_SOON = int(Door.UNKNOWN), int(Door.OPENS_SOON)
_NO, _YES = int(Had.NO), int(Had.YES)
_CLOSED, _OPEN = int(State.CLOSED), int(State.OPEN)
_ZONES_APART = timedelta(hours=14)

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]
Floats = NDArray[np.float64]


class Seen(NamedTuple):
    """What the trip meets at one station: a row of a :class:`Verdict`, ``had`` one a need."""

    position: int
    metres: float
    minutes: float
    door: int
    wait_min: float
    had: tuple[int, ...]
    now: int

    def serves(self) -> bool:
        """Return whether he gets in, now or soon, and finds all that he needs."""
        _, _, _, door, _, had, now = self
        return door >= _OPENS_SOON and now == _OPEN and had.count(_YES) == len(had)

    def may_serve(self) -> bool:
        """Return whether he would, were it not for something unknown."""
        _, _, _, door, _, had, now = self
        return door >= _UNKNOWN and now != _CLOSED and _NO not in had and not self.serves()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the trip meets at n stations.

    Attributes
    ----------
    positions : NDArray[int64]
        The stations.
    metres, minutes : NDArray[float64]
        Straight distance, and travel time over the detour.
    door : NDArray[int8]
        :class:`~stationmap.finder.arrival.Door` on arrival.
    wait_min : NDArray[float64]
        Wait for an opening.
    had : NDArray[int8]
        Shape (needs, n): :class:`~stationmap.finder.services.Had` when he enters.
    now : NDArray[int8]
        :class:`~stationmap.hours.opening.State` when he sets out, as far as it was asked for: ``OPEN`` everywhere
        when the trip does not look at it.
    """

    positions: Rows
    metres: Floats
    minutes: Floats
    door: NDArray[np.int8]
    wait_min: Floats
    had: NDArray[np.int8]
    now: NDArray[np.int8]

    def serves(self) -> Flags:
        """Return where he gets in, now or soon, and finds all that he needs."""
        certain = (self.door >= Door.OPENS_SOON) & (self.now == State.OPEN)
        return np.asarray(certain & (self.had == Had.YES).all(axis=0))

    def may_serve(self) -> Flags:
        """Return where he would, were it not for something unknown."""
        possible = (self.door >= Door.UNKNOWN) & (self.now != State.CLOSED)
        return np.asarray(possible & (self.had != Had.NO).all(axis=0) & ~self.serves())

    def rows(self) -> list[Seen]:
        """Return the verdict station by station."""
        had = self.had.T.tolist() if len(self.had) else [()] * len(self.positions)
        rows = zip(
            self.positions.tolist(),
            self.metres.tolist(),
            self.minutes.tolist(),
            self.door.tolist(),
            self.wait_min.tolist(),
            map(tuple, had),
            self.now.tolist(),
            strict=True,
        )
        return [Seen(*row) for row in rows]

    def of(self, chosen: Rows | Flags) -> "Verdict":
        """Return the verdict on some of the stations."""
        return Verdict(
            self.positions[chosen],
            self.metres[chosen],
            self.minutes[chosen],
            self.door[chosen],
            self.wait_min[chosen],
            self.had[:, chosen],
            self.now[chosen],
        )


class Trip(NamedTuple):
    """A trip from one point at one instant.

    Attributes
    ----------
    snapshot : Snapshot
        The stations.
    lon, lat : float
        Where it starts, WGS 84 degrees.
    instants : tuple of datetime
        The instant it starts, aware, one a zone of the snapshot: they differ when the time was given as local.
    outlook : Outlook
        Windows around the instants.
    starts_min : tuple of float
        One a zone: minutes from the base of the outlook to the instant.
    moment : Moment
        How all schedules stand at the minute in which he sets out.
    speed_m_min : float
        Straight metres made in a minute, the detour already taken off.
    margin_min, soon_min : float
        See :class:`stationmap.finder.search.Query`.
    kinds : frozenset of str
        Kinds of which any will do.
    needs : tuple of str
        Services of which all are needed.
    open_now : bool
        Whether the state when he sets out counts as well.
    """

    snapshot: Snapshot
    lon: float
    lat: float
    instants: tuple[datetime, ...]
    outlook: Outlook
    starts_min: tuple[float, ...]
    moment: Moment
    speed_m_min: float
    margin_min: float
    soon_min: float
    kinds: frozenset[str]
    needs: tuple[str, ...]
    open_now: bool = False

    def had_at(self, row: int, position: int, entry_min: float) -> int:
        """Return whether one service is there when he enters, as :meth:`had` does for many."""
        had, schedule, until = self.snapshot.services.had_at(row)
        if schedule != NO_SCHEDULE:
            door, _ = self.outlook.met_one(schedule, entry_min, self.margin_min, 0.0)
            had = Had.YES if door == Door.OPEN else Had.UNKNOWN if door == Door.UNKNOWN else Had.NO
        return Had.NO if until != NO_OUTAGE and self._out(until, position, entry_min) else had

    def arrives_at(self, position: int, minutes: float) -> datetime:
        """Return when he is at a station after so many minutes, in the zone of the place."""
        sets_out = self.instants[self.snapshot.zone_at[position]]
        return (sets_out.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(sets_out.tzinfo)

    def said(self, seen: Seen) -> tuple[Mapping[str, str], str]:
        """Return the services of a station as they are when he enters; see :meth:`Services.said_at`."""
        start_min = self.starts_min[self.snapshot.zone_at[seen.position]]
        entry_min = start_min + (min(seen.minutes, LONGEST_MIN) + seen.wait_min)
        return self.snapshot.services.said_at(seen.position, lambda row: self.had_at(row, seen.position, entry_min))

    def missing(self, had: tuple[int, ...]) -> tuple[str, ...]:
        """Return the needs that are not had, or of which it is not known."""
        return tuple([need for need, each in zip(self.needs, had, strict=True) if each != _YES])

    def _out(self, until: int, position: int, entry_min: float) -> bool:
        """Return whether a service that is out of order up to a day is so on the day he enters."""
        today = self.moment.today[self.snapshot.zone_at[position]]
        if until < today or until > today + 2:  # no entry is later than the day after tomorrow
            return until > today
        entry = self.outlook.base + timedelta(minutes=entry_min)
        return bool(entry.astimezone(self.snapshot.zone_of(position)).toordinal() <= until)

    def judge(self, positions: Rows, metres: Floats) -> Verdict:
        """Judge stations at their distances; beyond a day's travel what he meets is unknown."""
        snapshot = self.snapshot
        minutes = metres / self.speed_m_min
        arrival_min = np.array(self.starts_min)[snapshot.zone[positions]] + np.minimum(minutes, LONGEST_MIN)
        door, wait_min = self.outlook.met(snapshot.schedule[positions], arrival_min, self.margin_min, self.soon_min)
        too_far = minutes > LONGEST_MIN
        door[too_far], wait_min[too_far] = Door.UNKNOWN, 0.0
        had = np.empty((len(self.needs), len(positions)), np.int8)
        for number, need in enumerate(self.needs):
            rows = snapshot.services.rows_at(positions, need)
            had[number] = self.had(rows, positions, arrival_min + wait_min)
        return Verdict(positions, metres, minutes, door, wait_min, had, self._now(positions))

    def _now(self, positions: Rows) -> NDArray[np.int8]:
        """Return the states when he sets out; open where they are not asked for."""
        if not self.open_now:
            return np.full(len(positions), State.OPEN, np.int8)
        snapshot = self.snapshot
        start_min = np.array(self.starts_min)[snapshot.zone[positions]]
        door, _ = self.outlook.met(snapshot.schedule[positions], start_min, 0.0, 0.0)
        states = np.select([door == Door.OPEN, door == Door.UNKNOWN], [State.OPEN, State.UNKNOWN], State.CLOSED)
        return states.astype(np.int8)

    def had(self, rows: Rows, positions: Rows, entry_min: Floats) -> NDArray[np.int8]:
        """Return whether services are there when he enters.

        Parameters
        ----------
        rows : NDArray[int64]
            Rows of the services, -1 where nothing is said.
        positions : NDArray[int64]
            The station of each.
        entry_min : NDArray[float64]
            When he enters each, minutes from the base of the outlook. A service with hours of its own must be on
            then, and for the margin.
        """
        services = self.snapshot.services
        had = services.had[rows]
        own = np.flatnonzero(services.schedule[rows] != NO_SCHEDULE)
        if len(own):
            schedules = services.schedule[rows[own]].astype(np.int64)
            door, _ = self.outlook.met(schedules, entry_min[own], self.margin_min, 0.0)
            had[own] = np.select([door == Door.OPEN, door == Door.UNKNOWN], [Had.YES, Had.UNKNOWN], Had.NO)
        for at in np.flatnonzero(services.outage_until[rows] != NO_OUTAGE):
            if self._out(int(services.outage_until[rows[at]]), int(positions[at]), float(entry_min[at])):
                had[at] = Had.NO
        return had

    def certain_mask(self, within_min: float) -> Mask:
        """Return the stations that may serve for certain by some trip of at most ``within_min`` minutes.

        None that is left out can; one that is in may not after all at its own distance. Worked out once for all who set
        out in the same ten minutes.
        """
        return self._remembered("certain", within_min, lambda: self._certain(within_min))

    def doubtful_mask(self, within_min: float) -> Mask:
        """Return the stations that may serve, but for something unknown, by some trip of at most ``within_min``."""
        return self._remembered("doubtful", within_min, lambda: self._doubtful(within_min))

    def chances(self, within_min: float) -> Chances:
        """Return the stations of :meth:`certain_mask` and of :meth:`doubtful_mask` to be walked through together.

        A station of the first has :data:`SERVES` in its number, one of the second :data:`MAY_SERVE`.
        """

        def both() -> Chances:
            return self.snapshot.index.chances(self._certain(within_min), self._doubtful(within_min))

        return self.snapshot.remembered(self._named("chances", within_min), both)

    def any_need_mask(self, within_min: float) -> Mask:
        """Return the stations that may serve at least one of the needs for certain."""
        return self._remembered("any need", within_min, lambda: self._any_need(within_min))

    def possible_mask(self) -> Mask:
        """Return the stations of the kinds that were not found to lack any of the needs, whatever the time."""
        key = ("possible", self.kinds, self.needs)
        return self.snapshot.remembered(key, lambda: self.snapshot.index.mask(self._possible()))

    def possible_chances(self) -> Chances:
        """Return the stations of :meth:`possible_mask` to be walked through."""

        def possible() -> Chances:
            return self.snapshot.index.chances(self._possible(), np.zeros(len(self.snapshot), bool))

        return self.snapshot.remembered(("possible chances", self.kinds, self.needs), possible)

    def _possible(self) -> Flags:
        flags = self.snapshot.kind_mask(self.kinds).copy()
        for need in self.needs:
            flags &= ~self.snapshot.services.offer(need).no
        return flags

    def _certain(self, within_min: float) -> Flags:
        may_open, _ = self._schedules(within_min)
        flags = self.snapshot.kind_mask(self.kinds) & may_open[self.snapshot.schedule]
        for need in self.needs:
            flags &= self._offered(need, within_min)[0]
        return flags & self._open_now()[0]

    def _doubtful(self, within_min: float) -> Flags:
        may_open, may_doubt = (flags[self.snapshot.schedule] for flags in self._schedules(within_min))
        doubt = may_doubt.copy()
        flags = self.snapshot.kind_mask(self.kinds) & (may_open | may_doubt)
        for need in self.needs:
            yes, unknown = self._offered(need, within_min)
            flags &= yes | unknown
            doubt |= unknown
        open_now, unknown_now = self._open_now()
        return flags & (doubt | unknown_now) & (open_now | unknown_now)

    def _any_need(self, within_min: float) -> Flags:
        flags = np.zeros(len(self.snapshot), bool)
        for need in self.needs:
            flags |= self._offered(need, within_min)[0]
        may_open, _ = self._schedules(within_min)
        return flags & self.snapshot.kind_mask(self.kinds) & may_open[self.snapshot.schedule] & self._open_now()[0]

    def _open_now(self) -> tuple[Flags, Flags]:
        """Return which stations may be open, and which unknown, when he sets out."""
        if not self.open_now:
            return np.ones(len(self.snapshot), bool), np.zeros(len(self.snapshot), bool)

        def possible() -> tuple[Flags, Flags]:
            first, last = self._block()
            flags = self.outlook.possible(first, last, 0.0, 0.0)
            return flags[0][self.snapshot.schedule], flags[1][self.snapshot.schedule]

        return self.snapshot.remembered(("open now", self._blocks()), possible)

    def _offered(self, need: str, within_min: float) -> tuple[Flags, Flags]:
        """Return where a service may be had, and where it may be unknown, on entry."""
        services = self.snapshot.services
        offer = services.offer(need)
        if not len(offer.timed):
            return offer.yes, ~(offer.yes | offer.no)
        may_open, may_doubt = self._schedules(within_min)
        schedule, station = services.schedule[offer.timed], services.station_of(offer.timed)
        latest_min = max(self.starts_min) + BLOCK_MIN + within_min + self.soon_min
        latest = self.outlook.base + timedelta(minutes=latest_min)
        back = services.outage_until[offer.timed] < (latest + _ZONES_APART).toordinal()
        own = schedule != NO_SCHEDULE
        yes, unknown = offer.yes.copy(), ~(offer.yes | offer.no)
        unknown[station] = False
        yes[station[back & (~own | may_open[schedule])]] = True
        unknown[station[back & own & may_doubt[schedule]]] = True
        return yes, unknown

    def _schedules(self, within_min: float) -> tuple[Flags, Flags]:
        """Return which schedules may be met open, and which unknown, by a trip of at most ``within_min`` minutes."""

        def possible() -> tuple[Flags, Flags]:
            first, last = self._block()
            return self.outlook.possible(first, last + within_min, self.margin_min, self.soon_min)

        return self.snapshot.remembered(("schedules", *self._key(within_min)), possible)

    def _remembered(self, name: str, within_min: float, make: Callable[[], Flags]) -> Mask:
        return self.snapshot.remembered(self._named(name, within_min), lambda: self.snapshot.index.mask(make()))

    def _named(self, name: str, within_min: float) -> tuple[object, ...]:
        return (name, self.kinds, self.needs, self.open_now, *self._key(within_min))

    def _key(self, within_min: float) -> tuple[object, ...]:
        return *self._blocks(), within_min, self.margin_min, self.soon_min

    def _blocks(self) -> tuple[object, ...]:
        """Return what is the same for all who set out in the same ten minutes."""
        blocks = tuple([start_min // BLOCK_MIN for start_min in self.starts_min])
        return self.outlook.base, self.outlook.horizon_min, blocks

    def _block(self) -> tuple[Floats, Floats]:
        """Return, one a schedule, the minutes between which he sets out, for all that ask at about the same time."""
        first = np.array([start_min // BLOCK_MIN * BLOCK_MIN for start_min in self.starts_min])
        return first[self.snapshot.schedule_zone], first[self.snapshot.schedule_zone] + BLOCK_MIN


def instants(at: datetime | None, snapshot: Snapshot) -> tuple[datetime, ...]:
    """Return the instant of a query as aware datetimes, one a zone; a naive one is local time in each, None is now."""
    if at is None:
        at = datetime.now(UTC)
    if at.tzinfo is None:
        return tuple(at.replace(tzinfo=zone) for zone in snapshot.zones)
    return tuple([at.astimezone(zone) for zone in snapshot.zones])
