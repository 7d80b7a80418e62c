"""A small invented town for the tests of runs beyond one machine, and the plain answer to which they must come."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from stationmap.geo.earth import distance_m
from stationmap.planning.demand.demand import Demand
from stationmap.planning.scale.survey import Survey, asked
from stationmap.planning.scale.tally import Tally
from stationmap.planning.standing import Standing, Why

REACHES = (300.0, 800.0, 2500.0)
CODES = ("", "410102", "410103", "410105")


def demand(count: int, seed: int = 0) -> Demand:
    random = np.random.default_rng(seed)
    lon, lat = 113.6 + random.normal(0.0, 0.03, count), 34.75 + random.normal(0.0, 0.03, count)
    return Demand(
        np.array([f"cell {number}" for number in range(count)], dtype=object),
        lon,
        lat,
        {"people": random.integers(0, 3000, count).astype(float), "jobs": random.lognormal(0.0, 3.0, count)},
        np.array(CODES, dtype=object)[random.integers(0, len(CODES), count)],
    )


def survey(stations: int, seed: int = 1, *, times: int = 2, reaches: tuple[float, ...] = REACHES) -> Survey:
    lon, lat, standing = station_places(stations, seed)
    return asked(lon, lat, standing, reaches_m=reaches, weights=("people", "jobs"), times=times)


def station_places(count: int, seed: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64], Standing]:
    random = np.random.default_rng(seed)
    why = random.choice([Why.SERVES, Why.UNKNOWN, Why.CLOSED, Why.LACKS, Why.OTHER_KIND], count)
    lon, lat = 113.6 + random.normal(0.0, 0.03, count), 34.75 + random.normal(0.0, 0.03, count)
    return lon, lat, Standing(why.astype(np.int8))


def plainly(
    town: Demand, lon: NDArray[np.float64], lat: NDArray[np.float64], standing: Standing, reach_m: float, times: int
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Return by area and weight the demand, covered for certain and at most: every distance, every sum a fraction."""
    metres = distance_m(town.lon[:, None], town.lat[:, None], lon, lat).reshape(len(town), len(lon))
    covered = [((metres <= reach_m) & who).sum(axis=1) >= times for who in (standing.serves, standing.may)]
    answer: dict[str, dict[str, tuple[float, float, float]]] = {}
    for code in sorted(set(town.adcode.tolist())):
        here = town.adcode == code
        masks = (here, here & covered[0], here & covered[1])
        answer[code] = {
            name: tuple(float(sum(map(Fraction, weight[mask].tolist()), Fraction(0))) for mask in masks)  # type: ignore[misc]
            for name, weight in town.weights.items()
        }
    return answer


def told(tally: Tally, reach_m: float, times: int) -> dict[str, dict[str, tuple[float, float, float]]]:
    answer: dict[str, dict[str, tuple[float, float, float]]] = {}
    for name in tally.weights:
        lower, upper = tally.covered(name, reach_m=reach_m, times=times)
        for code, *values in zip(tally.areas, tally.of(name).tolist(), lower.tolist(), upper.tolist(), strict=True):
            answer.setdefault(code, {})[name] = tuple(values)  # type: ignore[assignment]
    return answer


def same(first: Tally, second: Tally) -> bool:
    """Tell whether two tallies are the same to the bit."""
    alike = (first.areas, first.reaches_m, first.times, first.weights) == (
        second.areas,
        second.reaches_m,
        second.times,
        second.weights,
    )
    arrays = ("rows", "demand", "lower", "upper")
    return alike and all(np.array_equal(getattr(first, name), getattr(second, name)) for name in arrays)
