"""Patients, the words they are searched by, courses, and what a visit's row says of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BY_CODE_POINT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _visit_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("patient_id", sa.Text(), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("course_day", sa.Integer(), nullable=True),
        sa.Column("course_of", sa.Integer(), nullable=True),
        sa.Column("planned_min", sa.Integer(), nullable=True),
        sa.Column("planned_chair", sa.Integer(), nullable=True),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("pain_before", sa.Integer(), nullable=True),
        sa.Column("pain_after", sa.Integer(), nullable=True),
        sa.Column("pain_average", sa.Integer(), nullable=True),
        sa.Column("pain_worst", sa.Integer(), nullable=True),
        sa.Column("pain_least", sa.Integer(), nullable=True),
        sa.Column("ordered_mg_h", sa.Text(), nullable=True),
        sa.Column("ordered_mg_per_kg_h", sa.Text(), nullable=True),
        sa.Column("highest_mg_h", sa.Text(), nullable=True),
        sa.Column("side_effect", sa.Text(), nullable=False),
        sa.Column("stop_why", sa.Text(), nullable=False),
        sa.Column("oral_prescribed_by", sa.Text(), nullable=False),
        sa.Column("oral_dose", sa.Text(), nullable=False),
        sa.Column("oral_taught", sa.Boolean(), nullable=False),
        sa.Column("oral_at", UTCDateTime(), nullable=True),
    ]


def upgrade() -> None:
    # Emptied first: what follows from the journal is written anew after the last migration, and so no column needs
    # a default that a terminal of an earlier version could write by mistake.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("TRUNCATE seat, visit_day, visit")
    else:
        for table in ("seat", "visit_day", "visit"):
            op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608
    for added in _visit_columns():
        op.add_column("visit", added)
    op.create_index(
        "ix_visit_patient_id",
        "visit",
        ["patient_id"],
        unique=False,
        sqlite_where=sa.text("patient_id <> ''"),
        postgresql_where=sa.text("patient_id <> ''"),
    )

    op.create_table(
        "patient",
        sa.Column("patient", _BY_CODE_POINT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("record_number", sa.Text(), nullable=False),
        sa.Column("icd10", sa.Text(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("physician", sa.Text(), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("merged_into", _BY_CODE_POINT, nullable=False),
        sa.Column("family_key", _BY_CODE_POINT, nullable=False),
        sa.Column("given_key", _BY_CODE_POINT, nullable=False),
        sa.PrimaryKeyConstraint("patient", name=op.f("pk_patient")),
    )
    op.create_index(op.f("ix_patient_look"), "patient", ["look"], unique=False)
    op.create_index("ix_patient_name", "patient", ["family_key", "given_key", "patient"], unique=False)
    op.create_index(
        "ix_patient_merged_into",
        "patient",
        ["merged_into"],
        unique=False,
        sqlite_where=sa.text("merged_into <> ''"),
        postgresql_where=sa.text("merged_into <> ''"),
    )
    op.create_table(
        "patient_word",
        sa.Column("word", _BY_CODE_POINT, nullable=False),
        sa.Column("patient", _BY_CODE_POINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["patient"],
            ["patient.patient"],
            name=op.f("fk_patient_word_patient"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("word", "patient", name=op.f("pk_patient_word")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_patient_word_patient_word", "patient_word", ["patient", "word"], unique=False)

    op.create_table(
        "course",
        sa.Column("course", _BY_CODE_POINT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient", _BY_CODE_POINT, nullable=False),
        sa.Column("archetype", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("oral_started", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("course", name=op.f("pk_course")),
    )
    for column in ("patient", "state", "due_on"):
        op.create_index(op.f(f"ix_course_{column}"), "course", [column], unique=False)


def downgrade() -> None:
    for table in ("course", "patient_word", "patient"):
        op.drop_table(table)
    op.drop_index("ix_visit_patient_id", table_name="visit")
    for added in _visit_columns():
        op.drop_column("visit", added.name)
