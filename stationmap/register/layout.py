"""The tables of the ledger: what is known now, the history of it, and who changed it when, why and from what.

=====================  ==========================================================================
``ledger``             one row: the number of the last revision; every writer locks it first
``revision``           one row a change set: when, who, why, from which file
``station``            what is known of each station now, one column a fact
``station_service``    its services, one row a service
``host``               places that might host a station
``change``             history: each record as each revision left it
``area``, ``street``   boundaries and streets, WGS 84, well-known binary
``calendar_day``       days off and make-up working days that were announced
=====================  ==========================================================================

Dates are ISO text: they sort as dates and read the same out of every database. Codes of kinds and access
modes are joined by ``|``. ``change`` points to no record, since the history outlives a record that is
discarded. The tables are made by :mod:`stationmap.register.migrations`; this module is what the code believes
they are, and a test holds the two against each other.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

LAYOUT_VERSION = "0001"
VERSION_TABLE = "stationmap_version"

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, String, nullable=False) for name in names]


def _provenance(prefix: str = "") -> list[Column[Any]]:
    return [
        Column(f"{prefix}basis", String, nullable=False),
        Column(f"{prefix}source", String, nullable=False),
        Column(f"{prefix}asof", String),
    ]


def _place() -> list[Column[Any]]:
    """Columns of a Location, all NULL when there is none: WGS 84 degrees, and what came in."""
    numbers = [Column(name, Double) for name in ("lon", "lat", "received_x", "received_y")]
    words = ("received_datum", "location_basis", "location_source", "location_asof")
    return [*numbers, *(Column(name, String) for name in words)]


def _hours() -> list[Column[Any]]:
    return [
        *_texts("hours_text", "hours_osm"),
        Column("hours_unread", JSON(none_as_null=True)),
        Column("hours_uncertain", Boolean, nullable=False),
        *_texts("makeup"),
        *_provenance("hours_"),
    ]


def _revision(**options: Any) -> Column[Any]:
    return Column("revision", Integer, ForeignKey("revision.id"), nullable=False, **options)


def _standing() -> list[Column[Any]]:
    return [
        Column("fictional", Boolean, nullable=False),
        Column("removed", Boolean, nullable=False),
        _revision(),
    ]


def _on_the_globe() -> list[CheckConstraint]:
    return [
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="located"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
    ]


LEDGER = Table(
    "ledger",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)

REVISION = Table(
    "revision",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    *_texts("at", "actor", "reason", "source", "sha256", "action"),
    Column("counts", JSON, nullable=False),
)

STATION = Table(
    "station",
    METADATA,
    Column("id", String, primary_key=True),
    *_texts("name", "address", "area_name", "adcode", "kinds"),
    *_place(),
    *_hours(),
    *_texts("access", "members_only", "floor", "serves", "host_type", "host_name", "build_mode", "phone"),
    Column("seats", Integer),
    Column("area_m2", Double),
    *_texts("parent_id", "note", "timezone"),
    Column("confirmed_on", String),
    *_texts("confirmed_by", "list_name", "list_key"),
    *_provenance(),
    *_standing(),
    *_on_the_globe(),
)

SERVICE = Table(
    "station_service",
    METADATA,
    Column("station_id", String, ForeignKey("station.id", ondelete="CASCADE"), primary_key=True),
    Column("code", String, primary_key=True),
    *_texts("answer", "hours_text", "hours_osm"),
    Column("nearby_m", Double),
    Column("outage_until", String),
    *_provenance(),
)

HOST = Table(
    "host",
    METADATA,
    Column("id", String, primary_key=True),
    *_texts("name", "host_type", "type_text", "address", "area_name", "adcode"),
    *_place(),
    *_texts("phone"),
    *_hours(),
    *_texts("list_name", "list_key"),
    *_provenance(),
    *_standing(),
    *_on_the_globe(),
)

CHANGE = Table(
    "change",
    METADATA,
    Column("subject", String, primary_key=True),
    Column("record_id", String, primary_key=True),
    _revision(primary_key=True),
    *_texts("action"),
    Column("after", JSON(none_as_null=True)),
)

AREA = Table(
    "area",
    METADATA,
    Column("adcode", String, primary_key=True),
    *_texts("name", "level", "parent"),
    Column("geometry", LargeBinary),
    *_texts("source"),
    Column("fictional", Boolean, nullable=False),
    _revision(),
)

STREET = Table(
    "street",
    METADATA,
    Column("id", String, primary_key=True),
    *_texts("name"),
    Column("geometry", LargeBinary, nullable=False),
    *_texts("source"),
    Column("fictional", Boolean, nullable=False),
    _revision(),
)

CALENDAR_DAY = Table(
    "calendar_day",
    METADATA,
    Column("day", String, primary_key=True),
    Column("off", Boolean, nullable=False),
    *_texts("name", "source"),
    _revision(),
)
