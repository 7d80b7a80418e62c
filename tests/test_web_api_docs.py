"""The page about the open interface: whole in both languages, and every command on it works as it stands."""

import html
import json
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stationmap.web.api.openapi import document
from stationmap.web.app import Settings
from stationmap.web.licence import Licence
from stationmap.web.serve import Server
from tests.browser import town


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    ledger = town.build(tmp_path_factory.mktemp("docs") / "town.sqlite")
    licence = Licence("CC BY 4.0 <小城>", "https://example.cn/licence")
    made = Server(Settings(database=ledger, clock=lambda: town.NOON, licence=licence), port=0)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    thread.join(timeout=20)


def page(server: Server, lang: str) -> str:
    with server.app.test_client() as client:
        host = {"Host": server.address.removeprefix("http://").rstrip("/")}
        response = client.get(f"/api/v1/?lang={lang}", headers=host)
        assert response.status_code == 200
        assert response.mimetype == "text/html"
        return response.text


def commands(text: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'class="example"[^>]*><code>(.*?)</code>', text, re.DOTALL)]


def test_every_operation_stands_on_the_page_in_both_languages(server: Server) -> None:
    chinese, english = page(server, "zh"), page(server, "en")
    for path, item in document()["paths"].items():
        for operation in item.values():
            for text in (chinese, english):
                assert f"<code>{path}</code>" in text
                assert f'id="{operation["operationId"]}"' in text
    assert "<h1>开放接口</h1>" in chinese
    assert "<h1>Open interface</h1>" in english
    assert "CC BY 4.0 &lt;小城&gt;" in english
    assert 'style="' not in english
    assert "<script>" not in english


def test_every_command_on_the_page_works(server: Server, tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not on PATH: the commands of the page were not run. Install it: apt install curl")
    found = commands(page(server, "en"))
    reading = [item for path, item in document()["paths"].items() if not path.endswith(("/reports", "/confirmations"))]
    assert len(found) == sum(len(item) for item in reading)
    for command in found:
        words = shlex.split(command)
        assert words[0] == "curl"
        done = subprocess.run(
            [curl, "--fail", "--silent", "--show-error", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        if "-OJ" not in words and not words[-1].endswith("/api/v1/"):
            assert isinstance(json.loads(done.stdout), dict), command
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".csv", ".zip"]


def test_a_host_that_is_none_gets_into_no_command(server: Server) -> None:
    with server.app.test_client() as client:
        text = client.get("/api/v1/", headers={"Host": "evil.example$(rm -rf /)"}).text
    assert "evil" not in text
