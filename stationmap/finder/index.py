"""The spatial index: exact nearest stations on the ellipsoid, within a reach, and in a window.

Points stand in geocentric metres (EPSG:4978), where the straight line (the chord) orders neighbours as the geodesic
does: no projection, no zone, no fault at the antimeridian or the poles. An R-tree (the library rtree) finds the
nearest points and those within a reach; filtered queries go through the blocks of :mod:`stationmap.finder.blocks`,
whose cost no filter drives up, and far queries through :mod:`stationmap.finder.far`. ``ground`` is the same laid out
for the compiled walk of :mod:`stationmap.finder.stream`.
"""

import math
from collections.abc import Sequence
from copy import copy
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rtree.index import Index, Property

from stationmap.errors import InvalidValue
from stationmap.finder.blocks import BLOCK, Blocks, Chances, Mask, chord_reach_m, gap_square, ring_m
from stationmap.finder.compiled import fixed
from stationmap.finder.far import narrow
from stationmap.finder.ground import Ground
from stationmap.finder.places import Places, checked
from stationmap.finder.ruler import Point, Ruler
from stationmap.geo.earth import NEAR_M, geocentric

# Measured at 200,000 stations: the tree is asked for a few more than k, so that one call shows whether anything ties;
# from far outside all stations it is slow (0.3 ms) and cannot decide. For a large reach the blocks are faster.
_TREE_NEIGHBOURS, _SPARE_NEIGHBOURS = 150, 6
_FIRST_BLOCKS, _CROWD_BLOCKS, _CROWD_PLACES = 4, 24, 200

# Distances are told to the micrometre, and so are boundaries.
_EVEN_M = 1e-6

Slots = NDArray[np.int64]
Positions = NDArray[np.int64]
Distances = NDArray[np.float64]


class StationIndex:
    """Stations by place; built once, never changed, safe under threads.

    Stations with equal coordinates share one place in the tree, so that any number of them at one spot costs no more
    than one. Distances are geodesics on WGS 84 in metres, given to the micrometre; what is equal to the micrometre is
    a tie, and ties stand in the order of ids. rtree is not thread-safe even for reading, so a lock guards every call
    to it; queries through a mask take no lock.

    Parameters
    ----------
    lon, lat : ArrayLike
        WGS 84 degrees, one a station.
    ids : Sequence of str, optional
        Ids that order ties; the row number by default.

    Raises
    ------
    InvalidValue
        When a coordinate is NaN, infinite or out of range, or the lengths differ.

    Examples
    --------
    >>> index = StationIndex([113.0, 113.1, 113.2], [34.0, 34.0, 34.0])
    >>> positions, metres = index.nearest(113.09, 34.0, 2)
    >>> positions.tolist(), metres.round().tolist()
    ([1, 0], [924.0, 8315.0])
    """

    def __init__(self, lon: ArrayLike, lat: ArrayLike, ids: Sequence[str] | None = None) -> None:
        self._places = Places.of(*checked(lon, lat), ids)
        self._xyz = geocentric(self._places.lon, self._places.lat).reshape(-1, 3)
        self._blocks = Blocks(self._xyz)
        self._ruler = Ruler(self._places.lon, self._places.lat, self._xyz)
        self.ground = Ground.of(self._places, self._xyz)
        self._everything = self._blocks.everything(len(self))
        self._degree_boxes = self._blocks.bounds(self._places.lon), self._blocks.bounds(self._places.lat)
        self._lock = Lock()
        self._tree = _bulk_loaded(self._xyz)

    def __len__(self) -> int:
        return len(self._places.rank)

    @property
    def rank(self) -> NDArray[np.int64]:
        """One a station: where its id stands in the order of ids."""
        return self._places.rank

    def by_place(self) -> tuple[Positions, "StationIndex"]:
        """Return an order of the stations in which near ones stand together, and the index of them so numbered.

        What one question reads of such stations lies together in memory.
        """
        renumbered = copy(self)
        renumbered._places = self._places.renumbered()
        renumbered.ground = Ground.of(renumbered._places, self._xyz)
        return self._places.members, renumbered

    def mask(self, wanted: NDArray[np.bool_]) -> Mask:
        """Make a filter ready for many queries; costs about 0.3 ms for 200,000 stations.

        Parameters
        ----------
        wanted : NDArray[bool]
            One a station, in the order given to the index.

        Raises
        ------
        InvalidValue
            When it is not one bool a station.
        """
        return self._made(self._checked_mask(wanted).copy())

    def _made(self, wanted: NDArray[np.bool_]) -> Mask:
        bits = np.zeros(self._everything.bits.size, bool)
        self._places.mark(wanted, bits)
        return self._blocks.mask(wanted, bits)

    def nearest(
        self, lon: float, lat: float, k: int, *, mask: NDArray[np.bool_] | Mask | None = None
    ) -> tuple[Positions, Distances]:
        """Return the k nearest stations, exact on the ellipsoid.

        Parameters
        ----------
        lon, lat : float
            WGS 84 degrees.
        k : int
            How many, at least 1.
        mask : NDArray[bool] or Mask, optional
            Which stations count. An array is looked at anew at each call: for many queries take :meth:`mask`.

        Returns
        -------
        positions : NDArray[int64]
            At most k rows of the stations, ordered by (distance, id); ties are trimmed after that order.
        distance_m : NDArray[float64]
            Geodesic metres.

        Raises
        ------
        InvalidValue
            When the query is NaN, infinite or out of range, or k is less than 1.
        """
        point = self._ruler.point(lon, lat)
        if k < 1:
            raise InvalidValue("k must be at least 1, not {k}.", k=k)
        k = min(k, max(len(self), 1))
        wanted = mask.wanted if isinstance(mask, Mask) else mask if mask is None else self._checked_mask(mask)
        slots = None if isinstance(mask, Mask) else self._nearest_by_tree(point, k, wanted)
        if slots is None:
            ready = self._ready(mask)
            box = gap_square(point.xyz, ready.low, ready.high)
            slots = self._nearest_by_blocks(point, min(k, ready.places), ready, box)
        return self._ordered(slots, self._ruler.metres(point, slots), wanted, k)

    def chances(self, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Chances:
        """Make two filters ready to be walked through together, each one bool a station."""
        of_station = fixed(first + 2 * second.view(np.uint8))
        return Chances(of_station, fixed(self._places.any_of(of_station)))

    def within(
        self, lon: float, lat: float, reach_m: float, *, mask: NDArray[np.bool_] | Mask | None = None
    ) -> tuple[Positions, Distances]:
        """Return all stations at most ``reach_m`` away: the boundary is closed, to the micrometre.

        Parameters
        ----------
        lon, lat : float
            WGS 84 degrees.
        reach_m : float
            Geodesic metres, 0 or more; infinite for all.
        mask : NDArray[bool] or Mask, optional
            Which stations count.

        Returns
        -------
        positions : NDArray[int64]
            Ordered by (distance, id).
        distance_m : NDArray[float64]
            Geodesic metres.

        Raises
        ------
        InvalidValue
            When the query is NaN, infinite or out of range, or the reach is NaN or negative.
        """
        point = self._ruler.point(lon, lat)
        if not reach_m >= 0:
            raise InvalidValue("The reach must be 0 metres or more, not {reach_m}.", reach_m=reach_m)
        ready = self._ready(mask)
        chord = chord_reach_m(reach_m + _EVEN_M)
        if mask is None and reach_m <= NEAR_M and len(self):
            slots = self._in_box(point.xyz - chord, point.xyz + chord)
            slots = slots[self._ruler.chords(point, slots) <= chord]
        else:
            near = ready.blocks[gap_square(point.xyz, ready.low, ready.high) <= chord * chord]
            slots, square, _ = self._blocks.open(point.xyz, near, ready)
            slots = slots[square <= chord * chord]
        metres = self._ruler.metres(point, slots)
        inside = metres <= reach_m + _EVEN_M
        wanted = None if mask is None else ready.wanted
        return self._ordered(slots[inside], metres[inside], wanted, len(self))

    def window(self, west: float, south: float, east: float, north: float) -> Positions:
        """Return the stations in a window of longitudes and latitudes, edges included, in row order.

        A window whose ``west`` is greater than ``east`` crosses the antimeridian. 180 and -180 are one meridian, and a
        station at a pole lies on every meridian.

        Parameters
        ----------
        west, south, east, north : float
            WGS 84 degrees.

        Raises
        ------
        InvalidValue
            When an edge is NaN, infinite or out of range, or south is north of north.
        """
        checked([west, east], [south, north])
        if south > north:
            raise InvalidValue(
                "The window's south edge {south} lies north of its north edge {north}.", south=south, north=north
            )
        spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
        if west == -180.0:
            spans.append((180.0, 180.0))
        (low_lon, high_lon), (low_lat, high_lat) = self._degree_boxes
        touched = _overlaps(spans, low_lon, high_lon) | (low_lat == -90.0) | (high_lat == 90.0)
        touched &= (low_lat <= north) & (high_lat >= south)
        slots = self._slots_of(np.flatnonzero(touched))
        lon, lat = self._places.lon[slots], self._places.lat[slots]
        inside = (_overlaps(spans, lon, lon) | (np.abs(lat) == 90.0)) & (lat >= south) & (lat <= north)
        return np.sort(self._places.stations(slots[inside], len(self), None)[0])

    def _checked_mask(self, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        wanted = np.asarray(wanted)
        if wanted.dtype != np.bool_ or wanted.shape != (len(self),):
            raise InvalidValue(
                "A mask must hold one bool for each of the {count} stations, not {dtype} of shape {shape}.",
                count=len(self),
                dtype=str(wanted.dtype),
                shape=str(wanted.shape),
            )
        return wanted

    def _ready(self, mask: NDArray[np.bool_] | Mask | None) -> Mask:
        """Return the mask of a call; one that was made for another index is refused."""
        if mask is None:
            return self._everything
        if not isinstance(mask, Mask):
            return self._made(self._checked_mask(mask))
        self._checked_mask(mask.wanted)
        return mask

    def _nearest_by_tree(self, point: Point, k: int, wanted: NDArray[np.bool_] | None) -> Slots | None:
        """Return the k nearest matching places and all that may tie with them; None where the tree is not the way."""
        spare = k + _SPARE_NEIGHBOURS
        if wanted is not None:
            spare = int(1.5 * k * len(wanted) / max(int(np.count_nonzero(wanted)), 1)) + 2 * _SPARE_NEIGHBOURS
        if spare > _TREE_NEIGHBOURS or point.outside or (wanted is not None and not self._places.single):
            return None
        with self._lock:
            found, _ = self._tree.nearest_v(  # type: ignore[no-untyped-call]
                point.xyz, point.xyz, num_results=spare, strict=True
            )
        chord = self._ruler.chords(point, found)
        looked_m = math.inf if len(found) == self._blocks.count else chord.max()
        if wanted is not None:
            matching = wanted[self._places.members[found]]
            found, chord = found[matching], chord[matching]
        ring = ring_m(float(np.partition(chord, k - 1)[k - 1])) if len(chord) >= k else math.inf
        return np.asarray(found[chord <= ring]) if looked_m > ring or looked_m == math.inf else None

    def _nearest_by_blocks(self, point: Point, k: int, mask: Mask, box: NDArray[np.float64]) -> Slots:
        """Return the k nearest matching places and all that may tie with them; ``box``: see :func:`gap_square`."""
        if k == 0:
            return np.empty(0, np.int64)
        first = min(len(box), max(_FIRST_BLOCKS, 2 * k * len(box) // mask.places))
        while True:
            nearest = box.argpartition(first - 1)[:first] if first < len(box) else np.arange(len(box))
            slots, square, _ = self._blocks.open(point.xyz, mask.blocks[nearest], mask)
            if len(slots) >= k:
                break
            first = min(len(box), 4 * first)
        limit = _ring_square(square, k)
        within = (box <= limit).nonzero()[0]
        if len(within) > max(_CROWD_BLOCKS, 2 * first):
            return self._narrowed(point, k, mask, box, slots, square)
        if np.count_nonzero(box[nearest] <= limit) < len(within):
            slots, square, _ = self._blocks.open(point.xyz, mask.blocks[within], mask)
            limit = _ring_square(square, k)
        inside = square <= limit
        if np.count_nonzero(inside) > k + _CROWD_PLACES:
            return self._narrowed(point, k, mask, box, slots, square)
        return slots[inside]

    def _narrowed(
        self,
        point: Point,
        k: int,
        mask: Mask,
        box: NDArray[np.float64],
        slots: Slots,
        square: NDArray[np.float64],
    ) -> Slots:
        seeds = slots[np.argpartition(square, k - 1)[:k]]
        return narrow(self._blocks, point.xyz, k, mask, box, seeds, lambda found: self._ruler.metres(point, found))

    def _ordered(
        self, slots: Slots, metres: Distances, wanted: NDArray[np.bool_] | None, k: int
    ) -> tuple[Positions, Distances]:
        positions, which = self._places.stations(slots, k, wanted)
        metres = metres[which]
        order = np.lexsort((self._places.rank[positions], metres))[:k]
        return positions[order], metres[order]

    def _in_box(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> Slots:
        with self._lock:
            found, _ = self._tree.intersection_v(low, high)  # type: ignore[no-untyped-call]
        return np.asarray(found)

    def _slots_of(self, blocks: NDArray[np.int64]) -> Slots:
        slots = (blocks[:, None] * BLOCK + np.arange(BLOCK)).reshape(-1)
        return slots[slots < self._blocks.count]


def _bulk_loaded(xyz: NDArray[np.float64]) -> Index:
    """Load the points into an R-tree of three dimensions, packed (sort-tile-recursive), straight from the arrays."""
    properties = Property(dimension=3)
    if not len(xyz):
        return Index(properties=properties)
    return Index((np.arange(len(xyz)), xyz, xyz), properties=properties)


def _ring_square(square: NDArray[np.float64], k: int) -> float:
    return ring_m(math.sqrt(np.partition(square, k - 1)[k - 1])) ** 2


def _overlaps(
    spans: Sequence[tuple[float, float]], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.bool_]:
    inside = np.zeros(len(low), bool)
    for west, east in spans:
        inside |= (low <= east) & (high >= west)
    return inside
