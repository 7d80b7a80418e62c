"""From one number to another, step by step: a bar for each of the two, between them what each step adds or takes."""

from collections.abc import Sequence

from stationmap.catalogue import tell
from stationmap.report.charts.drawing import INK, LOWER, RULE, SOFT, UPPER, drawing, element, line, text, ticks

_WIDTH, _LEFT, _RIGHT = 760.0, 176.0, 92.0
_TOP, _HIGH, _GAP = 40.0, 30.0, 10.0

Named = tuple[str, float]


def steps_chart(before: Named, steps: Sequence[Named], after: Named, lang: str, *, title: str) -> str:
    """Return a waterfall: what was, what each step changed, what is.

    Parameters
    ----------
    before, after : tuple of str and float
        Words and number, 0 or more.
    steps : sequence of tuple
        Words and how much each adds, less than 0 where it takes; they add up to ``after`` less ``before``.
    lang : str
        ``zh`` or ``en``.
    title : str
        What is shown.

    Notes
    -----
    What adds is full, what takes is hollow with a thick edge: the two are told apart without colours.
    """
    level, spans = before[1], []
    for words, change in steps:
        spans.append((words, level, level + change))
        level += change
    top = max([before[1], after[1], 1.0, *(max(start, end) for _, start, end in spans)])
    across = ticks(top)
    scale = (_WIDTH - _LEFT - _RIGHT) / across[-1]
    height = _TOP + (len(spans) + 2) * (_HIGH + _GAP) + 26
    parts = [text(title, 8, 22, font_size=15, font_weight="bold")]
    for value in across:
        x = _LEFT + value * scale
        parts += [
            line(x, _TOP - 4, x, height - 24),
            text(f"{value:,.0f}", x, height - 8, fill=SOFT, text_anchor="middle"),
        ]
    parts += _whole(before, 0, scale)
    for row, span in enumerate(spans, 1):
        parts += _step(span, row, scale)
    parts += _whole(after, len(spans) + 1, scale)
    told = tell("From {before} to {after}.", lang, before=f"{before[1]:,.0f}", after=f"{after[1]:,.0f}")
    return drawing(title, told, _WIDTH, height, parts)


def _y(row: int) -> float:
    return _TOP + row * (_HIGH + _GAP)


def _whole(named: Named, row: int, scale: float) -> list[str]:
    y, wide = _y(row), named[1] * scale
    return [
        text(named[0], _LEFT - 10, y + 20, text_anchor="end", font_weight="bold"),
        element("rect", x=_LEFT, y=y, width=max(wide, 1.0), height=_HIGH, fill=LOWER),
        text(f"{named[1]:,.0f}", _LEFT + wide + 6, y + 20, font_weight="bold"),
    ]


def _step(span: tuple[str, float, float], row: int, scale: float) -> list[str]:
    words, start, end = span
    y, left, wide = _y(row), _LEFT + min(start, end) * scale, abs(end - start) * scale
    look = (
        {"fill": UPPER}
        if end > start
        else {"fill": "#ffffff", "stroke": UPPER, "stroke_width": 3}
        if end < start
        else {"fill": RULE}
    )
    sign = "+" if end > start else "−" if end < start else ""
    at = _LEFT + start * scale
    return [
        line(at, y - _GAP, at, y + _HIGH, stroke=SOFT, stroke_dasharray="2 3"),
        text(words, _LEFT - 10, y + 20, text_anchor="end"),
        element("rect", x=left, y=y + 1.5, width=max(wide, 1.0), height=_HIGH - 3, **look),
        text(f"{sign}{abs(end - start):,.0f}", left + wide + 6, y + 20, fill=INK),
    ]
