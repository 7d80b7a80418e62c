"""An answer written by the compiled pen of :mod:`stationmap.finder.pen`."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.clocks import since_midnight_us, steady
from stationmap.finder.moment import Moment
from stationmap.finder.pen import TOO_FAR, TOO_LONG, Clock, Told, write
from stationmap.finder.search import Sight
from stationmap.finder.sheet import link_pieces
from stationmap.finder.told import Teller

FEATURE_BYTES, SPARE_BYTES = 3000, 10_000
"""How much room an answer is given: most need less."""

_OFFSET_SIGNS = 15


def penned(seen: Sight, mode: str, teller: Teller, end: bytes) -> bytes | None:
    """Return an answer as GeoJSON in UTF-8; None where the pen does not know how.

    It does not where clocks are changed within the day, and beyond a day's travel.

    Parameters
    ----------
    seen : Sight
        What :func:`stationmap.finder.search.sight` returned.
    mode : str
        ``walk`` or ``ride``.
    teller : Teller
        Of the same.
    end : bytes
        What stands behind the features.
    """
    trip = seen.trip
    rows = [*seen.found, *seen.maybe, *seen.together] if seen.walk is None else seen.walk
    snapshot, clock = trip.snapshot, clock_of(trip.moment, trip.instants)
    if clock is None:
        return None
    texts = teller.of(rows)
    ends = np.fromiter(accumulate(map(len, texts), initial=0), np.int64, len(texts) + 1)
    told = Told(np.frombuffer(b"".join(texts), np.uint8), ends[:-1], ends[1:], np.empty((1, 0), np.uint8))
    numbers = np.array([each[:5] for each in rows]).reshape(-1, 5) if seen.walk is None else seen.walk.parts
    room = len(told.data) + FEATURE_BYTES * len(rows) + SPARE_BYTES + len(end)
    links, groups = link_pieces(mode), (len(seen.found), len(seen.maybe))
    tail = np.frombuffer(end, np.uint8)
    while True:
        out = np.empty(room, np.uint8)
        size = write(out, snapshot.sheet(), *links, clock, snapshot.posts, numbers, groups, told, tail)
        if size == TOO_FAR:
            return None
        if size != TOO_LONG:
            return bytes(out.data[:size])  # numpy would let other threads in for a copy of this size
        room *= 2


def clock_of(moment: Moment, instants: Sequence[datetime]) -> Clock | None:
    """Return when one sets out in each zone, in a moment; None where a zone does not keep its offset for a day.

    Clocks are changed on whole minutes: so who sets out in the same minute shares all but the seconds.
    """
    kept = moment.paged("days", lambda: _days(instants))
    return Clock(np.array([since_midnight_us(at) for at in instants]), *kept) if kept else None


def _days(instants: Sequence[datetime]) -> tuple[NDArray[np.uint8], ...]:
    """Return dates and offsets as :class:`Clock` has them; nothing where a zone does not keep its offset for a day."""
    times = [each for each in map(steady, instants) if each]
    if len(times) < len(instants):
        return ()
    dates = "".join("".join(each.dates) for each in times).encode()
    offsets = b"".join(each.offset.encode().ljust(_OFFSET_SIGNS, b"\0") for each in times)
    shapes = (len(times), 3, -1), (len(times), _OFFSET_SIGNS)
    return np.frombuffer(dates, np.uint8).reshape(shapes[0]), np.frombuffer(offsets, np.uint8).reshape(shapes[1])
