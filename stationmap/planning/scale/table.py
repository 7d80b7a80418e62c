"""A tally as totals and as the table by area that every view of coverage shows, summed exactly before it is rounded."""

import numpy as np
from scipy.sparse import csr_array

from stationmap.geo.areas import AreaTree
from stationmap.planning.coverage.areas import AreaTable, Parts
from stationmap.planning.coverage.shares import Total
from stationmap.planning.scale.sums import Limbs, value
from stationmap.planning.scale.tally import Tally


def totals(tally: Tally, weight: str, *, times: int = 1) -> tuple[Total, ...]:
    """Return how much of a weight is covered within each reach.

    Parameters
    ----------
    tally : Tally
        Of a run.
    weight : str
        Its name.
    times : int
        By so many stations or more.

    Raises
    ------
    InvalidValue
        When the run did not ask for that weight or number.
    """
    whole = tally.total()
    demand = float(whole.of(weight)[0])
    found = [whole.covered(weight, reach_m=reach, times=times) for reach in tally.reaches_m]
    return tuple(
        Total(reach, float(lower[0]), float(upper[0]), demand)
        for reach, (lower, upper) in zip(tally.reaches_m, found, strict=True)
    )


def area_table(tally: Tally, weight: str, tree: AreaTree, *, times: int = 1) -> AreaTable:
    """Return how much of a weight is covered in each area of a tree, one column a reach.

    Parameters
    ----------
    tally : Tally
        Of a run.
    weight : str
        Its name.
    tree : AreaTree
        All areas; codes of the demand that it lacks count in the area above them by the rule of their digits, and
        where there is none, elsewhere.
    times : int
        By so many stations or more.

    Raises
    ------
    InvalidValue
        When the run did not ask for that weight or number.
    """
    tally.covered(weight, reach_m=tally.reaches_m[0], times=times)
    at = tally.position(weight)
    parts = Parts.of(np.array(tally.areas, dtype=object), tree)
    within = parts.within.astype(np.int64)
    own = _own(tally.demand[:, at], parts)
    lower, upper = (_own(bound[:, :, times - 1, at], parts) for bound in (tally.lower, tally.upper))
    apart = float(value(own[-1]))
    outside = zip(tally.reaches_m, value(lower[-1]).tolist(), value(upper[-1]).tolist(), strict=True)
    return AreaTable(
        parts.areas,
        tuple(parts.areas[up].adcode if up >= 0 else "" for up in parts.above.tolist()),
        tally.reaches_m,
        value(_below(within, own)),
        value(own[:-1]),
        value(_below(within, lower)),
        value(_below(within, upper)),
        tuple(Total(reach, certain, possible, apart) for reach, certain, possible in outside),
        parts.unmatched,
    )


def _own(sums: Limbs, parts: Parts) -> Limbs:
    """Return the sums of the demand whose deepest area each is, and last of what is in none."""
    own = np.zeros((len(parts.areas) + 1, *sums.shape[1:]), np.int64)
    np.add.at(own, parts.deepest, sums)
    return own


def _below(within: csr_array, own: Limbs) -> Limbs:
    """Return the sums over each area and all that lie in it."""
    sums: Limbs = within @ own[:-1].reshape(within.shape[1], -1)
    return sums.reshape(own[:-1].shape)
