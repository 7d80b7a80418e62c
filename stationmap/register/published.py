"""What is published of stations beside their records: notices, events, photos; and how it goes with them."""

from sqlalchemy import ColumnElement, delete, select

from stationmap.register.history import ChangeSet
from stationmap.register.layout import EVENT, NOTICE, PHOTO, STATION


def discard(changes: ChangeSet, which: ColumnElement[bool]) -> None:
    """Take out what is published of some stations, all but its history; to be done before they are discarded.

    What nobody published (reports, confirmations) goes with the stations by itself.
    """
    stations = select(STATION.c.id).where(which)
    for table in (NOTICE, EVENT, PHOTO):
        ids = changes.connection.scalars(select(table.c.id).where(table.c.station_id.in_(stations))).all()
        changes.record(table.name, "discarded", [(str(key), None) for key in ids])
        changes.connection.execute(delete(table).where(table.c.station_id.in_(stations)))
