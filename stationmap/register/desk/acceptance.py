"""How an accepted report changes the record: what the clerk names, or what the report means where he names nothing.

Facts that change carry the report as their source and the day it was seen. Hours, place and each service have a
provenance of their own; the other facts share the record's, which names the report beside its own source then.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from stationmap.catalogue import tell
from stationmap.errors import InvalidValue, Message
from stationmap.geo.areas import AreaTree
from stationmap.geo.datum import canonical, convert, is_metric
from stationmap.hours.text import read as read_hours
from stationmap.register import gazetteer
from stationmap.register.desk import notices, photos
from stationmap.register.desk.cases import Report, ReportKind, clerks_day
from stationmap.register.desk.sources import beside, of_report, told
from stationmap.register.desk.typedfacts import SHARED, answer_of, makeup_of, number_of, text_of
from stationmap.register.history import ChangeSet, Written
from stationmap.register.holdings import STATIONS, fetch, not_found, write
from stationmap.register.layout import REPORT_PHOTO, REVISION
from stationmap.register.lists import cells
from stationmap.schema.records import Answer, Basis, Hours, Location, Makeup, Provenance, Service, Station
from stationmap.schema.vocabulary import (
    SERVICES,
    named,
)

PLACE = ("lon", "lat", "datum")


class Outcome(NamedTuple):
    """The record as it becomes, and the last day until which a notice shuts the station (None: no notice)."""

    station: Station
    shut_until: date | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """What the change of a record rests on: the report's provenance, the day it is, the codes of areas."""

    report: Report
    found: Provenance
    today: date
    adcode_of: Callable[[float, float], str]


def carry_out(
    changes: ChangeSet, report: Report, change: Mapping[str, Any], *, seen: int | None, now: datetime
) -> Written:
    """Change the record of a report's station within a change set, which is settled by the caller.

    Raises
    ------
    InvalidValue
        When the record was changed or removed since the clerk (or the worker) saw it, or the change cannot be done.
    """
    station = fetch(STATIONS, changes.connection, [report.station_id])[report.station_id]
    _check_unchanged(changes, report, station, report.seen_revision if seen is None else seen)
    if station.removed:
        return _for_removed(report, station, change)
    zone = ZoneInfo(station.timezone)
    outcome = changed(
        station,
        report,
        change,
        today=now.astimezone(zone).date(),
        adcode_of=lambda lon, lat: _adcode(changes, lon, lat),
    )
    if outcome.station.parent_id not in ("", station.parent_id):
        _check_parent(changes, outcome.station)
    after = STATIONS.normal(outcome.station)
    if after != station:
        write(STATIONS, changes, [(station, after)], "removed" if after.removed else "updated")
    if outcome.shut_until is not None:
        _shut(changes, station, outcome.shut_until, now, zone)
    return Written(changes.revision, updated=int(changes.begun), unchanged=int(not changes.begun))


def publish(changes: ChangeSet, report: Report) -> None:
    """Show the photo of a report on the page of its station, as a part of a change set.

    Raises
    ------
    InvalidValue
        When the report has no photo.
    TooMany
        When the station has as many as there may be.
    """
    jpeg = changes.connection.scalar(select(REPORT_PHOTO.c.jpeg).where(REPORT_PHOTO.c.report_id == report.id))
    if jpeg is None:
        raise InvalidValue("Report {report} has no photo to publish.", report=report.id)
    station = fetch(STATIONS, changes.connection, [report.station_id])[report.station_id]
    facts = {"caption": "", "taken_on": _day_seen(report, station), "source": of_report(report.id)}
    photos.write(changes, report.station_id, bytes(jpeg), facts)


def changed(
    station: Station,
    report: Report,
    change: Mapping[str, Any],
    *,
    today: date,
    adcode_of: Callable[[float, float], str] = lambda _lon, _lat: "",
) -> Outcome:
    """Return what becomes of a record by an accepted report; pure.

    Parameters
    ----------
    station : Station
        As it is.
    report : Report
        The accepted report.
    change : Mapping
        What the clerk names. ``name``, ``address``, ``area_name``, ``floor``, ``serves``, ``host_name``, ``phone``,
        ``note``: text; ``kinds``, ``access``: words joined by ``|``; ``host_type``, ``build_mode``: a word;
        ``members_only`` and any service by its word: yes, no, unknown; ``seats``, ``area_m2``: a number;
        ``parent_id``: the id of a station; ``hours``: a text of hours; ``makeup``: work, weekend, unknown;
        ``lon``, ``lat`` and ``datum``: the place as received; ``until``: the last day of a closure or outage.
    today : date
        The day it is at the station.
    adcode_of : callable
        Code of the area of a place, WGS 84 degrees; "" when it is not known.

    Raises
    ------
    InvalidValue
        When a field is none, a value cannot be what it should be, or what is needed is not named.
    """
    found = Provenance(Basis.FOUND, of_report(report.id), _day_seen(report, station))
    case = _Case(report, found, today, adcode_of)
    until = _until(case, change.get("until"))
    facts = {name: value for name, value in change.items() if name != "until" and value is not None}
    if report.kind is ReportKind.SERVICE and until is not None:
        station = _with_service(station, report.service, Answer.YES, case, outage_until=until)
    if facts:
        station = _with_facts(station, facts, case)
    elif until is None:
        station = _as_meant(station, case)
    return Outcome(station, until if report.kind is ReportKind.CLOSED else None)


def _day_seen(report: Report, station: Station) -> date:
    return (report.observed_at or report.received_at).astimezone(ZoneInfo(station.timezone)).date()


def _as_meant(station: Station, case: _Case) -> Station:
    """Return what a report means by itself, where no clerk says more."""
    report = case.report
    if report.kind is ReportKind.CLOSED:
        return replace(station, removed=True)
    if report.kind is ReportKind.SERVICE:
        return _with_service(station, report.service, Answer.NO, case)
    if report.kind is ReportKind.HOURS:
        raise InvalidValue(
            "Report {report} says that the hours are wrong: say the new ones, such as --hours 周一至周五 8:30-17:30",
            report=report.id,
        )
    if report.kind is ReportKind.MOVED:
        raise InvalidValue(
            "Report {report} says that the station moved: say where to, by --address, or --lon, --lat and --datum.",
            report=report.id,
        )
    return station


def _with_facts(station: Station, facts: Mapping[str, Any], case: _Case) -> Station:
    shared = {name: read(name, facts[name]) for name, read in SHARED.items() if name in facts}
    if shared:
        source = beside(station.provenance.source, case.report.id)
        station = replace(station, **shared, provenance=replace(station.provenance, source=source))
    if "hours" in facts or "makeup" in facts:
        station = replace(station, hours=_hours(station.hours, facts, case))
    if any(name in facts for name in PLACE):
        location = _location(facts, case)
        station = replace(station, location=location, adcode=case.adcode_of(location.lon, location.lat))
    for name, value in facts.items():
        if name in SHARED or name in PLACE or name in ("hours", "makeup"):
            continue
        term = named(SERVICES, name)
        if term is None:
            known = (*SHARED, "hours", "makeup", *PLACE, "until")
            raise InvalidValue(
                "{name!r} is neither a service nor a field that can be changed. The fields are: {known}",
                name=name,
                known=known,
            )
        station = _with_service(station, term.code, answer_of(name, value), case)
    return station


def _with_service(
    station: Station, code: str, answer: Answer, case: _Case, *, outage_until: date | None = None
) -> Station:
    """Return a station whose service answers so; what is not there keeps no hours, and is nowhere nearby."""
    known = next((service for service in station.services if service.code == code), Service(code, answer))
    if answer is not Answer.YES:
        known = Service(code, answer)
    new = replace(known, answer=answer, outage_until=outage_until, provenance=case.found)
    others = tuple(service for service in station.services if service.code != code)
    return replace(station, services=(*others, new))


def _hours(old: Hours, facts: Mapping[str, Any], case: _Case) -> Hours:
    text = " ".join(text_of("hours", facts["hours"]).split()) if "hours" in facts else old.text
    said = old
    if "hours" in facts:
        reading = read_hours(text)
        said = Hours(text, reading.osm, reading.unread, reading.uncertain, Makeup(reading.makeup))
    makeup = makeup_of("makeup", facts["makeup"]) if "makeup" in facts else said.makeup
    habit = old.makeup if makeup is Makeup.UNKNOWN and "makeup" not in facts else makeup
    return replace(said, makeup=habit, provenance=case.found)


def _location(facts: Mapping[str, Any], case: _Case) -> Location:
    missing = [name for name in PLACE if facts.get(name) in (None, "")]
    if missing:
        raise InvalidValue(
            "A place needs lon, lat and datum; {missing} is missing. Amap and Tencent give gcj02, Baidu bd09,"
            " GPS and OpenStreetMap wgs84.",
            missing=tuple(missing),
        )
    x, y = (number_of(name, facts[name]) for name in ("lon", "lat"))
    datum = canonical(str(facts["datum"]))
    if not is_metric(datum) and not (abs(x) <= 180 and abs(y) <= 90):
        raise InvalidValue(
            "Position {x}, {y} is outside longitude -180..180 or latitude -90..90; are the two swapped?", x=x, y=y
        )
    lon, lat = (float(degrees) for degrees in convert(x, y, source=datum, target="wgs84"))
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise InvalidValue("Position {x}, {y} is no place in {datum}. Is the datum right?", x=x, y=y, datum=datum)
    return Location(lon, lat, x, y, datum, case.found)


def _until(case: _Case, value: Any) -> date | None:
    if value is None:
        return None
    report = case.report
    if report.kind not in (ReportKind.CLOSED, ReportKind.SERVICE):
        raise InvalidValue("An end date goes with a report of a closed station or a missing service, not with others.")
    day = value if isinstance(value, date) else cells.day(str(value)).value
    if not isinstance(day, date):
        raise InvalidValue("{value!r} is no date; write it like 2026-07-01.", value=value)
    if not case.today <= day <= case.today + timedelta(notices.MOST_DAYS - 1):
        raise InvalidValue(
            "The end date {day} must lie between today ({today}) and {most} days later.",
            day=day,
            today=case.today,
            most=notices.MOST_DAYS - 1,
        )
    return day


def _check_unchanged(changes: ChangeSet, report: Report, station: Station, seen: int) -> None:
    if station.revision == seen:
        return
    last = changes.connection.execute(select(REVISION).where(REVISION.c.id == station.revision)).one()
    values = {
        "station": station.name,
        "report": report.id,
        "revision": station.revision,
        "day": clerks_day(datetime.fromisoformat(last.at)),
        "actor": last.actor,
        "reason": told(last.reason),
    }
    if station.removed:
        raise InvalidValue(
            "{station} was removed since report {report} was seen (revision {revision}, {day}, {actor}: {reason})."
            " Turn the report down, or look at it again and accept it with --seen {revision}.",
            **values,
        )
    raise InvalidValue(
        "{station} was changed since report {report} was seen (revision {revision}, {day}, {actor}: {reason}). Look"
        " at it again (stationmap reports show {report}), then accept with --seen {revision}.",
        **values,
    )


def _for_removed(report: Report, station: Station, change: Mapping[str, Any]) -> Written:
    """Accept, of a removed station, only what leaves it as it is."""
    if report.kind in (ReportKind.CLOSED, ReportKind.OTHER) and not any(v is not None for v in change.values()):
        return Written(station.revision, unchanged=1)
    raise InvalidValue(
        "{station} is removed, so its record cannot be changed. Bring it back first: stationmap remove {id} --restore",
        station=station.name,
        id=station.id,
    )


def _check_parent(changes: ChangeSet, station: Station) -> None:
    if station.parent_id == station.id or station.parent_id not in fetch(
        STATIONS, changes.connection, [station.parent_id]
    ):
        raise not_found(STATIONS, station.parent_id)


def _adcode(changes: ChangeSet, lon: float, lat: float) -> str:
    known = gazetteer.areas(changes.connection, fictional=True)
    return str(AreaTree(known).locate(lon, lat).item()) if known else ""


def _shut(changes: ChangeSet, station: Station, until: date, now: datetime, zone: ZoneInfo) -> None:
    """Put up a notice that shuts a station from now to the end of a day."""
    said = Message("This station is shut until {day}.", {"day": until})
    end = datetime.combine(until + timedelta(1), time(), zone)
    values = {"text": tell(said, "zh"), "text_en": tell(said, "en"), "level": "warning", "adcode": ""}
    notices.write(changes, values | {"station_id": station.id, "closes": True, "starts_at": now, "ends_at": end})
