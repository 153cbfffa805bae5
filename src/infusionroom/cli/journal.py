"""`infusionroom log`: the journal, entry by entry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from infusionroom.cli.endings import DONE, REFUSED, USAGE, Ended
from infusionroom.cli.terminal import Terminal, clinic_of, harmless_json, moment_named, say
from infusionroom.tui.present.cells import clean

if TYPE_CHECKING:
    from infusionroom.domain.course_file import PatientHistory
    from infusionroom.services.journal_log import About, LoggedEntry
    from infusionroom.services.room import RoomService

_Found = TypeVar("_Found")


def log(
    ctx: typer.Context,
    visit: Annotated[
        str | None, typer.Option(help="Only this visit: its id, or the appointment as placer/filler.")
    ] = None,
    patient: Annotated[
        str | None,
        typer.Option(
            help="Only this patient, by record number, name or id: the file, all courses, all visits."
        ),
    ] = None,
    course: Annotated[str | None, typer.Option(help="Only this course, by id, with its visits.")] = None,
    access: Annotated[
        bool,
        typer.Option("--access", help="Only who came in, who opened or fetched what, and the staff list."),
    ] = False,
    by: Annotated[str, typer.Option(help="Only what this person did.")] = "",
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

    With --visit, --patient or --course: who changed this, who opened it, who fetched a day of it over SSH, and in
    the end each person once.
    """
    terminal: Terminal = ctx.obj
    from infusionroom.cli.log_text import Concerned, LogText
    from infusionroom.services.journal_log import logged

    if access and (visit is not None or patient is not None or course is not None):
        raise Ended(USAGE, "--access is about people: name no visit, patient or course with it.")
    with terminal.room() as room:
        about = _about(room, visit=visit, patient=patient, course=course)
        begin = _since(since, room) if since is not None else None
        entries = logged(room, about=about, access=access, actor=by, after=after, since=begin)
        if json:
            for entry in entries:
                say(_json(entry))
            return DONE
        zone = clinic_of(room).timezone
        text, concerned = LogText(zone), Concerned(zone)
        for entry in entries:
            say(text.line(entry))
            concerned.count(entry)
        for line in concerned.lines() if about else ():
            say(line)
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
        about += about_patient(_patient_named(patient, room))
    if course is not None:
        about += about_course(_known("course", course, room.course(course)))
    return about


def _patient_named(text: str, room: RoomService) -> PatientHistory:
    """By id, else the only one whom the text means. Raises `Ended`."""
    if (history := room.patient(text)) is not None:
        return history
    found = room.patients(text, limit=10)
    exact = [row for row in found if row.record_number == text.strip()]
    match exact or found:
        case [row]:
            return _known("patient", text, room.patient(row.patient))
        case [_, *_] as several:
            those = "; ".join(
                clean(f"{r.family}, {r.given} ({r.record_number or r.patient})") for r in several
            )
            raise Ended(REFUSED, f"That may be several patients: {those}. Name one by record number or id.")
        case _:
            raise Ended(
                REFUSED,
                f"There is no patient {text[:60]!r} in this room. Somebody who is only planned, from another "
                "system, may have no file yet: name the visit.",
            )


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

    return harmless_json(msgspec.json.encode(entry).decode("utf-8"))
