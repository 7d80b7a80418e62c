"""Photos from anyone: what may be kept comes out plain and upright, all else gets a sentence; memory and time bounded."""

import io
import random
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from stationmap.catalogue import tell
from stationmap.errors import UnusableInput
from stationmap.files.photo import MOST_SCANS, UPLOAD_BYTES, reencode
from stationmap.files.picture import Format, look, size_of_plain_jpeg

RED, BLUE = (200, 30, 30), (30, 30, 200)


def halves(width=640, height=480, left=RED, right=BLUE, mode="RGB"):
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), left)
    image.paste(right, (width // 2, 0, width, height))
    return image.convert(mode)


def saved(image, kind="JPEG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(one, other, by=12):
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def png_head(width, height):
    """Return a PNG that says it has so many pixels and holds next to none."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def refused(data):
    with pytest.raises(UnusableInput) as fault:
        reencode(data)
    assert tell(fault.value.message, "zh") != str(fault.value)
    return str(fault.value)


def test_a_photo_comes_out_as_a_plain_jpeg_of_at_most_1600_px():
    out = reencode(saved(halves(4000, 3000)))
    image = opened(out)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1600, 1200))
    assert near(image.getpixel((100, 600)), RED)
    assert near(image.getpixel((1500, 600)), BLUE)
    assert size_of_plain_jpeg(out) == (1600, 1200)


def test_a_small_photo_keeps_its_size():
    assert opened(reencode(saved(halves(640, 480)))).size == (640, 480)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_it_is_drawn_upright_whichever_way_the_camera_was_held(kind, turn):
    upright = Image.new("RGB", (96, 64), "white")
    upright.paste(RED, (0, 0, 24, 16))
    upright.paste(BLUE, (72, 48, 96, 64))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    held = upright if turn == 1 else upright.transpose(Image.Transpose(back[turn]))
    exif = Image.Exif()
    exif[0x0112] = turn
    image = opened(reencode(saved(held, kind, exif=exif)))
    assert image.size == (96, 64)
    assert near(image.getpixel((8, 6)), RED, 30)
    assert near(image.getpixel((88, 58)), BLUE, 30)
    assert near(image.getpixel((88, 6)), (255, 255, 255), 30)


def test_place_camera_comment_profile_and_preview_are_gone():
    exif = Image.Exif()
    exif[0x010F] = "ACME-CAMERA"
    exif[0x9286] = "王小明 13800000000"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (34.0, 45.0, 12.0)
    gps[3], gps[4] = "E", (113.0, 37.0, 30.0)
    data = saved(halves(), exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE" * 20, dpi=(300, 300))
    assert b"ACME-CAMERA" in data
    assert opened(data).getexif().get_ifd(0x8825)
    out = reencode(data)
    image = opened(out)
    assert not image.getexif()
    assert not {"comment", "icc_profile", "exif", "dpi", "xmp"} & set(image.info)
    for secret in (b"ACME", b"SECRET", b"Exif", b"\xff\xe1", "王小明".encode()):
        assert secret not in out


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(b"<html><script>alert(1)</script></html>", id="page"),
        pytest.param(saved(halves(64, 64)), id="second picture"),
        pytest.param(b"PK\x03\x04" + b"payload" * 100, id="archive"),
    ],
)
def test_what_stands_behind_a_picture_is_gone(tail):
    for kind in ("JPEG", "PNG"):
        out = reencode(saved(halves(), kind) + tail)
        assert tail not in out
        assert size_of_plain_jpeg(out) == (640, 480)


def test_a_polyglot_of_jpeg_and_page_keeps_nothing_of_the_page():
    page = b"*/=1;alert(document.cookie)/*<script>alert(1)</script>"
    jpeg = saved(halves(), comment=page)
    assert page in jpeg
    assert b"script" not in reencode(jpeg)


def test_an_archive_that_is_a_jpeg_too():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.html", "<script>alert(1)</script>")
    out = reencode(saved(halves()) + inner.getvalue())
    assert not zipfile.is_zipfile(io.BytesIO(out))


def test_cmyk_grey_palette_and_16_bit_become_8_bit_rgb():
    deep = Image.fromarray(np.linspace(0, 65_535, 64 * 64, dtype=np.uint16).reshape(64, 64))
    grey = opened(reencode(saved(deep, "PNG")))
    assert grey.getpixel((2, 1))[0] < 10
    assert grey.getpixel((60, 62))[0] > 240
    for image, kind in (
        (halves(mode="CMYK"), "JPEG"),
        (halves(mode="L"), "JPEG"),
        (halves(mode="P"), "PNG"),
        (halves(mode="1"), "PNG"),
    ):
        assert opened(reencode(saved(image, kind))).mode == "RGB"
    assert near(opened(reencode(saved(halves(mode="CMYK")))).getpixel((50, 50)), RED, 40)


def test_transparent_parts_become_white():
    image = halves(mode="RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 320, 480))
    palette = image.quantize(16)
    for kind, one in (("PNG", image), ("WEBP", image), ("PNG", palette), ("PNG", image.convert("LA"))):
        assert near(opened(reencode(saved(one, kind))).getpixel((50, 50)), (255, 255, 255), 6)


def test_a_picture_of_noise_stays_within_a_megabyte():
    noise = np.random.default_rng(7).integers(0, 256, (1600, 1600, 3), dtype=np.uint8)
    out = reencode(saved(Image.fromarray(noise), quality=95))
    assert len(out) <= 1_000_000
    assert size_of_plain_jpeg(out) is not None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", r"drawing \(SVG\)"),
        (b"<?xml version='1.0'?>\n<!-- a -->\n<svg onload='alert(1)'/>", r"drawing \(SVG\)"),
        (b"<!DOCTYPE html><html><body>x", "web page or text"),
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x18ftypisom", "a video"),
        (saved(halves(), "GIF"), "a GIF"),
        (saved(halves(), "BMP"), "no picture that can be read"),
        (saved(halves(), "TIFF"), "no picture that can be read"),
        (b"\x7fELF" + b"\0" * 100, "no picture that can be read"),
        (b"\xff\xd8\xff", "no picture that can be read"),
        (b"\x89PNG\r\n\x1a\n", "no picture that can be read"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "no picture that can be read"),
        (saved(Image.new("RGB", (1, 1))), "too small: 1 x 1"),
        (saved(Image.new("RGB", (5000, 8))), "too small: 5000 x 8"),
        (png_head(50_000, 50_000), "too large: 50000 x 50000"),
        (png_head(0, 50), "broken"),
        (b"\xff\xd8\xff" + b"a" * (UPLOAD_BYTES + 1), "has 21 MB; at most 20 MB"),
    ],
)
def test_what_is_no_photo_gets_a_sentence(data, told):
    with pytest.raises(UnusableInput, match=told):
        reencode(data)
    assert refused(data)


def test_moving_pictures_are_refused():
    frames = [halves(), halves(left=BLUE, right=RED)]
    for kind in ("WEBP", "PNG"):
        moving = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        assert "moves" in refused(moving)


def test_two_pictures_in_one_file_of_a_phone_give_the_first():
    both = saved(halves(), "MPO", save_all=True, append_images=[halves(left=BLUE, right=RED)])
    assert near(opened(reencode(both)).getpixel((50, 50)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_photo_that_was_cut_off_is_told(kind, share):
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (200, 200, 3), dtype=np.uint8))
    data = saved(noise, kind)
    assert "broken or was not sent whole" in refused(data[: int(len(data) * share)])


def test_a_photo_that_was_cut_off_is_told_whatever_another_library_told_pillow(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = saved(halves())
    assert "broken or was not sent whole" in refused(data[: len(data) // 2])


def test_a_jpeg_of_too_many_passes_is_refused():
    data = saved(halves(), progressive=True)
    picture = look(data)
    assert picture is not None
    assert picture.progressive
    assert 1 < picture.scans <= MOST_SCANS
    first = data.index(b"\xff\xda")
    end = data.index(b"\xff\xda", first + 2)
    scan = data[first:end]
    start = time.perf_counter()
    assert "broken" in refused(data[:first] + scan * 5_000 + data[first:])
    assert time.perf_counter() - start < 2


def test_the_head_is_read_rightly():
    for kind, options in (
        ("JPEG", {}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0x"}),
    ):
        picture = look(saved(halves(333, 77), kind, **options))
        assert picture is not None
        assert (picture.format.upper(), picture.width_px, picture.height_px) == (kind, 333, 77)
        assert picture.format in Format


def test_only_a_plain_jpeg_counts_as_one():
    plain = reencode(saved(halves()))
    assert size_of_plain_jpeg(plain) == (640, 480)
    for other in (
        b"",
        plain[:-10],
        plain + b"x",
        saved(halves(), "PNG"),
        saved(halves(), exif=b"Exif\0\0secret"),
        saved(halves(), comment=b"x"),
        saved(halves(1601, 50)),
    ):
        assert size_of_plain_jpeg(other) is None


@pytest.fixture(scope="module")
def originals():
    return [saved(halves(64, 48), kind) for kind in ("JPEG", "PNG", "WEBP")]


@given(kind=st.integers(0, 2), seed=st.integers(0, 2**32), flips=st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_give_a_plain_jpeg_or_a_sentence(originals, kind, seed, flips):
    dice = random.Random(seed)
    data = bytearray(originals[kind])
    for _ in range(flips):
        data[dice.randrange(len(data))] = dice.randrange(256)
    try:
        out = reencode(bytes(data))
    except UnusableInput:
        return
    assert size_of_plain_jpeg(out) is not None


@given(
    data=st.binary(max_size=300), head=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP"])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_sentence(data, head):
    refused(head + data)


def test_memory_and_time_stay_bounded_at_the_largest_photos(tmp_path):
    """Take the worst that is let in: 51 million pixels in one pass, 25 million in several, 16 million whole."""
    program = """
import re, sys, time
from pathlib import Path
from PIL import Image
from stationmap.files.photo import reencode
def peak_kb():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak_kb()
data = open(sys.argv[1], "rb").read()
start = time.perf_counter()
reencode(data)
print((peak_kb() - before) // 1024, time.perf_counter() - start)
"""
    for image, kind, options in (
        (Image.new("RGB", (8192, 6200), RED), "JPEG", {}),
        (Image.new("RGB", (5000, 5000), RED), "JPEG", {"progressive": True}),
        (Image.new("RGBA", (4000, 4000), (*RED, 128)), "PNG", {"compress_level": 1}),
        (Image.new("RGBA", (4000, 4000), (*RED, 128)), "WEBP", {}),
        (Image.fromarray(np.zeros((4000, 4000), np.uint16)), "PNG", {}),
    ):
        file = tmp_path / "photo"
        image.save(file, kind, **options)
        done = subprocess.run(
            [sys.executable, "-c", program, file],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        grown_mb, took_s = map(float, done.stdout.split())
        assert 20 < grown_mb < 400, (kind, options)
        assert took_s < 15, (kind, options)
