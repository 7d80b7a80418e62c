"""The production server: an address, many callers at once, a stop that lets them finish."""

import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from stationmap.errors import InvalidValue, LedgerUnavailable
from stationmap.web.app import Settings
from stationmap.web.licence import Licence
from stationmap.web.serve import Server, announce, serve
from tests.browser import town

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.build(tmp_path_factory.mktemp("serve") / "town.sqlite")


@pytest.fixture
def server(file: Path) -> Iterator[Server]:
    made = Server(Settings(database=file, clock=lambda: town.NOON), port=0, threads=8)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    thread.join(timeout=20)
    assert not thread.is_alive()


def ask(address: str, path: str, **asked: Any) -> Any:
    body = json.dumps(asked).encode() if asked else None
    request = urllib.request.Request(address + path, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def test_sixteen_callers_at_once_get_the_answer_each_asked_for(server: Server) -> None:
    needs = ["toilet", "hot_water", "books", "shower", "microwave", "seats", "air_conditioning", "tea"]

    def one(number: int) -> list[str]:
        need = needs[number % len(needs)]
        answer = ask(server.address, "api/v1/nearest", lon=town.LON, lat=town.LAT, need=[need], any=True, k=50)
        return [
            need,
            *(f["properties"]["id"] for f in answer["features"] if f["properties"]["services"].get(need) == "yes"),
        ]

    alone = {row[0]: row for row in map(one, range(len(needs)))}
    with ThreadPoolExecutor(16) as pool:
        rows = list(pool.map(one, range(400)))
    assert alone["toilet"] == ["toilet", "dawn", "unsure", "afternoon", "drivers"]
    assert all(row == alone[row[0]] for row in rows)


def test_a_taken_port_and_a_foreign_address_are_told(server: Server, file: Path) -> None:
    port = int(server.address.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(InvalidValue, match=f"Port {port} is taken"):
        Server(Settings(database=file), port=port)
    with pytest.raises(InvalidValue, match="is no address of this machine"):
        Server(Settings(database=file), host="203.0.113.7", port=0)
    with pytest.raises(InvalidValue, match="is no address of this machine"):
        Server(Settings(database=file), host="no such host", port=0)


def test_a_huge_body_is_refused(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(server.address, "api/v1/nearest", lon="1" * 900_000)
    with refused.value as answer:
        assert (answer.status, json.load(answer)["title"]) == (413, "请求太大")


def test_a_huge_photo_is_refused_in_words_by_the_server_itself(server: Server) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
        + bytes(20_000_000)
        + b"\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Accept-Language": "zh"}
    request = urllib.request.Request(f"{server.address}stations/centre/say", form, kind)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    with refused.value as answer:
        assert (answer.status, "您写的内容还在" in answer.read().decode()) == (413, True)


@pytest.fixture
def process(file: Path) -> Iterator["subprocess.Popen[str]"]:
    program = (
        "import sys; from stationmap.web.app import Settings; from stationmap.web.serve import serve;"
        "serve(Settings(database=sys.argv[1]), port=0, lang='en')"
    )
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as started:
        yield started
        started.kill()


def test_a_ledger_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("no ledger at all")
    with pytest.raises(LedgerUnavailable, match=r"text\.sqlite"):
        serve(Settings(database=tmp_path / "text.sqlite"), port=0)
    with pytest.raises(LedgerUnavailable, match=r"none\.sqlite"):
        serve(Settings(database=tmp_path / "none.sqlite"), port=0)
    with pytest.raises(InvalidValue):
        serve(Settings(database=tmp_path), port=0)


def test_a_ledger_that_cannot_be_read_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "rubbish.sqlite").write_text("no ledger at all")
    said: list[str] = []
    server = Server(Settings(database=tmp_path / "rubbish.sqlite"), port=0)
    announce(server, "en", said.append)
    server.close()
    assert said[0].startswith("The pages stay empty until the ledger can be read.")
    assert "rubbish.sqlite" in said[0]
    assert said[-1].startswith("Stationmap is at http://127.0.0.1:")


def address_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r"Stationmap is at (http://127\.0\.0\.1:\d+/)", line)
    assert found, line
    return found.group(1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_and_stops_quietly_when_asked(
    process: "subprocess.Popen[str]", how: signal.Signals
) -> None:
    address = address_of(process)
    assert ask(address, "healthz")["stations"] == 8
    assert ask(address, f"api/v1/nearest?lon={town.LON}&lat={town.LAT}")["features"]
    process.send_signal(how)
    _, log = process.communicate(timeout=15)
    assert process.returncode == 0
    lines = [" ".join(line.split()[2:5]) for line in log.splitlines()]
    assert lines == ["GET /healthz 200", "GET /api/v1/nearest 200"]


def test_what_is_under_way_is_finished_before_the_stop(process: "subprocess.Popen[str]") -> None:
    """Callers ask without pause while the server is told to stop: each gets a whole answer or no connection."""
    address = address_of(process)
    port = int(address.rsplit(":", 1)[1].strip("/"))
    ask(address, "healthz")
    broken: list[bytes] = []
    answered: list[int] = []

    def call() -> None:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                    line.sendall(b"GET /map/areas.json HTTP/1.0\r\n\r\n")
                    got = b"".join(iter(lambda: line.recv(65536), b""))
            except OSError:
                return
            if got and not got.endswith(b"}]}") and not got.endswith(b"}"):
                broken.append(got)
            if not got:
                return
            answered.append(len(got))

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=15)
    for caller in callers:
        caller.join(timeout=15)
    assert broken == []
    assert len(set(answered)) == 1
    assert len(answered) > 20


def test_a_busy_server_stops_twenty_times_without_a_fault(file: Path) -> None:
    faults: list[BaseException] = []
    for _ in range(20):
        server = Server(Settings(database=file, clock=lambda: town.NOON), port=0)
        port = int(server.address.rsplit(":", 1)[1].strip("/"))

        def run(server: Server = server) -> None:
            try:
                server.run()
            except BaseException as fault:  # noqa: BLE001 whatever ends it
                faults.append(fault)

        over = threading.Event()

        def call(port: int = port, over: threading.Event = over) -> None:
            while not over.is_set():
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
                    line.sendall(b"GET /map/areas.json HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
                    line.recv(100)  # and away in the middle of the answer

        running = threading.Thread(target=run)
        callers = [threading.Thread(target=call) for _ in range(6)]
        for thread in (running, *callers):
            thread.start()
        time.sleep(0.15)
        while running.is_alive():
            server.stop()  # each time a TERM comes
            time.sleep(0.002)
        over.set()
        server.stop()  # one that comes too late
        for thread in (running, *callers):
            thread.join(timeout=20)
    assert faults == []


def test_a_socket_that_is_closed_under_it_does_not_end_the_server(server: Server) -> None:
    ask(server.address, "healthz")
    line, other = socket.socketpair()
    with line, other:
        number = fcntl.fcntl(line, fcntl.F_DUPFD, 900)  # so high that no thread is given it for the next file it opens
        os.close(number)
        closed = _Closed(number, server._sockets)
        server._sockets[closed.number] = closed
        server._server.pull_trigger()
        assert closed.let_go.wait(5)
    assert ask(server.address, "healthz")["status"] == "ok"


class _Closed:
    """What a thread has just closed, and what the loop has not yet taken out."""

    accepting = False

    def __init__(self, number: int, sockets: dict[int, Any]) -> None:
        self.number, self._sockets = number, sockets
        self.let_go = threading.Event()

    def handle_close(self) -> None:
        del self._sockets[self.number]
        self.let_go.set()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False


def test_two_servers_started_at_once_on_one_ledger_share_the_names(file: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from stationmap.web.app import Settings; from stationmap.web.serve import serve;"
        "sys.stdin.readline(); serve(Settings(database=sys.argv[1]), port=0, lang='en')"
    )
    for number in range(3):
        ledger = tmp_path / f"{number}.sqlite"
        ledger.write_bytes(file.read_bytes())
        command = [sys.executable, "-c", program, str(ledger)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        both = [subprocess.Popen(command, text=True, cwd=ROOT, **pipes) for _ in range(2)]
        try:
            time.sleep(1.5)  # both have read their program
            for process in both:
                process.stdin.write("\n")
                process.stdin.flush()
            addresses = [address_of(process) for process in both]
            for address in addresses:
                assert ask(address, "api/v1/places?q=zhongxin")["features"][0]["properties"]["name"] == "中心驿站"
                assert ask(address, "healthz")["names_kept"] is True
        finally:
            for process in both:
                process.terminate()
        logs = [process.communicate(timeout=20)[1] for process in both]
        assert [log for log in logs if "names" in log or "refused" in log] == []
        assert [process.returncode for process in both] == [0, 0]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,a", "//example.cn/licence", "https://", "https://a b.cn/", "see desk"],
)
def test_a_licence_that_is_no_web_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(InvalidValue, match="is no address of a licence"):
        Licence("CC BY 4.0", url)


def test_the_command_refuses_such_a_licence(file: Path) -> None:
    environment = {**os.environ, "STATIONMAP_LICENCE_URL": "javascript:alert(1)", "STATIONMAP_DATABASE": str(file)}
    command = [sys.executable, "-m", "stationmap.cli.main", "serve", "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert (done.returncode, "javascript:alert(1)" in done.stderr) == (2, True)
    assert Licence("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed?lang=zh").url
