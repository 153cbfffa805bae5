"""The flowsheet beside the board on a wide screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infusionroom.tui.present.flow import FLOW_EMPTY, FLOW_TITLE, flow_rows
from infusionroom.tui.present.frame import PaneText

if TYPE_CHECKING:
    from infusionroom.domain.board import Board
    from infusionroom.domain.room import Room


def flow_text(room: Room | None, visit_id: str, board: Board, width: int) -> PaneText:
    """The selected visit's entries, newest last; the newest are the ones that fit."""
    visit = room.visits.get(visit_id) if room else None
    if visit is None:
        return PaneText(FLOW_TITLE, (), empty=FLOW_EMPTY)
    from infusionroom.domain.flowsheet import flowsheet

    rows = flow_rows(flowsheet(visit), width, board.timezone)
    return PaneText(f"{FLOW_TITLE}  {visit.patient.family} {visit.patient.given[:1]}", rows, empty=FLOW_EMPTY)
