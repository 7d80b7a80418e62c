"""Why a number changed between two runs: step by step from one to the other, so that the effects add up.

The runs are walked from the earlier one A to the later one B, one thing changed at a time, and the covered people
counted after each step. What a step adds is its effect; the effects of all steps are the difference of the two runs
exactly, since each step begins where the one before ended. The order is fixed (:data:`ORDER`): another order would
share what two changes do *together* otherwise (a new station that opens late counts as a station here, its hours never
as a change).

==========  ===================================================================================================
asked       from the question of A to that of B: kinds, needs, time, reach, way
demand      from the people of A to those of B: other demand, weight, area, trade hours
stations    new, gone and moved stations; one that is new comes with its own hours, services and kinds
hours       opening hours of stations that are in both
services    services of stations that are in both, with the hours of these
kinds       kinds of stations that are in both
rest        what is left: another version of the method, other holidays
==========  ===================================================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.hours.calendar import Calendar
from stationmap.planning.assessment import hour_of_week
from stationmap.planning.coverage.result import compared
from stationmap.planning.coverage.shares import Total
from stationmap.planning.demand.demand import Demand
from stationmap.planning.network.graph import Network
from stationmap.planning.pairs import Pairs
from stationmap.planning.supply import NO_SCHEDULE, Offers, Supply
from stationmap.runs.inputs import Inputs, pairs_of
from stationmap.runs.keeping import Kept
from stationmap.runs.spec import Spec

ORDER = ("asked", "demand", "stations", "hours", "services", "kinds", "rest")
"""The steps, in their order."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Step:
    """One step from A to B.

    Attributes
    ----------
    code : str
        One of :data:`ORDER`.
    lower, upper : float
        How many more people are covered for certain, and possibly, after it; less than 0 where fewer are.
    share_lower, share_upper : float
        The same of the share, from -1 to 1.
    told : tuple of Message
        What is different, in words; empty where nothing is.
    """

    code: str
    lower: float
    upper: float
    share_lower: float
    share_upper: float
    told: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two runs, and the way from one to the other.

    Attributes
    ----------
    before, after : Total
        At the first reach of each, as they were kept.
    steps : tuple of Step
        All of :data:`ORDER`; their sum is ``after`` less ``before``.
    limits : tuple of Message
        What could not be taken apart.
    """

    before: Total
    after: Total
    steps: tuple[Step, ...]
    limits: tuple[Message, ...]


def difference(a: Kept, b: Kept, *, calendar: Calendar, network: Network | None = None) -> Difference:
    """Return why the number of covered people differs between two runs.

    Parameters
    ----------
    a, b : Kept
        From the one to the other.
    calendar : Calendar
        Days off and make-up days, for hours of dates.
    network : Network, optional
        Streets, where a run asked for ways along them.

    Raises
    ------
    InvalidValue
        When a run asks for ways along streets and those it had are not there, or neither run kept its demand.
    """
    _check_streets((a, b), network)
    here = _Counting(calendar, network)
    first, last, limits = _demands(a, b)
    alike = _aligned(a.supply, b.supply)
    states = [
        (a.spec, first, a.supply),
        (replace(b.spec, weight=_weight(first)), first, a.supply),
        (b.spec, last, a.supply),
        *((b.spec, last, each) for each in (_stations(alike), _hours(alike), _services(alike), b.supply)),
    ]
    counted = [here.total(*state) for state in states]
    before, after = _kept_total(a), _kept_total(b)
    words = _in_words(a, b, alike)
    steps = [
        _step(code, left, right, words[code])
        for code, left, right in zip(ORDER, counted[:-1], counted[1:], strict=False)
    ]
    steps.append(_rest(before, after, steps, words["rest"]))
    return Difference(before, after, tuple(steps), limits)


class _Counting:
    """Counts who is covered; ways between the same places are measured once."""

    def __init__(self, calendar: Calendar, network: Network | None) -> None:
        self._calendar, self._network = calendar, network
        self._measured: dict[tuple[object, ...], tuple[Pairs, Demand, Supply]] = {}

    def total(self, spec: Spec, demand: Demand, supply: Supply) -> Total:
        question, reach_m = spec.asked(spec.weight).question, spec.reaches_m[0]
        weight, hour = demand.weight(spec.weight), hour_of_week(question)
        present = weight if hour is None else weight * demand.presence(spec.weight)[hour]
        there = replace(demand, weights={spec.weight: present}, hourly={})
        pairs = self._pairs(spec, demand, supply, reach_m)
        asked = {"": question}
        return compared(there, supply, pairs, asked, calendar=self._calendar, weight=spec.weight, reach_m=reach_m)[""]

    def _pairs(self, spec: Spec, demand: Demand, supply: Supply, reach_m: float) -> Pairs:
        key = (id(demand), supply.lon.tobytes(), supply.lat.tobytes(), reach_m, spec.way)
        if key not in self._measured:
            inputs = Inputs(demand, supply, None, None, self._calendar, self._network, {})
            self._measured[key] = pairs_of(inputs, reach_m, spec.way)[0], demand, supply
        return self._measured[key][0]


@dataclass(frozen=True, slots=True, eq=False)
class _Aligned:
    """Two supplies side by side: for each station of B where it stands in A, -1 where it is new."""

    a: Supply
    b: Supply
    origin: Rows

    @property
    def both(self) -> Rows:
        """Return the positions in B of the stations that are in both."""
        return np.flatnonzero(self.origin >= 0)


def _aligned(a: Supply, b: Supply) -> _Aligned:
    known = {station: place for place, station in enumerate(a.ids.tolist())}
    return _Aligned(a, b, np.array([known.get(station, -1) for station in b.ids.tolist()], np.int64))


def _stations(two: _Aligned) -> Supply:
    """Return the stations of B where they stand in B; what is in A too has the hours, services and kinds of A."""
    return _with(two, hours=False, services=False, kinds=False)


def _hours(two: _Aligned) -> Supply:
    return _with(two, hours=True, services=False, kinds=False)


def _services(two: _Aligned) -> Supply:
    return _with(two, hours=True, services=True, kinds=False)


def _with(two: _Aligned, *, hours: bool, services: bool, kinds: bool) -> Supply:
    """Return B, with what is not yet changed as it was in A."""
    a, b, both = two.a, two.b, two.both
    was = two.origin[both]
    schedule, kind_set = b.schedule.copy(), b.kind_set.copy()
    if not hours:
        schedule[both] = a.schedule[was] + len(b.schedules)
    if not kinds:
        kind_set[both] = a.kind_set[was] + len(b.kind_sets)
    return replace(
        b,
        schedules=(*b.schedules, *a.schedules),
        schedule=schedule,
        kind_sets=(*b.kind_sets, *a.kind_sets),
        kind_set=kind_set,
        offers=b.offers if services else _offers(two),
    )


def _offers(two: _Aligned) -> Offers:
    """Return the services of B for new stations, of A for all others."""
    a, b = two.a.offers, two.b.offers
    now = np.full(len(two.a), -1, np.int64)
    now[two.origin[two.both]] = two.both
    new = np.flatnonzero(two.origin[b.station] < 0)
    old = np.flatnonzero(now[a.station] >= 0)
    shifted = np.where(a.schedule[old] == NO_SCHEDULE, NO_SCHEDULE, a.schedule[old] + len(two.b.schedules))
    station = np.append(b.station[new], now[a.station[old]])
    service = np.append(b.service[new], a.service[old])
    order = np.lexsort((service.astype(np.str_), station))
    return Offers(
        station[order].astype(np.int32),
        service[order],
        np.append(b.answer[new], a.answer[old])[order],
        np.append(b.schedule[new], shifted)[order].astype(np.int32),
        np.append(b.outage_until[new], a.outage_until[old])[order],
    )


def _demands(a: Kept, b: Kept) -> tuple[Demand, Demand, tuple[Message, ...]]:
    """Return the demand of A and that of B; where only one was kept it stands for both, and that is said."""
    if a.demand is not None and b.demand is not None:
        return a.demand, (a.demand if _same_people(a, b) else b.demand), ()
    kept = b.demand or a.demand
    if kept is None:
        raise InvalidValue("Neither run kept its demand: it has too many places. Compare runs of an area each.")
    told = Message("The demand of one run was too large to keep: both are counted on the people of the other.")
    return kept, kept, (told,)


def _same_people(a: Kept, b: Kept) -> bool:
    names = ("demand_sha256", "area")
    same = all(a.told.get(name) == b.told.get(name) for name in names)
    return same and a.spec.weight == b.spec.weight and dict(a.spec.hours) == dict(b.spec.hours)


def _weight(demand: Demand) -> str:
    return next(iter(demand.weights))


def _check_streets(runs: tuple[Kept, Kept], network: Network | None) -> None:
    for run in runs:
        if run.spec.way != "air" and (network is None or network.sha256 != run.told.get("network_sha256")):
            raise InvalidValue("The streets of a run are not there any more: it cannot be taken apart. Ask it again.")


def _kept_total(run: Kept) -> Total:
    told: Mapping[str, Any] = next(iter(run.facts.values()))["totals"][0]
    return Total(told["reach_m"], told["covered"]["lower"], told["covered"]["upper"], told["demand"])


def _shares(total: Total) -> tuple[float, float]:
    return total.share or (0.0, 0.0)


def _step(code: str, left: Total, right: Total, told: tuple[Message, ...]) -> Step:
    (low, high), (new_low, new_high) = _shares(left), _shares(right)
    return Step(code, right.lower - left.lower, right.upper - left.upper, new_low - low, new_high - high, told)


def _rest(before: Total, after: Total, steps: list[Step], told: tuple[Message, ...]) -> Step:
    """Return what the other steps leave of the difference of what was kept."""
    whole = _step("rest", before, after, told)
    scale = {"lower": after.demand, "upper": after.demand, "share_lower": 1.0, "share_upper": 1.0}
    left: dict[str, float] = {name: getattr(whole, name) - sum(getattr(step, name) for step in steps) for name in scale}
    exact: dict[str, Any] = {n: value if abs(value) > 1e-12 * scale[n] else 0.0 for n, value in left.items()}
    return replace(whole, **exact)


def _in_words(a: Kept, b: Kept, two: _Aligned) -> dict[str, tuple[Message, ...]]:
    """Return what is different, by step."""
    both, was = two.both, two.origin[two.both]
    moved = (two.a.lon[was] != two.b.lon[both]) | (two.a.lat[was] != two.b.lat[both])
    counts = {"new": len(two.b) - len(both), "gone": len(two.a) - len(both), "moved": int(moved.sum())}
    stations = Message("{new} new, {gone} gone, {moved} moved", counts)
    hours = sum(
        two.a.schedules[i] != two.b.schedules[j] for i, j in zip(two.a.schedule[was], two.b.schedule[both], strict=True)
    )
    kinds = sum(
        two.a.kind_sets[i] != two.b.kind_sets[j] for i, j in zip(two.a.kind_set[was], two.b.kind_set[both], strict=True)
    )
    services = _other_services(two)
    several = {"hours": hours, "services": services, "kinds": kinds}
    methods = (a.told.get("method"), b.told.get("method"))
    return {
        "asked": () if _asked(a.spec) == _asked(b.spec) else (Message("the two runs do not ask the same"),),
        "demand": () if _same_people(a, b) else (Message("the two runs do not count the same people"),),
        "stations": (stations,) if any(counts.values()) else (),
        **{
            name: (Message("at {count} stations", {"count": count}),) if count else ()
            for name, count in several.items()
        },
        "rest": () if methods[0] == methods[1] else (Message("another version of the method"),),
    }


def _asked(spec: Spec) -> tuple[object, ...]:
    return spec.kinds, spec.needs, spec.time, spec.reaches_m[0], spec.way


def _other_services(two: _Aligned) -> int:
    """Return how many stations that are in both have other services, or other hours of one."""
    told = [_services_of(two.a), _services_of(two.b)]
    ids = two.b.ids[two.both].tolist()
    return sum(told[0].get(station, frozenset()) != told[1].get(station, frozenset()) for station in ids)


def _services_of(supply: Supply) -> dict[str, frozenset[tuple[object, ...]]]:
    found: dict[str, set[tuple[object, ...]]] = {}
    offers = supply.offers
    columns = (offers.station, offers.service, offers.answer, offers.schedule, offers.outage_until)
    for station, service, answer, schedule, outage in zip(*(each.tolist() for each in columns), strict=True):
        own = None if schedule == NO_SCHEDULE else supply.schedules[schedule]
        found.setdefault(supply.ids[station], set()).add((service, answer, own, outage))
    return {station: frozenset(rows) for station, rows in found.items()}
