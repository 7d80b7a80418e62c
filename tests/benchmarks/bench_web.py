"""``/api/v1/nearest`` of 200,000 stations over HTTP: requests per second beside a bare route, and how long they take.

The production server (waitress, one process) runs in a process of its own and serves a city of 200,000 stations; this
process is the load: 16 kept connections, plain sockets, gzip not accepted. The other side is a bare route of the same
app behind the same hooks, which returns bodies that the first sent before, so the same bytes. Both are asked in turns
within one run. Half of the questions are GET, half POST; positions are drawn from where the stations lie; ten results;
the filters are ``FILTERS`` in turn. Ten seconds of the served clock pass in each second, so that minutes change and
masks are made anew.

- *Closed*: each connection asks again as soon as it has its answer. The ratio of the two rates is the figure.
- *Paced*: questions fall due at half of the rate that the bare route had just before, evenly; the time of each counts
  from when it fell due, so that waiting for a free connection counts too.
- *Swap*: the same at half of that rate while the register is made ready anew in the background and put in place.
"""

import argparse
import contextlib
import dataclasses
import json
import logging
import os
import random
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

LEAST_RATIO, MOST_P99_MS, MOST_BUILD_S = 0.5, 25.0, 1.5
CONNECTIONS = 16
ROUTE, BARE = "/api/v1/nearest", "/api/v1/nearest/bare"
FILTERS: tuple[dict[str, object], ...] = (
    {},
    {"need": ["microwave"]},
    {"need": ["microwave", "toilet"]},
    {"kind": ["book_corner"]},
    {"need": ["hot_water"], "open": "now"},
    {"kind": ["rest_station"], "need": ["wifi"], "mode": "ride"},
    {"open": "any"},
    {"need": ["toilet"], "at": "2026-10-09T18:30"},
)
_CLOCK_SPEED = 10.0


def run(quick: bool = False) -> dict[str, object]:
    """Return rates, ratio, percentiles in milliseconds, the server's memory, and which bounds were met."""
    with _server(20_000 if quick else 200_000) as (child, ready):
        load = Load(int(ready["port"]), child.pid)
        unit_s = 0.5 if quick else 1.0
        load.closed(ROUTE, 4 * unit_s)
        rounds = [_round(load, unit_s) for _ in range(5)]
        bare, ours, paced = ([each[side] for each in rounds] for side in range(3))
        ratio = _middle([mine.rate / other.rate for other, mine, _ in rounds])
        pace = LEAST_RATIO * _middle([each.rate for each in bare])
        swapped = _swap(child, load, 5 * unit_s, pace / 2)
        after = load.told()
    closed_p99_ms, paced_p99_ms = (_middle([each.percentile(99) for each in side]) for side in (ours, paced))
    return {
        **ready,
        "requests_per_s": {"bare": [round(x.rate) for x in bare], "nearest": [round(x.rate) for x in ours]},
        "ratio": [round(mine.rate / other.rate, 3) for other, mine, _ in rounds],
        "server_cpu_us": {"bare": [round(x.busy_us) for x in bare], "nearest": [round(x.busy_us) for x in ours]},
        "ratio_by_cpu": [round(other.busy_us / mine.busy_us, 3) for other, mine, _ in rounds],
        "bytes": {"bare": bare[0].mean_bytes, "nearest": ours[0].mean_bytes},
        "closed_ms": {"bare": bare[-1].told(), "nearest": ours[-1].told()},
        "paced": [{"requests_per_s": round(each.rate), **each.told()} for each in paced],
        "swap": {"requests_per_s": round(pace / 2), **swapped, "server_mb_after": after},
        "load": {"cpu_us_a_request": round(load.cpu_us())},
        "met": {
            f"nearest >= {LEAST_RATIO} of the bare route": ratio >= LEAST_RATIO,
            f"closed, 16 connections, p99 <= {MOST_P99_MS} ms": closed_p99_ms <= MOST_P99_MS,
            f"paced at half the bare rate, p99 <= {MOST_P99_MS} ms": paced_p99_ms <= MOST_P99_MS,
            f"snapshot built <= {MOST_BUILD_S} s": ready["build_s"] <= MOST_BUILD_S,
        },
    }


def _round(load: "Load", unit_s: float) -> "tuple[Took, Took, Took]":
    """Ask the bare route, then ours as fast as answers come, then ours at half of the rate of the bare one."""
    bare = load.closed(BARE, 1.5 * unit_s)
    return bare, load.closed(ROUTE, 3 * unit_s), load.paced(ROUTE, 3 * unit_s, LEAST_RATIO * bare.rate)


@dataclasses.dataclass(frozen=True)
class Took:
    """What a run of requests took: seconds each, bytes in all, seconds on the wall and of the server's processor."""

    each_s: list[float]
    received: int
    wall_s: float
    busy_s: float

    @property
    def busy_us(self) -> float:
        """The server's processor time, microseconds a request."""
        return self.busy_s / max(len(self.each_s), 1) * 1e6

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each_s) / self.wall_s

    @property
    def mean_bytes(self) -> int:
        """Bytes an answer, head and body."""
        return self.received // max(len(self.each_s), 1)

    def percentile(self, percent: float) -> float:
        """Return a percentile in milliseconds."""
        ordered = sorted(self.each_s)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1e3

    def told(self) -> dict[str, float]:
        """Return the middle, the slow and the slowest, milliseconds."""
        return {name: round(self.percentile(at), 1) for name, at in (("p50", 50), ("p99", 99), ("max", 100))}


class Load:
    """Asks a server by 16 connections that stay open."""

    def __init__(self, port: int, server: int) -> None:
        self._random = random.Random(20261120)
        self._port, self._server = port, server
        self._asked = 0
        self._cpu_s = 0.0
        self._filters = cycle(FILTERS)

    def cpu_us(self) -> float:
        """Return the processor's time of this side, microseconds a request."""
        return self._cpu_s / max(self._asked, 1) * 1e6

    def closed(self, route: str, seconds: float) -> Took:
        """Ask as fast as answers come."""
        return self._asking(route, seconds, None)

    def paced(self, route: str, seconds: float, rate: float) -> Took:
        """Ask at a rate, each question when it is due or when a connection is free again."""
        return self._asking(route, seconds, 1 / rate)

    def told(self) -> float:
        """Return the resident memory of the server in MB."""
        with socket.create_connection(("127.0.0.1", self._port)) as talk:
            talk.sendall(b"GET /api/v1/nearest/memory HTTP/1.0\r\n\r\n")
            return float(b"".join(iter(lambda: talk.recv(4096), b"")).rsplit(b"\r\n", 1)[1])

    def _asking(self, route: str, seconds: float, gap_s: float | None) -> Took:
        ready = [
            self._request(route) for _ in range(int(seconds * (3000 if gap_s is None else 1 / gap_s)) + CONNECTIONS)
        ]
        questions, own_s, busy_s = iter(ready), time.process_time(), _busy_s(self._server)
        with selectors.DefaultSelector() as waiting, contextlib.ExitStack() as open_ones:
            free = [open_ones.enter_context(_Line(self._port, waiting)) for _ in range(CONNECTIONS)]
            took, received, number = [], 0, 0
            begun = time.perf_counter()
            while True:
                now = time.perf_counter() - begun
                while free and now < seconds and (gap_s is None or number * gap_s <= now):
                    free.pop().ask(next(questions), begun + (now if gap_s is None else number * gap_s))
                    number += 1
                if now >= seconds and len(free) == CONNECTIONS:
                    break
                due_s = seconds if gap_s is None else min(number * gap_s, seconds)
                for key, _ in waiting.select(max(0.0, due_s - now) if free or now < seconds else None):
                    line: _Line = key.data
                    if line.read():
                        took.append(time.perf_counter() - line.due)
                        received += line.got
                        free.append(line)
            wall_s = time.perf_counter() - begun
        self._asked += len(took)
        self._cpu_s += time.process_time() - own_s
        return Took(took, received, wall_s, _busy_s(self._server) - busy_s)

    def _request(self, route: str) -> bytes:
        """Return one question as it goes over the line."""
        asked: dict[str, object] = {
            "lon": self._random.gauss(113.6, 0.1),
            "lat": self._random.gauss(34.7, 0.1),
            "k": 10,
            **next(self._filters),
        }
        head = (
            f"Host: 127.0.0.1:{self._port}\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
        )
        if self._random.random() < 0.5:
            return f"GET {route}?{urlencode(asked, doseq=True)} HTTP/1.1\r\n{head}\r\n".encode()
        body = json.dumps(asked)
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"POST {route} HTTP/1.1\r\n{head}{kind}\r\n{body}".encode()


class _Line:
    """One connection: a question under way, and how much of its answer came."""

    def __init__(self, port: int, waiting: selectors.BaseSelector) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(self._socket, selectors.EVENT_READ, self)
        self.due, self.got, self._whole = 0.0, 0, 0

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, question: bytes, due: float) -> None:
        """Send a question that was due at a moment."""
        self.due, self.got, self._whole = due, 0, 0
        self._socket.sendall(question)

    def read(self) -> bool:
        """Take what came; return whether the answer is whole."""
        came = self._socket.recv(1 << 18)
        if not self._whole:
            head, _, _ = came.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(came[:500].decode(errors="replace") or "the server hung up")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._whole = len(head) + 4 + int(length)
        self.got += len(came)
        return self.got >= self._whole


def _swap(child: "subprocess.Popen[str]", load: Load, seconds: float, rate: float) -> dict[str, float]:
    """Return what requests took while the server made its register ready anew."""
    threading.Timer(seconds / 5, lambda: child.send_signal(signal.SIGUSR1)).start()
    took = load.paced(ROUTE, seconds, rate)
    line = (child.stdout or sys.stdin).readline()
    return {**took.told(), "over_100_ms": sum(each > 0.1 for each in took.each_s), **json.loads(line)}


def _busy_s(process: int) -> float:
    """Return the processor time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


@contextlib.contextmanager
def _server(stations: int) -> "Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]":
    """Run a server in a process of its own; gives the process and what it says when it is ready."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_web", "--serve", str(stations)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        try:
            yield child, json.loads((child.stdout or sys.stdin).readline())
        finally:
            child.terminate()


def serve(stations: int) -> None:
    """Serve a city of so many stations until TERM; USR1 swaps the register for one made anew."""
    import numpy as np
    from flask import Response

    from stationmap.finder.answer import make_ready
    from stationmap.finder.snapshot import Snapshot
    from stationmap.hours.calendar import china
    from stationmap.web.app import Settings
    from stationmap.web.live import Live, Picture, lasting
    from stationmap.web.present import geojson_response
    from stationmap.web.serve import Server, log_requests
    from tests.benchmarks.bench_finder import city_tables

    tables, calendar, begun = city_tables(np.random.default_rng(1), stations), china(), time.monotonic()
    noon = datetime(2026, 10, 9, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    def clock() -> datetime:
        return noon + timedelta(seconds=(time.monotonic() - begun) * _CLOCK_SPEED)

    def picture(before: Snapshot | None = None) -> tuple[Picture, float]:
        started = time.thread_time()
        snapshot = Snapshot.build(tables, calendar, swift=True)
        build_s = time.thread_time() - started
        make_ready(snapshot, clock(), before)
        nothing = dict.fromkeys([field.name for field in dataclasses.fields(Picture)])
        return Picture(**{**nothing, "snapshot": snapshot, "calendar": calendar}), build_s  # type: ignore[arg-type]

    class Fixed(Live):
        """A register that is here already: no ledger is watched."""

        made: Picture

        def start(self) -> None:
            """Watch nothing."""

        def picture(self) -> Picture:
            """Return what is served now."""
            return self.made

    def swap() -> None:
        started = time.monotonic()
        with lasting():
            live.made = picture(live.made.snapshot)[0]
        print(json.dumps({"swap_s": round(time.monotonic() - started, 2)}), flush=True)

    before_mb = _resident_mb()
    live = Fixed()
    with lasting():
        live.made, build_s = picture()
    server = Server(Settings(clock=clock), port=0)
    server.app.extensions["live"].close()
    server.app.extensions["live"] = live
    bodies: list[bytes] = []
    turn = cycle(range(512))

    def keep(response: Response) -> Response:
        if len(bodies) < 512 and response.content_length and response.content_length > 2000:
            bodies.append(response.get_data())
        return response

    def bare() -> Response:
        return geojson_response(bodies[next(turn) % len(bodies)], cache="no-store")

    server.app.after_request(keep)
    server.app.add_url_rule(BARE, view_func=bare, methods=["GET", "POST"])
    server.app.add_url_rule("/api/v1/nearest/memory", view_func=lambda: f"{_resident_mb():.0f}")
    log_requests(logging.StreamHandler())
    signal.signal(signal.SIGTERM, lambda *_: server.stop())
    signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=swap).start())
    port = int(server.address.rstrip("/").rpartition(":")[2])
    memory = {"tables_mb": round(before_mb), "server_mb": round(_resident_mb())}
    print(json.dumps({"port": port, "stations": stations, "build_s": round(build_s, 2), **memory}), flush=True)
    server.run()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a tenth of the stations, half the time")
    options.add_argument("--serve", type=int, metavar="STATIONS", help="be the server")
    given = options.parse_args()
    if given.serve:
        serve(given.serve)
    else:
        print(json.dumps(run(given.quick), indent=1))
