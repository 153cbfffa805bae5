"""The board: what the room looks like at one moment, ready to be worded. One fold of (room, day, now).

Instants are aware UTC; durations are whole seconds, named `_s`; amounts are exact decimals.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from infusionroom.domain.follow_up import TaskKind
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Phase

Priority = Literal["low", "medium", "high"]
# How urgent a mark is: to be settled or weighed before the start, to be thought of, or good to know.
Tone = Literal["must", "mind", "know"]
MarkKind = Literal[
    "unassigned",
    "consent",
    "contraindication",
    "escort",
    "weight",
    "allergy",
    "first time",
    "experienced",
    "early start",
    "off guideline",
]
BarKind = Literal[
    "waiting", "infusion", "pause", "recovery", "ready", "cleaning", "out", "forecast", "planned"
]
DueKind = Literal["none", "in", "due", "low", "medium"]


class Who(msgspec.Struct, frozen=True):
    """How a person is named on the board. `alike` marks another person here today with a similar name."""

    visit: str
    family: str
    given: str
    short: str
    initials: str
    alike: bool = False


class Alarm(msgspec.Struct, frozen=True):
    """Something that needs a hand. `begin` is when it began, `acknowledged_by` who has seen it.

    `active` is False for one that is over and kept in the list until somebody has seen it.
    `silenced` is True while an acknowledgement holds.
    """

    key: str
    visit: str
    chair: int | None
    who: Who
    priority: Priority
    text: str
    begin: datetime
    value: str = ""
    limit: str = ""
    active: bool = True
    silenced: bool = False
    acknowledged_by: str = ""


class Point(msgspec.Struct, frozen=True):
    """One point of a gate: what must be true, whether it is, and what it rests on.

    `needed` is False where the point does not apply (oral ketamine before the last day).
    """

    key: str
    label: str
    met: bool
    detail: str = ""
    needed: bool = True
    overridable: bool = False
    overridden_by: str = ""

    @property
    def open(self) -> bool:
        return self.needed and not self.met and not self.overridden_by


class VitalsDue(msgspec.Struct, frozen=True):
    """When the next set is due and what to say of it; minutes until, or since, by `kind`."""

    kind: DueKind
    minutes: int = 0
    at: datetime | None = None


class ChairLine(msgspec.Struct, frozen=True):
    """One chair. `since` is when its state (or its person's phase) began; `alarm` is the person's highest."""

    number: int
    state: ChairState
    who: Who | None = None
    phase: Phase | None = None
    since: datetime | None = None
    elapsed_s: int = 0
    left_s: int | None = None
    note: str = ""
    alarm: Priority | None = None
    next_who: Who | None = None
    next_at: datetime | None = None


class InfusionLine(msgspec.Struct, frozen=True):
    """One running or paused infusion. `ends_at` is where the end stands now; pauses move it."""

    chair: int | None
    who: Who
    course: str
    paused: bool
    running_s: int
    wall_s: int
    ordered_s: int
    rate_ml_h: Decimal
    rate_mg_h: Decimal
    given_mg: Decimal
    given_ml: Decimal
    total_mg: Decimal
    ends_at: datetime
    vitals: VitalsDue
    pause_why: str = ""
    alarm: Priority | None = None


class RecoveryLine(msgspec.Struct, frozen=True):
    """One person in recovery. `usual_s` is what it usually takes people like them, never a deadline.

    `home_from`/`home_to` is a range from the clinic's rules; both None once it says nothing any more.
    `padss` are the totals so far, oldest first.
    """

    chair: int | None
    who: Who
    since: datetime
    elapsed_s: int
    usual_s: int
    experienced: bool
    infusion_number: int | None
    padss: tuple[int, ...]
    aldrete: int | None
    vitals: VitalsDue
    home_from: datetime | None
    home_to: datetime | None
    alarm: Priority | None = None


class DischargeLine(msgspec.Struct, frozen=True):
    """How far a person is from the way home; every point that is missing is named in `points`."""

    chair: int | None
    who: Who
    phase: Phase
    score: int | None
    points: tuple[Point, ...]
    ready_at: datetime | None
    ready_s: int
    waiting_for: str
    alarm: Priority | None = None

    @property
    def missing(self) -> tuple[Point, ...]:
        return tuple(p for p in self.points if p.open)


class Mark(msgspec.Struct, frozen=True):
    """Something special about a person to come, in few words."""

    kind: MarkKind
    text: str
    tone: Tone


class ToComeLine(msgspec.Struct, frozen=True):
    """One person still to come, or arrived and without a chair. `late_s` counts from the planned start.

    `dose` is the planned one in words, `marks` what is special, the most urgent first.
    """

    who: Who
    phase: Phase
    start: datetime
    course: str
    late_s: int
    dose: str = ""
    marks: tuple[Mark, ...] = ()
    note: str = ""


class TaskLine(msgspec.Struct, frozen=True):
    """Something open of a course, due by the board's day: whose, what, since when.

    `call` is the follow-up day of a call, `day` the day of the course that somebody has to decide on.
    """

    who: Who
    kind: TaskKind
    text: str
    due_on: date
    course: str
    patient: str
    call: int | None = None
    day: int | None = None


class DayBar(msgspec.Struct, frozen=True):
    """A stretch of a chair's day for the drawing chairs × time."""

    chair: int
    kind: BarKind
    since: datetime
    until: datetime
    who: Who | None = None


class Counts(msgspec.Struct, frozen=True):
    """People by where they stand now."""

    to_come: int = 0
    waiting: int = 0
    infusing: int = 0
    paused: int = 0
    recovering: int = 0
    ready: int = 0
    left: int = 0
    cancelled: int = 0
    no_show: int = 0


class Board(msgspec.Struct, frozen=True):
    """Everything the live screen shows at `now`, for the clinic day `day`.

    `last_start` is the latest moment one more usual infusion with its recovery fits before the door closes.
    `carried_over` are people of earlier days who are still here, `tasks` what is due of courses that are over.
    """

    clinic: str
    timezone: str
    day: date
    now: datetime
    opens_at: datetime
    closes_at: datetime
    last_start: datetime
    counts: Counts
    alarms: tuple[Alarm, ...]
    chairs: tuple[ChairLine, ...]
    infusions: tuple[InfusionLine, ...]
    recovery: tuple[RecoveryLine, ...]
    discharge: tuple[DischargeLine, ...]
    to_come: tuple[ToComeLine, ...]
    bars: tuple[DayBar, ...]
    carried_over: tuple[Who, ...] = ()
    head: int = 0
    tasks: tuple[TaskLine, ...] = ()
