"""The whole room as one value: the clinic, its chairs, its people, and the visits that matter today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from infusionroom.domain.clinic import Clinic
from infusionroom.domain.events import Role
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
    """What a chair's own stream says; who sits in it is said by the visits."""

    number: int
    version: int = 0
    cleaning_since: datetime | None = None
    out_since: datetime | None = None
    out_why: str = ""


class Person(msgspec.Struct, frozen=True):
    name: str
    role: Role


class Room(msgspec.Struct, frozen=True):
    """The fold of the journal up to entry `head`, for the visits that were loaded.

    `infusions_here` counts earlier infusions in this room by record number, for whom it was looked up.
    """

    clinic: Clinic | None = None
    chairs: Mapping[int, Chair] = {}
    visits: Mapping[str, Visit] = {}
    people: Mapping[str, Person] = {}
    head: int = 0
    versions: Mapping[str, int] = {}
    infusions_here: Mapping[str, int] = {}

    def chair(self, number: int) -> Chair:
        return self.chairs.get(number, Chair(number))

    def occupant(self, chair: int) -> Visit | None:
        """Who sits in the chair now."""
        return next((v for v in self.visits.values() if v.here and v.chair == chair), None)

    def state_of(self, chair: int) -> ChairState:
        if self.occupant(chair):
            return ChairState.OCCUPIED
        known = self.chair(chair)
        if known.out_since:
            return ChairState.OUT_OF_SERVICE
        return ChairState.CLEANING if known.cleaning_since else ChairState.OPEN
