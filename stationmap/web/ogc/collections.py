"""The feature collections: the stations, and the areas where boundaries are loaded; ordered by id, immutable."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from stationmap.errors import Message
from stationmap.finder.services import Had
from stationmap.finder.snapshot import Snapshot
from stationmap.hours.opening import State
from stationmap.web.live import Picture
from stationmap.web.ogc.crs import Box

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """One feature collection at one revision.

    Attributes
    ----------
    id : str
        Its name in addresses.
    title, description : Message
        In words.
    ids : sequence of str
        Identifiers of its features, ascending.
    extent : tuple or None
        West, south, east, north of all geometries in WGS 84 degrees; None when there is none.
    within : Callable
        A window to the features whose geometries intersect it, edges included, as a mask.
    geometry : Callable
        Position to geometry, WGS 84 degrees.
    properties : Callable
        Position and instant (aware) to the flat properties of a feature.
    """

    id: str
    title: Message
    description: Message
    ids: Sequence[str]
    extent: Extent | None
    within: Callable[[Box], NDArray[np.bool_]]
    geometry: Callable[[int], BaseGeometry]
    properties: Callable[[int, datetime], Mapping[str, Any]]

    def __len__(self) -> int:
        return len(self.ids)

    def position(self, id: str) -> int | None:  # noqa: A002 the field's own word
        """Return where a feature stands, None when there is no such feature."""
        at = bisect_left(self.ids, id)
        return at if at < len(self.ids) and self.ids[at] == id else None

    def after(self, id: str) -> int:  # noqa: A002
        """Return where the first feature stands whose id comes after a given one, be that still there or not."""
        return bisect_right(self.ids, id)


@lru_cache(maxsize=1)
def collections(picture: Picture) -> Mapping[str, Collection]:
    """Return the collections of a picture by id: ``stations``, and ``areas`` where the ledger has any."""
    made = [_stations(picture.snapshot)]
    if any(area.geometry is not None for area in picture.areas):
        made.append(_areas(picture))
    return {collection.id: collection for collection in made}


def _stations(snapshot: Snapshot) -> Collection:
    roll = snapshot.roll
    lon, lat = (snapshot.stations[name].to_numpy(np.float64)[roll.positions] for name in ("lon", "lat"))

    def within(box: Box) -> NDArray[np.bool_]:
        inside = np.zeros(len(snapshot), bool)
        inside[snapshot.index.window(box.west, box.south, box.east, box.north)] = True
        return roll.flags(inside)

    extent = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())) if len(lon) else None
    return Collection(
        id="stations",
        title=Message("Stations"),
        description=Message("Stations, book corners and homes for workers that stand in the register, with a place."),
        ids=roll.ids,
        extent=extent,
        within=within,
        geometry=lambda position: shapely.Point(lon[position], lat[position]),
        properties=lambda position, at: _station_properties(snapshot, int(roll.positions[position]), at),
    )


_TEXTS = ("address", "area_name", "adcode", "hours_text", "hours_osm", "members_only", "floor", "host_type", "timezone")
STATION_PROPERTIES: Mapping[str, str] = {
    "name": "string",
    "kinds": "string",
    **dict.fromkeys(_TEXTS, "string"),
    "access": "string",
    "services": "string",
    "services_not": "string",
    "state": "string",
    "until": "string",
    "opens_at": "string",
    "confirmed_on": "string",
    "fictional": "boolean",
}
"""The properties of a station and their JSON types. Lists are codes joined by commas; what is not known is null."""


def _station_properties(snapshot: Snapshot, row: int, at: datetime) -> Mapping[str, Any]:
    opening = snapshot.opening(row, at)
    services = snapshot.services
    rows = np.arange(services.starts[row], services.starts[row + 1])
    had = {answer: ",".join(services.names_of(rows[services.had[rows] == answer])) or None for answer in Had}
    return {
        "name": snapshot.names[row],
        "kinds": _joined(snapshot.text("kinds", row)),
        **{name: snapshot.text(name, row) or None for name in _TEXTS},
        "access": _joined(snapshot.text("access", row)),
        "services": had[Had.YES],
        "services_not": had[Had.NO],
        "state": State(opening.state).name.lower(),
        "until": opening.until.isoformat() if opening.until else None,
        "opens_at": opening.opens_at.isoformat() if opening.opens_at else None,
        "confirmed_on": snapshot.text("confirmed_on", row) or None,
        "fictional": snapshot.fictional(row),
    }


def _joined(codes: str) -> str | None:
    return codes.replace("|", ",") or None


AREA_PROPERTIES: Mapping[str, str] = {"name": "string", "level": "string", "parent": "string"}
"""The properties of an area and their JSON types."""


def _areas(picture: Picture) -> Collection:
    drawn = sorted(
        ((area, area.geometry) for area in picture.areas if area.geometry is not None), key=lambda one: one[0].adcode
    )
    shapes = [geometry for _, geometry in drawn]
    tree = shapely.STRtree(shapes)
    west, south, east, north = shapely.total_bounds(np.array(shapes)).tolist()

    def within(box: Box) -> NDArray[np.bool_]:
        mask = np.zeros(len(shapes), bool)
        for half in box.halves:
            mask[tree.query(shapely.box(*half), predicate="intersects")] = True
        return mask

    def properties(position: int, at: datetime) -> Mapping[str, Any]:  # noqa: ARG001 an area has no state
        area = drawn[position][0]
        return {"name": area.name, "level": area.level or None, "parent": area.parent or None}

    return Collection(
        id="areas",
        title=Message("Areas"),
        description=Message("Administrative areas as they were loaded into the register; no authority for boundaries."),
        ids=[area.adcode for area, _ in drawn],
        extent=(west, south, east, north),
        within=within,
        geometry=shapes.__getitem__,
        properties=properties,
    )
