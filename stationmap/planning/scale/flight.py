"""Blocks in flight: as many at once as there are hands, tallies taken in as they land, a stop heeded soon."""

import time
from collections.abc import Callable, Generator, Sequence
from queue import Empty, SimpleQueue
from typing import Protocol

from stationmap.planning.scale.partitions import Block, read
from stationmap.planning.scale.survey import Survey, tallied
from stationmap.planning.scale.tally import Tally, nothing

HEED_S = 0.2
"""A stop is heeded after so many seconds, and what each hand has begun."""


class Future(Protocol):
    """What an engine gives for a block that it was handed."""

    def add_done_callback(self, call: Callable[["Future"], object], /) -> object:
        """Have a function called once it has landed or failed."""

    def result(self) -> Tally:
        """Return its tally, or raise what went wrong."""

    def cancel(self) -> object:
        """Give it up when it has not begun."""


Landed = Generator[tuple[int, Tally]]
Cancelled = Callable[[], bool]


class Cancellation(Exception):
    """Somebody wants the run to stop; what has landed is kept."""


def counted(block: Block, survey: Survey, cancelled: Cancelled | None = None) -> Tally:
    """Return the tally of one block: the piece of work of every engine.

    Parameters
    ----------
    block : Block
        What to read.
    survey : Survey
        What is asked.
    cancelled : callable, optional
        Asked before each part of the block.

    Raises
    ------
    UnusableInput
        When the block cannot be read (:func:`stationmap.planning.scale.partitions.read`).
    Cancellation
        When ``cancelled`` says so.
    """
    tally = nothing(survey.reaches_m, survey.times, survey.weights)
    for rows in read(block, survey.places):
        if cancelled is not None and cancelled():
            raise Cancellation
        tally += tallied(rows, survey)
    return tally


def landed(
    blocks: Sequence[tuple[int, Block]],
    submit: Callable[[Block], Future],
    hands: Callable[[], int],
    cancelled: Cancelled,
) -> Landed:
    """Yield number and tally of each block as it lands.

    Parameters
    ----------
    blocks : sequence of (int, Block)
        With their numbers.
    submit : callable
        Hands a block over.
    hands : callable
        How many blocks may be in flight now; asked again each time, for workers come and go.
    cancelled : callable
        Asked every :data:`HEED_S` seconds.

    Raises
    ------
    Cancellation
        When ``cancelled`` says so.
    StationmapError
        What went wrong with a block; those in flight are given up.
    """
    waiting = iter(blocks)
    flying: dict[int, Future] = {}
    arrivals: SimpleQueue[int] = SimpleQueue()
    try:
        while True:
            while len(flying) < hands() and (following := next(waiting, None)) is not None:
                number, block = following
                flying[number] = submit(block)
                flying[number].add_done_callback(lambda _, number=number: arrivals.put(number))  # type: ignore[misc]
            if not flying:
                return
            number = _arrival(arrivals, cancelled)
            yield number, flying.pop(number).result()
    finally:
        for future in flying.values():
            future.cancel()


def _arrival(arrivals: "SimpleQueue[int]", cancelled: Cancelled) -> int:
    """Return the number of the next block that has landed."""
    asked = 0.0
    while True:
        if time.monotonic() - asked >= HEED_S:
            if cancelled():
                raise Cancellation
            asked = time.monotonic()
        try:
            return arrivals.get(timeout=HEED_S)
        except Empty:
            continue
