"""A small memory of what was worked out before: bounded, safe under threads."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Memo:
    """Keep the results of the most recently used keys.

    Two threads that miss the same key at once may both work it out; the results are equal, and one is kept.

    Parameters
    ----------
    size : int
        How many results are kept.

    Examples
    --------
    >>> memo = Memo(2)
    >>> memo.get("six", lambda: 6), memo.get("six", lambda: 7)
    (6, 6)
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, or make and keep it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made
