"""Published photos: kept as re-encoded only, newest first, with their history, moving the revision."""

import io
from datetime import date

import pytest
from PIL import Image

from stationmap.errors import InvalidValue, NotFound, TooMany
from stationmap.files.photo import reencode
from stationmap.register.desk.photos import MOST_OF_A_STATION, Photo
from stationmap.register.ledger import Ledger
from stationmap.schema.records import Station

WHO = {"actor": "李"}


def picture(colour="teal", size=(64, 48)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return reencode(out.getvalue())


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger.put([Station(id="a", name="甲"), Station(id="b", name="乙")], actor="李", reason="test")
        yield ledger


def test_a_photo_comes_back_as_it_was_added_newest_first(ledger):
    jpeg = picture()
    first = ledger.photos.add("a", jpeg, caption=" 从东门\x00进 ", taken_on=date(2026, 7, 1), source="街道", **WHO)
    assert first == Photo(1, "a", 64, 48, date(2026, 7, 1), "从东门进", "街道")
    second = ledger.photos.add("a", picture("red", (100, 200)), **WHO)
    assert ledger.photos.of("a") == [second, first]
    assert (second.width_px, second.height_px, second.taken_on) == (100, 200, None)
    assert ledger.photos.jpeg(1) == jpeg
    assert ledger.photos.of("b") == ledger.photos.of("nowhere") == []
    assert ledger.revision() == 3


def test_a_removed_photo_is_gone_bytes_and_all(ledger, tmp_path):
    jpeg = picture("#12ab34", (333, 222))
    ledger.photos.add("a", jpeg, **WHO)
    assert ledger.photos.remove(1, **WHO).revision == 3
    assert ledger.photos.of("a") == []
    for call in (ledger.photos.jpeg, lambda number: ledger.photos.remove(number, **WHO)):
        with pytest.raises(NotFound, match="number 1"):
            call(1)
    assert ledger.photos.add("a", jpeg, **WHO).id == 2


def test_only_what_was_re_encoded_is_taken(ledger):
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG", exif=b"Exif\0\0place")
    for data in (out.getvalue(), b"", b"<svg/>", picture() + b"<script>"):
        with pytest.raises(InvalidValue, match="only as re-encoded"):
            ledger.photos.add("a", data, **WHO)
    with pytest.raises(InvalidValue, match="201 characters"):
        ledger.photos.add("a", picture(), caption="字" * 201, **WHO)
    with pytest.raises(NotFound, match="'nowhere'"):
        ledger.photos.add("nowhere", picture(), **WHO)
    assert ledger.revision() == 1


def test_a_station_has_room_for_a_dozen(ledger):
    for _ in range(MOST_OF_A_STATION):
        ledger.photos.add("a", picture(), **WHO)
    with pytest.raises(TooMany, match="12 photos already"):
        ledger.photos.add("a", picture(), **WHO)
    ledger.photos.remove(3, **WHO)
    ledger.photos.add("a", picture(), **WHO)
    ledger.photos.add("b", picture(), **WHO)


def test_photos_outlive_the_removal_and_return_of_their_station(ledger):
    added = ledger.photos.add("a", picture(), **WHO)
    ledger.remove(["a"], actor="李", reason="x")
    ledger.restore(["a"], actor="李", reason="x")
    ledger.put([Station(id="a", name="甲甲")], actor="李", reason="x", replace=True)
    assert ledger.photos.of("a") == [added]
