"""One question on the screen: its label, what it is answered with, and what is said beside and below it."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Input, TextArea

from infusionroom.tui.forms.paper import Said
from infusionroom.tui.forms.picks import Picks
from infusionroom.tui.forms.spec import Field, FormContext, Values
from infusionroom.tui.present.cells import Cell, Line, clean, fit, fit_line, line_width, width_of, wrapped

LABEL_WIDTH = 18
# A line to type into gives way to what is said beside it, but keeps so many cells.
SHORTEST_LINE = 24


class TypedLine(Input):
    """A line to type into; up and down belong to the form."""


class TypedText(TextArea):
    """Several lines to type into: Enter belongs to the form, Ctrl+J starts a new line."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.prevent_default()
            return
        if event.key == "ctrl+j":
            event.stop()
            event.prevent_default()
            self.insert("\n")
            return
        await super()._on_key(event)


class Question(Vertical):
    """A field of a form. `text` is what stands in it; `touched` whether a person has answered it."""

    DEFAULT_CSS = """
    Question { height: auto; }
    Question > Horizontal { height: auto; }
    Question .label { width: 18; height: 1; }
    Question .hint { width: 1fr; height: 1; }
    Question .problem { height: 0; }
    Question TypedLine.-textual-compact { height: 1; border: none; padding: 0 1; }
    Question TypedText, Question TypedText:focus { height: 4; width: 1fr; border: none; padding: 0 1; }
    """

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(id=f"q-{field.id}")
        self.field = field
        self.context = context
        self.touched = False
        self._text = field.default(context)
        self.control = self._control()

    def _control(self) -> TypedLine | TypedText | Picks:
        field = self.field
        if field.kind in ("choice", "many", "yes_no", "score"):
            return Picks(
                field.options(self.context),
                self._text,
                column=field.column,
                many=field.kind == "many",
            )
        if field.kind == "note":
            area = TypedText(self._text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
            area.cursor_blink = False
            return area
        names = field.names(self.context)
        line = TypedLine(
            self._text,
            compact=True,
            password=field.kind == "pin",
            suggester=SuggestFromList(names, case_sensitive=False) if names else None,
        )
        line.cursor_blink = False
        return line

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Said(classes="label")
            yield self.control
            if not isinstance(self.control, TypedText) and not (
                isinstance(self.control, Picks) and self.field.column
            ):
                yield Said(classes="hint")
        yield Said(classes="problem")

    def on_resize(self) -> None:
        if isinstance(self.control, Picks) and not self.field.column:
            room = max(20, self.size.width - LABEL_WIDTH)
            self.control.styles.width = min(self.control.row_width, room)
        elif isinstance(self.control, TypedLine):
            room = max(8, self.size.width - LABEL_WIDTH)
            beside = max(SHORTEST_LINE, room - width_of(self.field.help) - 1) if self.field.help else room
            self.control.styles.width = min((self.field.width or 40) + 2, room, beside)

    # ── what stands in it ───────────────────────────────────────────────────────────────────────────────────

    @property
    def text(self) -> str:
        if isinstance(self.control, Input):
            return self.control.value
        return self.control.text

    def said(self, context: FormContext) -> str:
        """What stands in it as a person reads it: the label of what is picked; of a PIN nothing."""
        return "•" * len(self.text) if self.field.kind == "pin" else self.words(self.text, context)

    def words(self, text: str, context: FormContext) -> str:
        """What such an answer says."""
        labels = {choice.key: choice.label for choice in self.field.options(context)}
        return ", ".join(labels.get(key, key) for key in text.split()) if labels else text

    def fill(self, text: str) -> None:
        """Fills it in without its counting as answered."""
        if text == self.text:
            return
        self._text = text
        if isinstance(self.control, Picks):
            self.control.set_text(text)
        elif isinstance(self.control, TypedText):
            self.control.load_text(text)
        else:
            self.control.value = text

    def changed(self) -> bool:
        """Whether what stands in it is not what was filled in: then a person has answered."""
        if self.text != self._text:
            self.touched = True
        return self.touched

    def take_suggestion(self, values: Values, context: FormContext, *, asked: bool) -> bool:
        """Fills in what the program suggests, for as long as nobody has answered; says whether that is new."""
        suggest = self.field.suggest
        suggestion = None
        if suggest is not None and asked and not self.changed():
            suggestion = suggest(values, context)
        if isinstance(self.control, Picks):
            self.control.suggested = suggestion is not None
        if suggestion is None or suggestion.value == self.text:
            return False
        self.fill(suggestion.value)
        return True

    # ── what is said ────────────────────────────────────────────────────────────────────────────────────────

    def say(self, hint: Line, problem: str, tone: str) -> None:
        """The hint beside it (unit, last value, help) and the problem below it, if there is one."""
        here = self.has_focus_within
        label = clean(self.field.label)
        mark = Cell("▸" if here else " ", "cursor")
        style = "strong" if here else "text"
        line: Line = (mark, Cell(fit(label, LABEL_WIDTH - 2), style), Cell(" "))
        self._said("label").say((line,))
        for hints in self.query(".hint"):
            assert isinstance(hints, Said)
            said = (Cell(" "), *hint)
            # Before the first layout it has no width yet; after it everything is said again.
            room = hints.size.width
            hints.say((fit_line(said, room) if 0 < room < line_width(said) else said,))
        width = max(20, self.size.width - LABEL_WIDTH - 1)
        lines: tuple[Any, ...] = ()
        if problem:
            sign = "×" if tone == "high" else "!"
            lines = tuple(
                (Cell(" " * LABEL_WIDTH), Cell(f" {sign if n == 0 else ' '} {words}", tone))
                for n, words in enumerate(wrapped(problem, width - 3))
            )
        self._said("problem").say(lines)

    def _said(self, name: str) -> Said:
        return self.query_one(f".{name}", Said)
