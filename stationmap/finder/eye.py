"""One station at a time, as :meth:`Trip.judge` judges many: for a few dozens plain Python is quicker than arrays."""

from collections.abc import Callable, Mapping

from stationmap.finder.arrival import Door
from stationmap.finder.services import TIMED
from stationmap.finder.trip import LONGEST_MIN, Seen, Trip
from stationmap.hours.opening import State

# Plain numbers: members of an enumeration are slow to compare one by one.
_UNKNOWN, _OPEN = int(Door.UNKNOWN), int(State.OPEN)
_MINUTE = 1.0
_STATE_OF: Mapping[int, int] = {
    int(Door.CLOSED): int(State.CLOSED),
    int(Door.UNKNOWN): int(State.UNKNOWN),
    int(Door.OPEN): int(State.OPEN),
}


def eye(trip: Trip) -> Callable[[int, float], Seen]:
    """Return what tells of one station, at its distance in metres, what the trip meets there."""
    snapshot, moment, met, had_at = trip.snapshot, trip.moment, trip.outlook.met_one, trip.had_at
    zone_at, schedule_at, services = snapshot.zone_at, snapshot.schedule_at, snapshot.services
    starts_min, speed_m_min, open_now = trip.starts_min, trip.speed_m_min, trip.open_now
    margin_min, soon_min, made, door_at, left_min = (
        trip.margin_min,
        trip.soon_min,
        Seen._make,
        moment.door,
        moment.left_min,
    )
    needs, offered = trip.needs, [services.offer(need).had for need in trip.needs]
    ahead_min = max(margin_min, soon_min) + _MINUTE

    def arriving(schedule: int, minutes: float, start_min: float) -> tuple[int, float]:
        """Return what he meets, and the wait, where the state may be another when he arrives."""
        return (_UNKNOWN, 0.0) if minutes > LONGEST_MIN else met(schedule, start_min + minutes, margin_min, soon_min)

    def timed(position: int, entry_min: float, had: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            [
                had_at(services.row_at(position, need), position, entry_min) if one == TIMED else one
                for need, one in zip(needs, had, strict=True)
            ]
        )

    def see(position: int, metres: float) -> Seen:
        minutes, schedule, wait_min = metres / speed_m_min, schedule_at[position], 0.0
        if minutes + ahead_min < left_min[schedule] and minutes <= LONGEST_MIN:
            door = door_at[schedule]
        else:
            door, wait_min = arriving(schedule, minutes, starts_min[zone_at[position]])
        had = tuple([each[position] for each in offered]) if offered else ()
        if TIMED in had:
            entry_min = starts_min[zone_at[position]] + min(minutes, LONGEST_MIN) + wait_min
            had = timed(position, entry_min, had)
        now = _STATE_OF[door_at[schedule]] if open_now else _OPEN
        return made((position, metres, minutes, door, wait_min, had, now))

    return see
