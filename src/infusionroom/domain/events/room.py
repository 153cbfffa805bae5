"""What can have happened to the room itself: its chairs, its settings, its people."""

from __future__ import annotations

from datetime import date, time
from typing import Any, Literal

import msgspec

from infusionroom.domain.events.base import Event, Text
from infusionroom.domain.events.course import Archetype

ClauseFor = Literal["everybody", "off guideline"]


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of the consent that is acknowledged by itself, by everybody or where it applies."""

    key: Text
    text: Text
    asked_of: ClauseFor = "everybody"


class ChairVacated(Event, frozen=True, kw_only=True, tag="chair_vacated"):
    """The person has left or was moved: the chair is to be cleaned."""

    visit: str


class ChairCleaned(Event, frozen=True, kw_only=True, tag="chair_cleaned"):
    pass


class ChairOutOfService(Event, frozen=True, kw_only=True, tag="chair_out_of_service"):
    why: Text


class ChairInService(Event, frozen=True, kw_only=True, tag="chair_in_service"):
    pass


class RoomSetUp(Event, frozen=True, kw_only=True, tag="room_set_up"):
    name: Text
    timezone: Text
    opens: time
    closes: time
    chairs: int


class RoomChanged(Event, frozen=True, kw_only=True, tag="room_changed"):
    """Only what is given changes."""

    name: str | None = None
    opens: time | None = None
    closes: time | None = None
    chairs: int | None = None


class RuleChanged(Event, frozen=True, kw_only=True, tag="rule_changed"):
    """A clinic's setting, by its dotted name, signed off by a physician."""

    name: Text
    value: Any
    signed_off_by: Text


class ArchetypeSet(Event, frozen=True, kw_only=True, tag="archetype_set"):
    """Adds a kind of course, or replaces the one of this name. Courses that are booked keep theirs."""

    archetype: Archetype


class ArchetypeWithdrawn(Event, frozen=True, kw_only=True, tag="archetype_withdrawn"):
    name: Text


class DayClosed(Event, frozen=True, kw_only=True, tag="day_closed"):
    """The clinic is closed on a day that would be a working day."""

    day: date
    why: Text


class DayOpened(Event, frozen=True, kw_only=True, tag="day_opened"):
    """The clinic works on this day although it is a holiday, or after all."""

    day: date
    why: str = ""


class ConsentPublished(Event, frozen=True, kw_only=True, tag="consent_published"):
    """A new version of the consent; whoever starts from now on is asked again."""

    version: Text
    text: str
    clauses: tuple[Clause, ...]
