"""The few nearest stations of a trip by the compiled loop of :mod:`stationmap.finder.stream`."""

import numpy as np

from stationmap.finder.blocks import Chances
from stationmap.finder.services import Offered
from stationmap.finder.stream import Sought, stream
from stationmap.finder.trip import Trip
from stationmap.finder.walk import Walk
from stationmap.geo.earth import bend_at, geocentric_one


def streamed(trip: Trip, chances: Chances, k: int, stage_m: float, *, any_state: bool = False) -> tuple[Walk, int]:
    """Return the first k stations that serve, then the first k that may, and how many of them serve.

    Each are ordered by (distance, id). There are fewer where no more are within the stage, or where it would have to
    look too far for a loop: a list of less than k does not say that there are no more.

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
    whole, parts, serving = stream(
        at,
        bend_at(at),
        snapshot.index.ground,
        chances.of_place,
        chances.of_station,
        snapshot.schedule,
        snapshot.zone,
        snapshot.marks,
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
    return Walk(whole, parts), serving
