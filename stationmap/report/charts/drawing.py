"""What the charts are drawn with: SVG elements as text, colours, ticks.

Every attribute is a presentation attribute, so that a page under a strict Content-Security-Policy may show the charts
inline. Colours are told apart by lightness too: the charts read in a copy without colours.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape

FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK, SOFT, RULE, PAPER = "#14181f", "#525b67", "#c9ced6", "#ffffff"
LOWER, UPPER = "#0b4f8a", "#e08a00"
"""Certain and possible: dark blue and amber, far apart in lightness and for every kind of colour vision."""
SHARES = ("#fff3d6", "#fbd48a", "#eeb05a", "#c98a6b", "#8a6d8c", "#4f5b93", "#123d75")
"""Shares from none to all: light to dark, so that more is darker."""
_STEPS = (1, 2, 2.5, 5, 10)


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return an SVG element; ``_`` in a name stands for ``-``, numbers are written to a tenth.

    Examples
    --------
    >>> element("rect", x=1.0, stroke_width=2)
    '<rect x="1" stroke-width="2"/>'
    """
    told = "".join(f' {key.replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def text(words: str, x: float, y: float, **attributes: object) -> str:
    """Return a line of text; it is escaped."""
    told = {"x": x, "y": y, "font_size": 12, "fill": INK, **attributes}
    return element("text", escape(words), **told)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"stroke": RULE, "stroke_width": 1, **attributes})


def path(points: Iterable[tuple[float, float]], **attributes: object) -> str:
    """Return a line through points."""
    told = " ".join(f"{'M' if first else 'L'}{_value(x)} {_value(y)}" for first, (x, y) in _numbered(points))
    return element("path", d=told, **{"fill": "none", "stroke": INK, "stroke_width": 2, **attributes})


def drawing(title: str, description: str, width: float, height: float, parts: Sequence[str]) -> str:
    """Return a whole SVG that scales to the room it is given; title and description are read by screen readers."""
    told = element("title", escape(title)) + element("desc", escape(description))
    return element(
        "svg",
        told + element("rect", width=width, height=height, fill=PAPER) + "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width="100%",
        role="img",
        font_family=FONT,
    )


def ticks(top: float, about: int = 5) -> list[float]:
    """Return round numbers from 0 to at least ``top``, about so many.

    Examples
    --------
    >>> ticks(2300)
    [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0]
    """
    if not top > 0:
        return [0.0, 1.0]
    size = top / about
    power = 10.0 ** math.floor(math.log10(size))
    step = next(power * each for each in _STEPS if power * each >= size * (1 - 1e-9))
    return [step * number for number in range(math.ceil(top / step - 1e-9) + 1)]


def shade(share: float) -> str:
    """Return the colour of a share from 0 to 1."""
    return SHARES[min(int(share * len(SHARES)), len(SHARES) - 1)]


def ink_on(share: float) -> str:
    """Return the colour in which a number reads on the colour of a share: at least 4.5 : 1."""
    return PAPER if int(share * len(SHARES)) >= 4 else INK


def percent(share: float) -> str:
    """Return a share in whole percent; never 0 for some and never 100 for less than all.

    Examples
    --------
    >>> percent(0.001), percent(0.999), percent(1.0)
    ('<1', '>99', '100')
    """
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1"
    if whole == 100 and share < 1:
        return ">99"
    return str(whole)


def _numbered(points: Iterable[tuple[float, float]]) -> Iterable[tuple[bool, tuple[float, float]]]:
    return ((number == 0, point) for number, point in enumerate(points))


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(str(value), quote=True)
