"""What workers confirm in one tap: that a record is still right; dated and counted, apart from a clerk's check.

A tap is known by a token that the client makes up, and only a digest of it with the station is kept: the same tap
sent twice counts once, and two taps at two stations cannot be told to be of one phone. Taps move no revision.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from stationmap.errors import InvalidValue
from stationmap.register.database import Database
from stationmap.register.history import last_revision
from stationmap.register.holdings import STATIONS, not_found
from stationmap.register.layout import CONFIRMATION, STATION

COUNTED_DAYS = 90
MOST_A_DAY = 200
_MOST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How a station stands with the workers: the day of the last tap, and how many in the last 90 days."""

    last: date | None
    times_90_days: int


class Confirmations:
    """The taps of "still right"; of a ledger, see :attr:`stationmap.register.ledger.Ledger.confirmations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def confirm(self, station_id: str, *, day: date, token: str) -> None:
        """Count one tap; the same token counts once, and past 200 taps of one station and day no more are counted.

        Parameters
        ----------
        station_id : str
            Which station.
        day : date
            The day at the station, by the server's clock.
        token : str
            What the client made up for this tap, 1 to 200 characters.

        Raises
        ------
        NotFound
            When there is no such station.
        InvalidValue
            When the station is removed, or there is no token.
        """
        if not 0 < len(token) <= _MOST_TOKEN:
            raise InvalidValue("A confirmation needs a token of 1 to {most} characters.", most=_MOST_TOKEN)
        tap = hashlib.sha256(f"{station_id}|{token}".encode("utf-8", "backslashreplace")).hexdigest()[:32]
        with self._database.writing() as connection:
            last_revision(connection, lock=True)
            _check_standing(connection, station_id)
            of_station = CONFIRMATION.c.station_id == station_id
            if connection.scalar(select(CONFIRMATION.c.day).where(of_station, CONFIRMATION.c.tap == tap)) is not None:
                return
            that_day = CONFIRMATION.c.day == day.isoformat()
            if (connection.scalar(select(func.count()).where(of_station, that_day)) or 0) >= MOST_A_DAY:
                return
            connection.execute(insert(CONFIRMATION), [{"station_id": station_id, "tap": tap, "day": day.isoformat()}])
            newest = date.fromisoformat(str(connection.scalar(select(func.max(CONFIRMATION.c.day)).where(of_station))))
            forgotten = (newest - timedelta(COUNTED_DAYS)).isoformat()
            connection.execute(delete(CONFIRMATION).where(of_station, CONFIRMATION.c.day < forgotten))

    def of(self, station_id: str, *, today: date | None = None) -> Confirmed:
        """Return how a station stands; a station that nobody confirmed, or that is not there, has none.

        Parameters
        ----------
        station_id : str
            Which station.
        today : date, optional
            The last of the 90 days; the machine's day when none.
        """
        first = (today or date.today()) - timedelta(COUNTED_DAYS)  # noqa: DTZ011 - a day is enough
        of_station = CONFIRMATION.c.station_id == station_id
        with self._database.reading() as connection:
            last = connection.scalar(select(func.max(CONFIRMATION.c.day)).where(of_station))
            recent = select(func.count()).where(of_station, CONFIRMATION.c.day > first.isoformat())
            times = connection.scalar(recent) or 0
        return Confirmed(None if last is None else date.fromisoformat(last), times)

    def last_by_station(self) -> dict[str, date]:
        """Return the day of the last tap of every station that has one, by its id."""
        query = select(CONFIRMATION.c.station_id, func.max(CONFIRMATION.c.day)).group_by(CONFIRMATION.c.station_id)
        with self._database.reading() as connection:
            return {key: date.fromisoformat(day) for key, day in connection.execute(query.order_by("station_id"))}


def _check_standing(connection: Connection, station_id: str) -> None:
    removed = connection.scalar(select(STATION.c.removed).where(STATION.c.id == station_id))
    if removed is None:
        raise not_found(STATIONS, station_id)
    if removed:
        raise InvalidValue(
            "The station {id} was taken out of the register, so it cannot be confirmed. If it is there, report it.",
            id=station_id,
        )
