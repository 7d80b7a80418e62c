"""The register as one folium map: a single HTML file that opens with no network."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import geopandas
import numpy as np
import pandas as pd
import shapely
from branca.element import Element

from stationmap.catalogue import fiction, label, tell
from stationmap.errors import Message
from stationmap.report.leaflet import embed
from stationmap.schema.vocabulary import KINDS, SERVICES

if TYPE_CHECKING:
    from stationmap.geo.areas import Area
    from stationmap.schema.tables import StationTables

# Colours of Okabe and Ito: told apart by colour-blind readers, and in print by lightness.
KIND_COLOURS = {"rest_station": "#0072b2", "worker_home": "#d55e00", "book_corner": "#009e73", "driver_home": "#cc79a7"}
OTHER_COLOUR = "#555555"
OUTLINE_TOLERANCE_DEG = 2e-4
HEADING_STYLE = """
.leaflet-container { background: #fbfbf8; }
.heading {
  position: absolute; z-index: 1000; top: 10px; left: 56px; right: 10px; width: fit-content;
  padding: .5em .8em; border-radius: 6px; background: #fffe; color: #111;
  font: 15px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
}
.mark { white-space: nowrap; margin-left: .8em; }
.mark i { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin-right: .3em; }
"""


def write_map(tables: "StationTables", areas: Sequence["Area"], path: Path, *, lang: str) -> None:
    """Write the located stations and the boundaries as a map.

    Parameters
    ----------
    tables : StationTables
        The stations to draw.
    areas : sequence of Area
        Boundaries, drawn below them; may be empty.
    path : Path
        The HTML file; it is written whole or not at all.
    lang : str
        ``zh`` or ``en``.
    """
    frame = _frame(tables, lang)
    drawn = folium.Map(tiles=None, prefer_canvas=True, zoom_control=True, attribution_control=False)
    if areas:
        _add_areas(drawn, areas)
    if len(frame):
        _add_stations(drawn, frame, lang)
    bounds = _bounds(frame, areas)
    if bounds is not None:
        drawn.fit_bounds(bounds)
    title = tell("{count} stations, revision {revision}", lang, count=len(frame), revision=tables.revision)
    invented = fiction(int(frame["fictional"].sum()), len(frame))
    if invented:
        title += " · " + tell(invented, lang)
    root: Any = drawn.get_root()
    root.html.add_child(Element(_heading(title, lang)))
    embed(drawn)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(root.render(), encoding="utf-8")
    temporary.replace(path)


def _frame(tables: "StationTables", lang: str) -> geopandas.GeoDataFrame:
    located = tables.stations[tables.stations["lon"].notna()]
    had = tables.services[(tables.services["answer"] == "yes") & (tables.services["basis"] == "found")]
    words = {code: label(term, lang) for code, term in SERVICES.items()}
    services = had["service"].map(words).groupby(had["station"].to_numpy()).agg("、".join)
    unknown, invented = tell("not known", lang), " " + tell("[fictional]", lang)
    hours = located["hours_text"].where(located["hours_basis"] == "found", "").map(escape)
    kinds = [[code for code in text.split("|") if code in KINDS] for text in located["kinds"]]
    return geopandas.GeoDataFrame(
        {
            "name": located["name"].map(escape).where(~located["fictional"], lambda names: names + invented),
            "fictional": located["fictional"],
            "address": located["address"].map(escape),
            "kind": ["、".join(label(KINDS[code], lang) for code in codes) for codes in kinds],
            "hours": hours.mask(hours == "", unknown),
            "services": services.reindex(located.index).fillna(unknown).to_numpy(),
            "colour": [KIND_COLOURS.get(codes[0] if codes else "", OTHER_COLOUR) for codes in kinds],
        },
        geometry=geopandas.points_from_xy(located["lon"].round(6), located["lat"].round(6)),
        crs="EPSG:4326",
    )


def _add_areas(drawn: folium.Map, areas: Sequence["Area"]) -> None:
    outlines = [area for area in areas if area.geometry is not None]
    shapes = shapely.simplify(np.array([area.geometry for area in outlines], dtype=object), OUTLINE_TOLERANCE_DEG)
    frame = geopandas.GeoDataFrame({"name": [escape(area.name) for area in outlines]}, geometry=shapes, crs="EPSG:4326")
    folium.GeoJson(
        json.loads(frame.to_json()),
        style_function=lambda _: {"color": "#6b7280", "weight": 1, "fill": False},
        interactive=False,
    ).add_to(drawn)


def _add_stations(drawn: folium.Map, frame: geopandas.GeoDataFrame, lang: str) -> None:
    """Add all stations as one layer: one GeoJSON instead of thousands of markers."""
    headings = (
        Message("Station"),
        Message("Address"),
        Message("Kind"),
        Message("Hours as listed"),
        Message("Services"),
    )
    folium.GeoJson(
        json.loads(frame.drop(columns="fictional").to_json()),
        marker=folium.CircleMarker(radius=6, weight=1.5, color="#ffffff", fill_opacity=0.95, fill=True),
        style_function=lambda feature: {"fillColor": feature["properties"]["colour"]},
        popup=folium.GeoJsonPopup(
            fields=["name", "address", "kind", "hours", "services"],
            aliases=[tell(heading, lang) for heading in headings],
            max_width=320,
        ),
        tooltip=folium.GeoJsonTooltip(fields=["name"], labels=False),
    ).add_to(drawn)


def _bounds(frame: geopandas.GeoDataFrame, areas: Sequence["Area"]) -> list[list[float]] | None:
    boxes = [frame.total_bounds] if len(frame) else [area.geometry.bounds for area in areas if area.geometry]
    if not boxes:
        return None
    west, south, east, north = pd.DataFrame(boxes).agg({0: "min", 1: "min", 2: "max", 3: "max"})
    return [[float(south), float(west)], [float(north), float(east)]]


def _heading(title: str, lang: str) -> str:
    marks = "".join(
        f'<span class="mark"><i style="background:{colour}"></i>{escape(label(KINDS[code], lang))}</span>'
        for code, colour in (*KIND_COLOURS.items(), ("other", OTHER_COLOUR))
    )
    return f'<style>{HEADING_STYLE}</style><div class="heading"><b>{escape(title)}</b> {marks}</div>'
