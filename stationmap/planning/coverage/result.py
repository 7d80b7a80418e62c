"""Coverage as a whole: one call, one result whose totals agree in every view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.geo.areas import AreaTree
from stationmap.hours.calendar import Calendar
from stationmap.planning.coverage.areas import AreaTable, Parts, by_area
from stationmap.planning.coverage.profile import Profile
from stationmap.planning.coverage.shares import Covered, Reached, Total, reached
from stationmap.planning.coverage.week import ByHour, by_hour
from stationmap.planning.demand.demand import Demand
from stationmap.planning.moments import day, normal_week
from stationmap.planning.pairs import Pairs
from stationmap.planning.question import Question, standing, standings
from stationmap.planning.supply import Supply
from stationmap.schema.vocabulary import KINDS, SERVICES

WEEK = "week"


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Who is served, for one question and one weight.

    Attributes
    ----------
    question : Question
        What was asked.
    weight : str
        Which weight of the demand.
    reach : Reached
        How far each place has to the nearest station that serves.
    totals : tuple of Total
        One a reach, in the order asked; the last is that of the profile where there is one.
    by_area : AreaTable or None
        The same by area, one column a total; None where no areas were given.
    by_hour : tuple of ByHour
        One a reach: the same question hour by hour; empty where no hours were asked.
    unreachable : NDArray[int64]
        Positions of the demand that no station serves or may serve as far as was looked.
    unreachable_weight : float
        Their weight.
    limits : tuple of Message
        What the numbers do not say, in words.
    """

    question: Question
    weight: str
    reach: Reached
    totals: tuple[Total, ...]
    by_area: AreaTable | None
    by_hour: tuple[ByHour, ...]
    unreachable: NDArray[np.int64]
    unreachable_weight: float
    limits: tuple[Message, ...]


def coverage(
    demand: Demand,
    supply: Supply,
    pairs: Pairs,
    question: Question,
    *,
    calendar: Calendar,
    weight: str,
    reaches_m: Sequence[float] = (),
    profile: tuple[Profile, NDArray[np.object_]] | None = None,
    areas: AreaTree | None = None,
    order: Sequence[str] = (),
    hours: date | str | None = None,
) -> Coverage:
    """Return who is served.

    Parameters
    ----------
    demand, supply, pairs : Demand, Supply, Pairs
        Who needs, what there is, and the ways between.
    question : Question
        Kinds, needs and time.
    calendar : Calendar
        Days off and make-up days, for dates.
    weight : str
        Which weight of the demand.
    reaches_m : sequence of float
        From 0 to the reach of the pairs, boundary included.
    profile : tuple of Profile and array, optional
        Reaches by kind of area, and the kind of area of each place.
    areas : AreaTree, optional
        For the table by area.
    order : sequence of str
        Areas, by code or name, that the table has and their order; all by code where left out.
    hours : date or "week", optional
        Asks the same question for each hour of a date or of a normal week too, at each of ``reaches_m``.

    Raises
    ------
    InvalidValue
        When no reach and no profile is given, a reach is longer than that of the pairs, the demand has no such weight,
        or what is given does not belong together.
    """
    _check(demand, pairs, reaches_m, profile)
    people = demand.weight(weight)
    found = reached(pairs, standing(supply, question, calendar))
    covered = [found.within(reach_m) for reach_m in reaches_m]
    if profile is not None:
        covered.append(found.within_each(*profile[0].reaches(profile[1])))
    table = None
    if areas is not None:
        table = by_area(covered, people, Parts.of(demand.adcode, areas))
        table = table.ordered(order) if order else table
    alone = found.unreachable()
    return Coverage(
        question,
        weight,
        found,
        tuple(each.total(people) for each in covered),
        table,
        _hourly(demand, supply, pairs, question, calendar, weight, reaches_m, hours),
        alone,
        float(people[alone].sum()),
        _limits(supply, people, question, table),
    )


def compared(
    demand: Demand,
    supply: Supply,
    pairs: Pairs,
    questions: Mapping[str, Question],
    *,
    calendar: Calendar,
    weight: str,
    reach_m: float,
) -> Mapping[str, Total]:
    """Return how much of a weight each of several questions covers, in their order."""
    _check(demand, pairs, (reach_m,), None)
    people = demand.weight(weight)
    return MappingProxyType({
        name: _within(pairs, supply, question, calendar, reach_m).total(people) for name, question in questions.items()
    })  # fmt: skip


def ladder(question: Question) -> Mapping[str, Question]:
    """Return the four questions from nominal to effective cover: exists, open, has, effective."""
    kinds, needs, time = question.kinds, question.needs, question.time
    return MappingProxyType({
        "exists": Question(kinds),
        "open": Question(kinds, time=time),
        "has": Question(kinds, needs),
        "effective": Question(kinds, needs, time, question.outages),
    })  # fmt: skip


def by_kind(question: Question) -> Mapping[str, Question]:
    """Return the question for each kind of the vocabulary alone, or for each of its own kinds."""
    kinds = [code for code in KINDS if code in question.kinds or not question.kinds]
    return MappingProxyType({
        code: Question(frozenset({code}), question.needs, question.time, question.outages) for code in kinds
    })  # fmt: skip


def by_service(question: Question) -> Mapping[str, Question]:
    """Return the question for each service of the vocabulary alone, or for each of its own needs."""
    needs = [code for code in SERVICES if code in question.needs or not question.needs]
    return MappingProxyType({
        code: Question(question.kinds, frozenset({code}), question.time, question.outages) for code in needs
    })  # fmt: skip


def _within(pairs: Pairs, supply: Supply, question: Question, calendar: Calendar, reach_m: float) -> Covered:
    return reached(pairs, standing(supply, question, calendar)).within(reach_m)


def _check(
    demand: Demand,
    pairs: Pairs,
    reaches_m: Sequence[float],
    profile: tuple[Profile, NDArray[np.object_]] | None,
) -> None:
    if pairs.demand != len(demand):
        raise InvalidValue(
            "The pairs are of {have} demand places, not of {asked}. Make them anew.",
            have=pairs.demand,
            asked=len(demand),
        )
    if not reaches_m and profile is None:
        raise InvalidValue("No reach is given. Give one or more in metres, or a profile.")
    if profile is not None and len(profile[1]) != len(demand):
        raise InvalidValue(
            "There are {found} kinds of area for {count} demand places; give one for each.",
            found=len(profile[1]),
            count=len(demand),
        )


def _hourly(
    demand: Demand,
    supply: Supply,
    pairs: Pairs,
    question: Question,
    calendar: Calendar,
    weight: str,
    reaches_m: Sequence[float],
    hours: date | str | None,
) -> tuple[ByHour, ...]:
    if hours is None:
        return ()
    presence = demand.presence(weight)
    if isinstance(hours, date):
        when = day(supply.schedules, hours, calendar)
        presence = presence[24 * hours.weekday() :][:24]
    elif hours == WEEK:
        when = normal_week(supply.schedules)
    else:
        raise InvalidValue("{hours} is neither a date nor “week”.", hours=repr(hours))
    stands = {"": standings(supply, question, when)}
    return tuple(by_hour(pairs.within(reach_m), stands, demand.weight(weight), presence) for reach_m in reaches_m)


def _limits(
    supply: Supply, people: NDArray[np.float64], question: Question, table: AreaTable | None
) -> tuple[Message, ...]:
    """Return what a reader of the numbers must know."""
    told = []
    if not len(supply):
        told.append(Message("There is no located station."))
    if supply.unlocated:
        told.append(Message("{count} stations without coordinates are left out.", {"count": len(supply.unlocated)}))
    if not people.sum():
        told.append(Message("The demand is empty: there is no share of nothing."))
    unknown = np.array([not each.osm for each in supply.schedules], bool)
    if question.time is not None and len(supply) and (count := int(unknown[supply.schedule].sum())):
        told.append(
            Message(
                "The hours of {count} of {all} stations are not known: they count in the upper bound alone.",
                {"count": count, "all": len(supply)},
            )
        )
    if table is not None and table.unmatched:
        told.append(
            Message(
                "{count} area codes of the demand have no area: {codes}. They count in the area above, if any.",
                {"count": len(table.unmatched), "codes": table.unmatched[:10]},
            )
        )
    return tuple(told)
