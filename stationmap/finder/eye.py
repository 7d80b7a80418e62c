"""One station at a time, as :meth:`Trip.judge` judges many: for a few dozens plain Python is quicker than arrays."""

from collections.abc import Callable, Mapping

from stationmap.finder.arrival import Door
from stationmap.finder.services import TIMED
from stationmap.finder.trip import LONGEST_MIN, Seen, Trip
from stationmap.hours.opening import State

# Plain numbers: members of an enumeration are slow to compare one by one.
_UNKNOWN, _OPEN = int(Door.UNKNOWN), int(State.OPEN)
_STATE_OF: Mapping[int, int] = {
    int(Door.CLOSED): int(State.CLOSED),
    int(Door.UNKNOWN): int(State.UNKNOWN),
    int(Door.OPEN): int(State.OPEN),
}


def eye(trip: Trip) -> Callable[[int, float], Seen]:
    """Return what tells of one station, at its distance in metres, what the trip meets there."""
    snapshot, met, had_at = trip.snapshot, trip.outlook.met_one, trip.had_at
    zone_at, schedule_at, services = snapshot.zone_at, snapshot.schedule_at, snapshot.services
    starts_min, speed_m_min, open_now = trip.starts_min, trip.speed_m_min, trip.open_now
    margin_min, soon_min, made = trip.margin_min, trip.soon_min, Seen._make
    needs, offered = trip.needs, [services.offer(need).had for need in trip.needs]

    def timed(position: int, entry_min: float, had: tuple[int, ...]) -> tuple[int, ...]:
        rows = [services.row_at(position, need) for need in needs]
        return tuple(
            [had_at(row, position, entry_min) if one == TIMED else one for row, one in zip(rows, had, strict=True)]
        )

    def see(position: int, metres: float) -> Seen:
        minutes, start_min, schedule = metres / speed_m_min, starts_min[zone_at[position]], schedule_at[position]
        if minutes > LONGEST_MIN:
            arrival_min, door, wait_min = start_min + LONGEST_MIN, _UNKNOWN, 0.0
        else:
            arrival_min = start_min + minutes
            door, wait_min = met(schedule, arrival_min, margin_min, soon_min)
        had = tuple([each[position] for each in offered])
        if TIMED in had:
            had = timed(position, arrival_min + wait_min, had)
        now = _STATE_OF[met(schedule, start_min, 0.0, 0.0)[0]] if open_now else _OPEN
        return made((position, metres, minutes, door, wait_min, had, now))

    return see
