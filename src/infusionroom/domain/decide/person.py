"""What a person can be, the same for a visit's plan and for a patient's file; and how a refusal names somebody."""

from __future__ import annotations

from datetime import date
from typing import Final

from infusionroom.domain.outcome import Reason
from infusionroom.domain.patient import Patient

LONGEST_NAME: Final = 200
FIRST_BIRTH_YEAR: Final = 1890


def person_problems(family: str, given: str, birth_date: date | None, today: date) -> list[Reason]:
    """Why nobody is called so or was born then; `today` is the clinic's day. Empty where it can be."""
    reasons: list[Reason] = []
    if not family.strip():
        reasons.append(Reason("name", "A family name is needed."))
    elif len(family) > LONGEST_NAME or len(given) > LONGEST_NAME:
        reasons.append(Reason("name", f"A name is at most {LONGEST_NAME} characters long."))
    if birth_date is None:
        return reasons
    if birth_date > today:
        reasons.append(Reason("birth_date", f"The birth date {birth_date.isoformat()} is in the future."))
    elif birth_date.year < FIRST_BIRTH_YEAR:
        reasons.append(Reason("birth_date", f"The birth date {birth_date.isoformat()} is nobody's alive."))
    return reasons


def called(patient: Patient) -> str:
    """`Marlowe Ruth, born 1984-03-07, record R12`, as far as it is known."""
    file = patient.file
    parts = [f"{file.family} {file.given}".strip()]
    parts += [f"born {file.birth_date.isoformat()}"] if file.birth_date else []
    parts += [f"record {file.record_number}"] if file.record_number else []
    return ", ".join(parts)
