"""web.lines: what a caller gets is whole and in order, in one piece where it is one, and no one is woken for nothing."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response

from stationmap.web.app import Settings
from stationmap.web.lines import Line
from stationmap.web.serve import Server
from tests.browser import town

LARGE = bytes(range(256)) * 40_000
PIECES = [b"first;", b"", b"second;" * 5000, b"third"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file: Path = town.build(tmp_path_factory.mktemp("lines") / "town.sqlite")
    made = Server(Settings(database=file, clock=lambda: town.NOON), port=0)
    rules = {
        "whole": lambda: Response(b"x" * 26_000),
        "large": lambda: Response(LARGE),
        "nothing": lambda: Response(b""),
        "none": lambda: Response(status=204),
        "pieces": lambda: Response(iter(PIECES)),
        "counted": lambda: Response(iter(PIECES), headers={"Content-Length": str(sum(map(len, PIECES)))}),
        "broken": lambda: Response(iter([b"1", 2])),  # type: ignore[list-item]
    }
    for name, view in rules.items():
        made.app.add_url_rule(f"/lines/{name}", f"lines_{name}", view)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    thread.join(timeout=20)
    assert not thread.is_alive()


def talk(server: Server, *asked: str, method: str = "GET", wait_s: float = 0.0) -> bytes:
    """Return all that comes for some questions that are sent at once; the last closes the line."""
    port = int(server.address.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        for name in asked[:-1]:
            line.sendall(f"{method} /lines/{name} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity\r\n\r\n".encode())
        head = f"{method} /lines/{asked[-1]} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        line.sendall(f"{head}Accept-Encoding: identity\r\n\r\n".encode())
        time.sleep(wait_s)
        return b"".join(iter(lambda: line.recv(65_536), b""))


def body(came: bytes) -> bytes:
    return came.partition(b"\r\n\r\n")[2]


def test_each_kind_of_answer_comes_whole(server: Server) -> None:
    assert body(talk(server, "whole")) == b"x" * 26_000
    assert body(talk(server, "large")) == LARGE
    assert (
        body(talk(server, "large", wait_s=0.5)) == LARGE
    )  # who does not read yet: the listening thread sends the rest
    assert body(talk(server, "counted")) == b"".join(PIECES)
    assert body(talk(server, "nothing")) == body(talk(server, "none")) == b""
    told = talk(server, "pieces")
    assert b"chunked" in told.partition(b"\r\n\r\n")[0]
    assert body(told) == b"".join(b"%X\r\n%b\r\n" % (len(each), each) for each in PIECES if each) + b"0\r\n\r\n"


def test_heads_are_told_of_answers_without_a_body(server: Server) -> None:
    head = talk(server, "whole", method="HEAD")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"26000" in head
    assert body(head) == b""


def test_many_questions_on_one_line_are_answered_in_order(server: Server) -> None:
    asked = ["whole", "nothing", "large", "counted", "whole"] * 3
    left = talk(server, *asked)
    for name in asked:
        head, _, left = left.partition(b"\r\n\r\n")
        want = {"whole": b"x" * 26_000, "large": LARGE, "counted": b"".join(PIECES), "nothing": b""}[name]
        assert head.startswith(b"HTTP/1.1 200 "), (name, head[:60])
        assert left.startswith(want)
        left = left[len(want) :]
    assert left == b""


def test_a_body_in_one_piece_is_sent_with_its_head(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    send = Line.send

    def counted(line: Line, data: bytes, **rest: bool) -> int:
        sent.append(len(data))
        return int(send(line, data, **rest))

    monkeypatch.setattr(Line, "send", counted)
    came = talk(server, "whole")
    assert sent == [len(came)]


def test_a_fault_in_the_middle_ends_the_line(server: Server) -> None:
    came = talk(server, "broken")
    assert b"Traceback" not in came
    assert not came.endswith(b"0\r\n\r\n")


def test_nobody_is_woken_while_a_thread_sends(server: Server) -> None:
    port = int(server.address.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)):
        deadline = time.monotonic() + 10
        while not server._server.active_channels and time.monotonic() < deadline:
            time.sleep(0.01)
        line = next(iter(server._server.active_channels.values()))
        assert isinstance(line, Line)
        assert not line.writable()
        line.total_outbufs_len = 5
        try:
            assert line.writable()
            line.requests = [object()]
            assert line.writable()  # a thread serves, and does not send just now
            taken, done = threading.Event(), threading.Event()

            def sending() -> None:
                with line.outbuf_lock:
                    taken.set()
                    done.wait(10)

            thread = threading.Thread(target=sending)
            thread.start()
            assert taken.wait(10)
            assert not line.writable()
            line.will_close = True
            assert line.writable()
            done.set()
            thread.join()
        finally:
            line.will_close, line.requests, line.total_outbufs_len = False, [], 0


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nearest", "/", "/api/v1/stations", "/ogc/collections/stations/items", "/api/v1/places", "/nowhere"],
)
def test_bytes_in_an_address_that_are_no_text_are_no_fault_of_ours(server: Server, path: str) -> None:
    for name in (b"lon", b"lang", b"q", b"need", b"\xe9"):
        came = raw(server, path.encode() + b"?" + name + b"=1\xff\xfe&k=\x80")
        assert came.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4")), came[:80]


def raw(server: Server, address: bytes) -> bytes:
    """Return what comes for an address that is sent as it is."""
    port = int(server.address.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(
            b"GET " + address + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: identity\r\n\r\n"
        )
        return b"".join(iter(lambda: line.recv(65_536), b""))
