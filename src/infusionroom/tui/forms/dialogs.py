"""Small dialogs: a race that was lost to another terminal, and reasons where no form could show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from infusionroom.domain.outcome import Reason
from infusionroom.tui.forms.paper import Said, paint_of
from infusionroom.tui.present.cells import Line
from infusionroom.tui.present.dialog_words import Lost, lost_lines, reason_lines

_FRAME = """
    {name} {{ align: center middle; background: #000000 60%; }}
    {name} > #dialog {{
        width: 84; max-width: 100%; height: auto; max-height: 100%;
        border: round {colour}; background: #000000; padding: 0 1;
    }}
    {name}.-light > #dialog {{ background: #ffffff; }}
"""


class _Telling(ModalScreen[bool]):
    """Shows lines in a frame, as wide as the terminal lets it."""

    heading: str = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="dialog") as dialog:
            dialog.border_title = self.heading
            yield Said(id="told")

    def on_mount(self) -> None:
        self.set_class(paint_of(self.app) == "light", "-light")
        self._tell()

    def on_resize(self) -> None:
        self._tell()

    def _tell(self) -> None:
        width = min(84, self.app.size.width) - 4
        lines = self.lines(width)
        told = self.query_one("#told", Said)
        told.say(lines)

    def lines(self, width: int) -> tuple[Line, ...]:
        raise NotImplementedError


class ConflictDialog(_Telling):
    """Somebody else was quicker: theirs and mine. True to do what one key offers, False to leave it."""

    DEFAULT_CSS = _FRAME.format(name="ConflictDialog", colour="#ffd75f")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer(True)", "Redo"),
        Binding("escape", "answer(False)", "Leave it"),
    ]

    def __init__(self, lost: Lost, timezone: str, now: datetime | None) -> None:
        super().__init__()
        self._lost, self._timezone, self._now = lost, timezone, now
        self.heading = "Somebody has entered this" if lost.again else "Somebody else was quicker"

    def lines(self, width: int) -> tuple[Line, ...]:
        return lost_lines(self._lost, self._timezone, self._now, width)

    def action_answer(self, redo: bool) -> None:
        if not redo or self._lost.redo:
            self.dismiss(redo)


class ReasonsDialog(_Telling):
    """Why an action was refused that has no form to say it in."""

    DEFAULT_CSS = _FRAME.format(name="ReasonsDialog", colour="#ff8787")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,space", "close", "Close")]
    heading = "Not possible"

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__()
        self._reasons = tuple(reasons)

    def lines(self, width: int) -> tuple[Line, ...]:
        return reason_lines(self._reasons, width)

    def action_close(self) -> None:
        self.dismiss(False)
