"""The few nearest stations of a trip by the compiled loop of :mod:`stationmap.finder.stream`."""

import numpy as np

from stationmap.finder.scene import Scene, Sought, in_a_box
from stationmap.finder.stream import stream
from stationmap.finder.trip import Trip
from stationmap.finder.walk import Walk
from stationmap.geo.earth import bend_at, geocentric_one


def streamed(trip: Trip, within_min: float | None, k: int, stage_m: float) -> tuple[Walk, int]:
    """Return the first k stations that serve, then the first k that may, and how many of them serve.

    Each are ordered by (distance, id). There are fewer where no more are within the stage, or where it would have to
    look too far for a loop: a list of less than k does not say that there are no more.

    Parameters
    ----------
    trip : Trip
        Judges; of a finite stage, or the answer may be far.
    within_min : float or None
        For whom the chances are made, see :meth:`Trip.chances`; None where every station that may have what is needed
        serves, whatever its state.
    k : int
        How many of each.
    stage_m : float
        How far at most.
    """
    at = geocentric_one(trip.lon, trip.lat)
    scene, sought = scene_of(trip, within_min), sought_of(trip, within_min, k, stage_m)
    whole, parts, serving = stream(at, bend_at(at), scene, np.array(trip.starts_min), sought)
    return Walk(whole, parts), serving


def scene_of(trip: Trip, within_min: float | None) -> Scene:
    """Return what stands around a trip, in its box: see :func:`streamed`."""
    key = "scene", within_min, trip.kinds, trip.needs, trip.open_now, trip.margin_min, trip.soon_min
    return trip.moment.paged(key, lambda: in_a_box(_scene(trip, within_min)))


def sought_of(trip: Trip, within_min: float | None, k: int, stage_m: float) -> Sought:
    """Return what a walk looks for: see :func:`streamed`."""
    speeds = float(trip.speed_m_min), float(trip.margin_min), float(trip.soon_min)
    return Sought(k, float(stage_m), within_min is None, trip.open_now, *speeds)


def _scene(trip: Trip, within_min: float | None) -> Scene:
    snapshot, needs = trip.snapshot, trip.needs
    chances = trip.possible_chances() if within_min is None else trip.chances(within_min)
    return Scene(
        chances.of_place,
        chances.of_station,
        snapshot.posts,
        snapshot.index.ground,
        trip.moment.hours,
        snapshot.remembered(("offered", needs), lambda: snapshot.services.offered(needs)),
    )
