"""What can have happened to a patient's file: everything about a person that is older than one visit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from infusionroom.domain.events.base import Event, Text

# Relative contraindications to flag (Cohen 2018).
Contraindication = Literal[
    "uncontrolled cardiovascular disease",
    "pregnancy",
    "active psychosis",
    "severe liver disease",
    "raised intracranial pressure",
    "raised intraocular pressure",
    "active substance abuse",
]


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who may take the person home."""

    name: Text
    phone: str = ""
    relation: str = ""


class PainPhysician(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The patient's own pain physician, with whom the number of infusions is decided."""

    name: Text
    contact: str = ""


class WeightOnFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weight that was told or measured outside a visit, with its date."""

    kg: Decimal
    on: date


class PatientFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a patient. `icd10` is the indication's ICD-10-CM code, `indication` its name in words.

    `allergies` empty with `no_known_allergies` False means that nobody has asked. `infusions_elsewhere` are those
    before and outside this room; what was infused here is counted from the journal.
    """

    family: Text
    given: str = ""
    birth_date: date | None = None
    record_number: str = ""
    weight: WeightOnFile | None = None
    allergies: tuple[str, ...] = ()
    no_known_allergies: bool = False
    indication: str = ""
    icd10: str = ""
    contraindications: tuple[Contraindication, ...] = ()
    pain_physician: PainPhysician | None = None
    escorts: tuple[Contact, ...] = ()
    infusions_elsewhere: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    note: str = ""


class PatientRegistered(Event, frozen=True, kw_only=True, tag="patient_registered"):
    file: PatientFile


class PatientChanged(Event, frozen=True, kw_only=True, tag="patient_changed"):
    """The whole new file."""

    file: PatientFile
    why: str = ""


class PatientMerged(Event, frozen=True, kw_only=True, tag="patient_merged"):
    """Stands in the duplicate's stream: it is the same person as patient `into`, whose file holds from here on.

    An `undone` that names this entry parts them again.
    """

    into: str
    why: Text
