"""What a station can serve: from its seats and hours, or from the visits it is known to have had.

Access is in the units of the capacity: seats a person, or visits a day for a person. What is not known stays NaN;
nothing is filled in from other stations.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue, Message

Floats = NDArray[np.float64]


def visits_from_seats(seats: ArrayLike, open_min: ArrayLike, stay_min: float) -> Floats:
    """Return how many visits a day a station has room for: ``seats * open_min / stay_min``.

    Parameters
    ----------
    seats : array_like of float
        Shape (m,): NaN where not known.
    open_min : array_like of float
        Minutes open on the day (or in the hours) that is asked about, from 0 to 1440, broadcast against the seats; NaN
        where not known.
    stay_min : float
        How long one visit takes a seat, over 0.

    Returns
    -------
    NDArray[float64]
        Shape (m,): NaN where either is not known, unless the other is 0.

    Raises
    ------
    InvalidValue
        When seats are negative, minutes are not of a day, or the stay is not over 0.

    Examples
    --------
    >>> visits_from_seats([6, np.nan, 0], [480, 480, 480], stay_min=20).tolist()
    [144.0, nan, 0.0]
    """
    place, minutes = np.broadcast_arrays(np.asarray(seats, np.float64), np.asarray(open_min, np.float64))
    _check(Message("seats"), place, np.inf)
    _check(Message("minutes open"), minutes, 1440.0)
    if not 0.0 < stay_min < np.inf:
        raise InvalidValue("A visit must take some minutes, not {stay_min}.", stay_min=stay_min)
    return np.where((place == 0.0) | (minutes == 0.0), 0.0, place * minutes / stay_min)


def visits_a_day(visits: ArrayLike, days: ArrayLike) -> Floats:
    """Return visits a day from visits counted over some days, NaN where either is not known.

    What was used is not what there is room for: a station that few know of is counted too small, a full one at what it
    held.

    Parameters
    ----------
    visits : array_like of float
        Shape (m,): NaN where not known.
    days : array_like of float
        Over how many days they were counted, over 0, broadcast against the visits.

    Raises
    ------
    InvalidValue
        When visits are negative or no day was counted.
    """
    count, over = np.broadcast_arrays(np.asarray(visits, np.float64), np.asarray(days, np.float64))
    _check(Message("visits"), count, np.inf)
    if (over <= 0.0).any() or np.isinf(over).any():
        raise InvalidValue("Visits must be counted over some days, not {days}.", days=float(over.min()))
    return np.asarray(count / over)


def _check(name: Message, values: Floats, most: float) -> None:
    wrong = np.flatnonzero(~(np.isnan(values) | ((values >= 0.0) & (values <= most) & np.isfinite(values))))
    if len(wrong):
        raise InvalidValue(
            "Row {row} (from 0) has {value} as {name}; it must be a number from 0 to {most:g}.",
            row=int(wrong[0]),
            value=float(values[wrong[0]]),
            name=name,
            most=most,
        )
