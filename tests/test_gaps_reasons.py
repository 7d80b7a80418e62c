"""Why each place is not served, and in which hours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue
from stationmap.planning.gaps.reasons import Reason, by_reason, of_rows, reasons
from stationmap.planning.gaps.weekly import WeekReasons, gap_hours, hours_in_words, week_reasons
from stationmap.planning.standing import Why
from tests import gaps_town as town

WORKING = np.tile((np.arange(24) >= 8) & (np.arange(24) < 18), 7)


def test_reasons_of_the_town() -> None:
    found = reasons(town.pairs(), town.STANDS.why)
    people = town.demand().weight("people")
    assert by_reason(found, people) == {
        Reason.SERVED: 35,
        Reason.UNKNOWN: 37,
        Reason.CLOSED: 73,
        Reason.OTHER_KIND: 63,
        Reason.NO_STATION: 117,
    }
    assert people[found == Reason.UNKNOWN].tolist() == [4, 9, 10, 14]
    assert people[found == Reason.CLOSED].tolist() == [16, 17, 18, 22]  # 18 is near a closed one and another kind


def test_what_lacks_the_service_stands_between_closed_and_other_kinds() -> None:
    pairs = town.pairs()
    why = np.array([Why.OTHER_KIND, Why.LACKS, Why.CLOSED, Why.LACKS], np.int8)
    found = reasons(pairs, why)
    assert found[[1, 7, 11, 17, 13]].tolist() == [  # A; A and B; A and C; C and D; B and D
        Reason.OTHER_KIND,
        Reason.LACKS,
        Reason.CLOSED,
        Reason.CLOSED,
        Reason.LACKS,
    ]


def test_nobody_and_nothing() -> None:
    pairs = town.pairs(0.0).within(0.0)
    assert reasons(of_rows(pairs, np.array([], np.int64)), town.STANDS.why).shape == (0,)
    assert (reasons(pairs, town.STANDS.why) == Reason.NO_STATION).sum() == 21  # a station's own cell lies at 0 m


def test_standings_of_another_register_are_refused() -> None:
    with pytest.raises(InvalidValue, match="3 stations, but the pairs are of 4"):
        reasons(town.pairs(), town.STANDS.why[:3])


@given(st.lists(st.integers(0, 4), min_size=4, max_size=4), st.floats(0, 1500))
def test_the_reason_is_the_lowest_of_the_row(why: list[int], reach_m: float) -> None:
    pairs = town.pairs(reach_m)
    found = reasons(pairs, np.array(why, np.int8))
    for row in range(25):
        near = pairs.station[pairs.start[row] : pairs.start[row + 1]]
        assert found[row] == min((why[each] for each in near), default=Reason.NO_STATION)


@given(st.lists(st.integers(0, 24), unique=True))
def test_rows_taken_alone_keep_their_reasons(rows: list[int]) -> None:
    pairs, at = town.pairs(), np.array(rows, np.int64)
    assert np.array_equal(reasons(of_rows(pairs, at), town.STANDS.why), reasons(pairs, town.STANDS.why)[at])


def test_hours_of_a_gap_and_why() -> None:
    why = np.full((4, 168), Why.OTHER_KIND, np.int8)
    why[0] = np.where(WORKING, Why.SERVES, Why.CLOSED)  # A: daily 8-18
    why[1, :24] = Why.UNKNOWN  # B: of Mondays it is not known
    week = week_reasons(town.pairs(), why)
    assert week.at(12)[[1, 3, 0]].tolist() == [Reason.SERVED, Reason.UNKNOWN, Reason.NO_STATION]
    rows = np.array([7, 1])  # c08 by A and B, c02 by A alone
    here = WeekReasons(week.pattern, week.reason[:, rows])
    hours = gap_hours(here, np.array([0, 2]), np.array([8.0, 2.0]), np.ones(168))[0]
    assert hours.people[WORKING].sum() == 0
    assert set(hours.people[~WORKING]) == {10.0}
    assert [hours.surely[each] for each in (3, 12, 27)] == [2.0, 0.0, 10.0]
    assert hours.reason[3] == Reason.UNKNOWN  # Monday night: 8 people may have B, 2 stand before a closed door
    assert hours.reason[27] == Reason.CLOSED
    assert [str(each) for each in hours.words()] == [
        "Tuesday to Sunday 00:00-08:00, 18:00-24:00: the stations within reach are closed then",
        "Monday 00:00-08:00, 18:00-24:00: hours or a service of the stations within reach are not known",
    ]
    assert tell(hours.words()[0], "zh") == "周二至周日 00:00-08:00、18:00-24:00：半径内的站点这时不开放"


def test_those_who_are_not_there_are_not_unserved() -> None:
    why = np.full((4, 168), Why.CLOSED, np.int8)
    presence = np.zeros(168)
    presence[5] = 0.5
    week = week_reasons(town.pairs(), why)
    here = WeekReasons(week.pattern, week.reason[:, [6]])
    hours = gap_hours(here, np.array([0, 1]), np.array([7.0]), presence)[0]
    assert hours.people.nonzero()[0].tolist() == [5]
    assert hours.people[5] == 3.5
    assert (hours.reason != Reason.SERVED).nonzero()[0].tolist() == [5]


def test_a_week_has_168_hours() -> None:
    with pytest.raises(InvalidValue, match=r"\(4, 24\)"):
        week_reasons(town.pairs(), np.zeros((4, 24), np.int8))


def test_hours_in_words() -> None:
    def told(*hours: int) -> list[str]:
        flags = np.zeros(168, bool)
        flags[list(hours)] = True
        return [str(each) for each in hours_in_words(flags)]

    assert told() == []
    assert told(*range(168)) == ["at every hour"]
    assert told(*(24 * day + 12 for day in range(7))) == ["every day 12:00-13:00"]
    assert told(*(24 * day + 18 for day in range(5)), 23, 24) == [
        "Monday 18:00-19:00, 23:00-24:00",
        "Tuesday 00:00-01:00, 18:00-19:00",
        "Wednesday to Friday 18:00-19:00",
    ]


@given(st.sets(st.integers(0, 167)))
def test_every_hour_is_told_once(hours: set[int]) -> None:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    flags = np.zeros(168, bool)
    flags[list(hours)] = True
    found: list[int] = []
    for text in map(str, hours_in_words(flags)):
        if text == "at every hour":
            found += range(168)
            continue
        head, *spans = text.replace("every day", "Monday to Sunday").replace(" to ", "-").replace(", ", " ").split(" ")
        ends = [days.index(name) for name in head.split("-")]
        for span in spans:
            start, end = (int(part[:2]) for part in span.split("-"))
            found += [24 * day + hour for day in range(ends[0], ends[-1] + 1) for hour in range(start, end)]
    assert sorted(found) == sorted(hours)
