"""Signing in at the board: name and PIN, or emergency access with a reason."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from infusionroom.domain.staff import Person, person_named, pins_are_asked_for
from infusionroom.services.session import Refusal
from infusionroom.tui.asking_screen import AskedLine, AskingScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infusionroom.services.sign_in import SignIns


class SignInScreen(AskingScreen):
    """Asks who is there. Dismissed with the `Session`, or None.

    `name` is filled in; `why` says what it is asked for. F4 asks for a reason in place of the PIN.
    """

    heading: ClassVar[str] = "Sign in"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "break_glass", "Emergency", show=False, priority=True),
        Binding("f2", "accept", show=False, priority=True),
    ]

    def __init__(
        self, people: Mapping[str, Person], signs: SignIns, *, name: str = "", why: str = ""
    ) -> None:
        self._people, self._signs = people, signs
        self._filled_in, self._why = name, why
        self.glass = False
        super().__init__()

    def lines(self) -> tuple[AskedLine, ...]:
        names = tuple(person.name for person in self._people.values() if person.active)
        return (
            AskedLine("name", "Name", self._filled_in, names=names),
            AskedLine("pin", "PIN", secret=True),
            AskedLine("reason", "Why"),
        )

    def on_mount(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        self.query_one("#line-reason").display = self.glass
        self.query_one("#line-pin").display = not self.glass
        self.query_one("#asking").border_title = "Emergency access" if self.glass else self.heading
        self.repaint()

    def told(self) -> tuple[tuple[str, str], ...]:
        if self.glass:
            return (
                ("Without a PIN, under your name, for a while. The reason is kept and looked at.", "warn"),
            )
        said = [(self._why, "text")] if self._why else []
        if not pins_are_asked_for(self._people):
            said.append((self._signs.without_pins(), "dim"))
        return tuple(said)

    def key_words(self) -> tuple[tuple[str, str], ...]:
        return (
            ("⏎", "sign in"),
            ("Tab", "next"),
            ("→", "complete"),
            ("F4", "with PIN" if self.glass else "emergency"),
            ("Esc", "leave"),
        )

    def action_step(self, by: int) -> None:
        self._complete()
        name = self.typed_line("name")
        other = self.typed_line("reason" if self.glass else "pin")
        self.set_focus(other if self.focused is name else name)

    def action_break_glass(self) -> None:
        """From the PIN to a reason, and back."""
        if self.keys_wait:
            return
        self.glass = not self.glass
        self._answer = ()
        self._arrange()
        self._complete()
        wanted = "name" if not self.typed_line("name").value else "reason" if self.glass else "pin"
        self.set_focus(self.typed_line(wanted))

    def _complete(self) -> None:
        """The whole name, where what was typed begins only one."""
        line = self.typed_line("name")
        begun = line.value.strip().casefold()
        if not begun or person_named(self._people, begun) is not None:
            return
        alike = [
            person.name
            for person in self._people.values()
            if person.active and any(part.startswith(begun) for part in _parts(person.name))
        ]
        if len(alike) == 1:
            line.value = alike[0]

    def action_accept(self) -> None:
        """Enter on the name goes on to the PIN, unless none is needed."""
        self._complete()
        if self.focused is self.typed_line("name"):
            needs_more = self.glass or pins_are_asked_for(self._people)
            typed = self.typed_line("reason" if self.glass else "pin").value
            if needs_more and not typed:
                self.action_step(1)
                self.app.key_done()
                return
        super().action_accept()

    async def accepted(self, typed: dict[str, str]) -> None:
        if self.glass:
            session = await asyncio.to_thread(self._signs.break_glass, typed["name"], typed["reason"])
        else:
            session = await asyncio.to_thread(self._signs.check, typed["name"], typed["pin"])
        if isinstance(session, Refusal):
            self.refuse(session.sentence, back_to="" if self.glass else "pin")
        else:
            self.dismiss(session)


def _parts(name: str) -> list[str]:
    """The name and each of its words, as one may begin to type it: `Lee` for `RN Lee`."""
    words = name.casefold().split()
    return [" ".join(words[at:]) for at in range(len(words))]
