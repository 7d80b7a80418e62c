"""What a planner asks of the stations, and how each stands to it.

Four questions make the difference between what is on the list and what is of use:

============  =======================================  ====================================================
exists        ``Question(kinds=…)``                    nominal cover: a station of the kind stands there
open          ``Question(kinds=…, time=…)``            and it is open all through that hour
has           ``Question(kinds=…, needs=…)``           it has what is needed, whenever it is open
effective     ``Question(kinds=…, needs=…, time=…)``   it is open, and what is needed is to be had in that hour
============  =======================================  ====================================================

A station serves an hour when it is open in every minute of it and so is each service with hours of its own. What is not
known is counted apart: a station whose hours or service are unknown *may* serve.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from stationmap.hours.calendar import Calendar
from stationmap.planning.moments import DayHour, Hours, WeekHour, hour
from stationmap.planning.standing import Standing, Why
from stationmap.planning.supply import NO_OUTAGE, NO_SCHEDULE, Supply
from stationmap.schema.vocabulary import KINDS, SERVICES, require

_WORD_BITS = 64


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for.

    Attributes
    ----------
    kinds : frozenset of str
        Codes of kinds of which any will do; none named means any kind.
    needs : frozenset of str
        Codes of services of which all are needed.
    time : WeekHour, DayHour or None
        An hour of a normal week or of a date; None asks what exists, at whatever hour.
    outages : bool
        Whether a service that is out of order on the date counts as lacking; only dates know of outages.
    """

    kinds: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    time: WeekHour | DayHour | None = None
    outages: bool = True

    @classmethod
    def asked(
        cls,
        *,
        kinds: Iterable[str] = (),
        needs: Iterable[str] = (),
        time: WeekHour | DayHour | None = None,
        outages: bool = True,
    ) -> "Question":
        """Return the question in the words of a user: codes, labels or aliases of the vocabulary.

        Raises
        ------
        InvalidValue
            When a word names no kind or service.

        Examples
        --------
        >>> sorted(Question.asked(needs=["微波炉", "hot_water"]).needs)
        ['hot_water', 'microwave']
        """
        return cls(
            frozenset(require(KINDS, word, "kind").code for word in kinds),
            frozenset(require(SERVICES, word, "service").code for word in needs),
            time,
            outages,
        )

    def at(self, time: WeekHour | DayHour | None) -> "Question":
        """Return the same question at another time."""
        return replace(self, time=time)


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """How m stations stand to one question in each of some hours.

    Attributes
    ----------
    first : datetime
        Naive: when the first hour begins at every place.
    why : NDArray[int8]
        Shape (m, hours), values of :class:`Why`.
    """

    first: datetime
    why: NDArray[np.int8]

    def __len__(self) -> int:
        return int(self.why.shape[1])

    def at(self, number: int) -> Standing:
        """Return how the stations stand in one of the hours, counted from the first."""
        return Standing(np.ascontiguousarray(self.why[:, number]))

    def serves_bits(self) -> NDArray[np.uint64]:
        """Return the hours in which each station serves for certain, shape (m, words); see :func:`packed`."""
        return packed(self.why == Why.SERVES)

    def may_bits(self) -> NDArray[np.uint64]:
        """Return the hours in which each station serves or may serve, likewise."""
        return packed(self.why <= Why.UNKNOWN)


def packed(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return rows of flags as words of 64 bits, the first flag in the lowest bit of the first word.

    Examples
    --------
    >>> packed(np.array([[True, False, True]])).tolist()
    [[5]]
    """
    rows, count = flags.shape
    words = -(-count // _WORD_BITS)
    octets = np.zeros((rows, words * 8), np.uint8)
    octets[:, : -(-count // 8)] = np.packbits(flags, axis=1, bitorder="little")
    return octets.view("<u8").astype(np.uint64, copy=False)


def standing(supply: Supply, question: Question, calendar: Calendar) -> Standing:
    """Return how each station stands to a question.

    Parameters
    ----------
    supply : Supply
        The stations.
    question : Question
        What is asked.
    calendar : Calendar
        Days off and make-up days, for an hour of a date.
    """
    if question.time is None:
        return Standing(lasting(supply, question))
    return standings(supply, question, hour(supply.schedules, question.time, calendar)).at(0)


def standings(supply: Supply, question: Question, hours: Hours) -> Standings:
    """Return how each station stands to a question in each of some hours; the time of the question is left aside.

    Parameters
    ----------
    supply : Supply
        The stations.
    question : Question
        What is asked.
    hours : Hours
        Of the schedules of the supply, in their order.
    """
    open_why = np.where(hours.through, Why.SERVES, np.where(hours.may, Why.UNKNOWN, Why.CLOSED)).astype(np.int8)
    why = open_why[supply.schedule]
    dates = hours.ordinals() if hours.dated and question.outages else np.zeros(len(hours), np.int64)
    np.maximum(why, lasting(supply, question)[:, None], out=why)
    offers = supply.offers
    for need in sorted(question.needs):
        rows = offers.of(need)
        timed = rows[offers.schedule[rows] != NO_SCHEDULE]
        at = offers.station[timed]
        why[at] = np.maximum(why[at], open_why[offers.schedule[timed]])
        broken = rows[offers.outage_until[rows] != NO_OUTAGE]
        out = (dates > 0) & (dates <= offers.outage_until[broken][:, None])
        at = offers.station[broken]
        why[at] = np.maximum(why[at], np.where(out, Why.LACKS, Why.SERVES).astype(np.int8))
    return Standings(hours.first, why)


def lasting(supply: Supply, question: Question, on: date | None = None) -> NDArray[np.int8]:
    """Return how each station stands as far as hours do not matter: its kind, what it has, outages on a date.

    Returns
    -------
    NDArray[int8]
        Shape (m,), values of :class:`Why`, never ``CLOSED``.
    """
    why = np.where(supply.of_kinds(question.kinds), Why.SERVES, Why.OTHER_KIND).astype(np.int8)
    offers = supply.offers
    by_answer = np.array([Why.LACKS, Why.SERVES, Why.UNKNOWN], np.int8)  # in the order of Had
    for need in sorted(question.needs):
        stands = np.full(len(supply), Why.UNKNOWN, np.int8)
        rows = offers.of(need)
        stands[offers.station[rows]] = by_answer[offers.answer[rows]]
        if on is not None and question.outages:
            stands[offers.station[rows[offers.outage_until[rows] >= on.toordinal()]]] = Why.LACKS
        np.maximum(why, stands, out=why)
    return why
