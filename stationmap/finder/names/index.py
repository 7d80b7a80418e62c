"""The index of names: opened from its file, brought up to date from a ledger's entries, asked by many threads.

What is searched is held in memory: the texts as one row of symbols and, for each pair of neighbours, where it occurs.
A search looks up the rarest pair of a word and compares what stands around it; pinyin is walked character by character
over the distinct pairs first. Measured in one run over 200,000 stations with their addresses, 48,030 names of them
real (``tests/benchmarks/bench_names.py``; p50 and p95 in ms for parts of names, 1 to 10 characters, the ten nearest):

============================  =========  ====================  ==========================
way                           Chinese    a word of most names  pinyin, initials, mistakes
============================  =========  ====================  ==========================
this index                    1.7, 21    5 to 17               p95 of 18, 8, 17
FTS5 over bigrams             0.3, 5     18 to 29              not found
a scan in Python              11, 17                           not found
``LIKE`` in SQLite            41, 45                           not found
============================  =========  ====================  ==========================

FTS5 would need an index more for each of pinyin, initials and mistakes, and finds no single character; here all are
one row of symbols, which takes 100 MB.

The file keeps what is dear: texts spelt and read. An update writes what differs, by hash; a search that runs meanwhile
goes on with the picture it began with. The picture in memory is a large part and a small one with what came since; the
two are joined when the small one outgrows a twentieth. A second process may write the file: :meth:`NameIndex.refresh`
takes the difference in.

A file that is damaged, of another layout or another program's is made again; one that cannot be read or written
(locked, read-only, disk full) is left, the index is then held in memory alone and :attr:`NameIndex.fault` says so.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import Message
from stationmap.finder.names import ranking, store
from stationmap.finder.names.entries import Entry
from stationmap.finder.names.hunt import GUESSES, STAGES, Hunt, Question
from stationmap.finder.names.segment import Column, Segment
from stationmap.finder.names.store import State, Updated
from stationmap.finder.names.texts import Readings
from stationmap.geo.earth import distance_m

log = logging.getLogger(__name__)
HIT_KINDS = frozenset(("station", "address", "area", "street"))
MOST_HITS = 2000
_SMALL_PART = 20
_SOME = 3
_LEAST_JOINED = 2000


@dataclass(frozen=True, slots=True)
class Hit:
    """One place found.

    Attributes
    ----------
    kind : str
        ``station``, ``address`` (of a station), ``area`` or ``street``.
    id : str
        Of the station, area (adcode) or street.
    name, detail : str
        What it is called, and where that is; of an address the station that has it.
    lon, lat : float or None
        WGS 84 degrees.
    match : str
        How it was found: exact, prefix, word, inside, context, pinyin, initials, mixed, parts or typo.
    distance_m : float or None
        Geodesic metres from the position asked with.
    """

    kind: str
    id: str
    name: str
    detail: str
    lon: float | None
    lat: float | None
    match: str
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment and which of its entries still stand (None: all)."""

    segment: Segment
    alive: NDArray[np.bool_] | None


@dataclass(frozen=True, slots=True)
class _Picture:
    """What is searched: the state of the file it shows, and the step up to which the large part reaches."""

    state: State
    base: int
    parts: tuple[_Part, ...]


_NONE = _Picture(State("", -1, -1, ""), -1, ())


class NameIndex:
    """Names to be searched. Safe under threads: searches take no lock, updates follow one another.

    Parameters
    ----------
    path : Path or None
        The file; None: in memory alone.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._picture = _NONE
        self._fault: Message | None = None
        self._changing = threading.Lock()

    @classmethod
    def open(cls, path: str | Path | None) -> Self:
        """Open an index; what its file holds can be searched at once. A file that is none is no error."""
        index = cls(None if path is None else Path(path))
        index.refresh()
        return index

    @property
    def revision(self) -> int:
        """The revision of the ledger that is searched, -1 before the first update."""
        return self._picture.state.revision

    @property
    def stamp(self) -> str:
        """What the last update said besides the revision."""
        return self._picture.state.stamp

    @property
    def fault(self) -> Message | None:
        """Why the file does not serve, None when it does. It may name paths: for the one who runs the server."""
        return self._fault

    def __len__(self) -> int:
        return sum(len(part.segment) if part.alive is None else int(part.alive.sum()) for part in self._picture.parts)

    def refresh(self) -> None:
        """Take in what this or another process has written since; a file that does not serve changes nothing.

        A file without tables is no fault: another process is making it at this moment, or the next update will.
        """
        if self.path is None or not self.path.exists():
            return
        with self._changing:
            try:
                with store.reading(self.path) as connection:
                    self._picture = _painted(connection, self._picture)
            except (sqlite3.Error, OSError, ValueError, KeyError) as fault:
                if not _no_index(fault):
                    self._note(fault)

    def update(self, revision: int, entries: Iterable[Entry], *, stamp: str = "") -> Updated:
        """Make the index hold exactly some entries; those whose content is the same are not touched.

        Parameters
        ----------
        revision : int
            The revision of the ledger that they are of.
        entries : iterable of Entry
            All of them.
        stamp : str
            What else tells this state of the ledger from others; kept as :attr:`stamp`.

        Returns
        -------
        Updated
            What was done. When the file does not serve it is done in memory, and :attr:`fault` says why.
        """
        known = list(entries)
        with self._changing:
            try:
                return self._update_file(revision, stamp, known)
            except (sqlite3.Error, OSError, ValueError, KeyError) as fault:
                self._note(fault)
            return self._update_memory(revision, stamp, known)

    def _update_file(self, revision: int, stamp: str, known: list[Entry]) -> Updated:
        if self.path is None:
            return self._update_memory(revision, stamp, known)
        try:
            updated = self._write(self.path, revision, stamp, known)
        except (sqlite3.DatabaseError, ValueError, KeyError) as fault:
            if isinstance(fault, sqlite3.OperationalError) and not _no_index(fault):
                raise
            log.warning("The index of names %s is made again: %s", self.path, fault)
            for leftover in (self.path, self.path.with_name(f"{self.path.name}-journal")):
                leftover.unlink(missing_ok=True)
            updated = self._write(self.path, revision, stamp, known)
        self._fault = None
        return updated

    def _write(self, path: Path, revision: int, stamp: str, known: list[Entry]) -> Updated:
        with store.writing(path) as connection:
            updated = store.update(connection, revision, stamp, known)
        with store.reading(path) as connection:
            self._picture = _painted(connection, self._picture)
        return updated

    def _update_memory(self, revision: int, stamp: str, known: list[Entry]) -> Updated:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            store.prepare(connection)
            updated = store.update(connection, revision, stamp, known)
            self._picture = _painted(connection, _NONE)
        return updated

    def _note(self, fault: Exception) -> None:
        values = {"path": str(self.path), "fault": str(fault)}
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            told = Message(
                "The index of names {path} is being written by another program ({fault}). Names are searched in"
                " memory until the next change of the register.",
                values,
            )
        else:
            told = Message(
                "The index of names {path} does not serve ({fault}). Names are searched in memory; delete the file or"
                " give another place for it.",
                values,
            )
        if self._fault != told:
            log.warning("%s", told)
        self._fault = told

    def search(
        self,
        text: str,
        *,
        near: tuple[float, float] | None = None,
        limit: int = 10,
        kinds: frozenset[str] = HIT_KINDS,
        wanted: Callable[[Column], NDArray[np.bool_]] | None = None,
    ) -> list[Hit]:
        """Return the best places for what somebody typed, in the order of :mod:`stationmap.finder.names.ranking`.

        Parameters
        ----------
        text : str
            Anything; nothing in it has a meaning of its own. Nothing is found for what has no letter or digit.
        near : (lon, lat), optional
            WGS 84 degrees; of equally good hits the nearer comes first.
        limit : int
            At most so many, 1 to 2000.
        kinds : frozenset of str
            Kinds of hits. Without ``address`` a station found by its address is a hit of the kind ``station``.
        wanted : Callable, optional
            Given the ids of entries, tells which may be hits; asked for a few whole columns, the same ones again and
            again.
        """
        question = Question.of(text, kinds, near)
        picture = self._picture
        if not question.whole or not picture.parts:
            return []
        limit = max(1, min(limit, MOST_HITS))
        hunts = [Hunt(part.segment, part.alive, question, wanted) for part in picture.parts]
        found: list[ranking.Candidate] = []
        for stage in STAGES:
            if stage in GUESSES and found and (len(found) >= _SOME or found[0].level == ranking.THE_NAME):
                break
            for hunt in hunts:
                hunt.widen(stage)
            made = (each for number, hunt in enumerate(hunts) for each in hunt.candidates(limit, number))
            found = ranking.chosen(made, limit)
            if len(found) >= limit:
                break
        return _told(picture, found, near)


def _told(picture: _Picture, found: Sequence[ranking.Candidate], near: tuple[float, float] | None) -> list[Hit]:
    segments = [picture.parts[each.segment].segment for each in found]
    apart = [None] * len(found)
    if near is not None and found:
        lon, lat = (
            [place[each.row] for place, each in zip(places, found, strict=True)]
            for places in ([segment.lon for segment in segments], [segment.lat for segment in segments])
        )
        apart = distance_m(near[0], near[1], lon, lat).tolist()
    return [_hit(*each) for each in zip(segments, found, apart, strict=True)]


def _hit(segment: Segment, found: ranking.Candidate, apart_m: float | None) -> Hit:
    row = found.row
    lon, lat = float(segment.lon[row]), float(segment.lat[row])
    placed = not np.isnan(lon)
    by_address = found.kind == "address"
    return Hit(
        found.kind,
        found.id,
        segment.address[row] if by_address else segment.name[row],
        segment.name[row] if by_address else segment.detail[row],
        lon if placed else None,
        lat if placed else None,
        ranking.match_words(found.level),
        apart_m if placed else None,
    )


def _painted(connection: sqlite3.Connection, before: _Picture) -> _Picture:
    """Return the picture of what a file holds, with the large part of the one before where it still does."""
    state = store.state(connection)
    if state == before.state:
        return before
    if before.parts and state.birth == before.state.birth and state.step > before.base:
        gone = store.gone_since(connection, before.base)
        large = before.parts[0].segment
        if gone is not None:
            alive = ~np.isin(large.number, gone)
            rows = store.rows_since(connection, before.base)
            if len(rows.number) + len(large) - int(alive.sum()) <= max(_LEAST_JOINED, len(large) // _SMALL_PART):
                small = Segment.of(rows, Readings.known(store.readings_of(connection)))
                parts = (_Part(large, None if alive.all() else alive), _Part(small, None))
                return _Picture(state, before.base, parts[: 1 + bool(len(rows.number))])
    rows = store.rows_since(connection, -1)
    large = Segment.of(rows, Readings.known(store.readings_of(connection)))
    return _Picture(state, state.step, (_Part(large, None),))


def _no_index(fault: Exception) -> bool:
    """Tell whether a file is a database but no index: its tables are not there."""
    lacking = ("no such table", "no such column", "table ")
    return isinstance(fault, sqlite3.OperationalError) and str(fault).startswith(lacking)
