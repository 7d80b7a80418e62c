"""What is told of a station and never changes within a revision, laid out for reading one cell at a time.

A cell of a pandas column costs microseconds. Here each text column is its distinct texts, once each, and one number a
station; coordinates are read through memory views. The GCJ-02 places of all stations are worked out at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.finder.memo import Recent, Rows
from stationmap.geo.datum import wgs84_to_gcj02

TEXTS = ("address", "kinds", "access", "floor", "members_only", "hours_text", "confirmed_on")
COMMON = ("kinds", "access", "floor", "members_only", "confirmed_on")
"""Texts that many stations share."""

_FEATURES_KEPT, _SHARED_KEPT = 100_000, 2048


@dataclass(frozen=True, slots=True)
class Column:
    """A text column: the distinct texts ("" for an empty cell), and for each row the number of its text."""

    texts: list[str]
    numbers: memoryview

    @classmethod
    def of(cls, column: "pd.Series[str]") -> "Column":
        """Arrange a column."""
        numbers, texts = pd.factorize(column)
        return cls([*map(str, texts), ""], np.ascontiguousarray(numbers, np.int32).data)

    def __getitem__(self, row: int) -> str:
        return self.texts[self.numbers[row]]


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of n stations.

    Attributes
    ----------
    columns : Mapping[str, Column]
        The texts of :data:`TEXTS`.
    lon, lat : memoryview
        WGS 84 degrees, float64.
    shifted_lon, shifted_lat : memoryview
        GCJ-02 degrees, float64; outside the mainland the same as WGS 84.
    fictional : bytes
        1 for those of the sample city.
    common : memoryview
        A number that is the same for stations that share all of :data:`COMMON` and ``fictional``.
    features : Mapping[str, Rows]
        What was written of single stations by mode, for those who write it.
    shared : Recent
        What was written of stations that share their number in ``common``.
    """

    columns: Mapping[str, Column]
    lon: memoryview
    lat: memoryview
    shifted_lon: memoryview
    shifted_lat: memoryview
    fictional: bytes
    common: memoryview
    features: Mapping[str, Rows]
    shared: Recent

    @classmethod
    def of(cls, stations: pd.DataFrame) -> "Facts":
        """Arrange the station table of a snapshot."""
        lon, lat = _degrees(stations["lon"]), _degrees(stations["lat"])
        shifted_lon, shifted_lat = wgs84_to_gcj02(lon, lat)
        columns = {name: Column.of(stations[name]) for name in TEXTS}
        fictional = stations["fictional"].to_numpy(bool)
        return cls(
            columns,
            lon.data,
            lat.data,
            _degrees(shifted_lon).data,
            _degrees(shifted_lat).data,
            fictional.tobytes(),
            _alike([*(np.asarray(columns[name].numbers) for name in COMMON), fictional]).data,
            {mode: Rows(len(stations), _FEATURES_KEPT) for mode in ("walk", "ride")},
            Recent(_SHARED_KEPT),
        )

    def place(self, position: int) -> tuple[float, float]:
        """Return the longitude and latitude of a station, WGS 84 degrees."""
        return self.lon[position], self.lat[position]

    def shifted(self, position: int) -> tuple[float, float]:
        """Return the longitude and latitude of a station, GCJ-02 degrees."""
        return self.shifted_lon[position], self.shifted_lat[position]


def _alike(columns: Sequence[NDArray[np.generic]]) -> NDArray[np.int64]:
    """Return for each row a number that is the same for rows that are equal in all columns."""
    alike = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        codes, values = pd.factorize(column)
        alike, _ = pd.factorize(alike * max(len(values), 1) + codes)
    return np.ascontiguousarray(alike, np.int64)


def _degrees(column: "pd.Series[float] | NDArray[np.float64]") -> NDArray[np.float64]:
    return np.ascontiguousarray(column, np.float64)
