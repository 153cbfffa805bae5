"""How a person is named on the board: surname and initial, marked where two are alike."""

from __future__ import annotations

from infusionroom.domain.board import Who
from infusionroom.tui.present.cells import Cell, clean, cut, fit, width_of

ALIKE_MARK = "≈"
NO_NAME = "(no name)"
SHORTEST_SURNAME = 3


def name_of(who: Who) -> str:
    """`Marlowe R`, or `RM` on a masked board; `≈` after it where another person here is named alike."""
    shown = clean(who.short).strip() or NO_NAME
    return f"{shown} {ALIKE_MARK}" if who.alike else shown


def name_cell(who: Who, width: int, style: str = "name") -> Cell:
    """The name in exactly `width` cells. A surname that is too long is cut; the initial, the letters that tell two
    people apart, and the mark of a similar name stay.
    """
    name = name_of(who)
    if width_of(name) <= width:
        return Cell(fit(name, width), style)
    mark = ALIKE_MARK if who.alike else ""
    surname, _, given = name.removesuffix(f" {ALIKE_MARK}").rpartition(" ")
    room = width - width_of(given) - 1 - len(mark)
    if not surname or room < SHORTEST_SURNAME:
        return Cell(fit(cut(name.removesuffix(f" {ALIKE_MARK}"), width - len(mark)) + mark, width), style)
    return Cell(fit(f"{cut(surname, room)} {given}{mark}", width), style)
