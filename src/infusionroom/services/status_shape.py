"""The shape of a day's board as plain data, as `infusionroom status --json` prints it; it only ever grows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from infusionroom.domain import events as ev
from infusionroom.domain.board import Counts, Point, Priority, VitalsDue
from infusionroom.domain.visit import Phase
from infusionroom.domain.visit_figures import (
    OrderFigure,
    OverrideFigure,
    PadssFigure,
    PainFigure,
    PauseFigure,
    ScoreFigure,
    VisitOutcome,
    VitalsFigure,
    WaitFigure,
)


class PlanStatus(msgspec.Struct, frozen=True):
    """What was planned. `start_local` is the same instant on the room's wall clock, `chair` the one kept free.

    `patient_id` and `course_id` are empty while nobody has said whose visit it is, and of which course.
    """

    start: datetime
    start_local: datetime
    duration_min: int | None
    course: ev.CourseDay | None
    note: str
    walk_in: bool
    source: str
    patient_id: str
    course_id: str
    chair: int | None


class TimesStatus(msgspec.Struct, frozen=True):
    """When each thing happened; null for what has not. `ended` is when the visit came to its end, whichever."""

    planned: datetime
    arrived: datetime | None
    seated: datetime | None
    started: datetime | None
    stopped: datetime | None
    ready: datetime | None
    left: datetime | None
    ended: datetime | None


class InfusionStatus(msgspec.Struct, frozen=True):
    """The infusion. The rate is what is set, and `paused` whether it runs; `ends_at` moves with every pause.

    Once stopped, `ends_at` is when that was. `left_s` is ordered running time still to give, negative when over.
    """

    drug: str
    running_s: int
    wall_s: int
    paused_s: int
    ordered_s: int
    left_s: int
    rate_ml_h: Decimal
    rate_mg_h: Decimal
    concentration_mg_ml: Decimal
    given_mg: Decimal
    given_ml: Decimal
    ends_at: datetime | None
    paused: bool
    pause_why: str
    pauses: tuple[PauseFigure, ...]
    stopped_early: bool
    stop_why: str


class RecoveryStatus(msgspec.Struct, frozen=True):
    """Recovery since the stop, beside what is usual; nobody is ever late."""

    elapsed_s: int
    usual_s: int
    experienced: bool
    home_from: datetime | None
    home_to: datetime | None


class VitalsStatus(msgspec.Struct, frozen=True):
    """The last vitals charted with their NEWS2, and when the next full set is due."""

    last: VitalsFigure | None
    due: VitalsDue


class PainStatus(msgspec.Struct, frozen=True):
    """Pain before the start, after the stop, and as it was rated last."""

    before: PainFigure | None
    after: PainFigure | None
    last: PainFigure | None


class ScoresStatus(msgspec.Struct, frozen=True):
    """The last scores taken."""

    aldrete: ScoreFigure | None
    padss: PadssFigure | None


class ListStatus(msgspec.Struct, frozen=True):
    """A list of points that must be true; `missing` names those that are not, by their keys.

    `at` is the moment it is judged by: now, but the start for who has started, and the door for who has left.
    """

    at: datetime
    complete: bool
    missing: tuple[str, ...]
    points: tuple[Point, ...]


class VisitStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of the day. `ready` is true from the sign-off until the person leaves."""

    visit: str
    version: int
    phase: Phase
    outcome: VisitOutcome
    appointment: ev.Appointment | None
    patient: ev.Patient
    plan: PlanStatus
    here: bool
    carried_over: bool
    chair: int | None
    times: TimesStatus
    ended_why: str
    order: OrderFigure | None
    infusion: InfusionStatus | None
    recovery: RecoveryStatus | None
    vitals: VitalsStatus
    pain: PainStatus
    scores: ScoresStatus
    start_list: ListStatus
    discharge_list: ListStatus
    ready: bool
    waiting_for: str
    waits: tuple[WaitFigure, ...]
    overrides: tuple[OverrideFigure, ...]
    alarms: tuple[AlarmStatus, ...]


class AlarmStatus(msgspec.Struct, frozen=True):
    """Something that needs a hand."""

    visit: str
    chair: int | None
    priority: Priority
    text: str
    value: str
    limit: str
    begin: datetime
    active: bool
    silenced: bool
    acknowledged_by: str


class ChairStatus(msgspec.Struct, frozen=True):
    """One chair, and who sits in it or is next."""

    chair: int
    state: str
    visit: str | None
    phase: Phase | None
    since: datetime | None
    elapsed_s: int
    left_s: int | None
    note: str
    next_visit: str | None
    next_at: datetime | None


class TaskStatus(msgspec.Struct, frozen=True):
    """Something open of a course. `call` is the follow-up day of a call, `day` the day of the course it is about."""

    patient_id: str
    course_id: str
    kind: str
    text: str
    due_on: date
    call: int | None
    day: int | None


class RoomStatus(msgspec.Struct, frozen=True):
    """The room as it is set up, with the day's hours as instants."""

    name: str
    timezone: str
    chairs: int
    opens_at: datetime
    closes_at: datetime


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The board of clinic day `day` at `now`. `known_at` is the instant it is told as of; null for the present.

    `last_start` is the latest moment at which one more usual infusion and recovery fit before the door closes.
    `visits` holds every visit of the day in the order of planned starts, those that are off included; `tasks` is
    what is open of the courses and due by the day.
    """

    schema: int = 1
    room: RoomStatus
    day: date
    now: datetime
    known_at: datetime | None
    head: int
    counts: Counts
    last_start: datetime
    chairs: tuple[ChairStatus, ...]
    alarms: tuple[AlarmStatus, ...]
    visits: tuple[VisitStatus, ...]
    tasks: tuple[TaskStatus, ...]
