"""A course of one day from the booking to the way home, as lines for `infusionroom do`."""

from __future__ import annotations

from typing import Any, Final

from tests.cli.a_day import fact, whole_day

from infusionroom.domain.visit import visit_id_of

PATIENT: Final = visit_id_of("patient/registered")
COURSE: Final = visit_id_of("course/booked")
VISIT: Final = visit_id_of(f"{COURSE}/1")


def booking(start: str = "2026-11-23T09:00:00-05:00", **known: Any) -> list[dict[str, Any]]:
    """Chidi Abara's file, and one day of infusion."""
    file = {
        "family": "Abara",
        "given": "Chidi",
        "birth_date": "1980-01-31",
        "record_number": "K-1001",
        "indication": "CRPS I, right arm",
        "icd10": "G90.511",
        "pain_physician": {"name": "Dr. Obi", "contact": "555-0142"},
        "infusions_elsewhere": 0,
        **known,
    }
    return [
        {"command": "register_patient", "id": "registered", "file": file},
        {
            "command": "book_course",
            "id": "booked",
            "patient": PATIENT,
            "archetype": "single day",
            "prescriber": "Dr. Osei",
            "days": [{"day": 1, "start": start, "chair": 3}],
        },
    ]


def the_day() -> list[dict[str, Any]]:
    """Everything from the door to the door."""
    consent = {
        "command": "acknowledge_consent",
        "course": COURSE,
        "at": "08:57",
        "version": "1",
        "clauses": ["no guarantee"],
        "name": "Chidi Abara",
        "signed_on": "2026-11-23",
    }
    oral = fact(
        "14:16", "oral_ketamine_arranged", VISIT, prescribed_by="Dr. Osei", taught=True, dose="ketamine 10 mg"
    )
    lines: list[dict[str, Any]] = []
    for line in whole_day()[1:]:
        if line.get("fact", {}).get("kind") == "consented":
            lines.append(consent)
            continue
        if line["command"] == "sign_off":
            lines.append(oral)
        lines.append({**line, "visit": VISIT})
    return lines
