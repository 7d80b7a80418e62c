"""What is known of the land and the year: boundaries, streets, days off; WGS 84, with the source of each."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from stationmap.errors import InvalidValue
from stationmap.register.database import Database, run_many
from stationmap.register.history import ChangeSet, Stamp, Written, changing
from stationmap.register.layout import AREA, CALENDAR_DAY, STREET
from stationmap.register.soundness import json_text

if TYPE_CHECKING:
    import pandas as pd

    from stationmap.geo.areas import Area
    from stationmap.hours.calendar import CalendarDay

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Street:
    """A street: its name and its line, degrees WGS 84.

    ``id`` is the id of its source (an OSM way); "" when there is none: then name and line make one.
    """

    name: str
    geometry: BaseGeometry
    id: str = ""


class Gazetteer:
    """Boundaries, streets and days off; of a ledger, see :attr:`stationmap.register.ledger.Ledger.gazetteer`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_areas(
        self,
        areas: Sequence["Area"],
        *,
        actor: str,
        reason: str,
        source: str = "",
        sha256: str = "",
        fictional: bool = False,
    ) -> Written:
        """Write boundaries (WGS 84) by their adcode; of two with one adcode the later one counts.

        A fictional one never takes a real one's place; one without geometry keeps the geometry that is known.

        Raises
        ------
        InvalidValue
            When an area has no adcode.
        """
        nameless = next((area for area in areas if not area.adcode.strip()), None)
        if nameless is not None:
            raise InvalidValue(
                "The area {name!r} has no code, so nothing can point to it. Give each area a code.", name=nameless.name
            )
        geometries = shapely.to_wkb(np.array([area.geometry for area in areas], dtype=object))
        rows = [
            {
                "adcode": area.adcode,
                "name": area.name,
                "level": area.level,
                "parent": area.parent,
                "geometry": geometry,
                "fictional": fictional,
            }
            for area, geometry in zip(areas, geometries, strict=True)
        ]
        return self._put(AREA, rows, Stamp("areas", actor, reason, source, sha256))

    def areas(self, *, fictional: bool = True) -> list["Area"]:
        """Return the boundaries, WGS 84, ordered by adcode."""
        with self._database.reading() as connection:
            return areas(connection, fictional=fictional)

    def put_streets(
        self,
        streets: Sequence[Street],
        *,
        actor: str,
        reason: str,
        source: str = "",
        sha256: str = "",
        fictional: bool = False,
    ) -> Written:
        """Write streets (WGS 84) by their id; of two with one id the later one counts.

        A fictional one never takes a real one's place.

        Raises
        ------
        InvalidValue
            When a street has no line.
        """
        lineless = next((street for street in streets if shapely.is_missing(street.geometry)), None)
        if lineless is not None:
            raise InvalidValue("The street {name!r} has no line. Leave it out.", name=lineless.name)
        geometries = shapely.to_wkb(np.array([street.geometry for street in streets], dtype=object))
        rows = [
            {
                "id": street.id or _fingerprint(street.name.encode() + geometry)[:20],
                "name": street.name,
                "geometry": geometry,
                "fictional": fictional,
            }
            for street, geometry in zip(streets, geometries, strict=True)
        ]
        return self._put(STREET, rows, Stamp("streets", actor, reason, source, sha256))

    def streets(self, *, fictional: bool = True) -> "pd.DataFrame":
        """Return the streets: columns id, name, geometry (shapely, WGS 84); ordered by id."""
        import pandas as pd

        with self._database.reading() as connection:
            rows = _present(connection, STREET, ("id", "name", "geometry"), fictional=fictional)
        geometries = shapely.from_wkb(np.array([row[2] for row in rows], dtype=object))
        return pd.DataFrame(
            {
                "id": pd.Series([row[0] for row in rows], dtype=str),
                "name": pd.Series([row[1] for row in rows], dtype=str),
                "geometry": pd.Series(geometries, dtype=object),
            }
        )

    def put_calendar(
        self, days: Sequence["CalendarDay"], *, actor: str, reason: str, source: str = "", sha256: str = ""
    ) -> Written:
        """Write announced days off and make-up working days by their date; a later announcement overrides."""
        rows = [{"day": day.day.isoformat(), "off": day.off, "name": day.name} for day in days]
        return self._put(CALENDAR_DAY, rows, Stamp("calendar", actor, reason, source, sha256))

    def calendar_days(self) -> list["CalendarDay"]:
        """Return the announced days, in their order."""
        from stationmap.hours.calendar import CalendarDay

        with self._database.reading() as connection:
            rows = connection.execute(select(CALENDAR_DAY).order_by(CALENDAR_DAY.c.day)).all()
        return [CalendarDay(date.fromisoformat(row.day), row.off, row.name) for row in rows]

    def _put(self, table: Table, rows: Sequence[dict[str, Any]], stamp: Stamp) -> Written:
        with changing(self._database, stamp) as changes:
            return _put(changes, table, rows)


def areas(connection: Connection, *, fictional: bool) -> list["Area"]:
    """Return the areas, WGS 84, ordered by adcode."""
    from stationmap.geo.areas import Area

    rows = _present(connection, AREA, ("adcode", "name", "level", "parent", "geometry"), fictional=fictional)
    geometries = shapely.from_wkb(np.array([row[-1] for row in rows], dtype=object))
    return [
        Area(adcode, name, level, parent, geometry)
        for (adcode, name, level, parent, _), geometry in zip(rows, geometries, strict=True)
    ]


def discard_fictional(changes: ChangeSet) -> int:
    """Take the areas and streets of the sample city out, all but the note of it; return how many."""
    gone = 0
    for table in (AREA, STREET):
        keys = changes.connection.scalars(select(table.c[_key(table)]).where(table.c.fictional)).all()
        changes.record(table.name, "discarded", [(key, None) for key in keys])
        changes.connection.execute(delete(table).where(table.c.fictional))
        gone += len(keys)
    return gone


def _put(changes: ChangeSet, table: Table, rows: Sequence[dict[str, Any]]) -> Written:
    """Write the rows that are new or changed, by the table's key, and settle; the source alone is no change."""
    key = _key(table)
    coming = {row[key]: row for row in rows}
    counts = {"created": 0, "updated": 0}
    for start in range(0, len(coming), _AT_ONCE):
        keys = list(coming)[start : start + _AT_ONCE]
        query = select(table).where(table.c[key].in_(keys))
        known = {row[key]: dict(row) for row in changes.connection.execute(query).mappings()}
        pairs = [(known.get(k), _after(known.get(k), coming[k])) for k in keys]
        created = [new for old, new in pairs if old is None]
        updated = [new for old, new in pairs if old is not None and any(old[c] != new[c] for c in new)]
        _write(changes, table, created, updated)
        counts["created"] += len(created)
        counts["updated"] += len(updated)
    unchanged = len(coming) - counts["created"] - counts["updated"]
    return Written(changes.settle(), counts["created"], counts["updated"], unchanged)


def _after(known: dict[str, Any] | None, coming: dict[str, Any]) -> dict[str, Any]:
    """Return what a row becomes: a fictional one never takes a real one's place, no geometry erases none."""
    if known is None:
        return coming
    if coming.get("fictional") and not known["fictional"]:
        return {name: known[name] for name in coming}
    if "geometry" in coming and coming["geometry"] is None and known["fictional"] == coming["fictional"]:
        return coming | {"geometry": known["geometry"]}
    return coming


def _write(
    changes: ChangeSet, table: Table, created: Sequence[dict[str, Any]], updated: Sequence[dict[str, Any]]
) -> None:
    if not created and not updated:
        return
    changes.begin()
    key = _key(table)
    stamp = {"source": changes.stamp.source, "revision": changes.revision}
    run_many(changes.connection, insert(table), [row | stamp for row in created])
    query = update(table).where(table.c[key] == bindparam("known_key"))
    run_many(changes.connection, query, [row | stamp | {"known_key": row[key]} for row in updated])
    for action, rows in (("created", created), ("updated", updated)):
        changes.record(table.name, action, [(row[key], _spoken(row | stamp)) for row in rows])


def _spoken(row: Mapping[str, Any]) -> str:
    """Return a row as JSON for the history, where a fingerprint (SHA-256) stands for the geometry."""
    geometry = row.get("geometry")
    plain = {name: value for name, value in row.items() if name != "geometry"}
    return json_text(plain if geometry is None else plain | {"geometry_sha256": _fingerprint(geometry)})


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _key(table: Table) -> str:
    return next(iter(table.primary_key.columns)).name


def _present(connection: Connection, table: Table, names: Sequence[str], *, fictional: bool) -> list[tuple[Any, ...]]:
    query = select(*(table.c[name] for name in names)).order_by(table.c[names[0]])
    if not fictional:
        query = query.where(table.c.fictional.is_(False))
    return [tuple(row) for row in connection.execute(query)]
