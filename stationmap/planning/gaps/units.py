"""*Every unit has at least one*: administrative units and how many stations each has of those it should have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, NotFound
from stationmap.geo.areas import LEVELS, Area, AreaTree
from stationmap.geo.earth import geocentric
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.middle import middle
from stationmap.planning.gaps.places import Near, Places
from stationmap.planning.standing import Standing, Why

Rows = NDArray[np.int64]

OUTSIDE = -1


class Quota(IntEnum):
    """Whether a unit has as many stations as it should."""

    UNMET = 0
    MAY = 1
    """It has if some of which it is not known do serve."""
    MET = 2


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One administrative unit.

    Attributes
    ----------
    adcode, name : str
        As its boundary file has them.
    path : tuple of str
        Names of the areas above it and its own, the highest first.
    stations : Mapping[Why, int]
        How many stations lie in it, by how they stand; all values of ``Why``.
    wanted : int
        How many it should have.
    quota : Quota
        Whether it has.
    short : tuple of int
        How many are lacking, at least (if all that may serve do) and at most.
    weights : Mapping[str, float]
        The demand in it.
    serving : Near or None
        The nearest station that serves for certain, in the unit or not, by air from its central place; None when there
        is none, or when the unit has neither demand nor a boundary.
    host : Near or None
        The nearest host that might take a station, likewise.
    """

    adcode: str
    name: str
    path: tuple[str, ...]
    stations: Mapping[Why, int]
    wanted: int
    quota: Quota
    short: tuple[int, int]
    weights: Mapping[str, float]
    serving: Near | None
    host: Near | None


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """All units of a level, or those that were named.

    Attributes
    ----------
    units : tuple of Unit
        Unmet ones first, then those that may be met; within these by the ranking weight, the greatest first; ties by
        adcode.
    weight : str
        What they are ranked by.
    outside : Mapping[str, float]
        The demand that lies in none of them; with the units' it adds up to all.
    stations_outside : tuple of str
        Ids of stations that lie in none of them.
    """

    units: tuple[Unit, ...]
    weight: str
    outside: Mapping[str, float]
    stations_outside: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.units)

    def count(self, quota: Quota) -> int:
        """Return how many units have a quota that is unmet, may be met or is met."""
        return sum(unit.quota == quota for unit in self.units)

    def method(self) -> tuple[Message, ...]:
        """Return what was counted, and what is left out."""
        told = [Message("A station counts for the unit in whose boundary it lies.")]
        if self.stations_outside:
            told.append(
                Message("{count} stations lie in none of the units.", {"count": len(self.stations_outside)}),
            )
        if any(self.outside.values()):
            told.append(
                Message(
                    "{share:.1f} of {weight} lies in none of the units.",
                    {"share": self.outside[self.weight], "weight": self.weight},
                )
            )
        return tuple(told)


def unit_gaps(
    areas: AreaTree,
    demand: Demand,
    stands: Standing,
    stations: Places,
    *,
    level: str = "",
    units: Sequence[str] = (),
    at_least: int | Mapping[str, int] = 1,
    weight: str | None = None,
    hosts: Places | None = None,
) -> Units:
    """Return for each unit whether it has as many stations as it should.

    Parameters
    ----------
    areas : AreaTree
        The units, and what is above and below them.
    demand : Demand
        Its ``adcode`` tells the unit: the deepest area, which lies in the unit or is it.
    stands : Standing
        How each station stands to the question.
    stations : Places
        m stations; their coordinates tell the unit.
    level : str
        ``province``, ``city``, ``district`` or ``street``: all units of it. A county that hangs directly under its
        province is in no city: name the units instead where that matters.
    units : sequence of str
        Adcodes, instead of a level. Where one lies in another, what is in the inner one counts there alone.
    at_least : int or Mapping[str, int]
        How many stations each should have, or by adcode; those that are not named should have 1.
    weight : str, optional
        What to rank by; the first when left out.
    hosts : Places, optional
        Who might take a station.

    Raises
    ------
    InvalidValue
        When neither or both of level and units are given, there is no unit of the level, or a number is negative.
    NotFound
        When an adcode is not among the areas.
    """
    ranked_by = weight or next(iter(demand.weights))
    demand.weight(ranked_by)
    chosen = _chosen(areas, level, units)
    wanted = _wanted(chosen, at_least)
    number = {area.adcode: each for each, area in enumerate(chosen)}
    of_demand = _unit_of(areas, number, demand.adcode.astype(np.str_))
    of_station = _unit_of(areas, number, areas.locate(stations.lon, stations.lat))
    inside = of_station != OUTSIDE
    table = np.zeros((len(chosen), len(Why)), np.int64)
    np.add.at(table, (of_station[inside], stands.why[inside]), 1)
    weights = {name: _sums(of_demand, each, len(chosen)) for name, each in demand.weights.items()}
    x, y = _centres(chosen, demand, of_demand, ranked_by)
    serving, host = _nearest(stations, x, y, stands.serves), _nearest(hosts, x, y, None)
    found = [
        Unit(
            area.adcode,
            area.name,
            tuple(above.name for above in areas.path(area.adcode)),
            MappingProxyType({why: int(table[each, why]) for why in Why}),
            wanted[each],
            *_judged(table[each], wanted[each]),
            MappingProxyType({name: float(sums[each]) for name, sums in weights.items()}),
            serving[each],
            host[each],
        )
        for each, area in enumerate(chosen)
    ]
    found.sort(key=lambda unit: (unit.quota, -unit.weights[ranked_by], unit.adcode))
    outside = {name: float(sums[-1]) for name, sums in weights.items()}
    return Units(tuple(found), ranked_by, MappingProxyType(outside), tuple(map(str, stations.ids[~inside])))


def _chosen(areas: AreaTree, level: str, units: Sequence[str]) -> list[Area]:
    if bool(level) == bool(units):
        raise InvalidValue("Give either the level of the units or their codes.")
    if units:
        return [areas.path(code)[-1] for code in dict.fromkeys(units)]
    found = [area for area in areas.areas if area.level == level]
    if not found:
        raise InvalidValue(
            "There is no unit of level {level} in the areas; levels are {known}.", level=repr(level), known=LEVELS
        )
    return found


def _wanted(chosen: Sequence[Area], at_least: int | Mapping[str, int]) -> list[int]:
    if not isinstance(at_least, Mapping):
        at_least = {area.adcode: at_least for area in chosen}
    for code, count in at_least.items():
        if count < 0:
            raise InvalidValue("Unit {code} cannot be asked to have {count} stations.", code=code, count=count)
    return [at_least.get(area.adcode, 1) for area in chosen]


def _unit_of(areas: AreaTree, number: Mapping[str, int], codes: NDArray[np.str_]) -> Rows:
    """Return the unit that each deepest area lies in or is, -1 for none."""
    distinct, at = np.unique(codes, return_inverse=True)
    return np.array([_upwards(areas, number, str(code)) for code in distinct], np.int64)[at.reshape(-1)]


def _upwards(areas: AreaTree, number: Mapping[str, int], code: str) -> int:
    try:
        path = areas.path(code) if code else ()
    except NotFound:
        return OUTSIDE
    return next((number[area.adcode] for area in reversed(path) if area.adcode in number), OUTSIDE)


def _sums(unit: Rows, weight: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the sum of a weight in each unit, and outside of all at the end."""
    return np.bincount(np.where(unit == OUTSIDE, count, unit), weight, count + 1).astype(np.float64)


def _centres(
    chosen: Sequence[Area], demand: Demand, unit: Rows, ranked_by: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the central place of each unit: that of its demand, else a point in it, else NaN."""
    order = np.argsort(unit, kind="stable")
    ends = np.searchsorted(unit[order], np.arange(len(chosen) + 1))
    xyz, weight = geocentric(demand.lon, demand.lat), demand.weight(ranked_by)
    places = np.full((len(chosen), 2), np.nan)
    for each, area in enumerate(chosen):
        rows = order[ends[each] : ends[each + 1]]
        if len(rows):
            rows = rows[np.argsort(demand.ids[rows].astype(np.str_), kind="stable")]
            row = rows[middle(xyz[rows], weight[rows])]
            places[each] = demand.lon[row], demand.lat[row]
        elif area.geometry is not None:
            places[each] = area.geometry.representative_point().coords[0][:2]
    return places[:, 0], places[:, 1]


def _nearest(
    places: Places | None, x: NDArray[np.float64], y: NDArray[np.float64], among: NDArray[np.bool_] | None
) -> list[Near | None]:
    found: list[Near | None] = [None] * len(x)
    if places is not None:
        known = np.flatnonzero(np.isfinite(x))
        for each, near in zip(known.tolist(), places.nearest(x[known], y[known], among), strict=True):
            found[each] = near
    return found


def _judged(counts: Rows, wanted: int) -> tuple[Quota, tuple[int, int]]:
    """Return whether a unit has what it should, and how many it lacks at least and at most."""
    serve = int(counts[Why.SERVES])
    may = serve + int(counts[Why.UNKNOWN])
    quota = Quota.MET if serve >= wanted else Quota.MAY if may >= wanted else Quota.UNMET
    return quota, (max(0, wanted - may), max(0, wanted - serve))
