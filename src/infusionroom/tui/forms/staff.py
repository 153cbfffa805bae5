"""Forms of the staff list: roles, who may no longer act, and looking at an emergency access."""

from __future__ import annotations

from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain.roles import ROLES
from infusionroom.domain.staff import Glass, Person
from infusionroom.tui.forms.questions import stated
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, LiveLine, Values
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.staff_list import GLASS, PERSON
from infusionroom.tui.present.times import clock_time


def _person(context: FormContext) -> Person:
    """Whom the form is about: the row that it was opened on."""
    return context.room.people[context.point.removeprefix(PERSON)]


def _glass(context: FormContext) -> Glass:
    number = int(context.point.removeprefix(GLASS))
    return next(glass for glass in context.room.glass if glass.entry == number)


def _who(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    person = _person(context)
    roles = ", ".join(role for role in ROLES if role in person.roles) or "no role"
    off = f"; disabled: {clean(person.disabled)}" if person.disabled else ""
    return (LiveLine(f"{clean(person.name)}: {roles}{off}", "plain"),)


def _what_happened(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    glass = _glass(context)
    times = "–".join(clock_time(moment, context.timezone) for moment in (glass.at, glass.until))
    day = glass.at.astimezone(context.zone).date().isoformat()
    return (
        LiveLine(f"{clean(glass.name)}, {day} {times}, at {clean(glass.terminal)}", "plain"),
        LiveLine(clean(glass.reason), "warn"),
    )


def _to_give(context: FormContext) -> tuple[Choice, ...]:
    has = _person(context).roles
    return tuple(
        Choice(str(n), role, role, closed="they have it already" if role in has else "")
        for n, role in enumerate(ROLES, 1)
    )


def _to_take(context: FormContext) -> tuple[Choice, ...]:
    has = _person(context).roles
    return tuple(
        Choice(str(n), role, role, closed="" if role in has else "they do not have it")
        for n, role in enumerate(ROLES, 1)
    )


_WHY: Final = Field(id="why", label="Why", width=40)
_WHY_NEEDED: Final = Field(id="why", label="Why", width=40, required=True)

STAFF: Final = (
    FormSpec(
        id="give_role",
        title="Give a role",
        fields=(Field(id="role", label="Role", kind="choice", choices=_to_give, required=True, column=True),),
        live=_who,
        build=lambda values, context: cmd.GiveRole(name=_person(context).name, role=values["role"]),
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="take_role",
        title="Take a role",
        fields=(
            Field(id="role", label="Role", kind="choice", choices=_to_take, required=True, column=True),
            _WHY,
        ),
        live=_who,
        build=lambda values, context: cmd.TakeRole(
            name=_person(context).name, role=values["role"], why=stated(values, "why")
        ),
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="disable_person",
        title="Disable a person",
        intro="They may no longer sign in or enter anything. What they entered stays theirs.",
        fields=(_WHY_NEEDED,),
        live=_who,
        build=lambda values, context: cmd.DisablePerson(name=_person(context).name, why=values["why"]),
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="enable_person",
        title="Enable a person",
        fields=(_WHY,),
        live=_who,
        build=lambda values, context: cmd.EnablePerson(name=_person(context).name, why=stated(values, "why")),
        about_visit=False,
        dated=False,
    ),
    FormSpec(
        id="review_glass",
        title="Look at an emergency access",
        intro="“infusionroom log” shows what was entered and which records were opened meanwhile.",
        fields=(Field(id="note", label="What was found", width=50, required=True),),
        live=_what_happened,
        build=lambda values, context: cmd.ReviewGlass(entry=_glass(context).entry, note=values["note"]),
        about_visit=False,
        dated=False,
    ),
)
