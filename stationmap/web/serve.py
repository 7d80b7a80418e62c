"""The production server: waitress, one address, a stop that lets running requests finish."""

import contextlib
import errno
import gc
import ipaddress
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from stationmap.catalogue import DEFAULT_LANGUAGE, tell
from stationmap.errors import InvalidValue
from stationmap.register.ledger import Ledger
from stationmap.web.app import Settings, access_log, create_app
from stationmap.web.assets import Assets
from stationmap.web.desk.door import OFF
from stationmap.web.lines import Line
from stationmap.web.live import Live
from stationmap.web.stations import said
from stationmap.web.turns import Turns

THREADS = 4
RECEIVED_BYTES = 2 * said.MAX_BODY_BYTES
"""A photo above the bound is still received, up to here, so that the page can say so in words and give them back."""
PATIENCE_S = 5.0
_COLLECT_AFTER = (20_000, 20, 20)
"""A request makes hundreds of objects that go by themselves: the garbage collector need not look after each."""

_ALL_ADDRESSES = ("0.0.0.0", "::", "")  # noqa: S104 compared only


class Server:
    """The site on a port, listening from the moment it is made; :meth:`run` serves until :meth:`stop`.

    Parameters
    ----------
    settings : Settings
        What to serve.
    host : str
        Where to listen, such as 127.0.0.1 or 0.0.0.0.
    port : int
        0 takes any free one; :attr:`address` says which.
    threads : int
        How many requests at once at most; see :mod:`stationmap.web.turns`.
    proxy : str
        The address of a reverse proxy, such as 127.0.0.1: what it says of the caller and of TLS is believed, and of no
        one else. "" for none.

    Raises
    ------
    InvalidValue
        When the port is taken or may not be used, or the host is none of this machine's.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        host: str = "127.0.0.1",
        port: int = 8601,
        threads: int = THREADS,
        proxy: str = "",
    ) -> None:
        believed = _believed(proxy)
        listening = _listen(host, port)
        self.app = create_app(settings)
        self._stopping = threading.Event()
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            self.app,
            map=self._sockets,
            sockets=[listening],
            _dispatcher=Turns(threads),
            max_request_body_size=RECEIVED_BYTES,
            channel_timeout=60,
            ident="stationmap",
            **believed,
        )
        self._server.channel_class = Line
        self.address = _address(host, listening.getsockname()[1])

    def run(self) -> None:
        """Serve until :meth:`stop`, then let what is under way finish, at most a few seconds."""
        gc.set_threshold(*_COLLECT_AFTER)
        self.app.extensions["live"].start()
        if self.app.extensions["desk_door"].mode != OFF:
            self.app.extensions["desk_worker"].start()
        while not self._stopping.is_set():
            self._loop(1.0)
        self._server.accepting = False
        deadline = time.monotonic() + PATIENCE_S
        while self._busy() and time.monotonic() < deadline:
            self._loop(0.05)
        self.close(patience_s=max(0.1, deadline - time.monotonic()))

    def close(self, patience_s: float = 0.1) -> None:
        """Let threads, sockets and ledger go, without waiting for requests."""
        self.app.extensions["desk_worker"].stop(patience_s)
        self._server.task_dispatcher.shutdown(timeout=patience_s)
        wasyncore.close_all(self._sockets)
        self.app.extensions["live"].close()

    def stop(self) -> None:
        """Ask :meth:`run` to end; may be called from any thread or signal handler."""
        self._stopping.set()
        with contextlib.suppress(OSError):  # it has ended meanwhile, and its sockets are closed
            self._server.pull_trigger()

    def _loop(self, timeout_s: float) -> None:
        """Serve what is ready. By ``poll``: ``select`` fails where a thread has just closed a socket."""
        wasyncore.loop(timeout=timeout_s, use_poll=True, map=self._sockets, count=1)

    def _busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def _believed(proxy: str) -> dict[str, Any]:
    """Return what waitress needs to believe one reverse proxy, and to drop what others say in its name."""
    if not proxy:
        return {"clear_untrusted_proxy_headers": True}
    try:
        address = ipaddress.ip_address(proxy.strip())
    except ValueError:
        raise InvalidValue(
            "{value!r} is no address of a reverse proxy. Give its IP address as this machine sees it, such as"
            " 127.0.0.1.",
            value=proxy,
        ) from None
    return {
        "trusted_proxy": str(address),
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


def _print(line: str) -> None:
    print(line, flush=True)  # at once, also into a pipe or a journal


def serve(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 8601,
    threads: int = THREADS,
    proxy: str = "",
    lang: str = DEFAULT_LANGUAGE,
    say: Callable[[str], None] = _print,
) -> None:
    """Serve until Ctrl+C or a TERM signal, one line a request on standard error.

    ``say`` prints the address.

    Raises
    ------
    InvalidValue
        As :class:`Server` does, and when the settings name no ledger at all, such as a folder.
    LedgerUnavailable
        When there is no ledger, or it cannot be opened. One that is lost later is waited for.
    """
    Ledger.open(settings.database, create=False).close()
    server = Server(settings, host=host, port=port, threads=threads, proxy=proxy)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: server.stop())
    log_requests(logging.StreamHandler())
    announce(server, lang, say)
    server.run()


def announce(server: Server, lang: str, say: Callable[[str], None]) -> None:
    """Say where the site is, and what it lacks, when the ledger has been read or found unreadable."""
    assets: Assets = server.app.extensions["assets"]
    live: Live = server.app.extensions["live"]
    if not assets.parts:
        say(tell("The scripts of the pages were not built: no map, bare forms. Build them: make run", lang))
    fault = live.status().fault
    if fault is not None:
        say(tell("The pages stay empty until the ledger can be read. {fault}", lang, fault=fault))
    say(tell("Stationmap is at {address} (stop it with Ctrl+C)", lang, address=server.address))


def log_requests(lines: logging.Handler) -> None:
    """Send the access log to a handler: method, path and status, never what was asked."""
    lines.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    access_log.addHandler(lines)
    access_log.setLevel(logging.INFO)
    access_log.propagate = False
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a request that waits a moment is no news


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError, UnicodeError) as fault:
        raise _cannot_listen(fault, host, port) from fault


def _address(host: str, port: int) -> str:
    """Return the address to open in a browser: one of this machine where the server listens on all."""
    if host in _ALL_ADDRESSES:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _cannot_listen(fault: Exception, host: str, port: int) -> InvalidValue:
    code = fault.errno if isinstance(fault, OSError) else None
    if code == errno.EADDRINUSE:
        return InvalidValue(
            "Port {port} is taken. Stop what uses it, or take another: --port {other}", port=port, other=port + 1
        )
    if code == errno.EACCES:
        return InvalidValue("Port {port} may only be used by root. Take one above 1023: --port 8601", port=port)
    return InvalidValue(
        "{host}:{port} is no address of this machine. Take 127.0.0.1, or 0.0.0.0 for all.", host=host, port=port
    )
