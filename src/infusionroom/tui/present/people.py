"""How a person is named on the board: surname and initial, marked where two are alike, or initials alone."""

from __future__ import annotations

from infusionroom.domain.board import Who
from infusionroom.tui.present.cells import Cell, clean, fit

ALIKE_MARK = "≈"
NO_NAME = "(no name)"


def name_of(who: Who, *, masked: bool = False) -> str:
    """`Marlowe R`, or `RM` where names are masked; `≈` after it where another person here is named alike."""
    shown = clean(who.initials if masked else who.short).strip() or NO_NAME
    return f"{shown} {ALIKE_MARK}" if who.alike and not masked else shown


def name_cell(who: Who, width: int, style: str = "name", *, masked: bool = False) -> Cell:
    """The name in exactly `width` cells; the mark of a similar name is never cut off."""
    name = name_of(who, masked=masked)
    if who.alike and not masked and name.endswith(ALIKE_MARK):
        return Cell(fit(name[:-2], width - 2) + " " + ALIKE_MARK, style)
    return Cell(fit(name, width), style)
