"""The sign and its QR code: what it says stays true while it hangs, and the code leads where it should."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from stationmap.errors import InvalidValue
from stationmap.register.ledger import Ledger
from stationmap.web.addresses import site_of
from stationmap.web.app import Settings, create_app
from tests.browser import full_station, town

LONG_ID = "x" * 150
ODD_ID = 'a "b"; ü 站?#&%'


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = full_station.build(tmp_path_factory.mktemp("sign") / "town.sqlite")
    with Ledger.open(made) as ledger:
        stations = [town.station(id_, "站", 11, "24/7", note="电话12351890") for id_ in (LONG_ID, ODD_ID)]
        ledger.put(stations, actor="小王", reason="怪编号")
    return made


@pytest.fixture(scope="module")
def app(file: Path) -> Iterator[Flask]:
    made = create_app(Settings(database=file, clock=lambda: town.NOON, public_url="https://map.example.cn/"))
    yield made
    made.extensions["live"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def decoded(png: bytes) -> list[str]:
    with Image.open(io.BytesIO(png)) as image:
        return [found.text for found in zxingcpp.read_barcodes(image)]


def sheet(client: FlaskClient, id_: str) -> str:
    page = client.get(f"/stations/{id_}/sign").text
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page[page.index("<article") :]))


@pytest.mark.parametrize("id_", ["full", "hostile", LONG_ID, ODD_ID])
def test_the_code_is_read_as_the_page_of_the_station(client: FlaskClient, id_: str) -> None:
    from urllib.parse import quote

    answer = client.get(f"/stations/{quote(id_, safe='')}/qr.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert decoded(answer.data) == [f"https://map.example.cn/stations/{quote(id_, safe='')}?from=sign"]
    (address,) = decoded(answer.data)
    opened = client.get(address.removeprefix("https://map.example.cn"))
    assert opened.status_code == 200
    assert "您就在这里" in opened.text
    assert re.fullmatch(r'inline; filename="station[-A-Za-z0-9]{0,61}\.png"', answer.headers["Content-Disposition"])


def test_a_scratched_code_is_still_read(client: FlaskClient) -> None:
    with Image.open(io.BytesIO(client.get("/stations/full/qr.png").data)) as image:
        width = image.width
        image = image.convert("L")
    image.paste(255, (int(width * 0.45), int(width * 0.4), int(width * 0.6), int(width * 0.6)))
    assert [found.text for found in zxingcpp.read_barcodes(image)]


def test_the_code_as_svg_says_the_same_and_holds_no_script(client: FlaskClient) -> None:
    answer = client.get("/stations/full/qr.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.text.startswith("<svg")
    assert "script" not in answer.text
    assert client.get("/stations/full/qr.svg", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/stations/full/qr.pdf").status_code == 404
    assert client.get("/stations/none/qr.svg").status_code == 404


def test_without_a_set_address_the_code_has_the_callers_and_never_a_forged_one(file: Path) -> None:
    made = create_app(Settings(database=file, clock=lambda: town.NOON))
    client = made.test_client()
    png = client.get("/stations/full/qr.png", headers={"Host": "192.168.1.7:8601"})
    assert decoded(png.data) == ["http://192.168.1.7:8601/stations/full?from=sign"]
    assert "private" in png.headers["Cache-Control"]
    for host in ('x"><script>', "a b", "x/y", "", "-"):
        answer = client.get("/stations/full/qr.png", environ_base={"HTTP_HOST": host}, headers={"Host": host})
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert decoded(answer.data) == ["http://localhost/stations/full?from=sign"]
    made.extensions["live"].close()


@pytest.mark.parametrize("url", ["map.example.cn", "ftp://map.example.cn", "https://", "https://a b", "javascript:1",
                                 "https://x.example/?q=1", "http://["])  # fmt: skip
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(InvalidValue, match=r"https://map\.example\.cn"):
        site_of(url)


def test_the_sign_says_what_stays_true(client: FlaskClient) -> None:
    told = sheet(client, "full")
    for said in (
        "中山路户外劳动者驿站",
        "热水 hot water",
        "微波炉 microwave",
        "空调 air-conditioning",
        "周一至周五 08:30–17:30 Monday to Friday ",
        "周六 09:00–12:00 Saturday ",
        "周日 未开放 Sunday Closed",
        "扫一扫：信息对不对？告诉我们",
        "Scan: is this right? Report it.",
        "职工服务热线 12351",
    ):
        assert said in told, said
    assert "淋浴" not in told  # not there
    assert "卫生间" not in told  # nearby only
    assert "急救" not in told  # not found in a source


def test_the_hotline_is_not_made_up(client: FlaskClient) -> None:
    assert "热线" not in sheet(client, "centre")
    assert "热线" not in sheet(client, LONG_ID)
    assert "热线 12351" in sheet(client, "drivers")  # its phone is 0371-12351


def test_a_phone_that_cannot_be_dialled_is_not_hung_up(file: Path, client: FlaskClient) -> None:
    with Ledger.open(file) as ledger:
        ledger.put(
            [town.station("hidden", "站", 14, "24/7", phone="139****7169"),
             town.station("plain", "站", 15, "24/7", phone="(0371) 6696-8888")],
            actor="小王", reason="电话",
        )  # fmt: skip
    assert "7169" not in sheet(client, "hidden")
    assert "tel:" not in client.get("/stations/hidden").text
    assert "139****7169" in client.get("/stations/hidden").text
    assert "(0371) 6696-8888" in sheet(client, "plain")
    assert 'href="tel:037166968888"' in client.get("/stations/plain").text


def test_unknown_hours_are_left_to_the_code(client: FlaskClient) -> None:
    told = sheet(client, "unsure")
    assert "当天和节假日的开放时间，请扫码查看" in told
    assert "未知" not in told
    assert "每天 24 小时" in sheet(client, "drivers").replace("  ", " ")


def test_a_removed_station_has_no_sign(client: FlaskClient) -> None:
    assert client.get("/stations/gone/sign").status_code == 410
