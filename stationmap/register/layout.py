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
``report``             what workers say is wrong: a case each; ``report_photo`` what they show of it,
                       ``report_step`` what clerks decided
``confirmation``       taps of "still right", by station and day
``notice``             what the operator says to all, for a while
``event``              what takes place at stations
``photo``              published pictures of stations
``demand``             demand that planners loaded, whole
``run``                runs of planners: question, inputs, progress, result
=====================  ==========================================================================

No table holds who reports or confirms: no name, phone, address or position. A number of a report is never given
twice, since the history names it as a source.

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
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

LAYOUT_VERSION = "0003"
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


def _of_station(**options: Any) -> Column[Any]:
    options = {"nullable": False, **options}
    return Column("station_id", String, ForeignKey("station.id", ondelete="CASCADE"), **options)


def _of_report() -> Column[Any]:
    return Column("report_id", Integer, ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)


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
    Index("ix_change_subject", "subject", "revision", "record_id"),
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

REPORT = Table(
    "report",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_station(index=True),
    *_texts("kind", "service", "text", "received_at"),
    Column("observed_at", String),
    Column("state", String, nullable=False, index=True),
    Column("token", String, unique=True),
    Column("seen_revision", Integer, nullable=False),
    sqlite_autoincrement=True,
)

REPORT_PHOTO = Table("report_photo", METADATA, _of_report(), Column("jpeg", LargeBinary, nullable=False))

REPORT_STEP = Table(
    "report_step",
    METADATA,
    _of_report(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    *_texts("at", "actor", "state", "note"),
    Column("revision", Integer, ForeignKey("revision.id")),
)

CONFIRMATION = Table(
    "confirmation",
    METADATA,
    _of_station(primary_key=True),
    Column("tap", String, primary_key=True),
    Column("day", String, nullable=False),
)

NOTICE = Table(
    "notice",
    METADATA,
    Column("id", Integer, primary_key=True),
    *_texts("text", "text_en", "level", "starts_at", "ends_at", "adcode"),
    _of_station(index=True, nullable=True),
    Column("closes", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    _revision(),
    sqlite_autoincrement=True,
)

EVENT = Table(
    "event",
    METADATA,
    Column("id", String, primary_key=True),
    _of_station(index=True),
    *_texts("title", "text", "hours_text", "hours_osm"),
    Column("first", String),
    Column("last", String),
    *_texts("source"),
    _revision(),
)

PHOTO = Table(
    "photo",
    METADATA,
    Column("id", Integer, primary_key=True),
    _of_station(index=True),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("taken_on", String),
    *_texts("caption", "source"),
    Column("jpeg", LargeBinary, nullable=False),
    _revision(),
    sqlite_autoincrement=True,
)

DEMAND = Table(
    "demand",
    METADATA,
    Column("name", String, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("weights", JSON, nullable=False),
    *_texts("source", "sha256"),
    Column("fictional", Boolean, nullable=False),
    Column("parquet", LargeBinary, nullable=False),
    _revision(),
)

RUN = Table(
    "run",
    METADATA,
    Column("id", String, primary_key=True),
    *_texts("name"),
    Column("asked", JSON, nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("done", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    *_texts("fault", "worker", "beat_at", "created_at"),
    Column("ended_at", String),
    Column("attempts", Integer, nullable=False),
    Column("result", LargeBinary),
)
