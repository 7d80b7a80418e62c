"""Records as rows of the tables and back: one column a fact, exactly."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from stationmap.register.soundness import JsonText, json_text
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

Row: TypeAlias = Mapping[str, Any]

_SAME_IN_STATION = (
    *(
        "id",
        "name",
        "address",
        "area_name",
        "adcode",
        "floor",
        "serves",
        "host_type",
        "host_name",
        "build_mode",
    ),
    *("phone", "seats", "area_m2", "parent_id", "note", "timezone", "confirmed_by", "list_name", "list_key"),
    *("fictional", "removed", "revision"),
)
_SAME_IN_HOST = (
    *(
        "id",
        "name",
        "host_type",
        "type_text",
        "address",
        "area_name",
        "adcode",
        "phone",
        "list_name",
        "list_key",
    ),
    *("fictional", "removed", "revision"),
)
_SEPARATOR = "|"
_ANSWERS = {str(answer): answer for answer in Answer}


def station_row(station: Station) -> dict[str, Any]:
    """Return the row of table ``station`` of a record; its services are :func:`service_rows`."""
    return (
        {name: getattr(station, name) for name in _SAME_IN_STATION}
        | _place_columns(station.location)
        | _hours_columns(station.hours)
        | _provenance_columns("", station.provenance)
        | {
            "kinds": _SEPARATOR.join(station.kinds),
            "access": _SEPARATOR.join(station.access),
            "members_only": str(station.members_only),
            "confirmed_on": _day_text(station.confirmed_on),
        }
    )


def service_rows(station: Station) -> list[dict[str, Any]]:
    """Return the rows of table ``station_service`` of a record, in the order of its services."""
    return [
        {
            "station_id": station.id,
            "code": service.code,
            "answer": str(service.answer),
            "hours_text": service.hours_text,
            "hours_osm": service.hours_osm,
            "nearby_m": service.nearby_m,
            "outage_until": _day_text(service.outage_until),
        }
        | _provenance_columns("", service.provenance)
        for service in station.services
    ]


def host_row(host: Host) -> dict[str, Any]:
    """Return the row of table ``host`` of a record."""
    return (
        {name: getattr(host, name) for name in _SAME_IN_HOST}
        | _place_columns(host.location)
        | _hours_columns(host.hours)
        | _provenance_columns("", host.provenance)
    )


def station_from_row(row: Row, services: Iterable[Row]) -> Station:
    """Return the record of a row of ``station`` and its rows of ``station_service``, ordered by code."""
    return Station(
        **{name: row[name] for name in _SAME_IN_STATION},
        kinds=_codes(row["kinds"]),
        access=_codes(row["access"]),
        members_only=Answer(row["members_only"]),
        confirmed_on=_day(row["confirmed_on"]),
        location=_place(row),
        hours=_hours(row),
        services=tuple(sorted(map(_service, services), key=lambda service: service.code)),
        provenance=_provenance("", row),
    )


def host_from_row(row: Row) -> Host:
    """Return the record of a row of ``host``."""
    return Host(
        **{name: row[name] for name in _SAME_IN_HOST},
        location=_place(row),
        hours=_hours(row),
        provenance=_provenance("", row),
    )


def _service(row: Row) -> Service:
    return Service(
        code=row["code"],
        answer=_ANSWERS[row["answer"]],
        hours_text=row["hours_text"],
        hours_osm=row["hours_osm"],
        nearby_m=row["nearby_m"],
        outage_until=_day(row["outage_until"]),
        provenance=_provenance("", row),
    )


def _place_columns(location: Location | None) -> dict[str, Any]:
    if location is None:
        names = ("lon", "lat", "received_x", "received_y", "received_datum")
        return dict.fromkeys((*names, "location_basis", "location_source", "location_asof"))
    return {
        "lon": float(location.lon),
        "lat": float(location.lat),
        "received_x": float(location.received_x),
        "received_y": float(location.received_y),
        "received_datum": location.received_datum,
    } | _provenance_columns("location_", location.provenance)


def _place(row: Row) -> Location | None:
    if row["lon"] is None:
        return None
    return Location(
        lon=row["lon"],
        lat=row["lat"],
        received_x=row["received_x"],
        received_y=row["received_y"],
        received_datum=row["received_datum"],
        provenance=_provenance("location_", row),
    )


def _hours_columns(hours: Hours) -> dict[str, Any]:
    return {
        "hours_text": hours.text,
        "hours_osm": hours.osm,
        "hours_unread": JsonText(json_text(hours.unread)) if hours.unread else None,
        "hours_uncertain": hours.uncertain,
        "makeup": str(hours.makeup),
    } | _provenance_columns("hours_", hours.provenance)


def _hours(row: Row) -> Hours:
    return Hours(
        text=row["hours_text"],
        osm=row["hours_osm"],
        unread=tuple(row["hours_unread"] or ()),
        uncertain=row["hours_uncertain"],
        makeup=Makeup(row["makeup"]),
        provenance=_provenance("hours_", row),
    )


@lru_cache(maxsize=4096)
def _provenance_columns(prefix: str, provenance: Provenance) -> dict[str, Any]:
    """Return the one mapping that thousands of facts of a list share, to be joined to others."""
    return {
        prefix + "basis": str(provenance.basis),
        prefix + "source": provenance.source,
        prefix + "asof": _day_text(provenance.asof),
    }


def _provenance(prefix: str, row: Row) -> Provenance:
    return _one_provenance(row[prefix + "basis"], row[prefix + "source"], row[prefix + "asof"])


@lru_cache(maxsize=4096)
def _one_provenance(basis: str, source: str, asof: str | None) -> Provenance:
    """Return the one provenance that thousands of facts of a list share."""
    return Provenance(Basis(basis), source, _day(asof))


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _codes(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(_SEPARATOR)) if joined else ()
