"""The engine of many machines: Dask, on the cores here, or on a cluster named by ``STATIONMAP_SCHEDULER``.

The survey goes to each worker once; of blocks only their names travel, and only tallies come back. A block whose
worker was lost is counted again by another. Workers read the partitions themselves: all see them under one path.
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from stationmap.errors import InvalidValue, NotFound, StationmapError, TooMany
from stationmap.planning.scale.direct import cores
from stationmap.planning.scale.flight import Cancelled, Future, Landed, counted, landed
from stationmap.planning.scale.partitions import Block
from stationmap.planning.scale.survey import Survey

SCHEDULER = "STATIONMAP_SCHEDULER"
"""Name of the environment variable with the address of a scheduler, such as ``tcp://10.0.0.5:8786``."""

WORKER_BYTES = 1_500_000_000
"""Memory of a worker here; it is started anew when it takes more."""

_SETTINGS = {
    "distributed.nanny.pre-spawn-environ": {
        "MALLOC_TRIM_THRESHOLD_": 2**28,
        "MALLOC_MMAP_THRESHOLD_": 2**25,
        **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1),
    },
    "distributed.worker.profile.enabled": False,
}
# Dask would have freed arrays go back to the system at once, and fetching them anew for the next ones takes a third of
# the processor's time; its profiler takes a tenth.

WAIT_S = 30.0
"""A scheduler must answer, and have a worker, after so many seconds."""

_AHEAD = 2


def run(
    blocks: Sequence[tuple[int, Block]],
    survey: Survey,
    *,
    scheduler: str | None = None,
    wait_s: float = WAIT_S,
    cancelled: Cancelled,
) -> Landed:
    """Yield number and tally of each block as it lands.

    Parameters
    ----------
    blocks : sequence of (int, Block)
        With their numbers.
    survey : Survey
        What is asked.
    scheduler : str, optional
        Address of a scheduler; left out: that of :data:`SCHEDULER`, and where that is not set, workers on the cores
        here, of :data:`WORKER_BYTES` each.
    wait_s : float
        How long to wait for a scheduler and its first worker.
    cancelled : callable
        Asked every :data:`stationmap.planning.scale.flight.HEED_S` seconds.

    Raises
    ------
    InvalidValue
        When Dask is not installed, or the address is none.
    NotFound
        When no scheduler answers there, it has no worker, or it is lost on the way.
    TooMany
        When a block takes down one worker after another.
    Cancellation
        When ``cancelled`` says so.
    StationmapError
        What went wrong with a block.
    """
    address = scheduler or os.environ.get(SCHEDULER, "").strip()
    with _client(address, wait_s) as client:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            held = client.submit(_held, survey, pure=False)  # a task, so that it comes back when a worker is lost

        def submit(block: Block) -> Future:
            future: Future = client.submit(counted, block, held, pure=False)
            return future

        try:
            yield from landed(blocks, submit, lambda: _AHEAD * max(1, sum(client.nthreads().values())), cancelled)
        except StationmapError:
            raise
        except Exception as error:
            raise _told(error, client.scheduler.address if client.scheduler else address) from error


def _held(survey: Survey) -> Survey:
    return survey


@contextmanager
def _client(address: str, wait_s: float) -> Iterator[Any]:
    """Give a client of the cluster at an address, or of one of our own for "" that ends with it."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise InvalidValue(
            "The engine dask needs Dask, which is not installed. Install it: pip install 'stationmap[dask]'; or take"
            " the engine direct."
        ) from None
    if address:
        with _connected(Client, address, wait_s) as client:
            yield client
        return
    with _own_cluster(LocalCluster) as cluster, Client(cluster, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        yield client


@contextmanager
def _own_cluster(make: Any) -> Iterator[Any]:
    """Give a cluster on the cores here, and leave the environment as it was."""
    import dask

    before = dict(os.environ)
    try:
        with (
            dask.config.set(_SETTINGS),
            make(
                n_workers=cores(),
                threads_per_worker=1,
                processes=True,
                memory_limit=WORKER_BYTES,
                dashboard_address=None,
                silence_logs=50,
            ) as cluster,
        ):
            yield cluster
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _connected(make: Any, address: str, wait_s: float) -> Iterator[Any]:
    try:
        client = make(address, timeout=wait_s, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NotFound(
            "No Dask scheduler answers at {address} ({reason}). Start one there, or set STATIONMAP_SCHEDULER to where"
            " it is, such as tcp://10.0.0.5:8786.",
            address=address,
            reason=(str(error).splitlines() or [type(error).__name__])[0],
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=wait_s)
        except TimeoutError:
            raise NotFound(
                "The Dask scheduler at {address} has no worker. Start one: dask worker {address}", address=address
            ) from None
        yield client


def _told(error: Exception, address: str) -> Exception:
    """Return a failure of the cluster as a sentence, where it is one that a user can mend."""
    if type(error).__name__ == "KilledWorker":
        return TooMany(
            "One block after another lost its workers ({reason}). Give workers more memory, or write smaller"
            " partitions.",
            reason=(str(error).splitlines() or ["-"])[0],
        )
    if isinstance(error, ImportError | AttributeError):
        return InvalidValue(
            "Workers of the cluster lack what this program has ({reason}). Install the same stationmap on all of them.",
            reason=error,
        )
    if isinstance(error, OSError | CancelledError):
        return NotFound(
            "The Dask scheduler at {address} was lost ({reason}). Start it and its workers, then run again.",
            address=address,
            reason=(str(error).splitlines() or [type(error).__name__])[0],
        )
    return error
