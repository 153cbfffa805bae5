"""The staff list from the keyboard: roles, PINs, who may no longer act; nobody locks everybody out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.cheap_pins import cheap_hashes as cheap
from tests.tui.room_day import CHO, LEE
from tests.tui.sharing import LEES, give, selects
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.services.room import RoomService
from infusionroom.services.session import Session
from infusionroom.services.sign_in import SignIns
from infusionroom.tui.pin_screen import PinScreen
from infusionroom.tui.present.staff_list import PERSON
from infusionroom.tui.staff_screen import StaffScreen


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with cheap(monkeypatch):
        yield


async def listed(app: StagedApp, pilot: Pilot[int], name: str = "") -> StaffScreen:
    """The list, with the cursor on somebody."""
    await app.perform("staff")
    await until(app, pilot, lambda: isinstance(app.screen, StaffScreen) and "Roles" in screen_text(app))
    screen = app.screen
    assert isinstance(screen, StaffScreen)
    if name:
        screen.selected = PERSON + name
        screen.repaint()
    return screen


async def form(app: StagedApp, pilot: Pilot[int], form_id: str) -> None:
    await until(app, pilot, lambda: getattr(getattr(app.screen, "spec", None), "id", "") == form_id)
    await until(app, pilot, lambda: not app.screen.keys_wait)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_role_is_given_and_taken(room: RoomService, size: tuple[int, int]) -> None:
    async with on_stage(room, size) as (app, pilot):
        await listed(app, pilot, CHO)
        await pilot.press("g")
        await form(app, pilot, "give_role")
        await pilot.press("1", "enter")
        await until(app, pilot, lambda: "charge nurse" in app.room_state.people[CHO].roles)
        await until(app, pilot, lambda: "charge nurse, nurse" in screen_text(app))
        await pilot.press("t")
        await form(app, pilot, "take_role")
        await pilot.press("2", "enter")
        await until(app, pilot, lambda: app.room_state.people[CHO].roles == {"charge nurse"})


async def test_who_has_left_is_disabled_and_stays_in_the_list(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await listed(app, pilot, CHO)
        await pilot.press("d")
        await form(app, pilot, "disable_person")
        await pilot.press(*"has left", "enter")
        await until(app, pilot, lambda: "disabled: has left" in screen_text(app))
        await pilot.press("d")
        await form(app, pilot, "enable_person")
        await pilot.press("enter")
        await until(app, pilot, lambda: app.room_state.people[CHO].active)


async def test_the_last_administrator_is_not_disabled(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await listed(app, pilot, LEE)
        await pilot.press("d")
        await form(app, pilot, "disable_person")
        await pilot.press(*"x", "enter")
        await until(app, pilot, lambda: "last administrator" in screen_text(app))
        assert app.room_state.people[LEE].active


async def test_an_administrator_sets_somebodys_pin_and_it_is_typed_twice(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        await listed(app, pilot, CHO)
        await pilot.press("p")
        await until(app, pilot, lambda: isinstance(app.screen, PinScreen) and not app.screen.keys_wait)
        await pilot.press(*LEES, "enter", *"000111", "enter")
        await until(app, pilot, lambda: "not the same" in screen_text(app))
        await pilot.press(*LEES, "enter", *LEES, "enter")
        await until(app, pilot, lambda: isinstance(app.screen, StaffScreen))
        assert app.room_state.people[CHO].has_pin
        assert isinstance(SignIns(room, "desk").check(CHO, LEES), Session)


async def test_ones_own_pin_is_set_from_the_palette_and_a_weak_one_refused(room: RoomService) -> None:
    async with on_stage(room, actor=CHO) as (app, pilot):
        await app.perform("own_pin")
        await until(app, pilot, lambda: isinstance(app.screen, PinScreen) and not app.screen.keys_wait)
        await pilot.press(*"1234", "enter", *"1234", "enter")
        await until(app, pilot, lambda: "among the first" in screen_text(app))
        await pilot.press(*LEES, "enter", *LEES, "enter")
        await until(app, pilot, lambda: app.screen is app.home)
        assert app.room_state.people[CHO].has_pin
        assert app.actor == CHO, "whoever sets a PIN goes on working"


async def test_who_is_no_administrator_reads_the_list_and_is_told_why(room: RoomService) -> None:
    async with on_stage(room, actor=CHO) as (app, pilot):
        await listed(app, pilot, LEE)
        await pilot.press("d")
        await until(app, pilot, lambda: any("administrator; RN Cho is nurse" in said for said in app.said))
        assert isinstance(app.screen, StaffScreen)


async def test_a_form_of_the_file_does_not_open_for_whoever_may_not_use_it(room: RoomService) -> None:
    from infusionroom.tui.file_forms import open_file_form

    give(room, cmd.AddPerson(name="Ad", role="administrator"))
    async with on_stage(room, actor="Ad") as (app, _):
        selects(app, "Marlowe")
        await open_file_form(app, "change_target")
        assert app.screen is app.home
        assert any("Ad is administrator" in said for said in app.said)
