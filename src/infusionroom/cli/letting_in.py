"""Who a key lets in: only somebody on the staff list, and who may only look gets a room that is only read."""

from __future__ import annotations

from infusionroom.cli.endings import SET_UP_FIRST
from infusionroom.services.errors import RoomAbsent, RoomRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from infusionroom.domain.commands import Command
    from infusionroom.domain.outcome import Outcome
    from infusionroom.domain.room import Room
    from infusionroom.services.clock import Clock
    from infusionroom.services.room import RoomService
    from infusionroom.settings import Settings


class NotLetIn(RoomRefused):
    """This person may not come in; the message says why."""


def staff_refusal(room: Room, user: str, key: str = "") -> str | None:
    """Why this person is not let in, by the key of this fingerprint if one is named; or None.

    sshd has looked at the key when the connection began: one that was taken back since may still be connected.
    """
    if room.clinic is None:
        return SET_UP_FIRST
    person = room.people.get(user)
    if person is None:
        return (
            "Whoever this key belongs to is not on the staff list of this room: an administrator adds them."
        )
    if person.disabled:
        return "This person may not come in any more: an administrator can allow it again."
    # A key that the journal does not know was written into the file by who owns the machine.
    whose = room.keys.get(key, user)
    if not whose:
        return "This key has been taken back: an administrator can give you another."
    return None if whose == user else "This key was given to somebody else: an administrator looks into it."


def let_in(settings: Settings, key: str, clock: Clock | None = None) -> RoomService:
    """The room of this key's person, who may come in by it. Raises `NotLetIn` and the room's errors."""
    from infusionroom.bootstrap import open_room

    try:
        room = open_room(settings.store, create=False, clock=clock)
    except RoomAbsent:
        raise NotLetIn(SET_UP_FIRST) from None
    if (refusal := staff_refusal(room.state, settings.user, key)) is not None:
        room.close()
        raise NotLetIn(refusal)
    return room


def told(room: RoomService, command: Command, settings: Settings) -> Outcome:
    """Keeps what this key's person does here, as who they are. Raises `RoomRefused` and `RoomUnreachable`."""
    return room.execute(command, actor=settings.user, terminal=settings.terminal)


def opened_to_look(room: RoomService, settings: Settings, clock: Clock | None = None) -> RoomService:
    """The same room so that nothing can be written through it, in place of this one. Raises as `let_in`."""
    from infusionroom.bootstrap import open_room

    room.close()
    return open_room(settings.store, create=False, read_only=True, clock=clock)
