"""The corners of an assessment's curves, few enough for a page and as values that JSON can hold."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stationmap.planning.assessment import Assessment

MOST = 400
_FAR = 3.0
_NEARLY_ALL = 0.95

Floats = NDArray[np.float64]


def points(found: Assessment) -> dict[str, Any]:
    """Return what the charts of an assessment are drawn of.

    Returns
    -------
    dict
        ``distance``: ``distance_m`` (rising metres, at most 400, up to three reaches or as far as 95 % of all have to
        go, whichever is more), ``lower``, ``upper`` (shares within each), None where there is no demand; ``lorenz``:
        ``people`` and ``access`` (rising shares), None where nobody has any access.
    """
    return {"distance": _distance(found), "lorenz": _lorenz(found)}


def arrays(told: Mapping[str, Any]) -> dict[str, Floats]:
    """Return the corners of one curve as arrays again."""
    return {name: np.array(values, np.float64) for name, values in told.items()}


def _distance(found: Assessment) -> dict[str, Any] | None:
    lower, upper = found.curves.lower, found.curves.upper
    if not lower.demand > 0:
        return None
    metres = np.union1d(lower.distance_m, upper.distance_m)
    far = min(max(_FAR * max(found.asked.reaches_m), upper.distance_for(_NEARLY_ALL)), lower.reach_m)
    metres = metres[metres <= far]
    if len(metres) > MOST:
        metres = metres[np.unique(np.linspace(0, len(metres) - 1, MOST).round().astype(np.int64))]
    shares = {name: (each.within(metres) / each.demand).tolist() for name, each in (("lower", lower), ("upper", upper))}
    return {"distance_m": metres.tolist(), **shares}


def _lorenz(found: Assessment) -> dict[str, Any] | None:
    if found.lorenz is None:
        return None
    curve = found.lorenz.sampled(MOST + 1) if len(found.lorenz.people) > MOST else found.lorenz
    return {"people": curve.people.tolist(), "access": curve.share.tolist()}
