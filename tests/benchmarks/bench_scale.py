"""The nation: 10 M cells and 186,100 stations, both clustered, covered by area at 500 m and 1 km, read from GeoParquet.

Cells and stations are invented around 3,000 towns of very different size; every cell has people (whole) and jobs (not
whole), and one of 3,000 adcodes; of the stations four in five serve and one in five may. Asked is who has one station
and who has two within each reach, for certain and at most. No pair is ever kept: the run needs the two nearest of each
cell alone; how many pairs lie within 1 km is told beside, counted for every eighth block. The tally of the first block
is also made out of its table of pairs, and must be the same.

Both engines run by turns, each in a process of its own on two cores, opening the files included and, for Dask, starting
and ending its scheduler and workers; the best of the turns counts. Memory is the peak of the proportional set size
summed over all processes of a run, sampled ten times a second. Writing the files is outside of what is measured.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from stationmap.geo.earth import geocentric
from stationmap.planning.demand.demand import Demand
from stationmap.planning.pairs import by_air
from stationmap.planning.scale.flight import counted
from stationmap.planning.scale.folder import morton, write_partitions
from stationmap.planning.scale.partitions import opened, read
from stationmap.planning.scale.run import cover
from stationmap.planning.scale.survey import Survey, asked
from stationmap.planning.standing import Standing

SECONDS_BOUND = 120.0
BYTES_BOUND = 4e9
RATIO_BOUND = 1.5
REACHES = (500.0, 1000.0)
WEIGHTS = ("people", "jobs")
TOWNS = 3_000
Floats = NDArray[np.float64]


def towns() -> tuple[Floats, Floats, Floats]:
    """Return centres in order of Morton, share of the nation, and width in degrees of every town."""
    random = np.random.default_rng(20261130)
    centre = random.uniform((98.0, 22.0), (122.0, 42.0), (TOWNS, 2))
    centre = centre[np.argsort(morton(*centre.T))]
    share = random.pareto(1.2, TOWNS) + 1.0
    share /= share.sum()
    return centre, share, 0.03 + 0.2 * np.sqrt(share / share.max())


def cells(count: int, parts: int) -> Iterator[Demand]:
    """Yield the cells of the nation, some towns at a time."""
    centre, share, width = towns()
    town = np.repeat(np.arange(TOWNS), np.random.default_rng(1).multinomial(count, share))
    for number, part in enumerate(np.array_split(town, parts)):
        random = np.random.default_rng((2, number))
        lon, lat = (centre[part] + random.normal(0.0, 1.0, (len(part), 2)) * width[part][:, None]).T.copy()
        weights = {"people": random.integers(0, 2000, len(part)).astype(float), "jobs": random.random(len(part)) * 7.0}
        ids = np.array([f"{number}-{row}" for row in range(len(part))], dtype=object)
        yield Demand(
            ids, lon, lat, weights, np.array([f"{410000 + code}" for code in range(TOWNS)], dtype=object)[part]
        )


def survey(count: int) -> Survey:
    """Return what is asked: stations where people are."""
    centre, share, width = towns()
    random = np.random.default_rng(3)
    town = random.choice(TOWNS, count, p=share)
    lon, lat = (centre[town] + random.normal(0.0, 1.0, (count, 2)) * width[town][:, None]).T
    standing = Standing((random.random(count) < 0.2).astype(np.int8))
    return asked(lon, lat, standing, reaches_m=REACHES, weights=WEIGHTS, times=2)


def measured(folder: str, engine: str, stations: int) -> dict[str, object]:
    """Return seconds and totals of one run; called in a process of its own."""
    ask = survey(stations)
    start, before = time.perf_counter(), sum(os.times()[:4])
    tally = cover(opened(folder, weights=WEIGHTS), ask, engine=engine).tally
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "cpu_seconds": sum(os.times()[:4]) - before,
        "areas": len(tally.areas),
        "sums": tally.lower.tolist(),
        "upper": tally.upper.tolist(),
    }


def run(quick: bool = False) -> dict[str, object]:
    """Return the times and the memory of both engines, and whether each bound was met.

    ``quick`` takes a twentieth, too little to weigh Dask's start and end against: no bound on the ratio then.
    """
    count, stations, parts, turns = (500_000, 9_305, 4, 1) if quick else (10_000_000, 186_100, 20, 2)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "nation"
        write_partitions(cells(count, parts), folder)
        size = sum(path.stat().st_size for path in folder.iterdir())
        pairs, agrees = _checked(folder, stations)
        told: dict[str, list[tuple[dict[str, object], int, int]]] = {"direct": [], "dask": []}
        for _ in range(turns):
            for engine, runs in told.items():
                runs.append(_in_a_process(str(folder), engine, stations))
    seconds = {engine: min(float(str(one["seconds"])) for one, *_ in runs) for engine, runs in told.items()}
    processor = {engine: min(float(str(one["cpu_seconds"])) for one, *_ in runs) for engine, runs in told.items()}
    peak = {engine: max(together for _, together, _ in runs) for engine, runs in told.items()}
    answers = [json.dumps((one["sums"], one["upper"])) for runs in told.values() for one, *_ in runs]
    ratio = seconds["dask"] / seconds["direct"]
    return {
        "cells": count,
        "stations": stations,
        "files_mb": round(size / 1e6),
        "areas": told["direct"][0][0]["areas"],
        "pairs_within_1_km_about": round(pairs * count),
        "direct_s": round(seconds["direct"], 2),
        "dask_s": round(seconds["dask"], 2),
        "dask_over_direct": round(ratio, 2),
        "direct_cpu_s": round(processor["direct"], 1),
        "dask_cpu_s": round(processor["dask"], 1),
        "direct_peak_mb": round(peak["direct"] / 1e6),
        "dask_peak_mb": round(peak["dask"] / 1e6),
        "dask_largest_process_mb": round(max(largest for *_, largest in told["dask"]) / 1e6),
        "met": {
            f"direct in {SECONDS_BOUND:g} s": seconds["direct"] <= SECONDS_BOUND,
            f"both within {BYTES_BOUND / 1e9:g} GB": max(peak.values()) <= BYTES_BOUND,
            "all runs the same to the bit": len(set(answers)) == 1,
            "a block the same by its pairs": agrees,
            **({} if quick else {f"dask within {RATIO_BOUND:g} times direct": ratio <= RATIO_BOUND}),
        },
    }


def _checked(folder: Path, stations: int) -> tuple[float, bool]:
    """Return how many pairs a cell has within 1 km, and whether the first block's table of pairs gives its tally."""
    ask = survey(stations)
    blocks = opened(folder, weights=WEIGHTS).blocks()
    block = blocks[0]
    rows = next(read(block))
    lon, lat = (np.concatenate([getattr(ask.serving, axis), getattr(ask.doubtful, axis)]) for axis in ("lon", "lat"))
    pairs = by_air(rows.lon, rows.lat, lon, lat, REACHES[-1])
    tally = counted(block, ask).total()
    same = True
    for reach in REACHES:
        near = pairs.within(reach)
        for bound, last in enumerate((len(ask.serving.lon), len(lon))):
            stations_near = np.bincount(near.rows()[near.station < last], minlength=len(rows.lon))
            for times in (1, 2):
                people = rows.weights[0][stations_near >= times].sum()
                same &= tally.covered("people", reach_m=reach, times=times)[bound][0] == people
    sample = np.concatenate([geocentric(part.lon, part.lat) for each in blocks[::8] for part in read(each)])
    count = cKDTree(geocentric(lon, lat)).query_ball_point(sample, REACHES[-1], return_length=True).sum()
    return float(count / len(sample)), bool(same)


def _in_a_process(folder: str, engine: str, stations: int) -> tuple[dict[str, object], int, int]:
    """Return what one run told, and the peaks of the bytes of it and its children: of all, and of the largest."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_scale", "--one", folder, engine, str(stations)]
    together = largest = 0
    with tempfile.TemporaryFile("w+") as out:
        with subprocess.Popen(command, stdout=out) as process:
            while process.poll() is None:
                sizes = [_proportional(each) for each in _family(process.pid)]
                together, largest = max(together, sum(sizes)), max([largest, *sizes])
                time.sleep(0.1)
        if process.returncode:
            raise RuntimeError(f"{engine} ended with {process.returncode}")
        out.seek(0)
        found: dict[str, object] = json.loads(out.read().splitlines()[-1])
    return found, together, largest


def _family(process: int) -> list[int]:
    """Return a process and all below it."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return [process, *(one for child in children for one in _family(child))]


def _proportional(process: int) -> int:
    """Return the proportional set size of a process, bytes; 0 when it has just ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of cells and stations")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
        print(json.dumps(measured(given.one[0], given.one[1], int(given.one[2]))))
    else:
        print(json.dumps(run(given.quick), indent=1))
