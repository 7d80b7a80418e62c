"""Which column of a list carries which field: by what lists call their columns, or by hand.

What lists call them is data, ``columns.toml`` beside this module. A name is read with its marks: a column
``lng_gcj02`` is a longitude and hints at a datum, ``open_hours_inferred`` carries hours that were worked out,
``contact_masked`` is a telephone, ``站点名称`` a name, ``热水`` or ``有无热水`` a service with a column
of its own.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from stationmap.catalogue import LANGUAGES, tell
from stationmap.errors import InvalidValue, Message
from stationmap.schema.records import Basis
from stationmap.schema.vocabulary import SERVICES, fold, named

REJECTED_ROW = Message("row in the list")
REJECTED_REASON = Message("why it was rejected")
_PLACE_FIELDS = ("lon", "lat", "point")
_MAY_BE_DOUBTFUL = (*_PLACE_FIELDS, "hours", "services")
_BRACKETS = re.compile(r"[(\[{【《<].*?[)\]}】》>]")


@dataclass(frozen=True, slots=True)
class Heading:
    """What the name of a column says: a field that it may carry, and its marks.

    ``rank`` is the place of the name among the names of that field: the lowest wins where several would do.
    """

    column: str
    field: str
    rank: int
    basis: Basis = Basis.FOUND
    datum: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column carries which field.

    Parameters
    ----------
    fields : Mapping[str, tuple[str, ...]]
        Field -> columns; one column except for notes, sources and OSM tags.
    doubtful : Mapping[str, tuple[str, Basis]]
        Field -> column whose name says that its cells were worked out or made up, and which of the two.
    services : Mapping[str, str]
        Code of a service -> its own column.
    ignored : tuple[str, ...]
        Columns that carry nothing known, in the order of the file.
    datum_hint : str
        The datum that the names of the chosen coordinate columns speak of, "" when none.
    serial : tuple[str, ...]
        Columns that only number the rows; they are ignored too.
    by_hand : frozenset[str]
        Fields that were given by hand.
    """

    fields: Mapping[str, tuple[str, ...]]
    doubtful: Mapping[str, tuple[str, Basis]] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    datum_hint: str = ""
    serial: tuple[str, ...] = ()
    by_hand: frozenset[str] = frozenset()

    def of(self, name: str) -> str:
        """Return the column that carries a field, "" when none does."""
        return self.fields.get(name, ("",))[0]

    def told(self) -> dict[str, str]:
        """Return field -> column as a user is told it; several columns joined by commas."""
        told = {name: ", ".join(columns) for name, columns in self.fields.items()}
        told |= {f"{name} ({basis})": column for name, (column, basis) in self.doubtful.items()}
        return told | dict(self.services)


@dataclass(frozen=True, slots=True)
class _Words:
    """``columns.toml`` as it is looked up."""

    fields: Mapping[str, Sequence[tuple[str, int]]]
    order: tuple[str, ...]
    many: frozenset[str]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    marks: Mapping[str, Basis]
    datums: Mapping[str, str]


@cache
def words() -> _Words:
    """Return what lists call their columns, from ``columns.toml``."""
    data = tomllib.loads(files("stationmap.register.lists").joinpath("columns.toml").read_text(encoding="utf-8"))
    spelled: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, spellings in data["fields"].items():
        for rank, spelling in enumerate((name, *spellings)):
            spelled[fold(spelling)].append((name, rank))
    marks = dict.fromkeys(data["inferred"], Basis.INFERRED)
    marks |= dict.fromkeys(data["generated"], Basis.GENERATED)
    return _Words(
        fields=spelled,
        order=tuple(data["fields"]),
        many=frozenset(data["many"]),
        prefixes=tuple(sorted(data["prefixes"], key=len, reverse=True)),
        suffixes=tuple(data["suffixes"]),
        marks=marks,
        datums={word: datum for datum, spellings in data["datums"].items() for word in spellings},
    )


@cache
def osm_words(what: str) -> Mapping[str, str]:
    """Return what OSM tags say: ``key=value`` -> code, for ``hosts`` or ``services``."""
    data = tomllib.loads(files("stationmap.register.lists").joinpath("columns.toml").read_text(encoding="utf-8"))
    meanings: Mapping[str, str] = data["osm"][what]
    return meanings


def find(names: Sequence[str], column_map: Mapping[str, str], *, datum: str = "") -> Columns:
    """Return which column carries which field.

    Parameters
    ----------
    names : sequence of str
        The columns of the file.
    column_map : Mapping[str, str]
        Field (or code of a service) -> column, given by hand; goes before what the names say.
    datum : str
        The datum that the user states, canonical or "": of several pairs of coordinates the one that names it
        is taken.

    Raises
    ------
    InvalidValue
        When ``column_map`` names a field or column that is not there; the nearest names are quoted.
    """
    by_hand = _checked(column_map, names)
    taken = set(by_hand.values())
    reserved = {tell(message, language) for message in (REJECTED_ROW, REJECTED_REASON) for language in LANGUAGES}
    free = [name for name in names if name not in taken and name not in reserved]
    headings = [heading for name in free for heading in _headings(name)]
    headings = [heading for heading in headings if heading.field not in by_hand]
    if by_hand.keys() & set(_PLACE_FIELDS):
        headings = [heading for heading in headings if heading.field not in _PLACE_FIELDS]
    chosen = _paired(_chosen(headings, datum))
    for name, column in by_hand.items():
        marked = next((h.basis for h in _headings(column) if h.basis is not Basis.FOUND), Basis.FOUND)
        chosen.append(Heading(column, name, 0, marked, _datum_of(column)))
    return _columns(names, chosen, reserved, frozenset(by_hand))


def _columns(names: Sequence[str], chosen: Sequence[Heading], reserved: set[str], by_hand: frozenset[str]) -> Columns:
    fields: dict[str, tuple[str, ...]] = {}
    doubtful: dict[str, tuple[str, Basis]] = {}
    services: dict[str, str] = {}
    for heading in chosen:
        if heading.field in SERVICES:
            services[heading.field] = heading.column
        elif heading.basis is not Basis.FOUND:
            doubtful.setdefault(heading.field, (heading.column, heading.basis))
            if heading.field in _PLACE_FIELDS:
                fields.setdefault(heading.field, (heading.column,))
        else:
            fields[heading.field] = (*fields.get(heading.field, ()), heading.column)
    serial = fields.pop("serial", ())
    used = {heading.column for heading in chosen} - set(serial)
    for name in names:
        term = None if name in used or name in reserved or name in serial else _service(name)
        if term is not None and term not in services:
            services[term] = name
            used.add(name)
    hints = {heading.datum for heading in chosen if heading.field in _PLACE_FIELDS} - {""}
    return Columns(
        fields=fields,
        doubtful=doubtful,
        services=services,
        ignored=tuple(name for name in names if name not in used),
        datum_hint=hints.pop() if len(hints) == 1 else "",
        serial=serial,
        by_hand=by_hand,
    )


def _chosen(headings: Sequence[Heading], datum: str) -> list[Heading]:
    """Give each field its column: fields in the order of the data, the best name first, no column twice."""
    hints = {h.datum for h in headings if h.field == "lon"} & {h.datum for h in headings if h.field == "lat"}
    pair = next((hint for hint in (datum, "", *sorted(hints)) if hint in hints), None)
    chosen: list[Heading] = []
    used: set[str] = set()
    for name in words().order:
        rivals = [h for h in headings if h.field == name and h.column not in used]
        if name in ("lon", "lat") and pair is not None:
            rivals = [h for h in rivals if h.datum == pair]
        for basis in Basis:
            marked = sorted((h for h in rivals if h.basis is basis), key=lambda h: h.rank)
            for heading in marked if name in words().many and basis is Basis.FOUND else marked[:1]:
                chosen.append(heading)
                used.add(heading.column)
    return chosen


def _paired(chosen: list[Heading]) -> list[Heading]:
    """Leave out a lone column x or y: without the other it is no coordinate."""
    axes = {heading.field for heading in chosen} & {"lon", "lat"}
    return [h for h in chosen if len(axes) != 1 or h.field not in axes or fold(h.column) not in ("x", "y")]


def _headings(column: str) -> Iterator[Heading]:
    """Yield what a column's name may stand for; nothing when it says nothing known."""
    seen = set()
    for text, basis in _without_mark(fold(column)):
        for core, datum in _without_datum(text):
            for rest in _without_padding(core):
                for name, rank in words().fields.get(rest, ()):
                    fits = not datum or name in _PLACE_FIELDS
                    fits = fits and (basis is Basis.FOUND or name in _MAY_BE_DOUBTFUL)
                    if fits and name not in seen:
                        seen.add(name)
                        yield Heading(column, name, rank, basis, datum)


def _without_mark(folded: str) -> Iterator[tuple[str, Basis]]:
    """Yield a name without the word that says how its cells came about, then as it is."""
    for word, basis in words().marks.items():
        for form in (f"({word})", word):
            if folded.endswith(form) and folded != form:
                yield folded.removesuffix(form), basis
                break
    yield folded, Basis.FOUND


def _without_datum(text: str) -> Iterator[tuple[str, str]]:
    """Yield a name without the datum that it speaks of, then as it is."""
    for word, datum in words().datums.items():
        if word in text and text != word:
            yield text.replace(f"({word})", "").replace(word, "").replace("()", ""), datum
            break
    yield text, ""


def _without_padding(core: str) -> Iterator[str]:
    yield core
    bare = _BRACKETS.sub("", core)
    yield bare
    for prefix in words().prefixes:
        if bare.startswith(prefix) and bare != prefix:
            yield bare.removeprefix(prefix)
            break
    for suffix in words().suffixes:
        if bare.endswith(suffix) and bare != suffix:
            yield bare.removesuffix(suffix)


def _datum_of(column: str) -> str:
    return next((datum for _, datum in _without_datum(fold(column)) if datum), "")


def _service(column: str) -> str | None:
    """Return the code of the service that a column is named after, None when none."""
    folded = fold(unicodedata.normalize("NFKC", column))
    asked = ("", "有无", "是否有", "是否提供", "是否配备", "提供", "配备", "有", "has")
    for core in (folded, _BRACKETS.sub("", folded)):
        for prefix in asked:
            term = named(SERVICES, core.removeprefix(prefix)) if core.startswith(prefix) else None
            if term is not None:
                return term.code
    return None


def _checked(column_map: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    known = (*words().order, *SERVICES)
    folded = {fold(name): name for name in reversed(names)}
    checked = {}
    for name, column in column_map.items():
        if name not in known:
            near: Sequence[str] = get_close_matches(name, known, 3, 0.5) or words().order
            raise InvalidValue(
                "There is no field {field!r}. Did you mean one of: {near}?", field=name, near=", ".join(near)
            )
        if column not in names and fold(column) not in folded:
            near = get_close_matches(column, names, 3, 0.3) or names
            raise InvalidValue(
                "The file has no column {column!r} for {field}. Columns that are near: {near}.",
                column=column,
                field=name,
                near=", ".join(near),
            )
        checked[name] = column if column in names else folded[fold(column)]
    return checked
