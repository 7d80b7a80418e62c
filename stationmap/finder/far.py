"""Queries from far away: telling thousands of candidates apart without measuring each of them.

Near a query the chord orders points as the geodesic does, to the centimetre. From 3,000 km away it no longer does: the
flattening of the earth moves distances by kilometres, and a whole city lies within that doubt. But it moves all points
of a neighbourhood alike. So the geodesic of one point, the anchor, corrects the chords of those around it; what is
left of the doubt grows with the distance from the anchor (:func:`corrected`), and only candidates that it cannot part
are measured. Within 1,000 km of the antipode of a crowd of stations nothing but measuring helps: some milliseconds.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.blocks import BLOCK, Blocks, Mask, chord_reach_m, gap_square

_EARTH_RADIUS_M = 6371008.8
_SLACK_M = 0.05
# For so few blocks one anchor does: an anchor for each would cost more than the candidates it saves.
_FEW_BLOCKS = 16
# A geodesic is at most 4.4 % longer than the arc of its chord on the sphere (from pole to pole).
_LONGER = 1.05
# Greatest slope of (geodesic - spherical arc of the chord) along the ground, for geodesics of up to so many metres:
# the largest of 400,000 random pairs of points times 1.5 (tests/test_index.py draws afresh). Beyond the last, near the
# antipode, the sphere tells nothing.
_REACHES_M = np.array([1e6, 2e6, 4e6, 6e6, 8e6, 1e7, 1.2e7, 1.4e7, 1.6e7, 1.7e7, 1.8e7, 1.85e7, 1.9e7])
_SLOPES = np.array([6e-5, 2.1e-4, 9e-4, 2.1e-3, 4e-3, 6.5e-3, 1.1e-2, 1.9e-2, 4e-2, 6.5e-2, 0.13, 0.21, 0.37, np.inf])

Floats = NDArray[np.float64]
Slots = NDArray[np.int64]
Measure = Callable[[Slots], Floats]


def arc_on_sphere_m(chord_m: Floats | np.floating) -> Floats:
    """Return the arc of a chord on a sphere of the mean radius, half the circumference at most."""
    return 2 * _EARTH_RADIUS_M * np.arcsin(np.minimum(chord_m / (2 * _EARTH_RADIUS_M), 1.0))


def corrected(chord_m: Floats, anchor_chord_m: Floats, anchor_m: Floats, apart_m: Floats) -> tuple[Floats, Floats]:
    """Return the geodesics guessed from chords and anchors, and the most that each guess may be wrong by, in metres.

    Parameters
    ----------
    chord_m, anchor_chord_m : NDArray[float64]
        Chords from the query to the points and to their anchors.
    anchor_m : NDArray[float64]
        Geodesics from the query to the anchors.
    apart_m : NDArray[float64]
        At least the geodesics between the points and their anchors.
    """
    anchor_arc = arc_on_sphere_m(anchor_chord_m)
    slope = _SLOPES[np.searchsorted(_REACHES_M, anchor_m + apart_m)]
    helpless = np.isinf(slope)
    guess = np.where(helpless, anchor_m, anchor_m + arc_on_sphere_m(chord_m) - anchor_arc)
    return guess, apart_m * np.where(helpless, 1.0, slope)


def narrow(blocks: Blocks, q: Floats, k: int, mask: Mask, box_square: Floats, seeds: Slots, measure: Measure) -> Slots:
    """Return slots among which the k nearest on the ellipsoid, and all ties of the k-th, surely are.

    Parameters
    ----------
    blocks : Blocks
        The points.
    q : NDArray[float64]
        The query, geocentric metres.
    k : int
        How many are sought, at most as many as the mask has places.
    mask : Mask
        Which match.
    box_square : NDArray[float64]
        Squares of the distances from the query to the boxes of the mask.
    seeds : NDArray[int64]
        At least k matching slots, the nearer the better.
    measure : callable
        Geodesic metres from the query to slots.
    """
    seed_m = measure(seeds)
    bound_m = _kth(seed_m, k)
    nearest = int(np.argmin(seed_m))
    limit_m = _chord_limit_m(blocks, q, seeds[nearest], float(seed_m[nearest]), bound_m)
    near = np.flatnonzero(box_square <= limit_m**2)
    near = near[_least(blocks, q, mask, near, seeds[nearest : nearest + 1], seed_m[nearest : nearest + 1]) <= bound_m]
    anchors, anchor_m = np.full(len(near), seeds[nearest]), np.full(len(near), seed_m[nearest])
    if len(near) > _FEW_BLOCKS:
        anchors = mask.blocks[near] * BLOCK + np.argmax(mask.bits[mask.blocks[near]], axis=1)
        anchor_m = measure(anchors)
        least_m = _least(blocks, q, mask, near, anchors, anchor_m)
        first = np.argpartition(least_m, _FEW_BLOCKS // 4)[: _FEW_BLOCKS // 4]
        _, guess_m, error_m = _guessed(blocks, q, mask, near[first], anchors[first], anchor_m[first])
        bound_m = min(bound_m, _kth(guess_m + error_m, k))
        left = least_m <= bound_m
        near, anchors, anchor_m = near[left], anchors[left], anchor_m[left]
    slots, guess_m, error_m = _guessed(blocks, q, mask, near, anchors, anchor_m)
    bound_m = min(bound_m, _kth(guess_m + error_m, k))
    return slots[guess_m - error_m <= bound_m]


def _guessed(
    blocks: Blocks, q: Floats, mask: Mask, chosen: NDArray[np.int64], anchors: Slots, anchor_m: Floats
) -> tuple[Slots, Floats, Floats]:
    """Return the matching slots of chosen blocks, with their guessed geodesics by the anchors of these blocks."""
    numbers, at = mask.blocks[chosen], blocks.at(anchors)
    slots, square, which = blocks.open(q, numbers, mask)
    apart_m = _ground(np.sqrt(blocks.open(at, numbers, mask)[1]))
    guess_m, error_m = corrected(np.sqrt(square), _length(at - q)[which], anchor_m[which], apart_m)
    return slots, guess_m, error_m


def _chord_limit_m(blocks: Blocks, q: Floats, anchor: np.int64, anchor_m: float, bound_m: float) -> float:
    """Return a chord beyond which no point can be within the bound, by one anchor for all of them."""
    at = blocks.at(np.array([anchor]))[0]
    corner = np.maximum(np.abs(blocks.low.min(axis=1) - at), np.abs(blocks.high.max(axis=1) - at))
    apart_m = float(_ground(np.linalg.norm(corner)))
    slope = float(_SLOPES[np.searchsorted(_REACHES_M, anchor_m + apart_m)])
    arc_m = float(arc_on_sphere_m(np.linalg.norm(at - q))) + bound_m - anchor_m + slope * apart_m
    half = arc_m / (2 * _EARTH_RADIUS_M)
    chord_m = 2 * _EARTH_RADIUS_M * math.sin(half) if half < math.pi / 2 else math.inf
    return min(chord_m, chord_reach_m(bound_m))


def _least(
    blocks: Blocks, q: Floats, mask: Mask, chosen: NDArray[np.int64], anchors: Slots, anchor_m: Floats
) -> Floats:
    """Return what the geodesic to any point in the boxes of chosen blocks is at least, by one anchor a block or one."""
    low, high = mask.low[:, chosen], mask.high[:, chosen]
    at = blocks.at(anchors)
    corner = np.maximum(np.abs(low - at.T), np.abs(high - at.T))
    chord_m = np.sqrt(gap_square(q, low, high))
    guess_m, error_m = corrected(
        chord_m, _length(at - q), anchor_m, _ground(np.sqrt(np.einsum("ij,ij->j", corner, corner)))
    )
    return np.asarray(guess_m - error_m)


def _kth(values_m: Floats, k: int) -> float:
    """Return what the k-th least of the values is at most, infinity when there are fewer."""
    return float(np.partition(values_m, k - 1)[k - 1]) + _SLACK_M if len(values_m) >= k else math.inf


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)))


def _ground(chord_m: Floats | np.floating) -> Floats:
    return arc_on_sphere_m(chord_m) * _LONGER
