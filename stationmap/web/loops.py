"""When questions are answered by compiled loops: once a process has compiled them, beside its first answers.

Compiling takes seconds where nothing is kept of it. So a server begins without, and goes over when it is done.
"""

import logging
import threading
from dataclasses import replace

from stationmap.finder.answer import make_ready
from stationmap.finder.compiled import AVAILABLE
from stationmap.finder.snapshot import Snapshot

log = logging.getLogger(__name__)
_ready, _starting = threading.Event(), threading.Lock()
_begun: list[threading.Thread] = []


def are_ready() -> bool:
    """Return whether this process has compiled its loops."""
    return _ready.is_set()


def quickened(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot that is answered by compiled loops where these are ready; else have them made ready beside."""
    if snapshot.swift or not AVAILABLE or not len(snapshot):
        return snapshot
    swift = replace(snapshot, swift=True)
    if _ready.is_set():
        make_ready(swift)
        return swift
    with _starting:
        if not _begun:
            # No daemon: where a process ends in the middle of it, the compiler must not be torn away.
            _begun.append(threading.Thread(target=_make_ready, args=(swift,), name="stationmap-loops", daemon=False))
            _begun[0].start()
    return snapshot


def _make_ready(snapshot: Snapshot) -> None:
    try:
        make_ready(snapshot)
    except Exception:
        log.exception("The loops could not be compiled: questions are answered without them.")
    else:
        _ready.set()
