"""A run as one folium map: a single HTML file that opens with no network, for whoever has only a browser."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

import folium
import geopandas
import numpy as np
import shapely
from branca.element import Element
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from stationmap.catalogue import tell
from stationmap.errors import Message
from stationmap.geo.earth import geocentric
from stationmap.planning.gaps.reasons import Reason
from stationmap.planning.standing import Why
from stationmap.report.layers import cells, gap_rows, stations
from stationmap.report.leaflet import embed
from stationmap.report.phrases import (
    REASONS,
    amount,
    interval,
    metres,
    near_words,
    place_words,
    question_words,
    total_words,
)
from stationmap.report.plan import COLOURS
from stationmap.report.register_map import HEADING_STYLE
from stationmap.report.tables import is_fictional, said
from stationmap.runs.carry import Carried

MOST_CELLS = 20_000
MOST_GAPS = 20
_TOLERANCE_DEG = 2e-4
_LEVELS = 4
_STYLE = """
.heading { left: 10px; top: 90px; right: auto; width: 330px; max-height: calc(100vh - 110px); overflow: auto;
  box-sizing: border-box; background: #fff; box-shadow: 0 1px 5px #0004; font-size: 14px; }
.heading p { margin: .35em 0; }
.heading summary { cursor: pointer; }
.heading ul { margin: .2em 0; padding-left: 1.2em; font-size: 13px; }
.mark { display: block; margin: .1em 0; white-space: normal; }
.square i { border-radius: 0; }
@media (max-width: 700px) {
  .heading { top: auto; bottom: 0; left: 0; width: 100%; max-height: 38vh; border-radius: 0; }
}
.gap-number { background: #fff; border: 2px solid #14181f; border-radius: 50%; text-align: center;
  font: bold 13px/20px system-ui, sans-serif; color: #14181f; }
"""
_PANEL_PX = 360
_STATION_COLOURS = {Why.SERVES: "#14181f", Why.UNKNOWN: "#9aa3ad"}
_SIZES = {Why.SERVES: 5, Why.UNKNOWN: 4}


def coverage_map(carried: Carried, lang: str, *, title: str = "") -> str:
    """Return a run as the HTML of a map: cells by reason, stations, gaps with their numbers, boundaries.

    Parameters
    ----------
    carried : Carried
        The run; of more than 20,000 cells those with most people are drawn, which is said on the map.
    lang : str
        ``zh`` or ``en``.
    title : str
        What stands over it.

    Raises
    ------
    NotFound
        When the map library was not fetched at set-up.
    """
    drawn = folium.Map(tiles=None, prefer_canvas=True, zoom_control=True, attribution_control=False, zoom_snap=0.25)
    _add_areas(drawn, carried)
    shown = _add_cells(drawn, carried, lang)
    _add_stations(drawn, carried, lang)
    _add_gaps(drawn, carried, lang)
    folium.LayerControl(collapsed=False).add_to(drawn)
    box = _bounds(carried)
    if box is not None:
        drawn.fit_bounds(box, padding_top_left=(_PANEL_PX, 10), padding_bottom_right=(10, 10))
    root: Any = drawn.get_root()
    root.html.add_child(Element(_heading(carried, lang, title, shown)))
    embed(drawn)
    page: str = root.render()
    return page


def _add_areas(drawn: folium.Map, carried: Carried) -> None:
    if carried.inputs.areas is None:
        return
    outlines = [area for area in carried.inputs.areas.areas if area.geometry is not None]
    shapes = shapely.simplify(np.array([area.geometry for area in outlines], dtype=object), _TOLERANCE_DEG)
    frame = geopandas.GeoDataFrame({"name": [escape(area.name) for area in outlines]}, geometry=shapes, crs="EPSG:4326")
    folium.GeoJson(
        _features(frame),
        control=False,
        interactive=False,
        style_function=lambda _: {"color": "#525b67", "weight": 1, "fill": False},
    ).add_to(drawn)


def _add_cells(drawn: folium.Map, carried: Carried, lang: str) -> int:
    """Add the demand as one layer; return how many places are drawn."""
    present = carried.found.present
    rows = np.argsort(-present, kind="stable")[: min(MOST_CELLS, int((present > 0).sum()))]
    rows = np.sort(rows)
    if not len(rows):
        return 0
    frame = cells(carried, lang).iloc[rows]
    reason = carried.found.reasons[rows]
    level = np.ceil(np.sqrt(present[rows] / present.max()) * _LEVELS).astype(int)
    told = geopandas.GeoDataFrame(
        {
            "people": [amount(each) for each in present[rows].tolist()],
            "reason": frame["reason_words"].to_numpy(),
            "nearest": [_far(each, lang) for each in frame["certain_m"].tolist()],
            "gap": [str(each) if each else "" for each in frame["gap"].tolist()],
            "colour": [COLOURS[Reason(each)] for each in reason.tolist()],
            "strength": (0.2 + 0.15 * level).round(2),
        },
        geometry=shapely.set_precision(frame.geometry.to_numpy(), 1e-6),
        crs="EPSG:4326",
    )
    folium.GeoJson(
        _features(told),
        name=tell("Demand", lang),
        marker=folium.Circle(radius=_radius_m(carried, rows), stroke=False, fill=True),
        style_function=lambda each: {
            "fillColor": each["properties"]["colour"],
            "fillOpacity": each["properties"]["strength"],
            "color": each["properties"]["colour"],
            "weight": 0.3,
        },
        popup=_popup(
            {
                "people": Message("people"),
                "reason": Message("why"),
                "nearest": Message("nearest that serves"),
                "gap": Message("gap"),
            },
            lang,
        ),
    ).add_to(drawn)
    return len(rows)


def _add_stations(drawn: folium.Map, carried: Carried, lang: str) -> None:
    frame = stations(carried, lang)
    if not len(frame):
        return
    unknown = tell("not known", lang)
    told = geopandas.GeoDataFrame(
        {
            "name": [escape(each) for each in frame["name"].tolist()],
            "kinds": [escape(each) for each in frame["kinds"].tolist()],
            "hours": [escape(each) or unknown for each in frame["hours"].tolist()],
            "standing": frame["standing_words"].to_numpy(),
            "colour": [_STATION_COLOURS.get(Why(each), "#ffffff") for each in carried.found.standing.why.tolist()],
            "size": [_SIZES.get(Why(each), 3) for each in carried.found.standing.why.tolist()],
        },
        geometry=shapely.set_precision(frame.geometry.to_numpy(), 1e-6),
        crs="EPSG:4326",
    )
    folium.GeoJson(
        _features(told),
        name=tell("Stations", lang),
        marker=folium.CircleMarker(radius=5, weight=1.5, color="#14181f", fill_opacity=1, fill=True),
        style_function=lambda each: {"fillColor": each["properties"]["colour"], "radius": each["properties"]["size"]},
        popup=_popup(
            {
                "name": Message("Station"),
                "kinds": Message("Kind"),
                "hours": Message("Hours"),
                "standing": Message("to this question"),
            },
            lang,
        ),
    ).add_to(drawn)


def _add_gaps(drawn: folium.Map, carried: Carried, lang: str) -> None:
    """Add the numbers of the largest gaps as one layer of points."""
    patches = carried.found.gaps.patches[:MOST_GAPS]
    if not patches:
        return
    weight, frame = carried.found.asked.weight, gap_rows(carried, lang, most=MOST_GAPS)
    told = geopandas.GeoDataFrame(
        {
            "rank": [str(patch.rank) for patch in patches],
            "place": [escape(place_words(patch, lang)) for patch in patches],
            "people": [interval(patch.weights[weight].lower, patch.weights[weight].upper) for patch in patches],
            "reason": frame["reason_words"].to_numpy(),
            "hours": frame["hours"].to_numpy(),
            "nearest": [escape(near_words(patch.standing, lang)) for patch in patches],
            "host": [escape(near_words(patch.host, lang)) for patch in patches],
        },
        geometry=geopandas.points_from_xy([patch.lon for patch in patches], [patch.lat for patch in patches]),
        crs="EPSG:4326",
    )
    fields = {
        "rank": Message("gap"),
        "place": Message("where"),
        "people": Message("people"),
        "reason": Message("why"),
        "hours": Message("when"),
        "nearest": Message("nearest station"),
        "host": Message("nearest candidate"),
    }
    folium.GeoJson(
        _features(told),
        name=tell("Gaps", lang),
        marker=folium.Marker(icon=folium.DivIcon(icon_size=(24, 24), icon_anchor=(12, 12), class_name="gap-number")),
        style_function=lambda each: {"html": each["properties"]["rank"]},
        popup=_popup(fields, lang),
    ).add_to(drawn)


def _popup(fields: Mapping[str, Message], lang: str) -> folium.GeoJsonPopup:
    aliases = [tell(words, lang) for words in fields.values()]
    return folium.GeoJsonPopup(fields=list(fields), aliases=aliases, max_width=340)


def _features(frame: geopandas.GeoDataFrame) -> Any:
    return json.loads(frame.reset_index(drop=True).to_json())


def _far(value_m: float, lang: str) -> str:
    return metres(value_m, lang) if np.isfinite(value_m) else "—"


def _radius_m(carried: Carried, rows: NDArray[np.int64]) -> float:
    """Return half the usual way from a place to the next, so that a grid of points closes."""
    if len(rows) < 2:
        return 100.0
    at = geocentric(carried.inputs.demand.lon[rows], carried.inputs.demand.lat[rows])
    step = np.asarray(cKDTree(at).query(at, k=2)[0])[:, 1]
    return float(np.clip(np.median(step) * 0.5, 5.0, 5_000.0))


def _bounds(carried: Carried) -> list[list[float]] | None:
    demand = carried.inputs.demand
    if not len(demand):
        return None
    return [
        [float(demand.lat.min()), float(demand.lon.min())],
        [float(demand.lat.max()), float(demand.lon.max())],
    ]


def _heading(carried: Carried, lang: str, title: str, shown: int) -> str:
    found = carried.found
    sums = np.bincount(found.reasons, found.present, len(Reason))
    marks = [
        _mark(COLOURS[reason], f"{tell(REASONS[reason], lang)}: {amount(float(sums[reason]))}", "square")
        for reason in Reason
        if sums[reason] > 0
    ]
    states = sorted({min(each, int(Why.CLOSED)) for each in found.standing.why.tolist()})
    marks += [
        _mark(_STATION_COLOURS.get(Why(each), "#ffffff"), tell(_STATION_WORDS[each], lang), "") for each in states
    ]
    sentences = [total_words(total, found.asked.weight, found.gaps.way, lang) for total in found.coverage.totals]
    told = said(carried, lang)
    if is_fictional(carried):
        sentences.insert(0, tell("Sample city: everything here is fictional.", lang))
    if len(found.gaps.patches) > MOST_GAPS:
        words = Message("The numbers of the {count} largest gaps stand on the map.", {"count": MOST_GAPS})
        told.insert(0, tell(words, lang))
    if shown < int((found.present > 0).sum()):
        words = Message("{count} places with most people are drawn, not all.", {"count": shown})
        told.insert(0, tell(words, lang))
    called = escape(title or question_words(found.asked.question, lang))
    more = escape(tell("What the numbers do not say", lang))
    lines = "".join(f"<li>{escape(each)}</li>" for each in told)
    return (
        f'<style>{HEADING_STYLE}{_STYLE}</style><div class="heading"><b>{called}</b>'
        + "".join(f"<p>{escape(each)}</p>" for each in sentences)
        + f"<p>{''.join(marks)}</p><details><summary>{more}</summary><ul>{lines}</ul></details></div>"
    )


_STATION_WORDS = {
    int(Why.SERVES): Message("station that serves"),
    int(Why.UNKNOWN): Message("station that may serve"),
    int(Why.CLOSED): Message("station that does not"),
}


def _mark(colour: str, words: str, shape: str) -> str:
    border = ";border:1px solid #14181f" if not shape else ""
    return f'<span class="mark {shape}"><i style="background:{colour}{border}"></i>{escape(words)}</span>'
