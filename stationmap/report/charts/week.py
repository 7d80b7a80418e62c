"""The week strip: which share of those who are there is served, hour by hour."""

import numpy as np
from numpy.typing import NDArray

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.report.charts.drawing import INK, SHARES, SOFT, drawing, element, ink_on, percent, shade, text

DAYS = (
    Message("Mon"),
    Message("Tue"),
    Message("Wed"),
    Message("Thu"),
    Message("Fri"),
    Message("Sat"),
    Message("Sun"),
)
_LEFT, _TOP, _WIDE, _HIGH, _FOOT = 52.0, 54.0, 27.0, 25.0, 40.0
_DOUBT = 0.05

Floats = NDArray[np.float64]


def week_strip(lower: Floats, upper: Floats, lang: str, *, title: str, chosen: int | None = None) -> str:
    """Return seven rows of 24 hours, each with the certain share in percent.

    Parameters
    ----------
    lower, upper : NDArray[float64]
        Shape (168,): shares from 0 to 1, Monday 00:00 first; NaN in an hour in which nobody is there.
    lang : str
        ``zh`` or ``en``.
    title : str
        What is shown.
    chosen : int, optional
        The hour to frame.

    Notes
    -----
    A dot marks an hour in which the possible share is more than five points above the certain one. Each hour carries
    its number, 0 to 167, as ``data-hour``: a page may have it chosen by a press.
    """
    width, height = _LEFT + 24 * _WIDE + 8, _TOP + 7 * _HIGH + _FOOT
    parts = [text(title, 8, 20, font_size=15, font_weight="bold")]
    hours = range(0, 24, 2)
    parts += [text(f"{hour}", _LEFT + hour * _WIDE, _TOP - 7, fill=SOFT, font_size=11) for hour in hours]
    parts.append(text("24", _LEFT + 24 * _WIDE, _TOP - 7, fill=SOFT, font_size=11, text_anchor="end"))
    for day, name in enumerate(DAYS):
        y = _TOP + day * _HIGH
        parts.append(text(tell(name, lang), _LEFT - 8, y + 17, text_anchor="end"))
        parts += [
            element("g", _cell(lower[day * 24 + hour], upper[day * 24 + hour], hour, y), data_hour=day * 24 + hour)
            for hour in range(24)
        ]
    if chosen is not None:
        x, y = _LEFT + chosen % 24 * _WIDE, _TOP + chosen // 24 * _HIGH
        parts.append(
            element("rect", x=x, y=y, width=_WIDE - 1, height=_HIGH - 1, fill="none", stroke=INK, stroke_width=3)
        )
    parts += _key(_TOP + 7 * _HIGH + 12, lang)
    return drawing(title, _summary(lower, upper, lang), width, height, parts)


def _cell(lower: float, upper: float, hour: int, y: float) -> str:
    x = _LEFT + hour * _WIDE
    if np.isnan(lower):
        return element("rect", x=x, y=y, width=_WIDE - 1, height=_HIGH - 1, fill="none", stroke="#e3e6ea")
    box = element("rect", x=x, y=y, width=_WIDE - 1, height=_HIGH - 1, fill=shade(lower))
    ink = ink_on(lower)
    words = text(percent(lower), x + (_WIDE - 1) / 2, y + 16, font_size=10, fill=ink, text_anchor="middle")
    dot = element("circle", cx=x + _WIDE - 5, cy=y + 4, r=2, fill=ink) if upper - lower > _DOUBT else ""
    return box + words + dot


def _key(y: float, lang: str) -> list[str]:
    steps = [element("rect", x=_LEFT + i * 22.0, y=y, width=22, height=12, fill=c) for i, c in enumerate(SHARES)]
    after = _LEFT + len(SHARES) * 22.0 + 8
    words = tell("0 to 100 % served for certain; a dot: hours or services not known could add over 5 points", lang)
    return [*steps, text(words, after, y + 11, fill=SOFT, font_size=11)]


def _summary(lower: Floats, upper: Floats, lang: str) -> str:
    if np.isnan(lower).all():
        return tell("Nobody is there in any hour.", lang)
    best, worst = int(np.nanargmax(lower)), int(np.nanargmin(lower))
    return tell(
        "Most are served {best_day} {best_hour}:00 ({best} %), fewest {worst_day} {worst_hour}:00 ({worst} %, possibly"
        " {most} %).",
        lang,
        best_day=DAYS[best // 24],
        best_hour=best % 24,
        best=percent(float(lower[best])),
        worst_day=DAYS[worst // 24],
        worst_hour=worst % 24,
        worst=percent(float(lower[worst])),
        most=percent(float(upper[worst])),
    )
