"""Runs in the ledger: a queue that loses none, hears a cancellation and survives those who worked on it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from stationmap.errors import InvalidValue, Message, NotFound, TooMany
from stationmap.register.ledger import Ledger
from stationmap.register.plans import runs
from stationmap.register.plans.runs import MOST_ATTEMPTS, STALE_S, Runs, RunState

ASKED = {"demand": "cells", "reach_m": [500, 1000], "need": ["microwave"]}


class Clock:
    def __init__(self):
        self.now = datetime(2026, 10, 9, 12, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now

    def later(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "town.sqlite") as opened:
        yield opened


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def queue(ledger, clock):
    return Runs(ledger.runs._database, clock)


def test_a_run_goes_its_way(queue, ledger):
    run = queue.add(ASKED, name="微波炉\n缺口")
    assert (run.state, run.asked, run.name, run.done, run.of, run.attempts) == (
        RunState.WAITING,
        ASKED,
        "微波炉 缺口",
        0,
        0,
        0,
    )
    assert queue.result(run.id) is None
    claimed = queue.claim("w1")
    assert claimed is not None
    assert (claimed.id, claimed.state, claimed.attempts) == (run.id, RunState.RUNNING, 1)
    assert queue.claim("w2") is None
    assert queue.beat(run.id, "w1", 3, 10)
    assert (queue.one(run.id).done, queue.one(run.id).of) == (3, 10)
    assert queue.finish(run.id, "w1", {"revision": 7}, b"\x1f\x8bzip")
    done = queue.one(run.id)
    assert (done.state, done.inputs, queue.result(run.id)) == (RunState.DONE, {"revision": 7}, b"\x1f\x8bzip")
    assert done.ended_at is not None
    assert done.ended_at > done.created_at
    assert ledger.revision() == 0


def test_the_one_that_waits_longest_is_claimed_first(queue):
    first, second = queue.add(ASKED), queue.add(ASKED)
    assert [queue.claim("w").id, queue.claim("w").id] == [first.id, second.id]
    assert [run.id for run in queue.all()] == [second.id, first.id]
    assert len({first.id, second.id}) == 2
    assert min(len(first.id), len(second.id)) >= 16


def test_many_workers_never_claim_the_same(tmp_path):
    with Ledger.open(tmp_path / "town.sqlite") as ledger:
        wanted = {ledger.runs.add(ASKED).id for _ in range(12)}
        claimed, lock = [], threading.Lock()

        def work(name):
            with Ledger.open(tmp_path / "town.sqlite") as own:
                while (run := own.runs.claim(name)) is not None:
                    with lock:
                        claimed.append(run.id)

        threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        assert sorted(claimed) == sorted(wanted)


def test_a_run_whose_worker_is_gone_is_claimed_anew_and_the_old_one_hears_it(queue, clock):
    run = queue.add(ASKED)
    queue.claim("gone")
    clock.later(STALE_S - 1)
    assert queue.claim("next") is None
    clock.later(2)
    again = queue.claim("next")
    assert again is not None
    assert (again.id, again.attempts) == (run.id, 2)
    assert not queue.beat(run.id, "gone", 1, 2)
    assert not queue.finish(run.id, "gone", {}, b"late")
    assert queue.beat(run.id, "next", 1, 2)
    assert queue.result(run.id) is None


def test_a_sign_of_life_keeps_a_run(queue, clock):
    run = queue.add(ASKED)
    queue.claim("w")
    for _ in range(5):
        clock.later(STALE_S / 2)
        assert queue.beat(run.id, "w", 1, 9)
        assert queue.claim("other") is None


def test_a_run_that_kills_its_workers_fails_in_words(queue, clock):
    run = queue.add(ASKED)
    for attempt in range(MOST_ATTEMPTS):
        assert queue.claim(f"w{attempt}") is not None
        clock.later(STALE_S + 1)
    assert queue.claim("one more") is None
    failed = queue.one(run.id)
    assert failed.state is RunState.FAILED
    assert str(failed.fault) == "Its worker stopped 3 times without an answer."


@pytest.mark.parametrize("claimed", [False, True])
def test_a_cancelled_run_is_stopped_and_keeps_no_result(queue, claimed):
    run = queue.add(ASKED)
    if claimed:
        queue.claim("w")
    assert queue.cancel(run.id).state is RunState.CANCELLED
    assert not queue.beat(run.id, "w", 1, 2)
    assert not queue.finish(run.id, "w", {}, b"x")
    assert not queue.fail(run.id, "w", Message("no"))
    assert queue.claim("w") is None
    assert (queue.one(run.id).state, queue.result(run.id)) == (RunState.CANCELLED, None)


def test_what_ended_stays(queue):
    run = queue.keep(ASKED, {"revision": 1}, b"done", name="kept")
    assert queue.cancel(run.id).state is RunState.DONE
    assert queue.claim("w") is None
    assert queue.result(run.id) == b"done"


def test_a_fault_is_kept_as_a_sentence(queue):
    run = queue.add(ASKED)
    queue.claim("w")
    assert queue.fail(run.id, "w", Message("There is no demand called {name}.", {"name": Message("cells")}))
    assert str(queue.one(run.id).fault) == "There is no demand called cells."


def test_names_links_and_numbers(queue, monkeypatch):
    run = queue.add(ASKED)
    assert queue.rename(run.id, " 新 ").name == "新"
    with pytest.raises(InvalidValue, match="at most 100"):
        queue.rename(run.id, "x" * 101)
    for ask in (queue.one, queue.result, queue.cancel, queue.discard):
        with pytest.raises(NotFound, match="link is not whole"):
            ask("nothing")
    queue.discard(run.id)
    assert queue.all() == []
    monkeypatch.setattr(runs, "MOST_WAITING", 1)
    queue.add(ASKED)
    with pytest.raises(TooMany, match="wait already"):
        queue.add(ASKED)
    monkeypatch.setattr(runs, "MOST_KEPT", 1)
    with pytest.raises(TooMany, match="Remove some"):
        queue.keep(ASKED, {}, b"x")
    monkeypatch.setattr(runs, "MOST_BYTES", 2)
    with pytest.raises(InvalidValue, match="smaller area"):
        queue.keep(ASKED, {}, b"xyz")


def test_runs_outlive_the_ledger_object(tmp_path):
    with Ledger.open(tmp_path / "town.sqlite") as ledger:
        run = ledger.runs.add(ASKED)
    with Ledger.open(tmp_path / "town.sqlite") as ledger:
        assert ledger.runs.claim("after the restart").id == run.id
