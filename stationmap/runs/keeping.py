"""A run as it is kept: what came out, and enough of what went in to work it out again.

Kept are the facts in each language, the points of the charts, how each place and station stands, the stations as they
were, and the demand that was asked about (up to :data:`MOST_PLACES` places). So a run can be shown by link when
register and demand have long moved on, and two runs can be told apart number by number.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.hours.opening import Schedule
from stationmap.planning.assessment import METHOD
from stationmap.planning.demand.demand import Demand
from stationmap.planning.supply import Offers, Supply
from stationmap.runs.carry import Carried
from stationmap.runs.spec import Spec

FORMAT = 1
MOST_PLACES = 200_000
_MILLIONTH = 1e6
_COLUMNS = ("ids", "names", "adcode")


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A run as it was kept.

    Attributes
    ----------
    spec : Spec
        What was asked.
    told : Mapping
        The versions of all inputs.
    facts : Mapping[str, Mapping]
        By language: see :func:`stationmap.report.facts.facts`.
    points : Mapping
        Of the charts: see :func:`stationmap.report.charts.points.points`.
    reasons, standings : str
        One digit a place and a station: why it is not served, and how it stands.
    rings : list or None
        Corners of each cell in millionths of a degree, None where the demand was points or is not kept.
    supply : Supply
        The stations as they were, after the changes that were asked for.
    demand : Demand or None
        Of the one weight that was asked for, without cells; None where it had too many places.
    """

    spec: Spec
    told: Mapping[str, Any]
    facts: Mapping[str, Mapping[str, Any]]
    points: Mapping[str, Any]
    reasons: str
    standings: str
    rings: list[list[int]] | None
    supply: Supply
    demand: Demand | None


def packed(carried: Carried, facts: Mapping[str, Any], points: Mapping[str, Any]) -> bytes:
    """Return a run that was carried out as bytes to keep: gzip of JSON.

    Parameters
    ----------
    carried : Carried
        The run.
    facts, points : Mapping
        Its facts by language, and the points of its charts, as :func:`stationmap.report.packing.pack` gives them.
    """
    found, whole = carried.found, carried.inputs.demand
    demand = whole if len(whole) <= MOST_PLACES else None
    told = {
        "format": FORMAT,
        "spec": carried.spec.values(),
        "told": {**carried.told, "method": METHOD},
        "facts": facts,
        "points": points,
        "reasons": digits(found.reasons),
        "standings": digits(found.standing.why),
        "rings": None if demand is None or demand.cells is None else rings(demand.cells),
        "supply": _supply_values(carried.inputs.supply),
        "demand": None if demand is None else _demand_values(demand, carried.spec.weight),
    }
    return gzip.compress(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), 6, mtime=0)


def unpacked(result: bytes) -> Kept:
    """Return a run from the bytes that were kept.

    Raises
    ------
    InvalidValue
        When they are of another version of this program.
    """
    told = json.loads(gzip.decompress(result))
    if told.get("format") != FORMAT:
        raise InvalidValue("This run was kept by another version of the program. Ask the same again.")
    return Kept(
        Spec.of(told["spec"]),
        told["told"],
        told["facts"],
        told["points"],
        told["reasons"],
        told["standings"],
        told["rings"],
        _supply(told["supply"]),
        None if told["demand"] is None else _demand(told["demand"]),
    )


def digits(values: NDArray[np.int8]) -> str:
    """Return small numbers as one digit each.

    Examples
    --------
    >>> digits(np.array([0, 5, 2], np.int8))
    '052'
    """
    return (values.astype(np.uint8) + ord("0")).tobytes().decode("ascii")


def rings(cells: NDArray[np.object_]) -> list[list[int]]:
    """Return the outer corners of cells, each as lon, lat, lon, lat … in millionths of a degree, the last not again."""
    outer = shapely.get_exterior_ring(shapely.get_geometry(cells, 0))
    corners, owner = shapely.get_coordinates(outer, return_index=True)
    flat = np.rint(corners * _MILLIONTH).astype(np.int64)
    ends = np.searchsorted(owner, np.arange(len(cells) + 1))
    return [flat[first : max(first, last - 1)].ravel().tolist() for first, last in pairwise(ends.tolist())]


def _demand_values(demand: Demand, weight: str) -> dict[str, Any]:
    return {
        "ids": demand.ids.tolist(),
        "adcode": demand.adcode.tolist(),
        "lon": demand.lon.tolist(),
        "lat": demand.lat.tolist(),
        "weights": {weight: demand.weight(weight).tolist()},
        "hourly": {name: part.tolist() for name, part in demand.hourly.items() if name == weight},
    }


def _demand(told: Mapping[str, Any]) -> Demand:
    floats = {name: np.array(told[name], np.float64) for name in ("lon", "lat")}
    weights, hourly = (
        MappingProxyType({name: np.array(values, np.float64) for name, values in told[which].items()})
        for which in ("weights", "hourly")
    )
    return Demand(_texts(told["ids"]), floats["lon"], floats["lat"], weights, _texts(told["adcode"]), None, hourly)


def _supply_values(supply: Supply) -> dict[str, Any]:
    offers = supply.offers
    return {
        **{name: getattr(supply, name).tolist() for name in (*_COLUMNS, "lon", "lat", "kind_set", "schedule")},
        "kind_sets": [sorted(kinds) for kinds in supply.kind_sets],
        "schedules": [list(schedule[:3]) for schedule in supply.schedules],
        "offers": [getattr(offers, name).tolist() for name in Offers.__slots__],
        "unlocated": list(supply.unlocated),
        "capacity": None if supply.capacity is None else [None if np.isnan(v) else v for v in supply.capacity.tolist()],
        "revision": supply.revision,
    }


def _supply(told: Mapping[str, Any]) -> Supply:
    station, service, answer, schedule, outage = told["offers"]
    capacity = told["capacity"]
    return Supply(
        _texts(told["ids"]),
        _texts(told["names"]),
        _texts(told["adcode"]),
        np.array(told["lon"], np.float64),
        np.array(told["lat"], np.float64),
        tuple(frozenset(kinds) for kinds in told["kind_sets"]),
        np.array(told["kind_set"], np.int32),
        tuple(Schedule(*each) for each in told["schedules"]),
        np.array(told["schedule"], np.int32),
        Offers(
            np.array(station, np.int32),
            _texts(service),
            np.array(answer, np.int8),
            np.array(schedule, np.int32),
            np.array(outage, np.int32),
        ),
        tuple(told["unlocated"]),
        None if capacity is None else np.array([np.nan if v is None else v for v in capacity], np.float64),
        told["revision"],
    )


def _texts(values: list[str]) -> NDArray[np.object_]:
    column = np.empty(len(values), object)
    column[:] = values
    return column
