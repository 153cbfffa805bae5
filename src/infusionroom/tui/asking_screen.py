"""A small dialog of a few typed lines, for what is no entry about anybody: signing in, PINs, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input

from infusionroom.services.errors import RoomError
from infusionroom.tui.forms.paper import Said, paint_of, rows_above
from infusionroom.tui.present.cells import Cell, Line, clean, fit, wrapped
from infusionroom.tui.present.form_words import key_line

if TYPE_CHECKING:
    from infusionroom.tui.app import InfusionRoomApp

LABEL_WIDTH = 14


class AskedLine(NamedTuple):
    """One line to type into. What is `secret` is shown as dots; `names` complete what is typed."""

    id: str
    label: str
    text: str = ""
    secret: bool = False
    names: tuple[str, ...] = ()


class AskingScreen(ModalScreen[Any]):
    """Asks its lines and gives them to `accepted`, off the keys; dismissed with None when it is left."""

    heading: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", "Accept", show=False),
        Binding("escape", "drop", "Leave", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("tab", "step(1)", show=False, priority=True),
        Binding("shift+tab", "step(-1)", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    AskingScreen { align: center top; background: #000000 40%; }
    AskingScreen > #asking {
        width: 66; max-width: 100%; height: auto; max-height: 100%;
        border: round #5fafd7; background: #000000; padding: 0 1;
    }
    AskingScreen Horizontal { height: 1; }
    AskingScreen .label { width: 14; height: 1; }
    AskingScreen Input { width: 1fr; height: 1; border: none; padding: 0 1; background: #262626; color: #ffffff; }
    AskingScreen Input:focus { background: #1c3a57; }
    AskingScreen.-light > #asking { background: #ffffff; border: round #005faf; }
    AskingScreen.-light Input { background: #e4e4e4; color: #000000; }
    AskingScreen.-light Input:focus { background: #afd7ff; }
    """

    app: InfusionRoomApp

    def __init__(self) -> None:
        super().__init__()
        self._answer: tuple[tuple[str, str], ...] = ()
        self._at_work = False
        self._begun = False
        self._asked = self.lines()

    # ── what a subclass says ────────────────────────────────────────────────────────────────────────────────

    def lines(self) -> tuple[AskedLine, ...]:
        """The lines that are asked, from top to bottom."""
        raise NotImplementedError

    def told(self) -> tuple[tuple[str, str], ...]:
        """What stands above the lines: sentences and their styles."""
        return ()

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys, as the dialog's last line names them."""
        return (("⏎", "accept"), ("Esc", "leave"))

    async def accepted(self, typed: dict[str, str]) -> None:
        """Does what was asked for; answers with `refuse`, or dismisses. May raise `RoomError`."""
        raise NotImplementedError

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────

    def compose(self) -> ComposeResult:
        with Vertical(id="asking") as box:
            box.border_title = self.heading
            yield Said(id="told")
            for line in self._asked:
                with Horizontal(id=f"line-{line.id}"):
                    yield Said(classes="label")
                    suggester = SuggestFromList(line.names, case_sensitive=False) if line.names else None
                    typed = Input(
                        line.text,
                        id=f"typed-{line.id}",
                        password=line.secret,
                        suggester=suggester,
                        compact=True,
                    )
                    typed.cursor_blink = False
                    yield typed
            yield Said(id="answer")
            yield Said(id="keys")

    def on_mount(self) -> None:
        self.set_class(paint_of(self.app) == "light", "-light")
        self.query_one("#asking").styles.margin = (rows_above(self.app.size.height) or 3, 0, 0, 0)
        self.repaint()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        first = next((n for n, line in enumerate(self._asked) if not line.text), 0)
        self.set_focus(self.typed_line(self._asked[first].id))
        self.repaint()
        self._begun = True
        self.app.key_done()

    @property
    def keys_wait(self) -> bool:
        """Whether keys have to wait: the dialog is being opened, or is at work."""
        return self._at_work or not self._begun

    def on_resize(self) -> None:
        self.repaint()

    def repaint(self) -> None:
        """Says everything as it is now."""
        if not self.is_mounted:
            return
        width = max(20, min(66, self.app.size.width) - 4)
        self._say("#told", self.told(), width)
        for line in self._asked:
            here = self.focused is self.typed_line(line.id)
            mark = Cell("▸" if here else " ", "cursor")
            label = Cell(fit(clean(line.label), LABEL_WIDTH - 2), "strong" if here else "text")
            self.query_one(f"#line-{line.id} .label", Said).say(((mark, label),))
        self._say("#answer", self._answer, width)
        keys = (("⏎", "one moment …"),) if self._at_work else self.key_words()
        self.query_one("#keys", Said).say((key_line(keys),))

    def _say(self, where: str, told: tuple[tuple[str, str], ...], width: int) -> None:
        lines: list[Line] = [
            (Cell(words, style),) for sentence, style in told for words in wrapped(clean(sentence), width)
        ]
        self.query_one(where, Said).say(tuple(lines))

    def typed_line(self, line_id: str) -> Input:
        """Where a line is typed into."""
        return self.query_one(f"#typed-{line_id}", Input)

    def on_descendant_focus(self) -> None:
        self.repaint()

    def action_step(self, by: int) -> None:
        here = next((n for n, line in enumerate(self._asked) if self.focused is self.typed_line(line.id)), 0)
        self.set_focus(self.typed_line(self._asked[(here + by) % len(self._asked)].id))

    def action_drop(self) -> None:
        if not self._at_work:
            self.dismiss(None)

    # ── accepting ───────────────────────────────────────────────────────────────────────────────────────────

    @on(Input.Submitted)
    def _entered(self, event: events.Event) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Takes what was typed; several Enters in a row are one."""
        if self._at_work:
            return
        self._at_work, self._answer = True, ()
        self.repaint()
        self.run_worker(self._working(), exclusive=True, group="asking")

    async def _working(self) -> None:
        typed = {line.id: self.typed_line(line.id).value for line in self._asked}
        try:
            await self.accepted(typed)
        except RoomError as lost:
            self.refuse(str(lost))
        finally:
            self._at_work = False
            if self.is_current:
                self.repaint()
            self.app.key_done()

    def refuse(self, sentence: str, *, back_to: str = "") -> None:
        """Says why not; what is secret is typed anew."""
        self._answer = ((sentence, "high"),)
        for line in self._asked:
            if line.secret:
                self.typed_line(line.id).value = ""
        if back_to:
            self.set_focus(self.typed_line(back_to))
