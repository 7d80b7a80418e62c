"""Columns of numbers as people write them: blanks, thousands separators and full-width digits read, nothing guessed."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MISSING = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", ".", "..", "…", "null", "none", "nan", "na", "n/a", "#n/a", "nil")
)
"""What stands for no number, in lower case; 无 and 暂无 are none of these: nobody knows whether they mean zero."""

_SIGNS = str.maketrans("−–﹣", "---")
_BLANKS = re.compile(r"\s")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"([+-]?)(\d{1,3}(?:([,' ])\d{3})(?:\3\d{3})*)(\.\d*)?", re.ASCII)


class Read(IntEnum):
    """What a cell held."""

    NUMBER = 0
    MISSING = 1
    NO_NUMBER = 2


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column as numbers.

    Attributes
    ----------
    value : NDArray[float64]
        Shape (n,); NaN where there is none.
    read : NDArray[int8]
        Shape (n,), values of :class:`Read`.
    texts : int
        How many of the numbers were written as text that a program would not take for one (``1 234``, full-width).
    """

    value: Floats
    read: NDArray[np.int8]
    texts: int


def numbers(column: Sequence[object]) -> Numbers:
    """Return a column of cells as numbers.

    Parameters
    ----------
    column : sequence
        Cells: numbers, texts, None. A truth value, a day or an infinite number is no number.

    Examples
    --------
    >>> found = numbers(["1,234", " 12 ", "１２", "3万", "-", None])
    >>> found.value.tolist(), found.read.tolist()
    ([1234.0, 12.0, 12.0, nan, nan, nan], [0, 0, 0, 2, 1, 1])
    """
    cells: pd.Series[Any] = pd.Series(list(column), dtype=object)
    kind = pd.api.types.infer_dtype(cells, skipna=True)
    if kind in ("floating", "integer", "mixed-integer-float"):
        value = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        read = np.select([np.isfinite(value), np.isnan(value)], [Read.NUMBER, Read.MISSING], Read.NO_NUMBER)
        return Numbers(np.where(np.isfinite(value), value, np.nan), read.astype(np.int8), 0)
    if kind == "string":
        code, found = pd.factorize(cells, use_na_sentinel=False)
        distinct = list(found)
    else:  # True and 1 are equal, but no same cell
        code, found = pd.factorize(cells.map(lambda cell: (type(cell).__name__, str(cell))), use_na_sentinel=False)
        distinct = [cells.iloc[first] for first in np.unique(code, return_index=True)[1]]
    parsed = [number(cell) for cell in distinct]
    value = np.array([one if isinstance(one, float) else np.nan for one in parsed])
    state = np.array([Read.NUMBER if isinstance(one, float) else one for one in parsed], dtype=np.int8)
    odd = np.array([isinstance(one, float) and _is_odd(cell) for one, cell in zip(parsed, distinct, strict=True)])
    return Numbers(value[code], state[code], int(odd[code].sum()))


def number(cell: object) -> float | Read:
    """Return one cell as a finite number, or why it is none.

    Examples
    --------
    >>> number("12,345.5"), number("1,5"), number("NULL")
    (12345.5, <Read.NO_NUMBER: 2>, <Read.MISSING: 1>)
    """
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return Read.MISSING
    if isinstance(cell, str):
        if _PLAIN.fullmatch(cell):
            return _finite(float(cell))
        text = unicodedata.normalize("NFKC", cell).translate(_SIGNS).strip().replace("\u200b", "")
        if text.casefold() in MISSING:
            return Read.MISSING
        return _finite(_digits(text))
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, int | float | np.number):
        return Read.NO_NUMBER
    if cell != cell:
        return Read.MISSING
    return _finite(float(cell))


def _digits(text: str) -> float:
    if _PLAIN.fullmatch(text):
        return float(text)
    grouped = _GROUPED.fullmatch(_BLANKS.sub(" ", text))
    if grouped:
        return float(grouped[1] + re.sub(r"\D", "", grouped[2]) + (grouped[4] or ""))
    return math.inf


def _finite(value: float) -> float | Read:
    return value if math.isfinite(value) else Read.NO_NUMBER


def _is_odd(cell: object) -> bool:
    return isinstance(cell, str) and not _PLAIN.fullmatch(cell)
