"""A town that can be worked by pencil, and random ones, as pairs."""

import numpy as np
from hypothesis import strategies as st

from stationmap.planning.pairs import Pairs

NAN = float("nan")


def pairs_of(rows: list[list[tuple[int, float]]], stations: int, reach_m: float = 1000.0) -> Pairs:
    """Return pairs from rows of (station, metres); minutes at 100 m a minute."""
    ordered = [sorted(row, key=lambda pair: (pair[1], pair[0])) for row in rows]
    start = np.cumsum([0, *map(len, ordered)]).astype(np.int64)
    flat = [pair for row in ordered for pair in row]
    metres = np.array([metre for _, metre in flat], np.float64)
    return Pairs(start, np.array([s for s, _ in flat], np.int32), metres, metres / 100.0, stations, reach_m, "air")


# Three blocks and three stations. Station 2 has nobody but the empty block 3 beside it; block 4 has nothing in reach.
#
#             station 0   station 1   station 2
#   block 0     300 m
#   block 1     600 m       200 m
#   block 2                 1000 m
#   block 3                              50 m
#   block 4
TOWN = pairs_of([[(0, 300.0)], [(0, 600.0), (1, 200.0)], [(1, 1000.0)], [(2, 50.0)], []], 3)
PEOPLE = np.array([100.0, 300.0, 200.0, 0.0, 50.0])
SEATS = np.array([40.0, 50.0, 7.0])


@st.composite
def towns(draw: st.DrawFn) -> tuple[Pairs, np.ndarray, np.ndarray]:
    """Draw pairs, people and capacities: up to eight places and five stations, some empty, some out of reach."""
    stations = draw(st.integers(1, 5))
    way = st.one_of(st.integers(0, 10).map(lambda hundred: hundred * 100.0), st.floats(0.0, 1000.0))
    rows = draw(st.lists(st.dictionaries(st.integers(0, stations - 1), way), min_size=1, max_size=8))
    people = draw(st.lists(st.integers(0, 50), min_size=len(rows), max_size=len(rows)))
    seats = draw(st.lists(st.integers(0, 30), min_size=stations, max_size=stations))
    return pairs_of([list(row.items()) for row in rows], stations), np.array(people, float), np.array(seats, float)
