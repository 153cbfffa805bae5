"""The flowsheet beside the board on a wide screen; loaded only there."""

from __future__ import annotations

from infusionroom.domain.board import Board
from infusionroom.domain.room import Room
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.layout import TITLES

TEACHES = ("The entries of the selected person appear here, newest last.", "⏎ opens the whole visit.")


def flow_text(room: Room | None, visit_id: str, board: Board, width: int, terminal: str) -> PaneText:
    """The selected visit's entries, newest last."""
    visit = room.visits.get(visit_id) if room else None
    if visit is None:
        return PaneText(TITLES["flow"], (), empty=TEACHES)
    from infusionroom.domain.flowsheet import flowsheet
    from infusionroom.tui.present.flowsheet import flow_head, flow_rows

    lines = flowsheet(visit)
    rows = flow_rows(lines, width, board.timezone, day=board.day, terminal=terminal)
    name = clean(f"{visit.patient.family} {visit.patient.given[:1]}")
    return PaneText(f"{TITLES['flow']}  {name}", rows, flow_head(lines, width, terminal), TEACHES)
