"""A run's way-mark on the disk: which blocks are counted, and their tally, so that a killed run goes on from there."""

import errno
import hashlib
import json
import os
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stationmap.errors import Message, UnusableInput, why
from stationmap.planning.scale.partitions import Partitions
from stationmap.planning.scale.survey import Survey
from stationmap.planning.scale.tally import Tally

_ARRAYS = ("rows", "demand", "lower", "upper")
_METHOD = "nearest by geocentric chord, limbs of 32 bits"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file for one run over certain inputs.

    Attributes
    ----------
    path : Path
        Where it stands; beside it, under another name, while it is written.
    run : str
        Fingerprint of survey and inputs (:func:`fingerprint`): another run's file is refused.
    """

    path: Path
    run: str

    def load(self, blocks: int) -> tuple[NDArray[np.bool_], Tally | None]:
        """Return which of the blocks are counted, and their tally; none where there is no file.

        Raises
        ------
        UnusableInput
            When the file is of another run, or damaged.
        """
        if not self.path.exists():
            return np.zeros(blocks, np.bool_), None
        try:
            with self.path.open("rb") as source, np.load(source, allow_pickle=False) as kept:
                told = json.loads(str(kept["told"]))
                done, arrays = kept["done"], [kept[name] for name in _ARRAYS]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            raise UnusableInput(
                "{path} is no half-done run, or it is damaged. Delete it, and the run begins anew.", path=self.path
            ) from None
        if told["run"] != self.run or len(done) != blocks:
            raise UnusableInput(
                "{path} is of a run with another question or other inputs. Delete it, or give another file.",
                path=self.path,
            )
        areas, reaches, weights = tuple(told["areas"]), tuple(told["reaches_m"]), tuple(told["weights"])
        return done, Tally(areas, reaches, told["times"], weights, *arrays)

    def save(self, done: NDArray[np.bool_], tally: Tally) -> Message | None:
        """Write how far the run is, whole or not at all; return why not, for the run goes on without.

        Parameters
        ----------
        done : NDArray[bool]
            Of each block.
        tally : Tally
            Of those that are done.
        """
        told = {
            "run": self.run,
            "areas": tally.areas,
            "reaches_m": tally.reaches_m,
            "times": tally.times,
            "weights": tally.weights,
        }
        beside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}")
        arrays = {name: getattr(tally, name) for name in _ARRAYS}
        try:
            try:
                with beside.open("wb") as out:
                    np.savez(out, allow_pickle=False, told=np.array(json.dumps(told)), done=done, **arrays)
                    out.flush()
                    os.fsync(out.fileno())
                beside.replace(self.path)
            finally:
                beside.unlink(missing_ok=True)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            reason = Message("the disk is full") if full else why(error)
            return Message(
                "How far the run was could not be kept in {path} ({reason}): had it been killed, it would have begun"
                " anew.",
                {"path": self.path, "reason": reason},
            )
        return None

    def remove(self) -> None:
        """Take the file away: the run is finished."""
        self.path.unlink(missing_ok=True)


def fingerprint(partitions: Partitions, checksums: dict[str, str], survey: Survey) -> str:
    """Return the SHA-256 of all that the result depends on.

    Parameters
    ----------
    partitions : Partitions
        What is counted.
    checksums : dict[str, str]
        Of its files, by path.
    survey : Survey
        What is asked.
    """
    told = [
        _METHOD,
        [(checksums[file.path], file.columns.names, file.columns.datum) for file in partitions.files],
        [f"{reach!r}" for reach in survey.reaches_m],
        survey.times,
        survey.weights,
        [] if survey.places is None else [area.adcode for area in survey.places.areas],
    ]
    digest = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode())
    for stations in (survey.serving, survey.doubtful):
        digest.update(np.ascontiguousarray(stations.lon).tobytes() + np.ascontiguousarray(stations.lat).tobytes())
    if survey.places is not None:
        for area in survey.places.areas:
            digest.update(b"" if area.geometry is None else area.geometry.wkb)
    return digest.hexdigest()
