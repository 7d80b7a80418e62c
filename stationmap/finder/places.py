"""Which stations stand at which place: stations with equal coordinates are one place to the index."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue
from stationmap.finder.blocks import block_order
from stationmap.geo.earth import geocentric

_LARGE_PLACE = 1024

Positions = NDArray[np.int64]
Slots = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """The distinct places of n stations, in block order; a slot is the number of a place in it.

    Attributes
    ----------
    lon, lat : NDArray[float64]
        Degrees of each place; 180 for -180, and longitude 0 at the poles.
    rank : NDArray[int64]
        One a station: its place in the order of ids.
    members : NDArray[int64]
        The stations, by slot and within it by rank.
    starts : NDArray[int64]
        Where each slot's stations begin in ``members``; one more than there are slots.
    slot : NDArray[int64]
        One a station: where it stands.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    rank: NDArray[np.int64]
    members: Positions
    starts: NDArray[np.int64]
    slot: Slots

    @classmethod
    def of(cls, lon: NDArray[np.float64], lat: NDArray[np.float64], ids: Sequence[str] | None) -> "Places":
        """Group stations by place.

        Raises
        ------
        InvalidValue
            When there is not one id a station.
        """
        rank = _ranks(ids, len(lon))
        lon = np.where(lon == -180.0, 180.0, lon)
        lon[np.abs(lat) == 90.0] = 0.0
        by_place = np.lexsort((rank, lat, lon))
        new = np.ones(len(lon), bool)
        new[1:] = (np.diff(lon[by_place]) != 0) | (np.diff(lat[by_place]) != 0)
        firsts = by_place[new]
        order = block_order(geocentric(lon[firsts], lat[firsts]).reshape(-1, 3))
        slot_of_place = np.empty(len(order), np.int64)
        slot_of_place[order] = np.arange(len(order))
        slots = slot_of_place[np.cumsum(new) - 1]
        by_slot = np.argsort(slots, kind="stable")
        starts = np.append(np.flatnonzero(np.diff(slots[by_slot], prepend=-1)), len(lon))
        slot = np.empty(len(lon), np.int64)
        slot[by_place] = slots
        return cls(lon[firsts][order], lat[firsts][order], rank, by_place[by_slot], starts, slot)

    @property
    def single(self) -> bool:
        """Whether every station stands alone at its place."""
        return len(self.lon) == len(self.members)

    def mark(self, wanted: NDArray[np.bool_], bits: NDArray[np.bool_]) -> None:
        """Set the bits, one a slot, of the places where any wanted station stands."""
        if self.single and np.count_nonzero(wanted) * 8 > len(wanted):
            np.take(wanted, self.members, out=bits[: len(wanted)], mode="clip")
        else:
            bits[self.slot[np.flatnonzero(wanted)]] = True

    def renumbered(self) -> "Places":
        """Return the same places where the stations are numbered as they stand in ``members``."""
        numbers = np.arange(len(self.members))
        return Places(self.lon, self.lat, self.rank[self.members], numbers, self.starts, self.slot[self.members])

    def any_of(self, marks: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return for each place the marks, one a station, that any of its stations has."""
        by_place = marks[self.members]
        return by_place if self.single else np.bitwise_or.reduceat(by_place, self.starts[:-1])

    def stations(self, slots: Slots, k: int, wanted: NDArray[np.bool_] | None) -> tuple[Positions, NDArray[np.int64]]:
        """Return the stations at places, and for each the number of its place in ``slots``.

        Of a place with many stations only the first by id are sure to be returned, but of each at least k.
        """
        if self.single:
            return self.members[slots], np.arange(len(slots))
        starts, ends = self.starts[slots], self.starts[slots + 1]
        if wanted is None:
            rows, which = runs(starts, np.minimum(ends, starts + k))
            return self.members[rows], which
        large = ends - starts > max(_LARGE_PLACE, k)
        rows, which = runs(starts, np.where(large, starts, ends))
        positions = self.members[rows]
        matching = np.flatnonzero(wanted[positions])
        positions, which = positions[matching], which[matching]
        for place in np.flatnonzero(large):
            more = self._first_matching(starts[place], ends[place], k, wanted)
            positions, which = np.append(positions, more), np.append(which, np.full(len(more), place))
        return positions, which

    def _first_matching(self, start: int, end: int, k: int, wanted: NDArray[np.bool_]) -> Positions:
        """Return at least the first k wanted stations of one place, reading little more of it than needed."""
        found: list[Positions] = []
        count, step = 0, _LARGE_PLACE
        while start < end and count < k:
            members = self.members[start : min(start + step, end)]
            found.append(members[wanted[members]])
            count += len(found[-1])
            start, step = start + step, 4 * step
        return np.concatenate(found)


def checked(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes as arrays of their own, or say which is none.

    Raises
    ------
    InvalidValue
        When one is NaN, infinite or out of range, or the lengths differ.
    """
    lons, lats = np.array(lon, np.float64), np.array(lat, np.float64)
    if lons.shape != lats.shape or lons.ndim != 1:
        raise InvalidValue(
            "Longitudes and latitudes must be two lists of one length, not of shapes {lon} and {lat}.",
            lon=str(lons.shape),
            lat=str(lats.shape),
        )
    wrong = np.flatnonzero(~((np.abs(lons) <= 180.0) & (np.abs(lats) <= 90.0)))
    if len(wrong):
        lon_wrong, lat_wrong = float(lons[wrong[0]]), float(lats[wrong[0]])
        if abs(lat_wrong) > 90.0 and abs(lon_wrong) <= 90.0 and abs(lat_wrong) <= 180.0:
            raise InvalidValue("Latitude {lat} is outside -90..90; are longitude and latitude swapped?", lat=lat_wrong)
        raise InvalidValue(
            "{lon}, {lat} is no place on earth: longitude must be within -180..180, latitude within -90..90.",
            lon=lon_wrong,
            lat=lat_wrong,
        )
    return lons, lats


def runs(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of all runs start..end one after another, and the run that each belongs to.

    Examples
    --------
    >>> numbers, which = runs(np.array([3, 7]), np.array([5, 8]))
    >>> numbers.tolist(), which.tolist()
    ([3, 4, 7], [0, 0, 1])
    """
    counts = ends - starts
    which = np.repeat(np.arange(len(starts)), counts)
    return np.arange(len(which)) + np.repeat(starts - (np.cumsum(counts) - counts), counts), which


def _ranks(ids: Sequence[str] | None, count: int) -> NDArray[np.int64]:
    """Return the place of each row in the order of ids; of equal ids the first row comes first."""
    if ids is None:
        return np.arange(count)
    if len(ids) != count:
        raise InvalidValue("There are {ids} ids for {count} stations.", ids=len(ids), count=count)
    rank = np.empty(count, np.int64)
    rank[sorted(range(count), key=ids.__getitem__)] = np.arange(count)
    return rank
