"""Where China's map shift applies: a coarse line round the mainland, and how deep a place lies within it.

The published code of the shift tests a rectangle (72.004-137.8347 E, 0.8293-55.8271 N). It takes in Korea,
Mongolia, Nepal, Vietnam and half of India, which no provider shifts. The rule here is a polygon instead, of
straight edges in longitude and latitude, drawn by hand from general geographic knowledge. It is not a
boundary, claims nothing and is never to be shown on a map: it says where a formula is used, no more.

- It errs outwards. A station in China left unshifted would stand 300-600 m wrong; a place abroad shifted by
  mistake is in no register. Measured against county boundaries: every corner of every county lies inside by
  more than 3 km, every county seat by more than 10 km; the line runs 23 km outside the land border and
  coast in the median. Foreign towns in that strip (Sinuiju, Blagoveshchensk, Lao Cai) are shifted.
- Hong Kong and Macau lie inside. Whether each provider shifts there is unconfirmed. In Amap's boundary file
  the two are flush with the mainland in GCJ-02 (0.1 km² of overlap with Shenzhen; 9 km² if they were
  unshifted); Baidu is quoted as using BD-09 there; Google is reported as unshifted. A line between would
  run through Luohu and Gongbei, where mainland stations stand.
- Taiwan and Penghu lie outside: what is received there stays as it is. Baidu is quoted as using BD-09 there
  too, users report maps without offset: unconfirmed. Kinmen and Matsu, within sight of the coast, lie
  inside, and so do Hainan and the islands of Sansha.

**Near the line.** A shift that began at once on the line would put places inside it upon places outside,
and no inverse could tell them apart. So it fades in linearly over a :class:`Belt`, gently enough that no
two places meet and the iteration back converges everywhere. In the belt the results fit one another, but no
provider. GCJ-02 makes no promise within 700 m of the line. BD-09 adds up to 1,030 m more, which takes a
belt of its own, 1,400 m wide, on the outer side: it makes none from 700 m inside to 1,400 m outside.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STRETCHES = {
    "Korea Bay, Yalu, Tumen": (
        "124.2 38, 124.15 39.55, 124.45 39.95, 124.75 40.25, 125.2 40.45, 125.9 40.75, 126.3 41, "
        "126.75 41.55, 127.2 41.4, 128 41.3, 128.4 41.35, 128.4 41.9, 129.05 41.9, 129.4 42.2, "
        "129.85 42.3, 129.95 42.85, 130.2 42.7, 130.35 42.45, 130.6 42.25"
    ),
    "Suifen, Xingkai, Ussuri": (
        "130.8 42.4, 130.8 42.7, 131.2 42.8, 131.5 43.5, 131.45 44, 131.45 44.6, 131.9 45.15, "
        "132.9 44.9, 133.3 45, 133.65 45.6, 134 46.1, 134.2 46.7, 134.5 47.3, 134.9 47.7, "
        "134.95 48.05, 135.25 48.3, 135.25 48.55, 134.8 48.6"
    ),
    "Amur": (
        "134.2 48.5, 133.4 48.3, 132.6 48, 131.6 47.85, 131.2 47.9, 131.2 48.5, 130.8 48.95, "
        "130 49.15, 129.5 49.55, 128.7 49.75, 127.9 49.8, 127.75 50.3, 127.5 50.9, 127.1 51.5, "
        "126.6 52.3, 126.2 52.9, 125.3 53.25, 124.3 53.45, 123.5 53.7, 122.2 53.65, 120.8 53.4, "
        "119.9 52.9"
    ),
    "Argun": (
        "120 52.5, 120.4 52.4, 120.4 52.1, 119.8 51.6, 119.5 51, 119.1 50.5, 118.8 50.1, 118.3 50, "
        "117.9 49.75, 117.3 49.7, 116.7 50"
    ),
    "Mongolia": (
        "116.2 49.4, 115.6 48.4, 115.3 48.1, 115.5 47.6, 116.2 47.6, 117.3 47.4, 118.3 47.75, "
        "119 47.3, 119.4 46.9, 118.8 46.85, 118 46.8, 117.3 46.6, 116.5 46.5, 115.6 45.7, "
        "114.5 45.6, 113.6 45, 112.7 45.3, 111.7 45.25, 111.2 44.4, 111.6 43.85, 111.4 43.6, "
        "110.3 43, 109.3 42.6, 107.4 42.6, 106.6 42.4, 105.1 41.85, 104.5 42, 103.5 42.05, 102 42.4, "
        "101.8 42.7, 100 42.8, 97.2 42.95, 96.4 43, 96 43.5, 95.6 44.4, 94.5 44.6, 93.6 45.1, "
        "91.6 45.25, 91.1 45.5, 91.2 46.1, 91.2 46.8, 90.5 47.6, 90.2 48.1, 88.7 48.4, 88.1 48.8, "
        "87.9 49.3"
    ),
    "Altai to Tian Shan": (
        "87.3 49.35, 86.6 49.2, 86.4 48.7, 85.6 48.5, 85.4 47.9, 85.4 47.3, 84.8 47.05, 83 47.35, "
        "82.1 46, 82 45.4, 81 45.5, 79.7 45.1, 79.9 44.6, 80.2 43.9, 80.5 43.3, 80.2 42.9, "
        "79.9 42.3"
    ),
    "Tian Shan to Pamir": (
        "79 42, 78 41.4, 76.8 41.2, 76.1 40.6, 75.7 40.75, 75.3 40.75, 74.6 40.5, 73.7 40.05, "
        "73.3 39.5, 73.5 38.9, 73.6 38.4, 74.6 38.2, 74.6 37.5, 74.3 37.3"
    ),
    "Karakoram, Himalaya": (
        "74.35 36.95, 75.4 36.6, 75.8 35.9, 76.5 35.6, 77.4 35.3, 77.9 34.9, 78.5 34.2, 78.5 33.5, "
        "78.9 32.85, 78.5 32.75, 78.1 32.4, 78.4 31.8, 78.6 31.1, 79.4 30.7, 80.3 30.1, 81.3 29.9, "
        "82.2 29.9, 83.3 29.15, 83.7 29, 84 29, 84.3 28.5, 85.1 28.1, 85.9 27.7, 87 27.7, 88.2 27.7, "
        "88.7 27.6, 88.8 27, 89.2 27.2, 89.45 27.8, 90.5 27.9, 91.3 27.7, 91.5 26.7"
    ),
    "eastern Himalaya to Mekong": (
        "92.2 26.7, 93.9 26.7, 94.5 27.35, 95.3 27.65, 96 27, 97.2 27.4, 97.4 27.8, 98.3 27.3, "
        "98.5 26.4, 98.35 25.9, 97.6 25.3, 97.4 24.9, 97.3 23.75, 98.5 23.8, 98.6 23.1, 99.2 22.85, "
        "99 22, 99.9 21.8, 100 21.4, 101 21.3, 101.6 20.95"
    ),
    "Red River, Gulf of Tonkin": (
        "102 21.1, 101.9 22.2, 102.5 22.2, 103.2 22.35, 104 22.35, 104.8 22.65, 105.35 23.1, "
        "106 22.75, 106.5 22.6, 106.45 22.1, 106.6 21.92, 106.95 21.7, 107.5 21.4, 108 21.3, "
        "108.2 20.5"
    ),
    "South China Sea": (
        "107.8 19.2, 109 17.7, 110.8 16, 110.4 13, 109 7.2, 111.6 3.6, 113.2 3.6, 115.4 7, "
        "116.9 8.8, 117.7 10, 118.2 10.8, 118.4 11.7, 118.7 15.2, 119 19, 119 22.9"
    ),
    "Taiwan Strait, East China Sea, Yellow Sea": "120.2 25.2, 121 26.3, 122.5 27.5, 123.7 30, 123.9 33",
}
OUTSIDE, NEAR, INSIDE = 0, 1, 2
"""Zones of the raster: NEAR is every cell with a place within :data:`GUARD_M` of the line, and few others."""

GUARD_M = 2500.0
METRES_PER_DEGREE = 111_195.0
_CELLS_PER_DEGREE = 20
_STEP_DEG = 0.02  # the line is sampled this finely: half of it and GUARD_M at 54° N stay under one cell
_REFERENCE = np.array([0.487, 0.5])  # the place in a cell whose side of the line is known; on no edge


class Belt(NamedTuple):
    """Between which depths a shift grows from none to whole.

    Attributes
    ----------
    none_m : float
        Depth at and below which nothing is shifted.
    whole_m : float
        Depth at and above which the whole shift applies.
    """

    none_m: float
    whole_m: float

    def weight(self, lon: Floats, lat: Floats) -> Floats:
        """Return the share of the shift at some places, 0 to 1; NaN has none."""
        zones = zone(lon, lat)
        share: Floats = (zones == INSIDE).astype(np.float64)
        near = np.flatnonzero(zones == NEAR)
        if near.size:
            depth = depth_m(lon[near], lat[near])
            share[near] = np.clip((depth - self.none_m) / (self.whole_m - self.none_m), 0.0, 1.0)
        return share


GCJ02_BELT = Belt(-700.0, 700.0)
BD09_BELT = Belt(-1400.0, 0.0)


class _Raster(NamedTuple):
    """Cells of 0.05 degrees about the line, numbered eastward along rows from the south.

    Attributes
    ----------
    zones : ndarray of int8, shape (rows, columns)
    first : ndarray of int64, shape (2,)
        Column and row of the first cell, counted from 0 E, 0 N.
    near : ndarray of int64, shape (m,)
        The numbers of the NEAR cells, ascending.
    reference_inside : ndarray of bool, shape (m,)
        Whether the reference place of each NEAR cell is inside the line.
    edges : ndarray of int64, shape (m, k)
        Every edge within ``GUARD_M`` of a place of each NEAR cell; the rest is the edge that is nowhere.
    """

    zones: NDArray[np.int8]
    first: NDArray[np.int64]
    near: NDArray[np.int64]
    reference_inside: NDArray[np.bool_]
    edges: NDArray[np.int64]


@cache
def corners() -> Floats:
    """Return the corners of the line in degrees, anticlockwise, the first not repeated; shape (n, 2)."""
    pairs = [pair.split() for stretch in _STRETCHES.values() for pair in stretch.split(",")]
    table = np.array(pairs, dtype=np.float64)
    table.setflags(write=False)
    return table


def zone(lon: Floats, lat: Floats) -> NDArray[np.int8]:
    """Return OUTSIDE, NEAR or INSIDE for each place: some 10 ns each.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees; a NaN is OUTSIDE.
    """
    return _raster().zones.ravel().take(_cell(lon, lat))


def depth_m(lon: Floats, lat: Floats) -> Floats:
    """Return how far inside the line each place lies, in metres; negative outside.

    The distance is to the nearest edge, on the sphere laid flat about the place. It is exact to
    :data:`GUARD_M`; a longer one is only known to be longer.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (n,)
        Degrees, all in zone NEAR.
    """
    raster = _raster()
    cell = _cell(lon, lat)
    slot = np.searchsorted(raster.near, cell)
    (x0, y0), (x1, y1) = np.moveaxis(_edges()[raster.edges[slot]], (2, 3), (0, 1))
    lon, lat = lon[:, None], lat[:, None]
    squeeze = np.cos(np.radians(lat))
    along, up = (x1 - x0) * squeeze, y1 - y0
    east, north = (lon - x0) * squeeze, lat - y0
    share = np.clip((east * along + north * up) / (along * along + up * up), 0.0, 1.0)
    away = np.hypot(east - share * along, north - share * up).min(axis=1) * METRES_PER_DEGREE
    row, column = np.divmod(cell, raster.zones.shape[1])
    at = (raster.first + np.stack([column, row], axis=1) + _REFERENCE) / _CELLS_PER_DEGREE
    to_x, to_y = at[:, :1], at[:, 1:]
    parted = _left(x0, y0, x1, y1, lon, lat) != _left(x0, y0, x1, y1, to_x, to_y)
    parted &= _left(lon, lat, to_x, to_y, x0, y0) != _left(lon, lat, to_x, to_y, x1, y1)
    within = raster.reference_inside[slot] ^ (np.count_nonzero(parted, axis=1) % 2 == 1)
    depth: Floats = np.where(within, away, -away)
    return depth


def inside(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Tell for each place whether it lies inside the line; a NaN does not."""
    zones = zone(lon, lat)
    within: NDArray[np.bool_] = zones == INSIDE
    near = np.flatnonzero(zones == NEAR)
    within[near] = depth_m(lon[near], lat[near]) > 0.0
    return within


def _left(x0: Floats, y0: Floats, x1: Floats, y1: Floats, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Tell whether (x, y) lies to the left of the way from (x0, y0) to (x1, y1)."""
    side: NDArray[np.bool_] = (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0)
    return side


def _cell(lon: Floats, lat: Floats) -> NDArray[np.int64]:
    """Return the number of each place's cell; those beyond the raster go to its border, which is OUTSIDE."""
    raster = _raster()
    rows, columns = raster.zones.shape
    column = lon * _CELLS_PER_DEGREE
    column -= raster.first[0]
    row = lat * _CELLS_PER_DEGREE
    row -= raster.first[1]
    np.fmax(np.fmin(column, columns - 1, out=column), 0, out=column)  # fmin and fmax drop NaN
    np.fmax(np.fmin(row, rows - 1, out=row), 0, out=row)
    cell = row.astype(np.int64)
    cell *= columns
    cell += column.astype(np.int64)
    return cell


@cache
def _edges() -> Floats:
    """Return start and end of every edge, and last of an edge that is nowhere; shape (n + 1, 2, 2)."""
    edges = np.stack([corners(), np.roll(corners(), -1, axis=0)], axis=1)
    return np.concatenate([edges, [[[1000.0, 1000.0], [1001.0, 1000.0]]]])


@cache
def _raster() -> _Raster:
    first = np.floor(corners().min(axis=0) * _CELLS_PER_DEGREE).astype(np.int64) - 3
    columns, rows = np.ceil(corners().max(axis=0) * _CELLS_PER_DEGREE).astype(np.int64) + 3 - first
    zones = np.zeros((rows, columns), dtype=np.int8)
    references = (first[0] + np.arange(columns) + _REFERENCE[0]) / _CELLS_PER_DEGREE
    for row in range(rows):
        crossed = np.searchsorted(_crossings((first[1] + row + _REFERENCE[1]) / _CELLS_PER_DEGREE), references)
        zones[row, crossed % 2 == 1] = INSIDE
    samples, numbers = _samples()
    column, row = (np.floor(samples * _CELLS_PER_DEGREE).astype(np.int64) - first).T
    about = [(row + north) * columns + column + east for north in (-1, 0, 1) for east in (-1, 0, 1)]
    pairs = np.unique(np.stack([np.concatenate(about), np.tile(numbers, 9)], axis=1), axis=0)
    near, start, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    edges = np.full((near.size, count.max()), len(corners()))
    edges[np.repeat(np.arange(near.size), count), np.arange(len(pairs)) - np.repeat(start, count)] = pairs[:, 1]
    reference_inside = zones.ravel()[near] == INSIDE
    zones.ravel()[near] = NEAR
    return _Raster(zones, first, near, reference_inside, edges)


def _crossings(lat: float) -> Floats:
    """Return the longitudes, ascending, where the line crosses a parallel."""
    (x0, y0), (x1, y1) = np.moveaxis(_edges()[:-1], 0, 2)
    crossing = (y0 > lat) != (y1 > lat)
    share = (lat - y0[crossing]) / (y1 - y0)[crossing]
    return np.sort(x0[crossing] + share * (x1 - x0)[crossing])


def _samples() -> tuple[Floats, NDArray[np.int64]]:
    """Return places along the line, no two neighbours farther than ``_STEP_DEG`` apart, and their edges' numbers."""
    parts, numbers = [], []
    for number, (start, end) in enumerate(_edges()[:-1]):
        count = int(np.ceil(np.hypot(*(end - start)) / _STEP_DEG))
        parts.append(start + np.arange(count + 1)[:, None] / count * (end - start))
        numbers.append(np.full(count + 1, number))
    return np.concatenate(parts), np.concatenate(numbers)
