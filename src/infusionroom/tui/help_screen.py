"""The table of actions as help: every key, what it does, group by group."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from infusionroom.domain import roles
from infusionroom.tui.actions import ACTIONS, BY_ID, Action, not_theirs, role_tag
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.cells import Cell, Row, fit
from infusionroom.tui.present.frame import PaneText

if TYPE_CHECKING:
    from infusionroom.domain.room import Room

MOVING = (
    ("3 p", "A chair's number, then a verb: pauses chair 3. Two digits one after the other: 12 v."),
    ("↑ ↓ j k", "Move between people. k moves up only while no alarm waits; then it acknowledges."),
    ("← → h l Tab", "To the pane beside; Tab and Shift+Tab go through all panes."),
    ("1 2 3 4", "In a small window they also turn to that tab; the chair is chosen all the same."),
    ("⏎ Esc", "Open, and back. A form that is left with Esc leaves nothing behind."),
)


# What a key stands for one after the other: it is somebody's as long as one of these is.
_STANDS_FOR = {
    "next_step": ("arrive", "seat", "prestart", "order", "double_check", "start"),
    "pause_resume": ("pause", "resume"),
    "next_home": ("discharge", "sign_off", "leave"),
    "chair": ("chair_out", "chair_in", "chair_cleaned"),
}
ForWhom = Callable[[Action], str]


def help_rows(width: int, for_whom: ForWhom = lambda _: "") -> tuple[Row, ...]:
    """Moving first, then the table: a row for every key, and one a group for what the palette has besides.

    `for_whom` says whose work an action is that is not this person's; that row is dim.
    """
    rows = [_title("Moving")]
    for keys, text in MOVING:
        rows += _rows(keys, text, width)
    for group, its in groupby(ACTIONS, key=lambda action: action.group):
        actions = tuple(its)
        keyed = [action for action in actions if action.key]
        rows += [Row("", ()), _title(group)]
        for action in keyed:
            rows += _rows(action.key_word, f"{action.word}: {action.help}", width, for_whom(action))
        # What a key stands for already under the same word is named once.
        known = {action.word for action in keyed}
        others = [action for action in actions if not action.key and action.word not in known]
        for whose, same in groupby(sorted(others, key=for_whom), key=for_whom):
            rows += _rows("^P", f"By name: {', '.join(action.word for action in same)}.", width, whose)
    return tuple(rows)


def others_work(action: Action, room: Room, actor: str) -> str:
    """`for a charge nurse, nurse or prescriber` where the action is not this person's; empty where it is."""
    meant = [BY_ID[one] for one in _STANDS_FOR.get(action.id, (action.id,))]
    if any(not_theirs(one, room, actor) is None for one in meant):
        return ""
    return roles.for_whom(role_tag(meant[-1]))


def _title(words: str) -> Row:
    return Row("", (Cell(f" {words}", "title"),))


def _rows(keys: str, text: str, width: int, whose: str = "") -> list[Row]:
    off = ".off" if whose else ""
    words = f"{text} That is {whose}." if whose else text
    first, *more = wrap(words, max(20, width - 16))
    style = "word.off" if whose else "text"
    head = Row("", (Cell("  "), Cell(fit(keys, 13), f"key{off}"), Cell(first, style)))
    return [head, *(Row("", (Cell(" " * 15), Cell(part, style))) for part in more)]


class HelpScreen(ListScreen):
    """Help, made from the table of actions. What has no key of its own is in the palette (^P), with its sentence.

    What whoever is at the keys may not do is dim, and says whose work it is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1", "leave", show=False)]

    def content(self, width: int) -> PaneText:
        room, actor = self.room, self.app.actor
        rows = help_rows(width, lambda action: others_work(action, room, actor) if room is not None else "")
        return PaneText("Help", rows, legend="↑ ↓ or Space scrolls")

    def action_move(self, step: int) -> None:
        # There is nothing to choose here: the arrows scroll.
        self._pane.scroll_rows(step)

    def action_page(self, direction: int) -> None:
        self._pane.scroll_rows(direction * self._pane.page)
