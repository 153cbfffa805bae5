"""What happens when a verb is given: its reason against, its form, its screen, or its command at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infusionroom.domain import commands as cmd
from infusionroom.tui import actions

if TYPE_CHECKING:
    from datetime import date

    from infusionroom.domain.visit import Visit
    from infusionroom.tui.app import InfusionRoomApp


async def perform(app: InfusionRoomApp, action_id: str, visit_id: str = "", chair: int | None = None) -> None:
    """Does what `action_id` says for this visit or chair, or tells the person why it cannot be done."""
    room, now = app.room_state, app.now()
    if action_id in _ALWAYS:
        _ALWAYS[action_id](app)
        return
    if room is None or now is None:
        app.say(app.notice or "The room is not open yet.", warn=True)
        return
    visit = await _visit(app, visit_id)
    if visit_id and not visit_id.startswith("chair:") and visit is None:
        app.say("This person is not in the room's schedule any more.", warn=True)
        return
    if action_id in _SCREENS:
        reason = actions.not_theirs(actions.BY_ID[action_id], room, app.actor)
        if reason is not None:
            app.say(reason, warn=True)
        else:
            await _SCREENS[action_id](app, visit)
        return
    entry = actions.BY_ID[app.entry_of(action_id, visit, chair)]
    if app.reach.lost:
        app.say(f"{entry.word}: {app.reach.why} Entries are refused until the store is back.", warn=True)
        return
    reason = actions.why_not(entry, room, visit, now, chair, actor=app.actor)
    if reason is not None:
        app.say(reason, warn=True)
    elif entry.id in _AT_ONCE:
        await _give(app, _AT_ONCE[entry.id](visit, chair))
    else:
        # A walk-in is not whoever the cursor is on: their name, course and record number are not theirs.
        open_form(app, entry.form, None if entry.where == "room" else visit, chair)


async def _visit(app: InfusionRoomApp, visit_id: str) -> Visit | None:
    if not visit_id or visit_id.startswith("chair:"):
        return None
    known: Visit | None = app.room_state.visits.get(visit_id) if app.room_state else None
    if known is not None or app.room is None:
        return known
    import asyncio

    from infusionroom.services.errors import RoomUnreachable

    try:
        return await asyncio.to_thread(app.room.visit, visit_id)
    except RoomUnreachable:
        return None


def open_form(app: InfusionRoomApp, form_id: str, visit: Visit | None, chair: int | None) -> None:
    """Opens a form; its outcome comes back to the board by the feed like everybody else's."""
    from infusionroom.tui.forms import form_screen

    now = app.now()
    assert now is not None
    screen = form_screen(
        form_id,
        room=app.room_state,
        visit=visit,
        chair=chair,
        now=now,
        actor=app.actor,
        submit=app.submit,
    )
    # What was said before would lie over the form's own words and its keys.
    app.clear_notifications()
    app.push_screen(screen)


async def _give(app: InfusionRoomApp, command: cmd.Command) -> None:
    from infusionroom.tui.at_once import give

    await give(app, command)


# ── at once ─────────────────────────────────────────────────────────────────────────────────────────────────


def _cleaned(_: Visit | None, chair: int | None) -> cmd.Command:
    assert chair is not None
    return cmd.CleanChair(chair=chair)


def _back_in(_: Visit | None, chair: int | None) -> cmd.Command:
    assert chair is not None
    return cmd.ReturnChair(chair=chair)


_AT_ONCE = {"chair_cleaned": _cleaned, "chair_in": _back_in}


# ── screens ─────────────────────────────────────────────────────────────────────────────────────────────────


async def _open(app: InfusionRoomApp, visit: Visit | None) -> None:
    if visit is None:
        app.say("Open: choose a person first, with the arrows or a chair's number.", warn=True)
        return
    from infusionroom.tui.visit_screen import VisitScreen

    screen: Any = VisitScreen(visit.id, visit)
    await app.push_screen(screen)
    app.audit.opened("visit", visit.id)
    app.refresh_board()


async def acknowledge(app: InfusionRoomApp, visit_id: str) -> None:
    """Acknowledges what is active for a visit; the person who does it is named in the journal."""
    if app.reach.lost:
        app.say(f"Acknowledge: {app.reach.why} Entries are refused until the store is back.", warn=True)
        return
    await _give(app, cmd.Acknowledge(visit=visit_id))


async def _acknowledge_highest(app: InfusionRoomApp, _: Visit | None) -> None:
    if app.board is None or not app.alarm_waits:
        app.say("Acknowledge: nothing needs a hand now.")
        return
    await acknowledge(app, app.board.alarms[0].visit)


async def _alarms(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.alarms_screen import AlarmsScreen

    await _push(app, AlarmsScreen())


async def _day(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.day_screen import DayScreen

    await _push(app, DayScreen())


async def _schedule(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.schedule_screen import ScheduleScreen

    await _push(app, ScheduleScreen())


async def _two_weeks(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.two_weeks_screen import TwoWeeksScreen

    if app.board is not None:
        await _push(app, TwoWeeksScreen(app.board.day))


async def _book_course(app: InfusionRoomApp, _: Visit | None) -> None:
    await book_course(app)


async def book_course(app: InfusionRoomApp, *, first_day: date | None = None) -> None:
    """Asks for whom a course is, then books it; days are proposed from `first_day` on."""
    from infusionroom.tui.booking_screen import BookingScreen
    from infusionroom.tui.patients_screen import PatientsScreen

    def chosen(patient: str | None) -> None:
        if patient:
            app.push_screen(BookingScreen(patient, first_day=first_day))

    await app.push_screen(PatientsScreen(picking="Book a course for:"), chosen)
    app.refresh_board()


async def _find(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.find import FindScreen

    def found(visit_id: str | None) -> None:
        if visit_id is None:
            return
        if visit_id in app.home.shown_visits():
            app.home.select(visit_id)
        else:
            app.call_later(app.perform, "open", visit_id)

    await app.push_screen(FindScreen(), found)


async def _patients(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.patients_screen import PatientsScreen

    await _push(app, PatientsScreen())


async def _follow_up(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.follow_up_screen import FollowUpScreen

    await _push(app, FollowUpScreen())


async def _of_whom(app: InfusionRoomApp, visit: Visit | None, action_id: str) -> None:
    """Opens the file or course behind a visit, or assigns it; says why there is none."""
    from infusionroom.tui import file_forms

    now = app.now()
    assert now is not None
    reason = actions.why_not(actions.BY_ID[action_id], app.room_state, visit, now, None)
    if reason is not None:
        app.say(reason, warn=True)
    elif visit is None:
        return
    elif action_id == "file":
        await file_forms.show_patient(app, visit.plan.patient_id)
    elif action_id == "course":
        await file_forms.show_course(app, visit.plan.course_id)
    elif not file_forms.lost(app, "Assign"):
        await file_forms.assign(app, visit)


async def _file(app: InfusionRoomApp, visit: Visit | None) -> None:
    await _of_whom(app, visit, "file")


async def _course(app: InfusionRoomApp, visit: Visit | None) -> None:
    await _of_whom(app, visit, "course")


async def _assign(app: InfusionRoomApp, visit: Visit | None) -> None:
    await _of_whom(app, visit, "assign")


async def _push(app: InfusionRoomApp, screen: Any) -> None:
    await app.push_screen(screen)
    app.refresh_board()


async def _summary(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.summary import export_summary

    await export_summary(app)


async def _staff(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.staff_screen import StaffScreen

    await _push(app, StaffScreen())


async def _own_pin(app: InfusionRoomApp, _: Visit | None) -> None:
    from infusionroom.tui.pin_screen import ask_pin

    ask_pin(app, app.actor)


_SCREENS = {
    "staff": _staff,
    "own_pin": _own_pin,
    "open": _open,
    "acknowledge": _acknowledge_highest,
    "alarms": _alarms,
    "day": _day,
    "schedule": _schedule,
    "two_weeks": _two_weeks,
    "book_course": _book_course,
    "find": _find,
    "patients": _patients,
    "follow_up": _follow_up,
    "file": _file,
    "course": _course,
    "assign": _assign,
    "summary": _summary,
}


# ── always ──────────────────────────────────────────────────────────────────────────────────────────────────


def _help(app: InfusionRoomApp) -> None:
    from infusionroom.tui.help_screen import HelpScreen

    app.push_screen(HelpScreen())


def _reverse(app: InfusionRoomApp) -> None:
    app.reverse_video = not app.reverse_video
    app.refresh_board()


def _sign_in(app: InfusionRoomApp) -> None:
    from infusionroom.tui import shared_terminal

    shared_terminal.ask_who(app)


def _sign_out(app: InfusionRoomApp) -> None:
    from infusionroom.tui import shared_terminal

    shared_terminal.sign_out(app)


def _lock(app: InfusionRoomApp) -> None:
    from infusionroom.tui import shared_terminal

    shared_terminal.lock(app)


_ALWAYS = {
    "sign_in": _sign_in,
    "sign_out": _sign_out,
    "lock": _lock,
    "help": _help,
    "quit": lambda app: app.ask_to_quit(),
    "colours": lambda app: app.paint("light" if app.paint_name == "dark" else "dark"),
    "palette": lambda app: app.action_command_palette(),
    "reverse": _reverse,
}
