"""What is told of n stations whatever is asked, as stretches of UTF-8 and one record each, for the compiled pen.

What a feature of one station needs lies together: a record, and one stretch. What many share stands once.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stationmap.finder.compiled import fixed
from stationmap.finder.facts import Facts
from stationmap.finder.links import TEMPLATES, shown
from stationmap.finder.services import WORDS, Services

SHARED = ("kinds", "access", "floor", "members_only", "hours_text", "confirmed_on")
"""Columns whose distinct texts stand once."""

FICTIONAL, TIMED, APART = 1, 2, 4
"""Marks of a station: ``TIMED`` where what is said of a service depends on the time, ``APART`` where one is not on the
spot."""

RECORD = np.dtype(
    [
        ("degrees", np.float64, 4),
        ("begin", np.int64),
        ("end", np.int64),
        ("name", np.int64),
        ("name_end", np.int64),
        ("services", np.int64),
        ("services_end", np.int64),
        ("texts", np.int32, len(SHARED)),
        ("shown", np.int32),
        ("marks", np.int32),
    ],
    align=True,
)
"""A station: longitude and latitude in WGS 84 and GCJ-02; where its stretch lies, and its name in it; where its rows of
services lie; the numbers of its texts; which text stands for its name in links, -1 where the name itself does."""

_LISTS = ("kinds", "access")
_ESCAPED = r'[\x00-\x1f"\\]'
_PLAIN_NAME = r"^[0-9A-Za-z\x{4e00}-\x{9fa5}_.~()（）·-]{0,60}$"
"""A name that links take as it is."""

dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Texts(NamedTuple):
    """Texts one after another.

    Attributes
    ----------
    data : NDArray[uint8]
        UTF-8.
    ends : NDArray[int64]
        Where each begins, and the end of the last.
    """

    data: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Self:
        """Lay out texts."""
        ends = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([*map(len, texts)], out=ends[1:])
        return cls(fixed(np.frombuffer(b"".join(texts), np.uint8)), fixed(ends))


class Sheet(NamedTuple):
    """The facts of n stations and what is said of their services.

    Attributes
    ----------
    records : NDArray[RECORD]
        One a station.
    own : NDArray[uint8]
        The stretch of each: its feature up to its address.
    texts : Texts
        Members of an object, a comma before, that many stations share; the names shown in links; and three a service,
        a comma behind: that it is not there, that it is, that it is unknown.
    said : NDArray[int32]
        One a row of services: its text.
    named : int
        The first text of services; behind all of these follows one a service, its name and a colon.
    nearby_m : NDArray[float32]
        One a row of services: metres from the station, NaN when on the spot.
    """

    records: NDArray[Any]
    own: NDArray[np.uint8]
    texts: Texts
    said: NDArray[np.int32]
    named: int
    nearby_m: NDArray[np.float32]

    @classmethod
    def of(cls, stations: pd.DataFrame, facts: Facts, services: Services) -> Self:
        """Lay out the station table of a snapshot, its facts and services."""
        names = _text(stations["name"].fillna(""))
        quoted = _quoted(names)
        odd = ~pc.match_substring_regex(names, _PLAIN_NAME).to_numpy(zero_copy_only=False)
        records = np.zeros(len(stations), RECORD)
        records["degrees"] = np.stack([facts.lon, facts.lat, facts.shifted_lon, facts.shifted_lat], axis=1)
        address = _quoted(_text(stations["address"].fillna("")))
        whole = _joined(*_before(_quoted(_text(stations["id"])), records["degrees"]), quoted, ',"address":', address)
        ends, own = _buffers(whole)
        records["begin"], records["end"] = ends[:-1], ends[1:]
        records["name_end"] = ends[1:] - _length(address) - len(',"address":') - 1
        records["name"] = records["name_end"] - _length(quoted) + 2
        texts: list[bytes] = []
        for at, name in enumerate(SHARED):
            column = facts.columns[name]
            numbers = np.asarray(column.numbers)
            records["texts"][:, at] = np.where(numbers < 0, len(column.texts) - 1, numbers) + len(texts)
            texts += [_member(name, text) for text in column.texts]
        records["shown"] = -1
        records["shown"][odd] = np.arange(np.count_nonzero(odd)) + len(texts)
        texts += [shown(name).encode() for name in names.filter(pa.array(odd)).to_pylist()]
        codes = services.key % max(len(services.names), 1)
        said = 3 * np.append(codes, 0)[: len(services.had)] + services.had + len(texts)
        named = len(texts)
        texts += [f'{dumped(name)}:"{word}",'.encode() for name in services.names for word in WORDS]
        texts += [f"{dumped(name)}:".encode() for name in services.names]
        records["services"], records["services_end"] = services.starts[:-1], services.starts[1:]
        records["marks"] = FICTIONAL * np.frombuffer(facts.fictional, np.int8)
        records["marks"] += TIMED * np.frombuffer(services.timed_at, np.int8) + APART * services.apart()
        return cls(
            fixed(records), fixed(own), Texts.of(texts), fixed(said.astype(np.int32)), named, fixed(services.nearby_m)
        )


def _text(column: "pd.Series[str]") -> pa.Array:
    whole = pa.array(column, pa.large_string())
    return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole


def _buffers(texts: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return where each text begins, with the end of the last, and the texts."""
    _, ends, data = texts.buffers()
    begins = np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1] if ends else np.zeros(1, int)
    return begins, np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)


def _length(texts: pa.Array) -> NDArray[np.int64]:
    """Return how many bytes each text has."""
    return np.asarray(pc.binary_length(texts))


def _joined(*parts: "pa.Array | str") -> pa.Array:
    """Return the texts of columns, and what stands between, joined row by row."""
    columns = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, pa.scalar("", pa.large_string()))


def _before(ids: pa.Array, degrees: NDArray[np.float64]) -> tuple["pa.Array | str", ...]:
    """Return what stands before the name."""
    lon, lat = (pa.array(np.ascontiguousarray(degrees[:, axis])).cast(pa.large_string()) for axis in (0, 1))
    point = ',"geometry":{"type":"Point","coordinates":['
    return '{"type":"Feature","id":', ids, point, lon, ",", lat, ']},"properties":{"id":', ids, ',"name":'


def _member(name: str, text: str) -> bytes:
    said = dumped(text.split("|") if text else []) if name in _LISTS else dumped(text)
    return f',"{name}":{said}'.encode()


def _quoted(texts: pa.Array) -> pa.Array:
    """Return texts as JSON."""
    odd = pc.match_substring_regex(texts, _ESCAPED)
    escaped = pa.array([dumped(text) for text in texts.filter(odd).to_pylist()], pa.large_string())
    return pc.replace_with_mask(_joined('"', texts, '"'), odd, escaped)


@cache
def link_pieces(mode: str) -> tuple[Texts, NDArray[np.int8]]:
    """Return the links of a way of going in pieces, and what stands after each.

    0 is the name, 1 and 2 longitude and latitude in GCJ-02, 3 latitude and longitude in WGS 84, -1 nothing.
    """
    name, east, north, true = range(4)
    pieces = [piece.replace("%%", "%") for piece in TEMPLATES[mode].split("%s")]
    order = (east, north, name, north, east, true, name, name, true, north, east, true, -1)
    return Texts.of([piece.encode() for piece in pieces]), fixed(np.array(order, np.int8))
