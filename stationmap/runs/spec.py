"""What a run asks, as values that an address, a form, a command line and a saved run can hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from stationmap.errors import InvalidValue
from stationmap.planning.assessment import Asked
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.planning.pairs import checked_reach
from stationmap.planning.question import Question

WAYS = ("air", "walk", "ride")
MOST_REACH_M = 20_000.0
MOST_REACHES = 6
MOST_CHANGES = 50
_FIELDS = (
    *("demand", "weight", "reach_m", "way", "kind", "need", "week_hour"),
    *("date", "hour", "area", "hours", "changes", "sets_out", "stay_min", "profile", "area_kinds"),
)
_REACHES_M = (500.0, 1000.0)

Time = WeekHour | DayHour | None


@dataclass(frozen=True, slots=True)
class Spec:
    """One run as it is asked for.

    Attributes
    ----------
    demand : str
        The name of kept demand.
    weight : str
        Which of its weights; "" takes the first.
    reaches_m : tuple of float
        From 0 to 20 km; gaps are those of the first.
    way : str
        ``air``, ``walk`` or ``ride``.
    kinds, needs : tuple of str
        Codes of the vocabulary, sorted.
    time : WeekHour, DayHour or None
        When.
    area : str
        Adcode: only the demand in this area; "" for all.
    hours : Mapping[str, str]
        Weight to the hours at which it is there, in the place of those that were loaded.
    changes : tuple of Mapping
        What if: changes of the stations, as :mod:`stationmap.runs.changes` reads them.
    sets_out : datetime or None
        When all set out, on the clock of the place, to be told who finds a station open on arrival.
    stay_min : float
        How long it must stay open from then on.
    profile : str
        Code of a profile of reaches by kind of area; "" for none.
    area_kinds : Mapping[str, str]
        Code of an area to its kind in the profile; demand in none of them has any of its reaches.
    """

    demand: str
    weight: str = ""
    reaches_m: tuple[float, ...] = _REACHES_M
    way: str = "air"
    kinds: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    time: Time = None
    area: str = ""
    hours: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    changes: tuple[Mapping[str, Any], ...] = ()
    sets_out: datetime | None = None
    stay_min: float = 0.0
    profile: str = ""
    area_kinds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Spec":
        """Return the run that values ask for; words of the vocabulary may be codes, labels or aliases.

        Raises
        ------
        InvalidValue
            When a value cannot be; all names and bounds stand in the sentence.
        """
        strange = sorted(set(values) - set(_FIELDS))
        if strange:
            raise InvalidValue("A run has no {name}; it has {known}.", name=repr(strange[0][:40]), known=_FIELDS)
        asked = Question.asked(kinds=_words(values, "kind"), needs=_words(values, "need"))
        way = str(values.get("way") or "air")
        if way not in WAYS:
            raise InvalidValue("The way is {value}. Take one of: {known}.", value=repr(way[:40]), known=WAYS)
        return cls(
            str(values.get("demand") or ""),
            str(values.get("weight") or ""),
            _reaches(values.get("reach_m")),
            way,
            tuple(sorted(asked.kinds)),
            tuple(sorted(asked.needs)),
            _time(values),
            str(values.get("area") or ""),
            _texts(values.get("hours")),
            _changes(values.get("changes")),
            _sets_out(values.get("sets_out")),
            _minutes(values.get("stay_min")),
            str(values.get("profile") or ""),
            _texts(values.get("area_kinds")),
        )

    def values(self) -> dict[str, Any]:
        """Return the run as JSON values; :meth:`of` reads them back as the same."""
        told: dict[str, Any] = {
            "demand": self.demand,
            "weight": self.weight,
            "reach_m": list(self.reaches_m),
            "way": self.way,
            "kind": list(self.kinds),
            "need": list(self.needs),
        }
        if isinstance(self.time, WeekHour):
            told["week_hour"] = self.time.hour
        elif isinstance(self.time, DayHour):
            told |= {"date": self.time.day.isoformat(), "hour": self.time.hour}
        more = {
            "area": self.area,
            "hours": dict(self.hours),
            "changes": [dict(each) for each in self.changes],
            "sets_out": self.sets_out.isoformat(timespec="minutes") if self.sets_out else "",
            "stay_min": self.stay_min,
            "profile": self.profile,
            "area_kinds": dict(self.area_kinds),
        }
        return told | {name: value for name, value in more.items() if value}

    def asked(self, weight: str) -> Asked:
        """Return what is asked of the planners' floor, of a weight."""
        question = Question(frozenset(self.kinds), frozenset(self.needs), self.time)
        return Asked(question, weight, self.reaches_m, self.sets_out, self.stay_min)


def _words(values: Mapping[str, Any], name: str) -> Sequence[str]:
    given = values.get(name) or ()
    words = [given] if isinstance(given, str) else list(given)
    return [str(word) for word in words if word != ""]


def _reaches(given: Any) -> tuple[float, ...]:
    if given in (None, "", [], ()):
        return _REACHES_M
    several = list(given) if isinstance(given, list | tuple) else [given]
    if len(several) > MOST_REACHES:
        raise InvalidValue("There are {count} reaches; give at most {most}.", count=len(several), most=MOST_REACHES)
    reaches = []
    for each in several:
        try:
            reach_m = checked_reach(float(each))
        except (TypeError, ValueError):
            raise InvalidValue(
                "The reach must be a number of metres from 0 up, not {reach_m}.", reach_m=repr(each)
            ) from None
        if reach_m > MOST_REACH_M:
            raise InvalidValue(
                "A reach of {reach_m:g} m is beyond {most:g} m: nobody walks so far for a rest. Take a shorter one.",
                reach_m=reach_m,
                most=MOST_REACH_M,
            )
        reaches.append(reach_m)
    return tuple(dict.fromkeys(reaches))


def _time(values: Mapping[str, Any]) -> Time:
    week_hour, on, hour = (values.get(name) for name in ("week_hour", "date", "hour"))
    if week_hour not in (None, "") and on not in (None, ""):
        raise InvalidValue("Give an hour of the week or a date with an hour, not both.")
    if week_hour not in (None, ""):
        return WeekHour(_whole("week_hour", week_hour))
    if on in (None, ""):
        return None
    try:
        day = date.fromisoformat(str(on))
    except ValueError:
        raise InvalidValue("{value} is no date. Write it like 2026-12-01.", value=repr(str(on)[:40])) from None
    return DayHour(day, _whole("hour", 12 if hour in (None, "") else hour))


def _whole(name: str, value: Any) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise InvalidValue(
            "{name} is {value}, which is no whole number.", name=name, value=repr(str(value)[:40])
        ) from None


def _texts(given: Any) -> Mapping[str, str]:
    return MappingProxyType({str(name): str(text) for name, text in dict(given or {}).items()})


def _sets_out(given: Any) -> datetime | None:
    if given in (None, ""):
        return None
    try:
        return datetime.fromisoformat(str(given)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise InvalidValue(
            "{value} is no date with a time. Write it like 2026-12-01T12:00.", value=repr(str(given)[:40])
        ) from None


def _minutes(given: Any) -> float:
    try:
        minutes = float(given or 0)
    except (TypeError, ValueError):
        minutes = -1.0
    if not 0.0 <= minutes <= 1440.0:
        raise InvalidValue("The time to stay is from 0 to 1440 minutes, not {margin_min}.", margin_min=repr(given))
    return minutes


def _changes(given: Any) -> tuple[Mapping[str, Any], ...]:
    if not given:
        return ()
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise InvalidValue("The changes are no JSON: {value}", value=repr(given[:40])) from None
    if not isinstance(given, list | tuple) or not all(isinstance(each, Mapping) for each in given):
        raise InvalidValue("The changes are a list of objects such as {example}.", example='{"close": "a3h7yhp6sv"}')
    if len(given) > MOST_CHANGES:
        raise InvalidValue("There are {count} changes; give at most {most}.", count=len(given), most=MOST_CHANGES)
    return tuple(MappingProxyType(dict(each)) for each in given)
