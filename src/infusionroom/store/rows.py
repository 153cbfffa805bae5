"""Flat rows ↔ the domain's records: the one list of columns that reading and writing share."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any, Final, Literal, get_args, get_type_hints

import msgspec

from infusionroom.domain.course_record import CourseRecord
from infusionroom.domain.journal import RawEntry
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.domain.record import VisitRecord
from infusionroom.store.backend import Dialect, Row
from infusionroom.store.errors import StoreDamaged

JOURNAL_COLUMNS: Final = ", ".join(RawEntry.__struct_fields__)
VISIT_COLUMNS: Final = ", ".join(VisitRecord.__struct_fields__)
PATIENT_FIELDS: Final = PatientRecord.__struct_fields__
COURSE_COLUMNS: Final = ", ".join(CourseRecord.__struct_fields__)

QuarantineState = Literal["waiting", "retried", "dismissed"]


class Quarantined(msgspec.Struct, frozen=True):
    """A part of a stranger's file that was not understood: where, why, and its text as it came.

    `raw` is patient data: it stays in the store and on the screen of who may see it. `id` is 0 until kept.
    """

    file: str
    line: int
    field: str
    why: str
    raw: str
    id: int = 0
    received_at: datetime | None = None
    received_by: str = ""
    state: QuarantineState = "waiting"


class Credential(msgspec.Struct, frozen=True):
    """How a person signs in: the hash of the PIN, how often it was wrong since it was right, and the waiting time.

    It is written over, and no journal keeps it. `hash` goes nowhere but to whoever compares a PIN with it.
    """

    person: str
    hash: str
    failures: int = 0
    waits_until: datetime | None = None

    def __repr__(self) -> str:
        return f"Credential({self.person!r})"


CREDENTIAL_COLUMNS: Final = ", ".join(Credential.__struct_fields__)
QUARANTINE_COLUMNS: Final = ", ".join(Quarantined.__struct_fields__)


@cache
def _kinds(record: type[msgspec.Struct]) -> tuple[str, ...]:
    kinds = []
    for hint in get_type_hints(record).values():
        inner = [each for each in get_args(hint) if each is not type(None)] or [hint]
        kinds.append({datetime: "instant", date: "day", bool: "flag"}.get(inner[0], ""))
    return tuple(kinds)


_JOURNAL_TYPES: Final = tuple(get_type_hints(RawEntry).values())


def raw_entry(row: Row) -> RawEntry:
    """The row as it is stored. Raises `StoreDamaged` where a column holds what no column of its kind can."""
    if not all(map(isinstance, row, _JOURNAL_TYPES)):
        raise StoreDamaged(f"Row {row[0]} of the journal is damaged: run “infusionroom check”.")
    return RawEntry(*row)


def visit_record(row: Row, dialect: Dialect) -> VisitRecord:
    return VisitRecord(*_typed(row, _kinds(VisitRecord), dialect))


def patient_record(row: Row, dialect: Dialect) -> PatientRecord:
    return PatientRecord(*_typed(row, _kinds(PatientRecord), dialect))


def course_record(row: Row, dialect: Dialect) -> CourseRecord:
    return CourseRecord(*_typed(row, _kinds(CourseRecord), dialect))


def quarantined(row: Row, dialect: Dialect) -> Quarantined:
    return Quarantined(*_typed(row, _kinds(Quarantined), dialect))


def credential(row: Row, dialect: Dialect) -> Credential:
    return Credential(*_typed(row, _kinds(Credential), dialect))


def _typed(row: Row, kinds: tuple[str, ...], dialect: Dialect) -> list[Any]:
    try:
        return _values(row, kinds, dialect)
    except (ValueError, TypeError):
        raise StoreDamaged(
            "A row that follows from the journal is damaged: run “infusionroom check --rebuild”."
        ) from None


def _values(row: Row, kinds: tuple[str, ...], dialect: Dialect) -> list[Any]:
    values: list[Any] = []
    for kind, stored in zip(kinds, row, strict=True):
        if kind == "instant":
            values.append(dialect.instant(stored))
        elif kind == "day":
            values.append(dialect.day(stored))
        elif kind == "flag":
            values.append(bool(stored))
        else:
            values.append(stored)
    return values
