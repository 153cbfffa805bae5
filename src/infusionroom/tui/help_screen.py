"""The table of actions as help: every key, what it does, group by group."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import ClassVar

from textual.binding import Binding, BindingType

from infusionroom.tui.actions import ACTIONS
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.cells import Cell, Row, fit
from infusionroom.tui.present.frame import PaneText

MOVING = (
    ("3 p", "A chair's number, then a verb: pauses chair 3. Two digits one after the other: 12 v."),
    ("↑ ↓ j k", "Move between people. k moves up only while no alarm waits; then it acknowledges."),
    ("← → h l Tab", "To the pane beside; Tab and Shift+Tab go through all panes."),
    ("1 2 3 4", "In a small window they also turn to that tab; the chair is chosen all the same."),
    ("⏎ Esc", "Open, and back. A form that is left with Esc leaves nothing behind."),
)


def help_rows(width: int) -> tuple[Row, ...]:
    """Moving first, then the table: a row for every key, and one a group for what the palette has besides."""
    rows = [_title("Moving")]
    for keys, text in MOVING:
        rows += _rows(keys, text, width)
    for group, its in groupby(ACTIONS, key=lambda action: action.group):
        actions = tuple(its)
        keyed = [action for action in actions if action.key]
        rows += [Row("", ()), _title(group)]
        for action in keyed:
            rows += _rows(action.key_word, f"{action.word}: {action.help}", width)
        # What a key stands for already under the same word is named once.
        known = {action.word for action in keyed}
        others = [action.word for action in actions if not action.key and action.word not in known]
        if others:
            rows += _rows("^P", f"By name: {', '.join(others)}.", width)
    return tuple(rows)


def _title(words: str) -> Row:
    return Row("", (Cell(f" {words}", "title"),))


def _rows(keys: str, text: str, width: int) -> list[Row]:
    first, *more = wrap(text, max(20, width - 16))
    head = Row("", (Cell("  "), Cell(fit(keys, 13), "key"), Cell(first)))
    return [head, *(Row("", (Cell(" " * 15), Cell(part))) for part in more)]


class HelpScreen(ListScreen):
    """Help, made from the table of actions. What has no key of its own is in the palette (^P), with its sentence."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1", "leave", show=False)]

    def content(self, width: int) -> PaneText:
        return PaneText("Help", help_rows(width), legend="↑ ↓ or Space scrolls")

    def action_move(self, step: int) -> None:
        # There is nothing to choose here: the arrows scroll.
        self._pane.scroll_rows(step)

    def action_page(self, direction: int) -> None:
        self._pane.scroll_rows(direction * self._pane.page)
