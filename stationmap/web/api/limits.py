"""How often one address may ask: buckets that fill by time, in memory only, and the answer when one is empty.

An address is known by a salted digest; the salt is made when the server starts and kept nowhere, so that no list of
callers can be read from the memory of another run. Callers from the machine itself are not limited: behind a reverse
proxy that is not declared (see the deployment page) all the world would be one caller. An IPv6 caller is his /64.

Each bucket is one number a caller (the generic cell rate algorithm): the moment at which it would be full again.
"""

import hashlib
import ipaddress
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

from flask import Flask, Response, g, request

from stationmap.errors import TooMany

MOST_CALLERS = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once, and as many again in so many seconds; ``quota`` 0 sets no limit."""

    quota: int
    window_s: float

    @property
    def policy(self) -> str:
        """The numbers as the header ``RateLimit-Policy`` has them."""
        return f"q={self.quota};w={math.ceil(self.window_s)}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How often one address may ask what.

    Many phones of one carrier share an address: the limits are for programs that run wild, not for a busy street.

    Parameters
    ----------
    open : Rate
        Questions to ``/api``, ``/ogc`` and posted forms.
    heavy : Rate
        Files that are made whole: downloads, the dump.
    kept : Rate
        What phones keep for use without a line; each asks four times an hour at most.
    said : Rate
        Reports and confirmations.
    """

    open: Rate = field(default_factory=lambda: Rate(600, 60))
    heavy: Rate = field(default_factory=lambda: Rate(30, 600))
    kept: Rate = field(default_factory=lambda: Rate(300, 600))
    said: Rate = field(default_factory=lambda: Rate(60, 3600))


class TooFast(TooMany):
    """One address asks more often than it may; ``retry_after_s`` later it may again."""

    retry_after_s: int = 1


class Buckets:
    """The buckets of one rate: at most ``MOST_CALLERS``; who did not ask for longest is forgotten first.

    Parameters
    ----------
    rate : Rate
        Its quota and window.
    clock : Callable
        Seconds, never going back.

    Examples
    --------
    >>> buckets = Buckets(Rate(2, 60), clock=lambda: 0.0)
    >>> buckets.take(b"a"), buckets.take(b"a"), buckets.take(b"a")
    ((1, 0.0), (0, 0.0), (0, 30.0))
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._step_s = rate.window_s / max(rate.quota, 1)
        self._clock = clock
        self._full_at: OrderedDict[bytes, float] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, caller: bytes) -> tuple[int, float]:
        """Take one from the bucket of a caller.

        Returns
        -------
        left : int
            How many more he may take at once.
        wait_s : float
            0 when one was taken, else the seconds until there is one.
        """
        now = self._clock()
        with self._lock:
            full_at = max(self._full_at.get(caller, now), now) + self._step_s
            wait_s = full_at - now - self.rate.window_s
            if wait_s > 1e-9:
                return 0, wait_s
            self._full_at[caller] = full_at
            self._full_at.move_to_end(caller)
            if len(self._full_at) > MOST_CALLERS:
                self._full_at.popitem(last=False)
        return int((now + self.rate.window_s - full_at) / self._step_s + 1e-6), 0.0


_HEAVY = ("/api/v1/download/", "/api/v1/dump")
_KEPT = "/api/v1/bundle"
_OPEN = ("/api/", "/ogc")
_SAID = ("/reports", "/confirmations", "/say", "/right")


def bucket_of(method: str, path: str) -> str:
    """Return the name of the rate under which a request falls, "" for none.

    Examples
    --------
    >>> bucket_of("GET", "/api/v1/nearest"), bucket_of("POST", "/api/v1/stations/a/reports"), bucket_of("GET", "/")
    ('open', 'said', '')
    >>> bucket_of("POST", "/api/v1/bundle"), bucket_of("GET", "/api/v1/dump")
    ('kept', 'heavy')
    """
    if path.startswith(_HEAVY):
        return "heavy"
    if path == _KEPT:
        return "kept"
    if method == "POST" and path.endswith(_SAID):
        return "said"
    return "open" if path.startswith(_OPEN) or method == "POST" else ""


def install(app: Flask, limits: Limits) -> None:
    """Have every request of the app take one from the bucket of its caller before anything is done for it."""
    salt = secrets.token_bytes(16)
    rates = {"open": limits.open, "heavy": limits.heavy, "kept": limits.kept, "said": limits.said}
    buckets: Mapping[str, Buckets] = {name: Buckets(rate) for name, rate in rates.items() if rate.quota > 0}

    @lru_cache(maxsize=4096)
    def caller(address: str) -> bytes | None:
        return _caller(address, salt)

    def guard() -> None:
        name = bucket_of(request.method, request.path)
        who = caller(request.remote_addr or "") if name in buckets and request.method != "OPTIONS" else None
        if who is None:
            return
        left, wait_s = buckets[name].take(who)
        g.limited = (name, left, math.ceil(wait_s or buckets[name].rate.window_s / buckets[name].rate.quota))
        if wait_s > 0:
            fault = TooFast(
                "Too many requests from your address. Ask again in {seconds} s; a file of all stations is at {path}.",
                seconds=math.ceil(wait_s),
                path="/api/v1/dump",
            )
            fault.retry_after_s = math.ceil(wait_s)
            raise fault

    def tell(response: Response) -> Response:
        told = g.get("limited")
        if told is not None:
            name, left, seconds = told
            response.headers["RateLimit-Policy"] = f'"{name}";{buckets[name].rate.policy}'
            response.headers["RateLimit"] = f'"{name}";r={left};t={seconds}'
        return response

    app.before_request(guard)
    app.after_request(tell)


def _caller(address: str, salt: bytes) -> bytes | None:
    """Return what a caller is known by; None for one of this machine, who is not limited."""
    try:
        host = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a socket of this machine has no address
        return None
    if isinstance(host, ipaddress.IPv6Address):
        host = host.ipv4_mapped or host
    if host.is_loopback:
        return None
    network = host.packed if host.version == 4 else host.packed[:8]
    return hashlib.blake2b(network, key=salt, digest_size=8).digest()
