"""What a record becomes when the same place comes in again: nothing known is lost, nothing weak wins.

Two facts are weighed by their provenance: the basis first (found over inferred over generated), then the date
where both are dated; otherwise what comes in later is later.

================  ================================================================
the new fact is   what is known afterwards
================  ================================================================
stronger          the new one; the old one where the new says nothing at all
as good           the new one; the old one in each part where the new is empty
older             the old one; the new one in each part where the old was empty
weaker            the old one; the new one where the old said nothing at all
================  ================================================================

A list without dates comes in again and again as it is. So that it does not undo what a worker's report corrected
since, an undated fact counts as older than a reported one; a later date does undo it, and so does a clerk.

Location, hours and each service carry a provenance of their own and are weighed one by one. All other facts
of a record stand under its one provenance, so a stronger record takes the place of a weaker one whole: a
generated address under a provenance that says *found* would be a lie (the history keeps it).
"""

from dataclasses import fields, replace
from enum import IntEnum
from operator import attrgetter
from typing import Any, TypeVar

from stationmap.register.desk.sources import is_report
from stationmap.schema.records import (
    Answer,
    Basis,
    Host,
    Hours,
    Location,
    Makeup,
    Provenance,
    Service,
    Station,
)

R = TypeVar("R", Station, Host)
F = TypeVar("F", Hours, Service)

_RANK = {Basis.FOUND: 2, Basis.INFERRED: 1, Basis.GENERATED: 0}
_EMPTY = ("", None, (), Answer.UNKNOWN)
_WEIGHED_APART = {
    *("id", "adcode", "location", "hours", "services", "kinds", "timezone", "fictional", "removed", "revision"),
    *("provenance", "confirmed_on", "confirmed_by", "list_name", "list_key"),
}
_PLAIN = {kind: tuple(f.name for f in fields(kind) if f.name not in _WEIGHED_APART) for kind in (Station, Host)}
_OWN_PROVENANCE = ("location", "hours", "services", "provenance")
_SOURCELESS = ("provenance.basis", "provenance.asof")
_SAID = {
    kind: attrgetter(
        *(f.name for f in fields(kind) if f.name not in ("id", "revision", *_OWN_PROVENANCE)), *_SOURCELESS
    )
    for kind in (Station, Host)
}
_SAID_IN_PART = {
    kind: attrgetter(*(f.name for f in fields(kind) if f.name != "provenance"), *_SOURCELESS)
    for kind in (Hours, Service)
}
_SAME_PLACE_DEGREES = 1e-7
_DEFAULT_ZONE = Station(id="", name="").timezone


class Weight(IntEnum):
    """How a new fact weighs against the old one."""

    WEAKER = 0
    OLDER = 1
    AS_GOOD = 2
    STRONGER = 3


def weigh(old: Provenance, new: Provenance) -> Weight:
    """Return how a new fact weighs against an old one: by basis, then by date where both are dated.

    Against a workers' report, which always is, an undated one counts as older.

    Examples
    --------
    >>> weigh(Provenance(Basis.INFERRED), Provenance(Basis.FOUND)).name
    'STRONGER'
    """
    if new.basis != old.basis:
        return Weight.STRONGER if _RANK[new.basis] > _RANK[old.basis] else Weight.WEAKER
    if old.asof and (new.asof < old.asof if new.asof else is_report(old.source)):
        return Weight.OLDER
    return Weight.AS_GOOD


def merge(old: R, new: R) -> R:
    """Return what is known of a place after ``new`` has come in; pure.

    ``id`` and ``revision`` stay the old ones. What says the same again under another source, at a place within a
    centimetre (1e-7 degrees), changes nothing. A removed record stays removed: a list that still carries a closed
    station does not open it. A real record takes the place of a fictional one whole, and a fictional one leaves a
    real one as it is. Kinds add up, since a list of book corners does not deny that one is a rest station as well;
    ``other`` gives way to a kind by name. The time zone of the default says nothing.

    Notes
    -----
    ``merge(a, a) == a``; ``merge(merge(a, b), b) == merge(a, b)``; the order of services is that of the old,
    then the new ones in theirs.

    Examples
    --------
    >>> old = Station(id="s1", name="二七驿站", phone="0371-1")
    >>> merge(old, Station(id="s1", name="二七广场驿站")).phone
    '0371-1'
    """
    if _says_the_same(old, new):
        return old
    if old.fictional != new.fictional:
        return old if new.fictional else replace(new, id=old.id, revision=old.revision)
    weight = weigh(old.provenance, new.provenance)
    location = _location(old.location, new.location)
    facts: dict[str, Any] = {name: _plain(getattr(old, name), getattr(new, name), weight) for name in _PLAIN[type(old)]}
    facts["list_name"], facts["list_key"] = _list_entry(old, new, weight)
    if isinstance(old, Station) and isinstance(new, Station):
        facts |= _station_facts(old, new, weight)
    merged = replace(
        old,
        **facts,
        location=location,
        adcode=_adcode(old, new, location, weight),
        hours=_hours(old.hours, new.hours),
        provenance=new.provenance if weight >= Weight.AS_GOOD else old.provenance,
        removed=old.removed or new.removed,
    )
    return old if _says_the_same(merged, old) else merged


def _says_the_same(one: Station | Host, other: Station | Host) -> bool:
    """Tell whether two records differ in nothing but the names of their sources and a centimetre of their place."""
    said, hours, service = _SAID[type(one)], _SAID_IN_PART[Hours], _SAID_IN_PART[Service]
    if said(one) != said(other) or hours(one.hours) != hours(other.hours):
        return False
    if not _same_place(one.location, other.location):
        return False
    return (
        not isinstance(one, Station)
        or not isinstance(other, Station)
        or ([service(part) for part in one.services] == [service(part) for part in other.services])
    )


def _same_place(one: Location | None, other: Location | None) -> bool:
    if one is None or other is None:
        return one is other
    return (
        abs(one.lon - other.lon) <= _SAME_PLACE_DEGREES
        and abs(one.lat - other.lat) <= _SAME_PLACE_DEGREES
        and (one.provenance.basis, one.provenance.asof) == (other.provenance.basis, other.provenance.asof)
    )


def merge_services(old: tuple[Service, ...], new: tuple[Service, ...]) -> tuple[Service, ...]:
    """Return the services of both, those of one code as one; the old ones first, then the new ones."""
    merged: dict[str, Service] = {}
    for service in (*old, *new):
        known = merged.get(service.code)
        merged[service.code] = service if known is None or known == service else _service(known, service)
    return tuple(merged.values())


def _plain(old: Any, new: Any, weight: Weight) -> Any:
    if weight is Weight.STRONGER:
        return new
    if weight is Weight.AS_GOOD:
        return old if new in _EMPTY else new
    return new if weight is Weight.OLDER and old in _EMPTY else old


def _station_facts(old: Station, new: Station, weight: Weight) -> dict[str, Any]:
    confirmed_on, confirmed_by = _confirmation(old, new, weight)
    return {
        "services": merge_services(old.services, new.services),
        "kinds": _kinds(old.kinds, new.kinds, weight),
        "timezone": old.timezone if new.timezone == _DEFAULT_ZONE else _plain(old.timezone, new.timezone, weight),
        "confirmed_on": confirmed_on,
        "confirmed_by": confirmed_by,
    }


def _kinds(old: tuple[str, ...], new: tuple[str, ...], weight: Weight) -> tuple[str, ...]:
    if weight in (Weight.STRONGER, Weight.WEAKER):
        return new if weight is Weight.STRONGER else old
    kept = [kind for kind in old if kind != "other" or not new or "other" in new]
    return tuple(dict.fromkeys((*kept, *new)))


def _confirmation(old: Station, new: Station, weight: Weight) -> tuple[Any, str]:
    """Return the later confirmation, its day and its person together."""
    if weight is Weight.STRONGER:
        return new.confirmed_on, new.confirmed_by
    if weight is Weight.WEAKER or not new.confirmed_on or (old.confirmed_on and old.confirmed_on > new.confirmed_on):
        return old.confirmed_on, old.confirmed_by
    same_day = old.confirmed_on == new.confirmed_on
    return new.confirmed_on, new.confirmed_by or (old.confirmed_by if same_day else "")


def _list_entry(old: Station | Host, new: Station | Host, weight: Weight) -> tuple[str, str]:
    """Return list and key together, since a key says nothing without its list."""
    if weight is not Weight.STRONGER and (
        weight is Weight.WEAKER
        or not new.list_name
        or (weight is Weight.OLDER and old.list_name)
        or (new.list_name == old.list_name and not new.list_key)
    ):
        return old.list_name, old.list_key
    return new.list_name, new.list_key


def _location(old: Location | None, new: Location | None) -> Location | None:
    if old is None or new is None:
        return new if old is None else old
    return new if weigh(old.provenance, new.provenance) >= Weight.AS_GOOD else old


def _adcode(old: Station | Host, new: Station | Host, location: Location | None, weight: Weight) -> str:
    """Return the code of the area the place lies in: one that belongs to where the record stands now.

    A code given with another place is of that place; one given without a place serves only if nothing better
    does.
    """
    given = (new, old) if weight >= Weight.AS_GOOD else (old, new)
    standing = [record for record in given if record.location is not None and _same_point(record.location, location)]
    placeless = [record for record in given if record.location is None]
    return next((record.adcode for record in (*standing, *placeless) if record.adcode), "")


def _same_point(one: Location, other: Location | None) -> bool:
    return other is not None and (one.lon, one.lat) == (other.lon, other.lat)


def _hours(old: Hours, new: Hours) -> Hours:
    weight = weigh(old.provenance, new.provenance)
    if weight is Weight.STRONGER:
        return new if _tells_hours(new) else old
    if weight is Weight.AS_GOOD:
        return _combined_hours(new, old)
    if not _tells_hours(old):
        return new
    return old if weight is Weight.WEAKER else _dated(_combined_hours(old, new), old)


def _combined_hours(first: Hours, second: Hours) -> Hours:
    """Return the first's hours and habit, each where it has one, with the provenance of the hours."""
    first_leads = _has_clock(first) or (not _has_clock(second) and _tells_hours(first))
    makeup = second.makeup if first.makeup is Makeup.UNKNOWN else first.makeup
    return replace(first if first_leads else second, makeup=makeup)


def _dated(combined: F, later: F) -> F:
    """Return a fact that older parts filled in, of the later date: else the older ones would win the next time."""
    return replace(combined, provenance=replace(combined.provenance, asof=later.provenance.asof))


def _has_clock(hours: Hours) -> bool:
    return bool(hours.text or hours.osm)


def _tells_hours(hours: Hours) -> bool:
    return _has_clock(hours) or hours.makeup is not Makeup.UNKNOWN


def _service(old: Service, new: Service) -> Service:
    weight = weigh(old.provenance, new.provenance)
    if weight is Weight.STRONGER:
        return new if _tells_service(new) else old
    if weight is Weight.AS_GOOD:
        return _combined_service(new, old)
    if not _tells_service(old):
        return new
    return old if weight is Weight.WEAKER else _dated(_combined_service(old, new), old)


def _combined_service(first: Service, second: Service) -> Service:
    """Return the first's answer and details, the second's where the first has none.

    Two answers that contradict each other share no details. ``nearby_m`` goes with the answer: None there
    means *on the spot*, not unknown.
    """
    if Answer.UNKNOWN not in (first.answer, second.answer) and first.answer != second.answer:
        return first
    answers = first.answer is not Answer.UNKNOWN
    first_leads = answers or (second.answer is Answer.UNKNOWN and _tells_service(first))
    lead, rest = (first, second) if first_leads else (second, first)
    own_hours = first if first.hours_text or first.hours_osm else second
    return replace(
        lead,
        hours_text=own_hours.hours_text,
        hours_osm=own_hours.hours_osm,
        nearby_m=rest.nearby_m if lead.nearby_m is None and lead.answer is Answer.UNKNOWN else lead.nearby_m,
        outage_until=first.outage_until or second.outage_until,
    )


def _tells_service(service: Service) -> bool:
    details = (service.hours_text, service.hours_osm, service.nearby_m, service.outage_until)
    return service.answer is not Answer.UNKNOWN or any(detail not in _EMPTY for detail in details)
