"""Schedules that are read alike, evaluated day by day: from the rules that hold to the states of the day."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakMethod
from zoneinfo import ZoneInfo

import numpy as np

from stationmap.errors import Message
from stationmap.hours.calendar import Calendar, DayKind
from stationmap.hours.layers import Layer, agree, combined, overlay, paint
from stationmap.hours.readings import alternatives
from stationmap.hours.rules import DAY_MIN, Expression
from stationmap.hours.selectors import DayRules, Reading

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values made last, by key; each is made once, also when threads ask for it at the same time.

    ``make`` is a method of the owner, who is not held by it: an owner that is let go goes at once, without waiting for
    the garbage collector.
    """

    def __init__(self, size: int, make: Callable[[Key], Value]) -> None:
        self._size = size
        self._make = WeakMethod(make)
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.RLock()

    def __getitem__(self, key: Key) -> Value:
        with self._lock:
            if key not in self._values:
                make = self._make()
                if make is None:
                    raise ReferenceError(key)
                self._values[key] = make(key)
                if len(self._values) > self._size:
                    self._values.popitem(last=False)
            self._values.move_to_end(key)
            return self._values[key]

    def __contains__(self, key: Key) -> bool:
        with self._lock:
            return key in self._values


class Cohort:
    """Expressions that are read alike: the same habit on make-up days, all or none mentioning public holidays.

    Parameters
    ----------
    expressions : Sequence[Expression]
        In the order by which the owners of the layers count.
    habit : str
        One of :data:`HABITS`.
    says_holidays : bool
        Whether they mention public holidays.
    calendar : Calendar
        What is known of the days.
    """

    def __init__(self, expressions: Sequence[Expression], habit: str, says_holidays: bool, calendar: Calendar) -> None:
        self._rules = DayRules(expressions)
        self._habit = habit
        self._says_holidays = says_holidays
        self._calendar = calendar
        self.said: Recent[date, Layer] = Recent(32, self._say)

    def states(self, day: date) -> Layer:
        """Return where a calendar day is open or unknown, the hours after midnight of the night before included."""
        night = self.said[day - timedelta(days=1)].within(DAY_MIN, 2 * DAY_MIN)
        return overlay(self.said[day].within(0, DAY_MIN), night)

    def why_unknown(self, local: datetime) -> Message:
        """Return why the state of the first expression is unknown at a local time at which it is."""
        day, minute = local.date(), local.hour * 60 + local.minute
        for begun, at in ((day, minute), (day - timedelta(days=1), minute + DAY_MIN)):
            said = self.said[begun].within(at, at + 1)
            if (said.value & (said.value - 1)).any():
                return self._why_open_to_doubt(begun)
        return Message("Its hours do not say whether it is open then.")

    def _why_open_to_doubt(self, day: date) -> Message:
        kind = self._calendar.kind(day)
        values = {"day": day.isoformat(), "name": self._calendar.name(day)}
        if kind is DayKind.MAKEUP and self._habit == "unknown":
            return Message("{day} is a make-up working day, and it does not say what it does on such days.", values)
        if kind is DayKind.MAKEUP:
            return Message("{day} is a make-up working day, and its working days are not all alike.", values)
        if kind is DayKind.OFF:
            return Message("{day} is a public holiday ({name}), and its hours do not mention public holidays.", values)
        unknown = day if kind is DayKind.UNKNOWN else self._needs_unknown_day(day) or day
        last = self._calendar.known_until(unknown)
        if last is None:
            return Message(
                "The calendar of days off is known only from {first} on.", {"first": self._calendar.first.isoformat()}
            )
        return Message("The calendar of days off is known only to {last}.", {"last": last.isoformat()})

    def _needs_unknown_day(self, day: date) -> date | None:
        """Return a day around this one that a rule asks for (``PH -1 day``) and the calendar does not know."""
        asked = [day - timedelta(days=offset) for offset in self._rules.holiday_offsets if offset]
        return next((near for near in asked if self._calendar.kind(near) is DayKind.UNKNOWN), None)

    def _say(self, day: date) -> Layer:
        """Return what each expression may say of the day that begins on a date, as bits over two days' minutes."""
        ways = alternatives(self._calendar.kind(day), day.weekday(), self._habit, self._says_holidays)
        if self._needs_unknown_day(day):
            ways = tuple(
                tuple(reading._replace(near=near) for reading in way) for near in (False, True) for way in ways
            )
        readings = list(dict.fromkeys(reading for way in ways for reading in way))
        layers = [self._painted(day, reading) for reading in readings]
        return agree(layers, [[readings.index(reading) for reading in way] for way in ways])

    def _painted(self, day: date, reading: Reading) -> Layer:
        rules = self._rules

        def is_holiday(offset: int) -> bool:
            kind = self._calendar.kind(day + timedelta(days=offset))
            return reading.near if kind is DayKind.UNKNOWN else kind is DayKind.OFF

        drawn = rules.holding(day, reading, is_holiday)[rules.span_rule]
        order = rules.span_rule[drawn]
        layer = Layer(rules.owner[order], rules.span_start[drawn], rules.span_end[drawn], rules.span_code[drawn])
        return paint(layer, order)


class Alike(NamedTuple):
    """What schedules of one cohort have in common: habit on make-up days, and whether they mention holidays."""

    habit: str
    says_holidays: bool


class Place:
    """All schedules of one time zone.

    Parameters
    ----------
    zone : ZoneInfo
        Its clock.
    members : Mapping[Alike, Sequence[int]]
        Numbers of the schedules by cohort, ascending.
    expressions : Sequence[Expression]
        Of all schedules of the timetable, by number.
    calendar : Calendar
        What is known of the days.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        members: Mapping[Alike, Sequence[int]],
        expressions: Sequence[Expression],
        calendar: Calendar,
    ) -> None:
        self.zone = zone
        self._cohorts = [
            (np.array(numbers, dtype=np.int64), Cohort([expressions[i] for i in numbers], *alike, calendar))
            for alike, numbers in members.items()
        ]
        self.days: Recent[date, Layer] = Recent(32, self._day)

    def several(self, first: date, days: int) -> Layer:
        """Return the states of several days, minutes counted from the first midnight; owners are numbers."""
        layers = []
        for ahead in range(days):
            day = self.days[first + timedelta(days=ahead)]
            layers.append(day._replace(start=day.start + ahead * DAY_MIN, end=day.end + ahead * DAY_MIN))
        return combined(layers)

    def of(self, number: int, day: date) -> Layer:
        """Return the states of one schedule on a day that is among :attr:`days`."""
        states = self.days[day]
        first, last = np.searchsorted(states.owner, (number, number + 1))
        return states.where(slice(first, last))

    def _day(self, day: date) -> Layer:
        layers = []
        for numbers, cohort in self._cohorts:
            states = cohort.states(day)
            layers.append(states._replace(owner=numbers[states.owner]))
        return combined(layers) if len(layers) > 1 else layers[0]
