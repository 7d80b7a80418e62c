"""What can go wrong, a sentence each: messages that can be told in any language, and the exceptions that carry them."""

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a user, not yet in his language.

    Parameters
    ----------
    text : str
        The English sentence, with ``{name}`` fields as in :meth:`str.format`. It is the key of the catalogue.
    values : Mapping[str, object]
        What fills the fields. A value may itself be a Message, a vocabulary term, or a tuple of such: a list.

    Examples
    --------
    >>> str(Message("Row {row} has no name.", {"row": 12}))
    'Row 12 has no name.'
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.values:
            return self.text
        return self.text.format_map({name: _listed(value) for name, value in self.values.items()})


_REASONS = {
    errno.ENOENT: Message("there is no such file or folder"),
    errno.ENOTDIR: Message("a part of the path is no folder"),
    errno.EISDIR: Message("it is a folder"),
    errno.EEXIST: Message("it is there already"),
    errno.EACCES: Message("the right to do it is missing"),
    errno.EPERM: Message("the right to do it is missing"),
    errno.EROFS: Message("the disk is write-protected"),
    errno.ENOSPC: Message("the disk is full"),
    errno.EDQUOT: Message("the quota is full"),
    errno.EIO: Message("the disk failed"),
    errno.ENAMETOOLONG: Message("the name is too long"),
    errno.EMFILE: Message("too many files are open"),
    errno.ENOMEM: Message("the memory is full"),
}


def why(fault: OSError) -> Message | str:
    """Return what the system says of a failed read or write, as a message; a rarer fault in the system's own words."""
    return _REASONS.get(fault.errno or 0) or fault.strerror or str(fault)


def _listed(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


class StationmapError(Exception):
    """Any fault that a user can mend; ``message`` quotes the value and names the remedy.

    Parameters
    ----------
    text : str
        English sentence with ``{name}`` fields, the key of the catalogue.
    **values
        What fills the fields.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text)
        self.message = Message(text, values)

    def __str__(self) -> str:
        return str(self.message)


class InvalidValue(StationmapError):
    """A value given by the user cannot be what it should be."""


class UnusableInput(StationmapError):
    """A file or folder cannot be read as a table or layer at all."""


class NotFound(StationmapError):
    """Nothing stands under that id, name or path."""


class TooMany(StationmapError):
    """There is no room for more of this now: a bound is reached; later, or after a clerk's work, there is."""


class LedgerUnavailable(StationmapError):
    """The database cannot be opened or written: locked, read-only, full, or not a ledger."""


class NotKept(LedgerUnavailable):
    """What somebody sent could not be written now; it may be sent again."""


class RefusedImport(StationmapError):
    """The input can be read, but must not go in as it is (datum unproved).

    ``evidence`` is what was weighed, None when there was nothing to weigh.
    """

    evidence: object | None = None
