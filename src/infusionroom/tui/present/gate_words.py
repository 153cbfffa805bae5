"""How a gate's points are written: ● met, ○ missing, ◐ overridden, – not needed."""

from __future__ import annotations

from typing import NamedTuple

from infusionroom.domain.board import Point
from infusionroom.tui.present.cells import Cell, Line, clean, fit, fit_line, wrapped

LABEL_WIDTH = 26


class GateRow(NamedTuple):
    """A row of a gate: one of its points, or what comes after them all; `form` settles it."""

    key: str
    label: str
    form: str
    point: Point | None = None


def point_sign(point: Point) -> Cell:
    """The sign of a point, readable without its colour."""
    if not point.needed:
        return Cell("–", "dim")
    if point.met:
        return Cell("●", "ok")
    return Cell("◐", "warn") if point.overridden_by else Cell("○", "warn")


def point_line(point: Point, width: int) -> Line:
    """`○ Consent   no signed consent`; an overridden point names the physician."""
    detail = clean(point.detail)
    if point.overridden_by:
        detail = f"overridden by {clean(point.overridden_by)} ({detail})"
    style = "strong" if point.open else "text" if point.needed else "dim"
    label = fit(point.label, max(8, min(LABEL_WIDTH, width - 18)))
    return fit_line((point_sign(point), Cell(f" {label}", style), Cell(detail, "dim")), width)


def gate_line(row: GateRow, width: int, *, selected: bool) -> Line:
    """A row of the list, marked where it is chosen by more than colour."""
    mark = Cell("▸ " if selected else "  ", "cursor")
    if row.point is not None:
        line = point_line(row.point, width - 2)
    else:
        line = fit_line((Cell("→", "key"), Cell(f" {row.label}", "strong")), width - 2)
    if selected:
        line = tuple(Cell(cell.text, f"sel.{cell.style}") for cell in line)
    return (mark, *line)


def gate_summary(gate: str, missing: int, chosen: Point | None, width: int) -> tuple[Line, ...]:
    """How much is missing; of the chosen point all that is known, and whether it can be overridden."""
    if missing == 0:
        return ((Cell("Nothing is missing.", "ok"),),)
    words = f"{missing} missing" + (" before the start." if gate == "start" else " before going home.")
    lines: list[Line] = [(Cell(words, "warn"),)]
    if chosen is not None and chosen.open:
        may = "A physician may override it." if chosen.overridable else "It cannot be overridden."
        told = wrapped(f"{chosen.label}: {chosen.detail}. {may}", width)
        lines += [(Cell(line, "text"),) for line in told]
    return tuple(lines)
