"""Whatever is asked of a room in a real store: its rows say what its journal says, and so does every terminal."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test
from tests.domain.playing import LEE, Play
from tests.domain.test_properties import CHAIRS, Rooms

from infusionroom.bootstrap import open_room
from infusionroom.domain import commands as cmd
from infusionroom.domain.decide import NotAllowed
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Conflict, Refused
from infusionroom.domain.record import record_of
from infusionroom.services.check import check_store
from infusionroom.services.clock import FrozenClock
from infusionroom.services.room import RoomService

SETTINGS = settings(
    max_examples=3, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


class StoredPlay(Play):
    """The same play, given to a room in a store; another terminal watches."""

    def __init__(self, url: str) -> None:
        self.clock: FrozenClock | None = None
        self.url = url
        self.service: RoomService | None = None
        super().__init__(chairs=CHAIRS)

    def plan(self, number: int = 1, start: str = "8:00", **changed: Any) -> str:
        """Booked by a sender, who does not ask how full the room is."""
        return super().plan(number, start, **({"source": "hospital"} | changed))

    def do(self, command: cmd.Command, by: str = LEE) -> list[Entry]:
        if self.clock is None or self.service is None:
            self.clock = FrozenClock(self.now)
            self.service = open_room(self.url, clock=self.clock)
            self.watcher = open_room(self.url, clock=self.clock)
        self.clock.move_to(self.now)
        outcome = self.service.execute(command, actor=by, terminal="desk")
        assert not isinstance(outcome, Conflict)
        if isinstance(outcome, Refused):
            raise NotAllowed(*outcome.reasons)
        self.service.refresh()
        self.watcher.refresh()
        self.room = evolve(self.room, outcome.entries)
        self.entries += outcome.entries
        return list(outcome.entries)


def test_rows_journal_and_watchers_agree_whatever_is_done(tmp_path: Path, sqlite_template: Path) -> None:
    class StoredRooms(Rooms):
        def a_room(self) -> Play:
            self.folder = Path(tempfile.mkdtemp(dir=tmp_path))
            path = self.folder / "room.sqlite"
            path.touch(mode=0o600)
            path.write_bytes(sqlite_template.read_bytes())
            self.stored = StoredPlay(f"sqlite:///{path}")
            return self.stored

        @invariant()
        def the_rows_say_what_the_journal_says(self) -> None:
            service = self.stored.service
            assert service is not None
            room = self.stored.room
            assert room.clinic is not None
            records = service.store.records(visits=list(room.visits))
            assert {r.visit: r for r in records} == {
                v.id: record_of(v, room.clinic) for v in room.visits.values()
            }
            seats = {v.chair: v.id for v in room.visits.values() if v.here and v.chair is not None}
            assert service.store.seats() == seats
            shown = service.state.visits
            assert self.stored.watcher.state.visits == shown
            # Past midnight a terminal lets go of yesterday's visits; those that it shows are as the journal says.
            assert all(room.visits[visit_id] == visit for visit_id, visit in shown.items())

        def teardown(self) -> None:
            super().teardown()
            assert self.stored.service is not None
            assert check_store(self.stored.service.store).problems == ()
            for terminal in (self.stored.service, self.stored.watcher):
                terminal.close()
            shutil.rmtree(self.folder)

    machine: type[RuleBasedStateMachine] = StoredRooms
    run_state_machine_as_test(machine, settings=SETTINGS)
