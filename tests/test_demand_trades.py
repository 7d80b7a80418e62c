"""Hours of trades: parts of an hour by hand, nights over the end of the week, what is no profile."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.planning.demand.demand import WEEK_HOURS, Demand
from stationmap.planning.demand.trades import TRADES, default_hours, presence, trade_of, with_hours


def town(**weights: float) -> Demand:
    values = {name: np.array([value]) for name, value in weights.items()}
    return Demand(
        np.array(["a"], dtype=object), np.array([113.6]), np.array([34.7]), values, np.array([""], dtype=object)
    )


def hours_of(profile: np.ndarray) -> dict[int, float]:
    return {int(hour): float(profile[hour]) for hour in np.flatnonzero(profile)}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mo 11:00-13:00", {11: 1.0, 12: 1.0}),
        ("Mo 11:30-13:15", {11: 0.5, 12: 1.0, 13: 0.25}),
        ("Tu 00:00-00:20,00:30-01:00", {24: pytest.approx(50 / 60)}),
        ("Mo 23:30-00:30", {23: 0.5, 24: 0.5}),
        ("Su 22:00-02:00", {166: 1.0, 167: 1.0, 0: 1.0, 1: 1.0}),  # the night of Sunday goes on into Monday
        ("Sa-Su 08:00-09:00", {128: 1.0, 152: 1.0}),
        ("Mo 08:00-12:00; Mo 10:00-11:00 off", {8: 1.0, 9: 1.0, 11: 1.0}),
    ],
)
def test_parts_of_hours_by_hand(text: str, parts: dict[int, float]) -> None:
    assert hours_of(presence(text)) == parts


def test_couriers_and_sanitation_as_the_plan_has_them() -> None:
    couriers, sanitation = (presence(TRADES[code].hours).reshape(7, 24) for code in ("couriers", "sanitation"))
    for day in range(7):
        assert np.flatnonzero(couriers[day]).tolist() == [11, 12, 17, 18, 19]
        assert np.flatnonzero(sanitation[day]).tolist() == [4, 5, 6]


@pytest.mark.parametrize("trade", list(TRADES.values()), ids=lambda trade: trade.code)
def test_every_trade_has_a_profile_and_is_known_by_its_names(trade: object) -> None:
    profile = presence(trade.hours)
    assert profile.shape == (WEEK_HOURS,)
    assert 0 < profile.sum() < WEEK_HOURS
    for word in (trade.code, trade.zh, trade.en, *trade.aliases):
        assert trade_of(word) is trade


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("PH 10:00-12:00", "depend on dates or holidays"),
        ("Jan-Mar 10:00-12:00", "depend on dates"),
        ("Su[1] 10:00-12:00", "depend on dates"),
        ("2026 Mo 10:00-12:00", "depend on dates"),
        ("Mo 10:00-12:00 unknown", "leave open"),
        ("11点到13点", "11点到13点"),
        ("", "no hours"),
    ],
)
def test_what_is_no_profile_is_refused_with_its_text(text: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        presence(text)


def test_hours_are_attached_and_taken_off_again() -> None:
    demand = town(couriers=5.0, people=100.0)
    day = with_hours(demand, {"couriers": "Mo-Su 11:00-13:00"})
    assert day.presence("couriers").sum() == 14.0
    assert day.presence("people").sum() == WEEK_HOURS
    assert not demand.hourly
    assert day.weights is demand.weights
    assert with_hours(day, {"people": "Mo 08:00-09:00"}).presence("couriers").sum() == 14.0
    assert not with_hours(day, {"couriers": ""}).hourly
    with pytest.raises(InvalidValue, match="no weight 'riders'"):
        with_hours(demand, {"riders": "Mo 08:00-09:00"})
    assert default_hours(town(环卫工=1.0, people=2.0)) == {"环卫工": TRADES["sanitation"].hours}


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)), min_size=1, max_size=6, unique=True
    )
)
@settings(deadline=None)
def test_a_profile_is_the_minutes_covered(spans: list[tuple[int, int, int]]) -> None:
    days = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    covered = np.zeros(WEEK_HOURS * 60, dtype=bool)
    rules = []
    for day, start, length in spans:
        end = start + length
        covered[(day * 1440 + np.arange(start, end)) % len(covered)] = True
        clock = end if end <= 1440 else end - 1440
        rules.append(f"{days[day]} {start // 60:02}:{start % 60:02}-{clock // 60:02}:{clock % 60:02}")
    parts = presence(", ".join(rules))
    assert np.allclose(parts, covered.reshape(WEEK_HOURS, 60).mean(axis=1), atol=1e-12)
