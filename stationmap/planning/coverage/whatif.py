"""What if: changes of the supply as data, without computing again what they leave as it is.

Hours and services touch no pair; a station that closes takes its pairs away; only for one that is new or moved are
pairs measured. The result is, to the bit, what a computation from the changed stations would give.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.hours.expression import parse
from stationmap.hours.opening import Schedule
from stationmap.hours.rules import DAY_MIN, Expression, Rule
from stationmap.planning.pairs import Pairs, merged
from stationmap.planning.supply import NO_OUTAGE, NO_SCHEDULE, Had, Offers, Supply
from stationmap.schema.vocabulary import KINDS, SERVICES, require

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], Pairs]
"""Longitudes and latitudes of new places to their pairs with the demand, with the reach and way of the others."""


@dataclass(frozen=True, slots=True)
class Close:
    """A station closes for good."""

    station: str


@dataclass(frozen=True, slots=True)
class OpenTill:
    """Each opening that is the last of its day goes on until a time; ``05:00`` before it opens is of the next day."""

    station: str
    till: str


@dataclass(frozen=True, slots=True)
class SetHours:
    """A station keeps other hours: OSM grammar, and its habit on make-up days (left out: the one it has)."""

    station: str
    osm: str
    makeup: str = ""


@dataclass(frozen=True, slots=True)
class SetService:
    """A station gets a service at all its hours, or loses it (``had`` no), or it is no longer known."""

    station: str
    service: str
    had: Had = Had.YES


@dataclass(frozen=True, slots=True)
class Move:
    """A station moves, WGS 84 degrees; all else stays as it is."""

    station: str
    lon: float
    lat: float
    adcode: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """A new station opens, WGS 84 degrees; hours "" are not known, services that are not named neither."""

    station: str
    lon: float
    lat: float
    kinds: frozenset[str] = frozenset({"rest_station"})
    osm: str = ""
    services: frozenset[str] = frozenset()
    name: str = ""
    makeup: str = "unknown"
    timezone: str = "Asia/Shanghai"
    adcode: str = ""


Change = Close | OpenTill | SetHours | SetService | Move | Open


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """A supply after changes.

    Attributes
    ----------
    supply : Supply
        The stations now: those of before in their order, then the new ones.
    origin : NDArray[int64]
        Shape (m,): where each stood before, -1 for those whose pairs must be measured: new ones and moved ones.
    before : int
        How many stations there were.
    """

    supply: Supply
    origin: NDArray[np.int64]
    before: int

    def pairs(self, pairs: Pairs, measure: Measure) -> Pairs:
        """Return the pairs now, from those of before.

        Parameters
        ----------
        pairs : Pairs
            Of the demand and the stations before.
        measure : callable
            Measures new places; it is not called when there are none.

        Raises
        ------
        InvalidValue
            When the pairs are of other stations, or what is measured has another reach or way.
        """
        pairs.require_stations(self.before)
        position = np.full(self.before, -1, np.int64)
        stayed = np.flatnonzero(self.origin >= 0)
        position[self.origin[stayed]] = stayed
        fresh = np.flatnonzero(self.origin < 0)
        if len(fresh):
            measured = measure(self.supply.lon[fresh], self.supply.lat[fresh])
            measured.require_stations(len(fresh))
        else:
            nothing = np.empty(0)
            start = np.zeros(pairs.demand + 1, np.int64)
            measured = Pairs(start, np.empty(0, np.int32), nothing, nothing, 0, pairs.reach_m, pairs.way)
            if len(stayed) == self.before:
                return pairs
        return merged(pairs, position, measured, fresh, len(self.supply))


def changed(supply: Supply, changes: Sequence[Change]) -> Changed:
    """Return a supply after changes, one after the other; the supply that is given stays as it is.

    Raises
    ------
    NotFound
        When a change names no located station.
    InvalidValue
        When hours cannot be read, a word is none of the vocabulary, a place is none, or a new id is taken.
    """
    now, origin = supply, np.arange(len(supply))
    for change in changes:
        now, origin = _changed(now, origin, change)
    return Changed(now, origin, len(supply))


def _changed(supply: Supply, origin: NDArray[np.int64], change: Change) -> tuple[Supply, NDArray[np.int64]]:
    if isinstance(change, Open):
        return _opened(supply, change), np.append(origin, -1)
    at = supply.position(change.station)
    match change:
        case Close():
            kept = np.arange(len(supply)) != at
            return supply.only(kept), origin[kept]
        case Move():
            _check_place(change)
            moved = replace(
                supply,
                lon=_with(supply.lon, at, change.lon),
                lat=_with(supply.lat, at, change.lat),
                adcode=_with(supply.adcode, at, change.adcode),
            )
            return moved, _with(origin, at, -1)
        case SetService():
            code = require(SERVICES, change.service, "service").code
            return replace(supply, offers=_offered(supply.offers, at, {code: change.had})), origin
        case OpenTill() | SetHours():
            return _rehoured(supply, at, _hours(supply.schedules[supply.schedule[at]], change)), origin


def _with(column: NDArray[Any], at: int, value: Any) -> NDArray[Any]:
    other = column.copy()
    other[at] = value
    return other


def _check_place(change: Move | Open) -> None:
    if not (abs(change.lon) <= 180 and abs(change.lat) <= 90):
        raise InvalidValue(
            "Station {id} would lie at {lon}, {lat}, which is no place in degrees.",
            id=repr(change.station),
            lon=change.lon,
            lat=change.lat,
        )


def _hours(schedule: Schedule, change: OpenTill | SetHours) -> Schedule:
    if isinstance(change, SetHours):
        parse(change.osm or "unknown")
        return Schedule(change.osm, change.makeup or schedule.makeup, schedule.timezone)
    if not schedule.osm:
        raise InvalidValue(
            "The hours of station {id} are not known, so they cannot be made longer. Give its hours whole.",
            id=repr(change.station),
        )
    clock = _CLOCK.fullmatch(change.till.strip())
    if clock is None:
        raise InvalidValue("{time} is no time of day; write it as 22:00.", time=repr(change.till))
    return schedule._replace(osm=open_till(schedule.osm, int(clock[1]) * 60 + int(clock[2])))


def open_till(osm: str, till_min: int) -> str:
    """Return hours in which each last opening of a day goes on until a minute of the day, if it ended before.

    Examples
    --------
    >>> open_till("Mo-Fr 09:00-12:00,13:30-17:00; Sa 10:00-14:00; PH off", 22 * 60)
    'Mo-Fr 09:00-12:00,13:30-22:00; Sa 10:00-22:00; PH off'
    """
    rules = parse(osm).rules
    longer = [
        rule if _goes_on(rule, following) else _until(rule, till_min)
        for rule, following in zip(rules, (*rules[1:], None), strict=True)
    ]
    return str(Expression(tuple(longer)))


def _goes_on(rule: Rule, following: Rule | None) -> bool:
    """Tell whether the rule after one adds times to the same days, so that its own are not the last."""
    return following is not None and following.separator == "," and _days(rule) == _days(following)


def _days(rule: Rule) -> tuple[object, ...]:
    return rule.years, rule.dates, rule.weeks, rule.days


def _until(rule: Rule, till_min: int) -> Rule:
    if rule.modifier != "open" or not rule.times:
        return rule
    last = max(rule.times)
    till = till_min if till_min > last.start else till_min + DAY_MIN
    if last.end >= till:
        return rule
    times = [last._replace(end=till, open_end=False) if span == last else span for span in rule.times]
    return rule._replace(times=tuple(times))


def _rehoured(supply: Supply, at: int, schedule: Schedule) -> Supply:
    schedules, number = _numbered(supply.schedules, schedule)
    return replace(supply, schedules=schedules, schedule=_with(supply.schedule, at, number))


def _numbered(schedules: tuple[Schedule, ...], schedule: Schedule) -> tuple[tuple[Schedule, ...], int]:
    if schedule in schedules:
        return schedules, schedules.index(schedule)
    return (*schedules, schedule), len(schedules)


def _offered(offers: Offers, at: int, had: dict[str, Had]) -> Offers:
    """Return offers with those of one station set."""
    kept = ~((offers.station == at) & np.isin(offers.service.astype(str), list(had)))
    count = len(had)
    station = np.append(offers.station[kept], np.full(count, at, np.int32))
    service = np.append(offers.service[kept], np.array(list(had), object))
    order = np.lexsort((service.astype(str), station))
    return Offers(
        station[order],
        service[order],
        np.append(offers.answer[kept], np.array(list(had.values()), np.int8))[order],
        np.append(offers.schedule[kept], np.full(count, NO_SCHEDULE, np.int32))[order],
        np.append(offers.outage_until[kept], np.full(count, NO_OUTAGE, np.int32))[order],
    )


def _opened(supply: Supply, change: Open) -> Supply:
    if (supply.ids == change.station).any() or change.station in supply.unlocated:
        raise InvalidValue("There is a station {id} already. Give the new one another id.", id=repr(change.station))
    _check_place(change)
    parse(change.osm or "unknown")
    kinds = frozenset(require(KINDS, word, "kind").code for word in change.kinds)
    codes = {require(SERVICES, word, "service").code: Had.YES for word in sorted(change.services)}
    makeup = change.makeup if change.osm else "unknown"
    schedules, number = _numbered(supply.schedules, Schedule(change.osm, makeup, change.timezone))
    kind_sets = supply.kind_sets if kinds in supply.kind_sets else (*supply.kind_sets, kinds)
    return replace(
        supply,
        ids=np.append(supply.ids, np.array([change.station], object)),
        names=np.append(supply.names, np.array([change.name], object)),
        adcode=np.append(supply.adcode, np.array([change.adcode], object)),
        lon=np.append(supply.lon, change.lon),
        lat=np.append(supply.lat, change.lat),
        kind_sets=kind_sets,
        kind_set=np.append(supply.kind_set, np.int32(kind_sets.index(kinds))),
        schedules=schedules,
        schedule=np.append(supply.schedule, np.int32(number)),
        offers=_offered(supply.offers, len(supply), codes) if codes else supply.offers,
        capacity=None if supply.capacity is None else np.append(supply.capacity, np.nan),
    )
