"""Compiled loops, where numba is installed: plain functions of numbers and arrays, turned into machine code.

The extra ``fast`` installs numba. Without it everything works and answers the same, only slower.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

AVAILABLE = find_spec("numba") is not None
"""Whether loops are compiled."""

F = TypeVar("F", bound=Callable[..., Any])
A = TypeVar("A", bound=np.generic)


def fixed(array: NDArray[A]) -> NDArray[A]:
    """Return an array as all compiled loops are given them: in one piece and read only.

    Other arrays would be other types to the compiler, and the loop be compiled once more in the middle of a request.
    """
    whole = np.ascontiguousarray(array).view()
    whole.flags.writeable = False
    return whole


def compiled(function: F) -> F:
    """Return a function compiled, or as it is where there is no numba.

    What was compiled is kept beside the module, or where that may not be written in the user's cache, so that only the
    first start after an update takes the time.
    """
    if not AVAILABLE:
        return function
    from numba import njit

    return cast("F", njit(cache=True, error_model="numpy")(function))
