"""Spacing: stretches between stations that are longer than a rule allows.

The only spacing rule found (Shandong) says that stations are under 1 km apart in ordinary built-up areas and under
0.5 km where it is dense; it does not say between which stations. Read here as: between any two neighbours with nothing
in between. Neighbours are those of the Gabriel graph (Gabriel and Sokal 1969): two stations of which no third lies in
the circle that has them as its diameter. It holds the minimum spanning tree, so that no part of a city is passed over,
and it joins each station with its nearest one. Stretches follow the straight line, not the streets.

A stretch over fields or water breaks no rule: which limit holds, if any, is told by the demand along it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.geo.earth import distance_m, geocentric
from stationmap.planning.demand.demand import Demand
from stationmap.planning.gaps.neighbours import along, neighbours
from stationmap.planning.gaps.places import Places

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LONGEST_M = 20_000.0
"""Two stations farther from one another than this are not of one built-up area."""

NO_CLASS = ""


@dataclass(frozen=True, slots=True)
class SpacingRule:
    """How far stations may be apart, by class of area: data, with its source and how far that is to be trusted.

    Attributes
    ----------
    limits_m : Mapping[str, float]
        By class; a stretch of exactly that length keeps the rule. Demand of a class that is not named has no rule.
    source : Message
        Who says so.
    trust : Message
        How far that is confirmed.
    """

    limits_m: Mapping[str, float]
    source: Message
    trust: Message

    def __post_init__(self) -> None:
        for name, limit_m in self.limits_m.items():
            if not 0.0 < limit_m <= LONGEST_M:
                raise InvalidValue(
                    "The spacing for {name} must be above 0 and up to {longest_m:g} m, not {limit_m}.",
                    name=repr(name),
                    longest_m=LONGEST_M,
                    limit_m=limit_m,
                )
        if not self.limits_m:
            raise InvalidValue("A spacing rule needs a limit in metres for at least one class of area.")


SHANDONG_2022 = SpacingRule(
    MappingProxyType({"built_up": 1000.0, "dense": 500.0}),
    Message("Shandong 2022: under 1 km apart in ordinary built-up areas, 0.5 km where dense"),
    Message("from the press, seen only on a mirror; not confirmed"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Two neighbouring stations that are farther apart than the rule allows.

    Attributes
    ----------
    first, second : str
        Their ids, the lower first.
    rows : tuple of int
        Their positions, in that order.
    metres : float
        By air.
    area_class : str
        That of most of the ranking weight along it; of equals the one with the stricter limit.
    limit_m : float
        Its limit.
    weights : Mapping[str, float]
        The demand along it; demand along two stretches is in both.
    """

    first: str
    second: str
    rows: tuple[int, int]
    metres: float
    area_class: str
    limit_m: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Spacing:
    """How stations keep a spacing rule.

    Attributes
    ----------
    rule : SpacingRule
        The rule.
    stretches : tuple of Stretch
        Those that break it, by the ranking weight along them, the greatest first; then the longest, then by id.
    kept : int
        How many stretches keep it.
    isolated : tuple of str
        Ids of the stations of which even the nearest neighbour is farther than the rule allows.
    unjudged : int
        How many are longer than the strictest limit, but have no demand along them to which a limit applies.
    beyond : int
        How many are longer than :data:`LONGEST_M`; they are not looked at.
    weights : Mapping[str, float]
        The demand along the stretches that break the rule, each place counted once.
    corridor_m : float
        How far from the line demand lies along it.
    """

    rule: SpacingRule
    stretches: tuple[Stretch, ...]
    kept: int
    isolated: tuple[str, ...]
    unjudged: int
    beyond: int
    weights: Mapping[str, float]
    corridor_m: float

    def __len__(self) -> int:
        return len(self.stretches)

    def method(self) -> tuple[Message, ...]:
        """Return the rule with its source, and what was done."""
        return (
            Message("{source} ({trust}).", {"source": self.rule.source, "trust": self.rule.trust}),
            Message(
                "Looked at: stations with no third one in the circle between them, in a straight line; the limit is"
                " that of most people within {corridor_m:g} m of the line. Where nobody lives the rule is not applied.",
                {"corridor_m": self.corridor_m},
            ),
        )


def spacing(
    stations: Places,
    counts: NDArray[np.bool_],
    demand: Demand,
    area_class: NDArray[np.object_] | str,
    rule: SpacingRule,
    *,
    weight: str | None = None,
    corridor_m: float | None = None,
) -> Spacing:
    """Return the stretches between neighbouring stations that break a rule.

    Parameters
    ----------
    stations : Places
        m stations.
    counts : NDArray[bool]
        Shape (m,): which of them count, those of the kinds that are asked for.
    demand : Demand
        n places, which tell where it is built up.
    area_class : NDArray[object] or str
        Shape (n,): the class of each place; or one for all.
    rule : SpacingRule
        The limits of the classes.
    weight : str, optional
        What to rank by; the first when left out.
    corridor_m : float, optional
        How far from the line demand lies along it, to a hundredth; half the strictest limit when left out.

    Raises
    ------
    InvalidValue
        When arrays do not fit, the corridor is not above 0, or no place is of a class that the rule names.
    """
    ranked_by = weight or next(iter(demand.weights))
    strictest = min(rule.limits_m.values())
    wide = strictest / 2.0 if corridor_m is None else corridor_m
    if not 0.0 < wide < np.inf:
        raise InvalidValue("The corridor must be a number of metres above 0, not {metres}.", metres=wide)
    classes = _Classes.of(demand, area_class, rule)
    kept = stations.marked(counts)
    pair = kept[neighbours(stations.lon[kept], stations.lat[kept])]
    lon, lat = stations.lon[pair], stations.lat[pair]
    metres = distance_m(lon[:, 0], lat[:, 0], lon[:, 1], lat[:, 1])
    looked = np.flatnonzero((metres > strictest) & (metres <= LONGEST_M))
    line, row = along(lon[looked], lat[looked], metres[looked], geocentric(demand.lon, demand.lat), wide)
    main = classes.main(line, row, demand.weight(ranked_by), len(looked))
    broken = metres[looked] > classes.limit_m[main]
    weights = {name: np.bincount(line, each[row], len(looked)) for name, each in demand.weights.items()}
    made = [
        Stretch(
            str(stations.ids[pair[looked[at], 0]]),
            str(stations.ids[pair[looked[at], 1]]),
            (int(pair[looked[at], 0]), int(pair[looked[at], 1])),
            float(metres[looked[at]]),
            classes.names[main[at]],
            float(classes.limit_m[main[at]]),
            MappingProxyType({name: float(sums[at]) for name, sums in weights.items()}),
        )
        for at in np.flatnonzero(broken).tolist()
    ]
    made.sort(key=lambda each: (-each.weights[ranked_by], -each.metres, each.first, each.second))
    once = np.unique(row[broken[line]])
    unjudged, beyond = int((main == len(classes.names) - 1).sum()), int((metres > LONGEST_M).sum())
    return Spacing(
        rule,
        tuple(made),
        len(pair) - len(made) - unjudged - beyond,
        tuple(sorted(str(each) for each in stations.ids[_isolated(pair, metres, looked[broken])])),
        unjudged,
        beyond,
        MappingProxyType({name: float(each[once].sum()) for name, each in demand.weights.items()}),
        wide,
    )


class _Classes(NamedTuple):
    """Classes of area, the strictest limit first and last those without one; and the class of each demand place."""

    names: tuple[str, ...]
    limit_m: Floats
    number: Rows

    @classmethod
    def of(cls, demand: Demand, area_class: NDArray[np.object_] | str, rule: SpacingRule) -> "_Classes":
        names = sorted(rule.limits_m, key=lambda name: (rule.limits_m[name], name))
        given = np.full(len(demand), area_class, object) if isinstance(area_class, str) else area_class
        if len(given) != len(demand):
            raise InvalidValue(
                "There are {found} classes of area for {count} places; give one for each, or one for all.",
                found=len(given),
                count=len(demand),
            )
        place = {name: each for each, name in enumerate(names)}
        number = np.array([place.get(each, len(names)) for each in given.tolist()], np.int64)
        if len(number) and (number == len(names)).all():
            raise InvalidValue(
                "No place is of a class that the rule names: {known}. Name the class of each place.", known=tuple(names)
            )
        return cls((*names, NO_CLASS), np.array([*(rule.limits_m[name] for name in names), np.inf]), number)

    def main(self, line: Rows, row: Rows, weight: Floats, lines: int) -> Rows:
        """Return the class of most of a weight along each line, of equals the stricter; the last where none is."""
        count = len(self.names)
        sums = np.bincount(line * count + self.number[row], weight[row], lines * count).reshape(lines, count)
        return np.where(sums.any(axis=1), sums.argmax(axis=1), count - 1)


def _isolated(pair: Rows, metres: Floats, broken: Rows) -> Rows:
    """Return the stations whose shortest edge is among the broken ones."""
    ends, edge = pair.T.ravel(), np.tile(np.arange(len(pair)), 2)
    order = np.lexsort((metres[edge], ends))
    station, first = np.unique(ends[order], return_index=True)
    return station[np.isin(edge[order][first], broken)]
