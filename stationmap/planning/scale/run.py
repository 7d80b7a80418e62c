"""A run over partitions of demand: counted by an engine, kept on the way, stopped when asked, added up exactly."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import InvalidValue, Message, StationmapError
from stationmap.planning.scale import dask_engine, direct
from stationmap.planning.scale.checkpoint import Checkpoint, fingerprint
from stationmap.planning.scale.flight import Cancellation, Cancelled, Landed
from stationmap.planning.scale.partitions import Block, Partitions, checksums
from stationmap.planning.scale.survey import Survey
from stationmap.planning.scale.tally import Tally, nothing

ENGINES = ("direct", "dask")

Progress = Callable[[int, int], object]


class Stopped(StationmapError):
    """A run was stopped before its end."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a run found.

    Attributes
    ----------
    tally : Tally
        By area.
    inputs : Mapping[str, str]
        Path of each file of the demand -> its SHA-256.
    notes : tuple[Message, ...]
        What a reader must know: no station serves, files without rows, a way-mark that could not be kept.
    """

    tally: Tally
    inputs: Mapping[str, str]
    notes: tuple[Message, ...]


def cover(
    demand: Partitions,
    survey: Survey,
    *,
    engine: str = "direct",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    kept: Path | str | None = None,
    save_s: float = 10.0,
) -> Surveyed:
    """Return who is within reach, by area, of demand that need not fit into memory.

    Parameters
    ----------
    demand : Partitions
        From :func:`stationmap.planning.scale.partitions.opened`.
    survey : Survey
        From :func:`stationmap.planning.scale.survey.asked`, with the weights of the demand.
    engine : str
        ``direct``: threads here; ``dask``: processes here, or the cluster at ``STATIONMAP_SCHEDULER``. Totals are the
        same to the bit.
    progress : callable, optional
        Told the rows counted and the rows in all, after each block.
    cancelled : callable, optional
        Asked several times a second whether to stop.
    kept : Path or str, optional
        A file for how far the run is. A run that was killed or stopped goes on from there; it is removed at the end.
    save_s : float
        How often it is written.

    Raises
    ------
    InvalidValue
        When the engine is none, or the weights of survey and demand differ.
    Stopped
        When ``cancelled`` said so; what was counted is kept.
    UnusableInput
        When a partition is damaged, gone or changed, or ``kept`` is of another run.
    StationmapError
        What the engine cannot do (:func:`stationmap.planning.scale.dask_engine.run`).
    """
    if engine not in ENGINES:
        raise InvalidValue("There is no engine {engine}; use one of {known}.", engine=repr(engine), known=ENGINES)
    if survey.weights != demand.weights:
        raise InvalidValue(
            "The run asks for the weights {asked}, the demand has {known}.",
            asked=survey.weights,
            known=demand.weights,
        )
    sums = checksums(demand)
    mark = Checkpoint(Path(kept), fingerprint(demand, sums, survey)) if kept is not None else None
    count = _Count(demand.blocks(), survey, mark, progress, save_s)
    try:
        with closing(_engine(engine)(count.left(), survey, cancelled=cancelled or (lambda: False))) as landed:
            count.take_in(landed)
    except Cancellation:
        raise _stopped(count) from None
    finally:
        count.save()
    if mark is not None:
        mark.remove()
    return Surveyed(count.tally, sums, _notes(demand, survey) + ((count.fault,) if count.fault else ()))


def _engine(name: str) -> Callable[..., Landed]:
    return direct.run if name == "direct" else dask_engine.run


class _Count:
    """How far a run is: the blocks that are done, and their tally."""

    def __init__(
        self,
        blocks: list[Block],
        survey: Survey,
        mark: Checkpoint | None,
        progress: Progress | None,
        save_s: float,
    ) -> None:
        self.blocks, self.mark = blocks, mark
        self.fault: Message | None = None
        self.done: NDArray[np.bool_] = np.zeros(len(blocks), np.bool_)
        self.tally = nothing(survey.reaches_m, survey.times, survey.weights)
        if mark is not None:
            self.done, tally = mark.load(len(blocks))
            self.tally = self.tally if tally is None else tally
        self._progress, self._save_s = progress, save_s
        self._saved, self._fresh = time.monotonic(), False

    def left(self) -> list[tuple[int, Block]]:
        return [(number, block) for number, block in enumerate(self.blocks) if not self.done[number]]

    def take_in(self, landed: Landed) -> None:
        of = sum(block.rows for block in self.blocks)
        for number, tally in landed:
            self.tally += tally
            self.done[number] = True
            self._fresh = True
            if self._progress is not None:
                self._progress(sum(self.blocks[each].rows for each in np.flatnonzero(self.done)), of)
            if time.monotonic() - self._saved >= self._save_s:
                self.save()

    def save(self) -> None:
        if self.mark is not None and self._fresh and not self.done.all():
            self.fault = self.mark.save(self.done, self.tally)
            self._saved, self._fresh = time.monotonic(), False


def _stopped(count: _Count) -> Stopped:
    done, of = int(count.done.sum()), len(count.blocks)
    if count.mark is None:
        return Stopped("The run was stopped after {done} of {of} blocks; nothing of it is kept.", done=done, of=of)
    return Stopped(
        "The run was stopped after {done} of {of} blocks. Start it again with {path}, and it goes on from there.",
        done=done,
        of=of,
        path=count.mark.path,
    )


def _notes(demand: Partitions, survey: Survey) -> tuple[Message, ...]:
    notes = []
    if not len(survey.serving.lon):
        notes.append(Message("No station serves for certain, so nobody is covered for certain.", {}))
    if demand.empty:
        notes.append(Message("Partitions without rows: {names}.", {"names": demand.empty[:5]}))
    if not demand.rows:
        notes.append(Message("The demand has no rows at all.", {}))
    return tuple(notes)
