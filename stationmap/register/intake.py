"""A list of stations on its way in: columns found, cells read, places checked, all faults told at once.

Each row is accepted, or rejected with reasons that name the value and the remedy; nothing that a row says
is lost: what no field can hold stands in the note. A row with an address and no coordinates is accepted
*unlocated*. A row whose own words say that it was made up is accepted as *generated* and counts nowhere
unless asked for.

``list_name`` is what the keeper of a list calls it, the same each time; only then the numbers in the list
identify its rows. Without it a row is known again by our own id, its name and address, or its name and
place (:mod:`stationmap.register.identity`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from stationmap.errors import InvalidValue
from stationmap.files.table import Table
from stationmap.geo.areas import AreaTree
from stationmap.register.identity import Identities
from stationmap.register.lists import rejects
from stationmap.register.lists.duplicates import Duplicate
from stationmap.register.lists.entry import Entry, Settled, enter, settle
from stationmap.register.lists.evidence import DatumEvidence
from stationmap.register.lists.facts import StationFacts, read_facts
from stationmap.schema.faults import Fault
from stationmap.schema.records import Host, Station
from stationmap.schema.vocabulary import KINDS, require


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a list; complete, nothing is written yet.

    Parameters
    ----------
    rows : int
        Rows that carry anything: accepted, rejected, repeated and left out together.
    stations, hosts : tuple
        The accepted ones, unlocated ones included, in the order of the file.
    rejected : tuple of int
        Positions of the rejected rows in the table.
    repeated : tuple of int
        Positions of rows that repeat another one; each was taken once.
    faults : tuple of Fault
        Everything that is wrong, those of the whole file first, then by row.
    duplicates : tuple of Duplicate
        Rows that may be one place.
    unlocated : int
        Accepted rows without a place.
    removed : int
        Accepted rows that say that their station is there no more.
    generated : int
        Rows whose own words say that they were made up, left out or not.
    evidence : DatumEvidence or None
        What the named areas say of the datum; None without areas or coordinates.
    datum : str
        The datum that was taken, "" when no row has coordinates.
    columns : Mapping[str, str]
        Field -> column.
    ignored : tuple of str
        Columns that nothing was read from.
    """

    rows: int
    stations: tuple[Station, ...] = ()
    hosts: tuple[Host, ...] = ()
    rejected: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    unlocated: int = 0
    removed: int = 0
    generated: int = 0
    evidence: DatumEvidence | None = None
    datum: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def accepted(self) -> int:
        """Rows that go in."""
        return len(self.stations) + len(self.hosts)

    def rejects(self, table: Table, lang: str) -> pd.DataFrame:
        """Return the rejected rows with row numbers and reasons, to be mended and sent back."""
        return rejects.rejects(table, self.rejected, self.faults, lang)


def read_stations(
    table: Table,
    *,
    datum: str | None,
    column_map: Mapping[str, str] | None = None,
    default_kind: str | None = None,
    areas: AreaTree | None = None,
    known: Identities | None = None,
    timezone: str = "Asia/Shanghai",
    list_name: str = "",
    source: str = "",
    fictional: bool = False,
    keep_generated: bool = True,
) -> Intake:
    """Read a list of stations.

    Parameters
    ----------
    table : Table
        As it was read.
    datum : str or None
        The datum of the coordinates, in any spelling; None: it must be declared or proved.
    column_map : Mapping[str, str], optional
        Field (or code of a service) -> column, for columns that are not found by their names.
    default_kind : str, optional
        Kind of the rows whose columns and names speak of none; otherwise they are ``other``.
    areas : AreaTree, optional
        Boundaries: for the proof of the datum, for adcodes, and to check that points lie where they are
        said to.
    known : Identities, optional
        What the ledger knows, so that rows keep their ids.
    timezone : str
        IANA name of the zone of the hours.
    list_name : str
        What the keeper of the list calls it.
    source : str
        Where the list is from, in words; the file name when empty.
    fictional : bool
        The rows belong to the sample city.
    keep_generated : bool
        Take generated rows in, marked as such; otherwise leave them out, counted.

    Raises
    ------
    InvalidValue
        When an argument names what is not there.
    UnusableInput
        When the table has no rows, no column for the name, or only one of two coordinates.
    RefusedImport
        When the datum is neither stated nor declared nor proved; the message shows the evidence.
    """
    default = require(KINDS, default_kind, "kind").code if default_kind else "other"
    _check_zone(timezone)
    entry = enter(
        table,
        datum=datum,
        column_map=column_map or {},
        areas=areas,
        list_name=list_name,
        source=source,
        fictional=fictional,
    )
    facts = read_facts(entry, default)
    settled = settle(entry, facts.kinds, known=known or Identities(), list_name=list_name, fictional=fictional)
    notes = entry.sheet.notes()
    stations = [
        _station(entry, facts, settled, n, notes[i], timezone, fictional)
        for n, i in enumerate(settled.rows)
        if keep_generated or not entry.generated[i]
    ]
    return summed_up(entry, settled, stations=stations)


def summed_up(
    entry: Entry, settled: Settled, *, stations: Sequence[Station] = (), hosts: Sequence[Host] = ()
) -> Intake:
    """Return what became of a list, from what was made of its rows."""
    sheet = entry.sheet
    return Intake(
        rows=len(sheet),
        stations=tuple(stations),
        hosts=tuple(hosts),
        rejected=tuple(sheet.positions[sorted(sheet.rejected)].tolist()),
        repeated=tuple(sheet.positions[list(settled.repeated)].tolist()),
        faults=sheet.faults,
        duplicates=tuple(settled.duplicates),
        unlocated=sum(s.location is None for s in stations) + sum(h.location is None for h in hosts),
        removed=sum(s.removed for s in stations) + sum(h.removed for h in hosts),
        generated=sum(entry.generated[i] for i in settled.rows),
        evidence=entry.places.evidence,
        datum=entry.places.datum,
        columns=sheet.columns.told(),
        ignored=sheet.columns.ignored,
    )


def _station(
    entry: Entry, facts: StationFacts, settled: Settled, n: int, note: str, timezone: str, fictional: bool
) -> Station:
    i, record = settled.rows[n], settled.records[n]
    seats, area_m2, confirmed_on = facts.seats[i], facts.area_m2[i], facts.confirmed_on[i]
    return Station(
        id=record.id,
        name=record.name,
        address=record.address,
        area_name=record.area_name,
        adcode=entry.places.adcode[i],
        kinds=facts.kinds[i],
        location=entry.locations[i],
        hours=entry.hours[i],
        services=facts.services[i],
        access=facts.access[i],
        members_only=facts.members_only[i],
        floor=facts.texts["floor"][i],
        serves=facts.texts["serves"][i],
        host_type=facts.host_types[i],
        host_name=facts.texts["host_name"][i],
        build_mode=facts.build_modes[i],
        phone=facts.texts["phone"][i],
        seats=seats if isinstance(seats, int) else None,
        area_m2=area_m2 if isinstance(area_m2, float) else None,
        note=note,
        timezone=timezone,
        fictional=fictional,
        confirmed_on=confirmed_on if isinstance(confirmed_on, date) else None,
        confirmed_by=facts.texts["confirmed_by"][i],
        list_name=record.list_name,
        list_key=record.list_key,
        provenance=entry.provenance[i],
        removed=entry.removed[i],
    )


def _check_zone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (OSError, ValueError, KeyError):
        raise InvalidValue("{zone!r} is no time zone; name one like Asia/Shanghai.", zone=timezone) from None
