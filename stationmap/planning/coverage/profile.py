"""Profiles: how far is too far, by kind of area. Rules are data that a planner chooses and edits.

No national standard says in metres how far a station may be. What single places have published stands in
``profiles.toml`` with its source and how far that can be trusted; a planner's own file has the same form.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.geo.adcodes import ancestor_codes
from stationmap.planning.pairs import checked_reach

TRUST = ("official", "press", "own", "example")
"""What a profile rests on: a published rule, a report in the press, the planner's word, or nothing but an example."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Profile:
    """The reach of each kind of area.

    Attributes
    ----------
    code : str
        Its name in the file.
    zh, en : str
        What it is called.
    source : str
        Where it comes from, in words.
    trust : str
        One of :data:`TRUST`.
    reach_m : Mapping[str, float]
        Kind of area to metres; not empty.
    """

    code: str
    zh: str
    en: str
    source: str
    trust: str
    reach_m: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.trust not in TRUST:
            raise InvalidValue(
                "Profile {code}: {trust} is no mark of trust. Take one of: {known}",
                code=self.code,
                trust=repr(self.trust),
                known=TRUST,
            )
        if not self.reach_m:
            raise InvalidValue("Profile {code} has no kind of area. Give each kind a reach in metres.", code=self.code)
        for reach_m in self.reach_m.values():
            checked_reach(reach_m)

    def reaches(self, kind: NDArray[np.object_]) -> tuple[Floats, Floats]:
        """Return the least and the greatest reach that each place may have.

        Parameters
        ----------
        kind : NDArray[object]
            Shape (n,): the kind of area of each place, "" where it is not known: then its reach is any of the profile.

        Raises
        ------
        InvalidValue
            When the profile has no reach for a kind.
        """
        kinds, which = np.unique(kind.astype(str), return_inverse=True)
        strange = next((each for each in kinds.tolist() if each and each not in self.reach_m), None)
        if strange is not None:
            raise InvalidValue(
                "Profile {code} has no reach for areas of the kind {kind}; it has {known}.",
                code=self.code,
                kind=repr(strange),
                known=tuple(self.reach_m),
            )
        least, most = min(self.reach_m.values()), max(self.reach_m.values())
        lower = np.array([self.reach_m.get(each, least) for each in kinds.tolist()], np.float64)
        upper = np.array([self.reach_m.get(each, most) for each in kinds.tolist()], np.float64)
        return lower[which], upper[which]


def kinds_of_areas(adcode: NDArray[np.object_], kind_of: Mapping[str, str]) -> NDArray[np.object_]:
    """Return the kind of area of each demand place from what a planner says of whole areas.

    Parameters
    ----------
    adcode : NDArray[object]
        Shape (n,): the deepest area of each place.
    kind_of : Mapping[str, str]
        Code of an area to its kind; the nearest area above counts, by the rule of the digits. "" where none is named.
    """
    codes, which = np.unique(adcode.astype(str), return_inverse=True)
    chains = [(code, *ancestor_codes(code)) for code in codes.tolist()]
    kinds = [next((kind_of[step] for step in chain if step in kind_of), "") for chain in chains]
    return np.array([*kinds, ""], object)[which]


def profiles(path: Path | None = None) -> Mapping[str, Profile]:
    """Return the profiles of a file by code; without one those that come with stationmap.

    Raises
    ------
    UnusableInput
        When the file cannot be read.
    InvalidValue
        When a profile lacks a field or has one that cannot be.
    """
    if path is None:
        text = files("stationmap.planning.coverage").joinpath("profiles.toml").read_text(encoding="utf-8")
        told = "profiles.toml"
    else:
        told = str(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as fault:
            raise UnusableInput("{path} cannot be read: {fault}.", path=told, fault=str(fault)) from fault
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise UnusableInput("{path} is no TOML: {fault}.", path=told, fault=str(fault)) from fault
    return MappingProxyType({code: _profile(code, table) for code, table in tables.items()})


def _profile(code: str, table: object) -> Profile:
    fields = table if isinstance(table, dict) else {}
    missing = tuple(name for name in ("source", "trust", "reach_m") if name not in fields)
    reach_m = fields.get("reach_m")
    if missing or not isinstance(reach_m, dict):
        raise InvalidValue(
            "Profile {code} lacks {missing}. A profile has source, trust, and reach_m by kind of area.",
            code=code,
            missing=missing or ("reach_m",),
        )
    strange = next(
        (value for value in reach_m.values() if isinstance(value, bool) or not isinstance(value, int | float)), None
    )
    if strange is not None:
        raise InvalidValue("The reach must be a number of metres from 0 up, not {reach_m}.", reach_m=repr(strange))
    metres = MappingProxyType({str(kind): float(value) for kind, value in reach_m.items()})
    zh, en = (str(fields.get(name, code)) for name in ("zh", "en"))
    return Profile(code, zh, en, str(fields["source"]), str(fields["trust"]), metres)
