"""Patients as a list: who was found, and who of them has a name that looks like another's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from infusionroom.domain.icd import icd_text
from infusionroom.domain.patient import Patient
from infusionroom.domain.patient_record import PatientRecord
from infusionroom.tui.present.cells import Cell, Line, Row, clean, cut, fit, width_of
from infusionroom.tui.present.people import ALIKE_MARK
from infusionroom.tui.present.times import day_words

NEW_PATIENT: Final = "new"
PATIENTS_EMPTY: Final = (
    "Nobody is registered yet. Every patient has a file: who they are, what they have, who takes them home.",
    "⏎ registers the first one.",
)
NOBODY_LIKE_THIS: Final = ("Nobody found: each word typed must begin a name, number, birth date or code.",)
_BORN, _RECORD = 12, 12


def full_name(family: str, given: str) -> str:
    """`Marlowe, Ruth`, harmless to a terminal."""
    return clean(f"{family}, {given}" if given else family)


def alike_among(records: Iterable[PatientRecord]) -> frozenset[str]:
    """The patients of these whose names look like somebody else's among them."""
    known = list(records)
    looks = Counter(record.look for record in known)
    return frozenset(record.patient for record in known if looks[record.look] > 1)


def age_words(born: date, today: date) -> str:
    """`55 years`, under two years in months."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years >= 2:
        return f"{years} years"
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return f"{max(0, months)} months"


def indication_words(icd10: str, indication: str) -> str:
    """`G90.511 CRPS I (RSD), right upper limb`: the code, and what was said or what the code means."""
    return clean(" ".join(part for part in (icd10, indication or icd_text(icd10) or "") if part))


def patients_head(width: int) -> Line:
    """The column heads."""
    name = _name_width(width)
    text = f"   {fit('patient', name)} {fit('born', _BORN)}{fit('record', _RECORD)}indication"
    return (Cell(fit(text, width), "head"),)


def patient_rows(records: Sequence[PatientRecord], width: int, typed: str) -> tuple[Row, ...]:
    """One row per patient, `≈` after a name that looks like another's here; the last row registers a new one."""
    alike = alike_among(records)
    rows = [_row(record, width, marked=record.patient in alike) for record in records]
    if not rows:
        rows = [
            Row("", (Cell(f" {words}", "dim"),)) for words in (NOBODY_LIKE_THIS if typed else PATIENTS_EMPTY)
        ]
    wanted = f" “{cut(clean(typed), 40)}”" if typed else ""
    rows.append(Row(NEW_PATIENT, (Cell(" + ", "key"), Cell(f"Register a new patient{wanted}", "text"))))
    return tuple(rows)


def _row(record: PatientRecord, width: int, *, marked: bool) -> Row:
    space = _name_width(width)
    mark = f" {ALIKE_MARK}" if marked else ""
    name = cut(full_name(record.family, record.given), space - len(mark)) + mark
    used = 3 + space + 1 + _BORN + _RECORD
    return Row(
        record.patient,
        (
            Cell("   "),
            Cell(fit(name, space) + " ", "name"),
            Cell(fit(str(record.birth_date or "–"), _BORN), "text"),
            Cell(fit(clean(record.record_number) or "–", _RECORD - 1) + " ", "dim"),
            Cell(fit(indication_words(record.icd10, record.indication) or "–", max(0, width - used)), "dim"),
        ),
    )


def _name_width(width: int) -> int:
    return max(18, min(40, width - 3 - _BORN - _RECORD - 22))


def patient_line(
    patient: Patient, today: date, *, gap: int = 3, alike: bool = False, age: bool = True
) -> Line:
    """Who it is, so that nobody writes into the wrong file: name, birth date and age, record number."""
    file, space = patient.file, " " * gap
    name = full_name(file.family, file.given)
    cells = [Cell(cut(name, 40), "strong")]
    if alike:
        cells.append(Cell(f" {ALIKE_MARK} similar name", "warn"))
    if born := file.birth_date:
        aged = f", {age_words(born, today)}" if age else ""
        cells.append(Cell(f"{space}born {day_words(born)[4:]}{aged}"))
    else:
        cells.append(Cell(f"{space}birth date not known", "warn"))
    cells.append(
        Cell(
            f"{space}record {clean(file.record_number)}" if file.record_number else f"{space}no record number"
        )
    )
    if patient.merged_into:
        cells.append(Cell(f"{space}merged", "warn"))
    return tuple(cells)


def words_width(line: Line) -> int:
    """Cells that a line takes."""
    return sum(width_of(cell.text) for cell in line)
