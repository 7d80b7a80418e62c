"""Several files into one folder: all of them, or none, and never over others unasked."""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.files.write import unwritable


@contextmanager
def together(folder: Path, names: Sequence[str], *, force: bool = False) -> Iterator[Path]:
    """Give an empty folder to write files to; at the end all of them are moved to where they are meant.

    Parameters
    ----------
    folder : Path
        Where they go; it is made when it is not there, the folder above it must be.
    names : sequence of str
        What may be written. A name that is not written at the end is left as it is in ``folder``.
    force : bool
        Replace files of these names that are there.

    Yields
    ------
    Path
        The folder to write to, beside the one that is meant. When anything is raised it is removed with all in it.

    Raises
    ------
    InvalidValue
        When a file of one of the names is there and ``force`` is not set; nothing is begun then.
    UnusableInput
        When the folder cannot be written: no such folder above it, no right, no room.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UnusableInput("{path} is a file; a folder is needed. Give another name.", path=folder)
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        raise InvalidValue(
            "{folder} holds {names} already. Take another folder, or --force to write over them.",
            folder=folder,
            names=tuple(there),
        )
    beside = folder.parent / f".{folder.name or 'out'}.{secrets.token_hex(6)}"
    try:
        beside.mkdir()
        yield beside
        folder.mkdir(exist_ok=True)
        for written in sorted(beside.iterdir()):
            _flushed(written)
            written.replace(folder / written.name)
    except OSError as error:
        raise unwritable(folder, error) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _flushed(path: Path) -> None:
    with path.open("rb+") as written:
        os.fsync(written.fileno())
