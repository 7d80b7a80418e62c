"""A run as layers for a GIS: cells with their reason, gaps, stations, areas, ground without a station; WGS 84."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from stationmap.catalogue import label, tell
from stationmap.files.write import write_layers
from stationmap.planning.gaps.patches import Patch
from stationmap.planning.gaps.places import Near
from stationmap.planning.gaps.reasons import Reason
from stationmap.planning.standing import Why
from stationmap.planning.supply import Supply
from stationmap.report.phrases import REASONS, STANDINGS, hours_words, reason_words
from stationmap.report.tables import PROFILE
from stationmap.runs.carry import Carried
from stationmap.runs.norms import ground_of
from stationmap.schema.vocabulary import KINDS

WGS84 = "EPSG:4326"
_POINT_DEG = 2.5e-4
"""A point among polygons stands as a disc of so many degrees, about 25 m."""


def layers(carried: Carried, lang: str) -> Mapping[str, geopandas.GeoDataFrame]:
    """Return all layers of a run by name: ``cells``, ``gaps``, ``stations``, ``areas``, ``ground``; none without rows.

    Parameters
    ----------
    carried : Carried
        The run.
    lang : str
        ``zh`` or ``en``, of the words in the cells.
    """
    made = {"cells": cells(carried, lang), "gaps": gaps(carried, lang), "stations": stations(carried, lang)}
    if carried.found.coverage.by_area is not None:
        made["areas"] = areas(carried)
    made["ground"] = ground(carried)
    return {name: frame for name, frame in made.items() if len(frame)}


def write_geopackage(carried: Carried, path: Path, lang: str) -> None:
    """Write all layers of a run into one GeoPackage, whole or not at all; a layer without rows is left out."""
    write_layers(layers(carried, lang), path)


def cells(carried: Carried, lang: str) -> geopandas.GeoDataFrame:
    """Return the demand, one row a place: who is there, metres to the nearest, why not served, in which gap."""
    demand, found = carried.inputs.demand, carried.found
    reach = found.coverage.reach
    return geopandas.GeoDataFrame(
        {
            "id": demand.ids,
            "adcode": demand.adcode,
            found.asked.weight: demand.weight(found.asked.weight),
            "present": found.present,
            "reason": [Reason(each).name.lower() for each in found.reasons.tolist()],
            "reason_words": [tell(REASONS[Reason(each)], lang) for each in found.reasons.tolist()],
            "certain_m": _finite(reach.certain_m),
            "possible_m": _finite(reach.possible_m),
            "gap": found.gaps.patch,
        },
        geometry=places(carried),
        crs=WGS84,
    )


def ground(carried: Carried) -> geopandas.GeoDataFrame:
    """Return the ground within the boundaries that no station reaches by air: no rows along streets or without them.

    ``certain`` is true for what lies beyond every station that serves or may, false for what lies beyond those that
    serve for certain (and holds the former); ``arc_error_m`` is how far the edge may be drawn too large.
    """
    found = ground_of(carried)
    both = () if found is None else ((True, found.lower), (False, found.upper))
    rows = [
        {"certain": certain, "area_m2": square, "reach_m": part.reach_m, "arc_error_m": part.arc_error_m}
        for certain, part in both
        for square in part.area_m2.tolist()
    ]
    shapes = [shape for _, part in both for shape in part.polygons.tolist()]
    columns = ["certain", "area_m2", "reach_m", "arc_error_m"]
    return geopandas.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=shapes, crs=WGS84)


def places(carried: Carried) -> NDArray[np.object_]:
    """Return the polygons or points of the demand, shape (n,)."""
    demand = carried.inputs.demand
    points = np.asarray(shapely.points(demand.lon, demand.lat), dtype=object).reshape(-1)
    if demand.cells is None:
        return points
    return np.where(shapely.is_missing(demand.cells), points, demand.cells)


def gaps(carried: Carried, lang: str) -> geopandas.GeoDataFrame:
    """Return the gaps, one row a patch: its cells dissolved, and what :func:`gap_rows` tells of it."""
    return geopandas.GeoDataFrame(gap_rows(carried, lang), geometry=outlines(carried), crs=WGS84)


def gap_rows(carried: Carried, lang: str, *, most: int | None = None) -> pd.DataFrame:
    """Return the gaps without their shapes, the first ``most``: people, nearest station and host, reason, hours."""
    weight = carried.found.asked.weight
    rows = [_gap(patch, weight, lang) for patch in carried.found.gaps.patches[:most]]
    return pd.DataFrame(rows, columns=None if rows else ["rank"])


def outlines(carried: Carried) -> list[Any]:
    """Return the shape of each gap: its cells as one multipolygon; of points one multipoint."""
    shapes, polygons = places(carried), carried.inputs.demand.cells is not None
    return [_dissolved(shapes[patch.rows], polygons=polygons) for patch in carried.found.gaps.patches]


def stations(carried: Carried, lang: str) -> geopandas.GeoDataFrame:
    """Return the stations, one row each: kinds, hours as they count, how it stands to the question."""
    supply, why = carried.inputs.supply, carried.found.standing.why.tolist()
    return geopandas.GeoDataFrame(
        {
            "id": supply.ids,
            "name": supply.names,
            "kinds": kind_words(supply, lang),
            "hours": [supply.schedules[each].osm for each in supply.schedule.tolist()],
            "standing": [Why(each).name.lower() for each in why],
            "standing_words": [tell(STANDINGS[Why(each)], lang) for each in why],
        },
        geometry=geopandas.points_from_xy(supply.lon, supply.lat),
        crs=WGS84,
    )


def kind_words(supply: Supply, lang: str) -> list[str]:
    """Return the kinds of each station in words."""
    mark = "、" if lang == "zh" else ", "
    sets = [mark.join(label(KINDS[code], lang) for code in KINDS if code in each) for each in supply.kind_sets]
    return [sets[each] for each in supply.kind_set.tolist()]


def areas(carried: Carried) -> geopandas.GeoDataFrame:
    """Return the areas that have a boundary, one row each: demand, and what of it is covered within each reach."""
    table = carried.found.coverage.by_area
    assert table is not None
    drawn = [row for row, area in enumerate(table.areas) if area.geometry is not None]
    columns: dict[str, Any] = {
        "adcode": [table.areas[row].adcode for row in drawn],
        "name": [table.areas[row].name for row in drawn],
        "level": [table.areas[row].level for row in drawn],
        "demand": table.demand[drawn],
    }
    for column, reach_m in enumerate(table.reaches_m):
        reach = PROFILE if reach_m is None else f"{reach_m:g}"
        columns[f"covered_{reach}_lower"] = table.lower[drawn, column]
        columns[f"covered_{reach}_upper"] = table.upper[drawn, column]
    shapes = [table.areas[row].geometry for row in drawn]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs=WGS84)


def _gap(patch: Patch, weight: str, lang: str) -> dict[str, Any]:
    people = patch.weights[weight]
    return {
        "rank": patch.rank,
        "people_lower": people.lower,
        "people_upper": people.upper,
        "places": len(patch.rows),
        "area": " ".join(patch.path),
        "reason": patch.reason.name.lower(),
        "reason_words": reason_words(patch, lang),
        "hours": hours_words(patch, lang),
        **_near("serving", patch.serving),
        **_near("station", patch.standing),
        **_near("host", patch.host),
        "lon": patch.lon,
        "lat": patch.lat,
    }


def _near(what: str, near: Near | None) -> dict[str, Any]:
    told = (None, None, None) if near is None else (near.id, near.name, round(near.metres, 1))
    return dict(zip((f"{what}_id", f"{what}_name", f"{what}_m"), told, strict=True))


def _dissolved(shapes: NDArray[np.object_], *, polygons: bool) -> Any:
    if not polygons:
        return shapely.multipoints(shapes)
    pointed = shapely.get_dimensions(shapes) < 2
    areal = np.where(pointed, shapely.buffer(shapes, _POINT_DEG), shapes) if pointed.any() else shapes
    whole = shapely.union_all(areal)
    return shapely.multipolygons([whole]) if whole.geom_type == "Polygon" else whole


def _finite(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(metres), metres, np.nan)
