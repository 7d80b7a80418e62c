"""An assessment: one question about one demand, answered in every view, so that the numbers agree.

Who counts are those who are there at the time that is asked: with a weight that has hours of its own (couriers at
noon), an hour of the question takes the part of the weight that is there in it; a question without a time takes all.
The shares by area, the ladder from nominal to effective, the gaps and the curve are all of that one weight; the week
shows each hour with those who are there in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.geo.areas import AreaTree
from stationmap.hours.calendar import Calendar
from stationmap.planning.catchment.fca import two_step
from stationmap.planning.coverage.arrival import reached_open
from stationmap.planning.coverage.backup import backup
from stationmap.planning.coverage.curves import Curves, curves
from stationmap.planning.coverage.profile import Profile
from stationmap.planning.coverage.result import Coverage, compared, coverage, ladder
from stationmap.planning.coverage.shares import Reached, Total, reached, reached_anywhere
from stationmap.planning.coverage.week import ByHour, by_hour
from stationmap.planning.demand.demand import Demand
from stationmap.planning.equity.lorenz import Curve, gini, lorenz
from stationmap.planning.gaps.patches import Patches, patches
from stationmap.planning.gaps.places import Places
from stationmap.planning.gaps.reasons import Reasons, reasons
from stationmap.planning.moments import DayHour, normal_week
from stationmap.planning.pairs import Pairs
from stationmap.planning.question import Question, Standings, standing, standings
from stationmap.planning.standing import Standing
from stationmap.planning.supply import Supply

METHOD = 1
"""Goes up when the same inputs give other numbers: two runs of different methods are told apart."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Attributes
    ----------
    question : Question
        Kinds, needs and time.
    weight : str
        Which weight of the demand.
    reaches_m : tuple of float
        One or more, not negative; gaps, ladder, week and access are of the first.
    sets_out : datetime, optional
        Naive, on the clock of the place: when all set out, to be told who finds a station open when he gets there.
    stay_min : float
        How long it must stay open from then on.
    """

    question: Question
    weight: str
    reaches_m: tuple[float, ...]
    sets_out: datetime | None = None
    stay_min: float = 0.0

    def __post_init__(self) -> None:
        if not self.reaches_m:
            raise InvalidValue("No reach is given. Give one or more in metres, or a profile.")

    @property
    def reach_m(self) -> float:
        """Return the reach that gaps, ladder, week and access are of."""
        return self.reaches_m[0]


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """All that is answered.

    Attributes
    ----------
    asked : Asked
        The question.
    present : NDArray[float64]
        Shape (n,): the weight of each place that is there at the time.
    standing : Standing
        How each station stands.
    coverage : Coverage
        Totals at each reach (and of the profile, where there is one, last), by area, unreachable demand, limits.
    ladder : Mapping[str, Total]
        ``exists``, ``open``, ``has`` and ``effective`` cover at the first reach.
    backup : tuple of Total
        Covered by at least 1, 2 … 5 stations within the first reach.
    arrival : tuple of Total
        One a reach: who finds a station open on arrival; empty where nobody sets out.
    week : ByHour
        The same question in each hour of a normal week.
    curves : Curves
        Share against distance; by air as far as anyone has to go, else to the reach of the pairs.
    reasons : NDArray[int8]
        Shape (n,): why each place is not served within the first reach.
    gaps : Patches
        What is not served, as ranked patches.
    access : NDArray[float64]
        Shape (n,): two-step access (2SFCA) within the first reach to the stations that serve for certain, with their
        capacity, or one each where no capacity is known.
    lorenz : Curve or None
        Of the access over people; None where nobody has any.
    gini : float or None
        Likewise.
    limits : tuple of Message
        What the numbers do not say.
    """

    asked: Asked
    present: Floats
    standing: Standing
    coverage: Coverage
    ladder: Mapping[str, Total]
    backup: tuple[Total, ...]
    arrival: tuple[Total, ...]
    week: ByHour
    curves: Curves
    reasons: Reasons
    gaps: Patches
    access: Floats
    lorenz: Curve | None
    gini: float | None
    limits: tuple[Message, ...]


def assess(
    demand: Demand,
    supply: Supply,
    pairs: Pairs,
    asked: Asked,
    *,
    calendar: Calendar,
    areas: AreaTree | None = None,
    hosts: Places | None = None,
    profile: tuple[Profile, NDArray[np.object_]] | None = None,
) -> Assessment:
    """Return the assessment of one question.

    Parameters
    ----------
    demand, supply, pairs : Demand, Supply, Pairs
        Who needs, what there is, and the ways between, at least to the longest reach that is asked.
    asked : Asked
        The question, the weight, the reaches.
    calendar : Calendar
        Days off and make-up days, for dates.
    areas : AreaTree, optional
        For the table by area and the names of areas.
    hosts : Places, optional
        Who might take a station.
    profile : tuple of Profile and array, optional
        Reaches by kind of area, and the kind of area of each place.

    Raises
    ------
    InvalidValue
        When a reach is longer than that of the pairs, or what is given does not belong together.
    """
    question, near = asked.question, pairs.within(asked.reach_m)
    whole, presence, hour = demand.weight(asked.weight), demand.presence(asked.weight), hour_of_week(question)
    present = whole if hour is None else whole * presence[hour]
    there = replace(demand, weights={asked.weight: present}, hourly={})
    stands = standing(supply, question, calendar)
    weekly = standings(supply, question, normal_week(supply.schedules, season=_season(question)))
    gap = _gaps(demand, near, asked, (stands, weekly), supply, areas, hosts)
    covered = coverage(
        there,
        supply,
        pairs,
        question,
        calendar=calendar,
        weight=asked.weight,
        reaches_m=asked.reaches_m,
        areas=areas,
        profile=profile,
    )
    steps = compared(
        there, supply, near, ladder(question), calendar=calendar, weight=asked.weight, reach_m=asked.reach_m
    )
    access, rough = _access(near, present, supply, stands)
    return Assessment(
        asked,
        present,
        stands,
        covered,
        steps,
        backup(near, stands, asked.reach_m).spread(present),
        _on_arrival(pairs, supply, asked, present, calendar),
        by_hour(near, {"": weekly}, whole, presence),
        curves(_far(there, supply, pairs, stands), present),
        reasons(near, stands.why),
        gap,
        access,
        lorenz(access, present),
        gini(access, present),
        (*covered.limits, *gap.method, *rough),
    )


def _gaps(
    demand: Demand,
    near: Pairs,
    asked: Asked,
    stands: tuple[Standing, Standings],
    supply: Supply,
    areas: AreaTree | None,
    hosts: Places | None,
) -> Patches:
    """Return what is not served of the one weight, wide gaps cut into parts of the reach."""
    weight = asked.weight
    return patches(
        replace(demand, weights={weight: demand.weight(weight)}, hourly={weight: demand.presence(weight)}),
        near,
        stands[0],
        Places(supply.ids, supply.names, supply.lon, supply.lat),
        week=stands[1].why,
        hour=hour_of_week(asked.question),
        hosts=hosts,
        areas=areas,
        core_m=asked.reach_m or None,
    )


def _on_arrival(pairs: Pairs, supply: Supply, asked: Asked, present: Floats, calendar: Calendar) -> tuple[Total, ...]:
    """Return who finds a station open when he gets there, at each reach."""
    if asked.sets_out is None:
        return ()
    met = reached_open(pairs, supply, asked.question, asked.sets_out, calendar, margin_min=asked.stay_min)
    return tuple(met.within(reach_m).total(present) for reach_m in asked.reaches_m)


def hour_of_week(question: Question) -> int | None:
    """Return the hour of the week that the question is about, by which weights come and go."""
    time = question.time
    if isinstance(time, DayHour):
        return 24 * time.day.weekday() + time.hour
    return time.hour if time is not None else None


def _season(question: Question) -> date | None:
    """Return a day of the week whose hours stand for a normal one."""
    time = question.time
    if isinstance(time, DayHour):
        return time.day
    return time.season if time is not None else None


def _far(demand: Demand, supply: Supply, pairs: Pairs, stands: Standing) -> Reached:
    """Return how far each place has to the nearest that serves: by air however far, else within the pairs."""
    return reached_anywhere(demand, supply, stands) if pairs.way == "air" else reached(pairs, stands)


def _access(pairs: Pairs, present: Floats, supply: Supply, stands: Standing) -> tuple[Floats, tuple[Message, ...]]:
    """Return the access of each place, and what must be said of it."""
    if supply.capacity is None or np.isnan(supply.capacity).all():
        told = (Message("Access counts each station as one: how many people it holds is not known."),)
        return two_step(pairs, present, np.ones(len(supply)), asked=stands.serves).score, told
    found = two_step(pairs, present, supply.capacity, asked=stands.serves)
    return found.score, found.notes()
