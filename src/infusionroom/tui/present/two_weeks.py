"""The sheet of one or two weeks, chairs × days, drawn into a frame; and what the cell under the cursor is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from textwrap import wrap
from typing import Final, NamedTuple

from infusionroom.domain.working_days import day_text
from infusionroom.tui.present.cells import (
    Cell,
    Line,
    clean,
    cut,
    fit,
    fit_line,
    line_width,
    width_of,
    wrapped,
)
from infusionroom.tui.present.frame import PaneText, PaneView, frame
from infusionroom.tui.present.times import clock_time
from infusionroom.tui.two_weeks import NO_CHAIR, Booked, Column

SHEET_LEGEND: Final = "* first time  ? to be assigned  ! to be moved  ~ any chair  × closed"
READING: Final = ("reading …",)
_LABEL: Final = 4
_WEEKEND: Final = 1
# Below this, a column tells nobody apart.
_LEAST_COLUMN: Final = 10


class Place(NamedTuple):
    """Where the cursor is: a day, a chair (0: those without one) and which of the bookings in that cell."""

    day: date
    chair: int
    nth: int = 0


class Shape(NamedTuple):
    """How the sheet is laid out: a column's cells, and how many lines a booking takes."""

    column: int
    lines: int
    gap: int


def days_that_fit(width: int) -> int:
    """Two weeks where ten columns can be read, else one."""
    return 14 if (width - 2 - _LABEL - 4 * _WEEKEND) // 10 >= _LEAST_COLUMN else 7


def chairs_of(columns: Sequence[Column], chairs: int) -> tuple[int, ...]:
    """The sheet's rows: the chairs, and at the end those without one, where there are some."""
    without = any(NO_CHAIR in column.chairs for column in columns)
    return (*range(1, chairs + 1), *((NO_CHAIR,) if without else ()))


def shape_of(columns: Sequence[Column], rows: Sequence[int], width: int, height: int) -> Shape:
    """As much as fits: two lines a booking and a blank line between chairs, if the window is high enough."""
    narrow = sum(1 for column in columns if column.narrow)
    column = (width - 2 - _LABEL - narrow * _WEEKEND) // max(1, len(columns) - narrow)
    room = height - 4
    for lines, gap in ((2, 1), (2, 0), (1, 1), (1, 0)):
        if sum(_most(columns, chair) * lines + gap for chair in rows) <= room:
            return Shape(column, lines, gap)
    return Shape(column, 1, 0)


def _most(columns: Sequence[Column], chair: int) -> int:
    return max(1, *(len(column.chairs.get(chair, ())) for column in columns))


def sheet_lines(
    columns: Sequence[Column],
    chairs: int,
    free: Mapping[date, int],
    place: Place,
    *,
    today: date,
    size: tuple[int, int],
    timezone: str,
) -> tuple[Line, ...]:
    """The sheet as exactly `size` (width, height) cells; it scrolls to where the cursor is."""
    width, height = size
    rows = chairs_of(columns, chairs)
    shape = shape_of(columns, rows, width, height)
    body: list[Line] = []
    at = 0
    for chair in rows:
        if chair == place.chair:
            at = len(body) + place.nth * shape.lines
        body += _chair_lines(columns, chair, place, shape, timezone, first=chair == rows[0])
    room = max(1, height - 4)
    top = max(0, min(at - room // 2, len(body) - room))
    shown = body[top : top + room]
    shown += [_blank_line(columns, shape)] * (room - len(shown))
    shown.append(_free_line(columns, free, shape))
    first, last = columns[0].day, columns[-1].day
    weeks = "Two weeks" if len(columns) > 7 else "Week"
    title = f"{weeks}  {day_text(first)} – {day_text(last)} {last.year}"
    pane = PaneText(title, (), head=_head(columns, shape, today), legend=SHEET_LEGEND)
    drawn = frame(pane, PaneView(width, height, focused=True))
    inside = [
        (drawn[0][0]._replace(text="│"), *fit_line(line, width - 2), Cell("│", "frame.focus"))
        for line in shown
    ]
    return (*drawn[:2], *inside, drawn[-1])


def _head(columns: Sequence[Column], shape: Shape, today: date) -> Line:
    cells = [Cell(" " * _LABEL, "head")]
    for column in columns:
        if column.narrow:
            cells.append(Cell(" " * _WEEKEND))
            continue
        style = "title.focus" if column.day == today else "dim" if column.closed else "strong"
        words = f"{column.day:%a} {column.day.day}" + (f" {column.day:%b}" if column.day.day == 1 else "")
        words += " ×" if column.closed else ""
        words += " today" if column.day == today and shape.column >= len(words) + 8 else ""
        cells.append(Cell(fit(words, shape.column - 1) + " ", style))
    return tuple(cells)


def _chair_lines(
    columns: Sequence[Column], chair: int, place: Place, shape: Shape, timezone: str, *, first: bool
) -> list[Line]:
    depth = _most(columns, chair) * shape.lines
    label = f"{chair:>3} " if chair != NO_CHAIR else " no "
    made = []
    for n in range(depth + shape.gap):
        cells = [Cell(label if n == 0 else " " * _LABEL, "chair" if chair != NO_CHAIR else "warn")]
        for column in columns:
            cells.append(_cell(column, chair, n, depth, place, shape, timezone, first=first))
        made.append(tuple(cells))
    return made


def _cell(
    column: Column, chair: int, n: int, depth: int, place: Place, shape: Shape, timezone: str, *, first: bool
) -> Cell:
    if column.narrow:
        return Cell("░" * _WEEKEND, "frame")
    here = column.day == place.day and chair == place.chair
    booked = column.chairs.get(chair, ())
    nth = n // shape.lines
    if n >= depth or nth >= len(booked):
        words = wrap(clean(column.closed), shape.column - 1) if column.closed and first and not booked else []
        text = fit(words[n] if n < len(words) else "", shape.column)
        marked = here and n < shape.lines and not booked
        return Cell(text, "sel.dim" if marked else "dim")
    one = booked[nth]
    style = "warn" if one.wrong else "dim" if one.row.left_at else "name" if n % shape.lines == 0 else "text"
    marked = here and nth == place.nth
    text = fit(_words(one, n % shape.lines, shape, timezone), shape.column)
    return Cell(text, ("sel." if marked else "") + style)


def _mark(one: Booked) -> str:
    """The one sign that matters most."""
    return "!" if one.wrong else "?" if one.to_assign else "*" if one.first_time else ""


def _words(one: Booked, line: int, shape: Shape, timezone: str) -> str:
    """`Marlowe R*` above `08:15 2/5`; in one line `08:15*Marlowe`."""
    room = shape.column - 1
    start = clock_time(one.start, timezone)
    if shape.lines == 1:
        return f"{start}{_mark(one) or ' '}{_name(one, room - 6)}"
    if line == 0:
        mark = _mark(one)
        return _name(one, room - len(mark)) + mark
    day = f" {one.row.course_day}/{one.row.course_of}" if one.row.course_day else ""
    return cut(start + day + ("" if one.promised else " ~"), room)


def _name(one: Booked, room: int) -> str:
    """Surname and initial; where that is too long, as much of the surname as there is room for."""
    family, initial = clean(one.row.family), clean(one.row.given)[:1]
    whole = f"{family} {initial}".strip()
    return whole if width_of(whole) <= room else cut(family, room)


def _blank_line(columns: Sequence[Column], shape: Shape) -> Line:
    cells = [Cell(" " * _LABEL)]
    cells += [Cell("░" * _WEEKEND, "frame") if c.narrow else Cell(" " * shape.column) for c in columns]
    return tuple(cells)


def _free_line(columns: Sequence[Column], free: Mapping[date, int], shape: Shape) -> Line:
    cells = [Cell("free", "head")]
    for column in columns:
        if column.narrow:
            cells.append(Cell("░" * _WEEKEND, "frame"))
            continue
        more = free.get(column.day)
        text = "–" if column.closed else "…" if more is None else str(more)
        style = "dim" if column.closed or more is None else "warn" if more == 0 else "ok"
        cells.append(Cell(fit(f" {text}", shape.column), style))
    return tuple(cells)


def place_lines(
    columns: Sequence[Column], free: Mapping[date, int], place: Place, width: int, timezone: str
) -> tuple[Line, ...]:
    """The cell under the cursor in words, and what the day is like, in two lines or more."""
    column = next((c for c in columns if c.day == place.day), None)
    if column is None:
        return ()
    booked = column.chairs.get(place.chair, ())
    where = f"chair {place.chair}" if place.chair != NO_CHAIR else "no chair"
    head = f"{day_text(column.day)}, {where}"
    if not booked:
        return (
            (Cell(head, "strong"), Cell("  nobody", "dim")),
            *_day_lines(column, free.get(column.day), width),
        )
    one = booked[min(place.nth, len(booked) - 1)]
    row = one.row
    who = clean(f"{row.family}, {row.given}".strip(", "))
    parts = [f"{clock_time(one.start, timezone)}, home about {clock_time(one.home, timezone)}"]
    if row.course_day:
        parts.append(f"day {row.course_day} of {row.course_of}")
    if one.first_time:
        parts.append("first time")
    if one.to_assign:
        parts.append("to be assigned to a patient and course")
    if not one.promised and place.chair != NO_CHAIR:
        parts.append("any chair: put here as the planner would")
    if len(booked) > 1:
        parts.append(f"{place.nth + 1} of {len(booked)} in this chair")
    text = ", ".join(parts)
    wrong = tuple((Cell(words, "warn"),) for words in wrapped(f"! {one.wrong}", width)) if one.wrong else ()
    about = _day_lines(column, free.get(column.day), width)
    whole = (Cell(f"{head}  "), Cell(who, "strong"), Cell(f"  {text}"))
    if line_width(whole) <= width:
        return (whole, *wrong, *about)
    # What cannot stay like this comes first where not everything has room.
    return (whole[:2], *wrong, *((Cell(words),) for words in wrapped(text, width)), *about)


def _day_lines(column: Column, more: int | None, width: int) -> tuple[Line, ...]:
    if column.closed:
        still = f"; {column.count} still booked" if column.count else ""
        return ((Cell(cut(f"{day_text(column.day)} is {clean(column.closed)}{still}.", width), "warn"),),)
    room = (
        "" if more is None else f", room for {more} more usual infusions" if more else ", no room for another"
    )
    count = "nobody" if not column.count else f"{column.count}"
    return ((Cell(cut(f"{count} booked on this day{room}.", width), "dim"),),)


__all__ = ["Place", "chairs_of", "days_that_fit", "place_lines", "shape_of", "sheet_lines"]
