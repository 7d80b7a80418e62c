"""A photo from anyone, made into one that may be kept: decoded within bounds and encoded anew.

What comes out holds the picture and nothing else: no place, time, camera or owner, no preview, no profile, nothing
behind its end; it is drawn upright, at most 1,600 px wide or high. One photo is decoded at a time, so that memory
stays bounded whoever sends how many.
"""

import io
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from stationmap.errors import UnusableInput
from stationmap.files.picture import PLAIN_BYTES, SIDE_PX, Format, Picture, look, refusal
from stationmap.files.source import examine

if TYPE_CHECKING:
    from PIL import Image

UPLOAD_BYTES = 20_000_000
LEAST_PX = 32
MOST_PIXELS = 52_000_000  # of a JPEG that is drawn in one pass: what the largest phone cameras make
MOST_PIXELS_IN_PASSES = 26_000_000  # of a JPEG that is drawn in several
MOST_PIXELS_WHOLE = 16_000_000  # of a PNG or WebP, which is unfolded whole
MOST_SCANS = 40
QUALITY = 80
_TRIALS = ((SIDE_PX, QUALITY), (SIDE_PX, 60), (1_200, 50), (800, 50))
_ORIENTATION = 0x0112
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""How the camera was held (EXIF 2.3, table 6) -> Pillow's turn or mirroring that makes it upright."""
_ONE_AT_A_TIME = Lock()


def reencode(data: bytes) -> bytes:
    """Return a photo as a plain JPEG: upright, at most 1,600 px and 1 MB, quality 80, without any metadata.

    Transparent parts become white, CMYK and 16-bit pictures 8-bit RGB. Whatever stands behind the picture (a
    second one, a page, an archive) is gone.

    Parameters
    ----------
    data : bytes
        A JPEG, PNG or WebP picture of at most 20 MB.

    Raises
    ------
    UnusableInput
        When it is empty, too large, no photo, moving, or broken; the sentence says which, and what to send.
    """
    picture = _checked(data)
    with _ONE_AT_A_TIME:
        try:
            return _encoded(_upright(data, picture))
        except MemoryError:
            raise UnusableInput("The photo is too large for this machine. Send a smaller one.") from None
        except Exception:  # noqa: BLE001 - a decoder that meets hostile bytes may raise anything
            raise UnusableInput(
                "The photo is broken or was not sent whole. Take it again, and send it again."
            ) from None


def read_photo(path: Path) -> bytes:
    """Return the photo of a file as :func:`reencode` does, and raise as it does, or when there is no such file."""
    examine(path)
    with path.open("rb") as file:
        return reencode(file.read(UPLOAD_BYTES + 1))


def _checked(data: bytes) -> Picture:
    """Return what the head of the photo says, where it may be decoded at all."""
    if not data:
        raise UnusableInput("The photo is empty. Choose it again.")
    if len(data) > UPLOAD_BYTES:
        raise UnusableInput(
            "The photo has {size} MB; at most {most} MB are taken. Send a smaller one.",
            size=-(-len(data) // 1_000_000),
            most=UPLOAD_BYTES // 1_000_000,
        )
    picture = look(data)
    if picture is None:
        raise UnusableInput(refusal(data).text)
    if picture.animated:
        raise UnusableInput("This picture moves. Send a still photo.")
    size = {"width": picture.width_px, "height": picture.height_px}
    if picture.scans > MOST_SCANS or not all(size.values()):
        raise _broken()
    if picture.width_px * picture.height_px > _most_pixels(picture):
        raise UnusableInput("The photo is too large: {width} x {height} pixels. Send a smaller one.", **size)
    if min(picture.width_px, picture.height_px) < LEAST_PX:
        raise UnusableInput(
            "The photo is too small: {width} x {height} pixels, at least {least} are needed each way.",
            **size,
            least=LEAST_PX,
        )
    return picture


def _most_pixels(picture: Picture) -> int:
    if picture.format is not Format.JPEG:
        return MOST_PIXELS_WHOLE
    return MOST_PIXELS_IN_PASSES if picture.progressive else MOST_PIXELS


def _broken() -> UnusableInput:
    return UnusableInput("The photo is broken or was not sent whole. Take it again, and send it again.")


def _upright(data: bytes, picture: Picture) -> "Image.Image":
    """Return the picture as RGB, turned as its camera says, at most 1,600 px; of a JPEG only as much is decoded."""
    from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # a library of the same process (WeasyPrint) tells Pillow to take half ones
    opener: Any = {
        Format.JPEG: JpegImagePlugin.JpegImageFile,
        Format.PNG: PngImagePlugin.PngImageFile,
        Format.WEBP: WebPImagePlugin.WebPImageFile,
    }[picture.format]
    with opener(io.BytesIO(data)) as image:
        if image.size != (picture.width_px, picture.height_px):
            raise ValueError(image.size)
        turn = _turn(image)
        if picture.format is Format.JPEG:
            image.draft("RGB", (SIDE_PX, SIDE_PX))
        still = _rgb(image)
    still.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return still if turn == 1 else still.transpose(Image.Transpose(_TURNS[turn]))


def _turn(image: "Image.Image") -> int:
    """Return how the camera was held, 1 to 8 as in EXIF; 1 where it does not say, or says it wrongly."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - metadata that cannot be read is no metadata
        return 1
    return turn if turn in range(1, 9) else 1


def _rgb(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        import numpy as np

        levels = np.clip(np.asarray(image), 0, 65_535)
        image = Image.fromarray((levels >> 8).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        shown = image.convert("RGBA")
        paper = Image.new("RGB", shown.size, "white")
        paper.paste(shown, mask=shown.getchannel("A"))
        return paper
    return image.convert("RGB")


def _encoded(image: "Image.Image") -> bytes:
    """Return the picture as JPEG; one that is all noise is made coarser until it is no larger than 1 MB."""
    from PIL import Image

    for side_px, quality in _TRIALS:
        image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
        image.info.clear()
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= PLAIN_BYTES:
            break
    return out.getvalue()
