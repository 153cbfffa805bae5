"""A lost race: what stands now that somebody else was quicker, and what of it is new to whoever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace as with_changes
from typing import Any

from infusionroom.domain.course import stream_of as course_stream
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Conflict
from infusionroom.domain.patient import stream_of as patient_stream
from infusionroom.services.errors import RoomError
from infusionroom.tui.forms.question import Question
from infusionroom.tui.forms.spec import FormContext


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


def newer_entries(conflict: Conflict, fresh: FormContext) -> tuple[Entry, ...]:
    """What was entered in a course or a patient's file after the version that the form showed."""
    entries: tuple[Entry, ...] = ()
    if fresh.course is not None and conflict.stream == course_stream(fresh.course.course.id):
        entries = fresh.course.course.entries
    elif fresh.history is not None and conflict.stream == patient_stream(fresh.history.patient.id):
        entries = fresh.history.patient.entries
    return tuple(entry for entry in entries if entry.version > conflict.expected_version)


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
