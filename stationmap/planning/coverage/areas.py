"""Coverage by administrative area, at every level, so that each level adds up to the whole.

Every demand place has one deepest area. It counts there and in all areas above; what lies in an area but in none of
its parts is that area's own, what lies in no area stands apart. So for each area

    demand = own + sum of its parts,      whole = sum of the topmost areas + elsewhere,

exactly for whole numbers up to 2**53, else to the rounding of a sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from stationmap.errors import InvalidValue
from stationmap.geo.adcodes import ancestor_codes
from stationmap.geo.areas import Area, AreaTree
from stationmap.planning.coverage.shares import Covered, Total

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Which areas each of n demand places lies in; made once, used for any number of sums.

    Attributes
    ----------
    areas : tuple of Area
        All areas of the tree, by adcode, also those in which nobody is.
    above : NDArray[int64]
        Shape (k,): the next area above each, -1 for the topmost.
    deepest : NDArray[int64]
        Shape (n,): the deepest area of each place, -1 where it is in none.
    within : csr_array
        Shape (k, k): 1 where the area of the column is that of the row or lies in it.
    unmatched : tuple of str
        Codes of the demand that no area has; they count in the area above them by the rule of their digits, if any.
    """

    areas: tuple[Area, ...]
    above: NDArray[np.int64]
    deepest: NDArray[np.int64]
    within: csr_array
    unmatched: tuple[str, ...]

    @classmethod
    def of(cls, adcode: NDArray[np.object_], tree: AreaTree) -> "Parts":
        """Place demand in the areas of a tree by its codes; "" is in no area."""
        number = {area.adcode: i for i, area in enumerate(tree.areas)}
        chains = [[number[step.adcode] for step in tree.path(area.adcode)] for area in tree.areas]
        above = np.array([chain[-2] if len(chain) > 1 else -1 for chain in chains], np.int64)
        part = np.repeat(np.arange(len(chains)), [len(chain) for chain in chains])
        whole = np.array([step for chain in chains for step in chain], np.int64)
        within = csr_array((np.ones(len(part)), (whole, part)), shape=(len(chains), len(chains)))
        codes, which = np.unique(adcode.astype(str), return_inverse=True)
        known = [_number(code, number) for code in codes.tolist()]
        unmatched = tuple(code for code in codes.tolist() if code and code not in number)
        return cls(tree.areas, above, np.array([*known, -1], np.int64)[which], within, unmatched)

    def own(self, weight: Floats) -> Floats:
        """Return the sums over the places whose deepest area each is, shape (k,)."""
        sums: Floats = np.bincount(self.deepest + 1, weight, len(self.areas) + 1)[1:].astype(np.float64, copy=False)
        return sums

    def sums(self, weight: Floats) -> Floats:
        """Return the sums over all places in each area, shape (k,)."""
        total: Floats = self.within @ self.own(weight)
        return total


def _number(code: str, number: dict[str, int]) -> int:
    return next((number[step] for step in (code, *ancestor_codes(code)) if step in number), -1)


@dataclass(frozen=True, slots=True, eq=False)
class AreaTable:
    """How much of a weight is covered in each of k areas, for each of some reaches.

    Attributes
    ----------
    areas : tuple of Area
        One a row.
    above : tuple of str
        The adcode of the next loaded area above each, "" for the topmost.
    reaches_m : tuple of float or None
        One a column; None where the reach differs from place to place.
    demand, own : NDArray[float64]
        Shape (k,): all of the weight in the area, and what of it lies in none of its parts.
    lower, upper : NDArray[float64]
        Shape (k, reaches): covered for certain, and certain or possible.
    elsewhere : tuple of Total
        One a reach: what lies in no area.
    unmatched : tuple of str
        Codes of the demand that no area has.
    """

    areas: tuple[Area, ...]
    above: tuple[str, ...]
    reaches_m: tuple[float | None, ...]
    demand: Floats
    own: Floats
    lower: Floats
    upper: Floats
    elsewhere: tuple[Total, ...]
    unmatched: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.areas)

    def total(self, row: int, column: int = 0) -> Total:
        """Return one cell of the table; its share is None where nobody is in the area."""
        return Total(
            self.reaches_m[column],
            float(self.lower[row, column]),
            float(self.upper[row, column]),
            float(self.demand[row]),
        )

    def ordered(self, wanted: Sequence[str]) -> "AreaTable":
        """Return the rows of some areas in the planner's own order; an area named twice stands twice.

        Parameters
        ----------
        wanted : sequence of str
            Codes, or names that only one area has.

        Raises
        ------
        InvalidValue
            When a word names no area, or more than one.
        """
        rows = [self._row(word) for word in wanted]
        return replace(
            self,
            areas=tuple(self.areas[row] for row in rows),
            above=tuple(self.above[row] for row in rows),
            demand=self.demand[rows],
            own=self.own[rows],
            lower=self.lower[rows],
            upper=self.upper[rows],
        )

    def of_level(self, level: str) -> "AreaTable":
        """Return the rows of one level (``province``, ``city``, ``district``, ``street``) in their order."""
        return self.ordered([area.adcode for area in self.areas if area.level == level])

    def _row(self, word: str) -> int:
        by_code = [row for row, area in enumerate(self.areas) if area.adcode == word]
        rows = by_code or [row for row, area in enumerate(self.areas) if area.name == word]
        if not rows:
            raise InvalidValue(
                "No area is called {word}. Give its code or its name as the boundaries have it.", word=repr(word)
            )
        if len(rows) > 1 and not by_code:
            codes = tuple(self.areas[row].adcode for row in rows)
            raise InvalidValue("{word} names several areas: {codes}. Give the code.", word=repr(word), codes=codes)
        return rows[0]


def by_area(covered: Sequence[Covered], weight: Floats, parts: Parts) -> AreaTable:
    """Return how much of a weight is covered in each area.

    Parameters
    ----------
    covered : sequence of Covered
        One a column.
    weight : NDArray[float64]
        One a place.
    parts : Parts
        Where the places lie.
    """
    nowhere = parts.deepest < 0
    lower, upper = np.zeros((2, len(parts.areas), len(covered)))
    elsewhere = []
    for column, each in enumerate(covered):
        lower[:, column] = parts.sums(np.where(each.certain, weight, 0.0))
        upper[:, column] = parts.sums(np.where(each.possible, weight, 0.0))
        elsewhere.append(Covered(each.reach_m, each.certain[nowhere], each.possible[nowhere]).total(weight[nowhere]))
    return AreaTable(
        parts.areas,
        tuple(parts.areas[up].adcode if up >= 0 else "" for up in parts.above.tolist()),
        tuple(each.reach_m for each in covered),
        parts.sums(weight),
        parts.own(weight),
        lower,
        upper,
        tuple(elsewhere),
        parts.unmatched,
    )
