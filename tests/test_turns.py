"""Threads that take turns: one at a time while requests are quick, never held up by a slow one."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from stationmap.web.turns import Turns


class Task:
    """A request: what it does, and whether it was served or called off."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self.served, self.cancelled = threading.Event(), False

    def service(self) -> None:
        try:
            self._work()
        finally:
            self.served.set()

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def turns() -> Iterator[Turns]:
    made = Turns(3, patience_s=0.02)
    yield made
    made.shutdown(timeout=2)


def test_quick_requests_are_all_served_by_one_thread_at_a_time() -> None:
    turns, at_once, most = Turns(3, patience_s=5), 0, 0

    def work() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        time.sleep(0.0005)
        at_once -= 1

    tasks = [Task(work) for _ in range(100)]
    for task in tasks:
        turns.add_task(task)
    assert all(task.served.wait(5) for task in tasks)
    assert most == 1
    turns.shutdown(timeout=2)


def test_a_connection_that_asks_again_at_once_is_no_request_that_waits() -> None:
    turns, threads, ends = Turns(3, patience_s=0.2), set(), time.monotonic() + 1.0

    def work() -> None:
        threads.add(threading.get_ident())
        if time.monotonic() < ends:
            turns.add_task(again)  # waitress puts the connection itself into the queue
            again.served.clear()
        time.sleep(0.0005)

    again = Task(work)
    turns.add_task(again)
    time.sleep(1.1)
    assert again.served.wait(2)
    assert len(threads) == 1
    turns.shutdown(timeout=2)


def test_a_slow_request_holds_up_no_other(turns: Turns) -> None:
    go_on = threading.Event()
    slow, quick = Task(lambda: go_on.wait(5)), [Task(lambda: None) for _ in range(50)]
    for task in (slow, *quick):
        turns.add_task(task)
    assert all(task.served.wait(2) for task in quick)
    assert not slow.served.is_set()
    go_on.set()
    assert slow.served.wait(2)


def test_the_turn_passes_on_once_for_each_slow_request_and_comes_back(turns: Turns) -> None:
    go_on = threading.Event()
    slow = [Task(lambda: go_on.wait(5)) for _ in range(3)]
    for task in slow:
        turns.add_task(task)
    waiting = Task(lambda: None)
    turns.add_task(waiting)
    assert not waiting.served.wait(0.2)  # all three are held up
    go_on.set()
    assert waiting.served.wait(2)
    last = Task(lambda: None)
    turns.add_task(last)
    assert last.served.wait(2)


def test_a_fault_ends_no_thread(turns: Turns) -> None:
    def fault() -> None:
        raise RuntimeError

    for _ in range(5):
        task = Task(fault)
        turns.add_task(task)
        assert task.served.wait(2)


def test_what_is_queued_at_the_end_is_called_off() -> None:
    turns, go_on = Turns(1), threading.Event()
    running, queued = Task(lambda: go_on.wait(5)), Task(lambda: None)
    turns.add_task(running)
    turns.add_task(queued)
    turns.shutdown(timeout=0.1)
    go_on.set()
    assert queued.cancelled
    assert not queued.served.is_set()
