"""What stations and hosts have in common on the way in: rows, places, hours, provenance, ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from stationmap.errors import InvalidValue, Message, UnusableInput
from stationmap.files.table import Table
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import canonical
from stationmap.hours.expression import parse
from stationmap.hours.text import read as read_hours
from stationmap.register.identity import Identities, KnownRecord, has_own_form, normalised
from stationmap.register.lists import cells, columns, duplicates, origin
from stationmap.register.lists.duplicates import Duplicate, Resemblance
from stationmap.register.lists.placing import Places, named_areas, place
from stationmap.register.lists.sheet import Sheet
from stationmap.register.lists.standing import Standings, read_standings
from stationmap.schema.faults import Severity
from stationmap.schema.records import Basis, Hours, Location, Makeup, Provenance

_NAMES_TOLD = 5
_ORIGIN_FIELDS = ("note", "source", "coord_source", "confirmed_by")


@dataclass(frozen=True, slots=True)
class Entry:
    """The rows of a list, as far as stations and hosts are alike; one item a row of the sheet."""

    sheet: Sheet
    places: Places
    names: Sequence[str]
    addresses: Sequence[str]
    area_names: Sequence[str]
    generated: Sequence[bool]
    provenance: Sequence[Provenance]
    locations: Sequence[Location | None]
    hours: Sequence[Hours]
    removed: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Settled:
    """Which rows go in, under which ids; rows are counted in the sheet."""

    rows: Sequence[int]
    records: Sequence[KnownRecord]
    repeated: Sequence[int]
    duplicates: Sequence[Duplicate]


def enter(
    table: Table,
    *,
    datum: str | None,
    column_map: Mapping[str, str],
    areas: AreaTree | None,
    list_name: str,
    source: str,
    fictional: bool,
) -> Entry:
    """Return the rows of a table as far as stations and hosts are alike, faults put down in its sheet.

    ``fictional`` rows say of themselves that they are made up; within the sample city that is no news, and they are
    marked as a whole.

    Raises
    ------
    InvalidValue
        When the datum or the column map names what is not there.
    UnusableInput
        When the table has no row, no column for the name, or only one of two coordinates.
    RefusedImport
        When the datum is neither stated nor declared nor proved.
    """
    stated = canonical(datum) if datum else ""
    sheet = Sheet(table, _columns(table, column_map, stated))
    if not len(sheet):
        raise UnusableInput("{file} holds no row below its headings.", file=table.source)
    sheet.check_rows()
    names = sheet.names()
    places = place(sheet, stated=stated, areas=areas)
    generated = [False] * len(sheet) if fictional else _generated(sheet)
    provenance = _provenance(sheet, generated, list_name, source)
    addresses = _addresses(sheet)
    _tell_placeless(sheet, places, addresses)
    standings = read_standings(sheet)
    return Entry(
        sheet=sheet,
        places=places,
        names=names,
        addresses=addresses,
        area_names=named_areas(sheet)[0],
        generated=generated,
        provenance=provenance,
        locations=_locations(sheet, places, provenance),
        hours=_shut(sheet, _hours(sheet, provenance), standings, provenance),
        removed=standings.removed,
    )


def settle(
    entry: Entry, kinds: Sequence[tuple[str, ...]], *, known: Identities, list_name: str, fictional: bool
) -> Settled:
    """Return which rows go in, under which ids, and what resembles what.

    Rejected rows are left out; a row that repeats another in every column that is read counts once.
    """
    sheet = entry.sheet
    own, keys = _keys(sheet, known)
    first: dict[tuple[object, ...], int] = {}
    repeated: dict[int, int] = {}
    for i, content in enumerate(_contents(sheet)):
        if i not in sheet.rejected and first.setdefault(content, i) != i:
            repeated[i] = first[content]
    numbered = bool(list_name) or _tell_unnamed_list(sheet, keys, known)
    _check_keys(sheet, own, keys if numbered else [""] * len(sheet), repeated)
    rows = [i for i in range(len(sheet)) if i not in sheet.rejected and i not in repeated]
    claims = [_claim(entry, i, own[i], keys[i], list_name, fictional) for i in rows]
    records = [replace(claim, id=id_) for claim, id_ in zip(claims, known.assign(claims), strict=True)]
    numbers = [sheet.row_numbers[i] for i in rows]
    found = [_repeat(entry, i, j) for i, j in repeated.items()]
    found += duplicates.find(records, [kinds[i] for i in rows], numbers, known)
    _tell_absent(sheet, known, {record.id for record in records}, list_name)
    for i, j in repeated.items():
        message = Message("The row repeats row {row}; it was taken once.", {"row": sheet.row_numbers[j]})
        sheet.fault(i, "", entry.names[i], message, Severity.NOTE)
    return Settled(rows, records, tuple(repeated), sorted(found, key=lambda duplicate: duplicate.row))


def _columns(table: Table, column_map: Mapping[str, str], stated: str) -> columns.Columns:
    found = columns.find(table.columns, column_map, datum=stated)
    placed = table.geometry is not None or any(found.of(field) for field in ("lon", "lat", "point"))
    if not placed and _holds_points(table, found.of("address")):
        found = columns.find(table.columns, {**column_map, "point": found.of("address")}, datum=stated)
    if not found.of("name"):
        raise UnusableInput(
            "{file} has no column for the name. Its columns are {columns}. Say which it is with --map name=COLUMN.",
            file=table.source,
            columns=", ".join(table.columns),
        )
    return found


def _holds_points(table: Table, column: str) -> bool:
    """Tell whether a column that might be an address (位置, location) holds coordinates in most of its cells."""
    texts = [cells.text_of(value) for value in table.cells[column]] if column else []
    filled = [text for text in texts if not cells.is_blank(text)]
    return sum(cells.pair(text) is not None for text in filled) * 2 > len(filled)


def _generated(sheet: Sheet) -> list[bool]:
    """Tell for each row whether its own words, in notes, sources and columns that nothing reads, say so."""
    read = [name for field in _ORIGIN_FIELDS for name in sheet.columns.fields.get(field, ())]
    spoken = dict.fromkeys((*read, *sheet.columns.ignored))
    return origin.generated([sheet.column(name) for name in spoken]) if spoken else [False] * len(sheet)


def _provenance(sheet: Sheet, generated: Sequence[bool], list_name: str, source: str) -> list[Provenance]:
    made = cache(Provenance)
    told = (source or sheet.table.source, list_name)
    asof = sheet.read("updated", cells.day)
    return [
        made(
            Basis.GENERATED if generated[i] else Basis.FOUND,
            " · ".join(dict.fromkeys(filter(None, (*told, *said)))),
            day if isinstance(day, date) else None,
        )
        for i, (said, day) in enumerate(zip(sheet.several("source"), asof, strict=True))
    ]


@lru_cache(maxsize=1024)
def with_basis(record: Provenance, basis: Basis) -> Provenance:
    """Return the provenance of a fact in a record: its basis, or generated where the whole record is."""
    return record if basis is record.basis or record.basis is Basis.GENERATED else replace(record, basis=basis)


def _addresses(sheet: Sheet) -> list[str]:
    """Return the address of each row; street and house number where there is none."""
    parts = zip(sheet.texts("address"), sheet.texts("street"), sheet.texts("house_number"), strict=True)
    return [address or _street_address(street, number) for address, street, number in parts]


def _tell_placeless(sheet: Sheet, places: Places, addresses: Sequence[str]) -> None:
    for i, (lon, address) in enumerate(zip(places.lon.tolist(), addresses, strict=True)):
        if lon != lon and not address and i not in sheet.rejected:
            sheet.warn(
                i, "", "", Message("The row gives neither coordinates nor an address; it is listed by name only.")
            )


def _street_address(street: str, number: str) -> str:
    blank = " " if (street + number).isascii() and street and number else ""
    return f"{street}{blank}{number}"


def _locations(sheet: Sheet, places: Places, provenance: Sequence[Provenance]) -> list[Location | None]:
    made = cache(Provenance)
    doubt = next((sheet.columns.doubtful[f][1] for f in ("lon", "lat", "point") if f in sheet.columns.doubtful), None)
    sources = sheet.texts("coord_source")
    bases = cells.each(sources, origin.basis_of_place)
    x, y, lon, lat = (axis.tolist() for axis in (places.x, places.y, places.lon, places.lat))
    locations: list[Location | None] = []
    for i, record in enumerate(provenance):
        if lon[i] != lon[i]:
            locations.append(None)
            continue
        basis = Basis.GENERATED if record.basis is Basis.GENERATED else doubt or bases[i]
        found = made(basis, sources[i] or record.source, record.asof)
        locations.append(Location(lon[i], lat[i], x[i], y[i], places.datum, found))
    return locations


def _hours(sheet: Sheet, provenance: Sequence[Provenance]) -> list[Hours]:
    column = sheet.columns.of("hours")
    doubtful, doubt = sheet.columns.doubtful.get("hours", ("", Basis.INFERRED))
    guessed = cells.each(sheet.column(doubtful), lambda text: "" if cells.is_blank(text) else text)
    read = cache(_read_hours)
    makeup = sheet.read("makeup", _makeup)
    hours = []
    for i, text in enumerate(sheet.texts("hours")):
        said, problem = read(text or guessed[i])
        if text and problem is not None:
            sheet.warn(i, column, text, problem)
        habit = makeup[i]
        if isinstance(habit, Makeup):
            said = replace(said, makeup=habit)
        if said.text:
            said = replace(said, provenance=with_basis(provenance[i], Basis.FOUND if text else doubt))
        hours.append(said)
    return hours


def _shut(sheet: Sheet, hours: Sequence[Hours], standings: Standings, provenance: Sequence[Provenance]) -> list[Hours]:
    """Return the hours, "off" for stations that are shut for a time; the hours that they had are kept in the note."""
    shut = list(hours)
    for i, words in enumerate(standings.paused):
        if words and not standings.removed[i]:
            if hours[i].text:
                sheet.keep(i, sheet.columns.of("hours"), hours[i].text)
            shut[i] = Hours(words, "off", makeup=hours[i].makeup, provenance=with_basis(provenance[i], Basis.FOUND))
    return shut


def _read_hours(text: str) -> tuple[Hours, Message | None]:
    """Return hours without their provenance, and what a clerk should mend."""
    if not text:
        return Hours(), None
    reading = read_hours(text)
    hours = Hours(text, reading.osm, reading.unread, reading.uncertain, Makeup(reading.makeup))
    if not reading.osm or (reading.unread and reading.uncertain):
        values = {"unread": "；".join(reading.unread) or text}
        return hours, Message("Not read of the hours: {unread}. They are kept as text and decide no state.", values)
    try:
        parse(reading.osm)
    except InvalidValue as problem:
        return hours, problem.message
    return hours, None


def _makeup(text: str) -> cells.Cell:
    """Return the habit on make-up working days, as a word of its own or read as a sentence about such days."""
    for habit in (Makeup.WORK, Makeup.WEEKEND):
        if text.casefold() in cells.words("makeup")[habit]:
            return cells.Cell(habit)
    habit = Makeup(read_hours(f"调休上班日{text}").makeup)
    if habit is not Makeup.UNKNOWN:
        return cells.Cell(habit)
    problem = Message(
        "{value!r} does not say what it does on make-up working days; write work or weekend.", {"value": text}
    )
    return cells.Cell(None, problem)


def _keys(sheet: Sheet, known: Identities) -> tuple[list[str], list[str]]:
    """Return for each row the id of ours that it carries, and the key of its list."""
    texts = sheet.texts("id")
    own = [text.lower() if has_own_form(text) and text.lower() in known else "" for text in texts]
    return own, ["" if mine else text for mine, text in zip(own, texts, strict=True)]


def _check_keys(sheet: Sheet, own: Sequence[str], keys: list[str], repeated: Mapping[int, int]) -> None:
    """Reject a second row under one id of ours; take a key of the list from all rows but the first."""
    column = sheet.columns.of("id")
    first: dict[str, int] = {}
    for i in range(len(sheet)):
        key = own[i] or keys[i]
        if not key or i in sheet.rejected or i in repeated or first.setdefault(key, i) == i:
            continue
        values = {"key": key, "row": sheet.row_numbers[first[key]]}
        if own[i]:
            message = Message(
                "The id {key} stands in row {row} too; empty the cell for a new place, or delete one of the rows.",
                values,
            )
            sheet.fault(i, column, key, message)
        else:
            message = Message(
                "The number {key} stands in row {row} too and identifies that row; this row is taken in without it.",
                values,
            )
            sheet.warn(i, column, key, message)
            sheet.keep(i, column, key)
            keys[i] = ""


def _tell_unnamed_list(sheet: Sheet, keys: Sequence[str], known: Identities) -> bool:
    """Say that the numbers of a list without a name identify nothing; tell whether they number its rows at all."""
    column = sheet.columns.of("id")
    filled = [key for key in keys if key]
    if len(filled) > _NAMES_TOLD and len(set(filled)) * 2 < len(filled):
        message = Message("Most numbers in {column} stand in several rows; they identify none.", {"column": column})
        sheet.warn(None, column, "", message)
        return False
    if any(not has_own_form(key) and key.lower() not in known for key in filled):
        message = Message(
            "The numbers in {column} identify rows only within a list that has a name. Give it one with --list NAME, "
            "the same each time, so that a row whose name or place was corrected finds its record again.",
            {"column": column},
        )
        sheet.fault(None, column, "", message, Severity.NOTE)
    return True


def _tell_absent(sheet: Sheet, known: Identities, matched: set[str], list_name: str) -> None:
    """Say which records of a named list are in this file no more; a rejected row is in it all the same."""
    rejected = sorted(sheet.rejected)
    keys, names = sheet.texts("id"), sheet.texts("name")
    here = {("key", keys[i]) for i in rejected if keys[i]} | {("name", normalised(names[i])) for i in rejected}
    here |= {("id", keys[i].lower()) for i in rejected}
    absent = [
        record
        for record in known.of_list(list_name)
        if record.id not in matched
        and here.isdisjoint({("key", record.list_key), ("name", normalised(record.name)), ("id", record.id)})
    ]
    if absent:
        named = "、".join(f"{record.name} ({record.id})" for record in absent[:_NAMES_TOLD])
        values = {
            "count": len(absent),
            "list": list_name,
            "names": named + (" …" if len(absent) > _NAMES_TOLD else ""),
        }
        message = Message(
            "{count} records of the list {list} are not in this file: {names}. If they are closed, take them out: "
            "stationmap remove ID",
            values,
        )
        sheet.fault(None, "", "", message, Severity.NOTE)


def _contents(sheet: Sheet) -> list[tuple[object, ...]]:
    """Return what each row says in the columns that are read."""
    read = [name for name in sheet.table.columns if name not in sheet.columns.ignored]
    texts: list[Sequence[object]] = [sheet.column(name) for name in read]
    if sheet.geometry is not None:
        texts.append([None if shape is None else shape.wkb for shape in sheet.geometry])
    return list(zip(*texts, strict=True))


def _claim(entry: Entry, i: int, own: str, key: str, list_name: str, fictional: bool) -> KnownRecord:
    location = entry.locations[i]
    return KnownRecord(
        id=own,
        name=entry.names[i],
        address=entry.addresses[i],
        area_name=entry.area_names[i],
        list_name=list_name,
        list_key=key,
        lon=None if location is None else location.lon,
        lat=None if location is None else location.lat,
        fictional=fictional,
        generated=entry.generated[i],
    )


def _repeat(entry: Entry, i: int, j: int) -> Duplicate:
    numbers = entry.sheet.row_numbers
    return Duplicate(numbers[i], entry.names[i], numbers[j], "", entry.names[j], Resemblance.REPEAT, 0.0)
