"""The footer: two lines of verbs, made from the table of actions; every word can be clicked."""

from __future__ import annotations

from textual import events
from textual.message import Message

from infusionroom.tui.panes.lines import Lines
from infusionroom.tui.present.footer import Placed, Verb, action_at, verb_line


class Footer(Lines):
    """Shows who the next verb is for, the person's verbs, and the room's."""

    class Clicked(Message):
        """A footer word was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__(id="footer")
        self._placed: tuple[tuple[Placed, ...], ...] = ()
        self.verbs: tuple[Verb, ...] = ()

    def present(
        self,
        lead: str,
        person: tuple[Verb, ...],
        room: tuple[Verb, ...],
        paint: str,
        width: int | None = None,
    ) -> None:
        """Shows both lines of verbs; a verb with a reason against it is dim. In a small window verbs come first."""
        width = self.size.width if width is None else width
        above, below = (lead, "") if width >= 100 else ("", lead)
        first, first_placed = verb_line(above, person, width)
        second, second_placed = verb_line(below, room, width)
        self.verbs = (*person, *room)
        self._placed = (first_placed, second_placed)
        self.show_lines((first, second), paint)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.y < len(self._placed) and (action := action_at(self._placed[event.y], event.x)):
            self.post_message(self.Clicked(action))
