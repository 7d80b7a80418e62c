"""Totals of areas spread over cells by ground: ``spread``, against ``geopandas.overlay`` with a sum by hand.

120 irregular areas (Voronoi cells of seeded points) over a region of 1.2 by 1 degrees, cells of 500 m. The other side cuts
the same cells with ``overlay``, measures the pieces in an equal-area projection and divides each total by ground; it
keeps totals to rounding only, ours to the last bit; its edges run straight on the projection, ours in degrees. Times are the best of several turns, taken alternately.
"""

import math
import time
from collections.abc import Callable
from types import MappingProxyType

import geopandas
import numpy as np
import shapely

from stationmap.planning.demand.demand import Demand
from stationmap.planning.demand.grid import grid
from stationmap.planning.demand.spread import spread

BOUND = 1.5
_BOUNDS = (113.0, 34.0, 114.2, 35.0)
_EQUAL_AREA = "+proj=cea +datum=WGS84"


def run(quick: bool = False) -> dict[str, object]:
    """Return the times of both sides, their ratio, and whether the bound was met; ``quick`` takes cells of 1.5 km."""
    turns, size_m = (1, 1500.0) if quick else (3, 500.0)
    areas, cells = _areas(), grid(_BOUNDS, size_m)
    ours, theirs = [], []
    for _ in range(turns):
        ours.append(_seconds(lambda: spread(areas, cells)))
        theirs.append(_seconds(lambda: _by_overlay(areas, cells)))
    found, other = spread(areas, cells), _by_overlay(areas, cells)
    people = areas.weights["people"]
    exact = all(
        math.fsum(found.demand.weights["people"][found.area == row]) == people[row] for row in range(len(people))
    )
    ratio = min(theirs) / min(ours)
    return {
        "areas": len(areas),
        "cells": len(cells),
        "pieces": len(found.demand),
        "pieces_overlay": len(other),
        "spread_s": round(min(ours), 3),
        "overlay_s": round(min(theirs), 3),
        "ratio": round(ratio, 1),
        "largest_difference_people": float(np.abs(_ordered(found.demand.weights["people"], other)).max()),
        "met": {
            f"at least {BOUND:g} times overlay": ratio >= BOUND,
            "every total kept to the last bit": exact,
        },
    }


def _areas() -> Demand:
    random = np.random.default_rng(20201101)
    west, south, east, north = _BOUNDS
    seeds = shapely.multipoints(random.uniform((west, south), (east, north), (120, 2)))
    frame = shapely.box(*_BOUNDS)
    parts = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame)), frame)
    inner = shapely.point_on_surface(parts)
    ids = np.array([f"A{number}" for number in range(len(parts))], dtype=object)
    weights = MappingProxyType({"people": random.integers(1, 10**6, len(parts)).astype(float)})
    return Demand(ids, shapely.get_x(inner), shapely.get_y(inner), weights, ids.copy(), parts)


def _by_overlay(areas: Demand, cells: np.ndarray) -> np.ndarray:
    """Return the people of each piece by geopandas, by area, then by cell."""
    left = geopandas.GeoDataFrame({"area": range(len(areas))}, geometry=areas.cells, crs=4326)
    right = geopandas.GeoDataFrame({"cell": range(len(cells))}, geometry=cells, crs=4326)
    pieces = geopandas.overlay(left, right, how="intersection", keep_geom_type=True)
    ground = pieces.to_crs(_EQUAL_AREA).area.to_numpy()
    area = pieces["area"].to_numpy()
    share = ground / np.bincount(area, weights=ground)[area]
    order = np.lexsort((pieces["cell"].to_numpy(), area))
    return (areas.weights["people"][area] * share)[order]


def _ordered(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the differences of the pieces, largest against largest: dust that one side drops is the smallest."""
    count = min(len(ours), len(theirs))
    return np.sort(ours)[::-1][:count] - np.sort(theirs)[::-1][:count]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    for name, value in run().items():
        print(f"{name}: {value}")
