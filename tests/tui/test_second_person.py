"""The second person of a double check signs in inside the form; the first one's work goes on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from tests.cheap_pins import cheap_hashes as cheap
from tests.tui.room_day import CHO, LEE
from tests.tui.sharing import CHOS, LEES, give, selects, signs_in, visit_of, with_pins
from tests.tui.stage import StagedApp, on_stage, screen_text, until
from textual.pilot import Pilot

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.services.room import RoomService
from infusionroom.services.sign_in import WRONG, SignIns
from infusionroom.tui.forms.screen import FormScreen


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with cheap(monkeypatch):
        yield


@pytest.fixture
def ordered(room: RoomService) -> RoomService:
    """Petrov sits in chair 5 with Lee's order, which nobody has checked."""
    petrov = visit_of(room, "Petrov")
    give(room, cmd.Arrive(visit=petrov))
    give(room, cmd.Seat(visit=petrov, chair=5))
    give(room, cmd.Record(visit=petrov, fact=ev.Weighed(kg=Decimal(70))))
    give(
        room, cmd.Order(visit=petrov, basis="mg_per_h", dose=Decimal(30), prescriber="Dr Roy", reason="plan")
    )
    return room


async def checks(app: StagedApp, pilot: Pilot[int], second: str) -> FormScreen:
    """Opens the form, and reads everything again from the bag, the pump and the wristband."""
    selects(app, "Petrov")
    await pilot.press("c")
    await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
    form = app.screen
    assert isinstance(form, FormScreen)
    petrov = app.room_state.visits[visit_of(app.room, "Petrov")]  # type: ignore[arg-type]
    order = petrov.order.body
    for name, text in (
        ("second", second),
        ("drug", order.drug),
        ("concentration_mg_ml", str(order.concentration_mg_ml)),
        ("rate_ml_h", str(order.rate_ml_h)),
        ("patient", petrov.patient.record_number),
    ):
        form._questions[name].fill(text)
    await pilot.pause()
    return form


async def accepts(app: StagedApp, pilot: Pilot[int], form: FormScreen, pin: str) -> None:
    form._questions["second_pin"].fill(pin)
    await pilot.press("enter")
    await until(app, pilot, lambda: app.screen is app.home or not form.keys_wait)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_second_person_signs_in_inside_the_form(
    ordered: RoomService, size: tuple[int, int]
) -> None:
    with_pins(ordered)
    async with on_stage(ordered, size) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        form = await checks(app, pilot, "rn cho")
        assert form._questions["second_pin"].display
        await accepts(app, pilot, form, "000111")
        assert WRONG in screen_text(app)
        assert form._questions["drug"].text, "what was read stays"
        assert "000111" not in screen_text(app)
        await accepts(app, pilot, form, CHOS)
        await until(app, pilot, lambda: app.screen is app.home)
        assert app.actor == LEE, "the first one's session goes on"
        entry = ordered.store.entries(streams=[f"visit:{visit_of(ordered, 'Petrov')}"])[-1]
        assert (entry.kind, entry.actor) == ("double_checked", CHO)


async def test_who_is_at_the_keys_and_did_not_order_needs_no_second_pin(ordered: RoomService) -> None:
    with_pins(ordered)
    async with on_stage(ordered) as (app, pilot):
        await signs_in(app, pilot, CHO, CHOS)
        form = await checks(app, pilot, CHO)
        assert not form._questions["second_pin"].display
        await pilot.press("enter")
        await until(app, pilot, lambda: app.screen is app.home)


async def test_in_a_room_with_pins_a_second_person_without_one_is_told(ordered: RoomService) -> None:
    assert SignIns(ordered, "desk").set_pin(LEE, LEE, "", LEES) is None
    async with on_stage(ordered) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        await checks(app, pilot, CHO)
        await pilot.press("enter")
        await until(app, pilot, lambda: "has no PIN yet" in screen_text(app))


async def test_without_any_pin_the_name_is_enough_as_before(ordered: RoomService) -> None:
    async with on_stage(ordered) as (app, pilot):
        form = await checks(app, pilot, CHO)
        assert not form._questions["second_pin"].display
        await pilot.press("enter")
        await until(app, pilot, lambda: app.screen is app.home)


async def test_over_ssh_no_name_of_a_second_person_is_enough(ordered: RoomService) -> None:
    async with on_stage(ordered, by_key="SHA256:lees") as (app, pilot):
        await checks(app, pilot, CHO)
        await pilot.press("enter")
        await until(app, pilot, lambda: "signs with their PIN" in screen_text(app))
        entry = ordered.store.entries(streams=[f"visit:{visit_of(ordered, 'Petrov')}"])[-1]
        assert entry.kind != "double_checked"


async def test_the_form_stays_blind(ordered: RoomService) -> None:
    with_pins(ordered)
    async with on_stage(ordered) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        selects(app, "Petrov")
        await pilot.press("c")
        await until(app, pilot, lambda: isinstance(app.screen, FormScreen) and not app.screen.keys_wait)
        petrov = app.room_state.visits[visit_of(ordered, "Petrov")]
        assert petrov.patient.record_number not in screen_text(app)
        assert str(petrov.order.body.rate_ml_h) not in screen_text(app)
