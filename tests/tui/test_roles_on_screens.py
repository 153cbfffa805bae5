"""What a role may not do is dim before anything opens, and says whose work it is."""

from __future__ import annotations

from collections.abc import Callable

from tests.tui.room_day import CHO, LEE
from tests.tui.stage import on_stage, until
from tests.tui.test_races import done

from infusionroom.domain import commands as cmd
from infusionroom.services.room import RoomService
from infusionroom.tui.booking_screen import BookingScreen
from infusionroom.tui.follow_up_screen import FollowUpScreen
from infusionroom.tui.help_screen import HelpScreen
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.cells import text_of
from infusionroom.tui.two_weeks_screen import TwoWeeksScreen

VIC = "Vic Vale"
Open = Callable[[], RoomService]


def with_viewer(room: RoomService) -> RoomService:
    room.execute(
        cmd.RecoverAdministrator(name="Ada", why="first", system_user="root"), actor=LEE, terminal="desk"
    )
    done(room, cmd.AddPerson(name=VIC, role="viewer"), by="Ada")
    room.refresh()
    return room


def reasons(screen: ListScreen) -> dict[str, str]:
    return {verb.action: verb.why_not or "" for verb in screen.verbs()}


async def test_the_two_weeks_are_dim_for_who_only_looks(terminal: Open) -> None:
    room = with_viewer(terminal())
    async with on_stage(room, actor=VIC) as (app, pilot):
        assert app.board is not None
        screen = TwoWeeksScreen(app.board.day)
        await app.push_screen(screen)
        app.refresh_board()
        await until(app, pilot, lambda: bool(screen.columns))
        why = reasons(screen)
        assert "that is for a charge nurse, nurse or back office" in why["book"]
        assert "Vic Vale is viewer" in why["give('cancel')"]
        assert why["close"].startswith("Close day: that is for")
        await pilot.press("b")
        assert app.screen is screen
        assert any(said.startswith("Book course: that is for") for said in app.said)


async def test_what_one_key_was_answered_makes_room_for_the_next_answer(terminal: Open) -> None:
    room = with_viewer(terminal())
    async with on_stage(room, (80, 24), actor=VIC) as (app, pilot):
        await pilot.press("1", "v", "1", "p")
        await until(app, pilot, lambda: any(said.startswith("Pause: that is for") for said in app.said))
        assert any(said.startswith("Vitals: that is for") for said in app.said)
        assert [said.message.partition(":")[0] for said in app._notifications] == ["Pause"]


async def test_a_nurse_sees_them_bright(terminal: Open) -> None:
    room = terminal()
    async with on_stage(room, actor=LEE) as (app, pilot):
        assert app.board is not None
        screen = TwoWeeksScreen(app.board.day)
        await app.push_screen(screen)
        app.refresh_board()
        await until(app, pilot, lambda: bool(screen.columns))
        assert reasons(screen)["book"] == ""


async def test_the_follow_up_is_dim_for_who_only_looks(terminal: Open) -> None:
    room = with_viewer(terminal())
    async with on_stage(room, actor=VIC) as (app, pilot):
        screen = FollowUpScreen()
        await app.push_screen(screen)
        app.refresh_board()
        await pilot.pause()
        why = reasons(screen)
        assert why["call"].startswith("Follow-up call: that is for")
        assert why["open"].startswith("Book day: that is for"), "the visit under the cursor is to be assigned"
        assert why["patient"].startswith("Open record: that is for")
        await pilot.press("enter")
        assert app.screen is screen
        assert any(said.startswith("Book day: that is for") for said in app.said)


async def test_a_booking_does_not_even_begin_for_who_may_not_book(terminal: Open) -> None:
    room = with_viewer(terminal())
    async with on_stage(room, actor=VIC) as (app, pilot):
        await app.push_screen(BookingScreen("whoever"))
        await until(app, pilot, lambda: app.screen is app.home)
        assert app.said[-1].startswith("Book course: that is for")


async def test_help_says_whose_work_it_is(terminal: Open) -> None:
    room = with_viewer(terminal())
    async with on_stage(room, (100, 40), actor=VIC) as (app, pilot):
        await pilot.press("question_mark")
        await until(app, pilot, lambda: isinstance(app.screen, HelpScreen))
        screen = app.screen
        assert isinstance(screen, HelpScreen)
        rows = screen.content(98).rows
        shown = " ".join(" ".join(text_of(row.line) for row in rows).split())
        assert (
            "Somebody on the schedule has come in. That is for a charge nurse, nurse or back office." in shown
        )
        assert (
            "the pump's rate is worked out from it. That is for a charge nurse, nurse or prescriber." in shown
        )
        styles = {cell.style for row in rows for cell in row.line if "Arrive:" in cell.text}
        assert styles == {"word.off"}
        assert {c.style for row in rows for c in row.line if "Leave the program" in c.text} == {"text"}


async def test_help_is_bright_for_a_nurse_but_for_what_others_decide(terminal: Open) -> None:
    async with on_stage(terminal(), (100, 40), actor=CHO) as (app, pilot):
        await pilot.press("question_mark")
        await until(app, pilot, lambda: isinstance(app.screen, HelpScreen))
        screen = app.screen
        assert isinstance(screen, HelpScreen)
        rows = screen.content(98).rows
        off = " ".join(c.text for row in rows for c in row.line if c.style == "word.off")
        assert "Arrive" not in off
        assert "Rule, Consent text. That is for a prescriber or administrator." in off
        assert "Add a person. That is for an administrator." in off
