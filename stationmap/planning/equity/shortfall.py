r"""Who falls short of a standard, by how much, and how badly: the measures of Foster, Greer and Thorbecke.

.. math:: P_a = \sum_i p_i \, g_i^a \quad \text{over those who are short}

with ``p_i`` the part of the people and ``g_i`` the gap as a part of the standard z (Foster, Greer and Thorbecke 1984,
Econometrica 52, 761-766). P0 is the part of the people who are short, P1 the mean gap of all people, P2 counts large
gaps more. They add up: that of all is the mean of those of any groups, by people.

The direction decides what a gap is, and so there are two functions. Access is short below the standard, ``g = (z - x)
/ z``, at most 1. A distance is short beyond it, ``g = (d - z) / z``, which has no most: 3 km are a gap of 2 from a
standard of 1 km. At the standard itself nobody is short, as everywhere in this house (the source counts them in, with
a gap of 0: a difference in P0 alone).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.planning.equity.people import People, people

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How far people fall short of a standard.

    Attributes
    ----------
    standard : float
        z, in the unit of the values.
    people, short : float
        How many there are, and how many of them fall short.
    headcount : float
        P0, from 0 to 1.
    depth : float
        P1: the mean gap, those without any counting 0. Infinite when somebody is endlessly far and no most was named.
    severity : float
        P2: the mean square of the gap; infinite likewise.
    """

    standard: float
    people: float
    short: float
    headcount: float
    depth: float
    severity: float


def short_of_access(values: ArrayLike, standard: float, weights: ArrayLike | None = None) -> Shortfall | None:
    """Return the shortfall of access below a standard; whoever is not served has access 0 and a gap of 1.

    Parameters
    ----------
    values : array_like of float
        Shape (n,): 0 or more, finite.
    standard : float
        Over 0, in the unit of the values; who has just that is not short.
    weights : array_like of float, optional
        Shape (n,): people, 0 or more; one each when left out.

    Returns
    -------
    Shortfall or None
        None where there are no people.

    Raises
    ------
    InvalidValue
        When the standard is not over 0, a value or weight is no such number, or their lengths differ.

    Examples
    --------
    >>> found = short_of_access([0.0, 1.0, 2.0, 5.0], 2.0)
    >>> found.headcount, found.depth, found.severity
    (0.5, 0.375, 0.3125)
    """
    line = _standard(standard)
    each = people(values, weights)
    return _shortfall(each, line, (line - each.value) / line)


def beyond_distance(
    distance_m: ArrayLike, standard_m: float, weights: ArrayLike | None = None, *, most_m: float = np.inf
) -> Shortfall | None:
    """Return the shortfall of those who are farther from a station than a standard.

    Parameters
    ----------
    distance_m : array_like of float
        Shape (n,): 0 or more; infinite for those whom no station serves.
    standard_m : float
        Over 0; who is at that very distance is not short.
    weights : array_like of float, optional
        Shape (n,): people, 0 or more; one each when left out.
    most_m : float
        Whoever is farther counts as that far, so that the endlessly far have a gap that can be summed. No less than the
        standard; infinity when none can be named.

    Returns
    -------
    Shortfall or None
        None where there are no people.

    Raises
    ------
    InvalidValue
        When the standard is not over 0 or beyond the most, a distance or weight is no such number, or lengths differ.

    Examples
    --------
    >>> found = beyond_distance([400.0, 500.0, 1000.0, np.inf], 500.0, most_m=1500.0)
    >>> found.headcount, found.depth, found.severity
    (0.5, 0.75, 1.25)
    """
    line = _standard(standard_m)
    if not most_m >= line:
        raise InvalidValue(
            "Distances cannot end at {most_m} m, which is within the standard of {standard_m:g} m.",
            most_m=most_m,
            standard_m=line,
        )
    each = people(distance_m, weights, endless=True)
    return _shortfall(each, line, (np.minimum(each.value, most_m) - line) / line)


def _standard(standard: float) -> float:
    if not 0.0 < standard < np.inf:
        raise InvalidValue("A standard must be a number over 0, not {value}.", value=standard)
    return float(standard)


def _shortfall(each: People, line: float, gap: Floats) -> Shortfall | None:
    if not len(each.value):
        return None
    short, count = gap > 0.0, each.count
    weight, missing = each.weight[short], gap[short]
    return Shortfall(
        standard=line,
        people=count,
        short=float(weight.sum()),
        headcount=float(weight.sum()) / count,
        depth=float((weight * missing).sum()) / count,
        severity=float((weight * missing * missing).sum()) / count,
    )
