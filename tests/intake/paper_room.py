"""A room on paper for the importer's tests: the real rules and folds, and a list in place of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.decide import NotAllowed, decide
from infusionroom.domain.evolve import evolve
from infusionroom.domain.journal import GENESIS, Entry, seal
from infusionroom.domain.outcome import Conflict, Done, Outcome, Refused
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit, visit_id_of
from infusionroom.intake.importing import Preview, Report, SetAside, check, retry, run
from infusionroom.intake.notices import Quarantined

ZONE: Final = "America/New_York"
NOW: Final = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CLINIC: Final = Clinic(name="Northside", timezone=ZONE, opens=time(7), closes=time(18), chairs=8)


class PaperRoom:
    """Takes commands as the real one does, and remembers everything it was asked to keep."""

    def __init__(self) -> None:
        self.visits: dict[str, Visit] = {}
        self.done: dict[str, tuple[Entry, ...]] = {}
        self.set_aside: dict[int, Quarantined] = {}
        self.entries: list[Entry] = []
        self.now = NOW

    def execute(self, command: cmd.Command, *, actor: str, terminal: str) -> Outcome:
        assert command.id
        if command.id in self.done:
            return Done(command.id, self.done[command.id], repeated=True)
        if isinstance(command, cmd.VisitCommand) and command.expected_version is not None:
            visit = self.visits[command.visit]
            if visit.version != command.expected_version:
                return Conflict(
                    command.id, visit.id, command.expected_version, visit.version, "vega", "desk", "note", NOW
                )
        room = Room(clinic=CLINIC, visits=self.visits)
        try:
            drafts = decide(room, command, now=self.now, actor=actor, command_id=command.id)
        except NotAllowed as refused:
            return Refused(command.id, tuple(refused.reasons))
        made = []
        for part, draft in enumerate(drafts):
            visit_id = draft.stream.removeprefix("visit:")
            known = self.visits.get(visit_id)
            entry = seal(
                draft,
                id=len(self.entries) + 1,
                version=(known.version if known else 0) + 1,
                recorded_at=self.now,
                actor=actor,
                terminal=terminal,
                command=command.id,
                part=part,
                prev_hash=GENESIS,
            ).entry()
            self.entries.append(entry)
            self.visits[visit_id] = evolve(known, entry)
            made.append(entry)
        self.done[command.id] = tuple(made)
        return Done(command.id, tuple(made))

    def execute_all(self, commands: Sequence[cmd.Command], *, actor: str, terminal: str) -> list[Outcome]:
        return [self.execute(command, actor=actor, terminal=terminal) for command in commands]

    def visits_by_appointment(self, keys: Sequence[str]) -> Mapping[str, Visit]:
        found = {key: self.visits.get(visit_id_of(key)) for key in keys}
        return {key: visit for key, visit in found.items() if visit is not None}

    def add_quarantined(self, entries: Sequence[Quarantined]) -> None:
        for entry in entries:
            self.set_aside[len(self.set_aside) + 1] = entry

    def quarantined(self) -> Sequence[SetAside]:
        return [SetAside(number, entry) for number, entry in self.set_aside.items()]

    def settle_quarantined(self, ids: Sequence[int]) -> None:
        for number in ids:
            del self.set_aside[number]

    def give(self, command: cmd.Command) -> None:
        """A nurse's own command, which must succeed."""
        assert isinstance(self.execute(command, actor="vega", terminal="desk"), Done)

    def the_visit(self) -> Visit:
        """The only visit there is."""
        (visit,) = self.visits.values()
        return visit

    def look(self, *paths: Path) -> Preview:
        return check(paths, self, timezone=ZONE, now=NOW)

    def take(self, *paths: Path) -> Report:
        return run(paths, self, timezone=ZONE, now=NOW, actor="lee", terminal="desk")

    def again(self) -> Report:
        return retry(self, timezone=ZONE, now=self.now, actor="lee", terminal="desk")


def actions(report: Report | Preview) -> list[str]:
    changes = report.applied if isinstance(report, Report) else report.changes
    return [change.action for change in changes]
