"""What makes the site an app: the service worker's shell, the manifest, the page for a lost line."""

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stationmap.web.app import Settings, create_app
from tests.browser import town


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(
        Settings(database=town.build(tmp_path_factory.mktemp("worker") / "town.sqlite"), clock=lambda: town.NOON)
    )
    yield app.test_client()
    app.extensions["live"].close()


def shell(client: FlaskClient) -> dict[str, list[str]]:
    answer = client.get("/sw.js")
    if answer.status_code == 404:
        pytest.skip("the front-end was not built: node static/build.mjs")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    first = answer.get_data(as_text=True).splitlines()[0]
    told: dict[str, list[str]] = json.loads(first.removeprefix("self.shell=").rstrip(";"))
    return told


def test_all_that_the_shell_names_is_there_and_lasting(client: FlaskClient) -> None:
    told = shell(client)
    for address in told["files"]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_shell_holds_all_that_its_pages_load(client: FlaskClient) -> None:
    told = shell(client)
    for page in told["pages"]:
        text = client.get(page).get_data(as_text=True)
        assert f"/static/{told['version']}/" in text
        loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
        later = {address for address in loaded if "noscript" in address or address.endswith(".png")}
        assert loaded - later <= set(told["files"]), page


@pytest.mark.parametrize(("lang", "name"), [("zh", "驿站地图"), ("en", "Stationmap")])
def test_the_manifest_names_the_app_in_his_language(client: FlaskClient, lang: str, name: str) -> None:
    page = client.get(f"/?lang={lang}").get_data(as_text=True)
    assert f'rel="manifest" href="/manifest.webmanifest?lang={lang}"' in page
    answer = client.get(f"/manifest.webmanifest?lang={lang}")
    told = json.loads(answer.data)
    assert answer.mimetype == "application/manifest+json"
    assert (told["name"], told["start_url"], told["display"]) == (name, "/", "standalone")
    for icon in told["icons"]:
        picture = client.get(icon["src"])
        assert picture.mimetype == "image/png"
        size = struct.unpack(">II", picture.data[16:24])
        assert icon["sizes"] == f"{size[0]}x{size[1]}"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_for_a_lost_line_speaks_his_language_and_ships_its_words(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/offline?lang={lang}").get_data(as_text=True)
    assert ("没有网络" in page) == (lang == "zh")
    settings = json.loads(re.findall(r'id="settings">(.*?)</script>', page, re.DOTALL)[0])
    assert settings["language"] == lang
    if lang == "zh" and settings["words"]:
        assert settings["words"]["No connection. Data of {days} days ago."] == "没有网络，这是 {days} 天前的数据。"


def test_the_policy_lets_the_worker_and_the_manifest_come_from_us_alone(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "worker-src 'self'" in policy
    assert "manifest-src 'self'" in policy


def test_the_clock_of_the_site_is_in_every_answer(client: FlaskClient) -> None:
    assert client.get("/healthz").date == town.NOON
    assert client.post("/api/v1/bundle", json={"lon": 1, "lat": 2}).date == town.NOON


def test_the_pictures_are_no_larger_than_they_need_be() -> None:
    icons = Path(__file__).parents[1] / "static" / "icons"
    assert sum(path.stat().st_size for path in icons.glob("*.png")) < 40_000
