"""The register as it is given away: stations that count, at one revision, without what concerns a person.

Generated records never appear. The name of whoever confirmed a record is left out: it may be a person's.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from stationmap.register import extract, holdings
from stationmap.register.changes import Head, head_of
from stationmap.register.database import Database
from stationmap.register.history import last_revision
from stationmap.register.layout import CHANGE, REVISION, STATION
from stationmap.schema.records import Basis, Station


@dataclass(frozen=True, slots=True)
class Edition:
    """The stations that count at one revision, made at an instant (aware; None before the first revision).

    ``stations`` yields them by their ids, once; those of the sample city are among them and marked as fictional.
    """

    revision: int
    at: datetime | None
    stations: Iterator[Station]


class OpenData:
    """What everyone may have; of a ledger, see :attr:`stationmap.register.ledger.Ledger.open_data`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def edition(self, ids: Sequence[str] | None = None) -> Iterator[Edition]:
        """Give the register as it stands now, or some of its stations; whatever is written meanwhile, it stays so."""
        with self._database.reading() as connection:
            revision = last_revision(connection)
            stations = _some(connection, ids) if ids is not None else _all(connection)
            yield Edition(revision, _instant(connection, revision), stations)

    def some(self, ids: Sequence[str]) -> dict[str, Station]:
        """Return those of at most a few thousand stations that count now, by id."""
        with self._database.reading() as connection:
            return {station.id: station for station in _some(connection, ids)}

    def head(self) -> Head:
        """Return where the ledger stands: what tells it from one that was put back and has that revision again."""
        with self._database.reading() as connection:
            return head_of(connection)

    def made_at(self, revision: int) -> datetime | None:
        """Return when a revision was made (aware, UTC); None when there is none of that number."""
        with self._database.reading() as connection:
            return _instant(connection, revision)

    def removed_at(self, id: str) -> datetime | None:  # noqa: A002 the ledger's own word
        """Return when a station was last removed (aware, UTC); None when it never was."""
        query = (
            select(REVISION.c.at)
            .join_from(CHANGE, REVISION)
            .where(CHANGE.c.subject == "station", CHANGE.c.record_id == id, CHANGE.c.action == "removed")
            .order_by(CHANGE.c.revision.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            at = connection.scalar(query)
        return None if at is None else datetime.fromisoformat(at)


_AT_ONCE = 500


def public(station: Station) -> Station:
    """Return a station without what concerns a person."""
    return replace(station, confirmed_by="") if station.confirmed_by else station


def _all(connection: Connection) -> Iterator[Station]:
    conditions = extract.standing(STATION, fictional=True, generated=False)
    return map(public, holdings.stream(holdings.STATIONS, connection, *conditions))


def _some(connection: Connection, ids: Sequence[str]) -> Iterator[Station]:
    for start in range(0, len(ids), _AT_ONCE):
        known = holdings.fetch(holdings.STATIONS, connection, ids[start : start + _AT_ONCE])
        yield from (public(station) for station in known.values() if _counts(station))


def _counts(station: Station) -> bool:
    return not station.removed and station.provenance.basis is not Basis.GENERATED


def _instant(connection: Connection, revision: int) -> datetime | None:
    at = connection.scalar(select(REVISION.c.at).where(REVISION.c.id == revision))
    return None if at is None else datetime.fromisoformat(at)
