"""Forms of the way home: the list, its points, the override, the sign-off, the wait and leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.board import Point
from infusionroom.domain.readiness import discharge_points, start_points
from infusionroom.tui.forms.questions import last_vitals, physician, record, stated, typed_again
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, LiveLine, Suggestion, Values
from infusionroom.tui.present.times import clock_time

Gate = Literal["start", "discharge"]
_WAITS: Final = (
    Choice("1", "escort", "escort"),
    Choice("2", "physician", "physician"),
    Choice("3", "prescription", "prescription"),
    Choice("4", "paperwork", "paperwork"),
    Choice("5", "other", "other"),
)


def gate_of(context: FormContext) -> Gate:
    """Which list the person stands before: the start's until an infusion was started."""
    return "start" if context.person.infusion is None else "discharge"


def points_of(gate: str, context: FormContext) -> tuple[Point, ...]:
    """The points of a gate as they stand at the context's moment."""
    fold = start_points if gate == "start" else discharge_points
    return fold(context.person, context.room.background(context.person), context.rules, context.now)


def missing(context: FormContext) -> tuple[Point, ...]:
    return tuple(p for p in points_of("discharge", context) if p.open)


def _missing_lines(*but: str) -> Callable[[Values, FormContext], tuple[LiveLine, ...]]:
    def live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
        open_points = [p for p in missing(context) if p.key not in but]
        if not open_points:
            return (LiveLine("● Nothing is missing.", "good"),)
        return tuple(LiveLine(f"○ {p.label}: {p.detail}", "warn") for p in open_points)

    return live


def _clean_site(values: Values, context: FormContext) -> Suggestion:
    return Suggestion("clean and dry, no swelling", "change it if it is not so")


def _named_adult(values: Values, context: FormContext) -> Suggestion | None:
    adult = context.person.adult
    return Suggestion(adult.body.name, "named before the start") if adult else None


def _who_is_here(context: FormContext) -> str:
    escort = context.person.escort
    return escort.body.name if escort else ""


def _what_next(values: Values, context: FormContext) -> Suggestion | None:
    course = context.person.plan.course
    if course is None or course.last:
        return Suggestion("follow-up call in two weeks", "last day of the course")
    return Suggestion(f"day {course.day + 1} of {course.of}", "the course goes on")


def _orientation_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    last = last_vitals(context)
    if last is None or last.moaas is None:
        return ()
    at = clock_time(context.person.vitals[-1].at, context.timezone)
    return (LiveLine(f"MOAA/S {last.moaas} at {at}", "dim"),)


def _overridable(context: FormContext) -> tuple[Choice, ...]:
    open_points = [p for p in points_of(gate_of(context), context) if p.open]
    return tuple(
        Choice(
            str(n),
            p.key,
            p.label,
            p.detail,
            "" if p.overridable else "this clinic lets nobody override it",
        )
        for n, p in enumerate(open_points, 1)
    )


def _asked_point(context: FormContext) -> str:
    choices = _overridable(context)
    chosen = next((c for c in choices if c.value == context.point), None)
    return chosen.key if chosen else next((c.key for c in choices if not c.closed), "")


def _override_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    if any(not c.closed for c in _overridable(context)):
        return (LiveLine("The override is recorded with the physician's name and reason.", "dim"),)
    return (LiveLine("Nothing that is missing can be overridden.", "warn"),)


def _oral(values: Values) -> ev.OralKetamineArranged:
    return ev.OralKetamineArranged(
        prescribed_by=values["prescribed_by"], taught=values["taught"], dose=stated(values, "dose")
    )


def _wait_checked(values: Values, context: FormContext) -> dict[str, str]:
    if values.get("reason") == "other" and not stated(values, "note"):
        return {"note": "Say what the person waits for."}
    return {}


def _wait_key(reason: str) -> str:
    return next((c.key for c in _WAITS if c.value == reason), "")


HOME: Final = (
    FormSpec(id="discharge", title="Before going home", gate="discharge"),
    FormSpec(
        id="iv_out",
        title="IV out, site checked",
        kind="iv_removed",
        fields=(Field(id="site_check", label="Site", required=True, suggest=_clean_site),),
        fill=typed_again("site_check"),
        build=lambda values, context: record(ev.IvRemoved(site_check=values["site_check"]), context),
    ),
    FormSpec(
        id="orientation",
        title="Orientation",
        kind="orientation_checked",
        intro="Person, place and time.",
        fields=(Field(id="oriented", label="Oriented", kind="yes_no", required=True),),
        live=_orientation_line,
        fill=lambda body, context: {"oriented": "y" if body.oriented else "n"},
        build=lambda values, context: record(ev.OrientationChecked(oriented=values["oriented"]), context),
    ),
    FormSpec(
        id="escort",
        title="Responsible adult is here",
        kind="escort_present",
        intro="A ride-share driver is transport, not an escort.",
        fields=(Field(id="name", label="Name", required=True, width=34, suggest=_named_adult),),
        fill=typed_again("name"),
        build=lambda values, context: record(ev.EscortPresent(name=values["name"]), context),
    ),
    FormSpec(
        id="instructions",
        title="Written instructions given",
        kind="instructions_given",
        intro="For 24 hours no driving, machinery, alcohol or important decisions.",
        fields=(
            Field(
                id="phone", label="Phone number", required=True, width=24, help="the one to call, as given"
            ),
        ),
        fill=typed_again("phone"),
        build=lambda values, context: record(ev.InstructionsGiven(phone=values["phone"]), context),
    ),
    FormSpec(
        id="oral",
        title="Oral ketamine",
        kind="oral_ketamine_arranged",
        intro="Very low dose for two weeks, from the last day of the course on.",
        fields=(
            physician("prescribed_by", "Prescribed by", required=True, width=30),
            Field(id="dose", label="Dose", width=24),
            Field(id="taught", label="Taught", kind="yes_no", required=True),
        ),
        fill=lambda body, context: {
            "prescribed_by": body.prescribed_by,
            "dose": body.dose,
            "taught": "y" if body.taught else "n",
        },
        build=lambda values, context: record(_oral(values), context),
    ),
    FormSpec(
        id="next_visit",
        title="Next visit or follow-up",
        kind="next_visit_arranged",
        fields=(Field(id="what", label="Arranged", required=True, suggest=_what_next),),
        fill=typed_again("what"),
        build=lambda values, context: record(ev.NextVisitArranged(what=values["what"]), context),
    ),
    FormSpec(
        id="override",
        title="Physician's override",
        kind="point_overridden",
        fields=(
            Field(
                id="point",
                label="Point",
                kind="choice",
                choices=_overridable,
                default=_asked_point,
                required=True,
                column=True,
            ),
            physician("physician", "Physician", required=True, width=30),
            Field(id="reason", label="Reason", required=True),
        ),
        live=_override_line,
        build=lambda values, context: cmd.Override(
            visit=context.person.id,
            gate=gate_of(context),
            point=values["point"],
            physician=values["physician"],
            reason=values["reason"],
        ),
    ),
    FormSpec(
        id="sign_off",
        title="Sign-off",
        kind="signed_off",
        intro="Your signature: the person is ready to leave.",
        live=_missing_lines("signed"),
        build=lambda values, context: cmd.SignOff(visit=context.person.id),
    ),
    FormSpec(
        id="wait",
        title="Ready, and waiting for",
        kind="waiting_for",
        fields=(
            Field(
                id="reason",
                label="Waits for",
                kind="choice",
                choices=lambda _: _WAITS,
                default=lambda _: "1",
                required=True,
            ),
            Field(id="note", label="In words"),
        ),
        check=_wait_checked,
        fill=lambda body, context: {"reason": _wait_key(body.reason), "note": body.note},
        rebuild=lambda values, context, old: ev.WaitingFor(
            reason=values["reason"], note=stated(values, "note")
        ),
        build=lambda values, context: cmd.Wait(
            visit=context.person.id, reason=values["reason"], note=stated(values, "note")
        ),
    ),
    FormSpec(
        id="leave",
        title="Leave",
        kind="left",
        fields=(Field(id="accompanied_by", label="With", width=34, default=_who_is_here),),
        live=_missing_lines(),
        build=lambda values, context: cmd.Leave(
            visit=context.person.id, accompanied_by=stated(values, "accompanied_by")
        ),
    ),
    FormSpec(
        id="against_advice",
        title="Leaves against advice",
        intro="What is missing is recorded with the person's own reason.",
        fields=(
            Field(id="against_advice", label="Their reason", required=True),
            Field(id="accompanied_by", label="With", width=34, default=_who_is_here),
        ),
        live=_missing_lines(),
        build=lambda values, context: cmd.Leave(
            visit=context.person.id,
            against_advice=values["against_advice"],
            accompanied_by=stated(values, "accompanied_by"),
        ),
    ),
)
