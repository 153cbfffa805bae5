"""The day's visits as CSV, one a row, safe to open in a spreadsheet (RFC 4180, UTF-8).

It holds the visits alone: the room's figures are a different table and stand in the other formats. A byte order
mark tells spreadsheets that it is UTF-8. A text that a spreadsheet would take for a formula gets an apostrophe
before it; numbers that are ours stay numbers. Instants are local with their offset, durations whole minutes.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Final

from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.figures import DayFigures
from infusionroom.domain.names import readable
from infusionroom.domain.visit_figures import PainFigure, VisitFigures
from infusionroom.report.visit_lines import visit_lines, vitals_text
from infusionroom.report.wording import LocalClock

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"

Cell = str | int | Decimal | bool | None

# Also after a semicolon: where the list separator is one, that would begin a cell of its own.
_FORMULA: Final = re.compile(r"(^|;)([\s\"']*)(?=[=+\-@＝＋－＠\t\r\n])")


def to_csv(summary: DayFigures) -> str:
    """The visits of the day, then those carried over from earlier days, under one row of headings."""
    clock = LocalClock(summary.timezone, summary.day)
    out = io.StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    rows = [_row(summary, visit, clock, carried_over=False) for visit in summary.visits]
    rows += [_row(summary, visit, clock, carried_over=True) for visit in summary.carried_over]
    writer.writerow(COLUMNS)
    writer.writerows([cell_text(row[column]) for column in COLUMNS] for row in rows)
    return out.getvalue()


def cell_text(cell: Cell) -> str:
    """How a value stands in the file; a text that would be a formula is made one that is not."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return str(cell)
        case Decimal():
            return dose_text(cell)
        case _:
            return _FORMULA.sub(r"\1\2'", readable(cell))


def _row(
    summary: DayFigures, visit: VisitFigures, clock: LocalClock, *, carried_over: bool
) -> dict[str, Cell]:
    patient, times, order = visit.patient, visit.times, visit.order
    leaving, answer, padss = visit.leaving, visit.response, visit.last_padss
    words = {label: "; ".join(texts) for label, texts in visit_lines(visit, clock)}
    return {
        "day": summary.day.isoformat(),
        "visit": visit.visit,
        "carried_over": carried_over,
        "placer": visit.appointment.placer if visit.appointment else None,
        "filler": visit.appointment.filler if visit.appointment else None,
        "family": patient.family,
        "given": patient.given,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "record_number": patient.record_number,
        "walk_in": visit.walk_in,
        "course_day": visit.course.day if visit.course else None,
        "course_of": visit.course.of if visit.course else None,
        "outcome": visit.outcome.value,
        "why": visit.ended_why or visit.stop_why,
        "stopped_early": visit.stopped_early if visit.times.started_at else None,
        "chairs": " ".join(str(stay.chair) for stay in visit.stays),
        "planned_start": clock.iso(times.planned_start),
        "arrived": clock.iso(times.arrived_at),
        "seated": clock.iso(times.seated_at),
        "started": clock.iso(times.started_at),
        "stopped": clock.iso(times.stopped_at),
        "ready": clock.iso(times.ready_at),
        "left": clock.iso(times.left_at),
        "running_min": _minutes(visit.running_s),
        "wall_min": _minutes(visit.wall_s),
        "paused_min": _minutes(visit.paused_s),
        "pauses": words.get("Pauses"),
        "drug": order.drug if order else None,
        "given_mg": _amount(visit.given_mg),
        "given_ml": _amount(visit.given_ml),
        "boluses": words.get("Boluses"),
        "adjuncts": words.get("Adjuncts"),
        "pain_before": _pain(visit.pain_before),
        "pain_after": _pain(visit.pain_after),
        "pain_change": visit.pain_change,
        "course_baseline": answer.baseline if answer else None,
        "responder_30": answer.responder_30 if answer else None,
        "responder_50": answer.responder_50 if answer else None,
        "aldrete": visit.last_aldrete.total if visit.last_aldrete else None,
        "padss": padss.total if padss else None,
        "padss_pain": padss.nrs if padss else None,
        "padss_pain_acceptable": padss.acceptable if padss else None,
        "news2": visit.last_vitals.news2.total if visit.last_vitals else None,
        "last_vitals": vitals_text(visit.last_vitals.vitals) if visit.last_vitals else None,
        "recovery_min": _minutes(visit.recovery_s),
        "stop_to_left_min": _minutes(visit.stop_to_left_s),
        "ready_to_left_min": _minutes(visit.ready_to_left_s),
        "waits": words.get("Ready to left") if visit.waits else None,
        "overrides": words.get("Overridden"),
        "dose_limits": words.get("Dose limits"),
        "against_advice": leaving.against_advice if leaving else None,
        "missing": ", ".join(leaving.missing) if leaving else None,
        "accompanied_by": leaving.accompanied_by if leaving else None,
        "signed_off_by": leaving.signed_off_by if leaving else None,
        "prescriber": order.prescriber if order else None,
        "double_checked_by": order.double_checked_by if order else None,
        "corrections": visit.corrections,
        "billing_hint": words.get("Billing hint"),
        "side_effects": words.get("Side effects"),
        "patient_id": visit.patient_id,
        "course_id": visit.course_id,
    }


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else seconds // 60


def _amount(value: Decimal | None) -> Decimal | None:
    return None if value is None else quantity(value, 1)


def _pain(figure: PainFigure | None) -> Cell:
    if figure is None:
        return None
    return "unable" if figure.nrs is None else figure.nrs


COLUMNS: Final[tuple[str, ...]] = (
    "day",
    "visit",
    "carried_over",
    "placer",
    "filler",
    "family",
    "given",
    "birth_date",
    "record_number",
    "walk_in",
    "course_day",
    "course_of",
    "outcome",
    "why",
    "stopped_early",
    "chairs",
    "planned_start",
    "arrived",
    "seated",
    "started",
    "stopped",
    "ready",
    "left",
    "running_min",
    "wall_min",
    "paused_min",
    "pauses",
    "drug",
    "given_mg",
    "given_ml",
    "boluses",
    "adjuncts",
    "pain_before",
    "pain_after",
    "pain_change",
    "course_baseline",
    "responder_30",
    "responder_50",
    "aldrete",
    "padss",
    "padss_pain",
    "padss_pain_acceptable",
    "news2",
    "last_vitals",
    "recovery_min",
    "stop_to_left_min",
    "ready_to_left_min",
    "waits",
    "overrides",
    "dose_limits",
    "against_advice",
    "missing",
    "accompanied_by",
    "signed_off_by",
    "prescriber",
    "double_checked_by",
    "corrections",
    "billing_hint",
    "side_effects",
    "patient_id",
    "course_id",
)
