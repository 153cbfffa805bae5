"""The staff list: who works here in which roles, PINs, and the emergency accesses that somebody has to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from infusionroom.domain.roles import refusal
from infusionroom.domain.staff import Person
from infusionroom.tui.list_screen import ListScreen
from infusionroom.tui.present.footer import Verb
from infusionroom.tui.present.frame import PaneText
from infusionroom.tui.present.staff_list import GLASS, PERSON, STAFF_EMPTY, staff_head, staff_rows

if TYPE_CHECKING:
    from infusionroom.domain.visit import Visit


class StaffScreen(ListScreen):
    """The list with its keys. Nobody is ever deleted: who has left is disabled and stays in the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", show=False),
        Binding("g", "give_role", show=False),
        Binding("t", "take_role", show=False),
        Binding("d", "turn", show=False),
        Binding("p", "pin", show=False),
        Binding("enter,v", "review", show=False),
    ]

    def content(self, width: int) -> PaneText:
        if self.room is None:
            return PaneText("Staff", (), empty=STAFF_EMPTY)
        return PaneText(
            f"Staff  {len(self.room.people)}", staff_rows(self.room, width), staff_head(width), STAFF_EMPTY
        )

    @property
    def person(self) -> Person | None:
        """Who is under the cursor."""
        name = self.selected.removeprefix(PERSON) if self.selected.startswith(PERSON) else ""
        return self.room.people.get(name) if self.room is not None else None

    def target(self) -> tuple[Visit | None, int | None]:
        return None, None

    def verbs(self) -> tuple[Verb, ...]:
        person = self.person
        nobody = None if person is not None else "Choose a person first."
        own = person is not None and person.name == self.app.actor
        on_glass = None if self.selected.startswith(GLASS) else "Look at: choose an emergency access first."
        return (
            Verb("add", "a", "Add", self._not_theirs("add_person")),
            Verb("give_role", "g", "Give role", self._not_theirs("give_role") or nobody),
            Verb("take_role", "t", "Take role", self._not_theirs("take_role") or nobody),
            Verb("turn", "d", self._turn_word(person), self._not_theirs("disable_person") or nobody),
            Verb("pin", "p", "PIN", nobody or (None if own else self._not_theirs("add_person"))),
            Verb("review", "⏎", "Look at", self._not_theirs("review_glass") or on_glass),
            Verb("leave", "Esc", "Back"),
        )

    @staticmethod
    def _turn_word(person: Person | None) -> str:
        return "Enable" if person is not None and person.disabled else "Disable"

    def _not_theirs(self, tag: str) -> str | None:
        if self.room is None or not self.app.actor:
            return None
        reason = refusal(self.room, self.app.actor, tag)
        return reason.text if reason is not None else None

    def _may(self, action: str) -> bool:
        """Whether the footer's verb can be given; says why not."""
        why = next((verb.why_not for verb in self.verbs() if verb.action == action), None)
        if why is not None:
            self.app.say(why, warn=True)
        return why is None

    # ── doing ───────────────────────────────────────────────────────────────────────────────────────────────

    async def action_add(self) -> None:
        await self.app.perform("person")

    async def action_give_role(self) -> None:
        if self._may("give_role"):
            self._open("give_role")

    async def action_take_role(self) -> None:
        if self._may("take_role"):
            self._open("take_role")

    async def action_turn(self) -> None:
        if self._may("turn") and self.person is not None:
            self._open("enable_person" if self.person.disabled else "disable_person")

    async def action_pin(self) -> None:
        if self._may("pin") and self.person is not None:
            from infusionroom.tui.pin_screen import ask_pin

            ask_pin(self.app, self.person.name)

    async def action_review(self) -> None:
        if self._may("review"):
            self._open("review_glass")

    async def opened(self, key: str) -> None:
        if key.startswith(GLASS):
            await self.action_review()

    def _open(self, form_id: str) -> None:
        from infusionroom.tui.forms.screen import FormScreen
        from infusionroom.tui.forms.spec import FormContext
        from infusionroom.tui.forms.staff import STAFF

        now = self.app.now()
        if self.room is None or now is None:
            return
        context = FormContext(
            room=self.room, visit=None, chair=None, now=now, actor=self.app.actor, point=self.selected
        )
        spec = next(spec for spec in STAFF if spec.id == form_id)
        self.app.clear_notifications()
        self.app.push_screen(FormScreen(spec, context, self.app.submit))
