"""Nearest stations against geopandas, and a week of services over one table of pairs.

Nearest: from arrays of longitudes and latitudes to the position and the metres of the nearest station of each place,
against ``geopandas.sjoin_nearest`` after ``to_crs`` to a metric projection, which gives the same from the same arrays.
1 million places x 20,000 stations: the best of several turns in one process, taken alternately. 5 million x 200,000:
each side in a child process of its own; its extra memory is the peak of its resident memory less what it held with
the libraries loaded and the arrays made. Places and stations are clustered as towns are. On 20,000 sampled places the
judge is Karney's geodesic over the 40 stations nearest by chord.

Week: 10 services, of which most are not known everywhere, 5,000 stations, 200,000 cells, 10 million pairs: from the
hours of the stations to the lower and upper bound of the people served in each of 168 hours.
"""

import argparse
import json
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from pyproj import Geod
from scipy.spatial import cKDTree

from stationmap.geo.earth import geocentric
from stationmap.hours.opening import Schedule
from stationmap.planning.coverage.week import by_hour
from stationmap.planning.moments import normal_week
from stationmap.planning.nearest import nearest
from stationmap.planning.pairs import by_air
from stationmap.planning.question import Question, standings
from stationmap.planning.supply import Had, Offers, Supply

NEAREST_BOUND, LARGE_BOUND, MEMORY_BOUND, WEEK_BOUND_S = 10.0, 15.0, 0.2, 10.0
METRIC = "EPSG:32649"
SERVICES = (
    "hot_water", "drinking_water", "tea", "microwave", "fridge", "air_conditioning", "toilet", "seats", "umbrella", "heating",
)  # fmt: skip
Ends = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def places(demand: int, stations: int) -> Ends:
    """Return longitudes and latitudes of demand and stations in 300 towns between 108 and 114 E, 30 and 38 N."""
    random = np.random.default_rng(20261010)
    town = random.uniform((108.5, 30.5), (113.5, 37.5), (300, 2))
    size = random.uniform(0.02, 0.2, 300)
    ends: list[np.ndarray] = []
    for count in (demand, stations):
        which = random.integers(0, 300, count)
        ends += list((town[which] + random.normal(0, 1, (count, 2)) * size[which, None]).T.copy())
    return ends[0], ends[1], ends[2], ends[3]


def joined(lon: np.ndarray, lat: np.ndarray, to_lon: np.ndarray, to_lat: np.ndarray) -> Any:
    """Return what geopandas makes of the same arrays."""
    left, right = (
        geopandas.GeoDataFrame(geometry=shapely.points(x, y), crs="EPSG:4326").to_crs(METRIC)
        for x, y in ((lon, lat), (to_lon, to_lat))
    )
    return geopandas.sjoin_nearest(left, right, distance_col="distance_m")


def wrong(ends: Ends, found: np.ndarray, sample: int) -> int:
    """Return how many of a sample of places have a station that is farther than another by the geodesic."""
    rows = np.random.default_rng(1).choice(len(ends[0]), min(sample, len(ends[0])), replace=False)
    near = cKDTree(geocentric(ends[2], ends[3])).query(geocentric(ends[0][rows], ends[1][rows]), k=40)[1]
    rivals = np.column_stack([found[rows], near])
    at = np.repeat(rows, rivals.shape[1])
    metres = Geod(ellps="WGS84").inv(ends[0][at], ends[1][at], ends[2][rivals.ravel()], ends[3][rivals.ravel()])[2]
    metres = np.asarray(metres).reshape(rivals.shape)
    return int((metres[:, 0] > metres.min(axis=1) + 1e-6).sum())


def _child(side: str, demand: int, stations: int, pipe: Any) -> None:
    ends = places(demand, stations)
    geopandas.GeoDataFrame(geometry=shapely.points(ends[0][:9], ends[1][:9]), crs="EPSG:4326").to_crs(METRIC)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before = _memory_kb("VmRSS")
    begun = time.perf_counter()
    answer = nearest(*ends) if side == "ours" else joined(*ends)
    seconds = time.perf_counter() - begun
    extra = _memory_kb("VmHWM") - before
    faults = wrong(ends, answer.station, 20_000) if side == "ours" else 0
    pipe.send((seconds, extra / 1024, faults))


def _memory_kb(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


def _in_child(side: str, demand: int, stations: int) -> tuple[float, float, int]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=_child, args=(side, demand, stations, there))
    child.start()
    there.close()
    told: tuple[float, float, int] = here.recv()
    child.join()
    return told


def _supply(count: int, random: np.random.Generator) -> Supply:
    """Return stations with 600 distinct hours, a fifth of them unknown, and services of every answer."""
    hours = [
        Schedule(f"Mo-Fr {a:02}:{m:02}-{b:02}:{m:02}; Sa,Su {a + 1:02}:00-{b - 2:02}:00; PH off", "work")
        for a in range(5, 11)
        for b in range(16, 24)
        for m in range(0, 60, 5)
    ]
    schedules = (*hours, Schedule(""), Schedule("24/7"))
    schedule = np.where(random.random(count) < 0.2, len(hours), random.integers(0, len(schedules), count))
    told = random.random((count, len(SERVICES))) < 0.7
    station, code = np.nonzero(told)
    answer = random.choice([Had.NO, Had.YES, Had.UNKNOWN], len(station), p=[0.2, 0.6, 0.2]).astype(np.int8)
    own = np.where((answer == Had.YES) & (random.random(len(station)) < 0.1), schedule[station] // 2, -1)
    offers = Offers(
        station.astype(np.int32),
        np.array(SERVICES, object)[code],
        answer,
        own.astype(np.int32),
        np.zeros(len(station), np.int32),
    )
    place = random.uniform(0, 0.5, (2, count))
    texts = np.array([f"s{i}" for i in range(count)], object)
    return Supply(
        texts,
        texts,
        texts,
        113 + place[0],
        34 + place[1],
        (frozenset({"rest_station"}),),
        np.zeros(count, np.int32),
        schedules,
        schedule.astype(np.int32),
        offers,
    )


def week(quick: bool) -> dict[str, Any]:
    """Return how long a week of ten services takes."""
    random = np.random.default_rng(20261010)
    cells, stations = (20_000, 500) if quick else (200_000, 5_000)
    supply = _supply(stations, random)
    lon, lat = random.uniform(113, 113.5, cells), random.uniform(34, 34.5, cells)
    weight = random.integers(0, 500, cells).astype(float)
    pairs = by_air(lon, lat, supply.lon, supply.lat, 2930.0)

    def asked() -> Any:
        hours = normal_week(supply.schedules)
        questions = {code: standings(supply, Question(needs=frozenset({code})), hours) for code in SERVICES}
        return by_hour(pairs, questions, weight)

    seconds = min(_seconds(asked) for _ in range(2))
    found = asked()
    return {"pairs": len(pairs), "seconds": seconds, "ordered": bool((found.lower <= found.upper).all())}


def run(quick: bool = False) -> dict[str, object]:
    """Return times and memory of both sides and whether each bound was met; ``quick`` takes a tenth."""
    tenth = 10 if quick else 1
    ends = places(1_000_000 // tenth, 20_000 // tenth)
    ours, theirs = [], []
    for _ in range(3):
        ours += [_seconds(lambda: nearest(*ends)) for _ in range(2)]
        theirs.append(_seconds(lambda: joined(*ends)))
    faults = wrong(ends, nearest(*ends).station, 20_000)
    ratio = min(theirs) / min(ours)
    large = {side: _in_child(side, 5_000_000 // tenth, 200_000 // tenth) for side in ("ours", "theirs")}
    large_ratio = large["theirs"][0] / large["ours"][0]
    memory = large["ours"][1] / large["theirs"][1]
    hours = week(quick)
    return {
        "nearest_1M_20k_s": round(min(ours), 3),
        "nearest_1M_20k_geopandas_s": round(min(theirs), 2),
        "nearest_1M_20k_ratio": round(ratio, 1),
        "nearest_1M_20k_wrong_of_20k": faults,
        "nearest_5M_200k_s": round(large["ours"][0], 2),
        "nearest_5M_200k_geopandas_s": round(large["theirs"][0], 1),
        "nearest_5M_200k_ratio": round(large_ratio, 1),
        "nearest_5M_200k_wrong_of_20k": large["ours"][2],
        "nearest_5M_200k_extra_MB": round(large["ours"][1]),
        "nearest_5M_200k_geopandas_extra_MB": round(large["theirs"][1]),
        "week_10_services_s": round(hours["seconds"], 2),
        "week_pairs": hours["pairs"],
        "met": {
            f"1M x 20k at least {NEAREST_BOUND:g} times sjoin_nearest": ratio >= NEAREST_BOUND,
            "1M x 20k: none wrong by the geodesic": faults == 0,
            f"5M x 200k at least {LARGE_BOUND:g} times sjoin_nearest": large_ratio >= LARGE_BOUND,
            "5M x 200k: none wrong by the geodesic": large["ours"][2] == 0,
            f"5M x 200k at most {MEMORY_BOUND:g} of its extra memory": memory <= MEMORY_BOUND,
            f"168 hours x 10 services at most {WEEK_BOUND_S:g} s": hours["seconds"] <= WEEK_BOUND_S
            and hours["ordered"],
        },
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the places")
    print(json.dumps(run(parser.parse_args().quick), indent=1))
