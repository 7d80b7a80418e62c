"""Which record a row of a list is: ids that stay the same when a list comes in again.

A row is matched in this order, each record to one row at most, the nearest first where several would do:

1. our own id in its id column;
2. the key of the row within a *named* list. A key alone is not trusted when name, address and place all
   differ: a list that was numbered anew must not rename every station. Keys of a list without a name identify
   nothing, since every list counts from 1; nor does the file's name, since it changes (``list (2).csv``);
3. the very content that a record came in with (name, address, area, place), so that the same file again finds
   the same ids even where two of its rows look alike;
4. the same name and address, unless the areas or, where those are not named, the places are others;
5. the same name within 100 m.

Names and addresses are compared as :func:`normalised` writes them. Real, fictional and generated records
never take each other's ids.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from stationmap.geo.earth import geocentric

SAME_NAME_REACH_M = 100.0
SAME_PLACE_REACH_M = 1000.0
SAME_ADDRESS_REACH_M = 50_000.0
ID_LENGTH = 10
_LETTERS = "abcdefghjkmnpqrstvwxyz"
_SYMBOLS = "0123456789" + _LETTERS
_MOST_CANDIDATES = 50

Pair = tuple[float, int, int]


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What tells one record from another; ``lon`` and ``lat`` are WGS 84 degrees, None when unlocated.

    A row of a list is put in the same form: its ``id`` is what its id column says, "" when nothing.
    """

    id: str
    name: str
    address: str = ""
    area_name: str = ""
    list_name: str = ""
    list_key: str = ""
    lon: float | None = None
    lat: float | None = None
    fictional: bool = False
    generated: bool = False
    removed: bool = False


@lru_cache(maxsize=1 << 17)
def normalised(text: str) -> str:
    """Return a name or address as it is compared: half-width, lower case, letters and digits only.

    Examples
    --------
    >>> normalised("工会驿站（Ａ座 3-1）")
    '工会驿站a座31'
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def new_id(
    name: str,
    address: str = "",
    area_name: str = "",
    lon: float | None = None,
    lat: float | None = None,
    *,
    ordinal: int = 0,
) -> str:
    """Return the id of a record that came in with this content: always the same for the same content.

    Ten characters of Crockford's base 32 in lower case (no i, l, o, u), from the SHA-256 of the normalised
    content with the place rounded to 5 decimals (1 m). The first is a letter, so that no spreadsheet takes an
    id for a number.

    Parameters
    ----------
    name, address, area_name : str
        As listed.
    lon, lat : float, optional
        Degrees WGS 84.
    ordinal : int
        Tells records of the same content apart: 0 for the first, 1 for the second …

    Examples
    --------
    >>> new_id("爱心驿站", "人民路1号") == new_id("爱心驿站 ", "人民路１号")
    True
    """
    place = "" if lon is None or lat is None else f"{lon:.5f},{lat:.5f}"
    content = "\x1f".join((normalised(name), normalised(address), normalised(area_name), place, str(ordinal)))
    number = int.from_bytes(sha256(content.encode()).digest()[:8])
    number, first = divmod(number, len(_LETTERS))
    rest = "".join(_SYMBOLS[number >> 5 * i & 31] for i in range(ID_LENGTH - 1))
    return _LETTERS[first] + rest


def has_own_form(text: str) -> bool:
    """Tell whether a text has the form of one of our ids (upper case too)."""
    folded = text.lower()
    return len(folded) == ID_LENGTH and folded[0] in _LETTERS and all(c in _SYMBOLS for c in folded)


class Identities:
    """The records of a ledger as far as they tell which row is which; does not change.

    Parameters
    ----------
    rows : iterable of KnownRecord
        Every record, removed ones too if their ids shall not be given to others.

    Attributes
    ----------
    records : tuple of KnownRecord
        All of them; positions count in it.
    places : NDArray, shape (n, 3)
        Geocentric metres of each, NaN where it is unlocated.
    """

    def __init__(self, rows: Iterable[KnownRecord] = ()) -> None:
        self.records = tuple(rows)
        self.places = _places(self.records)
        self._own = {record.id: k for k, record in enumerate(self.records)}
        self._keys, self._addresses, self._names = _Positions(), _Positions(), _Positions()
        for k, record in enumerate(self.records):
            name, address = normalised(record.name), normalised(record.address)
            self._names.add(name, k)
            if address:
                self._addresses.add((name, address), k)
            if record.list_name and record.list_key:
                self._keys.add((record.list_name, record.list_key), k)

    def __len__(self) -> int:
        return len(self.records)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._own

    def resolve(self, row: KnownRecord) -> str | None:
        """Return the id of the record that a row is, None when it is none of them."""
        return self.match((row,))[0]

    def match(self, rows: Sequence[KnownRecord]) -> list[str | None]:
        """Return for each row the id of the record that it is, None for a new one; no id is given twice."""
        return self._match(rows, _contents(rows))

    def assign(self, rows: Sequence[KnownRecord]) -> list[str]:
        """Return an id for each row: that of the record that it is, or a new one; no id is given twice."""
        contents = _contents(rows)
        matched = self._match(rows, contents)
        used = {record_id for record_id in matched if record_id is not None}
        following: Counter[str] = Counter()
        ids: list[str] = []
        for row, content, record_id in zip(rows, contents, matched, strict=True):
            while record_id is None:
                fresh = _content(row, following[content]) if following[content] else content
                following[content] += 1
                record_id = None if fresh in used or fresh in self else fresh
            used.add(record_id)
            ids.append(record_id)
        return ids

    def _match(self, rows: Sequence[KnownRecord], contents: Sequence[str]) -> list[str | None]:
        return _Matching(self, rows, contents).run() if self.records else [None] * len(rows)

    def of_list(self, list_name: str) -> tuple[KnownRecord, ...]:
        """Return the records that came in with a named list and were not removed since, in their order."""
        return tuple(
            record for record in self.records if list_name and record.list_name == list_name and not record.removed
        )

    def of_id(self, record_id: str) -> tuple[int, ...]:
        """Return the position of the record of that id: one position or none."""
        k = self._own.get(record_id)
        return () if k is None else (k,)

    def of_key(self, list_name: str, list_key: str) -> Sequence[int] | NDArray[np.int64]:
        """Return the positions of the records of that key in that list; none for a list without a name."""
        return self._keys.of((list_name, list_key))

    def of_address(self, name: str, address: str) -> Sequence[int] | NDArray[np.int64]:
        """Return the positions of the records of that name and address, as :func:`normalised` writes them."""
        return self._addresses.of((normalised(name), normalised(address)))

    def of_name(self, name: str) -> Sequence[int] | NDArray[np.int64]:
        """Return the positions of the records of that name, as :func:`normalised` writes it."""
        return self._names.of(normalised(name))


class _Positions:
    """Positions of records by key, in order; most keys have one, which needs no list."""

    def __init__(self) -> None:
        self._first: dict[Hashable, int] = {}
        self._all: dict[Hashable, list[int]] = {}
        self._crowds: dict[Hashable, NDArray[np.int64]] = {}

    def add(self, key: Hashable, position: int) -> None:
        first = self._first.setdefault(key, position)
        if first != position:
            self._all.setdefault(key, [first]).append(position)

    def of(self, key: Hashable) -> Sequence[int] | NDArray[np.int64]:
        """Return the positions; as an array where they are so many that only the nearest will be looked at."""
        first = self._first.get(key)
        if first is None:
            return ()
        every = self._all.get(key, (first,))
        if len(every) <= _MOST_CANDIDATES:
            return every
        if key not in self._crowds:
            self._crowds[key] = np.array(every)
        return self._crowds[key]


class _Matching:
    """One run of matching rows to records, stage by stage, nearest pairs first."""

    def __init__(self, known: Identities, rows: Sequence[KnownRecord], contents: Sequence[str]) -> None:
        self._known = known
        self._rows = rows
        self._places = _places(rows)
        self._firsts = contents
        self._alike = Counter(contents)
        self._contents = _ordered(rows, contents)

    def run(self) -> list[str | None]:
        ids: list[str | None] = [None] * len(self._rows)
        taken: set[int] = set()
        for stage in (self._own, self._key, self._content, self._same_content, self._address, self._place):
            found = [pair for i in range(len(ids)) if ids[i] is None for pair in stage(i)]
            for _, i, k in sorted(found):
                if ids[i] is None and k not in taken:
                    ids[i] = self._known.records[k].id
                    taken.add(k)
        return ids

    def _own(self, i: int) -> list[Pair]:
        return self._pairs(i, self._known.of_id(self._rows[i].id.lower()), lambda *_: True)

    def _key(self, i: int) -> list[Pair]:
        return self._pairs(i, self._known.of_key(self._rows[i].list_name, self._rows[i].list_key), _agree)

    def _content(self, i: int) -> list[Pair]:
        return self._pairs(i, self._known.of_id(self._contents[i]), _agree)

    def _same_content(self, i: int) -> list[Pair]:
        """Pair a row with what others of its content left: one of them may be known by its key instead."""
        first = self._firsts[i]
        ordinals = range(1, min(self._alike[first], _MOST_CANDIDATES))
        ids = [first, *(_content(self._rows[i], ordinal) for ordinal in ordinals)]
        return self._pairs(i, [k for one in ids for k in self._known.of_id(one)], _agree)

    def _address(self, i: int) -> list[Pair]:
        return self._pairs(i, self._known.of_address(self._rows[i].name, self._rows[i].address), _same_area)

    def _place(self, i: int) -> list[Pair]:
        near = self._known.of_name(self._rows[i].name)
        return self._pairs(i, near, lambda _row, _record, apart_m: apart_m <= SAME_NAME_REACH_M)

    def _pairs(
        self,
        i: int,
        candidates: Sequence[int] | NDArray[np.int64],
        accept: Callable[[KnownRecord, KnownRecord, float], bool],
    ) -> list[Pair]:
        row, found = self._rows[i], []
        for k in self._nearest(i, candidates) if isinstance(candidates, np.ndarray) else candidates:
            record = self._known.records[k]
            if record.fictional == row.fictional and record.generated == row.generated:
                apart_m = _apart_m(self._places[i], self._known.places[k])
                if accept(row, record, apart_m):
                    found.append((apart_m, i, k))
        return found

    def _nearest(self, i: int, candidates: NDArray[np.int64]) -> list[int]:
        apart_m = np.linalg.norm(self._known.places[candidates] - self._places[i], axis=1)
        nearest: list[int] = candidates[np.argpartition(apart_m, _MOST_CANDIDATES)[:_MOST_CANDIDATES]].tolist()
        return nearest


def _places(rows: Sequence[KnownRecord]) -> NDArray[np.float64]:
    lon = np.array([math.nan if row.lon is None else row.lon for row in rows], dtype=float)
    lat = np.array([math.nan if row.lat is None else row.lat for row in rows], dtype=float)
    return geocentric(lon, lat)


def _apart_m(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    apart_m = math.dist(one, other)
    return math.inf if math.isnan(apart_m) else apart_m


def _content(row: KnownRecord, ordinal: int) -> str:
    return new_id(row.name, row.address, row.area_name, row.lon, row.lat, ordinal=ordinal)


def _contents(rows: Sequence[KnownRecord]) -> list[str]:
    """Return the id that the first row of each row's content has."""
    return [_content(row, 0) for row in rows]


def _ordered(rows: Sequence[KnownRecord], contents: Sequence[str]) -> list[str]:
    """Return the id that each row's content has, counting rows of the same content up."""
    seen: Counter[str] = Counter()
    ordered = []
    for row, content in zip(rows, contents, strict=True):
        ordered.append(_content(row, seen[content]) if seen[content] else content)
        seen[content] += 1
    return ordered


def _agree(row: KnownRecord, record: KnownRecord, apart_m: float) -> bool:
    """Tell whether name, address or place (within 1 km) speak for a row being a record."""
    return (
        apart_m <= SAME_PLACE_REACH_M
        or normalised(row.name) == normalised(record.name)
        or (bool(row.address) and normalised(row.address) == normalised(record.address))
    )


def _same_area(row: KnownRecord, record: KnownRecord, apart_m: float) -> bool:
    """Tell whether two records of one name and address may be one.

    Where both name their area, the areas must agree or the places lie within 1 km; where one does not, the
    places must lie within 50 km or one of them be unlocated.
    """
    one, other = normalised(row.area_name), normalised(record.area_name)
    if one and other:
        return one == other or apart_m <= SAME_PLACE_REACH_M
    return math.isinf(apart_m) or apart_m <= SAME_ADDRESS_REACH_M
