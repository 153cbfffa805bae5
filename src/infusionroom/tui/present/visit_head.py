"""The head of the visit screen: who, where they stand, when what happened, and the figures of the infusion."""

from __future__ import annotations

from datetime import datetime, timedelta

from infusionroom.domain.board import Alarm
from infusionroom.domain.dose import quantity
from infusionroom.domain.dose_words import dose_text
from infusionroom.domain.fold_person import phase_since
from infusionroom.domain.visit import Infusion, Visit
from infusionroom.tui.present.cells import Cell, Line, clean, fit_line
from infusionroom.tui.present.form_words import who_line
from infusionroom.tui.present.marks import ALARM_MARK, progress
from infusionroom.tui.present.times import clock_time, day_words, h_mm, left_words, zone

_BAR = 24


def head_lines(
    visit: Visit, alarms: tuple[Alarm, ...], now: datetime, timezone: str, width: int
) -> tuple[Line, ...]:
    """Four lines: the person, the day's times, the infusion's figures, what needs a hand."""
    return tuple(
        fit_line((Cell(" "), *line), width)
        for line in (
            _person(visit, now, timezone, narrow=width < 100),
            times_line(visit, timezone, most=5 if width < 100 else 7),
            figures_line(visit, now, timezone, bar=_BAR if width >= 110 else 0),
            alarm_line(visit, alarms),
        )
    )


def _person(visit: Visit, now: datetime, timezone: str, *, narrow: bool) -> Line:
    began = phase_since(visit)
    elapsed = h_mm(int((now - began).total_seconds())) if began is not None and visit.here else ""
    cells = [*who_line(visit, gap=2 if narrow else 3, since=elapsed)]
    local = visit.plan.start.astimezone(zone(timezone)).date()
    if local != now.astimezone(zone(timezone)).date():
        cells.append(Cell(f"   {day_words(local)}", "warn"))
    return tuple(cells)


def times_line(visit: Visit, timezone: str, *, most: int = 7) -> Line:
    """`day 3/5  planned 08:00  arrived 07:52  seated 07:58  started 08:10  ended …`: the last `most` of them."""
    infusion = visit.infusion
    moments = (
        ("planned", visit.plan.start),
        ("arrived", visit.arrived_at),
        ("seated", visit.seated_at),
        ("started", infusion.started_at if infusion else None),
        ("ended", visit.stopped_at),
        ("ready", visit.ready_at),
        ("left", visit.left_at),
    )
    cells: list[Cell] = []
    if course := visit.plan.course:
        cells.append(Cell(f"day {course.day}/{course.of}", "strong"))
    for word, at in [(word, at) for word, at in moments if at is not None][-most:]:
        cells += [
            Cell(f"{'  ' if cells else ''}{word} ", "dim"),
            Cell(clock_time(at, timezone), "text"),
        ]
    if visit.ended_why:
        cells.append(Cell(f"   {clean(visit.ended_why)}", "warn"))
    return tuple(cells)


def figures_line(visit: Visit, now: datetime, timezone: str, *, bar: int) -> Line:
    """What runs: given of ordered, rate, mg and mL, left and end; after the end what it came to."""
    infusion = visit.infusion
    if infusion is None:
        return _before_start(visit)
    at = infusion.stopped_at or now
    ran, ordered = infusion.running_s(at), infusion.duration_min * 60
    gap = "   " if bar else "  "
    given = (
        Cell(f"{h_mm(ran)} of {h_mm(ordered)} h", "strong"),
        Cell(f"{gap}{dose_text(quantity(infusion.given_mg(at)))} mg", "strong"),
        Cell(f"{gap}{dose_text(quantity(infusion.given_ml(at)))} mL", "text"),
    )
    drawn = (*progress(ran, ordered, bar, paused=infusion.paused), Cell(" ")) if bar else ()
    if infusion.stopped_at is not None:
        return (*drawn, *given, *_ended(infusion, now, gap))
    return (*drawn, *given, *_running(infusion, now, timezone, gap))


def _before_start(visit: Visit) -> Line:
    if visit.order is None:
        return (Cell("no order yet", "dim"),)
    order = visit.order.body
    rate = f"{dose_text(order.rate_ml_h)} mL/h = {dose_text(order.rate_mg_h)} mg/h"
    return (
        Cell("ordered ", "dim"),
        Cell(f"{clean(order.drug)} {rate}", "strong"),
        Cell(f"  for {h_mm(order.duration_min * 60)} h, {clean(order.prescriber)}", "dim"),
    )


def _running(infusion: Infusion, now: datetime, timezone: str, gap: str) -> Line:
    rate = f"{dose_text(infusion.rate_ml_h)} mL/h = {dose_text(infusion.rate_mg_h)} mg/h"
    left = infusion.left_s(now)
    ends = clock_time(now + timedelta(seconds=max(0, left)), timezone)
    end = (Cell(f"{gap}{left_words(left)}", "strong"), Cell(f"{gap}ends {ends}", "dim"))
    if infusion.paused:
        why = clean(infusion.pauses[-1].why)
        return (Cell(f"{gap}‖ paused: {why}", "paused"), *end, Cell(f"{gap}set to {rate}", "dim"))
    return (Cell(f"{gap}{rate}", "infusing"), *end)


def _ended(infusion: Infusion, now: datetime, gap: str) -> Line:
    wall = Cell(f"{gap}wall {h_mm(infusion.wall_s(now))}", "dim")
    if infusion.stopped_early:
        return (wall, Cell(f"{gap}ended early: {clean(infusion.stop_why)}", "warn"))
    return (wall, Cell(f"{gap}complete", "ok"))


def alarm_line(visit: Visit, alarms: tuple[Alarm, ...]) -> Line:
    """What needs a hand for this person, the highest first; who has seen it."""
    mine = [alarm for alarm in alarms if alarm.visit == visit.id]
    cells: list[Cell] = []
    for alarm in mine[:3]:
        seen = f" (seen by {clean(alarm.acknowledged_by)})" if alarm.silenced else ""
        cells += [
            Cell("   " if cells else ""),
            Cell(f"{ALARM_MARK[alarm.priority]} {clean(alarm.text)}", alarm.priority),
            Cell(seen, "dim"),
        ]
    return tuple(cells)
