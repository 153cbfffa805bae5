"""What one terminal enters another shows; a store that goes away; entries that lose a race."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import pytest
from tests.tui.boards import NOW, at, eight_chairs
from tests.tui.cardboard_room import GONE, CardboardRoom
from tests.tui.stage import on_stage, pane_text, screen_text, until
from tests.tui.test_board_screen import visit_of

from infusionroom.domain import commands as cmd
from infusionroom.domain.outcome import Conflict, Done, Reason, Refused
from infusionroom.services.errors import RoomRefused, RoomUnreachable
from infusionroom.services.room import RoomService


async def test_what_one_terminal_enters_another_shows(terminal: Callable[[], RoomService]) -> None:
    desk, back = terminal(), terminal()
    async with on_stage(desk) as (one, _), on_stage(back, (80, 24), terminal="back") as (two, pilot):
        outcome = await one.submit(cmd.Pause(visit=visit_of(desk, "Marlowe"), why="dizzy"))
        assert isinstance(outcome, Done)
        await until(two, pilot, lambda: "paused 0:00  dizzy" in pane_text(two, "chairs"))


async def test_the_terminal_that_typed_takes_the_same_way_as_all_others(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        head = app.room_state.head
        outcome = await app.submit(cmd.Pause(visit=visit_of(room, "Marlowe"), why="dizzy"))
        assert isinstance(outcome, Done)
        await until(app, pilot, lambda: app.room_state.head > head)
        assert "dizzy" in pane_text(app, "chairs")


async def test_a_command_carries_an_id_the_version_shown_and_who_gave_it() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_stage(room, actor="RN Cho", terminal="back") as (app, _):
        await app.submit(cmd.CleanChair(chair=7))
        await app.submit(cmd.CleanChair(chair=7, id="mine", expected_version=5))
    (first, actor, terminal), (second, *_) = room.told
    assert first.id is not None
    assert len(first.id) == 32
    assert first.expected_version == 0
    assert (actor, terminal) == ("RN Cho", "back")
    assert (second.id, second.expected_version) == ("mine", 5)


async def test_a_lost_race_names_who_won_it(terminal: Callable[[], RoomService]) -> None:
    """The second terminal has not yet seen what the first has entered."""
    desk, back = terminal(), terminal()
    marlowe = visit_of(desk, "Marlowe")
    async with on_stage(desk) as (app, _):
        shown = app.room_state.visits[marlowe].version
        back.execute(cmd.Pause(visit=marlowe, why="itches"), actor="RN Cho", terminal="back")
        outcome = await app.submit(cmd.Pause(visit=marlowe, why="dizzy", expected_version=shown))
        assert isinstance(outcome, Conflict)
        assert (outcome.by, outcome.terminal, outcome.what) == ("RN Cho", "back", "pause")


async def test_a_refusal_without_a_form_is_said_in_a_sentence() -> None:
    reasons = (Reason("chair", "Chair 7 is not being cleaned."),)
    room = CardboardRoom(eight_chairs(), Refused("x", reasons))
    async with on_stage(room) as (app, pilot):
        from infusionroom.tui import verbs

        await verbs._give(app, cmd.CleanChair(chair=7))
        await pilot.pause()
        assert app.said[-1] == "Chair 7 is not being cleaned."


async def test_a_store_out_of_reach_leaves_the_board_with_its_age() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_stage(room) as (app, pilot):
        room.lose()
        await until(app, pilot, lambda: app.reach.lost)
        room.clock.advance(minutes=4)
        app.tick()
        await pilot.pause()
        shown = screen_text(app)
        assert "store out of reach since 10:42, board is 4 min old" in shown
        assert "10:46" in shown, "the clock and the timers go on"
        assert "Halvorsen K" in shown


async def test_entries_are_refused_while_the_store_is_out_of_reach_and_taken_when_it_is_back() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_stage(room) as (app, pilot):
        room.lose()
        await until(app, pilot, lambda: app.reach.lost)
        with pytest.raises(RoomUnreachable, match=f"{GONE} Nothing was entered"):
            await app.submit(cmd.CleanChair(chair=7))
        await pilot.press("7", "C")
        assert GONE in app.said[-1]
        room.find_again()
        await until(app, pilot, lambda: not app.reach.lost)
        assert "out of reach" not in screen_text(app)
        assert "back" in app.said[-1]
        await app.submit(cmd.CleanChair(chair=7))
        assert len(room.told) == 1


async def test_a_terminal_that_starts_while_the_store_is_away_waits_for_it() -> None:
    room = CardboardRoom(eight_chairs())
    tries: list[int] = []

    def opening() -> CardboardRoom:
        tries.append(1)
        if len(tries) < 3:
            raise RoomUnreachable(GONE)
        return room

    async with on_stage(opening, opened=False) as (app, pilot):
        await until(app, pilot, lambda: GONE in app.notice)
        await until(app, pilot, lambda: app.board is not None)
    assert len(tries) == 3


async def test_a_store_that_cannot_be_used_says_why() -> None:
    def opening() -> CardboardRoom:
        raise RoomRefused("This store was made by a newer version. Install it.")

    async with on_stage(opening, opened=False) as (app, pilot):
        await until(app, pilot, lambda: "newer version" in app.notice)
        assert "newer version" in screen_text(app)


async def test_a_burst_of_changes_ends_in_the_last_of_them() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_stage(room) as (app, pilot):
        for count in range(50):
            room.show(msgspec.structs.replace(eight_chairs(), clinic=f"Room {count}"))
        await until(app, pilot, lambda: app.board is not None and app.board.clinic == "Room 49")


async def test_a_terminal_that_slept_shows_what_one_that_watched_shows() -> None:
    """Timers follow from the state and now: nothing is counted."""
    slept, watched = CardboardRoom(eight_chairs()), CardboardRoom(eight_chairs())
    async with on_stage(slept) as (one, first), on_stage(watched) as (two, second):
        for _ in range(30):
            watched.clock.advance(minutes=1)
            two.tick()
        slept.clock.move_to(at(11, 12))
        one.tick()
        await first.pause()
        await second.pause()
        assert screen_text(one) == screen_text(two)
    assert slept.clock.now() != NOW


async def test_nothing_waits_for_the_feed_when_the_program_is_left() -> None:
    room = CardboardRoom(eight_chairs())
    async with on_stage(room) as (app, pilot):
        feed = app._feed
        assert feed is not None
        await pilot.press("q", "q")
    await asyncio.to_thread(feed.join, 10)
    assert not feed.is_alive()
