"""The form that says whose visit, and which day of which course, one from a strange schedule is."""

from __future__ import annotations

from collections.abc import Sequence

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.course_file import CourseFile, PatientHistory
from infusionroom.domain.visit import Visit
from infusionroom.tui.forms.questions import physician
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, LiveLine, Values
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.course_words import state_of, target_words
from infusionroom.tui.present.times import clock_time, day_words

_WAITING = (DayState.OPEN, DayState.UNDECIDED)


def assign_form(visit: Visit, history: PatientHistory, clinic: Clinic) -> FormSpec:
    """Makes the visit an open day of one of the patient's courses, or a course of one day of its own."""
    open_days = [
        (file, day)
        for file in history.courses
        if file.course.stopped is None
        for day in file.days
        if day.state in _WAITING
    ]
    kinds = [kind for kind in clinic.archetypes.values() if kind.days == 1] or list(
        clinic.archetypes.values()
    )
    choices = _choices(open_days, [kind.name for kind in kinds])

    def own(values: Values, _: FormContext) -> bool:
        return isinstance(values.get("becomes"), str)

    def build(values: Values, context: FormContext) -> cmd.Command:
        becomes = values["becomes"]
        number = becomes[1] if isinstance(becomes, tuple) else 1
        wanted = cmd.DayWanted(day=number, start=visit.plan.start, chair=visit.plan.chair, visit=visit.id)
        if isinstance(becomes, tuple):
            return cmd.TakeDay(course=becomes[0], wanted=wanted)
        return cmd.BookCourse(
            patient=history.patient.id, archetype=becomes, days=(wanted,), prescriber=values["prescriber"]
        )

    def live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
        start = visit.plan.start.astimezone(context.zone)
        said = clean(f"{visit.patient.family}, {visit.patient.given}".strip(", "))
        born = visit.patient.birth_date
        lines = [
            LiveLine(
                f"The visit: {said}"
                + (f", born {day_words(born)[4:]}" if born else "")
                + f", {day_words(start.date())}, {clock_time(visit.plan.start, context.timezone)}",
                "plain",
            )
        ]
        becomes = values.get("becomes")
        if isinstance(becomes, str):
            lines.append(LiveLine(f"Target: {target_words(clinic.archetypes[becomes].target)}", "dim"))
        return tuple(lines)

    return FormSpec(
        id="assign",
        title="Assign the visit to a course",
        fields=(
            Field(
                id="becomes",
                label="It becomes",
                kind="choice",
                column=True,
                required=True,
                choices=lambda _: choices,
                default=lambda _: "1" if len(choices) == 1 else "",
            ),
            physician("prescriber", "Prescriber", required=True, shown=own),
        ),
        live=live,
        build=build,
        about_visit=False,
        dated=False,
    )


def _choices(open_days: Sequence[tuple[CourseFile, CourseDay]], kinds: Sequence[str]) -> tuple[Choice, ...]:
    days = [
        Choice(
            str(n),
            (file.course.id, day.number),
            f"day {day.number} of {day.of}, {clean(file.course.archetype.name)}",
            state_of(file)[0],
        )
        for n, (file, day) in enumerate(open_days, 1)
    ]
    own = [
        Choice(str(n), name, f"a course of its own: {clean(name)}")
        for n, name in enumerate(kinds, len(days) + 1)
    ]
    return (*days, *own)
