"""The small forms of booking a course: what is wished for, one day by hand, and why it is over-booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as with_field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.clinic import Band, Clinic
from infusionroom.domain.day import at_local, clinic_day
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.outcome import Reason
from infusionroom.domain.planned_order import UNITS
from infusionroom.domain.working_days import closed_because, day_text
from infusionroom.services.when import WhenRefused, local_instant
from infusionroom.tui.booking_draft import Calendar, Draft, Wish, command_of
from infusionroom.tui.forms.offering import BASES, basis_key, kind_choices
from infusionroom.tui.forms.questions import physician
from infusionroom.tui.forms.spec import (
    Field,
    FormContext,
    FormSpec,
    Limits,
    LiveLine,
    Suggestion,
    Values,
)
from infusionroom.tui.present.booking import patient_words
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.times import clock_time, day_words

_AMOUNTS: Final = Limits(possible=Band(Decimal("0.001"), Decimal(1000)))


def wish_form(
    clinic: Clinic,
    holidays: Mapping[date, str],
    *,
    who: str,
    first_day: date,
    earlier: Wish | None,
    usual: str = "",
    for_visit: bool = False,
) -> FormSpec:
    """What course: its kind, days, first date, target and prescriber.

    It makes a `BookCourse` of so many days that all stand at the first date's opening: where they come to lie is the
    planner's. `earlier` is what was wished before, `usual` the kind that this patient had last; `for_visit` books it
    around a visit whose date stands.
    """
    choices = kind_choices(tuple(clinic.archetypes.values()))
    longest = max((kind.days for kind in clinic.archetypes.values()), default=1)
    chosen = earlier.archetype.name if earlier is not None else usual

    def kind_of(values: Values) -> ev.Archetype | None:
        return clinic.archetypes.get(values.get("kind") or "")

    def from_kind(read: Any, why: str) -> Any:
        def suggest(values: Values, _: FormContext) -> Suggestion | None:
            kind = kind_of(values)
            if kind is None:
                return None
            if earlier is not None and earlier.archetype.name == kind.name:
                return Suggestion(read(earlier.days, earlier.target), "as before")
            return Suggestion(read(kind.days, kind.target), why)

        return suggest

    def checked(values: Values, context: FormContext) -> dict[str, str]:
        kind, days = kind_of(values), values.get("days")
        found = {}
        if kind is not None and days and days > kind.days:
            found["days"] = f"“{clean(kind.name)}” has at most {kind.days}."
        if not for_visit and values["first"] < context.day:
            found["first"] = f"{values['first'].isoformat()} is over."
        return found

    def live(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
        first = values.get("first")
        if first is None or for_visit:
            return ()
        closed = closed_because(clinic, holidays, first)
        if closed is None:
            return (LiveLine(f"From {day_words(first)} on. The next page proposes the days.", "dim"),)
        return (
            LiveLine(f"{day_text(first)} is {clean(closed)}: the next working day is looked for.", "warn"),
        )

    def wished(values: Values, _: FormContext) -> cmd.Command:
        kind = kind_of(values)
        assert kind is not None
        start = at_local(values.get("first") or first_day, clinic.opens, clinic.timezone)
        target = ev.Target(
            basis=values["basis"],
            dose=values["dose"],
            cap_mg_h=values.get("cap_mg_h"),
            duration_min=kind.target.duration_min,
            concentration_mg_ml=kind.target.concentration_mg_ml,
            drug=kind.target.drug,
        )
        return cmd.BookCourse(
            patient="",
            archetype=kind.name,
            days=tuple(cmd.DayWanted(n, start) for n in range(1, values["days"] + 1)),
            prescriber=values["prescriber"],
            target=target,
        )

    prescriber = physician("prescriber", "Prescriber", required=True, width=30)
    return FormSpec(
        id="book_course",
        title=f"Book a course: {who}",
        fields=(
            Field(
                id="kind",
                label="Kind of course",
                kind="choice",
                choices=lambda _: choices,
                default=lambda _: next((c.key for c in choices if c.value == chosen), ""),
                required=True,
                column=True,
            ),
            Field(
                id="days",
                label="Days",
                kind="integer",
                width=6,
                required=True,
                limits=lambda _: Limits(possible=Band(Decimal(1), Decimal(longest))),
                suggest=from_kind(lambda days, _: str(days), "the whole course"),
            ),
            Field(
                id="first",
                label="First date",
                kind="date",
                width=14,
                required=True,
                help="2026-11-23 or 23 Nov 2026",
                default=lambda _: (earlier.first_day if earlier else first_day).isoformat(),
                shown=lambda values, context: not for_visit,
            ),
            Field(
                id="basis",
                label="Target in",
                kind="choice",
                choices=lambda _: BASES,
                required=True,
                suggest=from_kind(lambda _, target: basis_key(target.basis), "the kind of course"),
            ),
            Field(
                id="dose",
                label="Target",
                kind="decimal",
                width=9,
                required=True,
                limits=lambda _: _AMOUNTS,
                unit_of=lambda values, _: UNITS.get(values.get("basis") or "mg_per_kg_h", ""),
                suggest=from_kind(lambda _, target: dose_text(target.dose), "the kind of course"),
            ),
            Field(
                id="cap_mg_h",
                label="Cap",
                kind="decimal",
                unit="mg/h",
                width=9,
                limits=lambda _: _AMOUNTS,
                help="nothing for none",
                suggest=from_kind(
                    lambda _, target: "" if target.cap_mg_h is None else dose_text(target.cap_mg_h),
                    "the kind of course",
                ),
            ),
            prescriber if earlier is None else with_field(prescriber, default=lambda _: earlier.prescriber),
        ),
        check=checked,
        live=live,
        build=wished,
        about_visit=False,
        dated=False,
    )


def day_form(draft: Draft, number: int, calendar: Calendar) -> FormSpec:
    """One day exactly where somebody wants it: date, time and chair, whatever stands against it.

    It makes a `TakeDay` of no course: the draft takes it over.
    """
    clinic = calendar.clinic
    day = draft.day(number)
    before = max((d for d in draft.days if d.number < number), key=lambda d: d.number, default=None)
    after = before.start + timedelta(days=1) if before is not None else calendar.now
    suggested, chair = (day.start, day.chair) if day is not None else (after, None)

    def start_of(values: Values, context: FormContext) -> datetime:
        return local_instant(values["start"], context.timezone, values["day"])

    def checked(values: Values, context: FormContext) -> dict[str, str]:
        try:
            start_of(values, context)
        except WhenRefused as refused:
            return {"start": refused.sentence}
        return {}

    def live(values: Values, _: FormContext) -> tuple[LiveLine, ...]:
        on = values.get("day")
        if on is None:
            return ()
        closed = closed_because(clinic, calendar.holidays, on)
        return (
            LiveLine(day_words(on) + (f" is {clean(closed)}" if closed else ""), "warn" if closed else "dim"),
        )

    def built(values: Values, context: FormContext) -> cmd.Command:
        wanted = cmd.DayWanted(number, start_of(values, context), values.get("chair"))
        return cmd.TakeDay(course="", wanted=wanted)

    return FormSpec(
        id="course_day",
        title=f"Day {number} by hand: {patient_words(draft.wish.history.patient.file)}",
        fields=(
            Field(
                id="day",
                label="Date",
                kind="date",
                width=14,
                required=True,
                help="2026-11-23 or 23 Nov 2026",
                default=lambda _: clinic_day(suggested, clinic.timezone).isoformat(),
            ),
            Field(
                id="start",
                label="Start",
                kind="planned_time",
                width=14,
                required=True,
                help="08:30",
                default=lambda _: clock_time(suggested, clinic.timezone),
            ),
            Field(
                id="chair",
                label="Chair",
                kind="integer",
                width=6,
                help="nothing for any",
                limits=lambda _: Limits(possible=Band(Decimal(1), Decimal(clinic.chairs))),
                default=lambda _: "" if chair is None else str(chair),
            ),
        ),
        check=checked,
        live=live,
        build=built,
        about_visit=False,
        dated=False,
    )


def overbook_form(draft: Draft, problems: Mapping[int, Sequence[Reason]]) -> FormSpec:
    """Why the course is booked although the room is full then; it books it."""
    told = [(number, reason.text) for number, reasons in sorted(problems.items()) for reason in reasons]
    return FormSpec(
        id="overbook",
        title=f"Over-book: {patient_words(draft.wish.history.patient.file)}",
        fields=(Field(id="overbooked", label="Why over-book", required=True),),
        live=lambda values, context: tuple(LiveLine(f"Day {n}: {text}", "warn") for n, text in told),
        build=lambda values, context: command_of(draft, values["overbooked"]),
        about_visit=False,
        dated=False,
    )
