"""What workers say of a station: kept for a clerk, once, bounded, refused in clear words, and never served."""

import io
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from stationmap.register.desk.reports import ReportKind, ReportState
from stationmap.register.ledger import Ledger
from stationmap.schema.vocabulary import SERVICES
from stationmap.web.api.limits import Limits, Rate
from stationmap.web.app import Settings, create_app
from stationmap.web.stations.said import MAX_BODY_BYTES, MAX_PHOTO_BYTES
from tests.browser import full_station, town

SAY, API = "/stations/full/say", "/api/v1/stations/full/reports"
TAP = "/api/v1/stations/full/confirmations"
TOKEN = "token-1234"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return full_station.build(tmp_path / "town.sqlite")


@pytest.fixture
def app(file: Path) -> Iterator[Flask]:
    made = create_app(Settings(database=f"sqlite:///{file}?timeout=0.3", clock=lambda: town.NOON))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def reports(file: Path) -> list[Any]:
    with Ledger.open(file) as ledger:
        return ledger.reports.listed()


def photo(width_px: int = 900, height_px: int = 600, **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width_px, height_px)).convert("RGB").save(out, "JPEG", **saved)
    return out.getvalue()


def filled(**fields: Any) -> dict[str, Any]:
    return {"token": TOKEN, "kind": "closed", "text": "关了", **fields}


def test_a_form_becomes_a_case_and_the_thanks_name_its_number(client: FlaskClient, file: Path) -> None:
    answer = client.post(SAY, data=filled())
    assert answer.status_code == 303
    thanks = client.get(answer.headers["Location"])
    assert thanks.status_code == 200
    (kept,) = reports(file)
    assert f"您反映的问题编号是 {kept.id}。" in thanks.text
    assert "没看过的内容一律不公开" in thanks.text
    assert "请拨打 12351，报上这个编号" in thanks.text
    assert (kept.station_id, kept.kind, kept.text, kept.state) == ("full", ReportKind.CLOSED, "关了", ReportState.NEW)
    assert kept.received_at == town.NOON
    page = client.get("/stations/full").text + client.get("/api/v1/stations/full").text
    assert "关了" not in page


def test_the_same_form_sent_twice_is_one_report_and_a_changed_one_another(client: FlaskClient, file: Path) -> None:
    first, again = client.post(SAY, data=filled()), client.post(SAY, data=filled())
    assert first.headers["Location"] == again.headers["Location"]
    assert client.post(SAY, data=filled(text="搬到对面")).headers["Location"] != first.headers["Location"]
    assert len(reports(file)) == 2


def test_a_programme_sends_json_and_a_token_counts_once(client: FlaskClient, file: Path) -> None:
    body = {"kind": "service", "service": "microwave", "token": TOKEN, "observed_at": "2026-10-09T11:30:00+08:00"}
    first = client.post(API, json=body)
    assert first.status_code == 201
    assert first.headers["Cache-Control"] == "no-store"
    assert set(first.json) == {"id", "state", "received_at"}
    assert client.post(API, json={**body, "text": "again"}).json == first.json
    (kept,) = reports(file)
    assert (kept.kind, kept.service, kept.observed_at.isoformat()) == (
        ReportKind.SERVICE,
        "microwave",
        "2026-10-09T03:30:00+00:00",
    )
    elsewhere = client.post("/api/v1/stations/centre/reports", json=body)
    assert elsewhere.status_code == 400


def test_a_photo_is_encoded_anew_and_tells_nothing_of_who_took_it(client: FlaskClient, file: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif[0x0112] = 6
    sent = photo(2400, 1200, exif=exif) + b"PK\x03\x04trailing"
    answer = client.post(SAY, data=filled(kind="other", text="", photo=(io.BytesIO(sent), "<b>../x.svg")))
    assert answer.status_code == 303
    (kept,) = reports(file)
    assert kept.has_photo
    with Ledger.open(file) as ledger:
        jpeg = ledger.reports.photo(kept.id)
    assert jpeg is not None
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.size == (800, 1600)
        assert not image.getexif()
    assert b"SecretPhone" not in jpeg
    assert b"trailing" not in jpeg


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    "sent",
    [SVG, b"GIF89a" + SVG, b"%PDF-1.7", b"\xff\xd8\xff\xe0" + b"\0" * 100, photo()[:900], zipped(), b"MZ" * 500,
     b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x06\0\0\0" + b"\0" * 50],
    ids=["svg", "gif-svg", "pdf", "head-only", "cut", "zip", "exe", "png-bomb"],
)  # fmt: skip
def test_what_is_no_photo_is_refused_and_the_words_stand_again(client: FlaskClient, file: Path, sent: bytes) -> None:
    answer = client.post(SAY, data=filled(text="门关着<b>", photo=(io.BytesIO(sent), "x.jpg")))
    assert answer.status_code == 400
    assert "门关着&lt;b&gt;</textarea>" in answer.text
    assert 'value="closed" required checked' in answer.text
    assert "如果选过照片，请重新选一次" in answer.text
    assert 'role="alert">' in answer.text
    assert "<script>alert" not in answer.text
    assert reports(file) == []
    machine = client.post(API, data={**filled(), "photo": (io.BytesIO(sent), "x.jpg")})
    assert (machine.status_code, machine.mimetype) == (400, "application/problem+json")


def post_large(client: FlaskClient, path: str, size_bytes: int) -> TestResponse:
    """Send a photo of so many bytes; the client keeps a large body in a file of its own, which is closed here."""
    answer = client.post(path, data=filled(photo=(io.BytesIO(b"\xff" * size_bytes), "x.jpg")))
    assert answer.request is not None
    answer.request.environ["wsgi.input"].close()
    return answer


def test_a_huge_photo_is_refused_in_clear_words(client: FlaskClient, file: Path) -> None:
    large = post_large(client, SAY, MAX_PHOTO_BYTES + 1)
    assert large.status_code == 400
    assert "照片超过 15 MB" in large.text
    assert "关了</textarea>" in large.text
    huge = post_large(client, SAY, MAX_BODY_BYTES + 1)
    assert huge.status_code == 413
    assert "请返回上一页，您写的内容还在" in huge.text
    machine = post_large(client, API, MAX_BODY_BYTES + 1)
    assert machine.status_code == 413
    assert str(MAX_BODY_BYTES) in machine.json["detail"]
    assert reports(file) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": ""}, "请选一项"),
        ({"kind": "broken"}, "broken"),
        ({"kind": "service"}, "哪项服务"),
        ({"kind": "service", "service": "sauna<b>"}, "sauna"),
        ({"kind": "other", "text": " "}, "请"),
        ({"text": "字" * 10_000}, "10000"),
        ({"token": ""}, "标识"),
        ({"token": "x' OR 1=1 --"}, "标识"),
        ({"token": "x" * 65}, "标识"),
    ],
)
def test_what_cannot_be_taken_is_told_and_nothing_is_lost(
    client: FlaskClient, file: Path, fields: dict[str, str], said: str
) -> None:
    answer = client.post(SAY, data=filled(**fields))
    assert answer.status_code == 400
    alert = answer.text.split('role="alert">')[1].split("</p>")[0]
    assert said in alert
    assert len(alert) < 400
    assert f"{filled(**fields)['text']}</textarea>" in answer.text
    machine = client.post(API, json=filled(**fields))
    assert (machine.status_code, machine.json["status"]) == (400, 400)
    assert reports(file) == []


def test_a_thousand_emoji_are_kept_as_they_are(client: FlaskClient, file: Path) -> None:
    words = "😀" * 999 + "\n"
    assert client.post(API, json=filled(text=words + "门")).status_code == 400
    assert client.post(API, json=filled(text=words)).status_code == 201
    assert reports(file)[0].text == "😀" * 999


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"kind": 5}', b'{"kind": "closed", "token": ["a"]}',
                                  b'{"kind": "closed", "token": "token-1234", "reporter": "me"}',
                                  b'{"kind": "closed", "token": "token-1234", "observed_at": "soon"}', b"{" * 5000])  # fmt: skip
def test_bodies_that_are_none_are_refused(client: FlaskClient, file: Path, body: bytes) -> None:
    for path in (API, TAP):
        answer = client.post(path, data=body, content_type="application/json")
        assert answer.status_code == 400, answer.text
        assert answer.mimetype == "application/problem+json"
    assert client.post(API, data=b"kind=closed", content_type="text/plain").status_code == 415
    assert client.post(API, data=filled()).status_code == 415  # an urlencoded form
    assert reports(file) == []


def test_addresses_that_only_take_posts_say_so(client: FlaskClient) -> None:
    for path in (API, TAP, "/stations/full/right"):
        answer = client.get(path)
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("id_", ["none", "madeup", "x" * 3000, "%00", "a%2Fb", "' OR 1=1"])
def test_unknown_stations_are_told(client: FlaskClient, file: Path, id_: str) -> None:
    for path in (f"/api/v1/stations/{id_}/reports", f"/api/v1/stations/{id_}/confirmations"):
        body = filled() if path.endswith("reports") else {"token": TOKEN}
        assert client.post(path, json=body).status_code == 404
    assert client.post(f"/stations/{id_}/say", data=filled()).status_code == 404
    assert client.post(f"/stations/{id_}/right", data={"token": TOKEN}).status_code == 404
    assert reports(file) == []


def test_a_removed_station_takes_only_word_that_it_is_there(client: FlaskClient, file: Path) -> None:
    assert client.post("/api/v1/stations/gone/confirmations", json={"token": TOKEN}).status_code == 410
    refused = client.post("/api/v1/stations/gone/reports", json=filled())
    assert refused.status_code == 410
    assert "旧站" in refused.json["detail"]
    form = client.get("/stations/gone/say").text
    assert form.count('name="kind"') == 1
    assert client.post("/stations/gone/say", data=filled(kind="other", text="还开着")).status_code == 303
    assert [(r.station_id, r.kind) for r in reports(file)] == [("gone", ReportKind.OTHER)]


def test_one_tap_counts_once_and_moves_no_revision(client: FlaskClient, file: Path) -> None:
    with Ledger.open(file) as ledger:
        before = ledger.revision()
    answer = client.post("/stations/full/right", data={"token": TOKEN, "from": "sign"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/stations/full?said=right&from=sign"
    assert "谢谢您，别的工友会看到有人确认过" in client.get(answer.headers["Location"]).text
    assert client.post(TAP, json={"token": TOKEN}).json == {"last": "2026-10-09", "times_90_days": 6}
    assert client.post(TAP, json={"token": "another-1"}).json["times_90_days"] == 7
    with Ledger.open(file) as ledger:
        assert ledger.revision() == before
    assert "今天有工友确认" in client.get("/stations/full").text


@pytest.mark.parametrize(
    ("seen", "day"),
    [("2026-10-07T09:00:00+08:00", "2026-10-07"), ("2026-10-07T23:30:00", "2026-10-07"),
     ("2027-01-01T00:00:00Z", "2026-10-09"), ("2026-01-01T00:00:00Z", "2026-10-09")],
)  # fmt: skip
def test_a_tap_kept_without_a_line_counts_on_its_day_unless_the_clock_is_wrong(
    client: FlaskClient, seen: str, day: str
) -> None:
    client.post("/api/v1/stations/centre/confirmations", json={"token": TOKEN, "observed_at": seen})
    answer = client.post("/api/v1/stations/centre/confirmations", json={"token": TOKEN})
    assert answer.json == {"last": day, "times_90_days": 1}


def test_pages_of_other_sites_cannot_make_their_readers_report(client: FlaskClient, file: Path) -> None:
    def post(**headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client.post(SAY, data=filled(token=f"{TOKEN}-{len(named)}"), headers=named)
        return client.post(API, json=filled(), headers=named)

    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
                    {"Origin": "https://evil.example"}, {"Origin": "http://["}):  # fmt: skip
        assert post(**headers).status_code == 403
        assert client.post("/stations/full/right", data={"token": TOKEN}, headers={
            name.replace("_", "-"): value for name, value in headers.items()}).status_code == 403  # fmt: skip
    assert reports(file) == []
    for headers in ({}, {"Sec_Fetch_Site": "same-origin"}, {"Sec_Fetch_Site": "none"}, {"Origin": "null"},
                    {"Origin": "http://localhost"}):  # fmt: skip
        assert post(**headers).status_code == 201


def test_a_programme_that_fills_everything_is_thanked_and_not_kept(client: FlaskClient, file: Path) -> None:
    answer = client.post(SAY, data=filled(website="https://spam.example"))
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    assert reports(file) == []


def test_the_form_comes_filled_as_its_address_says(client: FlaskClient) -> None:
    form = client.get(f"{SAY}?what=closed").text
    assert 'value="closed" required checked' in form
    named = client.get(f"{SAY}?service=microwave").text
    assert 'value="service" required checked' in named
    assert '<option value="microwave" selected>' in named
    odd = client.get(f"{SAY}?what=<b>&service=sauna")
    assert odd.status_code == 200
    assert " checked" not in odd.text
    assert odd.headers["Cache-Control"] == "no-store"
    assert all(f'value="{code}"' in form for code in SERVICES)


def test_an_odd_number_of_the_thanks_is_not_shown(client: FlaskClient) -> None:
    for number in ("<b>", "1" * 50, "-1", "٣"):
        assert "编号是" not in client.get("/stations/full/thanks", query_string={"number": number}).text


def test_the_thanks_of_a_station_without_a_phone_promise_no_answer(client: FlaskClient) -> None:
    thanks = client.get("/stations/centre/thanks?number=7").text
    assert "编号是 7" in thanks
    assert "报上" not in thanks


def test_a_full_ledger_says_so_and_keeps_the_words(client: FlaskClient, file: Path) -> None:
    for number in range(30):
        assert client.post(API, json=filled(token=f"{TOKEN}-{number}")).status_code == 201
    answer = client.post(SAY, data=filled())
    assert answer.status_code == 429
    assert "关了</textarea>" in answer.text
    assert client.post(API, json=filled(token="one-more-1")).status_code == 429
    assert len(reports(file)) == 30


def test_a_busy_ledger_gives_the_words_back(client: FlaskClient, file: Path) -> None:
    assert client.get(SAY).status_code == 200
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.post(SAY, data=filled(text="关了三天"))
        tap = client.post("/stations/full/right", data={"token": TOKEN})
        machine = client.post(API, json=filled())
    assert answer.status_code == 503
    assert "关了三天</textarea>" in answer.text
    assert "请过一分钟再发一次" in answer.text
    assert "Retry-After" in answer.headers
    assert (tap.status_code, machine.status_code) == (503, 503)
    assert str(file) not in answer.text + tap.text + machine.text
    assert client.post(SAY, data=filled(text="关了三天")).status_code == 303
    assert len(reports(file)) == 1


def test_a_ledger_that_cannot_be_written_gives_the_words_back(file: Path) -> None:
    made = create_app(Settings(database=f"sqlite:///file:{file}?mode=ro&uri=true", clock=lambda: town.NOON))
    client = made.test_client()
    answer = client.post(SAY, data=filled(text="关了三天"))
    assert answer.status_code == 503
    assert "关了三天</textarea>" in answer.text
    assert "中山路户外劳动者驿站" in answer.text
    assert client.get("/healthz").json["writable"] is False
    made.extensions["live"].close()


def test_on_a_full_disk_it_is_said_that_nothing_can_be_kept_until_there_is_room(small_disk: Path) -> None:
    file = full_station.build(small_disk / "town.sqlite")
    made = create_app(Settings(database=file, clock=lambda: town.NOON))
    try:
        client = made.test_client()
        health = client.get("/healthz").json
        assert (health["status"], health["writable"]) == ("ok", True)
        full = small_disk / "rest"
        with full.open("ab", buffering=0) as out, suppress(OSError):
            while True:
                out.write(b"x" * 4096)
        many = [client.post(API, json={**filled(text="满" * 900), "token": f"token-{i:04}"}) for i in range(12)]
        machine = many[-1]
        assert machine.status_code == 503
        assert machine.json["title"] == "现在保存不了"
        assert machine.json["type"] == "urn:stationmap:problem:not-kept"
        assert "不会重复计算" in machine.json["detail"]
        assert str(small_disk) not in machine.text
        assert "现在保存不了" in client.post("/stations/full/right", data={"token": TOKEN}).text
        health = client.get("/healthz")
        assert (health.status_code, health.json["status"], health.json["writable"]) == (200, "ok", False)
        assert client.get("/stations/full").status_code == 200
        full.unlink()
        assert client.post(API, json={**filled(), "token": "token-after"}).status_code == 201
        assert client.get("/healthz").json["writable"] is True
    finally:
        made.extensions["live"].close()


def test_who_sends_too_often_gets_the_words_back(file: Path) -> None:
    limits = Limits(said=Rate(2, 3600))
    made = create_app(Settings(database=file, clock=lambda: town.NOON, limits=limits))
    client = made.test_client()
    from_street = {"REMOTE_ADDR": "203.0.113.9"}
    for number in range(2):
        assert client.post(SAY, data=filled(text=str(number)), environ_base=from_street).status_code == 303
    answer = client.post(SAY, data=filled(text="第三条"), environ_base=from_street)
    assert answer.status_code == 429
    assert "第三条</textarea>" in answer.text
    assert int(answer.headers["Retry-After"]) > 60
    assert client.post("/stations/full/right", data={"token": TOKEN}, environ_base=from_street).status_code == 429
    assert client.post(API, json=filled(), environ_base=from_street).status_code == 429
    assert client.post(API, json=filled(), environ_base={"REMOTE_ADDR": "203.0.113.10"}).status_code == 201
    made.extensions["live"].close()


def test_nothing_of_who_says_it_is_kept(client: FlaskClient, file: Path) -> None:
    client.post(
        SAY, data=filled(), headers={"User-Agent": "SecretBrowser"}, environ_base={"REMOTE_ADDR": "203.0.113.77"}
    )
    client.post(TAP, json={"token": TOKEN}, headers={"User-Agent": "SecretBrowser"})
    with Ledger.open(file) as ledger:
        last = ledger.confirmations.of("full", today=date(2026, 10, 9) + timedelta(days=1))
    assert last.times_90_days == 6
    for path in file.parent.iterdir():
        held = path.read_bytes()
        assert b"SecretBrowser" not in held
        assert b"203.0.113.77" not in held
        assert TOKEN.encode() + b"\0" not in held
