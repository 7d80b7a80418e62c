"""Floating catchments: a town worked by hand, the laws of sharing, and what is refused."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.planning.catchment.access import Access
from stationmap.planning.catchment.bounds import three_step_bounds, two_step_bounds
from stationmap.planning.catchment.decay import Decay, Exponential, Gaussian, InversePower, Zones
from stationmap.planning.catchment.fca import potential, three_step, two_step
from stationmap.planning.catchment.reach import weights
from stationmap.planning.pairs import Pairs
from stationmap.planning.standing import Standing, Why
from tests.catchment_town import NAN, PEOPLE, SEATS, TOWN, pairs_of, towns

Town = tuple[Pairs, np.ndarray, np.ndarray]

HALVES = Zones((500.0, 1000.0), (1.0, 0.5))
DECAYS: list[Decay | None] = [None, HALVES, Gaussian(1000.0), Exponential(200.0), InversePower(2.0, nearest=10.0)]
EXACT = 1e-12


def test_two_step_by_hand() -> None:
    """Station 0 is shared by 100 + 300, so 40 / 400 = 0.1; station 1 by 300 + 200, so 50 / 500 = 0.1.

    Block 0 has 0.1, block 1 both, 0.2, block 2 has 0.1. Station 2 has an empty block alone: its 7 seats go to nobody.
    100 x 0.1 + 300 x 0.2 + 200 x 0.1 = 90 = 40 + 50.
    """
    found = two_step(TOWN, PEOPLE, SEATS)
    assert found.score.tolist() == [0.1, 0.2, 0.1, 0.0, 0.0]
    assert found.ratio[:2].tolist() == [0.1, 0.1]
    assert np.isnan(found.ratio[2])
    assert found.reached.tolist() == [True, True, True, True, False]
    assert found.idle.tolist() == [False, False, True]
    assert (found.supply, found.idle_supply) == (97.0, 7.0)
    assert found.given == pytest.approx(90.0, rel=EXACT)
    assert (found.demand, found.unreached_demand) == (650.0, 50.0)
    assert [str(note) for note in found.notes()] == [
        "50 of 650 have no station of known capacity in reach; their access is told as 0.",
        "1 stations have nobody in reach; their capacity of 7 is used by no one.",
    ]


def test_enhanced_by_hand() -> None:
    """With weight 1 to 500 m and 0.5 to 1000 m, the bound included.

    Station 0: 100 x 1 + 300 x 0.5 = 250, 40 / 250 = 0.16. Station 1: 300 x 1 + 200 x 0.5 = 400, 50 / 400 = 0.125.
    Block 0: 0.16. Block 1: 0.5 x 0.16 + 0.125 = 0.205. Block 2, at 1000 m exactly: 0.5 x 0.125 = 0.0625.
    """
    found = two_step(TOWN, PEOPLE, SEATS, HALVES)
    assert found.score == pytest.approx([0.16, 0.205, 0.0625, 0.0, 0.0], rel=EXACT)


def test_minutes_are_minutes() -> None:
    """At 100 m a minute, zones of 5 and 10 minutes are those of 500 and 1000 m."""
    by_time = two_step(TOWN, PEOPLE, SEATS, Zones((5.0, 10.0), (1.0, 0.5), unit="min"))
    assert by_time.score.tolist() == two_step(TOWN, PEOPLE, SEATS, HALVES).score.tolist()


def test_three_step_by_hand() -> None:
    """Block 1 weighs its two stations 0.5 and 1, so it chooses them by 1/3 and 2/3; the others have no choice.

    Station 0: 100 x 1 + 300 x 1/3 x 0.5 = 150, 40 / 150 = 4/15. Station 1: 300 x 2/3 x 1 + 200 x 0.5 = 300, 50/300 = 1/6.
    Block 0: 4/15. Block 1: 1/6 x 4/15 + 2/3 x 1/6 = 7/45. Block 2: 0.5 x 1/6 = 1/12.
    100 x 4/15 + 300 x 7/45 + 200 / 12 = 26.667 + 46.667 + 16.667 = 90.
    """
    found = three_step(TOWN, PEOPLE, SEATS, HALVES)
    assert found.score == pytest.approx([4 / 15, 7 / 45, 1 / 12, 0.0, 0.0], rel=EXACT)
    assert found.given == pytest.approx(90.0, rel=EXACT)


def test_three_step_chooses_among_those_asked_for() -> None:
    """Without station 1 block 1 has no choice: 100 + 300 x 0.5 = 250, and 40 / 250 = 0.16."""
    found = three_step(TOWN, PEOPLE, SEATS, HALVES, asked=np.array([True, False, True]))
    assert found.score == pytest.approx([0.16, 0.08, 0.0, 0.0, 0.0], rel=EXACT)
    assert found.reached.tolist() == [True, True, False, True, False]


def test_potential_by_hand() -> None:
    """Block 1: 0.5 x 40 + 1 x 50 = 70; whoever else is there makes no difference."""
    assert potential(TOWN, SEATS, HALVES).score.tolist() == [40.0, 70.0, 25.0, 7.0, 0.0]
    assert potential(TOWN, SEATS).score.tolist() == [40.0, 90.0, 50.0, 7.0, 0.0]


def test_unknown_capacity_is_left_out_and_told() -> None:
    """Station 1 unknown: blocks 1 and 2 keep what station 0 gives, block 2 has no station of known capacity."""
    found = two_step(TOWN, PEOPLE, [40.0, NAN, 7.0])
    assert found.score.tolist() == [0.1, 0.1, 0.0, 0.0, 0.0]
    assert found.unknown.tolist() == [False, True, False]
    assert np.isnan(found.ratio[1])
    assert found.reached.tolist() == [True, True, False, True, False]
    assert found.supply == 47.0
    assert found.unreached_demand == 250.0
    assert str(found.notes()[-1]).startswith("The capacity of 1 stations is not known")
    assert potential(TOWN, [40.0, NAN, 7.0]).unknown.tolist() == [False, True, False]


def test_bounds_by_hand() -> None:
    """Station 0 serves, station 1 may. Lower: 0.1 from station 0 alone. Upper: as if both served.

    With the capacity of station 1 unknown, but at most 100: 100 / 500 = 0.2 more for blocks 1 and 2; without a most, no end.
    """
    standing = Standing(np.array([Why.SERVES, Why.UNKNOWN, Why.CLOSED], np.int8))
    found = two_step_bounds(TOWN, PEOPLE, SEATS, standing)
    assert found.lower.tolist() == [0.1, 0.1, 0.0, 0.0, 0.0]
    assert found.upper.tolist() == [0.1, 0.2, 0.1, 0.0, 0.0]
    unknown = two_step_bounds(TOWN, PEOPLE, [40.0, NAN, NAN], standing, most=100.0)
    assert unknown.upper == pytest.approx([0.1, 0.3, 0.2, 0.0, 0.0], rel=EXACT)
    endless = two_step_bounds(TOWN, PEOPLE, [40.0, NAN, NAN], standing)
    assert endless.upper.tolist() == [0.1, np.inf, np.inf, 0.0, 0.0]
    assert three_step_bounds(TOWN, PEOPLE, [40.0, NAN, NAN], standing, HALVES).upper[1:3].tolist() == [np.inf, np.inf]


def test_a_station_without_people_has_no_endless_share() -> None:
    """Station 2 may serve with any capacity, but has the empty block 3 alone: it goes to nobody, in every state."""
    standing = Standing(np.array([Why.SERVES, Why.SERVES, Why.UNKNOWN], np.int8))
    for bounds in (
        two_step_bounds(TOWN, PEOPLE, [40.0, 50.0, NAN], standing, HALVES),
        three_step_bounds(TOWN, PEOPLE, [40.0, 50.0, NAN], standing, HALVES),
    ):
        assert bounds.lower == pytest.approx(bounds.upper, rel=EXACT)
        assert bounds.upper[3] == 0.0


def test_nothing_at_all() -> None:
    none = two_step(pairs_of([], 0), [], [])
    assert (len(none.score), none.supply, none.notes()) == (0, 0.0, ())
    lonely = two_step(pairs_of([[], []], 0), [1.0, 2.0], [])
    assert lonely.score.tolist() == [0.0, 0.0]
    assert lonely.unreached_demand == 3.0
    unused = three_step(pairs_of([[(0, 10.0)]], 1), [0.0], [5.0], HALVES)
    assert unused.idle.tolist() == [True]
    assert unused.score.tolist() == [0.0]


def test_a_pull_too_faint_to_be_a_number_draws_nobody() -> None:
    """exp(-720) is about 1e-313: capacity over it would be infinite."""
    faint = two_step(pairs_of([[(0, 720.0)]], 1), [1.0], [1e6], Exponential(1.0))
    assert faint.score.tolist() == [0.0]
    assert faint.idle.tolist() == [True]


def test_the_matrix_lies_on_the_pairs() -> None:
    assert np.shares_memory(weights(TOWN, HALVES).indices, TOWN.station)


def test_a_shorter_decay_cuts_the_pairs() -> None:
    """Reach 600 m, bound included, leaves block 2 out; 0 at the very reach of a bell is in reach of nothing."""
    found = two_step(TOWN, PEOPLE, SEATS, Zones((600.0,), (1.0,)))
    assert found.reached.tolist() == [True, True, False, True, False]
    edge = two_step(TOWN, PEOPLE, SEATS, Gaussian(600.0))
    assert edge.reached[1]
    assert two_step(TOWN, PEOPLE, SEATS, Gaussian(200.0)).reached.tolist() == [False, True, False, True, False]


@pytest.mark.parametrize("decay", DECAYS, ids=str)
@settings(max_examples=60)
@given(town=towns())
def test_supply_is_spread_and_kept(decay: Decay | None, town: Town) -> None:
    for found in _both(town, decay):
        assert found.given == pytest.approx(found.supply - found.idle_supply, rel=EXACT, abs=1e-300)
        assert np.isfinite(found.score).all()
        assert (found.score >= 0).all()
        assert not found.score[~found.reached].any()


def _both(town: Town, decay: Decay | None) -> list[Access]:
    return [two_step(*town, decay), *([three_step(*town, decay)] if decay else [])]


@given(town=towns())
def test_one_zone_is_the_plain_catchment(town: Town) -> None:
    plain, zone = two_step(*town), two_step(*town, Zones((1000.0,), (0.4,)))
    assert zone.score == pytest.approx(plain.score, rel=EXACT)


@given(town=towns(), factor=st.floats(0.01, 100.0))
def test_scores_rise_with_supply_and_fall_with_demand(town: Town, factor: float) -> None:
    pairs, people, seats = town
    score = two_step(pairs, people, seats, HALVES).score
    assert two_step(pairs, people, seats * factor, HALVES).score == pytest.approx(score * factor, rel=EXACT)
    assert two_step(pairs, people * factor, seats, HALVES).score == pytest.approx(score / factor, rel=EXACT)


@given(town=towns())
def test_a_place_cut_in_two_has_the_same_score(town: Town) -> None:
    pairs, people, seats = town
    rows = [_row(pairs, number) for number in range(pairs.demand)]
    cut = pairs_of([rows[0], *rows], pairs.stations)
    halves = np.array([people[0] / 4, people[0] * 3 / 4, *people[1:]])
    for whole, parts in zip(_both(town, HALVES), _both((cut, halves, seats), HALVES), strict=True):
        assert parts.score[1:] == pytest.approx(whole.score, rel=EXACT)
        assert parts.score[0] == parts.score[1]


def _row(pairs: Pairs, number: int) -> list[tuple[int, float]]:
    part = slice(pairs.start[number], pairs.start[number + 1])
    return list(zip(pairs.station[part].tolist(), pairs.distance_m[part].tolist(), strict=True))


@settings(max_examples=60)
@given(town=towns(), data=st.data())
def test_every_possible_state_is_within_the_bounds(town: Town, data: st.DataObject) -> None:
    """Each station that may serve does or does not, each unknown capacity is 0, 3 or the most."""
    pairs, people, seats = town
    why = data.draw(st.lists(st.sampled_from((0, 0, 1, 2)), min_size=pairs.stations, max_size=pairs.stations))
    hidden = np.array(data.draw(st.lists(st.booleans(), min_size=pairs.stations, max_size=pairs.stations)))
    hidden &= np.cumsum(hidden) <= 2
    standing, given_seats = Standing(np.array(why, np.int8)), np.where(hidden, NAN, seats)
    two = two_step_bounds(pairs, people, given_seats, standing, HALVES, most=9.0)
    three = three_step_bounds(pairs, people, given_seats, standing, HALVES, most=9.0)
    maybe = np.flatnonzero(standing.why == Why.UNKNOWN)
    for serving in product((False, True), repeat=len(maybe)):
        asked = standing.serves.copy()
        asked[maybe] = serving
        for extra in product((0.0, 3.0, 9.0), repeat=int(hidden.sum())):
            state = seats.copy()
            state[hidden] = extra
            for bounds, step in ((two, two_step), (three, three_step)):
                score = step(pairs, people, state, HALVES, asked=asked).score
                assert (score >= bounds.lower * (1 - EXACT)).all()
                assert (score <= bounds.upper * (1 + EXACT)).all()


@given(town=towns())
def test_bounds_meet_where_all_is_known(town: Town) -> None:
    pairs, people, seats = town
    certain = Standing(np.zeros(pairs.stations, np.int8))
    for bounds, step in ((two_step_bounds, two_step), (three_step_bounds, three_step)):
        found, score = bounds(pairs, people, seats, certain, HALVES), step(pairs, people, seats, HALVES).score
        assert found.lower == pytest.approx(score, rel=EXACT)
        assert found.upper == pytest.approx(score, rel=EXACT)


def test_what_was_given_stays_as_it_was() -> None:
    kept = [each.copy() for each in (TOWN.start, TOWN.station, TOWN.distance_m, PEOPLE, SEATS)]
    for array in (TOWN.start, TOWN.station, TOWN.distance_m, PEOPLE, SEATS):
        array.setflags(write=False)
    _both((TOWN, PEOPLE, SEATS), HALVES)
    now = (TOWN.start, TOWN.station, TOWN.distance_m, PEOPLE, SEATS)
    assert all((before == after).all() for before, after in zip(kept, now, strict=True))


@pytest.mark.parametrize(
    ("people", "seats", "message"),
    [
        (PEOPLE[:4], SEATS, "want 5 values of weight, but 4"),
        (PEOPLE, SEATS[:2], "want 3 values of capacity, but 2"),
        ([1, 2, -3, 4, 5], SEATS, r"Row 2 \(from 0\) has -3.0 as weight"),
        ([1, 2, NAN, 4, 5], SEATS, r"Row 2 \(from 0\) has nan as weight"),
        (PEOPLE, [1.0, -1.0, 1.0], r"Row 1 \(from 0\) has -1.0 as capacity"),
        (PEOPLE, [1.0, np.inf, 1.0], r"Row 1 \(from 0\) has inf as capacity"),
    ],
)
def test_bad_numbers_are_refused(people: list[float], seats: list[float], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        two_step(TOWN, people, seats)


def test_a_decay_longer_than_the_pairs_is_refused() -> None:
    with pytest.raises(InvalidValue, match="The pairs reach 1000 m; 1200 m cannot be told"):
        two_step(TOWN, PEOPLE, SEATS, Gaussian(1200.0))
    with pytest.raises(InvalidValue, match="station asked for"):
        two_step(TOWN, PEOPLE, SEATS, asked=np.array([True]))
    with pytest.raises(InvalidValue, match="at most -1"):
        two_step_bounds(TOWN, PEOPLE, SEATS, Standing(np.zeros(3, np.int8)), most=-1.0)
