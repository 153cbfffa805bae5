"""Questions that several forms ask: why, who, which chair, and what earlier entries answer them with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infusionroom.domain import events as ev
from infusionroom.domain.commands import Record
from infusionroom.domain.events import Role
from infusionroom.domain.room import ChairState
from infusionroom.domain.visit import Visit
from infusionroom.tui.forms.spec import Choice, Field, FormContext, Values
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.marks import PHASE_WORD
from infusionroom.tui.present.times import clock_time, h_mm

OTHER = "other"


def record(fact: Any, context: FormContext) -> Record:
    """The command that records `fact` for the form's person."""
    return Record(visit=context.person.id, fact=fact)


def stated(values: Values, name: str) -> str:
    """An optional text answer."""
    return values.get(name) or ""


def typed_again(*names: str) -> Callable[[Any, FormContext], dict[str, str]]:
    """Fields of an entry's body as they would be typed, for correcting it."""

    def fill(body: Any, context: FormContext) -> dict[str, str]:
        return {name: "" if getattr(body, name) is None else str(getattr(body, name)) for name in names}

    return fill


def people(*roles: Role, but_not_me: bool = False) -> Callable[[FormContext], tuple[str, ...]]:
    """Names of the room's people with one of `roles` (all, if none is named), for completion."""

    def names(context: FormContext) -> tuple[str, ...]:
        return tuple(
            person.name
            for person in context.room.people.values()
            if person.active
            and (not roles or person.roles & set(roles))
            and not (but_not_me and person.name == context.actor)
        )

    return names


def only_one(names: Callable[[FormContext], tuple[str, ...]]) -> Callable[[FormContext], str]:
    """The name, where there is only one to choose."""

    def default(context: FormContext) -> str:
        known = names(context)
        return known[0] if len(known) == 1 else ""

    return default


def physician(field_id: str, label: str, **more: Any) -> Field:
    """A prescriber's name: filled in where the room has only one."""
    names = people("prescriber")
    return Field(id=field_id, label=label, names=names, default=only_one(names), **more)


def reasons(*labels: str, required: bool = True, shown: Any = None) -> tuple[Field, Field]:
    """A pick of the usual reasons, and words for any other or beside it. Read them with `reason_of`."""
    choices = (
        *(Choice(str(n), label, label) for n, label in enumerate(labels, 1)),
        Choice("0", OTHER, OTHER),
    )
    seen = shown or (lambda values, context: True)
    return (
        Field(
            id="reason", label="Why", kind="choice", choices=lambda _: choices, required=required, shown=seen
        ),
        Field(id="words", label="In words", help="needed for other", shown=seen),
    )


def reason_of(values: Values) -> str:
    """`nausea`, `nausea: after lunch`, or the words alone where the reason is another."""
    picked, words = stated(values, "reason"), stated(values, "words")
    if picked in ("", OTHER):
        return words
    return f"{picked}: {words}" if words else picked


def reason_missing(values: Values) -> dict[str, str]:
    """The problem of another reason without words."""
    if values.get("reason") == OTHER and not stated(values, "words"):
        return {"words": "Say in words what the other reason is."}
    return {}


def reason_typed(why: str, labels: tuple[str, ...]) -> dict[str, str]:
    """What was picked and typed to make `why`, for correcting it."""
    head, _, tail = why.partition(": ")
    if head in labels:
        return {"reason": str(labels.index(head) + 1), "words": tail}
    return {"reason": "0" if why else "", "words": why}


def chair_choices(context: FormContext) -> tuple[Choice, ...]:
    """Every chair but the person's own: open ones can be picked, the others say why they cannot."""
    own = context.visit.chair if context.visit else None
    clinic = context.room.clinic
    numbers = range(1, (clinic.chairs if clinic else 0) + 1)
    return tuple(_chair_choice(number, context) for number in numbers if number != own)


def _chair_choice(number: int, context: FormContext) -> Choice:
    room, state = context.room, context.room.state_of(number)
    label = f"chair {number}"
    if state is ChairState.OCCUPIED:
        sitting = room.occupant(number)
        who = name_of(sitting) if sitting else "somebody"
        phase = PHASE_WORD[sitting.phase] if sitting else ""
        return Choice(str(number), number, label, f"{who}, {phase}", f"taken by {who}")
    chair = room.chair(number)
    if state is ChairState.CLEANING:
        since = chair.cleaning_since
        minutes = h_mm(int((context.now - since).total_seconds())) if since else "0:00"
        return Choice(str(number), number, label, f"being cleaned since {minutes}", "mark it as clean first")
    if state is ChairState.OUT_OF_SERVICE:
        why = clean(chair.out_why) or "out of service"
        return Choice(str(number), number, label, f"out of service: {why}", "put it back in service first")
    return Choice(str(number), number, label, "open")


def first_open_chair(context: FormContext) -> str:
    """The selected chair where it is open, else the first open one."""
    keys = [c.key for c in chair_choices(context) if not c.closed]
    if context.chair is not None and str(context.chair) in keys:
        return str(context.chair)
    return keys[0] if keys else ""


def name_of(visit: Visit) -> str:
    """`Marlowe, Ruth`, harmless to a terminal."""
    patient = visit.patient
    return clean(f"{patient.family}, {patient.given}" if patient.given else patient.family)


def last_vitals(context: FormContext) -> ev.VitalsTaken | None:
    return context.visit.vitals[-1].body if context.visit and context.visit.vitals else None


def last_sign(name: str) -> Callable[[FormContext], str]:
    """The last measured value of a sign and when: `last 131 at 10:30`."""

    def reference(context: FormContext) -> str:
        for taken in reversed(context.visit.vitals if context.visit else ()):
            value = getattr(taken.body, name)
            if value is not None:
                return f"last {value} at {clock_time(taken.at, context.timezone)}"
        return ""

    return reference
