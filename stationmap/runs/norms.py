"""What rules of spread say of a run: every unit has one, spacing, overlaps, ground that no station reaches, evenness.

They take longer than an assessment and are worked out when they are asked for: on sheets, in workbooks, on demand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from stationmap.errors import InvalidValue, Message
from stationmap.geo.areas import LEVELS, AreaTree
from stationmap.planning.coverage.result import by_kind, by_service, compared
from stationmap.planning.coverage.shares import Total
from stationmap.planning.equity.groups import Table, by_area, by_group
from stationmap.planning.gaps.overlaps import Overlap, overlaps
from stationmap.planning.gaps.places import Places
from stationmap.planning.gaps.polygons import GapAreaBounds, gap_area_bounds
from stationmap.planning.gaps.spacing import SHANDONG_2022, Spacing, SpacingRule, spacing
from stationmap.planning.gaps.units import Units, unit_gaps
from stationmap.planning.question import Question
from stationmap.runs.carry import Carried

TOO_NEAR_M = 200.0
"""Stations nearer than this are told as overlapping unless another distance is asked: our default, no standard."""


@dataclass(frozen=True, slots=True, eq=False)
class Norms:
    """What the rules say.

    Attributes
    ----------
    level : str
        The level of the units, "" where there are no boundaries.
    units : Units or None
        Units of the level, those without a station that serves first; None without boundaries.
    spacing : Spacing or None
        Stretches between neighbouring stations of the kinds that are asked for; None when there are fewer than two.
    overlaps : tuple of Overlap
        Stations of these kinds too near one another.
    too_near_m : float
        What is too near.
    ground : GapAreaBounds or None
        Ground that no station reaches; by air only, None along streets and without boundaries.
    areas : Table or None
        How evenly access is spread within each area of the level.
    groups : Table
        How evenly access is spread within each weight of the demand.
    by_kind, by_service : Mapping[str, Total]
        The same question within the first reach for each kind, and for each service, alone.
    limits : tuple of Message
        What was done, and the limits of it.
    """

    level: str
    units: Units | None
    spacing: Spacing | None
    overlaps: tuple[Overlap, ...]
    too_near_m: float
    ground: GapAreaBounds | None
    areas: Table | None
    groups: Table
    by_kind: Mapping[str, Total]
    by_service: Mapping[str, Total]
    limits: tuple[Message, ...]


def norms(
    carried: Carried,
    *,
    level: str = "",
    rule: SpacingRule = SHANDONG_2022,
    area_class: str = "built_up",
    too_near_m: float = TOO_NEAR_M,
) -> Norms:
    """Return what the rules say of a run.

    Parameters
    ----------
    carried : Carried
        The run.
    level : str
        Of the units: ``province``, ``city``, ``district`` or ``street``; "" takes the deepest that has boundaries.
    rule : SpacingRule
        How far stations may be apart.
    area_class : str
        Which of its classes all of the demand is of.
    too_near_m : float
        Stations nearer than this overlap.

    Raises
    ------
    InvalidValue
        When the level or the class is none.
    """
    inputs, found, weight = carried.inputs, carried.found, carried.spec.weight
    there = replace(inputs.demand, weights={weight: found.present}, hourly={})
    supply, tree = inputs.supply, inputs.areas
    stations = Places(supply.ids, supply.names, supply.lon, supply.lat)
    counts = supply.of_kinds(found.asked.question.kinds)
    taken = _level(tree, level)
    units = None
    if tree is not None and taken:
        units = unit_gaps(tree, there, found.standing, stations, level=taken, weight=weight, hosts=inputs.hosts)
    stretches = spacing(stations, counts, there, area_class, rule, weight=weight) if counts.sum() > 1 else None
    near = carried.pairs.within(found.asked.reach_m)
    ground = ground_of(carried)
    question, whole = found.asked.question, (there, supply, near)

    def each_alone(questions: Mapping[str, Question]) -> Mapping[str, Total]:
        return compared(*whole, questions, calendar=inputs.calendar, weight=weight, reach_m=found.asked.reach_m)

    told = [each.method() for each in (units, stretches, ground.upper if ground else None) if each is not None]
    return Norms(
        taken,
        units,
        stretches,
        overlaps(stations, counts, too_near_m, near, there, weight=weight),
        too_near_m,
        ground,
        by_area(there, found.access, taken, weight=weight) if taken else None,
        by_group(inputs.demand, found.access),
        each_alone(by_kind(question)),
        each_alone(by_service(question)),
        tuple(limit for limits in told for limit in limits),
    )


def ground_of(carried: Carried) -> GapAreaBounds | None:
    """Return the ground that no station reaches, with and without those of which it is not known.

    By air only: None along streets, and without boundaries. People are counted from demand, never from this.
    """
    outline = _outline(carried) if carried.pairs.way == "air" else None
    if outline is None:
        return None
    supply, found = carried.inputs.supply, carried.found
    return gap_area_bounds(outline, supply.lon, supply.lat, found.standing, found.asked.reach_m)


def _level(tree: AreaTree | None, asked: str) -> str:
    """Return the level that is asked for, or the deepest of which there are boundaries; "" without any."""
    drawn = {area.level for area in tree.areas if area.geometry is not None} if tree is not None else set()
    if asked and asked not in drawn:
        raise InvalidValue(
            "There are no boundaries of the level {level}; there are: {known}.",
            level=repr(asked),
            known=tuple(level for level in LEVELS if level in drawn) or "-",
        )
    return asked or next((level for level in reversed(LEVELS) if level in drawn), "")


def _outline(carried: Carried) -> BaseGeometry | None:
    """Return the ground that counts: the area of the run, else all topmost areas in which there is demand."""
    tree, spec = carried.inputs.areas, carried.spec
    if tree is None:
        return None
    if spec.area:
        return tree.path(spec.area)[-1].geometry
    codes = {str(code) for code in np.unique(carried.inputs.demand.adcode.astype(np.str_)) if code}
    known = {area.adcode for area in tree.areas}
    tops = {tree.path(code)[0].adcode for code in codes & known}
    shapes = [area.geometry for area in tree.areas if area.adcode in tops and area.geometry is not None]
    return shapely.union_all(shapes) if shapes else None
