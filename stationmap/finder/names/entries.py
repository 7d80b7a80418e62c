"""What can be found by name: stations, areas and streets, drawn from what the ledger hands out.

A station without a place is an entry too: who types its name finds its page. Removed stations and records that a
program made up are none; the ledger does not hand them out.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import shapely

from stationmap import __version__
from stationmap.geo.adcodes import ancestor_codes
from stationmap.geo.placenames import predecessors, tidy
from stationmap.schema.vocabulary import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from stationmap.geo.areas import Area

STATION, AREA, STREET = "station", "area", "street"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that has a name.

    Attributes
    ----------
    kind, id : str
        ``station``, ``area`` or ``street``, and its id among those.
    name, detail : str
        Its name, and where that is in words: province, city, district.
    address : str
        Of a station, as listed.
    others : tuple of str
        Other names it is found by.
    context : str
        What is said of it besides: by this it is found last.
    lon, lat : float or None
        WGS 84 degrees; None when it has no place.
    """

    kind: str
    id: str
    name: str
    detail: str = ""
    address: str = ""
    others: tuple[str, ...] = ()
    context: str = ""
    lon: float | None = None
    lat: float | None = None

    def fingerprint(self) -> bytes:
        """Return a hash of all that it says: the same content, the same hash."""
        parts = (self.name, self.detail, self.address, *self.others, self.context, repr(self.lon), repr(self.lat))
        return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).digest()


def stamp(made_at: datetime | None) -> str:
    """Return what tells a revision from one of the same number in another ledger, or read by another stationmap."""
    return f"{__version__} {made_at.isoformat() if made_at else '-'}"


def entries(
    stations: "pd.DataFrame", unlocated: "pd.DataFrame", areas: Sequence["Area"], streets: "pd.DataFrame"
) -> Iterator[Entry]:
    """Yield what can be found of what a ledger hands out.

    Parameters
    ----------
    stations, unlocated : pandas.DataFrame
        Columns id, name, address, area_name, adcode, kinds; and lon, lat (WGS 84, NaN for none) of the stations.
    areas : sequence of Area
        All areas.
    streets : pandas.DataFrame
        Columns id, name, geometry (WGS 84). Streets of one name within one area are one entry.
    """
    paths = area_paths(areas)
    yield from _of_stations(stations, paths)
    yield from _of_stations(unlocated.assign(lon=math.nan, lat=math.nan), paths)
    yield from _of_areas(areas, paths)
    yield from _of_streets(streets, areas, paths)


def area_paths(areas: Sequence["Area"]) -> Mapping[str, str]:
    """Return by adcode the names of an area and of those above it, the highest first, a blank between."""
    known = {area.adcode: area for area in areas}
    paths: dict[str, str] = {}
    for area in areas:
        names, seen, step = [area.name], {area.adcode}, _above(area, known)
        while step is not None and step.adcode not in seen:
            if step.level != "country":
                names.append(step.name)
            seen.add(step.adcode)
            step = _above(step, known)
        paths[area.adcode] = " ".join(reversed(names))
    return paths


def _above(area: "Area", known: Mapping[str, "Area"]) -> "Area | None":
    codes = (area.parent, *ancestor_codes(area.adcode))
    return next((known[code] for code in codes if code != area.adcode and code in known), None)


def _of_stations(stations: "pd.DataFrame", paths: Mapping[str, str]) -> Iterator[Entry]:
    columns = ("id", "name", "address", "area_name", "adcode", "kinds", "lon", "lat")
    kinds = {joined: _kind_words(joined) for joined in stations["kinds"].unique()}
    for key, name, address, area, adcode, joined, lon, lat in zip(
        *(stations[column].tolist() for column in columns), strict=True
    ):
        detail = paths.get(adcode) or area
        context = f"{detail} {kinds[joined]}"
        placed = not math.isnan(lon)
        yield Entry(STATION, key, name, detail, address, (), context, lon if placed else None, lat if placed else None)


def _kind_words(joined: str) -> str:
    """Return the labels of kinds, Chinese and English."""
    terms = [KINDS[code] for code in joined.split("|") if code in KINDS]
    return " ".join(f"{term.zh} {term.en}" for term in terms)


def _of_areas(areas: Sequence["Area"], paths: Mapping[str, str]) -> Iterator[Entry]:
    for area in areas:
        point = None if area.geometry is None or area.geometry.is_empty else area.geometry.representative_point()
        above = paths[area.adcode].removesuffix(area.name).strip()
        place = (None, None) if point is None else (round(point.x, 6), round(point.y, 6))
        yield Entry(AREA, area.adcode, area.name, above, "", predecessors(tidy(area.name)), above, *place)


def _of_streets(streets: "pd.DataFrame", areas: Sequence["Area"], paths: Mapping[str, str]) -> Iterator[Entry]:
    named = streets[streets["name"].str.strip() != ""]
    if named.empty:
        return
    from stationmap.geo.areas import AreaTree

    lines = named["geometry"].to_numpy(object)
    points = shapely.line_interpolate_point(_longest_lines(lines), 0.5, normalized=True)
    lon, lat = np.round(shapely.get_x(points), 6), np.round(shapely.get_y(points), 6)
    adcodes = AreaTree(areas).locate(lon, lat).tolist() if areas else [""] * len(named)
    lengths = shapely.length(lines).tolist()
    together: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, street in enumerate(zip(named["name"].tolist(), adcodes, strict=True)):
        together[street].append(row)
    keys = named["id"].tolist()
    for (name, adcode), rows in together.items():
        longest = max(rows, key=lambda row: (lengths[row], keys[row]))
        detail = paths.get(adcode, "")
        place = (None, None) if math.isnan(lon[longest]) else (float(lon[longest]), float(lat[longest]))
        yield Entry(STREET, min(keys[row] for row in rows), name, detail, "", (), detail, *place)


def _longest_lines(shapes: np.ndarray) -> np.ndarray:
    """Return the longest line that each shape is made of; an empty line where there is none."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    lines = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    parts, owner = parts[lines], owner[lines]
    longest = np.full(len(shapes), shapely.LineString(), dtype=object)
    order = np.argsort(shapely.length(parts), kind="stable")
    longest[owner[order]] = parts[order]
    return longest
