"""What each pane of the board says, made from a `Board`."""

from __future__ import annotations

from typing import Protocol

from infusionroom.domain.board import Board
from infusionroom.tui.present import chairs, day, discharge, infusions, recovery, to_come
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.layout import TITLES


def _chairs(board: Board, width: int) -> PaneText:
    return PaneText(TITLES["chairs"], chairs.chair_rows(board, width), empty=chairs.CHAIRS_EMPTY)


def _to_come(board: Board, width: int) -> PaneText:
    rows = to_come.to_come_rows(board, width)
    return PaneText(to_come.to_come_title(board), rows, empty=to_come.TO_COME_EMPTY)


def _infusions(board: Board, width: int) -> PaneText:
    rows = infusions.infusion_rows(board, width)
    head = infusions.infusion_head(board, width) if rows else ()
    return PaneText(TITLES["infusions"], rows, head, infusions.INFUSIONS_EMPTY)


def _recovery(board: Board, width: int) -> PaneText:
    rows = recovery.recovery_rows(board, width)
    head = recovery.recovery_head(board, width) if rows else ()
    return PaneText(TITLES["recovery"], rows, head, recovery.RECOVERY_EMPTY)


def _discharge(board: Board, width: int) -> PaneText:
    rows = discharge.discharge_rows(board, width)
    head = discharge.discharge_head(board, width) if rows else ()
    return PaneText(TITLES["discharge"], rows, head, discharge.DISCHARGE_EMPTY)


def _day(board: Board, width: int) -> PaneText:
    rows = day.day_rows(board, width)
    legend = day.DAY_LEGEND if width >= 110 else day.DAY_LEGEND_SHORT
    return PaneText(TITLES["day"], rows, day.day_head(board, width), day.DAY_EMPTY, legend)


class Says(Protocol):
    """One pane's words for a board, in rows of `width` cells."""

    def __call__(self, board: Board, width: int) -> PaneText: ...


CONTENTS: dict[str, Says] = {
    "chairs": _chairs,
    "infusions": _infusions,
    "recovery": _recovery,
    "discharge": _discharge,
    "to_come": _to_come,
    "day": _day,
}
