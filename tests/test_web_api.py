"""The API over a real ledger: answers, bounds, faults, caches, and nothing about positions in the log."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stationmap.register.ledger import Ledger
from stationmap.web.app import Settings, create_app
from tests.browser import town

HERE = {"lon": town.LON, "lat": town.LAT}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    ledger = town.build(tmp_path_factory.mktemp("api") / "town.sqlite")
    made = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    made.testing = False
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def nearest(client: FlaskClient, **asked: Any) -> Any:
    return client.get("/api/v1/nearest?" + urlencode({**HERE, **asked}, doseq=True))


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [feature["properties"]["id"] for feature in response.json["features"]]


def test_nearest_answers_in_geojson_nearest_first(client: FlaskClient) -> None:
    response = nearest(client, k=10)
    assert response.mimetype == "application/geo+json"
    assert response.json["type"] == "FeatureCollection"
    assert ids(response) == ["centre", "books", "afternoon", "drivers", "hostile"]
    centre = response.json["features"][0]
    assert centre["geometry"]["coordinates"] == [town.LON, pytest.approx(town.LAT + 0.0018)]
    told = centre["properties"]
    assert told["distance_m"] == pytest.approx(199.9, abs=0.2)
    assert told["minutes"] == pytest.approx(199.9 * 1.3 / 75, abs=0.05)
    assert (told["state"], told["until"], told["opens_at"]) == ("open", "2026-10-09T20:00:00+08:00", None)
    assert told["links"]["amap"].startswith("https://uri.amap.com/")
    assert response.headers["Cache-Control"] == "no-store"


def test_a_posted_question_is_the_same_question(client: FlaskClient) -> None:
    asked = {"need": ["toilet"], "kind": ["driver_home"], "k": 3, "mode": "ride", "any": True}
    posted = client.post("/api/v1/nearest", json={**HERE, **asked})
    got = nearest(client, **{**asked, "any": "true"})
    assert ids(posted) == ids(got) == ["drivers"]
    assert posted.json == got.json
    assert ids(client.post("/api/v1/nearest", json={"lon": "102.3", "lat": "40.3", "need": "卫生间", "at": None})) == [
        "afternoon",
        "drivers",
    ]


def test_open_now_on_arrival_or_in_any_state(client: FlaskClient) -> None:
    assert nearest(client, open="any", k=50).json == nearest(client, any="1", k=50).json
    for at in ("2026-10-09T12:00", "2026-10-09T05:40"):
        there = nearest(client, open="arrival", at=at, k=50)
        assert ids(there) == ids(nearest(client, at=at, k=50))
        states = [feature["properties"]["state"] for feature in there.json["features"]]
        assert {"open", "closed"} <= set(states)
        now = [each for each, state in zip(ids(there), states, strict=True) if state == "open"]
        assert ids(nearest(client, open="now", at=at, k=50)) == now


def test_each_datum_is_taken_for_what_it_is(client: FlaskClient) -> None:
    from stationmap.geo.datum import convert

    for datum in ("gcj02", "bd09", "bd09mc", "cgcs2000", "EPSG:3857"):
        x, y = (float(v) for v in convert(town.LON, town.LAT, source="wgs84", target=datum))
        told = nearest(client, lon=x, lat=y, datum=datum).json["features"][0]["properties"]
        assert told["distance_m"] == pytest.approx(199.9, abs=0.5)


def test_a_time_without_offset_is_local_and_a_lost_plus_is_found_again(client: FlaskClient) -> None:
    evening = ["drivers", "hostile"]
    assert ids(nearest(client, at="2026-10-09T21:00")) == evening
    assert ids(nearest(client, at="2026-10-09T13:00:00Z")) == evening
    assert ids(client.get("/api/v1/nearest?lon=102.3&lat=40.3&at=2026-10-09T21:00+08:00")) == evening
    assert ids(nearest(client, at="2026-10-09T05:55", need="hot_water")) == ["dawn"]


BAD = [
    ({"lat": None}, "lat is missing"),
    ({"lon": "east"}, "'east', which is no finite number"),
    ({"lon": "NaN"}, "'NaN', which is no finite number"),
    ({"lat": "inf"}, "no finite number"),
    ({"lon": 34.752, "lat": 113.665}, "Latitude 113.665 is outside -90..90. Are longitude and latitude swapped?"),
    ({"lon": 200}, "Longitude 200.0 is outside"),
    ({"datum": "gcj20"}, "gcj20"),
    ({"datum": "bd09mc", "lon": 1e12, "lat": 1e12}, "Check the coordinates and their datum"),
    ({"need": "sauna"}, "'sauna' is not known as a value of need. Take one of: hot_water"),
    ({"kind": "bar"}, "'bar' is not known as a value of kind"),
    ({"need": ["toilet"] * 101}, "stands 101 times"),
    ({"need": "x" * 5000}, "at most 100 characters"),
    ({"at": "noon"}, "'noon' is no time"),
    ({"at": "2026-13-45T99:00"}, "is no time"),
    ({"at": "2026-10-10"}, "no time of day"),
    ({"at": "0001-01-01T00:00"}, "between 2000 and 2100"),
    ({"k": 0}, "k is '0'. Take a whole number from 1 to 50."),
    ({"k": 51}, "from 1 to 50"),
    ({"k": "9" * 400}, "from 1 to 50"),
    ({"k": "²"}, "from 1 to 50"),
    ({"any": "maybe"}, "Take true or false"),
    ({"open": "always"}, "open is 'always'. Take arrival, now or any"),
    ({"open": True}, "Take arrival, now or any"),
    ({"open": "now", "any": "1"}, "Ask either for stations in any state or for those open now"),
    ({"mode": "fly"}, "Take walk or ride"),
    ({"needs": "toilet"}, "There is no parameter 'needs'. Known: lon, lat"),
    ({"lon": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")}, "no finite number"),
]


@pytest.mark.parametrize(("asked", "said"), BAD)
def test_what_cannot_be_answered_says_why(client: FlaskClient, asked: dict[str, Any], said: str) -> None:
    given = {name: value for name, value in {**HERE, **asked}.items() if value is not None}
    response = client.get("/api/v1/nearest?" + urlencode(given, doseq=True), headers={"Accept-Language": "en"})
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert said in response.json["detail"]
    assert response.json["status"] == 400
    assert response.json["type"].startswith("urn:stationmap:problem:")
    chinese = client.get("/api/v1/nearest?" + urlencode(given, doseq=True))
    assert chinese.json["title"] == "看不懂这个请求"
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese.json["detail"])


BODIES = [
    (b"", 400),
    (b"null", 400),
    (b"[1, 2]", 400),
    (b'{"lon": 102.3, "lat": NaN}', 400),
    (b'{"lon": 102.3, "lat": 1e999}', 400),
    (b'{"lon": true, "lat": 40.3}', 400),
    (b'{"lon": [1], "lat": {}}', 400),
    (b'{"lon": 102.3, "lat": 40.3, "k": 2.5}', 400),
    (b'{"lon": 102.3, "lat": 40.3, "need": [{}]}', 400),
    (b'{"lon": 102.3, "lat": 40.3, "need": "\\ud800"}', 400),
    (b'{"lon": 102.3, "lat": 40.3, "at": 20261010}', 400),
    (b'{"lon": %s}' % (b"9" * 5000), 400),
    (b"[" * 40_000, 400),
    (b"\xff\xfe{}", 400),
    (b" " * 70_000, 413),
    (b'{"lon": 102.3, "lat": 40.3, "lang": 5}', 200),
]


@pytest.mark.parametrize(("body", "status"), BODIES)
def test_no_body_whatever_breaks_it(client: FlaskClient, body: bytes, status: int) -> None:
    response = client.post("/api/v1/nearest", data=body, content_type="application/json")
    assert response.status_code == status, response.text
    if status != 200:
        assert response.mimetype == "application/problem+json"
        assert response.json["detail"]


def test_wrong_methods_types_and_addresses_are_problems_in_the_callers_language(client: FlaskClient) -> None:
    wrong = client.delete("/api/v1/nearest", headers={"Accept-Language": "en-GB, zh;q=0.5"})
    assert (wrong.status_code, wrong.json["title"]) == (405, "This address does not take that method")
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].replace(" ", "").split(","))
    form = client.post("/api/v1/nearest", data=HERE)
    assert (form.status_code, form.json["title"]) == (415, "请求不是 JSON")
    assert client.get("/api/v1/nowhere?lang=en").json["title"] == "Not found"
    assert client.post("/api/v1/nearest", json={"lon": 1, "lang": "en"}).json["detail"].startswith("lat is missing")
    client.set_cookie("lang", "en")
    assert client.get("/api/v1/nowhere").json["title"] == "Not found"


def test_a_station_is_told_with_the_provenance_of_its_facts(client: FlaskClient) -> None:
    response = client.get("/api/v1/stations/drivers")
    assert response.status_code == 200
    assert response.mimetype == "application/geo+json"
    feature = response.json
    assert (feature["type"], feature["id"]) == ("Feature", "drivers")
    assert feature["geometry"] == {"type": "Point", "coordinates": [town.LON, pytest.approx(town.LAT + 0.0054)]}
    facts = feature["properties"]
    assert facts["hours"]["provenance"] == {"source": "工会名单", "asof": "2026-09-01"}
    assert {s["code"]: s.get("outage_until") for s in facts["services"]}["first_aid"] == "2026-12-31"
    assert (facts["state"], facts["until"]) == ("open", None)
    assert facts["received"]["received_datum"] == "wgs84"
    assert facts["phone"] == "0371-12351"


def test_a_station_seen_before_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/api/v1/stations/drivers")
    again = client.get("/api/v1/stations/drivers", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"
    english = client.get("/api/v1/stations/unsure?lang=en", headers={"If-None-Match": first.headers["ETag"]})
    assert english.status_code == 200


@pytest.mark.parametrize(
    ("id", "status"), [("gone", 410), ("nobody", 404), ("madeup", 404), ("x" * 3000, 404), ("%00", 404)]
)
def test_what_is_not_there_or_no_longer_there_says_so(client: FlaskClient, id: str, status: int) -> None:  # noqa: A002
    for path in (f"/api/v1/stations/{id}", f"/stations/{id}"):
        response = client.get(path)
        assert response.status_code == status
        assert len(response.data) < 20_000
    assert client.get(f"/api/v1/stations/{id}").mimetype == "application/problem+json"


def test_a_station_without_a_place_is_told_without_geometry_and_stands_in_no_list(client: FlaskClient) -> None:
    feature = client.get("/api/v1/stations/somewhere").json
    assert feature["geometry"] is None
    assert feature["properties"]["address"] == "中山路2号"
    everything = ids(nearest(client, any="1", k=50))
    assert "somewhere" not in everything
    assert "madeup" not in everything
    assert "gone" not in everything


def test_inferred_hours_decide_nothing(client: FlaskClient) -> None:
    told = next(
        f["properties"] for f in nearest(client, any=1, k=50).json["features"] if f["properties"]["id"] == "inferred"
    )
    assert told["state"] == "unknown"
    assert client.get("/api/v1/stations/inferred").json["properties"]["state"] == "unknown"


def test_the_base_map_is_kept_for_as_long_as_it_is_the_same(client: FlaskClient) -> None:
    for path, name in (("/map/areas.json", "小城"), ("/map/streets.json", "中山路")):
        response = client.get(path)
        assert response.mimetype == "application/geo+json"
        assert name in {feature["properties"]["name"] for feature in response.json["features"]}
        assert response.headers["Cache-Control"] == "no-cache"
        assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
        lasting = client.get(f"{path}?v={response.headers['ETag'].strip(chr(34))}")
        assert "immutable" in lasting.headers["Cache-Control"]


def test_health(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json["status"] == "ok"
    assert response.json["stations"] == 8
    assert response.json["revision"] > 0
    assert 0 <= response.json["age_s"] < 60
    assert response.json["writable"] is True


def test_health_tells_of_names_that_are_held_in_memory_alone(tmp_path: Path) -> None:
    file = town.build(tmp_path / "town.sqlite")
    (tmp_path / "folder").mkdir()
    for place, kept in ((tmp_path / "names.sqlite", True), (tmp_path / "folder", False)):
        app = create_app(Settings(database=file, names_file=place))
        try:
            client = app.test_client()
            client.get("/healthz")
            app.extensions["live"].names.index()
            health = client.get("/healthz")
            assert (health.status_code, health.json["names_kept"]) == (200, kept)
            assert str(tmp_path) not in health.text
        finally:
            app.extensions["live"].close()


def test_every_answer_carries_the_policy_and_takes_gzip(client: FlaskClient) -> None:
    for path in (
        "/",
        "/stations/drivers",
        "/stations/gone",
        "/api/v1/nearest",
        "/healthz",
        "/nowhere",
        "/map/areas.json",
    ):
        response = client.get(path)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    zipped = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert len(zipped.data) < len(client.get("/").data) / 3


def test_the_log_names_no_position(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        nearest(client)
        nearest(client, lat=95.4321)
        client.post("/api/v1/nearest", json=HERE)
        client.post("/", data={"position": f"{town.LON},{town.LAT}"})
    assert "GET /api/v1/nearest 200" in caplog.text
    assert str(town.LON) not in caplog.text
    assert "95.4321" not in caplog.text


def test_an_unforeseen_fault_is_noted_without_its_message_and_told_without_a_trace(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError(f"at {town.LON}")

    monkeypatch.setitem(app.extensions, "clock", broken)
    response = nearest(client, lang="en")
    assert (response.status_code, response.json["title"]) == (500, "Something went wrong in the server")
    assert "Traceback" not in response.text
    assert "ZeroDivisionError" in caplog.text
    assert str(town.LON) not in caplog.text


def test_an_empty_ledger_answers_with_an_empty_collection(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "empty.sqlite").close()
    app = create_app(Settings(database=tmp_path / "empty.sqlite"))
    try:
        client = app.test_client()
        assert nearest(client).json["features"] == []
        assert client.get("/").status_code == 200
        assert client.get("/map/streets.json").json["features"] == []
        assert client.get("/healthz").json["stations"] == 0
    finally:
        app.extensions["live"].close()


def test_without_a_ledger_every_page_says_so_and_health_is_503(tmp_path: Path) -> None:
    app = create_app(Settings(database=tmp_path / "none.sqlite"))
    try:
        client = app.test_client()
        problem = nearest(client)
        assert (problem.status_code, problem.json["title"]) == (503, "现在读不了台账")
        assert "none.sqlite" not in problem.text
        assert problem.headers["Retry-After"]
        assert "现在读不了台账" in client.get("/").text
        health = client.get("/healthz")
        assert (health.status_code, health.json["status"], health.json["revision"]) == (503, "unreadable", None)
        assert not (tmp_path / "none.sqlite").exists()
    finally:
        app.extensions["live"].close()


def test_json_is_readable_as_it_is_sent(client: FlaskClient) -> None:
    assert "中心驿站" in nearest(client).text
    assert json.loads(client.get("/api/v1/stations/hostile").text)["properties"]["name"] == town.HOSTILE
