"""Compiled loops, where numba is installed: plain functions of numbers and arrays, turned into machine code.

The extra ``fast`` installs numba. Without it everything works and answers the same, only slower. It is slow to import
and to compile: so a module of loops is imported only by who answers many questions.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

AVAILABLE = find_spec("numba") is not None
"""Whether loops are compiled."""

T = TypeVar("T", bound=tuple[Any, ...])
F = TypeVar("F", bound=Callable[..., Any])
A = TypeVar("A", bound=np.generic)


def fixed(array: NDArray[A]) -> NDArray[A]:
    """Return an array as all compiled loops are given them: in one piece and read only.

    Other arrays would be other types to the compiler, and the loop be compiled once more in the middle of a request.
    """
    whole = np.ascontiguousarray(array).view()
    whole.flags.writeable = False
    return whole


def boxed(kind: type[T]) -> tuple[Any, Callable[[T], T]]:
    """Return the type of a box that holds a named tuple, and what puts one in.

    Every array that a loop is passed costs a third of a microsecond, and several times that where it was not used just
    before; a box costs no more than one of them. A loop reads its members as those of the tuple, and should read each
    once. Without numba the tuple is its own box.

    The type must stand in the module of ``kind`` under the name ``{kind}Box``: so kept machine code finds it again.
    """
    if not AVAILABLE:
        return kind, lambda each: each
    from numba.core.types import StructRef
    from numba.experimental import structref

    box = type(f"{kind.__name__}Box", (StructRef,), {"__module__": kind.__module__})
    structref.register(box)  # type: ignore[no-untyped-call]
    held = type(f"{kind.__name__}Held", (structref.StructRefProxy,), {})
    structref.define_proxy(held, box, list(kind._fields))  # type: ignore[attr-defined,no-untyped-call]
    return box, lambda each: held(*each)


def compiled(function: F) -> F:
    """Return a function compiled, or as it is where there is no numba.

    What was compiled is kept beside the module, or where that may not be written in the user's cache, or where
    ``NUMBA_CACHE_DIR`` says: so only the first start after an update takes the time. It is kept by the date of the file
    of the loop alone: where another file changes that a loop takes numbers or loops from, its ``__pycache__`` must go.
    """
    if not AVAILABLE:
        return function
    from numba import njit

    try:
        return cast("F", njit(cache=True, error_model="numpy")(function))
    except RuntimeError:  # there is no folder where it might be kept
        return cast("F", njit(error_model="numpy")(function))
