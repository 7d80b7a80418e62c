"""What workers say of stations, and what is said and shown to them: reports, confirmations, notices, events, photos."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.create_index("ix_change_subject", "change", ["subject", "revision", "record_id"])
    _make_reports()
    _make_confirmations()
    _make_published()


def _make_reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_station(index=True),
        *_texts("kind", "service", "text", "received_at"),
        sa.Column("observed_at", sa.String),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("token", sa.String, unique=True),
        sa.Column("seen_revision", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table("report_photo", _of_report(), sa.Column("jpeg", sa.LargeBinary, nullable=False))
    op.create_table(
        "report_step",
        _of_report(),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *_texts("at", "actor", "state", "note"),
        sa.Column("revision", sa.Integer, sa.ForeignKey("revision.id")),
    )


def _make_confirmations() -> None:
    op.create_table(
        "confirmation",
        _of_station(primary_key=True),
        sa.Column("tap", sa.String, primary_key=True),
        sa.Column("day", sa.String, nullable=False),
    )


def _make_published() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer, primary_key=True),
        *_texts("text", "text_en", "level", "starts_at", "ends_at", "adcode"),
        _of_station(index=True, nullable=True),
        sa.Column("closes", sa.Boolean, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        _revision(),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String, primary_key=True),
        _of_station(index=True),
        *_texts("title", "text", "hours_text", "hours_osm"),
        sa.Column("first", sa.String),
        sa.Column("last", sa.String),
        *_texts("source"),
        _revision(),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer, primary_key=True),
        _of_station(index=True),
        sa.Column("width_px", sa.Integer, nullable=False),
        sa.Column("height_px", sa.Integer, nullable=False),
        sa.Column("taken_on", sa.String),
        *_texts("caption", "source"),
        sa.Column("jpeg", sa.LargeBinary, nullable=False),
        _revision(),
        sqlite_autoincrement=True,
    )


def _texts(*names: str) -> Sequence[sa.Column[Any]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _of_station(**options: Any) -> sa.Column[Any]:
    options = {"nullable": False, **options}
    return sa.Column("station_id", sa.String, sa.ForeignKey("station.id", ondelete="CASCADE"), **options)


def _of_report() -> sa.Column[Any]:
    return sa.Column("report_id", sa.Integer, sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)


def _revision() -> sa.Column[Any]:
    return sa.Column("revision", sa.Integer, sa.ForeignKey("revision.id"), nullable=False)
