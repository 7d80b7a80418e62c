"""Published pictures of stations: re-encoded JPEGs without metadata, added by a clerk or with a report he accepted."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select

from stationmap.errors import InvalidValue, Message, NotFound, TooMany
from stationmap.register.database import Database, insert_numbered
from stationmap.register.desk.plaintext import day_text, plain, read_day
from stationmap.register.history import ChangeSet, Stamp, Written, changing
from stationmap.register.holdings import STATIONS, fetch, not_found
from stationmap.register.layout import PHOTO
from stationmap.register.soundness import json_text

MOST_OF_A_STATION = 12
MOST_CHARACTERS = 200
_TOLD = [column for column in PHOTO.c if column.name != "jpeg"]


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of a station; its bytes are :meth:`Photos.jpeg`."""

    id: int
    station_id: str
    width_px: int
    height_px: int
    taken_on: date | None
    caption: str
    source: str


class Photos:
    """The pictures of stations; of a ledger, see :attr:`stationmap.register.ledger.Ledger.photos`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, station_id: str) -> list[Photo]:
        """Return the pictures of a station, the one added last first; none for a station that is not there."""
        query = select(*_TOLD).where(PHOTO.c.station_id == station_id).order_by(PHOTO.c.id.desc())
        with self._database.reading() as connection:
            return [_photo(row) for row in connection.execute(query).mappings()]

    def jpeg(self, id: int) -> bytes:  # noqa: A002
        """Return the bytes of a picture.

        Raises
        ------
        NotFound
            When there is no such picture.
        """
        with self._database.reading() as connection:
            found = connection.scalar(select(PHOTO.c.jpeg).where(PHOTO.c.id == id))
        if found is None:
            raise _no_photo(id)
        return bytes(found)

    def add(
        self,
        station_id: str,
        jpeg: bytes,
        *,
        actor: str,
        reason: str = "photo",
        caption: str = "",
        taken_on: date | None = None,
        source: str = "",
    ) -> Photo:
        """Publish a picture; the ledger's revision moves.

        Parameters
        ----------
        station_id : str
            Which station.
        jpeg : bytes
            As :func:`stationmap.files.photo.reencode` returns it: nothing else is taken.
        actor, reason : str
            Who, and why.
        caption : str
            What it shows, at most 200 characters.
        taken_on : date, optional
            The day it shows.
        source : str
            Where it is from, in words.

        Raises
        ------
        NotFound
            When there is no such station.
        InvalidValue
            When it is no re-encoded JPEG.
        TooMany
            When the station has 12 already.
        """
        with changing(self._database, Stamp("photo", actor, reason, source)) as changes:
            photo = write(changes, station_id, jpeg, {"caption": caption, "taken_on": taken_on, "source": source})
            changes.settle()
        return photo

    def remove(self, id: int, *, actor: str, reason: str = "photo removed") -> Written:  # noqa: A002
        """Take a picture out, bytes and all; only the note of it stays in the history. The revision moves.

        Raises
        ------
        NotFound
            When there is no such picture.
        """
        with changing(self._database, Stamp("photo", actor, reason)) as changes:
            if changes.connection.execute(delete(PHOTO).where(PHOTO.c.id == id)).rowcount == 0:
                raise _no_photo(id)
            changes.record("photo", "discarded", [(str(id), None)])
            return Written(changes.settle(), updated=1)


def sound_jpeg(jpeg: bytes) -> tuple[int, int]:
    """Return width and height in pixels of a re-encoded JPEG.

    Raises
    ------
    InvalidValue
        When it is anything else: metadata may only be gone from what was re-encoded.
    """
    from stationmap.files.picture import size_of_plain_jpeg

    size = size_of_plain_jpeg(jpeg)
    if size is None:
        raise InvalidValue("A photo is kept only as re-encoded: run it through stationmap.files.photo.reencode.")
    return size


def write(changes: ChangeSet, station_id: str, jpeg: bytes, facts: Mapping[str, Any]) -> Photo:
    """Write one picture as a part of a change set, which is not settled yet; raises as :meth:`Photos.add`."""
    width_px, height_px = sound_jpeg(jpeg)
    if station_id not in fetch(STATIONS, changes.connection, [station_id]):
        raise not_found(STATIONS, station_id)
    there = changes.connection.scalar(select(func.count()).where(PHOTO.c.station_id == station_id)) or 0
    if there >= MOST_OF_A_STATION:
        raise TooMany(
            "The station {id} has {count} photos already, the most there may be. Remove one first.",
            id=station_id,
            count=there,
        )
    changes.begin()
    row = {
        "station_id": station_id,
        "width_px": width_px,
        "height_px": height_px,
        "taken_on": day_text(facts["taken_on"]),
        "caption": plain(facts["caption"], most=MOST_CHARACTERS, what=Message("the caption")),
        "source": plain(facts["source"], most=MOST_CHARACTERS, what=Message("the source")),
        "revision": changes.revision,
    }
    row["id"] = insert_numbered(changes.connection, PHOTO, row | {"jpeg": jpeg})
    fingerprint = {"jpeg_sha256": hashlib.sha256(jpeg).hexdigest()}
    changes.record("photo", "created", [(str(row["id"]), json_text(row | fingerprint))])
    return _photo(row)


def _photo(row: Any) -> Photo:
    told = {name: row[name] for name in ("id", "station_id", "width_px", "height_px", "caption", "source")}
    return Photo(**told, taken_on=read_day(row["taken_on"]))


def _no_photo(photo_id: int) -> NotFound:
    return NotFound("There is no photo with the number {id}.", id=photo_id)
