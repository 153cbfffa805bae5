"""A room whose patients have files, for the stories that need them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.domain.playing import Play

from infusionroom.domain import commands as cmd
from infusionroom.domain import events as ev
from infusionroom.domain.decide.patients import patient_id_of

BORN = date(1984, 3, 7)


def ruth(**changed: Any) -> ev.PatientFile:
    known: dict[str, Any] = {
        "family": "Marlowe",
        "given": "Ruth",
        "birth_date": BORN,
        "record_number": "R12",
        "icd10": "G90.511",
    }
    return ev.PatientFile(**{**known, **changed})


class Files(Play):
    """A room whose patients have files."""

    def registered(self, file: ev.PatientFile | None = None, **changed: Any) -> str:
        [entry] = self.do(cmd.RegisterPatient(file=file or ruth(), **changed))
        assert entry.stream == f"patient:{patient_id_of(entry.command)}"
        return patient_id_of(entry.command)

    def file(self, patient: str) -> ev.PatientFile:
        return self.room.patients[patient].file

    def booked(self, patient: str, number: int, start: str = "8:00", **changed: Any) -> str:
        """A visit of this patient, planned with the names of the file."""
        names = self.room.patients[patient].as_planned()
        return self.plan(number, start, patient=names, patient_id=patient, **changed)

    def refused_file(self, **changed: Any) -> list[str]:
        return self.rules(cmd.RegisterPatient(file=ruth(**changed)))
