"""Against pysal's ``access`` on the same pair tables, to 1e-12 of each score.

What differs, and how the tables are made so that both answer the same question:

- its step function is closed at the far end and its ``max_cost`` too (``<=``), as ours; 3SFCA sums the weights of choice
  over *all* rows of the cost table, whatever ``max_cost`` says, so the table must end at the reach;
- it leaves out a place without pairs, where ours tells 0, and a station with no people in reach becomes infinite (or
  NaN with no seats), where ours is idle: every place here has people and a pair;
- ``three_stage_fca`` writes a column into the caller's frame of costs and takes its row order from a merge: it gets a copy.
"""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from access import fca
from access.weights import gaussian, gravity, step_fn

from stationmap.planning.catchment.decay import Bell, Decay, InversePower, Zones
from stationmap.planning.catchment.fca import potential, three_step, two_step
from stationmap.planning.pairs import Pairs, by_air

CLOSE = 1e-12


def city() -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Return 400 places and 60 stations within 2 km of each other, places without a station within reach left out."""
    random = np.random.default_rng(6)
    lon, lat = 113.6 + random.uniform(0, 0.05, 400), 34.7 + random.uniform(0, 0.05, 400)
    near = by_air(lon, lat, 113.6 + random.uniform(0, 0.05, 60), 34.7 + random.uniform(0, 0.05, 60), 1200.0)
    kept = np.diff(near.start) > 0
    start = near.start[np.append(kept, True)]
    pairs = Pairs(start, near.station, near.distance_m, near.minutes, near.stations, near.reach_m, "air")
    return pairs, random.integers(1, 900, int(kept.sum())).astype(float), random.integers(1, 40, 60).astype(float)


def frames(pairs: Pairs, people: np.ndarray, seats: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    demand = pd.DataFrame({"geoid": np.arange(pairs.demand), "demand": people}).set_index("geoid")
    supply = pd.DataFrame({"geoid": np.arange(pairs.stations), "supply": seats}).set_index("geoid")
    cost = pd.DataFrame({"origin": pairs.rows(), "dest": pairs.station.astype(np.int64), "cost": pairs.distance_m})
    return demand, supply, cost


STEPS = {400.0: 1.0, 800.0: 0.68, 1200.0: 0.22}
FADES: list[tuple[Decay | None, Callable[[float], float] | None]] = [
    (None, None),
    (Zones((400.0, 800.0, 1200.0)), step_fn(STEPS)),
    (Bell(500.0), gaussian(500.0)),
    (InversePower(1.5, nearest=100.0), gravity(100.0, -1.5, 100.0)),
]


@pytest.mark.parametrize(("ours", "theirs"), FADES, ids=["2SFCA", "E2SFCA", "bell", "gravity"])
def test_two_step_agrees(ours: Decay | None, theirs: Callable[[float], float] | None) -> None:
    pairs, people, seats = city()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = fca.two_stage_fca(*frames(pairs, people, seats), max_cost=1200.0, weight_fn=theirs)
    assert peer.index.tolist() == list(range(pairs.demand))
    assert two_step(pairs, people, seats, ours).score == pytest.approx(peer.to_numpy(), rel=CLOSE)


@pytest.mark.parametrize(("ours", "theirs"), FADES[1:3], ids=["zones", "bell"])
def test_three_step_agrees(ours: Decay, theirs: Callable[[float], float]) -> None:
    pairs, people, seats = city()
    demand, supply, cost = frames(pairs, people, seats)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = fca.three_stage_fca(demand, supply, cost.copy(), max_cost=1200.0, weight_fn=theirs)
    assert three_step(pairs, people, seats, ours).score == pytest.approx(peer.sort_index().to_numpy(), rel=CLOSE)


@pytest.mark.parametrize(("ours", "theirs"), FADES, ids=["within", "zones", "bell", "gravity"])
def test_potential_agrees(ours: Decay | None, theirs: Callable[[float], float] | None) -> None:
    pairs, people, seats = city()
    _, supply, cost = frames(pairs, people, seats)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = fca.weighted_catchment(
            supply, cost, 1200.0, cost_source="dest", cost_dest="origin", loc_value="supply", weight_fn=theirs
        )
    assert potential(pairs, seats, ours).score == pytest.approx(peer.to_numpy(), rel=CLOSE)


def test_the_plain_ratio_agrees() -> None:
    """Its floating catchment ratio, supply over demand around one place, is our potential over that of the demand."""
    random = np.random.default_rng(7)
    lon, lat = 113.6 + random.uniform(0, 0.03, 80), 34.7 + random.uniform(0, 0.03, 80)
    pairs = by_air(lon, lat, lon, lat, 900.0)
    people, seats = random.integers(1, 900, 80).astype(float), random.integers(1, 40, 80).astype(float)
    demand, supply, cost = frames(pairs, people, seats)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = fca.fca_ratio(demand, supply, cost, cost, 900.0)
    ratio = potential(pairs, seats).score / potential(pairs, people).score
    assert ratio == pytest.approx(peer.sort_index().to_numpy(), rel=CLOSE)


def test_where_the_peer_falls_short() -> None:
    """A station with no people in reach is infinite there, and so is the empty place beside it; ours names it idle."""
    start, station = np.array([0, 1, 2]), np.array([0, 1], np.int32)
    pairs = Pairs(start, station, np.array([100.0, 100.0]), np.array([1.0, 1.0]), 2, 500.0, "air")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = fca.two_stage_fca(*frames(pairs, np.array([10.0, 0.0]), np.array([5.0, 5.0])), max_cost=500.0)
    assert peer.tolist() == [0.5, np.inf]
    ours = two_step(pairs, [10.0, 0.0], [5.0, 5.0])
    assert ours.score.tolist() == [0.5, 0.0]
    assert ours.idle.tolist() == [False, True]
