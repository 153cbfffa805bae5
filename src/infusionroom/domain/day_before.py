"""What stands beside a day's order: the day before, so that it is seen what is being raised, and how it was borne."""

from __future__ import annotations

from decimal import Decimal

from infusionroom.domain.course_days import CourseDay
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text


def day_before_lines(before: CourseDay | None) -> tuple[str, ...]:
    """The last day of the course on which something was infused: its dose, how it was borne, and the pain.

    Empty on the first day. `Day 2 of 5 (80 %): 33.4 mg/h = 0.4 mg/kg/h, 133.6 mg given`, then
    `Pain 8 → 4; worst: moderate nausea; stopped early: nausea`.
    """
    if before is None or before.visit is None:
        return ()
    return (
        f"Day {before.number} of {before.of} ({before.percent} %): {_dose(before)}",
        f"{_pain(before.visit.pain_before, before.visit.pain_after)}; {_borne(before)}",
    )


def _dose(day: CourseDay) -> str:
    row = day.visit
    assert row is not None
    parts = []
    if row.ordered_mg_h is not None:
        per_kg = row.ordered_mg_per_kg_h
        in_kg = f" = {dose_text(quantity(Decimal(per_kg), 3))} mg/kg/h" if per_kg is not None else ""
        parts.append(f"{row.ordered_mg_h} mg/h{in_kg}")
        if row.highest_mg_h is not None and Decimal(row.highest_mg_h) > Decimal(row.ordered_mg_h):
            parts.append(f"raised to {row.highest_mg_h} mg/h")
    else:
        parts.append("no order on record")
    if row.given_mg is not None:
        parts.append(f"{dose_text(quantity(Decimal(row.given_mg)))} mg given")
    elif row.started_at is not None and row.stopped_at is None:
        parts.append("still running")
    return ", ".join(parts)


def _pain(before: int | None, after: int | None) -> str:
    if before is None and after is None:
        return "Pain not rated"
    return f"Pain {_nrs(before)} → {_nrs(after)}"


def _nrs(rating: int | None) -> str:
    return "–" if rating is None else str(rating)


def _borne(day: CourseDay) -> str:
    row = day.visit
    assert row is not None
    worst = f"worst: {row.side_effect}" if row.side_effect else "no side effect charted"
    if not row.stopped_early:
        return worst
    return f"{worst}; stopped early" + (f": {row.stop_why}" if row.stop_why else "")
