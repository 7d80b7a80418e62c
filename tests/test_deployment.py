"""The deployment page under test: its settings are those of the code, its nginx and its unit work as they stand there."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest

from stationmap.errors import InvalidValue
from stationmap.web.api.limits import Limits, Rate
from stationmap.web.app import Settings
from stationmap.web.serve import Server
from tests.browser import town

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
CERTIFY = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=map.example.cn"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found.group(1)


def test_every_setting_is_told_and_no_other() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "stationmap").rglob("*.py"))
    variables = {name for source in sources for name in re.findall(r"\bSTATIONMAP_[A-Z_]*[A-Z]\b", source)}
    table = PAGE[PAGE.index("## Settings") : PAGE.index("## Copies")]
    assert set(re.findall(r"STATIONMAP_[A-Z_]*[A-Z]", table)) == variables


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, int, Path]]:
    """Run the page's nginx before a server; return its TLS port, its plain port, the server's own port, its log."""
    if NGINX is None:
        pytest.skip("nginx is not there: the proxy of the deployment page was not tried. Install it: apt install nginx")
    folder = tmp_path_factory.mktemp("nginx")
    key, pem, log = folder / "site.key", folder / "site.pem", folder / "access.log"
    subprocess.run(
        [*CERTIFY.split(), "-keyout", str(key), "-out", str(pem)],
        check=True,
        capture_output=True,
    )
    limits = Limits(open=Rate(5, 60))
    settings = Settings(database=town.build(folder / "town.sqlite"), clock=lambda: town.NOON, limits=limits)
    server = Server(settings, port=0, proxy="127.0.0.1")
    thread = threading.Thread(target=server.run)
    thread.start()
    own = int(server.address.rstrip("/").rsplit(":", 1)[1])
    tls, plain = free_port(), free_port()
    site = block("nginx")
    for told, meant in {
        "listen 443": f"listen 127.0.0.1:{tls}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "127.0.0.1:8601": f"127.0.0.1:{own}",
        "/etc/ssl/map.example.cn.pem": str(pem),
        "/etc/ssl/map.example.cn.key": str(key),
        "/var/log/nginx/stationmap.log": str(log),
    }.items():
        assert told in site
        site = site.replace(told, meant)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy"))
    user = "user root;" if os.geteuid() == 0 else ""
    whole = (
        f"{user} pid {folder}/pid; error_log {folder}/error.log; daemon off; events {{}} http {{ {temporary} {site} }}"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    nginx = subprocess.Popen(
        [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-p", str(folder)]
    )
    try:
        wait_for(tls, folder / "error.log")
        yield tls, plain, own, log
    finally:
        nginx.terminate()
        nginx.wait(timeout=10)
        server.stop()
        thread.join(timeout=20)


def wait_for(port: int, errors: Path) -> None:
    for _ in range(100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(errors.read_text(encoding="utf-8"))


def asked(
    line: HTTPConnection, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[HTTPResponse, bytes]:
    """Ask once, on a line of its own."""
    with closing(line):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body, {"Host": "map.example.cn", **named})
        answer = line.getresponse()
        return answer, answer.read()


def over_tls(port: int) -> HTTPSConnection:
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection("127.0.0.1", port, context=anyone, timeout=30)


def plainly(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=30)


def test_the_proxy_of_the_page_does_what_the_page_says(proxied: tuple[int, int, int, Path]) -> None:
    tls, plain, _, log = proxied
    answer, body = asked(over_tls(tls), "/", Accept_Encoding="gzip")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.headers.get_all("Content-Encoding") == ["gzip"]
    assert body[:2] == b"\x1f\x8b"
    assert b"https://map.example.cn/stations/centre" in asked(over_tls(tls), "/stations/centre")[1]
    worker, _ = asked(over_tls(tls), "/sw.js")
    assert (worker.status, worker.headers["Cache-Control"]) == (200, "no-cache")
    moved, _ = asked(plainly(plain), "/stations/centre?from=sign")
    assert (moved.status, moved.headers["Location"]) == (301, "https://map.example.cn/stations/centre?from=sign")
    asked(over_tls(tls), "/healthz?lon=113.123456")
    time.sleep(0.2)
    logged = log.read_text(encoding="utf-8")
    assert "GET /healthz 200" in logged
    assert "113.123456" not in logged
    assert "127.0.0.1" not in logged


def test_a_photo_of_some_megabytes_passes_the_proxy(proxied: tuple[int, int, int, Path]) -> None:
    head = '--photo\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + b"\xff\xd8" + b"x" * 6_000_000 + b"\r\n--photo--\r\n"
    kind = "multipart/form-data; boundary=photo"
    answer, told = asked(over_tls(proxied[0]), "/api/v1/stations/centre/reports", "POST", body, Content_Type=kind)
    assert answer.status == 400, told  # it came through whole, and is no photo


def test_each_caller_behind_the_proxy_has_his_own_limit_and_none_can_take_another_name(
    proxied: tuple[int, int, int, Path],
) -> None:
    def status(caller: str) -> int:
        headers = {"X_Forwarded_For": caller, "X_Forwarded_Proto": "https"}
        return asked(plainly(proxied[2]), "/api/v1/notices", **headers)[0].status

    assert [status("203.0.113.7") for _ in range(6)] == [200] * 5 + [429]
    assert status("203.0.113.8") == 200
    assert status("203.0.113.8, 203.0.113.7") == 429  # what the proxy added last counts, not what the caller wrote


def test_without_a_proxy_nobody_is_believed(tmp_path: Path) -> None:
    settings = Settings(database=town.build(tmp_path / "town.sqlite"), clock=lambda: town.NOON)
    server = Server(settings, port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        own = int(server.address.rstrip("/").rsplit(":", 1)[1])
        answer, _ = asked(plainly(own), "/healthz", X_Forwarded_For="203.0.113.7", X_Forwarded_Proto="https")
        assert "Strict-Transport-Security" not in answer.headers
    finally:
        server.stop()
        thread.join(timeout=20)
    with pytest.raises(InvalidValue, match="no address of a reverse proxy"):
        Server(settings, port=0, proxy="proxy.example.cn")


def test_the_unit_of_the_page_is_one(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not there: the unit was not verified. Install it: apt install systemd")
    unit = tmp_path / "stationmap.service"
    program = tmp_path / "stationmap"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit.write_text(block("systemd").replace("/opt/stationmap/bin/stationmap", str(program)), encoding="utf-8")
    verified = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False, timeout=60)
    assert str(unit.name) not in verified.stderr, verified.stderr
