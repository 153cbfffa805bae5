"""Forms at the door and between chairs: arrive, seat, move, swap, and home again without an infusion."""

from __future__ import annotations

from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.events import Event
from infusionroom.domain.visit import Visit
from infusionroom.tui.forms.questions import (
    chair_choices,
    first_open_chair,
    name_of,
    reason_missing,
    reason_of,
    reason_typed,
    reasons,
    stated,
)
from infusionroom.tui.forms.spec import Choice, Field, FormContext, FormSpec, LiveLine, Values
from infusionroom.tui.present.marks import PHASE_WORD
from infusionroom.tui.present.times import ago_words, clock_time

_AWAY: Final = (
    "pressure too high",
    "feels unwell",
    "no escort",
    "consent withdrawn",
    "no IV access",
    "ate before",
)


def _planned_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    start = context.person.plan.start
    late = int((context.now - start).total_seconds())
    text = f"Planned for {clock_time(start, context.timezone)}"
    return (LiveLine(text + (f", {ago_words(late)} ago." if late >= 60 else "."), "dim"),)


def _chair_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    if any(not c.closed for c in chair_choices(context)):
        return ()
    return (LiveLine("No chair is open: clean one, or put one back in service.", "warn"),)


def _swap_choices(context: FormContext) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(v.chair), v.id, f"chair {v.chair}", f"{name_of(v)}, {PHASE_WORD[v.phase]}")
        for v in _others_seated(context)
    )


def _others_seated(context: FormContext) -> list[Visit]:
    others = (v for v in context.room.visits.values() if v.here and v.chair is not None)
    return sorted((v for v in others if v.id != context.person.id), key=lambda v: v.chair or 0)


def _swap_line(values: Values, context: FormContext) -> tuple[LiveLine, ...]:
    if not _others_seated(context):
        return (LiveLine("Nobody else sits in a chair: use Move.", "warn"),)
    other = context.room.visits.get(values.get("with_visit") or "")
    if other is None:
        return ()
    mine, theirs = context.person.chair, other.chair
    return (LiveLine(f"{name_of(context.person)} to chair {theirs}, {name_of(other)} to chair {mine}."),)


def _away_rebuilt(values: Values, context: FormContext, old: Event) -> Event:
    return ev.TurnedAway(why=reason_of(values))


_CHAIR = Field(
    id="chair",
    label="Chair",
    kind="choice",
    choices=chair_choices,
    default=first_open_chair,
    required=True,
    column=True,
)

DOOR: Final = (
    FormSpec(
        id="arrive",
        title="Arrive",
        kind="arrived",
        live=_planned_line,
        build=lambda values, context: cmd.Arrive(visit=context.person.id),
    ),
    FormSpec(
        id="seat",
        title="Seat",
        kind="seated",
        fields=(_CHAIR,),
        live=_chair_line,
        build=lambda values, context: cmd.Seat(visit=context.person.id, chair=values["chair"]),
    ),
    FormSpec(
        id="move",
        title="Move to another chair",
        kind="moved",
        fields=(_CHAIR, Field(id="why", label="Why")),
        live=_chair_line,
        build=lambda values, context: cmd.Move(
            visit=context.person.id, chair=values["chair"], why=stated(values, "why")
        ),
    ),
    FormSpec(
        id="swap",
        title="Swap chairs",
        fields=(
            Field(
                id="with_visit",
                label="With",
                kind="choice",
                choices=_swap_choices,
                required=True,
                column=True,
            ),
            Field(id="why", label="Why"),
        ),
        live=_swap_line,
        build=lambda values, context: cmd.Swap(
            visit=context.person.id, with_visit=values["with_visit"], why=stated(values, "why")
        ),
    ),
    FormSpec(
        id="turn_away",
        title="Home without an infusion",
        kind="turned_away",
        fields=reasons(*_AWAY),
        check=lambda values, context: reason_missing(values),
        fill=lambda body, context: reason_typed(body.why, _AWAY),
        rebuild=_away_rebuilt,
        build=lambda values, context: cmd.TurnAway(visit=context.person.id, why=reason_of(values)),
    ),
)
