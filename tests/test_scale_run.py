"""Runs over partitions on this machine: the same to the bit in whatever parts, stopped, killed, on a full disk."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stationmap.errors import InvalidValue, UnusableInput
from stationmap.planning.scale import direct, partitions, run
from stationmap.planning.scale.flight import Cancellation
from stationmap.planning.scale.folder import write_partitions
from stationmap.planning.scale.partitions import Partitions, checksums, opened
from stationmap.planning.scale.run import Stopped, cover
from stationmap.planning.scale.survey import asked, tallied
from stationmap.planning.standing import Standing
from tests.scale_town import REACHES, demand, plainly, same, station_places, survey, told
from tests.test_scale_tally import rows_of

ROWS, STATIONS = 3000, 80
BOTH = ("people", "jobs")


def town(folder: Path, rows_per_file: int = 250) -> Partitions:
    return opened(write_partitions(demand(ROWS), folder / "town", rows_per_file=rows_per_file), weights=BOTH)


def test_a_run_agrees_with_every_distance(tmp_path: Path) -> None:
    shares: list[tuple[int, int]] = []
    inputs = town(tmp_path)
    found = cover(inputs, survey(STATIONS), progress=lambda done, of: shares.append((done, of)))
    stations = station_places(STATIONS)
    for reach_m in REACHES:
        for times in (1, 2):
            assert told(found.tally, reach_m, times) == plainly(demand(ROWS), *stations, reach_m, times)
    assert len(shares) == 12
    assert shares[-1] == (ROWS, ROWS)
    assert shares == sorted(shares)
    assert found.inputs == checksums(inputs)
    assert found.notes == ()


def test_parts_and_threads_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tallied(rows_of(demand(ROWS)), survey(STATIONS))
    monkeypatch.setattr(partitions, "BLOCK_ROWS", 97)  # parts that do not fit the row groups
    for number, rows_per_file in enumerate((ROWS, 701)):
        (tmp_path / str(number)).mkdir()
        inputs = town(tmp_path / str(number), rows_per_file)
        assert same(cover(inputs, survey(STATIONS)).tally, whole)
        landed = direct.run(list(enumerate(inputs.blocks())), survey(STATIONS), threads=5, cancelled=lambda: False)
        assert sorted(number for number, _ in landed) == list(range(len(inputs.blocks())))


def test_nobody_serves_and_nobody_needs(tmp_path: Path) -> None:
    nowhere = asked([], [], Standing(np.array([], np.int8)), reaches_m=[500], weights=BOTH)
    found = cover(town(tmp_path), nowhere)
    assert found.tally.total().covered("people", reach_m=500)[1].tolist() == [0.0]
    assert found.tally.total().of("people")[0] == demand(ROWS).total("people")
    assert [str(note) for note in found.notes] == ["No station serves for certain, so nobody is covered for certain."]
    bare = opened(write_partitions(demand(0), tmp_path / "bare"), weights=BOTH)
    empty = cover(bare, nowhere)
    assert [str(note) for note in empty.notes][1:] == [
        "Partitions without rows: part-00000.parquet.",
        "The demand has no rows at all.",
    ]
    assert empty.tally.total().of("people").tolist() == [0.0]


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    inputs, ask, kept = town(tmp_path), survey(STATIONS), tmp_path / "half.npz"
    shares: list[int] = []
    for halt in (1, 4):
        with pytest.raises(Stopped, match=r"after \d+ of 12 blocks. Start it again with .*half.npz"):
            cover(
                inputs,
                ask,
                kept=kept,
                progress=lambda done, _: shares.append(done),
                cancelled=lambda halt=halt: len(shares) >= halt,  # type: ignore[misc]
            )
        assert kept.exists()
    counted = shares[-1]
    assert 0 < counted <= ROWS
    found = cover(inputs, ask, kept=kept, progress=lambda done, _: shares.append(done))
    assert shares == sorted(set(shares))  # no block was counted twice
    assert same(found.tally, cover(inputs, ask).tally)
    assert not kept.exists()
    with pytest.raises(Stopped, match="nothing of it is kept"):
        cover(inputs, ask, cancelled=lambda: True)


def test_a_stop_is_heeded_between_parts_of_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "BLOCK_ROWS", 100)
    inputs = town(tmp_path, ROWS)
    with pytest.raises(Cancellation):
        list(direct.run(list(enumerate(inputs.blocks())), survey(STATIONS), cancelled=lambda: True))


KILLED = """
import sys, time
from tests.test_scale_run import BOTH, STATIONS, cover, opened, survey
def slowly(done, of):
    print(done, flush=True)
    time.sleep(0.2)
cover(opened(sys.argv[1], weights=BOTH), survey(STATIONS), kept=sys.argv[2], save_s=0.0, progress=slowly)
"""


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    inputs, ask, kept = town(tmp_path), survey(STATIONS), tmp_path / "half.npz"
    command = [sys.executable, "-c", KILLED, str(tmp_path / "town"), str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        lines = [killed.stdout.readline() for _ in range(4)]
        killed.kill()
    assert killed.returncode == -signal.SIGKILL
    done = [int(line) for line in lines]
    shares: list[int] = []
    found = cover(inputs, ask, kept=kept, progress=lambda done, _: shares.append(done))
    assert shares[0] > done[2]  # the third was kept before the fourth was told
    assert len(shares) <= 12 - 3
    assert same(found.tally, cover(inputs, ask).tally)


def test_another_runs_half_is_refused(tmp_path: Path) -> None:
    inputs, kept = town(tmp_path), tmp_path / "half.npz"
    with pytest.raises(Stopped):
        cover(inputs, survey(STATIONS), kept=kept, progress=_after(shares := []), cancelled=lambda: bool(shares))
    before = kept.read_bytes()
    for other in (survey(STATIONS, 7), survey(STATIONS, times=1), survey(STATIONS, reaches=(300.0,))):
        with pytest.raises(UnusableInput, match=r"half.npz is of a run with another question or other inputs"):
            cover(inputs, other, kept=kept)
    assert kept.read_bytes() == before
    kept.write_bytes(before[: len(before) // 2])
    with pytest.raises(UnusableInput, match=r"half.npz is no half-done run, or it is damaged. Delete it"):
        cover(inputs, survey(STATIONS), kept=kept)


def _after(shares: list[int]) -> run.Progress:
    return lambda done, _: shares.append(done)


def test_a_full_disk_stops_no_run(tmp_path: Path, small_disk: Path) -> None:
    inputs, ask = town(tmp_path), survey(STATIONS)
    (small_disk / "full").write_bytes(bytes(3 * 2**20 - 8192))
    found = cover(inputs, ask, kept=small_disk / "half.npz", save_s=0.0)
    assert same(found.tally, cover(inputs, ask).tally)
    assert "could not be kept in" in str(found.notes[0])
    assert "the disk is full" in str(found.notes[0])
    assert [path.name for path in small_disk.iterdir()] == ["full"]


def test_a_damaged_partition_ends_a_run_by_name(tmp_path: Path) -> None:
    inputs = town(tmp_path)
    path = Path(inputs.files[7].path)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(UnusableInput, match=r"part-00007.parquet is damaged"):
        cover(inputs, survey(STATIONS))


def test_wrong_engines_and_weights_are_told(tmp_path: Path) -> None:
    inputs = town(tmp_path)
    with pytest.raises(InvalidValue, match="no engine 'spark'; use one of direct, dask"):
        cover(inputs, survey(STATIONS), engine="spark")
    with pytest.raises(InvalidValue, match="weights people, jobs, the demand has count"):
        cover(opened(tmp_path / "town"), survey(STATIONS))
