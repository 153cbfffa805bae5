"""Tells the second tap of a double-tapped Enter from an answer: nothing is charted that nobody can have read."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.message import Message


def moment() -> float:
    """Now, in seconds on the clock by which keys are timed."""
    return Message().time


class DoubleTap:
    """Holds an Enter back that comes too soon after something has appeared which it would accept.

    `window_s` is how long a person needs at least to see that it is there; 0 lets every Enter through. A key
    between the two taps says that the second one is meant.
    """

    window_s: ClassVar[float] = 0.35

    def __init__(self) -> None:
        self._since: float | None = None
        self._stood: dict[str, str] = {}

    def appeared(self, at: float, answers: dict[str, str]) -> None:
        """The form has opened, or its question has been asked, at `at` seconds over these answers."""
        self._since, self._stood = at, answers

    def answered(self, answers: dict[str, str]) -> None:
        """What stands in the form now; another answer than before ends the waiting."""
        if answers != self._stood:
            self._since = None

    def moved(self) -> None:
        """Somebody has gone to another question: they see the form."""
        self._since = None

    def holds_back(self, key: events.Key) -> bool:
        """Whether this key is the second tap. Any other key ends the waiting."""
        if key.key != "enter":
            self._since = None
        return self._since is not None and self.window_s > 0 and key.time - self._since < self.window_s
