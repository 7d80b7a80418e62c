"""Compiled loops, where numba is installed: plain functions of numbers and arrays, turned into machine code.

The extra ``fast`` installs numba. Without it everything works and answers the same, only slower. It is slow to import
and to compile: so a module of loops is imported only by who answers many questions.
"""

import os
import shutil
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

AVAILABLE = find_spec("numba") is not None
"""Whether loops are compiled."""

_ROOMS, _KEPT = ("finder", "geo", "hours"), "loops-"

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


@cache
def _keep_by_sources() -> None:
    """Have numba keep what it compiles in a folder named after the sources; those of other sources are let go."""
    from numba import config

    package, digest = Path(__file__).parent, sha256()
    for source in sorted(each for room in _ROOMS for each in (package.parent / room).rglob("*.py")):
        digest.update(source.read_bytes())
    kept = Path(os.environ.get("NUMBA_CACHE_DIR") or package / "__pycache__")
    config.CACHE_DIR = str(kept / f"{_KEPT}{digest.hexdigest()[:16]}")  # type: ignore[attr-defined]
    for other in kept.glob(f"{_KEPT}*"):
        if str(other) != config.CACHE_DIR:  # type: ignore[attr-defined]
            shutil.rmtree(other, ignore_errors=True)


def compiled(function: F) -> F:
    """Return a function compiled, or as it is where there is no numba.

    What was compiled is kept beside this module, or where ``NUMBA_CACHE_DIR`` says, as long as no source changes that a
    loop could take a number or another loop from: so only the first start after an update takes the time. Where that
    folder may not be written, numba keeps it elsewhere, by the date of the loop's file alone.
    """
    if not AVAILABLE:
        return function
    from numba import njit

    _keep_by_sources()
    try:
        return cast("F", njit(cache=True, error_model="numpy")(function))
    except RuntimeError:  # there is no folder where it might be kept
        return cast("F", njit(error_model="numpy")(function))
