"""The board under a nurse's fingers: selection, chair numbers, verbs, panes, sizes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tui.stage import StagedApp, on_stage, pane_text, screen_text, until

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.services.room import RoomService


def selected_name(app: StagedApp) -> str:
    visit, _ = app.home.target()
    return visit.patient.family if visit else ""


def visit_of(room: RoomService, family: str) -> str:
    return next(v.id for v in room.state.visits.values() if v.patient.family == family)


async def test_the_board_answers_the_five_questions_without_a_key(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.pause()
        shown = screen_text(app)
    assert "3 ‖ Halvorsen K paused 0:06  nausea" in shown
    assert "vitals 7 min late" in shown.splitlines()[1]
    assert "1 Marlowe R" in shown
    assert "12:56" in shown
    assert "Aldrete, score" in shown
    assert "11:00 Petrov I" in shown
    assert "last start 12:00" in shown


async def test_a_person_selected_in_one_pane_is_selected_in_all(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("down", "down", "down")
        assert selected_name(app) == "Halvorsen"
        for name in ("chairs", "infusions", "day"):
            marked = [line for line in pane_text(app, name).splitlines() if line[0] in "▸›"]
            assert [" 3 " in line for line in marked] == [True], name


async def test_a_refresh_moves_neither_cursor_nor_scroll_nor_focus(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("tab", "down")
        chosen, pane = app.home.selected, app.home.pane
        room.execute(cmd.Arrive(visit=visit_of(room, "Petrov")), actor="RN Cho", terminal="back")
        await until(
            app, pilot, lambda: "waits" in pane_text(app, "to_come") or "○" in pane_text(app, "to_come")
        )
        assert (app.home.selected, app.home.pane) == (chosen, pane)


async def test_the_selection_follows_the_person_out_of_a_pane(room: RoomService) -> None:
    """Okafor's infusion ends elsewhere: the row above does not become the target of the next key."""
    async with on_stage(room) as (app, pilot):
        await pilot.press("tab", "down")
        okafor = visit_of(room, "Okafor")
        app.home.select(okafor)
        room.execute(cmd.Stop(visit=okafor, why="enough"), actor="RN Cho", terminal="back")
        await until(app, pilot, lambda: "Okafor" in pane_text(app, "recovery"))
        assert selected_name(app) == "Okafor"
        assert "Okafor" not in pane_text(app, "infusions")
        assert "› " in pane_text(app, "recovery") or "▸ " in pane_text(app, "recovery")


async def test_a_minute_that_changes_nothing_paints_nothing(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.pause()
        before = sum(pane.repainted for pane in app.home._panes.values()) + app.home._strip.repainted
        app.tick()
        await pilot.pause()
        after = sum(pane.repainted for pane in app.home._panes.values()) + app.home._strip.repainted
        assert after == before


async def test_a_minute_repaints_only_the_rows_whose_words_changed(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.pause()
        pane = app.home._panes["to_come"]
        chairs = app.home._panes["chairs"]
        before = pane.repainted, chairs.repainted
        room.clock.advance(minutes=1)  # type: ignore[attr-defined]
        app.tick()
        await pilot.pause()
        assert pane.repainted == before[0]
        assert 1 <= chairs.repainted - before[1] <= 5
        assert "2:13 left" in pane_text(app, "chairs")


async def test_a_chair_number_then_a_verb(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("1", "p")
        await pilot.pause()
        assert type(app.screen).__name__ == "FormScreen"
        assert "Marlowe" in screen_text(app)


async def test_a_number_without_a_chair_hits_nobody(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("3")
        assert selected_name(app) == "Halvorsen"
        app.home.forget_digits()
        await pilot.press("9", "p")
        assert app.home.target() == (None, None)
        assert app.screen is app.home
        assert "choose a person first" in app.said[-1]


async def test_two_digits_make_one_chair_where_there_is_one() -> None:
    from tests.tui.boards import forty_chairs
    from tests.tui.cardboard_room import CardboardRoom

    async with on_stage(CardboardRoom(forty_chairs())) as (app, pilot):
        await pilot.press("1", "2")
        assert app.home.digits == "12"
        assert app.home.selected == "laurent"
        await pilot.press("7")
        assert app.home.digits == "7", "127 is no chair: the 7 begins a new number"
        assert app.home.selected == "grieg"


@pytest.mark.parametrize(
    ("chair", "key", "reason"),
    [
        ("6", "p", "seated"),
        ("6", "e", "seated"),
        ("1", "d", "has not ended"),
        ("4", "a", "recovering"),
        ("5", "v", "choose a person first"),
    ],
)
async def test_a_verb_that_does_not_apply_is_dim_and_says_why(
    room: RoomService, chair: str, key: str, reason: str
) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press(chair)
        verb = next(verb for verb in app.home._footer.verbs if verb.key == key)
        assert verb.why_not is not None
        await pilot.press(key)
        assert reason in app.said[-1]
        assert app.screen is app.home


async def test_s_is_the_next_step_to_the_start(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):

        def word() -> str:
            return next((verb.word for verb in app.home._footer.verbs if verb.action == "next_step"), "")

        petrov = visit_of(room, "Petrov")
        app.home.select(petrov)
        assert [verb.key for verb in app.home._footer.verbs if verb.word == "Arrive"] == ["a"], "said once"
        room.execute(cmd.Arrive(visit=petrov), actor="RN Cho", terminal="back")
        await until(app, pilot, lambda: word() == "Seat")
        room.execute(cmd.Seat(visit=petrov, chair=5), actor="RN Cho", terminal="back")
        await until(app, pilot, lambda: word() == "Prepare")
        await pilot.press("6")
        assert word() == "Start", "Duarte has everything that the start needs"


async def test_p_pauses_and_resumes_by_what_the_pump_does(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        words = {}
        for chair in "13":
            await pilot.press(chair)
            words[chair] = next(v.word for v in app.home._footer.verbs if v.action == "pause_resume")
        assert words == {"1": "Pause", "3": "Resume"}


async def test_k_acknowledges_while_an_alarm_waits_and_moves_up_otherwise(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("4")
        assert app.alarm_waits
        await pilot.press("k")
        await until(app, pilot, lambda: not app.alarm_waits)
        assert selected_name(app) == "Bishop", "acknowledging moves no cursor"
        seen = room.state.visits[visit_of(room, "Halvorsen")].acknowledged
        assert [stated.by for stated in seen] == ["RN Lee"]
        await pilot.press("k")
        assert selected_name(app) == "Halvorsen"


async def test_c_returns_a_cleaned_chair_at_once(room: RoomService) -> None:
    room.execute(cmd.Move(visit=visit_of(room, "Duarte"), chair=7), actor="RN Lee", terminal="desk")
    room.refresh()
    async with on_stage(room) as (app, pilot):
        assert "~ cleaning" in pane_text(app, "chairs")
        await pilot.press("6", "C")
        await until(app, pilot, lambda: "~ cleaning" not in pane_text(app, "chairs"))


async def test_an_empty_chair_that_was_chosen_stays_chosen_when_somebody_sits_down(room: RoomService) -> None:
    petrov = visit_of(room, "Petrov")
    async with on_stage(room) as (app, pilot):
        await pilot.press("5")
        assert app.home.selected == "chair:5"
        room.execute(cmd.Arrive(visit=petrov), actor="RN Cho", terminal="back")
        room.execute(cmd.Seat(visit=petrov, chair=5), actor="RN Cho", terminal="back")
        await until(app, pilot, lambda: app.home.selected == petrov)


async def test_the_panes_are_tabs_in_a_small_window(room: RoomService) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("2")
        await pilot.pause()
        shown = screen_text(app)
        assert "[2 Infusions 3 !]" in shown
        assert "given of 4:00 h" in shown
        assert "To come" not in shown
        await pilot.press("tab")
        await pilot.pause()
        assert "[3 Recovery 1]" in screen_text(app)


async def test_tab_selects_somebody_in_the_pane_it_leads_to(room: RoomService) -> None:
    """The next verb is for whom the cursor is on, never for somebody in a pane that cannot be seen."""
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("1", "tab", "tab")
        assert (app.home.tab, selected_name(app)) == ("infusions", "Marlowe")
        await pilot.press("tab")
        assert (app.home.tab, selected_name(app)) == ("recovery", "Bishop")
        await pilot.press("tab")
        assert (app.home.tab, selected_name(app)) == ("discharge", "Bishop")


async def test_a_chair_and_its_verb_leave_the_tab_where_it_was(room: RoomService) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("3", "p")
        await pilot.pause()
        assert "Halvorsen" in screen_text(app)
        await pilot.press("escape")
        assert app.home.tab == "chairs"


async def test_a_verb_that_is_refused_leaves_the_tab_and_its_name_alike(room: RoomService) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("4", "W")
        await until(app, pilot, lambda: any("it must be ready" in said for said in app.said))
        await pilot.pause()
        assert app.home.tab == "chairs"
        assert "[1 Chairs" in screen_text(app)


@pytest.mark.parametrize("sizes", [[(80, 24), (200, 60), (120, 40)], [(200, 60), (80, 24)]])
async def test_a_resize_keeps_the_selection(room: RoomService, sizes: list[tuple[int, int]]) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("4")
        for width, height in sizes:
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            lines = screen_text(app).splitlines()
            assert selected_name(app) == "Bishop"
            assert any("Bishop" in line and line.startswith(("▸", "›")) for line in lines)


@pytest.mark.parametrize("size", [(20, 5), (60, 15), (99, 29), (300, 80)])
async def test_no_window_is_too_small_or_too_large(room: RoomService, size: tuple[int, int]) -> None:
    async with on_stage(room, size) as (app, pilot):
        await pilot.press("3", "tab", "down")
        await pilot.pause()
        assert all(len(line) <= size[0] for line in screen_text(app).splitlines())


async def test_the_wide_screen_shows_the_flowsheet_of_the_selected_visit(room: RoomService) -> None:
    async with on_stage(room, (200, 60)) as (app, pilot):
        await pilot.press("3")
        await pilot.pause()
        shown = pane_text(app, "flow")
    assert "Halvorsen" in shown
    assert "nausea" in shown


async def test_the_mouse_selects_and_opens(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.click("#chairs", offset=(6, 2))
        assert selected_name(app) == "Okafor"
        await pilot.click("#footer", offset=(3, 1))
        await pilot.pause()
        assert type(app.screen).__name__ == "ScheduleScreen"


async def test_hostile_names_are_shown_and_harm_nothing(room: RoomService) -> None:
    names = ["[/oops]", "[bold red]x", "\x1b[2J\x07", "‮evil", "李小龙", "a\nb", "=1+1", "é" * 40, "👩‍⚕️"]
    for number, family in enumerate(names):
        plan: Any = ev.Plan(
            patient=ev.Patient(family=family, given="Z"), start=room.clock.now(), source="EHR"
        )
        room.execute(cmd.PlanVisit(plan=plan, id=f"hostile{number}"), actor="RN Lee", terminal="desk")
    room.refresh()
    async with on_stage(room) as (app, pilot):
        for width, height in ((120, 40), (80, 24)):
            await pilot.resize_terminal(width, height)
            await pilot.press(*["tab"] * 4, *["down"] * 12)
            await pilot.pause()
            lines = screen_text(app).splitlines()
            assert not any(ord(char) < 32 or char in "‮\x7f" for line in lines for char in line)
        for name in reversed(names[:3]):
            visit = visit_of(room, name)
            app.home.select(visit)
            await pilot.press("p")
            await pilot.pause()
        assert "[/oops]" in screen_text(app)
