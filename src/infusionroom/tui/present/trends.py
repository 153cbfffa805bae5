"""Small drawings of pain, pressure, saturation, pulse and rate over the visit, with their scales.

Drawn by hand from block characters: a trend here is a dozen readings in a corner of the screen, and needs neither
a plotting library's import nor its canvas. Pressure stands as on a paper chart: ˅ systolic, ˄ diastolic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from infusionroom.domain.clinic import Rules
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.events import VitalsTaken
from infusionroom.domain.visit import Visit
from infusionroom.domain.vitals import in_range
from infusionroom.tui.present.cells import Cell, Line, fit_line
from infusionroom.tui.present.times import clock_time, zone

TRENDS_TITLE = "Trends"
TRENDS_EMPTY = (
    "Pain, pressure, SpO₂, pulse and rate over time appear here.",
    "v enters vitals, P a pain rating.",
)
SYSTOLIC, DIASTOLIC, BETWEEN = "v", "^", "│"
PLOTS = 5
_EIGHTHS = "▁▂▃▄▅▆▇█"
_LABEL = 5
# Pain, pressure, saturation, pulse, rate: how high each may grow, and in which order they do.
_MOST = (6, 8, 6, 6, 2)
_FIRST_TO_GROW = (1, 2, 0, 3, 4)


class Reading(NamedTuple):
    """A value at a moment, and the style that says whether it is within its limits."""

    at: datetime
    value: Decimal
    style: str = "bar"


class Scale(NamedTuple):
    """The values of the lowest and the highest edge of a drawing."""

    low: int
    high: int


class Span(NamedTuple):
    """The time that a drawing covers."""

    since: datetime
    until: datetime

    def column(self, at: datetime, width: int) -> int:
        """Where a moment lies among `width` columns."""
        whole = (self.until - self.since).total_seconds() or 1.0
        return max(0, min(width - 1, int((at - self.since).total_seconds() / whole * width)))


Canvas = list[list[Cell]]


def trend_lines(
    visit: Visit, rules: Rules, now: datetime, timezone: str, width: int, height: int
) -> tuple[Line, ...]:
    """All drawings one below the other, with one axis of time; empty where nothing was measured yet."""
    span = span_of(visit, now)
    if span is None or width < 24:
        return ()
    across = width - _LABEL - 2
    lines: list[Line] = []
    for title, canvas, scale in _drawings(visit, rules, now, timezone, span, across, heights(height)):
        lines.append(fit_line(title, width))
        lines += [_labelled(row, n, len(canvas), scale, width) for n, row in enumerate(canvas)]
    lines.append(time_axis(span, timezone, width))
    return tuple(lines)


def heights(height: int) -> tuple[int, ...]:
    """Rows of each drawing, so that all of them, their titles and the axis fill `height` where they can.

    Pressure gets the first row that is over, then saturation, pain and pulse; the rate needs least.
    """
    rows = [1] * PLOTS
    free = height - 1 - 2 * PLOTS
    while free > 0 and any(rows[n] < _MOST[n] for n in _FIRST_TO_GROW):
        for n in _FIRST_TO_GROW:
            if free > 0 and rows[n] < _MOST[n]:
                rows[n] += 1
                free -= 1
    return tuple(rows)


def span_of(visit: Visit, now: datetime) -> Span | None:
    """From the first reading (or the start) to the last, or to now while the person is here."""
    moments = [*(v.at for v in visit.vitals), *(p.at for p in visit.pains)]
    if visit.infusion:
        moments.append(visit.infusion.started_at)
    if not moments:
        return None
    since = min(moments)
    until = now if visit.here else max([*moments, *filter(None, (visit.stopped_at, visit.ended_at))])
    return Span(since, max(until, since + timedelta(minutes=30)))


def _drawings(
    visit: Visit, rules: Rules, now: datetime, timezone: str, span: Span, width: int, rows: tuple[int, ...]
) -> list[tuple[Line, Canvas, Scale]]:
    pains = [Reading(p.at, Decimal(p.body.nrs), "paused") for p in visit.pains if p.body.nrs is not None]
    pressure = [(v.at, v.body) for v in visit.vitals if v.body.sbp is not None and v.body.dbp is not None]
    drawings = [
        _bars("Pain 0–10", pains, Scale(0, 10), span, width, rows[0], timezone),
        _pressure(visit, rules, pressure, span, width, rows[1], timezone),
    ]
    for n, title, sign, floor in ((2, "SpO₂ %", "spo2", 85), (3, "Pulse /min", "hr", 0)):
        readings = _signs(visit, rules, sign)
        scale = Scale(_low([r.value for r in readings], 5, floor), 100) if floor else _round_scale(readings)
        drawings.append(_bars(title, readings, scale, span, width, rows[n], timezone))
    drawings.append(_rate(visit, now, span, width, rows[4]))
    return drawings


def _signs(visit: Visit, rules: Rules, sign: str) -> list[Reading]:
    found = []
    for taken in visit.vitals:
        value = getattr(taken.body, sign)
        if value is not None:
            found.append(Reading(taken.at, Decimal(value), _style(visit, rules, taken.body, sign)))
    return found


def _style(visit: Visit, rules: Rules, body: VitalsTaken, *signs: str) -> str:
    baseline = visit.baseline() if visit.infusion else None
    broken = [b.priority for b in in_range(body, baseline, rules.limits) if b.sign in signs]
    return next((p for p in ("high", "medium", "low") if p in broken), "bar")


def _low(values: Sequence[Decimal], step: int, at_most: int) -> int:
    lowest = min(values, default=Decimal(at_most))
    return min(at_most, int(lowest) // step * step)


def _round_scale(readings: Sequence[Reading]) -> Scale:
    values = [r.value for r in readings] or [Decimal(60), Decimal(100)]
    low, high = int(min(values)) // 20 * 20, -(-int(max(values)) // 20) * 20
    return Scale(low, high if high > low else low + 20)


def _blank(width: int, rows: int) -> Canvas:
    return [[Cell(" ") for _ in range(width)] for _ in range(rows)]


def _level(value: Decimal, scale: Scale, rows: int) -> int:
    """How many eighths of a row a bar is high: at least one, so that a reading at the foot is seen."""
    share = (value - scale.low) / (scale.high - scale.low)
    return max(1, min(rows * 8, round(share * rows * 8)))


def _column_bar(canvas: Canvas, column: int, eighths: int, style: str) -> None:
    rows = len(canvas)
    for row in range(rows):
        here = eighths - (rows - 1 - row) * 8
        if here > 0:
            canvas[row][column] = Cell(_EIGHTHS[min(here, 8) - 1], style)


def _bars(
    title: str, readings: list[Reading], scale: Scale, span: Span, width: int, rows: int, timezone: str
) -> tuple[Line, Canvas, Scale]:
    canvas = _blank(width, rows)
    for reading in readings:
        _column_bar(canvas, span.column(reading.at, width), _level(reading.value, scale, rows), reading.style)
    return _titled(title, readings, timezone), canvas, scale


def _titled(title: str, readings: list[Reading], timezone: str) -> Line:
    if not readings:
        return (Cell(f" {title}", "title"), Cell("  not taken yet", "dim"))
    last = readings[-1]
    values = [r.value for r in readings]
    cells = [
        Cell(f" {title}", "title"),
        Cell(
            f"  {dose_text(last.value)}", last.style if last.style in ("high", "medium", "low") else "strong"
        ),
        Cell(f" at {clock_time(last.at, timezone)}", "dim"),
    ]
    if len(readings) > 1:
        cells.append(Cell(f"   {dose_text(min(values))} to {dose_text(max(values))}", "dim"))
    return tuple(cells)


def _pressure(
    visit: Visit,
    rules: Rules,
    taken: list[tuple[datetime, VitalsTaken]],
    span: Span,
    width: int,
    rows: int,
    timezone: str,
) -> tuple[Line, Canvas, Scale]:
    canvas = _blank(width, rows)
    both = [Reading(at, Decimal(v)) for at, body in taken for v in (body.sbp or 0, body.dbp or 0)]
    scale = _round_scale(both)
    for at, body in taken:
        style = _style(visit, rules, body, "sbp", "dbp")
        column = span.column(at, width)
        top = _row_of(Decimal(body.sbp or 0), scale, rows)
        foot = _row_of(Decimal(body.dbp or 0), scale, rows)
        for row in range(top, foot + 1):
            canvas[row][column] = Cell(BETWEEN, "dim")
        canvas[foot][column] = Cell(DIASTOLIC, style)
        canvas[top][column] = Cell(SYSTOLIC if top != foot else "x", style)
    title = Cell(" Pressure mmHg", "title")
    if not taken:
        return (title, Cell("  not taken yet", "dim")), canvas, scale
    at, last = taken[-1]
    style = _style(visit, rules, last, "sbp", "dbp")
    words = Cell(f"  {last.sbp}/{last.dbp}", style if style != "bar" else "strong")
    systolic = [body.sbp or 0 for _, body in taken]
    more = f"   {min(systolic)} to {max(systolic)}" if len(taken) > 1 else ""
    return (title, words, Cell(f" at {clock_time(at, timezone)}{more}", "dim")), canvas, scale


def _row_of(value: Decimal, scale: Scale, rows: int) -> int:
    share = (value - scale.low) / (scale.high - scale.low)
    return max(0, min(rows - 1, rows - 1 - int(share * rows)))


def _rate(visit: Visit, now: datetime, span: Span, width: int, rows: int) -> tuple[Line, Canvas, Scale]:
    canvas = _blank(width, rows)
    title = Cell(" Rate mL/h", "title")
    infusion = visit.infusion
    if infusion is None:
        return (title, Cell("  not started", "dim")), canvas, Scale(0, 1)
    top = max([s.ml_h for s in infusion.spans] or [Decimal(1)])
    scale = Scale(0, max(1, int(top) + (top != int(top))))
    for ran in infusion.spans:
        first, last = span.column(ran.from_, width), span.column(ran.until or now, width)
        for column in range(first, last + 1):
            _column_bar(canvas, column, _level(ran.ml_h, scale, rows), "infusing")
    for pause in infusion.pauses:
        column = span.column(pause.since, width)
        canvas[-1][column] = Cell("‖", "paused")
    if infusion.stopped_at is not None:
        state = "ended"
    else:
        state = "paused" if infusion.paused else f"{dose_text(infusion.rate_ml_h)} now"
    pauses = f"   {len(infusion.pauses)} paused" if infusion.pauses else ""
    return (title, Cell(f"  {state}", "strong"), Cell(pauses, "dim")), canvas, scale


def _labelled(row: list[Cell], number: int, rows: int, scale: Scale, width: int) -> Line:
    foot = str(scale.low) if number == rows - 1 else ""
    label = str(scale.high) if number == 0 else foot
    return fit_line((Cell(f"{label:>{_LABEL}}", "dim"), Cell("┤", "frame"), *row), width)


def time_axis(span: Span, timezone: str, width: int) -> Line:
    """Full hours below the drawings: `08    09    10`; every other one where they would touch."""
    across = width - _LABEL - 2
    marks = [" "] * (width + 3)
    local = span.since.astimezone(zone(timezone))
    hour = local.replace(minute=0, second=0, microsecond=0).astimezone(span.since.tzinfo)
    hours = []
    while hour <= span.until:
        if hour >= span.since:
            hours.append(hour)
        hour += timedelta(hours=1)
    step = next((n for n in (1, 2, 3, 4, 6, 12) if len(hours) * 4 <= across * n), 24)
    for mark in hours[::step]:
        column = _LABEL + 1 + span.column(mark, across)
        for offset, char in enumerate(clock_time(mark, timezone)[:2] + "h"):
            marks[column + offset] = char
    return (Cell("".join(marks)[:width], "dim"),)
