"""Where each pane lies on a screen of so many cells: a plan that depends on the size and the number of chairs only.

It never depends on who is where, so that nothing jumps when somebody moves on.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Mode = Literal["tabs", "home", "wide"]

STRIP_HEIGHT = 2
FOOTER_HEIGHT = 2
PANES = ("chairs", "infusions", "recovery", "discharge", "to_come", "day")
TABS = ("chairs", "infusions", "recovery", "discharge")
TITLES = {
    "chairs": "Chairs",
    "infusions": "Infusions",
    "recovery": "Recovery",
    "discharge": "Discharge readiness",
    "to_come": "To come",
    "day": "Day",
    "flow": "Flowsheet",
}


class Box(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int


class Plan(NamedTuple):
    """The mode and the box of every part that is shown; parts that are not in `boxes` are hidden."""

    mode: Mode
    boxes: dict[str, Box]


def mode_of(width: int, height: int) -> Mode:
    """Tabs below 100 × 30, the flowsheet beside the board from 160 × 40."""
    if width < 100 or height < 30:
        return "tabs"
    return "wide" if width >= 160 and height >= 40 else "home"


def plan(width: int, height: int, chairs: int, tab: str = "chairs") -> Plan:
    """The boxes of all parts for a screen of `width` × `height` cells and a room of `chairs` chairs."""
    mode = mode_of(width, height)
    boxes = {
        "strip": Box(0, 0, width, STRIP_HEIGHT),
        "footer": Box(0, max(0, height - FOOTER_HEIGHT), width, FOOTER_HEIGHT),
    }
    top, bottom = STRIP_HEIGHT, max(STRIP_HEIGHT, height - FOOTER_HEIGHT)
    if mode == "tabs":
        boxes["tabs"] = Box(0, top, width, 1)
        boxes.update(_tab_boxes(Box(0, top + 1, width, max(0, bottom - top - 1)), chairs, tab))
        return Plan(mode, boxes)
    board_width = width
    if mode == "wide":
        board_width = max(120, width * 64 // 100)
        boxes["flow"] = Box(board_width, top, width - board_width, bottom - top)
    boxes.update(_board_boxes(Box(0, top, board_width, bottom - top), chairs))
    return Plan(mode, boxes)


def _tab_boxes(area: Box, chairs: int, tab: str) -> dict[str, Box]:
    if tab != "chairs":
        return {tab: area}
    if area.width >= 76:
        left = area.width * 54 // 100
        day = area.height - chairs - 2
        upper = area.height - day if day >= 5 else area.height
        boxes = {
            "chairs": Box(area.x, area.y, left, upper),
            "to_come": Box(area.x + left, area.y, area.width - left, upper),
        }
        if upper < area.height:
            boxes["day"] = Box(area.x, area.y + upper, area.width, min(area.height - upper, chairs + 3))
        return boxes
    chair_rows = min(chairs + 2, max(5, area.height * 3 // 5))
    return {
        "chairs": Box(area.x, area.y, area.width, chair_rows),
        "to_come": Box(area.x, area.y + chair_rows, area.width, area.height - chair_rows),
    }


def _board_boxes(area: Box, chairs: int) -> dict[str, Box]:
    day = min(chairs + 3, max(7, area.height * 31 // 100))
    upper = area.height - day
    left = area.width * 36 // 100
    right = area.width - left
    chair_rows = min(chairs + 2, max(8, upper * 2 // 3))
    infusions = max(5, upper * 40 // 100)
    recovery = max(5, (upper - infusions) // 2)
    x, y = area.x, area.y
    return {
        "chairs": Box(x, y, left, chair_rows),
        "to_come": Box(x, y + chair_rows, left, upper - chair_rows),
        "infusions": Box(x + left, y, right, infusions),
        "recovery": Box(x + left, y + infusions, right, recovery),
        "discharge": Box(x + left, y + infusions + recovery, right, upper - infusions - recovery),
        "day": Box(x, y + upper, area.width, day),
    }
