"""The worker of long runs: one thread of the server that takes them from the ledger one by one.

It gives a sign of life every few seconds, and hears by it that a run was cancelled; then it leaves the run at the next
step. When the server stops, the run stays claimed, and is claimed anew by the next server once the claim is stale.
"""

import contextlib
import logging
import secrets
import threading

import numpy as np

from stationmap.errors import LedgerUnavailable, Message, StationmapError
from stationmap.planning.pairs import Pairs
from stationmap.register.plans.runs import Run
from stationmap.report.packing import pack
from stationmap.runs.carry import carry
from stationmap.runs.inputs import Inputs, from_ledger, pairs_of, some_of
from stationmap.runs.spec import Spec
from stationmap.web.desk.stock import Stock
from stationmap.web.live import Live

log = logging.getLogger(__name__)
BEAT_S = 5.0
LOOK_EVERY_S = 1.0
BLOCK = 20_000
"""Places of demand in one step."""
_REST = 2


class Left(Exception):
    """The run was cancelled, or the server stops."""


class Worker:
    """Works long runs out, one after the other; :meth:`start` and :meth:`stop`.

    Parameters
    ----------
    live : Live
        The watched ledger.
    stock : Stock
        For the streets.
    """

    def __init__(self, live: Live, stock: Stock, *, look_every_s: float = LOOK_EVERY_S, beat_s: float = BEAT_S) -> None:
        self._live, self._stock = live, stock
        self._look_every_s, self._beat_s = look_every_s, beat_s
        self._name = f"desk-{secrets.token_hex(4)}"
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="stationmap-runs", daemon=True)
            self._thread.start()

    def stop(self, patience_s: float = 1.0) -> None:
        """Leave off at the next step; a run that is not done stays in the ledger for the next worker."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=patience_s)

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                run = self._live.ask(lambda ledger: ledger.runs.claim(self._name))
                if run is not None:
                    self._carry(run)
                    continue
            except LedgerUnavailable:
                pass
            except Exception:  # the thread outlives whatever one run does
                log.exception("A run could not be worked out")
            self._ended.wait(self._look_every_s)

    def _carry(self, run: Run) -> None:
        """Work one run out, and say what became of it."""
        steps = _Steps(self._live, run.id, self._name, self._ended, self._beat_s)
        try:
            with steps:
                spec = Spec.of(run.asked)
                inputs = self._live.ask(lambda ledger: from_ledger(ledger, spec.demand, network=self._stock.network))
                carried = carry(inputs, spec, pairs=steps.pairs)
                steps.next()
                result = pack(carried)
                steps.next()
            self._live.ask(lambda ledger: ledger.runs.finish(run.id, self._name, carried.told, result))
        except Left:
            return
        except LedgerUnavailable:
            raise
        except StationmapError as fault:
            told = fault.message
            self._live.ask(lambda ledger: ledger.runs.fail(run.id, self._name, told))
        except Exception as fault:
            told = Message("It is broken: {fault}", {"fault": type(fault).__name__})
            self._live.ask(lambda ledger: ledger.runs.fail(run.id, self._name, told))
            raise


class _Steps:
    """How far a run is: told to the ledger at each step and in between, by a thread that beats."""

    def __init__(self, live: Live, run_id: str, worker: str, ended: threading.Event, beat_s: float) -> None:
        self._live, self._run, self._worker, self._beat_s = live, run_id, worker, beat_s
        self._server_ended = ended
        self._done, self._of = 0, 0
        self._left, self._over = threading.Event(), threading.Event()
        self._beating = threading.Thread(target=self._beat_on, name="stationmap-beat", daemon=True)

    def __enter__(self) -> "_Steps":
        self._beating.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._beating.join(timeout=10)

    def next(self) -> None:
        """Count one more step as done.

        Raises
        ------
        Left
            When the run was cancelled, or the server stops.
        """
        self._done += 1
        self._tell()
        if self._left.is_set() or self._server_ended.is_set():
            raise Left

    def pairs(self, inputs: Inputs, reach_m: float, way: str) -> tuple[Pairs, tuple[Message, ...]]:
        """Return pairs, by air in blocks of demand, so that the run can be left in between; raises as :meth:`next`."""
        count = len(inputs.demand)
        blocks = [np.arange(at, min(at + BLOCK, count)) for at in range(0, count, BLOCK)] if way == "air" else []
        self._of = max(1, len(blocks)) + _REST
        if len(blocks) < 2:
            found = pairs_of(inputs, reach_m, way)
            self.next()
            return found
        parts = []
        for rows in blocks:
            some = Inputs(some_of(inputs.demand, rows), inputs.supply, None, None, inputs.calendar, None, inputs.told)
            parts.append(pairs_of(some, reach_m, way)[0])
            self.next()
        return joined(parts), ()

    def _beat_on(self) -> None:
        while not self._over.wait(self._beat_s):
            with contextlib.suppress(LedgerUnavailable):
                self._tell()

    def _tell(self) -> None:
        done, of = self._done, self._of
        if not self._live.ask(lambda ledger: ledger.runs.beat(self._run, self._worker, done, of)):
            self._left.set()


def joined(parts: list[Pairs]) -> Pairs:
    """Return the pairs of demand in blocks as one table; the blocks are of the same stations, reach and way."""
    ends = np.cumsum([0, *(len(part) for part in parts)])
    start = np.concatenate([part.start[:-1] + first for part, first in zip(parts, ends, strict=False)] + [ends[-1:]])
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("station", "distance_m", "minutes")]
    one = parts[0]
    return Pairs(start.astype(np.int64), columns[0], columns[1], columns[2], one.stations, one.reach_m, one.way)
