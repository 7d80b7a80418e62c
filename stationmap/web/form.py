"""The finder's form: what stands in it, and what it asks for. Filters, time and view may come from the address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from stationmap.errors import InvalidValue
from stationmap.finder.search import Query
from stationmap.schema.vocabulary import KINDS, SERVICES, Term
from stationmap.web.query import OPENED, read
from stationmap.web.wording import COMMON_SERVICES

EXAMPLE = "113.665,34.752"
DATUMS = (
    ("wgs84", "GPS, phone (WGS 84)"),
    ("gcj02", "Amap, Tencent, WeChat (GCJ-02)"),
    ("bd09", "Baidu (BD-09)"),
)
COMMON: tuple[Term, ...] = tuple(SERVICES[code] for code in COMMON_SERVICES[:6])
ROWS = 8
LONGEST_PLACE = 100
_LONGEST_POSITION = 80
_SEPARATORS = re.compile(r"[\s,，、;；]+")
_AREA = ",area"
_NUMBERS = re.compile(r"\s*[-+]?\d+(?:\.\d+)?[\s,，、;；]+[-+]?\d+(?:\.\d+)?\s*")
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with the name it was chosen by: ``113.665,34.752 郑州路`` in the form, WGS 84 degrees.

    An ``area`` stands for all of itself by one place in its middle: ``113.665,34.752,area 中原区``.
    """

    position: str
    name: str
    area: bool = False

    @classmethod
    def read(cls, text: str) -> "Spot | None":
        """Return the spot that a text stands for, None when it is none."""
        position, _, name = text.strip().partition(" ")
        area = position.endswith(_AREA)
        position = position[: -len(_AREA)] if area else position
        if not _NUMBERS.fullmatch(position):
            return None
        return cls(position[:_LONGEST_POSITION], name.strip()[:LONGEST_PLACE], area)

    def __str__(self) -> str:
        return f"{self.position}{_AREA if self.area else ''} {self.name}"


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form: as it came, whether or not it can be answered.

    Attributes
    ----------
    place, placed : str
        A place as typed; and, where the position is the one of a named place, that :class:`Spot`.
    position, datum : str
        Longitude and latitude as typed, and what they were taken from.
    needs, kinds : frozenset of str
        Codes of services and kinds.
    opened : str
        ``arrival``, ``now`` or ``any``.
    at : str
        Local time of the place as ``2026-10-10T12:00``, "" for now.
    mode, view : str
        ``walk`` or ``ride``; ``list`` or ``map``.
    """

    place: str
    placed: str
    position: str
    datum: str
    needs: frozenset[str]
    kinds: frozenset[str]
    opened: str
    at: str
    mode: str
    view: str

    @classmethod
    def filled(cls, given: MultiDict[str, str]) -> "Form":
        """Return the form as it was filled; a choice that is none is left out, what was typed stays as typed."""
        datum, at = given.get("datum", ""), given.get("at", "").strip()
        chosen = Spot.read(given.get("around", ""))
        if "want" in given:  # what was typed is a service, no place: the place is still the one before
            chosen = chosen or Spot.read(given.get("placed", "")) or Spot("", "")
        opened = given.get("open") or ("any" if given.get("any") == "1" else "arrival")
        wanted = {*given.getlist("need"), given.get("want", "")} - {given.get("drop", "")}
        return cls(
            place=chosen.name if chosen else given.get("place", "").strip()[:LONGEST_PLACE],
            placed=str(chosen).strip() if chosen else given.get("placed", "")[: LONGEST_PLACE + _LONGEST_POSITION],
            position=chosen.position if chosen else given.get("position", "").strip()[:_LONGEST_POSITION],
            datum=datum if datum in dict(DATUMS) and not chosen else "wgs84",
            needs=frozenset(code for code in wanted if code in SERVICES),
            kinds=frozenset(code for code in given.getlist("kind") if code in KINDS),
            opened=opened if opened in OPENED else "arrival",
            at="" if "now" in given or not _TIME.fullmatch(at[:16]) else at[:16],
            mode="ride" if given.get("mode") == "ride" else "walk",
            view="map" if given.get("view") == "map" else "list",
        )

    @property
    def rare(self) -> int:
        """How many chosen filters the folded part of the form holds."""
        return len(self.kinds) + len(self.needs - {term.code for term in COMMON})

    @property
    def blank(self) -> bool:
        """Whether it names no place at all."""
        return not (self.place or self.position)

    @property
    def sought(self) -> str:
        """The name that is still to be looked up, "" when the position is the one that counts."""
        spot = Spot.read(self.placed)
        if not self.place or (spot and spot.name == self.place and self.position):
            return ""
        return self.place

    @property
    def around(self) -> Spot | None:
        """The named place that the position stands for, None when it has no name."""
        spot = Spot.read(self.placed)
        return spot if spot and spot.name and spot.name == self.place and spot.position == self.position else None

    @property
    def address(self) -> str:
        """The page's address with filters, time and view, as ``static/js/address.js`` writes it; never the place."""
        told = (("open", self.opened, "arrival"), ("at", self.at, ""), ("mode", self.mode, "walk"))
        query = [("need", code) for code in SERVICES if code in self.needs]
        query += [("kind", code) for code in KINDS if code in self.kinds]
        query += [(name, value) for name, value, plain in (*told, ("view", self.view, "list")) if value != plain]
        return f"/?{urlencode(query)}" if query else "/"


def asked(form: Form, position: str, datum: str, now: datetime) -> Query:
    """Return the question of a form around a position as somebody wrote it.

    Raises
    ------
    InvalidValue
        When the position is no pair of numbers or cannot be; quoted, with what would do.
    """
    parts = _SEPARATORS.sub(" ", position).split()
    if len(parts) != 2:
        raise InvalidValue("Write longitude and latitude with a comma between, such as {example}.", example=EXAMPLE)
    lon, lat = parts
    values: Mapping[str, object] = {
        "lon": lon,
        "lat": lat,
        "datum": datum,
        "mode": form.mode,
        "open": form.opened,
        "at": form.at,
        "k": ROWS,
        "need": sorted(form.needs),
        "kind": sorted(form.kinds),
    }
    return read(values, now)


def is_numbers(text: str) -> bool:
    """Return whether a place was typed as coordinates."""
    return bool(_NUMBERS.fullmatch(text))
