"""The discharge pane: which points are met, which are missing and their names, who is ready and waits for what."""

from __future__ import annotations

from functools import lru_cache

from infusionroom.domain.board import Board, DischargeLine, Point
from infusionroom.domain.visit import Phase
from infusionroom.tui.present.cells import SAID_BEFORE, Cell, Line, Row, clean, cut, fit, join_cut
from infusionroom.tui.present.people import name_cell
from infusionroom.tui.present.times import h_mm

DISCHARGE_EMPTY = (
    "Who is on the way home appears here, with every point that is still missing by name.",
    "o scores, d opens the discharge list, signs off, and says that somebody has left.",
)
_NAME = 11

# Columns in the order of the work: point, head, width.
COLUMNS = (
    ("vitals", "vitals", 7),
    ("iv_out", "IV", 3),
    ("escort", "escort", 7),
    ("oral_ketamine", "oral", 5),
    ("instructions", "teach", 6),
    ("signed", "sign", 5),
)
SHORT = {
    "aldrete": "Aldrete",
    "padss": "score",
    "vitals": "vitals",
    "moaas": "MOAA/S",
    "oriented": "oriented",
    "minimum_stay": "minimum stay",
    "iv_out": "IV",
    "escort": "escort",
    "instructions": "teaching",
    "oral_ketamine": "oral Rx",
    "next_visit": "next visit",
    "signed": "sign-off",
}


def point_cell(point: Point | None, width: int) -> Cell:
    """`●` met, `○` missing, `◐` overridden by a physician, `–` not needed."""
    if point is None or not point.needed:
        return Cell(fit("–", width), "dim")
    if point.met:
        return Cell(fit("●", width), "ok")
    if point.overridden_by:
        return Cell(fit("◐", width), "warn")
    return Cell(fit("○", width), "warn")


def discharge_head(board: Board, width: int) -> Line:
    """The column heads."""
    text = f" ch {fit('patient', _NAME)} {fit('score', 6)}" + "".join(fit(head, w) for _, head, w in COLUMNS)
    return (Cell(fit(f"{text}missing", width), "head"),)


def discharge_rows(board: Board, width: int) -> tuple[Row, ...]:
    """One row per person in recovery or ready."""
    return tuple(_row(line, width) for line in board.discharge)


@lru_cache(maxsize=SAID_BEFORE)
def _row(line: DischargeLine, width: int) -> Row:
    points = {point.key: point for point in line.points}
    chair = f"{line.chair:>3} " if line.chair is not None else "  – "
    score = "–" if line.score is None else str(line.score)
    gate = points.get("padss")
    cells = [
        Cell(chair, "chair"),
        name_cell(line.who, _NAME),
        Cell(" "),
        Cell(f"{score:>2} ", "text"),
        Cell(point_cell(gate, 3).text, point_cell(gate, 3).style),
        *(point_cell(points.get(key), w) for key, _, w in COLUMNS),
    ]
    used = 4 + _NAME + 1 + 6 + sum(w for _, _, w in COLUMNS)
    room = max(0, width - used)
    words, style = missing_words(line, room)
    cells.append(Cell(fit(words, room), style))
    return Row(line.who.visit, tuple(cells), line.chair)


def missing_words(line: DischargeLine, width: int) -> tuple[str, str]:
    """What keeps somebody here, in `width` cells: the points by name, or how long they have been ready."""
    if line.phase is Phase.READY:
        words = f"ready, {clean(line.waiting_for)}" if line.waiting_for else f"ready {h_mm(line.ready_s)}"
        return cut(words, width), "ready"
    names = [SHORT.get(point.key, clean(point.label)) for point in line.missing if point.key != "signed"]
    if not names:
        return cut("all met: d signs off", width), "ok"
    return join_cut(names, width), "warn"
