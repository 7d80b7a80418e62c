"""The opening state of 200,000 stations with 20,000 distinct schedules at one instant.

Timed are compiling the schedules, the first question of a day (nothing of it is at hand), the next ones, windows, and
an opening with its next change. The other side, in the same run on the same hours: a loop over opening-hours-py, which
knows neither make-up days nor unknown holidays.
"""

import json
import random
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from stationmap.hours.calendar import china
from stationmap.hours.expression import parse
from stationmap.hours.opening import Schedule, Timetable

STATIONS = 200_000
SCHEDULES = 20_000
MOST_S = 0.2
MOST_COLD_S = 0.05
MOST_COMPILE_S = 2.0
MOST_WARM_S = 0.003

Value = TypeVar("Value")


def run(quick: bool = False) -> dict[str, object]:
    """Return seconds by what was asked, the other side's seconds, the ratio, and which bounds were met."""
    count, stations = (2_000, 20_000) if quick else (SCHEDULES, STATIONS)
    schedules = distinct_schedules(count)
    of_station = np.random.default_rng(1).integers(0, count, stations)
    parse.cache_clear()
    compile_s, table = timed(lambda: Timetable(schedules, china()))
    days = {name: asked(table, day, of_station) for name, day in instants().items()}
    opening_s, _ = timed(lambda: [table.opening(i, instants()["ordinary day"]) for i in range(100)])
    worst_s = max(day["cold_s"] + day["gather_s"] for day in days.values())
    met = {
        f"200k stations <= {MOST_S} s": worst_s <= MOST_S,
        f"cold states <= {MOST_COLD_S} s": worst_s <= MOST_COLD_S,
        f"compile <= {MOST_COMPILE_S} s": compile_s <= MOST_COMPILE_S,
        f"warm states <= {MOST_WARM_S} s": max(day["warm_s"] for day in days.values()) <= MOST_WARM_S,
    }
    return {
        "stations": stations,
        "schedules": count,
        "compile_s": compile_s,
        "opening_s": opening_s / 100,
        "days": days,
        "opening_hours_py": other_side(schedules, days["ordinary day"]),
        "met": met,
    }


def instants() -> dict[str, datetime]:
    """Return one instant of each kind of day, far apart so that none is at hand from another."""
    zone = ZoneInfo("Asia/Shanghai")
    beyond = date(china().last.year + 1, 3, 1)
    saturday = beyond + timedelta(days=(5 - beyond.weekday()) % 7)
    return {
        "ordinary day": datetime(2026, 6, 10, 10, tzinfo=zone),
        "make-up day": datetime(2026, 10, 10, 10, tzinfo=zone),
        "holiday": datetime(2026, 10, 1, 10, tzinfo=zone),
        "beyond the calendar": datetime(saturday.year, saturday.month, saturday.day, 10, tzinfo=zone),
    }


def asked(table: Timetable, at: datetime, of_station: np.ndarray) -> dict[str, float]:
    """Return what it takes to ask about a day for the first time and again."""
    cold_s, states = timed(lambda: table.states(at))
    gather_s, _ = timed(lambda: states[of_station])
    warm_s = min(timed(lambda: table.states(at))[0] for _ in range(5))
    windows_cold_s, _ = timed(lambda: table.windows(at))
    windows_warm_s = min(timed(lambda: table.windows(at))[0] for _ in range(3))
    return {
        "cold_s": cold_s,
        "gather_s": gather_s,
        "warm_s": warm_s,
        "windows_cold_s": windows_cold_s,
        "windows_warm_s": windows_warm_s,
        "unknown_share": round(float((states == 2).mean()), 4),
    }


def other_side(schedules: list[Schedule], ours: dict[str, float]) -> dict[str, float | str]:
    """Return the seconds of a loop over opening-hours-py, and how many times ours takes less once compiled."""
    try:
        from opening_hours import OpeningHours
    except ImportError:
        return {"skipped": "opening-hours-py is not installed"}
    at = instants()["ordinary day"].replace(tzinfo=None)
    read_s, judges = timed(lambda: [OpeningHours(schedule.osm) for schedule in schedules])
    states_s, _ = timed(lambda: [judge.state(at) for judge in judges])
    return {
        "read_s": read_s,
        "states_s": states_s,
        "ratio_cold": round(states_s / ours["cold_s"], 1),
        "ratio_warm": round(states_s / ours["warm_s"], 1),
    }


def distinct_schedules(count: int) -> list[Schedule]:
    """Return distinct hours as lists carry them, always the same: lunch breaks, weekends, seasons, nights, dates."""
    dice = random.Random(20261010)
    found: dict[Schedule, None] = {}
    while len(found) < count:
        found[Schedule(_hours(dice), dice.choice(("work", "weekend", "unknown")))] = None
    return list(found)


def _hours(dice: random.Random) -> str:
    opens, noon, again, closes = (
        f"{dice.randint(*hours):02}:{dice.randrange(0, 60, 5):02}" for hours in ((6, 9), (11, 12), (13, 14), (16, 21))
    )
    later = f"{dice.randint(9, 11):02}:30"
    forms = (
        f"Mo-Fr {opens}-{noon},{again}-{closes}; PH off",
        f"Mo-Fr {opens}-{closes}; Sa {later}-{closes}; PH off",
        f"{opens}-{closes}",
        f"Tu-Su {opens}-{closes}; 2026 Feb 16-2026 Feb {dice.randint(18, 24)} off",
        f"May-Sep {opens}-{closes}; Oct-Apr {later}-{closes}",
        f"{closes}-{opens}; Su[-1] off",
        f"Mo-Fr {opens}-{noon}, Sa {again}-{closes} unknown; 2026 Oct 01-03 off",
    )
    return dice.choices(forms, weights=(30, 20, 15, 10, 10, 10, 5))[0]


def timed(ask: Callable[[], Value]) -> tuple[float, Value]:
    """Return the seconds that a call takes, and what it returns."""
    started = time.perf_counter()
    value = ask()
    return round(time.perf_counter() - started, 6), value


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
