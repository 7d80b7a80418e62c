"""Stations gathered for a map: what stands in a window at a zoom, as clusters of near ones and as single stations.

The map is the square of Web Mercator (EPSG:3857, latitudes beyond 85.05 degrees at its edge), a tile of 256 pixels at
zoom 0. It is cut into cells of 64 pixels: 2^(zoom + 2) to a side. The grid belongs to the world and not to the window,
so that clusters stay what they are while the map is moved. A cell with one station gives that station, a cell with
more a cluster: their exact number, their mean place (which lies in the cell) and their extent. From
:data:`SINGLE_FROM_ZOOM` on all stations are single.

Never more than ``most`` objects come back: where there would be more, the cells are those of an outer zoom.

Stations stand in Morton order (the bits of column and row interleaved), in which those of a window lie within one run
and those of a cell next to each other, at every zoom: a window is two binary searches and a few array operations over
that run, under any filter, and nothing is prepared for a zoom.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.finder.arrival import Door
from stationmap.finder.places import checked
from stationmap.finder.snapshot import Snapshot

MOST = 2000
SINGLE_FROM_ZOOM = 17
MAX_ZOOM = 22
CELLS_TO_A_TILE = 4

_BITS = 24
_CELL_BITS = CELLS_TO_A_TILE.bit_length() - 1
_DECIMALS = 6
_WORDS = {Door.OPEN: "open", Door.UNKNOWN: "unknown", Door.CLOSED: "closed"}
_SLACK = 1e-9  # of the world, 4 cm: an edge told with nine decimals of a degree that means the edge of a tile
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Window:
    """A window of the map at a zoom: WGS 84 degrees; west greater than east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float
    zoom: int


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What stands in the cells that a window touches, in Morton order of cells, single stations by row within one.

    Attributes
    ----------
    lon, lat : NDArray[float64]
        WGS 84 degrees: of a station, or the mean of a cluster.
    count : NDArray[int64]
        How many stations; 1 for a single one.
    position : NDArray[int64]
        The row of a single station, -1 for a cluster.
    extent : NDArray[float64]
        Shape (n, 4): west, south, east, north of the members.
    cells : int
        How many cells the world has to a side; 0 when all stations are single.
    """

    lon: Floats
    lat: Floats
    count: Whole
    position: Whole
    extent: Floats
    cells: int

    def __len__(self) -> int:
        return len(self.lon)


class Clusters:
    """Stations of one revision, ready to be gathered; built once, never changed, safe under threads.

    Parameters
    ----------
    lon, lat : ArrayLike
        WGS 84 degrees, one a station.

    Raises
    ------
    InvalidValue
        When a coordinate is NaN, infinite or out of range, or the lengths differ.

    Examples
    --------
    >>> clusters = Clusters([113.0, 113.0001, 121.0], [34.0, 34.0, 31.0])
    >>> gathered = clusters.gather(Window(110, 30, 125, 40, 8))
    >>> gathered.count.tolist(), gathered.position.tolist()
    ([2, 1], [-1, 2])
    """

    def __init__(self, lon: ArrayLike, lat: ArrayLike) -> None:
        lons, lats = checked(lon, lat)
        lons[lons == 180.0] = -180.0
        x, y = _finest(lons, lats)
        code = _spread(x) | (_spread(y) << 1)
        self._order = np.argsort(code, kind="stable")
        self._code, self._x, self._y = code[self._order], x[self._order], y[self._order]
        self._lon, self._lat = lons[self._order], lats[self._order]

    def __len__(self) -> int:
        return len(self._order)

    def gather(self, window: Window, *, wanted: Flags | None = None, most: int = MOST) -> Gathered:
        """Return what stands in a window.

        Parameters
        ----------
        window : Window
            Cells that it touches count whole, cells that only share its edge do not. From
            :data:`SINGLE_FROM_ZOOM` on, the stations of the touched cells.
        wanted : NDArray[bool], optional
            Which stations count, one a station.
        most : int
            The most objects to return, at least 1.

        Raises
        ------
        InvalidValue
            When an edge is NaN, infinite or out of range, south lies north of north, or the zoom is not 0 to 22.
        """
        _check(window)
        ordered = None if wanted is None else np.take(wanted, self._order)
        level = min(window.zoom + _CELL_BITS, _BITS)
        if window.zoom >= SINGLE_FROM_ZOOM:
            found = self._touched(window, level, ordered)
            if len(found) <= most:
                return self._single(found)
        while True:
            found = self._touched(window, level, ordered)
            starts = self._starts(found, level)
            if len(starts) <= most or level == 0:
                return self._gathered(found, starts, level)
            # A coarser cell holds four at most: so many levels up there are still too many.
            level = max(0, level - max(1, math.ceil(math.log(len(starts) / most, 4) - 1e-9)))

    def _touched(self, window: Window, level: int, ordered: Flags | None) -> Whole:
        """Return the places in the order of all wanted stations in the cells that the window touches."""
        side, fine = 1 << level, _BITS - level
        top, bottom = _cells(_row(window.north), _row(window.south), side)
        found = []
        for west, east in _spans(window):
            left, right = _cells((west + 180.0) / 360.0, (east + 180.0) / 360.0, side)
            low = int(_spread(np.array([left]))[0] | (_spread(np.array([top]))[0] << 1)) << 2 * fine
            high = int(_spread(np.array([right]))[0] | (_spread(np.array([bottom]))[0] << 1)) + 1 << 2 * fine
            first, last = np.searchsorted(self._code, [low, high])
            x, y = self._x[first:last], self._y[first:last]
            inside = (x >= left << fine) & (x < right + 1 << fine) & (y >= top << fine) & (y < bottom + 1 << fine)
            if ordered is not None:
                inside &= ordered[first:last]
            found.append(first + np.flatnonzero(inside))
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def _starts(self, found: Whole, level: int) -> Whole:
        """Return where in ``found`` each cell begins."""
        cell = self._code[found] >> 2 * (_BITS - level)
        return np.flatnonzero(np.diff(cell, prepend=-1))

    def _single(self, found: Whole) -> Gathered:
        lon, lat = self._lon[found], self._lat[found]
        extent = np.stack([lon, lat, lon, lat], axis=1)
        return Gathered(lon, lat, np.ones(len(found), np.int64), self._order[found], extent, 0)

    def _gathered(self, found: Whole, starts: Whole, level: int) -> Gathered:
        count = np.diff(starts, append=len(found))
        if not len(found):
            return self._single(found)
        lon, lat = self._lon[found], self._lat[found]
        west, south = np.minimum.reduceat(lon, starts), np.minimum.reduceat(lat, starts)
        east, north = np.maximum.reduceat(lon, starts), np.maximum.reduceat(lat, starts)
        # Sums of what lies beyond the south-west corner: the mean of equal places is that place.
        mean_lon = west + np.add.reduceat(lon - np.repeat(west, count), starts) / count
        mean_lat = south + np.add.reduceat(lat - np.repeat(south, count), starts) / count
        position = np.where(count == 1, self._order[found[starts]], -1)
        return Gathered(mean_lon, mean_lat, count, position, np.stack([west, south, east, north], axis=1), 1 << level)


def _check(window: Window) -> None:
    checked([window.west, window.east], [window.south, window.north])
    if window.south > window.north:
        raise InvalidValue(
            "The window's south edge {south} lies north of its north edge {north}.",
            south=window.south,
            north=window.north,
        )
    if not 0 <= window.zoom <= MAX_ZOOM:
        raise InvalidValue(
            "The zoom {zoom} is none: take a whole number from 0 to {most}.", zoom=window.zoom, most=MAX_ZOOM
        )


def _spans(window: Window) -> list[tuple[float, float]]:
    """Return the spans of longitudes of a window, one or two, none across the antimeridian."""
    if window.west <= window.east:
        return [(window.west, window.east)]
    return [(window.west, 180.0), (-180.0, window.east)]


def _cells(low: float, high: float, side: int) -> tuple[int, int]:
    """Return the first and the last cell that a span of the world, 0 to 1, reaches into; at least one."""
    first = min(max(math.floor((low + _SLACK) * side), 0), side - 1)
    last = min(max(math.ceil((high - _SLACK) * side) - 1, first), side - 1)
    return first, last


def _row(lat: float) -> float:
    """Return how far down the map a latitude lies, 0 to 1."""
    return float(_down(np.array([lat]))[0])


def _down(lat: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.clip(0.5 - np.arctanh(np.sin(np.radians(lat))) / (2 * np.pi), 0.0, 1.0)


def _finest(lon: Floats, lat: Floats) -> tuple[Whole, Whole]:
    """Return column and row of places in the finest grid."""
    side = 1 << _BITS
    x = np.minimum((lon + 180.0) / 360.0 * side, side - 1).astype(np.int64)
    y = np.minimum(_down(lat) * side, side - 1).astype(np.int64)
    return x, y


def _spread(values: Whole) -> Whole:
    """Return whole numbers of 32 bits with a nought before each of their bits."""
    spread = values.astype(np.int64)
    for shift, mask in _SPREAD:
        spread = (spread | (spread << shift)) & mask
    return spread


def feature_collection(snapshot: Snapshot, gathered: Gathered, at: datetime) -> dict[str, Any]:
    """Return what stands in a window as GeoJSON (RFC 7946), ready for :func:`json.dumps`.

    A single station has ``id``, ``name``, ``kinds`` (codes) and ``state`` (open, closed or unknown at the instant); a
    cluster has ``count`` and, as its ``bbox``, the extent of its members. Foreign members: ``revision`` of the ledger,
    ``at``, ``stations``, how many there are in all, and ``cells``, how many the world has to a side (0: none).

    Parameters
    ----------
    snapshot : Snapshot
        The one whose stations were gathered.
    gathered : Gathered
        What :meth:`Clusters.gather` returned.
    at : datetime
        The instant of the states, aware.
    """
    state = iter(_states(snapshot, gathered.position[gathered.position >= 0], at))
    places = np.round(np.stack([gathered.lon, gathered.lat], axis=1), _DECIMALS).tolist()
    extents = np.round(gathered.extent, _DECIMALS).tolist()
    features = []
    rows = zip(places, gathered.count.tolist(), gathered.position.tolist(), extents, strict=True)
    for place, count, position, extent in rows:
        feature: dict[str, Any] = {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}}
        if position < 0:
            features.append({**feature, "bbox": extent, "properties": {"count": count}})
            continue
        told = {"id": snapshot.ids[position], "name": snapshot.names[position], "state": next(state)}
        kinds = snapshot.text("kinds", position).split("|")
        features.append({**feature, "id": told["id"], "properties": {**told, "kinds": kinds}})
    stations = int(gathered.count.sum())
    about = {"revision": snapshot.revision, "at": at.isoformat(timespec="minutes")}
    about |= {"stations": stations, "cells": gathered.cells}
    return {"type": "FeatureCollection", "features": features, **about}


def _states(snapshot: Snapshot, positions: Whole, at: datetime) -> list[str]:
    """Return the state of some stations at an aware instant."""
    outlook = snapshot.outlook(at, 0)
    schedules, which = np.unique(snapshot.schedule[positions], return_inverse=True)
    door, _ = outlook.met(schedules, np.full(len(schedules), outlook.minutes_to(at)), 0.0, 0.0)
    return [_WORDS[Door(each)] for each in door[which].tolist()]
