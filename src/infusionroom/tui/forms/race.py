"""A lost race: what stands now that somebody else was quicker, and what of it is new to whoever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace as with_changes
from typing import Any

from infusionroom.domain.outcome import Conflict, Outcome, Refused, Taken
from infusionroom.services.errors import RoomError
from infusionroom.tui.forms.question import Question
from infusionroom.tui.forms.spec import FormContext
from infusionroom.tui.present.dialog_words import Lost, lost_place_words, lost_words


async def as_it_stands(app: Any, context: FormContext) -> FormContext:
    """The context with everything read anew: the room, and the visit, course and patient that the form is about.

    What cannot be read just now stays as it was.
    """
    service = getattr(app, "room", None)
    if service is None:
        visit = context.visit and app.room_state.visits.get(context.visit.id, context.visit)
        return with_changes(context, room=app.room_state, visit=visit)
    read = await asyncio.to_thread(_read, service, context)
    # Nobody else is told of what has been read here.
    app.refresh_board()
    return read


def _read(service: Any, context: FormContext) -> FormContext:
    visit, course, history = context.visit, context.course, context.history
    with suppress(RoomError):
        service.refresh()
        if visit is not None:
            visit = service.visit(visit.id) or visit
        if course is not None:
            course = service.course(course.course.id) or course
        if history is not None:
            history = service.patient(history.patient.id) or history
    return with_changes(context, room=service.state, visit=visit, course=course, history=history)


def newly_taken(outcome: Outcome, head: int) -> tuple[Taken, ...]:
    """The places in the way that were given away after journal entry `head`, the last one that the screen showed."""
    taken = outcome.taken if isinstance(outcome, Refused) else ()
    return tuple(one for one in taken if one.entry > head)


def lost_of(
    outcome: Conflict | Refused,
    *,
    title: str,
    asked: Sequence[Question],
    before: FormContext,
    fresh: FormContext,
    whole: bool,
    next_place: str,
) -> Lost:
    """What a form says of the race that it lost; `next_place` is where its redo would go."""
    mine = what_i_entered(asked, before)
    if isinstance(outcome, Refused):
        return lost_place_words(
            newly_taken(outcome, before.room.head),
            title=title,
            mine=mine,
            next_place=next_place,
            timezone=before.timezone,
        )
    stands = what_changed(asked, before, fresh) if whole else ()
    return lost_words(
        outcome, title=title, mine=mine, visit=fresh.visit, stands=stands, timezone=before.timezone
    )


def what_changed(
    questions: Iterable[Question], before: FormContext, fresh: FormContext
) -> tuple[tuple[str, str], ...]:
    """The answers that stood in the form when it was opened and stand otherwise now: `70 → 72`."""
    changed = []
    for question in questions:
        old, new = question.field.default(before), question.field.default(fresh)
        if old != new and question.field.kind != "pin":
            words = [question.words(text, fresh) or "–" for text in (old, new)]
            changed.append((question.field.label, " → ".join(words)))
    return tuple(changed)


def what_i_entered(questions: Iterable[Question], before: FormContext) -> tuple[tuple[str, str], ...]:
    """The answers that are not those the form was opened with; all of them, where it was accepted as it was."""
    answered = [(q.field.label, q.said(before), q.text != q.field.default(before)) for q in questions]
    mine = tuple((label, said) for label, said, is_mine in answered if is_mine)
    return mine or tuple((label, said) for label, said, _ in answered if said)


def take_over(questions: Iterable[Question], fresh: FormContext) -> None:
    """Fills what I have not answered with what stands now: a form about the whole keeps what others entered."""
    for question in questions:
        if not question.changed():
            question.fill(question.field.default(fresh))
