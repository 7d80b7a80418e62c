"""People with a value each: the checked rows that every measure of equity is taken over."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from stationmap.errors import InvalidValue, Message

Floats = NDArray[np.float64]

_MOST = 1e150  # products of a value and a weight stay numbers


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Rows with people in them; those of weight 0 are left out.

    Attributes
    ----------
    value : NDArray[float64]
        Shape (k,): 0 or more; what each person of the row has.
    weight : NDArray[float64]
        Shape (k,): people, over 0.
    rank : NDArray[float64]
        Shape (k,): what orders them; the value where nothing else was given.
    rows : NDArray[int64]
        Shape (k,): which of the rows given they are.
    count : float
        How many people there are.
    mean : float
        What each of them has on average; 0 where there are none.
    """

    value: Floats
    weight: Floats
    rank: Floats
    rows: NDArray[np.int64]
    count: float = field(init=False)
    mean: float = field(init=False)

    def __post_init__(self) -> None:
        count = float(self.weight.sum())
        object.__setattr__(self, "count", count)
        object.__setattr__(self, "mean", float((self.weight * self.value).sum()) / count if len(self.weight) else 0.0)

    def part(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> "People":
        """Return some of the rows, by position or by a mask."""
        return People(self.value[rows], self.weight[rows], self.rank[rows], self.rows[rows])


def people(
    values: ArrayLike, weights: ArrayLike | None = None, *, rank: ArrayLike | None = None, endless: bool = False
) -> People:
    """Return the rows that have people in them, checked.

    Parameters
    ----------
    values : array_like of float
        Shape (n,): from 0 to 1e150, or infinite where ``endless``. In a row of weight 0 anything may stand.
    weights : array_like of float, optional
        Shape (n,): 0 or more, finite; one each when left out.
    rank : array_like of float, optional
        Shape (n,), finite; the values when left out.
    endless : bool
        Whether a value may be infinite: the distance of those whom no station serves.

    Raises
    ------
    InvalidValue
        When a value, weight or rank is not such a number, or their lengths differ.
    """
    value = np.asarray(values, np.float64)
    weight = np.ones(len(value)) if weights is None else np.asarray(weights, np.float64)
    order = value if rank is None else np.asarray(rank, np.float64)
    for name, column in ((Message("weight"), weight), (Message("rank"), order)):
        if column.shape != value.shape:
            raise InvalidValue(
                "There are {count} values, but {found} of {name}.", count=value.size, found=column.size, name=name
            )
    _check(Message("weight"), weight, (weight >= 0) & (weight <= _MOST))
    some = weight > 0
    _check(Message("value"), value, ~some | ((value >= 0) & ((value <= _MOST) | (endless & np.isposinf(value)))))
    if rank is not None:
        wrong = np.flatnonzero(some & ~np.isfinite(order))
        if len(wrong):
            raise InvalidValue(
                "Row {row} (from 0) has no rank that is a number. Leave such rows out.", row=int(wrong[0])
            )
    rows = np.flatnonzero(some)
    return People(value[rows], weight[rows], order[rows], rows)


def ranked(order: Floats, weight: Floats) -> Floats:
    """Return the fractional rank of each row: the part of the people before its middle, equal ones together.

    Examples
    --------
    >>> ranked(np.array([5.0, 1.0, 5.0]), np.array([1.0, 2.0, 1.0])).tolist()
    [0.75, 0.25, 0.75]
    """
    _, group = np.unique(order, return_inverse=True)
    count = np.bincount(group, weights=weight)
    middle = np.cumsum(count) - count / 2.0
    return np.asarray((middle / count.sum())[group])


def grouped(labels: ArrayLike, count: int) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Return the group of each of some rows, and the names of the groups, sorted; no label at all is "".

    Raises
    ------
    InvalidValue
        When there are not as many labels as rows.

    Examples
    --------
    >>> index, names = grouped(["b", None, "b"], 3)
    >>> index.tolist(), names.tolist()
    ([1, 0, 1], ['', 'b'])
    """
    label = np.asarray(labels, dtype=object)
    if label.shape != (count,):
        raise InvalidValue(
            "There are {count} values, but {found} of {name}.", count=count, found=label.size, name=Message("group")
        )
    index, found = pd.factorize(label, use_na_sentinel=True)
    texts = np.array([*map(str, found), ""], dtype=object)  # -1, no label, takes the last
    used = np.unique(index)
    names, place = np.unique(texts[used], return_inverse=True)
    lookup = np.zeros(len(texts), np.intp)
    lookup[used] = place
    return lookup[index], names


def _check(name: Message, values: Floats, fits: NDArray[np.bool_]) -> None:
    wrong = np.flatnonzero(~fits)
    if len(wrong):
        value = float(values[wrong[0]])
        if value == np.inf and name.text == "value":
            raise InvalidValue(
                "Row {row} (from 0) is endlessly far: nobody serves it. Of such distances no share can be told; measure"
                " access, the shortfall beyond a standard, or the served alone.",
                row=int(wrong[0]),
            )
        raise InvalidValue(
            "Row {row} (from 0) has {value} as {name}; it must be a number from 0 to {most:g}.",
            row=int(wrong[0]),
            value=value,
            name=name,
            most=_MOST,
        )
