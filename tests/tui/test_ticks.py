"""When the board is worked out again, and what may flash."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from tests.tui.boards import MARLOWE, NOW, eight_chairs, infusion
from tests.tui.cardboard_room import CardboardRoom
from tests.tui.stage import on_stage, pane_text, screen_text, until
from tests.tui.test_board_screen import visit_of

from infusionroom.domain import commands as cmd
from infusionroom.services.room import RoomService
from infusionroom.tui.ticks import LONGEST_S, seconds_matter, seconds_to_next_tick, within_the_minute


def test_a_tick_comes_just_after_the_minute() -> None:
    board = eight_chairs()
    assert seconds_to_next_tick(board, NOW + timedelta(seconds=55)) == pytest.approx(5.01)
    assert seconds_to_next_tick(board, NOW + timedelta(seconds=59.5)) == pytest.approx(0.51)


def test_a_machine_that_slept_is_brought_up_to_date_within_seconds() -> None:
    assert seconds_to_next_tick(eight_chairs(), NOW) == LONGEST_S


def test_a_demonstration_that_runs_faster_ticks_faster() -> None:
    assert seconds_to_next_tick(eight_chairs(), NOW, 60) == pytest.approx(1.01)


@pytest.mark.parametrize(
    ("running_s", "paused", "matter"),
    [
        (14279, False, False),
        (14281, False, True),
        (14399, False, True),
        (14400, False, False),
        (14300, True, False),
    ],
)
def test_seconds_are_ticked_only_in_the_last_two_minutes(running_s: int, paused: bool, matter: bool) -> None:
    line = msgspec.structs.replace(
        infusion(1, MARLOWE, "1/1", 0, "20", "40"), running_s=running_s, paused=paused
    )
    board = msgspec.structs.replace(eight_chairs(), infusions=(line,))
    assert seconds_matter(board) is matter


async def test_the_last_two_minutes_are_counted_in_seconds(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        room.clock.advance(minutes=11, seconds=30)  # type: ignore[attr-defined]
        app.tick()
        await pilot.pause()
        assert "90 s left" in pane_text(app, "chairs")
        assert seconds_matter(app.board)


def test_a_board_stands_until_the_minute_is_over_but_for_the_last_two_minutes_of_an_infusion() -> None:
    board = eight_chairs()
    assert within_the_minute(board, NOW + timedelta(seconds=59))
    assert not within_the_minute(board, NOW + timedelta(seconds=60))
    ends = msgspec.structs.replace(infusion(1, MARLOWE, "1/1", 0, "20", "40"), running_s=14265)
    board = msgspec.structs.replace(board, infusions=(ends,))
    assert within_the_minute(board, NOW + timedelta(seconds=14))
    assert not within_the_minute(board, NOW + timedelta(seconds=16)), "less than two minutes are left"


async def test_between_minutes_nothing_is_painted_although_timers_turn_at_their_own_seconds(
    room: RoomService,
) -> None:
    async with on_stage(room) as (app, pilot):
        desk_clock = room.clock
        desk_clock.advance(seconds=20)  # type: ignore[attr-defined]
        app.refresh_board()
        await pilot.pause()
        shown, painted = app.board, sum(pane.repainted for pane in app.home._panes.values())
        desk_clock.advance(seconds=30)  # type: ignore[attr-defined]
        app.tick()
        await pilot.pause()
        assert app.board is shown
        assert sum(pane.repainted for pane in app.home._panes.values()) == painted
        desk_clock.advance(seconds=10)  # type: ignore[attr-defined]
        app.tick()
        await pilot.pause()
        assert app.board is not shown


async def test_a_mark_that_falls_due_within_a_minute_does_not_wait_for_its_end(room: RoomService) -> None:
    """Halvorsen's late vitals are acknowledged at twenty seconds past; that lapses at twenty seconds past, too."""
    async with on_stage(room) as (app, pilot):
        room.clock.advance(minutes=5, seconds=20)  # type: ignore[attr-defined]
        app.tick()
        await pilot.press("k")
        await until(app, pilot, lambda: not app.alarm_waits)
        clinic = room.state.clinic
        assert clinic is not None
        room.clock.advance(seconds=clinic.rules.alarms.medium_ack_lapses_s - 10)  # type: ignore[attr-defined]
        app.tick()
        assert not app.alarm_waits
        shown = app.board
        room.clock.advance(seconds=9)  # type: ignore[attr-defined]
        app.tick()
        assert app.board is shown
        room.clock.advance(seconds=2)  # type: ignore[attr-defined]
        app.tick()
        assert app.alarm_waits


async def test_what_flashes_stops_when_somebody_has_seen_it(room: RoomService) -> None:
    """Halvorsen's vitals are eleven minutes late: medium, and nobody has acknowledged it."""
    async with on_stage(room) as (app, pilot):
        room.clock.advance(minutes=5)  # type: ignore[attr-defined]
        app.tick()
        await pilot.pause()
        assert app.home._strip.flashes
        lit = app.home._strip._lines[1]
        app.home._strip.flash()
        assert app.home._strip._lines[1] != lit
        assert "!!" in screen_text(app).splitlines()[1], "the mark stays readable while it is off"
        await pilot.press("k")
        await until(app, pilot, lambda: not app.home._strip.flashes)


async def test_reverse_video_instead_of_flashing_sends_nothing() -> None:
    async with on_stage(CardboardRoom(eight_chairs())) as (app, pilot):
        assert app.home._strip.flashes
        await app.perform("reverse")
        await pilot.pause()
        assert not app.home._strip.flashes


async def test_a_clinic_may_rule_that_nothing_flashes(room: RoomService) -> None:
    done = room.execute(
        cmd.ChangeRule(name="alarms.flashing", value=False, signed_off_by="Dr Roy"),
        actor="RN Lee",
        terminal="desk",
    )
    assert done is not None
    room.refresh()
    async with on_stage(room) as (app, pilot):
        room.clock.advance(minutes=5)  # type: ignore[attr-defined]
        app.tick()
        await pilot.pause()
        assert app.alarm_waits
        assert not app.home._strip.flashes
    assert visit_of(room, "Halvorsen")
