"""An assessment: every view of one question agrees with the others, on the town by hand and on any town."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.hours.calendar import china
from stationmap.planning.assessment import Asked, assess
from stationmap.planning.gaps.reasons import Reason
from stationmap.planning.moments import DayHour, WeekHour
from stationmap.planning.pairs import by_air
from stationmap.planning.question import Question
from tests.planning_town import town_areas, town_demand, town_supply

DEMAND, SUPPLY, AREAS = town_demand(), town_supply(), town_areas()
PAIRS = by_air(DEMAND.lon, DEMAND.lat, SUPPLY.lon, SUPPLY.lat, 1000.0)


def assessed(weight="people", reaches_m=(310.0, 610.0), **asked):
    question = Question.asked(**asked)
    return assess(DEMAND, SUPPLY, PAIRS, Asked(question, weight, tuple(reaches_m)), calendar=china(), areas=AREAS)


def test_the_town_by_hand_at_noon_on_a_wednesday_with_a_microwave():
    """A serves (daily, microwave); C is shut 12-13; B has no microwave; D may (its microwave is not known).

    Within 310 m of A lie c11 and its four neighbours: people 7 + 6 + 8 + 2 + 12 = 35. D adds c33 and its four
    neighbours, 19 + 18 + 20 + 14 + 24 = 95, as possible.
    """
    found = assessed(needs=["microwave"], time=WeekHour(2 * 24 + 12))
    total = found.coverage.totals[0]
    assert (total.lower, total.upper, total.demand) == (35.0, 130.0, 325.0)
    assert found.gaps.totals["people"] == (325.0 - 130.0, 325.0 - 35.0)
    assert found.reasons[[6, 18, 16, 8, 4]].tolist() == [
        Reason.SERVED,
        Reason.UNKNOWN,
        Reason.CLOSED,
        Reason.LACKS,
        Reason.NO_STATION,
    ]
    steps = {name: (step.lower, step.upper) for name, step in found.ladder.items()}
    cover_b, cover_c = 9 + 8 + 10 + 4 + 14, 17 + 16 + 18 + 12 + 22
    everyone = 35 + cover_b + cover_c + 95 - 8 - 14 - 12 - 18  # c12, c23, c21 and c32 are near two stations
    assert steps["exists"] == (everyone, everyone)
    assert steps["effective"] == (35.0, 130.0)
    assert steps["open"][0] == 35 + 95
    assert found.gini is not None
    assert found.access.sum() > 0


def test_those_count_who_are_there():
    at_night, at_noon = assessed("workers", time=WeekHour(3)), assessed("workers", time=WeekHour(12))
    assert (at_night.coverage.totals[0].demand, at_noon.coverage.totals[0].demand) == (0.0, 50.0)
    assert at_night.coverage.totals[0].share is None
    assert len(at_night.gaps) == 0
    assert at_night.gini is None
    assert assessed("workers").coverage.totals[0].demand == 50.0
    holiday = assessed("workers", time=DayHour(date(2026, 10, 3), 12))
    assert holiday.coverage.totals[0].demand == 50.0


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["people", "workers"]),
    st.one_of(
        st.none(),
        st.integers(0, 167).map(WeekHour),
        st.builds(DayHour, st.dates(date(2026, 1, 1), date(2026, 12, 30)), st.integers(0, 23)),
    ),
    st.sets(st.sampled_from(["microwave", "hot_water"])),
    st.sets(st.sampled_from(["rest_station", "book_corner"])),
    st.lists(st.floats(0, 1000), min_size=1, max_size=3),
)
def test_all_views_agree(weight, time, needs, kinds, reaches_m):
    found = assessed(weight, reaches_m, needs=needs, kinds=kinds, time=time)
    total = found.coverage.totals[0]
    lower, upper = total.lower, total.upper
    assert lower <= upper <= total.demand
    effective = found.ladder["effective"]
    assert (effective.lower, effective.upper) == (lower, upper)
    uncovered = found.gaps.totals[weight]
    assert (total.demand - upper, total.demand - lower) == pytest.approx(tuple(uncovered), abs=1e-9)
    assert found.present[found.reasons == Reason.SERVED].sum() == pytest.approx(lower)
    assert sum(patch.weights[weight].upper for patch in found.gaps.patches) == pytest.approx(total.demand - lower)
    table = found.coverage.by_area
    top = [row for row, above in enumerate(table.above) if not above]
    assert sum(table.lower[row, 0] for row in top) + table.elsewhere[0].lower == pytest.approx(lower)
    assert float(found.curves.lower.within(reaches_m[0])) == pytest.approx(lower)
    assert float(found.curves.upper.within(reaches_m[0])) == pytest.approx(upper)
    if isinstance(time, WeekHour):
        hour = found.week.total(time.hour)
        assert (hour.lower, hour.upper, hour.demand) == pytest.approx((lower, upper, total.demand))
    assert found.present @ found.access == pytest.approx(_used_stations(found, reaches_m[0]))


def _used_stations(found, reach_m):
    """Each serving station with somebody in reach is shared out whole."""
    near = PAIRS.within(reach_m)
    people = np.bincount(near.station, found.present[near.rows()], len(SUPPLY))
    return (found.standing.serves & (people > 0)).sum()


def test_a_reach_longer_than_the_pairs_is_refused_and_none_at_all_too():
    with pytest.raises(InvalidValue, match="1000 m; 2000 m"):
        assessed(reaches_m=(2000.0,))
    with pytest.raises(InvalidValue, match="No reach"):
        assessed(reaches_m=())
