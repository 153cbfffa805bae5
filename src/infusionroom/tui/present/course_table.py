"""The days of a course as a table: what was given, what is planned, and what was decided of the rest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from infusionroom.domain.clinic import Rules
from infusionroom.domain.course_days import CourseDay, DayState
from infusionroom.domain.course_file import CourseFile
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.planned_order import PlannedOrder, planned_order
from infusionroom.domain.record import VisitRecord
from infusionroom.domain.visit import Phase
from infusionroom.domain.words import PHASE_WORDS
from infusionroom.tui.present.cells import Cell, Line, Row, clean, fit, width_of, wrapped
from infusionroom.tui.present.course_words import DAY_SIGN, DAY_STYLE, UNITS
from infusionroom.tui.present.patient_lists import pain_words
from infusionroom.tui.present.times import clock_time, day_words, zone

DAYS_EMPTY: Final = ("This course has no day.",)
_NUMBER, _DATE, _TIME, _STATE, _PERCENT, _DOSE, _MG, _PAIN = 6, 16, 6, 12, 6, 15, 7, 7
_FIXED: Final = _NUMBER + _DATE + _TIME + _STATE + _PERCENT + _DOSE + _MG + _PAIN
DAY_WORD: dict[DayState, str] = {
    DayState.HELD: "held",
    DayState.HERE: "here now",
    DayState.PLANNED: "planned",
    DayState.OPEN: "open",
    DayState.OMITTED: "omitted",
    DayState.UNDECIDED: "undecided",
}


def is_past(day: CourseDay, today: date) -> bool:
    """Whether it was planned for an earlier day, and neither took place nor was it cancelled or missed."""
    # A clinic's day is the planned start's own, near enough for a day that is over.
    return day.state is DayState.PLANNED and day.visit is not None and day.visit.day < today


def days_head(width: int) -> Line:
    """The column heads; in a narrow window the date is without its year and weekday."""
    date_width = _date_width(width)
    heads = (
        ("day", _NUMBER),
        ("date", date_width),
        ("time", _TIME),
        ("state", _STATE),
        ("ramp", _PERCENT),
        ("dose", _DOSE),
        ("mg", _MG),
        ("pain", _PAIN),
    )
    text = " " + "".join(fit(head, size) for head, size in heads) + ("remarks" if _rest(width) > 8 else "")
    return (Cell(fit(text, width), "head"),)


def _date_width(width: int) -> int:
    return _DATE if width >= 100 else 7


def _rest(width: int) -> int:
    return max(0, width - 1 - _FIXED + _DATE - _date_width(width))


def day_rows(
    file: CourseFile, rules: Rules, weight: Decimal | None, today: date, width: int, timezone: str
) -> tuple[Row, ...]:
    """One row per day; its key is the day's number."""
    return tuple(_row(file, day, rules, weight, today, width, timezone) for day in file.days)


def _row(
    file: CourseFile,
    day: CourseDay,
    rules: Rules,
    weight: Decimal | None,
    today: date,
    width: int,
    timezone: str,
) -> Row:
    row, past = day.visit, is_past(day, today)
    style = "warn" if past else DAY_STYLE[day.state]
    remark_style = "high" if day.state is DayState.UNDECIDED else "warn" if past else "dim"
    gone = day.state is DayState.OMITTED
    held = row is not None and row.started_at is not None
    plain = "dim" if gone else "text"
    date_width = _date_width(width)
    on, time = ("–", "") if day.start is None else _date_words(day.start, timezone, short=date_width < _DATE)
    given = row.given_mg if row is not None else None
    pain = pain_words(row.pain_before, row.pain_after) if row is not None else ""
    return Row(
        str(day.number),
        (
            Cell(" "),
            Cell(fit(f"{day.number}/{day.of}", _NUMBER), "strong" if not gone else "dim"),
            Cell(fit(on, date_width), plain),
            Cell(fit(time, _TIME), "dim"),
            Cell(fit(f"{DAY_SIGN[day.state]} {DAY_WORD[day.state]}", _STATE), style),
            Cell(fit("" if gone else f"{day.percent} %", _PERCENT), plain),
            Cell(fit(dose_words(file, day, rules, weight), _DOSE - 1) + " ", "strong" if held else plain),
            Cell(fit(dose_text(quantity(Decimal(given))) if given else "", _MG), "text"),
            Cell(fit(pain, _PAIN), "text"),
            Cell(fit(remarks(day, today), _rest(width)), remark_style),
        ),
    )


def _date_words(start: datetime, timezone: str, *, short: bool) -> tuple[str, str]:
    words = day_words(start.astimezone(zone(timezone)).date())
    return (words[4:].rsplit(" ", 1)[0] if short else words), clock_time(start, timezone)


def dose_words(file: CourseFile, day: CourseDay, rules: Rules, weight: Decimal | None) -> str:
    """What was ordered on a day that was held, else what the ramp says for it, in the target's unit."""
    row = day.visit
    if row is not None and row.ordered_mg_h is not None:
        if file.course.target.basis == "mg_per_kg_h" and row.ordered_mg_per_kg_h is not None:
            return f"{dose_text(quantity(Decimal(row.ordered_mg_per_kg_h), 3))} mg/kg/h"
        return f"{row.ordered_mg_h} mg/h"
    order = planned_order(file.course, day.number, weight, rules.dose, percent=day.percent)
    return "" if order is None else f"{_order_words(order)}"


def _order_words(order: PlannedOrder) -> str:
    if order.lowered_by == "cap" and order.cap_mg_h is not None:
        return f"{dose_text(order.cap_mg_h)} mg/h"
    return f"{dose_text(quantity(order.dose, 3))} {UNITS[order.basis]}"


def remarks(day: CourseDay, today: date) -> str:
    """The worst side effect, why it ended early, why it was omitted or moved, what became of its visit."""
    row = day.visit
    said = []
    if is_past(day, today):
        said.append("past: nobody has said what became of it")
    if row is not None:
        if row.side_effect:
            said.append(row.side_effect)
        if row.stopped_early:
            said.append(f"ended early: {row.stop_why}" if row.stop_why else "ended early")
        if day.state is DayState.UNDECIDED:
            said.append(f"{PHASE_WORDS[Phase(row.phase)]}: what becomes of it?")
    if day.why:
        said.append(day.why if day.state is DayState.OMITTED else f"moved: {day.why}")
    if day.state is DayState.OPEN:
        said.append("needs a date")
    return clean("; ".join(said))


def detail_lines(
    file: CourseFile,
    day: CourseDay | None,
    rules: Rules,
    weight: Decimal | None,
    today: date,
    width: int,
    timezone: str,
) -> tuple[Line, ...]:
    """Two lines on the day under the cursor: its order as the pump would run it, and its remarks in full."""
    if day is None:
        return ()
    first = [Cell(f"Day {day.number}", "strong")]
    lies = day.state in (DayState.PLANNED, DayState.HERE, DayState.HELD)
    if day.chair is not None and lies:
        first.append(Cell(f"  chair {day.chair}", "text"))
    row = day.visit
    if row is not None and row.started_at is not None:
        first.append(Cell(f"  started {clock_time(row.started_at, timezone)}", "text"))
        if row.stopped_at is not None:
            first.append(Cell(f", ended {clock_time(row.stopped_at, timezone)}", "text"))
        if row.highest_mg_h is not None and row.highest_mg_h != row.ordered_mg_h:
            first.append(Cell(f"  highest {row.highest_mg_h} mg/h", "text"))
        if in_a_day := pain_of_the_day(row):
            first.append(Cell(f"  {in_a_day}", "text"))
    else:
        first += _planned_cells(
            planned_order(file.course, day.number, weight, rules.dose, percent=day.percent)
        )
    said = remarks(day, today)
    # In full where the table had no room for it.
    cut_off = width_of(said) > _rest(width)
    return (tuple(first), *((Cell(line, "text"),) for line in wrapped(said, max(20, width))[:1] if cut_off))


def pain_of_the_day(row: VisitRecord) -> str:
    """`pain in 24 h: average 6, worst 8, least 3`, as far as it was asked; empty where it was not."""
    asked = (("average", row.pain_average), ("worst", row.pain_worst), ("least", row.pain_least))
    said = [f"{word} {nrs}" for word, nrs in asked if nrs is not None]
    return f"pain in 24 h: {', '.join(said)}" if said else ""


def _planned_cells(order: PlannedOrder | None) -> list[Cell]:
    if order is None:
        return []
    if order.rate is None:
        why = order.problem or "the pump's rate follows from the weight"
        return [Cell(f"  {order.why}: {why}", "dim")]
    rate = f"{dose_text(order.rate.ml_h)} mL/h = {dose_text(order.rate.mg_h)} mg/h"
    total = f", {dose_text(order.total_mg)} mg in all" if order.total_mg is not None else ""
    lowered = f"  {order.lowered_words}" if order.lowered_words else ""
    step = f"  {order.percent} % of {dose_text(order.target.dose)} {order.unit}"
    return [Cell(f"  {rate}{total}", "text"), Cell(step, "dim"), Cell(lowered, "warn")]
