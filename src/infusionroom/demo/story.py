"""What one visit of the demonstration is about: who comes, when, what is ordered, and what goes otherwise.

Moments are minutes after the clinic day's midnight on the wall clock; stretches are minutes of the event before.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from infusionroom.domain.events import CourseDay, DoseBasis, Severity, SideEffect, WaitReason


class Person(msgspec.Struct, frozen=True):
    """An invented patient with the values that their measurements move around. mmHg, 1/min, %, kg, NRS."""

    family: str
    given: str
    birth_date: date
    record_number: str
    weight_kg: Decimal
    sbp: int
    dbp: int
    hr: int
    pain: int
    adult: str
    relation: str


class Chart(msgspec.Struct, frozen=True):
    """What stands in a person's file besides: the indication with its code, the own pain physician, allergies.

    `weight_days` is how old the weight on file is on the demonstration's day.
    """

    indication: str
    icd10: str
    physician: str
    allergies: tuple[str, ...] = ()
    weight_days: int = 12


class Dose(msgspec.Struct, frozen=True):
    """An order. `reason` is needed above the clinic's soft limit."""

    basis: DoseBasis
    amount: Decimal
    minutes: int = 240
    cap_mg_h: Decimal | None = None
    reason: str = ""


class Pause(msgspec.Struct, frozen=True):
    """The pump is stopped for a while, `after` minutes into the infusion, and a drug may help."""

    after: int
    minutes: int
    why: str
    adjunct: tuple[str, str] | None = None


class RateStep(msgspec.Struct, frozen=True):
    """The rate becomes `percent` of the ordered one, `after` minutes into the infusion."""

    after: int
    percent: int
    why: str


class OddReading(msgspec.Struct, frozen=True):
    """A set of vitals with one sign outside its limit, `after` minutes into the infusion.

    `recheck` is the value two minutes later, None where nobody looked again.
    """

    after: int
    sign: Literal["spo2", "sbp", "hr"]
    value: int
    recheck: int | None = None


class Unwanted(msgspec.Struct, frozen=True):
    """A side effect, `after` minutes into the infusion."""

    after: int
    what: SideEffect
    grade: Severity


class EarlyStop(msgspec.Struct, frozen=True):
    after: int
    why: str


class Waiting(msgspec.Struct, frozen=True):
    """The time between ready and left, and what it goes to."""

    minutes: int = 6
    reason: WaitReason | None = None
    note: str = ""


class Story(msgspec.Struct, frozen=True):
    """One visit. `chair` is the one it would like; `recovery` is from the stop to the sign-off.

    `late_sets` says by how many minutes a set of vitals (counted from 1 after the start) is taken late.
    `escort_after` is when the responsible adult comes, in minutes after the stop, where that is late.
    """

    number: int
    person: Person
    planned: int
    chair: int
    dose: Dose
    course: CourseDay | None = None
    infusions_before: int | None = None
    arrives: int = 0
    start: int = 0
    ends: Literal["home", "no_show", "cancelled"] = "home"
    ended_at: int = 0
    ended_why: str = ""
    recovery: int = 60
    waiting: Waiting = Waiting()
    pauses: tuple[Pause, ...] = ()
    rates: tuple[RateStep, ...] = ()
    odd: tuple[OddReading, ...] = ()
    early: EarlyStop | None = None
    late_sets: tuple[tuple[int, int], ...] = ()
    unwanted: tuple[Unwanted, ...] = ()
    escort_after: int | None = None
    consent_at_the_door: bool = False
    mistaken_note: str = ""
    note: str = ""
