"""Opening the forms of patients and courses, and the screens that lead from one to the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infusionroom.tui.reading_files import moment, now_read, room_with_versions
from infusionroom.tui.role_reasons import form_is_shut

if TYPE_CHECKING:
    from infusionroom.domain.course_file import CourseFile, PatientHistory
    from infusionroom.domain.outcome import Outcome
    from infusionroom.domain.visit import Visit
    from infusionroom.tui.app import InfusionRoomApp
    from infusionroom.tui.forms.spec import FormSpec

# How far ahead the days of a course are looked for.
LOOKS_AHEAD_DAYS = 150
Closed = Callable[["Outcome | None"], Any]


def lost(app: InfusionRoomApp, word: str) -> bool:
    """Whether entries are refused just now; says so."""
    if app.reach.lost:
        app.say(f"{word}: {app.reach.why} Entries are refused until the store is back.", warn=True)
    return bool(app.reach.lost)


async def open_file_form(
    app: InfusionRoomApp,
    form_id: str,
    *,
    history: PatientHistory | None = None,
    course: CourseFile | None = None,
    day: int | None = None,
    closed: Closed | None = None,
) -> None:
    """A form of the table about a patient's file or a course; `closed` is given its outcome."""
    from infusionroom.tui.forms import form_screen
    from infusionroom.tui.forms.merging import versions_of

    if form_is_shut(app, form_id):
        return
    duplicates = history.duplicates if history is not None else ()
    screen = form_screen(
        form_id,
        room=room_with_versions(app, versions_of(*duplicates)),
        visit=None,
        chair=None,
        now=moment(app),
        actor=app.actor,
        submit=app.submit,
        course=course,
        history=history,
        day=day,
    )
    app.clear_notifications()
    await app.push_screen(screen, closed)


async def open_made_form(
    app: InfusionRoomApp,
    spec: FormSpec,
    *,
    history: PatientHistory | None = None,
    course: CourseFile | None = None,
    versions: dict[str, int] | None = None,
    closed: Closed | None = None,
) -> None:
    """A form that was made for this occasion: it knows a calendar, or a second file."""
    from infusionroom.tui.forms.screen import FormScreen
    from infusionroom.tui.forms.spec import FormContext

    if form_is_shut(app, spec.id):
        return
    context = FormContext(
        room=room_with_versions(app, versions or {}),
        visit=None,
        chair=None,
        now=moment(app),
        actor=app.actor,
        course=course,
        history=history,
    )
    app.clear_notifications()
    await app.push_screen(FormScreen(spec, context, app.submit), closed)


async def defer(app: InfusionRoomApp, file: CourseFile, number: int, closed: Closed | None = None) -> None:
    """Moves a day of a course, or books one that is open."""
    from infusionroom.tui.forms.replanning import defer_form

    calendar = await _calendar(app, file)
    day = next((day for day in file.days if day.number == number), None)
    if calendar is not None and day is not None:
        await open_made_form(app, defer_form(calendar, day), course=file, closed=closed)


async def extend(app: InfusionRoomApp, file: CourseFile, closed: Closed | None = None) -> None:
    """Further days for a course."""
    from infusionroom.tui.forms.replanning import extend_form

    calendar = await _calendar(app, file)
    if calendar is not None:
        await open_made_form(app, extend_form(calendar), course=file, closed=closed)


async def _calendar(app: InfusionRoomApp, file: CourseFile) -> Any:
    from infusionroom.services.holiday_calendar import UnknownRegion
    from infusionroom.tui.forms.course_calendar import Calendar

    clinic, now = app.room_state.clinic, moment(app)
    first = now.date() - timedelta(days=1)
    last = first + timedelta(days=LOOKS_AHEAD_DAYS)
    try:
        found = await now_read(
            app,
            lambda files: (
                files.patient(file.patient.id),
                files.booked(first, last),
                files.holidays(first, last),
            ),
        )
    except UnknownRegion as unknown:
        app.say(f"{unknown} Set the rule booking.holiday_region.", warn=True)
        return None
    if found is None or found[0] is None:
        return None
    return Calendar(
        clinic=clinic, holidays=found[2], booked=tuple(found[1]), file=file, history=found[0], now=now
    )


async def merge(app: InfusionRoomApp, here: PatientHistory, closed: Closed | None = None) -> None:
    """Picks the other file by searching, shows both side by side, asks whose holds and why."""
    from infusionroom.tui.forms.merging import merge_form, versions_of
    from infusionroom.tui.patients_screen import PatientsScreen

    async def with_other(patient_id: str) -> None:
        other = await now_read(app, lambda files: files.patient(patient_id))
        if other is None:
            return
        if other.patient.id == here.patient.id:
            app.say("Merge: that is the same file; choose the other one.", warn=True)
            return
        versions = versions_of(here.patient, other.patient)
        await open_made_form(app, merge_form(here, other), versions=versions, closed=closed)

    def picked(patient_id: str | None) -> None:
        if patient_id is not None:
            app.call_later(with_other, patient_id)

    name = here.patient.file.family
    await app.push_screen(PatientsScreen(picking="Merge with which file?", typed=name), picked)


async def assign(app: InfusionRoomApp, visit: Visit) -> None:
    """Says whose an unassigned visit is, and which day of which course."""
    from infusionroom.tui.forms.assigning import assign_form
    from infusionroom.tui.patients_screen import PatientsScreen

    async def to(patient_id: str) -> None:
        history = await now_read(app, lambda files: files.patient(patient_id))
        if history is None:
            return
        spec = assign_form(visit, history, app.room_state.clinic)
        await open_made_form(app, spec, history=history)

    def picked(patient_id: str | None) -> None:
        if patient_id is not None:
            app.call_later(to, patient_id)

    if visit.plan.patient_id:
        await to(visit.plan.patient_id)
        return
    typed = visit.patient.family
    screen = PatientsScreen(picking=f"Whose visit is it? ({typed})", typed=typed, file=visit.patient)
    await app.push_screen(screen, picked)


async def show_patient(app: InfusionRoomApp, patient_id: str) -> None:
    """The patient's file on a screen of its own."""
    from infusionroom.tui.patient_screen import PatientScreen

    await app.push_screen(PatientScreen(patient_id))
    app.audit.opened("patient", patient_id)
    app.refresh_board()


async def show_course(app: InfusionRoomApp, course_id: str) -> None:
    """The course on a screen of its own."""
    from infusionroom.tui.course_screen import CourseScreen

    await app.push_screen(CourseScreen(course_id))
    app.audit.opened("course", course_id)
    app.refresh_board()


async def book(app: InfusionRoomApp, patient_id: str) -> None:
    """The screen on which a course is booked."""
    import importlib

    screens: Any = importlib.import_module("infusionroom.tui.booking_screen")
    await app.push_screen(screens.BookingScreen(patient_id))
    app.refresh_board()
