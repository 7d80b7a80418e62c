"""What each station offers, in columns: yes, no or unknown, with own hours and outages where there are any."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stationmap.finder.compiled import fixed
from stationmap.finder.memo import Memo, Recent

NO_SCHEDULE = -1
NO_OUTAGE = 0
_OFFERS_KEPT = 32
_SAID_KEPT = 4096

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Had(IntEnum):
    """Whether a service is there: no, yes, or not known."""

    NO = 0
    YES = 1
    UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """One service across all n stations, as far as it does not depend on the time.

    Attributes
    ----------
    yes, no : NDArray[bool]
        One a station: found to have it at all times the station is open; found not to have it.
    timed : NDArray[int64]
        The rows where it is there, but only at hours of its own or after an outage.
    had : bytes
        The same to ask one station at a time: its :class:`Had`, or :data:`TIMED`.
    """

    yes: Flags
    no: Flags
    timed: Rows
    had: bytes


class Offered(NamedTuple):
    """Some needed services across all n stations, for compiled loops.

    Attributes
    ----------
    had : NDArray[uint8]
        Shape (needs, n): :attr:`Offer.had` of each.
    codes : NDArray[int64]
        One a need: its number among the ``names`` services that occur.
    names : int
        How many services occur.
    starts, key, row_had, schedule, outage_until :
        The rows of :class:`Services`.
    """

    had: NDArray[np.uint8]
    codes: NDArray[np.int64]
    names: int
    starts: Rows
    key: Rows
    row_had: NDArray[np.int8]
    schedule: NDArray[np.int32]
    outage_until: NDArray[np.int32]


TIMED = 3
"""In place of a :class:`Had`: it depends on the time."""

_HAD = {"yes": Had.YES, "no": Had.NO}

WORDS = ("no", "yes", "unknown")
"""The word of each :class:`Had`."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """The rows once more for asking one station at a time: bytes are quicker there than arrays.

    ``codes`` has one sign a row, the position of the name; ``had`` its :class:`Had`; ``timed`` is 1 where that is not
    all, because the service has hours of its own or an outage; ``nearby`` where it is not on the spot; ``schedule`` and
    ``outage_until`` as :class:`Services` has them.
    """

    starts: memoryview
    codes: str
    had: bytes
    timed: bytes
    nearby: bytes
    schedule: memoryview
    outage_until: memoryview


@dataclass(frozen=True, slots=True)
class Services:
    """All services of n stations, one row a service of a station, rows in order of station.

    One more row stands at the end and says nothing: row -1 is a service of which nothing is known.

    Attributes
    ----------
    names : tuple of str
        The codes that occur.
    codes : Mapping[str, int]
        Where each stands in ``names``.
    starts : NDArray[int64]
        Shape (n + 1,): where each station's rows begin.
    key : NDArray[int64]
        One a row, ascending: station times the number of names, plus the position of the name.
    had : NDArray[int8]
        One a row: :class:`Had`; only facts that were found say yes or no.
    schedule : NDArray[int64]
        One a row: the schedule of its own hours, -1 when those of the station.
    nearby_m : NDArray[float64]
        One a row: metres from the station, NaN when on the spot.
    outage_until : NDArray[int64]
        One a row: ordinal of the last day of an outage, 0 when none.
    timed_at : bytes
        One a station: 1 where what is said of a service depends on the time.
    """

    names: tuple[str, ...]
    codes: Mapping[str, int]
    starts: Rows
    key: Rows
    had: NDArray[np.int8]
    schedule: NDArray[np.int32]
    nearby_m: NDArray[np.float32]
    outage_until: NDArray[np.int32]
    timed_at: bytes
    _offers: Memo
    _plain: _Plain
    _said: Recent

    @classmethod
    def of(cls, table: pd.DataFrame, station: Rows, schedule: Rows, stations: int) -> "Services":
        """Arrange a service table.

        Parameters
        ----------
        table : pandas.DataFrame
            With the columns of :data:`stationmap.schema.tables.SERVICE_COLUMNS`; of two rows for one service of one
            station the first counts.
        station, schedule : NDArray[int64]
            One a row: the station, and the schedule of its own hours or -1.
        stations : int
            How many stations there are.
        """
        code, names = pd.factorize(table["service"])
        key, order = _firsts(station * max(len(names), 1) + code)
        answer, words = pd.factorize(table["answer"])
        had = np.array([*(_HAD.get(str(word), Had.UNKNOWN) for word in words), Had.UNKNOWN], np.int8)[answer]
        had[(table["basis"] != "found").to_numpy(bool)] = Had.UNKNOWN
        had = np.append(had[order], np.int8(Had.UNKNOWN))
        own = np.append(np.where(had[:-1] == Had.YES, schedule[order], NO_SCHEDULE), NO_SCHEDULE).astype(np.int32)
        nearby_m = np.append(table["nearby_m"].to_numpy(np.float32)[order], np.float32(np.nan))
        outage_until = np.append(_ordinals(table["outage_until"])[order], np.int32(NO_OUTAGE))
        starts = np.searchsorted(key, np.arange(stations + 1) * max(len(names), 1))
        bound = (own != NO_SCHEDULE) | (outage_until != NO_OUTAGE)
        timed = np.append(0, np.cumsum(bound, dtype=np.int64))
        plain = _Plain(
            starts.data,
            (key % max(len(names), 1)).astype("<u4").tobytes().decode("utf-32-le"),
            had.tobytes(),
            bound.tobytes(),
            (~np.isnan(nearby_m)).tobytes(),
            own.data,
            outage_until.data,
        )
        return cls(
            tuple(str(name) for name in names),
            {str(name): code for code, name in enumerate(names)},
            starts,
            key,
            had,
            own,
            nearby_m,
            outage_until,
            (timed[starts[1:]] > timed[starts[:-1]]).tobytes(),
            Memo(_OFFERS_KEPT),
            plain,
            Recent(_SAID_KEPT),
        )

    def offer(self, name: str) -> Offer:
        """Return one service across all stations."""
        return self._offers.get(name, lambda: self._offer(name))

    def _offer(self, name: str) -> Offer:
        told = np.full(len(self.starts) - 1, Had.UNKNOWN, np.int8)
        timed = np.empty(0, np.int64)
        if name in self.codes:
            rows = np.flatnonzero(self.key % len(self.names) == self.codes[name])
            had = self.had[rows]
            bound = (self.schedule[rows] != NO_SCHEDULE) | (self.outage_until[rows] != NO_OUTAGE)
            timed = rows[(had == Had.YES) & bound]
            had[(had != Had.NO) & bound] = TIMED
            told[self.station_of(rows)] = had
        return Offer(told == Had.YES, told == Had.NO, timed, told.tobytes())

    def offered(self, needs: Sequence[str]) -> Offered:
        """Return some services across all stations, for compiled loops."""
        had = np.empty((len(needs), len(self.starts) - 1), np.uint8)
        for row, need in enumerate(needs):
            had[row] = np.frombuffer(self.offer(need).had, np.uint8)
        codes = np.array([self.codes.get(need, -1) for need in needs], np.int64)
        return Offered(
            fixed(had),
            fixed(codes),
            len(self.names),
            fixed(self.starts),
            fixed(self.key),
            fixed(self.had),
            fixed(self.schedule),
            fixed(self.outage_until),
        )

    def apart(self) -> Flags:
        """Return, one a station, whether any of its services is not on the spot."""
        rows = np.append(0, np.cumsum(np.frombuffer(self._plain.nearby, np.int8), dtype=np.int64))
        return np.asarray(rows[self.starts[1:]] > rows[self.starts[:-1]])

    def station_of(self, rows: Rows) -> Rows:
        """Return the station of each row."""
        return self.key[rows] // len(self.names)

    def rows_at(self, stations: Rows, name: str) -> Rows:
        """Return the row of one service at each of some stations, -1 where nothing is said of it."""
        code = self.codes.get(name)
        if code is None:
            return np.full(len(stations), -1)
        wanted = stations * len(self.names) + code
        rows = np.searchsorted(self.key, wanted)
        return np.where(self.key[np.minimum(rows, len(self.key) - 1)] == wanted, rows, -1)

    def row_at(self, station: int, name: str) -> int:
        """Return the row of one service at one station, -1 where nothing is said of it."""
        code, plain = self.codes.get(name), self._plain
        return -1 if code is None else plain.codes.find(chr(code), plain.starts[station], plain.starts[station + 1])

    def had_at(self, row: int) -> tuple[int, int, int]:
        """Return the :class:`Had` of one row, the schedule of its own hours or -1, the last day of an outage or 0."""
        plain = self._plain
        return plain.had[row], plain.schedule[row], plain.outage_until[row]

    def lasting_at(self, station: int) -> str:
        """Return the JSON of :meth:`said_at` where it never depends on the time, else ""."""
        plain = self._plain
        first, end = plain.starts[station], plain.starts[station + 1]
        if plain.timed.find(1, first, end) >= 0:
            return ""
        said: tuple[Mapping[str, str], str] | None = self._said[plain.codes[first:end], plain.had[first:end]]
        return said[1] if said else self.said_at(station, plain.had.__getitem__)[1]

    def said_at(self, station: int, had: Callable[[int], int]) -> tuple[Mapping[str, str], str]:
        """Return the services of which anything is said at one station: code to word, and the same as JSON.

        ``had`` tells the :class:`Had` of a row where that depends on the time.
        """
        plain = self._plain
        first, end = plain.starts[station], plain.starts[station + 1]
        states = plain.had[first:end]
        if plain.timed.find(1, first, end) >= 0:
            states = bytes(had(row) if plain.timed[row] else plain.had[row] for row in range(first, end))
        key = plain.codes[first:end], states
        said: tuple[Mapping[str, str], str] | None = self._said[key]
        if said is None:
            words = {self.names[ord(code)]: WORDS[state] for code, state in zip(*key, strict=True)}
            said = self._said.keep(key, (MappingProxyType(words), json.dumps(words, separators=(",", ":"))))
        return said

    def nearby_at(self, station: int) -> dict[str, float]:
        """Return the metres, to a tenth, of the services of one station that are not on the spot."""
        plain = self._plain
        first, end = plain.starts[station], plain.starts[station + 1]
        if plain.nearby.find(1, first, end) < 0:
            return {}
        rows = first + np.flatnonzero(~np.isnan(self.nearby_m[first:end]))
        return dict(zip(self.names_of(rows), np.round(self.nearby_m[rows].astype(np.float64), 1).tolist(), strict=True))

    def names_of(self, rows: Rows) -> list[str]:
        """Return the code of each row."""
        return [self.names[code] for code in (self.key[rows] % max(len(self.names), 1)).tolist()]


def _firsts(keys: Rows) -> tuple[Rows, Rows]:
    """Return the distinct keys, ascending, and the first row of each: keys of 0 or more, and not beyond 2**40.

    What :func:`numpy.unique` returns, sooner: key and row are sorted as one number.
    """
    bits = len(keys).bit_length()
    both = np.sort(keys << bits | np.arange(len(keys)))
    new = np.diff(both >> bits, prepend=-1) != 0
    return (both >> bits)[new], (both & ((1 << bits) - 1))[new]


def _ordinals(dates: "pd.Series[str]") -> NDArray[np.int32]:
    """Return ISO dates as ordinals of days, 0 for those that are empty."""
    codes, texts = pd.factorize(dates)
    days = [date.fromisoformat(str(text)).toordinal() if text else NO_OUTAGE for text in texts]
    return np.array([*days, NO_OUTAGE], np.int32)[codes]
