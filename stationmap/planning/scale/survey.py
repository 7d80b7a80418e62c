"""What a run asks, and the answer for some rows of demand: the one step that every engine takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.geo.areas import AreaTree
from stationmap.geo.earth import geocentric
from stationmap.planning.pairs import checked_reach
from stationmap.planning.scale.sums import MOST_ROWS, summed
from stationmap.planning.scale.tally import Tally, nothing
from stationmap.planning.scale.tiles import Stations, ball, nearest_m
from stationmap.planning.standing import Standing

Floats = NDArray[np.float64]

MOST_TIMES = 100
"""Backup is counted to so many stations."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """n rows of demand, at most :data:`stationmap.planning.scale.sums.MOST_ROWS`.

    Attributes
    ----------
    lon, lat : NDArray[float64]
        Shape (n,), WGS 84 degrees.
    weights : tuple[NDArray[float64], ...]
        Each of shape (n,), finite, not negative.
    area : NDArray[intp]
        Shape (n,): positions in ``areas``.
    areas : tuple[str, ...]
        Adcodes in order.
    """

    lon: Floats
    lat: Floats
    weights: tuple[Floats, ...]
    area: NDArray[np.intp]
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Who is within reach of a station.

    Attributes
    ----------
    serving, doubtful : Stations
        Those that serve for certain, and those that may.
    reaches_m : tuple[float, ...]
        Rising, each once.
    times : int
        Backup: to how many stations within reach it is counted.
    weights : tuple[str, ...]
        Names.
    places : AreaTree or None
        Where areas are looked up for demand that names none.
    """

    serving: Stations
    doubtful: Stations
    reaches_m: tuple[float, ...]
    times: int
    weights: tuple[str, ...]
    places: AreaTree | None

    def __reduce__(self) -> tuple[object, ...]:
        """Send the places alone to another process: trees are made anew there, and quicker than they travel."""
        areas = None if self.places is None else self.places.areas
        ends = (self.serving.lon, self.serving.lat, self.doubtful.lon, self.doubtful.lat)
        return _arrived, (ends, self.reaches_m, self.times, self.weights, areas)


def asked(
    station_lon: ArrayLike,
    station_lat: ArrayLike,
    standing: Standing,
    *,
    reaches_m: Sequence[float],
    weights: Sequence[str],
    times: int = 1,
    places: AreaTree | None = None,
) -> Survey:
    """Return a survey that is checked.

    Parameters
    ----------
    station_lon, station_lat : array_like of float
        Shape (m,), WGS 84 degrees; m may be 0, and then nobody is covered.
    standing : Standing
        Of the same m stations.
    reaches_m : sequence of float
        One or more, from 0 up, in any order.
    weights : sequence of str
        Names of weights of the demand.
    times : int
        From 1 to :data:`MOST_TIMES`.
    places : AreaTree, optional
        Where areas are looked up for demand that names none.

    Raises
    ------
    InvalidValue
        When a reach, a place of a station or ``times`` is none, or the standing is not of these stations.
    """
    lon, lat = (np.atleast_1d(np.asarray(each, np.float64)) for each in (station_lon, station_lat))
    if not len(lon) == len(lat) == len(standing.why):
        raise InvalidValue(
            "There are {lon} longitudes and {lat} latitudes of stations, but {why} standings.",
            lon=len(lon),
            lat=len(lat),
            why=len(standing.why),
        )
    wrong = np.flatnonzero(~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)))
    if len(wrong):
        raise InvalidValue(
            "Station {row} lies at {lon}, {lat}, which is no place in degrees. Are columns swapped, or is it in"
            " metres?",
            row=int(wrong[0]) + 1,
            lon=float(lon[wrong[0]]),
            lat=float(lat[wrong[0]]),
        )
    reaches = tuple(sorted({checked_reach(reach) for reach in reaches_m}))
    if not reaches:
        raise InvalidValue("No reach is given. Give one or more in metres, such as 500.")
    if not 1 <= times <= MOST_TIMES:
        raise InvalidValue(
            "Stations within reach are counted to a number from 1 to {most}, not to {times}.",
            most=MOST_TIMES,
            times=times,
        )
    doubtful = standing.may & ~standing.serves
    serving = Stations.at(lon[standing.serves], lat[standing.serves])
    return Survey(serving, Stations.at(lon[doubtful], lat[doubtful]), reaches, times, tuple(weights), places)


def tallied(rows: Rows, survey: Survey) -> Tally:
    """Return the tally of some rows of demand.

    Parameters
    ----------
    rows : Rows
        With the weights of the survey.
    survey : Survey
        What is asked.

    Notes
    -----
    No table of pairs is made: whether k stations or more are within a reach is told by the distance of the k-th.
    """
    if not len(rows.lon):
        return nothing(survey.reaches_m, survey.times, survey.weights)
    if len(rows.lon) > MOST_ROWS:
        raise ValueError(f"{len(rows.lon)} rows at once, at most {MOST_ROWS}")
    certain, possible = _nearest(rows, survey)
    reaches, count = np.asarray(survey.reaches_m), len(rows.areas)
    bands = len(reaches) + 1
    demand = np.stack([summed(rows.area, weight, count) for weight in rows.weights], axis=1)
    bounds = []
    for metres in (certain,) if possible is certain else (certain, possible):
        band = np.searchsorted(reaches, metres, side="left")
        by_times = []
        for nth in range(survey.times):
            place = rows.area * bands + band[:, nth]
            by_weight = [summed(place, weight, count * bands) for weight in rows.weights]
            sums = np.stack(by_weight, axis=1).reshape(count, bands, len(rows.weights), -1)
            by_times.append(sums[:, :-1].cumsum(axis=1))
        bounds.append(np.stack(by_times, axis=2))
    size = np.bincount(rows.area, minlength=count)
    return Tally(rows.areas, survey.reaches_m, survey.times, survey.weights, size, demand, bounds[0], bounds[-1])


def _nearest(rows: Rows, survey: Survey) -> tuple[Floats, Floats]:
    """Return the metres to the nearest of the stations that serve, and of those that serve or may."""
    xyz = geocentric(rows.lon, rows.lat)
    centre, radius_m = ball(xyz)
    found = []
    for stations in (survey.serving, survey.doubtful):
        near = stations.halo(centre, radius_m, survey.reaches_m[-1])
        found.append(
            nearest_m(rows.lon, rows.lat, xyz, near, survey.reaches_m, survey.times) if len(near.lon) else None
        )
    nobody = np.full((len(rows.lon), survey.times), np.inf)
    certain = nobody if found[0] is None else found[0]
    if found[1] is None:
        return certain, certain
    return certain, np.sort(np.concatenate([certain, found[1]], axis=1), axis=1)[:, : survey.times]


def _arrived(
    ends: tuple[Floats, Floats, Floats, Floats],
    reaches_m: tuple[float, ...],
    times: int,
    weights: tuple[str, ...],
    areas: Sequence[object] | None,
) -> Survey:
    """Return a survey that was sent from another process."""
    places = None if areas is None else AreaTree(areas)  # type: ignore[arg-type]
    return Survey(Stations.at(*ends[:2]), Stations.at(*ends[2:]), reaches_m, times, weights, places)
