"""A patient: the file as its stream has it, and whether it is a duplicate of another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from infusionroom.domain import events as ev
from infusionroom.domain.journal import Entry

PATIENT_STREAM: Final = "patient:"


class Patient(msgspec.Struct, frozen=True):
    """The file at one version of its stream. `merged_into` names the patient whose file holds instead."""

    id: str
    version: int
    file: ev.PatientFile
    registered_at: datetime
    merged_into: str = ""
    merge: Entry | None = None
    entries: tuple[Entry, ...] = ()

    def as_planned(self, infusions_before: int | None = None) -> ev.Patient:
        """The patient as a visit's plan names them; `infusions_before` counts here and elsewhere."""
        file = self.file
        return ev.Patient(
            family=file.family,
            given=file.given,
            birth_date=file.birth_date,
            record_number=file.record_number,
            infusions_before=file.infusions_elsewhere if infusions_before is None else infusions_before,
        )


class NotAPatient(ValueError):
    """The entries do not begin with a registration."""


def evolve(patient: Patient | None, entry: Entry) -> Patient:
    """The patient after one more entry of their stream. Raises `NotAPatient`."""
    body = entry.body
    if patient is None:
        if not isinstance(body, ev.PatientRegistered):
            raise NotAPatient("a patient's stream begins with the registration")
        patient_id = entry.stream.removeprefix(PATIENT_STREAM)
        return Patient(patient_id, entry.version, body.file, entry.happened_at, entries=(entry,))
    match body:
        case ev.PatientChanged(file=file):
            patient = replace(patient, file=file)
        case ev.PatientMerged(into=into):
            patient = replace(patient, merged_into=into, merge=entry)
        case ev.Undone(target=target) if patient.merge is not None and patient.merge.id == target:
            patient = replace(patient, merged_into="", merge=None)
        case _:
            pass
    return replace(patient, version=entry.version, entries=(*patient.entries, entry))


def fold(entries: Sequence[Entry]) -> Patient:
    """The patient that a whole stream makes. Raises `NotAPatient`."""
    patient: Patient | None = None
    for entry in entries:
        patient = evolve(patient, entry)
    if patient is None:
        raise NotAPatient("a patient's stream begins with the registration")
    return patient


def stream_of(patient_id: str) -> str:
    return PATIENT_STREAM + patient_id
