"""The register as files: what the filter says and nothing else, harmless in a spreadsheet, marked where it is fictional."""

import csv
import io
import json
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

import geopandas
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from stationmap.register import handout
from stationmap.register.ledger import Ledger
from stationmap.register.records import station_from_dict
from stationmap.web.api import shelf as shelves
from stationmap.web.api.downloads import MEDIA_TYPES, download_url
from stationmap.web.api.shelf import Shelf, Unfinished
from stationmap.web.app import Settings, create_app
from stationmap.web.licence import Licence
from stationmap.web.serve import Server
from tests.browser import town

LOCATED = ["afternoon", "books", "centre", "dawn", "drivers", "hostile", "inferred", "unsure"]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.build(tmp_path_factory.mktemp("downloads") / "town.sqlite")


@pytest.fixture(scope="module")
def app(ledger: Path) -> Iterator[Flask]:
    settings = Settings(
        database=ledger, clock=lambda: town.NOON, licence=Licence("CC BY 4.0, 小城总工会", "https://example.cn/licence")
    )
    made = create_app(settings)
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def fetched(client: FlaskClient, form: str, **asked: Any) -> Any:
    response = client.get(f"/api/v1/download/stations.{form}?{urlencode(asked, doseq=True)}", buffered=True)
    assert response.status_code == 200, response.text
    assert response.mimetype == MEDIA_TYPES[form]
    return response


def rows(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def ids_of(form: str, data: bytes, folder: Path) -> list[str]:
    if form == "csv":
        return [row["id"] for row in rows(data)]
    file = folder / f"got.{form}"
    file.write_bytes(data)
    if form == "xlsx":
        sheet = openpyxl.load_workbook(file, read_only=True)
        values = list(sheet.worksheets[0].iter_rows(values_only=True))
        sheet.close()
        return [str(row[0]) for row in values[1:]]
    if form == "geojson":
        return [feature["properties"]["id"] for feature in json.loads(data)["features"]]
    frame = geopandas.read_parquet(file) if form == "parquet" else geopandas.read_file(file)
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.notna().all()
    return list(frame["id"])


@pytest.mark.parametrize("form", list(MEDIA_TYPES))
@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, LOCATED),
        ({"need": "toilet"}, ["afternoon", "dawn", "drivers", "unsure"]),
        ({"need": ["toilet", "shower"]}, ["drivers"]),
        ({"kind": "book_corner"}, ["books"]),
        ({"open": "now"}, ["books", "centre", "drivers", "hostile"]),
        ({"open": "now", "at": "2026-10-09T07:00"}, ["dawn", "drivers", "hostile"]),
        ({"bbox": f"102,40,103,{town.LAT + 0.0019}"}, ["centre", "dawn"]),
        ({"kind": "mother_room"}, []),
    ],
)
def test_a_download_holds_what_the_filter_says(
    client: FlaskClient, tmp_path: Path, form: str, asked: dict[str, Any], ids: list[str]
) -> None:
    assert ids_of(form, fetched(client, form, lang="en", **asked).data, tmp_path) == ids
    listed = client.get("/api/v1/stations?" + urlencode(asked, doseq=True)).json
    assert [feature["id"] for feature in listed["features"]] == ids


def test_a_sheet_and_a_layer_are_called_stations(client: FlaskClient, tmp_path: Path) -> None:
    for form in MEDIA_TYPES:
        response = fetched(client, form, need="toilet")
        assert response.headers["Content-Disposition"] == f'attachment; filename="stations.{form}"'
        (tmp_path / f"got.{form}").write_bytes(response.data)
    assert openpyxl.load_workbook(tmp_path / "got.xlsx").sheetnames == ["stations"]
    assert list(geopandas.list_layers(tmp_path / "got.gpkg")["name"]) == ["stations"]


def test_a_formula_is_made_harmless_and_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "evil.sqlite"
    evil = '=HYPERLINK("http://evil.example","click")'
    with Ledger.open(file) as ledger:
        ledger.put([town.station("evil", evil, 1, "24/7", confirmed_by="张三")], actor="小王", reason="建")
    app = create_app(Settings(database=file))
    try:
        client = app.test_client()
        assert rows(fetched(client, "csv").data)[0]["名称"] == f"'{evil}"
        (tmp_path / "evil.xlsx").write_bytes(fetched(client, "xlsx").data)
        sheet = openpyxl.load_workbook(tmp_path / "evil.xlsx").worksheets[0]
        assert sheet["B2"].data_type == "s"
        assert not str(sheet["B2"].value).startswith("=")
        assert json.loads(fetched(client, "geojson").data)["features"][0]["properties"]["名称"] == evil
    finally:
        app.extensions["live"].close()


def test_no_person_no_removed_and_no_made_up_record_is_in_any_file(client: FlaskClient, ledger: Path) -> None:
    with Ledger.open(ledger) as known:
        person = known.station("centre")
    assert person.confirmed_on is not None
    everything = b"".join(fetched(client, form).data for form in ("csv", "geojson"))
    with zipfile.ZipFile(io.BytesIO(client.get("/api/v1/dump", buffered=True).data)) as archive:
        everything += b"".join(archive.read(name) for name in archive.namelist())
    for secret in ("旧站", "编造站", "小王"):
        assert secret.encode() not in everything
    assert "中心驿站".encode() in everything


def test_fictional_stations_are_marked_in_every_format(tmp_path: Path) -> None:
    file = town.build(tmp_path / "fictional.sqlite", fictional=True)
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        client = app.test_client()
        assert {row["fictional"] for row in rows(fetched(client, "csv", lang="en").data)} == {"yes"}
        for form in ("geojson", "gpkg", "parquet"):
            (tmp_path / f"f.{form}").write_bytes(fetched(client, form, lang="en").data)
            read = geopandas.read_parquet if form == "parquet" else geopandas.read_file
            assert set(read(tmp_path / f"f.{form}")["fictional"]) == {"yes"}
        with zipfile.ZipFile(io.BytesIO(client.get("/api/v1/dump", buffered=True).data)) as archive:
            features = json.loads(archive.read("stations.geojson"))["features"]
            assert all(feature["properties"]["fictional"] for feature in features)
            assert "虚构数据" in archive.read("README.txt").decode()
            assert {row["虚构"] for row in rows(archive.read("stations.csv"))} == {"是"}
    finally:
        app.extensions["live"].close()


def test_the_dump_is_the_whole_register_with_licence_and_date(client: FlaskClient, ledger: Path) -> None:
    response = client.get("/api/v1/dump", buffered=True)
    assert response.status_code == 200
    assert response.mimetype == "application/zip"
    assert "attachment" in response.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert sorted(archive.namelist()) == ["README.txt", "stations.csv", "stations.geojson"]
        readme = archive.read("README.txt").decode()
        features = json.loads(archive.read("stations.geojson"))["features"]
        listed = rows(archive.read("stations.csv"))
    with Ledger.open(ledger) as known:
        revision, kept = known.revision(), list(known.records())
    assert f"Revision 版本: {revision}" in readme
    assert "CC BY 4.0, 小城总工会 https://example.cn/licence" in readme
    assert "FICTIONAL" not in readme
    assert [restored(feature) for feature in features] == kept
    assert [row["编号"] for row in listed] == [station.id for station in kept]
    assert "somewhere" in {row["编号"] for row in listed}


def restored(feature: dict[str, Any]) -> Any:
    facts = dict(feature["properties"])
    received = facts.pop("received", None)
    if feature["geometry"] is not None:
        lon, lat = feature["geometry"]["coordinates"]
        facts["location"] = {"lon": lon, "lat": lat, **received}
    return station_from_dict(facts)


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_pieces_make_the_same_file(
    client: FlaskClient, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    whole = tmp_path / f"whole.{form}"
    handout.carry_out(handout.Order(str(ledger), str(whole), "en", LOCATED))
    for most in (1, 3, 7):
        monkeypatch.setattr(handout, "_AT_ONCE", most)
        pieces = tmp_path / f"pieces{most}.{form}"
        handout.carry_out(handout.Order(str(ledger), str(pieces), "en", LOCATED))
        assert pieces.read_bytes() == whole.read_bytes()
        assert ids_of(form, pieces.read_bytes(), tmp_path) == LOCATED
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith("some")) == []


def test_what_the_caller_has_is_not_made_again(client: FlaskClient, app: Flask) -> None:
    first = fetched(client, "csv")
    made = len(app.extensions["shelf"])
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/api/v1/download/stations.csv", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    fetched(client, "csv")
    assert len(app.extensions["shelf"]) == made
    head = client.head("/api/v1/download/stations.csv?kind=driver_home")
    assert (head.status_code, head.data, head.mimetype) == (200, b"", "text/csv")
    assert "Content-Length" not in head.headers
    assert len(app.extensions["shelf"]) == made
    dump = client.get("/api/v1/dump", buffered=True)
    assert client.get("/api/v1/dump", headers={"If-None-Match": dump.headers["ETag"]}).status_code == 304


def test_texts_are_sent_small_to_those_who_take_gzip(client: FlaskClient) -> None:
    import gzip

    plain = fetched(client, "geojson").data
    zipped = client.get("/api/v1/download/stations.geojson", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert int(zipped.headers["Content-Length"]) == len(zipped.data) < len(plain)
    assert gzip.decompress(zipped.data) == plain


def test_the_production_server_sends_files_as_they_are(ledger: Path, client: FlaskClient) -> None:
    server = Server(Settings(database=ledger, clock=lambda: town.NOON), port=0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        for form in MEDIA_TYPES:
            with urllib.request.urlopen(f"{server.address}api/v1/download/stations.{form}", timeout=60) as answer:
                data = answer.read()
                assert int(answer.headers["Content-Length"]) == len(data) > 100
            if form in ("csv", "geojson"):
                assert data == fetched(client, form).data
    finally:
        server.stop()
        thread.join(timeout=20)


def test_a_file_is_of_the_revision_its_tag_says(tmp_path: Path) -> None:
    file = town.build(tmp_path / "moving.sqlite")
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        client = app.test_client()
        client.get("/api/v1/stations")
        with Ledger.open(file) as ledger:
            ledger.remove(["centre"], actor="小王", reason="拆")
            revision = ledger.revision()
        response = fetched(client, "csv", lang="en")
        assert response.headers["ETag"].startswith(f'W/"{revision}-')
        assert "centre" not in {row["id"] for row in rows(response.data)}
    finally:
        app.extensions["live"].close()


def test_a_great_file_is_made_by_a_process_of_its_own(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small = fetched(client, "parquet", kind="driver_home", lang="en").data
    monkeypatch.setattr(shelves, "LARGE", 0)
    beside = fetched(client, "gpkg", kind="driver_home", lang="en").data
    assert ids_of("gpkg", beside, tmp_path) == ids_of("parquet", small, tmp_path) == ["drivers"]


def test_what_cannot_be_made_says_why(client: FlaskClient) -> None:
    english = {"Accept-Language": "en"}
    wrong = client.get("/api/v1/download/stations.dbf", headers=english)
    assert (wrong.status_code, wrong.mimetype) == (404, "application/problem+json")
    assert "csv, geojson, gpkg, parquet, xlsx" in wrong.json["detail"]
    assert client.get("/api/v1/download/stations.csv?need=sauna").status_code == 400
    assert client.get("/api/v1/download/stations.csv?lon=1").status_code == 400
    assert client.get("/api/v1/dump?need=toilet").status_code == 400


def test_a_workbook_has_an_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from stationmap.web.api import downloads

    monkeypatch.setattr(downloads, "MOST_SHEET_ROWS", 3)
    refused = client.get("/api/v1/download/stations.xlsx?lang=en&kind=rest_station")
    assert refused.status_code == 400
    assert "too many for a workbook" in refused.json["detail"]


def test_the_shelf_keeps_what_was_asked_for_last_and_sends_an_open_file_to_its_end() -> None:
    shelf = Shelf(most_bytes=25)

    def make(path: Path) -> None:
        path.write_bytes(path.name[0].encode() * 10)

    first = shelf.get("a.txt", make)
    for name in ("b.txt", "c.txt"):
        shelf.get(name, make).close()
    assert len(shelf) == 2
    with first:
        assert first.read() == b"a" * 10
    folder = shelf._place()
    assert sorted(path.name for path in folder.iterdir()) == ["b.txt", "c.txt"]
    del shelf
    assert not folder.exists()


def test_a_maker_that_fails_leaves_nothing_and_is_tried_again() -> None:
    shelf = Shelf()

    def broken(path: Path) -> None:
        path.write_bytes(b"half")
        raise ValueError("disk")

    with pytest.raises(ValueError, match="disk"):
        shelf.get("x.csv", broken)
    assert not list(shelf._place().iterdir())
    with shelf.get("x.csv", lambda path: path.write_bytes(b"whole") and None) as file:
        assert file.read() == b"whole"


def test_who_waits_too_long_is_told_to_come_back_and_finds_it_then() -> None:
    shelf, go = Shelf(wait_s=0.05), Event()

    def slow(path: Path) -> None:
        go.wait(10)
        path.write_bytes(b"done")

    for _ in range(3):  # made once, however often it is asked for
        with pytest.raises(Unfinished):
            shelf.get("one.csv", slow)
    with pytest.raises(Unfinished):
        shelf.get("two.csv", slow)
    assert sorted(shelf._jobs) == ["one.csv", "two.csv"]
    with pytest.raises(Unfinished):
        shelf.get("three.csv", slow)
    assert len(shelf._jobs) == 2
    go.set()
    deadline = time.monotonic() + 10
    while len(shelf) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    for name in ("one.csv", "two.csv"):
        with shelf.get(name, slow) as file:
            assert file.read() == b"done"


def test_a_file_that_takes_long_is_a_429_with_a_time(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "shelf", Shelf(wait_s=0.0))
    answer = client.get("/api/v1/download/stations.gpkg?lang=en")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "20")
    assert answer.json["detail"] == "The file is being made. Ask again in 20 s."


def test_the_address_of_a_download_carries_the_filters_and_never_a_position() -> None:
    asked = {"need": ["toilet", "tea"], "kind": "", "open": "now", "lon": 113.6, "lat": 34.7, "k": 5, "at": None}
    assert download_url(asked, "gpkg") == "/api/v1/download/stations.gpkg?need=toilet&need=tea&open=now"
    assert download_url({}) == "/api/v1/download/stations.csv"
