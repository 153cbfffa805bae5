"""The whole room as one value: the clinic, its chairs, its people, and the visits that matter today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.events import Role
from infusionroom.domain.journal import Entry
from infusionroom.domain.visit import Visit

ROOM_STREAM: Final = "room"
STAFF_STREAM: Final = "staff"
CHAIR_STREAM: Final = "chair:"


class ChairState(StrEnum):
    OPEN = "open"
    OCCUPIED = "occupied"
    CLEANING = "cleaning"
    OUT_OF_SERVICE = "out_of_service"


class Chair(msgspec.Struct, frozen=True):
    """What a chair's own stream says; who sits in it is said by the visits.

    `changed_at` is when the last of it happened: nobody can sit down before that. `last` is the entry that can
    still be taken back, and `before` the chair without it.
    """

    number: int
    version: int = 0
    changed_at: datetime | None = None
    cleaning_since: datetime | None = None
    out_since: datetime | None = None
    out_why: str = ""
    last: Entry | None = None
    before: Chair | None = None


class Person(msgspec.Struct, frozen=True):
    name: str
    role: Role


class Room(msgspec.Struct, frozen=True):
    """The fold of the journal up to entry `head`, for the visits that were loaded.

    `infusions_here` counts earlier infusions in this room by record number, `weights_here` has the last weight
    of an earlier visit in kg; both for whom it was looked up.
    """

    clinic: Clinic | None = None
    chairs: Mapping[int, Chair] = {}
    visits: Mapping[str, Visit] = {}
    people: Mapping[str, Person] = {}
    head: int = 0
    versions: Mapping[str, int] = {}
    infusions_here: Mapping[str, int] = {}
    weights_here: Mapping[str, Decimal] = {}

    def chair(self, number: int) -> Chair:
        return self.chairs.get(number, Chair(number))

    def occupant(self, chair: int) -> Visit | None:
        """Who sits in the chair now."""
        return next((v for v in self.visits.values() if v.here and v.chair == chair), None)

    def sat_in(
        self, chair: int, since: datetime, until: datetime | None = None, *, besides: str = ""
    ) -> Visit | None:
        """Who had the chair for any part of this time, ever, as far as the visits are loaded."""
        for visit in self.visits.values():
            if visit.id == besides:
                continue
            for stay in visit.stays:
                begins_before = until is None or stay.since < until
                ends_after = stay.until is None or stay.until > max(since, stay.since)
                if stay.chair == chair and begins_before and ends_after:
                    return visit
        return None

    def state_of(self, chair: int) -> ChairState:
        return ChairState.OCCUPIED if self.occupant(chair) else self.state_unless_taken(chair)

    def state_unless_taken(self, chair: int) -> ChairState:
        """What the chair's own stream says of it, whoever sits there."""
        known = self.chair(chair)
        if known.out_since:
            return ChairState.OUT_OF_SERVICE
        return ChairState.CLEANING if known.cleaning_since else ChairState.OPEN
