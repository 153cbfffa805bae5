"""Whole entries that come in one piece, as over a slow line: every key does what it does when typed at leisure."""

from __future__ import annotations

import threading
from typing import Any

from tests.tui.stage import StagedApp, on_stage, screen_text, until
from textual import events

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Outcome
from infusionroom.domain.visit import Visit
from infusionroom.services.errors import RoomUnreachable
from infusionroom.services.room import RoomService
from infusionroom.tui.forms import FormScreen

NAMED = {"\t": "tab", "\r": "enter", "-": "minus", " ": "space"}


def burst(app: StagedApp, keys: str) -> None:
    """Keys that arrive in one read."""
    for char in keys:
        app.post_message(events.Key(NAMED.get(char, char), char))


def person(room: RoomService, family: str) -> Visit:
    return next(v for v in room.state.visits.values() if v.patient.family == family)


async def test_vitals_typed_in_one_go_stand_in_their_own_questions(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        burst(app, "1v128\t76\t72\t14\t98\r")
        await until(app, pilot, lambda: person(room, "Marlowe").vitals[-1].body.sbp == 128)
        body = person(room, "Marlowe").vitals[-1].body
        assert (body.sbp, body.dbp, body.hr, body.rr, body.spo2) == (128, 76, 72, 14, 98)


async def test_a_score_typed_in_one_go_answers_one_item_with_each_key(room: RoomService) -> None:
    async with on_stage(room) as (app, pilot):
        burst(app, "4A22122")
        await until(
            app, pilot, lambda: isinstance(app.screen, FormScreen) and "Aldrete 9" in screen_text(app)
        )
        app.post_message(events.Key("enter", "\r"))
        await until(app, pilot, lambda: bool(person(room, "Bishop").aldretes))
        assert person(room, "Bishop").aldretes[-1].body.circulation == 1


async def test_a_rate_typed_at_once_is_the_rate_and_never_a_choice(room: RoomService) -> None:
    """With numbered units 25 would have been 5, and in mg/h."""
    async with on_stage(room) as (app, pilot):
        burst(app, "1r25")
        await until(app, pilot, lambda: "25 mL/h = 50 mg/h" in screen_text(app))
        assert "● mL/h" in screen_text(app)


class SlowRoom:
    """A room whose store takes its time: entries wait until they are let through."""

    def __init__(self, room: RoomService) -> None:
        self._room = room
        self.asked, self.let = threading.Event(), threading.Event()
        self.lost = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._room, name)

    def execute(self, command: cmd.Command, *, actor: str, terminal: str) -> Outcome:
        self.asked.set()
        assert self.let.wait(20)
        if self.lost:
            raise RoomUnreachable("The store cannot be reached.")
        return self._room.execute(command, actor=actor, terminal=terminal)


async def test_what_is_typed_while_an_entry_is_saved_is_for_what_comes_after_it(room: RoomService) -> None:
    slow = SlowRoom(room)
    async with on_stage(slow) as (app, pilot):
        burst(app, "1nquiet\r2nasleep")
        await until(app, pilot, slow.asked.is_set)
        assert "asleep" not in screen_text(app), "nothing of it lands in the note that is being saved"
        slow.let.set()
        await until(app, pilot, lambda: "asleep" in screen_text(app))
        assert "Okafor" in screen_text(app)
        assert person(room, "Marlowe").entries[-1].body == ev.Noted(text="quiet")


async def test_what_is_typed_after_an_entry_that_was_not_taken_goes_nowhere(room: RoomService) -> None:
    slow = SlowRoom(room)
    async with on_stage(slow) as (app, pilot):
        burst(app, "1nquiet\r2nasleep\r")
        await until(app, pilot, slow.asked.is_set)
        slow.lost = True
        slow.let.set()
        await until(app, pilot, lambda: "Enter tries again" in screen_text(app))
        await pilot.pause()
        assert "quiet" in screen_text(app), "the entry that was not taken stands there still"
        assert "asleep" not in screen_text(app)
        await pilot.press("escape", "3")
        assert app.home.target()[1] == 3, "and the keyboard is free again"
    assert person(room, "Okafor").entries[-1].kind != "noted"
