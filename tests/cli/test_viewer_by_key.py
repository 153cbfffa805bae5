"""Whoever may only look comes in by a key to a store through which nothing can be written."""

from __future__ import annotations

import pytest
from tests.cli.command_line import Desk

from infusionroom.cli.serving import opened_for
from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.outcome import Done
from infusionroom.services.errors import RoomRefused
from infusionroom.services.room import RoomService
from infusionroom.settings import Settings


def test_a_viewers_key_opens_the_room_to_be_looked_at_alone(desk: Desk) -> None:
    desk.do([{"command": "add_person", "name": "Wall", "role": "viewer"}])
    room = opened_for(Settings(desk.store, "Wall", "ssh 10.0.0.7 pts/3", is_default=False), "SHA256:x")
    assert room.read_only
    assert room.state.clinic is not None
    with pytest.raises(RoomRefused):
        room.execute(cmd.AddPerson(name="Eve", role="nurse"), actor="vega", terminal="ssh")
    room.close()
    came = desk.ask("log", "--json").lines[-1]
    assert (came["kind"], came["actor"], came["terminal"]) == ("signed_in", "Wall", "ssh 10.0.0.7 pts/3")


def test_a_nurses_key_opens_the_room_to_be_worked_in(desk: Desk) -> None:
    room = opened_for(Settings(desk.store, "lee", "ssh 10.0.0.7 pts/3", is_default=False), "SHA256:x")
    assert not room.read_only
    plan = ev.Plan(patient=ev.Patient("Abara"), start=room.clock.now(), source="hospital")
    done = room.execute(cmd.PlanVisit(plan=plan), actor="lee", terminal="ssh")
    assert isinstance(done, Done)
    room.close()


def test_a_viewer_looks_at_a_store_that_the_account_may_not_write_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.do([{"command": "add_person", "name": "Wall", "role": "viewer"}])

    def shut(*_: object, **__: object) -> None:
        raise RoomRefused("This terminal may not write the store.")

    monkeypatch.setattr(RoomService, "execute", shut)
    room = opened_for(Settings(desk.store, "Wall", "ssh 10.0.0.7 pts/3", is_default=False), "SHA256:x")
    assert room.read_only
    room.close()
