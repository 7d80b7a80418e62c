"""A run carried out: the spec and its inputs in, the assessment and its facts out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.planning.assessment import Assessment, assess
from stationmap.planning.coverage.profile import Profile, kinds_of_areas, profiles
from stationmap.planning.coverage.whatif import changed
from stationmap.planning.pairs import Pairs
from stationmap.runs.changes import changes_of
from stationmap.runs.inputs import Inputs, in_area, pairs_of, pairs_to
from stationmap.runs.spec import Spec

PairsOf = Callable[[Inputs, float, str], tuple[Pairs, tuple[Message, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """A run that was carried out.

    Attributes
    ----------
    spec : Spec
        As it was asked, its weight named.
    inputs : Inputs
        What it was worked out from: the area's demand, the stations after the changes.
    pairs : Pairs
        To the longest reach.
    found : Assessment
        What came out.
    notes : tuple of Message
        What must be said of inputs and ways, before the limits of the assessment.
    """

    spec: Spec
    inputs: Inputs
    pairs: Pairs
    found: Assessment
    notes: tuple[Message, ...]

    @property
    def told(self) -> Mapping[str, Any]:
        """Return the versions of all inputs, as JSON values."""
        return self.inputs.told


def carry(
    inputs: Inputs, spec: Spec, *, pairs: PairsOf = pairs_of, own: Mapping[str, Profile] | None = None
) -> Carried:
    """Carry a run out.

    Parameters
    ----------
    inputs : Inputs
        All that is loaded.
    spec : Spec
        What is asked.
    pairs : callable, optional
        Where pairs come from: those who ask often keep them.
    own : Mapping[str, Profile], optional
        Profiles of the planner's own, by code, in the place of those that come with stationmap.

    Raises
    ------
    InvalidValue
        When the spec names what is not there.
    """
    here = in_area(inputs, spec.area)
    weight = spec.weight or next(iter(here.demand.weights))
    profile = _profile(here, spec, profiles() if own is None else own)
    reaches = (*spec.reaches_m, *(profile[0].reach_m.values() if profile is not None else ()))
    ways, notes = pairs(here, max(reaches), spec.way)
    if spec.changes:
        after = changed(here.supply, changes_of(spec.changes))
        ways = after.pairs(ways, lambda lon, lat: pairs_to(here, lon, lat, ways.reach_m, spec.way)[0])
        here = replace(here, supply=after.supply)
    found = assess(
        here.demand,
        here.supply,
        ways,
        spec.asked(weight),
        calendar=here.calendar,
        areas=here.areas,
        hosts=here.hosts,
        profile=profile,
    )
    told = MappingProxyType({**here.told, "stations": len(here.supply)})
    return Carried(replace(spec, weight=weight), replace(here, told=told), ways, found, (*inputs.notes, *notes))


def _profile(inputs: Inputs, spec: Spec, known: Mapping[str, Profile]) -> tuple[Profile, NDArray[np.object_]] | None:
    """Return the profile that is asked for, and the kind of area of each place."""
    if not spec.profile:
        return None
    if spec.profile not in known:
        raise InvalidValue(
            "There is no profile {code}; there are: {known}.", code=repr(spec.profile[:40]), known=tuple(known)
        )
    return known[spec.profile], kinds_of_areas(inputs.demand.adcode, spec.area_kinds)
