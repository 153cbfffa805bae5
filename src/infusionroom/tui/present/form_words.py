"""What forms say: who they are about, what a score comes to, what an order works out to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from infusionroom.domain.course_file import CourseFile, PatientHistory
from infusionroom.domain.dose import PumpRate, quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.news2 import PART_NAMES, News2
from infusionroom.domain.order_rate import amount_over
from infusionroom.domain.outcome import Reason
from infusionroom.domain.visit import Visit
from infusionroom.tui.present.cells import Cell, Line, clean, cut, fit_line
from infusionroom.tui.present.marks import PHASE_SIGN, PHASE_STYLE, PHASE_WORD
from infusionroom.tui.present.times import clock_time, day_words, h_mm

Tone = Literal["plain", "good", "warn", "bad", "dim"]
LONGEST_NAME: Final = 34
TONE_STYLES: Final[dict[str, str]] = {
    "plain": "text",
    "good": "ok",
    "warn": "warn",
    "bad": "high",
    "dim": "dim",
}


def who_line(visit: Visit, *, gap: int = 3, since: str = "", blind: bool = False) -> Line:
    """Who a form is about, so that nobody charts on the wrong person; `since` is how long they are in that state.

    Where a second person reads the wristband again, a `blind` line has nothing that could be copied from it.
    """
    patient = visit.patient
    name = clean(f"{patient.family}, {patient.given}" if patient.given else patient.family)
    space = " " * gap
    cells = [Cell(cut(name, LONGEST_NAME), "strong")]
    if patient.birth_date and not blind:
        cells.append(Cell(f"{space}born {day_words(patient.birth_date)[4:]}"))
    if patient.record_number and not blind:
        cells.append(Cell(f"{space}record {clean(patient.record_number)}"))
    if visit.chair is not None:
        cells.append(Cell(f"{space}chair {visit.chair}"))
    cells.append(Cell(space))
    cells.append(
        Cell(f"{PHASE_SIGN[visit.phase]} {PHASE_WORD[visit.phase]}", PHASE_STYLE.get(visit.phase, "text"))
    )
    if since:
        cells.append(Cell(f" {since}", "strong"))
    return tuple(cells)


def news2_line(score: News2) -> tuple[str, Tone]:
    """The NEWS2 total with its band, or what is missing for one: a missing part is never zero."""
    if score.total is None:
        missing = ", ".join(PART_NAMES[part] for part in score.missing)
        return f"NEWS2 – without {missing}", "dim"
    tones: dict[str, Tone] = {"low": "good", "low-medium": "warn", "medium": "warn", "high": "bad"}
    return f"NEWS2 {score.total} ({score.band})", tones[score.band or "low"]


def total_line(name: str, total: int | None, needed: int, left: int) -> tuple[str, Tone]:
    """A score's total against what it needs, or how many items are still to take."""
    if total is None:
        return f"{name} – {left} of 5 still to score", "dim"
    return f"{name} {total} of 10, needs {needed}", "good" if total >= needed else "warn"


def rate_words(rate: PumpRate) -> str:
    """`12.5 mL/h = 25 mg/h = 0.31 mg/kg/h`."""
    words = f"{dose_text(rate.ml_h)} mL/h = {dose_text(rate.mg_h)} mg/h"
    if rate.mg_per_kg_h is not None:
        words += f" = {dose_text(quantity(rate.mg_per_kg_h, 3))} mg/kg/h"
    return words


def course_words(rate: PumpRate, minutes: int, start: datetime, timezone: str) -> str:
    """What the rate comes to over the whole time: `over 4:00: 100 mg in 50 mL, ends 14:42 if started now`."""
    mg, ml = amount_over(rate.mg_h, minutes), amount_over(rate.ml_h, minutes)
    end = clock_time(start + timedelta(minutes=minutes), timezone)
    return f"over {h_mm(minutes * 60)}: {dose_text(mg)} mg in {dose_text(ml)} mL, ends {end} if started now"


def dose_limit_words(concern: Literal["soft", "hard"], limit: Decimal) -> tuple[str, Tone]:
    """What a limit asks for: a reason above the soft one, a physician's override above the hard one."""
    if concern == "hard":
        return f"Above the hard limit of {dose_text(limit)} mg/kg/h: a physician must override it.", "bad"
    return f"Above the soft limit of {dose_text(limit)} mg/kg/h: give the reason.", "warn"


def form_head(visit: Visit | None, chair: int | None, width: int, *, blind: bool = False) -> Line:
    """The first line of a form: the person it is about, else the chair, else nothing."""
    if visit is not None:
        return fit_line(who_line(visit, gap=3 if width >= 90 else 2, blind=blind), width)
    return (Cell(f"chair {chair}", "strong"),) if chair is not None else ()


def file_head(course: CourseFile | None, history: PatientHistory | None, today: date, width: int) -> Line:
    """The first line of a form about a course, or a patient's file; nothing for any other."""
    from infusionroom.tui.present.course_head import about_course
    from infusionroom.tui.present.patients import patient_line

    if course is not None:
        return fit_line(about_course(course, today, gap=3 if width >= 90 else 2), width)
    return fit_line(patient_line(history.patient, today), width) if history is not None else ()


def key_line(keys: Sequence[tuple[str, str]]) -> Line:
    """The keys of a form, as the board's footer writes them."""
    cells: list[Cell] = []
    for key, word in keys:
        cells += [Cell("   " if cells else ""), Cell(key, "key"), Cell(f" {word}", "word")]
    return tuple(cells)


def blamed(reasons: Sequence[Reason], labels: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Which refusal stands beside which field, and which are about none of them.

    A reason is about the field that its sentence begins with or names as “the rate”, or that its rule names.
    """
    beside: dict[str, str] = {}
    rest: list[str] = []
    for reason in reasons:
        field = next((name for name, label in labels.items() if _about(reason, name, label)), None)
        if field is None or field in beside:
            rest.append(reason.text)
        else:
            beside[field] = reason.text
    return beside, tuple(rest)


def _about(reason: Reason, name: str, label: str) -> bool:
    text, word = reason.text.casefold(), label.casefold()
    return reason.rule == name or text.startswith(f"{word} ") or f" the {word} " in text


def shortened(lines: Sequence[Line], room: int) -> tuple[Line, ...]:
    """The lines that fit into `room`, and how many more there are."""
    if len(lines) <= room:
        return tuple(lines)
    return (*lines[: room - 1], (Cell(f"… and {len(lines) - room + 1} more", "dim"),))
