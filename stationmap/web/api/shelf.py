"""Files that are made to be sent: each made once, one at a time, kept while they are asked for, gone with the server.

A great file is made by a process of its own, so that the pages go on being served meanwhile, and its memory goes back
to the machine. A caller waits for some seconds; what takes longer goes on being made, and he is told when to come back,
so that neither the threads of the server nor the patience of a proxy run out.
"""

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import BinaryIO

from stationmap.errors import LedgerUnavailable, TooMany
from stationmap.register.handout import Order, carry_out

MOST_BYTES = 2_000_000_000
MOST_FILES = 64
MOST_AT_ONCE = 2
WAIT_S = 20.0
LONGEST_S = 900.0
LARGE = 3_000
_ZIP_LEVEL = 4


class Unfinished(TooMany):
    """The file is being made, or others are; ``retry_after_s`` later it may be there."""

    retry_after_s = 20


class Shelf:
    """A folder of made files, the last asked for kept; safe under threads.

    Parameters
    ----------
    most_bytes : int
        How much is kept; the file asked for longest ago goes first. One that is being sent is sent to its end.
    wait_s : float
        How long a caller waits for a file.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, *, wait_s: float = WAIT_S) -> None:
        self._most_bytes, self._wait_s = most_bytes, wait_s
        self._folder: Path | None = None
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._lock, self._making = Lock(), Lock()
        self._jobs: dict[str, Future[None]] = {}
        self._room = BoundedSemaphore(MOST_AT_ONCE)

    def __len__(self) -> int:
        return len(self._sizes)

    def get(self, name: str, make: Callable[[Path], None]) -> BinaryIO:
        """Return a file open for reading, made now or before.

        Parameters
        ----------
        name : str
            What names its content: another content has another name. Its suffix is that of the file.
        make : Callable
            Writes it to a path, in another thread.

        Raises
        ------
        Unfinished
            When it is not there in time; it goes on being made, unless others are made already.
        """
        there = self._open(name)
        if there is not None:
            return there
        if self._room.acquire(blocking=False):
            try:
                self._job(name, make).result(timeout=self._wait_s)
                there = self._open(name)
            except FutureTimeout:
                there = None
            finally:
                self._room.release()
        if there is None:
            raise Unfinished("The file is being made. Ask again in {seconds} s.", seconds=Unfinished.retry_after_s)
        return there

    def zipped(self, name: str, make: Callable[[Path], None]) -> BinaryIO:
        """Return the gzip form of a file, as :meth:`get` returns the file."""

        def squeeze(path: Path) -> None:
            plain = path.with_name(f"plain-{name}")
            try:
                make(plain)
                with plain.open("rb") as source, gzip.open(path, "wb", _ZIP_LEVEL) as target:
                    shutil.copyfileobj(source, target, 1 << 20)
            finally:
                plain.unlink(missing_ok=True)

        return self.get(f"{name}.gz", squeeze)

    def _open(self, name: str) -> BinaryIO | None:
        with self._lock:
            if name not in self._sizes or self._folder is None:
                return None
            self._sizes.move_to_end(name)
            return (self._folder / name).open("rb")

    def _job(self, name: str, make: Callable[[Path], None]) -> "Future[None]":
        with self._lock:
            job = self._jobs.get(name)
            if job is None and len(self._jobs) < MOST_AT_ONCE:
                job = self._jobs[name] = Future()
                Thread(target=self._work, args=(name, make, job), name="stationmap-file", daemon=True).start()
        return job or Future()

    def _work(self, name: str, make: Callable[[Path], None], job: "Future[None]") -> None:
        try:
            with self._making:
                self._make(name, make)
        except BaseException as fault:  # noqa: BLE001 told to who waits for it
            job.set_exception(fault)
        else:
            job.set_result(None)
        finally:
            with self._lock:
                del self._jobs[name]

    def _make(self, name: str, make: Callable[[Path], None]) -> None:
        folder = self._place()
        path = folder / name
        try:
            make(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        with self._lock:
            self._sizes[name] = path.stat().st_size
            while len(self._sizes) > MOST_FILES or sum(self._sizes.values()) > self._most_bytes:
                gone, _ = self._sizes.popitem(last=False)
                (folder / gone).unlink(missing_ok=True)

    def _place(self) -> Path:
        """Return the folder; it is made with the first file and goes when the shelf does, or the server ends."""
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="stationmap-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            return self._folder


def written(order: Order) -> int:
    """Have an order carried out, in a process of its own when it is large; return the revision that was written.

    Raises
    ------
    LedgerUnavailable
        When it could not be, or took too long.
    """
    if order.ids is not None and len(order.ids) <= LARGE:
        return carry_out(order)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "stationmap.register.handout"],
            input=order.text(),
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        raise LedgerUnavailable("The file took longer than {seconds} s to make.", seconds=int(LONGEST_S)) from None
    if done.returncode != 0:
        raise LedgerUnavailable("The file could not be made: {fault}", fault=done.stderr[-500:])
    return int(json.loads(done.stdout)["revision"])
