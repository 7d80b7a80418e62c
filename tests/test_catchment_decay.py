"""How the pull of a station fades: known values, closed bounds, and what no decay may do."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.errors import InvalidValue
from stationmap.planning.catchment.decay import (
    LUO_QI,
    LUO_QI_SHARP,
    Bell,
    Decay,
    Epanechnikov,
    Exponential,
    Gaussian,
    InversePower,
    Zones,
)

EVERY: list[Decay] = [
    Zones((300.0, 600.0, 900.0)),
    Zones((300.0, 600.0, 900.0), LUO_QI_SHARP),
    Gaussian(900.0),
    Bell(400.0, reach=900.0),
    Exponential(300.0, reach=900.0),
    InversePower(1.5, nearest=50.0, reach=900.0),
    Epanechnikov(900.0),
]


def test_zones_are_closed_at_the_far_end() -> None:
    zones = Zones((10.0, 20.0, 30.0), LUO_QI, unit="min")
    ways = np.array([0.0, 10.0, np.nextafter(10.0, 11), 20.0, 30.0, np.nextafter(30.0, 31), np.inf])
    assert zones(ways).tolist() == [1.0, 1.0, 0.68, 0.68, 0.22, 0.0, 0.0]


def test_zones_may_be_many() -> None:
    """A thousand zones of a metre: each way has the weight of its own."""
    zones = Zones(tuple(np.arange(1.0, 1001.0)), tuple(np.arange(1000.0, 0.0, -1.0)))
    assert zones(np.arange(1.0, 1002.0)).tolist() == [*range(1000, 0, -1), 0]


def test_gaussian_by_hand() -> None:
    """At half the reach: (exp(-1/8) - exp(-1/2)) / (1 - exp(-1/2)) = (0.882497 - 0.606531) / 0.393469 = 0.701364."""
    found = Gaussian(1000.0)(np.array([0.0, 500.0, 1000.0, 2000.0, np.inf]))
    assert found[[0, 2, 3, 4]].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert found[1] == pytest.approx((0.8824969026 - 0.6065306597) / 0.3934693403, rel=1e-9)


def test_the_others_by_hand() -> None:
    """e^(-1/2) at one width, e^-2 at two scales, (200/100)^-2 = 1/4, 1 - (1/2)^2 = 3/4."""
    assert Bell(200.0)(np.array([0.0, 200.0, np.inf])).tolist() == [1.0, math.exp(-0.5), 0.0]
    assert Exponential(100.0)(np.array([0.0, 200.0, np.inf])).tolist() == [1.0, math.exp(-2.0), 0.0]
    assert InversePower(2.0, nearest=100.0)(np.array([0.0, 99.0, 200.0, np.inf])).tolist() == [1.0, 1.0, 0.25, 0.0]
    assert Epanechnikov(200.0)(np.array([0.0, 100.0, 200.0, 201.0, np.inf])).tolist() == [1.0, 0.75, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("decay", EVERY[3:6], ids=lambda decay: type(decay).__name__)
def test_a_reach_is_closed(decay: Decay) -> None:
    at, past = decay(np.array([900.0, np.nextafter(900.0, 901.0)]))
    assert at > 0.0
    assert past == 0.0


@pytest.mark.parametrize("decay", EVERY, ids=lambda decay: type(decay).__name__)
@given(ways=st.lists(st.floats(0.0, allow_infinity=True), min_size=2, max_size=20))
def test_no_decay_rises_or_leaves_0_to_1(decay: Decay, ways: list[float]) -> None:
    weight = decay(np.sort(np.array(ways)))
    assert ((weight >= 0.0) & (weight <= 1.0)).all()
    assert (np.diff(weight) <= 0.0).all()
    assert decay(np.array([0.0]))[0] == 1.0


@pytest.mark.parametrize("decay", EVERY, ids=lambda decay: type(decay).__name__)
@pytest.mark.parametrize("way", [-1.0, math.nan])
def test_a_way_that_is_none_is_refused(decay: Decay, way: float) -> None:
    with pytest.raises(InvalidValue, match="0 or more"):
        decay(np.array([100.0, way]))


@pytest.mark.parametrize(
    ("bounds", "weights"),
    [
        ((), ()),
        ((100.0,), (1.0, 0.5)),
        ((200.0, 100.0), (1.0, 0.5)),
        ((0.0, 100.0), (1.0, 0.5)),
        ((100.0, 200.0), (0.5, 1.0)),
        ((100.0, 200.0), (1.0, -0.5)),
        ((100.0, math.inf), (1.0, 0.5)),
        ((100.0, 200.0), (math.nan, 0.5)),
    ],
)
def test_zones_that_are_none_are_refused(bounds: tuple[float, ...], weights: tuple[float, ...]) -> None:
    with pytest.raises(InvalidValue, match="bounds rising"):
        Zones(bounds, weights)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_parameters_are_over_nothing(bad: float) -> None:
    for make in (Gaussian, Epanechnikov, Bell, Exponential, lambda value: InversePower(value, 1.0)):
        with pytest.raises(InvalidValue, match="over 0"):
            make(bad)
    with pytest.raises(InvalidValue, match="over 0"):
        InversePower(1.0, nearest=bad)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan])
def test_a_reach_is_over_nothing(bad: float) -> None:
    with pytest.raises(InvalidValue, match="over 0"):
        Bell(100.0, reach=bad)
