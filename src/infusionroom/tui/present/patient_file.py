"""A patient's file in lines: what is known, what nobody has asked yet, and what to look out for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from infusionroom.domain.clinic import Rules
from infusionroom.domain.course_file import PatientHistory
from infusionroom.domain.day import clinic_day
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.events import Contact, PatientFile
from infusionroom.domain.patient import Patient
from infusionroom.tui.present.cells import Cell, Line, Row, clean, wrapped
from infusionroom.tui.present.patients import full_name, indication_words, patient_line
from infusionroom.tui.present.times import day_words, h_mm

FILE_TITLE: Final = "File"
_LABEL: Final = 15


def history_head(history: PatientHistory, today: date, width: int, *, alike: int) -> tuple[Line, ...]:
    """Two lines: who it is, and what else is to be known before anything is written: similar names, duplicates."""
    gap = 3 if width >= 100 else 2
    first = patient_line(history.patient, today, gap=gap, alike=alike > 0)
    second: list[Cell] = []
    if history.duplicates:
        merged = "; ".join(_called(other) for other in history.duplicates)
        second.append(Cell(f"merged with {merged}: one person, this file holds", "dim"))
    if alike:
        others = "1 other patient has" if alike == 1 else f"{alike} other patients have"
        second += [Cell("   " if second else ""), Cell(f"{others} a similar name", "warn")]
    return first, tuple(second)


def _called(patient: Patient) -> str:
    record = f" ({clean(patient.file.record_number)})" if patient.file.record_number else ""
    return full_name(patient.file.family, patient.file.given) + record


def file_rows(
    history: PatientHistory, rules: Rules, today: date, timezone: str, width: int
) -> tuple[Row, ...]:
    """Label and words, wrapped; what is missing says so instead of standing empty."""
    rows: list[Row] = []
    for label, words, style in _facts(history, rules, today, timezone):
        for n, line in enumerate(wrapped(words, max(12, width - _LABEL - 2))):
            head = label if n == 0 else ""
            rows.append(Row("", (Cell(f" {head:<{_LABEL}}", "dim"), Cell(line, style))))
    return tuple(rows)


Fact = tuple[str, str, str]


def _facts(history: PatientHistory, rules: Rules, today: date, timezone: str) -> Iterator[Fact]:
    file = history.patient.file
    for flag in file.contraindications:
        yield "! mind", flag, "warn"
    yield allergies_fact(file)
    yield (
        ("indication", indication_words(file.icd10, file.indication), "text")
        if (file.icd10 or file.indication)
        else ("indication", "not entered", "warn")
    )
    yield _weight(history, rules, today, timezone)
    yield _infusions(history, rules)
    physician = file.pain_physician
    if physician is not None:
        contact = f", {clean(physician.contact)}" if physician.contact else ", no address or number"
        yield "pain physician", clean(physician.name) + contact, "text"
    else:
        yield "pain physician", "not entered: the letter needs one", "warn"
    for n, escort in enumerate(file.escorts):
        yield "escorts" if n == 0 else "", escort_words(escort), "text"
    if not file.escorts:
        yield "escorts", "nobody named yet", "dim"
    if file.note:
        yield "note", clean(file.note), "text"


def allergies_fact(file: PatientFile) -> Fact:
    """Three states: named, known to have none, and never asked."""
    if file.allergies:
        return "allergies", "; ".join(map(clean, file.allergies)), "warn"
    if file.no_known_allergies:
        return "allergies", "no known allergies", "text"
    return "allergies", "not asked yet", "warn"


def escort_words(escort: Contact) -> str:
    """`Sam Marlowe (son), 555-0100`."""
    relation = f" ({clean(escort.relation)})" if escort.relation else ""
    return clean(escort.name) + relation + (f", {clean(escort.phone)}" if escort.phone else ", no number")


def latest_weight(history: PatientHistory, timezone: str) -> tuple[Decimal, date] | None:
    """The last weight and its day, from a visit or told for the file, whichever is newer."""
    known = [
        (clinic_day(row.weighed_at, timezone), Decimal(row.weight_kg))
        for row in history.visits
        if row.weight_kg and row.weighed_at is not None
    ]
    if told := history.patient.file.weight:
        known.append((told.on, told.kg))
    if not known:
        return None
    on, kg = max(known, key=lambda one: one[0])
    return kg, on


def _weight(history: PatientHistory, rules: Rules, today: date, timezone: str) -> Fact:
    found = latest_weight(history, timezone)
    if found is None:
        return "weight", "never weighed; w enters what was told", "warn"
    kg, on = found
    age = (today - on).days
    old = age > rules.dose.weight_max_age_days
    ago = "today" if age <= 0 else "yesterday" if age == 1 else f"{age} days ago"
    late = f", older than {rules.dose.weight_max_age_days} days: weigh again" if old else ""
    return "weight", f"{dose_text(kg)} kg, {day_words(on)}, {ago}{late}", "warn" if old else "text"


def _infusions(history: PatientHistory, rules: Rules) -> Fact:
    here, elsewhere = history.infusions_here, history.patient.file.infusions_elsewhere
    total = here + (elsewhere or 0)
    recovery = rules.recovery
    experienced = total >= recovery.experienced_after_infusions
    usual = recovery.usual_experienced_min if experienced else recovery.usual_min
    said = f"{here} here" + (", elsewhere not asked" if elsewhere is None else f", {elsewhere} elsewhere")
    return "infusions", f"{said}: recovery usually {h_mm(usual * 60)} h", "text"
