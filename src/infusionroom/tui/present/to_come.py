"""Who is still to come, what is special about each, and what is to do of courses that are over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from infusionroom.domain.board import Board, TaskLine, ToComeLine, Tone
from infusionroom.domain.visit import Phase
from infusionroom.tui.present.cells import ELLIPSIS, Cell, Line, Row, clean, cut, fit, width_of
from infusionroom.tui.present.layout import TITLES
from infusionroom.tui.present.marks import PHASE_SIGN
from infusionroom.tui.present.people import name_cell, name_of
from infusionroom.tui.present.times import clock_time, h_mm

TO_COME_EMPTY: Final = (
    "Nobody is still to come.",
    "t books a visit, w adds a walk-in,",
    "infusionroom import FILE reads a schedule.",
)
TO_DO: Final = "To do"
SEPARATOR: Final = " · "
INDENT: Final = 7
# The next person takes at most so many lines, who comes after them fewer: what is to do is to be seen as well.
MOST_LINES: Final = 3
MOST_LINES_LATER: Final = 2
_TONE_STYLE: Final[dict[Tone, str]] = {"must": "warn", "mind": "text", "know": "dim"}
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def to_come_title(board: Board) -> str:
    """`To come`, with how much is to do besides."""
    return TITLES["to_come"] + (f"{SEPARATOR}{len(board.tasks)} to do" if board.tasks else "")


def to_come_rows(board: Board, width: int) -> tuple[Row, ...]:
    """Who is still to come, and who has arrived and waits for a chair; beneath them what is to do.

    A person's time, name, day of the course and dose stand in one line with what is special about them where that
    fits, else that follows in lines of its own with the same key.
    """
    names = max((width_of(name_of(line.who)) for line in board.to_come), default=0)
    courses = max((width_of(clean(line.course)) for line in board.to_come), default=0)
    course_width = min(5, courses)
    name_width = max(9, min(names, width - INDENT - course_width - 2 - 12))
    rows = [
        row
        for place, line in enumerate(board.to_come)
        for row in _person(
            board,
            line,
            (width, name_width, course_width),
            MOST_LINES_LATER if place else MOST_LINES,
        )
    ]
    if board.tasks:
        if rows:
            rows.append(Row("", (Cell(f" {TO_DO}", "head"),)))
        rows += [_task(board, task, width) for task in board.tasks]
    return tuple(rows)


def _person(board: Board, line: ToComeLine, widths: tuple[int, int, int], most_lines: int) -> list[Row]:
    width, name_width, course_width = widths
    lead = [
        Cell(PHASE_SIGN[line.phase] if line.phase is Phase.ARRIVED else " ", "ready"),
        Cell(f"{clock_time(line.start, board.timezone)} ", "text"),
        name_cell(line.who, name_width),
        Cell(" "),
        Cell(f"{fit(clean(line.course), course_width)} " if course_width else "", "dim"),
    ]
    rest = width - sum(width_of(cell.text) for cell in lead)
    words = _words(line)
    rows: list[Row] = []
    while not rows or (words and len(rows) < most_lines):
        lead, most = (lead, rest) if not rows else ([Cell(" " * INDENT)], width - INDENT)
        cut_off = len(rows) == most_lines - 1 and _width(words) > most
        fitting = _fitting(words, most - 2 if cut_off else most)
        if words and not fitting and rows:
            fitting = [Cell(cut(words[0].text, most - 2 if cut_off else most), words[0].style)]
        words = words[len(fitting) :]
        more = [Cell(f" {ELLIPSIS}", "dim")] if cut_off and words else []
        rows.append(_row(line, [*lead, *_joined(fitting), *more]))
    return rows


def _row(line: ToComeLine, cells: Iterable[Cell]) -> Row:
    return Row(line.who.visit, tuple(cell for cell in cells if cell.text))


def _fitting(words: list[Cell], width: int) -> list[Cell]:
    """As many words as stand in `width` cells with the dots between them."""
    for count in range(len(words), 0, -1):
        if _width(words[:count]) <= width:
            return words[:count]
    return []


def _width(words: list[Cell]) -> int:
    return sum(width_of(word.text) for word in words) + width_of(SEPARATOR) * max(0, len(words) - 1)


def _joined(words: list[Cell]) -> list[Cell]:
    between = Cell(SEPARATOR, "dim")
    return [cell for at, word in enumerate(words) for cell in ((between, word) if at else (word,))]


def _words(line: ToComeLine) -> list[Cell]:
    words = []
    if line.phase is Phase.ARRIVED:
        words.append(Cell("here, waits for a chair", "ready"))
    elif line.late_s >= 60:
        minutes = line.late_s // 60
        words.append(Cell(f"{minutes} min late" if minutes < 60 else f"{h_mm(line.late_s)} late", "warn"))
    if line.dose:
        words.append(Cell(clean(line.dose), "text"))
    words += [Cell(clean(mark.text), _TONE_STYLE[mark.tone]) for mark in line.marks]
    if line.note:
        words.append(Cell(clean(line.note), "dim"))
    return words


def _task(board: Board, task: TaskLine, width: int) -> Row:
    said = _task_words(task, name_of(task.who))
    since = since_words(task.due_on, board.day)
    room = width - 3 - width_of(since) - 2
    style = "warn" if task.due_on < board.day else "text"
    line: Line = (Cell(" · ", "dim"), Cell(cut(said, room), style), Cell(f", {since}", "dim"))
    return Row(task_key(task), line)


def _task_words(task: TaskLine, name: str) -> str:
    """What is to be done, short enough for a narrow pane."""
    match task.kind:
        case "call":
            tried = task.text.partition(", ")[2]
            return f"call {name}, day {task.call}" + (f", {tried}" if tried else "")
        case "decide":
            return f"{name}: day {task.day} missed, decide"
        case "prescribe":
            return f"{name}: prescribe oral ketamine"
        case "teach":
            return f"{name}: teach oral ketamine"
        case "started":
            return f"{name}: oral ketamine started?"


def task_key(task: TaskLine) -> str:
    """What a task is selected by."""
    return f"task:{task.course}:{task.kind}:{task.call if task.call is not None else task.text}"


def course_of_task(key: str) -> str:
    """The course of a selected task; empty for whatever else is selected."""
    kind, _, rest = key.partition(":")
    return rest.partition(":")[0] if kind == "task" else ""


def since_words(due_on: date, day: date) -> str:
    """`today`, `since Thu`, `since 3 Nov` from a week on."""
    if due_on >= day:
        return "today"
    if (day - due_on).days < 7:
        return f"since {_WEEKDAYS[due_on.weekday()]}"
    return f"since {due_on.day} {_MONTHS[due_on.month - 1]}"
