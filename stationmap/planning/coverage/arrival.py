"""Open on arrival: who sets out now and finds a station open when he gets there, and for long enough.

Who sets out at t and walks w minutes to a station is served by it when it is open from t + w for the margin, that is
in every minute of [t + w, t + w + margin]; a margin of 0 asks for the very instant. So are services with hours of
their own, and none of them may be out of order on the day of arrival.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.hours.calendar import Calendar
from stationmap.hours.opening import Timetable
from stationmap.planning.coverage.shares import Reached
from stationmap.planning.moments import on_the_wall
from stationmap.planning.pairs import Pairs
from stationmap.planning.question import Question, lasting
from stationmap.planning.standing import Why
from stationmap.planning.supply import NO_SCHEDULE, Had, Supply

_LONGEST_MIN = 1440.0

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """When schedules are open, minutes from the start, as spans that do not touch: one row a span, in order."""

    key: Floats
    end_min: Floats
    owner: NDArray[np.int64]
    period_min: float

    def all_of(self, schedule: NDArray[np.int64], from_min: Floats, margin_min: float) -> Flags:
        """Return where a schedule is open from a minute on for the margin."""
        row = np.searchsorted(self.key, schedule * self.period_min + from_min, side="right") - 1
        held = row >= 0
        row = np.maximum(row, 0)
        if not len(self.key):
            return np.zeros(len(schedule), bool)
        until = self.end_min[row]
        enough = (from_min < until) & (from_min + margin_min <= until)
        return np.asarray(held & (self.owner[row] == schedule) & enough)


def reached_open(
    pairs: Pairs, supply: Supply, question: Question, sets_out: datetime, calendar: Calendar, *, margin_min: float = 0.0
) -> Reached:
    """Return how far each demand has to the nearest station that is open on arrival.

    Parameters
    ----------
    pairs : Pairs
        Of demand and the stations of the supply; their minutes are the way.
    supply : Supply
        The stations.
    question : Question
        Kinds and needs; its time is left aside.
    sets_out : datetime
        Naive: when all set out, on the clock of each place.
    calendar : Calendar
        Days off and make-up days.
    margin_min : float
        How long it must be open from the arrival on, 0 to 1440.

    Raises
    ------
    InvalidValue
        When the margin is not from 0 to 1440 minutes, a way takes longer than a day, or the pairs are of others.
    """
    if not 0.0 <= margin_min <= _LONGEST_MIN:
        raise InvalidValue("The time to stay is from 0 to 1440 minutes, not {margin_min}.", margin_min=margin_min)
    pairs.require_stations(len(supply))
    longest = float(pairs.minutes.max(initial=0.0))
    if longest > _LONGEST_MIN:
        raise InvalidValue(
            "A way takes {minutes:.0f} minutes: beyond a day, arrivals are not worked out. Take a shorter reach.",
            minutes=longest,
        )
    begin = sets_out.replace(tzinfo=UTC)
    table = Timetable([on_the_wall(each) for each in supply.schedules], calendar)
    windows = _windows(table, begin, longest + margin_min)
    certain, possible = _judged(pairs, supply, question, windows, begin, margin_min)
    return Reached(pairs.first_m(certain), pairs.first_m(possible), pairs.reach_m, pairs.way)


def _windows(table: Timetable, begin: datetime, horizon_min: float) -> tuple[_Open, _Open]:
    """Return when schedules are open for certain, and when they are or may be."""
    found = table.windows(begin, horizon_min=int(horizon_min) + 1)
    owner = np.repeat(np.arange(len(table)), np.diff(found.indptr))
    start, end = found.start_min.astype(np.float64), found.end_min.astype(np.float64)
    period = 4.0 * _LONGEST_MIN + 2.0 * (horizon_min + _LONGEST_MIN)
    known = ~found.unknown
    certain = _Open(owner[known] * period + start[known], end[known], owner[known], period)
    new = np.append(True, (owner[1:] != owner[:-1]) | (start[1:] != end[:-1]))[: len(owner)]
    last = np.append(new[1:], True)[: len(owner)]
    possible = _Open(owner[new] * period + start[new], end[last], owner[new], period)
    return certain, possible


def _judged(
    pairs: Pairs, supply: Supply, question: Question, windows: tuple[_Open, _Open], begin: datetime, margin_min: float
) -> tuple[Flags, Flags]:
    """Return which pairs serve for certain, and which do or may."""
    minutes, station = pairs.minutes, pairs.station
    stands = _on_the_day(pairs, supply, question, begin)
    schedule = supply.schedule[station].astype(np.int64)
    certain = (stands == Why.SERVES) & windows[0].all_of(schedule, minutes, margin_min)
    possible = (stands <= Why.UNKNOWN) & windows[1].all_of(schedule, minutes, margin_min)
    for need in sorted(question.needs):
        own = np.full(len(supply), NO_SCHEDULE, np.int64)
        rows = supply.offers.of(need)
        rows = rows[supply.offers.answer[rows] == Had.YES]
        own[supply.offers.station[rows]] = supply.offers.schedule[rows]
        timed = np.flatnonzero(own[station] != NO_SCHEDULE)
        of_pair = own[station[timed]]
        certain[timed] &= windows[0].all_of(of_pair, minutes[timed], margin_min)
        possible[timed] &= windows[1].all_of(of_pair, minutes[timed], margin_min)
    return certain, possible


def _on_the_day(pairs: Pairs, supply: Supply, question: Question, begin: datetime) -> NDArray[np.int8]:
    """Return how the station of each pair stands on the day of arrival, whatever the hour."""
    midnight = datetime.combine(date(begin.year, begin.month, begin.day), datetime.min.time(), UTC)
    day = ((pairs.minutes + (begin - midnight) / timedelta(minutes=1)) // _LONGEST_MIN).astype(np.int64)
    stands = np.empty(len(pairs), np.int8)
    for ahead in np.unique(day).tolist():
        there = day == ahead
        on = begin.date() + timedelta(days=ahead)
        stands[there] = lasting(supply, question, on)[pairs.station[there]]
    return stands
