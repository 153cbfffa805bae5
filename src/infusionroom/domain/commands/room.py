"""What may be asked about the chairs, the room, its people and what it offers."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from infusionroom.domain.commands.base import Command
from infusionroom.domain.events import Archetype, Clause, Text

# ── chairs, the room and its people ─────────────────────────────────────────────────────────────────────────


class CleanChair(Command, frozen=True, kw_only=True, tag="chair_cleaned"):
    chair: int


class TakeChairOut(Command, frozen=True, kw_only=True, tag="chair_out_of_service"):
    chair: int
    why: Text


class ReturnChair(Command, frozen=True, kw_only=True, tag="chair_in_service"):
    chair: int


class UndoChair(Command, frozen=True, kw_only=True, tag="undo_chair"):
    """Takes back the chair's last entry: cleaned, out of service or back in service."""

    chair: int
    why: str = ""


class SetUpRoom(Command, frozen=True, kw_only=True, tag="set_up_room"):
    name: Text
    timezone: Text
    opens: time
    closes: time
    chairs: int
    first_user: Text


class ChangeRoom(Command, frozen=True, kw_only=True, tag="change_room"):
    name: str | None = None
    opens: time | None = None
    closes: time | None = None
    chairs: int | None = None


class ChangeRule(Command, frozen=True, kw_only=True, tag="change_rule"):
    """Sets a clinic's threshold by its dotted name (`dose.duration_min`), signed off by a physician."""

    name: Text
    value: Any
    signed_off_by: Text


class SetArchetype(Command, frozen=True, kw_only=True, tag="set_archetype"):
    """Adds a kind of course, or replaces the one of the same name. Courses already booked keep theirs."""

    archetype: Archetype


class WithdrawArchetype(Command, frozen=True, kw_only=True, tag="withdraw_archetype"):
    name: Text


class CloseDay(Command, frozen=True, kw_only=True, tag="close_day"):
    """The clinic is closed on this day; what is booked on it stays and is shown as to be moved."""

    day: date
    why: Text


class OpenDay(Command, frozen=True, kw_only=True, tag="open_day"):
    """The clinic works on this day although it is a holiday, or was closed by hand."""

    day: date
    why: str = ""


class PublishConsent(Command, frozen=True, kw_only=True, tag="publish_consent"):
    """A new version of the consent's text and clauses: every start from now on needs this version."""

    version: Text
    text: Text
    clauses: tuple[Clause, ...]
