"""What a picture is, by its first bytes: its format and size, before any decoder is let at it.

Only what a phone's camera or screen makes is a photo here: JPEG, PNG and WebP. Everything else is known well enough
to say what it is.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from stationmap.errors import Message

SIDE_PX = 1_600
PLAIN_BYTES = 1_000_000

_PNG = b"\x89PNG\r\n\x1a\n"
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_SOS, _EOI, _JFIF, _COMMENT = 0xDA, 0xD9, 0xE0, 0xFE
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|!--|svg|html|head|body|script)", re.IGNORECASE)
_NO_JPEG = Message(
    "This is a HEIC picture, which most phones cannot show. Choose JPEG (“most compatible”) in the camera's settings."
)
_OTHERS: tuple[tuple[int, re.Pattern[bytes], Message], ...] = (
    (4, re.compile(rb"ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1|avi[fs])"), _NO_JPEG),
    (4, re.compile(rb"ftyp"), Message("This is a video, no photo. Send a photo (JPEG, PNG or WebP).")),
    (0, re.compile(rb"GIF8[79]a"), Message("This is a GIF, no photo. Send a photo (JPEG, PNG or WebP).")),
    (0, re.compile(rb"%PDF"), Message("This is a PDF, no photo. Send a photo (JPEG, PNG or WebP).")),
    (0, re.compile(rb"PK\x03\x04"), Message("This is a ZIP archive, no photo. Send a photo (JPEG, PNG or WebP).")),
)
_DRAWING = Message("This is a drawing (SVG), no photo. Send a photo (JPEG, PNG or WebP).")
_PAGE = Message("This is a web page or text, no photo. Send a photo (JPEG, PNG or WebP).")
_NO_PICTURE = Message("This is no picture that can be read. Send a photo (JPEG, PNG or WebP).")


class Format(StrEnum):
    """A format of photos."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"


@dataclass(frozen=True, slots=True)
class Picture:
    """What the head of a picture says; ``scans`` are the passes in which a JPEG is drawn, 1 for others."""

    format: Format
    width_px: int
    height_px: int
    progressive: bool = False
    scans: int = 1
    animated: bool = False


def look(data: bytes) -> Picture | None:
    """Return what the head of some bytes says; None when they are no JPEG, PNG or WebP, or broken in the head.

    Examples
    --------
    >>> look(b"GIF89a") is None
    True
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        return None
    return None


def refusal(data: bytes) -> Message:
    """Return a sentence that says what some bytes are that are no photo, and what to send instead."""
    for offset, mark, sentence in _OTHERS:
        if mark.match(data, offset):
            return sentence
    if b"<svg" in data[:4096].lower():
        return _DRAWING
    return _PAGE if _MARKUP.match(data) else _NO_PICTURE


def size_of_plain_jpeg(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a JPEG that holds the picture and nothing else; None for all else.

    Nothing else: no metadata, no comment, no profile, nothing behind its end; at most 1,600 px and 1 MB.
    """
    if len(data) > PLAIN_BYTES or not data.startswith(b"\xff\xd8\xff"):
        return None
    try:
        segments = list(_segments(data))
    except (struct.error, IndexError):
        return None
    markers = {marker for marker, _, _ in segments}
    metadata = {marker for marker in markers if 0xE1 <= marker <= 0xEF or marker == _COMMENT}
    frame = next((data[start + 3 : start + 7] for marker, start, _ in segments if marker in _FRAMES), None)
    if metadata or frame is None or _SOS not in markers or segments[-1][0] != _EOI or segments[-1][2] != len(data):
        return None
    height, width = struct.unpack(">HH", frame)
    return (width, height) if 0 < width <= SIDE_PX and 0 < height <= SIDE_PX else None


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start of its length and end of each part of a JPEG, up to and with its end.

    Raises
    ------
    IndexError or struct.error
        Where it breaks off.
    """
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            raise IndexError(at)
        marker, start = data[at + 1], at + 2
        if marker == _EOI:
            yield marker, start, start
            return
        (length,) = struct.unpack_from(">H", data, start)
        at = start + length
        if marker == _SOS:
            found = _MARKER_IN_SCAN.search(data, at)
            at = len(data) if found is None else found.start()
        yield marker, start, at


def _jpeg(data: bytes) -> Picture | None:
    frame: tuple[int, int, bool] | None = None
    scans = 0
    try:
        for marker, start, _ in _segments(data):
            scans += marker == _SOS
            if marker in _FRAMES and frame is None:
                height, width = struct.unpack_from(">HH", data, start + 3)
                frame = width, height, marker in _PROGRESSIVE
    except (struct.error, IndexError):
        if frame is None:
            return None
    return None if frame is None else Picture(Format.JPEG, frame[0], frame[1], progressive=frame[2], scans=scans)


def _png(data: bytes) -> Picture | None:
    if data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    at, animated = len(_PNG), False
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        animated |= name == b"acTL"
        if name == b"IDAT":
            break
        at += 12 + length
    return Picture(Format.PNG, width, height, animated=animated)


def _webp(data: bytes) -> Picture | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Picture(Format.WEBP, width, height, animated=bool(data[20] & 0x02))
    if chunk == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return Picture(Format.WEBP, (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return Picture(Format.WEBP, width & 0x3FFF, height & 0x3FFF)
    return None
