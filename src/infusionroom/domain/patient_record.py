"""The patient's row for lists and search: flat, rebuilt from the journal at any time."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec

from infusionroom.domain.icd import icd_normal
from infusionroom.domain.names import folded, look_of
from infusionroom.domain.patient import Patient

_APART: Final = re.compile(r"[^\w]+")


class PatientRecord(msgspec.Struct, frozen=True):
    """One patient in one row. `look` is what similar names share; `merged_into` is empty for who stands alone."""

    patient: str
    version: int
    family: str
    given: str
    birth_date: date | None
    record_number: str
    icd10: str
    indication: str
    physician: str
    look: str
    merged_into: str


def patient_record_of(patient: Patient) -> PatientRecord:
    """The row that this patient makes."""
    file = patient.file
    return PatientRecord(
        patient=patient.id,
        version=patient.version,
        family=file.family,
        given=file.given,
        birth_date=file.birth_date,
        record_number=file.record_number,
        icd10=icd_normal(file.icd10) if file.icd10 else "",
        indication=file.indication,
        physician=file.pain_physician.name if file.pain_physician else "",
        look=look_of(file.family, file.given),
        merged_into=patient.merged_into,
    )


def words_of(patient: Patient) -> frozenset[str]:
    """Everything a patient is searched by, as folded words: names, birth date (`1984-03-07`, `7.3.1984`,
    `03/07/1984`), record number, code, indication, allergies, physician, escorts and their telephone numbers.
    """
    file = patient.file
    texts = [file.family, file.given, file.record_number, file.indication, file.icd10, *file.allergies]
    if file.pain_physician:
        texts += [file.pain_physician.name, file.pain_physician.contact]
    for escort in file.escorts:
        texts += [escort.name, escort.phone, "".join(c for c in escort.phone if c.isdigit())]
    words = {
        word for text in texts for whole in folded(text).split() for word in (whole, *_APART.split(whole))
    }
    if born := file.birth_date:
        words |= {
            born.isoformat(),
            f"{born.day}.{born.month}.{born.year}",
            f"{born.month:02}/{born.day:02}/{born.year}",
            str(born.year),
        }
    return frozenset(word for word in words if word)
