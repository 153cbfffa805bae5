"""`infusionroom log`: the journal, entry by entry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from infusionroom.cli.endings import DONE, REFUSED, Ended
from infusionroom.cli.terminal import Terminal, clinic_of, moment_named, say

if TYPE_CHECKING:
    from infusionroom.services.journal_log import About, LoggedEntry
    from infusionroom.services.room import RoomService

_Found = TypeVar("_Found")


def log(
    ctx: typer.Context,
    visit: Annotated[
        str | None, typer.Option(help="Only this visit: its id, or the appointment as placer/filler.")
    ] = None,
    patient: Annotated[
        str | None, typer.Option(help="Only this patient, by id: the file, all courses, all visits.")
    ] = None,
    course: Annotated[str | None, typer.Option(help="Only this course, by id, with its visits.")] = None,
    after: Annotated[
        int, typer.Option(help="Only entries after the one with this number.", min=0, max=2**63 - 1)
    ] = 0,
    since: Annotated[
        str | None,
        typer.Option(help="Only what was recorded since: 10:25 today, -30, 2026-11-23, or ISO with offset."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object for each entry, one a line.")] = False,
) -> int:
    """Print the journal: everything that was ever entered, in the order of recording.

    Each line says when it was recorded and, where that differs, when it happened, by the room's wall clock; who
    entered it and at which terminal; and what. An entry that was taken back or corrected stays and says so.

    With --visit, --patient or --course: who changed this, and who opened it.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.services.journal_log import logged

    with terminal.room() as room:
        about = _about(room, visit=visit, patient=patient, course=course)
        begin = _since(since, room) if since is not None else None
        zone = clinic_of(room).timezone
        for entry in logged(room, about=about, after=after, since=begin):
            say(_json(entry) if json else _text(entry, zone))
    return DONE


def _about(
    room: RoomService, *, visit: str | None, patient: str | None, course: str | None
) -> tuple[About, ...]:
    """The records that are asked about; none where nothing was named. Raises `Ended`."""
    from infusionroom.services.journal_log import About, about_course, about_patient

    about: tuple[About, ...] = ()
    if visit is not None:
        about += (About("visit", _known("visit", visit, room.visit(visit)).id),)
    if patient is not None:
        about += about_patient(_known("patient", patient, room.patient(patient)))
    if course is not None:
        about += about_course(_known("course", course, room.course(course)))
    return about


def _known(what: str, named: str, found: _Found | None) -> _Found:
    if found is None:
        raise Ended(REFUSED, f"There is no {what} {named[:60]!r} in this room.")
    return found


def _since(text: str, room: RoomService) -> datetime:
    from datetime import date

    try:
        return room.day_bounds(date.fromisoformat(text.strip()))[0]
    except (ValueError, OverflowError):
        return moment_named("--since", text, room, room.day())


def _json(entry: LoggedEntry) -> str:
    import msgspec

    return msgspec.json.encode(entry).decode("utf-8")


def _text(entry: LoggedEntry, zone: str) -> str:
    from infusionroom.domain.day import local
    from infusionroom.domain.flowsheet import entry_text
    from infusionroom.domain.words import entry_word
    from infusionroom.tui.present.cells import clean

    recorded, happened = local(entry.recorded_at, zone), local(entry.happened_at, zone)
    marks = []
    if (entry.recorded_at - entry.happened_at).total_seconds() >= 60:
        same_day = recorded.date() == happened.date()
        marks.append(f"happened {happened:%H:%M}" if same_day else f"happened {happened:%Y-%m-%d %H:%M}")
    if entry.taken_back_by:
        marks.append(f"taken back by #{entry.taken_back_by}")
    if entry.corrected_by:
        marks.append(f"corrected by #{entry.corrected_by}")
    said = entry_text(entry.body)
    what = f"{entry_word(entry.kind)}: {said}" if said else entry_word(entry.kind)
    return clean(
        f"#{entry.id}  {recorded:%Y-%m-%d %H:%M:%S}  {entry.actor}  {entry.terminal}  {entry.stream}  {what}"
        + (f"  [{'; '.join(marks)}]" if marks else "")
    )
