"""The register as the running server sees it: one immutable picture per revision, swapped in the background.

One thread looks at the ledger's revision once a second. When it has moved, the thread builds the next picture while
requests go on reading the present one, then puts it in place in one assignment: readers take no lock. While the ledger
cannot be read (locked, replaced, gone) the last picture goes on serving, and :meth:`Live.status` says so.
"""

import contextlib
import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from stationmap.errors import LedgerUnavailable, Message, NotKept, StationmapError
from stationmap.finder.answer import make_ready
from stationmap.finder.clusters import Clusters
from stationmap.finder.names.entries import entries, stamp
from stationmap.finder.snapshot import Snapshot
from stationmap.geo.areas import Area
from stationmap.hours.calendar import Calendar, china
from stationmap.register.changes import Head
from stationmap.register.database import database_url, default_database, file_of
from stationmap.register.desk.notices import Notice
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Station
from stationmap.web import loops
from stationmap.web.basemap import Basemap, draw
from stationmap.web.districts import District, districts
from stationmap.web.names import Names, index_file

log = logging.getLogger(__name__)
LOOK_EVERY_S = 1.0
FIRST_PICTURE_S = 60.0
TRY_WRITING_EVERY_S = 60.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """All that is served of one revision: the stations to search and to gather, calendar, areas, notices, base map.

    ``districts`` are what the finder offers to choose from where no position is known; ``fictional`` is how many
    stations are of the sample city; ``extent`` is west, south, east, north of all stations, None when there is none;
    ``made_at`` is when the revision was made, None before the first.
    """

    snapshot: Snapshot
    calendar: Calendar
    areas: tuple[Area, ...]
    notices: tuple[Notice, ...]
    basemap: Basemap
    clusters: Clusters
    districts: tuple[District, ...]
    fictional: int
    extent: tuple[float, float, float, float] | None
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """How the server stands to its ledger.

    ``revision`` and ``stations`` are those served, None and 0 before the first picture; ``age_s`` is the time since the
    ledger was last read with success, None when it never was; ``fault`` says why the last look failed, None when it did
    not. It is for the one who runs the server: it may name paths. ``writable`` is whether what workers say could be
    kept when that was last tried.
    """

    revision: int | None
    stations: int
    age_s: float | None
    fault: Message | None
    writable: bool

    @property
    def readable(self) -> bool:
        """Whether the last look succeeded."""
        return self.fault is None


class Live:
    """A ledger watched. Safe under threads; :meth:`close` ends the watch.

    Parameters
    ----------
    database : str, Path or None
        The ledger, as :meth:`Ledger.open` takes it; None for the default one. It need not be there yet.
    look_every_s : float
        Seconds between two looks at the revision.
    names_file : str, Path or None
        Where the index of names is kept; None for beside the ledger.

    Attributes
    ----------
    names : Names
        The names of what is served, to be searched.

    Notes
    -----
    The watch begins at the first question, or with :meth:`start`; making a Live reads nothing.
    """

    def __init__(
        self,
        database: str | Path | None = None,
        *,
        look_every_s: float = LOOK_EVERY_S,
        names_file: str | Path | None = None,
    ) -> None:
        self._database = database
        self.names = Names(lambda: index_file(database) if names_file is None else Path(names_file))
        self._look_every_s = look_every_s
        self._picture: Picture | None = None
        self._head: Head | None = None
        self._ledger: Ledger | None = None
        self._file: tuple[int, int] | None = None
        self._fault: Message | None = None
        self._read_at: float | None = None
        self._writable = False
        self._tried_at = 0.0
        self._looked = threading.Event()
        self._ended = threading.Event()
        self._starting = threading.Lock()
        self._watcher: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch, once."""
        with self._starting:
            if self._watcher is None and not self._ended.is_set():
                self._watcher = threading.Thread(target=self._watch, name="stationmap-live", daemon=True)
                self._watcher.start()

    def close(self) -> None:
        """End the watch and let the ledger go."""
        self._ended.set()
        if self._watcher is not None:
            self._watcher.join(timeout=10)
        self.names.close()
        self._let_go()

    def picture(self) -> Picture:
        """Return what is served now; the first caller waits until it is read.

        Raises
        ------
        LedgerUnavailable
            When the ledger could not be read even once.
        """
        if self._picture is None:
            self.start()
            self._looked.wait(FIRST_PICTURE_S)
        picture = self._picture
        if picture is None:
            raise _unreadable(self._database)
        return picture

    def snapshot(self) -> Snapshot:
        """Return the stations that are served now; raises as :meth:`picture` does."""
        return self.picture().snapshot

    def status(self) -> Status:
        """Return how the server stands to its ledger; never waits for more than the first look."""
        self.start()
        self._looked.wait(FIRST_PICTURE_S)
        picture, read_at = self._picture, self._read_at
        return Status(
            revision=picture.snapshot.revision if picture else None,
            stations=len(picture.snapshot.stations) if picture else 0,
            age_s=None if read_at is None else time.monotonic() - read_at,
            fault=self._fault,
            writable=self._writable and self._fault is None,
        )

    def station(self, id: str) -> Station:  # noqa: A002 the ledger's own word
        """Return one record with all its provenance, read from the ledger itself.

        Raises
        ------
        NotFound
            When there never was such a station.
        LedgerUnavailable
            When the ledger cannot be read.
        """
        return self.ask(lambda ledger: ledger.station(id))

    def ask(self, question: Callable[[Ledger], _T]) -> _T:
        """Return what the ledger itself answers; for what no picture holds.

        Raises
        ------
        LedgerUnavailable
            When the ledger cannot be read.
        """
        self.picture()
        ledger = self._ledger
        if ledger is None:
            raise _unreadable(self._database)
        return question(ledger)

    def keep(self, change: Callable[[Ledger], _T]) -> _T:
        """Return what a change of the ledger gives; :meth:`status` says whether the last one could be kept.

        Raises
        ------
        NotKept
            When it cannot be written now: busy, full or write-protected.
        LedgerUnavailable
            When it cannot even be read.
        """
        self.picture()
        if self._ledger is None:
            raise _unreadable(self._database)
        try:
            kept = self.ask(change)
        except LedgerUnavailable as fault:
            self._writable = False
            raise NotKept(fault.message.text, **fault.message.values) from fault
        self._writable = True
        return kept

    def _watch(self) -> None:
        while not self._ended.is_set():
            self._look()
            self._looked.set()
            self._ended.wait(self._look_every_s)

    def _look(self) -> None:
        """Read where the ledger stands, and all the rest where it has moved or was put back from a copy."""
        try:
            ledger, opened = self._opened()
            head = ledger.open_data.head()
            if opened or head != self._head:
                with lasting():
                    self._picture = _paint(ledger, self._picture)
                self._head = head
                self._offer_names(self._picture, ledger)
            self._quicken()
            self._try_writing(ledger, opened=opened)
        except Exception as fault:  # noqa: BLE001 the watch outlives whatever a broken file does
            told = (
                fault.message
                if isinstance(fault, StationmapError)
                else Message("It is broken: {fault}", {"fault": repr(fault)})
            )
            if self._fault != told:
                log.warning("The ledger cannot be read: %s", told)
            self._fault = told
            self._let_go()
        else:
            self._fault, self._read_at = None, time.monotonic()

    def _quicken(self) -> None:
        """Have the stations answered by compiled loops, as soon as there are any: nobody waits for these."""
        if self._picture is not None:
            snapshot = loops.quickened(self._picture.snapshot)
            if snapshot is not self._picture.snapshot:
                self._picture = replace(self._picture, snapshot=snapshot)

    def _try_writing(self, ledger: Ledger, *, opened: bool) -> None:
        """Find out, once in a while, whether what workers say could be kept: before one of them is refused."""
        patience_s = TRY_WRITING_EVERY_S if self._writable else TRY_WRITING_EVERY_S / 6
        if opened or time.monotonic() - self._tried_at >= patience_s:
            writable, self._tried_at = ledger.can_write(), time.monotonic()
            if not writable and (self._writable or opened):
                log.warning("The ledger %s cannot be written: what workers say cannot be kept.", ledger.place)
            self._writable = writable

    def _offer_names(self, picture: Picture, ledger: Ledger) -> None:
        stations, areas = picture.snapshot.stations, picture.areas
        self.names.offer(
            picture.snapshot.revision,
            stamp(picture.made_at),
            lambda: entries(stations, ledger.unlocated(fictional=True), areas, ledger.gazetteer.streets()),
        )

    def _opened(self) -> tuple[Ledger, bool]:
        """Return the ledger and whether it had to be opened: first, after a fault, or for another file in its place."""
        file = _file(self._database)
        if self._ledger is None or file != self._file:
            self._let_go()
            self._ledger, self._file = Ledger.open(self._database, create=False), file
            return self._ledger, True
        return self._ledger, False

    def _let_go(self) -> None:
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()


@contextlib.contextmanager
def lasting() -> Iterator[None]:
    """Have the garbage collector leave alone, for good, what is made in here.

    It would stop every request to look through the millions of objects of a picture, for 0.1 s at 200,000 stations,
    again and again while one is made and once in a while after. A picture holds no cycles: it goes by itself.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _paint(ledger: Ledger, before: Picture | None) -> Picture:
    calendar = china(extra=ledger.gazetteer.calendar_days())
    snapshot = Snapshot.build(ledger.stations(), calendar, ledger.notices.closures(), swift=loops.are_ready())
    make_ready(snapshot, before=before.snapshot if before else None)
    areas = tuple(ledger.gazetteer.areas())
    return Picture(
        snapshot=snapshot,
        calendar=calendar,
        areas=areas,
        notices=tuple(ledger.notices.all()),
        basemap=draw(areas, ledger.gazetteer.streets(), snapshot.stations),
        clusters=Clusters(snapshot.stations["lon"], snapshot.stations["lat"]),
        districts=districts(areas, snapshot.stations),
        fictional=int(snapshot.stations["fictional"].sum()),
        extent=_extent(snapshot),
        made_at=ledger.open_data.made_at(snapshot.revision),
    )


def _extent(snapshot: Snapshot) -> tuple[float, float, float, float] | None:
    places = snapshot.stations[["lon", "lat"]]
    if places.empty:
        return None
    (west, south), (east, north) = places.min(), places.max()
    return float(west), float(south), float(east), float(north)


def _unreadable(database: str | Path | None) -> LedgerUnavailable:
    return LedgerUnavailable("The register cannot be read: {database}", database=_place(database))


def _place(database: str | Path | None) -> str:
    """Return the file of a ledger, or its URL without the password."""
    url = database_url(database or default_database())
    return str(file_of(url)) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _file(database: str | Path | None) -> tuple[int, int] | None:
    """Return device and inode of a ledger that is a file: another file under the same name is another ledger."""
    url = database_url(database or default_database())
    if url.get_backend_name() != "sqlite":
        return None
    try:
        stat = file_of(url).stat()
    except OSError as fault:
        raise _unreadable(database) from fault
    return stat.st_dev, stat.st_ino
