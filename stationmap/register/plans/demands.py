"""Demand that planners loaded, kept whole in the ledger: every number of a run can be made again from it.

The ledger keeps the bytes of a Parquet file and what is told of it; what stands in it only the planners' floor knows.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from stationmap.errors import InvalidValue, Message, NotFound, TooMany
from stationmap.register.database import Database
from stationmap.register.desk.plaintext import plain
from stationmap.register.history import ChangeSet, Stamp, Written, changing
from stationmap.register.layout import DEMAND
from stationmap.register.soundness import json_text

MOST_BYTES = 200_000_000
MOST_KEPT = 100
MOST_NAME, MOST_SOURCE = 60, 200
_TOLD = [column for column in DEMAND.c if column.name != "parquet"]


@dataclass(frozen=True, slots=True)
class KeptDemand:
    """What is told of demand that is kept; its bytes are :meth:`Demands.parquet`.

    Attributes
    ----------
    name : str
        Unique; a run names it.
    rows : int
        How many places.
    weights : Mapping[str, float]
        The total of each weight.
    source, sha256 : str
        The file it was read from, and the SHA-256 of the bytes that are kept.
    fictional : bool
        Whether it is that of the sample city.
    revision : int
        The revision that put it in.
    """

    name: str
    rows: int
    weights: Mapping[str, float]
    source: str
    sha256: str
    fictional: bool
    revision: int


class Demands:
    """The demand of a ledger; see :attr:`stationmap.register.ledger.Ledger.demands`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, *, fictional: bool = True) -> list[KeptDemand]:
        """Return what is told of each, by name."""
        query = select(*_TOLD).order_by(DEMAND.c.name)
        if not fictional:
            query = query.where(DEMAND.c.fictional.is_(False))
        with self._database.reading() as connection:
            return [_kept(row) for row in connection.execute(query).mappings()]

    def one(self, name: str) -> KeptDemand:
        """Return what is told of one.

        Raises
        ------
        NotFound
            When none has that name; it lists those that there are.
        """
        found = {each.name: each for each in self.all()}
        if name not in found:
            raise NotFound(
                "There is no demand called {name}; there are: {known}. Load it first: stationmap load demand FILE",
                name=repr(name),
                known=tuple(found) or "-",
            )
        return found[name]

    def parquet(self, name: str) -> bytes:
        """Return the bytes of one; raises as :meth:`one`."""
        with self._database.reading() as connection:
            found = connection.scalar(select(DEMAND.c.parquet).where(DEMAND.c.name == name))
        if found is None:
            self.one(name)
        return bytes(found or b"")

    def put(
        self,
        name: str,
        parquet: bytes,
        *,
        rows: int,
        weights: Mapping[str, float],
        actor: str,
        source: str = "",
        fictional: bool = False,
    ) -> Written:
        """Keep demand under a name, in the place of what had it before; the same again moves no revision.

        Parameters
        ----------
        name : str
            1 to 60 characters.
        parquet : bytes
            What is kept, at most 200 MB.
        rows, weights
            What is told of it.
        actor, source : str
            Who, and from which file.
        fictional : bool
            Whether it is that of the sample city: it never takes the place of a real one.

        Raises
        ------
        InvalidValue
            When the name is empty or too long, the bytes are too many, or a fictional one would replace a real one.
        TooMany
            When 100 are kept already.
        """
        title = plain(name, most=MOST_NAME, what=Message("the name of the demand"))
        if not title:
            raise InvalidValue("Demand needs a name to be kept under. Give it one.")
        if len(parquet) > MOST_BYTES:
            raise InvalidValue(
                "The demand {name} takes {size} MB; at most {most} MB are kept. Take coarser cells, or run it from its"
                " file: stationmap coverage --demand FILE",
                name=title,
                size=round(len(parquet) / 1e6),
                most=MOST_BYTES // 1_000_000,
            )
        digest = hashlib.sha256(parquet).hexdigest()
        row = {
            "name": title,
            "rows": rows,
            "weights": dict(weights),
            "source": plain(source, most=MOST_SOURCE, what=Message("the source")),
            "sha256": digest,
            "fictional": fictional,
        }
        with changing(self._database, Stamp("demand", actor, "load demand", source, digest)) as changes:
            return _write(changes, row, parquet)

    def discard(self, name: str, *, actor: str) -> Written:
        """Take demand out; runs made with it keep their results. Raises as :meth:`one`."""
        self.one(name)
        with changing(self._database, Stamp("demand", actor, "demand removed")) as changes:
            gone = changes.connection.execute(delete(DEMAND).where(DEMAND.c.name == name)).rowcount
            if gone:
                changes.record("demand", "discarded", [(name, None)])
            return Written(changes.settle(), updated=gone)


def discard_fictional(changes: ChangeSet) -> int:
    """Take the demand of the sample city out as a part of a change set; return how many."""
    names = changes.connection.scalars(select(DEMAND.c.name).where(DEMAND.c.fictional)).all()
    changes.record("demand", "discarded", [(name, None) for name in names])
    changes.connection.execute(delete(DEMAND).where(DEMAND.c.fictional))
    return len(names)


def _write(changes: ChangeSet, row: dict[str, Any], parquet: bytes) -> Written:
    connection, same = changes.connection, DEMAND.c.name == row["name"]
    before = connection.execute(select(DEMAND.c.sha256, DEMAND.c.fictional).where(same)).first()
    if before is not None and before.fictional is False and row["fictional"]:
        raise InvalidValue("The demand {name} is real; that of the sample city does not replace it.", name=row["name"])
    if before is not None and before.sha256 == row["sha256"] and before.fictional == row["fictional"]:
        return Written(changes.before, unchanged=1)
    if before is None and len(connection.scalars(select(DEMAND.c.name)).all()) >= MOST_KEPT:
        raise TooMany("The ledger keeps {count} sets of demand already. Remove one first.", count=MOST_KEPT)
    changes.begin()
    values = {**row, "revision": changes.revision, "parquet": parquet}
    connection.execute(insert(DEMAND).values(values) if before is None else update(DEMAND).where(same).values(values))
    action = "created" if before is None else "updated"
    changes.record("demand", action, [(row["name"], json_text(row))])
    return Written(changes.settle(), created=int(before is None), updated=int(before is not None))


def _kept(row: Any) -> KeptDemand:
    weights = row["weights"] if isinstance(row["weights"], dict) else json.loads(row["weights"])
    return KeptDemand(**{**row, "weights": weights})
