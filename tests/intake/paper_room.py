"""A room on paper for the importer's tests: the real rules and folds, and a list in place of the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from infusionroom.domain import commands as cmd
from infusionroom.domain.clinic import Clinic
from infusionroom.domain.course_file import CourseFile, course_file
from infusionroom.domain.decide import NotAllowed, decide
from infusionroom.domain.events import Patient
from infusionroom.domain.fold_room import evolve
from infusionroom.domain.journal import GENESIS, Entry, seal
from infusionroom.domain.outcome import Conflict, Done, Outcome, Refused
from infusionroom.domain.record import record_of
from infusionroom.domain.room import Room
from infusionroom.domain.visit import Visit
from infusionroom.intake.attaching import FileHere
from infusionroom.intake.importing import Preview, Report, SetAside, check, retry, run
from infusionroom.intake.notices import Quarantined

ZONE: Final = "America/New_York"
NOW: Final = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CLINIC: Final = Clinic(name="Northside", timezone=ZONE, opens=time(7), closes=time(18), chairs=8)


class PaperRoom:
    """Takes commands as the real one does, and remembers everything it was asked to keep."""

    def __init__(self) -> None:
        self.room = Room(clinic=CLINIC)
        self.done: dict[str, tuple[Entry, ...]] = {}
        self.set_aside: dict[int, Quarantined] = {}
        self.entries: list[Entry] = []
        self.asked: list[str] = []
        self.now = NOW

    @property
    def known(self) -> Mapping[str, Visit]:
        return self.room.visits

    def execute(self, command: cmd.Command, *, actor: str, terminal: str) -> Outcome:
        assert command.id
        if command.id in self.done:
            return Done(command.id, self.done[command.id], repeated=True)
        if isinstance(command, cmd.VisitCommand) and command.expected_version is not None:
            visit = self.known[command.visit]
            if visit.version != command.expected_version:
                return Conflict(
                    command.id, visit.id, command.expected_version, visit.version, "vega", "desk", "note", NOW
                )
        booked = {v.id: record_of(v, CLINIC) for v in self.known.values()}
        room = replace(self.room, booked={key: row for key, row in booked.items() if not row.off})
        try:
            drafts = decide(room, command, now=self.now, actor=actor, command_id=command.id)
        except NotAllowed as refused:
            return Refused(command.id, tuple(refused.reasons))
        made: list[Entry] = []
        for part, draft in enumerate(drafts):
            before = sum(entry.stream == draft.stream for entry in (*self.entries, *made))
            entry = seal(
                draft,
                id=len(self.entries) + len(made) + 1,
                version=before + 1,
                recorded_at=self.now,
                actor=actor,
                terminal=terminal,
                command=command.id,
                part=part,
                prev_hash=GENESIS,
            ).entry()
            made.append(entry)
        self.entries += made
        self.room = evolve(self.room, made)
        self.done[command.id] = tuple(made)
        return Done(command.id, tuple(made))

    def execute_all(self, commands: Sequence[cmd.Command], *, actor: str, terminal: str) -> list[Outcome]:
        return [self.execute(command, actor=actor, terminal=terminal) for command in commands]

    def visits_by_appointment(self, keys: Sequence[str]) -> Mapping[str, Visit]:
        by_key = {v.plan.appointment.key: v for v in self.known.values() if v.plan.appointment}
        return {key: by_key[key] for key in keys if key in by_key}

    def files_like(self, people: Collection[Patient]) -> list[FileHere]:
        """Everybody: who of them is meant is not the room's to say."""
        self.asked.append("files")
        held = [(self.room.patient(p.id), p.file) for p in self.room.patients.values()]
        return [
            FileHere(holds.id, file.family, file.given, file.birth_date, file.record_number)
            for holds, file in held
            if holds is not None
        ]

    def running_courses(self, patients: Collection[str]) -> list[CourseFile]:
        self.asked.append("courses")
        found = []
        for course in self.room.courses.values():
            holds = self.room.patient(course.patient)
            if holds is not None and holds.id in patients:
                rows = self.room.visits_of(holds.id).values()
                found.append(course_file(course, holds, rows, CLINIC))
        return [file for file in found if not file.over]

    def visits(self, ids: Collection[str]) -> Mapping[str, Visit]:
        return {visit: self.known[visit] for visit in ids}

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
        outcome = self.execute(command, actor="vega", terminal="desk")
        assert isinstance(outcome, Done), outcome

    def the_visit(self) -> Visit:
        """The only visit there is."""
        (visit,) = self.known.values()
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
