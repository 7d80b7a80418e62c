"""Stations one by one, the nearest first, each judged as it comes: compiled loops for answers of a few dozen.

The points of an index stand in blocks of near neighbours, and runs of blocks make groups. One heap holds groups, blocks
and points by how near they can be at least; the nearest is taken out, a group or block is opened, a point measured
(incremental nearest neighbours, as Hjaltason and Samet have them). So no more is looked at than the answer needs,
whatever the filter. Judged is as :meth:`stationmap.finder.trip.Trip.judge` judges, number for number.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.arrival import Door
from stationmap.finder.compiled import compiled
from stationmap.finder.ground import GROUP, LEAF, Ground
from stationmap.finder.moment import Hours
from stationmap.finder.posts import DOUBT, MARKED_TIMED, Posts
from stationmap.finder.scene import Scene, Sought
from stationmap.finder.services import NO_OUTAGE, NO_SCHEDULE, TIMED, Had, Offered
from stationmap.finder.trip import LONGEST_MIN, MAY_SERVE, SERVES
from stationmap.finder.walk import code_of
from stationmap.geo.earth import CLOSE_M, NEAR_M, Bend, near_arc_of
from stationmap.hours.opening import State

_ROOM, _MOST_NEAR = 8192, 512
_EVEN_M = 1e-6
_NOTHING = 1e-300
_CLOSED, _CLOSING, _UNKNOWN, _OPENS_SOON, _OPEN = (int(door) for door in Door)
_NO, _YES, _DOUBT, _TIMED = int(Had.NO), int(Had.YES), int(Had.UNKNOWN), TIMED
_SHUT, _OPENED, _UNSURE = int(State.CLOSED), int(State.OPEN), int(State.UNKNOWN)
_MINUTE_US = 60_000_000.0

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Place = tuple[float, float, float]


class _Heap(NamedTuple):
    """What is ahead, the least first: squares of metres, what it is, and of how many.

    Numbers of places come first, then those of blocks, then those of groups.
    """

    keys: Floats
    items: Ints
    size: Ints


class _Near(NamedTuple):
    """Stations measured and not yet judged, by (metres, rank), from ``span[0]`` to ``span[1]``."""

    metres: Floats
    stations: Ints
    span: Ints


class _Kept(NamedTuple):
    """Stations kept: those that serve from row 0 on, those that may from row k on, and how many of each."""

    whole: Ints
    parts: Floats
    counts: Ints


@compiled
def _push(heap: _Heap, key: float, item: int) -> None:
    keys, items, at = heap.keys, heap.items, heap.size[0]
    heap.size[0] += 1
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], items[at] = keys[above], items[above]
        at = above
    keys[at], items[at] = key, item


@compiled
def _pop(heap: _Heap) -> int:
    """Take the least off a heap."""
    keys, items = heap.keys, heap.items
    heap.size[0] -= 1
    size, least, at = heap.size[0], items[0], 0
    key, item = keys[size], items[size]
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at], items[at] = keys[below], items[below]
        at = below
    keys[at], items[at] = key, item
    return int(least)


@compiled
def _gap_square(at: Place, low: Floats, high: Floats, row: int) -> float:
    square = 0.0
    for axis in range(3):
        gap = max(low[row, axis] - at[axis], at[axis] - high[row, axis], 0.0)
        square += gap * gap
    return square


_near_arc_m = compiled(near_arc_of)
_code_of = compiled(code_of)


@compiled
def _arc_m(at: Place, xyz: Floats, slot: int, bend: Bend) -> float:
    """Return how far a place is, to the micrometre: exact to :data:`NEAR_M`, not beyond."""
    x, y, z = xyz[slot, 0] - at[0], xyz[slot, 1] - at[1], xyz[slot, 2] - at[2]
    northward, eastward, east_x, east_y = bend
    square = x * x + y * y + z * z
    east = x * east_x + y * east_y
    bent = square * northward + east * east * eastward
    chord = math.sqrt(square)
    arc = chord + bent * bent / (24.0 * chord + _NOTHING)
    if arc > CLOSE_M:
        arc = _near_arc_m(at, (xyz[slot, 0], xyz[slot, 1], xyz[slot, 2]))
    return float(np.rint(arc * 1e6) / 1e6)


@compiled
def _met(hours: Hours, schedule: int, arrival_min: float, margin_min: float, soon_min: float) -> tuple[int, float]:
    """Return what :meth:`stationmap.finder.arrival.Outlook.met_one` returns."""
    door, patience_min = _CLOSED, soon_min
    for row in range(hours.indptr[schedule], hours.indptr[schedule + 1]):
        start, end = hours.start_min[row], hours.end_min[row]
        if end <= arrival_min:
            continue
        wait_min = start - arrival_min
        if hours.unknown[row]:
            if start <= arrival_min + patience_min:
                door = _UNKNOWN
        elif wait_min <= 0.0:
            if end - arrival_min >= margin_min:
                return _OPEN, 0.0
            door, patience_min = _CLOSING, margin_min
        elif wait_min <= soon_min and end - start >= margin_min:
            return _OPENS_SOON, wait_min
        if wait_min > margin_min and wait_min > soon_min:
            break
    return door, 0.0


@compiled
def _had(
    offered: Offered, hours: Hours, need: int, position: int, zone: int, entry_min: float, margin_min: float
) -> int:
    """Return whether a service that depends on the time is there on entry, as ``Trip.had_at`` does."""
    wanted = position * offered.names + offered.codes[need]
    row = offered.starts[position]
    while offered.key[row] != wanted:
        row += 1
    return _had_at(offered, hours, row, zone, entry_min, margin_min)


@compiled
def _had_at(offered: Offered, hours: Hours, row: int, zone: int, entry_min: float, margin_min: float) -> int:
    """Return whether the service of a row is there on entry."""
    had = int(offered.row_had[row])
    if offered.schedule[row] != NO_SCHEDULE:
        door, _ = _met(hours, offered.schedule[row], entry_min, margin_min, 0.0)
        had = _YES if door == _OPEN else _DOUBT if door == _UNKNOWN else _NO
    until = offered.outage_until[row]
    if until != NO_OUTAGE:
        day, entry_us = hours.days[zone, 0], np.rint(entry_min * _MINUTE_US)
        for following in range(1, hours.days.shape[1]):
            if entry_us >= hours.days[zone, following]:
                day += 1
        if day <= until:
            had = _NO
    return had


@compiled
def _judged(
    position: int,
    metres: float,
    posts: Posts,
    starts_min: Floats,
    hours: Hours,
    offered: Offered,
    sought: Sought,
    had: Ints,
) -> tuple[int, float, float, int, int]:
    """Return door, minutes, wait, state when he sets out, and what the station is good for; fills in what is had."""
    minutes, wait_min, post = metres / sought.speed_m_min, 0.0, posts[position]
    schedule, zone = int(post["schedule"]), int(post["zone"])
    stand = hours.stands[schedule]
    if minutes > LONGEST_MIN:
        door = _UNKNOWN
    elif minutes + max(sought.margin_min, sought.soon_min) + 1.0 < stand["left_min"]:
        door = int(stand["door"])
    else:
        door, wait_min = _met(hours, schedule, starts_min[zone] + minutes, sought.margin_min, sought.soon_min)
    now = _OPENED
    if sought.open_now and stand["door"] != _OPEN:
        now = _UNSURE if stand["door"] == _UNKNOWN else _SHUT
    lacking = doubted = False
    for need in range(len(had)):
        one = int(offered.had[need, position])
        if one == _TIMED:
            entry_min = starts_min[zone] + min(minutes, LONGEST_MIN) + wait_min
            one = _had(offered, hours, need, position, zone, entry_min, sought.margin_min)
        had[need] = one
        lacking |= one == _NO
        doubted |= one == _DOUBT
    if sought.any_state or (door >= _OPENS_SOON and now == _OPENED and not lacking and not doubted):
        return door, minutes, wait_min, now, SERVES
    return door, minutes, wait_min, now, MAY_SERVE if door >= _UNKNOWN and now != _SHUT and not lacking else 0


@compiled
def _queue(near: _Near, metres: float, station: int, rank: Ints) -> None:
    at, first = near.span[1], near.span[0]
    near.span[1] += 1
    while at > first:
        before = near.stations[at - 1]
        if near.metres[at - 1] < metres or (near.metres[at - 1] == metres and rank[before] < rank[station]):
            break
        near.metres[at], near.stations[at] = near.metres[at - 1], before
        at -= 1
    near.metres[at], near.stations[at] = metres, station


@compiled
def _open(heap: _Heap, at: Place, ground: Ground, marks: Bytes, wanted: int) -> int:
    """Take the next off the heap: the number of a place, or -1 where it was none, or none of the wanted."""
    item, places, blocks = _pop(heap), len(ground.xyz), len(ground.low)
    if item < places:
        return item if marks[item] & wanted else -1
    if item >= places + blocks:
        begin = (item - places - blocks) * GROUP
        for block in range(begin, min(begin + GROUP, blocks)):
            _push(heap, _gap_square(at, ground.low, ground.high, block), places + block)
        return -1
    begin = (item - places) * LEAF
    for slot in range(begin, min(begin + LEAF, places)):
        if marks[slot] & wanted:
            x, y, z = ground.xyz[slot, 0] - at[0], ground.xyz[slot, 1] - at[1], ground.xyz[slot, 2] - at[2]
            _push(heap, x * x + y * y + z * z, slot)
    return -1


@compiled
def _measured(near: _Near, place: int, metres: float, chances: Bytes, wanted: int, ground: Ground) -> bool:
    """Queue the stations of a place of which something is wanted; return False where that cannot be."""
    if near.span[0] == near.span[1]:
        near.span[:] = 0
    for member in range(ground.starts[place], ground.starts[place + 1]):
        station = ground.members[member]
        if chances[station] & wanted:
            if near.span[1] == len(near.metres) or metres > NEAR_M:
                return False
            _queue(near, metres, station, ground.rank)
    return True


@compiled
def _keep(
    kept: _Kept, first: int, good: int, whole: tuple[int, int, int], parts: Place, had: Ints, alike: int, marks: int
) -> int:
    """Keep a station in the rows from ``first`` on; return how many stand there."""
    number = int(kept.counts[good - 1])
    row = first + number
    position, door, now = whole
    lacks = 0
    for need in range(len(had)):
        kept.whole[row, 4 + need] = had[need]
        lacks |= int(had[need] != _YES) << need
    code = _code_of(alike, door, parts[1] > LONGEST_MIN, marks & DOUBT, lacks)
    kept.whole[row, 0], kept.whole[row, 1], kept.whole[row, 2] = position, door, now
    kept.whole[row, 3] = ~code if marks & MARKED_TIMED else code
    kept.parts[row, 0], kept.parts[row, 3] = position, door
    kept.parts[row, 1], kept.parts[row, 2], kept.parts[row, 4] = parts
    kept.counts[good - 1] = number + 1
    return number + 1


@compiled
def _closed_up(kept: _Kept, k: int) -> tuple[Ints, Floats, int]:
    """Move the rows of the second list up to those of the first; return all, and how many are of the first."""
    serving, doubtful = kept.counts[0], kept.counts[1]
    for row in range(doubtful):
        kept.whole[serving + row] = kept.whole[k + row]
        kept.parts[serving + row] = kept.parts[k + row]
    return kept.whole[: serving + doubtful], kept.parts[: serving + doubtful], serving


@compiled
def all_had(scene: Scene, whole: Ints, parts: Floats, starts_min: Floats, margin_min: float) -> Bytes:
    """Return what is had of each service of the stations of a walk, in rows, where any depends on the time."""
    offered, hours, posts, most = scene.offered, scene.hours, scene.posts, 0
    for row in range(len(whole)):
        if whole[row, 3] < 0:
            most = max(most, offered.starts[whole[row, 0] + 1] - offered.starts[whole[row, 0]])
    had = np.empty((len(whole), most), np.uint8)
    for row in range(len(whole)):
        if whole[row, 3] < 0:
            position, minutes, wait_min = whole[row, 0], parts[row, 2], parts[row, 4]
            zone, first = int(posts[position]["zone"]), offered.starts[position]
            entry_min = starts_min[zone] + (min(minutes, LONGEST_MIN) + wait_min)
            for each in range(offered.starts[position + 1] - first):
                had[row, each] = _had_at(offered, hours, first + each, zone, entry_min, margin_min)
    return had


@compiled
def stream(
    at: Place,
    bend: Bend,
    scene: Scene,
    starts_min: Floats,
    sought: Sought,
) -> tuple[Ints, Floats, int]:
    """Walk outward from a place and keep the first stations that serve, and the first that may.

    Parameters
    ----------
    at : tuple of float
        Where, geocentric metres.
    bend : Bend
        Of the ground there.
    scene : Scene
        In its box: what stands around; a chance is the sum of ``SERVES`` and ``MAY_SERVE``.
    starts_min : NDArray[float64]
        One a zone: see :class:`stationmap.finder.trip.Trip`.
    sought : Sought
        What is looked for.

    Returns
    -------
    whole, parts : NDArray[int64], NDArray[float64]
        Of :class:`stationmap.finder.walk.Walk`: those that serve, then those that may, each by (metres, id). They are
        the nearest; where stations beyond :data:`NEAR_M`, or very many near by, would have to be looked at, not all.
    serving : int
        How many serve.
    """
    of_place, of_station, ground, hours, offered = (
        scene.of_place,
        scene.of_station,
        scene.ground,
        scene.hours,
        scene.offered,
    )
    posts = scene.posts
    heap = _Heap(
        np.empty(_ROOM + len(ground.group_low)),
        np.empty(_ROOM + len(ground.group_low), np.int64),
        np.zeros(1, np.int64),
    )
    near = _Near(np.empty(_MOST_NEAR), np.empty(_MOST_NEAR, np.int64), np.zeros(2, np.int64))
    k, had = sought.k, np.empty(len(offered.codes), np.int64)
    kept = _Kept(np.empty((2 * k, 4 + len(had)), np.int64), np.empty((2 * k, 5)), np.zeros(2, np.int64))
    wanted = SERVES if sought.any_state else SERVES | MAY_SERVE
    for group in range(len(ground.group_low)):
        square = _gap_square(at, ground.group_low, ground.group_high, group)
        _push(heap, square, len(ground.xyz) + len(ground.low) + group)
    while wanted:
        least_m = math.sqrt(heap.keys[0]) if heap.size[0] else np.inf
        ready = near.span[0] < near.span[1] and near.metres[near.span[0]] < least_m - _EVEN_M
        if ready:
            metres, station = near.metres[near.span[0]], near.stations[near.span[0]]
            near.span[0] += 1
            if metres > sought.stage_m:
                break
            if of_station[station] & wanted:
                door, minutes, wait_min, now, good = _judged(
                    station, metres, posts, starts_min, hours, offered, sought, had
                )
                if good & wanted:
                    whole, parts = (station, door, now), (metres, minutes, wait_min)
                    alike = int(hours.stands[posts[station]["schedule"]]["alike"])
                    if k == _keep(kept, k * (good - 1), good, whole, parts, had, alike, int(posts[station]["marks"])):
                        wanted -= good
            continue
        if least_m > sought.stage_m + _EVEN_M and near.span[0] == near.span[1]:
            break
        if least_m > NEAR_M or heap.size[0] + _ROOM // 2 > len(heap.keys):
            break
        place = _open(heap, at, ground, of_place, wanted)
        if place >= 0 and not _measured(near, place, _arc_m(at, ground.xyz, place, bend), of_station, wanted, ground):
            break
    return _closed_up(kept, k)
