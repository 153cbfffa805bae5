"""Two people change the room's settings at once: nobody's word is lost without being seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import msgspec
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from tests.tui.test_races import LEE, done
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.services.room import RoomService
from infusionroom.tui import verbs
from infusionroom.tui.forms.dialogs import ConflictDialog
from infusionroom.tui.forms.screen import FormScreen
from infusionroom.tui.staff_screen import StaffScreen

Open = Callable[[], RoomService]
ADA = "Ada Ames"


def with_administrator(*rooms: RoomService) -> None:
    """Somebody who may change everything, known to all terminals."""
    rooms[0].execute(
        cmd.RecoverAdministrator(name=ADA, why="first", system_user="root"), actor=LEE, terminal="machine"
    )
    for room in rooms:
        room.refresh()


async def form_of(app: StagedApp, pilot: Pilot[int], form_id: str, **answers: str) -> FormScreen:
    """The room's form with these answers typed into it."""
    verbs.open_form(app, form_id, None, None)
    await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
    form = app.screen
    assert isinstance(form, FormScreen)
    await typed(form, pilot, **answers)
    return form


async def typed(form: FormScreen, pilot: Pilot[int], **answers: str) -> None:
    for name, text in answers.items():
        control: Any = form._questions[name].control
        if hasattr(control, "set_text"):
            control.set_text(text)
        else:
            control.value = text
        await pilot.pause()


async def lost(app: StagedApp, pilot: Pilot[int]) -> str:
    """What the dialog says, once the race is lost."""
    await pilot.press("f2")
    await until(app, pilot, lambda: isinstance(app.screen, ConflictDialog))
    return screen_text(app)


async def test_closing_hours_that_two_change_are_shown_both_and_given_again_with_one_key(
    terminal: Open,
) -> None:
    desk, back = terminal(), terminal()
    with_administrator(desk, back)
    async with on_stage(desk, actor=ADA) as (app, pilot):
        await form_of(app, pilot, "room", closes="19:00")
        done(back, cmd.ChangeRoom(closes=time(18, 30), chairs=12), by=ADA)
        shown = await lost(app, pilot)
        assert "Ada Ames at back office entered room changed" in shown
        assert "closes 18:30, 12 chairs" in shown, "theirs"
        assert "19:00" in shown, "mine"
        await pilot.press("r")
        await until(app, pilot, lambda: app.screen is app.home)
    back.refresh()
    clinic = back.state.clinic
    assert clinic is not None
    assert (clinic.closes, clinic.chairs) == (time(19), 12), "mine for what I changed, theirs for the rest"


async def test_another_setting_of_the_room_bothers_nobody(terminal: Open) -> None:
    desk, back = terminal(), terminal()
    with_administrator(desk, back)
    async with on_stage(desk, actor=ADA) as (app, pilot):
        await form_of(app, pilot, "room", closes="19:00")
        done(back, cmd.ChangeRoom(chairs=12), by=ADA)
        done(back, cmd.ChangeRule(name="dose.duration_min", value=200, signed_off_by="Dr Roy"), by=ADA)
        await pilot.press("f2")
        await until(app, pilot, lambda: app.screen is app.home)
    back.refresh()
    clinic = back.state.clinic
    assert clinic is not None
    assert (clinic.closes, clinic.chairs, clinic.rules.dose.duration_min) == (time(19), 12, 200)


async def test_a_rule_that_two_change_loses_visibly(terminal: Open) -> None:
    desk, back = terminal(), terminal()
    with_administrator(desk, back)
    async with on_stage(desk, (80, 24), actor=ADA) as (app, pilot):
        await form_of(app, pilot, "rule", name="dose.duration_min", value="220", signed_off_by="Dr Roy")
        done(back, cmd.ChangeRule(name="dose.duration_min", value=200, signed_off_by="Dr Ott"), by=ADA)
        shown = await lost(app, pilot)
        assert "dose.duration_min = 200, signed off by Dr Ott" in shown
        assert "220" in shown
        assert "It is the same thing" not in shown, "they mean different things"
        await pilot.press("escape")
        await until(app, pilot, lambda: app.screen is app.home)
    back.refresh()
    assert back.state.clinic is not None
    assert back.state.clinic.rules.dose.duration_min == 200, "mine was dropped"


async def test_a_kind_of_course_keeps_what_the_other_changed_and_i_did_not(terminal: Open) -> None:
    desk, back = terminal(), terminal()
    with_administrator(desk, back)
    assert back.state.clinic is not None
    kind = next(iter(back.state.clinic.archetypes.values()))
    async with on_stage(desk, actor=ADA) as (app, pilot):
        form = await form_of(app, pilot, "course_kind", which="1")
        await typed(form, pilot, cap_mg_h="33")
        theirs = msgspec.structs.replace(kind, chair_min=kind.chair_min + 30)
        done(back, cmd.SetArchetype(archetype=theirs), by=ADA)
        shown = await lost(app, pilot)
        assert "kind of course set" in shown
        await pilot.press("r")
        await until(app, pilot, lambda: app.screen is app.home)
    back.refresh()
    now = back.state.clinic.archetypes[kind.name]
    assert str(now.target.cap_mg_h) == "33"
    assert now.chair_min == kind.chair_min + 30


async def test_a_day_that_two_close_is_recognised_as_the_same(terminal: Open) -> None:
    desk, back = terminal(), terminal()
    with_administrator(desk, back)
    async with on_stage(desk, actor=ADA) as (app, pilot):
        await form_of(app, pilot, "close_day", day="2026-12-22", why="staff party")
        done(back, cmd.CloseDay(day=date(2026, 12, 22), why="no heating"), by=ADA)
        shown = await lost(app, pilot)
        assert "Somebody has entered this" in shown
        assert "Tue 22 Dec: no heating" in shown
        await pilot.press("escape")
        await until(app, pilot, lambda: app.screen is app.home)


async def test_a_role_given_while_the_person_is_disabled_is_a_lost_race_and_a_sign_in_is_none(
    terminal: Open,
) -> None:
    desk, back = terminal(), terminal()
    with_administrator(desk, back)
    async with on_stage(desk, actor=ADA) as (app, pilot):
        await app.push_screen(StaffScreen())
        app.refresh_board()
        app.screen.selected = "person:RN Cho"  # type: ignore[attr-defined]
        app.refresh_board()
        await pilot.press("g")
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
        form = app.screen
        assert isinstance(form, FormScreen)
        await typed(form, pilot, role="1")
        done(back, cmd.DisablePerson(name="RN Cho", why="has left"), by=ADA)
        done(back, cmd.SignIn(name=LEE, how="machine"), by=LEE)
        shown = await lost(app, pilot)
        assert "person disabled RN Cho; has left" in shown
        assert "signed in" not in shown
        await pilot.press("escape")
        await until(app, pilot, lambda: isinstance(app.screen, StaffScreen))
