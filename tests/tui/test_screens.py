"""What is opened from the board: alarms, schedule, day, help, find, palette, the first screen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.tui.boards import DAY, eight_chairs
from tests.tui.cardboard_room import CardboardRoom
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from tests.tui.test_board_screen import selected_name, visit_of
from textual import events
from textual.widgets import Input

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Done
from infusionroom.services.room import RoomService
from infusionroom.tui.forms.screen import FormScreen


def top(app: StagedApp) -> str:
    return type(app.screen).__name__


async def test_all_alarms_are_listed_and_acknowledged_person_by_person(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("K")
        await pilot.pause()
        assert "needs a hand" in screen_text(app)
        assert "vitals 7 min late" in screen_text(app)
        await pilot.press("k")
        await until(app, pilot, lambda: not app.alarm_waits)
        assert "RN Lee" in screen_text(app)
        assert " seen " in screen_text(app)
        await pilot.press("escape")
        assert app.screen is app.home


async def test_a_walk_in_is_not_whoever_the_cursor_is_on(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        for keys in (("3", "w"), ("3", "enter", "w")):
            await pilot.press(*keys)
            await until(app, pilot, lambda: "Walk-in" in screen_text(app))
            assert isinstance(app.screen, FormScreen)
            assert app.screen.query_one(Input).value == ""
            await pilot.press("escape")


async def test_an_alarm_opens_its_visit(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("K", "enter")
        await pilot.pause()
        assert top(app) == "VisitScreen"
        assert "Halvorsen" in screen_text(app)


async def test_the_schedule_shows_today_and_any_other_day(room: RoomService) -> None:
    plan = ev.Plan(
        patient=ev.Patient(family="Zimmer", given="Ada"), start=room.clock.now() + timedelta(days=1)
    )
    room.execute(cmd.PlanVisit(plan=plan, id="tomorrow"), actor="RN Lee", terminal="desk")
    async with on_stage(room) as (app, pilot):
        await pilot.press("t")
        await pilot.pause()
        assert "Mon 23 Nov 2026  today  9 planned" in screen_text(app)
        assert "Petrov, Ivan" in screen_text(app)
        await pilot.press("right")
        await until(app, pilot, lambda: "Zimmer, Ada" in screen_text(app))
        assert "Tue 24 Nov 2026" in screen_text(app)
        await pilot.press("t")
        await pilot.pause()
        assert "Petrov, Ivan" in screen_text(app)


async def test_the_schedule_lets_somebody_arrive(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("t", *["down"] * 5, "a")
        await pilot.pause()
        assert top(app) == "FormScreen"
        assert "Petrov" in screen_text(app)
        await pilot.press("enter")
        await until(app, pilot, lambda: room.state.visits[visit_of(room, "Petrov")].phase == "arrived")


async def test_the_schedule_says_why_an_arrival_is_not_possible(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("t", "a")
        assert top(app) == "ScheduleScreen"
        assert "recovering" in app.said[-1]


async def test_the_day_is_drawn_over_the_whole_screen(room: RoomService) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("y")
        await pilot.pause()
        shown = screen_text(app)
        assert "Day  Mon 23 Nov 2026" in shown
        assert "█" in shown
        assert "▒" in shown
        await pilot.press("y")
        assert app.screen is app.home


async def test_find_selects_who_is_on_the_board(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("slash", *"hal")
        await until(app, pilot, lambda: "Halvorsen, Kari" in screen_text(app))
        await pilot.press("enter")
        await until(app, pilot, lambda: app.screen is app.home)
        assert selected_name(app) == "Halvorsen"


async def test_letters_typed_before_find_has_opened_are_not_lost_and_are_no_verbs(room: RoomService) -> None:
    """Over SSH a whole word comes in one piece; its p must not pause anybody's pump."""
    async with on_stage(room) as (app, pilot):
        await pilot.press("1")
        for char in "/petrov":
            app.post_message(events.Key("slash" if char == "/" else char, char))
        await until(app, pilot, lambda: "Petrov, Ivan" in screen_text(app))
        assert top(app) == "FindScreen"
        assert app.screen.query_one(Input).value == "petrov"


async def test_a_chair_its_verb_and_the_reason_typed_in_one_go(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        for char in "1pnausea":
            app.post_message(events.Key(char, char))
        await until(app, pilot, lambda: top(app) == "FormScreen")
        await pilot.pause()
        await until(app, pilot, lambda: "nausea" in screen_text(app))
        assert "Marlowe" in screen_text(app)


async def test_verbs_typed_in_one_go_all_arrive(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        for key in ("down", "down", "down", "down", "k", "down"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(app, pilot, lambda: not app.alarm_waits)
        await until(app, pilot, lambda: app.home.selected == "chair:5")


async def test_find_opens_a_visit_of_the_past(room: RoomService) -> None:
    before = room.clock.now() - timedelta(days=20)
    plan = ev.Plan(patient=ev.Patient(family="Zimmer", given="Ada"), start=before)
    room.execute(cmd.PlanVisit(plan=plan, id="past"), actor="RN Lee", terminal="desk")
    room.refresh()
    async with on_stage(room) as (app, pilot):
        await pilot.press("slash", *"zim")
        await until(app, pilot, lambda: "Zimmer, Ada" in screen_text(app))
        assert "3 Nov 2026" in screen_text(app)
        await pilot.press("enter")
        await until(app, pilot, lambda: top(app) == "VisitScreen")


async def test_find_ignores_marks_and_case(room: RoomService) -> None:
    plan = ev.Plan(patient=ev.Patient(family="Müller-Łoś", given="Zoë"), start=room.clock.now(), source="EHR")
    room.execute(cmd.PlanVisit(plan=plan, id="muller"), actor="RN Lee", terminal="desk")
    room.refresh()
    async with on_stage(room) as (app, pilot):
        await pilot.press("slash", *"zoe mul")
        await until(app, pilot, lambda: "Müller" in screen_text(app))
        await pilot.press("escape")
        assert app.screen is app.home


async def test_help_is_the_table(room: RoomService) -> None:
    async with on_stage(room, (80, 24)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Somebody on the schedule has come in." in screen_text(app)
        await pilot.press(*["pagedown"] * 9)
        await pilot.pause()
        assert "Leave the program" in screen_text(app)


async def test_the_palette_offers_our_actions_and_nothing_else(room: RoomService) -> None:
    from infusionroom.tui.actions import ACTIONS
    from infusionroom.tui.palette import ActionsProvider

    async with on_stage(room) as (app, pilot):
        await pilot.press("1")
        provider = ActionsProvider(app.screen)
        offered = [str(hit.text) async for hit in provider.discover()]
        assert len(offered) == len(ACTIONS) - 1
        assert not any("creenshot" in text for text in offered)
        await pilot.press("ctrl+p", *"infusion: pause")
        await pilot.pause()
        await until(app, pilot, lambda: "Pause the pump" in screen_text(app))
        await pilot.press("enter")
        await until(app, pilot, lambda: top(app) == "FormScreen")
        assert "Marlowe" in screen_text(app)


async def test_the_palette_is_about_whom_the_screen_in_front_shows(room: RoomService) -> None:
    """Somebody found in the past is on the screen, somebody else is selected on the board behind it."""
    from infusionroom.tui.palette import ActionsProvider

    before = room.clock.now() - timedelta(days=20)
    plan = ev.Plan(patient=ev.Patient(family="Zimmer", given="Ada"), start=before)
    done = room.execute(cmd.PlanVisit(plan=plan, id="past"), actor="RN Lee", terminal="desk")
    assert isinstance(done, Done)
    past = done.entries[0].stream.removeprefix("visit:")
    async with on_stage(room) as (app, pilot):
        await pilot.press("1")
        await app.perform("open", past)
        await until(app, pilot, lambda: top(app) == "VisitScreen")
        command = ActionsProvider(app.screen)._do("pause")
        assert command.args[1] == past
        await command()
        assert "planned" in app.said[-1]


async def test_the_palette_stays_away_from_a_form(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("1", "p")
        await until(app, pilot, lambda: top(app) == "FormScreen")
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert top(app) == "FormScreen"
        assert "^P opens from the board" in screen_text(app)


async def test_an_empty_store_offers_the_room_and_the_demonstration(empty_room: RoomService) -> None:
    async with on_stage(empty_room) as (app, pilot):
        await until(app, pilot, lambda: top(app) == "FirstScreen")
        shown = screen_text(app)
        assert "Set up my room" in shown
        assert "demonstration day" in shown
        assert "infusionroom setup --name" in shown
        await pilot.press("1")
        await pilot.pause()
        assert top(app) == "FormScreen"


async def test_who_sets_the_room_up_goes_on_working_in_it(empty_room: RoomService) -> None:
    async with on_stage(empty_room, actor="ward") as (app, pilot):
        await until(app, pilot, lambda: top(app) == "FirstScreen")
        await pilot.press("1")
        await until(app, pilot, lambda: top(app) == "FormScreen")
        assert "for example America/New_York" in screen_text(app)
        await pilot.press(*"South", "tab", *"Chicago", "tab", "tab", "tab", "tab", *"Cho", "enter")
        await until(app, pilot, lambda: app.screen is app.home)
        assert app.actor == "Cho"
        assert screen_text(app).splitlines()[0].endswith("Cho")


async def test_the_first_screen_goes_when_somebody_else_has_set_up_the_room(empty_room: RoomService) -> None:
    from datetime import time

    async with on_stage(empty_room) as (app, pilot):
        await until(app, pilot, lambda: top(app) == "FirstScreen")
        empty_room.execute(
            cmd.SetUpRoom(
                name="South", timezone="UTC", opens=time(7), closes=time(18), chairs=3, first_user="RN Cho"
            ),
            actor="RN Cho",
            terminal="back",
        )
        await until(app, pilot, lambda: app.screen is app.home)
        assert "South" in screen_text(app)
        assert " 3 · open" in screen_text(app)


async def test_looking_around_follows_the_demonstration_instead(empty_room: RoomService) -> None:
    demo = CardboardRoom(eight_chairs())
    async with on_stage(empty_room, open_demo=lambda: demo) as (app, pilot):
        await until(app, pilot, lambda: top(app) == "FirstScreen")
        await pilot.press("2")
        await until(app, pilot, lambda: app.board is not None)
        assert "Halvorsen" in screen_text(app)


async def test_the_summary_is_written_and_its_place_said(room: RoomService, tmp_path: Path) -> None:
    def write(_: object, folder: Path) -> list[Path]:
        return [folder / f"summary-{DAY}.json"]

    async with on_stage(room, write_summary=write) as (app, pilot):
        await pilot.press("f5")
        await until(app, pilot, lambda: any(f"summary-{DAY}.json" in said for said in app.said))


async def test_over_ssh_no_summary_is_written_on_the_server(room: RoomService) -> None:
    def write(_: object, __: Path) -> list[Path]:
        raise AssertionError("a file was written")

    async with on_stage(room, write_summary=write, by_key="SHA256:x") as (app, pilot):
        await pilot.press("f5")
        await until(app, pilot, lambda: any("no file is written on the server" in said for said in app.said))


async def test_colours_and_flashing_are_this_terminals_choice(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("f9")
        await pilot.pause()
        assert app.paint_name == "light"
        assert app.theme == "room-light"
        assert app.flashing
        await app.perform("reverse")
        assert not app.flashing


async def test_q_leaves_only_at_the_second_press(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await pilot.press("q")
        assert app._exit is False
        await pilot.press("q")
        assert app._exit is True


async def test_a_terminal_whose_clock_is_off_says_so_once(
    room: RoomService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RoomService, "clock_offset_s", 3.4)
    async with on_stage(room) as (app, pilot):
        for _ in range(2):
            app.refresh_board()
            room.clock.advance(minutes=1)  # type: ignore[attr-defined]
            app.tick()
            await pilot.pause()
        said = [n.message for n in app._notifications]
        assert [text for text in said if "clock is 3 s fast" in text] == said[:1]
