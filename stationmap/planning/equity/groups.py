"""Equity by area and by group: a row of measures for each, one for all, and how much lies between them.

Rows and whole are taken over the same people: their people, unserved and short add up to those of the whole, the mean
and the shortfall of the whole are the means of the rows by people. Gini and Palma of the whole are those of all the
people together; they are no mean of the rows, and nothing makes them one. Theil's T splits exactly into within and
between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.geo.adcodes import likely_level, likely_parent
from stationmap.geo.areas import LEVELS
from stationmap.planning.demand.demand import Demand
from stationmap.planning.equity.entropy import Split, split_t, theil_l_of, theil_t_of
from stationmap.planning.equity.lorenz import gini_of, palma_of
from stationmap.planning.equity.people import People, grouped, people
from stationmap.planning.equity.shortfall import Shortfall, beyond_distance, short_of_access

Floats = NDArray[np.float64]

Of = Literal["access", "distance"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the values are, and against which standard they are held.

    Attributes
    ----------
    of : {"access", "distance"}
        Access: more is better, and 0 is unserved. Distance, in metres: less is better, and infinite is unserved.
    standard : float or None
        See :mod:`~stationmap.planning.equity.shortfall`; None asks for no shortfall.
    most_m : float
        See :func:`~stationmap.planning.equity.shortfall.beyond_distance`; for distances alone.
    """

    of: Of = "access"
    standard: float | None = None
    most_m: float = np.inf


@dataclass(frozen=True, slots=True)
class Unevenness:
    """How evenly the people of one area or group are served.

    Attributes
    ----------
    label : str
        Area or group; "" for all, or for people in no known area.
    people : float
        All of them.
    unserved : float
        Those with access 0, or endlessly far.
    mean, gini, palma, theil_t, theil_l : float or None
        Over all people where the values are access, the unserved with their 0; over the served alone where they are
        distances. None where there are none of these, or (but for the mean) nobody has anything. Palma and Theil's L
        may be infinite.
    short : Shortfall or None
        Of all people, the unserved with them; None where no standard was asked for, or there are no people.
    """

    label: str
    people: float
    unserved: float
    mean: float | None
    gini: float | None
    palma: float | None
    theil_t: float | None
    theil_l: float | None
    short: Shortfall | None


@dataclass(frozen=True, slots=True)
class Table:
    """A row for each area or group, and one for all of them.

    Attributes
    ----------
    rows : tuple of Unevenness
        In the order asked for, whether or not there is demand in them; those not named in it after that by label.
    whole : Unevenness
        Of all.
    theil : Split or None
        Theil's T within and between the rows, over the same people as the measures; None where that is.
    """

    rows: tuple[Unevenness, ...]
    whole: Unevenness
    theil: Split | None


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better or worse a first row stands than a second.

    Attributes
    ----------
    first, second : str
        Their labels.
    mean, gini, headcount : float or None
        First less second; None where one of them has none.
    ratio : float or None
        The mean of the first over that of the second; None where that is 0 or one has none.
    """

    first: str
    second: str
    mean: float | None
    ratio: float | None
    gini: float | None
    headcount: float | None


def by_area(
    demand: Demand,
    values: ArrayLike,
    level: str,
    *,
    weight: str,
    asked: Asked | None = None,
    order: Sequence[str] = (),
) -> Table:
    """Return the measures for each area of a level.

    Parameters
    ----------
    demand : Demand
        n places, each with the code of its deepest area.
    values : array_like of float
        Shape (n,): access or distance.
    level : str
        ``country``, ``province``, ``city``, ``district`` or ``street``; see :func:`areas_at`.
    weight : str
        Whom of the demand to count.
    asked : Asked, optional
        What the values are; access without a standard when left out.
    order : sequence of str
        Codes in the planner's own order.

    Raises
    ------
    InvalidValue
        When there is no such weight or level, a value is none, or lengths differ.
    """
    return by_label(values, demand.weight(weight), areas_at(demand.adcode, level), asked=asked or Asked(), order=order)


def by_group(
    demand: Demand,
    values: ArrayLike | Mapping[str, ArrayLike],
    *,
    groups: Sequence[str] = (),
    asked: Asked | None = None,
) -> Table:
    """Return the measures for each group of people: couriers, sanitation workers, residents.

    Parameters
    ----------
    demand : Demand
        n places; its weights are the groups.
    values : array_like of float, or mapping of such by group
        Shape (n,): access or distance, of all groups alike or of each its own (open at its hours, say).
    groups : sequence of str
        Names of weights, in the order of rows; all when left out. The whole counts who is in two of them twice.
    asked : Asked, optional
        What the values are; access without a standard when left out.

    Raises
    ------
    InvalidValue
        When there is no such weight, a group has no values, a value is none, or lengths differ.
    """
    names = tuple(groups) or tuple(demand.weights)
    weights = [demand.weight(name) for name in names]
    columns = []
    for name in names:
        if isinstance(values, Mapping) and name not in values:
            raise InvalidValue(
                "Group {name} has no values; there are some for {known}.", name=name, known=tuple(values)
            )
        columns.append(np.asarray(values[name] if isinstance(values, Mapping) else values, np.float64))
    label = np.repeat(np.array(names, dtype=object), [len(column) for column in columns])
    return by_label(np.concatenate(columns), np.concatenate(weights), label, asked=asked or Asked(), order=names)


def by_label(
    values: ArrayLike,
    weights: ArrayLike,
    labels: ArrayLike,
    *,
    asked: Asked,
    order: Sequence[str] = (),
) -> Table:
    """Return the measures for the rows of each label, as :func:`by_area` does for areas.

    Parameters
    ----------
    values, weights : array_like of float
        Shape (n,).
    labels : array_like of str
        Shape (n,).
    asked : Asked
        What the values are.
    order : sequence of str
        Labels that come first, in this order.

    Raises
    ------
    InvalidValue
        When a value or weight is none, or lengths differ.
    """
    endless = asked.of == "distance"
    each = people(values, weights, endless=endless)
    index, names = grouped(labels, np.size(values))
    rows = [_row(name, part, asked) for name, part in _parts(each, index[each.rows], names, order)]
    served = np.isfinite(each.value)
    theil = split_t(each.value[served], names[index[each.rows]][served], each.weight[served])
    return Table(tuple(rows), _row("", each, asked), theil)


def differences(table: Table) -> tuple[Difference, ...]:
    """Return how each row of a table differs from every one after it, in the order of the table."""
    return tuple(_difference(first, second) for first, second in combinations(table.rows, 2))


def areas_at(adcode: NDArray[np.object_], level: str) -> NDArray[np.object_]:
    """Return the area of a level that each code lies in, so that the areas of every level hold all the demand.

    Where a code has no area of that level (a county that no city governs, a district of Shanghai), or is itself of a
    higher one, it is the nearest above. "" stays "", and what is no code stays as it is.

    Raises
    ------
    InvalidValue
        When there is no such level.

    Examples
    --------
    >>> areas_at(np.array(["410105", "310101", "410000", ""], dtype=object), "city").tolist()
    ['410100', '310000', '410000', '']
    """
    if level not in LEVELS:
        raise InvalidValue("There is no level {level}; there are {known}.", level=repr(level), known=LEVELS)
    index, codes = pd.factorize(np.asarray(adcode, dtype=object))
    above = np.array([_above(str(code), LEVELS.index(level)) for code in codes], dtype=object)
    return above[index] if len(above) else np.empty(0, dtype=object)


def _above(code: str, depth: int) -> str:
    at = code
    while likely_level(at) and LEVELS.index(likely_level(at)) > depth and likely_parent(at):
        at = likely_parent(at)
    return at


def _parts(
    each: People, index: NDArray[np.intp], names: NDArray[np.object_], order: Sequence[str]
) -> Iterator[tuple[str, People]]:
    """Yield the people of each label, the labels of the order first, whether or not there are people."""
    by = np.argsort(index, kind="stable")
    ends = np.cumsum(np.bincount(index, minlength=len(names)))
    place = {name: number for number, name in enumerate(names)}
    for name in dict.fromkeys([*order, *names]):
        number = place.get(name, -1)
        rows = by[ends[number - 1] if number > 0 else 0 : ends[number] if number >= 0 else 0]
        yield name, each.part(rows)


def _row(label: str, each: People, asked: Asked) -> Unevenness:
    far = asked.of == "distance"
    served = np.isfinite(each.value) if far else each.value > 0.0
    counted = each.part(served) if far else each
    return Unevenness(
        label=label,
        people=each.count,
        unserved=float(each.weight[~served].sum()),
        mean=counted.mean if len(counted.weight) else None,
        gini=gini_of(counted),
        palma=palma_of(counted),
        theil_t=theil_t_of(counted),
        theil_l=theil_l_of(counted),
        short=_short(each, asked),
    )


def _short(each: People, asked: Asked) -> Shortfall | None:
    if asked.standard is None:
        return None
    if asked.of == "distance":
        return beyond_distance(each.value, asked.standard, each.weight, most_m=asked.most_m)
    return short_of_access(each.value, asked.standard, each.weight)


def _difference(first: Unevenness, second: Unevenness) -> Difference:
    ratio = first.mean / second.mean if first.mean is not None and second.mean else None
    heads = [row.short.headcount if row.short else None for row in (first, second)]
    return Difference(
        first=first.label,
        second=second.label,
        mean=_less(first.mean, second.mean),
        ratio=ratio,
        gini=_less(first.gini, second.gini),
        headcount=_less(*heads),
    )


def _less(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second
