"""How answers leave: head and body at once, and not disturbed by the thread that listens.

waitress sends a head by itself, and while a thread sends, its listening thread wakes again and again because there is
something to send, finds the line taken, and takes the interpreter from the one that serves. Both cost a quick request a
third of its time.
"""

import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask


class Answer(WSGITask):  # type: ignore[misc]
    """An answer of which the head waits for the body, where that comes in one piece of the length that was told."""

    wrote_header: bool

    def write(self, data: bytes) -> None:
        """Send a piece of the body, the head before the first."""
        if self.complete and not self.wrote_header and 0 < len(data) == self.content_length and self.has_body:
            head = self.build_response_header()
            self.wrote_header = True
            self.content_bytes_written = len(data)
            self.channel.write_soon(head + data)
        else:
            super().write(data)


class Line(HTTPChannel):  # type: ignore[misc]
    """A connection to a caller."""

    task_class = Answer

    def write_soon(self, data: Any) -> int:
        """Send as much as the line takes, straight from where it stands; what is left waits in the buffer."""
        if not isinstance(data, bytes) or self.total_outbufs_len or not self.connected:
            return int(super().write_soon(data))
        with self.outbuf_lock:
            sent, failed = 0, False
            try:
                sent = self.send(data, do_close=False)
            except OSError:
                failed = self.will_close = True
            if sent:
                self.last_activity = time.time()
            if failed:
                self.server.pull_trigger()
            elif sent < len(data):
                super().write_soon(data[sent:])
        return len(data)

    def writable(self) -> bool:
        """Return whether the listening thread has something to do: nothing while another thread sends.

        That one wakes it by the server's trigger when it leaves anything.
        """
        if self.will_close or self.close_when_flushed:
            return True
        if not self.total_outbufs_len:
            return False
        return not self.requests or self._is_free()

    def _is_free(self) -> bool:
        """Return whether no thread is sending."""
        free: Any = self.outbuf_lock.acquire(blocking=False)
        if free:
            self.outbuf_lock.release()
        return bool(free)
