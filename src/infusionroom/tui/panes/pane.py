"""A framed pane of rows: it scrolls by itself, shows where the selected person is, and says what was clicked."""

from __future__ import annotations

from textual import events
from textual.message import Message

from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.frame import PaneText, PaneView, frame, rows_that_fit, top_for


class Pane(Lines):
    """Shows a `PaneText` in a frame. The selected key belongs to the screen; the first row shown belongs here.

    `newest` makes it a list that grows at its end and shows its end.
    """

    class Picked(Message):
        """A row was clicked; `opened` says that it was clicked twice."""

        def __init__(self, pane: Pane, key: str, *, opened: bool) -> None:
            super().__init__()
            self.pane, self.key, self.opened = pane, key, opened

        @property
        def control(self) -> Pane:
            return self.pane

    def __init__(self, name: str, *, joined: bool = False, newest: bool = False) -> None:
        super().__init__(id=name, name=name)
        self._text = PaneText("", ())
        self._places: dict[str, list[int]] = {}
        self._shows: tuple[object, ...] = ()
        self._view = PaneView(0, 0, joined=joined)
        self._paint = "dark"
        self._newest = newest
        self.cursor = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """Where the keys stop, top to bottom: once at somebody who takes several rows, never at a heading."""
        return tuple(self._places)

    @property
    def text(self) -> PaneText:
        return self._text

    def present(
        self,
        text: PaneText,
        *,
        selected: str,
        focused: bool,
        paint: str,
        follow: bool,
        size: tuple[int, int] | None = None,
    ) -> None:
        """Shows `text` in a box of `size`, which a plan may know before the widget does.

        Only `follow` lets the pane scroll to the selected row: what others enter never scrolls it.
        """
        width, height = size or (self.size.width, self.size.height)
        other = text.title != self._text.title or len(text.rows) != len(self._text.rows)
        if text is not self._text:
            self._text, self._places = text, _places(text)
        rows = self._places.get(selected, [])
        # A key selects somebody else: that is nothing to the panes in which neither of the two stands.
        shows = (text, width, height, selected if rows else "", focused, paint)
        if shows == self._shows and not (rows and follow):
            return
        self._shows, self._paint = shows, paint
        if rows:
            self.cursor = self.keys.index(selected)
        view = self._view._replace(width=width, height=height, selected=selected, focused=focused)
        if self._newest:
            # A list that grows at its end shows its end, unless somebody has scrolled back and nothing is new.
            rows, follow = [len(text.rows) - 1], other
        # Of somebody who takes several rows the first is shown in any case.
        for index in (rows[-1], rows[0]) if rows and follow else (-1,):
            view = view._replace(top=top_for(text, view, index))
        self._view = view
        self._repaint()

    def neighbour(self, selected: str, step: int) -> str | None:
        """The key `step` people from the selected one; from where the cursor last was, if it is not here any more."""
        keys = self.keys
        if not keys:
            return None
        index = keys.index(selected) + step if selected in keys else self.cursor
        self.cursor = max(0, min(index, len(keys) - 1))
        return keys[self.cursor]

    def scroll_rows(self, step: int) -> None:
        """Scrolls by rows, without moving the selection."""
        shown = rows_that_fit(self._text, self._view.height)
        top = max(0, min(self._view.top + step, max(0, len(self._text.rows) - shown)))
        if top != self._view.top:
            self._view = self._view._replace(top=top)
            self._repaint()

    @property
    def page(self) -> int:
        """How many rows a page has."""
        return max(1, rows_that_fit(self._text, self._view.height) - 1)

    def _repaint(self) -> None:
        self.show_lines(frame(self._text, self._view), self._paint)

    def _key_at(self, y: int) -> str:
        row = y - 1 - (1 if self._text.head else 0)
        if not 0 <= row < rows_that_fit(self._text, self._view.height):
            return ""
        index = self._view.top + row
        return self._text.rows[index].key if index < len(self._text.rows) else ""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Picked(self, self._key_at(event.y), opened=event.chain >= 2))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-2)


def _places(text: PaneText) -> dict[str, list[int]]:
    """Which rows belong to whom, top to bottom; a heading belongs to nobody."""
    places: dict[str, list[int]] = {}
    for index, row in enumerate(text.rows):
        if row.key:
            places.setdefault(row.key, []).append(index)
    return places
