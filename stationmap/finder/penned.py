"""An answer written by the compiled pen of :mod:`stationmap.finder.pen`."""

from array import array
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.clocks import since_midnight_us, steady
from stationmap.finder.pen import TOO_FAR, TOO_LONG, Clock, write
from stationmap.finder.search import Sight
from stationmap.finder.sheet import Texts, link_pieces
from stationmap.finder.told import Teller
from stationmap.finder.trip import Trip

_FEATURE_BYTES, _SPARE_BYTES = 3000, 10_000
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
    snapshot, clock = trip.snapshot, _clock(trip)
    if clock is None:
        return None
    told = [*teller.of(rows), end]
    ends = array("q", accumulate(map(len, told), initial=0))
    texts = Texts(np.frombuffer(b"".join(told), np.uint8), np.frombuffer(ends, np.int64))
    numbers = np.array([each[:5] for each in rows], np.float64) if seen.walk is None else seen.walk.parts
    room, groups = ends[-1] + _FEATURE_BYTES * len(rows) + _SPARE_BYTES, (len(seen.found), len(seen.maybe))
    links = link_pieces(mode)
    while True:
        out = np.empty(room, np.uint8)
        size = write(out, snapshot.sheet(), *links, clock, snapshot.zone, numbers.ravel(), groups, texts)
        if size == TOO_FAR:
            return None
        if size != TOO_LONG:
            return bytes(out.data[:size])  # numpy would let other threads in for a copy of this size
        room *= 2


def _clock(trip: Trip) -> Clock | None:
    """Return when he sets out in each zone; None where one does not keep its offset for a day.

    Clocks are changed on whole minutes: so who sets out in the same minute shares all but the seconds.
    """
    instants = trip.instants
    kept = trip.moment.paged("days", lambda: _days(instants))
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
