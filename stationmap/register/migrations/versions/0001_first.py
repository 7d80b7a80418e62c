"""The first layout: stations, hosts, their history, boundaries, streets and the calendar."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    _make_book()
    _make_stations()
    _make_hosts()
    _make_gazetteer()


def _make_book() -> None:
    ledger = op.create_table(
        "ledger",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.bulk_insert(ledger, [{"id": 1, "revision": 0}])
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *_texts("at", "actor", "reason", "source", "sha256", "action"),
        sa.Column("counts", sa.JSON, nullable=False),
    )
    op.create_table(
        "change",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("record_id", sa.String, primary_key=True),
        _revision(primary_key=True),
        *_texts("action"),
        sa.Column("after", sa.JSON(none_as_null=True)),
    )


def _make_stations() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.String, primary_key=True),
        *_texts("name", "address", "area_name", "adcode", "kinds"),
        *_place(),
        *_hours(),
        *_texts("access", "members_only", "floor", "serves", "host_type", "host_name", "build_mode", "phone"),
        sa.Column("seats", sa.Integer),
        sa.Column("area_m2", sa.Double),
        *_texts("parent_id", "note", "timezone"),
        sa.Column("confirmed_on", sa.String),
        *_texts("confirmed_by", "list_name", "list_key"),
        *_provenance(),
        *_standing(),
        *_on_the_globe(),
    )
    op.create_table(
        "station_service",
        sa.Column("station_id", sa.String, sa.ForeignKey("station.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("code", sa.String, primary_key=True),
        *_texts("answer", "hours_text", "hours_osm"),
        sa.Column("nearby_m", sa.Double),
        sa.Column("outage_until", sa.String),
        *_provenance(),
    )


def _make_hosts() -> None:
    op.create_table(
        "host",
        sa.Column("id", sa.String, primary_key=True),
        *_texts("name", "host_type", "type_text", "address", "area_name", "adcode"),
        *_place(),
        *_texts("phone"),
        *_hours(),
        *_texts("list_name", "list_key"),
        *_provenance(),
        *_standing(),
        *_on_the_globe(),
    )


def _make_gazetteer() -> None:
    op.create_table(
        "area",
        sa.Column("adcode", sa.String, primary_key=True),
        *_texts("name", "level", "parent"),
        sa.Column("geometry", sa.LargeBinary),
        *_texts("source"),
        sa.Column("fictional", sa.Boolean, nullable=False),
        _revision(),
    )
    op.create_table(
        "street",
        sa.Column("id", sa.String, primary_key=True),
        *_texts("name"),
        sa.Column("geometry", sa.LargeBinary, nullable=False),
        *_texts("source"),
        sa.Column("fictional", sa.Boolean, nullable=False),
        _revision(),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("off", sa.Boolean, nullable=False),
        *_texts("name", "source"),
        _revision(),
    )


def _texts(*names: str) -> Sequence[sa.Column[Any]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _provenance(prefix: str = "") -> Sequence[sa.Column[Any]]:
    return [*_texts(f"{prefix}basis", f"{prefix}source"), sa.Column(f"{prefix}asof", sa.String)]


def _place() -> Sequence[sa.Column[Any]]:
    numbers = [sa.Column(name, sa.Double) for name in ("lon", "lat", "received_x", "received_y")]
    words = ("received_datum", "location_basis", "location_source", "location_asof")
    return [*numbers, *(sa.Column(name, sa.String) for name in words)]


def _hours() -> Sequence[sa.Column[Any]]:
    return [
        *_texts("hours_text", "hours_osm"),
        sa.Column("hours_unread", sa.JSON(none_as_null=True)),
        sa.Column("hours_uncertain", sa.Boolean, nullable=False),
        *_texts("makeup"),
        *_provenance("hours_"),
    ]


def _revision(**options: Any) -> sa.Column[Any]:
    return sa.Column("revision", sa.Integer, sa.ForeignKey("revision.id"), nullable=False, **options)


def _standing() -> Sequence[sa.Column[Any]]:
    flags = [sa.Column(name, sa.Boolean, nullable=False) for name in ("fictional", "removed")]
    return [*flags, _revision()]


def _on_the_globe() -> Sequence[sa.CheckConstraint]:
    return [
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="located"),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name="lon"),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name="lat"),
    ]
