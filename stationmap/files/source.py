"""One file as it lies on the disk: looked at before anything is read of it."""

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from stationmap.errors import Message, UnusableInput, why

HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is there, is readable and is not empty.

    ``path`` is where the bytes lie (a temporary copy for a member of an archive), ``name`` what the user calls the
    file, ``size`` its length in bytes, ``sha256`` the hexadecimal digest of all of it, ``head`` its first 64 KiB.
    """

    path: Path
    name: str
    size: int
    sha256: str
    head: bytes

    @property
    def stem(self) -> str:
        """The file name without its suffix: the name of the table in a file that names none."""
        return Path(self.name).stem

    @property
    def suffix(self) -> str:
        """The suffix in lower case, such as ``.csv``."""
        return Path(self.name).suffix.lower()

    def data(self, limit: int) -> bytes:
        """Return all bytes.

        Raises
        ------
        UnusableInput
            When there are more than ``limit``.
        """
        if self.size > limit:
            raise UnusableInput(
                "{name} is {size} MB; at most {limit} MB are read of this kind of file. Split it, or save it as "
                "GeoPackage or Parquet.",
                name=self.name,
                size=self.size // 1_000_000,
                limit=limit // 1_000_000,
            )
        return self.path.read_bytes()


def examine(path: Path, *, name: str = "") -> Source:
    """Return a file as a :class:`Source`; ``name`` is what to call it when that is not its name on the disk.

    Raises
    ------
    UnusableInput
        When it is missing, a folder, a pipe or a device, not readable, or empty.
    """
    called = name or path.name
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnusableInput(
                "{path} is a folder, not a file. Name one file in it{example}.", path=path, example=_example(path)
            )
        if not stat.S_ISREG(status.st_mode):
            raise UnusableInput("{path} is a pipe or a device. Save its content as a file first.", path=path)
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        raise UnusableInput("There is no file {path}. Check the spelling and the folder.", path=path) from None
    except PermissionError:
        raise UnusableInput("{path} may not be read. Ask its owner for permission.", path=path) from None
    except (OSError, ValueError) as error:
        raise UnusableInput("{path} cannot be read: {reason}.", path=path, reason=_reason(error)) from None
    if not head:
        raise UnusableInput("{name} is empty (0 bytes). Export or download it again.", name=called)
    return Source(path, called, status.st_size, digest, head)


def _reason(error: OSError | ValueError) -> Message | str:
    return why(error) if isinstance(error, OSError) else Message("its name cannot be one of a file")


def _example(folder: Path) -> str:
    try:
        inside = sorted(child.name for child in folder.iterdir() if child.is_file() and child.name[0] != ".")
    except OSError:
        return ""
    return f": {inside[0]}" if inside else ""
