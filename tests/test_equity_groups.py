"""Equity by area and by group: a table worked by hand, totals that agree, and the levels of areas."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.planning.demand.demand import Demand
from stationmap.planning.equity.groups import Asked, areas_at, by_area, by_group, by_label, differences

CLOSE = 1e-12
CODES = ["410102", "410102", "410105", "429005", "310101", ""]


def town(codes: list[str] = CODES) -> Demand:
    count = len(codes)
    return Demand(
        ids=np.array([f"p{number}" for number in range(count)], dtype=object),
        lon=np.full(count, 113.6),
        lat=np.full(count, 34.7),
        weights={
            "couriers": np.array([4.0, 0.0, 6.0, 5.0, 5.0, 0.0]),
            "sanitation": np.array([2.0, 2.0, 0.0, 3.0, 1.0, 2.0]),
        },
        adcode=np.array(codes, dtype=object),
    )


ACCESS = np.array([1.0, 3.0, 0.0, 2.0, 2.0, 4.0])


def test_areas_by_hand() -> None:
    """Couriers by city: Zhengzhou has 4 with 1 and 6 with 0, mean 0.4, Gini 0.6 (the best-off 4 of 10 have all).

    Under a standard of 2 Zhengzhou's gaps are 0.5 for 4 and 1 for 6: P0 1, P1 (2 + 6) / 10 = 0.8. Nobody else is short.
    """
    found = by_area(town(), ACCESS, "city", weight="couriers", asked=Asked(standard=2.0))
    assert [row.label for row in found.rows] == ["", "310000", "410100", "420000"]
    city = found.rows[2]
    assert (city.people, city.unserved, city.mean) == (10.0, 6.0, 0.4)
    assert city.gini == pytest.approx(0.6, rel=CLOSE)
    assert (city.palma, city.theil_l) == (math.inf, math.inf)
    assert city.theil_t == pytest.approx(math.log(2.5), rel=CLOSE)
    assert (city.short.headcount, city.short.depth) == (1.0, pytest.approx(0.8, rel=CLOSE))
    assert (found.whole.people, found.whole.unserved, found.whole.short.short) == (20.0, 6.0, 10.0)
    assert found.whole.mean == pytest.approx(24 / 20, rel=CLOSE)
    nowhere = found.rows[0]
    assert (nowhere.people, nowhere.mean, nowhere.gini, nowhere.short) == (0.0, None, None, None)


def test_rows_in_the_planners_own_order() -> None:
    found = by_area(town(), ACCESS, "district", weight="couriers", order=["429005", "990000", "410105", "429005"])
    assert [row.label for row in found.rows] == ["429005", "990000", "410105", "", "310101", "410102"]
    assert found.rows[1].people == 0.0


def test_groups_by_hand() -> None:
    """Couriers: 4 + 0 + 10 + 10 = 24 of 20, mean 1.2. Sanitation: 2 + 6 + 6 + 2 + 8 = 24 of 10, mean 2.4."""
    found = by_group(town(), ACCESS, asked=Asked(standard=2.0))
    assert [(row.label, row.people) for row in found.rows] == [("couriers", 20.0), ("sanitation", 10.0)]
    assert [row.mean for row in found.rows] == pytest.approx([1.2, 2.4], rel=CLOSE)
    assert found.whole.people == 30.0
    (gap,) = differences(found)
    assert (gap.first, gap.second) == ("couriers", "sanitation")
    assert (gap.mean, gap.ratio) == pytest.approx((-1.2, 0.5), rel=CLOSE)
    assert gap.headcount == pytest.approx(10 / 20 - 2 / 10, rel=CLOSE)
    assert gap.gini == pytest.approx(found.rows[0].gini - found.rows[1].gini, rel=CLOSE)
    assert found.theil.groups.tolist() == ["couriers", "sanitation"]


def test_each_group_may_have_access_of_its_own() -> None:
    found = by_group(town(), {"couriers": ACCESS, "sanitation": ACCESS * 0}, groups=["sanitation", "couriers"])
    assert [(row.label, row.mean, row.gini is None) for row in found.rows] == [
        ("sanitation", 0.0, True),
        ("couriers", pytest.approx(1.2), False),
    ]
    (gap,) = differences(found)
    assert (gap.ratio, gap.gini, gap.headcount) == (0.0, None, None)


def test_distances_tell_the_unserved_apart() -> None:
    """400 m for 1, 800 m for 3, endless for 4: mean of the served 700, their Gini 1/4 - 400 / 2800 = 3/28.

    Beyond 400 m: 7 of 8, gap 1 for 3; at most 1200 m: gap 2 for 4, P1 (3 + 8) / 8.
    """
    asked = Asked("distance", standard=400.0, most_m=1200.0)
    found = by_label([400.0, 800.0, math.inf], [1.0, 3.0, 4.0], ["a", "a", "b"], asked=asked)
    assert (found.whole.people, found.whole.unserved, found.whole.mean) == (8.0, 4.0, 700.0)
    assert found.whole.gini == pytest.approx(3 / 28, rel=CLOSE)
    assert (found.whole.short.headcount, found.whole.short.depth) == (7 / 8, 11 / 8)
    far = found.rows[1]
    assert (far.label, far.unserved, far.mean, far.gini, far.short.depth) == ("b", 4.0, None, None, 2.0)
    assert found.theil.groups.tolist() == ["a"]


def test_labels_that_are_none_are_one_group() -> None:
    found = by_label([1.0, 2.0, 3.0, 4.0], np.ones(4), ["a", None, float("nan"), ""], asked=Asked())
    assert [(row.label, row.people) for row in found.rows] == [("", 3.0), ("a", 1.0)]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("abcd")), min_size=1, max_size=20),
    st.integers(1, 9),
)
def test_rows_and_whole_agree(rows: list[tuple[int, int, str]], standard: int) -> None:
    value, weight, label = zip(*rows, strict=True)
    found = by_label(value, weight, label, asked=Asked(standard=float(standard)))
    assert sum(row.people for row in found.rows) == found.whole.people == sum(weight)
    assert sum(row.unserved for row in found.rows) == found.whole.unserved
    if found.whole.people:
        total = sum(row.mean * row.people for row in found.rows if row.people)
        assert total / found.whole.people == pytest.approx(found.whole.mean, rel=CLOSE)
        there = [(row.people, row.short) for row in found.rows if row.short]
        assert sum(short.short for _, short in there) == found.whole.short.short
        for name in ("headcount", "depth", "severity"):
            mean = sum(count * getattr(short, name) for count, short in there) / found.whole.people
            assert mean == pytest.approx(getattr(found.whole.short, name), rel=CLOSE, abs=1e-14)
    if found.theil:
        assert found.theil.within + found.theil.between == pytest.approx(found.whole.theil_t, rel=CLOSE, abs=1e-14)


@pytest.mark.parametrize(
    ("level", "codes"),
    [
        ("country", ["100000", "100000", "100000", "100000", "", "西关"]),
        ("province", ["410000", "420000", "310000", "410000", "", "西关"]),
        ("city", ["410100", "420000", "310000", "410000", "", "西关"]),
        ("district", ["410105", "429005", "310101", "410000", "", "西关"]),
        ("street", ["410105001", "429005", "310101", "410000", "", "西关"]),
    ],
)
def test_every_level_holds_all(level: str, codes: list[str]) -> None:
    given_codes = np.array(["410105001", "429005", "310101", "410000", "", "西关"], dtype=object)
    assert areas_at(given_codes, level).tolist() == codes
    assert areas_at(given_codes[:0], level).tolist() == []


def test_what_is_no_question_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no level 'county'"):
        by_area(town(), ACCESS, "county", weight="couriers")
    with pytest.raises(InvalidValue, match="no weight 'riders'"):
        by_area(town(), ACCESS, "city", weight="riders")
    with pytest.raises(InvalidValue, match="Group sanitation has no values"):
        by_group(town(), {"couriers": ACCESS})
    with pytest.raises(InvalidValue, match="endlessly far"):
        by_label([math.inf], [1.0], ["a"], asked=Asked())
    with pytest.raises(InvalidValue, match="There are 5 values, but 6 of weight"):
        by_area(town(), ACCESS[:5], "city", weight="couriers")
