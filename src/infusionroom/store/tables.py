"""The tables, as SQLModel declares them. Rows stay in the store: only records of the domain leave it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: Final = MetaData(naming_convention=NAMING)
PINS_METADATA: Final = MetaData(naming_convention=NAMING)

# Ordered by code point in both databases: instants as text, and the keys that names are searched by.
_BY_CODE_POINT: Final[Any] = Text().with_variant(Text(collation="C"), "postgresql")
_BIG: Final[Any] = BigInteger().with_variant(Integer(), "sqlite")


class Stored(SQLModel):
    """The base of all tables: it keeps them out of SQLModel's global catalogue."""

    metadata = METADATA


class JournalRow(Stored, table=True):
    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("stream", "version"),
        UniqueConstraint("command", "part"),
        CheckConstraint("length(hash) = 64 AND length(prev_hash) = 64", name="hashes"),
    )

    id: int = Field(primary_key=True, sa_type=_BIG, sa_column_kwargs={"autoincrement": False})
    stream: str = Field(sa_type=Text)
    version: int
    kind: str = Field(sa_type=Text)
    happened_at: str = Field(sa_type=_BY_CODE_POINT)
    recorded_at: str = Field(sa_type=_BY_CODE_POINT)
    actor: str = Field(sa_type=Text)
    terminal: str = Field(sa_type=Text)
    command: str = Field(sa_type=Text)
    part: int
    body: str = Field(sa_type=Text)
    prev_hash: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text)


class HeadRow(Stored, table=True):
    """One row: the journal's end. PostgreSQL's writers lock it, so that ids are in commit order."""

    __tablename__ = "head"
    __table_args__ = (CheckConstraint("one = 1", name="one"),)

    one: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    id: int = Field(sa_type=_BIG)
    hash: str = Field(sa_type=Text)


class VisitRow(Stored, table=True):
    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_open", "visit", sqlite_where=text("is_open"), postgresql_where=text("is_open")),
        Index(
            "uq_visit_appointment",
            "appointment",
            unique=True,
            sqlite_where=text("appointment <> ''"),
            postgresql_where=text("appointment <> ''"),
        ),
        Index("ix_visit_record_number_started_at", "record_number", "started_at"),
        Index(
            "ix_visit_patient_id",
            "patient_id",
            sqlite_where=text("patient_id <> ''"),
            postgresql_where=text("patient_id <> ''"),
        ),
    )

    visit: str = Field(primary_key=True, sa_type=Text)
    version: int
    appointment: str = Field(sa_type=Text)
    phase: str = Field(sa_type=Text)
    day: date = Field(index=True)
    is_open: bool
    family: str = Field(sa_type=Text)
    given: str = Field(sa_type=Text)
    birth_date: date | None
    record_number: str = Field(sa_type=Text)
    planned_start: datetime
    opened_at: datetime
    closed_at: datetime | None = Field(index=True)
    arrived_at: datetime | None
    seated_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    ready_at: datetime | None
    left_at: datetime | None
    chair: int | None
    experienced: bool
    stopped_early: bool
    running_s: int | None
    wall_s: int | None
    given_mg: str | None = Field(sa_type=Text)
    given_ml: str | None = Field(sa_type=Text)
    weight_kg: str | None = Field(sa_type=Text)
    weighed_at: datetime | None
    patient_id: str = Field(sa_type=Text)
    course: str = Field(sa_type=Text)
    course_day: int | None
    course_of: int | None
    planned_min: int | None
    planned_chair: int | None
    off: bool
    pain_before: int | None
    pain_after: int | None
    pain_average: int | None
    pain_worst: int | None
    pain_least: int | None
    ordered_mg_h: str | None = Field(sa_type=Text)
    ordered_mg_per_kg_h: str | None = Field(sa_type=Text)
    highest_mg_h: str | None = Field(sa_type=Text)
    side_effect: str = Field(sa_type=Text)
    stop_why: str = Field(sa_type=Text)
    oral_prescribed_by: str = Field(sa_type=Text)
    oral_dose: str = Field(sa_type=Text)
    oral_taught: bool
    oral_at: datetime | None
    family_key: str = Field(sa_type=_BY_CODE_POINT, index=True)
    given_key: str = Field(sa_type=_BY_CODE_POINT, index=True)
    record_key: str = Field(sa_type=_BY_CODE_POINT, index=True)


def _visit_exists() -> ForeignKeyConstraint:
    """Checked at the commit: within a command it does not matter which row is written first."""
    return ForeignKeyConstraint(["visit"], ["visit.visit"], deferrable=True, initially="DEFERRED")


class SeatRow(Stored, table=True):
    """Who sits where: a chair holds one, and nobody sits twice."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("visit"), _visit_exists())

    chair: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    visit: str = Field(sa_type=Text)


class VisitDayRow(Stored, table=True):
    """Every clinic day that a visit was ever planned on or present: what time travel has to look at."""

    __tablename__ = "visit_day"
    __table_args__ = (_visit_exists(),)

    day: date = Field(primary_key=True)
    visit: str = Field(primary_key=True, sa_type=Text)


class PatientRow(Stored, table=True):
    """A patient's file for lists. `merged_into` names the patient whose file holds for a duplicate."""

    __tablename__ = "patient"
    __table_args__ = (
        Index("ix_patient_name", "family_key", "given_key", "patient"),
        Index(
            "ix_patient_merged_into",
            "merged_into",
            sqlite_where=text("merged_into <> ''"),
            postgresql_where=text("merged_into <> ''"),
        ),
    )

    patient: str = Field(primary_key=True, sa_type=_BY_CODE_POINT)
    version: int
    family: str = Field(sa_type=Text)
    given: str = Field(sa_type=Text)
    birth_date: date | None
    record_number: str = Field(sa_type=Text)
    icd10: str = Field(sa_type=Text)
    indication: str = Field(sa_type=Text)
    physician: str = Field(sa_type=Text)
    look: str = Field(sa_type=Text, index=True)
    merged_into: str = Field(sa_type=_BY_CODE_POINT)
    family_key: str = Field(sa_type=_BY_CODE_POINT)
    given_key: str = Field(sa_type=_BY_CODE_POINT)


class PatientWordRow(Stored, table=True):
    """Every word that a patient is searched by."""

    __tablename__ = "patient_word"
    __table_args__ = (
        ForeignKeyConstraint(["patient"], ["patient.patient"], deferrable=True, initially="DEFERRED"),
        Index("ix_patient_word_patient_word", "patient", "word"),
        {"sqlite_with_rowid": False},
    )

    word: str = Field(primary_key=True, sa_type=_BY_CODE_POINT)
    patient: str = Field(primary_key=True, sa_type=_BY_CODE_POINT)


class CourseRow(Stored, table=True):
    """A course for lists; `due_on` is the first day on which something of it is open to be done."""

    __tablename__ = "course"

    course: str = Field(primary_key=True, sa_type=_BY_CODE_POINT)
    version: int
    patient: str = Field(sa_type=_BY_CODE_POINT, index=True)
    archetype: str = Field(sa_type=Text)
    days: int
    state: str = Field(sa_type=Text, index=True)
    first_day: date | None
    last_day: date | None
    ended_on: date | None
    due_on: date | None = Field(index=True)
    oral_started: bool
    booked_on: date


class QuarantineRow(Stored, table=True):
    """What an importer did not understand, as it came. Patient data."""

    __tablename__ = "quarantine"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'retried', 'dismissed')", name="state"),
        Index(
            "ix_quarantine_waiting",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: int = Field(primary_key=True, sa_type=_BIG, sa_column_kwargs={"autoincrement": False})
    received_at: datetime
    received_by: str = Field(sa_type=Text)
    file: str = Field(sa_type=Text)
    line: int
    field: str = Field(sa_type=Text)
    why: str = Field(sa_type=Text)
    raw: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)


class CredentialRow(SQLModel, table=True):
    """How a person signs in: the hash of the PIN, and how often it was wrong. It is not in the journal.

    On a server alone is it among the other tables: beside a file it has a file of its own (`pins_file`).
    """

    metadata = PINS_METADATA
    __tablename__ = "credential"

    person: str = Field(primary_key=True, sa_type=_BY_CODE_POINT)
    hash: str = Field(sa_type=Text)
    failures: int
    waits_until: datetime | None
