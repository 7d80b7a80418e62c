"""Demand: places with people, workers or jobs, as arrays of one length."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue

WEEK_HOURS = 168
"""Hours of a week; hour 0 is Monday from 00:00 to 01:00 on the clock of the place."""

ONE = "count"
"""The weight of demand that brings none: every row counts one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """n places where somebody needs a station.

    Attributes
    ----------
    ids : NDArray[object]
        Shape (n,), unique texts.
    lon, lat : NDArray[float64]
        Shape (n,), WGS 84 degrees: the place itself, or the point that stands for a cell.
    weights : Mapping[str, NDArray[float64]]
        One or more, by name, each of shape (n,): people, workers of a trade, jobs. Finite, not negative.
    adcode : NDArray[object]
        Shape (n,): the deepest area each lies in, "" where none is known.
    cells : NDArray[object] or None
        Shape (n,): polygons in WGS 84 degrees where the rows are cells, None where they are points;
        in a mixture None stands for each row that is a point.
    hourly : Mapping[str, NDArray[float64]]
        By name of a weight, shape (168,): which part of it is there in each hour of the week; a weight that is not
        named is there always.

    Raises
    ------
    InvalidValue
        When the arrays differ in length, an id stands twice, a place is none, or a weight is negative or no number.
    """

    ids: NDArray[np.object_]
    lon: Floats
    lat: Floats
    weights: Mapping[str, Floats]
    adcode: NDArray[np.object_]
    cells: NDArray[np.object_] | None = None
    hourly: Mapping[str, Floats] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        count = len(self.ids)
        columns = {"lon": self.lon, "lat": self.lat, "adcode": self.adcode, **self.weights}
        if self.cells is not None:
            columns["cells"] = self.cells
        for name, column in columns.items():
            if len(column) != count:
                raise InvalidValue(
                    "Demand has {count} ids, but {found} values of {name}.", count=count, found=len(column), name=name
                )
        if not self.weights:
            raise InvalidValue("Demand has no weight. Name a column of numbers, or count every row as one.")
        _check_places(self.ids, self.lon, self.lat)
        for name, weight in self.weights.items():
            _check_weight(self.ids, name, weight)
        for name, share in self.hourly.items():
            if name not in self.weights or share.shape != (WEEK_HOURS,) or not ((share >= 0) & (share <= 1)).all():
                raise InvalidValue(
                    "The hours of weight {name} are not 168 parts from 0 to 1 of a weight that is there.", name=name
                )

    def __len__(self) -> int:
        return len(self.ids)

    def total(self, weight: str) -> float:
        """Return the sum of a weight: exact for whole numbers up to 2**53, else summed in pairs by numpy."""
        return float(self.weight(weight).sum())

    def weight(self, name: str) -> Floats:
        """Return one weight.

        Raises
        ------
        InvalidValue
            When there is none of that name; it lists those that there are.
        """
        if name not in self.weights:
            raise InvalidValue(
                "Demand has no weight {name}; it has {known}.", name=repr(name), known=tuple(self.weights)
            )
        return self.weights[name]

    def presence(self, name: str) -> Floats:
        """Return which part of a weight is there in each hour of the week, shape (168,)."""
        return self.hourly.get(name, np.ones(WEEK_HOURS))


def _check_places(ids: NDArray[np.object_], lon: Floats, lat: Floats) -> None:
    if len(set(ids.tolist())) != len(ids):
        seen: set[object] = set()
        twice = next(each for each in ids.tolist() if each in seen or seen.add(each))  # type: ignore[func-returns-value]
        raise InvalidValue("The id {id} stands twice in the demand. Give each row its own.", id=repr(twice))
    wrong = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    if len(wrong):
        row = int(wrong[0])
        raise InvalidValue(
            "Demand {id} lies at {lon}, {lat}, which is no place in degrees. Are columns swapped, or is it in metres?",
            id=repr(ids[row]),
            lon=float(lon[row]),
            lat=float(lat[row]),
        )


def _check_weight(ids: NDArray[np.object_], name: str, weight: Floats) -> None:
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if len(wrong):
        row = int(wrong[0])
        raise InvalidValue(
            "Demand {id} has {value} as {name}; a weight is a number of 0 or more.",
            id=repr(ids[row]),
            value=float(weight[row]),
            name=name,
        )
