"""Texts under numbers, laid out so that a compiled loop finds them: a table with open addresses."""

from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FIRST_SLOTS, _FIRST_BYTES = 1024, 1 << 18
_NONE = -1


class Table(NamedTuple):
    """The texts of :class:`Phrases` as they are at a moment.

    Attributes
    ----------
    codes : NDArray[int64]
        One a slot, a power of two of them: a number of 0 or more, -1 where there is none.
    begins, ends : NDArray[int64]
        One a slot: where its text stands.
    data : NDArray[uint8]
        UTF-8.
    """

    codes: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    data: NDArray[np.uint8]


def slot_of(codes: NDArray[np.int64], code: int) -> int:
    """Return the slot of a number, or the empty one where it belongs."""
    last = len(codes) - 1
    slot = (code ^ code >> 13 ^ code >> 29) & last
    while codes[slot] != code and codes[slot] != _NONE:
        slot = (slot + 1) & last
    return slot


class Phrases:
    """Texts under numbers of 0 or more; what was laid down is never changed.

    One thread adds at a time; who reads needs no lock, as a number is written after its text.

    Parameters
    ----------
    most : int
        How many are kept: one more, and all are begun anew.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._begin_anew()

    @classmethod
    def after(cls, others: "Phrases") -> "Phrases":
        """Return phrases that begin with those of others."""
        made = cls(others._most)
        with others._lock:
            made._count, made._used, made._data = others._count, others._used, others._room_for(len(others._data))
            codes, begins, ends, _ = others.table
            made.table = Table(codes.copy(), begins.copy(), ends.copy(), _shown(made._data))
        return made

    def _begin_anew(self) -> None:
        self._count, self._used = 0, 0
        self._data = np.empty(_FIRST_BYTES, np.uint8)
        self.table = _table(_FIRST_SLOTS, self._data)

    def add(self, code: int, text: bytes) -> None:
        """Lay down a text, where none is under its number yet."""
        with self._lock:
            if self.table.codes[slot_of(self.table.codes, code)] == code:
                return
            if self._count == self._most:
                self._begin_anew()
            if 2 * (self._count + 1) > len(self.table.codes) or self._used + len(text) > len(self._data):
                self._grow(len(text))
            codes, begins, ends, _ = self.table
            slot, end = slot_of(codes, code), self._used + len(text)
            self._data[self._used : end] = np.frombuffer(text, np.uint8)
            begins[slot], ends[slot], codes[slot] = self._used, end, code
            self._used, self._count = end, self._count + 1

    def _room_for(self, size: int) -> NDArray[np.uint8]:
        """Return so much room with the texts at its beginning."""
        data = np.empty(size, np.uint8)
        data[: self._used] = self._data[: self._used]
        return data

    def _grow(self, more: int) -> None:
        old = self.table
        data = self._room_for(2 * len(self._data) + more)
        table = _table(2 * len(old.codes), data)
        for slot in np.flatnonzero(old.codes != _NONE).tolist():
            into = slot_of(table.codes, int(old.codes[slot]))
            table.begins[into], table.ends[into], table.codes[into] = old.begins[slot], old.ends[slot], old.codes[slot]
        self._data, self.table = data, table


def _table(slots: int, data: NDArray[np.uint8]) -> Table:
    return Table(np.full(slots, _NONE), np.zeros(slots, np.int64), np.zeros(slots, np.int64), _shown(data))


def _shown(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what compiled loops are shown of texts, to which others are still added."""
    shown = data.view()
    shown.flags.writeable = False
    return shown
