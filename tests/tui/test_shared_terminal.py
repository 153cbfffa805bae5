"""A terminal that many hands share: the board stays up, people sign in, and it locks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cheap_pins import cheap_hashes as cheap
from tests.tui.boards import NOW
from tests.tui.room_day import CHO, LEE
from tests.tui.sharing import (
    CHOS,
    LEES,
    dialog,
    give,
    selects,
    signs_in,
    types,
    visit_of,
    wait_idle,
    with_pins,
)
from tests.tui.stage import on_stage, screen_text, until

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.staff import ACCESS_STREAM
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService
from infusionroom.services.sign_in import WRONG, SignIns
from infusionroom.store import open_store
from infusionroom.tui.cover_screen import CoverScreen

SIZES = ((80, 24), (120, 40))


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with cheap(monkeypatch):
        yield


@pytest.fixture
def shared(room: RoomService) -> RoomService:
    """The morning's room, in which both nurses have a PIN."""
    return with_pins(room)


@pytest.fixture
def elsewhere(terminal: Callable[[], RoomService]) -> RoomService:
    """The same room at another terminal: what is entered there reaches this one by the store."""
    return terminal()


# ── who is believed ─────────────────────────────────────────────────────────────────────────────────────────


async def test_without_any_pin_the_machines_own_user_works_as_before(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        assert app.actor == LEE
        assert "Marlowe" in screen_text(app)
        wait_idle(app, room, minutes=30)
        assert app.actor == LEE, "nobody is locked out who has no PIN to come back with"
        await pilot.press("n")
        await until(app, pilot, lambda: app.screen is app.home)


async def test_somebody_without_a_pin_is_believed_while_others_have_one(room: RoomService) -> None:
    assert SignIns(room, "desk").set_pin(LEE, LEE, "", LEES) is None
    async with on_stage(room, actor=CHO) as (app, _):
        assert app.actor == CHO


async def test_who_is_not_on_the_list_is_asked_for_a_name_at_the_first_entry(room: RoomService) -> None:
    async with on_stage(room, actor="ward") as (app, pilot):
        assert app.actor == ""
        assert "Marlowe" in screen_text(app), "without PINs in the room nothing is masked"
        selects(app, "Marlowe")
        await pilot.press("n")
        await dialog(app, pilot)
        assert "your name is enough" in screen_text(app)
        await pilot.press(*"lee", "enter")
        await until(app, pilot, lambda: getattr(app.screen, "spec", None) is not None)
        assert app.actor == LEE


async def test_a_key_is_believed_although_its_person_has_a_pin(shared: RoomService) -> None:
    async with on_stage(shared, by_key="SHA256:lees") as (app, _):
        assert app.actor == LEE


# ── signing in ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", SIZES)
async def test_the_board_is_up_and_names_nobody_until_somebody_signs_in(
    shared: RoomService, size: tuple[int, int]
) -> None:
    async with on_stage(shared, size) as (app, pilot):
        for family in ("Marlowe", "Halvorsen", "Petrov", "Okafor", "Duarte"):
            assert family not in screen_text(app)
        assert "RM" in screen_text(app)
        assert "F2 sign" in screen_text(app)
        await signs_in(app, pilot, LEE, LEES)
        assert "Marlowe" in screen_text(app)
        assert LEES not in screen_text(app)


async def test_the_pin_is_never_shown(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await pilot.press("f2")
        await dialog(app, pilot)
        assert app.screen.typed_line("name").value == LEE, "the machine's own user is filled in"  # type: ignore[attr-defined]
        await pilot.press(*LEES)
        assert LEES not in screen_text(app)
        assert "•" * len(LEES) in screen_text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_wrong_pins_wait_and_the_dialog_says_how_long(
    shared: RoomService, size: tuple[int, int]
) -> None:
    async with on_stage(shared, size) as (app, pilot):
        await pilot.press("f2")
        await dialog(app, pilot)
        for _ in range(4):
            await types(app, pilot, LEE, "000111")
            await until(app, pilot, lambda: not app.screen.keys_wait)  # type: ignore[attr-defined]
            assert WRONG in screen_text(app)
        assert "Wait 5 s" in screen_text(app)
        await types(app, pilot, LEE, LEES)
        await until(app, pilot, lambda: "Too many wrong PINs" in screen_text(app))
        assert app.actor == ""
        assert isinstance(shared.clock, FrozenClock)
        shared.clock.move_to(NOW + timedelta(seconds=6))
        await types(app, pilot, LEE, LEES)
        await until(app, pilot, lambda: app.actor == LEE)


async def test_thirty_wrong_pins_at_the_board_let_nobody_in(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await pilot.press("f2")
        await dialog(app, pilot)
        for number in range(30):
            await types(app, pilot, LEE, f"{number:04}")
            await until(app, pilot, lambda: not app.screen.keys_wait)  # type: ignore[attr-defined]
        assert app.actor == ""
        known = shared.store.credential(LEE)
        assert known is not None
        assert known.failures == 4, "the others were not even looked at"


async def test_a_verb_waits_for_the_sign_in_and_then_goes_on(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        selects(app, "Marlowe")
        await pilot.press("n")
        await dialog(app, pilot)
        await types(app, pilot, CHO, CHOS)
        await until(app, pilot, lambda: getattr(app.screen, "spec", None) is not None)
        assert app.screen.spec.id == "note"  # type: ignore[attr-defined]
        assert "Marlowe" in screen_text(app)
        await pilot.press(*"asleep", "enter")
        await until(app, pilot, lambda: app.screen is app.home)
        entry = shared.store.entries(streams=[f"visit:{visit_of(shared, 'Marlowe')}"])[-1]
        assert (entry.kind, entry.actor) == ("noted", CHO)


async def test_left_with_escape_the_verb_is_forgotten(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        selects(app, "Marlowe")
        await pilot.press("n")
        await dialog(app, pilot)
        await pilot.press("escape")
        await until(app, pilot, lambda: app.screen is app.home)
        assert app.actor == ""


@pytest.mark.parametrize("verb", ["enter", "f", "t", "slash", "K", "y", "H"])
async def test_no_record_opens_at_a_locked_terminal(shared: RoomService, verb: str) -> None:
    async with on_stage(shared) as (app, pilot):
        selects(app, "Marlowe")
        await pilot.press(verb)
        await dialog(app, pilot)
        assert "Marlowe" not in screen_text(app)


async def test_hands_change_and_the_selection_stays(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        selects(app, "Okafor")
        before = app.home.selected
        await signs_in(app, pilot, CHO, CHOS)
        assert app.home.selected == before
        assert app.screen is app.home
        assert CHO in screen_text(app)


# ── locking ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_after_five_idle_minutes_it_locks_and_alarms_go_on(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        wait_idle(app, shared, minutes=4, seconds=50)
        assert app.actor == LEE
        await pilot.press("down")
        wait_idle(app, shared, minutes=4, seconds=50)
        assert app.actor == LEE, "a key begins the minutes anew"
        wait_idle(app, shared, seconds=20)
        await until(app, pilot, lambda: "locked" in screen_text(app))
        assert app.actor == ""
        assert "Marlowe" not in screen_text(app)
        assert app.board is not None
        assert app.board.now == shared.clock.now()
        wait_idle(app, shared, hours=1)
        await until(app, pilot, lambda: "all alarms" in screen_text(app))
        assert "Halvorsen" not in screen_text(app)


async def test_half_a_minute_before_it_locks_it_says_so_once(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)

        def warned() -> int:
            return app.said.count("Locks in half a minute; any key keeps it open.")

        wait_idle(app, shared, minutes=4, seconds=25)
        assert warned() == 0
        wait_idle(app, shared, seconds=10)
        assert warned() == 1
        wait_idle(app, shared, seconds=10)
        assert warned() == 1, "once is enough"
        await pilot.pause()
        assert [said.timeout for said in app._notifications] == [30], "it stands until the lock"
        await pilot.press("down")
        assert not list(app._notifications), "a key takes it away"
        wait_idle(app, shared, minutes=4, seconds=40)
        assert warned() == 2
        assert app.actor == LEE


async def test_a_clinic_may_leave_it_unlocked_or_its_names_shown(shared: RoomService) -> None:
    give(shared, cmd.ChangeRule(name="access.mask_when_locked", value=False, signed_off_by="Dr Roy"))
    give(shared, cmd.ChangeRule(name="access.lock_after_min", value=0, signed_off_by="Dr Roy"))
    async with on_stage(shared) as (app, pilot):
        assert "Marlowe" in screen_text(app)
        await signs_in(app, pilot, LEE, LEES)
        wait_idle(app, shared, hours=3)
        assert app.actor == LEE


@pytest.mark.parametrize("size", SIZES)
async def test_a_half_typed_form_is_covered_and_kept_for_whoever_typed_it(
    shared: RoomService, size: tuple[int, int]
) -> None:
    async with on_stage(shared, size) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        selects(app, "Marlowe")
        await pilot.press("n")
        await until(app, pilot, lambda: getattr(app.screen, "spec", None) is not None)
        await pilot.press(*"sleeps well")
        wait_idle(app, shared, minutes=6)
        await until(app, pilot, lambda: isinstance(app.screen, CoverScreen))
        await until(app, pilot, lambda: "locked" in screen_text(app))
        assert "Marlowe" not in screen_text(app)
        assert "sleeps" not in screen_text(app)
        await signs_in(app, pilot, LEE, LEES)
        await until(app, pilot, lambda: "sleeps well" in screen_text(app))
        await pilot.press("enter")
        await until(app, pilot, lambda: app.screen is app.home)


async def test_whoever_comes_next_does_not_get_the_form_and_is_told(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        selects(app, "Marlowe")
        await pilot.press("n")
        await until(app, pilot, lambda: getattr(app.screen, "spec", None) is not None)
        await pilot.press(*"sleeps well")
        wait_idle(app, shared, minutes=6)
        await until(app, pilot, lambda: isinstance(app.screen, CoverScreen))
        await signs_in(app, pilot, CHO, CHOS)
        await until(app, pilot, lambda: app.screen is app.home)
        assert any("Left without entering anything" in said for said in app.said)


async def test_an_open_record_is_covered_when_somebody_locks(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        selects(app, "Marlowe")
        await pilot.press("enter")
        await until(app, pilot, lambda: type(app.screen).__name__ == "VisitScreen")
        await app.perform("lock")
        await until(app, pilot, lambda: isinstance(app.screen, CoverScreen) and app.screen.is_mounted)
        await pilot.pause()
        assert "locked" in screen_text(app), "it never stands empty"
        assert "Marlowe" not in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, CoverScreen)
        await signs_in(app, pilot, LEE, LEES)
        await until(app, pilot, lambda: type(app.screen).__name__ == "VisitScreen")


async def test_signing_out_leaves_everything(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        await app.perform("sign_out")
        assert app.actor == ""
        await until(app, pilot, lambda: "Marlowe" not in screen_text(app))


async def test_who_is_disabled_meanwhile_goes_on_with_nothing(shared: RoomService) -> None:
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, CHO, CHOS)
        give(shared, cmd.DisablePerson(name=CHO, why="has left"))
        app.refresh_board()
        await until(app, pilot, lambda: app.actor == "")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (cmd.DisablePerson(name=LEE, why="has left"), "may not come in any more"),
        (cmd.TakeKeyBack(name=LEE, fingerprint="SHA256:lees"), "has been taken back"),
    ],
)
@pytest.mark.parametrize("somebody_else_is_here", [False, True])
async def test_who_is_shut_out_loses_the_terminal_that_their_key_opened(
    shared: RoomService, elsewhere: RoomService, what: cmd.Command, said: str, somebody_else_is_here: bool
) -> None:
    give(shared, cmd.GiveRole(name=CHO, role="administrator"))
    give(shared, cmd.GiveKey(name=LEE, fingerprint="SHA256:lees"))
    async with on_stage(shared, by_key="SHA256:lees") as (app, pilot):
        if somebody_else_is_here:
            await signs_in(app, pilot, CHO, CHOS)
        await pilot.press("?")
        give(elsewhere, what, by=CHO)
        await until(app, pilot, lambda: said in app.unusable)
    assert app.return_code == 1


async def test_another_key_taken_back_and_another_role_given_close_nothing(
    shared: RoomService, elsewhere: RoomService
) -> None:
    give(shared, cmd.GiveKey(name=LEE, fingerprint="SHA256:old"))
    async with on_stage(shared, by_key="SHA256:lees") as (app, pilot):
        give(elsewhere, cmd.TakeKeyBack(name=LEE, fingerprint="SHA256:old"))
        give(elsewhere, cmd.GiveRole(name=LEE, role="prescriber"))
        await until(app, pilot, lambda: "prescriber" in app.room_state.people[LEE].roles)
        assert app.actor == LEE
        assert app.unusable == ""


async def test_a_viewer_who_gets_work_to_do_comes_in_again(
    shared: RoomService, elsewhere: RoomService
) -> None:
    give(shared, cmd.AddPerson(name="Wall", role="viewer"))
    async with on_stage(shared, actor="Wall", by_key="SHA256:wall") as (app, pilot):
        give(elsewhere, cmd.GiveRole(name="Wall", role="nurse"))
        await until(app, pilot, lambda: "come in again" in app.unusable)


# ── emergency access ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", SIZES)
async def test_glass_is_broken_with_a_reason_and_for_half_an_hour(
    shared: RoomService, size: tuple[int, int]
) -> None:
    async with on_stage(shared, size, actor="ward") as (app, pilot):
        await pilot.press("f2")
        await dialog(app, pilot)
        await pilot.press(*"cho", "f4")
        await until(app, pilot, lambda: "Emergency access" in screen_text(app))
        await pilot.press(*"pump alarm", "enter")
        await until(app, pilot, lambda: app.actor == CHO)
        assert any("Emergency access for RN Cho until" in said for said in app.said)
        assert [(g.name, g.reason) for g in shared.state.glass] == [(CHO, "pump alarm")]
        for _ in range(7):
            wait_idle(app, shared, minutes=4)
            await pilot.press("down")
        assert app.actor == CHO
        wait_idle(app, shared, minutes=2)
        await until(app, pilot, lambda: app.actor == "")
        assert any("is over" in said for said in app.said)


# ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_viewer_looks_at_the_board_and_at_nothing_else(shared: RoomService) -> None:
    give(shared, cmd.AddPerson(name="Vi", role="viewer"))
    async with on_stage(shared, actor="Vi") as (app, pilot):
        selects(app, "Marlowe")
        await pilot.pause()
        off = {verb.action: verb.why_not for verb in app.home._footer.verbs}
        for action in ("pause_resume", "vitals", "stop", "note", "open", "walk_in"):
            assert "Vi is viewer" in (off[action] or ""), action
        await pilot.press("enter")
        await until(app, pilot, lambda: any("Vi is viewer" in said for said in app.said))
        assert app.screen is app.home


async def test_what_a_role_may_not_do_is_dim_with_that_reason(shared: RoomService) -> None:
    give(shared, cmd.AddPerson(name="Ann", role="back office"))
    async with on_stage(shared, actor="Ann") as (app, pilot):
        selects(app, "Marlowe")
        await pilot.pause()
        off = {verb.action: verb.why_not for verb in app.home._footer.verbs}
        assert "nurse" in (off["pause_resume"] or "")
        assert off["note"] is None
        await pilot.press("p")
        await until(app, pilot, lambda: any("Ann is back office" in said for said in app.said))


# ── who saw what ────────────────────────────────────────────────────────────────────────────────────────────


def opened(room: RoomService) -> list[tuple[str, str]]:
    entries = room.store.entries(streams=[ACCESS_STREAM])
    return [(e.actor, e.body.id) for e in entries if isinstance(e.body, ev.RecordOpened)]


async def test_who_opened_a_record_is_kept_once_for_one_look(shared: RoomService) -> None:
    marlowe = visit_of(shared, "Marlowe")
    async with on_stage(shared) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        selects(app, "Marlowe")
        for _ in range(2):
            await pilot.press("enter")
            await until(app, pilot, lambda: type(app.screen).__name__ == "VisitScreen")
            await until(app, pilot, lambda: bool(opened(shared)))
            await pilot.press("escape")
            await until(app, pilot, lambda: app.screen is app.home)
        assert opened(shared) == [(LEE, marlowe)]
        await signs_in(app, pilot, CHO, CHOS)
        await pilot.press("enter")
        await until(app, pilot, lambda: opened(shared) == [(LEE, marlowe), (CHO, marlowe)])


async def test_who_takes_the_days_summary_out_is_kept_and_may(shared: RoomService) -> None:
    written: list[object] = []

    def write(room: object, _: Path) -> list[Path]:
        written.append(room)
        return [Path("summary.csv")]

    def taken() -> list[tuple[str, str]]:
        entries = shared.store.entries(streams=[ACCESS_STREAM])
        return [(e.actor, e.body.what) for e in entries if isinstance(e.body, ev.AnswerFetched)]

    async with on_stage(shared, write_summary=write) as (app, pilot):
        await signs_in(app, pilot, CHO, CHOS)
        await pilot.press("f5")
        await until(app, pilot, lambda: any("that is for a charge nurse" in said for said in app.said))
        assert (written, taken()) == ([], [])
        await signs_in(app, pilot, LEE, LEES)
        await pilot.press("f5")
        await until(app, pilot, lambda: bool(written))
        assert taken() == [(LEE, "summary")]


async def test_a_key_that_comes_in_is_kept(shared: RoomService) -> None:
    async with on_stage(shared, by_key="SHA256:lees") as (app, pilot):

        def came() -> bool:
            entries = shared.store.entries(streams=[ACCESS_STREAM])
            return [e.body for e in entries] == [ev.SignedIn(name=LEE, how="key")]

        await until(app, pilot, came)


@pytest.mark.parametrize("size", SIZES)
async def test_an_emergency_access_stands_on_the_board_until_somebody_has_looked_at_it(
    shared: RoomService, size: tuple[int, int]
) -> None:
    give(shared, cmd.BreakGlass(name=CHO, reason="pump alarm"), by=CHO)
    async with on_stage(shared, size) as (app, pilot):
        await signs_in(app, pilot, LEE, LEES)
        app.home.focus_pane("to_come")
        await until(app, pilot, lambda: "1 emergency access: see ^P Staff" in screen_text(app))
        await app.perform("staff")
        await until(app, pilot, lambda: "pump alarm" in screen_text(app))
        assert "RN Cho" in screen_text(app)
        await pilot.press("home", "enter")
        await until(app, pilot, lambda: getattr(app.screen, "spec", None) is not None)
        await until(app, pilot, lambda: not app.screen.keys_wait)  # type: ignore[attr-defined]
        await pilot.press(*"justified", "enter")
        await until(app, pilot, lambda: "pump alarm" not in screen_text(app))
        assert shared.state.glass[0].reviewed_by == LEE
        await pilot.press("escape")
        await until(app, pilot, lambda: "emergency access" not in screen_text(app))


# ── where nothing is written ────────────────────────────────────────────────────────────────────────────────


async def test_a_terminal_that_only_looks_asks_for_no_pin_and_says_so(
    shared: RoomService, store_file: Path
) -> None:
    looking = RoomService(open_store(f"sqlite:///{store_file}", read_only=True), FrozenClock(NOW))
    async with on_stage(looking, (80, 24)) as (app, pilot):
        assert "only looks" in screen_text(app).splitlines()[0]
        await pilot.press("f2")
        await until(app, pilot, lambda: any("only looks" in said for said in app.said))
        assert app.screen is app.home
    looking.close()
