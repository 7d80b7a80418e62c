"""The engine of this machine: threads, for numpy, scipy and Arrow let go of the interpreter."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from stationmap.planning.scale.flight import Cancelled, Future, Landed, counted, landed
from stationmap.planning.scale.partitions import Block
from stationmap.planning.scale.survey import Survey


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    blocks: Sequence[tuple[int, Block]], survey: Survey, *, threads: int | None = None, cancelled: Cancelled
) -> Landed:
    """Yield number and tally of each block as it lands.

    Parameters
    ----------
    blocks : sequence of (int, Block)
        With their numbers.
    survey : Survey
        What is asked.
    threads : int, optional
        One for each core when left out. Each holds one part of a block, some 100 MB.
    cancelled : callable
        Asked every :data:`stationmap.planning.scale.flight.HEED_S` seconds and before each part of a block.

    Raises
    ------
    Cancellation
        When ``cancelled`` says so.
    StationmapError
        What went wrong with a block.
    """
    hands = threads or cores()
    stopped = Event()
    with ThreadPoolExecutor(hands, thread_name_prefix="tile") as pool:

        def submit(block: Block) -> Future:
            return pool.submit(counted, block, survey, stopped.is_set)

        try:
            yield from landed(blocks, submit, lambda: hands, cancelled)
        finally:
            stopped.set()
