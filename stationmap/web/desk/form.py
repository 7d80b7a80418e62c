"""The desk's form: what stands in it, what it asks for, and the address that asks the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from stationmap.errors import InvalidValue
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.runs.spec import Spec
from stationmap.web.values import shown

FIELDS = (
    *("demand", "weight", "kind", "need", "reach_m", "way", "when", "hour", "date", "date_hour", "area"),
    *("changes", "vs", "vs_hour", "name", "drop", "lang", "theme"),
)
WHENS = ("week", "date", "any")
VERSUS = ("", "moment", "before")
MOST_CHARACTERS = 4000
_LISTS = ("kind", "need")
_NOON = "12"


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it stands: texts as they came, unchecked but for their length.

    ``when`` is ``week`` (``hour`` 0 to 167), ``date`` (``date``, ``date_hour``) or ``any``; ``changes`` is JSON. What
    it is compared with: ``vs`` is ``moment`` (``vs_hour``), ``before`` (without the changes) or "" for nothing.
    """

    demand: str = ""
    weight: str = ""
    kinds: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    reach_m: str = "500"
    way: str = "air"
    when: str = "week"
    hour: str = _NOON
    date: str = ""
    date_hour: str = _NOON
    area: str = ""
    changes: str = ""
    vs: str = ""
    vs_hour: str = "20"
    name: str = ""

    @classmethod
    def filled(cls, given: MultiDict[str, str]) -> "Form":
        """Return the form as an address or a post fills it.

        Raises
        ------
        InvalidValue
            When a name is none of its fields, or a value is too long.
        """
        for name, value in given.items(multi=True):
            if name not in FIELDS:
                raise InvalidValue(
                    "There is no parameter {name}. Known: {known}.", name=shown(name), known=", ".join(FIELDS)
                )
            if len(value) > MOST_CHARACTERS:
                raise InvalidValue("{name} is too long: {count} characters.", name=name, count=len(value))
        form = cls()
        values: dict[str, Any] = {n: given[n].strip() for n in cls.__slots__ if given.get(n, "").strip()}
        values |= {f"{name}s": tuple(value for value in given.getlist(name) if value) for name in _LISTS}
        return replace(form, **values).without(given.get("drop", ""))

    @classmethod
    def of(cls, spec: Spec) -> "Form":
        """Return the form that asks for a run again, at its first reach."""
        time: dict[str, str] = {"when": "any"}
        if isinstance(spec.time, WeekHour):
            time = {"when": "week", "hour": str(spec.time.hour)}
        elif isinstance(spec.time, DayHour):
            time = {"when": "date", "date": spec.time.day.isoformat(), "date_hour": str(spec.time.hour)}
        changes = json.dumps([dict(each) for each in spec.changes], ensure_ascii=False) if spec.changes else ""
        return cls(
            spec.demand,
            spec.weight,
            spec.kinds,
            spec.needs,
            f"{spec.reaches_m[0]:g}",
            spec.way,
            area=spec.area,
            changes=changes,
            **time,
        )

    def of_demand(self, name: str, weights: Sequence[str]) -> "Form":
        """Return the form with demand that there is; a weight that this demand has not gives way to its first."""
        return replace(self, demand=name, weight=self.weight if self.weight in weights else weights[0])

    def spec(self) -> Spec:
        """Return what it asks for.

        Raises
        ------
        InvalidValue
            When a value cannot be.
        """
        if self.when not in WHENS:
            raise InvalidValue("when is {value}. Take one of: {known}.", value=shown(self.when), known=WHENS)
        values: dict[str, Any] = {
            "demand": self.demand,
            "weight": self.weight,
            "reach_m": [self.reach_m],
            "way": self.way,
            "kind": self.kinds,
            "need": self.needs,
            "area": self.area,
            "changes": self.changes,
        }
        if self.when == "week":
            values["week_hour"] = self.hour
        if self.when == "date":
            if not self.date:
                raise InvalidValue("Give the date that is meant, such as 2026-12-01.")
            values |= {"date": self.date, "hour": self.date_hour}
        return Spec.of(values)

    def versus(self) -> Spec | None:
        """Return what it is compared with, None for nothing; raises as :meth:`spec`."""
        if self.vs not in VERSUS:
            raise InvalidValue("vs is {value}. Take one of: {known}.", value=shown(self.vs), known=VERSUS[1:])
        if self.vs == "moment":
            return replace(self, when="week", hour=self.vs_hour).spec()
        if self.vs == "before":
            return replace(self, changes="").spec() if self.changed else None
        return None

    @property
    def changed(self) -> list[Mapping[str, Any]]:
        """Return the changes; none where they cannot be read, which :meth:`spec` then says."""
        try:
            told = json.loads(self.changes or "[]")
        except ValueError:
            return []
        return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []

    def without(self, number: str) -> "Form":
        """Return the form without one of its changes, counted from 0; any other text leaves it as it is."""
        changes = self.changed
        if not (number.isascii() and number.isdecimal()) or int(number[:4]) >= len(changes):
            return self
        del changes[int(number)]
        return replace(self, changes=json.dumps(changes, ensure_ascii=False) if changes else "")

    @property
    def address(self) -> str:
        """Return the address that asks the same."""
        usual = Form()
        pairs = [(name, value) for name in ("kind", "need") for value in getattr(self, f"{name}s")]
        plain = [name for name in self.__slots__ if name not in ("kinds", "needs", "name")]
        pairs += [(name, getattr(self, name)) for name in plain if getattr(self, name) != getattr(usual, name)]
        return f"/desk?{urlencode(pairs)}" if pairs else "/desk"
