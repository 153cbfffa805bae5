"""A question that is answered by picking: a key, an arrow, or a click; in a row or a column."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from infusionroom.tui.forms.paper import paint_of
from infusionroom.tui.forms.spec import Choice
from infusionroom.tui.paint import PAINTS
from infusionroom.tui.present.cells import Cell, Line, cut, width_of

ON, OFF, CLOSED = "●", "○", "×"
TICKED, UNTICKED = "■", "□"


class Picks(Widget, can_focus=True):
    """Choices with one picked, or several where `many`. `text` is what is picked: its key, or keys.

    A key picks and goes on to the next question; arrows move and pick; space ticks where several are picked.
    """

    class Picked(Message):
        """The answer changed. `onward` says that it was picked by its key and the next question is due."""

        def __init__(self, picks: Picks, *, onward: bool) -> None:
            super().__init__()
            self.picks, self.onward = picks, onward

        @property
        def control(self) -> Picks:
            return self.picks

    class Passed(Message):
        """A digit was typed where no choice has one: it is meant for the next question."""

        def __init__(self, digit: str) -> None:
            super().__init__()
            self.digit = digit

    DEFAULT_CSS = """
    Picks { width: 1fr; height: auto; }
    """

    def __init__(self, choices: tuple[Choice, ...], text: str, *, column: bool, many: bool) -> None:
        super().__init__()
        self.choices = choices
        self.text = text
        self.column, self.many = column, many
        self.suggested = False
        self._typed = ""
        self._cursor = next((n for n, c in enumerate(choices) if c.key == text), 0)

    # ── what is picked ──────────────────────────────────────────────────────────────────────────────────────

    def set_text(self, text: str) -> None:
        """Picks without telling anybody: for defaults and suggestions."""
        self.text = text
        self._cursor = next((n for n, c in enumerate(self.choices) if c.key == text), self._cursor)
        self.refresh()

    def set_choices(self, choices: tuple[Choice, ...]) -> None:
        """Other choices, for the same question; what was picked stays if it is still there."""
        if choices != self.choices:
            self.choices = choices
            self._cursor = min(self._cursor, max(0, len(choices) - 1))
            self.refresh(layout=True)

    @property
    def _key_width(self) -> int:
        return max((len(c.key) for c in self.choices), default=1) if self.column else 1

    @property
    def row_width(self) -> int:
        """Cells that all choices take beside each other."""
        return sum(sum(width_of(c.text) for c in self._cells(n)) + 1 for n in range(len(self.choices))) or 8

    def _pick(self, index: int, *, onward: bool = False) -> None:
        self._cursor = index
        choice = self.choices[index]
        if self.many:
            keys = self.text.split()
            keys = [k for k in keys if k != choice.key] if choice.key in keys else [*keys, choice.key]
            self.text = " ".join(sorted(keys))
        else:
            self.text = choice.key
        self.refresh()
        self.post_message(self.Picked(self, onward=onward and not self.many))

    # ── keys and clicks ─────────────────────────────────────────────────────────────────────────────────────

    def on_key(self, event: events.Key) -> None:
        back, on = ("up", "down") if self.column else ("left", "right")
        if event.key in (back, on):
            step = -1 if event.key == back else 1
            index = self._cursor + step if self.text or self.many else self._cursor
            if not 0 <= index < len(self.choices):
                return
            if self.many:
                self._cursor = index
                self.refresh()
            else:
                self._pick(index)
        elif event.key == "space" and self.choices:
            self._pick(self._cursor)
        elif event.character and len(event.character) == 1 and event.character.isalnum():
            if not self._by_key(event.character.lower()) and not self._passes(event.character):
                return
        else:
            return
        event.stop()
        event.prevent_default()

    def _by_key(self, character: str) -> bool:
        for typed in (self._typed + character, character):
            index = next((n for n, c in enumerate(self.choices) if c.key == typed), None)
            if index is not None:
                self._typed = typed
                longer = any(c.key.startswith(typed) and c.key != typed for c in self.choices)
                self._pick(index, onward=not longer)
                return True
        # The first digit of a longer number waits for the next one.
        self._typed = character if any(c.key.startswith(character) for c in self.choices) else ""
        return bool(self._typed)

    def _passes(self, character: str) -> bool:
        passes = (
            bool(self.text) and character.isdigit() and not any(c.key[:1].isdigit() for c in self.choices)
        )
        if passes:
            self.post_message(self.Passed(character))
        return passes

    def on_blur(self) -> None:
        self._typed = ""
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        for index, (x, y, width) in enumerate(self._places(self.size.width)):
            if y == event.y and x <= event.x < x + width:
                self._pick(index)
                break

    # ── how it looks ────────────────────────────────────────────────────────────────────────────────────────

    def _cells(self, index: int) -> Line:
        choice = self.choices[index]
        picked = choice.key in self.text.split() if self.many else choice.key == self.text
        sign = (
            (TICKED if picked else UNTICKED)
            if self.many
            else CLOSED
            if choice.closed
            else ON
            if picked
            else OFF
        )
        here = self.has_focus and (picked or self.many or not self.text) and index == self._cursor
        dim = bool(choice.closed)
        prefix = "sel." if here else ""
        sign_style = "ready" if picked and not self.suggested else "warn" if picked else "dim"
        label = "strong" if picked else "dim" if dim else "text"
        cells = [
            Cell(f" {choice.key:>{self._key_width}}", prefix + ("key.off" if dim else "key")),
            Cell(f" {sign} ", prefix + sign_style),
            Cell(choice.label, prefix + label),
            Cell(" ", prefix + label),
        ]
        if choice.detail and self.column:
            cells.insert(3, Cell(f"   {choice.detail}", prefix + "dim"))
        if picked and self.suggested and self.column:
            cells.insert(3, Cell("   suggested", prefix + "warn"))
        return tuple(cells)

    def _places(self, width: int) -> list[tuple[int, int, int]]:
        places, x, y = [], 0, 0
        for index in range(len(self.choices)):
            size = sum(width_of(cell.text) for cell in self._cells(index))
            if self.column:
                places.append((0, index, width))
                continue
            if x and x + size > width:
                x, y = 0, y + 1
            places.append((x, y, min(size, width)))
            x += size + 1
        return places

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        places = self._places(width)
        return places[-1][1] + 1 if places else 1

    def render_line(self, y: int) -> Strip:
        paint = PAINTS[paint_of(self.app)]
        width = self.size.width
        segments: list[Segment] = []
        used = 0
        for index, (x, row, _) in enumerate(self._places(width)):
            if row != y:
                continue
            segments.append(Segment(" " * (x - used), paint.style("screen")))
            used = x
            for cell in self._cells(index):
                text = cut(cell.text, width - used)
                segments.append(Segment(text, paint.style(cell.style)))
                used += width_of(text)
        return Strip(segments).adjust_cell_length(width, paint.style("screen"))
