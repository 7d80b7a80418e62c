"""The few nearest stations of a trip by the compiled loop of :mod:`stationmap.finder.stream`."""

from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from stationmap.finder.blocks import Chances
from stationmap.finder.services import Offered
from stationmap.finder.stream import Sought, stream
from stationmap.finder.trip import Seen, Trip
from stationmap.geo.earth import bend_at, geocentric_one


def streamed(
    trip: Trip, chances: Chances, k: int, stage_m: float, *, any_state: bool = False
) -> tuple[list[Seen], list[Seen], NDArray[np.float64]]:
    """Return the first k stations that serve and the first k that may, each ordered by (distance, id).

    The last are the first five numbers of each :class:`Seen` of both, one after another.

    There are fewer where no more are within the stage, or where it would have to look too far for a loop: a list of
    less than k does not say that there are no more.

    Parameters
    ----------
    trip : Trip
        Judges; of a finite stage, or the answer may be far.
    chances : Chances
        Of the index of the trip: see :meth:`Trip.chances`.
    k : int
        How many of each.
    stage_m : float
        How far at most.
    any_state : bool
        Whether every station of the first chance serves, whatever it is found to be.
    """
    snapshot, needs = trip.snapshot, trip.needs

    def offered() -> Offered:
        return snapshot.remembered(("offered", needs), lambda: snapshot.services.offered(needs))

    at = geocentric_one(trip.lon, trip.lat)
    whole, parts, counts, _ = stream(
        at,
        bend_at(at),
        snapshot.index.ground,
        chances.of_place,
        chances.of_station,
        snapshot.schedule,
        snapshot.zone,
        np.array(trip.starts_min),
        trip.moment.hours,
        trip.moment.paged(("offered", needs), offered),
        Sought(
            k,
            float(stage_m),
            any_state,
            trip.open_now,
            float(trip.speed_m_min),
            float(trip.margin_min),
            float(trip.soon_min),
        ),
    )
    (position, door, now, *had), (_, metres, minutes, _, wait_min) = whole.T.tolist(), parts.T.tolist()
    each_had = zip(*had, strict=True) if had else repeat(())
    rows = list(map(Seen._make, zip(position, metres, minutes, door, wait_min, each_had, now, strict=False)))
    serving, doubtful = counts.tolist()
    numbers = np.concatenate((parts[:serving], parts[k : k + doubtful])).ravel()
    return rows[:serving], rows[k : k + doubtful], numbers
