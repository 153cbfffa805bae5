"""Two patients' files side by side, and what differs between them."""

from __future__ import annotations

from collections.abc import Iterator

from infusionroom.domain.course_file import PatientHistory
from infusionroom.domain.events import PatientFile
from infusionroom.domain.patient import Patient
from infusionroom.tui.present.cells import clean, cut, fit
from infusionroom.tui.present.form_words import Tone
from infusionroom.tui.present.patient_file import allergies_fact
from infusionroom.tui.present.patients import full_name, indication_words

_LABEL, _SIDE = 14, 30
_COUNTED = ("visits", "infusions here")


def merged_called(patient: Patient) -> str:
    """`Marlowe, Ruth, 1971-03-14, R12`."""
    file = patient.file
    born = f", {file.birth_date.isoformat()}" if file.birth_date else ""
    record = f", {clean(file.record_number)}" if file.record_number else ", no record number"
    return cut(full_name(file.family, file.given), 34) + born + record


def side_by_side(one: PatientHistory, two: PatientHistory) -> tuple[tuple[str, Tone], ...]:
    """A line and its tone per point; where both say something else, a `≠` and a warning."""
    lines: list[tuple[str, Tone]] = [(f"{'':<{_LABEL}}  {fit('1 left', _SIDE)}  2 right", "dim")]
    for (label, left), (_, right) in zip(_points(one), _points(two), strict=True):
        differs = bool(left and right) and left.casefold() != right.casefold() and label not in _COUNTED
        sign = "≠" if differs else " "
        text = f"{label:<{_LABEL}}{sign} {fit(left or '–', _SIDE)}  {cut(right or '–', _SIDE)}"
        lines.append((text.rstrip(), "warn" if differs else "plain"))
    return tuple(lines)


def _points(history: PatientHistory) -> Iterator[tuple[str, str]]:
    file = history.patient.file
    yield "name", full_name(file.family, file.given)
    yield "born", file.birth_date.isoformat() if file.birth_date else ""
    yield "record", clean(file.record_number)
    yield "indication", indication_words(file.icd10, file.indication)
    yield "allergies", _allergies(file)
    yield "pain physician", clean(file.pain_physician.name) if file.pain_physician else ""
    yield "visits", str(len(history.visits))
    yield "infusions here", str(history.infusions_here)


def _allergies(file: PatientFile) -> str:
    return allergies_fact(file)[1] if file.allergies or file.no_known_allergies else ""
