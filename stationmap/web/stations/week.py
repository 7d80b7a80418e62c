"""The hours of a station day by day: the week ahead, its ordinary week, the days of a month that differ from it.

A day is told by what really is entered on it: openings in words, a night whole where it begins. The ordinary week is,
for each weekday, what most ordinary days from two weeks back to three weeks ahead have in common (no holidays, no
make-up days, no closures; of equals what is nearest to today); so a season that changes later is an exception ahead,
and one that changed last week is none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from stationmap.catalogue import tell
from stationmap.hours.calendar import Calendar, DayKind
from stationmap.hours.opening import Interval, State, Timetable

DAYS_AHEAD = 7
EXCEPTIONS_AHEAD = 30
_BACK, _ON = 14, 21
_NIGHT_ENDS_HOUR = 12
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_NOTES = {DayKind.OFF: "holiday", DayKind.MAKEUP: "make-up working day", DayKind.UNKNOWN: "calendar not announced"}
_HOLIDAYS = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明": "Qingming Festival",
    "劳动节": "Labour Day",
    "端午": "Dragon Boat Festival",
    "中秋": "Mid-Autumn Festival",
    "国庆节": "National Day",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its date in words, its openings in words, what kind of day it is; ``look`` as a state has it."""

    day: date
    name: str
    text: str
    note: str
    today: bool
    look: str


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Days in a row that differ alike from the ordinary week: dates in words, openings, and why."""

    name: str
    text: str
    note: str
    look: str


@dataclass(frozen=True)
class Diary:
    """The days of one station, openings and kinds, around a day; what the week and its exceptions are read from.

    Parameters
    ----------
    table : Timetable
        With the hours of the station as its only schedule, and the times at which a notice shuts it.
    today : date
        The day it is at the station.
    language : str
        ``zh`` or ``en``.
    """

    table: Timetable
    today: date
    language: str

    @property
    def calendar(self) -> Calendar:
        """What is known of holidays."""
        return self.table.calendar

    @cached_property
    def shut(self) -> frozenset[date]:
        """The days that a notice touches which shuts the station."""
        schedule = self.table.schedules[0]
        zone = ZoneInfo(schedule.timezone)
        return frozenset(day for start, end in schedule.shut for day in _days_between(start, end, zone))

    def week(self) -> list[Day]:
        """Return the seven days ahead, today first."""
        return self._days(self.today, DAYS_AHEAD)

    def ordinary(self) -> list[str]:
        """Return the openings of an ordinary week in words, Monday first; "" for a day of which nothing is common."""
        common = self._common()
        return [common.get(weekday, "") for weekday in range(7)]

    def exceptions(self) -> list[Exceptional]:
        """Return what differs from the ordinary week in the next 30 days, in order; days in a row are told together."""
        common = self._common()
        days = self._days(self.today, EXCEPTIONS_AHEAD)
        odd = [day for day in days if self._odd(day, common)]
        return [self._told(run, days[-1].day) for run in _runs(odd)]

    def _odd(self, day: Day, common: dict[int, str]) -> bool:
        """Whether a day differs, or is one that may: the calendar is not announced, a notice shuts the station."""
        usual = common.get(day.day.weekday())
        return (usual is not None and day.text != usual) or day.day in self.shut

    def _common(self) -> dict[int, str]:
        days = self._days(self.today - timedelta(days=_BACK), _BACK + _ON)
        ordinary = [d for d in days if self.calendar.kind(d.day) is DayKind.ORDINARY and d.day not in self.shut]
        ordinary.sort(key=lambda day: abs((day.day - self.today).days))
        common = {}
        for weekday in range(7):
            texts = Counter(day.text for day in ordinary if day.day.weekday() == weekday)
            if texts:
                common[weekday] = texts.most_common(1)[0][0]  # of equals the first that was met: the nearest
        return common

    @cached_property
    def spans(self) -> list[Interval]:
        """When it is open or unknown, from the first day that is looked at to the last."""
        first = self.today - timedelta(days=_BACK + 1)
        return self.table.intervals(0, first, _BACK + EXCEPTIONS_AHEAD + 3)

    @cached_property
    def _all(self) -> dict[date, Day]:
        """Every day that is looked at, in order."""
        first = self.today - timedelta(days=_BACK)
        days = [first + timedelta(days=ahead) for ahead in range(_BACK + EXCEPTIONS_AHEAD)]
        touching: dict[date, list[Interval]] = {day: [] for day in days}
        for span in self.spans:
            day = span.start.date()
            while day <= span.end.date():
                touching.get(day, []).append(span)
                day += timedelta(days=1)
        return {day: self._day(day, touching[day]) for day in days}

    def _days(self, first: date, count: int) -> list[Day]:
        return [self._all[first + timedelta(days=ahead)] for ahead in range(count)]

    def _day(self, day: date, spans: Sequence[Interval]) -> Day:
        name = f"{day:%m-%d} {tell(_DAYS[day.weekday()], self.language)}"
        today = day == self.today
        told = [(span.state, words) for span in spans if (words := span_words(span, day, self.language))]
        opened = [words for state, words in told if state is State.OPEN]
        note = self._notice(opened) if day in self.shut else self._note(day)
        if opened:
            return Day(day, name, ", ".join(opened), note, today, "open")
        if any(state is State.UNKNOWN for state, _ in told):
            return Day(day, name, tell("Hours unknown", self.language), note, today, "unknown")
        return Day(day, name, tell("Closed", self.language), note, today, "closed")

    def _notice(self, opened: Sequence[str]) -> str:
        return tell("partly closed by notice" if opened else "closed by notice", self.language)

    def _note(self, day: date) -> str:
        kind = self.calendar.kind(day)
        if kind not in _DAY_NOTES:
            return ""
        name = self.calendar.name(day)
        if self.language != "zh":
            name = _HOLIDAYS.get(name, name)
        return f"{name} {tell(_DAY_NOTES[kind], self.language)}".strip()

    def _told(self, run: list[Day], horizon: date) -> Exceptional:
        first, last = run[0], run[-1]
        name = first.name
        if len(run) > 1:
            name = tell("{first} to {last}", self.language, first=first.name, last=last.name)
        if last.day == horizon and len(run) > DAYS_AHEAD:
            name = tell("from {first} on", self.language, first=first.name)
        return Exceptional(name, first.text, first.note, first.look)


def _runs(days: Iterable[Day]) -> list[list[Day]]:
    """Return days in a row that say the same, together."""
    runs: list[list[Day]] = []
    for day in days:
        before = runs[-1][-1] if runs else None
        same = before is not None and (before.text, before.note) == (day.text, day.note)
        if same and before is not None and day.day - before.day == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def span_words(span: Interval, day: date, language: str) -> str:
    """Return the part of a span that is told under a day, "" for none; a night is told whole where it begins."""
    midnight = datetime.combine(day, time.min, span.start.tzinfo)
    next_midnight = midnight + timedelta(days=1)
    night = span.end.date() == span.start.date() + timedelta(days=1) and span.end.hour < _NIGHT_ENDS_HOUR
    if span.end <= midnight or span.start >= next_midnight or (night and span.start < midnight):
        return ""
    start = max(span.start, midnight)
    end = span.end if night else min(span.end, next_midnight)
    if start == midnight and end == next_midnight:
        return tell("Round the clock", language)
    return f"{start:%H:%M}–{'24:00' if end == next_midnight else f'{end:%H:%M}'}"


def weekdays_together(ordinary: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return an ordinary week as runs of weekdays that say the same: first, last (Monday 0), openings.

    Examples
    --------
    >>> weekdays_together(["9–17"] * 5 + ["9–12", ""])
    [(0, 4, '9–17'), (5, 5, '9–12')]
    """
    runs: list[tuple[int, int, str]] = []
    for weekday, text in enumerate(ordinary):
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == text:
            runs[-1] = (runs[-1][0], weekday, text)
        elif text:
            runs.append((weekday, weekday, text))
    return runs


def _days_between(start: int, end: int, zone: ZoneInfo) -> list[date]:
    """Return the local days on which a time lies, given in seconds since 1970 UTC, its end not in it."""
    first, last = (datetime.fromtimestamp(second, zone).date() for second in (start, end - 1))
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
