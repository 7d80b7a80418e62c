"""Charts: what they say agrees with the numbers, and they read without colours and without a pointer."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stationmap.report.charts.curves import distance_curve, lorenz_curve
from stationmap.report.charts.drawing import SHARES, ink_on, percent, shade, ticks
from stationmap.report.charts.week import week_strip

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_numbers_read_on_every_colour_and_more_is_darker() -> None:
    shares = [(step + 0.5) / len(SHARES) for step in range(len(SHARES))]
    assert [shade(share) for share in shares] == list(SHARES)
    assert min(contrast(ink_on(share), shade(share)) for share in [*shares, 0.0, 1.0]) >= 4.5
    lights = [luminance(colour) for colour in SHARES]
    assert lights == sorted(lights, reverse=True)


@given(st.floats(0, 1))
def test_percent_never_says_none_for_some_nor_all_for_less(share: float) -> None:
    assert (percent(share) == "0") == (share == 0)
    assert (percent(share) == "100") == (share == 1)


@given(st.floats(1e-6, 1e9))
def test_ticks_hold_the_top_and_are_few(top: float) -> None:
    found = ticks(top)
    assert found[0] == 0
    assert found[-1] >= top * (1 - 1e-6)
    assert found[-2] < top
    assert 3 <= len(found) <= 12


def strip(lower: np.ndarray, upper: np.ndarray, lang: str = "zh", **more: object) -> str:
    return week_strip(lower, upper, lang, title="<快递员 & 微波炉>", **more)


def test_a_week_tells_each_hour_and_marks_doubt() -> None:
    lower, upper = np.full(168, 0.25), np.full(168, 0.25)
    lower[30], upper[30], lower[60], upper[60], lower[5], upper[5] = 0.0, 0.2, 1.0, 1.0, np.nan, np.nan
    svg = strip(lower, upper, chosen=30)
    told = words(svg)
    assert (told.count("25"), told.count("100")) == (165, 1)
    assert told.count("0") == 1 + 1  # the hour 0 above, and hour 30
    assert "<快递员 & 微波炉>" in told
    assert len(re.findall("<circle", svg)) == 1
    assert "周三 12:00（100%）" in svg
    assert "周二 6:00" in svg
    assert 'stroke-width="3"' in svg
    assert "style=" not in svg


def test_a_week_in_which_nobody_is_there_says_so() -> None:
    empty = np.full(168, np.nan)
    assert "Nobody is there" in strip(empty, empty, "en")


def test_a_curve_marks_its_reaches_by_the_step_that_holds_there() -> None:
    metres = np.array([100.0, 500.0, 900.0, np.inf])
    lower, upper = np.array([0.2, 0.5, 0.6, 1.0]), np.array([0.2, 0.5, 0.8, 1.0])
    told = words(distance_curve(metres, lower, upper, "en", title="t", reaches_m=(50, 500, 899.9, 2000)))
    assert [each for each in told if each.endswith(" %")] == ["0 %", "50 %", "50 %", "60-80 %"]
    assert "2000" in told


def test_a_long_curve_stays_small_and_ends_where_it_should() -> None:
    metres = np.sort(np.random.default_rng(1).uniform(0, 3000, 200_000))
    shares = np.linspace(0, 0.9, 200_000)
    svg = distance_curve(metres, shares, shares, "zh", title="t")
    assert len(svg) < 60_000
    assert "L542 " in svg  # to the right edge


@pytest.mark.parametrize("none", [np.array([]), np.array([np.inf])])
def test_a_curve_of_nobody_is_an_empty_frame(none: np.ndarray) -> None:
    svg = distance_curve(none, np.ones(len(none)), np.ones(len(none)), "en", title="t", reaches_m=(500,))
    told = words(svg)
    assert {"0%", "100%", "500"} <= set(told)
    assert [each for each in told if each.endswith(" %")] == ["0 %"]


def test_a_lorenz_curve_runs_from_none_to_all() -> None:
    people = np.linspace(0, 1, 5000)
    svg = lorenz_curve(people, people**2, "en", title="t", gini=1 / 3)
    assert "Gini 0.333" in words(svg)
    last = [each.get("d", "") for each in ET.fromstring(svg).iter(f"{SVG}path")][-1]
    assert last.startswith("M56 288")
    assert last.endswith("L542 44")
    assert len(svg) < 25_000
