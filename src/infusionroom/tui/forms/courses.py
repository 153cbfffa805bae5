"""Forms of a course as a whole: omit a day, stop, another target, the agreed plan, PGIC, taking an answer back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, get_args

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band
from infusionroom.domain.course_days import CourseDay
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.evolve import annulled_by
from infusionroom.domain.journal import Entry
from infusionroom.domain.planned_order import planned_order
from infusionroom.domain.response import PGIC
from infusionroom.domain.words import entry_word
from infusionroom.tui.forms.questions import physician, stated
from infusionroom.tui.forms.spec import Check, Choice, Field, FormContext, FormSpec, Limits, LiveLine, Values
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.course_words import UNITS, target_words
from infusionroom.tui.present.times import clock_time, day_words

_WHY: Final = Field(id="why", label="Why", required=True)
REASONS: Final[tuple[ev.EndReason, ...]] = get_args(ev.EndReason)
PGIC_CHOICES: Final = tuple(Choice(str(n), n, f"{label}") for n, label in PGIC.items())


def course_of(context: FormContext) -> CourseFile:
    """The course that this form is about."""
    assert context.course is not None
    return context.course


def day_of(context: FormContext) -> CourseDay:
    """The day of it."""
    return next(day for day in course_of(context).days if day.number == context.course_day)


def today_field(field_id: str, label: str) -> Field:
    """A day that is today unless somebody says otherwise."""
    return Field(
        id=field_id,
        label=label,
        kind="date",
        width=14,
        required=True,
        default=lambda context: context.day.isoformat(),
    )


def not_ahead(*names: str) -> Check:
    """A check that these days are not still to come."""

    def check(values: Values, context: FormContext) -> dict[str, str]:
        return {
            name: f"{values[name].isoformat()} is still to come."
            for name in names
            if values.get(name) is not None and values[name] > context.day
        }

    return check


# ── a day, the end ──────────────────────────────────────────────────────────────────────────────────────────


def _omit(values: Values, context: FormContext) -> cmd.Command:
    return cmd.OmitDay(course=course_of(context).course.id, day=day_of(context).number, why=values["why"])


def _omit_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    day = day_of(context)
    on = f", {day_words(day.start.astimezone(context.zone).date())}" if day.start else ""
    return (
        LiveLine(
            f"Day {day.number} of {day.of}{on}: its chair is free at once, nothing takes its place.", "dim"
        ),
        LiveLine("The ramp does not jump: the next day has the dose that this one would have had.", "dim"),
    )


def _stop(values: Values, context: FormContext) -> cmd.Command:
    return cmd.StopCourse(
        course=course_of(context).course.id, reason=values["reason"], why=stated(values, "why")
    )


def _stop_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    to_come = [day.number for day in course_of(context).days if day.to_come]
    if not to_come:
        return (LiveLine("Nothing is booked any more; the two weeks of oral ketamine begin.", "dim"),)
    days = ", ".join(map(str, to_come))
    which = f"Day {days} is" if len(to_come) == 1 else f"Days {days} are"
    return (
        LiveLine(f"{which} taken off the schedule at once; the two weeks of oral ketamine begin.", "warn"),
    )


def _stop_checked(values: Values, context: FormContext) -> dict[str, str]:
    if values.get("reason") == "other" and not stated(values, "why"):
        return {"why": "Say what the other reason is."}
    return {}


# ── the target ──────────────────────────────────────────────────────────────────────────────────────────────


def _target(values: Values) -> ev.Target:
    return ev.Target(
        basis=values["basis"],
        dose=values["dose"],
        cap_mg_h=values.get("cap"),
        duration_min=values.get("duration"),
        concentration_mg_ml=values.get("concentration"),
        drug=stated(values, "drug"),
    )


def _change_target(values: Values, context: FormContext) -> cmd.Command:
    return cmd.ChangeTarget(
        course=course_of(context).course.id,
        target=_target(values),
        why=values["why"],
        prescriber=values["prescriber"],
    )


def _target_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    course = course_of(context).course
    lines = [LiveLine(f"Now: {target_words(course.target)}", "dim")]
    if values.get("basis") is None or values.get("dose") is None:
        return tuple(lines)
    changed = replace(course, target=_target(values))
    day = next((day for day in course_of(context).days if day.to_come), None)
    if (
        day is not None
        and (order := planned_order(changed, day.number, None, context.rules.dose, percent=day.percent))
        is not None
    ):
        lines.append(LiveLine(f"Day {day.number} then: {order.why}", "plain"))
        if order.lowered_words:
            lines.append(LiveLine(order.lowered_words, "warn"))
    lines.append(LiveLine("Orders that are entered already stay as they are.", "dim"))
    return tuple(lines)


def _of_target(name: str) -> Callable[[FormContext], str]:
    def default(context: FormContext) -> str:
        value = getattr(course_of(context).course.target, name)
        return "" if value is None else dose_text(value) if isinstance(value, Decimal) else str(value)

    return default


def _positive(low: str, high: str) -> Callable[[FormContext], Limits]:
    return lambda _: Limits(possible=Band(Decimal(low), Decimal(high)))


_BASES: Final = (Choice("1", "mg_per_kg_h", UNITS["mg_per_kg_h"]), Choice("2", "mg_per_h", UNITS["mg_per_h"]))


def _basis_key(context: FormContext) -> str:
    return "1" if course_of(context).course.target.basis == "mg_per_kg_h" else "2"


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────────


def _agree(values: Values, context: FormContext) -> cmd.Command:
    return cmd.AgreePlan(
        course=course_of(context).course.id,
        physician=values["physician"],
        agreed_on=values["agreed_on"],
        what=values["what"],
    )


def _own_physician(context: FormContext) -> str:
    own = course_of(context).patient.file.pain_physician
    return own.name if own is not None else ""


def _rate(values: Values, context: FormContext) -> cmd.Command:
    return cmd.RatePgic(course=course_of(context).course.id, pgic=values["pgic"], rated_on=values["rated_on"])


_ANSWERS: Final = frozenset(
    {
        "plan_agreed",
        "consent_acknowledged",
        "pgic_rated",
        "oral_prescribed",
        "oral_taught",
        "oral_started",
        "oral_not_started",
        "follow_up_called",
        "follow_up_closed",
    }
)


def answers(file: CourseFile) -> tuple[Entry, ...]:
    """What was said of the course and can be taken back, the latest first."""
    gone = annulled_by(file.course.entries)
    return tuple(
        entry for entry in reversed(file.course.entries) if entry.kind in _ANSWERS and entry.id not in gone
    )


def _answer_choices(context: FormContext) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            str(n),
            entry.id,
            entry_word(entry.kind),
            f"{clean(entry.actor)}, {day_words(entry.happened_at.astimezone(context.zone).date())}"
            f" {clock_time(entry.happened_at, context.timezone)}",
        )
        for n, entry in enumerate(answers(course_of(context))[:9], 1)
    )


def _undo(values: Values, context: FormContext) -> cmd.Command:
    return cmd.UndoCourse(
        course=course_of(context).course.id, target=values["target"], why=stated(values, "why")
    )


COURSES: Final = (
    FormSpec(
        id="omit_day",
        title="Omit a day of the course",
        fields=(_WHY,),
        live=_omit_live,
        build=_omit,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="stop_course",
        title="Stop the course",
        fields=(
            Field(
                id="reason",
                label="Reason",
                kind="choice",
                column=True,
                required=True,
                choices=lambda _: tuple(Choice(str(n), why, why) for n, why in enumerate(REASONS, 1)),
            ),
            Field(id="why", label="In words", help="needed for other"),
        ),
        check=_stop_checked,
        live=_stop_live,
        build=_stop,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="change_target",
        title="Another target for the days to come",
        fields=(
            Field(
                id="basis",
                label="Unit",
                kind="choice",
                required=True,
                choices=lambda _: _BASES,
                default=_basis_key,
            ),
            Field(
                id="dose",
                label="Dose",
                kind="decimal",
                width=10,
                required=True,
                default=_of_target("dose"),
                limits=_positive("0.01", "1000"),
                unit_of=lambda values, _: UNITS.get(values.get("basis") or "", ""),
            ),
            Field(
                id="cap",
                label="At most",
                kind="decimal",
                unit="mg/h",
                width=10,
                default=_of_target("cap_mg_h"),
            ),
            Field(
                id="duration",
                label="Over",
                kind="duration",
                unit="min",
                width=8,
                help="4:00; nothing for the clinic's usual",
                default=_of_target("duration_min"),
            ),
            Field(
                id="concentration",
                label="Mixed at",
                kind="decimal",
                unit="mg/mL",
                width=8,
                help="nothing for the clinic's usual",
                default=_of_target("concentration_mg_ml"),
            ),
            physician("prescriber", "Prescriber", required=True),
            _WHY,
        ),
        live=_target_live,
        build=_change_target,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="agree_plan",
        title="Plan agreed with their pain physician",
        fields=(
            Field(id="physician", label="With", required=True, width=34, default=_own_physician),
            today_field("agreed_on", "On"),
            Field(id="what", label="What", required=True, help="as: ten days, then we talk"),
        ),
        check=not_ahead("agreed_on"),
        build=_agree,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="rate_pgic",
        title="Patient's global impression of change",
        intro="“Since the course began, my pain is …” in the patient's own words, 1 to 7 (Guy 1976).",
        fields=(
            Field(
                id="pgic",
                label="Change",
                kind="choice",
                column=True,
                required=True,
                choices=lambda _: PGIC_CHOICES,
            ),
            today_field("rated_on", "Said on"),
        ),
        check=not_ahead("rated_on"),
        build=_rate,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="undo_course",
        title="Take back what was said of the course",
        intro="Days are not taken back here: they are deferred, booked or omitted again.",
        fields=(
            Field(
                id="target",
                label="Take back",
                kind="choice",
                column=True,
                required=True,
                choices=_answer_choices,
                default=lambda _: "1",
            ),
            Field(id="why", label="Why", help="needed two minutes after it was entered"),
        ),
        build=_undo,
        about_visit=False,
        dated=False,
    ),
)
