"""Conversion between WGS 84 and GCJ-02: a million points by ``convert``, against loops over single points.

Forward against the same formula in pure Python, one point at a time, both over the whole million. Back against
``eviltransform.gcj2wgs_exact``, which is timed on 20,000 of the points and scaled to the million: over all of them it
would take half a minute. The points are spread evenly over all the land and sea where the shift applies, so both
sides shift every one. Every time is the best of several turns, taken alternately.
"""

import argparse
import json
import math
import time
from collections.abc import Callable

import eviltransform
import numpy as np

from stationmap.geo.datum import convert, shift_applies

FORWARD_BOUND = 8.0
BACK_BOUND = 15.0
_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323


def shifted(lon: float, lat: float) -> tuple[float, float]:
    """Return the GCJ-02 degrees of one place by the published formula, without any rule of where it applies."""
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    root = math.sqrt(abs(x))
    east = wave + 20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)
    east += 150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)
    east = east * 2.0 / 3.0 + 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    north = wave + 20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)
    north += 160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y / 30.0 * math.pi)
    north = north * 2.0 / 3.0 - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    angle = math.radians(lat)
    bulge = 1.0 - _ECCENTRICITY2 * math.sin(angle) ** 2
    root = math.sqrt(bulge)
    return (
        lon + math.degrees(east / (_AXIS_M / root * math.cos(angle))),
        lat + math.degrees(north / (_AXIS_M * (1.0 - _ECCENTRICITY2) / (bulge * root))),
    )


def run(quick: bool = False) -> dict[str, object]:
    """Return the times of both sides, their ratios, and whether each bound was met; ``quick`` takes a tenth."""
    count, sample, turns = (100_000, 2_000, 2) if quick else (1_000_000, 20_000, 3)
    random = np.random.default_rng(20261010)
    about = random.uniform((73.0, 3.0), (136.0, 54.0), (3 * count, 2))
    lon, lat = about[shift_applies(*about.T)][:count].T.copy()
    shifted_lon, shifted_lat = convert(lon, lat, source="wgs84", target="gcj02")
    points = list(zip(lon.tolist(), lat.tolist(), strict=True))
    shifted_points = list(zip(shifted_lat[:sample].tolist(), shifted_lon[:sample].tolist(), strict=True))
    ours, loop, back, peer = [], [], [], []
    for _ in range(turns):
        ours.append(_seconds(lambda: convert(lon, lat, source="wgs84", target="gcj02")))
        loop.append(_seconds(lambda: [shifted(*point) for point in points]))
        back.append(_seconds(lambda: convert(shifted_lon, shifted_lat, source="gcj02", target="wgs84")))
        peer.append(_seconds(lambda: [eviltransform.gcj2wgs_exact(*point) for point in shifted_points]))
    peer_seconds = min(peer) * count / sample
    forward_ratio, back_ratio = min(loop) / min(ours), peer_seconds / min(back)
    return {
        "points": lon.size,
        "forward_s": round(min(ours), 4),
        "forward_python_loop_s": round(min(loop), 3),
        "forward_ratio": round(forward_ratio, 1),
        "back_s": round(min(back), 4),
        "back_eviltransform_s": round(peer_seconds, 2),
        "back_eviltransform_scaled_from_points": sample,
        "back_ratio": round(back_ratio, 1),
        "met": {
            f"forward at least {FORWARD_BOUND:g} times the loop": forward_ratio >= FORWARD_BOUND,
            f"back at least {BACK_BOUND:g} times eviltransform": back_ratio >= BACK_BOUND,
        },
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the points")
    result = run(parser.parse_args().quick)
    print(f"WGS 84 -> GCJ-02: {result['forward_s']} s, Python loop {result['forward_python_loop_s']} s")
    print(f"GCJ-02 -> WGS 84: {result['back_s']} s, eviltransform {result['back_eviltransform_s']} s (scaled)")
    print(json.dumps(result, indent=1))
