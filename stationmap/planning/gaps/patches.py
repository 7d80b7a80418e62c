"""Uncovered demand as ranked patches: what hangs together, how many people, what is near, and why they go without.

A place is uncovered when no station within reach serves for certain. Whether those count that *may* be served (a
station's hours or a service are unknown) is the planner's choice; if they do, every number is an interval: lower
without, upper with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, NotFound
from stationmap.geo.areas import AreaTree
from stationmap.geo.earth import geocentric
from stationmap.planning.demand.demand import WEEK_HOURS, Demand
from stationmap.planning.gaps.cores import cores
from stationmap.planning.gaps.linking import TOUCH_M, linked
from stationmap.planning.gaps.middle import middle
from stationmap.planning.gaps.places import Near, Places, check_fit
from stationmap.planning.gaps.reasons import Reason, Reasons, by_reason, of_rows, reasons
from stationmap.planning.gaps.weekly import GapHours, WeekReasons, gap_hours, week_reasons
from stationmap.planning.pairs import Pairs
from stationmap.planning.standing import Standing

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

NO_PATCH = 0


class Bounds(NamedTuple):
    """A sum of which not all is known: what is uncovered for certain, and that with what may be."""

    lower: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Uncovered places that hang together, or a part of them of a station's size.

    Attributes
    ----------
    rank : int
        1 is the one with most people.
    region : int
        Patches of one number hang together: the rank of the first of them; its own rank where gaps are not cut.
    rows : NDArray[int64]
        Positions in the demand, by id.
    weights : Mapping[str, Bounds]
        The uncovered part of each weight.
    centre : int
        Position of the central place: of those in the patch the one nearest to all its people, or the core of a part.
    centre_id : str
        Its id.
    lon, lat : float
        Where it lies.
    serving : Near or None
        The nearest station that serves for certain, however far, by air from the central place.
    standing : Near or None
        The nearest station of any kind and state, likewise.
    host : Near or None
        The nearest host that might take a station, likewise; None also when none were given.
    areas : Mapping[str, float]
        The ranking weight by adcode, the greatest first, of equals the lowest code; "" is in no known area.
    path : tuple of str
        Names of the area of the central place and those above it, the highest first; the adcode where no name is known.
    reasons : Mapping[Reason, float]
        The ranking weight by reason; adds up to the upper bound.
    reason : Reason
        That of most of the ranking weight, of equals that of most places, of equals the lowest.
    hours : GapHours or None
        In which hours of the week, and why; None when no week was given.
    """

    rank: int
    region: int
    rows: Rows
    weights: Mapping[str, Bounds]
    centre: int
    centre_id: str
    lon: float
    lat: float
    serving: Near | None
    standing: Near | None
    host: Near | None
    areas: Mapping[str, float]
    path: tuple[str, ...]
    reasons: Mapping[Reason, float]
    reason: Reason
    hours: GapHours | None


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """All uncovered demand.

    Attributes
    ----------
    patches : tuple of Patch
        By the upper bound of the ranking weight, the greatest first; ties by the smallest id of demand in them.
    patch : NDArray[int64]
        One a demand place: the rank of its patch, 0 where it is in none.
    weight : str
        What they are ranked by.
    totals : Mapping[str, Bounds]
        The uncovered part of each weight: the sum over the patches, exactly where weights are whole numbers.
    reach_m, way
        Of the pairs.
    unknown_counts : bool
        Whether places that may be served are in the patches.
    method : tuple of Message
        What was done, and the limits of it.
    """

    patches: tuple[Patch, ...]
    patch: Rows
    weight: str
    totals: Mapping[str, Bounds]
    reach_m: float
    way: str
    unknown_counts: bool
    method: tuple[Message, ...]

    def __len__(self) -> int:
        return len(self.patches)


class _Around(NamedTuple):
    """What is looked up for the central places of all patches."""

    serving: tuple[Near | None, ...]
    standing: tuple[Near | None, ...]
    host: tuple[Near | None, ...]


class _Rows(NamedTuple):
    """The uncovered places by id: positions, reasons, which hang together, weights."""

    rows: Rows
    reason: Reasons
    label: Rows
    weights: Mapping[str, Floats]


class _Uncovered(NamedTuple):
    """The uncovered places by patch and id; and where each patch begins, its centre and its region."""

    rows: Rows
    reason: Reasons
    weights: Mapping[str, Floats]
    start: Rows
    centre: Rows
    region: Rows


def patches(
    demand: Demand,
    pairs: Pairs,
    stands: Standing,
    stations: Places,
    *,
    weight: str | None = None,
    week: NDArray[np.int8] | None = None,
    hour: int | None = None,
    hosts: Places | None = None,
    areas: AreaTree | None = None,
    unknown_counts: bool = True,
    touch_m: float = TOUCH_M,
    link_m: float | None = None,
    core_m: float | None = None,
) -> Patches:
    """Return the uncovered demand as ranked patches.

    Parameters
    ----------
    demand : Demand
        n places. Those with nothing in any weight need no station and are left aside.
    pairs : Pairs
        Of the demand and the stations, to the reach that is asked for.
    stands : Standing
        How each station stands to the question.
    stations : Places
        The m stations of the pairs, in their order.
    weight : str, optional
        What to rank by; the first when left out.
    week : NDArray[int8], optional
        Shape (m, 168): how each station stands in each hour of a week; then each patch says in which hours and why.
    hour : int, optional
        The hour of the week that ``stands`` is about; then only those who are there in it count.
    hosts : Places, optional
        Who might take a station.
    areas : AreaTree, optional
        For the names of areas.
    unknown_counts : bool
        Whether places that may be served count as uncovered.
    touch_m, link_m : float, optional
        What hangs together; see :func:`~stationmap.planning.gaps.linking.linked`.
    core_m : float, optional
        Cuts what hangs together into parts that go so far from their core by air, usually the reach; see
        :mod:`~stationmap.planning.gaps.cores`.

    Raises
    ------
    InvalidValue
        When demand, pairs and stations are not of one another, or a parameter cannot be what it is.
    """
    _check(demand, pairs, stations, hour)
    ranked_by = weight or next(iter(demand.weights))
    demand.weight(ranked_by)
    heavy = {name: _there(demand, name, hour) for name in demand.weights}
    reason = reasons(pairs, stands.why)
    needed = np.any([each > 0 for each in heavy.values()], axis=0)
    rows = np.flatnonzero((reason >= (Reason.UNKNOWN if unknown_counts else Reason.CLOSED)) & needed)
    rows = rows[np.argsort(demand.ids[rows].astype(np.str_), kind="stable")]
    together = linked(demand, rows, touch_m=touch_m, link_m=link_m)
    weights = {name: each[rows] for name, each in heavy.items()}
    found = _ranked(demand, _Rows(rows, reason[rows], together.label, weights), ranked_by, core_m)
    x, y = demand.lon[found.centre], demand.lat[found.centre]
    around = _Around(
        stations.nearest(x, y, stands.serves),
        stations.nearest(x, y),
        hosts.nearest(x, y) if hosts is not None else (None,) * len(x),
    )
    hourly = _hourly(demand, pairs, found, week, ranked_by)
    made = tuple(_patch(demand, found, number, ranked_by, around, areas, hourly[number]) for number in range(len(x)))
    rank = np.full(len(demand), NO_PATCH, np.int64)
    rank[found.rows] = np.repeat(np.arange(len(made)) + 1, np.diff(found.start))
    totals = {name: _bounds(each[rows], reason[rows]) for name, each in heavy.items()}
    how = _method(pairs, together.how, unknown_counts, core_m)
    return Patches(made, rank, ranked_by, MappingProxyType(totals), pairs.reach_m, pairs.way, unknown_counts, how)


def _check(demand: Demand, pairs: Pairs, stations: Places, hour: int | None) -> None:
    check_fit(pairs, demand, stations)
    if hour is not None and not 0 <= hour < WEEK_HOURS:
        raise InvalidValue("An hour of the week is 0 to 167, from Monday 00:00, not {hour}.", hour=hour)


def _there(demand: Demand, name: str, hour: int | None) -> Floats:
    weight = demand.weight(name)
    return weight if hour is None else weight * demand.presence(name)[hour]


def _bounds(weight: Floats, reason: Reasons) -> Bounds:
    return Bounds(float(weight[reason > Reason.UNKNOWN].sum()), float(weight.sum()))


def _ranked(demand: Demand, left: _Rows, ranked_by: str, core_m: float | None) -> _Uncovered:
    """Return the uncovered places in the order of their patches' rank, within a patch by id."""
    xyz, weight = geocentric(demand.lon[left.rows], demand.lat[left.rows]), left.weights[ranked_by]
    label, core = (left.label, None) if core_m is None else cores(xyz, weight, left.label, core_m)
    count = label.max(initial=-1) + 1
    first = np.full(count, len(label))
    np.minimum.at(first, label, np.arange(len(label)))
    by_rank = np.lexsort((first, -np.bincount(label, weight, count)))
    rank = np.empty(count, np.int64)
    rank[by_rank] = np.arange(count)
    order = np.argsort(rank[label], kind="stable")
    start = np.append(0, np.cumsum(np.bincount(rank[label], minlength=count))).astype(np.int64)
    at = _middles(xyz[order], weight[order], start) if core is None else core[by_rank]
    region = left.label[first[by_rank]]
    _, best, of_region = np.unique(region, return_index=True, return_inverse=True)
    return _Uncovered(
        left.rows[order],
        left.reason[order],
        {name: each[order] for name, each in left.weights.items()},
        start,
        left.rows[order[at] if core is None else at],
        best[of_region.reshape(-1)] + 1,
    )


def _middles(xyz: Floats, weight: Floats, start: Rows) -> Rows:
    """Return the position of the central place of each patch."""
    ends = zip(start[:-1].tolist(), start[1:].tolist(), strict=True)
    return np.array([one if end - one == 1 else one + middle(xyz[one:end], weight[one:end]) for one, end in ends], int)


def _hourly(
    demand: Demand, pairs: Pairs, found: _Uncovered, week: NDArray[np.int8] | None, ranked_by: str
) -> list[GapHours | None]:
    """Return the hours of each patch, None for each when no week was given."""
    if week is None:
        return [None] * (len(found.start) - 1)
    by_hour: WeekReasons = week_reasons(of_rows(pairs, found.rows), week)
    weight, presence = demand.weight(ranked_by)[found.rows], demand.presence(ranked_by)
    return list(gap_hours(by_hour, found.start, weight, presence))


def _patch(
    demand: Demand,
    found: _Uncovered,
    number: int,
    ranked_by: str,
    around: _Around,
    areas: AreaTree | None,
    hours: GapHours | None,
) -> Patch:
    here = slice(int(found.start[number]), int(found.start[number + 1]))
    rows, reason, weight = found.rows[here], found.reason[here], found.weights[ranked_by][here]
    why, centre = by_reason(reason, weight), int(found.centre[number])
    return Patch(
        number + 1,
        int(found.region[number]),
        rows,
        MappingProxyType({name: _bounds(each[here], reason) for name, each in found.weights.items()}),
        centre,
        str(demand.ids[centre]),
        float(demand.lon[centre]),
        float(demand.lat[centre]),
        around.serving[number],
        around.standing[number],
        around.host[number],
        _by_area(demand.adcode[rows], weight),
        _path(str(demand.adcode[centre]), areas),
        why,
        max(why, key=lambda each: (why[each], int((reason == each).sum()), -each)),
        hours,
    )


def _by_area(adcode: NDArray[np.object_], weight: Floats) -> Mapping[str, float]:
    codes, at = np.unique(adcode.astype(np.str_), return_inverse=True)
    sums = np.bincount(at.reshape(-1), weight, len(codes))
    return MappingProxyType({str(codes[one]): float(sums[one]) for one in np.argsort(-sums, kind="stable").tolist()})


def _path(adcode: str, areas: AreaTree | None) -> tuple[str, ...]:
    if not adcode:
        return ()
    try:
        return tuple(area.name for area in areas.path(adcode)) if areas is not None else (adcode,)
    except NotFound:
        return (adcode,)


def _method(pairs: Pairs, how: Message, unknown_counts: bool, core_m: float | None) -> tuple[Message, ...]:
    by_way = {
        "air": Message("Within reach: up to {reach_m:g} m in a straight line.", {"reach_m": pairs.reach_m}),
        "walk": Message("Within reach: up to {reach_m:g} m on foot.", {"reach_m": pairs.reach_m}),
        "ride": Message("Within reach: up to {reach_m:g} m by bike.", {"reach_m": pairs.reach_m}),
    }
    unknown = (
        Message("Places that may be served (something is not known) are in the gaps; lower numbers are without them.")
        if unknown_counts
        else Message("Places that may be served (something is not known) are not in the gaps.")
    )
    parts = (
        ()
        if core_m is None
        else (
            Message(
                "Wide gaps are cut into parts up to {core_m:g} m around the place with most people.", {"core_m": core_m}
            ),
        )
    )
    return (
        by_way[pairs.way],
        how,
        *parts,
        unknown,
        Message("The nearest station and host are measured in a straight line from the central place of a gap."),
    )
