"""Which datum a list of coordinates is in, weighed by the areas that its rows name.

Each hypothesis puts every point somewhere; the point then lies inside the area that its row names, or
outside it. Two hypotheses are compared by a paired sign test over the points on which they differ: under
the null hypothesis that both fit as well, each such point speaks for either with probability 1/2, so the
count for one of them is binomial (``p`` is two-sided, exact). A datum is *proved* when every rival is
rejected with p < 0.001. Points that both put inside, or both outside, say nothing and do not count; rows
that repeat coordinates and area count once, since they are no independent evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from stationmap.errors import Message
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import convert

SIGNIFICANCE = 0.001
_DEGREES = ("wgs84", "gcj02", "bd09")
_METRES = ("bd09mc", "EPSG:3857")
_LARGEST_DEGREE = 400.0
_FIRST_ZONE, _LAST_ZONE = 25, 45
_ZONED_EPSG, _ZONELESS_EPSG = 4513, 4534


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """How well one datum fits: points inside and outside the area that their row names; share inside 0..1."""

    datum: str
    inside: int
    outside: int
    share: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The paired sign test of the best hypothesis against a rival.

    ``better`` points lie inside only under ``best``, ``worse`` only under ``rival``; ``p`` is two-sided.
    """

    best: str
    rival: str
    better: int
    worse: int
    p: float


@dataclass(frozen=True, slots=True)
class DatumEvidence:
    """What the named areas say of each datum; ``best`` is "" when no point names a known area."""

    hypotheses: tuple[Hypothesis, ...]
    comparisons: tuple[Comparison, ...]
    best: str
    proved: bool

    def speaks_against(self, datum: str) -> bool:
        """Tell whether another datum fits better than a given one (p < 0.001), or is proved where that was no rival."""
        if not self.best or self.best == datum:
            return False
        tests = [test for test in self.comparisons if test.rival == datum]
        return any(test.p < SIGNIFICANCE for test in tests) or (not tests and self.proved)

    def told(self) -> Message:
        """Return the evidence as a sentence: the share inside under each hypothesis, the p of each pair."""
        if not self.best:
            return Message("No point names an area whose boundary is known, so nothing speaks for any datum.")
        shares = (f"{h.datum} {h.inside}/{h.inside + h.outside} ({h.share:.1%})" for h in self.hypotheses)
        tests = (f"{c.best} / {c.rival} {c.better}:{c.worse}, p = {c.p:.2g}" for c in self.comparisons)
        return Message(
            "Points inside the area that their row names: {shares}. Points that tell two apart: {tests}. "
            "One is taken only when every rival has p < {significance}.",
            {"shares": "; ".join(shares), "tests": "; ".join(tests), "significance": SIGNIFICANCE},
        )


def weigh(x: NDArray[np.float64], y: NDArray[np.float64], area_names: Sequence[str], areas: AreaTree) -> DatumEvidence:
    """Return what the named areas say of the datum of some points.

    Parameters
    ----------
    x, y : NDArray, shape (n,)
        As received: degrees east and north, or metres; NaN is left out.
    area_names : sequence of str, length n
        The area that each row names; unknown names and functional zones are left out.
    areas : AreaTree
        The boundaries.

    Returns
    -------
    DatumEvidence
        Hypotheses in the order WGS 84, GCJ-02, BD-09 for degrees; BD-09 Mercator, Web Mercator and the
        national Gauss-Krüger zones for metres. The best is the one with most points inside, of equals the
        first.
    """
    x, y, names = _distinct(x, y, area_names)
    if len(x):
        known = areas.contains(names, 0.0, 0.0) >= 0
        x, y, names = x[known], y[known], names[known]
    if not len(x):
        return DatumEvidence((), (), "", proved=False)
    hits = {datum: _inside(datum, x, y, names, areas) for datum in _candidates(x)}
    hypotheses = tuple(_hypothesis(datum, hit) for datum, hit in hits.items())
    best = max(hypotheses, key=lambda hypothesis: hypothesis.inside).datum
    comparisons = tuple(_compare(best, rival, hits) for rival in hits if rival != best)
    return DatumEvidence(hypotheses, comparisons, best, proved=all(test.p < SIGNIFICANCE for test in comparisons))


def _distinct(
    x: NDArray[np.float64], y: NDArray[np.float64], area_names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.str_]]:
    names, code = np.unique(np.asarray(area_names, dtype=str), return_inverse=True)
    rows = np.column_stack([x, y, code])[np.isfinite(x) & np.isfinite(y) & (names[code] != "")]
    rows = np.unique(rows, axis=0)
    return rows[:, 0], rows[:, 1], names[rows[:, 2].astype(int)]


def _candidates(x: NDArray[np.float64]) -> tuple[str, ...]:
    if np.median(np.abs(x)) <= _LARGEST_DEGREE:
        return _DEGREES
    zone = int(np.median(x) // 1_000_000)
    if _FIRST_ZONE <= zone <= _LAST_ZONE:
        return (*_METRES, f"EPSG:{_ZONED_EPSG + zone - _FIRST_ZONE}")
    zones = range(_LAST_ZONE - _FIRST_ZONE + 1)
    return (*_METRES, *(f"EPSG:{_ZONELESS_EPSG + zone}" for zone in zones))


def _inside(
    datum: str, x: NDArray[np.float64], y: NDArray[np.float64], names: NDArray[np.str_], areas: AreaTree
) -> NDArray[np.bool_]:
    lon, lat = convert(x, y, source=datum, target="wgs84")
    return np.asarray(areas.contains(names, lon, lat) == 1)


def _hypothesis(datum: str, hit: NDArray[np.bool_]) -> Hypothesis:
    inside = int(hit.sum())
    return Hypothesis(datum, inside, len(hit) - inside, inside / len(hit))


def _compare(best: str, rival: str, hits: dict[str, NDArray[np.bool_]]) -> Comparison:
    better = int((hits[best] & ~hits[rival]).sum())
    worse = int((hits[rival] & ~hits[best]).sum())
    p = float(binomtest(better, better + worse, 0.5).pvalue) if better + worse else 1.0
    return Comparison(best, rival, better, worse, p)
