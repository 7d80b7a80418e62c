"""Slopes: minutes that differ by direction, from the heights along every street.

Tobler's hiking function gives the pace of a walker on a slope S (rise over run),

    6 exp(-3.5 |S + 0.05|) km/h,

fastest on a gentle descent of 5 %, and 5.04 km/h on the level (W. Tobler, Three Presentations on Geographical Analysis
and Modeling, Technical Report 93-1, National Center for Geographic Information and Analysis, 1993). Here its shape is
kept and its level pace is the network's, ``pace exp(-3.5 (|S + 0.05| - 0.05))``: level streets keep their minutes.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message
from stationmap.planning.network.graph import Network

Floats = NDArray[np.float64]
Heights = Callable[[Floats, Floats], Floats]
"""Metres of height of places in WGS 84 degrees; NaN where none is known."""

STEP_M = 30.0
"""Heights are read this far apart: nearer, the noise of an elevation model becomes slopes."""

_STEEPNESS, _BEST_DESCENT = 3.5, 0.05


def factor(slope: Floats) -> Floats:
    """Return the pace on a slope as a share of the pace on the level.

    Parameters
    ----------
    slope : NDArray[float64]
        Rise over run in the direction of walking.

    Examples
    --------
    >>> factor(np.array([0.0, -0.05, 0.1])).round(3).tolist()
    [1.0, 1.191, 0.705]
    """
    told: Floats = np.exp(-_STEEPNESS * (np.abs(slope + _BEST_DESCENT) - _BEST_DESCENT))
    return told


def with_slopes(network: Network, height: Heights, *, step_m: float = STEP_M) -> Network:
    """Return the network with minutes by slope, up and down; metres and permissions stay.

    Parameters
    ----------
    network : Network
        For walkers.
    height : callable
        Takes longitudes and latitudes, shape (k,), and returns heights in metres, NaN where none is known: ways there
        count as level, and how many are told.
    step_m : float
        How far apart heights are read along an edge, at least; more than 0.

    Raises
    ------
    InvalidValue
        When the network is for e-bikes, of which no such function is known, or the step is not above 0.

    Notes
    -----
    A bridge or tunnel runs straight from the height of one end to that of the other, whatever the ground does.
    """
    if network.mode != "walk":
        raise InvalidValue("Slopes are known for walkers only, not for mode {mode}. Leave them out.", mode=network.mode)
    if not 0.0 < step_m < np.inf:
        raise InvalidValue("The step between heights must be a number of metres above 0, not {step_m}.", step_m=step_m)
    edge, run_m, rise_m = _pieces(network, height, step_m)
    unknown = np.isnan(rise_m)
    slope = np.divide(rise_m, run_m, out=np.zeros_like(run_m), where=(run_m > 0) & ~unknown)
    forward, backward = (
        np.bincount(edge, run_m / (network.speed_m_min * factor(sign * slope)), minlength=network.edges)
        for sign in (1.0, -1.0)
    )
    notes = network.notes
    if unknown.any():
        share = float(run_m[unknown].sum() / max(run_m.sum(), 1e-9))
        told = Message("No height is known along {share:.1%} of the streets; they count as level.", {"share": share})
        notes = (*notes, told)
    return replace(
        network,
        forward_min=np.where(np.isfinite(network.forward_min), forward, np.inf),
        backward_min=np.where(np.isfinite(network.backward_min), backward, np.inf),
        level=False,
        notes=notes,
    )


def _pieces(network: Network, height: Heights, step_m: float) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return all edges in equal pieces of at least the step: the edge, length and rise of each."""
    count = np.maximum(np.floor(network.length_m / step_m), 1.0).astype(np.int64)
    count[network.spans] = 1
    start = np.append(0, np.cumsum(count + 1))
    edge = np.repeat(np.arange(network.edges), count + 1)
    share = (np.arange(start[-1]) - start[edge]) / count[edge]
    base = np.append(0.0, np.cumsum(network.length_m + 1.0))[:-1]
    along = base[edge] + share * network.length_m[edge]
    points = network.point_m + np.repeat(base, np.diff(network.point_start))
    lon, lat = np.interp(along, points, network.point_lon), np.interp(along, points, network.point_lat)
    metres = np.asarray(height(lon, lat), np.float64)
    if metres.shape != lon.shape:
        raise InvalidValue(
            "{count} heights came back for {asked} places. Give one for each, NaN where none is known.",
            count=metres.size,
            asked=lon.size,
        )
    inner = np.flatnonzero(edge[:-1] == edge[1:])
    rise = np.where(np.isfinite(metres[inner + 1] - metres[inner]), metres[inner + 1] - metres[inner], np.nan)
    return edge[inner], network.length_m[edge[inner]] / count[edge[inner]], rise
