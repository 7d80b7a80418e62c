"""The ledger: what is known of every station and host, and who made it known; the one door to the database."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from stationmap.register import extract, gazetteer, holdings, published
from stationmap.register.database import Database, database_url, default_database, file_of
from stationmap.register.gazetteer import Gazetteer
from stationmap.register.history import (
    Change,
    ChangeSet,
    Revision,
    Stamp,
    Written,
    changing,
    history,
    last_revision,
    log,
)
from stationmap.register.holdings import HOSTS, STATIONS, Holding, R
from stationmap.register.layout import HOST, STATION
from stationmap.register.plans import demands
from stationmap.register.upgrade import bring_up_to_date
from stationmap.schema.records import Host, Station

if TYPE_CHECKING:
    import pandas as pd

    from stationmap.register.changes import ChangesSince, Head
    from stationmap.register.desk.confirmations import Confirmations
    from stationmap.register.desk.events import Events
    from stationmap.register.desk.notices import Notices
    from stationmap.register.desk.photos import Photos
    from stationmap.register.desk.reports import Reports
    from stationmap.register.identity import Identities
    from stationmap.register.opendata import OpenData
    from stationmap.register.plans.demands import Demands
    from stationmap.register.plans.runs import Runs
    from stationmap.schema.tables import StationTables


class Ledger:
    """What is known now, and its history; open one with :meth:`open`.

    May be used from several threads: each operation takes a connection of its own. Every change goes in as
    one transaction under one new revision, or not at all; the same content again moves no revision.

    Every method raises LedgerUnavailable when the database is busy for longer than its timeout, can only be
    read, is full, damaged or out of reach; nothing was written then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str | Path | None = None, *, create: bool = True) -> Self:
        """Open a ledger; make it where there is none, and bring an older one up to date.

        Parameters
        ----------
        url : str or Path, optional
            A path or an SQLAlchemy URL; :func:`default_database` when none.
        create : bool
            Whether to make a ledger where there is none.

        Raises
        ------
        InvalidValue
            When ``url`` names a folder or no database at all.
        LedgerUnavailable
            When there is none and none shall be made, it cannot be opened, is no ledger, or of a newer stationmap.
        """
        database = Database(database_url(default_database() if url is None else url))
        try:
            database.prepare_file(create=create)
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @classmethod
    def exists(cls, url: str | Path | None = None) -> bool:
        """Tell whether there is a file where :meth:`open` would look; of a server, always True. Opens nothing."""
        found = database_url(default_database() if url is None else url)
        return found.get_backend_name() != "sqlite" or file_of(found).exists()

    @property
    def reports(self) -> "Reports":
        """What workers say is wrong, and what became of it."""
        from stationmap.register.desk.reports import Reports

        return Reports(self._database)

    @property
    def confirmations(self) -> "Confirmations":
        """What workers say is still right."""
        from stationmap.register.desk.confirmations import Confirmations

        return Confirmations(self._database)

    @property
    def notices(self) -> "Notices":
        """What the operator says to everyone."""
        from stationmap.register.desk.notices import Notices

        return Notices(self._database)

    @property
    def events(self) -> "Events":
        """What takes place at stations."""
        from stationmap.register.desk.events import Events

        return Events(self._database)

    @property
    def photos(self) -> "Photos":
        """The published pictures of stations."""
        from stationmap.register.desk.photos import Photos

        return Photos(self._database)

    @property
    def gazetteer(self) -> "Gazetteer":
        """What is known of the land and the year: boundaries, streets, days off."""
        return Gazetteer(self._database)

    @property
    def demands(self) -> "Demands":
        """The demand that planners loaded."""
        from stationmap.register.plans.demands import Demands

        return Demands(self._database)

    @property
    def runs(self) -> "Runs":
        """The runs of planners."""
        from stationmap.register.plans.runs import Runs

        return Runs(self._database)

    @property
    def open_data(self) -> "OpenData":
        """What everyone may have."""
        from stationmap.register.opendata import OpenData

        return OpenData(self._database)

    @property
    def place(self) -> str:
        """The file, or the URL without its password."""
        return self._database.place

    def can_write(self) -> bool:
        """Tell whether a change would be kept now: there is room, and nothing is write-protected. Changes nothing."""
        return self._database.can_write()

    def revision(self) -> int:
        """Return the number of the last revision, of whichever process; 0 for an empty ledger. Cheap."""
        with self._database.reading() as connection:
            return last_revision(connection)

    def put(
        self,
        stations: Sequence[Station],
        *,
        actor: str,
        reason: str,
        source: str = "",
        sha256: str = "",
        replace: bool = False,
    ) -> Written:
        """Write stations by their id: all of them or, when one cannot be kept, none.

        Parameters
        ----------
        stations : sequence of Station
            Merged with what is known (:func:`stationmap.register.merge.merge`); their ``revision`` is not read.
        actor, reason : str
            Who, and why.
        source, sha256 : str
            The file they came from, and the SHA-256 of its bytes.
        replace : bool
            Put each in the place of what is known instead: for a clerk who has seen the whole record.

        Raises
        ------
        InvalidValue
            When a record cannot be kept, or actor or reason is blank.
        """
        with self._changing("stations", actor, reason, source, sha256) as changes:
            return holdings.put(STATIONS, changes, stations, whole=replace)

    def put_hosts(
        self,
        hosts: Sequence[Host],
        *,
        actor: str,
        reason: str,
        source: str = "",
        sha256: str = "",
        replace: bool = False,
    ) -> Written:
        """Write hosts as :meth:`put` writes stations."""
        with self._changing("hosts", actor, reason, source, sha256) as changes:
            return holdings.put(HOSTS, changes, hosts, whole=replace)

    def remove(self, ids: Iterable[str], *, actor: str, reason: str, hosts: bool = False) -> Written:
        """Mark stations (or hosts) as removed: they count no more, but keep their page and history.

        A later list that still carries them does not bring them back; :meth:`restore` does.

        Raises
        ------
        NotFound
            When nothing stands under one of the ids; then none is removed.
        """
        with self._changing("removal", actor, reason) as changes:
            if hosts:
                return holdings.mark(HOSTS, changes, ids, removed=True)
            return holdings.mark(STATIONS, changes, ids, removed=True)

    def restore(self, ids: Iterable[str], *, actor: str, reason: str, hosts: bool = False) -> Written:
        """Bring removed stations (or hosts) back; raises as :meth:`remove`."""
        with self._changing("restoration", actor, reason) as changes:
            if hosts:
                return holdings.mark(HOSTS, changes, ids, removed=False)
            return holdings.mark(STATIONS, changes, ids, removed=False)

    def discard_fictional(self, *, actor: str, reason: str) -> int:
        """Take the sample city out: stations, hosts, areas, streets and demand, all but their history; return how many.

        What was reported of its stations, confirmed, noticed and shown goes with them.
        """
        with self._changing("discard", actor, reason) as changes:
            published.discard(changes, STATION.c.fictional)
            gone = holdings.discard(STATIONS, changes, STATION.c.fictional)
            gone += holdings.discard(HOSTS, changes, HOST.c.fictional)
            gone += gazetteer.discard_fictional(changes)
            gone += demands.discard_fictional(changes)
            changes.settle()
        return gone

    def station(self, id: str) -> Station:  # noqa: A002
        """Return one station, a removed one too.

        Raises
        ------
        NotFound
            When nothing stands under the id.
        """
        return self._one(STATIONS, id)

    def host(self, id: str) -> Host:  # noqa: A002
        """Return one host, a removed one too; raises as :meth:`station`."""
        return self._one(HOSTS, id)

    def records(
        self,
        *,
        fictional: bool = True,
        generated: bool = False,
        removed: bool = False,
        unlocated_only: bool = False,
    ) -> Iterator[Station]:
        """Yield the stations as records, by their ids, as they were when the first was taken; for exports."""
        conditions = extract.standing(STATION, fictional=fictional, generated=generated, removed=removed)
        if unlocated_only:
            conditions.append(STATION.c.lon.is_(None))
        with self._database.reading() as connection:
            yield from holdings.stream(STATIONS, connection, *conditions)

    def stations(self, *, fictional: bool = True, generated: bool = False, unlocated: bool = True) -> "StationTables":
        """Return the stations that count as tables at one revision, schema-checked, ordered by id.

        Parameters
        ----------
        fictional : bool
            With those of the sample city.
        generated : bool
            With records that a program made up; never asked for where real stations are meant.
        unlocated : bool
            With those without a place, their ``lon`` and ``lat`` NaN.
        """
        with self._database.reading() as connection:
            return extract.station_tables(
                connection, last_revision(connection), fictional=fictional, generated=generated, unlocated=unlocated
            )

    def hosts(self, *, fictional: bool = True, generated: bool = False, unlocated: bool = True) -> "pd.DataFrame":
        """Return the hosts that count, columns :data:`stationmap.register.extract.HOST_COLUMNS`, by id."""
        with self._database.reading() as connection:
            return extract.hosts(connection, fictional=fictional, generated=generated, unlocated=unlocated)

    def unlocated(self, *, fictional: bool = True, generated: bool = False) -> "pd.DataFrame":
        """Return the stations without a place, to be mended by a later import; ordered by id."""
        with self._database.reading() as connection:
            return extract.unlocated_stations(connection, fictional=fictional, generated=generated)

    def matcher(self, *, hosts: bool = False) -> "Identities":
        """Return what intake needs to know a record again: of every station (or host), removed ones too."""
        from stationmap.register.identity import Identities

        with self._database.reading() as connection:
            return Identities(extract.known_records(connection, HOST if hosts else STATION))

    def counts(self) -> dict[str, int]:
        """Return how many of what the ledger holds; see :func:`stationmap.register.extract.counts`."""
        with self._database.reading() as connection:
            return extract.counts(connection)

    def history(self, id: str, *, hosts: bool = False) -> list[Change]:  # noqa: A002
        """Return what happened to one station (or host), the oldest change first, of discarded ones too.

        Raises
        ------
        NotFound
            When nothing ever stood under the id.
        """
        holding = HOSTS if hosts else STATIONS
        with self._database.reading() as connection:
            changes = history(connection, holding.subject, id)
        if not changes:
            raise holdings.not_found(holding, id)
        return changes

    def log(self, limit: int = 50) -> list[Revision]:
        """Return the last revisions, the newest first."""
        with self._database.reading() as connection:
            return log(connection, limit)

    def changes_since(self, since: int, limit: int, after_id: str = "", known: "Head | None" = None) -> "ChangesSince":
        """Return the latest change of each station: :func:`stationmap.register.changes.changes_since`."""
        from stationmap.register.changes import changes_since

        with self._database.reading() as connection:
            return changes_since(connection, since, limit, after_id, known=known)

    @contextmanager
    def _changing(
        self, action: str, actor: str, reason: str, source: str = "", sha256: str = ""
    ) -> Iterator[ChangeSet]:
        """Give a change set in a transaction of its own, alone among all writers of the ledger."""
        with changing(self._database, Stamp(action, actor, reason, source, sha256)) as changes:
            yield changes

    def _one(self, holding: Holding[R], record_id: str) -> R:
        with self._database.reading() as connection:
            found = holdings.fetch(holding, connection, [record_id])
        if record_id not in found:
            raise holdings.not_found(holding, record_id)
        return found[record_id]
