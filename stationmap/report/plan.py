"""The map of a sheet, drawn by us at print size: demand by reason, stations, gap numbers, boundaries, scale; as SVG.

North is up. Longitudes are drawn narrower by the cosine of the middle latitude, so that a kilometre is as long in both
directions; over a city or a county the error is below what a printer shows.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.planning.gaps.reasons import Reason
from stationmap.planning.standing import Why
from stationmap.report.charts.drawing import INK, PAPER, RULE, SOFT, drawing, element, line, text, ticks
from stationmap.report.layers import places
from stationmap.report.phrases import REASONS, amount, metres
from stationmap.runs.carry import Carried

COLOURS = {
    Reason.SERVED: "#0b4f8a",
    Reason.UNKNOWN: "#f0b43c",
    Reason.CLOSED: "#9a6fb0",
    Reason.LACKS: "#c9745a",
    Reason.OTHER_KIND: "#8c949c",
    Reason.NO_STATION: "#7d0d14",
}
"""One a reason, as the desk draws them: told apart by lightness too."""

_MARKS = {
    int(Why.SERVES): Message("station that serves"),
    int(Why.UNKNOWN): Message("station that may serve"),
    int(Why.CLOSED): Message("station that does not"),
}
MOST_SHAPES = 6_000
MOST_NUMBERS = 5
_M_PER_DEGREE = 111_195.0
_FAINTEST, _STRONGEST = 0.3, 0.9
_WIDTH, _HEIGHT, _ROW = 700.0, 440.0, 18.0
_FEW = 120
_MARGIN = 0.03
_NAMES = 14

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where degrees stand in the drawing."""

    west: float
    north: float
    per_degree: float
    narrow: float
    shift_x: float
    shift_y: float
    height: float

    def at(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        x = (lon - self.west) * self.narrow * self.per_degree + self.shift_x
        return x, (self.north - lat) * self.per_degree + self.shift_y

    @property
    def per_m(self) -> float:
        return self.per_degree / _M_PER_DEGREE

    def window(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north of the whole drawing."""
        wide = _WIDTH / self.per_degree / self.narrow
        west = self.west - self.shift_x / self.per_degree / self.narrow
        north = self.north + self.shift_y / self.per_degree
        return west, north - self.height / self.per_degree, west + wide, north


def plan(carried: Carried, lang: str, *, height: float = _HEIGHT) -> str:
    """Return the map of a run as SVG.

    Parameters
    ----------
    carried : Carried
        The run; cells with nobody at the time are not drawn.
    lang : str
        ``zh`` or ``en``.
    height : float
        Of the map without its legend; it is 700 wide.
    """
    demand, found = carried.inputs.demand, carried.found
    there = np.flatnonzero(found.present > 0)
    seen = there if len(there) else np.arange(len(demand))
    frame = _frame(demand.lon[seen], demand.lat[seen], height)
    parts = [
        *_outlines(carried, frame),
        *_cells(carried, frame, there),
        *_stations(carried, frame),
        *_names(carried, frame),
        *_numbers(carried, frame),
    ]
    clip = element("defs", element("clipPath", element("rect", width=_WIDTH, height=height), id="sheet-map"))
    inner = element("g", "".join(parts), clip_path="url(#sheet-map)")
    edge = element("rect", x=0.5, y=0.5, width=_WIDTH - 1, height=height - 1, fill="none", stroke=RULE)
    told = tell("Demand coloured by why it is not served, stations, and the numbers of the largest gaps.", lang)
    key, high = _key(carried, lang, height)
    return drawing(tell("Map", lang), told, _WIDTH, height + high, [clip, inner, edge, *_scale(frame, lang), *key])


def _frame(lon: Floats, lat: Floats, height: float) -> _Frame:
    if not len(lon):
        return _Frame(0.0, 0.0, 1.0, 1.0, 0.0, 0.0, height)
    west, east, south, north = float(lon.min()), float(lon.max()), float(lat.min()), float(lat.max())
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.05)
    wide, high = max((east - west) * narrow, 2e-3), max(north - south, 2e-3)
    per_degree = min(_WIDTH / (wide * (1 + 2 * _MARGIN)), height / (high * (1 + 2 * _MARGIN)))
    shift_x = (_WIDTH - (east - west) * narrow * per_degree) / 2
    shift_y = (height - (north - south) * per_degree) / 2
    return _Frame(west, north, per_degree, narrow, shift_x, shift_y, height)


def _cells(carried: Carried, frame: _Frame, there: NDArray[np.int64]) -> list[str]:
    """Return the demand: polygons, points as discs that touch, or a mosaic where there would be too many."""
    demand, found = carried.inputs.demand, carried.found
    weight, reason = found.present[there], found.reasons[there]
    strength = _FAINTEST + (_STRONGEST - _FAINTEST) * np.sqrt(weight / weight.max(initial=1.0))
    x, y = frame.at(demand.lon[there], demand.lat[there])
    if len(there) > MOST_SHAPES:
        return _mosaic(x, y, weight, reason)
    shapes = places(carried)[there]
    radius = _radius(x, y)
    return [
        _cell(
            shape,
            frame,
            (float(x[row]), float(y[row])),
            radius,
            COLOURS[Reason(int(reason[row]))],
            float(strength[row]),
        )
        for row, shape in enumerate(shapes)
    ]


def _cell(shape: Any, frame: _Frame, at: tuple[float, float], radius: float, colour: str, strength: float) -> str:
    how = {"fill": colour, "fill_opacity": f"{strength:.2f}"}
    if shape.geom_type == "Point":
        return element("circle", cx=at[0], cy=at[1], r=radius, **how)
    return element("path", d=_outline_of(shape, frame), **how)


def _radius(x: Floats, y: Floats) -> float:
    """Return the size of a point: half the usual distance to the next, so that a grid closes."""
    if len(x) < 2:
        return 6.0
    step = np.asarray(cKDTree(np.column_stack([x, y])).query(np.column_stack([x, y]), k=2)[0])[:, 1]
    return float(np.clip(np.median(step) * 0.52, 1.2, 9.0))


def _mosaic(x: Floats, y: Floats, weight: Floats, reason: NDArray[np.int8]) -> list[str]:
    """Return squares, each with the reason of most of the people in it, as strong as its usual place."""
    side = math.sqrt(_WIDTH * _HEIGHT / MOST_SHAPES)
    column, row = np.floor(x / side).astype(np.int64), np.floor(y / side).astype(np.int64)
    number, square = np.unique(np.column_stack([row, column]), axis=0, return_inverse=True)
    sums = np.zeros((len(number), len(Reason)))
    np.add.at(sums, (square.reshape(-1), reason), weight)
    usual = sums.sum(axis=1) / np.bincount(square.reshape(-1))
    strength = _FAINTEST + (_STRONGEST - _FAINTEST) * np.sqrt(usual / usual.max())
    return [
        element(
            "rect",
            x=float(at[1] * side),
            y=float(at[0] * side),
            width=side,
            height=side,
            fill=COLOURS[Reason(int(most))],
            fill_opacity=f"{strong:.2f}",
        )
        for at, most, strong in zip(number, sums.argmax(axis=1), strength, strict=True)
    ]


def _outline_of(shape: Any, frame: _Frame) -> str:
    rings = [
        np.column_stack(frame.at(*np.asarray(ring.coords)[:, :2].T))
        for part in (shape.geoms if hasattr(shape, "geoms") else [shape])
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in ring.tolist()) + "Z" for ring in rings)


def _outlines(carried: Carried, frame: _Frame) -> list[str]:
    if carried.inputs.areas is None:
        return []
    drawn = [area for area in carried.inputs.areas.areas if area.geometry is not None]
    shapes = np.array([area.geometry for area in drawn], dtype=object)
    clipped = shapely.clip_by_rect(shapely.simplify(shapes, 0.4 / frame.per_degree), *frame.window())
    return [
        element(
            "path",
            d=_outline_of(shape, frame),
            fill="none",
            stroke=SOFT,
            stroke_width="0.5" if area.level == "street" else "1.1",
        )
        for area, shape in zip(drawn, clipped, strict=True)
        if not shape.is_empty
    ]


def _names(carried: Carried, frame: _Frame) -> list[str]:
    """Return the names of the areas of one level, of which there are few enough to read."""
    if carried.inputs.areas is None:
        return []
    window = shapely.box(*frame.window())
    for level in ("street", "district", "city", "province"):
        seen = [
            (area.name, shapely.intersection(area.geometry, window))
            for area in carried.inputs.areas.areas
            if area.level == level and area.geometry is not None and area.geometry.intersects(window)
        ]
        if 0 < len(seen) <= _NAMES:
            return [_name(name, shape, frame) for name, shape in seen]
    return []


def _name(name: str, shape: Any, frame: _Frame) -> str:
    point = shape.representative_point()
    x, y = frame.at(point.x, point.y)
    how = {"font_size": 11, "text_anchor": "middle", "font_weight": "bold"}
    under = text(name, x, y, **how | {"fill": PAPER, "stroke": PAPER, "stroke_width": 3, "stroke_linejoin": "round"})
    return under + text(name, x, y, **how)


def _stations(carried: Carried, frame: _Frame) -> list[str]:
    """Return the stations, those that serve last: full ones serve, half ones may, open ones do not."""
    supply, why = carried.inputs.supply, carried.found.standing.why
    west, south, east, north = frame.window()
    inside = (supply.lon >= west) & (supply.lon <= east) & (supply.lat >= south) & (supply.lat <= north)
    rows = np.flatnonzero(inside)[np.argsort(-why[inside], kind="stable")]
    x, y = frame.at(supply.lon[rows], supply.lat[rows])
    size = 5.6 if len(rows) <= _FEW else 4.2
    return [_mark(float(a), float(b), int(why[row]), size) for a, b, row in zip(x, y, rows.tolist(), strict=True)]


def _mark(x: float, y: float, why: int, size: float = 5.6) -> str:
    """Return the mark of a station: a full square serves, a grey one may, a small empty one does not."""
    fill = {Why.SERVES: INK, Why.UNKNOWN: "#9aa3ad"}.get(Why(why), PAPER)
    side = size if why <= Why.UNKNOWN else size * 0.75
    return element(
        "rect", x=x - side / 2, y=y - side / 2, width=side, height=side, fill=fill, stroke=INK, stroke_width="0.9"
    )


def _numbers(carried: Carried, frame: _Frame) -> list[str]:
    parts = []
    for patch in reversed(carried.found.gaps.patches[:MOST_NUMBERS]):
        x, y = frame.at(patch.lon, patch.lat)
        parts.append(element("circle", cx=x, cy=y, r=9, fill=PAPER, stroke=INK, stroke_width=2))
        parts.append(text(str(patch.rank), x, y + 4.5, font_size=13, font_weight="bold", text_anchor="middle"))
    return parts


def _scale(frame: _Frame, lang: str) -> list[str]:
    """Return a bar of a round length, and which way north is."""
    reach_m = ticks(130 / frame.per_m, 1)[1]
    while reach_m * frame.per_m > 170:
        reach_m /= 2
    wide, y = reach_m * frame.per_m, frame.height - 12
    back = element("rect", x=8, y=y - 18, width=wide + 16, height=24, fill=PAPER, fill_opacity="0.85")
    bar = [line(16, y, 16 + wide, y, stroke=INK, stroke_width=2)]
    bar += [line(x, y - 4, x, y + 1, stroke=INK, stroke_width=2) for x in (16.0, 16 + wide)]
    words = text(metres(reach_m, lang), 16 + wide / 2, y - 6, font_size=10, text_anchor="middle")
    arrow = element("path", d=f"M{_WIDTH - 22} 34 L{_WIDTH - 16} 12 L{_WIDTH - 10} 34 L{_WIDTH - 16} 29Z", fill=INK)
    north = text(tell("N", lang), _WIDTH - 16, 46, font_size=11, text_anchor="middle")
    return [back, *bar, words, arrow, north]


def _key(carried: Carried, lang: str, top: float) -> tuple[list[str], float]:
    """Return the legend and its height: each reason that there is, with its people, and the marks of stations."""
    found = carried.found
    sums = np.bincount(found.reasons, found.present, len(Reason))
    entries = [
        (_swatch(COLOURS[reason]), f"{tell(REASONS[reason], lang)}: {amount(float(sums[reason]))}")
        for reason in Reason
        if sums[reason] > 0
    ]
    states = sorted({min(each, int(Why.CLOSED)) for each in found.standing.why.tolist()})
    entries += [(_mark(6, -4, each), tell(_MARKS[each], lang)) for each in states]
    parts: list[str] = []
    x, y = 4.0, top + _ROW
    for mark, words in entries:
        wide = 22 + _breadth(words)
        if x + wide > _WIDTH and x > 4.0:
            x, y = 4.0, y + _ROW
        parts.append(element("g", mark + text(words, 17, 0), transform=f"translate({x:.1f} {y:.1f})"))
        x += wide
    return parts, y - top + 6


def _swatch(colour: str) -> str:
    return element("rect", x=0, y=-10, width=12, height=12, fill=colour, fill_opacity="0.85")


def _breadth(words: str) -> float:
    return sum(12.2 if ord(letter) > 0x2E80 else 6.6 for letter in words) + 10
