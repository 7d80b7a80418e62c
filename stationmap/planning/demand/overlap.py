"""Whether demand lies where its datum says: held against boundaries under each datum of China's maps.

Under the right datum, demand that was cut to an outline lies inside it; a shift of half a kilometre pushes a strip of
it over the edge. Each hypothesis is compared with the datum taken by a paired sign test over the distinct places on
which the two differ (under the null hypothesis each speaks for either with probability 1/2; exact binomial,
two-sided). Two kinds of evidence are told apart:

- rows that **name their area** (a column of codes or names): inside means inside that area. With every rival rejected
  (p < 0.001) this proves a datum.
- rows that name none: inside means inside any boundary. That proves nothing, since demand may reach beyond the
  boundaries that are loaded; it only warns, when a rival also halves what lies outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from stationmap.errors import Message
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import convert, shift_applies

DATUMS = ("wgs84", "gcj02", "bd09")
SIGNIFICANCE = 0.001
MOST_PLACES = 100_000
"""Of more places so many are drawn, always the same ones."""

_SEED = 20201101

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """What boundaries say of the datum of some places.

    Attributes
    ----------
    named : bool
        Whether inside means inside the area that a row names, or else inside any.
    inside : Mapping of datum to NDArray[bool]
        For each datum, which of the distinct places lie inside under it.
    """

    named: bool
    inside: dict[str, NDArray[np.bool_]]

    def share(self, datum: str) -> float:
        """Return which part of the places lies inside under a datum, 0 to 1."""
        return float(self.inside[datum].mean())

    @property
    def best(self) -> str:
        """Return the datum with most places inside, of equals the first; "" when no place lies inside under any."""
        best = max(self.inside, key=lambda datum: int(self.inside[datum].sum()))
        return best if self.inside[best].any() else ""

    @property
    def proved(self) -> str:
        """Return the datum that is proved, "" when none is."""
        best = self.best
        rivals = [datum for datum in self.inside if datum != best]
        return best if best and self.named and all(self.p(best, rival) < SIGNIFICANCE for rival in rivals) else ""

    def p(self, one: str, other: str) -> float:
        """Return the two-sided probability of so uneven a split if both fitted as well."""
        better = int((self.inside[one] & ~self.inside[other]).sum())
        worse = int((self.inside[other] & ~self.inside[one]).sum())
        return float(binomtest(better, better + worse, 0.5).pvalue) if better + worse else 1.0

    def better_than(self, datum: str) -> str:
        """Return the datum that fits clearly better than a given one, "" when none does."""
        best = self.best
        if not best or best == datum or datum not in self.inside or self.p(best, datum) >= SIGNIFICANCE:
            return ""
        halved = 2.0 * (1.0 - self.share(best)) <= 1.0 - self.share(datum)
        return best if self.named or halved else ""

    def told(self) -> Message:
        """Return the shares as a sentence."""
        shares = tuple(f"{datum} {self.share(datum):.1%}" for datum in self.inside)
        if self.named:
            return Message("Demand inside the area that its row names: {shares}.", {"shares": shares})
        return Message("Demand inside the boundaries loaded: {shares}.", {"shares": shares})


def weigh(x: Floats, y: Floats, areas: AreaTree, names: Sequence[str] | None = None) -> Overlap | None:
    """Return what boundaries say of the datum of places in degrees; None when they say nothing.

    Parameters
    ----------
    x, y : NDArray, shape (n,)
        Degrees as received; NaN and places beyond the line of China's shift, where all datums agree, are left out.
    areas : AreaTree
        The boundaries, in WGS 84.
    names : sequence of str, optional
        Name or code of the area of each row, "" where it names none.
    """
    there = np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)
    there[there] = shift_applies(x[there], y[there])
    spelt, code = np.unique(np.asarray([""] * len(x) if names is None else names, dtype=np.str_), return_inverse=True)
    known = np.array([bool(name) and bool((areas.contains(name, 0.0, 0.0) >= 0).all()) for name in spelt.tolist()])
    named = bool(len(spelt)) and bool((known[code] & there).any())
    if named:
        there &= known[code]
    some = _drawn(np.flatnonzero(there))
    places: Floats = np.unique(np.column_stack([x, y, np.where(named, code, 0.0)]).astype(np.float64)[some], axis=0)
    if not len(places):
        return None
    inside = {datum: _inside(datum, places, spelt if named else None, areas) for datum in DATUMS}
    return Overlap(named, inside)


def _drawn(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(rows) <= MOST_PLACES:
        return rows
    return np.sort(np.random.default_rng(_SEED).choice(rows, MOST_PLACES, replace=False))


def _inside(datum: str, places: Floats, names: NDArray[np.str_] | None, areas: AreaTree) -> NDArray[np.bool_]:
    lon, lat = convert(places[:, 0], places[:, 1], source=datum, target="wgs84")
    if names is None:
        return np.asarray(areas.locate(lon, lat) != "")
    return np.asarray(areas.contains(names[places[:, 2].astype(np.int64)], lon, lat) == 1)
