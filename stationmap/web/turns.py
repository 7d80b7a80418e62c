"""Who serves the next request: one thread at a time, another beside it only while the one is held up.

Python runs one thread at a time. Threads that all serve quick requests at once only take the interpreter from each
other, hundreds of times a second, and each request takes a third longer. So one thread has the turn and serves request
after request; the others sleep. When a request waits too long, because the thread at work has a slow one, the
turn passes to the next thread, and the slow request ends beside it.
"""

import threading
import time

from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import logger

PATIENCE_S = 0.02
"""How long requests wait for the thread that has the turn while it takes none of them."""


class Turns(ThreadedTaskDispatcher):  # type: ignore[misc]
    """The threads of a waitress server, taking turns; never more at once than it was given.

    Parameters
    ----------
    threads : int
        How many there are.
    patience_s : float
        After how many seconds in which a request waits and none is taken the turn passes on.
    """

    def __init__(self, threads: int, patience_s: float = PATIENCE_S) -> None:
        super().__init__()
        self._holder: int | None = None
        self._taken = 0
        self._patience_s = patience_s
        self._late = threading.Condition(self.lock)
        self._watching = self._over = False
        threading.Thread(target=self._watch, name="turns", daemon=True).start()
        self.set_thread_count(threads)

    def add_task(self, task: object) -> None:
        """Queue a task for the thread that has the turn, or wake one when none has it."""
        with self.lock:
            self.queue.append(task)
            if self._holder is None:
                self.queue_cv.notify()
            if not self._watching and (self._holder is not None or len(self.queue) > 1):
                self._watching = True
                self._late.notify()

    def handler_thread(self, thread_no: int) -> None:
        """Serve tasks whenever no other thread has the turn, until told to stop."""
        with self.lock:
            while self.stop_count == 0:
                if self.queue and self._holder in (None, thread_no):
                    self._holder = thread_no
                    self._taken += 1
                    self._serve(self.queue.popleft())
                    continue
                if self._holder == thread_no:
                    self._holder = None
                self.active_count -= 1
                self.queue_cv.wait()
                self.active_count += 1
            if self._holder == thread_no:
                self._holder = None
            self.active_count -= 1
            self.stop_count -= 1
            self.threads.discard(thread_no)
            self.thread_exit_cv.notify()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Stop all threads, and cancel what is queued."""
        with self.lock:
            self._over = True
            self._late.notify()
        return bool(super().shutdown(cancel_pending, timeout))

    def _serve(self, task: object) -> None:
        """Serve one task without the lock, which the caller holds."""
        self.lock.release()
        try:
            task.service()  # type: ignore[attr-defined]
        except BaseException:  # noqa: BLE001 a fault of a request must not end the thread
            logger.exception("Exception when servicing %r", task)
        finally:
            self.lock.acquire()

    def _watch(self) -> None:
        """Take the turn from a thread that lets requests wait.

        They are counted: the first in the queue may be another question of the same connection.
        """
        while True:
            with self.lock:
                while not self.queue and not self._over:
                    self._watching = False
                    self._late.wait()
                if self._over:
                    return
                taken = self._taken
            time.sleep(self._patience_s)
            with self.lock:
                if self.queue and self._taken == taken:
                    self._holder = None
                    self.queue_cv.notify()
