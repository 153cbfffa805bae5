"""A terminal that many hands share, and how they sign in at it."""

from __future__ import annotations

from datetime import timedelta

from tests.tui.room_day import CHO, LEE
from tests.tui.stage import StagedApp, until
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Done
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService
from infusionroom.services.sign_in import SignIns
from infusionroom.tui.sign_in_screen import SignInScreen

LEES, CHOS = "739184", "482915"


def with_pins(room: RoomService) -> RoomService:
    """The room, in which both nurses of the morning have a PIN."""
    signs = SignIns(room, "desk")
    assert signs.set_pin(LEE, LEE, "", LEES) is None
    assert signs.set_pin(LEE, CHO, "", CHOS) is None
    room.refresh()
    return room


def give(room: RoomService, command: cmd.Command, by: str = LEE) -> None:
    assert isinstance(room.execute(command, actor=by, terminal="back"), Done)
    room.refresh()


def visit_of(room: RoomService, family: str) -> str:
    return next(v.id for v in room.state.visits.values() if v.patient.family == family)


def selects(app: StagedApp, family: str) -> None:
    app.home.select(next(v.id for v in app.room_state.visits.values() if v.patient.family == family))


async def dialog(app: StagedApp, pilot: Pilot[int]) -> None:
    await until(app, pilot, lambda: isinstance(app.screen, SignInScreen) and not app.screen.keys_wait)


async def signs_in(app: StagedApp, pilot: Pilot[int], name: str, pin: str) -> None:
    """From wherever they stand, as they would type it."""
    await pilot.press("f2")
    await dialog(app, pilot)
    await types(app, pilot, name, pin)
    await until(app, pilot, lambda: app.actor == name and not isinstance(app.screen, SignInScreen))


async def types(app: StagedApp, pilot: Pilot[int], name: str, pin: str) -> None:
    screen = app.screen
    assert isinstance(screen, SignInScreen)
    screen.typed_line("name").value = name
    screen.set_focus(screen.typed_line("pin"))
    await pilot.press(*pin, "enter")


def wait_idle(app: StagedApp, room: RoomService, **spent: float) -> None:
    """So much time passes without a key."""
    assert isinstance(room.clock, FrozenClock)
    room.clock.move_to(room.clock.now() + timedelta(**spent))
    app.tick()
