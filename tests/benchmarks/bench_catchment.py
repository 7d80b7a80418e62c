"""Floating catchments on given pairs: E2SFCA against pysal ``access``, and 2SFCA for a million places and 20,000 stations.

The peer gets the same table of pairs as a frame; making the frame is not counted. It applies its weight function to one
pair at a time, so it is timed on 1.5 million of the pairs (a tenth of the places) beside our own on the very same; both
give every score, and the largest relative difference is measured. Places are scattered like a city's, thick in the
middle, so that stations differ widely in how many share them; the pairs lie in the order in which they are made, by place
and by distance. Each time is the best of several turns, taken alternately, with ten of ours to one of the peer's: both
then have a like chance to be left alone.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from access import fca
from access.weights import step_fn

from stationmap.planning.catchment.decay import Gaussian, Zones
from stationmap.planning.catchment.fca import three_step, two_step
from stationmap.planning.equity.groups import Asked, by_label
from stationmap.planning.pairs import Pairs, by_air

PEER_BOUND = 100.0
CLOSE = 1e-12
PLAIN_BOUND_S = 2.0
REACH_M = 1000.0
ZONES = Zones((300.0, 600.0, REACH_M))


def city(places: int, stations: int, pairs: int) -> Pairs:
    """Return about so many pairs of places and stations, both normal about one middle, as wide as gives that many."""
    random = np.random.default_rng(20261012)
    scatter, other = random.normal(size=(places, 2)), random.normal(size=(stations, 2))
    # Of two normal points of one spread s in metres, about reach^2 / (4 s^2) are within reach of each other.
    spread_m = REACH_M * np.sqrt(places * stations / (4.0 * pairs))
    lon_m, lat_m = 1 / (111_320.0 * np.cos(np.radians(34.7))), 1 / 110_940.0
    return by_air(
        113.6 + scatter[:, 0] * spread_m * lon_m,
        34.7 + scatter[:, 1] * spread_m * lat_m,
        113.6 + other[:, 0] * spread_m * lon_m,
        34.7 + other[:, 1] * spread_m * lat_m,
        REACH_M,
    )


def run(quick: bool = False) -> dict[str, object]:
    """Return the times of both sides, their ratio, how far they agree, and whether each bound was met."""
    places, stations, wanted, turns = (100_000, 2_000, 1_500_000, 2) if quick else (1_000_000, 20_000, 15_000_000, 3)
    random = np.random.default_rng(7)
    pairs = city(places, stations, wanted)
    people, seats = random.integers(1, 500, places).astype(float), random.integers(1, 40, stations).astype(float)
    plain = min(_seconds(lambda: two_step(pairs, people, seats)) for _ in range(turns))
    zones = min(_seconds(lambda: two_step(pairs, people, seats, ZONES)) for _ in range(turns))
    bell = min(_seconds(lambda: two_step(pairs, people, seats, Gaussian(REACH_M))) for _ in range(turns))
    three = min(_seconds(lambda: three_step(pairs, people, seats, Gaussian(REACH_M))) for _ in range(turns))
    found = two_step(pairs, people, seats, ZONES)
    counties = random.integers(0, 3000, places).astype(str).astype(object)
    table_s = _seconds(lambda: by_label(found.score, people, counties, asked=Asked(standard=0.001)))
    ours_s, peer_s, apart = _against_peer(_part(pairs, places // 10), people[: places // 10], seats, turns)
    ratio = peer_s / ours_s
    return {
        "places": places,
        "stations": stations,
        "pairs": len(pairs),
        "2sfca_s": round(plain, 3),
        "e2sfca_s": round(zones, 3),
        "g2sfca_s": round(bell, 3),
        "3sfca_s": round(three, 3),
        "kept_to": abs(found.given / (found.supply - found.idle_supply) - 1.0),
        "equity_of_3000_areas_s": round(table_s, 2),
        "peer_pairs": len(_part(pairs, places // 10)),
        "peer_ours_s": round(ours_s, 4),
        "peer_access_s": round(peer_s, 2),
        "peer_ratio": round(ratio, 1),
        "peer_largest_difference": apart,
        "met": {
            f"E2SFCA at least {PEER_BOUND:g} times access": ratio >= PEER_BOUND,
            f"agreeing to {CLOSE:g}": apart <= CLOSE,
            f"2SFCA of {places} x {stations} within {PLAIN_BOUND_S:g} s": plain <= PLAIN_BOUND_S,
        },
    }


def _part(pairs: Pairs, places: int) -> Pairs:
    end = pairs.start[places]
    ways = (pairs.station[:end], pairs.distance_m[:end], pairs.minutes[:end])
    return Pairs(pairs.start[: places + 1], *ways, pairs.stations, pairs.reach_m, pairs.way)


def _against_peer(pairs: Pairs, people: np.ndarray, seats: np.ndarray, turns: int) -> tuple[float, float, float]:
    """Return our seconds, the peer's, and the largest relative difference of a score."""
    demand = pd.DataFrame({"geoid": np.arange(len(people)), "demand": people}).set_index("geoid")
    supply = pd.DataFrame({"geoid": np.arange(len(seats)), "supply": seats}).set_index("geoid")
    cost = pd.DataFrame({"origin": pairs.rows(), "dest": pairs.station.astype(np.int64), "cost": pairs.distance_m})
    fade = step_fn(dict(zip(ZONES.bounds, ZONES.weights, strict=True)))
    ours, theirs = [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(turns):
            ours += [_seconds(lambda: two_step(pairs, people, seats, ZONES)) for _ in range(10)]
            theirs.append(_seconds(lambda: fca.two_stage_fca(demand, supply, cost, REACH_M, weight_fn=fade)))
        peer = fca.two_stage_fca(demand, supply, cost, REACH_M, weight_fn=fade)
    score = two_step(pairs, people, seats, ZONES).score
    apart = np.abs(score[peer.index] / peer.to_numpy() - 1.0)
    lost = np.delete(score, peer.index)
    return min(ours), min(theirs), float(max(apart.max(), lost.max(initial=0.0)))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the places")
    print(json.dumps(run(parser.parse_args().quick), indent=1))
