"""Curves of shares: against the distance to the nearest station, and of access against people (Lorenz)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stationmap.catalogue import tell
from stationmap.report.charts.drawing import LOWER, SOFT, UPPER, drawing, element, line, path, percent, text, ticks

_WIDTH, _HEIGHT = 560.0, 340.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 18.0, 44.0, 52.0
_MOST_POINTS = 400
_LOW = 0.08

Floats = NDArray[np.float64]


def distance_curve(
    distance_m: Floats,
    lower: Floats,
    upper: Floats,
    lang: str,
    *,
    title: str,
    reaches_m: Sequence[float] = (),
) -> str:
    """Return which share has a station within each distance: a band from certain to possible.

    Parameters
    ----------
    distance_m : NDArray[float64]
        Shape (k,), rising metres; each share holds from its distance on.
    lower, upper : NDArray[float64]
        Shape (k,), rising shares from 0 to 1.
    lang : str
        ``zh`` or ``en``.
    title : str
        What is shown.
    reaches_m : sequence of float
        Distances to mark, each with its share.
    """
    finite = np.isfinite(distance_m)
    metres, low, high = (each[finite] for each in (distance_m, lower, upper))
    top = max([1.0, *reaches_m, *(metres[-1:].tolist())])
    across = ticks(top)
    frame = _Frame(across[-1])
    parts = [text(title, 8, 22, font_size=15, font_weight="bold"), *frame.grid(across)]
    parts.append(text(tell("metres", lang), _WIDTH - _RIGHT, _HEIGHT - 8, fill=SOFT, text_anchor="end"))
    if len(metres):
        upper_line, lower_line = (frame.steps(metres, each) for each in (high, low))
        parts.append(path([*upper_line, *reversed(lower_line)], fill=UPPER, fill_opacity="0.3", stroke="none"))
        parts.append(path(upper_line, stroke=UPPER, stroke_dasharray="6 3"))
        parts.append(path(lower_line, stroke=LOWER, stroke_width=2.5))
    for number, reach_m in enumerate(reaches_m):
        parts += _mark(frame, number, reach_m, _share_at(metres, low, reach_m), _share_at(metres, high, reach_m))
    parts += _key(lang)
    told = tell("The share of all with a station within a distance, certain and possible.", lang)
    return drawing(title, told, _WIDTH, _HEIGHT, parts)


def lorenz_curve(people: Floats, access: Floats, lang: str, *, title: str, gini: float | None = None) -> str:
    """Return a Lorenz curve beside the line of equality.

    Parameters
    ----------
    people, access : NDArray[float64]
        Shape (k,), rising shares from 0 to 1: of all people, those with the least access first, and of all access.
    lang : str
        ``zh`` or ``en``.
    title : str
        What is shown.
    gini : float, optional
        To be told beside it.
    """
    frame = _Frame(1.0)
    parts = [text(title, 8, 22, font_size=15, font_weight="bold"), *frame.grid([0, 0.25, 0.5, 0.75, 1.0], shares=True)]
    parts.append(path([frame.at(0, 0), frame.at(1, 1)], stroke=SOFT, stroke_dasharray="3 4", stroke_width=1.5))
    points = [frame.at(float(x), float(y)) for x, y in zip(*_thinned(people, access), strict=True)]
    if points:
        parts.append(path([*points, frame.at(1, 1), frame.at(0, 0)], fill=LOWER, fill_opacity="0.12", stroke="none"))
        parts.append(path(points, stroke=LOWER, stroke_width=2.5))
    words = tell("share of people, least access first (%)", lang)
    parts.append(text(words, _WIDTH - _RIGHT, _HEIGHT - 8, fill=SOFT, text_anchor="end"))
    if gini is not None:
        parts.append(text(tell("Gini {value}", lang, value=f"{gini:.3f}"), *frame.at(0.04, 0.9), font_size=14))
    told = tell("The share of all access that the people with the least access have.", lang)
    return drawing(title, told, _WIDTH, _HEIGHT, parts)


class _Frame:
    """Where values stand in the drawing; ``top`` is the last value across."""

    def __init__(self, top: float) -> None:
        self._across = (_WIDTH - _LEFT - _RIGHT) / top
        self._up = _HEIGHT - _TOP - _BOTTOM

    def at(self, value: float, share: float) -> tuple[float, float]:
        return _LEFT + value * self._across, _HEIGHT - _BOTTOM - share * self._up

    def steps(self, values: Floats, shares: Floats) -> list[tuple[float, float]]:
        """Return the corners of a step function that holds each share from its value on."""
        kept = _at_pixels(values * self._across, shares)
        corners = [self.at(0.0, 0.0)]
        for value, share in zip(values[kept].tolist(), shares[kept].tolist(), strict=True):
            x, y = self.at(value, share)
            corners += [(x, corners[-1][1]), (x, y)]
        return [*corners, (_WIDTH - _RIGHT, corners[-1][1])]

    def grid(self, across: Sequence[float], *, shares: bool = False) -> list[str]:
        parts = []
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = self.at(0, share)[1]
            parts += [line(_LEFT, y, _WIDTH - _RIGHT, y), text(f"{share:.0%}", _LEFT - 6, y + 4, text_anchor="end")]
        for value in across:
            x, y = self.at(value, 0)
            told = f"{value * 100:g}" if shares else f"{value:g}"
            parts += [line(x, y, x, y + 5), text(told, x, y + 19, text_anchor="middle")]
        return parts


def _mark(frame: _Frame, number: int, reach_m: float, lower: float, upper: float) -> list[str]:
    x, y = frame.at(reach_m, lower)
    words = f"{percent(lower)} %" if upper - lower < 0.005 else f"{percent(lower)}-{percent(upper)} %"
    left = x > _WIDTH - 110
    below = 16 if lower > _LOW else -8 - 14 * number  # none on the axis, nor on one another
    return [
        line(x, frame.at(0, 1)[1], x, frame.at(0, 0)[1], stroke=SOFT, stroke_dasharray="2 3"),
        element("circle", cx=x, cy=y, r=4, fill=LOWER),
        text(words, x - 7 if left else x + 7, y + below, font_weight="bold", text_anchor="end" if left else "start"),
    ]


def _key(lang: str) -> list[str]:
    y = _HEIGHT - 12
    return [
        line(_LEFT, y, _LEFT + 24, y, stroke=LOWER, stroke_width=3),
        text(tell("certain", lang), _LEFT + 30, y + 4, fill=SOFT),
        line(_LEFT + 110, y, _LEFT + 134, y, stroke=UPPER, stroke_width=2, stroke_dasharray="6 3"),
        text(tell("with what is not known", lang), _LEFT + 140, y + 4, fill=SOFT),
    ]


def _share_at(metres: Floats, shares: Floats, reach_m: float) -> float:
    place = int(np.searchsorted(metres, reach_m, side="right")) - 1
    return float(shares[place]) if place >= 0 else 0.0


def _at_pixels(x: Floats, shares: Floats) -> NDArray[np.int64]:
    """Return the positions to draw: the last one of each pixel, so that a million steps stay a small file."""
    cell = np.floor(x).astype(np.int64)
    last = np.append(cell[1:] != cell[:-1], True)
    return np.flatnonzero(last & (np.append(shares[:1] > 0, np.diff(shares) > 0) | np.append(True, last[:-1])))


def _thinned(people: Floats, access: Floats) -> tuple[Floats, Floats]:
    if len(people) <= _MOST_POINTS:
        return people, access
    kept = np.unique(np.searchsorted(people, np.linspace(0, 1, _MOST_POINTS)).clip(0, len(people) - 1))
    return people[kept], access[kept]
