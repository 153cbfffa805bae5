"""Forms of the schedule: walk-in, a new plan, a changed one, cancelled, not shown, entered in error."""

from __future__ import annotations

from dataclasses import replace as with_field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band
from infusionroom.services.when import WhenRefused, local_instant
from infusionroom.tui.forms.questions import stated
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, Limits, LiveLine, Values
from infusionroom.tui.present.times import clock_time, day_words


def _band(low: int, high: int) -> Limits:
    return Limits(possible=Band(Decimal(low), Decimal(high)))


def _plan(context: FormContext) -> ev.Plan | None:
    return context.visit.plan if context.visit else None


def _patient(values: Values) -> ev.Patient:
    return ev.Patient(
        family=values["family"],
        given=stated(values, "given"),
        birth_date=values.get("birth_date"),
        record_number=stated(values, "record_number"),
        infusions_before=values.get("infusions_before"),
    )


def _course(values: Values) -> ev.CourseDay | None:
    day, of = values.get("course_day"), values.get("course_of")
    return ev.CourseDay(day=day, of=of) if day and of else None


def _start(values: Values, context: FormContext) -> datetime:
    typed, day = values.get("start"), values.get("day") or context.day
    return local_instant(typed, context.timezone, day) if typed else context.now


def _checked(values: Values, context: FormContext) -> dict[str, str]:
    problems = {}
    day, of = values.get("course_day"), values.get("course_of")
    if bool(day) != bool(of):
        problems["course_of" if day else "course_day"] = "A course needs both: day 3 of 5."
    elif day and of and day > of:
        problems["course_day"] = f"Day {day} of a course of {of} cannot be."
    try:
        _start(values, context)
    except WhenRefused as refused:
        problems["start"] = refused.sentence
    return problems


def _start_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    try:
        start = _start(values, context)
    except WhenRefused:
        return ()
    local = start.astimezone(context.zone).date()
    words = [f"{day_words(local)}, {clock_time(start, context.timezone)}"]
    if course := _course(values):
        words.append(f"day {course.day} of {course.of}" + (", the last" if course.last else ""))
    return (LiveLine(" · ".join(words), "dim"),)


def _walk_in(values: Values, context: FormContext) -> cmd.Command:
    plan = ev.Plan(
        patient=_patient(values),
        start=_start(values, context),
        course=_course(values),
        note=stated(values, "note"),
        walk_in=True,
    )
    return cmd.PlanVisit(plan=plan)


def _new(values: Values, context: FormContext) -> cmd.Command:
    plan = ev.Plan(
        patient=_patient(values),
        start=_start(values, context),
        duration_min=values.get("duration"),
        course=_course(values),
        note=stated(values, "note"),
    )
    return cmd.PlanVisit(plan=plan)


def _changed(values: Values, context: FormContext) -> cmd.Command:
    old = context.person.plan
    plan = replace(
        old,
        patient=_patient(values),
        start=_kept_start(old, values, context),
        duration_min=values.get("duration"),
        course=_course(values),
        note=stated(values, "note"),
    )
    return cmd.ChangePlan(visit=context.person.id, plan=plan, why=stated(values, "why"))


def _kept_start(old: ev.Plan, values: Values, context: FormContext) -> datetime:
    # A start that nobody touched keeps its seconds and its side of a clock change.
    same_time = values.get("start") == clock_time(old.start, context.timezone)
    same_day = values.get("day") == old.start.astimezone(context.zone).date()
    return old.start if same_time and same_day else _start(values, context)


def _change_checked(values: Values, context: FormContext) -> dict[str, str]:
    problems = _checked(values, context)
    old = context.person.plan
    if "start" in problems and values.get("start") == clock_time(old.start, context.timezone):
        del problems["start"]
    return problems


def _old(read: Any) -> Any:
    def default(context: FormContext) -> str:
        plan = _plan(context)
        value = read(plan, context) if plan else None
        return "" if value is None else str(value)

    return default


_PERSON: Final = (
    Field(id="family", label="Surname", required=True, width=30, default=_old(lambda p, c: p.patient.family)),
    Field(id="given", label="Given name", width=30, default=_old(lambda p, c: p.patient.given)),
    Field(
        id="birth_date",
        label="Birth date",
        kind="date",
        help="1971-03-14",
        width=14,
        default=_old(lambda p, c: p.patient.birth_date),
    ),
    Field(
        id="record_number",
        label="Record number",
        width=20,
        default=_old(lambda p, c: p.patient.record_number),
    ),
)
_DAY = Field(
    id="day",
    label="Day",
    kind="date",
    help="2026-11-23",
    width=14,
    default=lambda context: context.day.isoformat(),
)
_START = Field(id="start", label="Start", kind="planned_time", help="08:30", width=14)
_COURSE: Final = (
    Field(
        id="course_day",
        label="Course day",
        kind="integer",
        width=6,
        limits=lambda _: _band(1, 60),
        help="nothing for a single infusion",
        default=_old(lambda p, c: p.course.day if p.course else None),
    ),
    Field(
        id="course_of",
        label="of",
        kind="integer",
        width=6,
        limits=lambda _: _band(1, 60),
        default=_old(lambda p, c: p.course.of if p.course else None),
    ),
    Field(
        id="infusions_before",
        label="Infusions before",
        kind="integer",
        width=6,
        limits=lambda _: _band(0, 999),
        help="here and elsewhere; 0 for a first time",
        default=_old(lambda p, c: p.patient.infusions_before),
    ),
)
_DURATION = Field(
    id="duration",
    label="Booked for",
    kind="duration",
    unit="min",
    width=8,
    help="4:00, or minutes",
    limits=lambda _: _band(1, 1440),
    default=_old(lambda p, c: p.duration_min),
)
_NOTE = Field(id="note", label="Note", default=_old(lambda p, c: p.note))
_WHY = Field(id="why", label="Why")


def _named(field: Field, default: Any) -> Field:
    return with_field(field, default=default)


_REST_CHOICES: Final = (
    Choice("1", "omit", "omit the day", "the course goes on with one day less"),
    Choice("2", "later", "later", "the day stays open until it has another date"),
    Choice("3", "stop", "stop the course", "what is still booked is taken off the schedule"),
    Choice("4", "undecided", "not decided yet", "it stands in the follow-up list until it is"),
)


def _of_course(_: Values, context: FormContext) -> bool:
    """Asked once, with the visit's end, and not again when its entry is corrected."""
    return context.entry is None and context.visit is not None and bool(context.visit.plan.course_id)


_REST = Field(
    id="rest",
    label="The course",
    kind="choice",
    column=True,
    required=True,
    choices=lambda _: _REST_CHOICES,
    shown=_of_course,
)


def _rest_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    day = context.visit.plan.course if context.visit is not None else None
    if day is None or not _of_course(values, context):
        return ()
    return (LiveLine(f"This is day {day.day} of {day.of} of a course: say what becomes of it.", "dim"),)


PLAN: Final = (
    FormSpec(
        id="walk_in",
        title="Walk-in",
        fields=(
            *_PERSON,
            _named(_START, lambda context: clock_time(context.now, context.timezone)),
            *_COURSE,
            _NOTE,
        ),
        check=_checked,
        live=_start_line,
        build=_walk_in,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="plan",
        title="Plan a visit",
        fields=(
            *_PERSON,
            _DAY,
            Field(
                id="start",
                label="Start",
                kind="planned_time",
                help="08:30",
                width=14,
                required=True,
            ),
            _DURATION,
            *_COURSE,
            _NOTE,
        ),
        check=_checked,
        live=_start_line,
        build=_new,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="change_plan",
        title="Change the plan",
        fields=(
            *_PERSON,
            _named(_DAY, _old(lambda p, c: p.start.astimezone(c.zone).date())),
            _named(_START, _old(lambda p, c: clock_time(p.start, c.timezone))),
            _DURATION,
            *_COURSE,
            _NOTE,
            _WHY,
        ),
        check=_change_checked,
        live=_start_line,
        build=_changed,
        dated=False,
        whole=True,
    ),
    FormSpec(
        id="cancel",
        title="Cancel the visit",
        kind="visit_cancelled",
        fields=(_WHY, _REST),
        live=_rest_line,
        fill=lambda body, context: {"why": body.why},
        rebuild=lambda values, context, old: ev.VisitCancelled(why=stated(values, "why")),
        build=lambda values, context: cmd.CancelVisit(
            visit=context.person.id, why=stated(values, "why"), rest=values.get("rest")
        ),
    ),
    FormSpec(
        id="no_show",
        title="No-show",
        kind="no_show",
        fields=(_WHY, _REST),
        live=_rest_line,
        fill=lambda body, context: {"why": body.why},
        rebuild=lambda values, context, old: ev.NotShown(why=stated(values, "why")),
        build=lambda values, context: cmd.MarkNoShow(
            visit=context.person.id, why=stated(values, "why"), rest=values.get("rest")
        ),
    ),
    FormSpec(
        id="entered_in_error",
        title="Entered in error",
        kind="entered_in_error",
        fields=(_WHY,),
        intro="The visit was never meant for this room: it leaves every list, and stays in the journal.",
        build=lambda values, context: cmd.MarkEnteredInError(
            visit=context.person.id, why=stated(values, "why")
        ),
    ),
)
