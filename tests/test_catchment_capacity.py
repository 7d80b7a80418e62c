"""What a station can serve."""

import numpy as np
import pytest

from stationmap.errors import InvalidValue
from stationmap.planning.catchment.capacity import visits_a_day, visits_from_seats
from tests.catchment_town import NAN


def test_seats_by_hand() -> None:
    """6 seats for 8 hours with 20 minutes each: 6 x 480 / 20 = 144. Shut all day is room for none, however many seats."""
    found = visits_from_seats([6, NAN, 0, NAN, 4, 4], [480, 480, NAN, 0, NAN, 1440], 20)
    assert found[[0, 2, 3, 5]].tolist() == [144.0, 0.0, 0.0, 288.0]
    assert np.isnan(found[[1, 4]]).all()


def test_visits_by_hand() -> None:
    found = visits_a_day([310, NAN, 0], [31, 31, NAN])
    assert found[0] == 10.0
    assert np.isnan(found[1:]).all()


@pytest.mark.parametrize(
    ("seats", "minutes", "stay"),
    [([-1], [10], 5), ([1], [1441], 5), ([1], [-1], 5), ([np.inf], [10], 5), ([1], [10], 0), ([1], [10], NAN)],
)
def test_what_is_no_capacity_is_refused(seats: list[float], minutes: list[float], stay: float) -> None:
    with pytest.raises(InvalidValue):
        visits_from_seats(seats, minutes, stay)


@pytest.mark.parametrize(("visits", "days"), [([-1], [1]), ([1], [0]), ([1], [np.inf])])
def test_what_is_no_count_is_refused(visits: list[float], days: list[float]) -> None:
    with pytest.raises(InvalidValue):
        visits_a_day(visits, days)
