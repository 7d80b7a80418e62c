"""Runs over Dask: on the cores here, and on a real scheduler with worker processes that are killed on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stationmap.errors import NotFound, UnusableInput
from stationmap.planning.scale import dask_engine
from stationmap.planning.scale.folder import write_partitions
from stationmap.planning.scale.partitions import Partitions, opened
from stationmap.planning.scale.run import Stopped, cover
from tests.scale_town import demand, same, survey

ROWS, STATIONS = 6000, 80
BOTH = ("people", "jobs")
WAIT_S = 30.0


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Partitions:
    folder = tmp_path_factory.mktemp("dask") / "town"
    return opened(write_partitions(demand(ROWS), folder, rows_per_file=200), weights=BOTH)


class Cluster:
    """A scheduler and workers, each a process of its own on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(told))
        self.address = ""
        until = time.monotonic() + WAIT_S
        while not self.address and time.monotonic() < until:
            time.sleep(0.05)
            if told.exists() and told.read_text():
                self.address = json.loads(told.read_text())["address"]
        assert self.address

    def add_worker(self) -> subprocess.Popen[bytes]:
        worker = self._start(
            "worker", self.address, "--no-nanny", "--nthreads", "1", "--local-directory", str(self.folder)
        )
        self.workers.append(worker)
        return worker

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{kind}",
            *arguments,
            "--host",
            "127.0.0.1",
            "--no-dashboard",
        ]
        log = (self.folder / f"{kind}-{time.monotonic_ns()}.log").open("wb")
        with log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=Path(__file__).parents[1])

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    made = Cluster(folder)
    try:
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        made.end()


@pytest.fixture
def two_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    with cluster(tmp_path, 2) as made:
        monkeypatch.setenv(dask_engine.SCHEDULER, made.address)
        yield made


def test_the_cores_here_count_the_same(inputs: Partitions) -> None:
    shares: list[int] = []
    found = cover(inputs, survey(STATIONS), engine="dask", progress=lambda done, _: shares.append(done))
    assert same(found.tally, cover(inputs, survey(STATIONS)).tally)
    assert shares[-1] == ROWS
    assert len(shares) == 30


def test_a_lost_worker_costs_time_only(inputs: Partitions, two_workers: Cluster) -> None:
    ask = survey(STATIONS)
    shares: list[int] = []

    def killing(done: int, _: int) -> None:
        shares.append(done)
        if len(shares) == 3:
            two_workers.workers[0].send_signal(signal.SIGKILL)

    found = cover(inputs, ask, engine="dask", progress=killing)
    assert two_workers.workers[0].wait(5) == -signal.SIGKILL
    assert same(found.tally, cover(inputs, ask).tally)
    assert len(shares) == 30
    # The last worker goes as well, with the survey it held, and another comes.
    shares.clear()

    def replacing(done: int, _: int) -> None:
        shares.append(done)
        if len(shares) == 3:
            two_workers.workers[1].kill()
            two_workers.add_worker()

    found = cover(inputs, ask, engine="dask", progress=replacing)
    assert two_workers.workers[1].wait(5) == -signal.SIGKILL
    assert same(found.tally, cover(inputs, ask).tally)


def test_faults_of_workers_are_told_here(inputs: Partitions, two_workers: Cluster, tmp_path: Path) -> None:
    folder = write_partitions(demand(1000), tmp_path / "damaged", rows_per_file=100)
    damaged = opened(folder, weights=BOTH)
    path = folder / "part-00004.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(UnusableInput, match=r"part-00004.parquet is damaged"):
        cover(damaged, survey(STATIONS), engine="dask")
    shares: list[int] = []
    kept = tmp_path / "half.npz"
    with pytest.raises(Stopped, match=r"of 30 blocks. Start it again with"):
        cover(
            inputs,
            survey(STATIONS),
            engine="dask",
            kept=kept,
            progress=lambda done, _: shares.append(done),
            cancelled=lambda: bool(shares),
        )
    found = cover(inputs, survey(STATIONS), kept=kept)  # what one engine began the other ends
    assert same(found.tally, cover(inputs, survey(STATIONS)).tally)


def test_a_scheduler_that_is_lost_is_told(inputs: Partitions, two_workers: Cluster, tmp_path: Path) -> None:
    shares: list[int] = []

    def killing(done: int, _: int) -> None:
        shares.append(done)
        if len(shares) == 3:
            two_workers.scheduler.kill()

    kept = tmp_path / "half.npz"
    with pytest.raises(NotFound, match=r"The Dask scheduler at tcp://127.0.0.1:\d+ was lost"):
        cover(inputs, survey(STATIONS), engine="dask", progress=killing, kept=kept)
    assert kept.exists()


def test_a_scheduler_without_workers_is_told(inputs: Partitions, tmp_path: Path) -> None:
    with cluster(tmp_path, 0) as made:
        blocks = list(enumerate(inputs.blocks()))
        landed = dask_engine.run(blocks, survey(3), scheduler=made.address, wait_s=1.0, cancelled=lambda: False)
        with pytest.raises(NotFound, match=rf"scheduler at {made.address} has no worker. Start one: dask worker tcp"):
            next(landed)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1"])
def test_a_scheduler_that_is_not_there_is_told(address: str, inputs: Partitions) -> None:
    blocks = list(enumerate(inputs.blocks()))
    landed = dask_engine.run(blocks, survey(3), scheduler=address, wait_s=1.0, cancelled=lambda: False)
    with pytest.raises(NotFound, match=rf"No Dask scheduler answers at {address} .*STATIONMAP_SCHEDULER"):
        next(landed)


def test_without_dask_the_extra_is_named(inputs: Partitions) -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from stationmap.planning.scale import dask_engine\n"
        "from stationmap.errors import InvalidValue\n"
        "try: next(dask_engine.run([], None, cancelled=lambda: False))\n"
        "except InvalidValue as told: print(told)\n"
    )
    environment = {name: text for name, text in os.environ.items() if name != dask_engine.SCHEDULER}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "pip install 'stationmap[dask]'" in done.stdout
