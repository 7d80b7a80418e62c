"""Gap polygons of 20,000 stations: circles dissolved cluster by cluster, against one union and one difference.

Both sides begin with the same drawn circles (500 m, 50 corners) and end with the same polygons of an outline, which is
checked: shapely's ``union_all`` and ``difference``, and ours. Scattered means evenly over 200 and 400 km, where most
stations stand alone; dense is one city of 15 and 30 km, and one whose stations crowd towards its middle. Between the two,
50 cities. Times are the processor's, for both sides work on one core: the best of several turns, taken alternately.
``whole`` is all of ``gap_area`` from longitudes and latitudes: circles, polygons, areas on the ellipsoid.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from stationmap.geo.surface import circles, segments_for
from stationmap.planning.gaps.polygons import dissolved, gap_area, without

SCATTERED_BOUND = 5.0
DENSE_BOUND = 1.0 / 1.33
REACH_M = 500.0
_LON, _LAT = 110.0, 32.0
_M_DEGREE = np.array([94_500.0, 110_900.0])

Floats = NDArray[np.float64]


def worlds(count: int) -> dict[str, Floats]:
    """Return stations by case, metres east and north, shape (2, count)."""
    random = np.random.default_rng(20261130)
    city = random.integers(0, 50, count)
    return {
        "scattered_200km": random.uniform(0, 200e3, (2, count)),
        "scattered_400km": random.uniform(0, 400e3, (2, count)),
        "fifty_cities": random.uniform(0, 400e3, (2, 50))[:, city] + random.normal(0, 5e3, (2, count)),
        "dense_30km": random.uniform(0, 30e3, (2, count)),
        "dense_15km": random.uniform(0, 15e3, (2, count)),
        "dense_middle": random.normal(0, 6e3, (2, count)),
    }


def run(quick: bool = False) -> dict[str, object]:
    """Return the times of both sides, their ratios, and whether each bound was met; ``quick`` takes a tenth."""
    count, turns = (2_000, 1) if quick else (20_000, 3)
    cases = {name: _case(metres, turns) for name, metres in worlds(count).items()}
    ratios = {name: float(case["ratio"]) for name, case in cases.items()}
    return {
        "stations": count,
        **cases,
        "met": {
            f"scattered at least {SCATTERED_BOUND:g} times union_all": all(
                ratio >= SCATTERED_BOUND for name, ratio in ratios.items() if name.startswith("scattered")
            ),
            "dense never slower than union_all by more than a third": all(
                ratio >= DENSE_BOUND for name, ratio in ratios.items() if name.startswith("dense")
            ),
            "the same area": all(float(case["apart"]) < 1e-9 for case in cases.values()),
        },
    }


def _case(metres: Floats, turns: int) -> dict[str, float]:
    lon, lat = metres / _M_DEGREE[:, None] + np.array([[_LON], [_LAT]])
    drawn = circles(lon, lat, REACH_M, segments_for(REACH_M, 1.0))
    outline = shapely.box(lon.min() - 0.02, lat.min() - 0.02, lon.max() + 0.02, np.quantile(lat, 0.97))
    ours, plain, union, whole = [], [], [], []
    for _ in range(turns):
        seconds, left = _timed(lambda: without(outline, dissolved(drawn, lon, lat, REACH_M)))
        ours.append(seconds)
        seconds, joined = _timed(lambda: shapely.union_all(drawn))
        union.append(seconds)
        more, expected = _timed(lambda: outline.difference(joined))  # noqa: B023
        plain.append(seconds + more)
        whole.append(_timed(lambda: gap_area(outline, lon, lat, REACH_M))[0])
    return {
        "ours_s": round(min(ours), 3),
        "union_all_s": round(min(union), 3),
        "union_all_and_difference_s": round(min(plain), 3),
        "ratio": round(min(plain) / min(ours), 2),
        "whole_s": round(min(whole), 3),
        "apart": abs(float(shapely.area(left).sum()) / expected.area - 1.0),
    }


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    done = work()
    return time.process_time() - start, done


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the stations")
    print(json.dumps(run(parser.parse_args().quick), indent=1))
