"""Forms of the two weeks after a course: oral ketamine prescribed, taught, started; the calls; their end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import Band
from infusionroom.domain.follow_up import Call
from infusionroom.tui.forms.courses import PGIC_CHOICES, course_of
from infusionroom.tui.forms.questions import physician, stated
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, Limits, LiveLine, Values
from infusionroom.tui.present.course_facts import call_words, oral_lines
from infusionroom.tui.present.times import day_words

_WHAT: Final = (
    Choice("1", "both", "prescribed and taught"),
    Choice("2", "prescribed", "prescribed, not taught yet"),
    Choice("3", "taught", "taught"),
)
_STARTED: Final = (Choice("1", "started", "started"), Choice("2", "never", "will not be started"))


def _ahead(values: Values, context: FormContext, *names: str) -> dict[str, str]:
    days: dict[str, date] = {name: values[name] for name in names if values.get(name) is not None}
    return {name: f"{day.isoformat()} is still to come." for name, day in days.items() if day > context.day}


def _course_id(context: FormContext) -> str:
    return course_of(context).course.id


def _is(name: str, *wanted: str) -> Callable[[Values, FormContext], bool]:
    return lambda values, _: values.get(name) in wanted


# ── oral ketamine ───────────────────────────────────────────────────────────────────────────────────────────


def _oral(values: Values, context: FormContext) -> cmd.Command:
    if values["what"] == "taught":
        return cmd.TeachOral(course=_course_id(context), on=values["on"])
    return cmd.PrescribeOral(
        course=_course_id(context),
        by=values["by"],
        on=values["on"],
        dose=values["dose"],
        taught_on=values["on"] if values["what"] == "both" else None,
    )


def _usual_step(context: FormContext) -> str:
    oral = course_of(context).oral
    return "3" if oral.prescribed and not oral.taught else "1"


def _oral_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    return tuple(
        LiveLine(f"Known: {words}", "dim") for words, _ in oral_lines(course_of(context).oral, over=False)
    )


def _start(values: Values, context: FormContext) -> cmd.Command:
    if values["what"] == "never":
        return cmd.NotStartOral(course=_course_id(context), why=values["why"])
    return cmd.StartOral(course=_course_id(context), on=values["on"])


def _start_live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    on, rules = values.get("on"), context.rules.follow_up
    if values.get("what") != "started" or on is None:
        return ()
    calls = ", ".join(day_words(on + timedelta(days=day))[:-5] for day in rules.call_days)
    end = day_words(on + timedelta(days=rules.length_days))
    return (LiveLine(f"Calls then fall on {calls}; the two weeks end on {end}.", "dim"),)


# ── calls ───────────────────────────────────────────────────────────────────────────────────────────────────


def open_calls(context: FormContext) -> tuple[Call, ...]:
    """The calls that nobody has answered yet."""
    follow_up = course_of(context).follow_up
    return tuple(call for call in follow_up.calls if call.answered is None) if follow_up else ()


def _call_choices(context: FormContext) -> tuple[Choice, ...]:
    follow_up = course_of(context).follow_up
    return tuple(
        Choice(str(n), call.day, f"day {call.day}", call_words(call, context.day)[0].partition(": ")[2])
        for n, call in enumerate(follow_up.calls if follow_up else (), 1)
    )


def _next_call(context: FormContext) -> str:
    """The call that was chosen in a list, else the first that is open."""
    wanted = context.course_day
    if wanted is None:
        wanted = next((call.day for call in open_calls(context)), None)
    return next((choice.key for choice in _call_choices(context) if choice.value == wanted), "")


def _reached(values: Values, _: FormContext) -> bool:
    return bool(values.get("reached"))


def _call(values: Values, context: FormContext) -> cmd.Command:
    return cmd.RecordCall(
        course=_course_id(context),
        day=values["day"],
        reached=values["reached"],
        outcome=stated(values, "outcome"),
        pain=values.get("pain"),
        pgic=values.get("pgic"),
        started_on=values.get("started_on"),
    )


def _call_checked(values: Values, context: FormContext) -> dict[str, str]:
    problems = _ahead(values, context, "started_on")
    said = (values.get("pain"), values.get("pgic"), values.get("started_on"))
    if values.get("reached") and not stated(values, "outcome") and all(answer is None for answer in said):
        problems["outcome"] = "Say what came of it, at least in a word."
    return problems


def _number_of(context: FormContext) -> str:
    escorts = course_of(context).patient.file.escorts
    return f"on file: {escorts[0].name} {escorts[0].phone}".strip() if escorts else ""


def _close(values: Values, context: FormContext) -> cmd.Command:
    return cmd.CloseFollowUp(course=_course_id(context), why=values["why"])


def _still_open(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    return tuple(LiveLine(f"Still open: {task.text}", "warn") for task in course_of(context).tasks)


AFTER_COURSE: Final = (
    FormSpec(
        id="oral_course",
        title="Oral ketamine",
        fields=(
            Field(
                id="what",
                label="It is",
                kind="choice",
                column=True,
                required=True,
                choices=lambda _: _WHAT,
                default=_usual_step,
            ),
            physician("by", "Prescribed by", required=True, shown=_is("what", "both", "prescribed")),
            Field(
                id="dose",
                label="Dose",
                required=True,
                help="as: 10 mg three times a day",
                shown=_is("what", "both", "prescribed"),
            ),
            Field(
                id="on",
                label="On",
                kind="date",
                width=14,
                required=True,
                default=lambda context: context.day.isoformat(),
            ),
        ),
        check=lambda values, context: _ahead(values, context, "on"),
        live=_oral_live,
        build=_oral,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="oral_started",
        title="Oral ketamine: started?",
        fields=(
            Field(
                id="what",
                label="It is",
                kind="choice",
                required=True,
                choices=lambda _: _STARTED,
                default=lambda _: "1",
            ),
            Field(
                id="on",
                label="Since",
                kind="date",
                width=14,
                required=True,
                default=lambda context: context.day.isoformat(),
                shown=_is("what", "started"),
            ),
            Field(id="why", label="Why not", required=True, shown=_is("what", "never")),
        ),
        check=lambda values, context: _ahead(values, context, "on"),
        live=_start_live,
        build=_start,
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="record_call",
        title="Follow-up call",
        fields=(
            Field(
                id="day",
                label="Call of",
                kind="choice",
                column=True,
                required=True,
                choices=_call_choices,
                default=_next_call,
            ),
            Field(id="reached", label="Reached", kind="yes_no", required=True, reference=_number_of),
            Field(id="outcome", label="What was said", help="or why it was in vain"),
            Field(
                id="pain",
                label="Pain now",
                kind="integer",
                width=6,
                help="0 to 10",
                limits=lambda _: Limits(possible=Band(Decimal(0), Decimal(10))),
                shown=_reached,
            ),
            Field(
                id="started_on",
                label="Started on",
                kind="date",
                width=14,
                help="the oral ketamine, where it is not known yet",
                shown=lambda values, context: (
                    _reached(values, context) and course_of(context).oral.started_on is None
                ),
            ),
            Field(
                id="pgic",
                label="Change (PGIC)",
                kind="choice",
                column=True,
                choices=lambda _: PGIC_CHOICES,
                shown=_reached,
            ),
        ),
        check=_call_checked,
        build=_call,
        about_visit=False,
    ),
    FormSpec(
        id="close_follow_up",
        title="Close the follow-up",
        intro="Nothing more is asked of this course. What is still open stays unanswered, with this reason.",
        fields=(Field(id="why", label="Why", required=True),),
        live=_still_open,
        build=_close,
        about_visit=False,
        dated=False,
    ),
)
