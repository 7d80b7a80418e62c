"""Read the sheets of a workbook in a process of its own: ``python -P sheets.py PATH [SHEET]``, a pickle on stdout.

The library that reads workbooks is fast, but a damaged or malicious file can make it ask for terabytes, loop, or abort
the whole process; no ``except`` catches that. So it runs here, with its memory bounded, and whoever asks
(:mod:`stationmap.files.workbook`) survives it. This file therefore imports nothing of the package.

The pickle is a dict: ``sheets`` (names), ``offered`` (names of those that may be meant when none is named: visible and
filled ones), and when one was read ``name``, ``rows`` (lists of cells as the library gives them, from the first row and
column on) and ``merges``; or only ``fault``: ``password``, ``cells`` or ``damaged``, with ``reason``.
"""

import contextlib
import pickle
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

import python_calamine as calamine

MEMORY_BYTES = 4_000_000_000
CELLS = 40_000_000
_BEGIN_OF_FILE = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # of the workbook globals, BIFF8
_FILEPASS = 0x2F
_FIRST_RECORDS = 8


def look(path: str, wanted: str | None) -> dict[str, Any]:
    """Return what is in a workbook, and the cells of the sheet wanted, or of the only one that may be meant."""
    with Path(path).open("rb") as file, calamine.CalamineWorkbook.from_filelike(file) as book:
        listed = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        names = [sheet.name for sheet in listed]
        loaded = {name: book.get_sheet_by_name(name) for name in names if wanted in (None, name)}
        filled = [name for name in loaded if loaded[name].height]
        visible = [s.name for s in listed if s.visible == calamine.SheetVisibleEnum.Visible and s.name in filled]
        found: dict[str, Any] = {"sheets": names, "offered": visible or filled or names[:1]}
        name = wanted if wanted is not None else found["offered"][0] if len(found["offered"]) == 1 else None
        if name in loaded:
            sheet = loaded[name]
            height, width = (last + 1 for last in sheet.end or (-1, -1))
            if height * width > CELLS:
                return {"fault": "cells", "reason": f"{height} x {width}"}
            rows = sheet.to_python(skip_empty_area=False)
            found |= {"name": name, "rows": rows, "merges": sheet.merged_cell_ranges or []}
        return found


def answer(path: str, wanted: str | None) -> dict[str, Any]:
    """Return the result of :func:`look`, or the fault that the library names."""
    try:
        return look(path, wanted)
    except (calamine.CalamineError, OSError, ValueError, OverflowError, MemoryError) as error:
        protected = isinstance(error, calamine.PasswordError) or is_protected(Path(path))
        return {"fault": "password" if protected else "damaged", "reason": str(error)}


def is_protected(path: Path) -> bool:
    """Whether a workbook is encrypted: the library tells only where it knows the format beforehand.

    An encrypted XLSX is an OLE file with a stream "EncryptedPackage" (MS-OFFCRYPTO 2.3.4.4); an encrypted XLS has a
    FILEPASS record among the first ones (MS-XLS 2.4.117); an encrypted ODS says so in its manifest (ODF 1.3-2, 4.8).
    """
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive, contextlib.suppress(KeyError, zipfile.BadZipFile, RuntimeError):
            return b"encryption-data" in archive.read("META-INF/manifest.xml")
        return False
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return True
    place = data.find(_BEGIN_OF_FILE)
    for _ in range(_FIRST_RECORDS if place >= 0 else 0):
        kind, length = struct.unpack_from("<HH", data.ljust(place + 4, b"\0"), place)
        if kind == _FILEPASS:
            return True
        place += 4 + length
    return False


def bound_memory() -> None:
    """Let this process have no more memory than MEMORY_BYTES, where the system can hold it to that."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    bound_memory()
    pickle.dump(answer(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None), sys.stdout.buffer)
