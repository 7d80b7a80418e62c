"""The ten nearest of 200,000 stations: build, speed by filter, agreement with brute force, and whole searches.

Speed is told for stations spread over a country, crowded into one city and heaped on one spot; for queries among them,
from anywhere on earth and against the grain of the filter (half match, all of them far away). One case is told and
not held to the bound: queries near the antipode of a crowd, the one place where nothing but measuring each station
tells them apart. Agreement is told for
10,000 queries over the whole globe, poles and antimeridian included, against geodesics of pyproj: scipy gives every
station whose chord is no longer than the geodesic of the tenth, which are all that can be among the ten. The other
side, in the same run: a scan of Python objects, a scan of numpy arrays, and the R-tree alone asked for ever more.
"""

import argparse
import gc
import heapq
import json
import math
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Geod
from rtree.index import Index, Property
from scipy.spatial import cKDTree

from stationmap.finder.index import StationIndex
from stationmap.finder.search import Query, find
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.earth import geocentric
from stationmap.hours.calendar import china
from stationmap.schema.tables import SERVICE_COLUMNS, STATION_COLUMNS, StationTables

K = 10
GEOD = Geod(ellps="WGS84")
SHARES = {"half": 0.5, "1 in 100": 0.01, "1 in 10,000": 0.0001}
ANTIPODE_M = 1.8e7
UNBOUNDED = "one city, from within 1,000 km of its antipode"
MOST_BUILD_S, MOST_HALF_US, MOST_ANY_US, MOST_P99_US, MOST_FIND_US = 1.0, 100.0, 500.0, 1000.0, 1000.0

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def run(quick: bool = False) -> dict[str, object]:
    """Return microseconds by case, agreement, the other side's times and ratios, and which bounds were met."""
    stations, queries, checked = (20_000, 200, 500) if quick else (200_000, 2_000, 10_000)
    random = np.random.default_rng(20261010)
    country = spread(random, stations)
    built: list[StationIndex] = []
    build_s = seconds(lambda: built.append(StationIndex(*country)))
    index = built[0]
    cases = speed(random, index, country, queries)
    bounded = [case for name, case in cases.items() if name != UNBOUNDED]
    agreement = agreeing(random, stations, checked)
    searches = searching(random, stations, queries // 4)
    met = {
        f"build <= {MOST_BUILD_S} s": build_s <= MOST_BUILD_S,
        f"no filter and half, p50 <= {MOST_HALF_US} us": max(cases[n]["p50"] for n in ("no filter", "half"))
        <= MOST_HALF_US,
        f"any filter, p50 <= {MOST_ANY_US} us": max(case["p50"] for case in bounded) <= MOST_ANY_US,
        f"always, p99 <= {MOST_P99_US} us": max(case["p99"] for case in bounded) <= MOST_P99_US,
        "equal to brute force": agreement["equal"] == agreement["queries"],
        f"find, p50 <= {MOST_FIND_US} us": max(case["p50"] for case in searches["cases_us"].values()) <= MOST_FIND_US,
    }
    return {
        "stations": stations,
        "build_s": round(build_s, 3),
        "nearest_us": cases,
        "brute_force": agreement,
        "other_side": other_side(random, index, country, cases, queries),
        "search": searches,
        "met": met,
    }


def spread(random: np.random.Generator, count: int) -> Points:
    """Return places spread evenly in degrees over a country."""
    return random.uniform(73, 135, count), random.uniform(18, 53, count)


def crowd(random: np.random.Generator, count: int) -> Points:
    """Return places of one city: most within 10 km."""
    return 113.6 + random.normal(0, 0.1, count), 34.7 + random.normal(0, 0.1, count)


def globe(random: np.random.Generator, count: int) -> Points:
    """Return places spread evenly over the globe."""
    return random.uniform(-180, 180, count), np.degrees(np.arcsin(random.uniform(-1, 1, count)))


def speed(
    random: np.random.Generator, index: StationIndex, country: Points, queries: int
) -> dict[str, dict[str, float]]:
    """Return the percentiles of each case."""
    count = len(index)
    among = pairs(spread(random, queries))
    anywhere = pairs(globe(random, queries))
    cases = {"no filter": timed(lambda x, y: index.nearest(x, y, K), among)}
    for name, share in SHARES.items():
        wanted = random.random(count) < share
        ready = index.mask(wanted)
        cases[name] = timed(lambda x, y, m=ready: index.nearest(x, y, K, mask=m), among)
        cases[f"{name}, from anywhere"] = timed(lambda x, y, m=ready: index.nearest(x, y, K, mask=m), anywhere)
        cases[f"{name}, mask given as an array"] = timed(lambda x, y, m=wanted: index.nearest(x, y, K, mask=m), among)
    cases["no filter, from anywhere"] = timed(lambda x, y: index.nearest(x, y, K), anywhere)
    eastern = country[0] > 104
    ready = index.mask(eastern)
    western = [(73 + x / 1000, y) for x, y in among]
    cases["half match, all far away"] = timed(lambda x, y: index.nearest(x, y, K, mask=ready), western)
    cases["half match, all far away, array"] = timed(lambda x, y: index.nearest(x, y, K, mask=eastern), western)
    city = StationIndex(*crowd(random, count))
    cases["one city, no filter"] = timed(lambda x, y: city.nearest(x, y, K), pairs(crowd(random, queries)))
    apart_m = geodesics(113.6, 34.7, *np.array(anywhere).T)
    far = [place for place, metres in zip(anywhere, apart_m, strict=True) if metres < ANTIPODE_M]
    cases["one city, from up to 18,000 km"] = timed(lambda x, y: city.nearest(x, y, K), far)
    antipode = pairs((113.6 - 180 + random.uniform(-9, 9, 200), -34.7 + random.uniform(-8, 8, 200)))
    cases[UNBOUNDED] = timed(lambda x, y: city.nearest(x, y, K), antipode)
    spot = StationIndex(np.full(count, 113.6), np.full(count, 34.7), [f"{i:06d}" for i in random.permutation(count)])
    cases["one spot, no filter"] = timed(lambda x, y: spot.nearest(x, y, K), pairs(crowd(random, queries)))
    for name, share in SHARES.items():
        ready = spot.mask(random.random(count) < share)
        asked = pairs(crowd(random, queries))
        cases[f"one spot, {name}"] = timed(lambda x, y, m=ready: spot.nearest(x, y, K, mask=m), asked)
    return cases


def agreeing(random: np.random.Generator, stations: int, queries: int) -> dict[str, int | float]:
    """Return how many answers are those of brute force: the same stations in the same order, to the micrometre."""
    lon, lat = globe(random, stations)
    lon[:50], lat[:50] = np.where(np.arange(50) % 2, 180.0, -180.0), np.linspace(-90, 90, 50)
    index, tree, xyz = StationIndex(lon, lat), cKDTree(geocentric(lon, lat)), geocentric(lon, lat)
    query_lon, query_lat = globe(random, queries)
    query_lon[: queries // 10] = np.where(random.random(queries // 10) < 0.5, 179.999, -180.0)
    query_lat[queries // 10 : queries // 8] = np.where(random.random(queries // 8 - queries // 10) < 0.5, 90.0, -89.99)
    equal, worst_m = 0, 0.0
    for x, y in pairs((query_lon, query_lat)):
        here = geocentric(x, y).reshape(3)
        first = tree.query(here, K)[1]
        bound = geodesics(x, y, lon[first], lat[first]).max()
        rows = np.array(tree.query_ball_point(here, bound + 1.0))
        metres = geodesics(x, y, lon[rows], lat[rows])
        order = np.lexsort((rows, metres))[:K]
        positions, distance_m = index.nearest(x, y, K)
        worst_m = max(worst_m, float(np.abs(distance_m - metres[order]).max()))
        same = positions == rows[order]
        equal += bool((same | (np.abs(metres[order] - geodesics(x, y, lon[positions], lat[positions])) < 1e-6)).all())
    return {"queries": queries, "equal": equal, "worst_m": worst_m, "stations": len(xyz)}


def geodesics(x: float, y: float, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the geodesics from one place to many, by pyproj."""
    return np.asarray(GEOD.inv(np.full(len(lon), x), np.full(len(lon), y), lon, lat)[2])


def other_side(
    random: np.random.Generator,
    index: StationIndex,
    country: Points,
    cases: dict[str, dict[str, float]],
    queries: int,
) -> dict[str, dict[str, float]]:
    """Return the medians of other ways through the same filters, and how many times longer they take."""
    lon, lat = country
    xyz = geocentric(lon, lat)
    tree = Index((np.arange(len(lon)), xyz, xyz), properties=Property(dimension=3))
    told: dict[str, dict[str, float]] = {}
    for name, share in SHARES.items():
        wanted = random.random(len(lon)) < share
        objects = [{"lon": x, "lat": y, "wanted": bool(w)} for x, y, w in zip(lon, lat, wanted, strict=True)]
        ways: dict[str, tuple[Callable[[float, float], object], int]] = {
            "scan of Python objects": (lambda x, y, o=objects: scan_objects(o, x, y), 3),
            "scan of numpy arrays": (lambda x, y, m=wanted: scan_arrays(xyz, m, x, y), 30),
            "R-tree asked for ever more": (lambda x, y, m=wanted: ask_for_more(tree, m, x, y), max(3, queries // 200)),
        }
        for way, (ask, times) in ways.items():
            median = timed(ask, pairs(spread(random, times)), warm=1)["p50"]
            told[f"{name}: {way}"] = {"p50_us": median, "times_ours": round(median / cases[name]["p50"], 1)}
    return told


def scan_objects(objects: list[dict[str, float]], x: float, y: float) -> list[float]:
    """Return the ten least haversine distances of the objects that match."""
    cosine = math.cos(math.radians(y))

    def metres(station: dict[str, float]) -> float:
        up, along = math.radians(station["lat"] - y) / 2, math.radians(station["lon"] - x) / 2
        half = math.sin(up) ** 2 + cosine * math.cos(math.radians(station["lat"])) * math.sin(along) ** 2
        return 2 * 6371008.8 * math.asin(math.sqrt(half))

    return heapq.nsmallest(K, (metres(station) for station in objects if station["wanted"]))


def scan_arrays(xyz: NDArray[np.float64], wanted: NDArray[np.bool_], x: float, y: float) -> NDArray[np.int64]:
    """Return the ten nearest by chord of all that match."""
    gap = xyz - geocentric(x, y)
    square = np.where(wanted, np.einsum("ij,ij->i", gap, gap), np.inf)
    return np.argpartition(square, K)[:K]


def ask_for_more(tree: Index, wanted: NDArray[np.bool_], x: float, y: float) -> list[int]:
    """Return ten that match among the nearest ten, hundred, thousand … by the tree alone."""
    here = [*geocentric(x, y).reshape(3).tolist()] * 2
    count, matching = K, []
    while len(matching) < K and count < 10 * len(wanted):
        matching = [row for row in tree.nearest(here, count) if wanted[row]]
        count *= 10
    return matching[:K]


def searching(random: np.random.Generator, stations: int, queries: int) -> dict[str, dict[str, object] | float]:
    """Return the times of whole searches in a city: hours, needs, arrival, states, services."""
    tables = city_tables(random, stations)
    built: list[Snapshot] = []
    build_s = seconds(lambda: built.append(Snapshot.build(tables, china())))
    snapshot = built[0]
    here = pairs(crowd(random, queries))
    noon = datetime(2026, 10, 9, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    asked = {
        "noon": {},
        "noon, two needs": {"needs": frozenset({"microwave", "toilet"})},
        "noon, a rare need": {"needs": frozenset({"nursing_room"})},
        "noon, by e-bike": {"needs": frozenset({"microwave"}), "mode": "ride"},
        "23:30": {"at": noon.replace(hour=23, minute=30)},
        "04:00, three needs": {
            "at": noon.replace(hour=4),
            "needs": frozenset({"microwave", "toilet", "hot_water"}),
        },
        "any state": {"any_state": True},
    }
    cases: dict[str, dict[str, float]] = {}
    for name, more in asked.items():
        cases[name] = timed(lambda x, y, m=more: find(snapshot, Query(x, y, **{"at": noon, **m})), here)
    fresh = []
    for minute in range(20):
        query = Query(*here[0], at=noon + timedelta(minutes=minute + 1), needs=frozenset({"microwave", "toilet"}))
        first = seconds(lambda q=query: find(snapshot, q))
        fresh.append(first - seconds(lambda q=query: find(snapshot, q)))
    return {
        "snapshot_build_s": round(build_s, 3),
        "schedules": float(len(snapshot.timetable)),
        "cases_us": cases,
        "first_search_of_a_minute_more_ms": round(float(np.median(fresh)) * 1e3, 2),
    }


def city_tables(random: np.random.Generator, count: int) -> StationTables:
    """Return the tables of one city: 20,000 distinct hours, a fifth unknown; six services a station, one rare."""
    lon, lat = crowd(random, count)
    hours = np.array([*(opening_text(i) for i in range(20_000)), ""], object)
    stations = pd.DataFrame(dict.fromkeys(STATION_COLUMNS, ""), index=range(count)).assign(
        id=[f"s{i:06d}" for i in range(count)],
        name=[f"站{i}" for i in range(count)],
        kinds=np.array(["rest_station", "book_corner", "rest_station|book_corner"], object)[
            random.integers(0, 3, count)
        ],
        lon=lon,
        lat=lat,
        hours_osm=hours[np.where(random.random(count) < 0.2, 20_000, random.integers(0, 20_000, count))],
        hours_basis="found",
        hours_uncertain=False,
        makeup="work",
        timezone="Asia/Shanghai",
        members_only="unknown",
        basis="found",
        fictional=False,
        revision=1,
    )
    names = np.array(["microwave", "hot_water", "toilet", "wifi", "books", "aed"], object)
    rare = random.choice(count, max(1, count // 10_000), replace=False)
    total = count * len(names)
    services = pd.DataFrame({
        "station": np.append(np.repeat(np.arange(count), len(names)), rare),
        "service": np.append(np.tile(names, count), np.full(len(rare), "nursing_room", object)),
        "answer": np.append(
            np.array(["yes", "no", "unknown"], object)[random.choice(3, total, p=[0.6, 0.2, 0.2])],
            np.full(len(rare), "yes", object),
        ),
        "hours_osm": np.where(random.random(total + len(rare)) < 0.01, "Mo-Su 11:00-13:00", ""),
        "nearby_m": np.nan,
        "outage_until": np.where(random.random(total + len(rare)) < 0.01, "2026-10-20", ""),
        "basis": "found",
    })  # fmt: skip
    return StationTables(1, stations, services[list(SERVICE_COLUMNS)])


def opening_text(number: int) -> str:
    """Return hours of believable shapes, distinct for each number but for those open round the clock."""
    opens, closes = 360 + number % 240, 1020 + number // 240 % 360
    start, end = f"{opens // 60:02d}:{opens % 60:02d}", f"{closes // 60:02d}:{closes % 60:02d}"
    if number % 16 == 0:
        return "24/7"
    if number % 3 == 0:
        return f"Mo-Fr {start}-12:00,13:30-{end}; PH off"
    return f"Mo-Su {start}-{end}"


def pairs(points: Points) -> list[tuple[float, float]]:
    """Return places as pairs of floats."""
    return list(zip(points[0].tolist(), points[1].tolist(), strict=True))


def timed(
    ask: Callable[[float, float], object], places: Iterable[tuple[float, float]], warm: int = 20
) -> dict[str, float]:
    """Return percentiles of single questions in microseconds, after some to warm up.

    ``p50`` and ``p99`` count the processor's time, so that other programs on the machine do not count; ``wall_p50``
    is by the clock on the wall.
    """
    places = list(places)
    for x, y in places[:warm]:
        ask(x, y)
    gc.collect()
    took = []
    for x, y in places:
        wall, busy = time.perf_counter(), time.thread_time()
        ask(x, y)
        took.append((time.thread_time() - busy, time.perf_counter() - wall))
    busy_us, wall_us = np.array(took).T * 1e6
    return {
        "p50": round(float(np.median(busy_us)), 1),
        "p99": round(float(np.percentile(busy_us, 99)), 1),
        "wall_p50": round(float(np.median(wall_us)), 1),
    }


def seconds(what: Callable[[], object]) -> float:
    """Return the processor's time that something takes."""
    started = time.thread_time()
    what()
    return time.thread_time() - started


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a tenth of the stations, few queries")
    print(json.dumps(run(options.parse_args().quick), indent=1))
