"""One entry, one id: the same contents sent again after a broken connection are entered once."""

from __future__ import annotations

import uuid

from msgspec.structs import replace

from infusionroom.domain.commands import Command


class SameEntry:
    """Names commands: as long as the contents are the same, so is the id."""

    def __init__(self) -> None:
        self._given: tuple[Command, str] | None = None

    def named(self, command: Command) -> Command:
        """The command with its id."""
        if self._given is None or self._given[0] != command:
            self._given = (command, uuid.uuid4().hex)
        return replace(command, id=self._given[1])

    def forget(self) -> None:
        """What comes next is another entry, whatever it says."""
        self._given = None
