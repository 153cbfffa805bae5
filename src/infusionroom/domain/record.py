"""The visit's row for history, search and back-office SQL: flat, rebuilt from the journal at any time."""

from __future__ import annotations

from datetime import date, datetime

import msgspec


class VisitRecord(msgspec.Struct, frozen=True):
    """One visit in one row. Instants are aware UTC, durations whole seconds, amounts exact decimals as text.

    `opened_at` is when the visit's first entry was recorded, `closed_at` when it reached an end (left,
    cancelled, no-show, entered in error); a visit is open while the person is here: arrived and not ended.
    """

    visit: str
    version: int
    appointment: str
    phase: str
    day: date
    is_open: bool
    family: str
    given: str
    birth_date: date | None
    record_number: str
    planned_start: datetime
    opened_at: datetime
    closed_at: datetime | None
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
    given_mg: str | None
    given_ml: str | None
