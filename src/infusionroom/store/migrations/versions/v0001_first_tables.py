"""The first tables: journal, head, visits, seats, quarantine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from infusionroom.domain.journal import GENESIS
from infusionroom.store.schema import APPLICATION_ID, POSTGRES_FUNCTIONS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BY_CODE_POINT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", _BIG, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_head_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_head")),
    )
    op.create_table(
        "journal",
        sa.Column("id", _BIG, autoincrement=False, nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_at", _BY_CODE_POINT, nullable=False),
        sa.Column("recorded_at", _BY_CODE_POINT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("terminal", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("length(hash) = 64 AND length(prev_hash) = 64", name=op.f("ck_journal_hashes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("command", "part", name=op.f("uq_journal_command_part")),
        sa.UniqueConstraint("stream", "version", name=op.f("uq_journal_stream_version")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'retried', 'dismissed')", name=op.f("ck_quarantine_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(
        "ix_quarantine_waiting",
        "quarantine",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )

    op.create_table(
        "visit",
        sa.Column("visit", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("appointment", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("record_number", sa.Text(), nullable=False),
        sa.Column("planned_start", UTCDateTime(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("arrived_at", UTCDateTime(), nullable=True),
        sa.Column("seated_at", UTCDateTime(), nullable=True),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("stopped_at", UTCDateTime(), nullable=True),
        sa.Column("ready_at", UTCDateTime(), nullable=True),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.Column("chair", sa.Integer(), nullable=True),
        sa.Column("experienced", sa.Boolean(), nullable=False),
        sa.Column("stopped_early", sa.Boolean(), nullable=False),
        sa.Column("running_s", sa.Integer(), nullable=True),
        sa.Column("wall_s", sa.Integer(), nullable=True),
        sa.Column("given_mg", sa.Text(), nullable=True),
        sa.Column("given_ml", sa.Text(), nullable=True),
        sa.Column("weight_kg", sa.Text(), nullable=True),
        sa.Column("weighed_at", UTCDateTime(), nullable=True),
        sa.Column("family_key", _BY_CODE_POINT, nullable=False),
        sa.Column("given_key", _BY_CODE_POINT, nullable=False),
        sa.Column("record_key", _BY_CODE_POINT, nullable=False),
        sa.PrimaryKeyConstraint("visit", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_closed_at"), "visit", ["closed_at"], unique=False)
    op.create_index(op.f("ix_visit_day"), "visit", ["day"], unique=False)
    op.create_index(op.f("ix_visit_family_key"), "visit", ["family_key"], unique=False)
    op.create_index(op.f("ix_visit_given_key"), "visit", ["given_key"], unique=False)
    op.create_index(
        "ix_visit_open",
        "visit",
        ["visit"],
        unique=False,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(op.f("ix_visit_record_key"), "visit", ["record_key"], unique=False)
    op.create_index(
        "ix_visit_record_number_started_at", "visit", ["record_number", "started_at"], unique=False
    )
    op.create_index(
        "uq_visit_appointment",
        "visit",
        ["appointment"],
        unique=True,
        sqlite_where=sa.text("appointment <> ''"),
        postgresql_where=sa.text("appointment <> ''"),
    )

    op.create_table(
        "seat",
        sa.Column("chair", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit"], ["visit.visit"], name=op.f("fk_seat_visit"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("chair", name=op.f("pk_seat")),
        sa.UniqueConstraint("visit", name=op.f("uq_seat_visit")),
    )
    op.create_table(
        "visit_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit"], ["visit.visit"], name=op.f("fk_visit_day_visit"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("day", "visit", name=op.f("pk_visit_day")),
    )
    op.execute(
        sa.text("INSERT INTO head (one, id, hash) VALUES (1, 0, :genesis)").bindparams(genesis=GENESIS)
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def downgrade() -> None:
    for table in ("visit_day", "seat", "visit", "quarantine", "journal", "head"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in POSTGRES_FUNCTIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {function}()")
