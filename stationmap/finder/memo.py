"""Small memories of what was worked out before: bounded, safe under threads."""

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Recent(dict[Hashable, Any]):
    """Keep the results of keys used lately, at most twice ``size`` of them; ``recent[key]`` is None for one not kept.

    Two generations: what is asked for again moves into the young one, which is this dict; when it is full, it becomes
    the old one. Reading takes no lock and for a young key no call, so that threads may share it at little cost; at
    worst a result is worked out once more.

    Parameters
    ----------
    size : int
        How many results a generation holds.

    Examples
    --------
    >>> recent = Recent(100)
    >>> recent.keep("six", 6), recent["six"], recent["seven"], recent.all()
    (6, 6, None, [6])
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._old: dict[Hashable, Any] = {}

    def __missing__(self, key: Hashable) -> Any:
        kept = self._old.get(key)
        return None if kept is None else self.keep(key, kept)

    def keep(self, key: Hashable, made: T) -> T:
        """Keep a result, which is not None, and return it."""
        if len(self) >= self._size:
            self._old = dict(self)
            self.clear()
        self[key] = made
        return made

    def all(self) -> list[Any]:
        """Return all results that are kept, each once."""
        old, young = self._old.copy(), self.copy()  # each in one step: comparing keys may let another thread keep
        return list({**old, **young}.values())


class Rows(list[Any]):
    """Keep results for rows of a table, at most ``most`` of them; None stands where none is kept.

    What was kept first goes first. It is a list: reading takes no lock, no call and no hash. Two threads that keep a
    row at once only let one of them go a little sooner.

    Parameters
    ----------
    rows : int
        How many rows the table has.
    most : int
        How many results are kept.

    Examples
    --------
    >>> squares = Rows(10, most=2)
    >>> squares.keep(3, 9), squares.keep(4, 16), squares.keep(5, 25)
    (9, 16, 25)
    >>> squares[3], squares[4], squares[5]
    (None, 16, 25)
    """

    def __init__(self, rows: int, most: int) -> None:
        super().__init__([None] * rows)
        self._most = most
        self._order: deque[int] = deque()

    def keep(self, row: int, made: T) -> T:
        """Keep the result of a row and return it."""
        self[row] = made
        self._order.append(row)
        if len(self._order) > self._most:
            self[self._order.popleft()] = None
        return made


class Pages:
    """Pages of results, each under a key; on a page a result stands under a number.

    Pages and results are at most ``most`` together: when there are more, all is begun anew. A page is read as the dict
    it is; one that was dropped meanwhile does no harm.

    Examples
    --------
    >>> pages = Pages(3)
    >>> squares = pages.page("squares")
    >>> pages.keep(squares, 6, 36), pages.keep(squares, 7, 49), pages.page("squares")
    (36, 49, {6: 36, 7: 49})
    >>> pages.keep(squares, 8, 64), pages.page("squares")
    (64, {})
    """

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0
        self._pages: dict[Hashable, dict[int, Any]] = {}

    def page(self, key: Hashable) -> dict[int, Any]:
        """Return the page of a key, an empty one where there was none."""
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = {}
            self._counted()
        return page

    def keep(self, page: dict[int, Any], number: int, made: T) -> T:
        """Keep a result on a page and return it."""
        page[number] = made
        self._counted()
        return made

    def _counted(self) -> None:
        self._count += 1
        if self._count > self._most:
            self._pages, self._count = {}, 0


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
