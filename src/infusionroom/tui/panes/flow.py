"""The flowsheet beside the board on a wide screen; loaded only there."""

from __future__ import annotations

from infusionroom.domain.board import Board
from infusionroom.domain.flowsheet import flowsheet
from infusionroom.domain.room import Room
from infusionroom.tui.present.cells import clean
from infusionroom.tui.present.flow import FLOW_EMPTY, FLOW_TITLE, flow_rows
from infusionroom.tui.present.frame import PaneText


def flow_text(room: Room | None, visit_id: str, board: Board, width: int) -> PaneText:
    """The selected visit's entries, newest last."""
    visit = room.visits.get(visit_id) if room else None
    if visit is None:
        return PaneText(FLOW_TITLE, (), empty=FLOW_EMPTY)
    rows = flow_rows(flowsheet(visit), width, board.timezone)
    name = clean(f"{visit.patient.family} {visit.patient.given[:1]}")
    return PaneText(f"{FLOW_TITLE}  {name}", rows, empty=FLOW_EMPTY)
