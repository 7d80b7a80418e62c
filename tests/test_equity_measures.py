"""Measures of equity: worked by hand, then their laws, against exact fractions where a formula allows it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.planning.equity.entropy import Split, atkinson, split_l, split_t, theil_l, theil_t
from stationmap.planning.equity.lorenz import concentration, concentration_curve, gini, lorenz, palma
from stationmap.planning.equity.shortfall import beyond_distance, short_of_access

NAN = float("nan")
CLOSE = 1e-12

values = st.lists(st.integers(0, 1000), min_size=1, max_size=12)


@st.composite
def weighted(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Draw values and whole people, some with both, not all with nothing."""
    value = draw(values)
    weight = draw(st.lists(st.integers(0, 9), min_size=len(value), max_size=len(value)))
    assume(sum(v * w for v, w in zip(value, weight, strict=True)) > 0)
    return value, weight


def exact_gini(value: list[int], weight: list[int]) -> Fraction:
    """Return the mean difference of all pairs of people over twice the mean: the definition, in fractions."""
    people = [v for v, w in zip(value, weight, strict=True) for _ in range(w)]
    return Fraction(sum(abs(a - b) for a in people for b in people), 2 * len(people) * sum(people))


def test_lorenz_by_hand() -> None:
    """Values 0, 2, 2, 4 of 1, 1, 2 and 1 people: 1/5 have 0, three more (4/5) have 6 of 10, the last the rest."""
    curve = lorenz([2, 0, 4, 2], [1, 1, 1, 2])
    assert curve.people.tolist() == [0.0, 0.2, 0.8, 1.0]
    assert curve.share.tolist() == [0.0, 0.0, 0.6, 1.0]
    assert curve.at([0.2, 0.5, 0.9]) == pytest.approx([0.0, 0.3, 0.8], rel=CLOSE)
    assert curve.sampled(6).people == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1], rel=CLOSE)
    assert curve.sampled(6).share == pytest.approx([0, 0, 0.2, 0.4, 0.6, 1], rel=CLOSE)


def test_gini_by_hand() -> None:
    """The same five people: areas under the curve 0, 0.6 x 0.6 / 2 = 0.18 and 0.2 x 1.6 / 2 = 0.16; 1 - 2 x 0.34 = 0.32.

    By pairs: |0-2| x 3 + |0-4| + |2-4| x 3 = 16, both ways 32, over 2 x 5 x 10 = 100: 0.32.
    """
    assert gini([2, 0, 4, 2], [1, 1, 1, 2]) == pytest.approx(0.32, rel=CLOSE)


def test_palma_by_hand() -> None:
    """Ten people with 1 to 10: the best-off has 10, the four worst-off 1 + 2 + 3 + 4 = 10.

    Three people with 1, 2, 3: the best-off tenth is 0.3 of the third, 0.9; the four tenths are the first and 0.2 of the
    second, 1.4; 0.9 / 1.4.
    """
    assert palma(range(1, 11)) == pytest.approx(1.0, rel=CLOSE)
    assert palma([1, 2, 3]) == pytest.approx(0.9 / 1.4, rel=CLOSE)
    assert palma([7.0] * 3) == pytest.approx(0.25, rel=CLOSE)


def test_palma_without_end() -> None:
    """Where 4 of 10 have nothing there is no ratio; where 3 of 10 have nothing the fourth has 1 of 7: 1 / 1."""
    assert palma([0, 1], [4, 6]) == math.inf
    assert palma([0, 1], [0.4, 0.6]) == math.inf
    assert palma([0, 1], [3, 7]) == pytest.approx(1.0, rel=CLOSE)


def test_concentration_by_hand() -> None:
    """Access 1, 2, 3 with income 30, 20, 10: all in reverse, -Gini = -2/9.

    With incomes 10, 10, 20 the first two share rank 1/3 (the mean of 1/6 and 1/2), the last has 5/6:
    2/2 x 1/3 x ((-1)(-1/6) + 0 + 1 x 1/3) = 1/6.
    """
    assert concentration([1, 2, 3], [30, 20, 10]) == pytest.approx(-2 / 9, rel=CLOSE)
    assert concentration([1, 2, 3], [10, 10, 20]) == pytest.approx(1 / 6, rel=CLOSE)
    assert concentration([2, 1, 3], [10, 10, 20]) == pytest.approx(1 / 6, rel=CLOSE)
    curve = concentration_curve([1, 2, 3], [10, 10, 20])
    assert curve.people.tolist() == pytest.approx([0.0, 2 / 3, 1.0], rel=CLOSE)
    assert curve.share.tolist() == [0.0, 0.5, 1.0]


def test_theil_by_hand() -> None:
    """1 and 3, mean 2: T = (0.5 ln 0.5 + 1.5 ln 1.5) / 2, L = (ln 2 + ln 2/3) / 2. One of n with all: T = ln n."""
    assert theil_t([1, 3]) == pytest.approx((0.5 * math.log(0.5) + 1.5 * math.log(1.5)) / 2, rel=CLOSE)
    assert theil_l([1, 3]) == pytest.approx((math.log(2) + math.log(2 / 3)) / 2, rel=CLOSE)
    assert theil_t([0, 0, 0, 5]) == pytest.approx(math.log(4), rel=CLOSE)
    assert theil_l([0, 0, 0, 5]) == math.inf


def test_atkinson_by_hand() -> None:
    """1 and 4, mean 2.5: geometric mean 2, 1 - 2/2.5 = 0.2. e = 2: harmonic mean 1.6, 0.36. e = 1/2: ((1+2)/2)^2 = 2.25, 0.1."""
    assert atkinson([1, 4], 1.0) == pytest.approx(0.2, rel=CLOSE)
    assert atkinson([1, 4], 2.0) == pytest.approx(0.36, rel=CLOSE)
    assert atkinson([1, 4], 0.5) == pytest.approx(0.1, rel=CLOSE)
    assert atkinson([0, 4], 1.0) == 1.0
    assert atkinson([0, 4], 0.5) == pytest.approx(0.5, rel=CLOSE)


def test_split_by_hand() -> None:
    """Group a: 1 and 3, mean 2; group b: 4 and 4, mean 4; mean of all 3, shares 1/3 and 2/3.

    T: within 1/3 x T(1, 3), between 1/3 ln 2/3 + 2/3 ln 4/3. L: within 1/2 x L(1, 3), between (ln 3/2 + ln 3/4) / 2.
    """
    found = split_t([1, 4, 3, 4], ["a", "b", "a", "b"])
    assert found.groups.tolist() == ["a", "b"]
    assert found.part.tolist() == [0.5, 0.5]
    assert found.mean.tolist() == [2.0, 4.0]
    assert found.within == pytest.approx(theil_t([1, 3]) / 3, rel=CLOSE)
    assert found.between == pytest.approx(math.log(2 / 3) / 3 + 2 * math.log(4 / 3) / 3, rel=CLOSE)
    assert found.inside == pytest.approx([theil_t([1, 3]), 0.0], rel=CLOSE)
    other = split_l([1, 4, 3, 4], ["a", "b", "a", "b"])
    assert other.within == pytest.approx(theil_l([1, 3]) / 2, rel=CLOSE)
    assert other.between == pytest.approx((math.log(3 / 2) + math.log(3 / 4)) / 2, rel=CLOSE)


def test_split_where_a_group_has_nothing() -> None:
    """a has nothing at all: half of the people, ln 2 between, nothing within b; L is endless between them."""
    found = split_t([0, 0, 5, 5], ["a", "a", "b", "b"])
    assert (found.total, found.between) == pytest.approx((math.log(2), math.log(2)), rel=CLOSE)
    assert found.within == 0.0
    assert np.isnan(found.inside[0])
    other = split_l([0, 0, 5, 5], ["a", "a", "b", "b"])
    assert (other.total, other.within, other.between) == (math.inf, 0.0, math.inf)
    mixed = split_l([0, 5, 5, 5], ["a", "a", "b", "b"])
    assert (mixed.total, mixed.within) == (math.inf, math.inf)
    assert math.isfinite(mixed.between)


def test_shortfall_by_hand() -> None:
    """Standard 10; 2, 5, 10, 20 with 1, 2, 3, 4 people. Gaps 0.8 and 0.5 for 1 and 2 of 10; who has 10 is not short.

    P0 = 3/10, P1 = (0.8 + 2 x 0.5) / 10 = 0.18, P2 = (0.64 + 2 x 0.25) / 10 = 0.114.
    """
    found = short_of_access([2, 5, 10, 20], 10.0, [1, 2, 3, 4])
    assert (found.people, found.short, found.headcount) == (10.0, 3.0, 0.3)
    assert (found.depth, found.severity) == pytest.approx((0.18, 0.114), rel=CLOSE)


def test_shortfall_of_distance_by_hand() -> None:
    """Standard 500 m; 500, 750 and 1500 m with 5, 4, 1 people: gaps 0, 0.5 and 2. P0 0.5, P1 0.4, P2 (1 + 4) / 10 = 0.5.

    Endless for one more person, P1 and P2 have no end; at most 1500 m, he counts as the one there.
    """
    found = beyond_distance([500, 750, 1500], 500.0, [5, 4, 1])
    assert (found.headcount, found.depth, found.severity) == pytest.approx((0.5, 0.4, 0.5), rel=CLOSE)
    endless = beyond_distance([500, 750, math.inf], 500.0, [5, 4, 1])
    assert (endless.headcount, endless.depth, endless.severity) == (0.5, math.inf, math.inf)
    assert beyond_distance([500, 750, math.inf], 500.0, [5, 4, 1], most_m=1500.0) == found


def test_whoever_is_at_the_standard_is_not_short() -> None:
    past = np.nextafter(500.0, 501.0)
    assert beyond_distance([500.0, past], 500.0).short == 1.0
    assert short_of_access([500.0, np.nextafter(500.0, 499.0)], 500.0).short == 1.0


@given(weighted())
def test_gini_is_the_mean_difference(rows: tuple[list[int], list[int]]) -> None:
    assert gini(*rows) == pytest.approx(float(exact_gini(*rows)), rel=CLOSE, abs=1e-15)


@given(weighted())
def test_gini_is_the_area_and_within_its_range(rows: tuple[list[int], list[int]]) -> None:
    curve, index = lorenz(*rows), gini(*rows)
    under = np.sum(np.diff(curve.people) * (curve.share[1:] + curve.share[:-1])) / 2
    assert index == pytest.approx(1 - 2 * under, rel=CLOSE, abs=1e-13)
    assert 0.0 <= index <= 1 - 1 / sum(rows[1]) + 1e-15
    assert (np.diff(np.diff(curve.share) / np.diff(curve.people)) > -1e-12).all()
    assert (curve.share <= curve.people + 1e-15).all()


def measures(value: list[float], weight: list[float]) -> list[float]:
    return [
        gini(value, weight),
        palma(value, weight),
        theil_t(value, weight),
        theil_l(value, weight),
        atkinson(value, 0.5, weight),
        atkinson(value, 1.0, weight),
        atkinson(value, 2.0, weight),
    ]


@given(weighted(), st.sampled_from((1e-6, 0.3, 7.0, 1e6)), st.sampled_from((1e-3, 5.0, 1e5)))
def test_neither_scale_nor_the_number_of_people_counts(
    rows: tuple[list[int], list[int]], scale: float, times: float
) -> None:
    value, weight = rows
    changed = measures([v * scale for v in value], [w * times for w in weight])
    assert changed == pytest.approx(measures(value, weight), rel=1e-10, abs=1e-13)


@given(weighted(), st.randoms())
def test_rows_are_people_in_any_order(rows: tuple[list[int], list[int]], random) -> None:
    value, weight = rows
    each = [v for v, w in zip(value, weight, strict=True) for _ in range(w)]
    random.shuffle(each)
    assert measures(each, [1.0] * len(each)) == pytest.approx(measures(value, weight), rel=1e-10, abs=1e-13)


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=12), st.data())
def test_who_gives_to_the_poorer_makes_it_more_even(value: list[int], data: st.DataObject) -> None:
    """The transfer principle: a gift that does not turn the two around lowers Gini and Theil, and raises no other measure."""
    ordered = sorted(value)
    assume(ordered[-1] - ordered[0] >= 2)
    poor, rich = ordered[0], ordered[-1]
    gift = data.draw(st.integers(1, (rich - poor) // 2))
    after = [poor + gift, *ordered[1:-1], rich - gift]
    before, now = measures(ordered, [1.0] * len(value)), measures(after, [1.0] * len(value))
    assert all(b <= a + 1e-13 for a, b in zip(before, now, strict=True))
    assert now[0] < before[0]
    assert now[2] < before[2]
    assert now[3] < before[3]


@given(st.integers(1, 1000), st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_all_alike_is_no_inequality(value: int, weight: list[int]) -> None:
    found = measures([value / 7] * len(weight), weight)
    assert found[1] == pytest.approx(0.25, rel=1e-12)
    assert [*found[:1], *found[2:]] == pytest.approx([0.0] * 6, abs=1e-14)


@given(weighted(), st.data())
def test_splits_add_up(rows: tuple[list[int], list[int]], data: st.DataObject) -> None:
    value, weight = rows
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(value), max_size=len(value)))
    for split, whole in ((split_t, theil_t), (split_l, theil_l)):
        found: Split = split(value, groups, weight)
        assert found.total == whole(value, weight)
        assert found.within + found.between == pytest.approx(found.total, rel=CLOSE, abs=1e-14)
        assert found.part.sum() == pytest.approx(1.0, rel=CLOSE)
        one = split(value, ["all"] * len(value), weight)
        assert one.within == pytest.approx(found.total, rel=CLOSE, abs=1e-14)
        assert one.between == pytest.approx(0.0, abs=1e-14)


@given(weighted(), st.data())
def test_concentration_laws(rows: tuple[list[int], list[int]], data: st.DataObject) -> None:
    """By its own value it is Gini; by the reverse it is its negative; it is the area under its curve; never beyond Gini."""
    value, weight = rows
    rank = data.draw(st.lists(st.integers(0, 4), min_size=len(value), max_size=len(value)))
    assert concentration(value, value, weight) == pytest.approx(gini(value, weight), rel=CLOSE, abs=1e-14)
    found = concentration(value, rank, weight)
    assert concentration(value, [-r for r in rank], weight) == pytest.approx(-found, rel=CLOSE, abs=1e-13)
    curve = concentration_curve(value, rank, weight)
    under = np.sum(np.diff(curve.people) * (curve.share[1:] + curve.share[:-1])) / 2
    assert found == pytest.approx(1 - 2 * under, rel=CLOSE, abs=1e-13)
    assert abs(found) <= gini(value, weight) + 1e-13
    assert concentration(value, [0] * len(value), weight) == pytest.approx(0.0, abs=1e-14)


@given(weighted(), st.integers(1, 1000))
def test_shortfall_laws(rows: tuple[list[int], list[int]], line: int) -> None:
    """P0 >= P1 >= P2 for access; all people together have the mean of two parts."""
    value, weight = rows
    found = short_of_access(value, line, weight)
    assert 1.0 + CLOSE >= found.headcount >= found.depth - CLOSE
    assert found.depth >= found.severity - CLOSE
    parts = [short_of_access(value[cut], line, weight[cut]) for cut in (slice(0, 2), slice(2, None))]
    there = [part for part in parts if part]
    for name in ("headcount", "depth", "severity"):
        mean = sum(getattr(part, name) * part.people for part in there) / found.people
        assert getattr(found, name) == pytest.approx(mean, rel=CLOSE, abs=1e-14)


@given(st.lists(st.floats(0.0, 5000.0), min_size=1, max_size=12))
def test_distance_within_twice_the_standard_is_the_mirror_of_access(distance: list[float]) -> None:
    """Beyond z by x is as far as short of z by x, where x <= z."""
    kept = np.minimum(distance, 2000.0)
    ours, mirror = beyond_distance(kept, 1000.0), short_of_access(2000.0 - kept, 1000.0)
    assert ours.depth == pytest.approx(mirror.depth, rel=1e-10, abs=1e-12)


def test_nobody_or_nothing_is_none() -> None:
    for value, weight in (([], []), ([5.0], [0.0]), ([0.0, 0.0], [1.0, 2.0])):
        assert lorenz(value, weight) is None
        assert concentration_curve(value, value, weight) is None
        assert concentration(value, value, weight) is None
        assert split_t(value, ["a"] * len(value), weight) is None
        assert measures(value, weight) == [None] * 7
    assert short_of_access([], 1.0) is None
    assert beyond_distance([math.inf], 1.0, [0.0]) is None
    assert short_of_access([0.0], 1.0).headcount == 1.0


def test_rows_without_people_may_hold_anything() -> None:
    assert gini([1.0, 3.0, NAN, math.inf], [1, 1, 0, 0]) == 0.25
    assert concentration([1.0, 3.0, 5.0], [1.0, 2.0, NAN], [1, 1, 0]) == 0.25


@pytest.mark.parametrize(
    ("value", "weight", "message"),
    [
        ([1.0, -1.0], None, r"Row 1 \(from 0\) has -1.0 as value"),
        ([1.0, NAN], None, r"Row 1 \(from 0\) has nan as value"),
        ([1.0, 1e200], None, r"Row 1 \(from 0\) has 1e.200 as value"),
        ([math.inf, 1.0], None, r"Row 0 \(from 0\) is endlessly far"),
        ([1.0, 2.0], [1.0, -1.0], r"Row 1 \(from 0\) has -1.0 as weight"),
        ([1.0, 2.0], [1.0, math.inf], r"Row 1 \(from 0\) has inf as weight"),
        ([1.0, 2.0], [1.0], "There are 2 values, but 1 of weight"),
    ],
)
def test_bad_numbers_are_refused(value: list[float], weight: list[float] | None, message: str) -> None:
    for measure in (gini, lorenz, palma, theil_t, theil_l):
        with pytest.raises(InvalidValue, match=message):
            measure(value, weight)


def test_bad_questions_are_refused() -> None:
    with pytest.raises(InvalidValue, match=r"Row 1 \(from 0\) has no rank"):
        concentration([1.0, 2.0], [1.0, NAN])
    with pytest.raises(InvalidValue, match="but 1 of rank"):
        concentration([1.0, 2.0], [1.0])
    with pytest.raises(InvalidValue, match="but 1 of group"):
        split_t([1.0, 2.0], ["a"])
    with pytest.raises(InvalidValue, match="Aversion"):
        atkinson([1.0], 0.0)
    with pytest.raises(InvalidValue, match="endlessly far"):
        short_of_access([math.inf], 1.0)
    for bad in (0.0, -1.0, NAN, math.inf):
        with pytest.raises(InvalidValue, match="A standard must be"):
            short_of_access([1.0], bad)
    with pytest.raises(InvalidValue, match="cannot end at 400"):
        beyond_distance([1.0], 500.0, most_m=400.0)
