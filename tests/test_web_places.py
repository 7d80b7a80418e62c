"""Places by name over HTTP and on the command line, on a real ledger that changes."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stationmap.cli.main import main
from stationmap.finder.names.entries import Entry
from stationmap.finder.names.index import NameIndex
from stationmap.register.ledger import Ledger
from stationmap.web.api import places
from stationmap.web.api.components import PARAMETERS
from stationmap.web.app import Settings, create_app
from stationmap.web.names import Names
from tests.browser import town

HERE = {"lon": town.LON, "lat": town.LAT}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.build(tmp_path_factory.mktemp("places") / "town.sqlite")


@pytest.fixture(scope="module")
def app(ledger: Path) -> Iterator[Flask]:
    made = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    made.testing = False
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def asked(client: FlaskClient, subject: str, **parameters: Any) -> Any:
    return client.get(f"/api/v1/{subject}?" + urlencode(parameters, doseq=True))


def names(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 200, response.text
    assert response.json["complete"] is True
    return [
        (feature["properties"].get("kind", ""), feature["properties"]["name"]) for feature in response.json["features"]
    ]


def test_places_answers_in_geojson_the_best_first(client: FlaskClient) -> None:
    response = asked(client, "places", q="zhongshanlu", **HERE, limit=3)
    assert response.mimetype == "application/geo+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Retry-After" not in response.headers
    assert names(response) == [("street", "中山路"), ("address", "中山路1号"), ("address", "中山路2号")]
    address = response.json["features"][1]
    assert address["geometry"] == {"type": "Point", "coordinates": [town.LON, pytest.approx(town.LAT + 0.0009)]}
    assert address["properties"] == {
        "kind": "address",
        "id": "dawn",
        "name": "中山路1号",
        "detail": "早班站",
        "match": "pinyin",
        "distance_m": pytest.approx(99.94, abs=0.05),
    }


def test_places_finds_stations_areas_and_streets(client: FlaskClient) -> None:
    assert names(asked(client, "places", q="zxyz"))[0] == ("station", "中心驿站")
    assert names(asked(client, "places", q="西区"))[0] == ("area", "西区")
    assert names(asked(client, "places", q="司机"))[0] == ("station", "司机之家")
    assert ("street", "人民路") in names(asked(client, "places", q="renmin"))


def test_a_station_without_a_place_is_found_and_has_no_point(client: FlaskClient) -> None:
    (found,) = asked(client, "places", q="只有地址", **HERE).json["features"]
    assert found["geometry"] is None
    assert "distance_m" not in found["properties"]


def test_removed_and_made_up_stations_are_not_found(client: FlaskClient) -> None:
    assert names(asked(client, "places", q="旧站")) == []
    assert names(asked(client, "places", q="编造站")) == []


def test_a_posted_question_is_the_same_question(client: FlaskClient) -> None:
    posted = client.post("/api/v1/places", json={"q": "zhongshan", **HERE, "limit": 5, "lang": "en"})
    assert posted.json == asked(client, "places", q="zhongshan", **HERE, limit=5).json
    searched = client.post("/api/v1/search", json={"q": "zhongshan", "need": ["toilet"], "open": "now"})
    assert searched.json == asked(client, "search", q="zhongshan", need="toilet", open="now").json


def test_a_position_may_be_of_another_datum(client: FlaskClient) -> None:
    from stationmap.geo.datum import convert

    x, y = (float(v) for v in convert(town.LON, town.LAT, source="wgs84", target="gcj02"))
    (found, *_) = asked(client, "places", q="早班站", lon=x, lat=y, datum="gcj02").json["features"]
    assert found["properties"]["distance_m"] == pytest.approx(99.94, abs=1)


def test_search_gives_stations_with_their_state_and_passes_the_filters(client: FlaskClient) -> None:
    every = asked(client, "search", q="中山路", limit=50, **HERE)
    assert [feature["id"] for feature in every.json["features"]] == [
        "dawn", "centre", "books", "unsure", "afternoon", "drivers", "inferred", "hostile",
    ]  # fmt: skip
    centre = every.json["features"][1]["properties"]
    assert (centre["state"], centre["state_words"], centre["match"]) == ("open", "开放至 20:00", "prefix")
    assert centre["distance_m"] == pytest.approx(199.87, abs=0.05)
    assert centre["links"]["amap"].startswith("https://uri.amap.com/")
    toilets = asked(client, "search", q="中山路", need="toilet", open="now")
    assert [feature["id"] for feature in toilets.json["features"]] == ["drivers"]
    assert "distance_m" not in toilets.json["features"][0]["properties"]
    drivers = asked(client, "search", q="zhongshan", kind="driver_home")
    assert [feature["id"] for feature in drivers.json["features"]] == ["drivers"]
    last = asked(client, "search", q="中山路", limit=1, bbox="102,40.3062,103,40.4")
    assert [feature["id"] for feature in last.json["features"]] == ["inferred"], "what is filtered out takes no place"
    assert [each["id"] for each in asked(client, "search", q="站", limit=50).json["features"]].count("somewhere") == 0
    assert asked(client, "search", q="人民路").json["features"] == []
    assert (
        asked(client, "search", q="早班", lang="en")
        .json["features"][0]["properties"]["state_words"]
        .startswith("Closed")
    )


@pytest.mark.parametrize("subject", ["places", "search"])
@pytest.mark.parametrize(
    "typed",
    [
        "😀",
        "   ",
        "*",
        '"',
        "NEAR(",
        "' OR 1=1 --",
        "\x00",
        "\u202e\u200f",
        "%",
        "_",
        "。，！",
        "a" * 100,
        "驿" * 100,
    ],
)
def test_whatever_is_typed_is_no_error(client: FlaskClient, subject: str, typed: str) -> None:
    begun = time.perf_counter()
    assert asked(client, subject, q=typed).status_code == 200
    assert client.post(f"/api/v1/{subject}", json={"q": typed}).status_code == 200
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize("subject", ["places", "search"])
def test_lone_surrogates_and_broken_bytes_are_no_error(client: FlaskClient, subject: str) -> None:
    body = '{"q": "\\ud800中心\\udfff"}'
    posted = client.post(f"/api/v1/{subject}", data=body, content_type="application/json")
    assert posted.json["features"][0]["properties"]["id"] == "centre"
    assert client.get(f"/api/v1/{subject}?q=%ff%fe%ed%a0%80").status_code == 200


@pytest.mark.parametrize(
    ("query", "quoted"),
    [
        ("q=" + "a" * 101, "100"),
        ("q=" + quote("驿" * 10_000), "100"),
        ("", "q="),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=51", "limit"),
        ("q=a&limit=x", "limit"),
        ("q=a&lon=1", "lat"),
        ("q=a&lon=x&lat=1", "lon"),
        ("q=a&lon=1&lat=100", "100"),
        ("q=a&datum=venus&lon=1&lat=1", "venus"),
        ("q=a&colour=red", "colour"),
    ],
)
@pytest.mark.parametrize("subject", ["places", "search"])
def test_what_cannot_be_is_refused_with_a_word(client: FlaskClient, subject: str, query: str, quoted: str) -> None:
    response = client.get(f"/api/v1/{subject}?{query}")
    assert response.status_code in (400, 414)
    if response.status_code == 400:
        assert response.mimetype == "application/problem+json"
        assert quoted in response.json["detail"]


@pytest.mark.parametrize("body", [[], {"q": 7}, {"q": ["a"]}, {"q": {"a": 1}}, {"q": None}, {"q": True}])
def test_a_question_that_is_no_text_is_refused(client: FlaskClient, body: object) -> None:
    assert client.post("/api/v1/places", json=body).status_code == 400


def test_nothing_of_the_question_stands_in_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/api/v1/places", json={"q": "miyu", "lon": 102.345678, "lat": 40.3})
        asked(client, "search", q="miyu", lon=102.345678, lat=40.3)
    assert "miyu" not in caplog.text
    assert "102.34" not in caplog.text


def test_every_parameter_is_described() -> None:
    for path, known in (("/api/v1/places", places._PLACES_PARAMETERS), ("/api/v1/search", places._SEARCH_PARAMETERS)):
        listed = places.PATHS[path]["get"]["parameters"]
        described = {each.get("name") or PARAMETERS[each["$ref"].rpartition("/")[2]]["name"] for each in listed}
        assert described == set(known)
        schema = places.PATHS[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert set(schema["properties"]) == set(known)


def test_the_index_follows_the_ledger(tmp_path: Path) -> None:
    file = town.build(tmp_path / "town.sqlite")
    kept = tmp_path / "elsewhere" / "names.sqlite"
    app = create_app(Settings(database=file, clock=lambda: town.NOON, names_file=kept))
    client = app.test_client()
    try:
        assert names(asked(client, "places", q="早班站"))[0] == ("station", "早班站")
        with Ledger.open(file) as ledger:
            ledger.put(
                [replace(ledger.station("dawn"), name="长沙书屋")], actor="clerk", reason="renamed", replace=True
            )
            ledger.remove(["centre"], actor="clerk", reason="gone")
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            answer = asked(client, "places", q="changsha")
            if answer.json["features"] and answer.json["complete"]:
                break
            time.sleep(0.1)
        assert names(answer)[0] == ("station", "长沙书屋")
        assert ("station", "中心驿站") not in names(asked(client, "places", q="中心驿站"))
    finally:
        app.extensions["live"].close()
    assert kept.exists()
    assert not list(tmp_path.glob("town.sqlite.names*"))


def test_a_second_server_reads_the_index_that_the_first_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = town.build(tmp_path / "town.sqlite")
    for _ in range(2):
        app = create_app(Settings(database=file, clock=lambda: town.NOON))
        assert names(asked(app.test_client(), "places", q="zxyz"))[0] == ("station", "中心驿站")
        app.extensions["live"].close()
        monkeypatch.setattr("stationmap.web.live.entries", lambda *_: pytest.fail("gathered again"))


def test_a_broken_index_file_never_breaks_the_site(tmp_path: Path) -> None:
    file = town.build(tmp_path / "town.sqlite")
    (tmp_path / "town.sqlite.names.sqlite").write_bytes(b"no index" * 1000)
    app = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        assert names(asked(app.test_client(), "places", q="zxyz"))[0] == ("station", "中心驿站")
    finally:
        app.extensions["live"].close()
    folder = tmp_path / "folder.sqlite"
    folder.mkdir()
    app = create_app(Settings(database=file, clock=lambda: town.NOON, names_file=folder))
    try:
        assert names(asked(app.test_client(), "places", q="zxyz"))[0] == ("station", "中心驿站")
    finally:
        app.extensions["live"].close()


def test_before_the_index_is_there_the_answer_says_that_it_is_not_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stationmap.web.names.Names._bring", lambda *_: time.sleep(0.2))
    monkeypatch.setattr("stationmap.web.names.Names.index", lambda _: None)
    app = create_app(Settings(database=town.build(tmp_path / "town.sqlite"), clock=lambda: town.NOON))
    try:
        for subject in ("places", "search"):
            response = asked(app.test_client(), subject, q="zxyz")
            assert (response.status_code, response.json["complete"], response.json["features"]) == (200, False, [])
            assert response.headers["Retry-After"] == "2"
        assert app.test_client().get("/").status_code == 200
    finally:
        app.extensions["live"].close()


def test_an_update_that_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stationmap.web.names.RETRY_AFTER_S", 0.05)
    kept, tried = Names(lambda: tmp_path / "names.sqlite"), []

    def gather() -> list[Entry]:
        tried.append(1)
        if len(tried) < 3:
            raise OSError("the ledger went away")
        return [Entry("station", "a", "郑州路驿站")]

    kept.offer(1, "", gather)
    index = kept.index()
    kept.close()
    assert index is not None
    assert [hit.id for hit in index.search("zzly")] == ["a"]
    assert len(tried) == 3


def test_of_several_offers_that_wait_the_last_one_counts(tmp_path: Path) -> None:
    going, kept = threading.Event(), Names(lambda: tmp_path / "names.sqlite")
    gathered: list[int] = []

    def gather(revision: int) -> list[Entry]:
        gathered.append(revision)
        going.wait(10)
        return [Entry("station", "a", f"第{revision}站")]

    for revision in range(1, 6):
        kept.offer(revision, "", lambda revision=revision: gather(revision))
        while not gathered:
            time.sleep(0.01)
    going.set()
    deadline = time.monotonic() + 10
    while gathered != [1, 5] and time.monotonic() < deadline:
        time.sleep(0.01)
    kept.close()
    index = kept.index()
    assert gathered == [1, 5]
    assert index is not None
    assert (index.revision, [hit.name for hit in index.search("第")]) == (5, ["第5站"])


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["places", *arguments])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


def test_the_command_answers_from_the_same_index(
    ledger: Path, app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATIONMAP_DATABASE", str(ledger))
    code, out, err = run(capsys, "zxyz", "--lang", "en", "--lon", "102.3", "--lat", "40.3")
    assert (code, err) == (0, "")
    assert out.startswith("1. 中心驿站  (station · 200 m)\n   centre  geo:40.301800,102.300000\n")
    code, out, _ = run(capsys, "zhongshanlu", "--json", "--lon", "102.3", "--lat", "40.3")
    features = json.loads(out)["features"]
    assert features == asked(app.test_client(), "places", q="zhongshanlu", **HERE).json["features"]
    assert NameIndex.open(ledger.with_name("town.sqlite.names.sqlite")).revision > 0


def test_the_command_says_what_it_cannot_take(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATIONMAP_DATABASE", str(ledger))
    assert run(capsys, "喀什巴扎")[:2] == (0, "没有叫这个名字的地方。可以少写几个字，或者用拼音再试。\n")
    assert run(capsys, "x" * 101)[0] == 2
    assert "--lat" in run(capsys, "x", "--lon", "3")[2]
    assert run(capsys, "x", "--lon", "300", "--lat", "0")[0] == 2
    assert run(capsys, "\udc80😀\x00")[0] == 0
