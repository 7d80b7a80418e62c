"""The names of the register, kept searchable in the background: after each new picture, never before it.

A thread of its own brings the index up to the picture that is served. Until it is done, searches answer by what there
is and say that this is not complete.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from stationmap.finder.names.entries import Entry
from stationmap.finder.names.index import NameIndex
from stationmap.finder.names.store import beside
from stationmap.register.database import database_url, default_database, file_of

log = logging.getLogger(__name__)
FIRST_WAIT_S, RETRY_AFTER_S, END_WAIT_S = 2.0, 10.0, 5.0
Gather = Callable[[], Iterable[Entry]]


def index_file(database: str | Path | None) -> Path:
    """Return where the index of a ledger is kept when nobody says: beside it, else in the user's cache folder."""
    url = database_url(database or default_database())
    if url.get_backend_name() == "sqlite":
        return beside(file_of(url), str(file_of(url)))
    return beside(None, url.render_as_string(hide_password=True))


class Names:
    """An index of names that follows the register. Safe under threads; :meth:`close` ends its thread.

    Parameters
    ----------
    place : Callable
        Gives the file of the index when the first picture is there.
    """

    def __init__(self, place: Callable[[], Path]) -> None:
        self._place = place
        self._index: NameIndex | None = None
        self._job: tuple[int, str, Gather] | None = None
        self._changed = threading.Condition()
        self._ready = threading.Event()
        self._ended = False
        self._begun = time.monotonic()
        self._thread: threading.Thread | None = None

    def offer(self, revision: int, stamp: str, gather: Gather) -> None:
        """Have the index brought to a revision, soon; ``gather`` gives its entries when they are needed.

        Of several offers that wait only the last one counts.
        """
        with self._changed:
            self._job = (revision, stamp, gather)
            if self._thread is None and not self._ended:
                self._begun = time.monotonic()
                self._thread = threading.Thread(target=self._follow, name="stationmap-names", daemon=True)
                self._thread.start()
            self._changed.notify()

    def index(self) -> NameIndex | None:
        """Return the index; None before it was filled for the first time.

        In the first two seconds, in which a usual register is read, the caller waits; later no thread is held up.
        """
        if not self._ready.is_set():
            self._ready.wait(max(0.0, self._begun + FIRST_WAIT_S - time.monotonic()))
        return self._index if self._ready.is_set() else None

    def kept(self) -> bool:
        """Tell whether the index stands in its file; else it is held in memory, or not read yet."""
        index = self._index
        return index is not None and self._ready.is_set() and index.fault is None

    def close(self) -> None:
        """End the thread; what it could not write in five seconds is left, and the file is as it was before."""
        with self._changed:
            self._ended, self._job = True, None
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=END_WAIT_S)

    def _follow(self) -> None:
        while True:
            with self._changed:
                while self._job is None and not self._ended:
                    self._changed.wait()
                if self._job is None:
                    return
                job, self._job = self._job, None
            try:
                self._bring(*job)
            except Exception as fault:  # noqa: BLE001 the site must outlive its search
                log.warning("The index of names stays as it was: %r", fault)
                self._try_again(job)

    def _try_again(self, job: tuple[int, str, Gather]) -> None:
        """Take a job up again after a while, unless a newer one comes or all ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._job is not None or self._ended, RETRY_AFTER_S)
            if self._job is None and not self._ended:
                self._job = job

    def _bring(self, revision: int, stamp: str, gather: Gather) -> None:
        if self._index is None:
            self._index = NameIndex.open(self._place())
            if len(self._index):
                self._ready.set()
        index = self._index
        index.refresh()
        if (index.revision, index.stamp) != (revision, stamp):
            index.update(revision, gather(), stamp=stamp)
        self._ready.set()
