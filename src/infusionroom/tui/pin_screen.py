"""Setting a PIN: one's own, or as an administrator for somebody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from infusionroom.services.pins import LONGEST, SHORTEST
from infusionroom.tui.asking_screen import AskedLine, AskingScreen

if TYPE_CHECKING:
    from infusionroom.domain.staff import Person
    from infusionroom.services.sign_in import SignIns
    from infusionroom.tui.app import InfusionRoomApp


class PinScreen(AskingScreen):
    """Asks a new PIN twice, and the present one of whoever changes their own. Dismissed with True once it is set."""

    heading: ClassVar[str] = "Set a PIN"

    def __init__(self, person: Person, actor: str, signs: SignIns) -> None:
        self._person, self._actor, self._signs = person, actor, signs
        super().__init__()

    def lines(self) -> tuple[AskedLine, ...]:
        changes = self._person.name == self._actor and self._person.has_pin
        present = (AskedLine("old", "Present PIN", secret=True),) if changes else ()
        return (
            *present,
            AskedLine("new", "New PIN", secret=True),
            AskedLine("again", "Once more", secret=True),
        )

    def told(self) -> tuple[tuple[str, str], ...]:
        whose = (
            "Your PIN" if self._person.name == self._actor else f"For {self._person.name}; let them type it"
        )
        return (
            (f"{whose}: {SHORTEST} to {LONGEST} digits.", "text"),
            ("From then on this terminal asks everybody for name and PIN.", "dim"),
        )

    def action_accept(self) -> None:
        """Enter goes on to the next line that is still empty."""
        empty = next((line.id for line in self._asked if not self.typed_line(line.id).value), None)
        if empty is not None and not self.keys_wait:
            self.set_focus(self.typed_line(empty))
            self.app.key_done()
        else:
            super().action_accept()

    async def accepted(self, typed: dict[str, str]) -> None:
        if typed["new"] != typed["again"]:
            self.refuse("The two are not the same.", back_to="new")
            return
        refusal = await asyncio.to_thread(
            self._signs.set_pin, self._actor, self._person.name, typed.get("old", ""), typed["new"]
        )
        if refusal is not None:
            self.refuse(refusal.sentence, back_to=self._asked[0].id)
        else:
            self.dismiss(True)


def ask_pin(app: InfusionRoomApp, name: str) -> None:
    """Opens the dialog for somebody on the staff list."""
    from infusionroom.tui.shared_terminal import sign_ins

    signs, person = sign_ins(app), app.room_state.people.get(name) if app.room_state else None
    if signs is None or person is None:
        app.say(f"There is no {name} on the staff list." if signs else "The room is not open yet.", warn=True)
        return

    def closed(done: bool | None) -> None:
        if done:
            app.refresh_board()
            app.say(f"{name} has a new PIN.")

    app.clear_notifications()
    app.push_screen(PinScreen(person, app.actor, signs), closed)
