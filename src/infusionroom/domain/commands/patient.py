"""What may be asked about a patient's file."""

from __future__ import annotations

from infusionroom.domain.commands.base import Command, PatientCommand
from infusionroom.domain.events import PatientFile, Text


class RegisterPatient(Command, frozen=True, kw_only=True, tag="register_patient"):
    """Opens a file. `confirmed` says that somebody of a similar name was looked at and is another person."""

    file: PatientFile
    confirmed: bool = False


class ChangePatient(PatientCommand, frozen=True, kw_only=True, tag="change_patient"):
    """The whole new file; visits still to come follow it. `confirmed` as in `RegisterPatient`."""

    file: PatientFile
    why: str = ""
    confirmed: bool = False


class MergePatients(PatientCommand, frozen=True, kw_only=True, tag="merge_patients"):
    """Patient `patient` is a duplicate: the same person as `into`, whose file holds from here on."""

    into: str
    why: Text


class PartPatients(PatientCommand, frozen=True, kw_only=True, tag="part_patients"):
    """Takes the merging of duplicate `patient` back: it is a person of its own again."""

    why: Text
