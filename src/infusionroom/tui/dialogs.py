"""Small dialogs: a conflict with another terminal, and reasons where no form could show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from infusionroom.domain.journal import Entry
from infusionroom.domain.outcome import Conflict, Reason
from infusionroom.domain.visit import Visit
from infusionroom.tui.forms.paper import Said, paint_of
from infusionroom.tui.present.cells import Line, clean
from infusionroom.tui.present.dialog_words import Theirs, conflict_lines, reason_lines

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
    """Somebody else was quicker: their entries and mine. True to enter mine after theirs, False to drop it.

    Theirs is `fresh`, the visit as it stands, or the `newer` entries of another stream; `stands` are answers of mine
    that they have changed.
    """

    DEFAULT_CSS = _FRAME.format(name="ConflictDialog", colour="#ffd75f")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer(True)", "Enter mine too"),
        Binding("escape", "answer(False)", "Drop mine"),
    ]
    heading = "Somebody else was quicker"

    def __init__(
        self,
        conflict: Conflict,
        *,
        title: str,
        mine: Sequence[tuple[str, str]],
        fresh: Visit | None,
        timezone: str,
        newer: Sequence[Entry] = (),
        stands: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__()
        self._conflict, self._title, self._mine = conflict, clean(title), tuple(mine)
        self._theirs = Theirs(fresh, tuple(newer), tuple(stands))
        self._timezone = timezone

    def lines(self, width: int) -> tuple[Line, ...]:
        return conflict_lines(self._conflict, self._title, self._mine, self._theirs, self._timezone, width)

    def action_answer(self, redo: bool) -> None:
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
