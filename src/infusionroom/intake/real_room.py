"""The room as an importer needs it, over the real one and its store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from infusionroom.domain.commands import Command
from infusionroom.domain.outcome import Outcome
from infusionroom.domain.visit import Visit
from infusionroom.intake.importing import SetAside
from infusionroom.intake.notices import Quarantined
from infusionroom.services.errors import translated
from infusionroom.services.room import RoomService
from infusionroom.store import Quarantined as KeptAside
from infusionroom.store import QuarantineState


class RealRoom:
    """What `importing.Room` asks. `received_by` is who brings the files."""

    def __init__(self, room: RoomService, received_by: str) -> None:
        self._room = room
        self._received_by = received_by

    def now(self) -> datetime:
        return self._room.clock.now()

    def execute_all(self, commands: Sequence[Command], *, actor: str, terminal: str) -> list[Outcome]:
        return self._room.execute_all(commands, actor=actor, terminal=terminal)

    def visits_by_appointment(self, keys: Sequence[str]) -> Mapping[str, Visit]:
        """The visits planned under these appointments, those that are off included."""
        found: dict[str, Visit] = {}
        for key in keys:
            with translated():
                named = self._room.store.visit_by_appointment(key)
            visit = self._room.visit(named) if named else None
            if visit is not None:
                found[key] = visit
        return found

    def add_quarantined(self, entries: Sequence[Quarantined]) -> None:
        """Keeps what was not understood, as it came, until somebody settles it."""
        kept = [KeptAside(one.file, one.line, one.field, one.why, one.raw) for one in entries]
        with translated():
            self._room.store.add_quarantine(
                kept, received_at=self._room.clock.now(), received_by=self._received_by
            )

    def waiting(self) -> list[KeptAside]:
        """What is set aside and not settled, with who brought it and when."""
        with translated():
            return self._room.store.quarantined()

    def quarantined(self) -> list[SetAside]:
        return [
            SetAside(one.id, Quarantined(one.file, one.line, one.field, one.why, one.raw))
            for one in self.waiting()
        ]

    def settle_quarantined(self, ids: Sequence[int], state: QuarantineState = "retried") -> None:
        """Takes entries off the list; their text stays as evidence."""
        with translated():
            self._room.store.resolve_quarantine(ids, state)
