"""What only stations have: kinds, services, access, host, size, confirmation; read from the columns of a list."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from stationmap.errors import Message
from stationmap.register.lists import amenities, cells, kinds
from stationmap.register.lists.amenities import Offer
from stationmap.register.lists.columns import osm_words
from stationmap.register.lists.entry import Entry, with_basis
from stationmap.register.lists.sheet import Sheet
from stationmap.schema.faults import Severity
from stationmap.schema.records import Answer, Basis, Provenance, Service
from stationmap.schema.vocabulary import ACCESS_MODES, BUILD_MODES, KINDS, Vocabulary, mentioned, named

MOST_SEATS = 100_000
MOST_M2 = 10_000_000
_SEPARATORS = re.compile(r"[|、,;/+\n]+")
_TEXTS = ("floor", "serves", "host_name", "phone", "confirmed_by")


@dataclass(frozen=True, slots=True)
class StationFacts:
    """One item a row of the sheet; numbers and days are None where the row says nothing that can be read."""

    kinds: Sequence[tuple[str, ...]]
    services: Sequence[tuple[Service, ...]]
    access: Sequence[tuple[str, ...]]
    members_only: Sequence[Answer]
    host_types: Sequence[str]
    build_modes: Sequence[str]
    area_m2: Sequence[object]
    seats: Sequence[object]
    confirmed_on: Sequence[object]
    texts: dict[str, list[str]]


def read_facts(entry: Entry, default_kind: str) -> StationFacts:
    """Return what only stations have; what cannot be read is told, and kept in the note of its row.

    Parameters
    ----------
    entry : Entry
        The rows.
    default_kind : str
        Code of the kind of rows whose column and name speak of none.
    """
    sheet = entry.sheet
    texts = {name: sheet.texts(name) for name in _TEXTS}
    services = _services(entry)
    seats = _seats(sheet)
    return StationFacts(
        kinds=_kinds(entry, default_kind),
        services=[_with_seats(*row) for row in zip(services, seats, entry.provenance, strict=True)],
        access=_access(sheet),
        members_only=_members_only(sheet, texts["serves"]),
        host_types=_host_types(entry, texts["host_name"]),
        build_modes=_build_modes(sheet),
        area_m2=sheet.read("area_m2", lambda text: cells.measure(text, most=MOST_M2)),
        seats=seats,
        confirmed_on=sheet.read("confirmed_on", cells.day),
        texts=texts,
    )


def tags_of(sheet: Sheet) -> list[tuple[str, ...]]:
    """Return the OSM tags of each row, ``key=value``."""
    found: list[list[str]] = [[] for _ in range(len(sheet))]
    for name in sheet.columns.fields.get("tags", ()):
        for row, text in zip(found, sheet.column(name), strict=True):
            if text:
                row.append(f"{name.casefold()}={text.casefold()}")
    return [tuple(tags) for tags in found]


def _kinds(entry: Entry, default: str) -> list[tuple[str, ...]]:
    """Return the kinds of each row: by its column, else by its name, else the default."""
    sheet = entry.sheet
    texts = sheet.texts("kind")
    by_name = cells.each(entry.names, kinds.kinds_of_name)
    found = []
    for i, (codes, unknown) in enumerate(cells.each(texts, kinds.kinds_in)):
        taken = codes or by_name[i] or (default,)
        if unknown:
            values = {"words": "、".join(unknown), "kind": KINDS[taken[0]]}
            message = Message(
                "There is no kind {words} here; the row was taken as {kind}, and the word kept in its note.", values
            )
            sheet.warn(i, sheet.columns.of("kind"), texts[i], message)
            sheet.keep(i, sheet.columns.of("kind"), "、".join(unknown))
        found.append(taken)
    return found


def _services(entry: Entry) -> list[tuple[Service, ...]]:
    """Return the services of each row: from the list, from columns of their own, from OSM tags."""
    sheet = entry.sheet
    found = [_offers(entry, sheet.columns.of("services"), amenities.listed, Basis.FOUND)]
    for code, column in sheet.columns.services.items():
        if _answers(sheet, column):
            found.append(_offers(entry, column, _in_column(code), Basis.FOUND))
    found.append([_tagged(*row) for row in zip(tags_of(sheet), entry.provenance, strict=True)])
    column, basis = sheet.columns.doubtful.get("services", ("", Basis.INFERRED))
    guessed = _offers(entry, column, amenities.listed, basis)
    services = []
    for i, (offers, guess) in enumerate(zip(zip(*found, strict=True), guessed, strict=True)):
        offer = amenities.combined(offers)
        for doubt in offer.doubts:
            sheet.warn(i, sheet.columns.of("services"), "", doubt)
        services.append(amenities.preferred(offer, guess).services)
    return services


def _offers(entry: Entry, column: str, reader: Callable[[str, Provenance], Offer], basis: Basis) -> list[Offer]:
    """Return what a column says of services, row by row; doubts are told and unread words kept in the note."""
    sheet = entry.sheet
    read = cache(reader)
    if not column:
        return [Offer()] * len(sheet)
    offers = []
    for i, text in enumerate(sheet.column(column)):
        offer = read(text, with_basis(entry.provenance[i], basis)) if text else Offer()
        for doubt in offer.doubts:
            sheet.warn(i, column, text, doubt)
        if offer.unread:
            sheet.keep(i, column, "、".join(offer.unread))
        if offer.strange and not offer.doubts:
            words = "、".join(offer.strange)
            message = Message("There is no service {words} here; it was kept in the note.", {"words": words})
            sheet.fault(i, column, text, message, Severity.NOTE)
        offers.append(Offer(offer.services))
    return offers


def _in_column(code: str) -> Callable[[str, Provenance], Offer]:
    return lambda text, provenance: amenities.in_column(code, text, provenance)


def _answers(sheet: Sheet, column: str) -> bool:
    """Tell whether at least half of the cells in a column named after a service answer for it; say so if not."""
    texts = [text for text in sheet.column(column) if not cells.is_blank(text)]
    if not texts or sum(cells.each(texts, amenities.answers)) * 2 >= len(texts):
        return True
    message = Message("The column {column} does not say 有 or 无; it was not read as a service.", {"column": column})
    sheet.warn(None, column, "", message)
    return False


def _tagged(tags: Sequence[str], provenance: Provenance) -> Offer:
    codes = dict.fromkeys(code for tag in tags if (code := osm_words("services").get(tag)))
    return Offer(tuple(Service(code, Answer.YES, provenance=provenance) for code in codes))


def _seats(sheet: Sheet) -> list[object]:
    """Return how many seats each row has, None where it does not say."""

    def read(text: str) -> cells.Cell:
        said = cells.measure(text, most=MOST_SEATS)
        return said if said.problem is None or cells.answer(text) is None else cells.Cell(cells.answer(text))

    return [int(value) if isinstance(value, float) else value for value in sheet.read("seat_count", read)]


def _with_seats(services: tuple[Service, ...], seats: object, provenance: Provenance) -> tuple[Service, ...]:
    """Add what a count of seats (or 有, 无 in its column) says, unless the row says it otherwise."""
    if seats is None or any(
        service.code == "seats" and service.provenance.basis is not Basis.INFERRED for service in services
    ):
        return services
    answer = seats if isinstance(seats, Answer) else Answer.YES if seats else Answer.NO
    rest = (service for service in services if service.code != "seats")
    return (*rest, Service("seats", answer, provenance=provenance))


def _access(sheet: Sheet) -> list[tuple[str, ...]]:
    texts = sheet.texts("access")
    found = []
    for i, (codes, unknown) in enumerate(cells.each(texts, _access_in)):
        if unknown:
            words = "、".join(unknown)
            message = Message(
                "There is no way to enter called {words} here; it was kept in the note.", {"words": words}
            )
            sheet.fault(i, sheet.columns.of("access"), texts[i], message, Severity.NOTE)
            sheet.keep(i, sheet.columns.of("access"), words)
        found.append(codes)
    return found


def _access_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    codes: list[str] = []
    unknown: list[str] = []
    for word in filter(None, (part.strip() for _, part in cells.cut(unicodedata.normalize("NFKC", text), _SEPARATORS))):
        found = _terms(ACCESS_MODES, word)
        codes += found
        if not found and _members(word) is None:
            unknown.append(word)
    return tuple(dict.fromkeys(codes)), tuple(unknown)


def _members_only(sheet: Sheet, serves: Sequence[str]) -> list[Answer]:
    """Return whether only members may enter: by its column, else by the words for access and who is served."""
    told = cells.each(sheet.texts("members_only"), lambda text: cells.answer(text) or _members(text))
    ways = cells.each(sheet.texts("access"), _members)
    served = cells.each(serves, _members)
    return [next(filter(None, row), Answer.UNKNOWN) for row in zip(told, ways, served, strict=True)]


def _members(text: str) -> Answer | None:
    folded = text.casefold()
    if any(word in folded for word in cells.words("members")["only"]):
        return Answer.YES
    return Answer.NO if any(word in folded for word in cells.words("members")["anyone"]) else None


def _host_types(entry: Entry, host_names: Sequence[str]) -> list[str]:
    """Return the type of each host: by its column, else by its name, else by the name of the station."""
    sheet = entry.sheet
    texts = sheet.texts("host_type")
    by_text = cells.each(texts, kinds.host_of_type)
    by_host = cells.each(host_names, kinds.host_of_place)
    by_name = cells.each(entry.names, kinds.host_of_name)
    found = []
    for i, text in enumerate(texts):
        if text and not by_text[i]:
            message = Message("There is no type of host {value!r} here; it was kept in the note.", {"value": text})
            sheet.warn(i, sheet.columns.of("host_type"), text, message)
            sheet.keep(i, sheet.columns.of("host_type"), text)
        found.append(by_text[i] or by_host[i] or by_name[i])
    return found


def _build_modes(sheet: Sheet) -> list[str]:
    texts = sheet.texts("build_mode")
    found = []
    for i, codes in enumerate(cells.each(texts, lambda text: _terms(BUILD_MODES, text))):
        if texts[i] and not codes:
            message = Message("There is no way to build {value!r} here; it was kept in the note.", {"value": texts[i]})
            sheet.warn(i, sheet.columns.of("build_mode"), texts[i], message)
            sheet.keep(i, sheet.columns.of("build_mode"), texts[i])
        found.append(codes[0] if codes else "")
    return found


def _terms(vocabulary: Vocabulary, text: str) -> list[str]:
    """Return the codes of the terms that a text names as a whole, or else mentions."""
    term = named(vocabulary, text)
    return [found.code for found in ((term,) if term else mentioned(vocabulary, text))]
