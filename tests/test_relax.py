"""Which need to do without: known answers of a small street, and the law that asking again says the same."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.finder.relax import MOST_COUNTED, MOST_NEEDS, NEAR_MIN, Relaxed, nothing_near, relaxed, without
from stationmap.finder.search import Query, find
from stationmap.finder.snapshot import Snapshot
from stationmap.hours.calendar import china
from stationmap.schema.vocabulary import SERVICES
from tests.finder_tables import tables

LON, LAT = 113.6, 34.7
NOON = datetime(2026, 10, 9, 4, 0, tzinfo=UTC)
STEP = 0.0009  # 99.9 m


def street(*had: str, hours: str = "24/7") -> Snapshot:
    """Return stations each 100 m farther north, with the services named."""
    rows = [{"lon": LON, "lat": LAT + (i + 1) * STEP, "hours_osm": hours} for i in range(len(had))]
    services = [{"station": i, "service": name} for i, names in enumerate(had) for name in names.split()]
    return Snapshot.build(tables(rows, services), china())


def ask(*needs: str, **more: object) -> Query:
    return Query(LON, LAT, at=NOON, needs=frozenset(needs), **more)  # type: ignore[arg-type]


def test_each_need_that_stands_in_the_way_is_told_the_nearest_help_first() -> None:
    snapshot = street("toilet", "hot_water toilet", "hot_water shower", "hot_water shower")
    assert find(snapshot, ask("hot_water", "toilet", "shower")).found == ()
    told = relaxed(snapshot, ask("hot_water", "toilet", "shower"))
    assert [(each.need, each.count) for each in told] == [("shower", 1), ("toilet", 2)]
    assert [round(each.minutes, 1) for each in told] == [3.5, 5.2]


def test_the_member_of_an_answer_is_empty_where_something_near_was_found() -> None:
    snapshot = street("toilet", "shower")
    query = ask("toilet", "shower")
    found = find(snapshot, query).found
    assert without(snapshot, query, found) == [
        {"need": "shower", "count": 1, "minutes": 1.7},
        {"need": "toilet", "count": 1, "minutes": 3.5},
    ]
    assert without(snapshot, query, find(snapshot, ask("toilet")).found) == []


def test_nothing_is_told_where_no_single_need_stands_in_the_way() -> None:
    snapshot = street("toilet", "shower", "hot_water")
    assert relaxed(snapshot, ask("hot_water", "toilet", "shower")) == []
    assert relaxed(snapshot, ask()) == []


def test_what_is_closed_or_only_may_do_is_no_help() -> None:
    assert relaxed(street("toilet", hours="18:00-20:00"), ask("toilet", "shower")) == []
    assert relaxed(street("toilet", hours=""), ask("toilet", "shower")) == []
    assert relaxed(street("toilet", hours="18:00-20:00"), ask("toilet", "shower", any_state=True)) != []


def test_an_hour_is_the_limit_by_either_way_of_travelling() -> None:
    rows = [{"lon": LON, "lat": LAT + 0.045, "hours_osm": "24/7"}]  # 5 km: 87 minutes on foot, 26 by e-bike
    snapshot = Snapshot.build(tables(rows, [{"station": 0, "service": "toilet"}]), china())
    assert relaxed(snapshot, ask("toilet", "shower")) == []
    (way,) = relaxed(snapshot, ask("toilet", "shower", mode="ride"))
    assert (way.need, way.count) == ("shower", 1)
    assert way.minutes == pytest.approx(26, abs=0.5)
    assert nothing_near(find(snapshot, ask("toilet")).found)
    assert not nothing_near(find(snapshot, ask("toilet", mode="ride")).found)


def test_counts_and_needs_are_bounded() -> None:
    snapshot = street(*["toilet"] * (MOST_COUNTED + 5))
    (way,) = relaxed(snapshot, ask("toilet", "shower"))
    assert way.count == MOST_COUNTED
    assert relaxed(snapshot, ask(*list(SERVICES)[: MOST_NEEDS + 1])) == []


CODES = ("toilet", "shower", "hot_water")


@given(
    st.lists(st.sets(st.sampled_from(CODES)).map(" ".join), max_size=8),
    st.sets(st.sampled_from(CODES), min_size=1),
    st.sampled_from(["walk", "ride"]),
)
def test_asking_again_without_the_need_says_the_same(had: list[str], needs: set[str], mode: str) -> None:
    snapshot = street(*had)
    query = ask(*needs, mode=mode)
    expected = []
    for need in needs:
        again = find(snapshot, replace(query, needs=query.needs - {need}, k=50)).found
        near = [each for each in again if each.minutes <= NEAR_MIN]
        if near:
            expected.append(Relaxed(need, min(len(near), MOST_COUNTED), near[0].minutes))
    assert relaxed(snapshot, query) == sorted(expected, key=lambda way: (way.minutes, way.need))
