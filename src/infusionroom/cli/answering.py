"""What a key is answered without a screen: who fetches what is kept first, and only what can be kept is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from infusionroom.cli.commands import run_command
from infusionroom.cli.endings import DONE, REFUSED, UNREACHABLE, Ended
from infusionroom.cli.letting_in import NotLetIn, let_in, opened_to_look, told
from infusionroom.cli.next_day import next_planned_day
from infusionroom.cli.terminal import Terminal, refused
from infusionroom.domain.commands import FetchAnswer
from infusionroom.domain.outcome import Done, Refused
from infusionroom.services.errors import RoomError

if TYPE_CHECKING:
    from infusionroom.services.clock import Clock
    from infusionroom.services.room import RoomService
    from infusionroom.settings import Settings


def answer(words: tuple[str, ...], settings: Settings, key: str, clock: Clock | None = None) -> int:
    """Answers words that `access.forced` has let through; the exit status. Raises `Ended` and the room's errors."""
    try:
        room = let_in(settings, key, clock)
    except NotLetIn as error:
        raise Ended(REFUSED, str(error)) from None
    try:
        if words == ("version",):
            from infusionroom import __version__

            sys.stdout.write(f"infusionroom {__version__}\n")
            return DONE
        fetched = _fetched(words, room)
        _keep(room, fetched, settings)
        if room.state.people[settings.user].only_looks:
            room = opened_to_look(room, settings, clock)
        return run_command(_for_day(words, fetched.day), _KeyTerminal(room, settings, clock))
    finally:
        room.close()


class _KeyTerminal(Terminal):
    """A terminal whose room is open already, for somebody who may have the answer."""

    def __init__(self, room: RoomService, settings: Settings, clock: Clock | None) -> None:
        super().__init__(None, None, clock, settings=settings)
        self._room = room

    @contextmanager
    def room(self) -> Iterator[RoomService]:
        yield self._room


def _fetched(words: tuple[str, ...], room: RoomService) -> FetchAnswer:
    """What is kept of these words; where they name no day, the day that they mean."""
    named = dict(zip(words[1::2], words[2::2], strict=False))
    day = date.fromisoformat(named["--date"]) if "--date" in named else None
    match words[0]:
        case "summary":
            return FetchAnswer(what="summary", day=day or room.day(), format=named["--format"])
        case "next-day":
            return FetchAnswer(what="next-day", day=day or next_planned_day(room))
        case _:
            return FetchAnswer(what="status --json" if "--json" in words else "status", day=room.day())


def _for_day(words: tuple[str, ...], day: date) -> tuple[str, ...]:
    """The words with the day in them that was kept, so that this one is answered and no other."""
    return words if "--date" in words else (*words, "--date", day.isoformat())


def _keep(room: RoomService, fetched: FetchAnswer, settings: Settings) -> None:
    """Raises `Ended` where this person may not have it, or where it cannot be kept."""
    try:
        outcome = told(room, fetched, settings)
    except RoomError as error:
        raise Ended(
            UNREACHABLE, f"Nothing is answered, because it cannot be kept who fetched it: {error}"
        ) from None
    if isinstance(outcome, Refused):
        raise refused(outcome)
    if not isinstance(outcome, Done):
        raise Ended(REFUSED, "Somebody else wrote at the same moment: ask again.")
