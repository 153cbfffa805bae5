"""Two terminals at once: who lost sees who did what, both versions, and enters theirs after it with one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
import pytest
from tests.tui.boards import NOW
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from tests.tui.test_board_screen import visit_of

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Done
from infusionroom.domain.patient import stream_of
from infusionroom.services.room import RoomService
from infusionroom.tui import file_forms, verbs
from infusionroom.tui.forms.dialogs import ConflictDialog
from infusionroom.tui.forms.screen import FormScreen

LEE, CHO = "RN Lee", "RN Cho"
Open = Callable[[], RoomService]


def done(room: RoomService, command: cmd.Command, by: str = CHO) -> Done:
    outcome = room.execute(command, actor=by, terminal="back office")
    assert isinstance(outcome, Done), outcome
    return outcome


def registered(room: RoomService) -> str:
    """A patient on file; the id."""
    file = ev.PatientFile(
        family="Marlowe", given="Rosa", birth_date=date(1970, 1, 3), record_number="MRN0003", icd10="G90.511",
        indication="CRPS I of the right arm", no_known_allergies=True,
    )  # fmt: skip
    entry = done(room, cmd.RegisterPatient(file=file, confirmed=True)).entries[0]
    room.refresh()
    return entry.stream.removeprefix(stream_of(""))


def walk_in(family: str) -> ev.Plan:
    return ev.Plan(patient=ev.Patient(family=family), start=NOW, walk_in=True)


def form_ready(app: StagedApp) -> bool:
    return isinstance(app.screen, FormScreen) and not app.screen.keys_wait


def conflict_shown(app: StagedApp) -> bool:
    return isinstance(app.screen, ConflictDialog)


async def test_a_file_that_two_change_at_once_keeps_what_both_entered(terminal: Open) -> None:
    """The form carries the whole file: what I did not touch must not take back what others wrote there."""
    desk, back = terminal(), terminal()
    patient = registered(back)
    desk.refresh()
    history = desk.patient(patient)
    assert history is not None
    async with on_stage(desk) as (app, pilot):
        await file_forms.open_file_form(app, "change_patient", history=history)
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen))
        theirs = msgspec.structs.replace(history.patient.file, note="afraid of needles", given="Rosalind")
        done(back, cmd.ChangePatient(patient=patient, file=theirs, confirmed=True))
        form = app.screen
        assert isinstance(form, FormScreen)
        form._questions["record_number"].control.value = "MRN7777"  # type: ignore[union-attr]
        await pilot.press("f2")
        await until(app, pilot, lambda: conflict_shown(app))
        shown = screen_text(app)
        assert "RN Cho at back office entered" in shown
        assert "afraid of needles" in shown
        assert "Rosa → Rosalind" in shown
        assert "MRN7777" in shown
        await pilot.press("r")
        await until(app, pilot, lambda: app.screen is app.home)
    fresh = back.patient(patient)
    assert fresh is not None
    file = fresh.patient.file
    assert (file.given, file.note, file.record_number) == ("Rosalind", "afraid of needles", "MRN7777")


async def test_a_plan_that_two_change_at_once_keeps_what_both_entered(terminal: Open) -> None:
    desk, back = terminal(), terminal()
    petrov = visit_of(desk, "Petrov")
    plan = desk.state.visits[petrov].plan
    async with on_stage(desk) as (app, pilot):
        verbs.open_form(app, "change_plan", desk.state.visits[petrov], None)
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen))
        done(back, cmd.ChangePlan(visit=petrov, plan=msgspec.structs.replace(plan, note="wheelchair")))
        form = app.screen
        assert isinstance(form, FormScreen)
        form._questions["record_number"].control.value = "MRN7777"  # type: ignore[union-attr]
        await pilot.press("f2")
        await until(app, pilot, lambda: conflict_shown(app))
        assert "– → wheelchair" in screen_text(app)
        await pilot.press("r")
        await until(app, pilot, lambda: app.screen is app.home)
    back.refresh()
    fresh = back.state.visits[petrov].plan
    assert (fresh.note, fresh.patient.record_number) == ("wheelchair", "MRN7777")


async def test_an_entry_of_an_instant_before_is_shown_although_the_feed_has_not_brought_it(
    terminal: Open,
) -> None:
    desk, back = terminal(), terminal()
    marlowe = visit_of(desk, "Marlowe")
    async with on_stage(desk) as (app, pilot):
        verbs.open_form(app, "pain", desk.state.visits[marlowe], 1)
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen))
        done(back, cmd.Record(visit=marlowe, fact=ev.PainRated(nrs=6)))
        done(back, cmd.Record(visit=marlowe, fact=ev.Noted(text="asked for water")))
        done(back, cmd.Record(visit=marlowe, fact=ev.PainRated(nrs=7)))
        await pilot.press("4", "f2")
        await until(app, pilot, lambda: conflict_shown(app))
        shown = screen_text(app)
        assert "RN Cho at back office entered pain" in shown
        assert "It is the same thing: perhaps it need not stand twice." in shown
        assert "pain NRS 6" in shown
        assert "pain NRS 7" in shown
        assert "asked for water" not in shown, "a note bears on nobody's pain"
        await pilot.press("escape")
        await until(app, pilot, lambda: app.screen is app.home)
    assert [p.body.nrs for p in desk.state.visits[marlowe].pains][-2:] == [6, 7]


async def test_a_verb_of_one_key_that_lost_shows_who_was_quicker_and_is_given_again_by_one_key(
    terminal: Open,
) -> None:
    desk, back = terminal(), terminal()
    done(back, cmd.TakeChairOut(chair=7, why="torn"), by=LEE)
    desk.refresh()
    async with on_stage(desk) as (app, pilot):
        shown_version = app.room_state.chair(7).version
        # While the key is on its way another terminal puts the chair back and takes it out once more.
        done(back, cmd.ReturnChair(chair=7))
        done(back, cmd.TakeChairOut(chair=7, why="still torn"))
        await verbs._give(app, cmd.ReturnChair(chair=7, expected_version=shown_version))
        await until(app, pilot, lambda: conflict_shown(app))
        shown = screen_text(app)
        assert "RN Cho at back office entered" in shown
        assert "chair 7" in shown
        assert "Chair 7 is now" in shown
        await pilot.press("r")
        await until(app, pilot, lambda: app.screen is app.home)
        await until(app, pilot, lambda: app.room_state.chair(7).version > shown_version + 2)
    back.refresh()
    assert back.state.chair(7).out_since is None


async def test_an_acknowledgement_that_lost_names_what_is_new(terminal: Open) -> None:
    desk, back = terminal(), terminal()
    halvorsen = visit_of(desk, "Halvorsen")
    async with on_stage(desk) as (app, pilot):
        version = app.room_state.visits[halvorsen].version
        done(back, cmd.Record(visit=halvorsen, fact=ev.Noted(text="pulled at the line")))
        await verbs._give(app, cmd.Acknowledge(visit=halvorsen, expected_version=version))
        await until(app, pilot, lambda: conflict_shown(app))
        assert "pulled at the line" in screen_text(app)
        await pilot.press("escape")
        await until(app, pilot, lambda: app.screen is app.home)
        assert app.alarm_waits, "it was dropped"


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_two_terminals_that_seat_two_people_in_one_chair_end_in_two_chairs(
    terminal: Open, size: tuple[int, int]
) -> None:
    """Two programs on one store: the second nurse sees who was quicker, and takes the next chair with one key."""
    desk, ward = terminal(), terminal()
    waiting = done(desk, cmd.PlanVisit(plan=walk_in("Ames")), by=LEE).entries[0].stream.partition(":")[2]
    other = done(desk, cmd.PlanVisit(plan=walk_in("Boyd")), by=LEE).entries[0].stream.partition(":")[2]
    desk.refresh()
    ward.refresh()
    free = next(n for n in range(1, 9) if desk.state.state_of(n) == "open")
    async with (
        on_stage(desk, size, actor=LEE, terminal="desk") as (one, at_desk),
        on_stage(ward, size, actor=CHO, terminal="ward") as (two, at_ward),
    ):
        for app, pilot, visit in ((one, at_desk, waiting), (two, at_ward, other)):
            verbs.open_form(app, "seat", app.room_state.visits[visit], None)
            await until(app, pilot, lambda app=app: form_ready(app))  # type: ignore[misc]
            await pilot.press(str(free))
        await at_ward.press("f2")
        await until(two, at_ward, lambda: two.screen is two.home)
        await at_desk.press("f2")
        await until(one, at_desk, lambda: conflict_shown(one))
        shown = screen_text(one)
        assert "RN Cho at ward took this place" in shown
        assert f"chair {free}" in shown
        assert "r take chair" in shown
        await at_desk.press("r")
        await until(one, at_desk, lambda: one.screen is one.home)
    desk.refresh()
    chairs = [desk.state.visits[visit].chair for visit in (other, waiting)]
    assert chairs[0] == free
    assert chairs[1] not in (None, free)


async def test_vitals_are_taken_although_somebody_wrote_a_note_meanwhile(terminal: Open) -> None:
    """What does not bear on what I enter asks nothing of me."""
    desk, back = terminal(), terminal()
    marlowe = visit_of(desk, "Marlowe")
    async with on_stage(desk) as (app, pilot):
        verbs.open_form(app, "note", desk.state.visits[marlowe], 1)
        await until(app, pilot, lambda: form_ready(app))
        done(back, cmd.Record(visit=marlowe, fact=ev.PainRated(nrs=7)))
        await pilot.press(*"cold", "f2")
        await until(app, pilot, lambda: app.screen is app.home)
    back.refresh()
    assert [e.kind for e in back.state.visits[marlowe].entries][-2:] == ["pain_rated", "noted"]
