"""When a trade is out: profiles by hour of the week, as texts that a planner edits.

The hours of :data:`TRADES` are **defaults of this program for planning**, no statistics: put the hours of your city in
their place. They are texts in the grammar of OSM opening hours, read by the same reader as the hours of stations; a
profile is the part of each of the 168 hours that they cover, on the clock of the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue
from stationmap.hours.calendar import NO_CALENDAR
from stationmap.hours.expression import Expression, parse
from stationmap.hours.opening import Schedule, State, Timetable
from stationmap.hours.rules import WeekdayRange
from stationmap.planning.demand.demand import WEEK_HOURS, Demand
from stationmap.schema.vocabulary import fold

Floats = NDArray[np.float64]

_MONDAY = date(2024, 1, 1)
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Trade:
    """An outdoor trade: its code (the usual name of its weight), labels, other names, and when it is out by default."""

    code: str
    zh: str
    en: str
    hours: str
    aliases: tuple[str, ...] = ()


TRADES: Mapping[str, Trade] = MappingProxyType(
    {
        trade.code: trade
        for trade in (
            Trade("couriers", "快递员", "couriers", "Mo-Su 11:00-13:00,17:00-20:00", ("courier", "快递", "快递小哥")),
            Trade(
                "riders",
                "外卖配送员",
                "delivery riders",
                "Mo-Su 10:30-13:30,16:30-20:30",
                ("rider", "外卖员", "外卖骑手", "骑手", "网约配送员"),
            ),
            Trade("sanitation", "环卫工人", "sanitation workers", "Mo-Su 04:00-07:00", ("环卫", "环卫工", "cleaners")),
            Trade("drivers", "驾驶员", "drivers", "Mo-Su 06:00-22:00", ("driver", "司机", "货车司机", "网约车司机")),
            Trade(
                "construction",
                "建筑工人",
                "construction workers",
                "Mo-Su 06:00-11:00,13:00-18:00",
                ("builders", "建筑", "建筑业工人", "农民工"),
            ),
            Trade(
                "traffic",
                "交通执勤人员",
                "traffic wardens",
                "Mo-Su 07:00-09:00,17:00-19:00",
                ("交警", "辅警", "交通协管员", "traffic police"),
            ),
        )
    }
)
"""By code."""


def trade_of(weight: str) -> Trade | None:
    """Return the trade that a weight is named after, None when it is none.

    Examples
    --------
    >>> trade_of("环卫工").code
    'sanitation'
    """
    asked = fold(weight)
    for trade in TRADES.values():
        if asked in {fold(word) for word in (trade.code, trade.zh, trade.en, *trade.aliases)}:
            return trade
    return None


def presence(hours: str) -> Floats:
    """Return which part of each hour of a normal week some hours cover.

    Parameters
    ----------
    hours : str
        Weekdays and times in the OSM grammar; a night belongs to the day on which it begins, that of Sunday goes on
        into Monday.

    Returns
    -------
    ndarray of float64, shape (168,)
        0 to 1; hour 0 is Monday from 00:00 to 01:00.

    Raises
    ------
    InvalidValue
        When the hours cannot be read, are unknown at some time, or depend on dates or holidays.

    Examples
    --------
    >>> presence("Mo 11:30-13:00")[10:14].tolist()
    [0.0, 0.5, 1.0, 0.0]
    """
    expression = parse(hours)
    _refuse_dates(hours, expression)
    week = Timetable([Schedule(hours, timezone="UTC")], NO_CALENDAR).intervals(0, _MONDAY, 7)
    covered_s = np.zeros(WEEK_HOURS)
    edge = np.arange(WEEK_HOURS) * _HOUR_S
    for interval in week:
        if interval.state is State.UNKNOWN:
            raise InvalidValue(
                "The hours {hours} leave open when somebody is there; a profile needs certain hours such as Mo-Su "
                "11:00-13:00,17:00-20:00.",
                hours=repr(hours),
            )
        start, end = ((at.date() - _MONDAY).days * 86_400 + at.hour * 3600 + at.minute * 60 for at in interval[:2])
        covered_s += np.clip(np.minimum(end, edge + _HOUR_S) - np.maximum(start, edge), 0, None)
    return np.minimum(covered_s / _HOUR_S, 1.0)


def with_hours(demand: Demand, hours: Mapping[str, str]) -> Demand:
    """Return demand whose weights are there at some hours only.

    Parameters
    ----------
    demand : Demand
        As it is.
    hours : Mapping[str, str]
        Weight -> its hours, as :func:`presence` reads them; "" makes it be there always. Other weights stay as they
        are.

    Raises
    ------
    InvalidValue
        When there is no such weight, or the hours are no profile.
    """
    hourly = dict(demand.hourly)
    for weight, text in hours.items():
        demand.weight(weight)
        hourly.pop(weight, None)
        if text.strip():
            hourly[weight] = presence(text)
    return replace(demand, hourly=MappingProxyType(hourly))


def default_hours(demand: Demand) -> dict[str, str]:
    """Return the default hours of those weights that are named after a trade: to be shown, edited and confirmed."""
    trades = {weight: trade_of(weight) for weight in demand.weights}
    return {weight: trade.hours for weight, trade in trades.items() if trade is not None}


def _refuse_dates(hours: str, expression: Expression) -> None:
    for rule in expression.rules:
        plain = all(isinstance(item, WeekdayRange) for items in rule.days for item in items)
        if rule.years or rule.dates or rule.weeks or not plain:
            raise InvalidValue(
                "The hours {hours} depend on dates or holidays; a profile is that of a normal week, such as Mo-Su "
                "11:00-13:00,17:00-20:00.",
                hours=repr(hours),
            )
