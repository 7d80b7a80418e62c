"""finder.together: the nearest set that together meets all needs."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.finder.together import MOST_NEEDS, nearest_set


def brute(metres, has):
    """Try every set of stations."""
    sets = [
        (round(sum(round(metres[row] * 1e6) for row in rows)), len(rows), rows)
        for size in range(1, len(metres) + 1)
        for rows in combinations(range(len(metres)), size)
        if has[list(rows)].any(axis=0).all()
    ]
    return min(sets)[2] if sets else ()


def test_two_that_have_all_beat_three_nearer_ones():
    metres = np.array([100.0, 200.0, 300.0, 310.0])
    has = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1]], bool)
    assert nearest_set(metres, has) == (0, 3)


def test_three_next_door_beat_two_at_the_end_of_town():
    metres = np.array([100.0, 110.0, 120.0, 9000.0])
    has = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1]], bool)
    assert nearest_set(metres, has) == (0, 1, 2)


def test_among_equal_sums_the_fewer_then_the_first():
    has = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1]], bool)
    assert nearest_set(np.array([100.0, 100.0, 200.0, 300.0]), has) == (0, 2)
    even = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], bool)
    assert nearest_set(np.array([5.0, 5.0, 5.0, 5.0]), even) == (0, 2)


def test_nothing_when_one_need_is_nowhere():
    assert nearest_set(np.array([1.0, 2.0]), np.array([[1, 0], [1, 0]], bool)) == ()
    assert nearest_set(np.zeros(0), np.zeros((0, 2), bool)) == ()
    assert nearest_set(np.ones(1), np.ones((1, MOST_NEEDS + 1), bool)) == ()


@settings(max_examples=200, deadline=None)
@given(data=st.data(), needs=st.integers(1, 4), count=st.integers(0, 9))
def test_the_set_is_brute_force(data, needs, count):
    metres = np.sort(np.array(data.draw(st.lists(st.integers(0, 12), min_size=count, max_size=count)), float) * 50)
    cells = st.lists(st.booleans(), min_size=needs, max_size=needs)
    has = np.array(data.draw(st.lists(cells, min_size=count, max_size=count)), bool).reshape(count, needs)
    assert nearest_set(metres, has) == brute(metres, has)


def test_ten_needs_among_thousands_are_quick():
    rng = np.random.default_rng(3)
    metres = np.sort(rng.uniform(0, 5000, 20_000))
    has = rng.random((20_000, 10)) < 0.25
    rows = nearest_set(metres, has)
    assert has[list(rows)].any(axis=0).all()
    greedy = {int(np.argmax(has[:, need])) for need in range(10)}
    assert metres[list(rows)].sum() <= metres[sorted(greedy)].sum()
